#!/usr/bin/python3
"""The telemetry that the sender sends beside the video: a packet for each frame, in whatever carries both."""
import json
import math
import os
import re
import struct
import subprocess
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

import harness  # noqa: E402
from harness import Program, free_port, is_bound, test, wait_for  # noqa: E402
from sending import film, listen, neighbours, path, receive, run_pipeline, send  # noqa: E402

EARTH = 6371000
SMALL = ("--size", "96x64", "--bitrate", 100)
RTP_CAPS = "application/x-rtp,media=application,clock-rate=90000,encoding-name=SMPTE336M,payload=97"


def collect(description, *names):
    """Runs a pipeline to its end. Returns for each sink of these names what came there: (PTS, bytes, when it was
    captured, ns since 1970)."""
    def get_capture(buffer):
        meta = buffer.get_reference_timestamp_meta(None)
        return meta.timestamp if meta else None

    pipeline = Gst.parse_launch(description)
    found = []
    for name in names:
        buffers = []
        sink = pipeline.get_by_name(name)
        sink.set_property("signal-handoffs", True)
        sink.connect("handoff", lambda sink, buffer, pad, buffers=buffers: buffers.append(
            (buffer.pts, buffer.extract_dup(0, buffer.get_size()), get_capture(buffer))))
        found.append(buffers)
    run_pipeline(pipeline)
    return found


def read(name):
    """What is in a file of MPEG-TS: the times of the frames, those of the packets, the objects of the SEI, those of
    the packets, and what the records of the SEI and of the packets have as their times."""
    frames, sei, klv = collect(
        f"filesrc location={path(name)} ! tsdemux name=d d. ! video/x-h264 ! queue ! h264parse"
        " ! video/x-h264,alignment=au ! seiextract name=x ! queue ! fakesink name=video"
        " x.metadata ! queue ! fakesink name=sei d. ! meta/x-klv ! queue ! klvtojson ! fakesink name=klv",
        "video", "sei", "klv")
    return ([pts for pts, *_ in frames], [pts for pts, *_ in klv], [json.loads(data) for _, data, _ in sei],
            [json.loads(data) for _, data, _ in klv], [time for *_, time in sei], [time for *_, time in klv])


def check_packets(packets, count):
    """So many, in the order of their times, and what each says goes together."""
    times = [one["precision_time_stamp"] for one in packets]
    assert len(times) == count and sorted(set(times)) == times, (len(times), count, times)
    assert abs(time.time() - times[0] / 1e6) < 60 * harness.PATIENCE, times[0]
    for one in packets:
        assert one["standard"] == "ST 0601" and one["checksum"] == "valid" and "errors" not in one, one
        assert one["ts_ns"] == 1000 * one["precision_time_stamp"], one
        assert one["image_coordinate_system"] == "Geodetic WGS84" and one["uas_datalink_ls_version_number"] == 19, one
        north = math.radians(one["sensor_latitude"] - one["frame_center_latitude"]) * EARTH
        east = (math.radians(one["sensor_longitude"] - one["frame_center_longitude"]) * EARTH
                * math.cos(math.radians(one["frame_center_latitude"])))
        up = one["sensor_true_altitude"] - one["frame_center_elevation"]
        assert abs(math.hypot(north, east, up) - one["slant_range"]) < 5, (north, east, up, one)
        # the point is where the right wing is
        right = math.radians(one["platform_heading_angle"] + 90)
        assert north * math.cos(right) + east * math.sin(right) < -0.99 * math.hypot(north, east), one
    # a circle in two minutes, from the north
    assert abs(packets[0]["platform_heading_angle"] - 90) < 0.003, packets[0]
    turned = (packets[-1]["platform_heading_angle"] - packets[0]["platform_heading_angle"]) % 360
    assert abs(turned - (times[-1] - times[0]) / 1e6 * 3) < 0.02, (turned, times[0], times[-1])


def check_file(name, count):
    """A packet for each frame, of its time."""
    frames, packets, sei, klv, sei_times, klv_times = read(name)
    assert sorted(sei_times) == klv_times == [one["ts_ns"] for one in klv], (sei_times, klv_times)
    check_packets(klv, count)
    assert sorted(frames) == packets, (frames, packets)
    # that of the SEI is another clock
    ahead = [one["precision_time_stamp"] - other["ts_ns"] / 1000
             for one, other in zip(klv, sorted(sei, key=lambda one: one["ts_ns"]), strict=True)]
    assert max(ahead) - min(ahead) < 2, ahead


