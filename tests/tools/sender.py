#!/usr/bin/python3
"""What the sender reads, what it sends, where to, and what it says when that fails."""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import socket
import struct
import subprocess
import termios
import urllib.parse

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

import harness  # noqa: E402
from harness import Program, consume, free_port, run, start_bridge, start_broker, test, wait_for  # noqa: E402
from sending import film, folder, neighbours, path, receive, send  # noqa: E402

IP_RECVTTL = 12  # Linux; Python has no name for it
DEMUXERS = {"ts": "tsdemux ! CODECparse", "mp4": "qtdemux", "mkv": "matroskademux"}


class Reader:
    """Takes the SEI payloads and the video out of what an element gives."""

    def __init__(self, source, codec):
        self.pipeline = Gst.parse_launch(
            f"{source} ! video/x-{codec},alignment=au ! seiextract name=x remove=true"
            " ! queue ! appsink name=video sync=false async=false"
            " x.metadata ! queue ! appsink name=payloads sync=false async=false")
        self.payloads, self.video = [], []
        self.payload_times, self.times = [], []
        for name, take in (("payloads", self._take_payload), ("video", self._take_video)):
            sink = self.pipeline.get_by_name(name)
            sink.set_property("emit-signals", True)
            sink.connect("new-sample", take)
        self.pipeline.set_state(Gst.State.PLAYING)

    def _take_payload(self, sink):
        buffer = sink.emit("pull-sample").get_buffer()
        self.payloads.append(buffer.extract_dup(0, buffer.get_size()))
        self.payload_times.append(buffer.pts)
        return Gst.FlowReturn.OK

    def _take_video(self, sink):
        buffer = sink.emit("pull-sample").get_buffer()
        self.video.append(buffer.extract_dup(0, buffer.get_size()))
        self.times.append(buffer.pts)
        return Gst.FlowReturn.OK

    def end(self):
        """Behind EOS. Returns the payloads."""
        message = self.pipeline.get_bus().timed_pop_filtered(
            harness.PATIENCE * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        self.pipeline.set_state(Gst.State.NULL)
        assert message.type == Gst.MessageType.EOS, message.parse_error()
        return self.payloads


def read(name, codec="h264"):
    """The payloads of a file."""
    kind = name.rsplit(".", 1)[1]
    demuxer = DEMUXERS.get(kind, f"{codec}parse").replace("CODEC", codec)
    return Reader(f"filesrc location={path(name)} ! {demuxer}", codec).end()


def read_frames(name):
    """The members n of the objects of an MP4 file, for each the number of its frame, in the order
    in which frames are shown."""
    reader = Reader(f"filesrc location={path(name)} ! qtdemux", "h264")
    found = objects(reader.end())
    order = sorted(reader.times)
    assert order != reader.times  # B-frames
    return {one["n"]: order.index(time) for one, time in zip(found, reader.payload_times)}


def objects(payloads):
    return [json.loads(payload) for payload in payloads]


def check_objects(payloads, count):
    """So many test objects, in order."""
    seqs = [one["seq"] for one in objects(payloads)]
    assert seqs == list(range(count)), (len(seqs), count, seqs[:5])


def lines(name, texts):
    with open(path(name), "w", encoding="utf-8") as file:
        file.write("".join(text + "\n" for text in texts))
    return path(name)


def start_at_terminal(*args):
    """A sender whose stdout is a terminal. Returns it and our end."""
    here, there = pty.openpty()
    sender = Program("sender", *args, stdout=there)
    os.close(there)
    return sender, here


def read_terminal(terminal, pattern):
    """Until the pattern has come."""
    seen = b""
    while not re.search(pattern, seen):
        assert select.select([terminal], [], [], harness.PATIENCE)[0], seen
        seen += os.read(terminal, 65536)


# --- what is encoded here ---------------------------------------------------

@test
def both_codecs_go_into_every_kind_of_file():
    for codec in ("h264", "h265"):
        for kind in ("ts", "mp4", "mkv", codec):
            assert send("--codec", codec, "--fps", 100, "--num-buffers", 20, "--size", "96x64",
                        "--output", path(f"test.{kind}")) == []
            check_objects(read(f"test.{kind}", codec), 20)


@test
def the_name_of_an_elementary_file_says_the_codec():
    send("--num-buffers", 5, "--size", "96x64", "--output", "file://" + path("named.265"))
    check_objects(read("named.265", "h265"), 5)
    err = send("--codec", "h264", "--output", path("named.265"), status=2)
    assert "takes H265" in err[0], err


@test
def size_and_bitrate_are_those_that_are_given():
    sizes = []
    for rate in (50, 2000):
        send("--size", "320x240", "--bitrate", rate, "--fps", 60, "--num-buffers", 60, "--output", path("rate.mp4"))
        sizes.append(os.path.getsize(path("rate.mp4")))
        out = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0",
                              path("rate.mp4")], capture_output=True, check=True, text=True).stdout
        assert out.strip() == "320,240", out
    assert sizes[1] > 2 * sizes[0], sizes


