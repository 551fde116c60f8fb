"""metakafka-bridge beside two others that do the same: a bridge in Python, and the ordinary elements in gst-launch-1.0 with
one line for each stream. Processor time, wake-ups (voluntary context switches) and lost records are those of a steady state,
memory is resident at its end; p99 is the time from right before a frame's first packet was sent until its record was handed
to Kafka's client, which gst-launch-1.0 does not say. Cameras and broker run on one processor, what is measured on another."""
import functools
import subprocess

from bridges import FPS, HEIGHT, KBIT_PER_SECOND, TOPIC, WIDTH, Bridge, Ended, Road, Subject
from common import HERE
from report import Spread, ratio

TITLE = 'metakafka-bridge'

STREAMS = (1, 10, 50, 100, 200)
CAPS = 'application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=96'
PYBRIDGE = HERE / 'pybridge.py'
PYTHON = '/usr/bin/python3'

MAX_PERCENT = 0.25
MAX_OF_PYTHON = 0.1
MAX_KB_PER_STREAM = 256
MAX_P99_MS = 2


# --- what else is measured ---------------------------------------------------

class Python(Subject):
    def command(self, ports, address):
        return [PYTHON, PYBRIDGE, ports[0], address, TOPIC]


class Launch(Subject):
    def command(self, ports, address):
        command = ['gst-launch-1.0', '-q', 'funnel', 'name=all', '!', 'kafkasink',
                   f'bootstrap-servers={address}', f'topic={TOPIC}', 'key={seq}']
        for port in ports:
            command += ['udpsrc', f'port={port}', 'buffer-size=8388608', f'caps={CAPS}', '!',
                        'rtpjitterbuffer', '!', 'rtph264depay', '!', 'h264parse', '!',
                        'seiextract', '!', 'all.']
        return command

    def count_ports(self, n_streams):
        return n_streams


# --- what is shown ----------------------------------------------------------

class Summary:
    """Of the turns of a subject with as many streams"""

    def __init__(self, results):
        self.results = results
        self.subject, self.n_streams = results[0].subject, results[0].n_streams
        self.percent = self._spread('percent')
        self.rss_mib = self._spread('rss_mib')
        self.wakeups = self._spread('wakeups')
        self.n_threads = self._most('n_threads')
        # without records, or without times in them, there is none
        p99s_ms = [result.p99_ms for result in results if result.p99_ms is not None]
        self.p99_ms = Spread(p99s_ms) if p99s_ms else None
        self.n_lost, self.n_twice = self._sum('n_lost'), self._sum('n_twice')

    def _spread(self, name):
        return Spread(getattr(result, name) for result in self.results)

    def _sum(self, name):
        return sum(getattr(result, name) for result in self.results)

    def _most(self, name):
        return max(getattr(result, name) for result in self.results)

    def kb_per_stream(self, first):
        """Compared with fewer streams"""
        if first is None or first.n_streams >= self.n_streams:
            return None
        return max(0, self.rss_mib.median - first.rss_mib.median) * 1024 / (self.n_streams - first.n_streams)

    def show(self, table, python, first):
        table.row(self.subject.build, self.subject.name, self.n_streams, self.percent,
                  ratio(self.percent, python.percent) if python else None,
                  self.rss_mib, self.kb_per_stream(first), self.n_threads, self.wakeups, self._sum('n_frames'),
                  self.n_lost, self.n_twice, self._sum('n_drops'), self.p99_ms, self._most('worst_late_ms'))

    def explain(self):
        """Why a row may be wrong"""
        run = f'{self.subject.name} at {self.n_streams} streams'
        if n_late := self._sum('n_late'):
            yield (f'{run}: the cameras could not keep their pace, {n_late} frames were a whole '
                   'interval late or more; the machine has too much else to do')
        for reason in {result.reason for result in self.results if result.n_lost and result.reason}:
            yield f'{run}: {reason}'
        if n_forgotten := self._sum('n_forgotten'):
            yield f'{run}: devbroker forgot {n_forgotten} records before they were counted; they are not lost'


def describe_goal(text, values, is_met, unit=''):
    """values: of each number of streams; None where there is none"""
    values = {n: value for n, value in values.items() if value is not None}
    if not values:
        verdict = 'not measured'
    else:
        shown = ', '.join(f'{value:.4g}{unit} at {n}' for n, value in values.items())
        verdict = f'{"met" if all(map(is_met, values.values())) else "missed"} ({shown})'
    return f'* goal: {text}: {verdict}'


