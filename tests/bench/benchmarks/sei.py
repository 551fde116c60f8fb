"""Processor time of seiinject and seiextract per access unit with one message; the peer is identity."""
import functools

from report import Spread, ratio

TITLE = 'SEI in access units'

STREAMS = (('h264', 'byte-stream'), ('h264', 'avc'), ('h265', 'byte-stream'), ('h265', 'hvc1'))
# bytes and slices of an access unit
UNITS = ((1500, 1), (10000, 1), (10000, 64), (100000, 1), (100000, 64), (1000000, 1), (1000000, 64))
ELEMENTS = ('seiinject', 'seiextract')


def measure(report):
    program = report.find('bench-sei')
    milliseconds = 1 if report.quick else 60
    table = report.table('An access unit with one message, in µs of processor time',
                         'stream', 'bytes', 'slices', 'element', 'µs more than identity', 'µs', 'identity', 'ratio')
    curves = {}
    for stream in STREAMS:
        for size, slices in UNITS:
            found = report.take_turns(*(functools.partial(build.run, program, *stream, size, slices, milliseconds)
                                        for build in report.builds))
            for build, turns in zip(report.builds, found):
                us = {name: Spread((turn[name] for turn in turns), 1e-3) for name in ('identity', *ELEMENTS)}
                for name in ELEMENTS:
                    more = Spread((turn[name] - turn['identity'] for turn in turns), 1e-3)
                    table.row(build, ' '.join(stream), size, slices, name, more, us[name], us['identity'],
                              ratio(us[name], us['identity']))
                if stream == STREAMS[0] and slices == 1:
                    for name, spread in us.items():
                        curves.setdefault(report.label(build, name), {})[size] = spread
    report.plot('size', f'An access unit of {" ".join(STREAMS[0])}, of one slice', 'bytes', 'µs', curves, 'xy')
