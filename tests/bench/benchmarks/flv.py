"""Processor time of flvmetaextract; the peers are identity and flvmeta --json."""
import functools
import os
import resource
import shutil
import struct
import subprocess

from report import Spread, ratio

TITLE = 'Script data of FLV'

FRAME_SIZES = (400, 4000, 40000)


def make_tag(kind, n, body):
    return (bytes([kind]) + len(body).to_bytes(3, 'big') + (40 * n).to_bytes(3, 'big') + bytes(4) + body
            + (11 + len(body)).to_bytes(4, 'big'))


def make_flv(path, n_tags, frame_size):
    """Events of a sensor, each before a frame, or without frames"""
    def number(name, value):
        return struct.pack('>H', len(name)) + name + b'\0' + struct.pack('>d', value)

    def event(n):
        members = number(b'seq', n) + number(b'latitude', 52.5 + n / 1e5) + number(b'longitude', 13.4) \
            + b'\0\6camera\2\0\5north' + b'\0\2ok\1\1'
        return make_tag(18, n, b'\2\0\10onSensor\3' + members + b'\0\0\t')

    frame = b'\x27\1\0\0\0' + bytes(max(0, frame_size - 5))
    with open(path, 'wb') as file:
        file.write(b'FLV\1\1\0\0\0\t\0\0\0\0')
        for n in range(n_tags):
            file.write(event(n) + (make_tag(9, n, frame) if frame_size else b''))


def measure_flvmeta(path):
    """Its nanoseconds of processor time"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(['flvmeta', '--full-dump', '--json', path], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1e9 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def measure_frames(report, program, path, n_tags, milliseconds):
    table = report.table('An event before each frame, in MB per second of processor time',
                         'bytes of a frame', 'flvmetaextract', 'identity', 'ratio')
    curves = {}
    for frame_size in FRAME_SIZES:
        make_flv(path, n_tags, frame_size)
        size = os.path.getsize(path)
        found = report.take_turns(*(functools.partial(build.run, program, path, milliseconds)
                                    for build in report.builds))
        for build, turns in zip(report.builds, found):
            rate = {name: Spread(1e3 * size / turn[name] for turn in turns) for name in ('flvmetaextract', 'identity')}
            table.row(build, frame_size, *rate.values(), ratio(*rate.values()))
            for name, spread in rate.items():
                curves.setdefault(report.label(build, name), {})[frame_size] = spread
    report.plot('size', 'FLV with an event before each frame', 'bytes of a frame', 'MB per second', curves, 'xy')


def measure_events(report, program, path, n_tags, milliseconds):
    table = report.table(f'{n_tags} events to JSON, in µs of processor time for each',
                         'µs', 'flvmeta', 'ratio')
    make_flv(path, n_tags, 0)
    measures = [functools.partial(build.run, program, path, milliseconds) for build in report.builds]
    if shutil.which('flvmeta'):
        measures.append(functools.partial(measure_flvmeta, path))
    found = report.take_turns(*measures)
    peer = Spread(found[-1], 1e-3 / n_tags) if shutil.which('flvmeta') else None
    for build, turns in zip(report.builds, found):
        us = Spread((turn['flvmetaextract'] for turn in turns), 1e-3 / n_tags)
        table.row(build, us, peer, ratio(us, peer) if peer else None)


def measure(report):
    program = report.find('bench-flv')
    path = os.path.join(report.folder, 'flv')
    milliseconds = 1 if report.quick else 100
    measure_frames(report, program, path, 100 if report.quick else 2000, milliseconds)
    measure_events(report, program, path, 1000 if report.quick else 20000, milliseconds)
