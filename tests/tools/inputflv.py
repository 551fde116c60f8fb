#!/usr/bin/python3
"""That the SEI and the script data of FLV and RTMP become records, each once and in order, wherever they come from."""
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import harness
import rtmp
from harness import Program, run, test, wait_for
from sources import Http, make_plain_video, make_video, plain, records, seqs

VECTORS = pathlib.Path(os.environ["METAKAFKA_SRC"], "tests", "amf", "vectors")
COUNT = 60
EVENT = "onTextData"
# what flvmux writes at the beginning
HEAD = 1


def read(uri, *args):
    return Program("bridge", "--input", f"cam={uri}", "--output", "-", *args)


def events(lines):
    """How many there are of each event; None: of objects, which have none."""
    found = {}
    for line in list(lines):
        event = json.loads(line).get("event")
        found[event] = found.get(event, 0) + 1
    return found


def make_flv(folder, name, count=COUNT, event=EVENT):
    """A file whose frames have an object as script data each. Returns its path."""
    path = pathlib.Path(folder, name + ".flv")
    assert run("sender", "--output", path, "--script-data", event, "--num-buffers", count, "--size", "96x64",
               "--stream-id", name)[0] == 0
    return path


def objects(bridge):
    return [line for line in list(bridge.out) if '"event":' not in line]


def check_objects(bridge, count=COUNT):
    """Each once and in order, and beside them what the muxer writes."""
    assert seqs(objects(bridge), "cam") == list(range(count)), bridge.lines
    assert len(bridge.out) == count + HEAD, bridge.lines


def quiet(bridge):
    return all(line.startswith("[Bridge] ") for line in bridge.err)


# --- files, and what web servers send ---------------------------------------------------

@test
def files_give_all_events_and_all_sei():
    """One that another program has written, and one that has both in each frame."""
    bridge = read(VECTORS / "flvmux_injected.flv")
    assert bridge.wait() == 0 and quiet(bridge), bridge.err
    assert events(bridge.out) == {"onMetaData": 1, None: 90, "onSensor": 9, "onCuePoint": 3}, bridge.out
    with tempfile.TemporaryDirectory() as folder:
        both = pathlib.Path(folder, "both.flv")
        video = make_video(folder, "mp4", COUNT)
        lines = pathlib.Path(folder, "lines")
        lines.write_text("".join('{"n":%d}\n' % n for n in range(COUNT)), "utf-8")
        assert run("sender", "--input", video, "--metadata", lines, "--script-data", EVENT, "--output", both)[0] == 0
        bridge = read(both)
        assert bridge.wait() == 0 and quiet(bridge), bridge.err
        sei = [line for line in plain(bridge.out) if '"seq":' in line]
        assert sei == records(COUNT, "cam"), (bridge.lines, sei)
        assert [one["n"] for one in map(json.loads, bridge.out) if "n" in one] == list(range(COUNT)), bridge.out
        assert len(bridge.out) == 2 * COUNT + HEAD, bridge.out


@test
def http_gives_all_events():
    """Of a file, and of a stream whose end nobody knows."""
    with tempfile.TemporaryDirectory() as folder:
        path = make_flv(folder, "cam")
        with Http(folder) as server:
            bridge = read(f"http://{server.address}/cam.flv")
            assert bridge.wait() == 0 and quiet(bridge), bridge.err
            check_objects(bridge)
            server.kill()
        with Http(folder, live=path.read_bytes()) as server:
            bridge = read(f"http://{server.address}/live")
            wait_for(lambda: len(bridge.out) >= COUNT, "records")
            assert bridge.end()[0] == 0, bridge.err
            check_objects(bridge, len(bridge.out) - HEAD)
            server.kill()


@test
def inspect_shows_the_events():
    with tempfile.TemporaryDirectory() as folder:
        status, out, err = run("bridge", "--input", make_flv(folder, "cam"), "--inspect")
        assert status == 0, err
        rows = [line.split("script data, ended")[1].split() for line in out if "script data, ended" in line]
        assert [row[1:5] for row in rows] == [[str(HEAD), "in", "all", "onMetaData"], [str(COUNT), "in", "all", EVENT]], out


# --- what is not known ------------------------------------------------------------------

