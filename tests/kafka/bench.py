"""A Kafka of its own for a test, and a pipeline that publishes to it.

Without KAFKA_BOOTSTRAP, which stands for tests with real Kafka, they are skipped.
"""
import atexit
import collections
import os
import shutil
import subprocess
import tempfile
import time

import gi

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

import harness  # noqa: E402
from harness import PATIENCE, Program, Skip  # noqa: E402

FOLDER = os.path.join(os.environ['METAKAFKA_SRC'], 'tests', 'kafka')
SCRIPT = os.path.join(FOLDER, 'cluster')

Gst.init(None)


class Cluster:
    """Nodes that nobody else uses. options: of `cluster start`"""

    def __init__(self, *options):
        if 'KAFKA_BOOTSTRAP' not in os.environ:
            raise Skip('no Kafka: tests/run starts one, unless told --no-kafka')
        self.dir = tempfile.mkdtemp(prefix='metakafka-cluster.')
        atexit.register(self.stop)
        self.bootstrap = self.run('start', *options)

    def run(self, *words):
        done = subprocess.run([SCRIPT, *map(str, words), '--dir', self.dir],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=180)
        if done.returncode == 77 and os.environ.get('CI') != 'true':
            raise Skip(done.stderr.strip())
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def topic(self, name, partitions=1, *more):
        self.run('topic', name, partitions, *more)
        return name

    def address(self, listener):
        """Of a listener of a secure node: ssl, sasl_ssl or sasl_plaintext"""
        with open(os.path.join(self.dir, 'secure', listener)) as file:
            return file.read().strip()

    def key(self, name):
        return os.path.join(self.dir, 'secure', name)

    def advertised(self, number):
        """Of the listener for the --advertise of this number"""
        with open(os.path.join(self.dir, 'advertised', str(number))) as file:
            return file.read().strip()

    def restart(self, node=1):
        self.run('kill', node)
        self.run('restart', node)

    def stop(self):
        subprocess.run([SCRIPT, 'stop', '--dir', self.dir],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=60)
        shutil.rmtree(self.dir, ignore_errors=True)


class Proxy(Program):
    """The network in front of a broker. It outlives the tests that use it."""

    def __init__(self):
        super().__init__('proxy', path=os.path.join(FOLDER, 'proxy'), stdin=subprocess.PIPE)
        harness.running.remove(self)
        self.port = int(self.wait_line(r'^listening').split()[1])

    def tell(self, *words):
        """Returns when it is in force."""
        line = ' '.join(map(str, words))
        before = sum(got.startswith(line) for got in self.lines)
        self.process.stdin.write(line.encode() + b'\n')
        self.process.stdin.flush()
        return self.wait_line('^' + line, count=before + 1)

    def count(self):
        """Bytes that passed, up and down"""
        return [int(word) for word in self.tell('count').split()[1:]]

    def reset(self):
        for line in ('rate 0', 'delay 0', 'go'):
            self.tell(line)


class Sink:
    """appsrc ! kafkasink, playing. settings: lines of its config-file"""

    def __init__(self, servers, topic, settings=(), **properties):
        self.pipeline = Gst.parse_launch(
            'appsrc name=source format=time caps=application/x-json ! '
            'kafkasink name=kafka')
        self.source = self.pipeline.get_by_name('source')
        self.kafka = self.pipeline.get_by_name('kafka')
        self.file = tempfile.NamedTemporaryFile('w', prefix='metakafka.')
        self.file.writelines(line + '\n' for line in settings)
        self.file.flush()
        self.kafka.set_property('bootstrap-servers', servers)
        self.kafka.set_property('topic', topic)
        self.kafka.set_property('config-file', self.file.name)
        for name, value in properties.items():
            self.kafka.set_property(name.replace('_', '-'), value)
        self.bus = self.pipeline.get_bus()
        self.name = 'kafkasink'
        harness.running.append(self)    # closed when the test ends, however it does
        self.messages = []      # of each a name, a text and its fields
        self.seen = collections.Counter()       # how many of each name
        self.fields = {}        # of the message that wait() found last
        self.n_pushed = 0
        self.pipeline.set_state(Gst.State.PLAYING)

    def push(self, n=1, size=0):
        """{"n":0}, {"n":1}, ..., and spaces up to so many bytes"""
        for _ in range(n):
            self.source.emit('push-buffer', Gst.Buffer.new_wrapped(
                (b'{"n":%d}' % self.n_pushed).ljust(size)))
            self.n_pushed += 1

    def _take(self, message):
        fields = {}
        if message.type == Gst.MessageType.ELEMENT:
            structure = message.get_structure()
            name = structure.get_name()
            fields = {field: structure.get_value(field) for field in (
                structure.nth_field_name(i) for i in range(structure.n_fields()))}
            text = fields.get('text', '')
        elif message.type == Gst.MessageType.ERROR:
            name, text = 'error', message.parse_error()[0].message
        elif message.type == Gst.MessageType.WARNING:
            name, text = 'warning', message.parse_warning()[0].message
        elif message.type == Gst.MessageType.EOS:
            name, text = 'eos', ''
        else:
            return
        self.messages.append((name, text, fields))
        self.seen[name] += 1

    def find(self, name, seconds):
        """The text of the next message of this name that was not waited for, or
        None"""
        deadline = time.monotonic() + seconds
        while True:
            for i, (got, text, fields) in enumerate(self.messages):
                if got == name:
                    del self.messages[:i + 1]
                    self.fields = fields
                    return text
            left = max(0, deadline - time.monotonic())
            message = self.bus.timed_pop(int(left * Gst.SECOND))
            if not message:
                return None
            self._take(message)

    def wait(self, name, seconds=PATIENCE):
        text = self.find(name, seconds)
        assert text is not None, f'no {name}, but {self.messages}'
        return text

    def stat(self, name):
        """A field of stats; the counts always add up."""
        stats = self.kafka.get_property('stats')
        of = {stats.nth_field_name(i): stats.get_uint64(stats.nth_field_name(i))[1]
              for i in range(stats.n_fields())}
        assert of['enqueued'] == of['acknowledged'] + of['failed'] + of['dropped'] \
            + of['abandoned'] + of['in-flight'], of
        return of[name]

    def wait_stat(self, name, value, seconds=PATIENCE):
        harness.wait_for(lambda: self.stat(name) >= value,
                         f'{name} {self.stat(name)} of {value}: {self.messages}',
                         seconds)

    def finish(self, seconds=PATIENCE):
        """Ends the stream; everything is acknowledged then."""
        self.source.emit('end-of-stream')
        self.wait('eos', seconds)
        self.close()

    def close(self):
        if self in harness.running:
            harness.running.remove(self)
        self.pipeline.set_state(Gst.State.NULL)
        self.file.close()

    kill = close

    @property
    def lines(self):
        """What there is to say when a test fails"""
        self.find('', 0)
        return [f'{name}: {text}' for name, text, _ in self.messages] + [
            self.kafka.get_property('stats').to_string()]


def check_values(address, topic, n):
    """That each of n records of a Sink is there once, in order."""
    values = [value.rstrip() for _, _, value in harness.consume(address, topic, n)]
    assert values == [b'{"n":%d}' % i for i in range(n)], (len(values), values[:5])
    assert harness.count_records(address, topic) == n
