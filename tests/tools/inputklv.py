#!/usr/bin/python3
"""That each KLV unit becomes one record, in order, whatever it comes in and whatever is beside it."""
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import threading
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

import harness  # noqa: E402
import sources  # noqa: E402
from harness import Program, run, start_broker, test, wait_for  # noqa: E402
from sources import FPS, Http, make_klv, make_video, plain, send_udp  # noqa: E402

VECTORS = pathlib.Path(os.environ["METAKAFKA_SRC"], "tests/klv/vectors")
COUNT = 60  # units in each vector
UNITS = sources.read_units()
UL = bytes.fromhex("060e2b34020b01010e01030101000000")


def make_unit(time_us):
    """The shortest with a time"""
    return UL + b"\x0a\x02\x08" + time_us.to_bytes(8, "big")


def to_json(units):
    """What klvtojson makes of them"""
    pipeline = Gst.parse_launch("appsrc name=in caps=meta/x-klv,parsed=true format=time ! klvtojson"
                                " ! appsink name=out sync=false")
    pipeline.set_state(Gst.State.PLAYING)
    sources.push_klv(pipeline, "in", units)
    objects = []
    while sample := pipeline.get_by_name("out").emit("pull-sample"):
        buffer = sample.get_buffer()
        objects.append(buffer.extract_dup(0, buffer.get_size()).decode())
    pipeline.set_state(Gst.State.NULL)
    return objects


def records(name, units=None):
    """What the bridge makes of them, without the time that it adds"""
    return [f'{text[:-1]},"stream_id":"{name}","sender_ts_ns":{json.loads(text)["ts_ns"]}}}'
            for text in to_json(units or UNITS)]


def read(inputs, *args):
    words = [word for name, uri in inputs.items() for word in ("--input", f"{name}={uri}")]
    bridge = Program("bridge", *words, "--output", "-", *args)
    for uri in inputs.values():
        bridge.wait_line(rf"\[Bridge\] (reading|listening) .*{re.escape(str(uri).split('//')[-1])}")
    return bridge


def klv_of(bridge, name):
    return [line for line in plain(bridge.out) if f'"stream_id":"{name}"' in line and '"type":"klv"' in line]


def expect(bridge, name, wanted=None):
    got = klv_of(bridge, name)
    wanted = wanted or records(name)
    assert got == wanted, (name, len(got), [(a, b) for a, b in zip(got, wanted) if a != b][:1], bridge.err)


def expect_live(bridge, names, wanted=None):
    """These give their units, and nothing more until the bridge is ended."""
    wait_for(lambda: all(len(klv_of(bridge, name)) >= COUNT for name in names),
             f"{COUNT} units of each: " + str([(name, len(klv_of(bridge, name))) for name in names]))
    assert bridge.end()[0] == 0, bridge.err
    for name in names:
        expect(bridge, name, wanted)
    assert all(line.startswith("[Bridge] ") for line in bridge.err), bridge.err


def play(description):
    """Returns the pipeline."""
    pipeline = Gst.parse_launch(description)
    pipeline.set_state(Gst.State.PLAYING)
    return pipeline


def send_rtp(path, payloader, port):
    """A transport stream at its own pace, as it is or its KLV alone"""
    sources.run_pipeline(f"filesrc location={path} ! {payloader} ! udpsink host=127.0.0.1 port={port}")


MP2T = "tsparse set-timestamps=true ! rtpmp2tpay"
SMPTE336M = "tsdemux ! meta/x-klv ! rtpklvpay"


@test
def files_give_each_unit_once_and_in_order():
    names = [path.stem for path in VECTORS.glob("made_*.ts")]
    assert sum("async06" in name for name in names) >= 3 and sum("sync15" in name for name in names) >= 4, names
    bridge = read({name: VECTORS / f"{name}.ts" for name in names})
    assert bridge.wait() == 0, bridge.err
    for name in names:
        expect(bridge, name)
    assert len(bridge.out) == len(names) * COUNT


