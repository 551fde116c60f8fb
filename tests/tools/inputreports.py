#!/usr/bin/python3
"""What the bridge says of inputs that give no records, what --inspect shows, wrong usage, a file that is larger
than kafkasink's queue, --output, and what hangs at the end."""
import contextlib
import fcntl
import json
import os
import pathlib
import re
import select
import signal
import tempfile
import threading

import harness
import sources
from harness import Program, run, start_broker, test, wait_for
from sources import FPS, Http, make_lines, make_plain_video, make_sound, make_timed_video, make_video, plain, send_udp

SECONDS = 15  # of what is sent while explanations are awaited
OUR_UUID = "a4b00512-d794-5611-86b7-17406de2f1de"
OTHER_UUID = "00112233-4455-6677-8899-aabbccddeeff"
WRITE = "let the cameras write metadata into the video"


def start_live(folder, name, ts, mp4):
    """Sends it by each way, and goes on for a while. Returns pairs of name and URI."""
    udp, srt, called = (harness.free_port() for _ in range(3))
    data = ts.read_bytes()
    web = Http(folder, live=data, seconds=SECONDS)
    _, camera = sources.start_rtsp(mp4)
    sources.start_srt(f"srt://127.0.0.1:{srt}", ts, SECONDS)
    sources.start_srt(f"srt://:{called}", ts, SECONDS)
    threading.Thread(target=send_udp, args=(data, "127.0.0.1", udp, SECONDS), daemon=True).start()
    return {f"{name}-udp": f"udp://127.0.0.1:{udp}", f"{name}-srt": f"srt://:{srt}",
            f"{name}-caller": f"srt://127.0.0.1:{called}", f"{name}-http": f"http://{web.address}/live",
            f"{name}-rtsp": f"rtsp://127.0.0.1:{camera}/video"}


def explanations(bridge, uri):
    return [line.split(" s. ")[1] for line in list(bridge.err)
            if line.startswith(f"metakafka-bridge: {uri}") and " has given no records for " in line]


@test
def inputs_without_records_say_what_they_see():
    count = SECONDS * FPS
    with tempfile.TemporaryDirectory() as folder:
        contents = {
            "sound": (make_sound(folder, SECONDS),
                      "no video of H.264 or H.265 and no KLV, but audio/[a-z-]+: let the camera"),
            "h264": (make_plain_video(folder, "ts", count), f"H.264 with(out SEI| no SEI but .*): {WRITE}"),
            "h265": (make_plain_video(folder, "ts", count, "h265"), f"H.265 with(out SEI| no SEI but .*): {WRITE}"),
            "uuid": (make_video(folder, "ts", count), r"messages of UUIDs that --uuid does not select \(\d+ of"
                     rf" {OUR_UUID}\): --uuid {OUR_UUID} takes them$"),
        }
        cameras = {"sound": contents["sound"][0], "h264": make_plain_video(folder, "mp4", count),
                   "h265": make_plain_video(folder, "mp4", count, "h265"), "uuid": make_video(folder, "mp4", count)}
        silent = harness.listen(lambda connection: connection.recv(1) and threading.Event().wait())
        nothing = {"no-udp": f"udp://127.0.0.1:{harness.free_port()}", "no-srt": f"srt://:{harness.free_port()}",
                   "no-http": f"http://{silent}/x", "no-rtsp": f"rtsp://{silent}/x"}
        running = []
        for name, (ts, expected) in contents.items():
            inputs = start_live(folder, name, ts, cameras[name])
            bridge = Program("bridge", "--uuid", OTHER_UUID, "--output", "-",
                             *(word for item in inputs.items() for word in ("--input", "=".join(item))))
            running.append((bridge, inputs, "It sees " + expected))
        bridge = Program("bridge", "--output", "-",
                         *(word for item in nothing.items() for word in ("--input", "=".join(item))))
        running.append((bridge, nothing, "It sees no data: check the address that the camera"))
        for bridge, inputs, expected in running:
            for name, uri in inputs.items():
                wait_for(lambda: explanations(bridge, uri), f"explanation of {name}: {bridge.err}")
                assert re.search(expected, explanations(bridge, uri)[0]), (name, bridge.err)
        for bridge, inputs, _ in running:
            status, seconds = bridge.end()
            assert status == 0 and seconds < harness.PATIENCE / 10 and not bridge.out, (inputs, bridge.lines)
        # files that are at their end
        for ts, expected in contents.values():
            status, out, err = run("bridge", "--uuid", OTHER_UUID, "--input", ts, "--output", "-")
            assert status == 0 and not out, (status, out)
            assert re.search(f"^metakafka-bridge: {ts} has ended without a record. It has {expected}", err[-1]), err


