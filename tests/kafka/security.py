#!/usr/bin/python3
"""kafkasink, the bridge and print, with TLS and logins, against real Kafka."""
import os
import time

from gi.repository import Gst

import harness
from bench import Cluster, Sink, check_values
from harness import Program, Skip, free_port, test

SCRAM_VERSION = (2, 6, 1)


class Node:
    """The node that all tests use, from the first one on"""
    cluster = None


def node():
    if Node.cluster is None:
        Node.cluster = Cluster('--secure')
    return Node.cluster


def ca():
    return 'ssl.ca.location=' + node().key('ca.pem')


def login(password='pat-secret', mechanism='PLAIN', user='pat'):
    return ['security.protocol=sasl_ssl', ca(), 'sasl.mechanism=' + mechanism,
            'sasl.username=' + user, 'sasl.password=' + password]


def certificate():
    return ['security.protocol=ssl', ca(),
            'ssl.certificate.location=' + node().key('client.crt'),
            'ssl.key.location=' + node().key('client.key')]


def make_topic(name, *principals):
    node().topic(name)
    for principal in principals:
        node().run('allow', principal, name)
    return name


def deliver(listener, topic, settings):
    sink = Sink(node().address(listener), topic, settings)
    sink.push(100)
    sink.finish()
    check_values(node().bootstrap, topic, 100)


@test
def user_who_may_write_nowhere_is_an_error():
    sink = Sink(node().address('ssl'), make_topic('nowhere'), certificate())
    sink.push()
    text = sink.wait('error')
    assert 'permission WRITE' in text and 'nowhere' in text, text
    sink.close()


@test
def tls_with_a_certificate_delivers():
    deliver('ssl', make_topic('tls', 'User:CN=client'), certificate())


@test
def plain_login_delivers_with_a_password_from_the_environment():
    os.environ['METAKAFKA_TEST_PASSWORD'] = 'pat-secret'
    deliver('sasl_ssl', make_topic('plain', 'User:pat'),
            login('${METAKAFKA_TEST_PASSWORD}'))


def librdkafka_version():
    version = os.environ['METAKAFKA_RDKAFKA_VERSION']
    return tuple(int(part) for part in version.split('.')[:3])


@test
def scram_login_delivers_or_says_why_it_cannot():
    make_topic('scram', 'User:alice')
    for mechanism in ('SCRAM-SHA-256', 'SCRAM-SHA-512'):
        sink = Sink(node().address('sasl_ssl'), 'scram',
                    login('alice-secret', mechanism, 'alice'))
        sink.push(10)
        if librdkafka_version() >= SCRAM_VERSION:
            sink.finish()
            assert sink.stat('acknowledged') == 10
        else:
            text = sink.wait('error')
            assert 'cannot do SCRAM with Kafka 4' in text, text
            sink.close()


@test
def wrong_credentials_are_an_error_within_seconds():
    for settings in (login('wrong-secret'), login('pat-secret', user='paul'),
                     login('wrong-secret', 'SCRAM-SHA-512', 'alice')):
        before = time.monotonic()
        sink = Sink(node().address('sasl_ssl'), 'plain', settings)
        text = sink.wait('error', 20)
        assert time.monotonic() - before < 20
        assert 'does not accept the credentials' in text, text
        assert 'wrong-secret' not in text
        sink.close()


@test
def each_mismatch_has_its_sentence():
    plain = ['sasl.mechanism=PLAIN', 'sasl.username=pat', 'sasl.password=pat-secret']
    tls = ['security.protocol=ssl', ca()]
    for listener, settings, message, sentence in (
            ('ssl', [], 'broker-unreachable', 'it expects TLS at this port'),
            ('sasl_ssl', ['security.protocol=sasl_plaintext', *plain],
             'broker-unreachable', 'it expects TLS at this port'),
            ('sasl_plaintext', [], 'broker-unreachable', 'it expects a login at this port'),
            ('sasl_ssl', tls, 'broker-unreachable', 'it expects a login at this port'),
            (None, tls, 'broker-unreachable', 'does not speak TLS at this port'),
            ('sasl_plaintext', login(), 'broker-unreachable', 'does not speak TLS at this port'),
            (None, ['security.protocol=sasl_plaintext', *plain], 'error',
             'takes no login at this port'),
            ('ssl', [*login(), *certificate()[2:]], 'error', 'takes no login at this port'),
            ('ssl', ['security.protocol=ssl'], 'broker-unreachable',
             'let ssl.ca.location name the certificate of its authority'),
            ('ssl', tls, 'broker-unreachable', 'set ssl.certificate.location')):
        address = node().address(listener) if listener else node().bootstrap
        sink = Sink(address, 'plain', settings, stop_timeout=0)
        text = sink.wait(message)
        assert sentence in text and 'Could not reach' not in text, (listener, settings, text)
        sink.close()


