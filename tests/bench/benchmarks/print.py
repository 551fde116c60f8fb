"""Processor time of metakafka-print per record; the peers are kcat -C and kcat -C -u."""
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
# the mock cluster keeps 5 MiB of each
N_PARTITIONS = 20
PATIENCE_S = 120


def fill(address, topic, n):
    """JSON of SIZE bytes, as many in each partition. Returns how many there are"""
    n_each = n // N_PARTITIONS
    for partition in range(N_PARTITIONS):
        lines = []
        for seq in range(n_each):
            begin = (f'{{"seq":{seq},"ts_ns":{1700000000000000000 + seq * 33333333},"camera":"north-{partition}",'
                     '"objects":[{"id":7,"label":"person","confidence":0.87,"box":[0.1,0.25,0.5,0.75]},'
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


def measure(report):
    n = 2000 if report.quick else 200000
    table = report.table(f'A record of {SIZE} bytes, of {n}, in µs of processor time',
                         'output', 'broker', 'µs', 'kcat', 'ratio', 'kcat -u', 'ratio')
    with open_brokers(report.builds[0], {'print': N_PARTITIONS}) as (brokers, topics):
        for name, address in brokers:
            n_records = fill(address, topics['print'], n)
            for output in ('/dev/null', 'pipe'):
                measure_output(report, table, output, name, address, topics['print'], n_records)
