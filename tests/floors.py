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
# what the table calls them, and which headers they have
OUTSIDE = {'GLib': r'glib(-unix|-object)?\.h$|glib/|gio/', 'GStreamer': r'gst/(?!sei/)',
           'json-glib': r'json-glib/', 'librdkafka': r'librdkafka/', 'libsoup': r'libsoup/',
           'libsystemd': r'systemd/'}
# any floor may include C's headers, any but floor 0 those of POSIX and Linux
C = {f'{name}.h' for name in (
    'assert', 'ctype', 'errno', 'float', 'inttypes', 'limits', 'locale', 'math',
    'setjmp', 'signal', 'stdalign', 'stdarg', 'stdatomic', 'stdbool', 'stddef',
    'stdint', 'stdio', 'stdlib', 'stdnoreturn', 'string', 'threads', 'time')}
POSIX = {'arpa/inet.h', 'fcntl.h', 'linux/sock_diag.h', 'net/if.h', 'netinet/in.h', 'poll.h',
         'sys/epoll.h', 'sys/eventfd.h', 'sys/ioctl.h', 'sys/resource.h', 'sys/socket.h', 'sys/un.h', 'unistd.h'}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
SIGHT = re.compile(r'-(?:I|isystem|iquote|idirafter)(.*)')


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


def find_header(table, name, first):
    """The folders with the header, or the one of first, where that has it."""
    found = []
    for folder in [*first, 'gst-libs', *table]:
        path = (SRC / folder / name).resolve()
        if path.is_file() and path.is_relative_to(SRC):
            found.append(str(path.parent.relative_to(SRC)))
            if folder in first:
                break
    return set(found)


def check_includes(table):
    for path, folder in sources():
        floor, includes, outside = table.get(folder, (0, [], []))
        for mark, name in INCLUDE.findall(path.read_text()):
            where = find_header(table, name, [folder] if mark == '"' else [])
            if where:
                allowed = where & {folder, *includes}
            elif mark == '"':
                yield f'{path.relative_to(SRC)} includes "{name}", which no folder has'
                continue
            else:
                allowed = name in C or floor > 0 and name in POSIX \
                    or any(re.match(OUTSIDE[o], name) for o in outside)
            if not allowed:
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
        words = iter(shlex.split(command['command']))
        for sight in filter(None, map(SIGHT.fullmatch, words)):
            given = (here / (sight[1] or next(words))).resolve()
            if given.is_relative_to(SRC) and not given.is_relative_to(BUILD) \
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