def describe_goals(found, python):
    """found, python: by number of streams"""
    first = found[min(found)]
    yield describe_goal(f'at most {MAX_PERCENT} % of a core per stream',
                        {n: each.percent.median for n, each in found.items()},
                        lambda percent: percent <= MAX_PERCENT, ' %')
    # where Python loses records, it has not done the work
    yield describe_goal(f'at most {MAX_OF_PYTHON} of the Python bridge, where that loses nothing',
                        {n: each.percent.median / python[n].percent.median for n, each in found.items()
                         if n in python and python[n].n_lost == 0},
                        lambda share: share <= MAX_OF_PYTHON)
    yield describe_goal('no record lost or doubled on one core',
                        {n: each.n_lost + each.n_twice for n, each in found.items()},
                        lambda n_wrong: n_wrong == 0)
    yield describe_goal(f'at most {MAX_KB_PER_STREAM} kB of memory per stream',
                        {n: each.kb_per_stream(first) for n, each in found.items()},
                        lambda kb: kb <= MAX_KB_PER_STREAM, ' kB')
    yield describe_goal('as many threads for every number of streams',
                        {n: each.n_threads for n, each in found.items()},
                        lambda n_threads: n_threads == first.n_threads)
    yield describe_goal(f'p99 from packet to record of at most {MAX_P99_MS} ms',
                        {n: each.p99_ms and each.p99_ms.median for n, each in found.items()},
                        lambda ms: ms <= MAX_P99_MS, ' ms')


# --- the turns --------------------------------------------------------------

def find_peers(report):
    if report.options.alone:
        return []
    build = report.builds[0]
    peers = [Launch('gst-launch-1.0', build)]
    done = subprocess.run([PYTHON, '-c', 'import confluent_kafka'], stderr=subprocess.DEVNULL)
    if done.returncode == 0:
        peers.insert(0, Python('Python', build))
    else:
        report.note('Without the Python bridge: tests/install-packages bench installs confluent-kafka')
    return peers


def measure_once(road, subject, n_streams):
    """Or why it ended, in vain"""
    try:
        return road.measure(subject, n_streams)
    except Ended as reason:
        return reason


def measure(report):
    counts = sorted(report.options.streams or ((1, 2) if report.quick else STREAMS))
    begin, seconds = (1, 1) if report.quick else (3, 10)
    peers = find_peers(report)
    subjects = peers + [Bridge('metakafka-bridge', build) for build in report.builds]
    found = {subject: {} for subject in subjects}
    notes = []
    with open('/proc/sys/net/core/rmem_max') as file:
        rmem_max = int(file.read())
    table = report.table(
        f'Streams of {WIDTH}x{HEIGHT}, {FPS}/s, {KBIT_PER_SECOND / 1000:.0f} Mbit/s for {seconds} s; '
        f'net.core.rmem_max is {rmem_max}',
        'bridge', 'streams', '% of a core per stream', 'of Python', 'MiB', 'kB per stream', 'threads',
        'wake-ups/s per stream', 'frames', 'records lost', 'twice', 'datagrams dropped', 'p99 ms', 'cameras late by ms')
    with Road(report, begin, seconds) as road:
        for n_streams in counts:
            turns = report.take_turns(*(functools.partial(measure_once, road, subject, n_streams)
                                        for subject in subjects))
            for subject, results in zip(subjects, turns):
                for reason in results:
                    if isinstance(reason, Ended):
                        notes.append(f'{subject.name} does not manage {n_streams} streams: {reason}')
                        break
                else:
                    summary = found[subject][n_streams] = Summary(results)
                    python = next((found[peer].get(n_streams) for peer in peers if isinstance(peer, Python)), None)
                    summary.show(table, python, found[subject].get(counts[0]))
                    notes += summary.explain()
    report.note(*(f'* {note}' for note in notes))
    python = next((found[peer] for peer in peers if isinstance(peer, Python)), {})
    for subject, summaries in found.items():
        if isinstance(subject, Bridge):
            if not summaries:
                raise SystemExit(notes[-1])
            report.note(*([f'{subject.build.name}:', ''] if len(report.builds) > 1 else []),
                        *describe_goals(summaries, python))
    for name, y in (('percent', '% of a core per stream'), ('rss_mib', 'MiB')):
        report.plot({'percent': 'time', 'rss_mib': 'memory'}[name], f'Streams of {WIDTH}x{HEIGHT}, {FPS}/s', 'streams', y, {
            report.label(subject.build, subject.name): {n: getattr(each, name) for n, each in summaries.items()}
            for subject, summaries in found.items()}, 'xy')
