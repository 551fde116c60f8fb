#!/usr/bin/python3
"""What the bridge makes of payloads, noise and several cameras."""
import itertools
import os
import re
import signal
import socket
import struct
import tempfile
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

import harness  # noqa: E402
from cameras import (camera_frames, check_few_lines, flood, h264_noise, lost, noise, noise_of_many_streams, rtp,  # noqa: E402
                     said, send_cameras, wait_for_late_camera, well_formed_noise)
from harness import consume, run, start_bridge, start_broker, test  # noqa: E402

Gst.init(None)


def send(port, payloads, payload_type=96):
    """One frame for each payload."""
    left = list(payloads)
    pipeline = Gst.parse_launch(
        f"videotestsrc is-live=true num-buffers={len(left)} ! video/x-raw,width=64,height=48,framerate=50/1"
        " ! x264enc tune=zerolatency ! h264parse ! seiinject name=inject ! rtph264pay config-interval=1"
        f" pt={payload_type} ! udpsink host=127.0.0.1 port={port}")
    inject = pipeline.get_by_name("inject")

    def on_frame(pad, info):
        inject.set_property("metadata-bytes", GLib.Bytes.new(left.pop(0)))
        return Gst.PadProbeReturn.OK

    inject.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, on_frame)
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND,
                                                    Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    assert message and message.type == Gst.MessageType.EOS


def nested(depth):
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


# payload, the value's beginning, sender_ts_ns, key
CASES = [
    (b'{"seq":1}', b'{"seq":1', 0, b"1"),
    (b'{"seq":"007","ts_ns":5}', b'{"seq":"007","ts_ns":5', 5, b"007"),
    (b'{"seq":1.50}', b'{"seq":1.50', 0, b"1.50"),
    (b'{"seq":true}', b'{"seq":true', 0, b"0"),
    (b'{"seq":null}', b'{"seq":null', 0, b"0"),
    (b'{"seq":[1]}', b'{"seq":[1]', 0, b"0"),
    (b'{"a":{"seq":5}}', b'{"a":{"seq":5}', 0, b"0"),
    (b'{"seq":1,"seq":2}', b'{"seq":1,"seq":2', 0, b"2"),
    (b'{"s\\u0065q":"\\u0041\\n"}', b'{"s\\u0065q":"\\u0041\\n"', 0, b"A\n"),
    (b'{"seq":"a\\u0000b"}', b'{"seq":"a\\u0000b"', 0, b"a\0b"),
    (b'{"seq":""}', b'{"seq":""', 0, None),
    (b'{"seq":1,"seq":[2]}', b'{"seq":1,"seq":[2]', 0, b"0"),
    (b'{"sender_ts_ns":1, "ts_ns":1, "seq":4, "ts\\u005fns":"7", "bridge_ts_ns":{"seq":5}}',
     b'{"ts_ns":1,"seq":4,"ts\\u005fns":"7"', 7, b"4"),
    (b'{"ts_ns":1,"ts_ns":null}', b'{"ts_ns":1,"ts_ns":null', 0, b"0"),
    (b'{ "n" : 123456789012345678901234567890 , "d" : 1.0e400 }',
     b'{"n":123456789012345678901234567890,"d":1.0e400', 0, b"0"),
    (b'{"ts_ns":9223372036854775807}', b'{"ts_ns":9223372036854775807', 9223372036854775807, b"0"),
    (b'{"ts_ns":9223372036854775808}', b'{"ts_ns":9223372036854775808', 0, b"0"),
    (b'{"ts_ns":"-12"}', b'{"ts_ns":"-12"', -12, b"0"),
    (b'{"ts_ns":"1.5"}', b'{"ts_ns":"1.5"', 0, b"0"),
    (b'{"ts_ns":1.5e3}', b'{"ts_ns":1.5e3', 1500, b"0"),
    (b'{"ts_ns":-1.9}', b'{"ts_ns":-1.9', -1, b"0"),
    ('{"n":"Jürgen \\"x\\" \\\\ \\u00e4\\ud83d\\ude00"}'.encode(),
     '{"n":"Jürgen \\"x\\" \\\\ \\u00e4\\ud83d\\ude00"'.encode(), 0, b"0"),
    (b'{"bridge_ts_ns":1,"a":2,"sender_ts_ns":3,"bridge_ts_ns":4}', b'{"a":2', 0, b"0"),
    (b'{"br\\u0069dge_ts_ns":1}', b'{', 0, b"0"),
    (b"{}", b"{", 0, b"0"),
    (b'{"a":1}\0\0\n \0', b'{"a":1', 0, b"0"),
    (b"[1,2]", b'{"raw":"[1,2]"', 0, b"0"),
    (b"NaN", b'{"raw":"NaN"', 0, b"0"),
    (b'{"a":NaN}', b'{"raw":"{\\"a\\":NaN}"', 0, b"0"),
    (b"hello\0", b'{"raw":"hello"', 0, b"0"),
    (b'{"a":"\xff\xe2\x82"}', '{"raw":"{\\"a\\":\\"\ufffd\ufffd\ufffd\\"}"'.encode(), 0, b"0"),
    (b'\xef\xbb\xbf{"seq":3, "a":1}\0', b'{"seq":3,"a":1', 0, b"3"),
    (b"\xef\xbb\xbfhello", '{"raw":"\ufeffhello"'.encode(), 0, b"0"),
    (b"a\0b\0", '{"raw":"a\ufffdb"'.encode(), 0, b"0"),
    (b'{"a":"\\u0000","\\u0000":"\\\\u0000"}', b'{"a":"\\u0000","\\u0000":"\\\\u0000"', 0, b"0"),
    (b"a\x01\t\x1f\x7f", b'{"raw":"a\\u0001\\t\\u001f\x7f"', 0, b"0"),
    (b'{"a":"\n"}', b'{"raw":"{\\"a\\":\\"\\n\\"}"', 0, b"0"),
    (nested(64), nested(64)[:-1], 0, b"0"),
    (nested(65), b'{"raw":"' + nested(65).replace(b'"', b'\\"') + b'"', 0, b"0"),
    (b'{"seq":01}', b'{"raw":"{\\"seq\\":01}"', 0, b"0"),
    (b"\0", b'{"raw":""', 0, b"0"),
]


