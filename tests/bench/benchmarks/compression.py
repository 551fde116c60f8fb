"""What each compression of the records costs metakafka-bridge, and kafkasink with a file of JSON lines as fast as it can, and
what it saves, beside none: bytes of a record as the broker stores it, with its share of the batch, and processor time. Cameras,
broker and bridge are those of the benchmark bridge. What kafkasink takes to start is subtracted."""
import functools
import os
import resource
import sys

from bridges import FPS, TOPIC, Bridge, Road
from common import harness, start_broker
from report import Spread, ratio

from batches import CODECS, read_batches

TITLE = 'Compression'

STREAMS = (1, 50)
LINE = ('{"stream_id":"cam01","seq":%d,"ts_ns":%d,"objects":[{"id":"obj-1","label":"person",'
        '"confidence":%.2f,"bbox":{"x":%.3f,"y":%.3f,"w":%.3f,"h":%.3f}}],'
        '"bridge_ts_ns":%d,"sender_ts_ns":%d}\n')
FRAME_NS = 10**9 // FPS


def bytes_per_record(address, codec):
    batches = read_batches(address, TOPIC)
    others = {batch.codec for batch in batches} - {codec}
    # librdkafka leaves a batch as it is where compression makes it larger
    if others - {'none'}:
        sys.exit(f'batches are compressed with {", ".join(others)} in place of {codec}')
    n_records = sum(batch.n_records for batch in batches)
    return sum(batch.n_bytes for batch in batches) / n_records, n_records / len(batches)


class Compressing(Bridge):
    """A bridge, and what it has left on the broker at its end"""

    def __init__(self, codec, build):
        super().__init__(codec, build, '-X', f'compression.type={codec}')

    def command(self, ports, address):
        self.address = address
        return super().command(ports, address)

    def end(self, program):
        self.size, self.n_batch = bytes_per_record(self.address, self.name)
        return super().end(program)


class Cost:
    """Of the turns of a codec: of each a size, records in a batch, and microseconds"""

    def __init__(self, turns):
        self.size, self.n_batch, self.us = map(Spread, zip(*turns))

    def cells(self, none):
        return self.size, ratio(self.size, none.size), self.n_batch, self.us, ratio(self.us, none.us)


def measure_streams(report, road, build, n_streams):
    def measure_codec(codec):
        subject = Compressing(codec, build)
        result = road.measure(subject, n_streams)
        return subject.size, subject.n_batch, result

    found = dict(zip(CODECS, report.take_turns(*(functools.partial(measure_codec, codec) for codec in CODECS))))
    costs = {codec: Cost([(size, n_batch, result.us) for size, n_batch, result in turns])
             for codec, turns in found.items()}
    table = report.table(f'{n_streams} cameras at {FPS}/s for {road.seconds} s',
                         'compression', 'bytes per record', 'of none', 'records in a batch', 'µs per record', 'of none',
                         '% of a core per camera', 'p99 ms', 'records lost')
    for codec, turns in found.items():
        results = [result for _, _, result in turns]
        table.row(build, codec, *costs[codec].cells(costs['none']), Spread(result.percent for result in results),
                  Spread(result.p99_ms for result in results), sum(result.n_lost for result in results))
    return costs


# --- as fast as it can -------------------------------------------------------

def write_lines(path, n):
    with open(path, 'w') as file:
        for seq in range(n):
            # as detections move: with digits that do not repeat at once
            part = seq * 0.618 % 1
            ts_ns = seq * FRAME_NS
            file.write(LINE % (seq, ts_ns, 0.5 + part / 2, part, 1 - part, part / 2, part / 3,
                               86400 * 10**9 + ts_ns + int(part * 10**6), ts_ns))


def cpu_of_sink(build, cpu, address, codec, path):
    """Seconds of processor time"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    sink = harness.Program('gst-launch-1.0', '-c', cpu, 'gst-launch-1.0', '-q', 'filesrc', f'location={path}', '!',
                    'application/x-ndjson', '!', 'kafkasink', f'bootstrap-servers={address}', f'topic={TOPIC}',
                    f'config=config,compression.type={codec}', env=build.env, path='taskset')
    if sink.wait(300) != 0:
        sys.exit(' '.join(sink.lines[-3:]))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_file(report, build, cpu, n):
    lines, start = (os.path.join(report.folder, name) for name in ('lines', 'start'))
    write_lines(lines, n)
    write_lines(start, 1)

    def measure_codec(codec):
        broker, address = start_broker(build, f'{TOPIC}:1')
        begin = cpu_of_sink(build, cpu, address, codec, start)
        seconds = cpu_of_sink(build, cpu, address, codec, lines) - begin
        size, n_batch = bytes_per_record(address, codec)
        broker.end()
        return size, n_batch, max(seconds, 0) / n * 1e6

    found = dict(zip(CODECS, report.take_turns(*(functools.partial(measure_codec, codec) for codec in CODECS))))
    costs = {codec: Cost(turns) for codec, turns in found.items()}
    table = report.table(f'A file of {n} JSON lines of {os.path.getsize(lines) // n} bytes through kafkasink',
                         'compression', 'bytes per record', 'of none', 'records in a batch', 'µs per record', 'of none')
    for codec, cost in costs.items():
        table.row(build, codec, *cost.cells(costs['none']))


def measure(report):
    curves = {}
    with Road(report, *((1, 1) if report.quick else (3, 10))) as road:
        for build in report.builds:
            for n_streams in report.options.streams or ((2,) if report.quick else STREAMS):
                for codec, cost in measure_streams(report, road, build, n_streams).items():
                    curves.setdefault(report.label(build, codec), {})[n_streams] = cost.size
            measure_file(report, build, road.cpu, 2000 if report.quick else 200000)
    report.plot('size', 'A record at the broker, with its share of the batch', 'cameras', 'bytes', curves)