# --- what --inspect shows -------------------------------------------------------------------

def rows(bridge):
    """The rows of all tables so far, by title"""
    found, titles = [], []
    for line in list(bridge.out):
        words = re.split("  +", line)
        if words[0] == "INPUT":
            titles = words
        elif line and titles and not line.startswith("[Bridge]"):
            found.append(dict(zip(titles, words)))
    return found


def is_seen(row):
    return float(row["FRAMES/S"]) > 0 and float(row["MESSAGES/S"]) > 0 and row["TYPE"] == "5"


@test
def what_inputs_have_is_shown_every_second():
    with tempfile.TemporaryDirectory() as folder:
        video = make_video(folder, "ts", SECONDS * FPS)
        inputs = start_live(folder, "live", video, make_video(folder, "mp4", SECONDS * FPS))
        inputs["file"] = make_video(folder, "mkv", 50, "h265")
        inputs["lines"] = make_lines(folder, 50)
        inputs["sound"] = make_sound(folder, 1)
        bridge = Program("bridge", "--inspect",
                         *(word for item in inputs.items() for word in ("--input", "=".join(map(str, item)))))
        live = [name for name in inputs if name.startswith("live")]

        def seen(name):
            return [row for row in rows(bridge) if row["INPUT"] == name and row["CODEC"] != "-"]

        for name in live:
            wait_for(lambda: any(is_seen(row) for row in seen(name)), f"{name} in {rows(bridge)}")
            row = next(row for row in seen(name) if is_seen(row))
            assert row["CODEC"] == "H.264" and row["UUID"] == OUR_UUID, row
            assert row["EXAMPLE"].startswith('{"seq":') and len(sources.payload(0)) <= int(row["BYTES"]) < 100, row
            assert row["LOST"] == ("0" if name in ("live-rtsp", "live-srt", "live-caller") else "-"), row
        # what has ended stays, with what it had in all
        for name, codec, frames, messages in (("file", "H.265", "50", "50"), ("lines", "JSON lines", "-", "50"),
                                              ("sound", "audio/mpeg (not read)", "-", "0")):
            wait_for(lambda: sum(row["CODEC"] == codec + ", ended" for row in seen(name)) > 2,
                     f"{name} in {rows(bridge)}")
            row = seen(name)[-1]
            assert row["UUID"] == (OUR_UUID if name == "file" else "-"), row
            assert row["FRAMES/S"] == (frames if frames == "-" else frames + " in all"), row
            assert row["MESSAGES/S"] == messages + " in all", row
            assert row.get("EXAMPLE", "").startswith("no video" if name == "sound" else '{"seq":'), row
        assert bridge.end()[0] == 0, bridge.err
        # the last table is one that has all
        end = next(n for n, line in enumerate(bridge.out) if "Shutting down" in line)
        assert not any(bridge.out[end + 1:]), bridge.out[end:]


