#!/usr/bin/python3
"""The bridge's configuration file: what it sets, what is wrong with it, and what SIGHUP changes."""
import contextlib
import json
import os
import re
import signal
import socket
import tempfile
import threading
import time

import harness
from cameras import Sender, camera_frames, said, send_together
from harness import Program, free_port, run, start_broker, test, wait_for
from sources import FPS, make_video

FOLDER = tempfile.TemporaryDirectory()


def write(text, name="cameras.ini"):
    """A new file takes the place of the old one, as editors do it."""
    path = os.path.join(FOLDER.name, name)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)
    return path


def camera(name, port, more=""):
    return f"[camera {name}]\nuri=rtp://127.0.0.1:{port}\n{more}\n"


def values(address, count):
    """The first so many records, as JSON"""
    return [json.loads(value) for _, _, value in harness.consume(address, "t", count)]


def check(text, *lines):
    """That --check says these about a file: pairs of a line's number and words"""
    path = write(text, "wrong.ini")
    for option in ("--check", "--config"):
        status, out, err = run("bridge", option, path)
        assert status == 2 and not out, (text, status, out, err)
        assert len(err) == len(lines), (text, err)
        for (number, words), line in zip(lines, err):
            start = f"metakafka-bridge: {path}:{number}: " if number else f"metakafka-bridge: {path}: "
            assert line.startswith(start) and words in line, (text, line)


# --- what is in it -----------------------------------------------------------------------

@test
def a_right_file_is_right():
    path = write("[kafka]\nbootstrap=127.0.0.1:9092\ntopic=t\nkey={stream_id}\nlinger.ms=5\n"
                 "[bridge]\nport=5000, 5002-5005\ncodec=h264\nlatency=100\nmax-streams=5\nscan=full\nadd-time=yes\n"
                 "uuid=a4b00512-d794-5611-86b7-17406de2f1de\n"
                 "[camera gate]\nuri=rtsp://admin:secret@10.0.0.7/stream1\nevery=5\nrate=0.5/s\n"
                 "[camera drone]\nuri=srt://:7000?passphrase=0123456789\n")
    status, out, err = run("bridge", "--check", path)
    assert status == 0 and not err and out == [f"{path}: nothing is wrong with it"], (status, out, err)


@test
def what_is_wrong_is_said_with_its_line():
    one = "[camera a]\nuri=udp://:5000\n"
    check("[bridge]\nlatnecy=5\n" + one, (2, "latnecy is not known: [bridge] has the options"))
    check("[bridge]\ncheck=x\n" + one, (2, "check is not known"))
    check("[bridge]\ninput=x\n" + one, (2, "input is not known"))
    check("[bridge]\nkafka-topic=x\n" + one, (2, "kafka-topic is not known"))
    check("[bridge]\nlatency=20000\n" + one, (2, "latency 20000 is not from 0 to 10000 ms"))
    check("[bridge]\nlatency=fast\n" + one, (2, "latency fast is not from 0 to 10000 ms"))
    check("[bridge]\nmax-streams=0\n" + one, (2, "max-streams 0 is not from 1 to 65536"))
    check("[bridge]\ncodec=av1\n" + one, (2, "codec 'av1' is not known: give auto, h264 or h265"))
    check("[bridge]\nscan=all\n" + one, (2, "scan 'all' is not known: give head or full"))
    check("[bridge]\nadd-time=maybe\n" + one, (2, "add-time 'maybe' is neither true nor false"))
    check("[bridge]\nport=5000,99999\n" + one, (2, "port '99999' is not a UDP port"))
    check("[bridge]\nlisten=127.0.0.1\n" + one, (2, "listen 127.0.0.1 is for port: give the address in the URI of the camera"))
    check("[bridge]\nport=5000\ninterface=lo\n", (3, "interface lo is for a multicast group: give one with listen"))
    check("[bridge]\nuuid=xyz\n" + one, (2, ""))
    check("[bridge]\noutput=x\ninspect=true\n" + one, (2, "output and inspect exclude each other: inspect gives no records"))
    check(f"[bridge]\noutput={__file__}\n[camera a]\nuri={__file__}\n",
          (2, f"output {__file__} is the file that [camera a] reads: give another one"))
    check("[kafka]\nbootstrap=a:b:c\n" + one, (2, ""))
    check("[kafka]\ntopic=a b\n" + one, (2, ""))
    check("[kafka]\nkey={a\n" + one, (2, "The braces of the key template"))
    check("[kafka]\nlinger=5\n" + one, (2, "linger"))
    check("[kafka]\nkafka-topic=x\n" + one, (2, "kafka-topic is not known: leave kafka- out"))
    check("[kafka]\nkafka-topics=x\n" + one, (2, "has no setting 'kafka-topics'"))
    check("[kafka]\nlinger.ms=fast\n" + one, (2, "linger.ms"))
    check("[kafka]\nsasl.password=hidden\n" + one, (2, "sasl.password=... is a secret: put it into another file"))
    check("[kafka]\nconfig=/nonexistent/x\n" + one, (2, "/nonexistent/x"))
    check("[camera a]\n", (1, "[camera a] has no uri: add uri=URI"))
    check("[camera a]\nuri=\n", (2, "[camera a] has no uri"))
    check("[camera a]\nuri=gopher://x\n", (2, "gopher"))
    check("[camera a]\nuri=/\n", (2, "/ is a folder: give the files in it, each with a [camera NAME] of its own"))
    check("[camera a]\nuri=udp://239.1.2.3:5000?lo\n", (2, "is what interface in [bridge] says"))
    check("[camera a]\nuri=udp://:5000\nurl=x\n", (3, "url is not known: a camera has uri, every and rate"))
    check("[camera a]\nuri=udp://:5000\nevery=0\n", (3, "every '0' is not a number from 1 on"))
    check("[camera a]\nuri=udp://:5000\nrate=0x10/s\n", (3, "rate '0x10/s' is not from 0.0001/s to 1000000/s"))
    check("[camera a]\nuri=udp://:5000\nrate=5\n", (3, "rate '5' is not from 0.0001/s to 1000000/s"))
    check("[camera a]\nuri=b=udp://:5000\n", (2, "uri has a name of its own, 'b'"))
    for mark in "\"'@":
        check(f"[camera a]\nuri = {mark}udp://:5000{mark}\n", (2, f"uri begins with {mark}: write a URI"))
    check("[camera a]\nuri=udp://:5000 # gate\n", (2, "uri ends with a comment: give that a line of its own"))
    check("[camera a]\nuri=udp://:5000\n[camera  a]\nuri=udp://:5001\n", (3, "[camera a] is there already, at line 1"))
    check("[camera a]\nuri=udp://:5000\nuri[de]=udp://:5001\n", (3, "uri[de] is not known"))
    check("[camera a b]\nuri=udp://:5000\n", (2, "The name 'a b' of a camera has to be"))
    check("[kafka]\ntopic=t\n", (0, "there is no camera: add a [camera NAME]"))
    check("", (0, "there is no camera"))


