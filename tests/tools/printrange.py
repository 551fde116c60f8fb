#!/usr/bin/python3
"""Which records metakafka-print reads, when it ends, and what counts as read then."""
import ctypes
import json
import re
import signal
import socket
import time

import harness
from harness import Program, find, free_port, produce, run, start_broker, test


def start_print(address, *args, **keys):
    return Program("print", "--bootstrap", address, "--topic", "t", *args, **keys)


def shown(lines):
    return [line[len("[Kafka] "):] for line in lines if re.match(r"\[Kafka\] [\[{0-9\"]", line)]


def read(address, *args):
    """What is shown, by a reader that ends by itself."""
    status, out, err = run("print", "--bootstrap", address, "--topic", "t", *args)
    assert status == 0 and not err, (status, err)
    return shown(out)


def read_rest(address, *args, partition=0, group="rr.sei.demo"):
    """What a group has not read of a partition. To join it would take this broker 3 s. It lets nobody but members
    commit, if there ever were some, which the reader says."""
    status, out, err = run("print", "--bootstrap", address, "--topic", "t", "--group", group, "--partition", partition,
                           *(args or ("--exit-at-end",)))
    assert status == 0 and all("Unknown member" in line for line in err), (status, err)
    return shown(out)


def fill(address, partitions=3, count=10):
    """count records in each partition: [partition,offset]."""
    for partition in range(partitions):
        lines = "".join(f"[{partition},{n}]\n" for n in range(count))
        produce(address, "t", lines.encode(), "-p", str(partition))


def records(partitions, offsets):
    return sorted(f"[{partition},{n}]" for partition in partitions for n in offsets)


@test
def offsets_are_those_of_each_partition():
    _, address = start_broker("t:3")
    fill(address)
    for where, offsets in (("beginning", range(10)), ("end", ()), ("7", (7, 8, 9)), ("0", range(10)), ("10", ()),
                           ("1000", ()), ("-2", (8, 9)), ("-0", ()), ("-1000", range(10))):
        found = read(address, "--offset", where, "--exit-at-end")
        assert sorted(found) == records(range(3), offsets), (where, found)


@test
def one_partition_is_read_from_its_beginning():
    _, address = start_broker("t:3")
    fill(address)
    assert read(address, "--partition", 1, "--exit-at-end") == records((1,), range(10))
    assert read(address, "--partition", 2, "--offset", "-3", "--exit-at-end") == records((2,), (7, 8, 9))
    status, out, err = run("print", "--bootstrap", address, "--topic", "t", "--partition", 3)
    assert status == 1 and out == [f"[Kafka] reading t @ {address}"], out
    assert err == ["metakafka-print: Topic 't' has no partition 3: give --partition from 0 to 2"], err


@test
def what_comes_later_is_shown_from_the_end_on():
    _, address = start_broker("t:1")
    fill(address, 1)
    # what is there when it has begun shows that it has
    reader = start_print(address, "--offset", "-1")
    reader.wait_line(r"^\[Kafka\] \[0,9\]$")
    produce(address, "t", b"1\n2\n")
    reader.wait_line(r"^\[Kafka\] 2$")
    assert shown(reader.out) == ["[0,9]", "1", "2"], reader.out
    status, seconds = reader.end()
    assert status == 0 and seconds < 2 and not reader.err, (status, seconds, reader.err)


@test
def a_broker_that_comes_later_is_waited_for():
    """And a topic, in tests/kafka: this broker makes one that somebody asks for."""
    port = free_port(socket.SOCK_STREAM)
    reader = start_print(f"127.0.0.1:{port}", "--offset", "beginning", "--count", 1)
    reader.wait_line("Could not reach Kafka")
    _, address = start_broker("t:1", port=port)
    produce(address, "t", b"1\n")
    assert reader.wait() == 0 and shown(reader.out) == ["1"], reader.lines
    assert len(reader.err) == 2 and "Kafka answers at" in reader.err[1], reader.err