# Such as no version of flvdemux knows: a codec by its number, by its four letters (Enhanced RTMP), and of sound
UNKNOWN = [(rtmp.VIDEO, b"\x1f" + bytes(40)), (rtmp.VIDEO, b"\x90zzzz" + bytes(40)), (rtmp.AUDIO, b"\xf0" + bytes(40))]


def event_tag(n):
    return (rtmp.SCRIPT, 40 * n, rtmp.amf("onSensor", {"n": n}))


def write(folder, tags):
    path = pathlib.Path(folder, "made.flv")
    path.write_bytes(rtmp.flv(tags))
    return path


def numbers(bridge):
    return [one["args"][0]["n"] for one in map(json.loads, list(bridge.out)) if one.get("event") == "onSensor"]


@test
def unknown_codecs_leave_the_events():
    """Many tags in each piece that is read, or each in one of its own; and RTMP is not read again and again."""
    count = 300
    for kind, body in UNKNOWN:
        tags = [tag for n in range(count) for tag in (event_tag(n), (kind, 40 * n, body))]
        with tempfile.TemporaryDirectory() as folder:
            bridge = read(write(folder, tags))
            assert bridge.wait() == 0 and quiet(bridge), bridge.err
        assert numbers(bridge) == list(range(count)), numbers(bridge)
        bridge = read(rtmp.Responder(tags, pauses=True).uri())
        wait_for(lambda b=bridge: len(b.out) >= count, "events")
        assert bridge.end()[0] == 0 and quiet(bridge), bridge.err
        assert numbers(bridge) == list(range(count)), numbers(bridge)


@test
def unknown_sound_leaves_the_sei():
    with tempfile.TemporaryDirectory() as folder:
        video = rtmp.tags(make_video(folder, "flv", COUNT).read_bytes())
        tags = [one for tag in video for one in (tag, *[(rtmp.AUDIO, tag[1], UNKNOWN[-1][1])] * 50)]
        bridge = read(write(folder, tags))
        assert bridge.wait() == 0 and quiet(bridge), bridge.err
        check_objects(bridge)


@test
def events_alone_are_enough():
    with tempfile.TemporaryDirectory() as folder:
        bridge = read(write(folder, [event_tag(n) for n in range(COUNT)]))
        assert bridge.wait() == 0 and quiet(bridge), bridge.err
        assert numbers(bridge) == list(range(COUNT)), bridge.out


@test
def what_gives_no_records_is_explained():
    sound = [(rtmp.AUDIO, 40 * n, b"\x2f\xff\xfb\x90\x64" + bytes(400)) for n in range(COUNT)]
    with tempfile.TemporaryDirectory() as folder:
        video = [tag for tag in rtmp.tags(make_plain_video(folder, "flv", COUNT).read_bytes()) if tag[0] != rtmp.SCRIPT]
        for tags, words in ((sound, "no video of H.264 or H.265 and no script data, but audio/mpeg: "),
                            ([(kind, 0, body) for kind, body in UNKNOWN], "but FLV with a codec that is not known: "),
                            (video, "; no script data$"), ([], "FLV with nothing in it")):
            bridge = read(write(folder, tags))
            assert bridge.wait() == 0, bridge.err
            assert re.search(words, bridge.err[-1]), (words, bridge.err)
        broken = [(rtmp.SCRIPT, 40 * n, b"\x02\x00\x01e\x12") for n in range(COUNT)]
        large = [(rtmp.SCRIPT, 0, b"\x02\x00\x01e\x0c" + (1 << 20).to_bytes(4, "big") + bytes(1 << 20))]
        for tags, n in ((broken, COUNT), (video + broken, COUNT), (large, 1)):
            bridge = read(write(folder, tags))
            assert bridge.wait() == 0, bridge.err
            assert re.search(rf"(It has|;) script data that is broken or larger than 1 MiB \({n} times\): check",
                             bridge.err[-1]), bridge.err
            assert "no script data" not in bridge.err[-1] and "nothing in it" not in bridge.err[-1], bridge.err


