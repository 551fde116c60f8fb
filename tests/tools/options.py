#!/usr/bin/python3
"""What the bridge's options select: ports, addresses, codec, messages. And its end."""
import os
import signal
import socket
import tempfile
import threading
import uuid

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

import harness  # noqa: E402
from batches import read_batches  # noqa: E402
from cameras import Sender, camera_frames, said, send_together  # noqa: E402
from harness import Program, start_bridge, start_broker, test  # noqa: E402

Gst.init(None)


def free_ports(count):
    """The first of so many free ports in a row."""
    while True:
        first = harness.free_port()
        if first + count < 65536 and not any(harness.is_bound(first + n) for n in range(count)):
            return first


def start(*args):
    """Returns the address of a broker and a bridge, which listens, with its first lines."""
    broker, address = start_broker("t:1")
    bridge = Program("bridge", "--kafka-bootstrap", address, "--kafka-topic", "t",
                     "--kafka-key", "{stream_id}", *args)
    bridge.wait_ready("listening")
    return address, bridge


def listening(bridge):
    return [line.split("listening ")[1] for line in bridge.out if "listening " in line]


def expect(address, bridge, counts):
    """So many records of each camera, and none of others."""
    total = sum(counts.values())
    harness.wait_for(lambda: harness.count_records(address, "t") >= total, f"{total} records")
    assert bridge.end()[0] == 0 and not said(bridge), bridge.err
    keys = harness.read_keys(address, "t")
    assert len(keys) == total, len(keys)
    for camera, count in counts.items():
        assert keys.count(b"cam%02d" % camera) == count, (camera, keys.count(b"cam%02d" % camera))


@test
def ports_and_ranges_are_all_read():
    first = free_ports(7)
    address, bridge = start("--port", first, "--port", f"{first + 2}-{first + 4}", "--port", first + 3,
                            "--port", f"{first + 6}-{first + 6}")
    offsets = (0, 2, 3, 4, 6)
    assert listening(bridge) == [", ".join(f"udp://[::]:{first + n}" for n in offsets)], bridge.out
    send_together([(Sender(first + n), camera_frames(n, 30)) for n in offsets])
    expect(address, bridge, {n: 30 for n in offsets})


@test
def ipv6_and_ipv4_come_to_one_port():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", "--kafka-key", "{stream_id}")
    assert listening(bridge) == [f"udp://[::]:{port}"], bridge.out
    send_together([(Sender(port, host=host), camera_frames(n, 30, ssrc=7))
                   for n, host in enumerate(("127.0.0.1", "::1"))])
    expect(address, bridge, {0: 30, 1: 30})


@test
def an_address_is_read_alone():
    for host, uri in (("127.0.0.1", "udp://127.0.0.1:"), ("::1", "udp://[::1]:"), ("[::1]", "udp://[::1]:")):
        port = free_ports(1)
        address, bridge = start("--listen", host, "--port", port)
        assert listening(bridge) == [uri + str(port)], bridge.out
        sender = Sender(port, host=host.strip("[]"))
        other = Sender(port, host="127.0.0.2" if host == "127.0.0.1" else "127.0.0.1")
        # nobody hears what is sent from here to another address of this computer
        if host == "127.0.0.1":
            other.to = ("127.0.0.2", port)
        send_together([(sender, camera_frames(0, 30)), (other, camera_frames(1, 30))])
        expect(address, bridge, {0: 30})


@test
def a_multicast_group_is_joined():
    port = free_ports(1)
    address, bridge = start("--listen", "239.255.77.7", "--interface", "lo", "--port", port)
    if said(bridge) and "Could not join" in said(bridge)[0]:
        raise harness.Skip(said(bridge)[0])
    assert listening(bridge) == [f"udp://239.255.77.7:{port}"], bridge.out
    sender = Sender(port)
    sender.to = ("239.255.77.7", port)
    sender.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
    try:
        send_together([(sender, camera_frames(0, 30)), (Sender(port), camera_frames(1, 30))])
    except OSError as error:
        raise harness.Skip(f"no multicast at lo: {error}")
    expect(address, bridge, {0: 30})


@test
def an_interface_is_for_inputs_that_join_a_group():
    """Others are where they are, as they would be without."""
    port, group = free_ports(1), free_ports(1)
    address, bridge = start("--input", f"rtp://127.0.0.1:{port}", "--input", f"rtp://239.255.77.8:{group}",
                            "--interface", "lo")
    send_together([(Sender(port), camera_frames(0, 30))])
    expect(address, bridge, {0: 30})