# --- inputs -----------------------------------------------------------------

@test
def encoded_video_passes_as_it_is():
    for codec in ("h264", "h265"):
        stream = f" ! video/x-{codec},stream-format=byte-stream ! identity"
        source = Reader(f"filesrc location={film(codec, codec)} ! {codec}parse{stream}", codec)
        source.end()
        slices = b"".join(source.video)
        for kind in ("ts", "mp4", "mkv", codec) + (("flv",) if codec == "h264" else ()):
            err = send("--input", film(kind, codec), "--output", path(f"passed.{codec}"))
            assert err == [], err
            passed = Reader(f"filesrc location={path('passed.' + codec)} ! {codec}parse{stream}", codec)
            check_objects(passed.end(), 60)
            # each unit is there; only those that come anew with a key frame may be more
            units = re.split(b"\0*\0\0\1", slices)[1:]
            assert len(units) > 60, len(units)
            for unit in units:
                assert unit in b"".join(passed.video), (kind, unit[:16])
            assert len(passed.video) == 60, len(passed.video)
            # parameter sets before each of the three key frames
            sets = {"h264": b"\0\0\1[\x27\x47\x67]", "h265": b"\0\0\1\x42"}[codec]
            assert len(re.findall(sets, b"".join(passed.video))) >= 3, (kind, codec)


@test
def frames_without_decoding_times_get_some():
    send("--input", film("mkv"), "--output", path("decoding.ts"))
    out = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "packet=pts,dts", "-of", "csv=p=0",
                          path("decoding.ts")], capture_output=True, check=True, text=True).stdout
    times = [tuple(map(int, line.split(",")[:2])) for line in out.split()]
    assert len(times) == 60 and all(dts <= pts for pts, dts in times), times
    assert all(a[1] < b[1] for a, b in zip(times, times[1:])) and times != sorted(times), times


@test
def raw_video_is_encoded():
    name = path("raw.y4m")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=96x64:rate=25:duration=1",
                    "-pix_fmt", "yuv420p", name], check=True)
    assert send("--input", name, "--codec", "h265", "--output", path("raw.ts")) == []
    check_objects(read("raw.ts", "h265"), 25)
    assert send("--input", name, "--size", "64x48", "--fps", "50", "--output", path("raw.ts")) == []
    assert 49 <= len(read("raw.ts")) <= 51


@test
def a_loop_has_no_gap():
    for kind in ("ts", "mp4", "mkv", "h264"):
        assert send("--input", film(kind), "--loop", "--num-buffers", 180, "--output", path("loop.ts")) == []
        payloads = read("loop.ts")
        check_objects(payloads, 180)
        times = sorted(one["ts_ns"] for one in objects(payloads))
        gaps = [b - a for a, b in zip(times, times[1:])]
        assert min(gaps) > 30e6 and max(gaps) < 36e6, (kind, min(gaps), max(gaps))