@test
def forbidden_topic_waits_until_it_is_allowed_again():
    topic = make_topic('closed')
    sink = Sink(node().address('sasl_ssl'), topic, login())
    sink.push(100)
    sink.wait('topic-forbidden')
    node().run('allow', 'User:pat', topic)
    sink.wait_stat('acknowledged', 100, 60)
    sink.wait('topic-available')

    node().run('forbid', 'User:pat', topic)
    sink.push(100)
    sink.wait('topic-forbidden', 60)
    sink.push(100)
    node().run('allow', 'User:pat', topic)
    sink.wait_stat('acknowledged', 300, 60)
    assert sink.stat('maybe-duplicated') == 0
    sink.finish()
    check_values(node().bootstrap, topic, 300)


@test
def revoked_credentials_are_a_warning_and_renewed_ones_deliver():
    topic = make_topic('revoked', 'User:pat')
    sink = Sink(node().address('sasl_ssl'), topic, login())
    sink.push(100)
    sink.wait_stat('acknowledged', 100)
    node().run('password', 'pat', 'another-secret')
    node().restart()
    sink.push(100)
    text = sink.wait('credentials-refused', 90)
    assert 'renew them' in text and 'secret' not in text, text
    assert sink.wait('warning') == text
    assert sink.stat('in-flight') == 100

    node().run('password', 'pat', 'pat-secret')
    node().restart()
    sink.wait_stat('acknowledged', 200, 120)
    sink.finish()
    check_values(node().bootstrap, topic, 200)


@test
def bridge_takes_settings_and_shows_no_secret():
    topic = make_topic('bridge', 'User:pat')
    path = os.path.join(node().dir, 'settings')
    with open(path, 'w') as file:
        file.writelines(line + '\n' for line in login() if not line.startswith('security'))
    port = free_port()
    bridge = Program('bridge', '--port', port, '--kafka-bootstrap', node().address('sasl_ssl'),
                     '--kafka-topic', topic, '--kafka-config', path,
                     '-X', 'security.protocol=sasl_ssl', '-X', 'linger.ms=1', '--verbose',
                     env={'GST_DEBUG': '*:6', 'G_MESSAGES_DEBUG': 'all'})
    bridge.wait_line(r'\[Bridge\] listening', 60)
    with open(f'/proc/{bridge.process.pid}/cmdline') as file:
        assert 'secret' not in file.read()
    sender = Program('sender', '--port', port, '--num-buffers', 50, '--fps', '100/1')
    assert sender.wait() == 0
    assert len(harness.consume(node().bootstrap, topic, 50)) == 50
    assert bridge.end()[0] == 0
    assert len(bridge.lines) > 1000
    assert not any('pat-secret' in line for line in bridge.lines)


@test
def bridge_counts_what_wrong_credentials_leave_undelivered():
    make_topic('lost')
    path = os.path.join(node().dir, 'wrong')
    with open(path, 'w') as file:
        file.writelines(line + '\n' for line in login('wrong-secret'))
    port = free_port()
    node().run('freeze', 1)
    bridge = Program('bridge', '--port', port, '--kafka-bootstrap', node().address('sasl_ssl'),
                     '--kafka-topic', 'lost', '--kafka-config', path, '--verbose')
    bridge.wait_line(r'\[Bridge\] listening')
    sender = Program('sender', '--port', port, '--num-buffers', 50, '--fps', '100/1')
    assert sender.wait() == 0
    bridge.wait_line(r'\[KAFKA\] sent', count=50)
    node().run('thaw', 1)
    assert bridge.wait(60) == 1, bridge.err
    assert any('50 of 50 records did not reach Kafka' in line for line in bridge.err), bridge.err