@test
def a_broker_that_does_not_look_for_times_is_told():
    """librdkafka's mock cluster is one. Those that do are in tests/kafka."""
    _, address = start_broker("t:2")
    # where nothing is, nothing is missed
    assert read(address, "--offset", "@-1d", "--exit-at-end") == []
    produce(address, "t", b"1\n")
    for where in ("@-1d", "@0", "@2020-01-01T00:00:00Z"):
        status, _, err = run("print", "--bootstrap", address, "--topic", "t", "--offset", where)
        assert status == 1 and len(err) == 1, (status, err)
        assert f"Kafka at {address} does not find records by their time" in err[0], err
        assert "give --offset -N" in err[0], err


@test
def without_a_group_nothing_is_committed_or_looked_at():
    _, address = start_broker("t:1")
    fill(address, 1)
    # nor is anything while it waits
    assert read(address, "--offset", "2", "--idle-timeout", harness.PATIENCE / 12, "-X", "auto.commit.interval.ms=100") == \
        records((0,), range(2, 10))
    # what the default group has not read
    assert read_rest(address, "--count", 4) == records((0,), range(4))
    assert read(address, "--partition", 0, "--exit-at-end") == records((0,), range(10))
    assert read(address, "--offset", "8", "--exit-at-end") == records((0,), (8, 9))
    assert read_rest(address, "--count", 1) == ["[0,4]"]


@test
def with_a_group_its_position_is_set():
    for group in (("--group", "g"), ("-X", "group.id=g")):
        broker, address = start_broker("t:2")
        fill(address, 2)
        assert sorted(read(address, *group, "--offset", "8", "--exit-at-end")) == records((0, 1), (8, 9))
        # of one partition, where it left off
        produce(address, "t", b"[1,10]\n", "-p", "1")
        assert read(address, *group, "--partition", 0, "--exit-at-end") == []
        assert read(address, *group, "--partition", 1, "--exit-at-end") == ["[1,10]"]
        assert read(address, *group, "--partition", 1, "--exit-at-end") == []
        # back, and no further than was shown
        assert read(address, *group, "--partition", 1, "--offset", "beginning", "--count", 3) == records((1,), range(3))
        assert read(address, *group, "--exit-at-end") == [f"[1,{n}]" for n in range(3, 11)]
        assert broker.end()[0] == 0


@test
def the_position_of_a_group_is_where_it_begins_before_anything_is_shown():
    _, address = start_broker("t:2")
    fill(address, 2)
    group = ("--group", "g")
    assert read(address, *group, "--offset", "end", "--exit-at-end") == []
    for partition in range(2):
        assert read(address, *group, "--partition", partition, "--exit-at-end") == []
    # back, in a partition of which nothing is shown
    [found] = read(address, *group, "--offset", "3", "--count", 1)
    one, other = (0, 1) if found == "[0,3]" else (1, 0)
    assert read(address, *group, "--partition", other, "--exit-at-end") == records((other,), range(3, 10))
    # not without the group
    assert read(address, "--offset", "beginning", "--partition", one, "--count", 1) == [f"[{one},0]"]
    assert read(address, *group, "--partition", one, "--exit-at-end") == records((one,), range(4, 10))


@test
def a_group_that_others_read_is_told():
    _, address = start_broker("t:1")
    fill(address, 1)
    member = start_print(address, "--group", "g")
    member.wait_line(r"\[0,9\]")
    reader = start_print(address, "--group", "g", "--offset", "beginning", "-X", "auto.commit.interval.ms=500")
    line = reader.wait_line("does not take what was read of it")
    assert "Group 'g'" in line and "give another --group" in line, line
    assert reader.end()[0] == 0 and shown(reader.out) == records((0,), range(10)), reader.out
    # at the end, too, and once
    status, out, err = run("print", "--bootstrap", address, "--topic", "t", "--group", "g", "--offset", "5",
                           "--exit-at-end")
    assert status == 0 and len(shown(out)) == 5 and err == [line], (status, out, err)
    assert member.end()[0] == 0