@test
def each_frame_has_a_packet_of_its_time():
    for codec in ("h264", "h265"):
        assert send("--klv", "--codec", codec, "--num-buffers", 30, *SMALL, "--output",
                    path(f"{codec}.ts")) == []
    check_file("h264.ts", 30)
    out = subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-show_entries",
                          "stream=codec_name,nb_read_packets", "-of", "csv=p=0", path("h265.ts")],
                         capture_output=True, check=True, text=True).stdout
    assert {*out.split()} == {"hevc,30", "klv,30"}, out


@test
def packets_go_in_the_order_of_their_times():
    """Though frames do not; and a file that begins again is one flight."""
    for kind in ("ts", "mp4", "mkv"):
        assert send("--klv", "--input", film(kind), "--loop", "--num-buffers", 150, "--output", path("loop.ts")) == []
        assert read("loop.ts")[0] != sorted(read("loop.ts")[0])
        check_file("loop.ts", 150)


@test
def the_telemetry_of_a_recording_is_left_out_and_that_is_said():
    assert send("--klv", "--num-buffers", 30, *SMALL, "--output", path("flight.ts")) == []
    err = send("--klv", "--input", path("flight.ts"), "--loop", "--num-buffers", 90, "--output", path("again.ts"))
    assert err == [f"metakafka-sender: the KLV of --input {path('flight.ts')} is left out: --klv sends that of a test"
                   " flight in its place"], err
    check_packets(read("again.ts")[3], 90)
    assert send("--input", path("flight.ts"), "--output", path("plain.ts")) == []


@test
def lines_go_beside_it():
    with open(path("lines.jsonl"), "w", encoding="utf-8") as file:
        file.writelines(f'{{"n":{n}}}\n' for n in range(30))
    assert send("--klv", "--metadata", path("lines.jsonl"), "--num-buffers", 30, "--fps", 100, *SMALL,
                "--stream-id", 'a"b', "--output", path("lines.ts")) == []
    _, _, sei, klv, sei_times, klv_times = read("lines.ts")
    assert sei_times == klv_times, (sei_times, klv_times)
    assert [one["n"] for one in sei] == [*range(30)], sei
    check_packets(klv, 30)
    assert {one["platform_tail_number"] for one in klv} == {'a"b'}, klv[0]


@test
def udp_carries_it():
    for args in (SMALL, ("--input", film("mp4"), "--loop")):
        with listen() as s:
            assert send("--klv", "--num-buffers", 60, *args, "--output", f"udp://127.0.0.1:{s.getsockname()[1]}") == []
            datagrams = receive(s)
        with open(path("udp.ts"), "wb") as file:
            file.write(b"".join(datagrams))
        check_file("udp.ts", 60)


@test
def srt_carries_it():
    port = free_port()
    reader = Gst.parse_launch(f'srtsrc uri="srt://127.0.0.1:{port}?mode=listener"'
                              " ! filesink buffer-mode=unbuffered async=false location=" + path("srt.ts"))
    reader.set_state(Gst.State.PLAYING)
    wait_for(lambda: is_bound(port), "srtsrc to listen")
    assert send("--klv", "--num-buffers", 60, *SMALL, "--output", f"srt://127.0.0.1:{port}") == []
    size = os.path.getsize(path("srt.ts"))
    wait_for(lambda: len(read("srt.ts")[3]) >= 60, f"60 packets, more than {size} bytes")
    reader.set_state(Gst.State.NULL)
    check_file("srt.ts", 60)


def divide_rtp(datagrams):
    """The packets of RTP by SSRC and payload type, all of them there. Returns those of 96 and of 97."""
    streams = {}
    for datagram in datagrams:
        streams.setdefault((datagram[8:12], datagram[1] & 127), []).append(datagram)
    assert sorted(kind for _, kind in streams) == [96, 97] and len({ssrc for ssrc, _ in streams}) == 2, [*streams]
    for packets in streams.values():
        numbers = [int.from_bytes(packet[2:4], "big") for packet in packets]
        assert all((b - a) % 65536 == 1 for a, b in zip(numbers, numbers[1:])), numbers
    return [next(packets for (_, kind), packets in streams.items() if kind == wanted) for wanted in (96, 97)]