@test
def klv_alone_is_known_by_its_bytes():
    """Whatever the file is called; MXF begins in the same way, and is another thing"""
    with tempfile.TemporaryDirectory() as folder, Http(folder) as server:
        path = pathlib.Path(folder, "flight")
        path.write_bytes((VECTORS / "made_packets.bin").read_bytes())
        bridge = read({"file": path, "web": f"http://{server.address}/flight"})
        assert bridge.wait() == 0, bridge.err
        for name in ("file", "web"):
            expect(bridge, name)
        path.write_bytes(bytes.fromhex("060e2b34020501010d01020101020400") + b"\x83" + bytes(2000))
        status, out, err = run("bridge", "--input", path, "--output", "-")
        assert not out and "KLV" not in err[-1], (out, err)
        server.kill()


@test
def video_and_two_pids_of_klv_are_read_beside_each_other():
    others = [make_unit(10 ** 15 + n) for n in range(COUNT)]
    with tempfile.TemporaryDirectory() as folder:
        video = make_video(folder, "mp4", COUNT)
        bridge = read({"both": make_klv(folder, "both", [UNITS, others], video)})
        assert bridge.wait() == 0, bridge.err
        lines = plain(bridge.out)
        for wanted in (sources.records(COUNT, "both"), records("both"), records("both", others)):
            assert [line for line in lines if line in wanted] == wanted, lines
        assert len(lines) == 3 * COUNT


@test
def live_inputs_give_each_unit_once_and_in_order():
    path = VECTORS / "made_async06.ts"
    udp, srt, called = (harness.free_port() for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "klv.ts").write_bytes(path.read_bytes())
        with Http(folder, live=path.read_bytes()) as server:
            sources.start_srt(f"srt://:{called}?latency=500", path)
            inputs = {"udp": f"udp://127.0.0.1:{udp}", "srt": f"srt://:{srt}", "caller": f"srt://127.0.0.1:{called}",
                      "live": f"http://{server.address}/live", "web": f"http://{server.address}/klv.ts"}
            bridge = read(inputs)
            send_udp(path.read_bytes(), "127.0.0.1", udp)
            sources.start_srt(f"srt://127.0.0.1:{srt}?latency=500", path)
            expect_live(bridge, inputs)
            server.kill()


@test
def klv_with_times_is_read_whichever_way_it_comes():
    """Stream type 0x15, which older demuxers do not read"""
    path = VECTORS / "made_sync15.ts"
    udp, rtp = harness.free_port(), harness.free_port()
    with tempfile.TemporaryDirectory() as folder, Http(folder, live=path.read_bytes()) as server:
        served = pathlib.Path(folder, "mp2t-sync")
        served.write_bytes(path.read_bytes())
        _, camera = sources.start_rtsp(served)
        inputs = {"udp": f"udp://127.0.0.1:{udp}", "rtp": f"rtp://127.0.0.1:{rtp}",
                  "http": f"http://{server.address}/live", "rtsp": f"rtsp://127.0.0.1:{camera}/video"}
        bridge = read(inputs)
        send_udp(path.read_bytes(), "127.0.0.1", udp)
        send_rtp(path, MP2T, rtp)
        expect_live(bridge, inputs)
        server.kill()


@test
def rtsp_gives_each_unit_once_and_in_order():
    with tempfile.TemporaryDirectory() as folder:
        # the video goes on: rtspsrc ends a file when its time is over
        files = {"klv": VECTORS / "made_packets.bin", "mp2t": VECTORS / "made_async06.ts",
                 "both": make_video(folder, "mp4", 10 * COUNT)}
        inputs = {}
        for name, file in files.items():
            path = pathlib.Path(folder, f"{name}-rtsp")
            path.write_bytes(file.read_bytes())
            _, port = sources.start_rtsp(path)
            inputs[name] = f"rtsp://127.0.0.1:{port}/video"
        bridge = read(inputs)
        wait_for(lambda: sum('"seq"' in line for line in list(bridge.out)) >= COUNT, "frames")
        expect_live(bridge, inputs)
        frames = [line for line in plain(bridge.out) if '"seq"' in line]
        assert frames == sources.records(len(frames), "both"), frames


