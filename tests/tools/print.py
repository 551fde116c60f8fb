#!/usr/bin/python3
"""metakafka-print when nobody reads, the disk is full or the broker is away."""
import os
import re
import select
import signal
import socket
import subprocess
import tempfile

import harness
from harness import Forwarder, Program, find, free_port, produce, run, start_bridge, start_broker, test


def start_print(address, *args, topic="t", **keys):
    return Program("print", "--bootstrap", address, "--topic", topic, "--group", "g", *args, **keys)


@test
def every_record_is_shown_also_twins():
    broker, address = start_broker("t:3")
    produce(address, "t", b"1\n" * 5)
    reader = start_print(address)
    reader.wait_line(r"^\[Kafka\] 1$", count=5)
    produce(address, "t", b"1\n2\n")
    reader.wait_line(r"^\[Kafka\] 1$", count=6)
    reader.wait_line(r"^\[Kafka\] 2$")
    status, seconds = reader.end()
    assert status == 0 and seconds < 2, (status, seconds)
    assert reader.out[0] == f"[Kafka] subscribed to t @ {address}", reader.out
    assert len(reader.out) == 1 + 7 + 1 and not reader.err, reader.lines
    assert broker.end()[0] == 0


@test
def interrupted_on_a_full_pipe_loses_no_record():
    broker, address = start_broker("t:1")
    record = '{{"n":{},"x":"' + "y" * 900 + '"}}\n'
    produce(address, "t", "".join(record.format(n) for n in range(300)).encode())
    read_end, write_end = os.pipe()
    reader = start_print(address, stdout=write_end)
    harness.wait_for(lambda: not select.select([], [write_end], [], 0)[1], "the pipe to be full")
    os.close(write_end)
    status, seconds = reader.end()
    assert status == 0 and seconds < 2, (status, seconds)
    with os.fdopen(read_end, encoding="utf-8") as lines:
        shown = [int(n) for n in re.findall(r'^\[Kafka\] \{"n":(\d+),', lines.read(), re.M)]
    again = start_print(address)
    again.wait_line('"n":299,')
    shown += [int(n) for n in re.findall(r'"n":(\d+),', "\n".join(again.out))]
    assert shown == list(range(300)), shown
    assert again.end()[0] == 0 and broker.end()[0] == 0