@test
def the_table_at_the_end_of_all_inputs_says_why():
    with tempfile.TemporaryDirectory() as folder:
        bridge = Program("bridge", "--inspect", "--input", f"plain={make_plain_video(folder, 'ts', 5)}",
                         "--input", f"good={make_video(folder, 'ts', 5)}", "--input", f"none={folder}/none.ts",
                         "--input", f"timed={make_timed_video(folder, 'ts', 5)}")
        assert bridge.wait() == 1, bridge.err
        last = {row["INPUT"]: row["EXAMPLE"] for row in rows(bridge)[-4:]}
        assert re.match("H.264 with.*; no KLV$", last["plain"]) and last["good"].startswith('{"seq":'), last
        assert last["none"].startswith("is not there: check the path"), last
        assert last["timed"].startswith("H.264 with no SEI but times, or what encoders write by themselves"), last


@test
def inputs_that_give_nothing_say_why_in_the_table():
    """In the row of their stream, or in one of their own"""
    with tempfile.TemporaryDirectory() as folder:
        udp = harness.free_port()
        inputs = {"silent": f"udp://127.0.0.1:{harness.free_port()}", "refused": "rtsp://127.0.0.1:1/x",
                  "none": f"{folder}/none.ts", "rtp": f"rtp://127.0.0.1:{harness.free_port()}",
                  "plain": f"udp://127.0.0.1:{udp}"}
        bridge = Program("bridge", "--inspect",
                         *(word for item in inputs.items() for word in ("--input", "=".join(item))))
        bridge.wait_line("reading udp://127.0.0.1:%d$" % udp)
        plain = make_plain_video(folder, "ts", SECONDS * FPS)
        threading.Thread(target=send_udp, args=(plain.read_bytes(), "127.0.0.1", udp, SECONDS), daemon=True).start()
        for name, stream, why in (
                ("silent", "-", "no data: check the address that the camera sends to or answers at, and the firewall"),
                ("refused", "-", "does not answer: check that it runs, its address and port, and the firewall"),
                ("none", "-", "is not there: check the path"),
                ("rtp", "-", "no packets of RTP: check the address and port that the cameras send to, and the"),
                ("plain", "1", "H.264 with no SEI but times, or what encoders write by themselves: " + WRITE)):
            wait_for(lambda: any(row["INPUT"] == name and row["STREAM"] == stream and row["EXAMPLE"].startswith(why)
                                 for row in rows(bridge) if "EXAMPLE" in row), f"{name}: {rows(bridge)[-5:]}")
        assert any(row.get("EXAMPLE") == "nothing yet" for row in rows(bridge) if row["INPUT"] == "silent")
        assert bridge.end()[0] == 1, bridge.err  # of the file


@test
def a_table_that_nobody_reads_ends_it():
    port = harness.free_port()
    reader, writer = os.pipe()
    bridge = Program("bridge", "--inspect", "--input", f"udp://127.0.0.1:{port}", stdout=writer)
    os.close(writer)
    with os.fdopen(reader) as out:
        assert any(line.startswith("INPUT ") for line in out), bridge.err
    assert bridge.wait() == 0, bridge.err


# --- much at once -----------------------------------------------------------------------------

def position(program, path):
    """How far it has read that file"""
    process = pathlib.Path(f"/proc/{program.process.pid}")
    for link in list((process / "fd").iterdir()):
        # it opens and closes others meanwhile
        with contextlib.suppress(FileNotFoundError):
            if os.readlink(link) == str(path):
                return int(re.search(r"pos:\s+(\d+)", (process / "fdinfo" / link.name).read_text()).group(1))
    return None


def wait_until_it_stands(program, path):
    """Until it has begun, and reads no more. Returns where."""
    positions = []

    def stands():
        positions.append(position(program, path))
        return len(positions) > 50 and len(set(positions[-50:])) == 1 and positions[-1]

    wait_for(stands, f"{program.name} to stop reading")
    return positions[-1]


@test
def a_file_with_more_than_kafkasinks_queue_holds_waits_for_kafka():
    count = 150000
    with tempfile.TemporaryDirectory() as folder:
        path = make_lines(folder, count)
        broker, address = start_broker("t:1")
        broker.process.send_signal(signal.SIGSTOP)
        bridge = Program("bridge", "--input", f"x={path}", "--kafka-bootstrap", address, "--kafka-topic", "t")
        assert wait_until_it_stands(bridge, path) < path.stat().st_size
        broker.process.send_signal(signal.SIGCONT)
        assert bridge.wait(4 * harness.PATIENCE) == 0, bridge.err
        keys = harness.read_keys(address, "t")
        assert keys == [b"%d" % n for n in range(count)], (len(keys), bridge.err)