@test
def addresses_that_are_not_there_are_named():
    status, out, err = harness.run("bridge", "--listen", "192.0.2.7", "--port", free_ports(1))
    assert status == 1 and len(err) == 1 and "192.0.2.7" in err[0] and "--listen" in err[0], err
    assert not any("listening" in line for line in out), out


@test
def a_codec_that_is_given_is_not_looked_for():
    broker, address = start_broker("t:1")
    for codec, encoder in (("h265", "x265enc"), ("h264", "x264enc"), ("auto", "x265enc")):
        bridge, port = start_bridge(address, "t", "--codec", codec, "--kafka-key", codec)
        pay = "rtph265pay" if encoder == "x265enc" else "rtph264pay"
        parse = "h265parse" if encoder == "x265enc" else "h264parse"
        pipeline = Gst.parse_launch(
            "videotestsrc num-buffers=40 is-live=true ! video/x-raw,width=64,height=48,framerate=40/1"
            f" ! {encoder} tune=zerolatency key-int-max=10 ! {parse} ! seiinject metadata=hello"
            f" ! {pay} ! udpsink host=127.0.0.1 port={port}")
        pipeline.set_state(Gst.State.PLAYING)
        message = pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND,
                                                        Gst.MessageType.EOS | Gst.MessageType.ERROR)
        pipeline.set_state(Gst.State.NULL)
        assert message and message.type == Gst.MessageType.EOS
        harness.wait_for(lambda c=codec: harness.read_keys(address, "t").count(c.encode()) == 40, "40 records")
        assert bridge.end()[0] == 0 and not said(bridge), bridge.err


@test
def latency_is_how_long_a_packet_is_waited_for():
    """Ten seconds, in which it comes after all that follows it."""
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", "--latency", 10000)
    packets = [packet for frame in camera_frames(0, 20) for packet in frame]
    sender = Sender(port)
    missing = packets.pop(len(packets) // 2)
    for packet in packets:
        sender.send(packet)
    sender.send(missing)
    harness.wait_for(lambda: harness.count_records(address, "t") == 20, "20 records")
    assert [key for _, key, _ in harness.consume(address, "t", 20)] == [b"%d" % n for n in range(20)]
    assert bridge.end()[0] == 0 and not any("lost since" in line for line in bridge.err), bridge.err


@test
def uuids_select_messages():
    uuids = [uuid.UUID(bytes=bytes([0x11 * (n + 1)] * 16)) for n in range(3)]
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", "--kafka-key", "{stream_id}",
                                "--uuid", f"{uuids[0]},{uuids[2].hex}")
    send_together([(Sender(port), camera_frames(n, 30, uuid=uuids[n].bytes)) for n in range(3)])
    expect(address, bridge, {0: 30, 2: 30})


@test
def scan_full_finds_messages_behind_slices():
    broker, address = start_broker("t:1")
    for scan, counts in (("full", {0: 30, 1: 30}), ("head", {0: 30})):
        bridge, port = start_bridge(address, "t", "--kafka-key", scan + "{stream_id}", "--scan", scan)
        send_together([(Sender(port), camera_frames(n, 30, is_behind=n == 1)) for n in range(2)])
        want = sorted(b"%scam%02d" % (scan.encode(), n) for n, count in counts.items() for _ in range(count))
        harness.wait_for(lambda s=scan.encode(), n=len(want): sum(
            key.startswith(s) for key in harness.read_keys(address, "t")) >= n, f"records of {scan}")
        assert bridge.end()[0] == 0 and not said(bridge), bridge.err
        assert sorted(key for key in harness.read_keys(address, "t") if key.startswith(scan.encode())) == want


@test
def records_without_key_are_said_to_spread():
    broker, address = start_broker("t:6", "one:1")
    spread = "topic 't' has 6 partitions, .* --kafka-key '{stream_id}'"
    bridge, _ = start_bridge(address, "t")
    bridge.wait_line(spread)
    assert bridge.end()[0] == 0 and len(said(bridge)) == 1, bridge.err
    for topic, *args in (("one",), ("t", "--kafka-key", "{stream_id}")):
        bridge, port = start_bridge(address, topic, *args)
        # what is known of the topic is known once a record is there
        send_together([(Sender(port), camera_frames(0, 30))])
        harness.consume(address, topic, 30)
        assert bridge.end()[0] == 0 and not said(bridge), bridge.err


