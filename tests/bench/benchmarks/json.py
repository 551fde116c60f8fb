"""Processor time of a pass over a JSON object, per byte; the peer is g_utf8_validate()."""
import functools

from report import Spread, ratio

TITLE = 'JSON'

KINDS = ('sender', 'members', 'text')
SIZES = (300, 1000, 10000)
PASSES = ('check', 'find', 'write')
PEER = 'utf8'


def measure(report):
    program = report.find('bench-json')
    table = report.table('A pass over an object, in ns of processor time per byte',
                         'object', 'bytes', 'pass', 'ns', 'g_utf8_validate', 'ratio')
    curves = {}
    for kind in KINDS:
        for wanted in SIZES:
            found = report.take_turns(*(functools.partial(build.run, program, kind, wanted, 1 if report.quick else 100)
                                        for build in report.builds))
            for build, turns in zip(report.builds, found):
                size = turns[0]['bytes']
                ns = {name: Spread((turn[name] for turn in turns), 1 / size) for name in (*PASSES, PEER)}
                for name in PASSES:
                    table.row(build, kind, size, name, ns[name], ns[PEER], ratio(ns[name], ns[PEER]))
                for name, spread in ns.items():
                    if kind == KINDS[0]:
                        curves.setdefault(report.label(build, name), {})[size] = spread
    report.plot('size', 'A pass over an object of metakafka-sender', 'bytes', 'ns per byte', curves, 'x')
