#!/usr/bin/python3
"""Options, lines and exit status of the four programs."""
import os
import re
import signal
import socket
import subprocess
import time

import harness
from harness import Program, consume, free_port, run, start_bridge, start_broker, test

NAMES = ("sender", "bridge", "print", "devbroker")


@test
def version_and_help():
    for name in NAMES:
        status, out, err = run(name, "--version")
        assert (status, out, err) == (0, [f"metakafka-{name} 0.1.0"], []), (out, err)
        status, out, err = run(name, "--help", env={"LC_ALL": "C", "LANG": "C"})
        assert status == 0 and not err and any("--version" in line for line in out)


@test
def wrong_usage_is_one_sentence_and_status_2():
    wrong = [(name, "--no-such-option") for name in NAMES]
    wrong += [(name, "stray") for name in NAMES]
    wrong += [("sender", "--port", "0"), ("sender", "--port", "65536"), ("sender", "--port", "x"),
              ("sender", "--fps", "0"), ("sender", "--fps", "30/0"), ("sender", "--fps", "a"),
              ("sender", "--num-buffers", "-2"),
              ("bridge", "--port", "0"), ("bridge", "--kafka-topic", "a b"),
              ("bridge", "--kafka-bootstrap", "a:b"), ("bridge", "--kafka-key", "{seq"),
              ("print", "--topic", ""), ("print", "--bootstrap", ":1"), ("print", "--group", ""),
              ("devbroker", "--port", "-1"), ("devbroker", "--topic", "t:0"),
              ("devbroker", "--topic", "a/b:1")]
    for args in wrong:
        status, out, err = run(*args)
        assert status == 2, (args, status)
        assert len(err) == 1 and len(out) <= 1, (args, out, err)
        assert err[0].startswith(f"metakafka-{args[0]}: "), err


@test
def sender_says_where_to_and_ends():
    status, out, err = run("sender", "--num-buffers", 0, "--stream-id", "x y")
    assert (status, err) == (0, []) and out == [
        "[Sender] RTP/H264 → udp://127.0.0.1:5000 , stream_id=x y, num-buffers=0", "[Sender] EOS"], out
    # a closed port is no error
    status, out, err = run("sender", "--num-buffers", 5, "--fps", "100", "--port", free_port(),
                           "--host", "localhost")
    assert (status, err) == (0, []) and "udp://127.0.0.1:" in out[0] and out[-1] == "[Sender] EOS"
    status, out, err = run("sender", "--num-buffers", 0, "--host", "::1")
    assert status == 0 and "udp://[::1]:5000" in out[0]
    status, out, err = run("sender", "--num-buffers", 1, "--host", "no.such.host.invalid")
    assert status == 1 and len(err) == 1 and "no.such.host.invalid" in err[0], err


@test
def lines_are_utf8_in_every_locale():
    for locale in ("C", "POSIX", "de_DE.ISO-8859-1"):
        status, out, _ = run("sender", "--num-buffers", 0, "--stream-id", "Jürgen",
                             env={"LC_ALL": locale})
        assert status == 0 and "→" in out[0] and "Jürgen" in out[0], out


@test
def every_signal_ends_every_program_cleanly():
    broker, address = start_broker("t:1")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        bridge, port = start_bridge(address, "t", "--verbose")
        reader = Program("print", "--bootstrap", address, "--topic", "t", "--group", str(number))
        sender = Program("sender", "--port", port)
        reader.wait_line(r"\[Kafka\] \{", count=10)
        for program, line in ((sender, "[Sender] Shutting down..."),
                              (bridge, "[Bridge] Shutting down..."),
                              (reader, "[Kafka] interrupted, closing…")):
            status, seconds = program.end(number)
            assert status == 0 and seconds < 2, (program.name, number, status, seconds, program.err)
            assert line in program.out, program.out[-3:]
        assert sender.out[-1] == "[Sender] EOS"
        # all that was handed over is there
        sent = sum("[Bridge][KAFKA] sent" in line for line in bridge.out)
        every_signal_ends_every_program_cleanly.total += sent
        assert harness.count_records(address, "t") == every_signal_ends_every_program_cleanly.total
    status, seconds = broker.end()
    assert status == 0 and seconds < 2, (status, seconds)


every_signal_ends_every_program_cleanly.total = 0


