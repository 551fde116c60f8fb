#!/usr/bin/python3
"""The lines of docs/transports.md: every payload arrives, in order, byte for byte; through
WebRTC those that it does not lose."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile

SRC = pathlib.Path(os.environ["METAKAFKA_SRC"])
sys.path[:0] = [str(SRC / "tests/tools"), str(SRC / "docs")]

import check  # noqa: E402
import harness  # noqa: E402
from harness import Program, Skip  # noqa: E402

# What a program prints that can be sent to, or read from
READY = r"Setting pipeline to PLAYING|rtsp://127\.0\.0\.1:\d+/|Serving HTTP"
PAGE = (SRC / "docs/transports.md").read_text("utf-8")


def get_lines(text):
    """What to run: pairs of what it does and the command. Those that "write" and "read"
    end by themselves, "send", "receive" and "serve" say that they are ready."""
    return [(info.split()[1], command) for info, command in check.fences(text)
            if info.startswith("sh ")]


def adapt(command, address, ports):
    """The command with a broker, with ports that are free, and with this source tree."""
    command = command.replace("localhost:9092", address)
    command = command.replace("python3 docs/", f"/usr/bin/python3 {SRC}/docs/")
    for port, free in ports.items():
        command = re.sub(rf"\b{port}\b(?!\.)", str(free), command)
    return command


def find_free_ports(commands):
    """For each port of the page one that is free for UDP and TCP."""
    ports = {}
    for port in sorted(set(re.findall(r"\b(5000|7000|8080|8554)\b", " ".join(commands)))):
        while True:
            free = harness.free_port(socket.SOCK_STREAM)
            if not harness.is_bound(free) and free not in ports.values():
                break
        ports[port] = free
    return ports


def as_sent(value):
    """Of an object of KLV that of which it was made"""
    item = json.loads(value)
    return b'{"mission_id":"%s"}' % item["mission_id"].encode() if "mission_id" in item else value


def test_section(title, lines):
    def function():
        for _, command in lines:
            missing = check.missing_element(command)
            if missing:
                raise Skip(f"there is no element {missing}")
        with tempfile.TemporaryDirectory() as folder:
            assert subprocess.run(["bash", "-c", SETUP], cwd=folder).returncode == 0
            name = re.search(r"\w+\.jsonl", " ".join(command for _, command in lines)).group()
            wanted = pathlib.Path(folder, name).read_bytes().splitlines()
            _, address = harness.start_broker("t:1")
            ports = find_free_ports([command for _, command in lines])
            programs = []
            for role, command in lines:
                programs.append(Program(role, "-c", "exec " + adapt(command, address, ports),
                                        path="/bin/bash", cwd=folder))
                if role in ("write", "read"):
                    assert programs[-1].wait() == 0, programs[-1].lines
                else:
                    programs[-1].wait_ready(READY)
            arrived = [as_sent(value) for _, _, value in harness.consume(address, "t", len(wanted))]
            assert arrived == wanted, arrived
            # what sends ends first: srtsink would look for its receiver for ever
            for program in sorted(programs, key=lambda p: p.name != "send"):
                if program.name in ("receive", "serve") and program.process.poll() is None:
                    program.process.send_signal(signal.SIGINT)
                    program.wait()
                else:
                    assert program.wait() == 0, program.lines
            assert harness.count_records(address, "t") == len(wanted)

    function.__name__ = re.sub(r"\W+", "_", title.lower())
    harness.test(function)


def test_webrtc(command):
    def webrtc():
        if not (check.BUILD / "gst-libs/gst/sei/GstSei-1.0.typelib").exists():
            raise Skip("built without introspection")
        program = Program("webrtc", "-c", "exec " + adapt(command, "", {}), path="/bin/bash")
        assert program.wait() == 0, program.lines
        frames = [json.loads(line)["frame"] for line in program.out]
        assert program.out == [f'{{"frame": {n}}}' for n in frames], program.lines
        assert len(frames) == 90, program.lines
        # WebRTC may lose some, but neither doubles nor reorders
        assert all(a < b for a, b in zip(frames, frames[1:])), frames
        assert frames[-1] - frames[0] < 1.5 * len(frames), frames

    harness.test(webrtc)


(_, SETUP), *_ = get_lines(PAGE)
for section in PAGE.split("\n## ")[1:]:
    commands = get_lines(section)
    if [role for role, _ in commands] == ["program"]:
        test_webrtc(commands[0][1])
    elif commands:
        test_section(section.splitlines()[0], commands)

if __name__ == "__main__":
    harness.main()