def find_compression(*args):
    """What the bridge compresses the records of metakafka-sender with."""
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", *args)
    status, _, err = harness.run("sender", "--port", port, "--num-buffers", 40, "--fps", 100)
    assert status == 0, err
    harness.wait_for(lambda: harness.count_records(address, "t") == 40, "40 records")
    assert bridge.end()[0] == 0, bridge.err
    found = {batch.codec for batch in read_batches(address, "t")}
    assert len(found) == 1, found
    return found.pop()


@test
def records_are_compressed_with_gzip_unless_a_setting_says_otherwise():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "settings")
        for text, args, want in ((None, (), "gzip"),
                                 (None, ("-X", "linger.ms=1"), "gzip"),
                                 (None, ("-X", "compression.type=none"), "none"),
                                 (None, ("-X", "compression.codec=lz4"), "lz4"),
                                 ("linger.ms=1\n#compression.type=lz4\n", (), "gzip"),
                                 ("linger.ms=1\n compression.type = zstd\n", (), "zstd"),
                                 ("compression.codec=none\n", (), "none"),
                                 ("compression.type=zstd\n", ("-X", "compression.type=snappy"), "snappy")):
            if text:
                with open(path, "w") as file:
                    file.write(text)
                args += ("--kafka-config", path)
            assert find_compression(*args) == want, (text, args)


@test
def settings_from_a_pipe_are_read_once():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "settings")
        os.mkfifo(path)

        def write():
            with open(path, "w") as file:
                file.write("compression.type=zstd\n")

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        assert find_compression("--kafka-config", path) == "zstd"
        writer.join()


@test
def an_output_that_is_read_is_left_alone():
    """By whatever name."""
    with tempfile.TemporaryDirectory() as folder:
        mine, link, other, cameras = (os.path.join(folder, name) for name in ("mine", "link", "other", "cameras"))
        text = b'{"a": 1}\n'
        for name in (mine, cameras):
            with open(name, "wb") as file:
                file.write(text if name == mine else b"mine\n")
        os.symlink(mine, link)
        os.link(mine, other)
        for source, output in ((mine, mine), ("a=" + mine, link), ("file://" + link, other), (mine, "-"),
                               ("@" + cameras, "mine"), ("@" + cameras, cameras)):
            with open(mine, "ab") as stdout:
                bridge = Program("bridge", "--input", source, "--output", output, stdout=stdout, cwd=folder)
            assert bridge.wait() == 2 and len(bridge.err) == 1, (source, output, bridge.err)
            shown = source.removeprefix("a=") if output != "mine" else "mine"
            assert f"--output {output} is the file that --input {shown} reads: give another one" in bridge.err[0], bridge.err
            with open(mine, "rb") as file:
                assert file.read() == text, (source, output)


@test
def it_ends_at_once_whatever_comes():
    broker, address = start_broker("t:1")
    nowhere = f"127.0.0.1:{harness.free_port(socket.SOCK_STREAM)}"

    def ends_cleanly(bridge):
        status, seconds = bridge.end(signal.SIGINT)
        # not as long as it waits for records
        assert status == 0 and seconds < 20, (status, seconds, bridge.err)
        assert "[Bridge] Shutting down..." in bridge.out, bridge.out

    # no packet has come, with Kafka and without
    for kafka in (address, nowhere):
        for codec in ("auto", "h264", "h265"):
            ends_cleanly(start_bridge(kafka, "t", "--codec", codec)[0])
    # before it has begun
    bridge = Program("bridge", "--kafka-bootstrap", nowhere, "--kafka-topic", "t", "--port", free_ports(1))
    bridge.wait_ready("Kafka ->")
    ends_cleanly(bridge)
    # what is nothing, and video without messages
    for change in (lambda packets: [[b"hello"]], lambda packets: [packets[0], *packets[2:]]):
        bridge, port = start_bridge(nowhere, "t")
        send_together([(Sender(port), map(change, camera_frames(0, 20)))])
        ends_cleanly(bridge)
    # messages, and more of them all the time
    bridge, port = start_bridge(address, "t", "--verbose")
    sender = Program("sender", "--port", port, "--fps", 200)
    bridge.wait_line("sent seq=10 ")
    ends_cleanly(bridge)
    assert harness.count_records(address, "t") == sum("[Bridge][KAFKA] sent" in line for line in bridge.out)
    assert sender.end()[0] == 0


harness.main()
