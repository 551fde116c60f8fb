"""Processor time of the elements of KLV, and of KLV to JSON without elements, per packet; the peer is identity."""
import functools
import pathlib

from report import Spread, ratio

TITLE = 'KLV'

PACKET = pathlib.Path(__file__).resolve().parents[2] / 'klv' / 'vectors' / 'packet_228.bin'
PEER = 'identity'


def measure(report):
    program = report.find('bench-klv')
    table = report.table('A packet of 228 bytes with 30 items, in ns of processor time',
                         'what', 'ns', 'identity', 'ratio', 'packets/s')
    found = report.take_turns(*(functools.partial(build.run, program, PACKET, 1 if report.quick else 100)
                                for build in report.builds))
    for build, turns in zip(report.builds, found):
        ns = {name: Spread(turn[name] for turn in turns) for name in turns[0]}
        for name in ('klvparse', 'klvtojson', 'klvtojson-jsontoklv', 'json'):
            table.row(build, name, ns[name], ns[PEER], ratio(ns[name], ns[PEER]), 1e9 / ns[name].median)
