#!/usr/bin/python3
"""The whole line against real Kafka, seen through kcat."""
import ctypes
import datetime
import json
import os
import re
import select
import subprocess
import time

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


def look(topic, *args):
    """What a reader shows that ends by itself."""
    status, out, err = run("print", "--bootstrap", ADDRESS, "--topic", topic, *args)
    assert status == 0 and not err, (status, err)
    return [line[len("[Kafka] "):] for line in out[1:]]


@test
def print_begins_at_a_time():
    topic = make_topic("times", 2)
    for turn in range(3):
        for partition in ("0", "1"):
            produce(ADDRESS, topic, b"[%d,%s]\n" % (turn, partition.encode()), "-p", partition)
        # what comes next is later
        now = time.time()
        harness.wait_for(lambda: time.time() > now + 0.002, "another millisecond")
    records = [json.loads(line) for line in run("print", "--bootstrap", ADDRESS, "--topic", topic, "--format", "json",
                                                "--offset", "beginning", "--exit-at-end")[1]]
    times = {tuple(record["value"]): record["timestamp"] for record in records}
    assert len(times) == 6 and times[1, 0] < times[2, 0] and times[0, 1] < times[1, 1], times
    for begin in (times[1, 0], times[1, 1], times[1, 1] + 1, times[2, 0], times[2, 1], 0, times[2, 1] + 1):
        expected = sorted(json.dumps(value, separators=(",", ":")) for value, ms in times.items() if ms >= begin)
        date = datetime.datetime.fromtimestamp(begin / 1000, datetime.timezone.utc).isoformat(timespec="milliseconds")
        for where in (f"@{begin}" if begin > 1e11 else "@0", f"@{begin / 1000:.3f}", "@" + date):
            assert sorted(look(topic, "--offset", where, "--exit-at-end")) == expected, (where, times)
    assert len(look(topic, "--offset", "@-1h", "--exit-at-end")) == 6
    assert look(topic, "--offset", "@-0s", "--exit-at-end", "--partition", 1) == []
    # what is ahead of all begins with what comes
    reader = Program("print", "--bootstrap", ADDRESS, "--topic", topic, "--offset", "@2200-01-01T00:00:00Z",
                     "--count", 1)
    reader.wait_line("reading")
    harness.wait_for(lambda: produce(ADDRESS, topic, b"9\n") or reader.process.poll() is not None, "a record")
    assert reader.wait() == 0 and reader.out[1:] == ["[Kafka] 9"], reader.lines


def produce_without_time(topic, partition, value):
    rdkafka, producer = harness.start_producer(ADDRESS)
    # RD_KAFKA_VTYPE_TOPIC, _PARTITION, _VALUE, _TIMESTAMP and _END
    assert not rdkafka.rd_kafka_producev(producer, 1, topic.encode(), 3, partition, 4, value,
                                         ctypes.c_size_t(len(value)), 8, ctypes.c_int64(-1), 0)
    assert not rdkafka.rd_kafka_flush(producer, int(1000 * harness.PATIENCE))


@test
def print_finds_times_beside_records_without():
    topic = make_topic("timeless", 2)
    produce_without_time(topic, 0, b"0")
    assert look(topic, "--offset", "beginning", "--exit-at-end", "--time") == ["- 0"]
    # where no record has a time, nothing says that Kafka looks for them
    status, _, err = run("print", "--bootstrap", ADDRESS, "--topic", topic, "--offset", "@-1h", "--exit-at-end")
    assert status == 1 and "does not find records by their time" in err[0], (status, err)
    produce(ADDRESS, topic, b"1\n", "-p", "1")
    assert look(topic, "--offset", "@-1h", "--exit-at-end") == ["1"]
    assert look(topic, "--offset", "@2200-01-01T00:00:00Z", "--exit-at-end") == []


@test
def print_sets_the_position_of_a_group_that_had_readers():
    topic = make_topic("position", 1)
    produce(ADDRESS, topic, b"".join(b"%d\n" % n for n in range(10)))
    group = ("--group", topic)
    assert look(topic, *group, "--count", 3) == ["0", "1", "2"]
    assert look(topic, *group, "--partition", 0, "--count", 1) == ["3"]
    assert look(topic, *group, "--offset", "-2", "--count", 1) == ["8"]
    assert look(topic, *group, "--exit-at-end") == ["9"]
    # without it, nothing is changed
    assert look(topic, "--offset", "beginning", "--count", 2) == ["0", "1"]
    assert look(topic, *group, "--offset", "4", "--count", 1) == ["4"]
    assert look(topic, *group, "--count", 2) == ["5", "6"]


@test
def print_gives_partitions_up_behind_what_it_has_shown():
    """Its stdout is read slowly: it always has records that are not written yet."""
    topic, count = make_topic("shared", 2), 20000
    for partition in "01":
        lines = "".join(f'["{partition}","{n:0100}"]\n' for n in range(count))
        produce(ADDRESS, topic, lines.encode(), "-p", partition)
    for strategy in ("range", "cooperative-sticky"):
        args = ("--bootstrap", ADDRESS, "--topic", topic, "--group", topic + strategy, "--format", "raw",
                "-X", "partition.assignment.strategy=" + strategy)
        read_end, write_end = os.pipe()
        first = Program("print", *args, stdout=write_end)
        os.close(write_end)
        text = os.read(read_end, 1 << 12)
        second = Program("print", *args)
        while not second.out:
            assert text.count(b"\n") < 2 * count, "the second one got none"
            text += os.read(read_end, 1 << 12)
            time.sleep(0.01)
        while text.count(b"\n") + len(second.out) < 2 * count:
            if select.select([read_end], [], [], 0.1)[0]:
                text += os.read(read_end, 1 << 16)
        for reader in (first, second):
            assert reader.end()[0] == 0 and not reader.err, reader.err
        with os.fdopen(read_end, "rb") as pipe:
            found = (text + pipe.read()).decode().splitlines() + second.out
        assert len(set(found)) == len(found) == 2 * count, (strategy, len(set(found)), len(found))


@test
def print_reads_from_an_offset_of_a_topic_that_is_made_later():
    topic = make_topic("third", 1) + ".later"
    reader = Program("print", "--bootstrap", ADDRESS, "--topic", topic, "--offset", "beginning", "--count", 1)
    reader.wait_line("has no topic")
    create(topic, 1)
    produce(ADDRESS, topic, b"{}\n")
    assert reader.wait() == 0 and reader.out[1:] == ["[Kafka] {}"], reader.lines
    assert len(reader.err) == 2 and "is available" in reader.err[1], reader.err


@test
def print_into_jq_and_head_leaves_no_error():
    topic = make_topic("pipe", 3)
    produce(ADDRESS, topic, b"".join(b'{"seq":%d}\n' % n for n in range(3000)))
    command = (f'set -o pipefail; "{harness.find("print")}" --bootstrap {ADDRESS} --topic {topic} --group {topic}'
               ' --format json')
    pipe = Program("bash", "-c", f"{command} --count 100 | jq -c .value.seq", path="/bin/bash")
    assert pipe.wait() == 0 and len(set(pipe.out)) == 100 and not pipe.err, pipe.lines
    # exactly these are committed
    left = look(topic, "--group", topic, "--exit-at-end")
    assert len(left) == 2900 and {json.loads(line)["seq"] for line in left} == set(range(3000)) - set(map(int, pipe.out))
    pipe = Program("bash", "-c", f"{command} --offset beginning | head -3", path="/bin/bash")
    assert pipe.wait() == 0 and len(pipe.out) == 3 and not pipe.err, pipe.lines


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
