#!/usr/bin/python3
"""Options, lines and exit status of the four programs."""
import os
import signal
import socket
import subprocess

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
              ("bridge", "--port", "0"), ("bridge", "--port", "5000-"), ("bridge", "--port", "2-1"),
              ("bridge", "--port", "5000,5002"), ("bridge", "--listen", "nonsense"),
              ("bridge", "--interface", "no-such-0", "--listen", "239.1.2.3"), ("bridge", "--interface", "lo"),
              ("bridge", "--codec", "H264"), ("bridge", "--scan", "all"), ("bridge", "--uuid", "x"),
              ("bridge", "--max-streams", "0"), ("bridge", "--max-streams", "65537"),
              ("bridge", "--latency", "-1"), ("bridge", "--latency", "10001"), ("bridge", "--latency", "x"),
              ("bridge", "--listen", ""), ("bridge", "--interface", ""), ("bridge", "--uuid", ""),
              ("bridge", "--kafka-topic", "a b"),
              ("bridge", "--kafka-bootstrap", "a:b"), ("bridge", "--kafka-key", "{seq"),
              ("print", "--topic", ""), ("print", "--bootstrap", ""),
              ("bridge", "--kafka-topic", ""), ("bridge", "--kafka-bootstrap", ""),
              ("bridge", "--kafka-config", ""), ("print", "--kafka-config", ""),
              ("sender", "--host", ""), ("print", "--bootstrap", ":1"), ("print", "--group", ""),
              ("devbroker", "--port", "-1"), ("devbroker", "--topic", "t:0"),
              ("devbroker", "--topic", "a/b:1")]
    for args in wrong:
        status, out, err = run(*args)
        assert status == 2, (args, status)
        assert len(err) == 1 and len(out) <= 1, (args, out, err)
        assert err[0].startswith(f"metakafka-{args[0]}: "), err
        if args[0] == "bridge" and args[1] in ("--port", "--listen", "--interface", "--codec", "--scan",
                                               "--uuid", "--max-streams", "--latency"):
            assert args[1] in err[0] and not any("listening" in line for line in out), (args, out, err)
        # what lacks its value is named as one types it
        assert args[-1] != "" or err[0].startswith(f"metakafka-{args[0]}: {args[1]} needs"), err


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
    harness.wait_for(lambda: harness.is_bound(port), "the bridge to listen")
    sender = Program("sender", "--port", port, "--num-buffers", 50, "--fps", 100, stdout=subprocess.DEVNULL)
    assert sender.wait() == 0
    assert len(consume(address, "t", 50)) == 50
    assert reader.wait() == 0
    assert bridge.end()[0] == 0 and broker.end()[0] == 0


@test
def full_pipe_does_not_stop_the_bridge():
    broker, address = start_broker("t:1")
    read_end, write_end = os.pipe()
    port = free_port()
    bridge = Program("bridge", "--port", port, "--kafka-bootstrap", address, "--kafka-topic", "t",
                     "--verbose", stdout=write_end)
    os.close(write_end)
    harness.wait_for(lambda: harness.is_bound(port), "the bridge to listen")
    # 64 kB of pipe are full after some 300 records
    assert run("sender", "--port", port, "--num-buffers", 600, "--fps", 200)[0] == 0
    assert len(consume(address, "t", 600)) == 600
    status, seconds = bridge.end()
    assert status == 0 and seconds < 2
    assert "lines were not shown" in bridge.err[-1], bridge.err
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
    waiting = []
    for _ in range(2):
        bridge, udp = start_bridge(f"127.0.0.1:{free_port(socket.SOCK_STREAM)}", "t", "--verbose")
        assert run("sender", "--port", udp, "--num-buffers", 10, "--fps", 100)[0] == 0
        bridge.wait_line("sent seq=9 ")
        bridge.process.send_signal(signal.SIGINT)
        bridge.wait_line("waiting up to 30 s until Kafka has the last 10 records")
        waiting.append(bridge)
    # a second signal ends it at once
    status, seconds = waiting[0].end(signal.SIGTERM)
    assert status == 128 + signal.SIGTERM and seconds < 2, (status, seconds)
    assert waiting[1].wait(60) == 3
    assert "10 of 10 records did not reach Kafka" in waiting[1].err[-1], waiting[1].err


harness.main()
