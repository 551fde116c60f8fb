"""What tests/bench/run measures of metakafka-print."""
import os
import pathlib
import signal
import statistics
import subprocess
import threading
import time

from common import harness, ratio, row, start_broker, table

SIZE = 300
# the mock cluster keeps 5 MiB of each
N_PARTITIONS = 20
PATIENCE_S = 120


def cluster(*args):
    program = pathlib.Path(__file__).resolve().parent.parent / 'kafka' / 'cluster'
    subprocess.run([program, *map(str, args)], check=True, timeout=PATIENCE_S)


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
        """Nanoseconds of processor time until it has ended"""
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        harness.running.remove(self)
        assert self.process.returncode == 0, self.process.args
        if self.process.stdout:
            self.thread.join()
            self.process.stdout.close()
        return 1e9 * (used.ru_utime + used.ru_stime)

    def kill(self):
        self.process.kill()
        self.process.wait()


def kcat_ns(address, topic, output, n, *args):
    """Per record"""
    reader = Reader(['timeout', '--foreground', str(PATIENCE_S), 'kcat', '-C', '-e', '-q', '-b', address,
                     '-t', topic, '-o', 'beginning', *args], output)
    ns = reader.end() / n
    assert output != 'pipe' or reader.n_lines == n, reader.n_lines
    return ns


def print_ns(build, address, topic, output, n):
    """Per record, by a group that is new"""
    group = f'bench-{os.getpid()}-{time.monotonic_ns()}'
    reader = Reader([build.find('metakafka-print'), '--bootstrap', address, '--topic', topic, '--group', group],
                    output, build.env)
    harness.wait_for(lambda: reader.count_written() >= n * (len('[Kafka] ') + SIZE + 1), f'{n} lines', PATIENCE_S)
    reader.process.send_signal(signal.SIGINT)
    ns = reader.end() / n
    # subscribed, and interrupted
    assert output != 'pipe' or reader.n_lines == n + 2, reader.n_lines
    return ns


def median_and_bounds(found):
    return [f'{f(found):.0f}' for f in (statistics.median, min, max)]


def measure(builds, name, address, topic, n, turns):
    for output in ('/dev/null', 'pipe'):
        peers, ours = ([], []), [[] for _ in builds]
        for _ in range(turns):
            for found, args in zip(peers, ((), ('-u',))):
                found.append(kcat_ns(address, topic, output, n, *args))
            for build, found in zip(builds, ours):
                found.append(print_ns(build, address, topic, output, n))
        for build, found in zip(builds, ours):
            cells = median_and_bounds(found)
            for peer in peers:
                cells += [*median_and_bounds(peer), ratio(statistics.median(found), statistics.median(peer))]
            row(build.name, output, name, n, *cells)


def bench_print(builds, n, turns):
    """Of a devbroker, and of the Kafka at KAFKA_BOOTSTRAP"""
    topic = f'print-{time.time_ns()}'
    _, mock = start_broker(builds[0], f'{topic}:{N_PARTITIONS}')
    kafka = os.environ.get('KAFKA_BOOTSTRAP')
    table(f'Processor time of metakafka-print per record of {SIZE} bytes; the peers are kcat -C and kcat -C -u',
          'build', 'output', 'broker', 'records', 'ns', 'min', 'max', 'kcat ns', 'min', 'max', 'ratio',
          'kcat -u ns', 'min', 'max', 'ratio')
    measure(builds, 'devbroker', mock, topic, fill(mock, topic, n), turns)
    if kafka:
        cluster('topic', topic, N_PARTITIONS, '--bootstrap', kafka)
        measure(builds, 'Kafka', kafka, topic, fill(kafka, topic, n), turns)
        cluster('delete-topic', topic, '--bootstrap', kafka)
