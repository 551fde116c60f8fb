"""What a benchmark shows: tables and plots, on stdout and as a page."""
import datetime
import math
import os
import platform
import re
import statistics
import subprocess

WIDTH, HEIGHT = 720, 420
# of a curve with more, neither points nor bars would be seen
MAX_TICKS = 8
POINTS = 'yerrorlines pointtype 7 pointsize 0.5'
# what noise has made less than nothing has a place on a logarithmic axis, too
LEAST = 1e-3
# median, least and most of each point; a curve for each block of data
PLOT = '''set terminal svg size {size} font "sans-serif,13" background rgb "white"
set title "{title}" noenhanced
set xlabel "{x}"
set ylabel "{y}"
set key below
set grid
set xrange [{begin}:{end}]
{ticks}
{scale}
{data}
plot {curves}
'''


def show(number):
    """With three digits, or all before the point"""
    return f'{number:.0f}' if abs(number) >= 100 else f'{number:#.3g}'


class Spread:
    """What the turns found"""

    def __init__(self, values, scale=1):
        values = [value * scale for value in values]
        self.median, self.least, self.most = statistics.median(values), min(values), max(values)

    def __str__(self):
        return f'{show(self.median)} ({show(self.least)} to {show(self.most)})'


def ratio(ours, peer):
    """Of the medians"""
    return f'{ours.median / peer.median:.2f}' if peer.median > 0 else '-'


class Table:
    """Printed row by row, because each takes its time. A column says of which build a row is, where there are several"""

    def __init__(self, title, columns, has_builds):
        self.has_builds = has_builds
        self.lines = []
        for line in ('', title, ''):
            self._print(line)
        self._print_cells(['build'] * has_builds + list(columns))
        self._print('| --- ' * (len(columns) + has_builds) + '|')

    def _print(self, line):
        self.lines.append(line)
        print(line, flush=True)

    def _print_cells(self, cells):
        self._print(f'| {" | ".join(cells)} |')

    def row(self, build, *cells):
        self._print_cells([build.name] * self.has_builds + [
            '-' if cell is None else show(cell) if isinstance(cell, float) else str(cell) for cell in cells])


class Report:
    """Of one benchmark: module says in its docstring what it measures, and has a title"""

    def __init__(self, name, module, builds, options, folder):
        self.name = name
        self.module = module
        self.builds = builds
        self.options = options
        self.quick = options.quick
        self.folder = folder
        self.parts = []     # lists of lines
        self.plots = []     # names and gnuplot's scripts
        print(f'\n# {module.TITLE}\n\n{module.__doc__.strip()}')

    def find(self, program):
        """A program of the first build: it measures the plugins of all"""
        return self.builds[0].find(program)

    def label(self, build, name):
        """A curve's"""
        return f'{name}, {build.name}' if len(self.builds) > 1 else name

    def take_turns(self, *measures):
        """For each measure a list of what it returned"""
        found = [[] for _ in measures]
        for _ in range(self.options.turns):
            for values, measure in zip(found, measures):
                values.append(measure())
        return found

    def table(self, title, *columns):
        table = Table(title, columns, len(self.builds) > 1)
        self.parts.append(table.lines)
        return table

    def note(self, *lines):
        if lines:
            self.parts.append(['', *lines])
            print(*self.parts[-1], sep='\n', flush=True)

    def plot(self, name, title, x, y, curves, log=''):
        """curves: by their names, each a Spread by x. log: axes that are logarithmic"""
        curves = {label: sorted(points.items()) for label, points in curves.items() if points}
        at = sorted({at for points in curves.values() for at, _ in points})
        # the first and the last stand off the frame
        first, last = at[0], at[-1]
        margin = (last - first) / 40 or 1
        begin, end = (first / 1.2, last * 1.2) if 'x' in log else (first - margin, last + margin)
        script = PLOT.format(
            size=f'{WIDTH},{HEIGHT}', title=title, x=x, y=y, begin=begin, end=end,
            ticks=f'set xtics ({", ".join(f"{tick!r} {tick}" for tick in map(str, at))})' if len(at) <= MAX_TICKS else '',
            scale=f'set logscale {log}' if log else 'set yrange [0:*]',
            data='\n'.join(format_data(i, points, LEAST if 'y' in log else -math.inf)
                           for i, points in enumerate(curves.values())),
            curves=', '.join(f'$data{i} with {POINTS if len(at) <= MAX_TICKS else "lines"} linewidth 1.5 '
                             f'title "{label}" noenhanced' for i, label in enumerate(curves)))
        self.plots.append((f'{self.name}-{name}.svg', script))
        self.parts.append(['', f'![{title}]({self.name}-{name}.svg)'])

    def write(self, folder, command):
        for name, script in self.plots:
            done = subprocess.run(['gnuplot'], input=script.encode(), capture_output=True, check=True)
            (folder / name).write_bytes(done.stdout)
        lines = [f'# {self.module.TITLE}', '', self.module.__doc__.strip(), '',
                 *describe_machine(), '', f'    {command}']
        for part in self.parts:
            lines += part
        (folder / f'{self.name}.md').write_text('\n'.join(lines) + '\n', encoding='utf-8')


def format_data(number, points, least):
    """A block of gnuplot's"""
    lines = [' '.join(str(value) for value in (at, *(max(value, least) for value in (
        point.median, point.least, point.most)))) for at, point in points]
    return '\n'.join([f'$data{number} << END', *lines, 'END'])


def read_first(path, pattern):
    with open(path, encoding='utf-8') as file:
        found = re.search(pattern, file.read(), re.M)
    return found.group(1) if found else 'unknown'


def read_version(pattern, *command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    found = re.search(pattern, done.stdout + done.stderr)
    return found.group(1) if found else 'unknown'


def describe_machine():
    memory = int(read_first('/proc/meminfo', r'^MemTotal: *(\d+)')) / 2 ** 20
    yield (f'{datetime.date.today()}, on {os.cpu_count()} cores of {read_first("/proc/cpuinfo", r"^model name.*: (.*)")} '
           f'with {memory:.0f} GiB;')
    yield (f'Linux {platform.release()}, {read_first("/etc/os-release", "^PRETTY_NAME=.(.*).$")}, '
           f'GStreamer {read_version(r"GStreamer (.*)", "gst-launch-1.0", "--version")}, '
           f'librdkafka {read_version(r"librdkafka ([0-9.]+)", "kcat", "-V")}:')