@test
def a_file_is_sent_in_real_time():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t")
    sender = Program("sender", "--port", port, "--input", film("mp4"))
    assert sender.wait() == 0
    records = objects(value for _, _, value in consume(address, "t", 60))
    arrived = [one["bridge_ts_ns"] for one in records]
    # the last frame is due 59 / 30 s behind the first one, which a busy computer has late
    assert arrived[-1] - arrived[0] > 1.5e9, arrived[-1] - arrived[0]
    assert bridge.end()[0] == 0 and broker.end()[0] == 0


@test
def inputs_that_fail_are_named():
    lines("text.txt", ["no video"] * 10)
    for name, what in ((path("not.there"), "Resource not found"), (path("text.txt"), "type of stream"),
                       ("/dev/video99", "/dev/video99"), ("foo://bar", "FOO")):
        err = send("--input", name, "--output", path("none.ts"), status=1)
        assert len(err) == 1 and what in err[0] and err[0].endswith(f"check --input {name}"), err
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "sine=duration=0.2", path("sound.mp4")],
                   check=True)
    err = send("--input", path("sound.mp4"), "--output", path("none.ts"), status=1)
    assert err == [f"metakafka-sender: there is no video that can be decoded: check --input {path('sound.mp4')}"], err


@test
def an_output_that_is_read_is_left_alone():
    """By whatever name: what it would write over is the user's."""
    recording = shutil.copy(film("ts"), path("mine.ts"))
    telemetry = lines("mine.jsonl", ['{"a": 1}'] * 60)
    os.symlink(telemetry, path("link.ts"))
    os.link(recording, path("other-name.ts"))
    before = [open(name, "rb").read() for name in (recording, telemetry)]
    for args in (("--input", recording, "--output", recording),
                 ("--input", "file://" + recording, "--output", path("other-name.ts")),
                 ("--metadata", telemetry, "--output", path("link.ts")),
                 ("--metadata", "-", "--output", path("link.ts"))):
        with open(telemetry, "rb") as stdin:
            status, out, err = run("sender", "--num-buffers", 10, *args, stdin=stdin)
        assert status == 2 and len(err) == 1, (status, out, err)
        assert f"{args[3]} is the file that {args[0]} {args[1]} reads: give another one" in err[0], err
        assert before == [open(name, "rb").read() for name in (recording, telemetry)], args


@test
def a_decoder_that_is_missing_is_named():
    if Gst.ElementFactory.find("theoradec"):
        raise harness.Skip("there is a decoder for Theora")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=96x64:rate=10:duration=0.5",
                    "-c:v", "libtheora", path("theora.mkv")], check=True)
    err = send("--input", path("theora.mkv"), "--output", path("none.ts"), status=1)
    assert err == ["metakafka-sender: the GStreamer plugin for Theora decoder is missing: install it, or check"
                   f" --input {path('theora.mkv')}"], err


@test
def encoded_video_is_not_encoded_anew():
    err = send("--input", film("mp4"), "--codec", "h265", "--output", path("none.ts"), status=1)
    assert len(err) == 1 and "is H264, and encoded video is sent as it is: leave out --codec" in err[0], err
    err = send("--input", film("mp4"), "--bitrate", 100, "--output", path("as-it-is.ts"))
    assert len(err) == 1 and "--size, --bitrate and --fps change nothing" in err[0], err
    check_objects(read("as-it-is.ts"), 60)


@test
def a_signal_ends_a_file_cleanly():
    sender = Program("sender", "--input", film("mp4"), "--loop", "--port", free_port())
    sender.wait_line("RTP/H264")
    status, seconds = sender.end()
    assert status == 0 and seconds < 2 and sender.out[-2:] == [
        "[Sender] Shutting down...", "[Sender] EOS"], (status, seconds, sender.out, sender.err)


# --- metadata ---------------------------------------------------------------

@test
def line_n_is_in_frame_n():
    texts = [json.dumps({"n": n, "text": "Grüße \u2028 \\u0041"}, ensure_ascii=False) for n in range(60)]
    for kind in ("mp4", "mkv", "h264"):
        send("--input", film(kind), "--metadata", lines("by-order.jsonl", texts), "--output", path("by-order.ts"))
        assert read("by-order.ts") == [text.encode() for text in texts]
    # behind the last line there is nothing
    send("--num-buffers", 10, "--fps", 100, "--metadata", lines("short.jsonl", texts[:4]), "--output", path("short.ts"))
    assert read("short.ts") == [text.encode() for text in texts[:4]]