def depay(packets):
    """What rtpklvdepay makes of them."""
    pipeline = Gst.parse_launch(f"appsrc name=source format=time caps={RTP_CAPS} ! rtpklvdepay ! klvtojson"
                                " ! filesink location=" + path("rtp.json"))
    source = pipeline.get_by_name("source")
    for packet in packets:
        source.emit("push-buffer", Gst.Buffer.new_wrapped(packet))
    source.emit("end-of-stream")
    run_pipeline(pipeline)
    decoder, objects = json.JSONDecoder(), []
    with open(path("rtp.json"), encoding="utf-8") as file:
        text = file.read()
    while text:
        one, end = decoder.raw_decode(text)
        objects.append(one)
        text = text[end:].lstrip()
    return objects


@test
def rtp_carries_it_as_a_stream_of_its_own():
    for args in (SMALL, (*SMALL, "--mtu", 200), ("--input", film("mkv"), "--loop")):
        with listen() as s:
            assert send("--klv", "--num-buffers", 60, *args, "--output", f"rtp://127.0.0.1:{s.getsockname()[1]}") == []
            video, klv = divide_rtp(receive(s))
        check_packets(depay(klv), 60)
        # the clocks of both go on by as much, and a marker ends a packet as it does a frame
        spans = [{(int.from_bytes(one[4:8], "big") - int.from_bytes(packets[0][4:8], "big")) % (1 << 32)
                  for one in sorted(packets, key=lambda one: one[4:8])} for packets in (video, klv)]
        assert len(spans[1]) == 60 and (spans[0] == spans[1] or "--input" in args), spans
        if "--mtu" in args:
            assert max(map(len, klv)) == 200 and len(klv) >= 120, [*map(len, klv)]


def read_ntp(packet):
    """Unix time that the header extension of a packet of RTP says."""
    assert packet[0] == 0x90 and packet[12:17] == b"\xbe\xde\0\3\x17", packet[:32]
    seconds, fraction = struct.unpack(">II", packet[17:25])
    return seconds - 2208988800 + fraction / (1 << 32)


@test
def the_time_of_the_telemetry_is_that_of_rtp():
    """Each of the streams says when it ends."""
    rtp, rtcp = neighbours()
    with rtp, rtcp:
        assert send("--klv", "--num-buffers", 60, *SMALL, "--rtp-times", "all", "--output",
                    f"rtp://127.0.0.1:{rtp.getsockname()[1]}") == []
        video, klv = divide_rtp(receive(rtp))
        reports = receive(rtcp)
    packets = depay(klv)
    check_packets(packets, 60)
    for packet, one in zip(klv, packets, strict=True):
        assert abs(read_ntp(packet) - one["precision_time_stamp"] / 1e6) < 0.1, one
    ended = {report[4:8] for report in reports if report.endswith(b"\xcb\0\1" + report[4:8])}
    assert ended == {video[0][8:12], klv[0][8:12]}, reports


@test
def a_signal_ends_it_cleanly():
    for args in ((), ("--input", film("mp4"), "--loop")):
        for scheme in ("rtp", "udp"):
            with listen() as s:
                sender = Program("sender", "--klv", *args, "--output", f"{scheme}://127.0.0.1:{s.getsockname()[1]}")
                s.settimeout(harness.PATIENCE)
                for _ in range(20):
                    s.recv(65536)
                status, seconds = sender.end()
            assert status == 0 and seconds < 2 and sender.err == [], (args, scheme, status, seconds, sender.err)
            assert sender.out[-1] == "[Sender] EOS", sender.out


@test
def the_first_line_says_it():
    for scheme, what in (("rtp", "RTP"), ("udp", "MPEG-TS"), ("srt", "MPEG-TS")):
        _, out, err = harness.run("sender", "--klv", "--num-buffers", 0, "--output", f"{scheme}://127.0.0.1:5000")
        assert re.match(rf"\[Sender\] {what}/H264\+KLV → ", out[0]) and not err, (out, err)


@test
def files_that_take_none_are_refused():
    for name in ("a.mp4", "a.mkv", "a.h264", "a.265"):
        err = send("--klv", "--output", path(name), status=2)
        assert f"--output {path(name)} is a file that takes no KLV: leave --klv out, or give a name that" in err[0], err
        assert not os.path.exists(path(name))
    err = send("--klv", "--output", "rtmp://127.0.0.1/live/s", status=2)
    assert "/live/s takes no KLV: leave --klv out, or give rtp://, udp:// or srt://" in err[0], err


harness.main()