# --- wrong usage --------------------------------------------------------------------------------

USAGE = {
    ("--input", "a=udp://:5000", "--input", "a=udp://:5001"): "Two inputs have the name 'a': give each one of its own",
    ("--input", "gopher://x/y"): "gopher:// is not known: known are rtp, udp, srt, rtsp",
    ("--input", "udp:5000"): "udp: has no // behind it",
    ("--input", "udp://127.0.0.1"): "needs a UDP port to listen at",
    ("--input", "srt://127.0.0.1"): "needs a port, 1 to 65535",
    ("--input", "rtsp:///x"): "has no host: write rtsp://HOST/PATH",
    ("--input", ""): "has no URI: write",
    ("--input", "a="): "has no URI: write",
    ("--input", "srt://:7000?passphrase=a%20long%20one%20here"): "shows a secret to everybody",
    ("--input", "rtsp://user:${NO_SUCH_NAME}@127.0.0.1/x"): "There is no environment variable NO_SUCH_NAME",
    ("--input", "@/no/such/file"): "Could not read the inputs",
    ("--input", "udp://:5000", "--listen", "127.0.0.1"): "--listen 127.0.0.1 is for --port: give the address in",
    ("--input", "udp://:5000", "--output", "-", "--inspect"): "--output and --inspect exclude each other",
    ("--output", ""): "--output needs the name of a file, or -",
    ("--input", "udp://:5000", "--codec", "mpeg2"): "--codec 'mpeg2' is not known: give auto, h264 or h265",
    ("--input", "udp://:5000", "--latency", "10001"): "--latency 10001 is not from 0 to 10000 ms",
    ("--input", "udp://:5000", "--uuid", "zzz", "--output", "-"): "A UUID is 32 hexadecimal digits",
    ("--input",): "Missing argument for --input",
}


@test
def wrong_usage_says_what_is_right():
    for args, expected in USAGE.items():
        status, out, err = run("bridge", *args)
        text = "\n".join(err)
        assert status == 2 and expected in text, (args, status, out, err)
        assert "a%20long" not in text, text


# --- where records go with --output ------------------------------------------------------------

def with_stdout(path, flags, *args):
    """Runs a bridge between two lines that somebody else writes. Returns the lines in the file."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | flags)
    os.write(fd, b"first\n")
    status, _, err = run("bridge", *args, "--output", "-", stdout=fd)
    assert status == 0, err
    os.write(fd, b"last\n")
    os.close(fd)
    return plain(path.read_text("utf-8").splitlines())


@test
def stdout_keeps_what_others_write_there():
    with tempfile.TemporaryDirectory() as folder:
        lines, nothing = make_lines(folder, 5), make_plain_video(folder, "ts", 5)
        path, wanted = pathlib.Path(folder, "out"), ["first", *sources.records(5), "last"]
        assert with_stdout(path, 0, "--input", lines) == wanted
        assert with_stdout(path, os.O_APPEND, "--input", lines) == 2 * wanted
        assert with_stdout(path, os.O_TRUNC, "--input", nothing) == ["first", "last"]
        assert plain(run("bridge", "--input", lines, "--output", "-")[1]) == sources.records(5)


@test
def a_file_keeps_what_it_has():
    """A line that who wrote it could not end is one of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path, args = pathlib.Path(folder, "out"), ("--input", make_lines(folder, 5), "--output")
        for before, wanted in (("", []), (None, sources.records(5)), ('{"a":1}\n{"torn', ['{"a":1}', '{"torn']),
                               ('{"a":1}\n', ['{"a":1}'])):
            if before is not None:
                path.write_text(before)
            assert run("bridge", *args, path)[0] == 0
            lines = path.read_text("utf-8").splitlines()
            assert plain(lines) == wanted + sources.records(5) and "" not in lines, (before, lines)
        # what is no file has no last line
        status, out, err = run("bridge", *args, "/dev/stderr")
        assert status == 0 and plain(line for line in err if "seq" in line) == sources.records(5), err