@test
def a_count_ends_it_and_commits_no_more():
    _, address = start_broker("t:3")
    fill(address)
    found = []
    for count in (1, 12):
        more = read(address, "--count", count)
        assert len(more) == count, more
        found += more
    for partition in range(3):
        found += read_rest(address, partition=partition)
    assert sorted(found) == records(range(3), range(10)), sorted(found)
    # the count is of those that are shown
    found = read(address, "--offset", "beginning", "--filter", "$[1]=9", "--count", 2)
    assert len(found) == 2 and set(found) < set(records(range(3), (9,))), found


@test
def at_the_end_it_ends_also_in_a_group():
    _, address = start_broker("t:3")
    fill(address)
    assert sorted(read(address, "--exit-at-end")) == records(range(3), range(10))
    assert read(address, "--exit-at-end") == []
    fill(address, 1, 1)
    assert read(address, "--exit-at-end") == ["[0,0]"]


@test
def an_empty_topic_ends_at_once():
    _, address = start_broker("t:3")
    for args in ((), ("--offset", "beginning"), ("--offset", "-5"), ("--partition", 1)):
        assert read(address, "--exit-at-end", *args) == []


@test
def silence_ends_it():
    _, address = start_broker("t:1")
    fill(address, 1)
    # in a group, too, which takes its time to begin
    for args in (("--offset", "beginning"), ()):
        assert read(address, "--idle-timeout", harness.PATIENCE / 12, *args) == records((0,), range(10)), args
    # also where there is nobody
    status, _, err = run("print", "--bootstrap", f"127.0.0.1:{free_port(socket.SOCK_STREAM)}", "--idle-timeout", 1)
    assert status == 0 and len(err) == 1 and "Could not reach Kafka" in err[0], (status, err)


@test
def records_put_the_end_off():
    _, address = start_broker("t:1")
    timeout = harness.PATIENCE / 6
    reader = start_print(address, "--idle-timeout", timeout, "--offset", "beginning", "--filter", "$[0]")
    begin = time.monotonic()
    n = 0
    while time.monotonic() < begin + 1.5 * timeout:
        # those that are not shown, too
        produce(address, "t", b"%d\n" % n)
        produce(address, "t", b"[%d]\n" % n)
        reader.wait_line(rf"^\[Kafka\] \[{n}\]$")
        n += 1
    assert reader.wait() == 0 and not reader.err, reader.err


@test
def what_is_filtered_out_counts_as_read():
    _, address = start_broker("t:1")
    fill(address, 1)
    assert read(address, "--filter", "$[1]=3", "--exit-at-end") == ["[0,3]"]
    assert read_rest(address) == []
    # and what comes behind the last one that is shown does not
    fill(address, 1)
    assert read(address, "--filter", "$[1]=3", "--count", 1) == ["[0,3]"]
    assert read_rest(address, "--count", 1) == ["[0,4]"]


def pipe(address, options, reader):
    """What stands behind the pipe, its lines, and what was said."""
    command = f'"{find("print")}" --bootstrap {address} --topic t {options} | {reader}'
    program = Program("bash", "-c", f"set -o pipefail; {command}", path="/bin/bash")
    return program.wait(), program.out, program.err


@test
def jq_reads_what_it_prints():
    _, address = start_broker("t:1")
    fill(address, 1, 300)
    status, out, err = pipe(address, "--format json --count 100", "jq -c .value")
    assert status == 0 and not err and out == [f"[0,{n}]" for n in range(100)], (status, err, out)
    assert read_rest(address, "--count", 1) == ["[0,100]"]