@test
def ports_in_use_are_named():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t")
    status, _, err = run("bridge", "--port", port, "--kafka-bootstrap", address, "--kafka-topic", "t")
    assert status == 1 and len(err) == 1 and str(port) in err[0] and "--port" in err[0], err
    status, _, err = run("devbroker", "--port", address.split(":")[1])
    assert status == 1 and len(err) == 1 and "--port" in err[0], err
    assert bridge.end()[0] == 0 and broker.end()[0] == 0


@test
def closed_pipe_ends_print_and_mutes_the_others():
    broker, address = start_broker("t:1")
    read_end, write_end = os.pipe()
    port = free_port()
    bridge = Program("bridge", "--port", port, "--kafka-bootstrap", address, "--kafka-topic", "t",
                     "--verbose", stdout=write_end)
    reader = Program("print", "--bootstrap", address, "--topic", "t", stdout=write_end)
    os.close(write_end)
    os.close(read_end)
    harness.wait_for(lambda: port_is_bound(port), "the bridge to listen")
    sender = Program("sender", "--port", port, "--num-buffers", 50, "--fps", 100, stdout=subprocess.DEVNULL)
    assert sender.wait() == 0
    assert len(consume(address, "t", 50)) == 50
    assert reader.wait() == 0
    assert bridge.end()[0] == 0 and broker.end()[0] == 0


def port_is_bound(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.bind(("0.0.0.0", port))
            return False
        except OSError:
            return True


@test
def full_pipe_does_not_stop_the_bridge():
    broker, address = start_broker("t:1")
    read_end, write_end = os.pipe()
    port = free_port()
    bridge = Program("bridge", "--port", port, "--kafka-bootstrap", address, "--kafka-topic", "t",
                     "--verbose", stdout=write_end)
    os.close(write_end)
    harness.wait_for(lambda: port_is_bound(port), "the bridge to listen")
    # 64 kB of pipe are full after some 300 records
    assert run("sender", "--port", port, "--num-buffers", 600, "--fps", 200)[0] == 0
    assert len(consume(address, "t", 600)) == 600
    status, seconds = bridge.end()
    assert status == 0 and seconds < 2
    os.close(read_end)


@test
def bridge_delivers_what_came_before_the_broker():
    port = free_port(socket.SOCK_STREAM)
    bridge, udp = start_bridge(f"127.0.0.1:{port}", "t")
    assert run("sender", "--port", udp, "--num-buffers", 100, "--fps", 100)[0] == 0
    bridge.wait_line("Could not reach Kafka")
    broker, address = start_broker("t:1", port=port)
    records = consume(address, "t", 100)
    assert [key for _, key, _ in records] == [str(i).encode() for i in range(100)]
    bridge.wait_line("Kafka answers")
    assert bridge.end()[0] == 0
    assert sum("Could not reach" in line for line in bridge.err) == 1, bridge.err


@test
def undelivered_records_give_status_3():
    bridge, udp = start_bridge(f"127.0.0.1:{free_port(socket.SOCK_STREAM)}", "t", "--verbose")
    assert run("sender", "--port", udp, "--num-buffers", 10, "--fps", 100)[0] == 0
    bridge.wait_line("sent seq=9 ")
    bridge.process.send_signal(signal.SIGINT)
    bridge.wait_line("waiting up to 30 s until Kafka has the last 10 records")
    status, seconds = bridge.end(signal.SIGTERM)
    assert status == 128 + signal.SIGTERM and seconds < 2, (status, seconds)


@test
def print_goes_on_where_the_group_left_off():
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


def produce(address, topic, lines, *args):
    subprocess.run(["kcat", "-P", "-b", address, "-t", topic, *args], input=lines, check=True,
                   timeout=harness.PATIENCE)


@test
def print_shows_any_value_on_one_line():
    broker, address = start_broker("t:1")
    values = [
        (b'{"a" : 1.50 , "b":[ 1e400 ]}', '{"a":1.50,"b":[1e400]}'),
        (b'[1, 2]', "[1,2]"), (b'"x"', '"x"'), (b"true", "true"), (b"null", "null"),
        (b"NaN", '{"raw":"NaN"}'), (b"\xff", '{"raw":"\ufffd"}'),
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
def print_waits_for_a_topic_that_is_not_there():
    port = free_port(socket.SOCK_STREAM)
    reader = Program("print", "--bootstrap", f"127.0.0.1:{port}", "--topic", "late")
    reader.wait_line("Could not reach Kafka")
    broker, address = start_broker("late:1", port=port)
    produce(address, "late", b"{}\n")
    reader.wait_line(r"\[Kafka\] \{\}")
    assert sum("Could not reach" in line for line in reader.err) == 1, reader.err
    assert reader.end()[0] == 0


harness.main()