@test
def payloads_become_the_values_and_keys_of_the_contract():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", "--verbose")
    send(port, [case[0] for case in CASES])
    records = consume(address, "t", len(CASES))
    for (payload, start, ts_ns, key), (_, got_key, value) in zip(CASES, records):
        comma = b"" if start == b"{" else b","
        pattern = re.escape(start + comma + b'"bridge_ts_ns":') + rb"[1-9]\d*" \
            + re.escape(b',"sender_ts_ns":%d}' % ts_ns)
        assert re.fullmatch(pattern, value, re.S), (payload, value)
        assert got_key == key, (payload, got_key)
    assert bridge.end()[0] == 0
    for line in bridge.out:
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e]", line), line
    long = [line for line in bridge.out if line.endswith("...") and "EXTRACT" in line]
    assert long and all(len(line) == len("[Bridge][EXTRACT] ...") + 120 for line in long
                        if "\\u" not in line), long


@test
def key_template_is_used():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", "--kafka-key", "cam-{stream_id}")
    assert run("sender", "--port", port, "--num-buffers", 5, "--stream-id", "a")[0] == 0
    assert [key for _, key, _ in consume(address, "t", 5)] == [b"cam-a"] * 5
    assert bridge.end()[0] == 0


@test
def any_payload_type_is_taken():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t")
    for payload_type in (33, 64, 80, 127):
        send(port, [b'{"seq":%d}' % payload_type] * 3, payload_type)
    records = consume(address, "t", 12)
    # each is a stream of its own, and streams do not wait for each other
    assert sorted(int(key) for _, key, _ in records) == [33] * 3 + [64] * 3 + [80] * 3 + [127] * 3, records
    assert bridge.end()[0] == 0


@test
def noise_stops_nothing():
    seconds = float(os.environ.get("METAKAFKA_FLOOD_SECONDS", "2"))
    started = time.monotonic()
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", "--kafka-key", "{stream_id}")
    for make in (noise, well_formed_noise, noise_of_many_streams, h264_noise):
        flood(port, seconds, make)
    streams = itertools.count()

    def clean_stream_arrives_whole():
        """Not the first, perhaps: the bridge still works at the noise."""
        number = next(streams)
        assert number < 10, "no clean stream arrives"
        name = f"clean{number}"
        assert run("sender", "--port", port, "--num-buffers", 100, "--fps", 100, "--stream-id", name)[0] == 0
        wait_for_late_camera(address, port)
        return harness.read_keys(address, "t").count(name.encode()) == 100

    harness.wait_for(clean_stream_arrives_whole, "a clean stream", 120)
    assert bridge.end()[0] == 0
    check_few_lines(bridge, started)


@test
def two_cameras_at_one_port_do_not_disturb_each_other():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", "--kafka-key", "{stream_id}")
    cameras = [harness.Program("sender", "--port", port, "--num-buffers", 200, "--fps", 100,
                               "--stream-id", f"cam{n}") for n in range(2)]
    assert all(camera.wait() == 0 for camera in cameras)
    records = consume(address, "t", 400)
    for n in range(2):
        seqs = [int(re.search(rb'"seq":(\d+)', value).group(1)) for _, key, value in records
                if key == b"cam%d" % n]
        assert seqs == list(range(200)), seqs
    assert bridge.end()[0] == 0