@test
def head_ends_it_and_what_was_not_written_is_left():
    _, address = start_broker("t:1")
    text = "y" * 20000
    produce(address, "t", "".join(f'{{"n":{n},"x":"{text}"}}\n' for n in range(100)).encode())
    for form in ("json", "raw", "text"):
        group = f"--group {form} --format {form}"
        status, out, err = pipe(address, group, "head -3")
        assert status == 0 and not err and len(out) == 3, (status, err)
        first = 2 if form == "text" else 3
        n = [int(re.search(r'"n":(\d+),', line)[1]) for line in out if '"n":' in line]
        assert n == list(range(first)), n
        # more was written than head has read, but no more than a pipe holds, and a batch
        again = read_rest(address, "--count", 1, group=form)
        left = json.loads(again[0])["n"]
        assert first <= left <= 12, left


@test
def a_record_that_was_not_written_whole_is_left():
    _, address = start_broker("t:1")
    text = "y" * 300000
    produce(address, "t", "".join(f'{{"n":{n},"x":"{text}"}}\n' for n in range(3)).encode())
    status, out, err = pipe(address, "--format json", "head -c 9")
    assert status == 0 and not err and out == ['{"topic":'], (status, err)
    assert json.loads(read_rest(address, "--count", 1)[0])["n"] == 0


@test
def a_reader_that_is_interrupted_commits_what_it_has_shown():
    _, address = start_broker("t:1")
    fill(address, 1)
    reader = start_print(address, "--format", "json")
    reader.wait_line(r'"value":\[0,9\]')
    assert reader.end(signal.SIGTERM)[0] == 0 and not reader.err, reader.err
    assert len(reader.out) == 10, reader.out
    assert read_rest(address) == []


def start_cluster(n_brokers, n_partitions=2):
    """A topic t in librdkafka's mock cluster, partition N led by broker N + 1 where there is one. Returns the library,
    the cluster and its addresses."""
    rdkafka, rk = harness.start_producer()
    for name in ("new", "bootstraps"):
        getattr(rdkafka, "rd_kafka_mock_cluster_" + name).restype = ctypes.c_void_p
    cluster = ctypes.c_void_p(rdkafka.rd_kafka_mock_cluster_new(rk, n_brokers))
    rdkafka.rd_kafka_mock_topic_create(cluster, b"t", n_partitions, 1)
    for partition in range(n_partitions):
        rdkafka.rd_kafka_mock_partition_set_leader(cluster, b"t", partition, partition % n_brokers + 1)
    address = ctypes.string_at(rdkafka.rd_kafka_mock_cluster_bootstraps(cluster)).decode()
    fill(address, n_partitions)
    return rdkafka, cluster, address


UNREAD = ("metakafka-print: Partition 1 of topic 't' has no leader, or its broker does not answer: it is read as soon as"
          " that changes; check its broker")


@test
def a_partition_without_leader_does_not_hide_the_others():
    rdkafka, cluster, address = start_cluster(1)
    rdkafka.rd_kafka_mock_partition_set_leader(cluster, b"t", 1, -1)
    for args in ((), ("--partition", 1)):
        reader = start_print(address, "--offset", "beginning", "--exit-at-end", *args)
        line = reader.wait_line("has no leader")
        assert line == UNREAD, line
        assert shown(reader.out) == ([] if args else records((0,), range(10))), reader.out
        rdkafka.rd_kafka_mock_partition_set_leader(cluster, b"t", 1, 1)
        assert reader.wait() == 0 and reader.err == [line], reader.err
        assert shown(reader.out) == ([] if args else records((0,), range(10))) + records((1,), range(10)), reader.out
        rdkafka.rd_kafka_mock_partition_set_leader(cluster, b"t", 1, -1)
    # it ends, and says what was not read
    status, out, err = run("print", "--bootstrap", address, "--topic", "t", "--offset", "beginning", "--count", 10)
    assert status == 0 and len(shown(out)) == 10 and err == [UNREAD], (status, out, err)