# --- RTP at UDP ports ----------------------------------------------------------------------------

@test
def rtp_gives_each_unit_once_and_in_order():
    ports = {"klv": harness.free_port(), "ts": harness.free_port()}
    bridge = read({name: f"rtp://127.0.0.1:{port}" for name, port in ports.items()})
    send_rtp(VECTORS / "made_async06.ts", SMPTE336M, ports["klv"])
    send_rtp(VECTORS / "made_async06.ts", MP2T, ports["ts"])
    expect_live(bridge, ports)


@test
def mpeg_ts_in_rtp_is_read_with_its_video():
    port = harness.free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = make_klv(folder, "both", [UNITS], make_video(folder, "mp4", COUNT))
        bridge = read({"both": f"rtp://127.0.0.1:{port}"})
        send_rtp(path, MP2T, port)
        wait_for(lambda: len(bridge.out) >= 2 * COUNT - 1, f"records: {len(bridge.out)}")
        assert bridge.end()[0] == 0, bridge.err
        expect(bridge, "both")
        assert [line for line in plain(bridge.out) if '"type":"klv"' not in line] == sources.records(COUNT, "both")


@test
def many_rtp_streams_at_one_port_are_read_together():
    """Each has units of its own; and those that come when the first have gone"""
    port = harness.free_port()
    bridge = read({"all": f"rtp://127.0.0.1:{port}"})
    senders = 20
    wanted = []
    for batch in range(2):
        running, all_units = [], []
        for n in range(senders):
            units = [make_unit(10 ** 15 + (batch * senders + n) * 1000 + k) for k in range(COUNT)]
            all_units.append(units)
            end = SMPTE336M.split(" ! ")[-1] if n % 2 else "mpegtsmux alignment=7 ! rtpmp2tpay"
            running.append(play("appsrc name=in format=time caps=meta/x-klv,parsed=true"
                                f" ! {end} ! udpsink host=127.0.0.1 port={port}"))
            sources.push_klv(running[-1], "in", units)
        for pipeline in running:
            sources.wait_for_end(pipeline)
        wanted += all_units
        wait_for(lambda: len(bridge.out) >= len(wanted) * COUNT, f"units: {len(bridge.out)}")
    assert bridge.end()[0] == 0, bridge.err
    got = [json.loads(line)["ts_ns"] // 1000 for line in list(bridge.out)]
    assert len(got) == 2 * senders * COUNT, len(got)
    for number, units in enumerate(wanted):
        first = 10 ** 15 + number * 1000
        assert [t for t in got if first <= t < first + 1000] == list(range(first, first + COUNT)), (number, got)
    assert all(line.startswith("[Bridge] ") for line in bridge.err), bridge.err


@test
def what_one_rtp_sender_sends_stops_no_other():
    """Neither MPEG-TS in which nothing is known, nor KLV that is none"""
    port = harness.free_port()
    bridge = read({"all": f"rtp://127.0.0.1:{port}"})
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "other.ts")
        # a stream type that nobody knows
        path.write_bytes(retype((VECTORS / "made_async06.ts").read_bytes(), 0x06, 0x7f))
        send_rtp(path, MP2T, port)
        send_rtp(VECTORS / "made_async06.ts", SMPTE336M, port)
        expect_live(bridge, ["all"])


def retype(data, old, new):
    """A transport stream whose only stream has another type, and a PMT that says so"""
    packets = [bytearray(data[n:n + sources.PACKET]) for n in range(0, len(data), sources.PACKET)]
    ts = sources.Ts.__new__(sources.Ts)
    pat = next(p for p in packets if ts.pid(p) == 0)
    pmt_pid = int.from_bytes(ts.section(pat)[10:12], "big") & 0x1fff
    for packet in packets:
        if ts.pid(packet) != pmt_pid:
            continue
        start = 5 + packet[4]
        size = 3 + (int.from_bytes(packet[start + 1:start + 3], "big") & 0xfff)
        entry = start + 12 + (int.from_bytes(packet[start + 10:start + 12], "big") & 0xfff)
        assert packet[entry] == old, packet.hex()
        packet[entry] = new
        packet[start + size - 4:start + size] = crc(packet[start:start + size - 4]).to_bytes(4, "big")
    return b"".join(packets)


