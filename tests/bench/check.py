#!/usr/bin/python3
"""That tests/bench/run, tests/bench/bridge and tests/bench/compression work: every table has its rows, and they
have numbers."""
import os
import re
import subprocess

BENCH = os.path.join(os.environ['METAKAFKA_SRC'], 'tests', 'bench')
BUILD = os.environ['METAKAFKA_BUILD']


def read_tables(program):
    """The title and the rows, as lists of cells, of each table; and all lines"""
    done = subprocess.run([os.path.join(BENCH, program), '--quick', '--build', BUILD],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.returncode
    tables = re.findall(r'^(\w.*)\n\n\|.*\n\| ---.*\n((?:\|.*\n)*)', done.stdout, re.M)
    return [(title, [line.strip('| ').split(' | ') for line in text.splitlines()])
            for title, text in tables], done.stdout.splitlines()


def check_run():
    # of two codecs in two formats, seven access units, for two elements; three passes over three
    # kinds of object of two sizes; four ways with KLV, two with FLV; two outputs
    n_rows = {'access unit': 2 * 2 * 7 * 2, 'JSON object': 3 * 3 * 2, 'KLV packet': 4,
              'FLV, an event': 1, 'Events of FLV': 1, 'librdkafka': 4,
              'metakafka-print': 4 if 'KAFKA_BOOTSTRAP' in os.environ else 2}
    tables, _ = read_tables('run')
    assert len(tables) == len(n_rows), tables
    for (title, rows), (topic, n) in zip(tables, n_rows.items()):
        assert topic in title and len(rows) == n, (title, len(rows))
        for cells in rows:
            # from the first number on all are
            values = [float(cell) for cell in cells[4:] if cell != '-']
            assert len(cells) >= 7 and all(value >= 0 for value in values), cells


def check_bridge():
    [(_, rows)], lines = read_tables('bridge')
    peers = {'gst-launch-1.0'}
    if not any('Without the Python bridge' in line for line in lines):
        peers.add('Python')
    assert [cells[0] for cells in rows].count(BUILD) == 2, rows
    assert {cells[0] for cells in rows} == {BUILD} | peers and len(rows) == 2 + 2 * len(peers), rows
    for cells in rows:
        n_frames, n_lost, n_twice = map(int, cells[9:12])
        assert n_frames > n_lost and n_twice == 0, cells
        assert all(float(cell) >= 0 for cell in cells[1:] if cell != '-'), cells
    verdicts = [re.search(r'^goal: .*: (met|missed|not measured)\b', line) for line in lines
                if line.startswith('goal')]
    assert len(verdicts) == 6 and all(verdicts), lines


def check_compression():
    tables, _ = read_tables('compression')
    assert len(tables) == 2, tables
    for title, rows in tables:
        assert [cells[0] for cells in rows] == ['none', 'gzip', 'snappy', 'lz4', 'zstd'], (title, rows)
        sizes = {cells[0]: float(cells[1]) for cells in rows}
        assert sizes['gzip'] < sizes['none'], sizes
        for cells in rows:
            assert all(float(cell) >= 0 for cell in cells[1:] if cell != '-'), cells


check_run()
check_bridge()
check_compression()