@test
def lines_begin_again_with_the_video():
    name = lines("loop.jsonl", [f'{{"n": {n}, "t": {n / 30:.3f}}}' for n in range(60)])
    args = ("--input", film("mp4"), "--loop", "--num-buffers", 180, "--metadata", name, "--output", path("again.mp4"))
    send(*args)
    assert [one["n"] for one in objects(read("again.mp4"))] == [*range(60)] * 3
    send(*args, "--time-member", "t")
    reader = Reader(f"filesrc location={path('again.mp4')} ! qtdemux", "h264")
    numbers = [one["n"] for one in objects(reader.end())]
    order = sorted(reader.times)
    assert numbers == [order.index(time) % 60 for time in reader.payload_times] and len(numbers) == 180, numbers


@test
def a_time_says_the_frame():
    """In every way of writing times: frames and lines have the same time."""
    start = 1750000000.25
    ways = {
        "t": lambda n: n / 30,
        "t_ms": lambda n: round(n * 1000 / 30),
        "ts_ns": lambda n: 3600000000000000 + n * 1000000000 // 30,
        "t_us": lambda n: int((start + n / 30) * 1e6),
        "unix": lambda n: round(start + n / 30, 3),
        "date": lambda n: f"2026-11-26T12:00:{n / 30:06.3f}Z",
    }
    for kind in ("mp4", "mkv"):
        for member, value in ways.items():
            texts = [json.dumps({"n": n, member: value(n)}) for n in range(60)]
            send("--input", film(kind), "--metadata", lines("timed.jsonl", texts), "--time-member", member,
                 "--output", path("timed.mp4"))
            found = read_frames("timed.mp4")
            assert found == {n: n for n in range(60)}, (kind, member, found)


@test
def lines_without_times_follow_the_one_before():
    texts = ['{"n": 0, "t": 1.0}', '{"n": 1}', '{"n": 2, "t": 1.1}', '{"n": 3, "t": "soon"}']
    err = send("--input", film("ts"), "--metadata", lines("some.jsonl", texts), "--time-member", "t",
               "--output", path("some.mp4"))
    assert read_frames("some.mp4") == {0: 30, 1: 31, 2: 33, 3: 34}, read_frames("some.mp4")
    assert [line for line in err if "some.jsonl:2: no time in the member t" in line], err
    assert "2 lines of" in err[-1], err


@test
def wrong_lines_are_told_and_leave_their_place():
    texts = ['{"n": 0}', "", "[1]", '{"n": 1', '{"n": 2}', '{"n": "' + "x" * 70000 + '"}', '{"n": 3}\r']
    name = lines("wrong.jsonl", texts)
    with open(name, "r+b") as file:
        data = file.read()
        file.seek(0)
        file.write(b"\xef\xbb\xbf" + data)
    err = send("--num-buffers", 8, "--fps", 100, "--metadata", name, "--output", path("wrong.ts"))
    assert [one["n"] for one in objects(read("wrong.ts"))] == [0, 2, 3]
    assert [re.search(r":(\d+): ", line).group(1) for line in err[:3]] == ["3", "4", "6"], err
    assert "not a JSON object: left out" in err[0] and "longer than 65536" in err[2], err
    assert err[3] == f"metakafka-sender: 3 lines of {name} were wrong: see above", err
    name = lines("one.jsonl", ["no"])
    err = send("--num-buffers", 2, "--fps", 100, "--metadata", name, "--output", path("wrong.ts"))
    assert err[1:] == [f"metakafka-sender: 1 line of {name} was wrong: see above"], err
    err = send("--num-buffers", 30, "--fps", 100, "--metadata", lines("all.jsonl", ["no"] * 30), "--output",
               path("wrong.ts"))
    assert len(err) == 12 and "only counted" in err[10] and "30 lines" in err[11], err
    for name, what in ((path("not.there"), "No such file"), (folder.name, "Is a directory")):
        err = send("--metadata", name, status=1)
        assert len(err) == 1 and what in err[0] and err[0].endswith("check --metadata"), err