@test
def file_that_is_flv_no_more_has_failed():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(write(folder, [event_tag(n) for n in range(COUNT)]))
        data = bytearray(path.read_bytes())
        data[len(data) // 2:len(data) // 2 + 50] = b"\xff" * 50
        path.write_bytes(data)
        bridge = read(path)
        assert bridge.wait() == 1, bridge.err
        assert any("is no FLV, or not any more" in line for line in bridge.err), bridge.err
        assert 0 < len(numbers(bridge)) < COUNT, bridge.out


# --- RTMP -------------------------------------------------------------------------------

@test
def rtmp_gives_all_events_and_all_sei():
    for name in ("flvmux_injected", "text_100"):
        tags = rtmp.tags((VECTORS / f"{name}.flv").read_bytes())
        wanted = run("bridge", "--input", f"cam={VECTORS / name}.flv", "--output", "-")[1]
        bridge = read(rtmp.Responder(tags, pauses=True).uri())
        wait_for(lambda n=len(wanted): len(bridge.out) >= n, f"{len(wanted)} records: {bridge.lines}")
        assert bridge.end()[0] == 0 and quiet(bridge), bridge.err
        got = [{**json.loads(line), "bridge_ts_ns": 0} for line in bridge.out]
        assert sorted(map(str, got)) == sorted(str({**json.loads(line), "bridge_ts_ns": 0}) for line in wanted)
    with tempfile.TemporaryDirectory() as folder:
        tags = rtmp.tags(make_video(folder, "flv", COUNT).read_bytes())
        bridge = read(rtmp.Responder(tags, pauses=True).uri())
        wait_for(lambda: len(bridge.out) >= COUNT + HEAD, "the SEI")
        assert bridge.end()[0] == 0 and quiet(bridge), bridge.err
        check_objects(bridge)


def later(tags, first):
    """As servers give a stream to who joins late: what is needed to begin at 0, the rest with the time that it has."""
    return [(kind, time + (0 if kind == rtmp.VIDEO and body[1] == 0 or b"onMetaData" in body else first), body)
            for kind, time, body in tags]


@test
def records_have_the_time_at_which_they_came():
    """Whatever the tags say: of a stream that is joined after a minute, and of one that begins again."""
    with tempfile.TemporaryDirectory() as folder:
        tags = [one for n, tag in enumerate(rtmp.tags(make_video(folder, "flv", COUNT).read_bytes()))
                for one in (tag, (rtmp.SCRIPT, tag[1], event_tag(n)[2]))]
    tags = later(tags, 60_000) + tags
    began = int(time.time())
    bridge = read(rtmp.Responder(tags, pauses=True).uri(), "--add-time")
    wait_for(lambda: len(bridge.out) >= 2 * COUNT + len(tags) // 2, "records")
    assert bridge.end()[0] == 0, bridge.err
    times = [datetime.datetime.fromisoformat(json.loads(line)["time"].rstrip("Z") + "+00:00").timestamp()
             for line in list(bridge.out)]
    assert began <= min(times) and max(times) <= time.time(), (began, times)


def make_certificate(folder):
    """Of 127.0.0.1, signed by itself. Returns its path, and that of a file that has its key as well."""
    cert, key = pathlib.Path(folder, "cert.pem"), pathlib.Path(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    both = pathlib.Path(folder, "both.pem")
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return cert, both


@test
def a_certificate_that_nobody_trusts_is_told():
    with tempfile.TemporaryDirectory() as folder:
        server = rtmp.Responder(certificate=make_certificate(folder)[1])
        bridge = read(server.uri())
        bridge.wait_line("not with a certificate that this computer trusts")
        wait_for(lambda: server.n_broken_off > 0, "one who does not trust it")
        assert bridge.end()[0] == 0, bridge.err


TRUST = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
         'mount --bind "$1" /etc/ssl/certs/ca-certificates.crt && shift && exec "$@"', "sh"]


@test
def a_certificate_that_is_trusted_is_taken():
    """In a namespace of its own, where the system knows it."""
    with tempfile.TemporaryDirectory() as folder:
        cert, both = make_certificate(folder)
        if subprocess.run([*TRUST, cert, "true"], capture_output=True, check=False).returncode != 0:
            raise harness.Skip("no namespaces for users")
        tags = [event_tag(n) for n in range(COUNT)]
        server = rtmp.Responder(tags, certificate=both, pauses=True)
        bridge = Program("bridge", *TRUST[1:], cert, harness.find("bridge"), "--input", server.uri(), "--output", "-",
                         path=shutil.which(TRUST[0]))
        wait_for(lambda: len(bridge.out) >= COUNT, "events")
        assert bridge.end()[0] == 0 and quiet(bridge), bridge.err
        assert numbers(bridge) == list(range(COUNT)), bridge.out


# --- through nginx ----------------------------------------------------------------------

def stream(server, application, *args):
    """What a bridge gives of what a sender sends through it."""
    bridge = read(server.uri(application))
    server.wait_player(application)
    sender = Program("sender", "--output", server.uri(application), "--num-buffers", COUNT, "--size", "96x64",
                     "--stream-id", "cam", *args)
    assert sender.wait() == 0, sender.err
    bridge.wait_line("has ended")
    assert bridge.end()[0] == 0, bridge.err
    return bridge


@test
def nginx_passes_sei_whatever_it_is_told():
    with rtmp.Nginx() as server:
        for application in ("copy", "default"):
            bridge = stream(server, application)
            assert seqs(objects(bridge), "cam") == list(range(COUNT)), (application, seqs(objects(bridge), "cam"))


@test
def nginx_passes_metadata_if_it_copies_it():
    with rtmp.Nginx() as server:
        bridge = stream(server, "copy", "--script-data", "onMetaData")
        check_objects(bridge)


@test
def nginx_drops_other_events_and_the_bridge_says_so():
    with rtmp.Nginx() as server:
        bridge = read(server.uri("default"))
        sender = Program("sender", "--output", server.uri("default"), "--size", "96x64", "--script-data", EVENT)
        bridge.wait_line("has given no records .* script data that has ended: check .*nginx-rtmp")
        assert sender.end()[0] == 0 and bridge.end()[0] == 0, bridge.err
        assert not objects(bridge), bridge.out


@test
def a_server_that_comes_back_is_read_again():
    """One line says that it is gone, and one that it is back."""
    with rtmp.Nginx() as server:
        bridge = read(server.uri("copy"))
        for n in range(2):
            n_before = len(bridge.out)
            sender = Program("sender", "--output", server.uri("copy"), "--size", "96x64", "--stream-id", "cam")
            wait_for(lambda n=n_before: len(bridge.out) > n + COUNT, "records")
            if n == 0:
                server.kill()
                assert sender.wait() == 1, sender.err
                bridge.wait_line("it is opened again until it gives data")
                server.start()
        bridge.wait_line("is back")
        assert sender.end()[0] == 0 and bridge.end()[0] == 0, bridge.err
        lines = [line for line in bridge.err if not line.startswith("[Bridge] ")]
        assert len(lines) == 2 or (len(lines) == 3 and "has ended" in lines[2]), lines


@test
def what_gives_nothing_is_explained():
    """What rtmp2src says of it is not for users."""
    missing = rtmp.Responder(refuses="play", why={"code": "NetStream.Play.StreamNotFound", "description": "no"})
    for address, words in ((missing.address, "has nothing of that name: "),
                           (harness.listen(lambda connection: connection.makefile("rb").read()), "does not answer: "),
                           (harness.listen(lambda connection: connection.close()), "does not answer: ")):
        bridge = read(f"rtmp://{address}/live/s")
        bridge.wait_line(words)
        assert bridge.end()[0] == 0, bridge.err
    with rtmp.Nginx() as server:
        bridge = read(server.uri("nosuch"))
        bridge.wait_line("closes the connection: check the application, which is the first part of the path")
        assert bridge.end()[0] == 0, bridge.err


@test
def what_does_not_answer_is_tried_more_often_than_a_login():
    """Who waits for a camera that is back waits 3 s at most, and cameras shut out who tries wrong passwords."""
    n_closed = 0

    def close(connection):
        nonlocal n_closed
        n_closed += 1
        connection.close()

    server = rtmp.Responder(refuses="connect", why={
        "code": "NetConnection.Connect.Rejected",
        "description": "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=authfailed&opaque=x"})
    bridge = Program("bridge", "--input", "rtmp://user:${WORD}@" + server.address + "/live/s",
                     "--input", f"rtmp://{harness.listen(close)}/live/s", "--output", "-", env={"WORD": "sesame5"})
    # after 0, 1, 3, 7, 15 and 31 s, and 0, 1, 3, 6, 9 s and so on
    wait_for(lambda: server.n_refused >= 6, "six attempts", 3 * harness.PATIENCE)
    assert n_closed >= 8, n_closed
    bridge.wait_line("refuses the login")
    assert bridge.end()[0] == 0, bridge.err


harness.main()