def crc(data):
    """ISO/IEC 13818-1, annex A"""
    value = 0xffffffff
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04c11db7 if value >> 31 else 0)) & 0xffffffff
    return value


@test
def klv_in_a_playlist_is_read():
    """Alone, and beside video"""
    with tempfile.TemporaryDirectory() as folder, Http(folder) as server:
        make_klv(folder, "both", [UNITS], make_video(folder, "mp4", COUNT))
        inputs = {}
        for name in ("made_async06", "made_sync15", "both"):
            path = pathlib.Path(folder, f"{name}.ts")
            if name != "both":
                path.write_bytes((VECTORS / path.name).read_bytes())
            path.with_suffix(".m3u8").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:2.0,\n"
                                                 f"{path.name}\n#EXT-X-ENDLIST\n", "utf-8")
            inputs[name] = f"http://{server.address}/{name}.m3u8"
        bridge = read(inputs)
        assert bridge.wait() == 0, bridge.err
        for name in inputs:
            expect(bridge, name)
        assert [line for line in plain(bridge.out) if '"seq"' in line] == sources.records(COUNT, "both")
        server.kill()


# --- when ----------------------------------------------------------------------------------------

@test
def a_unit_leaves_before_the_next_one_comes():
    data = (VECTORS / "made_async06.ts").read_bytes()
    packets = [data[n:n + sources.PACKET] for n in range(0, len(data), sources.PACKET)]
    klv_pid = sources.Ts.pid(packets[-1])
    starts = [n for n, p in enumerate(packets) if sources.Ts.pid(p) == klv_pid and p[1] & 0x40]
    assert len(starts) == COUNT
    port = harness.free_port()
    bridge = read({"udp": f"udp://127.0.0.1:{port}"})
    # it takes a few packets to know what it is
    known = 10
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"".join(packets[:starts[known]]), ("127.0.0.1", port))
        for n in range(known, COUNT):
            wait_for(lambda: len(bridge.out) == n, f"unit {n - 1}")
            s.sendto(b"".join(packets[starts[n]:(starts + [None])[n + 1]]), ("127.0.0.1", port))
        wait_for(lambda: len(bridge.out) == COUNT, "the last unit")
    assert bridge.end()[0] == 0
    expect(bridge, "udp")


def times_at(address, topic):
    """The records' times in Kafka, ms, and their objects"""
    lines = subprocess.run(["kcat", "-C", "-e", "-q", "-b", address, "-t", topic, "-o", "beginning", "-f", "%T %s\n"],
                           capture_output=True, timeout=harness.PATIENCE, check=True).stdout.decode().splitlines()
    return [(int(time), json.loads(text)) for time, text in (line.split(" ", 1) for line in lines)]


FAR_OFF = "records whose own time is more than a day ago, or more than ten minutes ahead, have the time when they came: "


