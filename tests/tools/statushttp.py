#!/usr/bin/python3
"""What the bridge does, as those see it who ask over HTTP."""
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

import harness
from cameras import Sender, camera_frames, send_together
from harness import Program, Skip, consume, free_port, run, start_broker, test, wait_for
from sources import Gst, Http, make_video

FOLDER = tempfile.TemporaryDirectory()
IS_BUILT = os.environ["METAKAFKA_HTTP"] == "1"
MAX_CONNECTIONS = 64


def start(*args, host="127.0.0.1", **keys):
    """A bridge that shows what it does. Returns it and the port."""
    if not IS_BUILT:
        raise Skip("built without libsoup and json-glib")
    bridge = Program("bridge", "--http", f"{host}:0", *args, **keys)
    line = bridge.wait_line(r"\[Bridge\] status at http://")
    return bridge, int(re.search(r"http://.*:(\d+)/", line)[1])


def ask(port, path, method="GET", host="127.0.0.1", body=None, headers=None):
    """Returns the status, the headers and the body."""
    connection = http.client.HTTPConnection(host, port, timeout=harness.PATIENCE)
    with contextlib.closing(connection):
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()


def get(port, path):
    status, _, body = ask(port, path)
    assert status == 200, (status, body)
    return body.decode()


def get_metrics(port):
    """{NAME{LABELS}: value}"""
    return {name: float(value) for name, value in
            (line.rsplit(" ", 1) for line in get(port, "/metrics").splitlines() if line[0] != "#")}


def get_camera(port, name):
    """None if there is no status yet"""
    status, _, body = ask(port, "/status.json")
    cameras = json.loads(body)["cameras"] if status == 200 else []
    return next((camera for camera in cameras if camera["name"] == name), None)


def health(port):
    status, headers, body = ask(port, "/healthz")
    assert headers["Content-Type"] == "text/plain; charset=utf-8" and body.count(b"\n") == 1, body
    return status, body.decode().rstrip("\n")


def wait_health(port, status, words):
    wait_for(lambda: (lambda s, text: s == status and words in text)(*health(port)), f"{status} {words}: {health(port)}")