@test
def no_value_can_be_empty():
    one = "[camera a]\nuri=udp://:5000\n"
    for key, words in (("port", "needs a UDP port"), ("listen", "needs an address"), ("interface", "needs the name of a network"),
                       ("codec", "is not known"), ("latency", "is not from 0"), ("uuid", "needs one or more UUIDs"),
                       ("scan", "is not known"), ("max-streams", "is not from 1"), ("add-time", "is neither true nor false"),
                       ("output", "needs the name of a file, or -"), ("inspect", "is neither true nor false"),
                       ("http", "is not an address and a port"), ("log", "is not known"),
                       ("verbose", "is neither true nor false")):
        check(f"[bridge]\n{key}=\n" + one, (2, words))
    for key, words in (("bootstrap", "needs HOST:PORT"), ("topic", "needs the name of a topic"), ("key", "key needs a template"),
                       ("config", "needs the name of a file")):
        check(f"[kafka]\n{key}=\n" + one, (2, words))


@test
def a_port_is_for_one_camera():
    """And RTP takes the one behind its own, too."""
    one, other = "[camera a]\nuri=%s\n", "[camera b]\nuri=%s\n"
    end = ": give one of them another port"
    check(one % "udp://:6110" + other % "udp://:6110",
          (4, "[camera b] takes UDP port 6110, which [camera a] at line 2 has" + end))
    check("[bridge]\nport=6110, 6112-6115\n" + other % "rtp://:6114", (4, "takes UDP port 6114, which port at line 2 has" + end))
    check(one % "rtp://127.0.0.1:6301" + other % "udp://127.0.0.1:6302",
          (4, "[camera b] takes UDP port 6302, which [camera a] at line 2 has for RTCP, behind its own" + end))
    check(one % "udp://127.0.0.1:6302" + other % "rtp://127.0.0.1:6301",
          (4, "[camera b] takes UDP port 6302 for RTCP, behind its own, which [camera a] at line 2 has" + end))
    # with those of the command line
    for text, args, words in (
            (one % "udp://:6110", ["--input", "x=udp://:6110"],
             "2: [camera a] takes UDP port 6110, which --input udp://[::]:6110 has" + end),
            (one % "udp://:6111", ["--input", "a=udp://:6110"], "2: Two inputs have the name 'a'"),
            (one % "udp://:6110", ["--port", 6110], "2: [camera a] takes UDP port 6110, which --port has" + end),
            ("[bridge]\nport=6110\n", ["--input", "udp://:6110"],
             "2: --input udp://[::]:6110 takes UDP port 6110, which port at line 2 has" + end)):
        path = write(text, "wrong.ini")
        status, out, err = run("bridge", "--config", path, *args)
        assert status == 2 and len(err) == 1 and err[0].startswith(f"metakafka-bridge: {path}:{words}"), err
    # what can be shared
    path = write(one % "rtp://127.0.0.1:6301" + other % "rtp://127.0.0.1:6302" + "[camera c]\nuri=udp://127.0.0.2:6301\n",
                 "wrong.ini")
    assert run("bridge", "--check", path)[0] == 0


@test
def all_faults_are_said_at_once():
    check("[bridge]\ncodec=av1\nlatency=-1\n[camera a]\nuri=gopher://x\n[camera b]\nevery=x\n",
          (2, "codec 'av1'"), (3, "latency -1"), (5, "gopher"), (7, "every 'x'"), (7, "[camera b] has no uri"))
    # of a camera that is there already no more is said than that
    check("[camera a]\nuri=udp://:5000\n[camera a]\nuri=udp://:5000\nevery=2\n", (3, "[camera a] is there already, at line 1"))


@test
def no_secret_is_shown():
    for text in ("rtsp://u:hidden@h/?x=1\n", "[camera rtsp://u:hidden@h/s]\nuri=x\n", "[bridge]\nrtsp://u:hidden@h/?x=1\n",
                 "[camera a]\nuri=rtsp//u:hidden@h/s\n", "[camera a]\nuri=u:hidden@h:99/s\n",
                 "[kafka]\nbootstrap=u:hidden@kafka:9092\n[camera a]\nuri=udp://:5000\n",
                 "[bridge]\nhttp=u:/hid@hidden@h:1\n[camera a]\nuri=udp://:5000\n",
                 "[camera a]\nuri=udp://:5000\nrate=u:hidden@h\n",
                 "[kafka]\nsasl.password=hidden\n", "[camera a]\nuri=rtsp://u:hidden@x:y:z/\n",
                 "[camera a]\nuri=rtmp://u:hidden@x\n"):
        status, out, err = run("bridge", "--check", write(text, "wrong.ini"))
        assert status == 2 and err and not any("hidden" in line for line in out + err), (out, err)


