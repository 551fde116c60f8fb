#!/usr/bin/python3
"""kafkasink while the broker, the topic or a record is not as it should be,
against real Kafka. Whatever happens, the records arrive once and in order."""
import time

from gi.repository import Gst

import harness
from bench import Cluster, Sink, check_values
from harness import Skip, test


class Node:
    """The node that all tests use, from the first one on"""
    cluster = None


def node():
    if Node.cluster is None:
        # one id in 64 begins like an option
        Node.cluster = Cluster('--id', '-' + 21 * 'A')
    return Node.cluster


def values(topic, n):
    return [value for _, _, value in harness.consume(node().bootstrap, topic, n)]


@test
def its_port_is_not_given_to_others_while_it_is_down():
    with open('/proc/sys/net/ipv4/ip_local_port_range') as file:
        first, last = map(int, file.read().split())
    if first < 10000:
        raise Skip(f'this system gives ports from {first} on to clients')
    port = int(node().bootstrap.split(':')[1])
    assert not first <= port <= last, port


@test
def broker_that_comes_later_gets_everything():
    topic = node().topic('later')
    node().run('kill', 1)
    sink = Sink(node().bootstrap, topic)
    sink.push(100)
    sink.wait('broker-unreachable')
    node().run('restart', 1)
    sink.wait('broker-reachable', 60)
    sink.finish()
    check_values(node().bootstrap, topic, 100)


@test
def killed_broker_gets_the_rest_when_it_is_back():
    topic = node().topic('killed')
    sink = Sink(node().bootstrap, topic)
    for _ in range(2):
        sink.push(1000)
        node().run('kill', 1)
        sink.push(1000)
        sink.wait('broker-unreachable', 60)
        node().run('restart', 1)
        sink.wait('broker-reachable', 60)
    sink.finish()
    check_values(node().bootstrap, topic, 4000)
    assert sink.stat('maybe-duplicated') == 0


@test
def frozen_broker_gets_the_rest_when_it_thaws():
    topic = node().topic('frozen')
    sink = Sink(node().bootstrap, topic)
    sink.push(1000)
    node().run('freeze', 1)
    sink.push(1000)
    # longer than socket.timeout.ms, after which every request is tried again
    time.sleep(15)
    sink.push(1000)
    node().run('thaw', 1)
    sink.finish()
    check_values(node().bootstrap, topic, 3000)


@test
def deleted_topic_is_waited_for():
    topic = node().topic('deleted')
    sink = Sink(node().bootstrap, topic)
    sink.push(100)
    sink.wait_stat('acknowledged', 100)
    node().run('delete-topic', topic)
    sink.push(100)
    sink.wait('topic-missing', 60)
    sink.push(100)
    node().topic(topic)
    sink.wait('topic-available', 60)
    sink.finish()
    assert values(topic, 200) == [b'{"n":%d}' % n for n in range(100, 300)]
    assert harness.count_records(node().bootstrap, topic) == 200
    assert sink.stat('maybe-duplicated') == 0


@test
def backlog_arrives_in_batches_that_the_topic_takes():
    """20 000 records, in batches of many more bytes than the topic allows"""
    sink = Sink(node().bootstrap, 'narrow')
    sink.push(20000)
    sink.wait('topic-missing')
    node().topic('narrow', 1, 1, 'max.message.bytes=100000')
    sink.wait_stat('acknowledged', 20000, 120)
    assert sink.stat('failed') == 0 and sink.stat('maybe-duplicated') == 0
    sink.finish()
    check_values(node().bootstrap, 'narrow', 20000)


def assert_one_fails(topic, buffer, reason):
    """That of 2000 and one records just that one is given up"""
    sink = Sink(node().bootstrap, topic, ['compression.type=none'])
    sink.push(1000)
    sink.source.emit('push-buffer', buffer)
    sink.push(1000)
    text = sink.wait('record-failed', 120)
    assert topic in text, text
    sink.finish()
    assert sink.stat('failed-' + reason) == sink.stat('failed') == 1
    assert sink.stat('maybe-duplicated') == 0
    check_values(node().bootstrap, topic, 2000)


@test
def oversized_record_is_given_up_alone():
    node().topic('oversized', 1, 1, 'max.message.bytes=100000')
    assert_one_fails('oversized', Gst.Buffer.new_wrapped(b'{"n":"%s"}' % (b'x' * 200000)),
                     'too-large')


@test
def impossible_time_is_given_up_alone():
    node().topic('old', 1, 1, 'message.timestamp.before.max.ms=60000')
    buffer = Gst.Buffer.new_wrapped(b'{"n":-1}')
    buffer.add_reference_timestamp_meta(
        Gst.Caps.from_string('timestamp/x-unix'), time.time_ns() - 10 ** 12,
        Gst.CLOCK_TIME_NONE)
    assert_one_fails('old', buffer, 'invalid-timestamp')


harness.main()
