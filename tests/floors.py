#!/usr/bin/python3
"""Checks that the floors hold. Prints TAP.

docs/design.md has a table of the folders with code, of the floor of each, and of
what it may include. No file includes anything else, no compiler is told where
anything else is, and no folder is missing. Environment: METAKAFKA_SRC and
METAKAFKA_BUILD name the folders of the sources and of the build.
"""
import json
import os
import pathlib
import re
import shlex

SRC = pathlib.Path(os.environ['METAKAFKA_SRC']).resolve()
BUILD = pathlib.Path(os.environ['METAKAFKA_BUILD']).resolve()
ROOTS = ('gst', 'gst-libs', 'tools')
# what the table calls them, and how their headers begin
OUTSIDE = {'GLib': r'glib|gio/', 'GStreamer': r'gst/(?!sei/)',
           'librdkafka': r'librdkafka/'}


def read_table():
    """Returns {folder: (floor, folders that it may include, names in OUTSIDE)}."""
    table = {}
    for line in (SRC / 'docs/design.md').read_text().splitlines():
        cells = [c.strip() for c in line.strip('|').split('|')]
        if len(cells) == 5 and re.fullmatch(r'\d', cells[0]):
            floor, folder, includes, outside, _ = cells
            table[folder.strip('`')] = (int(floor), re.findall(r'`([^`]+)`', includes),
                                        [o for o in OUTSIDE if o in outside])
    return table


def sources():
    for root in ROOTS:
        for path in sorted((SRC / root).rglob('*.[ch]')):
            yield path, str(path.parent.relative_to(SRC))


def reach(table, folder):
    """The folder and all that it gets with those that it may include."""
    found = {folder}
    for other in table[folder][1]:
        found |= reach(table, other)
    return found


def check_table(table):
    for folder in sorted({f for _, f in sources()} - set(table)):
        yield f'{folder} is not in the table of docs/design.md'
    for folder, (floor, includes, _) in table.items():
        if not list((SRC / folder).glob('*.[ch]')):
            yield f'{folder} is in the table of docs/design.md, and not in the tree'
        for other in includes:
            if other not in table or table[other][0] > floor or folder in reach(table, other):
                yield f'{folder} may not include {other}: floors depend downwards only'


def check_includes(table):
    headers = {}
    for path, folder in sources():
        headers.setdefault(path.name, set()).add(folder)
    headers['gst/sei/sei.h'] = headers['gst/sei/gstseimeta.h'] = \
        headers['gst/sei/sei-prelude.h'] = {'gst-libs/gst/sei'}
    for path, folder in sources():
        _, includes, outside = table.get(folder, (0, [], []))
        for name in re.findall(r'^ *# *include [<"]([^>"]+)[>"]', path.read_text(), re.M):
            where = headers.get(name)
            what = [o for o, pattern in OUTSIDE.items() if re.match(pattern, name)]
            if where and not where & {folder, *includes} or set(what) - set(outside):
                yield f'{path.relative_to(SRC)} includes {name}, which {folder} may not'


def check_compilers(table):
    commands = json.loads((BUILD / 'compile_commands.json').read_text())
    for command in commands:
        here = pathlib.Path(command['directory'])
        path = (here / command['file']).resolve()
        if not any(path.is_relative_to(SRC / root) for root in ROOTS):
            continue
        folder = str(path.parent.relative_to(SRC))
        allowed = {SRC / f.removesuffix('/gst/sei') for f in reach(table, folder)}
        for word in shlex.split(command['command']):
            given = (here / word[2:]).resolve()
            if word.startswith('-I') and given.is_relative_to(SRC) \
                    and not given.is_relative_to(BUILD) \
                    and given not in allowed | {path.parent}:
                yield f'{path.relative_to(SRC)} is compiled with {given.relative_to(SRC)} in sight'


def main():
    table = read_table()
    failed = False
    checks = (check_table, check_includes, check_compilers)
    print(f'1..{len(checks)}')
    for number, check in enumerate(checks, 1):
        problems = sorted(set(check(table))) if table else ['docs/design.md has no table of floors']
        print(f'{"not ok" if problems else "ok"} {number} - {check.__name__}')
        for problem in problems:
            print('#', problem)
        failed |= bool(problems)
    return failed


if __name__ == '__main__':
    raise SystemExit(main())