def write(name, text):
    path = os.path.join(FOLDER.name, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def write_lines(name, n):
    return write(name, "".join(f'{{"seq":{i}}}\n' for i in range(n)))


# --- what is there -----------------------------------------------------------------------

@test
def a_build_without_it_says_so():
    if IS_BUILT:
        raise Skip("built with libsoup and json-glib")
    status, _, err = run("bridge", "--http", "9464")
    assert status == 2 and "--http needs libsoup and json-glib" in err[0] and "-Dhttp=enabled" in err[0], (status, err)


@test
def what_is_no_address_is_refused():
    for text in ("x", "127.0.0.1", "::1:80", "camera:80", "80000", ""):
        status, _, err = run("bridge", "--http", text)
        assert status == 2 and f"--http '{text}' is not an address and a port: give such as 127.0.0.1:9464" in err[0], err
    path = write("wrong.ini", "[bridge]\nport=5000\nhttp=x\n")
    status, _, err = run("bridge", "--check", path)
    assert status == 2 and err[0].startswith(f"metakafka-bridge: {path}:3: http 'x' is not an address"), err


@test
def a_port_that_is_taken_is_an_error():
    bridge, port = start("--output", "-", "--port", free_port())
    status, _, err = run("bridge", "--http", f"127.0.0.1:{port}", "--output", "-", "--port", free_port())
    assert status == 1 and f"--http cannot listen at http://127.0.0.1:{port}/ (" in err[0], (status, err)
    assert "a port at which nothing else listens" in err[0], err
    assert bridge.end()[0] == 0
    # and is free at once
    status, _, err = run("bridge", "--http", f"127.0.0.1:{port}", "--input", write_lines("one.jsonl", 1), "--output", "-")
    assert status == 0, (status, err)


@test
def each_page_has_its_type():
    bridge, port = start("--output", "-", "--port", free_port())
    wait_for(lambda: get_camera(port, "rtp://[::]:%s" % bridge_port(bridge)), "a status")
    for path, kind in (("/", "text/html; charset=utf-8"), ("/?refresh", "text/html; charset=utf-8"),
                       ("/metrics", "text/plain; version=0.0.4; charset=utf-8"),
                       ("/status.json", "application/json"), ("/healthz", "text/plain; charset=utf-8")):
        status, headers, body = ask(port, path)
        assert status == 200 and headers["Content-Type"] == kind and body, (path, status, headers)
        assert headers["Cache-Control"] == "no-store" and headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'"), headers
        status, headers, body = ask(port, path, "HEAD")
        assert status == 200 and headers["Content-Type"] == kind and not body, (path, status, headers)
        assert int(headers["Content-Length"]) > 2, headers
    # as load balancers ask, without a host
    with socket.create_connection(("127.0.0.1", port), harness.PATIENCE) as connection:
        connection.sendall(b"GET /healthz?from=lb HTTP/1.0\r\n\r\n")
        answer = connection.makefile("rb").read()
    assert answer.startswith((b"HTTP/1.0 200 ", b"HTTP/1.0 503 ")), answer
    for path in ("/metrics/", "/metrics/x", "/x", "/../etc/passwd", "/%00", "/Metrics"):
        status, _, body = ask(port, path)
        assert status in (400, 404) and b"root" not in body, (path, status, body)


def bridge_port(bridge):
    return re.search(r"\[::\]:(\d+)|0\.0\.0\.0:(\d+)", bridge.wait_line("listening"))[1]


def get_memory(program):
    with open(f"/proc/{program.process.pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1]) << 10


def get_started(port):
    """What two pages say of when the bridge began, and that of when they were made"""
    metrics = ask(port, "/metrics")[2].decode()
    status = json.loads(ask(port, "/status.json")[2])
    return re.search(r"^process_start_time_seconds (.*)", metrics, re.M)[1], status["started"], status["time"]


@test
def its_start_is_always_the_same():
    bridge, port = start("--output", "-", "--port", free_port())
    wait_for(lambda: ask(port, "/status.json")[0] == 200, "a status")
    seen = set()
    wait_for(lambda: seen.add(get_started(port)) or len({time for *_, time in seen}) > 3, "four looks")
    assert len({(metric, started) for metric, started, _ in seen}) == 1, seen
    assert bridge.end()[0] == 0


@test
def nothing_can_be_changed():
    bridge, port = start("--output", "-", "--port", free_port())
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "FOO"):
        status, headers, body = ask(port, "/", method)
        assert status == 405 and headers["Allow"] == "GET, HEAD", (method, status, headers)
        assert b"only GET and HEAD" in body
    # http.client has no such path
    with socket.create_connection(("127.0.0.1", port), harness.PATIENCE) as connection:
        connection.sendall(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 405 ") and b"\r\nAllow: GET, HEAD\r\n" in answer and b"only GET and" in answer, answer
    # and what comes with it is not kept
    before = get_memory(bridge)
    for method in ("POST", "GET"):
        assert ask(port, "/healthz", method, body=bytes(100 << 20))[0] in (200, 405, 503)
    assert get_memory(bridge) - before < 50 << 20


@test
def it_is_reached_by_ipv6_too():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        raise Skip(f"no IPv6: {error}") from error
    bridge, port = start("--output", "-", "--port", free_port(), host="[::1]")
    bridge.wait_line(rf"status at http://\[::1\]:{port}/$")
    wait_for(lambda: ask(port, "/", host="::1")[0] == 200, "a page")


# --- what is said ------------------------------------------------------------------------

@test
def every_counter_of_kafkasink_is_a_metric():
    broker, address = start_broker("t:1")
    n = 500
    bridge, port = start("--kafka-bootstrap", address, "--kafka-topic", "t", "--port", free_port(),
                         "--input", "lines=" + write_lines("counters.jsonl", n))
    wait_for(lambda: ask(port, "/metrics")[0] == 200
             and get_metrics(port)["metakafka_kafka_acknowledged_total"] == n, "acknowledgements")
    metrics = get_metrics(port)
    stats = json.loads(get(port, "/status.json"))["kafka"]["stats"]
    fields = Gst.ElementFactory.make("kafkasink").get_property("stats")
    for i in range(fields.n_fields()):
        field = fields.nth_field_name(i)
        assert field.replace("-", "_") in stats, field
        if field in ("in-flight", "in-flight-bytes"):
            name = field.replace("in-flight-bytes", "queue_bytes").replace("in-flight", "queue_records")
        elif field == "bytes":
            name = "acknowledged_bytes_total"
        elif field == "failed":
            assert sum(value for key, value in metrics.items() if "_failed_total{" in key) == stats["failed"] == 0
            continue
        elif field.startswith("failed-"):
            name = f'failed_total{{reason="{field[7:]}"}}'
        elif field in ("latency-histogram", "latency-sum"):
            name = {"latency-histogram": 'latency_seconds_bucket{le="+Inf"}', "latency-sum": "latency_seconds_sum"}[field]
        elif field.startswith("latency-"):
            name = field.replace("-", "_") + "_seconds"
        else:
            name = field.replace("restarts", "client_restarts").replace("-", "_") + "_total"
        value = metrics["metakafka_kafka_" + name]
        if field == "latency-histogram":
            assert value == n == stats["latency_histogram"][-1]["records"]
        elif field.startswith("latency-"):
            assert 0 < value == stats[field.replace("-", "_")] / 1e9, (field, value)
        else:
            assert value == stats[field.replace("-", "_")], field
    assert metrics["metakafka_kafka_enqueued_total"] == n and metrics["metakafka_kafka_acknowledged_bytes_total"] > n
    assert metrics['metakafka_kafka_state{state="reachable"}'] == 1
    assert metrics["metakafka_kafka_queue_limit_records"] == 100000
    assert metrics["metakafka_kafka_queue_limit_bytes"] == 268435456
    info = next(name for name in metrics if name.startswith("metakafka_build_info{"))
    assert re.search(r'version="\d.*",gstreamer="1\..*",librdkafka="\d', info), info
    if shutil.which("promtool"):
        done = subprocess.run(["promtool", "check", "metrics"], input=get(port, "/metrics").encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        assert done.returncode == 0 and not done.stdout, done.stdout
    assert bridge.end()[0] == 0


@test
def each_camera_says_how_it_does():
    ports = [free_port() for _ in range(2)]
    path = write("cameras.ini", f"[bridge]\nhttp=0\noutput=-\n[camera gate]\nuri=rtp://127.0.0.1:{ports[0]}\n"
                 f"[camera yard]\nuri=rtp://127.0.0.1:{ports[1]}\nevery=5\n"
                 "[camera hall]\nuri=rtsp://127.0.0.1:1/x\n"
                 f"[camera tape]\nuri={make_video(FOLDER.name, 'mp4', 30)}\n"
                 f"[camera none]\nuri={FOLDER.name}/missing.ts\n")
    if not IS_BUILT:
        raise Skip("built without libsoup and json-glib")
    bridge = Program("bridge", "--config", path)
    port = int(re.search(r":(\d+)/$", bridge.wait_line("status at"))[1])
    wait_for(lambda: (get_camera(port, "hall") or {}).get("state") == "down", "the camera that is not there")
    send_together([(Sender(ports[0]), camera_frames(0, 50)), (Sender(ports[1]), camera_frames(1, 50))])
    wait_for(lambda: get_camera(port, "yard")["messages"] == get_camera(port, "gate")["frames"] == 50, "both cameras")
    gate, yard, hall = (get_camera(port, name) for name in ("gate", "yard", "hall"))
    assert gate["records"] == gate["messages"] == gate["frames"] == 50 and gate["skipped"] == 0, gate
    assert gate["lost_packets"] == 0 and gate["opened"] == 1 and gate["uri"] == f"rtp://127.0.0.1:{ports[0]}", gate
    assert gate["state"] == "up" and gate["trouble"] is None and gate["last_record_age_ms"] >= 0, gate
    assert yard["records"] == 10 and yard["skipped"] == 40 and yard["frames"] == 50, yard
    assert "does not answer" in hall["trouble"] and hall["records"] == 0, hall
    assert hall["last_record_age_ms"] is None and hall["frames"] is None, hall
    wait_for(lambda: get_camera(port, "hall")["opened"] > 1, "another attempt")
    wait_for(lambda: get_camera(port, "none")["state"] == "failed", "the file that is missing")
    wait_for(lambda: get_camera(port, "tape")["state"] == "ended", "the end of the file")
    tape = get_camera(port, "tape")
    assert tape["frames"] == tape["records"] == 30 and tape["trouble"] is None, tape
    # which send no more
    wait_for(lambda: get_camera(port, "gate")["state"] == get_camera(port, "yard")["state"] == "silent", "the silence")
    gate = get_camera(port, "gate")
    assert gate["trouble"].startswith("gives no records: ") and gate["last_record_age_ms"] > 1000, gate
    metrics = get_metrics(port)
    for name, up in (("gate", 0), ("yard", 0), ("hall", 0), ("tape", 1), ("none", 0)):
        assert metrics[f'metakafka_camera_up{{camera="{name}"}}'] == up, name
    for name, key, value in (("gate", "frames", 50), ("yard", "messages", 50), ("yard", "records", 10),
                             ("yard", "skipped", 40), ("gate", "lost_packets", 0)):
        assert metrics[f'metakafka_camera_{key}_total{{camera="{name}"}}'] == value, (name, key)
    assert metrics['metakafka_camera_last_record_age_seconds{camera="gate"}'] > 1
    page = get(port, "/")
    assert page.index("<b>none</b>") < page.index("<b>hall</b>") < page.index("<b>gate</b>") < page.index("<b>tape</b>")
    bridge.process.send_signal(signal.SIGINT)
    bridge.wait()


@test
def a_camera_that_has_gone_is_not_shown():
    if not IS_BUILT:
        raise Skip("built without libsoup and json-glib")
    ports = [free_port() for _ in range(3)]

    def configure(**cameras):
        text = "".join(f"[camera {name}]\nuri=rtp://127.0.0.1:{port}\n" for name, port in cameras.items())
        return write("changing.ini", "[bridge]\nhttp=0\noutput=-\n" + text)

    bridge = Program("bridge", "--config", configure(gate=ports[0], yard=ports[1]))
    port = int(re.search(r":(\d+)/$", bridge.wait_line("status at"))[1])
    bridge.wait_line("listening", count=2)
    send_together([(Sender(ports[1]), camera_frames(0, 20))])
    wait_for(lambda: (get_camera(port, "yard") or {}).get("records") == 20, "the records")
    configure(yard=ports[1], hall=ports[2])
    bridge.process.send_signal(signal.SIGHUP)
    wait_for(lambda: [camera["name"] for camera in json.loads(get(port, "/status.json"))["cameras"]] == ["yard", "hall"],
             "the others")
    assert get_camera(port, "yard")["records"] == 20 and get_camera(port, "yard")["opened"] == 1
    assert 'metakafka_camera_up{camera="gate"}' not in get_metrics(port)
    bridge.end()


@test
def an_output_that_nobody_reads_is_no_health():
    reading, writing = os.pipe()
    bridge, port = start("--output", "-", "--port", free_port(), "--input", write_lines("much.jsonl", 20000), stdout=writing)
    os.close(writing)
    wait_health(port, 503, "--output - has taken no record for ")
    output = json.loads(get(port, "/status.json"))["output"]
    assert output["state"] == "stalled" and output["trouble"].startswith("--output - has taken") and output["waiting"] == 1
    metrics = get_metrics(port)
    assert metrics["metakafka_output_up"] == 0 and metrics["metakafka_output_waiting_records"] == 1
    assert metrics["metakafka_healthy"] == 0
    page = get(port, "/")
    assert "<dt>Output</dt><dd class=\"bad\">stalled</dd>" in page and "--output - has taken no record for " in page
    # and its reader goes on
    with open(reading, "rb") as lines:
        for _ in range(20000):
            lines.readline()
        wait_for(lambda: json.loads(get(port, "/status.json"))["output"]
                 == {"state": "up", "trouble": None, "waiting": 0}, "the last record")
        assert "--output" not in health(port)[1]
        assert get_metrics(port)["metakafka_output_up"] == 1 and "<dd class=\"ok\">up</dd>" in get(port, "/")
        assert bridge.end()[0] == 0


@test
def packets_that_are_missing_are_counted():
    rtp = free_port()
    bridge, port = start("--output", "-", "--input", f"gate=rtp://127.0.0.1:{rtp}")
    bridge.wait_line("listening")
    sender = Sender(rtp)
    send_together([(sender, camera_frames(0, 20))])
    send_together([(sender, camera_frames(0, 20, first=20, seq=20 * 4 + 3))])
    wait_for(lambda: (get_camera(port, "gate") or {}).get("lost_packets") == 3, "three packets")


@test
def each_sender_to_a_port_has_a_row():
    rtp = free_port()
    bridge, port = start("--output", "-", "--port", rtp)
    bridge.wait_line("listening")
    name = f"rtp://[::]:{rtp}"
    senders = [Sender(rtp), Sender(rtp)]
    send_together([(senders[0], camera_frames(0, 20))])
    wait_for(lambda: (get_camera(port, name) or {}).get("records") == 20, "those of the first")
    # which is the input itself
    assert json.loads(get(port, "/status.json"))["streams"] == [] and get(port, "/").count("<tr") == 2
    send_together([(senders[1], camera_frames(1, 30))])
    wait_for(lambda: len(json.loads(get(port, "/status.json"))["streams"]) == 2
             and get_camera(port, name)["records"] == 50, "both")
    streams = json.loads(get(port, "/status.json"))["streams"]
    for sender, ssrc, n, stream in zip(senders, (1, 2), (20, 30), streams):
        assert stream["stream"] == f"127.0.0.1:{sender.socket.getsockname()[1]} {ssrc:08x}", stream
        assert stream["name"] == name and stream["records"] == stream["messages"] == n, stream
    wait_for(lambda: [stream["frames"] for stream in json.loads(get(port, "/status.json"))["streams"]] == [20, 30],
             "the frames")
    labels = f'{{camera="{name}",stream="{streams[1]["stream"]}"}}'
    assert get_metrics(port)["metakafka_stream_records_total" + labels] == 30
    assert get_metrics(port)["metakafka_stream_lost_packets_total" + labels] == 0
    assert get(port, "/").count("<tr") == 4
    # the first goes on alone
    frame = 20
    while json.loads(get(port, "/status.json"))["streams"][1]["state"] != "silent":
        send_together([(senders[0], camera_frames(0, 20, first=frame, seq=frame * 4))])
        frame += 20
    assert get_metrics(port)["metakafka_stream_up" + labels] == 0
    first = json.loads(get(port, "/status.json"))["streams"][0]
    assert first["state"] == "up" and first["history"] is not None, first
    assert "1 of 2 bad" in get(port, "/") and health(port)[0] == 200
    bridge.process.send_signal(signal.SIGINT)
    bridge.wait()


@test
def health_says_what_is_wrong():
    address = f"127.0.0.1:{free_port(socket.SOCK_STREAM)}"
    bridge, port = start("--kafka-bootstrap", address, "--kafka-topic", "t", "--port", free_port())
    status, text = health(port)
    assert status == 503, text
    wait_health(port, 503, f"Could not reach Kafka at {address}")
    assert get_metrics(port)['metakafka_kafka_state{state="unreachable"}'] == 1
    assert get_metrics(port)["metakafka_healthy"] == 0
    assert "Could not reach Kafka" in get(port, "/")
    broker, _ = start_broker("t:1", port=int(address.split(":")[1]))
    # nobody sends yet, and that is not said at once
    wait_for(lambda: get_metrics(port)['metakafka_kafka_state{state="reachable"}'] == 1, "the broker")
    wait_health(port, 503, "no camera gives records, such as rtp://[::]")
    broker.kill()
    wait_health(port, 503, "Kafka")
    bridge.end()


@test
def health_is_ok_and_ends_with_the_bridge():
    broker, address = start_broker("t:1")
    rtp = free_port()
    bridge, port = start("--kafka-bootstrap", address, "--kafka-topic", "t", "--port", rtp)
    bridge.wait_line("listening")
    sender, frame = Sender(rtp), 0
    deadline = time.monotonic() + harness.PATIENCE
    while health(port) != (200, "ok"):
        assert time.monotonic() < deadline, health(port)
        send_together([(sender, camera_frames(0, 10, first=frame, seq=frame * 4))])
        frame += 10
    # what is left waits for the broker
    broker.process.send_signal(signal.SIGSTOP)
    try:
        send_together([(sender, camera_frames(0, 20, first=frame, seq=frame * 4))])
        bridge.process.send_signal(signal.SIGTERM)
        wait_health(port, 503, "the bridge is shutting down")
    finally:
        broker.process.send_signal(signal.SIGCONT)
    assert bridge.wait() == 0


# --- those who ask -----------------------------------------------------------------------

@test
def who_does_not_read_disturbs_nobody():
    broker, address = start_broker("t:1")
    rtp = free_port()
    # pages that no socket's buffer takes whole
    names = [f"--input=c{i}=rtsp://127.0.0.1:1/{'x' * 1000}{i}" for i in range(300)]
    bridge, port = start("--kafka-bootstrap", address, "--kafka-topic", "t", "--port", rtp, *names)
    bridge.wait_line("listening")
    wait_for(lambda: ask(port, "/")[0] == 200, "a page")
    size = len(get(port, "/"))
    stuck = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for connection in stuck:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 4)
    assert health(port)[0] in (200, 503) and size > 300000, size
    send_together([(Sender(rtp), camera_frames(0, 100))])
    assert len(consume(address, "t", 100)) == 100
    assert len(get(port, "/")) > size / 2
    for connection in stuck:
        connection.close()
    bridge.process.send_signal(signal.SIGINT)
    bridge.wait()


@test
def more_connections_than_there_may_be_close_the_oldest():
    _, port = start("--output", "-", "--port", free_port())
    n_more = 36
    connections = []
    for _ in range(MAX_CONNECTIONS + n_more):
        connection = socket.create_connection(("127.0.0.1", port), harness.PATIENCE)
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        connections.append(connection)
    for connection in connections[:n_more]:
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    for connection in connections[n_more:]:
        connection.sendall(b"Host: x\r\n\r\n")
        assert connection.recv(1) == b"H"
    # all others may have gone, and somebody comes
    for connection in connections:
        connection.close()
    assert health(port)[0] in (200, 503)


@test
def who_says_nothing_is_left():
    _, port = start("--output", "-", "--port", free_port())
    with socket.create_connection(("127.0.0.1", port), harness.PATIENCE + 10) as connection:
        assert connection.recv(1) == b""


@test
def many_ranges_are_one_answer():
    bridge, port = start("--output", "-", "--port", free_port())
    wait_for(lambda: ask(port, "/metrics")[0] == 200, "a status")
    for ranges in ("0-,0-", "-1,-2,-3", ",".join(1000 * ["0-"])):
        status, headers, body = ask(port, "/metrics", headers={"Range": f"bytes={ranges}"})
        assert status == 200 and headers["Content-Type"].startswith("text/plain"), (status, headers)
        assert len(body) < 100_000, len(body)
    assert bridge.end()[0] == 0 and not [line for line in bridge.err if "CRITICAL" in line], bridge.err


@test
def what_is_no_http_ends_nothing():
    bridge, port = start("--output", "-", "--port", free_port(), "--log", "json")
    get_, end = b"GET /metrics HTTP/1.1\r\nHost: x\r\n", b"\r\n\r\n"
    wrong = [b"\0" * 1000, b"GET" + end, b"GET / HTTP/9.9" + end, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
             b"GET http://[::1/ HTTP/1.1\r\nHost: x" + end, b"GET / HTTP/1.1" + end, b"GET / HT", b"G\xff\0T / HTTP/1.1" + end,
             b"CONNECT a:1 HTTP/1.1\r\nHost: x" + end, b"PRI * HTTP/2.0" + end, b"GET /%00%ff HTTP/1.1\r\nHost: x" + end,
             get_ + b"X: y\r\n" * 1000 + b"\r\n", get_ + b"X: " + b"y" * (1 << 20) + end, 5 * (get_ + b"\r\n"), get_ + b"X" + end,
             b"GET /" + b"y" * (1 << 20) + b" HTTP/1.1\r\nHost: x" + end]
    wrong += [get_ + header + end + body for body in (b"", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"7fffffffffffffff\r\nx")
              for header in (b"Transfer-Encoding: chunked", b"Transfer-Encoding: x", b"Expect: 100-continue\r\nContent-Length: 9",
                             b"Content-Length: 18446744073709551611", b"Content-Length: x", b"Range: bytes=5-1",
                             b"Connection: upgrade\r\nUpgrade: websocket", b"Authorization: Digest username")]
    # at which libsoup warns: as often as a camera that breaks off is spoken of
    wrong += 20 * [get_ + b"Content-Length: -5" + end]
    for data in wrong:
        answer = b""
        with socket.create_connection(("127.0.0.1", port), harness.PATIENCE) as connection:
            with contextlib.suppress(OSError):
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while more := connection.recv(1 << 16):
                    answer += more
        assert not answer or re.match(rb"HTTP/1\.[01] (100|200|4\d\d|5\d\d) ", answer), (data[:99], answer)
    # and who goes at once
    for _ in range(50):
        connection = socket.create_connection(("127.0.0.1", port), harness.PATIENCE)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(get_ + b"\r\n")
        connection.close()
    assert health(port)[0] in (200, 503)
    bridge.end()
    texts = [json.loads(line)["text"] for line in bridge.err]
    said = [text for text in texts if text.startswith("a library, ") and text.endswith("; report it if anything else is wrong")]
    assert len(said) == 6 and len([text for text in texts if text not in said and "given no records" not in text
                                   and "records ->" not in text and "[Bridge]" not in text]) == 0, texts


# --- beside others -----------------------------------------------------------------------

@test
def it_runs_beside_an_input_that_loads_libsoup():
    video = make_video(FOLDER.name, "ts", 100)
    with Http(FOLDER.name, live=video.read_bytes()) as server:
        bridge, port = start("--output", "-", "--input", f"web=http://{server.address}/live")
        wait_for(lambda: (get_camera(port, "web") or {"records": 0})["records"] >= 90, "the records")
        assert ">web</b>" in get(port, "/") and health(port) == (200, "ok")
        assert get_camera(port, "web")["frames"] >= 90
        bridge.process.send_signal(signal.SIGINT)
        bridge.wait()
        server.kill()
    assert not [line for line in bridge.err if "CRITICAL" in line or "libsoup" in line], bridge.err


@test
def prometheus_scrapes_it():
    if not shutil.which("prometheus"):
        raise Skip("there is no prometheus")
    rtp, api = free_port(), free_port(socket.SOCK_STREAM)
    bridge, port = start("--output", "-", "--input", f"gate=rtp://127.0.0.1:{rtp}")
    bridge.wait_line("listening")
    config = write("prometheus.yml", "global:\n  scrape_interval: 1s\nscrape_configs:\n- job_name: metakafka\n"
                   f"  static_configs:\n  - targets: ['127.0.0.1:{port}']\n")
    prometheus = Program("prometheus", f"--config.file={config}", f"--storage.tsdb.path={FOLDER.name}/data",
                         f"--web.listen-address=127.0.0.1:{api}", "--log.level=warn",
                         path=shutil.which("prometheus"))

    def query(text):
        """The value, None for none"""
        try:
            status, _, body = ask(api, "/api/v1/query?query=" + text.replace('"', "%22"))
        except OSError:
            return None
        found = json.loads(body)["data"]["result"] if status == 200 else []
        return float(found[0]["value"][1]) if found else None

    send_together([(Sender(rtp), camera_frames(0, 40))])
    wait_for(lambda: query('metakafka_camera_records_total{camera="gate"}') == 40, "the records",
             3 * harness.PATIENCE)
    assert query('up{job="metakafka"}') == 1
    assert query('metakafka_camera_last_record_age_seconds{camera="gate"}') >= 0
    assert not [line for line in prometheus.lines if "duplicate" in line.lower() or "error" in line.lower()], \
        prometheus.lines
    assert prometheus.end(signal.SIGTERM)[0] == 0


harness.main(at_once=6)
