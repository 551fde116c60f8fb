#!/usr/bin/python3
"""That tests/bench/run works: every table has its rows, they have numbers, and every plot has its curves."""
import os
import pathlib
import re
import subprocess
import tempfile
import xml.etree.ElementTree

RUN = os.path.join(os.environ['METAKAFKA_SRC'], 'tests', 'bench', 'run')
BUILD = os.environ['METAKAFKA_BUILD']
BROKERS = ('devbroker', 'kafka') if 'KAFKA_BOOTSTRAP' in os.environ else ('devbroker',)
TEXTS = ('stream', 'element', 'object', 'pass', 'what', 'output', 'broker', 'bridge', 'compression', 'from', 'path')
# rows of each table, where they do not depend on what is installed
N_ROWS = {
    # two codecs in two formats, seven access units, two elements
    'sei': [2 * 2 * 7 * 2],
    'json': [3 * 3 * 3],
    'klv': [4],
    'flv': [3, 1],
    # sizes and partitions, as fast as it goes and at a steady rate
    'kafka': [2 * 2, 2 * 2] * len(BROKERS),
    # round-trip times, and rates
    'latency': [2 * 3, 2],
    'print': [2 * len(BROKERS), 2 * len(BROKERS)],
    'compression': [5, 5],
    'soak': [13, 2],
}
N_CURVES = {
    'sei': {'size': 3},
    'json': {'size': 4},
    'klv': {},
    'flv': {'size': 2},
    'kafka': {f'{broker}-{x}{what}': n for broker in BROKERS for x in ('size', 'partitions')
              for what, n in (('', 2), ('-time', 4))},
    'latency': {'p6': 4, 'p6-flat-out': 2},
    'print': {},
    'compression': {'size': 5},
    'soak': {'memory': 2, 'threads': 4},
}


def run(*options, env=None):
    print('run', *options, flush=True)
    done = subprocess.run([RUN, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, env={**os.environ, **(env or {})})
    print(done.stdout, flush=True)
    return done.returncode, done.stdout


def read_tables(page):
    """Of each table the rows: pairs of a column's name and a cell"""
    for columns, text in re.findall(r'^\| (.*) \|\n\|[ -|]*\n((?:\|.*\n)*)', page, re.M):
        yield [list(zip(columns.split(' | '), line.strip('| ').split(' | '))) for line in text.splitlines()]


def check_cell(column, cell):
    if column in TEXTS or cell == '-':
        return
    numbers = re.fullmatch(r'(-?[\d.]+)(?: \((-?[\d.]+) to (-?[\d.]+)\))?', cell)
    assert numbers, (column, cell)
    median, least, most = (float(number or numbers[1]) for number in numbers.groups())
    assert least <= median <= most, (column, cell)


def check_page(folder, name):
    """Returns its tables"""
    page = (folder / f'{name}.md').read_text()
    tables = list(read_tables(page))
    assert [len(rows) for rows in tables] == N_ROWS.get(name, [len(rows) for rows in tables]), (name, tables)
    for rows in tables:
        for row in rows:
            for column, cell in row:
                check_cell(column, cell)
    assert 'GStreamer 1.' in page and '    tests/bench/run ' in page, page
    curves = N_CURVES[name]
    assert {path.name for path in folder.glob(f'{name}-*.svg')} == {f'{name}-{plot}.svg' for plot in curves}, name
    for plot, n in curves.items():
        assert f']({name}-{plot}.svg)' in page, page
        check_plot(folder / f'{name}-{plot}.svg', n)
    return tables


def check_plot(path, n_curves):
    ids = [element.get('id', '') for element in xml.etree.ElementTree.parse(path).iter()]
    assert sum(name.startswith('gnuplot_plot_') for name in ids) == n_curves, (path.name, ids)


def check_bridge(folder, output):
    bridges = ['gst-launch-1.0', 'metakafka-bridge']
    if 'Without the Python bridge' not in output:
        bridges.insert(0, 'Python')
    N_CURVES['bridge'] = {'time': len(bridges), 'memory': len(bridges)}
    [rows] = check_page(folder, 'bridge')
    cells = [dict(row) for row in rows]
    assert [row['bridge'] for row in cells] == bridges * 2, cells
    for row in cells:
        assert int(row['frames']) > int(row['records lost']) and row['twice'] == '0', row
    verdicts = re.findall(r'^\* goal: .*: (?:met|missed|not measured)\b', output, re.M)
    assert len(verdicts) == 6, output


def check_compression(tables):
    for rows in tables:
        sizes = {row[0][1]: float(row[1][1].split()[0]) for row in rows}
        assert list(sizes) == ['none', 'gzip', 'snappy', 'lz4', 'zstd'] and sizes['gzip'] < sizes['none'], sizes


def main():
    with tempfile.TemporaryDirectory(prefix='metakafka-bench.') as name:
        folder = pathlib.Path(name)
        options = ('--quick', '--build', BUILD, '--write', name)
        status, output = run(*options, env={'PATH': name})
        assert status == 1 and 'tests/install-packages bench' in output, output

        status, output = run('--list')
        names = re.findall(r'^(\w+): ', output, re.M)
        assert status == 0 and set(names) == {*N_ROWS, 'bridge'}, names

        # it starts a Kafka of its own, for which tests/run has all that it takes
        chosen = [name for name in names if name != 'soak' and (name != 'latency' or len(BROKERS) > 1)]
        status, output = run(*chosen, *options)
        assert status == 0, status
        tables = {name: check_page(folder, name) for name in chosen if name != 'bridge'}
        check_compression(tables['compression'])
        check_bridge(folder, output)

        # of devbroker: to make topics takes a real Kafka longer than the rest
        os.environ.pop('KAFKA_BOOTSTRAP', None)
        status, _ = run('--soak', '5', *options)
        assert status == 0, status
        check_page(folder, 'soak')


main()