def write_settings(name, settings):
    path = os.path.join(node().dir, name)
    with open(path, 'w') as file:
        file.writelines(line + '\n' for line in settings)
    return path


def start_print(listener, topic, *args):
    return Program('print', '--bootstrap', node().address(listener), '--topic', topic,
                   '--group', topic, *args)


def allow_print(topic, principal):
    make_topic(topic)
    node().run('allow', principal, topic, 'Read', 'Describe')
    node().run('allow-group', principal, topic)
    harness.produce(node().bootstrap, topic, b'1\n')


@test
def print_shows_records_over_tls_with_a_certificate_or_a_login():
    allow_print('shown', 'User:CN=client')
    by_certificate = [word for setting in certificate() for word in ('-X', setting)]
    reader = start_print('ssl', 'shown', *by_certificate)
    reader.wait_line(r'^\[Kafka\] 1$')
    assert reader.end()[0] == 0 and not reader.err, reader.err

    allow_print('logged-in', 'User:pat')
    path = write_settings('login', login('${METAKAFKA_TEST_PASSWORD}'))
    os.environ['METAKAFKA_TEST_PASSWORD'] = 'pat-secret'
    reader = start_print('sasl_ssl', 'logged-in', '--kafka-config', path)
    reader.wait_line(r'^\[Kafka\] 1$')
    assert reader.end()[0] == 0 and not reader.err, reader.err


def look(topic, *args):
    """As the user pat, who ends by itself."""
    reader = Program('print', '--bootstrap', node().address('sasl_ssl'), '--topic', topic, '--kafka-config',
                     write_settings('login', login()), '--count', 1, *args)
    return reader.wait(60), reader.out[1:], reader.err


@test
def print_needs_a_group_only_to_go_on_in_it():
    make_topic('looked-at')
    node().run('allow', 'User:pat', 'looked-at', 'Read', 'Describe')
    harness.produce(node().bootstrap, 'looked-at', b'1\n')
    for place in (('--offset', 'beginning'), ('--offset', '@-1h'), ('--partition', 0)):
        assert look('looked-at', *place) == (0, ['[Kafka] 1'], []), place
    status, out, err = look('looked-at')
    assert status == 1 and not out and len(err) == 1, (status, out, err)
    assert "read topic 'looked-at' in group 'rr.sei.demo': ask for the permission READ on both" in err[0], err


@test
def print_of_a_forbidden_topic_ends():
    make_topic('kept-away')
    status, out, err = look('kept-away', '--offset', 'beginning')
    assert status == 1 and not out and len(err) == 1, (status, out, err)
    assert "does not allow this user to read topic 'kept-away': ask for the permission READ" in err[0], err
    # to see it is not to read it
    node().run('allow', 'User:pat', 'kept-away', 'Describe')
    assert look('kept-away', '--offset', 'beginning') == (status, out, err)


@test
def print_ends_with_credentials_that_were_never_accepted():
    reader = start_print('sasl_ssl', 'shown', '--kafka-config',
                         write_settings('wrong', login('wrong-secret')))
    assert reader.wait(20) == 1
    assert 'does not accept the credentials' in reader.err[-1], reader.err
    assert not any('wrong-secret' in line for line in reader.lines), reader.lines


@test
def print_goes_on_when_credentials_are_renewed():
    allow_print('renewed', 'User:pat')
    reader = start_print('sasl_ssl', 'renewed', '--kafka-config', write_settings('login', login()))
    reader.wait_line(r'^\[Kafka\] 1$')
    node().run('password', 'pat', 'another-secret')
    node().restart()
    text = reader.wait_line('no longer accepts the credentials', 90)
    assert 'the login is tried again; renew them' in text and 'secret' not in text, text
    node().run('password', 'pat', 'pat-secret')
    node().restart()
    reader.wait_line('Kafka answers at', 90)
    harness.produce(node().bootstrap, 'renewed', b'2\n')
    reader.wait_line(r'^\[Kafka\] 2$', 60)
    assert reader.end()[0] == 0


harness.main()