def is_pending(pid):
    """Whether a signal has not reached the process yet (proc(5))."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return re.search(r"^ShdPnd:\t0*[1-9a-f]", status.read(), re.M)


@test
def interrupted_it_finishes_the_line_that_it_began():
    _, address = start_broker("t:1")
    produce(address, "t", b"".join(b'{"n":%d,"x":"%s"}\n' % (n, b"y" * 200000) for n in range(3)))
    read_end, write_end = os.pipe()
    reader = start_print(address, "--format", "raw", stdout=write_end)
    harness.wait_for(lambda: not select.select([], [write_end], [], 0)[1], "the pipe to be full")
    os.close(write_end)
    reader.process.send_signal(signal.SIGINT)
    harness.wait_for(lambda: not is_pending(reader.process.pid), "the signal to get there")
    with os.fdopen(read_end, "rb") as pipe:
        shown = pipe.read()
    assert reader.wait() == 0 and not reader.err, reader.err
    assert shown.endswith(b'y"}\n'), shown[-100:]


def read_once(fd):
    """What there is, or comes. From a pipe in packet mode, what one write took (pipe(7))."""
    assert select.select([fd], [], [], harness.PATIENCE)[0], "nothing to read"
    return os.read(fd, 1 << 16)


@test
def records_that_wait_share_writes_and_one_alone_comes_at_once():
    broker, address = start_broker("t:1")
    record = '{{"n":{},"x":"' + "y" * 280 + '"}}\n'
    produce(address, "t", "".join(record.format(n) for n in range(1000, 1600)).encode())
    read_end, write_end = os.pipe2(os.O_DIRECT)
    reader = start_print(address, stdout=write_end)
    os.close(write_end)
    writes = [read_once(read_end)]
    assert writes[0] == f"[Kafka] subscribed to t @ {address}\n".encode(), writes
    while b'"n":1599,' not in writes[-1]:
        writes.append(read_once(read_end))
    # 13 lines each, and a few less where a fetch ends
    assert all(text.endswith(b"\n") and len(text) <= 4096 for text in writes), writes
    assert b"".join(writes[1:]).count(b"\n") == 600 and len(writes) < 80, [len(text) for text in writes]
    for n in range(3):
        produce(address, "t", b"%d\n" % n)
        assert read_once(read_end) == b"[Kafka] %d\n" % n
    assert reader.end()[0] == 0 and broker.end()[0] == 0
    os.close(read_end)


@test
def a_reader_that_goes_away_ends_it_without_another_record():
    broker, address = start_broker("t:1")
    produce(address, "t", b"1\n")
    read_end, write_end = os.pipe()
    reader = start_print(address, stdout=write_end)
    os.close(write_end)
    seen = b""
    while b"] 1\n" not in seen:
        seen += os.read(read_end, 1000)
    os.close(read_end)
    assert reader.wait() == 0 and not reader.err, reader.err
    assert broker.end()[0] == 0


@test
def without_stdout_it_ends_at_once():
    broker, address = start_broker("t:1")
    reader = Program("sh", "-c", f'exec "{find("print")}" --bootstrap {address} >&-', path="/bin/sh")
    assert reader.wait() == 0 and not reader.lines, reader.lines
    assert broker.end()[0] == 0


@test
def a_full_disk_is_told():
    broker, address = start_broker("t:1")
    produce(address, "t", b"1\n")
    with open("/dev/full", "w", encoding="utf-8") as full:
        reader = start_print(address, stdout=full)
    assert reader.wait() == 1
    assert len(reader.err) == 1 and "No space left" in reader.err[0], reader.err
    # and the record is not lost
    again = start_print(address)
    again.wait_line(r"^\[Kafka\] 1$")
    assert again.end()[0] == 0 and broker.end()[0] == 0


@test
def a_frozen_broker_does_not_keep_it_from_ending():
    broker, address = start_broker("t:1")
    produce(address, "t", b"1\n")
    reader = start_print(address)
    reader.wait_line(r"^\[Kafka\] 1$")
    broker.process.send_signal(signal.SIGSTOP)
    status, seconds = reader.end()
    assert status == 0 and seconds < 10, (status, seconds)
    assert len(reader.err) == 1 and "did not answer within 3 s" in reader.err[0], reader.err
    broker.process.send_signal(signal.SIGCONT)
    assert broker.end()[0] == 0


@test
def a_broker_that_goes_and_comes_is_told_once():
    port = free_port(socket.SOCK_STREAM)
    reader = start_print(f"127.0.0.1:{port}")
    reader.wait_line("Could not reach Kafka at")
    broker, address = start_broker("t:1", port=port)
    # also while there is no record
    reader.wait_line("Kafka answers at")
    produce(address, "t", b"1\n")
    reader.wait_line(r"^\[Kafka\] 1$")
    assert broker.end()[0] == 0
    reader.wait_line("Could not reach Kafka at", count=2)
    assert len(reader.err) == 3, reader.err
    assert reader.end()[0] == 0


def get_advertised(address):
    """Where the broker says that it is."""
    out = subprocess.run(["kcat", "-L", "-b", address], capture_output=True, check=True,
                         timeout=harness.PATIENCE).stdout.decode()
    return re.search(r"broker 1 at (127\.0\.0\.1:\d+)", out).group(1)


@test
def an_advertised_address_that_cannot_be_used_is_told():
    broker, address = start_broker("t:1")
    address = get_advertised(address)
    port = address.split(":")[1]
    for host, why in (("x.invalid", "which does not resolve"),
                      ("127.0.0.9", "which cannot be reached .*Connection refused")):
        forwarder = Forwarder(address, host)
        reader = start_print(forwarder.address, topic="t")
        line = reader.wait_line(f"advertises the address {host}:{port}, {why}")
        assert f"Broker 1 of Kafka at {forwarder.address} " in line, line
        assert "advertised.listeners" in line, line
        # somebody mends it
        forwarder.host = "127.0.0.1"
        reader.wait_line(f"Broker 1 of Kafka at {forwarder.address} answers at {address}")
        assert len(reader.err) == 2, reader.err
        assert reader.end()[0] == 0
    assert broker.end()[0] == 0


@test
def ipv6_works():
    broker, address = start_broker("t:1")
    produce(address, "t", b"1\n")
    # what the broker then says of itself is ::1, too
    address = get_advertised(address)
    port = int(address.split(":")[1])
    forwarder = Forwarder(address, "0:0:0::01", "::1", port)
    reader = start_print(forwarder.address)
    reader.wait_line(r"^\[Kafka\] 1$")
    assert not reader.err and forwarder.address == f"[::1]:{port}", reader.err
    assert reader.end()[0] == 0 and broker.end()[0] == 0


def answer_http(connection):
    with connection:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


def answer_ssh(connection):
    with connection:
        connection.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        connection.recv(1000)


def answer_tls(connection):
    with connection:
        connection.recv(1000)
        connection.sendall(bytes.fromhex("15030300020246"))


def answer_nothing(connection):
    with connection:
        while connection.recv(1000):
            pass


def hang_up(connection):
    with connection:
        connection.recv(1000)


@test
def what_answers_and_is_not_kafka_is_told():
    for serve, words, args in (
            (answer_http, "this is the port of a web server", ()),
            (answer_ssh, "is not Kafka", ()),
            (answer_tls, "expects TLS", ()),
            (hang_up, "expects TLS", ()),
            (answer_nothing, "takes connections", ("-X", "api.version.request.timeout.ms=1000")),
            (answer_http, "does not speak TLS", ("-X", "security.protocol=ssl"))):
        address = harness.listen(serve)
        reader = start_print(address, *args)
        bridge, _ = start_bridge(address, "t", *args)
        for program, wait in ((reader, "trying"), (bridge, "records wait")):
            line = program.wait_line(f"{wait} until that works")
            assert f"Could not talk to Kafka at {address}" in line and words in line, line
            assert not any("Could not reach" in line for line in program.err), program.err
            assert program.end()[0] == 0


@test
def a_name_without_address_is_told():
    reader = start_print("x.invalid:9092")
    bridge, _ = start_bridge("x.invalid:9092", "t")
    for program, wait in ((reader, "trying"), (bridge, "records wait")):
        program.wait_line(f"Could not find the host of Kafka at x.invalid:9092 .*: {wait} until its"
                          " name resolves; .*DNS")
        assert program.end()[0] == 0 and len(program.err) == 1, program.err


@test
def head_ends_it_without_another_record():
    broker, address = start_broker("t:1")
    produce(address, "t", b"1\n" * 8)
    command = f'"{find("print")}" --bootstrap {address} --topic t | head -n 5'
    pipe = Program("sh", "-c", command, path="/bin/sh")
    assert pipe.wait() == 0 and len(pipe.out) == 5 and not pipe.err, pipe.lines
    assert broker.end()[0] == 0


@test
def settings_are_those_of_the_bridge():
    path = os.path.join(tempfile.mkdtemp(), "settings")
    with open(path, "w", encoding="utf-8") as file:
        file.write("group.id=g\nsasl.password=hunter2\nauto.offset.reset=latest\n")
    wrong = [(("-X", "fetch.wait.max.ms"), "not of the form KEY=VALUE"),
             (("-X", "=x"), "not of the form KEY=VALUE"),
             (("-X", "sasl.password=hunter2"), "shows a secret"),
             (("--kafka-setting", "sasl.password=${NO_SUCH}"), "NO_SUCH"),
             (("-X", "no.such=1"), "no.such"),
             (("-X", "security.protocol=sasl_plaintext"), "sasl.mechanism"),
             (("-X", "security.protocol=ssl", "-X", "ssl.ca.location=/no/ca"), "/no/ca"),
             (("--kafka-config", path + ".not"), path + ".not"),
             (("--kafka-config", path, "-X", "security.protocol=sasl_plaintext", "-X",
               "sasl.mechanism=PLAIN"), "sasl.username")]
    for args, words in wrong:
        said = []
        for name in ("print", "bridge"):
            status, _, err = run(name, *args)
            assert status == 2 and len(err) == 1 and words in err[0], (name, args, status, err)
            assert "hunter2" not in err[0], err
            said.append(err[0].split(": ", 1)[1])
        assert said[0] == said[1], said
    # and -X goes over the file
    broker, address = start_broker("t:1")
    produce(address, "t", b"1\n")
    reader = Program("print", "--bootstrap", address, "--topic", "t", "--kafka-config", path,
                     "-X", "auto.offset.reset=earliest")
    reader.wait_line(r"^\[Kafka\] 1$")
    assert reader.end()[0] == 0 and broker.end()[0] == 0


@test
def settings_that_do_not_go_together_are_told():
    """By librdkafka, which compares them when the reader is opened. Nothing of that is left behind then, as the
    sanitizers see."""
    status, out, err = run("print", "-X", "session.timeout.ms=10", "-X", "max.poll.interval.ms=1", "--fields", "a",
                           "--filter", "b~c", "--stats")
    assert status == 2 and not out and len(err) == 1, (status, out, err)
    assert "librdkafka does not accept its settings: `max.poll.interval.ms`" in err[0], err


@test
def a_signal_to_program_and_group_is_one():
    """As timeout(1) sends it."""
    broker, address = start_broker("t:1")
    reader = start_print(address)
    reader.wait_line("subscribed")
    reader.process.send_signal(signal.SIGTERM)
    status, _ = reader.end(signal.SIGTERM)
    assert status == 0 and reader.out[-1] == "[Kafka] interrupted, closing…", (status, reader.lines)
    assert broker.end()[0] == 0


@test
def wrong_names_are_told_with_what_is_right():
    for args, words in ((("--topic", "a b"), "1 to 249"), (("--topic", ".."), "1 to 249"),
                        (("--bootstrap", "h:0"), "HOST:PORT"),
                        (("--bootstrap", "::1:9092"), "write [::1]:9092"), (("--bootstrap", ""), "HOST:PORT"),
                        (("--group", ""), "--group"), (("--no-such",), "--help")):
        status, out, err = run("print", *args)
        assert status == 2 and not out and len(err) == 1 and words in err[0], (args, status, err)


@test
def it_goes_on_where_the_group_left_off():
    broker, address = start_broker("t:1")
    produce(address, "t", b"1\n2\n")
    first = Program("print", "--bootstrap", address, "--topic", "t")
    first.wait_line(r"\[Kafka\] 2")
    assert first.end()[0] == 0
    produce(address, "t", b"3\n")
    second = Program("print", "--bootstrap", address, "--topic", "t")
    second.wait_line(r"\[Kafka\] 3", 60)
    assert second.end()[0] == 0
    assert not [line for line in second.out if re.fullmatch(r"\[Kafka\] [12]", line)], second.out


@test
def every_partition_counts_as_read():
    broker, address = start_broker("t:3")
    for partition in "012":
        produce(address, "t", f"[{partition},1]\n[{partition},2]\n".encode(), "-p", partition)
    first = start_print(address)
    first.wait_line(r"^\[Kafka\] \[.,2\]$", count=3)
    assert first.end()[0] == 0
    for partition in "012":
        produce(address, "t", f"[{partition},3]\n".encode(), "-p", partition)
    second = start_print(address)
    second.wait_line(r"^\[Kafka\] \[.,3\]$", count=3)
    assert second.end()[0] == 0
    assert not any(re.search(r"\[.,[12]\]", line) for line in second.out), second.out
    assert broker.end()[0] == 0


@test
def any_value_is_one_line():
    broker, address = start_broker("t:1")
    values = [
        (b'{"a" : 1.50 , "b":[ 1e400 ]}', '{"a":1.50,"b":[1e400]}'),
        (b'[1, 2]', "[1,2]"), (b'"x"', '"x"'), (b"true", "true"), (b"null", "null"),
        (b"NaN", '{"raw":"NaN"}'), (b"\xff", '{"raw":"\ufffd"}'),
        (b'\xef\xbb\xbf[ 1 ]\0', "[1]"), (b"\xef\xbb\xbfx", '{"raw":"\ufeffx"}'),
        (b"a\0b", '{"raw":"a\ufffdb"}'), (b'{"a":"\\u0000"}', '{"a":"\\u0000"}'),
        (b'{"a":1}\0', '{"a":1}'),
        ('{"a":"\u202e\u0085\u007f"}'.encode(), '{"a":"\\u202e\\u0085\\u007f"}'),
        (b"\x1b[31m", '{"raw":"\\u001b[31m"}'),
    ]
    for value, _ in values:
        subprocess.run(["kcat", "-P", "-b", address, "-t", "t", "-D", "\x02"], input=value, check=True)
    # an empty value, and none at all
    produce(address, "t", b"k:\n", "-K", ":")
    produce(address, "t", b"k:\n", "-K", ":", "-Z")
    reader = Program("print", "--bootstrap", address, "--topic", "t", env={"LC_ALL": "C"})
    reader.wait_line(r"^\[Kafka\] [^s]", count=len(values) + 2)
    shown = [line[len("[Kafka] "):] for line in reader.out if "subscribed" not in line]
    assert shown == [text for _, text in values] + ['{"raw":""}', "null"], shown
    assert reader.end()[0] == 0


@test
def a_broker_that_comes_later_is_waited_for():
    port = free_port(socket.SOCK_STREAM)
    reader = Program("print", "--bootstrap", f"127.0.0.1:{port}", "--topic", "late")
    reader.wait_line("Could not reach Kafka")
    broker, address = start_broker("late:1", port=port)
    produce(address, "late", b"{}\n")
    reader.wait_line(r"\[Kafka\] \{\}")
    assert sum("Could not reach" in line for line in reader.err) == 1, reader.err
    assert reader.end()[0] == 0


harness.main(at_once=4)
