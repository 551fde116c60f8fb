#!/usr/bin/python3
"""kafkasink where the network, the clocks, the permissions or the settings of a
topic are as they are in the field, against real Kafka. Records wait or move; if
they do neither for stall-timeout, the user is told why."""
import clock  # first of all

import contextlib
import functools
import socket
import subprocess
import time

import harness
from bench import Cluster, Proxy, Sink, check_values
from harness import test

STALL_MS = 3000
RECORD_SIZE = 300


class Node:
    """The node that most tests use, from the first one on. Some of its listeners
    advertise another address."""

    def __init__(self):
        self.nobody = socket.socket()   # bound, so that nobody listens there
        self.nobody.bind(('127.0.0.1', 0))
        self.refused = '127.0.0.1:%d' % self.nobody.getsockname()[1]
        self.proxy = Proxy()
        self.cluster = Cluster('--secure', '--advertise', 'nosuch.invalid:9092',
                               '--advertise', self.refused,
                               '--advertise', f'127.0.0.1:{self.proxy.port}')
        self.proxy.tell('target', self.cluster.advertised(3).split(':')[1])
        self.far = f'127.0.0.1:{self.proxy.port}'


@functools.cache
def node():
    return Node()


def cluster():
    return node().cluster


@functools.cache
def three():
    return Cluster('--nodes', 3)