@test
def no_secret_of_the_command_line_is_shown():
    one = ["--port", free_port()]
    for args in (["--kafka-bootstrap", "u:hidden@kafka:9092"], ["--kafka-bootstrap", "a:9092,sasl_ssl://u:hidden@kafka"],
                 ["--kafka-topic", "u:hidden@kafka"], ["-X", "bootstrap.servers=u:hidden@kafka"], ["--http", "u:hidden@h:1"],
                 ["--http", "http://u:hid@hidden/@h:1"], ["--listen", "u:hidden@h"], ["--codec", "u:hidden@h"],
                 ["--latency", "u:hidden@h"], ["--rtsp://u:hidden@h"], ["rtsp://u:hidden@h/x"], ["--log", "u:hidden@h"],
                 ["--uuid", "u:hidden@h"], ["--port", "u:hidden@h"], ["--input", "u:hidden@h"], ["--input", "rtsp:/u:hidden@h"],
                 ["--input", "gopher://u:hidden@h"], ["--kafka-key", "{u:hidden@h"]):
        status, out, err = run("bridge", *one, *args)
        assert status == 2 and err and not any("hid" in line for line in out + err), (args, status, out, err)
    # what is none is shown
    status, _, err = run("bridge", "--http", "1:2:3", "--output", "-")
    assert status == 2 and "'1:2:3'" in err[0], err


@test
def a_file_that_cannot_be_read_is_named():
    for option in ("--check", "--config"):
        status, out, err = run("bridge", option, "/nonexistent/x.ini")
        assert status == 2 and len(err) == 1 and "/nonexistent/x.ini: Could not read the configuration" in err[0], err


@test
def the_line_is_found_in_a_large_file():
    text = "".join(f"[camera c{n}]\nuri=udp://:5000\n" for n in range(3000))
    check(text + "wrong\n" + text, (6001, "this is neither [kafka]"))


@test
def a_pipe_is_no_configuration():
    path = os.path.join(FOLDER.name, "pipe")
    os.mkfifo(path)
    status, out, err = run("bridge", "--check", path)
    assert status == 2 and len(err) == 1 and "pipe: This is no file, and can be read only once" in err[0], err


@test
def an_option_without_a_file_is_wrong_usage():
    for option in ("--check", "--config"):
        status, out, err = run("bridge", option, "")
        assert status == 2 and err == [f"metakafka-bridge: {option} needs the name of a file"], err


@test
def it_sets_what_options_set():
    broker, address = start_broker("t:1")
    port, listened = free_port(), free_port()
    path = write(f"[kafka]\nbootstrap={address}\ntopic=t\nkey=k-{{stream_id}}\nclient.id=me\n"
                 f"[bridge]\nport={listened}\nlisten=127.0.0.1\nadd-time=true\nverbose=on\n" + camera("gate", port))
    bridge = Program("bridge", "--config", path)
    bridge.wait_line(f"listening udp://127.0.0.1:{listened}")
    bridge.wait_line(f"listening udp://127.0.0.1:{port}")
    send_together([(Sender(port), camera_frames(0, 30)), (Sender(listened), camera_frames(1, 30))])
    bridge.wait_line(r"\[KAFKA\] sent", count=60)
    assert bridge.end()[0] == 0 and not said(bridge), bridge.err
    records = harness.consume(address, "t", 60)
    assert sorted({key for _, key, _ in records}) == [b"k-cam00", b"k-cam01"], records[:3]
    assert all("time" in json.loads(value) for _, _, value in records)


@test
def the_command_line_goes_before():
    broker, address = start_broker("t:1")
    port = free_port()
    path = write("[kafka]\nbootstrap=127.0.0.1:1\ntopic=other\nkey=file\nclient.id=file\n[bridge]\nlatency=77\n"
                 + camera("gate", free_port()))
    bridge = Program("bridge", "--config", path, "--kafka-bootstrap", address, "--kafka-topic", "t", "--latency", 20,
                     "--input", f"more=rtp://127.0.0.1:{port}", "-X", "client.id=line")
    bridge.wait_line(f"Kafka -> {address} topic=t")
    bridge.wait_line("listening", count=2)
    send_together([(Sender(port), camera_frames(0, 30))])
    wait_for(lambda: harness.count_records(address, "t") == 30, "30 records")
    assert bridge.end()[0] == 0
    assert harness.read_keys(address, "t") == 30 * [b"file"]


def objects(lines):
    """What lines of --log json say: pairs of level and text"""
    found = [json.loads(line) for line in lines]
    for line in found:
        assert list(line) == ["time", "level", "text"], line
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]), line
    return [(line["level"], line["text"]) for line in found]