@test
def stdin_goes_into_the_frame_that_is_next():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t")
    sender = Program("sender", "--port", port, "--metadata", "-", "--session", "s1", stdin=subprocess.PIPE)
    for n in range(3):
        sender.process.stdin.write(b'{"n": %d, "seq": %d}\n{"more": %d}\n' % (n, n, n))
        sender.process.stdin.flush()
        records = consume(address, "t", 2 * n + 2)
        assert b'{"n":%d,"seq":%d,"session":"s1"' % (n, n) in records[-2][2], records
    sender.process.stdin.close()
    assert sender.end()[0] == 0 and sender.err == [], sender.err
    assert bridge.end()[0] == 0 and broker.end()[0] == 0


@test
def a_session_is_added_where_there_is_none():
    name = lines("session.jsonl", ['{"n": 1 }', "{}", '{"session": 7}'])
    send("--num-buffers", 3, "--fps", 100, "--metadata", name, "--session", 'a"b', "--output", path("session.ts"))
    assert read("session.ts") == [b'{"n": 1,"session":"a\\"b"}', b'{"session":"a\\"b"}', b'{"session": 7}']
    seen = set()
    for _ in range(2):
        send("--num-buffers", 3, "--fps", 100, "--session", "auto", "--output", path("session.ts"))
        sessions = {one["session"] for one in objects(read("session.ts"))}
        assert len(sessions) == 1 and re.fullmatch("[0-9a-f]{16}", min(sessions)), sessions
        seen |= sessions
    assert len(seen) == 2, seen
    _, out, _ = run("sender", "--num-buffers", 0, "--session", "x")
    assert out[0].endswith(", num-buffers=0, session=x"), out


# --- outputs ----------------------------------------------------------------

@test
def udp_carries_mpeg_ts_in_datagrams_of_the_mtu():
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        s.bind(("::1", 0))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        port = s.getsockname()[1]
        send("--input", film("ts"), "--output", f"udp://[::1]:{port}", "--mtu", 600)
        datagrams = receive(s)
    assert {len(datagram) for datagram in datagrams} == {3 * 188}, {len(d) for d in datagrams}
    with open(path("udp.ts"), "wb") as file:
        file.write(b"".join(datagrams))
    check_objects(read("udp.ts"), 60)


@test
def rtp_has_the_mtu_and_goes_where_it_is_sent():
    for host in ("127.0.0.1", "[::1]"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as s:
            s.bind((host.strip("[]"), 0))
            s.settimeout(harness.PATIENCE)
            port = s.getsockname()[1]
            status, out, err = run("sender", "--num-buffers", 10, "--fps", 100, "--codec", "h265",
                                   "--output", f"rtp://{host}:{port}", "--mtu", 300)
            assert (status, err) == (0, []) and f"RTP/H265 → udp://{host}:{port} ," in out[0], (out, err)
            sizes = [len(s.recv(65536)) for _ in range(20)]
            assert max(sizes) == 300, sizes


@test
def a_multicast_group_is_sent_to_with_its_ttl():
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("", port))
        s.settimeout(harness.PATIENCE)
        s.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
        try:
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                         socket.inet_aton("239.255.77.8") + socket.inet_aton("127.0.0.1"))
        except OSError as error:
            raise harness.Skip(f"no multicast at lo: {error}") from error
        for ttl in (7, 1):
            send("--num-buffers", 3, "--fps", 100, "--output", f"rtp://239.255.77.8:{port}", "--interface", "lo",
                 "--ttl", ttl)
            s.settimeout(harness.PATIENCE)
            data = s.recvmsg(65536, 100)
            assert int.from_bytes(data[1][0][2], "little") == ttl, data[1]
            receive(s)


