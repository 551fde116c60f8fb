#!/usr/bin/python3
"""What the sender makes of --output with RTMP and FLV, and of --script-data."""
import json
import pathlib
import subprocess

import harness
import rtmp
from harness import Program, run, test
from sending import film, path, send

SMALL = ("--size", "96x64", "--num-buffers", 30)
EVENT = "onTextData"
FRAME = b"\1"  # in the second byte of a video tag: no parameter sets, no end


def scripts(tags, event=EVENT):
    """For each frame its time, that of the event before it, and the object in this."""
    found, last = [], None
    for kind, time, body in tags:
        if kind == rtmp.SCRIPT and event.encode() in body[:30] and b"{" in body:
            text = body[body.index(b"{"):body.rindex(b"}") + 1]
            last = (time, json.loads(text))
        elif kind == rtmp.VIDEO and body[1:2] == FRAME:
            found.append((time, *(last or (None, None))))
            last = None
    return found


def check_scripts(tags, count, event=EVENT):
    """Each frame has its object before it: the n-th frame that is sent has the n-th."""
    found = scripts(tags, event)
    assert len(found) == count and all(time == of_object for time, of_object, _ in found), found
    assert [one["seq"] for *_, one in found] == list(range(count)), found


def read_file(name):
    return rtmp.tags(pathlib.Path(path(name)).read_bytes())


def records(name):
    status, out, err = run("bridge", "--input", path(name), "--output", "-")
    assert status == 0, err
    return [json.loads(line) for line in out if '"event":' not in line]


def count_frames(name):
    return int(subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v", "-show_entries",
                               "stream=nb_read_packets", "-of", "csv=p=0", path(name)], capture_output=True,
                              check=True, text=True).stdout)


def ffmpeg(*args):
    return subprocess.run(["ffmpeg", "-v", "error", "-y", *args], capture_output=True, check=True).stdout


# --- files ------------------------------------------------------------------------------

@test
def a_file_has_the_objects_in_the_frames():
    assert send(*SMALL, "--output", path("sei.flv")) == []
    assert count_frames("sei.flv") == 30
    assert [one["seq"] for one in records("sei.flv")] == list(range(30))
    assert all(one is None for *_, one in scripts(read_file("sei.flv"))), "script data that nobody wants"


@test
def a_file_has_the_objects_beside_the_frames():
    for event in (EVENT, "onMetaData", "camera.seen"):
        assert send(*SMALL, "--script-data", event, "--output", path("script.flv")) == []
        check_scripts(read_file("script.flv"), 30, event)
        assert count_frames("script.flv") == 30
        assert [one["seq"] for one in records("script.flv")] == list(range(30))


@test
def video_with_b_frames_is_sent_as_it_is():
    """With a line for each frame."""
    count = 60
    lines = pathlib.Path(path("lines"))
    lines.write_text("".join('{"seq":%d}\n' % n for n in range(count)), "utf-8")
    for kind in ("mp4", "flv", "mkv", "ts"):
        video = film(kind, count=count)
        assert send("--input", video, "--metadata", lines, "--output", path("none.flv"), "--script-data", EVENT) == []
        if kind != "flv":  # flvmux does not keep the times of frames that it has at the beginning
            check_scripts(read_file("none.flv"), count)
        assert sorted(one["seq"] for one in records("none.flv")) == list(range(count)), kind
        assert count_frames("none.flv") == count
        ffmpeg("-i", video, "-f", "h264", "-c", "copy", path("a.h264"))
        ffmpeg("-i", path("none.flv"), "-f", "h264", "-c", "copy", path("b.h264"))
        pictures = [ffmpeg("-i", path(name), "-f", "md5", "-") for name in ("a.h264", "b.h264")]
        assert pictures[0] == pictures[1], kind


# --- RTMP -------------------------------------------------------------------------------

@test
def rtmp_gets_every_frame_and_every_object():
    for args, check in (((), None), (("--script-data", EVENT), EVENT), (("--script-data", "onMetaData"), "onMetaData")):
        server = rtmp.Responder()
        assert send(*SMALL, *args, "--output", server.uri("live/a/b?x=1")) == []
        tags = server.wait_published()
        assert sum(kind == rtmp.VIDEO and body[1:2] == FRAME for kind, _, body in tags) == 30, tags
        if check == "onMetaData":
            tags = [(kind, time, body.replace(b"\2\0\r@setDataFrame", b"")) for kind, time, body in tags]
        if check:
            check_scripts(tags, 30, check)


@test
def a_server_that_goes_ends_it_with_a_reason():
    with rtmp.Nginx() as server:
        sender = Program("sender", "--output", server.uri("copy"), "--size", "96x64")
        bridge = Program("bridge", "--input", server.uri("copy"), "--output", "-")
        harness.wait_for(lambda: bridge.out, "records")
        server.kill()
        assert sender.wait() == 1 and f"check --output {server.uri('copy')}" in sender.err[-1], sender.err
        assert bridge.end()[0] == 0
        status, _, err = run("sender", "--output", server.uri("copy"), *SMALL)
        assert status == 1 and f"check --output {server.uri('copy')}" in err[-1], err


@test
def a_signal_ends_the_stream():
    server = rtmp.Responder()
    sender = Program("sender", "--output", server.uri(), "--size", "96x64", "--script-data", EVENT)
    sender.wait_line("rtmp://")
    harness.wait_for(lambda: server.n_received > 60, "tags")
    assert sender.end()[0] == 0, sender.err
    check_scripts(server.wait_published(), len(scripts(server.published[0])))


@test
def secrets_are_not_shown():
    """Neither what the sender has of them, nor what a server says."""
    secret = "sesame5"
    server = rtmp.Responder(refuses="connect", why={"code": "NetConnection.Connect.Rejected",
                                                    "description": f"live/{secret} is not for user:{secret}"})
    sender = Program("sender", *SMALL, "--output", "rtmp://user:${WORD}@" + server.address + "/live/${WORD}",
                     env={"WORD": secret})
    assert sender.wait() == 1 and server.n_refused > 0, sender.lines
    assert "is not for user" in sender.err[-1], sender.lines
    assert not any(secret in line for line in sender.lines), sender.lines


@test
def what_flv_cannot_have_is_refused():
    for args, words in ((("--output", "rtmp://127.0.0.1"), "rtmp://HOST/APPLICATION/STREAM"),
                        (("--output", "rtmp://127.0.0.1/live"), "rtmp://HOST/APPLICATION/STREAM"),
                        (("--output", "rtmp:///live/s"), "names no host"),
                        (("--output", "rtmp://127.0.0.1:0/live/s"), "from 1 to 65535"),
                        (("--output", "rtmps://127.0.0.1:99999/live/s"), "rtmps://HOST:PORT/APPLICATION/STREAM"),
                        (("--output", path("x.flv"), "--codec", "h265"), "--codec"),
                        (("--output", path("x.flv"), "--klv"), "--klv"),
                        (("--output", path("x.mp4"), "--script-data", EVENT), "--script-data"),
                        (("--output", path("x.flv"), "--script-data", ""), "--script-data")):
        status, out, err = run("sender", *SMALL, *args)
        assert status == 2 and not out and len(err) == 1 and words in err[0], (args, status, out, err)


harness.main()