@test
def lines_can_be_json():
    broker, address = start_broker("t:1")
    port = free_port()
    text = f"[kafka]\nbootstrap={address}\ntopic=t\n[bridge]\nlog=json\nverbose=true\n"
    bridge = Program("bridge", "--config", write(text + camera("gate", port)))
    bridge.wait_line("listening")
    send_together([(Sender(port), camera_frames(0, 5))])
    bridge.wait_line("sent", count=5)
    assert bridge.end()[0] == 0 and not objects(said(bridge)), bridge.err
    out = objects(bridge.out)
    assert out[0] == ("info", f"[Bridge] Kafka -> {address} topic=t"), out
    assert out[-1] == ("info", "[Bridge] Shutting down..."), out
    # what is wrong with a file, and with the command line
    status, out, err = run("bridge", "--check", write(text + "[camera a]\n\xe9=\x01\n", "wrong.ini"))
    assert status == 2 and not out and {level for level, _ in objects(err)} == {"warning"}, (out, err)
    status, out, err = run("bridge", "--log", "json", "--config", "/nonexistent\x1b\u202e")
    assert status == 2 and objects(err)[0][1].startswith("/nonexistent\x1b\u202e: Could not read"), err
    # and with options that are none
    for args in (["--nothing"], ["--latency", "fast"], ["extra"], ["--port"], ["--log", "xml", "--log", "json", "--nothing"]):
        for log in (["--log", "json"], ["--log=json"]):
            status, out, err = run("bridge", *log, *args)
            assert status == 2 and not out and len(err) == 1 and "--help shows" in objects(err)[0][1], (args, out, err)
    # and with all that goes wrong later
    port = free_port()
    bridge = Program("bridge", "--log", "json", "--kafka-bootstrap", "127.0.0.1:1", "--port", port, *(
        word for uri in ("rtsp://127.0.0.1:1/x", "srt://127.0.0.1:1", "rtmp://127.0.0.1:1/a/b", "http://127.0.0.1:1/x", "/none.ts",
                         "https://127.0.0.1:1/x", "udp://no.such.name.invalid:9", __file__, f"rtp://127.0.0.1:{free_port()}")
        for word in ("--input", uri)))
    bridge.wait_line("Could not reach Kafka")
    for words in ("rtsp", "srt", "rtmp", "http:", "https", "/none.ts", "no.such.name", "config.py"):
        bridge.wait_line(f'"text":"[^"]*{words}.*(again until|check)')
    bridge.end()
    assert len(objects(bridge.out)) > 1 and len(objects(bridge.err)) > 8, bridge.lines
    status, out, err = run("bridge", "--log", "xml")
    assert status == 2 and err == ["metakafka-bridge: --log 'xml' is not known: give text or json;"
                                   " --help shows all options"], err


@test
def messages_are_thinned_out():
    broker, address = start_broker("t:1")
    ports = {name: free_port() for name in ("every", "rate", "both", "all")}
    path = write(f"[kafka]\nbootstrap={address}\ntopic=t\nkey={{stream_id}}\n" + camera("every", ports["every"], "every=5")
                 + camera("rate", ports["rate"], "rate=10/s")
                 + camera("both", ports["both"], "every=2\nrate=1000000/s") + camera("all", ports["all"]))
    bridge = Program("bridge", "--config", path)
    bridge.wait_line("listening", count=4)
    send_together([(Sender(port), camera_frames(n, 90)) for n, port in enumerate(ports.values())], 100)
    def has_all():
        keys = harness.read_keys(address, "t")
        return [keys.count(b"cam%02d" % n) for n in (0, 2, 3)] == [18, 45, 90]

    wait_for(has_all, "18, 45 and 90 records")
    assert bridge.end()[0] == 0 and not said(bridge), bridge.err
    records = values(address, harness.count_records(address, "t"))
    assert bridge.out[-1] == f"[Bridge] {360 - len(records)} messages were left out, as every and rate say", bridge.out
    numbers = {n: [record["seq"] for record in records if record["stream_id"] == f"cam{n:02}"] for n in range(4)}
    assert numbers[0] == list(range(0, 90, 5)), numbers[0]
    assert numbers[2] == list(range(0, 90, 2)), numbers[2]
    assert numbers[3] == list(range(90))
    # nine tenths of a second, or more on a busy machine
    assert 8 <= len(numbers[1]) <= 90 and numbers[1] == sorted(numbers[1]), numbers[1]


@test
def a_file_is_thinned_out_by_its_own_times():
    seconds = 4
    film = make_video(FOLDER.name, "mp4", FPS * seconds, bframes=2)
    path = write(f"[bridge]\noutput={FOLDER.name}/lines\n[camera film]\nuri={film}\nrate=5/s\n")
    status, _, err = run("bridge", "--config", path)
    assert status == 0, err
    with open(f"{FOLDER.name}/lines", encoding="utf-8") as file:
        found = len(file.readlines())
    assert 5 * seconds <= found <= 5 * seconds + 2, found


def read_film(film, more):
    """The records of a file, by their kind"""
    path = write(f"[bridge]\noutput={FOLDER.name}/lines\n[camera film]\nuri={film}\n{more}\n")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{FOLDER.name}/lines")
    status, _, err = run("bridge", "--config", path)
    assert status == 0, err
    with open(f"{FOLDER.name}/lines", encoding="utf-8") as file:
        return [json.loads(line) for line in file], err


@test
def each_stream_is_thinned_out_by_itself():
    """Neither the telemetry for the video's messages, nor a sender for another at its port."""
    film = os.path.join(FOLDER.name, "drone.ts")
    assert run("sender", "--klv", "--num-buffers", 60, "--output", film)[0] == 0
    for every in (1, 2, 4):
        records, _ = read_film(film, f"every={every}")
        klv = sum(record.get("type") == "klv" for record in records)
        assert 60 / every <= len(records) - klv <= 60 / every + 1, (every, len(records), klv)
        assert klv >= 0.9 * 60 / every, (every, klv)
    broker, address = start_broker("t:1")
    port = free_port()
    bridge = Program("bridge", "--config", write(
        f"[kafka]\nbootstrap={address}\ntopic=t\nkey={{stream_id}}\n" + camera("yard", port, "every=2")))
    bridge.wait_line("listening")
    send_together([(Sender(port), camera_frames(n, 40)) for n in range(2)])

    def has_all():
        keys = harness.read_keys(address, "t")
        return [keys.count(b"cam%02d" % n) for n in range(2)] == [20, 20]

    wait_for(has_all, "20 records of each")
    assert bridge.end()[0] == 0 and not said(bridge), bridge.err