@test
def srt_loses_nothing_at_its_end():
    """As caller, and as listener whose peer has the longer latency."""
    secret = "p@ss/word & 123"
    for mode, more, given in (("listener", "", ""),
                              ("caller", "&passphrase=${SENDER_SECRET}&pbkeylen=16", f' passphrase="{secret}"')):
        port = free_port()
        host = "127.0.0.1" if mode == "listener" else ""
        args = ("--num-buffers", 300, "--fps", 100, "--output", f"srt://{host}:{port}?latency=50{more}")
        if mode == "caller":
            sender = Program("sender", *args, env={"SENDER_SECRET": secret})
            sender.wait_line("MPEG-TS/H264 → srt")
        reader = Gst.parse_launch(f'srtsrc uri="srt://127.0.0.1:{port}?mode={mode}" latency=700{given}'
                                  ' ! filesink buffer-mode=unbuffered async=false location=' + path("srt.ts"))
        reader.set_state(Gst.State.PLAYING)
        if mode == "listener":
            wait_for(lambda: harness.is_bound(port), "srtsrc to listen")
            sender = Program("sender", *args)
        assert sender.wait() == 0 and sender.err == [], sender.err
        assert not any("p@ss" in line or "p%40" in line for line in sender.lines), sender.lines
        wait_for(lambda: len(read("srt.ts")) >= 300, "300 objects")
        reader.set_state(Gst.State.NULL)
        check_objects(read("srt.ts"), 300)


@test
def a_path_may_have_variables():
    """And others are named by the variable, in all that is said."""
    sender = Program("sender", "--num-buffers", 10, "--input", "${SENDER_FILM}.mp4", "--output",
                     "${SENDER_FOLDER}/variable.ts", env={"SENDER_FILM": film("mp4")[:-4], "SENDER_FOLDER": path("")})
    assert sender.wait() == 0 and sender.err == [], sender.err
    assert "→ ${SENDER_FOLDER}/variable.ts ," in sender.out[0], sender.out
    check_objects(read("variable.ts"), 10)
    sender = Program("sender", "--input", "${SENDER_URI}", env={"SENDER_URI": "foo://user:hush@host/"})
    assert sender.wait() == 1 and len(sender.err) == 1, sender.err
    assert sender.err[0].endswith("check --input ${SENDER_URI}") and "hush" not in sender.err[0], sender.err


@test
def a_file_uri_is_decoded():
    for uri, name in (("file://localhost%s", "a b.ts"), ("file://%s", "ü#%.ts")):
        where = path(name)
        shutil.copy(film("ts"), where)
        send("--input", uri % urllib.parse.quote(where), "--output", uri % path("out%2Duri.ts"))
        check_objects(read("out-uri.ts"), 60)


@test
def a_listener_that_nobody_calls_ends_at_once():
    for args in ((), ("--input", film("mp4"), "--loop")):
        sender, terminal = start_at_terminal("--output", f"srt://:{free_port()}", *args)
        # a frame is on its way, and waits for somebody; those of a file fill all that there is room for
        read_terminal(terminal, rb"[1-9]\d* frames")
        status, seconds = sender.end()
        assert status == 0 and seconds < 2, (status, seconds)
        read_terminal(terminal, rb"\[Sender\] EOS")
        os.close(terminal)


@test
def an_output_that_takes_nothing_is_left():
    """A pipe that nobody reads, full."""
    name = path("pipe.ts")
    os.mkfifo(name)
    reader = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
    sender = Program("sender", "--bitrate", 5000, "--fps", 100, "--output", name)
    room = struct.pack("i", 0)
    wait_for(lambda: struct.unpack("i", fcntl.ioctl(reader, termios.FIONREAD, room))[0] > 60000, "a full pipe")
    assert sender.end()[0] == 1
    assert sender.err == ["metakafka-sender: the other end does not take what is left: ended without it"], sender.err
    os.close(reader)


