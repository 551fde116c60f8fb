"""What the benchmarks share: builds, brokers, and turns."""
import contextlib
import functools
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
# harness wants it, but each program here is named by its path
os.environ.setdefault('METAKAFKA_TOOLS', '')
sys.path.insert(0, str(HERE.parent / 'tools'))
import harness  # noqa: E402

CLUSTER = HERE.parent / 'kafka' / 'cluster'
PATIENCE_S = 300


class Skip(Exception):
    """Why a benchmark cannot run here"""


class Build:
    """A build folder, wherever in it things are"""

    def __init__(self, name, folder):
        self.name = name
        self.env = dict(
            GST_PLUGIN_PATH_1_0=str(self.find('libgstmetakafka.so').parent),
            LD_LIBRARY_PATH=str(self.find('libgstsei-1.0.so').parent),
            GST_REGISTRY=os.path.join(folder, name.replace('/', '_') + '.registry'))

    @functools.cache
    def find(self, name):
        for found in sorted(pathlib.Path(self.name).rglob(name)):
            # not what is made of its page
            if found.is_file() and os.access(found, os.X_OK):
                return found
        sys.exit(f'{self.name} has no {name}: compile it with ninja -C {self.name}')

    def run(self, program, *args):
        """What a bench program prints: numbers, by name"""
        done = subprocess.run([program, *map(str, args)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=PATIENCE_S,
                              env={**os.environ, **self.env})
        if done.returncode != 0:
            sys.exit(f'{program} {args} of {self.name}: {done.stderr}')
        return read_numbers(done.stdout)


def read_numbers(text):
    words = text.split()
    return dict(zip(words[::2], map(int, words[1::2])))


class Client:
    """A bench-kafka that obeys. reader: what it reads from, to know how old records are"""

    def __init__(self, program, build, mode, address, topic, size, reader=None):
        self.what = f'{mode} of {build.name}'
        self.process = subprocess.Popen(
            list(map(str, (program, mode, address, topic, size, *([reader] if reader else [])))),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env={**os.environ, **build.env})
        harness.running.append(self)

    def _read(self):
        # it ends by itself where it cannot go on, and has said why
        return self.process.stdout.readline() or sys.exit(f'{self.what} ended')

    def wait_ready(self):
        self._read()
        return self

    def begin(self, n, rate=0, n_turns=1):
        self.process.stdin.write(f'{n} {rate} {n_turns}\n')

    def finish(self):
        """The numbers with which it answers for a turn"""
        return [int(word) for word in self._read().split()]

    def send(self, n, rate=0):
        self.begin(n, rate)
        return self.finish()

    def end(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE_S)
        harness.running.remove(self)

    def kill(self):
        self.process.kill()
        self.process.wait()


def run_cluster(*words):
    """What tests/kafka/cluster prints"""
    done = subprocess.run([CLUSTER, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE_S)
    if done.returncode == 77 and os.environ.get('CI') != 'true':
        raise Skip(done.stderr.strip())
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout.strip()


def start(build, name, *args):
    return harness.Program(name, *args, env=build.env, path=build.find(name))


def start_broker(build, *topics):
    """A devbroker, and its address"""
    broker = start(build, 'metakafka-devbroker', '--port', 0, *(word for topic in topics for word in ('--topic', topic)))
    line = broker.wait_line('listening 127')
    return broker, re.search(r'127\.0\.0\.1:\d+', line).group()


def kill_all():
    while harness.running:
        harness.running.pop().kill()


@contextlib.contextmanager
def open_brokers(build, topics):
    """A devbroker, and the Kafka of KAFKA_BOOTSTRAP where that is set: of each a name and an address; and the topics' names
    on both. topics: numbers of partitions"""
    names = {key: f'bench-{key}-{time.time_ns()}' for key in topics}
    _, address = start_broker(build, *(f'{names[key]}:{n}' for key, n in topics.items()))
    brokers = [('devbroker', address)]
    kafka = os.environ.get('KAFKA_BOOTSTRAP')
    made = []
    try:
        if kafka:
            brokers.append(('Kafka', kafka))
            for key, n in topics.items():
                run_cluster('topic', names[key], n, '--bootstrap', kafka)
                made.append(names[key])
        yield brokers, names
    finally:
        for name in made:
            run_cluster('delete-topic', name, '--bootstrap', kafka)


def parse_numbers(text):
    """1,10,50"""
    return tuple(map(int, text.split(',')))
