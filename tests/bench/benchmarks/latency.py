"""How old a record is when a consumer has it, and records per second as fast as it goes, with kafkasink; the peer is a bare
loop around librdkafka with the same keys, headers, payloads and settings. They reach a Kafka of this machine through a network
that delays each way by half the round-trip time; the consumer asks it directly. Before it is measured, ten records for each
partition have gone through. Where a round to every partition takes seconds, kafkasink and the peer run at the same time, and
one turn follows the other without a pause."""
import contextlib
import os
import subprocess

from common import CLUSTER, Client, harness, run_cluster
from report import Spread, ratio

TITLE = 'Latency'
NEEDS = ('kafka',)

PARTITIONS = (1, 6, 50, 1000)
RTTS_MS = (0, 20, 100, 250)
RATES = (100, 1000, 10000)
SIZE = 300
SECONDS = 1     # of each turn
N_FLAT_OUT = 100_000
# librdkafka has so many requests out, each of one partition
N_REQUESTS = 5
LONG_ROUND_MS = 2000


class Network:
    """tests/kafka/proxy, between the clients and the Kafka that it starts"""

    def __init__(self, folder):
        self.process = subprocess.Popen([CLUSTER.parent / 'proxy'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)
        harness.running.append(self)
        self.address = f'127.0.0.1:{self.process.stdout.readline().split()[1]}'
        self.folder = os.path.join(folder, 'kafka')
        self.kafka = run_cluster('start', '--dir', self.folder, '--advertise', self.address)
        with open(os.path.join(self.folder, 'advertised', '1'), encoding='utf-8') as file:
            self.tell(f'target {file.read().strip().split(":")[1]}')

    def tell(self, line):
        """Returns when it is in force"""
        self.process.stdin.write(line + '\n')
        while self.process.stdout.readline().rstrip() != line:
            pass

    def make_topic(self, name, n_partitions):
        run_cluster('topic', name, n_partitions, '--dir', self.folder)
        return name

    def kill(self):
        self.process.kill()
        self.process.wait()
        if os.path.isdir(self.folder):
            run_cluster('stop', '--dir', self.folder)


@contextlib.contextmanager
def open_clients(report, network, topics, n_partitions, reads):
    """The peer, and kafkasink of each build, each with a topic of its own. Their partitions have had records"""
    builds = (report.builds[0], *report.builds)
    modes = ('bare', *('kafkasink' for _ in report.builds))
    clients = [Client(report.find('bench-kafka'), build, mode, network.address, topic, SIZE,
                      network.kafka if reads else None)
               for build, mode, topic in zip(builds, modes, topics)]
    for client in clients:
        client.wait_ready()
    send_together(clients, 1, 10 * n_partitions)
    yield clients
    for client in clients:
        client.end()


def send_together(clients, n_turns, n, rate=0):
    """For each client its answers"""
    for client in clients:
        client.begin(n, rate, n_turns)
    return [[client.finish() for _ in range(n_turns)] for client in clients]


def send_in_turns(clients, n_turns, n, rate=0):
    return list(zip(*([client.send(n, rate) for client in clients] for _ in range(n_turns))))


def measure_steady(report, network, topics, n_partitions, send):
    """For each rate of each client the Spreads of p50, p99 and max in ms"""
    found = {}
    with open_clients(report, network, topics, n_partitions, True) as clients:
        for rate in report.options.rates or RATES:
            n = max(1, int(rate * (0.1 if report.quick else SECONDS)))
            found[rate] = [[Spread(values, 1e-3) for values in zip(*turns)]
                           for turns in send(clients, report.options.turns, n, rate)]
    return found


def measure_flat_out(report, network, topics, n_partitions, send):
    """For each client the Spread of records per second"""
    n = 100 if report.quick else N_FLAT_OUT
    with open_clients(report, network, topics, n_partitions, False) as clients:
        return [Spread(rate for rate, _ in turns) for turns in send(clients, report.options.turns, n)]


def measure(report):
    partitions = report.options.partitions or (PARTITIONS[1:2] if report.quick else PARTITIONS)
    rtts_ms = report.options.rtt or (RTTS_MS[:2] if report.quick else RTTS_MS)
    steady, flat_out = {}, {}
    table = report.table(f'Records of {SIZE} bytes at a steady rate: how many ms old they are when they come',
                         'partitions', 'RTT ms', 'records/s', 'p50', 'bare p50', 'ratio', 'p99', 'bare p99', 'ratio',
                         'max', 'bare max')
    network = Network(report.folder)
    for n_partitions in partitions:
        topics = [network.make_topic(f'p{n_partitions}-{i}', n_partitions) for i in range(1 + len(report.builds))]
        for rtt_ms in rtts_ms:
            network.tell(f'delay {rtt_ms / 2}')
            send = send_together if n_partitions * rtt_ms / N_REQUESTS > LONG_ROUND_MS else send_in_turns
            found = steady[n_partitions, rtt_ms] = measure_steady(report, network, topics, n_partitions, send)
            for rate, (peer, *ours) in found.items():
                for build, (p50, p99, most) in zip(report.builds, ours):
                    table.row(build, n_partitions, rtt_ms, rate, p50, peer[0], ratio(p50, peer[0]),
                              p99, peer[1], ratio(p99, peer[1]), most, peer[2])
            flat_out[n_partitions, rtt_ms] = measure_flat_out(report, network, topics, n_partitions, send)

    table = report.table(f'Records of {SIZE} bytes as fast as it goes: how many per second',
                         'partitions', 'RTT ms', 'records/s', 'bare records/s', 'ratio')
    for (n_partitions, rtt_ms), (peer, *ours) in flat_out.items():
        for build, rate in zip(report.builds, ours):
            table.row(build, n_partitions, rtt_ms, rate, peer, ratio(rate, peer))
    plot(report, partitions, rtts_ms, steady, flat_out)


def plot(report, partitions, rtts_ms, steady, flat_out):
    rates = report.options.rates or RATES
    rate = 1000 if 1000 in rates else rates[0]
    names = ['bare librdkafka', *(report.label(build, 'kafkasink') for build in report.builds)]
    for n in partitions:
        report.plot(f'p{n}', f'{rate} records per second, {n} partitions', 'round-trip time in ms', 'age in ms', {
            f'{name} {what}': {rtt_ms: steady[n, rtt_ms][rate][i][column] for rtt_ms in rtts_ms}
            for i, name in enumerate(names) for column, what in enumerate(('p50', 'p99'))}, 'y')
        report.plot(f'p{n}-flat-out', f'As fast as it goes, {n} partitions', 'round-trip time in ms', 'records/s', {
            name: {rtt_ms: flat_out[n, rtt_ms][i] for rtt_ms in rtts_ms} for i, name in enumerate(names)}, 'y')