@test
def outputs_that_fail_are_named():
    target = f"srt://127.0.0.1:{free_port()}"
    err = send("--output", target, status=1)
    assert len(err) == 1 and err[0].endswith(f": check --output {target}"), err
    err = send("--output", path("no/folder.ts"), status=1)
    name = path("no/folder.ts")
    assert err == [f'metakafka-sender: Could not open file "{name}" for writing (system error: No such file or directory):'
                   f" check --output {name}"], err
    err = send("--output", "rtp://no.such.host.invalid:5000", status=1)
    assert len(err) == 1 and "no.such.host.invalid" in err[0] and "--output" in err[0], err


@test
def rtp_says_the_time_of_day():
    """The records have the time of the sender, which is that of this computer."""
    for times, codec, source in (("rtcp", "h264", ()), ("all", "h265", ()), ("all", "h264", ("--input", film("mp4")))):
        reader = Gst.parse_launch("rtpseisrc name=rtp address=127.0.0.1 port=0 ! seiextract"
                                  " ! appsink name=sink sync=false async=false")
        reader.set_state(Gst.State.PLAYING)
        port = int(reader.get_by_name("rtp").get_property("listening")[0].rsplit(":", 1)[1])
        sender = Program("sender", "--output", f"rtp://127.0.0.1:{port}", "--rtp-times", times,
                         *(source + ("--loop",) if source else ("--codec", codec)))
        sink, unix = reader.get_by_name("sink"), []
        while len(unix) < 30:
            sample = sink.emit("try-pull-sample", int(harness.PATIENCE * Gst.SECOND))
            assert sample, (times, codec, sender.lines)
            meta = sample.get_buffer().get_reference_timestamp_meta(None)
            if meta:
                assert abs(harness.time.time() - meta.timestamp / 1e9) < 5, meta.timestamp
                unix.append(meta.timestamp)
        stats = reader.get_by_name("rtp").get_property("stats")
        assert times == "all" or stats.get_value("rtcp") > 0
        assert sorted(unix) == unix and 0.8e9 < unix[-1] - unix[0] < 1.2e9 or source, unix
        assert sender.end()[0] == 0
        reader.set_state(Gst.State.NULL)


@test
def rtp_times_are_what_was_asked_for():
    for times in ("none", "rtcp", "all"):
        rtp, rtcp = neighbours()
        with rtp, rtcp:
            send("--num-buffers", 5, "--fps", 100, "--output", f"rtp://127.0.0.1:{rtp.getsockname()[1]}",
                 "--rtp-times", times)
            rtp.setblocking(False)
            rtcp.setblocking(False)
            firsts = [rtp.recv(65536)[0] for _ in range(10)]
            # version 2, and a header extension (RFC 3550 5.1)
            assert (0x90 in firsts) == (times == "all") and {*firsts} <= {0x80, 0x90}, (times, firsts)
            try:
                # at least the BYE at the end comes, behind a report
                assert rtcp.recv(65536)[1] == 200 and times != "none", times
            except BlockingIOError:
                assert times == "none"


@test
def stdin_is_an_input():
    with open(film("ts"), "rb") as video:
        assert run("sender", "--input", "-", "--output", path("piped.ts"), stdin=video)[0] == 0
    send("--input", film("ts"), "--output", path("read.ts"))
    assert pathlib.Path(path("piped.ts")).stat().st_size == pathlib.Path(path("read.ts")).stat().st_size


# --- the rest ---------------------------------------------------------------

@test
def a_terminal_sees_progress_and_a_pipe_does_not():
    for args, more in ((), rb"\r"), (("--klv",), rb", [1-9]\d* KLV\r"):
        sender, terminal = start_at_terminal("--port", free_port(), *args)
        read_terminal(terminal, rb"\r\x1b\[K\d+ frames, \d+\.\d fps, \d+ kbit/s, \d+ metadata" + more)
        assert sender.end()[0] == 0
        read_terminal(terminal, rb"\[Sender\] EOS")
        os.close(terminal)
    _, out, err = run("sender", "--num-buffers", 100, "--fps", 100, "--port", free_port())
    assert len(out) == 2 and not err, (out, err)