@test
def a_broker_that_does_not_answer_does_not_hide_the_others():
    for where, offsets in (("beginning", range(10)), ("-3", (7, 8, 9)), ("end", ())):
        rdkafka, cluster, address = start_cluster(2)
        rdkafka.rd_kafka_mock_broker_set_down(cluster, 2)
        reader = start_print(address, "--offset", where, "--exit-at-end")
        reader.wait_line(f"^{re.escape(UNREAD)}$")
        assert shown(reader.out) == records((0,), offsets), reader.out
        # also what comes meanwhile
        produce(address.split(",")[0], "t", b"[0,10]\n", "-p", "0")
        reader.wait_line(r"^\[Kafka\] \[0,10\]$")
        rdkafka.rd_kafka_mock_broker_set_up(cluster, 2)
        assert reader.wait() == 0 and reader.err.count(UNREAD) == 1, reader.err
        assert [line for line in shown(reader.out) if line.startswith("[1,")] == records((1,), offsets), reader.out


@test
def brokers_that_do_not_answer_hold_nothing_up():
    """Each of them would for a second, every time it is asked."""
    rdkafka, cluster, address = start_cluster(11, 11)
    for broker in range(2, 12):
        rdkafka.rd_kafka_mock_broker_set_down(cluster, broker)
    reader = start_print(address, "--offset", "-1")
    reader.wait_line(r"^\[Kafka\] \[0,9\]$")
    for n in range(10, 13):
        produce(address.split(",")[0], "t", b"[0,%d]\n" % n, "-p", "0")
        begin = time.monotonic()
        reader.wait_line(rf"^\[Kafka\] \[0,{n}\]$")
        # ten seconds, if they did
        assert time.monotonic() < begin + 8, n
    status, seconds = reader.end()
    assert status == 0 and seconds < 8, (status, seconds)


@test
def what_is_not_read_is_told_once():
    """Also if Kafka is away for some time, and nobody knows then whether it could be read."""
    rdkafka, cluster, address = start_cluster(1)
    rdkafka.rd_kafka_mock_partition_set_leader(cluster, b"t", 1, -1)
    reader = start_print(address, "--offset", "end")
    reader.wait_line(f"^{re.escape(UNREAD)}$")
    rdkafka.rd_kafka_mock_broker_set_down(cluster, 1)
    reader.wait_line("Could not reach Kafka|Kafka at .* does not answer")
    # so that a question of a second has no answer, which nothing tells
    time.sleep(2.5)
    rdkafka.rd_kafka_mock_broker_set_up(cluster, 1)
    reader.wait_line("Kafka answers at")
    produce(address, "t", b"[0,10]\n", "-p", "0")
    reader.wait_line(r"^\[Kafka\] \[0,10\]$")
    # the end would tell it, if that was still to be done
    assert reader.end()[0] == 0 and reader.err.count(UNREAD) == 1, reader.err


@test
def wrong_ranges_are_told_with_what_is_right():
    for args, words in ((("--offset", "start"), "write beginning, end, N"),
                        (("--offset", "@-10"), "-N for the last N offsets"),
                        (("--offset", "@-10"), "@-10m"), (("--offset", ""), "no place to begin"), (("--partition", "-1"), "from 0 on"),
                        (("--partition", "x"), "from 0 on"), (("--partition", "-2147483648"), "from 0 on"),
                        (("--partition", "3000000000"), "from 0 on"), (("--count", "0"), "a number from 1 on"),
                        (("--count", "-5"), "a number from 1 on"), (("--idle-timeout", "0"), "more than 0"),
                        (("--idle-timeout", "-1"), "more than 0"), (("--idle-timeout", "nan"), "more than 0")):
        status, out, err = run("print", *args)
        assert status == 2 and not out and len(err) == 1 and words in err[0], (args, status, err)
        assert args[0] in err[0], err


harness.main(at_once=4)