@test
def without_times_there_is_no_rate():
    path = os.path.join(FOLDER.name, "lines.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f'{{"seq":{n}}}\n' for n in range(300))
    records, err = read_film(path, "rate=10/s")
    assert len(records) == 300, len(records)
    assert len(err) == 1 and f"film ({path}) has messages without a time, of which rate takes all: give every=N" in err[0], err
    # which is the only line at the end
    assert "were left out" not in run("bridge", "--config", os.path.join(FOLDER.name, "cameras.ini"))[1][-1]
    records, err = read_film(path, "every=10")
    assert [record["seq"] for record in records] == list(range(0, 300, 10)) and not err, err


@test
def lines_name_cameras():
    """Of two with one URI, too; an input of the command line is known by that."""
    nobody = f"rtsp://127.0.0.1:{free_port(socket.SOCK_STREAM)}/x"
    path = write(f"[bridge]\noutput=/dev/null\n[camera a]\nuri={nobody}\n[camera b]\nuri={nobody}\n" + camera("c", free_port())
                 + f"[camera d]\nuri={FOLDER.name}/none.ts\n")
    bridge = Program("bridge", "--config", path, "--input", f"e={nobody}")
    for name in ("a", "b"):
        bridge.wait_line(rf"^metakafka-bridge: {name} \({re.escape(nobody)}\) does not answer: .* until it gives data$")
    bridge.wait_line(rf"^metakafka-bridge: {re.escape(nobody)} does not answer: ")
    bridge.wait_line(r"^metakafka-bridge: d \(/.*/none.ts\) is not there")
    bridge.wait_line(r"^metakafka-bridge: c \(rtp://127.0.0.1:\d+\) has given no records for ")
    assert bridge.end()[0] == 1


# --- while it runs -----------------------------------------------------------------------

class Steady(threading.Thread):
    """A camera that sends 30 frames a second until it is stopped."""

    def __init__(self, number, port):
        super().__init__(daemon=True)
        self.number, self.sender, self.is_stopped, self.count = number, Sender(port), threading.Event(), 0

    def run(self):
        # by now, all frames of a camera would need a memory of gigabytes
        for frames in camera_frames(self.number, 1 << 20):
            for packet in frames:
                self.sender.send(packet)
            self.count += 1
            if self.is_stopped.wait(1 / 30):
                return

    def stop(self):
        self.is_stopped.set()
        self.join()
        return self.count


def reload(bridge, text, pattern):
    """The line that says that it was, or was not"""
    before = len(bridge.lines)
    path = write(text)
    bridge.process.send_signal(signal.SIGHUP)
    wait_for(lambda: any(re.search(pattern, line) for line in bridge.lines[before:]), pattern)
    return path


def numbers(address, count):
    """What each camera's records say, in their order"""
    found = {}
    for record in values(address, count):
        found.setdefault(record["stream_id"], []).append(record["seq"])
    return found


@test
def others_do_not_notice_that_cameras_come_change_and_go():
    broker, address = start_broker("t:1")
    ports = [free_port() for _ in range(5)]
    head = f"[kafka]\nbootstrap={address}\ntopic=t\nkey={{stream_id}}\n"
    cameras = [camera(f"c{n}", port) for n, port in enumerate(ports)]
    path = write(head + "".join(cameras))
    bridge = Program("bridge", "--config", path)
    bridge.wait_line("listening", count=5)
    senders = [Steady(n, port) for n, port in enumerate(ports)]
    for sender in senders:
        sender.start()
    wait_for(lambda: harness.count_records(address, "t") >= 100, "100 records")

    new = free_port()
    line = "[0-9]* new, [0-9]* changed, [0-9]* gone, [0-9]* as before"
    reload(bridge, head + "".join(cameras) + camera("new", new), "1 new, 0 changed, 0 gone, 5 as before")
    bridge.wait_line(f"listening udp://127.0.0.1:{new}$")
    late = Steady(9, new)
    late.start()
    wait_for(lambda: b"cam09" in harness.read_keys(address, "t"), "a record of the new camera")

    # at the same port: that is free before the new one begins
    changed = cameras[:3] + [camera("c3", ports[3], "every=2"), cameras[4]]
    reload(bridge, head + "".join(changed) + camera("new", new), "0 new, 1 changed, 0 gone, 5 as before")
    bridge.wait_line(f"listening udp://127.0.0.1:{ports[3]}$", count=2)
    reload(bridge, head + "".join(changed[:4]) + camera("new", new), "0 new, 0 changed, 1 gone, 5 as before")
    wait_for(lambda: not harness.is_bound(ports[4]), "the port of the camera that is gone")
    reload(bridge, head + "".join(changed[:4]) + camera("new", new), "0 new, 0 changed, 0 gone, 5 as before")
    assert len([text for text in bridge.out if re.search(line, text)]) == 4, bridge.out

    wait_for(lambda: harness.read_keys(address, "t").count(b"cam09") > 60, "more records")
    counts = [sender.stop() for sender in senders]
    late.stop()
    wait_for(lambda: all(harness.read_keys(address, "t").count(b"cam%02d" % n) == counts[n] for n in range(3)),
             "all records of the others")
    assert bridge.end()[0] == 0 and not said(bridge), bridge.err
    found = numbers(address, harness.count_records(address, "t"))
    for n in range(3):
        assert found[f"cam{n:02}"] == list(range(counts[n])), found[f"cam{n:02}"]
    # and those of the one that changed are in order, each once
    assert sorted(set(found["cam03"])) == found["cam03"], found["cam03"]
    assert max(found["cam04"]) < counts[4] - 1


@test
def a_wrong_file_changes_nothing():
    broker, address = start_broker("t:1")
    ports = [free_port() for _ in range(2)]
    head = f"[kafka]\nbootstrap={address}\ntopic=t\nkey={{stream_id}}\n"
    path = write(head + camera("a", ports[0]) + camera("b", ports[1]))
    bridge = Program("bridge", "--config", path)
    bridge.wait_line("listening", count=2)
    reload(bridge, head + camera("a", ports[0]) + "[camera c]\nuri=gopher://x\n", "is not taken: the bridge goes on")
    assert any(line.startswith(f"metakafka-bridge: {path}:9: ") for line in bridge.err), bridge.err
    reload(bridge, "nothing\n", rf"{path}:1: ")
    os.unlink(path)
    bridge.process.send_signal(signal.SIGHUP)
    bridge.wait_line("Could not read the configuration")
    bridge.wait_line("is not taken", count=3)
    send_together([(Sender(port), camera_frames(n, 30)) for n, port in enumerate(ports)])
    wait_for(lambda: harness.count_records(address, "t") == 60, "60 records")
    assert bridge.end()[0] == 0


@test
def what_needs_a_new_start_is_said():
    broker, address = start_broker("t:1")
    port = free_port()
    head = f"[kafka]\nbootstrap={address}\ntopic=t\nlinger.ms=5\n[bridge]\nlatency=20\n"
    bridge = Program("bridge", "--config", write(head + camera("a", port)))
    bridge.wait_line("listening")
    path = reload(bridge, head.replace("topic=t", "topic=other").replace("linger.ms=5\n", "") + camera("a", port),
                  "0 new, 0 changed, 0 gone, 1 as before")
    bridge.wait_line("is started again", count=2)
    assert [line for line in bridge.err if "start" in line] == [
        f"metakafka-bridge: {path}:3: topic changes when the bridge is started again",
        f"metakafka-bridge: {path}: without linger.ms, the bridge goes on as before until it is started again"], bridge.err
    send_together([(Sender(port), camera_frames(0, 30))])
    wait_for(lambda: harness.count_records(address, "t") == 30, "30 records")
    assert bridge.end(signal.SIGTERM)[0] == 0


@test
def cameras_can_swap_their_ports():
    broker, address = start_broker("t:1")
    ports = [free_port() for _ in range(2)]
    head = f"[kafka]\nbootstrap={address}\ntopic=t\nkey={{stream_id}}\n"
    bridge = Program("bridge", "--config", write(head + camera("a", ports[0]) + camera("b", ports[1])))
    bridge.wait_line("listening", count=2)
    reload(bridge, head + camera("b", ports[0]) + camera("a", ports[1]), "0 new, 2 changed, 0 gone, 0 as before")
    bridge.wait_line("listening", count=4)
    send_together([(Sender(port), camera_frames(n, 30)) for n, port in enumerate(ports)])
    wait_for(lambda: harness.count_records(address, "t") == 60, "60 records")
    assert bridge.end()[0] == 0 and not said(bridge), bridge.err


@test
def all_cameras_can_go_for_others():
    broker, address = start_broker("t:1")
    first, second = free_port(), free_port()
    head = f"[kafka]\nbootstrap={address}\ntopic=t\n"
    bridge = Program("bridge", "--config", write(head + camera("a", first)))
    bridge.wait_line("listening")
    reload(bridge, head + camera("b", second), "1 new, 0 changed, 1 gone, 0 as before")
    bridge.wait_line(f"listening udp://127.0.0.1:{second}")
    # again, before that is through
    for n in range(20):
        bridge.process.send_signal(signal.SIGHUP)
        reload(bridge, head + camera("a", first), "as before")
        reload(bridge, head + camera("b", second), "as before")
    # an older one may have had the port until then
    at = max(n for n, line in enumerate(bridge.out) if "as before" in line)
    wait_for(lambda: any(line.endswith(f":{second}") for line in bridge.out[at:]), "the last one")
    assert not harness.is_bound(first)
    send_together([(Sender(second), camera_frames(1, 30))])
    wait_for(lambda: harness.count_records(address, "t") == 30, "30 records")
    assert bridge.end()[0] == 0


@test
def a_file_that_was_not_there_is_tried_again():
    broker, address = start_broker("t:1")
    film, port = os.path.join(FOLDER.name, "later.mp4"), free_port()
    text = f"[kafka]\nbootstrap={address}\ntopic=t\n[camera film]\nuri={film}\n" + camera("a", port)
    bridge = Program("bridge", "--config", write(text))
    bridge.wait_line("is not there")
    reload(bridge, text, "0 new, 1 changed, 0 gone, 1 as before")
    bridge.wait_line("is not there", count=2)
    os.rename(make_video(FOLDER.name, "mp4", 50), film)
    reload(bridge, text, "0 new, 1 changed, 0 gone, 1 as before")
    wait_for(lambda: harness.count_records(address, "t") == 50, "50 records")
    # and what was read is not read again
    reload(bridge, text, "0 new, 0 changed, 0 gone, 2 as before")
    assert bridge.end()[0] == 0
    assert harness.count_records(address, "t") == 50


@test
def a_name_that_is_looked_up_for_long_holds_nobody_up():
    broker, address = start_broker("t:1")
    ports, answer = [free_port() for _ in range(5)], os.path.join(FOLDER.name, "dns")
    head = f"[kafka]\nbootstrap={address}\ntopic=t\nkey={{stream_id}}\n" + camera("yard", ports[0])
    door, hall = (f"[camera {name}]\nuri=udp://slow.{name}:%d\n" for name in ("door", "hall"))
    bridge = Program("bridge", "--config", write(head + door % ports[1] + hall % ports[3]),
                     env={"LD_PRELOAD": os.environ["METAKAFKA_SLOWDNS"], "METAKAFKA_DNS_FILE": answer})
    bridge.wait_line(f"listening udp://127.0.0.1:{ports[0]}$")
    yard = Sender(ports[0])
    send_together([(yard, camera_frames(0, 20))])
    wait_for(lambda: harness.count_records(address, "t") == 20, "20 records")
    # in the midst of it they go, or change
    reload(bridge, head + door % ports[2], "0 new, 1 changed, 1 gone, 1 as before")
    send_together([(yard, camera_frames(0, 20, first=20, seq=20 * 4))])
    wait_for(lambda: harness.count_records(address, "t") == 40, "20 more")
    assert not any("slow" in line for line in bridge.out), bridge.out
    with open(answer, "x", encoding="utf-8"):
        pass
    bridge.wait_line(f"reading udp://slow.door:{ports[2]}$")
    assert harness.is_bound(ports[2]) and not harness.is_bound(ports[1]) and not harness.is_bound(ports[3])
    # and one that answers can be changed as fast as others
    for n in range(20):
        reload(bridge, head + door % ports[4 - n % 2], "0 new, 1 changed, 0 gone, 1 as before")
    os.unlink(answer)
    reload(bridge, head + hall % ports[1], "1 new, 0 changed, 1 gone, 1 as before")
    wait_for(lambda: not any(map(harness.is_bound, ports[2:])), "the ports of those that have gone")
    os.close(os.open(answer, os.O_CREAT))
    assert bridge.end()[0] == 0 and not said(bridge), bridge.err
    assert sum("slow.door:%d" % ports[2] in line for line in bridge.out) == 1, bridge.out


def start_slow(answer, text):
    return Program("bridge", "--config", write("[bridge]\noutput=/dev/null\n" + text),
                   env={"LD_PRELOAD": os.environ["METAKAFKA_SLOWDNS"], "METAKAFKA_DNS_FILE": answer})


@test
def it_ends_while_a_camera_is_to_come():
    ports, answer = [free_port() for _ in range(2)], os.path.join(FOLDER.name, "dns")
    text = "[bridge]\noutput=/dev/null\n[camera door]\nuri=udp://slow.door:%d\n"
    # by a signal
    bridge = start_slow(answer, "[camera door]\nuri=udp://slow.door:%d\n" % ports[0])
    bridge.wait_line("records ->")
    reload(bridge, text % ports[1], "0 new, 1 changed, 0 gone, 0 as before")
    bridge.process.send_signal(signal.SIGINT)
    bridge.wait_line("Shutting down")
    os.close(os.open(answer, os.O_CREAT))
    assert bridge.wait() == 0, bridge.lines
    os.unlink(answer)
    # and with all inputs that there are, if it is not to come any more
    film = f"[camera film]\nuri={make_video(FOLDER.name, 'mp4', 10)}\n"
    bridge = start_slow(answer, film + "[camera door]\nuri=udp://slow.door:%d\n" % ports[0])
    bridge.wait_line("reading .*mp4")
    reload(bridge, text % ports[1] + film, "0 new, 1 changed, 0 gone, 1 as before")
    reload(bridge, "[bridge]\noutput=/dev/null\n" + film, "0 new, 0 changed, 1 gone, 1 as before")
    os.close(os.open(answer, os.O_CREAT))
    assert bridge.wait() == 0, bridge.lines


@test
def what_hangs_is_waited_for_once():
    """Whatever else goes meanwhile: what comes does not wait anew each time."""
    ports, answer = [free_port() for _ in range(13)], os.path.join(FOLDER.name, "dns")
    hanging, new = free_port(), free_port()
    cameras = [camera(f"c{n}", port) for n, port in enumerate(ports)]
    head = "[bridge]\noutput=/dev/null\n"
    bridge = start_slow(answer, f"[camera door]\nuri=udp://slow.door:{hanging}\n" + "".join(cameras))
    bridge.wait_line("listening", count=len(cameras))
    reload(bridge, head + camera("new", new) + "".join(cameras), "1 new, 0 changed, 1 gone, 13 as before")
    for port in ports[:-1]:
        last = time.monotonic()
        del cameras[0]
        reload(bridge, head + camera("new", new) + "".join(cameras), f"1 gone, {1 + len(cameras)} as before")
        wait_for(lambda port=port: not harness.is_bound(port), "the port of the one that is gone")
        if harness.is_bound(new):
            break
        # less than what hangs is waited for, and more than that in all
        time.sleep(0.6)
    else:
        wait_for(lambda: harness.is_bound(new), "the new one")
        assert time.monotonic() - last < 5
    os.close(os.open(answer, os.O_CREAT))
    assert bridge.end()[0] == 0


@test
def sighup_at_the_start_does_not_end_it():
    broker, address = start_broker("t:1")
    text = f"[kafka]\nbootstrap={address}\ntopic=t\n" + camera("a", free_port())
    bridge = Program("bridge", "--config", write(text))
    bridge.wait_line("Kafka -> ")
    for _ in range(5):
        bridge.process.send_signal(signal.SIGHUP)
    bridge.wait_line("0 new, 0 changed, 0 gone, 1 as before")
    assert bridge.end()[0] == 0


def send_hangup_at_the_start(*args):
    """Returns a bridge that got SIGHUP while GStreamer read its registry."""
    path = os.path.join(tempfile.mkdtemp(dir=FOLDER.name), "registry.bin")
    os.mkfifo(path)
    bridge = Program("bridge", *args, env={"GST_REGISTRY": path})

    def open_registry():
        with contextlib.suppress(OSError):
            return [os.open(path, os.O_WRONLY | os.O_NONBLOCK)]
        return []

    opened = []
    wait_for(lambda: opened.extend(open_registry()) or opened, "a registry that is read")
    bridge.process.send_signal(signal.SIGHUP)
    os.close(opened[0])
    # which is tried in several ways
    wait_for(lambda: any(map(os.close, open_registry())) or bridge.lines or bridge.process.poll() is not None, "a start")
    return bridge


@test
def sighup_waits_until_the_options_are_read():
    bridge = send_hangup_at_the_start("--config", write("[bridge]\noutput=/dev/null\n" + camera("a", free_port())))
    bridge.wait_line("0 new, 0 changed, 0 gone, 1 as before")
    assert bridge.end()[0] == 0
    # without a file it ends the bridge
    assert send_hangup_at_the_start("--output", "/dev/null", "--port", free_port()).wait() == -signal.SIGHUP


class Systemd:
    """What reads NOTIFY_SOCKET. lines: what it was told"""

    def __init__(self):
        self.path = os.path.join(FOLDER.name, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.lines = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while data := self.socket.recv(1 << 16):
            self.lines += data.decode().splitlines()

    def wait(self, pattern, count=1):
        wait_for(lambda: sum(bool(re.fullmatch(pattern, line)) for line in self.lines) >= count, pattern)


def start_with_systemd(text, **env):
    """A bridge, and what it tells"""
    systemd = Systemd()
    return Program("bridge", "--config", write(text), env={"NOTIFY_SOCKET": systemd.path, **env}), systemd


@test
def systemd_is_told_what_it_does():
    broker, address = start_broker("t:1")
    port = free_port()
    text = f"[kafka]\nbootstrap={address}\ntopic=t\n" + camera("gate", port)
    bridge, systemd = start_with_systemd(text, WATCHDOG_USEC="100000")
    systemd.wait("WATCHDOG=1", 5)
    assert systemd.lines.index("READY=1") < systemd.lines.index("WATCHDOG=1"), systemd.lines
    assert not any("RELOADING" in line for line in systemd.lines), systemd.lines
    systemd.wait("STATUS=1 input; Kafka has 0 records, and 0 wait")
    reload(bridge, text, "1 as before")
    systemd.wait("READY=1", 2)
    at = systemd.lines.index("RELOADING=1")
    assert systemd.lines[at + 1].startswith("MONOTONIC_USEC="), systemd.lines
    reload(bridge, "wrong", "is not taken")
    systemd.wait("READY=1", 3)
    send_together([(Sender(port), camera_frames(0, 5))])
    systemd.wait("STATUS=1 input; Kafka has 5 records, and 0 wait")
    assert "STOPPING=1" not in systemd.lines
    assert bridge.end()[0] == 0
    systemd.wait("STOPPING=1")


@test
def systemd_is_told_what_is_in_trouble():
    # and no name of a file is a message of its own
    loop = os.path.join(FOLDER.name, "loop\nWATCHDOG=trigger")
    os.symlink(loop, loop)
    bridge, systemd = start_with_systemd(f"[bridge]\noutput=/dev/null\n[camera loop]\nuri={FOLDER.name}/loop\\nWATCHDOG=trigger\n"
                                         + camera("gate", free_port()))
    systemd.wait("STATUS=1 of 2 inputs give nothing, such as loop, which .*")
    systemd.wait("STATUS=2 of 2 inputs give nothing, such as gate, which gives no records;.*")
    assert "WATCHDOG=trigger" not in "".join(line for line in systemd.lines if not line.startswith("STATUS"))
    assert bridge.end()[0] == 1
    systemd.wait("STOPPING=1")


@test
def systemd_is_told_of_cameras_that_are_to_come():
    ports, answer = [free_port() for _ in range(3)], os.path.join(FOLDER.name, "dns")
    text = "[bridge]\noutput=/dev/null\n" + camera("gate", ports[0]) + "[camera door]\nuri=udp://slow.door:%d\n"
    bridge, systemd = start_with_systemd(text % ports[1], LD_PRELOAD=os.environ["METAKAFKA_SLOWDNS"], METAKAFKA_DNS_FILE=answer)
    bridge.wait_line("listening")
    reload(bridge, text % ports[2], "0 new, 1 changed, 0 gone, 1 as before")
    send_together([(Sender(ports[0]), camera_frames(0, 5))])
    # before what hangs is waited for no more, or else behind that
    systemd.wait("STATUS=2 inputs; 5 records")
    assert not any(re.match("STATUS=1 input;|STATUS=.* of 1 input", line) for line in systemd.lines), systemd.lines
    os.close(os.open(answer, os.O_CREAT))
    assert bridge.end()[0] == 0


@test
def without_a_file_sighup_ends_it():
    broker, address = start_broker("t:1")
    bridge, port = harness.start_bridge(address, "t")
    assert bridge.end(signal.SIGHUP)[0] == 0


@test
def sighup_on_the_way_out_is_no_second_signal():
    broker, address = start_broker("t:1")
    port = free_port()
    bridge = Program("bridge", "--config",
                     write(f"[kafka]\nbootstrap={address}\ntopic=t\n" + camera("a", port)))
    bridge.wait_line("listening")
    broker.process.send_signal(signal.SIGSTOP)
    send_together([(Sender(port), camera_frames(0, 5))])
    bridge.process.send_signal(signal.SIGTERM)
    bridge.wait_line("waiting up to")
    bridge.process.send_signal(signal.SIGHUP)
    broker.process.send_signal(signal.SIGCONT)
    assert bridge.wait() == 0, bridge.err


harness.main(at_once=6)
