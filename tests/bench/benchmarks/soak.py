"""A pipeline that publishes a thousand records per second, and a bridge with cameras, for long: their memory, threads and open
descriptors, and whether Kafka has every record at the end. A limit stands in for a peer: all three stay as they are. It is
devbroker that takes the records, or the Kafka of KAFKA_BOOTSTRAP."""
import time

from bridges import FPS, Sample, free_ports, make_packets, wait_until
from common import PATIENCE_S, harness, open_brokers, start
from report import Spread

TITLE = 'Soak'

RATE = 1000
N_CAMERAS = 4
N_ROWS, N_SAMPLES = 12, 120
NS = 10**9


def start_pipeline(build, address, topic, n_records):
    # small pictures: it is not the encoder that is looked at
    return harness.Program(
        'gst-launch-1.0', '-q', 'videotestsrc', 'is-live=true', f'num-buffers={n_records}', '!',
        f'video/x-raw,format=I420,width=32,height=32,framerate={RATE}/1', '!',
        'x264enc', 'tune=zerolatency', 'speed-preset=ultrafast', 'threads=1', f'key-int-max={RATE}', '!', 'h264parse', '!',
        'seiinject', 'metadata={"camera":"north","objects":[]}', '!', 'h264parse', '!', 'seiextract', '!',
        'kafkasink', f'bootstrap-servers={address}', f'topic={topic}', env=build.env, path='gst-launch-1.0')


def take_samples(programs, seconds):
    """Of each program, by second"""
    begin_ns = time.monotonic_ns()
    samples = {}
    # the first when all have started, the last before the first has ended
    for i in range(1, N_SAMPLES):
        at_ns = i * seconds * NS // N_SAMPLES
        wait_until(begin_ns + at_ns)
        samples[at_ns / NS] = [Sample(program) for program in programs]
    return samples


def start_bridge(build, address, topic):
    """And its port"""
    port, = free_ports(1)
    bridge = start(build, 'metakafka-bridge', '--port', port, '--kafka-bootstrap', address, '--kafka-topic', topic)
    bridge.wait_line('listening')
    return bridge, port


def run(report, address, topics, seconds):
    """Both programs to their ends. Returns samples"""
    build, packets = report.builds[0], make_packets(report)
    bridge, port = start_bridge(build, address, topics['bridge'])
    pipeline = start_pipeline(build, address, topics['pipeline'], RATE * seconds)
    cameras = start(build, 'bench-cameras', packets, N_CAMERAS, FPS * seconds, port)
    samples = take_samples((pipeline, bridge), seconds)
    for program in (pipeline, cameras):
        if program.wait(PATIENCE_S) != 0:
            raise SystemExit(' '.join(program.lines[-3:]))
    if bridge.end(seconds=PATIENCE_S)[0] != 0:
        raise SystemExit(' '.join(bridge.lines[-3:]))
    return samples


def show_samples(report, samples):
    build = report.builds[0]
    table = report.table('What the system knows of them', 'second',
                         *(f'{name} {what}' for name in ('pipeline', 'bridge')
                           for what in ('MiB', 'threads', 'descriptors')))
    for i, (second, both) in enumerate(samples.items(), 1):
        if i % (N_SAMPLES // N_ROWS) == 0 or i == 1 or i == len(samples):
            table.row(build, f'{round(second, 1):g}', *(cell for sample in both for cell in (
                f'{sample.rss_kb / 1024:.1f}', sample.n_threads, sample.n_descriptors)))

    def curve(number, name, scale=1):
        return {second: Spread([getattr(both[number], name)], scale) for second, both in samples.items()}

    report.plot('memory', 'Resident memory', 'seconds', 'MiB', {
        'pipeline': curve(0, 'rss_kb', 1 / 1024), 'bridge': curve(1, 'rss_kb', 1 / 1024)})
    report.plot('threads', 'Threads and open descriptors', 'seconds', 'how many', {
        f'{what} of the {name}': curve(number, f'n_{what}')
        for number, name in enumerate(('pipeline', 'bridge')) for what in ('threads', 'descriptors')})


def measure(report):
    seconds = report.options.soak
    with open_brokers(report.builds[0], {'pipeline': 1, 'bridge': 1}) as (brokers, topics):
        name, address = brokers[-1]
        samples = run(report, address, topics, seconds)
        n_found = {key: harness.count_records(address, topic) for key, topic in topics.items()}
    show_samples(report, samples)
    table = report.table(f'Records after {seconds} s', 'from', 'sent', f'in {name}', 'missing')
    for key, n_sent in (('pipeline', RATE * seconds), ('bridge', N_CAMERAS * FPS * seconds)):
        table.row(report.builds[0], key, n_sent, n_found[key], n_sent - n_found[key])
