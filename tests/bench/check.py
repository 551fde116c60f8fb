#!/usr/bin/python3
"""That tests/bench/run works: every table has its rows, and they have numbers."""
import os
import re
import subprocess

BENCH = os.path.join(os.environ['METAKAFKA_SRC'], 'tests', 'bench', 'run')
BUILD = os.environ['METAKAFKA_BUILD']
# of two codecs in two formats and four sizes, for two elements
N_ROWS = {'access unit': 2 * 2 * 4 * 2, 'librdkafka': 4, 'metakafka-bridge': 1}

done = subprocess.run([BENCH, '--quick', '--build', BUILD], stdin=subprocess.DEVNULL,
                      stdout=subprocess.PIPE, text=True)
print(done.stdout)
tables = re.findall(r'^(\w.*)\n\n\|.*\n\| ---.*\n((?:\|.*\n)*)', done.stdout, re.M)
assert done.returncode == 0 and len(tables) == len(N_ROWS), done.returncode
for (title, text), (topic, n_rows) in zip(tables, N_ROWS.items()):
    rows = [line.strip('| ').split(' | ') for line in text.splitlines()]
    assert topic in title and len(rows) == n_rows, (title, len(rows))
    for cells in rows:
        # from the first number on all are
        values = [float(cell) for cell in cells[4:] if cell != '-']
        assert len(cells) >= 7 and all(value >= 0 for value in values), cells
        assert topic != 'metakafka-bridge' or values[-1] > 0, cells