@test
def a_record_has_the_time_that_the_unit_says_if_it_is_plausible():
    begin_ms = int(time.time() * 1000)
    near = [(begin_ms - 60000) * 1000 + n * 40000 for n in range(20)]
    units = [make_unit(time_us) for time_us in near] + [make_unit(10 ** 15)]
    port = harness.free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = make_klv(folder, "near", [units])
        broker, address = start_broker("t:1")
        bridge = Program("bridge", "--input", f"file={path}", "--input", f"udp://127.0.0.1:{port}", "--add-time",
                         "--kafka-bootstrap", address, "--kafka-topic", "t")
        bridge.wait_line("reading udp://")
        # of the file
        bridge.wait_line(FAR_OFF + "1 so far$")
        send_udp(path.read_bytes(), "127.0.0.1", port)
        wait_for(lambda: harness.count_records(address, "t") >= 2 * len(units), "records")
        assert bridge.end()[0] == 0, bridge.err
        found = times_at(address, "t")
    told = [line for line in bridge.err if FAR_OFF in line]
    assert len(told) == 2 and told[-1].endswith(FAR_OFF + "2 in all"), bridge.err
    end_ms = int(time.time() * 1000)
    for of_file in (True, False):
        some = [(ms, item) for ms, item in found if ("stream_id" in item) == of_file]
        assert [ms for ms, _ in some[:-1]] == [time_us // 1000 for time_us in near], some
        # of 2001: when it came
        assert begin_ms <= some[-1][0] <= end_ms and some[-1][1]["ts_ns"] == 10 ** 18, (begin_ms, some[-1], end_ms)
        for ms, item in some:
            # the drone's own, which --add-time does not replace
            us = item["ts_ns"] // 1000
            assert item["time"] == time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(us // 10 ** 6)) \
                + ".%06dZ" % (us % 10 ** 6)
            assert item["sender_ts_ns"] == item["ts_ns"] == item["precision_time_stamp"] * 1000, item


@test
def without_a_name_the_records_of_an_input_stay_in_order():
    """Though nothing in them is what the key names"""
    broker, address = start_broker("t:4")
    bridge = Program("bridge", "--input", VECTORS / "made_async06.ts", "--kafka-key", "{stream_id}",
                     "--kafka-bootstrap", address, "--kafka-topic", "t")
    assert bridge.wait() == 0, bridge.err
    found = harness.consume(address, "t", COUNT)
    assert len({partition for partition, _, _ in found}) == 1 and all(key == b"0" for _, key, _ in found), found
    assert [json.loads(value)["ts_ns"] for _, _, value in found] == [
        json.loads(text)["ts_ns"] for text in to_json(UNITS)]
    said = [line for line in bridge.err if "without anything that --kafka-key '{stream_id}' names" in line]
    assert len(said) == 1 and "give each --input a NAME" in said[0], bridge.err


# --- streams that change ---------------------------------------------------------------------------

@test
def klv_that_begins_later_and_ends_earlier_is_read():
    """And the video goes on meanwhile"""
    with tempfile.TemporaryDirectory() as folder:
        first, second, third = (make_video(folder, "mp4", COUNT, first=n * COUNT) for n in range(3))
        parts = []
        for n, (video, units) in enumerate(((first, []), (second, [UNITS]), (third, []))):
            part = make_klv(folder, f"part{n}", units, video)
            parts.append(pathlib.Path(folder, f"numbered{n}.ts"))
            sources.ffmpeg("-i", part, "-map", "0", "-c", "copy", "-copy_unknown", "-mpegts_start_pid", 0x100,
                           "-mpegts_pmt_start_pid", 0x1000, "-tables_version", n, parts[-1])
        path = pathlib.Path(folder, "all.ts")
        path.write_bytes(b"".join(part.read_bytes() for part in parts))
        port = harness.free_port()
        bridge = read({"file": path, "udp": f"udp://127.0.0.1:{port}"})
        send_udp(path.read_bytes(), "127.0.0.1", port)
        wait_for(lambda: len(sources.seqs([line for line in list(bridge.out) if '"seq"' in line], "udp"))
                 >= 3 * COUNT - 10, f"frames: {len(bridge.out)}")
        assert bridge.end()[0] == 0, bridge.err
        for name in ("file", "udp"):
            expect(bridge, name)
            got = [line for line in plain(bridge.out) if f'"stream_id":"{name}"' in line and '"seq"' in line]
            assert got == sources.records(3 * COUNT, name), (name, len(got), got[-1:])


# --- what users see --------------------------------------------------------------------------------

@test
def klv_is_shown_and_explained():
    ports = {name: harness.free_port() for name in ("ts", "rtp")}
    inputs = {"ts": f"udp://127.0.0.1:{ports['ts']}", "rtp": f"rtp://127.0.0.1:{ports['rtp']}",
              "mp2t": f"rtp://127.0.0.1:{harness.free_port()}"}
    words = [word for name, uri in inputs.items() for word in ("--input", f"{name}={uri}")]
    path = VECTORS / "made_async06.ts"
    table = Program("bridge", "--inspect", *words)
    for uri in inputs.values():
        table.wait_line(uri.split("//")[1])

    def send(seconds):
        threads = [threading.Thread(target=target, args=args, daemon=True) for target, args in (
            (send_udp, (path.read_bytes(), "127.0.0.1", ports["ts"], seconds)),
            (send_rtp, (path, SMPTE336M, ports["rtp"])),
            (send_rtp, (path, MP2T, inputs["mp2t"].rpartition(":")[2])))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    send(3)
    for name, stream in (("ts", "1"), ("rtp", r"127\.0\.0\.1:\d+ [0-9a-f]{8}"),
                         ("mp2t", r"127\.0\.0\.1:\d+ [0-9a-f]{8} 1")):
        line = table.wait_line(rf"^{name} +{stream} +KLV +- +[1-9]")
        assert re.search(r' +- +- +1\d{3} +(-|0) +{"type":"klv",\.\.\.,"', line), line
    table.wait_line(r"^mp2t +127\.0\.0\.1:\d+ [0-9a-f]{8} +MPEG-TS +- ")
    assert not any("not read" in line or "mp2t  - " in line for line in table.out[-20:]), table.out[-20:]
    assert table.end()[0] == 0
    bridge = read(inputs)
    send(1)
    for name, uri in inputs.items():
        wait_for(lambda: len(klv_of(bridge, name)) >= COUNT, name)
    still = "any more: check that what sent them still runs, and the network"
    for name, what in (("ts", "data"), ("rtp", "packets of RTP")):
        bridge.wait_line(rf"{inputs[name]} has given no records for \d+ s.*It sees no {what} {still}$")
    assert bridge.end()[0] == 0


def without_pts(data):
    """The transport stream, whose PES packets say no time (ISO/IEC 13818-1, 2.4.3.6)"""
    packets = [bytearray(data[n:n + sources.PACKET]) for n in range(0, len(data), sources.PACKET)]
    for packet in packets:
        start = packet.find(b"\0\0\1\xbd")
        if packet[1] & 0x40 and start >= 0 and packet[start + 7] >> 6 == 2:
            packet[start + 7] &= 0x3f
            packet[start + 9:start + 14] = b"\xff" * 5
    return b"".join(packets)


@test
def klv_without_times_is_explained():
    """The demuxer gives nothing of it, though it is all there."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "untimed.ts")
        path.write_bytes(without_pts((VECTORS / "made_async06.ts").read_bytes()))
        status, out, err = run("bridge", "--input", path, "--output", "-")
        assert status == 0 and not out, (status, out)
        assert err[-1].endswith("untimed.ts has ended without a record. It has KLV of which nothing comes: check that"
                                " what writes it sends some, with times (PTS) if there is no video beside it"), err


@test
def klv_beside_video_that_has_ended_is_explained():
    """The video has no SEI, and goes on."""
    port = harness.free_port()
    with tempfile.TemporaryDirectory() as folder:
        video = sources.make_plain_video(folder, "mp4", 10 * FPS)
        path = make_klv(folder, "both", [UNITS[:20]], video)
        bridge = read({"both": f"udp://127.0.0.1:{port}"})
        send_udp(path.read_bytes(), "127.0.0.1", port, 10)
        bridge.wait_line(r"has given no records for.*It sees H\.264 with(out| no) SEI.*; KLV that has ended: check what"
                         " writes it$")
        assert bridge.end()[0] == 0


@test
def what_is_no_klv_is_text():
    with tempfile.TemporaryDirectory() as folder:
        status, out, err = run("bridge", "--input", make_klv(folder, "text", [[b"hello", b"you"]]), "--output", "-")
        assert status == 0 and [json.loads(line)["text"] for line in out] == ["hello", "you"], (out, err)


harness.main()
