"""Processor time of metakafka-print per record; the peers are kcat -C and kcat -C -u. And how long it takes to find records by
a label; the peer is kcat -C into jq."""
import functools
import os
import signal
import subprocess
import threading
import time

from common import harness, open_brokers
from report import Spread, ratio

TITLE = 'metakafka-print'

SIZE = 300
# the mock cluster keeps 5 MiB of each; Kafka gets more
N_PARTITIONS = 20
MORE = {'Kafka': 5}
# of each four records one has the first
LABELS = ('person', 'dog', 'bicycle', 'truck')
FIND = 'select(any(.objects[]; .label == "person"))'
PATIENCE_S = 120


def fill(address, topic, n):
    """JSON of SIZE bytes, as many in each partition. Returns how many there are"""
    n_each = n // N_PARTITIONS
    for partition in range(N_PARTITIONS):
        lines = []
        for seq in range(n_each):
            begin = (f'{{"seq":{seq},"ts_ns":{1700000000000000000 + seq * 33333333},"camera":"north-{partition}",'
                     f'"objects":[{{"id":7,"label":"{LABELS[seq % len(LABELS)]}","confidence":0.87,"box":[0.1,0.25,0.5,0.75]}},'
                     '{"id":9,"label":"car","confidence":0.6,"box":[0.5,0.125,0.25,0.2]}],"text":"')
            lines.append(begin + 'x' * (SIZE - len(begin) - 2) + '"}\n')
        subprocess.run(['kcat', '-P', '-b', address, '-t', topic, '-p', str(partition)], check=True,
                       input=''.join(lines).encode(), timeout=PATIENCE_S)
    return n_each * N_PARTITIONS


class Reader:
    """A program that shows records, on a pipe that is read or on /dev/null"""

    def __init__(self, command, output, env=None):
        self.n_lines = 0
        stdout = subprocess.PIPE if output == 'pipe' else subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout,
                                        stderr=subprocess.DEVNULL, env={**os.environ, **(env or {})})
        harness.running.append(self)
        if output == 'pipe':
            self.thread = threading.Thread(target=self._read, daemon=True)
            self.thread.start()

    def _read(self):
        while data := os.read(self.process.stdout.fileno(), 1 << 16):
            self.n_lines += data.count(b'\n')

    def count_written(self):
        """Bytes, whoever reads them"""
        with open(f'/proc/{self.process.pid}/io', encoding='ascii') as file:
            return int(file.read().split('wchar: ')[1].split()[0])

    def end(self):
        """Microseconds of processor time until it has ended"""
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        harness.running.remove(self)
        assert self.process.returncode == 0, self.process.args
        if self.process.stdout:
            self.thread.join()
            self.process.stdout.close()
        return 1e6 * (used.ru_utime + used.ru_stime)

    def kill(self):
        self.process.kill()
        self.process.wait()


def kcat_us(address, topic, output, n, *args):
    """Per record"""
    reader = Reader(['timeout', '--foreground', str(PATIENCE_S), 'kcat', '-C', '-e', '-q', '-b', address,
                     '-t', topic, '-o', 'beginning', *args], output)
    us = reader.end() / n
    assert output != 'pipe' or reader.n_lines == n, reader.n_lines
    return us


def print_us(build, address, topic, output, n):
    """Per record, by a group that is new"""
    group = f'bench-{os.getpid()}-{time.monotonic_ns()}'
    reader = Reader([build.find('metakafka-print'), '--bootstrap', address, '--topic', topic, '--group', group],
                    output, build.env)
    harness.wait_for(lambda: reader.count_written() >= n * (len('[Kafka] ') + SIZE + 1), f'{n} lines', PATIENCE_S)
    reader.process.send_signal(signal.SIGINT)
    us = reader.end() / n
    # subscribed, and interrupted
    assert output != 'pipe' or reader.n_lines == n + 2, reader.n_lines
    return us


def measure_output(report, table, output, name, address, topic, n):
    kcat, kcat_u, *ours = report.take_turns(
        functools.partial(kcat_us, address, topic, output, n),
        functools.partial(kcat_us, address, topic, output, n, '-u'),
        *(functools.partial(print_us, build, address, topic, output, n) for build in report.builds))
    kcat, kcat_u = Spread(kcat), Spread(kcat_u)
    for build, turns in zip(report.builds, ours):
        us = Spread(turns)
        table.row(build, output, name, us, kcat, ratio(us, kcat), kcat_u, ratio(us, kcat_u))


def time_pipe(n, command, *args, env=None):
    """Seconds, and microseconds of processor time per record, of what bash reads as a pipe that finds a share of n records"""
    begin = time.monotonic()
    reader = Reader(['bash', '-c', f'set -o pipefail; {command}', *map(str, args)], 'pipe', env)
    us = reader.end() / n
    assert reader.n_lines == n // len(LABELS), reader.n_lines
    return time.monotonic() - begin, us


def find_by_kcat(address, topic, n, begin_ms):
    start = f's@{begin_ms}' if begin_ms else 'beginning'
    return time_pipe(n, f'kcat -C -e -q -b "$0" -t "$1" -o "$2" | jq -c \'{FIND}\'', address, topic, start)


def find_by_print(build, address, topic, n, begin_ms, path):
    start = f'@{begin_ms}' if begin_ms else 'beginning'
    return time_pipe(n, '"$0" --bootstrap "$1" --topic "$2" --offset "$3" --filter "$4" --stats --exit-at-end --format raw',
                     build.find('metakafka-print'), address, topic, start, f'{path}=person', env=build.env)


def measure_finding(report, table, name, address, topic, n, begin_ms):
    """begin_ms: what was before is not read, of brokers that know times"""
    for path in ('objects.label', '$.objects[*].label'):
        peer, *ours = report.take_turns(
            functools.partial(find_by_kcat, address, topic, n, begin_ms),
            *(functools.partial(find_by_print, build, address, topic, n, begin_ms, path) for build in report.builds))
        peer_s, peer_us = map(Spread, zip(*peer))
        for build, turns in zip(report.builds, ours):
            s, us = map(Spread, zip(*turns))
            table.row(build, path, name, n, s, peer_s, ratio(s, peer_s), us, peer_us, ratio(us, peer_us))


def measure(report):
    n = 2000 if report.quick else 200000
    table = report.table(f'A record of {SIZE} bytes, of {n}, in µs of processor time',
                         'output', 'broker', 'µs', 'kcat', 'ratio', 'kcat -u', 'ratio')
    with open_brokers(report.builds[0], {'print': N_PARTITIONS, 'find': N_PARTITIONS}) as (brokers, topics):
        for name, address in brokers:
            n_records = fill(address, topics['print'], n)
            for output in ('/dev/null', 'pipe'):
                measure_output(report, table, output, name, address, topics['print'], n_records)
        table = report.table('Records of which a quarter has the label, with --stats: seconds, and µs of processor time per record',
                             'path', 'broker', 'records', 's', 'kcat into jq', 'ratio', 'µs', 'kcat into jq', 'ratio')
        for name, address in brokers:
            begin_ms = int(time.time() * 1000) if name in MORE else None
            n_records = sum(fill(address, topics['find'], n) for _ in range(MORE.get(name, 1)))
            measure_finding(report, table, name, address, topics['find'], n_records, begin_ms)
