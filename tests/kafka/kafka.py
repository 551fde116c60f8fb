#!/usr/bin/python3
"""The whole line against real Kafka, seen through kcat."""
import os
import re
import subprocess

import harness
from harness import Program, Skip, consume, produce, run, start_bridge, test

ADDRESS = os.environ.get("KAFKA_BOOTSTRAP")
CLUSTER = os.path.join(os.environ["METAKAFKA_SRC"], "tests", "kafka", "cluster")


def create(topic, partitions):
    made = subprocess.run([CLUSTER, "topic", topic, str(partitions), "--bootstrap", ADDRESS],
                          capture_output=True, timeout=120)
    if made.returncode == 77:
        raise Skip(made.stderr.decode().strip())
    assert made.returncode == 0, made.stderr


def make_topic(name, partitions):
    """A topic of its own for each test and run."""
    if not ADDRESS:
        raise Skip("no Kafka: start one with tests/kafka/cluster start and set KAFKA_BOOTSTRAP")
    topic = f"{name}-{os.getpid()}"
    create(topic, partitions)
    return topic


LABELS = (b"person", b"car", b"dog", b"bicycle")


def expected(seq, stream=b"cam01"):
    """The value of a frame's record, as a pattern."""
    confidence = b"%g" % (0.50 + seq % 50 / 100)
    return (rb'\{"stream_id":"%s","seq":%d,"ts_ns":(\d+),"objects":\[\{"id":"obj-%d","label":"%s",'
            rb'"confidence":%s,"bbox":\{"x":0\.%d,"y":0\.1,"w":0\.3,"h":0\.3\}\}\],"source":"seiinject",'
            rb'"bridge_ts_ns":[1-9]\d*,"sender_ts_ns":(\d+)\}'
            % (stream, seq, seq % 9999 + 1, LABELS[seq % 4], re.escape(confidence), 1 + seq % 5))


def check(records, frames):
    assert len(records) == frames
    for seq, (_, key, value) in enumerate(records):
        match = re.fullmatch(expected(seq), value)
        assert match and match.group(1) == match.group(2), (seq, value)
        assert key == b"%d" % seq, (seq, key)


@test
def three_thousand_frames_are_three_thousand_records_in_order():
    topic = make_topic("one", 1)
    bridge, port = start_bridge(ADDRESS, topic)
    assert run("sender", "--port", port, "--num-buffers", 3000, "--fps", "100/1", seconds=90)[0] == 0
    assert bridge.end()[0] == 0, bridge.err
    assert harness.count_records(ADDRESS, topic) == 3000
    check(consume(ADDRESS, topic, 3000), 3000)


@test
def three_partitions_hold_each_record_once():
    topic = make_topic("three", 3)
    bridge, port = start_bridge(ADDRESS, topic)
    assert run("sender", "--port", port, "--num-buffers", 1000, "--fps", "100/1", seconds=60)[0] == 0
    assert bridge.end()[0] == 0, bridge.err
    records = consume(ADDRESS, topic, 1000)
    assert len({partition for partition, _, _ in records}) == 3
    check(sorted(records, key=lambda record: int(record[1])), 1000)


@test
def print_shows_every_record():
    topic = make_topic("print", 1)
    bridge, port = start_bridge(ADDRESS, topic)
    reader = Program("print", "--bootstrap", ADDRESS, "--topic", topic, "--group", topic)
    assert run("sender", "--port", port, "--num-buffers", 100, "--fps", "100/1")[0] == 0
    reader.wait_line(r"^\[Kafka\] \{", count=100)
    shown = [line[8:].encode() for line in reader.out if line.startswith("[Kafka] {")]
    assert all(re.fullmatch(expected(seq), line) for seq, line in enumerate(shown))
    status, seconds = reader.end()
    assert status == 0 and seconds < 2, (status, seconds)
    assert bridge.end()[0] == 0


@test
def records_wait_for_a_topic_that_is_made_later():
    topic = make_topic("first", 1) + ".later"
    bridge, port = start_bridge(ADDRESS, topic)
    assert run("sender", "--port", port, "--num-buffers", 100, "--fps", "100/1")[0] == 0
    bridge.wait_line("has no topic")
    create(topic, 1)
    check(consume(ADDRESS, topic, 100), 100)
    assert bridge.end()[0] == 0, bridge.err


@test
def print_waits_for_a_topic_that_is_made_later():
    topic = make_topic("second", 1) + ".later"
    reader = Program("print", "--bootstrap", ADDRESS, "--topic", topic, "--group", topic)
    reader.wait_line("has no topic")
    create(topic, 1)
    reader.wait_line("Topic .* is available")
    produce(ADDRESS, topic, b"{}\n")
    reader.wait_line(r"^\[Kafka\] \{\}$")
    status, seconds = reader.end()
    assert status == 0 and seconds < 2 and len(reader.err) == 2, (status, seconds, reader.err)


@test
def print_ends_at_once_after_its_topic_was_deleted():
    topic = make_topic("deleted", 1)
    produce(ADDRESS, topic, b"1\n")
    reader = Program("print", "--bootstrap", ADDRESS, "--topic", topic, "--group", topic)
    reader.wait_line(r"^\[Kafka\] 1$")
    subprocess.run([CLUSTER, "delete-topic", topic, "--bootstrap", ADDRESS], check=True, timeout=120)
    reader.wait_line("has no topic")
    status, seconds = reader.end()
    assert status == 0 and seconds < 2 and len(reader.err) == 1, (status, seconds, reader.err)


harness.main()