def closed_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def sealed_file():
    """It can be opened for writing, and not be written."""
    fd = os.memfd_create("sealed", os.MFD_ALLOW_SEALING)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE)
    return fd


@test
def output_that_cannot_be_written_says_what_to_do():
    with tempfile.TemporaryDirectory() as folder:
        args = "--input", make_lines(folder, 5), "--output"
        check = "check the path, and who may write there"
        full = os.open("/dev/full", os.O_WRONLY)
        readable = os.open("/dev/null", os.O_RDONLY)
        for name, stdout, expected in (
                (folder, None, rf"{folder} cannot be opened \(Is a directory\): {check}"),
                (f"{folder}/no/file", None, rf"{folder}/no/file cannot be opened \(No such file .*\): {check}"),
                ("/dev/full", None, "/dev/full has no space left: make room there, or give a file on another disk"),
                ("-", full, "- has no space left: make room there, or give a file on another disk"),
                ("-", closed_pipe(), "- is read by nobody any more: let its reader go on for longer, and start both"
                                     " again"),
                ("-", sealed_file(), r"- cannot be written \(Operation not permitted\): check its disk, and who may"
                                     " write there"),
                ("-", readable, "- has no stdout that it can write to: start with one, or give a file")):
            status, _, err = run("bridge", *args, name, **({} if stdout is None else {"stdout": stdout}))
            lines = [line for line in err if line.startswith("metakafka-bridge: ")]
            assert status == 1 and len(lines) == 1, (name, status, err)
            assert re.fullmatch(f"metakafka-bridge: --output {expected}", lines[0]), (name, err)


# --- what hangs at the end ---------------------------------------------------------------------

class Stalled:
    """A bridge whose records go into a pipe that nobody reads for now"""

    def __init__(self, uri):
        self.reader, self.writer = os.pipe()
        self.bridge = Program("bridge", "--input", uri, "--output", "-", stdout=self.writer)
        wait_for(lambda: not select.select([], [self.writer], [], 0)[1], "a full pipe")

    def read(self):
        os.close(self.writer)
        with os.fdopen(self.reader) as out:
            return list(out)


@test
def a_reader_that_stalls_does_not_keep_it_after_its_time():
    """Whether the thread waits for room in the pipe, or is in a write that there is no room for"""
    with tempfile.TemporaryDirectory() as folder:
        small, large = make_lines(folder, 20000), pathlib.Path(folder, "large.jsonl")
        large.write_text("".join('{"seq":%d,"x":"%s"}\n' % (n, "x" * 500000) for n in range(5)))
        # the thread of a web server's source is another than that of a file
        web = Http(folder)
        stalled = [Stalled(uri) for uri in 2 * (small, large, f"http://{web.address}/{small.name}")]
        for item in stalled:
            item.bridge.process.send_signal(signal.SIGTERM)
        for item in stalled:
            item.bridge.wait_line("^metakafka-bridge: waiting up to 30 s until --output - has the last 1 records;"
                                  " end at once with another signal$")
        # one that is read again gets all
        for item in stalled[3:]:
            lines = item.read()
            assert item.bridge.wait() == 0, item.bridge.err
            assert [json.loads(line)["seq"] for line in lines] == list(range(len(lines))), lines[-1][:100]
        for item in stalled[:3]:
            assert item.bridge.wait(2 * harness.PATIENCE) == 3, item.bridge.err
            assert item.bridge.err[-1] == "metakafka-bridge: 1 records did not reach --output - within 30 s:" \
                " check what reads them, or the disk", item.bridge.err
        web.kill()


harness.main()