@test
def fifty_cameras_at_one_port_arrive_or_are_counted():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", "--kafka-key", "{stream_id}")
    sent = send_cameras(port, range(50), 240)
    # how much arrives is the machine's affair
    harness.wait_for(lambda: harness.count_records(address, "t") + lost(bridge) >= sent, "all records", 120)
    wait_for_late_camera(address, port)
    assert bridge.end()[0] == 0, bridge.err


@test
def datagrams_that_the_socket_cannot_hold_are_counted():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t")
    bridge.process.send_signal(signal.SIGSTOP)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for _ in range(20000):
            s.sendto(bytes(1400), ("127.0.0.1", port))
    bridge.process.send_signal(signal.SIGCONT)
    harness.wait_for(lambda: lost(bridge) == 20000, "all datagrams to be counted")
    assert lost(bridge, "socket's buffer was full") > 0 < lost(bridge, "not RTP"), bridge.err
    assert bridge.end()[0] == 0
    assert lost(bridge) == 20000, bridge.err


@test
def packets_that_never_come_or_belong_to_nothing_are_counted():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", "--verbose")
    frames = list(camera_frames(0, 20, 12))
    del frames[5][2:], frames[15][0]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(("127.0.0.1", port))
        for packet in (packet for packets in frames for packet in packets):
            s.sendmsg(packet)
        s.send(rtp(7, 0x01020304, b"\x09\xf0"))
        s.send(rtp(8, 0x0a0b0c0d, b"\x09\xf0"))
    bridge.wait_line(r"\[KAFKA\] sent", count=20)
    assert bridge.end()[0] == 0
    assert lost(bridge, "missing") == 13 and lost(bridge, "no stream") == 2 and lost(bridge) == 15, bridge.err


@test
def rtcp_at_the_same_port_is_not_lost():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", "--verbose")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(("127.0.0.1", port))
        for n in range(200):
            s.send(struct.pack("!BBHIQIII", 0x80, 200, 6, 1, time.time_ns() + n, 0, n, n))
        for packet in (packet for packets in camera_frames(0, 2) for packet in packets):
            s.sendmsg(packet)
    bridge.wait_line(r"\[KAFKA\] sent")
    assert bridge.end()[0] == 0 and not said(bridge), bridge.err


@test
def an_element_that_is_missing_ends_it_at_the_start():
    with tempfile.TemporaryDirectory() as folder:
        status, out, err = run("bridge", "--port", harness.free_port(), env={
            "GST_PLUGIN_SYSTEM_PATH_1_0": folder, "GST_REGISTRY": os.path.join(folder, "registry.bin")})
    assert status == 1 and not any("listening" in line for line in out), (status, out)
    assert len(err) == 1 and 'no element "funnel": install' in err[0], err


@test
def eight_cameras_meet_in_one_kafkasink():
    """A process of one's own: eight seiextract.metadata pads, a funnel, one client."""
    broker, address = start_broker("t:3")
    ports = [harness.free_port() for _ in range(8)]
    chains = " ".join(
        f'udpsrc port={port} caps="application/x-rtp,media=video,clock-rate=90000,encoding-name=H264"'
        f" ! rtpjitterbuffer ! rtph264depay ! video/x-h264,stream-format=byte-stream,alignment=au"
        f" ! seiextract name=e{n} e{n}.metadata ! queue ! application/x-json ! f."
        for n, port in enumerate(ports))
    pipeline = Gst.parse_launch(f"funnel name=f ! kafkasink name=k bootstrap-servers={address} topic=t"
                                " key={stream_id} " + chains)
    pipeline.set_state(Gst.State.PLAYING)
    for port in ports:
        harness.wait_for(lambda p=port: harness.is_bound(p), "udpsrc to listen")
    senders = [harness.Program("sender", "--port", port, "--num-buffers", 100, "--fps", 30,
                               "--stream-id", f"cam{n}") for n, port in enumerate(ports)]
    assert all(sender.wait() == 0 for sender in senders)
    records = consume(address, "t", 800)
    for n in range(8):
        mine = [(p, int(re.search(rb'"seq":\s*(\d+)', value).group(1))) for p, key, value in records
                if key == b"cam%d" % n]
        assert [seq for _, seq in mine] == list(range(100)), (n, mine)
        assert len({p for p, _ in mine}) == 1
    pipeline.send_event(Gst.Event.new_eos())
    message = pipeline.get_bus().timed_pop_filtered(30 * Gst.SECOND,
                                                    Gst.MessageType.EOS | Gst.MessageType.ERROR)
    stats = pipeline.get_by_name("k").get_property("stats")
    pipeline.set_state(Gst.State.NULL)
    assert message.type == Gst.MessageType.EOS
    assert stats.get_uint64("acknowledged").value == 800


harness.main()
