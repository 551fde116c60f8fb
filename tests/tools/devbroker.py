#!/usr/bin/python3
"""metakafka-devbroker: its topics and the forwarder in front of them."""
import json
import os
import re
import signal
import socket
import struct
import subprocess
import tempfile

import harness
from harness import PATIENCE, Program, consume, free_port, run, start_broker, test

# ApiVersions, version 0, correlation 7, no client id
QUESTION = struct.pack("!ihhih", 10, 18, 0, 7, -1)


def connect(address):
    host, port = address.split(":")
    return socket.create_connection((host, int(port)), PATIENCE)


def read_answer(connection):
    """Returns the correlation."""
    with connection.makefile("rb") as stream:
        size, = struct.unpack("!i", stream.read(4))
        answer = stream.read(size)
    assert len(answer) == size
    return struct.unpack("!i", answer[:4])[0]


def topics_at(address):
    out = subprocess.run(["kcat", "-L", "-J", "-b", address], capture_output=True, check=True,
                         timeout=PATIENCE).stdout
    return {t["topic"]: len(t["partitions"]) for t in json.loads(out)["topics"]}


def open_files(program):
    return len(os.listdir(f"/proc/{program.process.pid}/fd"))


@test
def topics_have_their_partitions():
    broker, address = start_broker()
    broker.wait_line("for development only")
    assert broker.out[0] == f"[Broker] listening {address} topics=rr.metadata.sei:1", broker.out
    assert topics_at(address) == {"rr.metadata.sei": 1}
    broker2, address2 = start_broker("a:3", "b", "c.d-e_f:1000")
    assert broker2.out[0] == f"[Broker] listening {address2} topics=a:3,b,c.d-e_f:1000", broker2.out
    assert topics_at(address2) == {"a": 3, "b": 1, "c.d-e_f": 1000}
    for program in (broker, broker2):
        status, seconds = program.end()
        assert status == 0 and seconds < 2 and not program.err, (status, seconds, program.err)
        assert program.out[-1] == "[Broker] Shutting down..."


@test
def wrong_topics_and_ports_are_told():
    for args in (("--topic", "t:0"), ("--topic", "t:1001"), ("--topic", "t:x"), ("--topic", "t:1:1"),
                 ("--topic", ":1"), ("--topic", ""), ("--topic", "a b:1"), ("--topic", "..:1"),
                 ("--topic", "t:1", "--topic", "t:2"), ("--port", "65536"), ("--port", "-1"),
                 ("--port", "x")):
        status, out, err = run("devbroker", *args)
        assert status == 2 and not out and len(err) == 1, (args, status, out, err)


@test
def a_port_in_use_is_told():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, out, err = run("devbroker", "--port", port)
    assert status == 1 and not out and len(err) == 1 and f"port {port}" in err[0], (out, err)


@test
def it_listens_on_loopback_alone():
    broker, address = start_broker()
    with open("/proc/net/tcp", encoding="ascii") as table:
        listening = [line.split()[1] for line in table if line.split()[3] == "0A"]
    port = int(address.split(":")[1])
    assert [a for a in listening if a.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
    assert broker.end()[0] == 0


@test
def values_pass_unchanged():
    broker, address = start_broker("t:1")
    values = [os.urandom(n) for n in (1, 1000, 100000, 900000)]
    for value in values:
        with tempfile.NamedTemporaryFile() as file:
            file.write(value)
            file.flush()
            subprocess.run(["kcat", "-P", "-b", address, "-t", "t", file.name], check=True,
                           timeout=PATIENCE)
    assert [value for _, _, value in consume(address, "t", len(values))] == values
    assert broker.end()[0] == 0


@test
def connections_come_and_go_without_a_trace():
    broker, address = start_broker()
    with connect(address) as first:
        first.sendall(QUESTION)
        assert read_answer(first) == 7
        before = open_files(broker)
        many = [connect(address) for _ in range(100)]
        for connection in many:
            connection.sendall(QUESTION)
        for connection in many:
            assert read_answer(connection) == 7
        harness.wait_for(lambda: open_files(broker) >= before + 3 * len(many), "all of them")
        # ended in order, in one direction only, and broken off
        for n, connection in enumerate(many):
            if n % 3 == 1:
                connection.shutdown(socket.SHUT_WR)
                assert connection.recv(1) == b""
            elif n % 3 == 2:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        harness.wait_for(lambda: open_files(broker) <= before, "them to be gone")
        # the first is as it was
        first.sendall(QUESTION)
        assert read_answer(first) == 7
    assert broker.end()[0] == 0


@test
def a_proxy_is_not_asked_for_the_way():
    broker = Program("devbroker", "--port", "0", env={
        "all_proxy": "socks5://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1", "no_proxy": ""})
    line = broker.wait_line(r"listening 127\.0\.0\.1:\d+")
    with connect(re.search(r"127\.0\.0\.1:\d+", line).group()) as connection:
        connection.sendall(QUESTION)
        assert read_answer(connection) == 7
    assert broker.end()[0] == 0


@test
def nonsense_ends_its_connection_alone():
    broker, address = start_broker()
    with connect(address) as bad, connect(address) as good:
        bad.sendall(b"GET / HTTP/1.1\r\n\r\n" + b"\xff" * 1000)
        bad.shutdown(socket.SHUT_WR)
        try:
            while bad.recv(1000):
                pass
        except ConnectionResetError:
            pass
        good.sendall(QUESTION)
        assert read_answer(good) == 7
    assert broker.end()[0] == 0


@test
def open_connections_do_not_keep_it_from_ending():
    broker, address = start_broker()
    with connect(address) as connection:
        connection.sendall(QUESTION)
        assert read_answer(connection) == 7
        status, seconds = broker.end(signal.SIGTERM)
        assert status == 0 and seconds < 2, (status, seconds)
        try:
            assert connection.recv(1) == b""
        except ConnectionResetError:
            pass


@test
def its_port_is_free_again_at_once():
    broker, address = start_broker(port=free_port(socket.SOCK_STREAM))
    with connect(address) as connection:
        connection.sendall(QUESTION)
        assert read_answer(connection) == 7
        assert broker.end()[0] == 0
    again, address_again = start_broker(port=address.split(":")[1])
    assert address_again == address
    assert again.end()[0] == 0


harness.main()