def answers():
    return subprocess.run(['kcat', '-L', '-m', '1', '-b', cluster().bootstrap],
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


@contextlib.contextmanager
def no_broker():
    """It answers when this is over."""
    cluster().run('kill', 1)
    try:
        yield
    finally:
        cluster().run('restart', 1)
        harness.wait_for(answers, 'Kafka is up', 60)


@contextlib.contextmanager
def wall_clock(seconds):
    """So much ahead"""
    clock.step(seconds)
    try:
        yield
    finally:
        clock.step(0)


@contextlib.contextmanager
def network(*lines):
    """What the proxy is told"""
    for line in lines:
        node().proxy.tell(line)
    try:
        yield node().proxy
    finally:
        node().proxy.reset()


def stalling_sink(servers, topic, settings=(), **properties):
    return Sink(servers, topic, settings, stall_timeout=STALL_MS, stop_timeout=0,
                **properties)


def wait_stalled(sink, cause, *words, seconds=60):
    """Until the sink says that delivery stalls for this cause, in a sentence with
    these words; it may have named others before, which were true then."""
    deadline = time.monotonic() + seconds
    told = []
    while not told or told[-1] != cause:
        text = sink.find('delivery-stalled', deadline - time.monotonic())
        assert text is not None, (f'not stalled for {cause}', told, sink.messages)
        told.append(sink.fields['cause'])
    assert all(word in text for word in words), text
    assert sink.fields['waited'] >= STALL_MS, sink.fields
    return text


def login():
    return ['security.protocol=sasl_ssl', 'ssl.ca.location=' + cluster().key('ca.pem'),
            'sasl.mechanism=PLAIN', 'sasl.username=pat', 'sasl.password=pat-secret']


def assert_leader_unreachable(number, address):
    topic = cluster().topic(f'advertised{number}')
    sink = stalling_sink(cluster().advertised(number), topic)
    sink.push(10)
    wait_stalled(sink, 'leader-unreachable', address, 'advertised.listeners', seconds=30)
    assert sink.find('delivery-stalled', 3 * STALL_MS / 1000) is None, 'told twice'
    assert sink.seen['error'] == 0 and sink.stat('in-flight') == 10
    assert sink.stat('restarts') == 0
    sink.close()


@test
def advertised_name_that_does_not_resolve_is_named():
    assert_leader_unreachable(1, 'nosuch.invalid:9092')


@test
def advertised_port_that_refuses_is_named():
    assert_leader_unreachable(2, node().refused)


@test
def causes_of_a_stall_are_told_as_they_change():
    sink = stalling_sink(cluster().bootstrap, 'changing')
    sink.push(10)
    wait_stalled(sink, 'topic-missing', 'changing')
    with no_broker():
        wait_stalled(sink, 'broker-unreachable', cluster().bootstrap)
    cluster().topic('changing')
    sink.wait('delivery-resumed', 60)
    sink.finish()
    check_values(cluster().bootstrap, 'changing', 10)


@test
def network_that_swallows_everything_is_no_answer():
    topic = cluster().topic('swallowed')
    sink = stalling_sink(node().far, topic)
    sink.push(10)
    sink.wait_stat('acknowledged', 10)
    with network('hold'):
        sink.push(10)
        text = sink.wait('delivery-stalled')
        assert sink.fields['cause'] == 'no-answer', text
        # what is out may arrive late: a new client would send it as something new
        assert sink.find('client-restarted', 6 * STALL_MS / 1000) is None
    sink.wait('delivery-resumed', 60)
    sink.finish()
    assert sink.stat('restarts') == 0
    check_values(cluster().bootstrap, topic, 20)


@test
def quota_is_named():
    topic = cluster().topic('quota')
    cluster().run('quota', 'metered', 1000)
    sink = stalling_sink(cluster().bootstrap, topic,
                         ['client.id=metered', 'compression.type=none'])
    sink.push(100, RECORD_SIZE)
    sink.wait_stat('acknowledged', 100, 60)
    sink.push(100, RECORD_SIZE)
    wait_stalled(sink, 'quota')
    sink.wait('delivery-resumed', 120)
    sink.wait_stat('acknowledged', 200, 120)
    sink.finish()
    check_values(cluster().bootstrap, topic, 200)


def revoke_and_grant(topic, *operations):
    """Of the only topic that the user may write to"""
    cluster().topic(topic)
    cluster().run('allow', 'User:pat', topic)
    sink = stalling_sink(cluster().address('sasl_ssl'), topic, login())
    sink.push(100)
    sink.wait_stat('acknowledged', 100)

    cluster().run('forbid', 'User:pat', topic, *operations)
    sink.push(100)
    sink.wait('topic-forbidden', 60)
    wait_stalled(sink, 'topic-forbidden', topic)
    # it asks two more times
    assert sink.find('error', 25) is None
    assert sink.seen['topic-forbidden'] == 1, sink.seen
    assert sink.seen['delivery-stalled'] <= 2, sink.seen
    sink.push(100)

    cluster().run('allow', 'User:pat', topic)
    sink.wait_stat('acknowledged', 300, 20)
    sink.finish()
    assert sink.seen['topic-available'] == 1 and sink.seen['error'] == 0, sink.seen
    assert sink.stat('maybe-duplicated') == 0
    check_values(cluster().bootstrap, topic, 300)
    cluster().run('forbid', 'User:pat', topic)


@test
def revoked_permission_is_waited_for():
    revoke_and_grant('revoked')


@test
def revoked_permission_to_write_is_waited_for():
    revoke_and_grant('readonly', 'Write')


@test
def permission_that_was_never_there_is_an_error():
    topic = cluster().topic('never')
    cluster().run('allow', 'User:pat', topic, 'Describe')
    sink = Sink(cluster().address('sasl_ssl'), topic, login())
    sink.push()
    text = sink.wait('error')
    assert 'IDEMPOTENT_WRITE' in text, text
    assert 'WRITE' in text.replace('IDEMPOTENT_WRITE', ''), text
    sink.close()


@test
def clock_that_goes_back_delays_nothing():
    topic = cluster().topic('back')
    sink = Sink(cluster().bootstrap, topic)
    sink.push(100)
    sink.wait_stat('acknowledged', 100)
    with contextlib.ExitStack() as stack:
        with no_broker():
            sink.push(100)
            sink.wait('broker-unreachable', 60)
            stack.enter_context(wall_clock(-3600))
            sink.wait('clock-wrong')
        sink.wait_stat('acknowledged', 200, 20)
    assert sink.stat('maybe-duplicated') == 0
    sink.finish()
    check_values(cluster().bootstrap, topic, 200)


def assert_all_refused(sink, reason):
    sink.push(500)
    sink.wait_stat('failed', 500, 60)
    assert sink.stat('failed-' + reason) == 500
    assert sink.stat('restarts') <= 5, sink.stat('restarts')
    text = sink.wait('record-failed')
    assert sink.seen['client-restarted'] <= 2, sink.seen
    return text


@test
def clock_ahead_is_named_and_costs_few_restarts():
    topic = cluster().topic('ahead')
    sink = Sink(cluster().bootstrap, topic)
    with wall_clock(7200):
        text = assert_all_refused(sink, 'invalid-timestamp')
    assert 'clock' in text and 'timestamp=broker' in text, text
    assert time.strftime('%Y-', time.gmtime()) in text, text
    sink.push(100)
    sink.wait_stat('acknowledged', 100)
    sink.finish()
    assert harness.count_records(cluster().bootstrap, topic) == 100


@test
def compacted_topic_refuses_records_without_keys_in_few_restarts():
    cluster().topic('compacted', 1, 1, 'cleanup.policy=compact')
    sink = Sink(cluster().bootstrap, 'compacted')
    assert_all_refused(sink, 'refused')
    sink.close()


def deliver_slowly(rate, n, seconds):
    topic = cluster().topic(f'slow{rate}')
    with network(f'rate {rate}') as proxy:
        before = proxy.count()[0]
        sink = Sink(node().far, topic, ['compression.type=none'])
        started = time.monotonic()
        sink.push(n, RECORD_SIZE)
        sink.wait_stat('acknowledged', n, seconds)
        took = time.monotonic() - started
        sent = proxy.count()[0] - before
    print(f'# {rate} B/s: {n} records of {RECORD_SIZE} bytes in {took:.0f} s,'
          f' {sent / n:.0f} bytes sent for each,'
          f" {sink.stat('maybe-duplicated')} maybe twice", flush=True)
    sink.finish()
    # what Kafka may have twice is at the most what was counted
    values = [value.rstrip() for _, _, value in harness.consume(
        cluster().bootstrap, topic, harness.count_records(cluster().bootstrap, topic))]
    assert list(dict.fromkeys(values)) == [b'{"n":%d}' % i for i in range(n)]
    assert len(values) - n <= sink.stat('maybe-duplicated')
    assert sent < 4 * n * RECORD_SIZE, sent


@test
def link_of_40_kb_delivers_everything():
    deliver_slowly(40000, 3000, 180)


@test
def link_of_10_kb_delivers_everything():
    deliver_slowly(10000, 1000, 240)


@test
def partitions_that_a_topic_gets_are_told_and_used():
    topic = cluster().topic('growing')
    sink = Sink(cluster().bootstrap, topic, ['topic.metadata.refresh.interval.ms=500'], key='{n}')
    sink.push(10)
    sink.wait('broker-reachable')
    assert sink.fields['partitions'] == 1, sink.fields
    sink.wait_stat('acknowledged', 10, 30)
    cluster().run('grow', topic, 3)
    # it is seen when a record is sent, and the client has asked again by then
    harness.wait_for(lambda: sink.push() or sink.find('partitions-changed', 0.1), 'partitions-changed')
    assert sink.fields['partitions'] == 3, sink.fields
    sink.push(100)
    sink.finish()
    assert sink.seen['partitions-changed'] == 1 and sink.stat('restarts') == 0, sink.lines
    records = harness.consume(cluster().bootstrap, topic, sink.n_pushed)
    assert len({value for _, _, value in records}) == sink.n_pushed
    assert {partition for partition, _, _ in records} == {0, 1, 2}


@test
def round_trips_of_100_ms_restart_nothing():
    topic = cluster().topic('distant')
    n = 20000
    with network('delay 50'):
        sink = Sink(node().far, topic)
        started = time.monotonic()
        sink.push(n, RECORD_SIZE)
        sink.wait_stat('acknowledged', n, 120)
    print(f'# RTT 100 ms: {n / (time.monotonic() - started):.0f} records/s', flush=True)
    assert sink.stat('restarts') == 0
    sink.finish()
    check_values(cluster().bootstrap, topic, n)


def leader_of(topic):
    out = subprocess.run(['kcat', '-L', '-m', '5', '-b', three().bootstrap, '-t', topic],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    words = out.split('leader ')
    return int(words[1].split(',')[0]) if len(words) > 1 else None


def stall_without_its_leader(topic, cause, *words):
    sink = stalling_sink(three().bootstrap, topic)
    sink.push(100)
    sink.wait_stat('acknowledged', 100)
    leader = leader_of(topic)
    three().run('kill', leader)
    # what was out when the leader died may be sent again
    sink.push(100)
    wait_stalled(sink, cause, *words)
    three().run('restart', leader)
    sink.wait('delivery-resumed', 90)
    sink.wait_stat('acknowledged', 200, 60)
    assert sink.stat('failed') == 0 and sink.seen['error'] == 0
    sink.finish()
    check_values(three().bootstrap, topic, 200)


@test
def too_few_replicas_are_named_and_waited_for():
    stall_without_its_leader(three().topic('replicas', 1, 2, 'min.insync.replicas=2'),
                             'not-enough-replicas', 'min.insync.replicas')


@test
def partition_without_leader_is_named_and_waited_for():
    stall_without_its_leader(three().topic('orphan', 1, 1), 'leader-unknown', 'orphan')


harness.main()