@test
def wrong_usage_says_what_to_do():
    film_path = film("mp4")
    pipe = path("pipe")
    os.mkfifo(pipe)
    for args, what in (
            (("--codec", "vp9"), "--codec vp9 is unknown: give h264 or h265"),
            (("--size", "640"), "--size 640 is not a size"), (("--size", "641x360"), "in even numbers"),
            (("--size", "9000x9000"), "--size 9000x9000"),
            (("--bitrate", 0), "--bitrate 0 is not a rate in kbit/s: give 1 to 100000"),
            (("--mtu", 100), "--mtu 100 is not a size of datagrams: give 200 to 65507"),
            (("--ttl", 256), "--ttl 256 is not a number of routers: give 0 to 255"),
            (("--rtp-times", "sometimes"), "give none, rtcp or all"),
            (("--rtp-times", "all", "--port", 65535), "give a port below 65535"),
            (("--loop",), "--loop needs a file to repeat: add --input FILE"),
            (("--loop", "--input", "-"), "--loop needs a file: --input - has no end to begin again from"),
            (("--input", "-", "--metadata", "-"), "--input - and --metadata - cannot both read stdin"),
            (("--input", pipe), "it is a pipe, which goes to stdin, with --input -"),
            (("--interface", "nosuch0"), "--interface nosuch0: there is no such network interface"),
            (("--loop", "--input", "rtsp://127.0.0.1/x"), "has no end to begin again from"),
            (("--time-member", "t"), "--time-member needs lines with times: add --metadata FILE"),
            (("--time-member", "t", "--metadata", "-"), "--time-member needs a file"),
            (("--output", "rtp://127.0.0.1:5000", "--port", 5000), "leave --host and --port out"),
            (("--output", "rtp://127.0.0.1"), "is not rtp://HOST:PORT"),
            (("--output", "udp://:5000"), "is not udp://HOST:PORT"),
            (("--output", "udp://::1:5000"), "an IPv6 address in brackets"),
            (("--output", "gopher://h:1"), "gopher is unknown: give rtp, udp, srt or rtmp, or a file"),
            (("--output", "film.avi"), "give a name that ends with .ts, .mp4, .mkv, .flv, .h264 or .h265"),
            (("--output", "film"), "is no kind of file that is known"),
            (("--output", "srt://:7000?mode=caller"), "calls nobody"),
            (("--output", "srt://h:7000?mode=both"), "mode is both: give caller or listener"),
            (("--output", "srt://h:7000?latency=long"), "latency is long: give milliseconds"),
            (("--output", "srt://h:7000?pbkeylen=17"), "give 16, 24 or 32"),
            (("--output", "srt://h:7000?colour=red"), "colour is unknown: srt takes mode, latency"),
            (("--output", "srt://h:7000?mode"), "give parameters as in"),
            (("--output", "srt://h:7000?passphrase=0123456789"), "--output: srt://h:7000?passphrase=*** shows a secret"),
            (("--output", "srt://h:7000?passphrase=${SENDER_SHORT}"), "the passphrase has 5 characters: give one of 10"),
            (("--output", "srt://h:7000?passphrase=${SENDER_UNSET}"), "There is no environment variable SENDER_UNSET"),
            (("--input", "rtsp://user:secret@h/x"), "--input: rtsp://user:***@h/x shows a secret to everybody"),
            *((("--input", f"http://h/?{name}=0123456789"), f"{name}=*** shows a secret to everybody who can list")
              for name in ("auth", "sig", "access_token", "user=a;password")),
            (("--input", "rtsp://user:a/b@h/x"), "The user or the password of the rtsp:// URI has a /"),
            (("--input", "rtsp://user:${SENDER_UNSET}@h/x"), "There is no environment variable SENDER_UNSET"),
            (("--input", film_path, "--output", "/x.ts", "--host", "h"), "leave --host and --port out"),
            *(((option, ""), f"{option} needs ") for option in (
                "--output", "--interface", "--input", "--session", "--metadata", "--time-member"))):
        status, out, err = run("sender", *args, env={"SENDER_SHORT": "hush!"})
        assert status == 2 and len(err) == 1 and what in err[0], (args, status, out, err)
        assert "0123456789" not in err[0] and "hush" not in err[0] and ":secret" not in err[0], err


harness.main()
