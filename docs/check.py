#!/usr/bin/python3
"""Checks that the documentation is true. Prints TAP.

Links lead somewhere, README.md quotes the examples as they are, the tables of
options and properties say what the programs and elements say themselves, and
every example runs. Environment: METAKAFKA_SRC, METAKAFKA_BUILD and
METAKAFKA_TOOLS name the folders of the sources, the build and the programs, the
last as PATH does.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from pages import names, options_section, rows

SRC = pathlib.Path(os.environ['METAKAFKA_SRC'])
BUILD = pathlib.Path(os.environ['METAKAFKA_BUILD'])
TOOLS = os.environ['METAKAFKA_TOOLS']
PROGRAMS = ('metakafka-sender', 'metakafka-bridge', 'metakafka-print',
            'metakafka-devbroker')
ELEMENTS = re.findall(r'^  ([a-z]\w*): ', subprocess.run(
    ['gst-inspect-1.0', '--no-colors', 'metakafka'], check=True,
    stdout=subprocess.PIPE, text=True).stdout, re.MULTILINE)
TIMEOUT_S = 60

count = 0
n_failed = 0


def report(name, problems=(), skip=None):
    """One test point: passed if there are no problems."""
    global count, n_failed
    count += 1
    problems = list(problems)
    n_failed += bool(problems)
    print(f'{"not ok" if problems else "ok"} {count} - {name}'
          + (f' # SKIP {skip}' if skip else ''))
    for problem in problems:
        for line in problem.splitlines():
            print('# ' + line)
    sys.stdout.flush()


def run(command, **options):
    """Returns the exit status, -1 for none in time, and all that was printed."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=TIMEOUT_S, **options)
    except subprocess.TimeoutExpired as error:
        return -1, (error.output or b'').decode(errors='replace')
    return done.returncode, done.stdout.decode(errors='replace')


def sources(*suffixes):
    """All files of these suffixes, without builds."""
    found = []
    for folder, folders, files in os.walk(SRC):
        folders[:] = [f for f in sorted(folders)
                      if not f.startswith(('.', 'build', '_build'))]
        found += [pathlib.Path(folder, f) for f in sorted(files)
                  if f.endswith(suffixes)]
    return found


def documents():
    """All Markdown files, README.md first."""
    return sorted(sources('.md'), key=lambda f: (f != SRC / 'README.md', f))


# --- text -------------------------------------------------------------------

def fences(text):
    """The fenced blocks, as pairs of what is behind the fence and content. Those of
    "sh" alone run here; "sh send" and the like run in tests/docs."""
    return re.findall(r'^```([^`\n]*)\n(.*?)^```$', text, re.M | re.S)


def without_fences(text):
    return re.sub(r'^```.*?^```$', '', text, flags=re.M | re.S)


def anchors(text):
    """GitHub's names of the headings."""
    for heading in re.findall(r'^#+ +(.*)$', without_fences(text), re.M):
        yield re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-')


def check_links():
    for document in documents():
        text = without_fences(document.read_text(encoding='utf-8'))
        problems = []
        for target in re.findall(r'\]\(([^)\s]+)\)', text):
            if re.match(r'[a-z]+:', target):
                continue
            path, _, anchor = target.partition('#')
            file = document.parent / path if path else document
            if not file.exists():
                problems.append(f'no file {target}')
            elif anchor and anchor not in anchors(
                    file.read_text(encoding='utf-8')):
                problems.append(f'no heading {target}')
        report(f'links of {document.relative_to(SRC)}', problems)


def check_hosts():
    """udpsink's own host is localhost, where nobody on 0.0.0.0 may hear it."""
    problems = []
    for file in sources('.md', '.c', '.h', '.py'):
        # an element's settings go as far as the next "!", pad or quotation mark
        for settings in re.findall(r'\budpsink ([^!"\'`\n]*)',
                                   file.read_text('utf-8')):
            if 'port=' in settings and 'host=' not in settings:
                problems.append(f'{file.relative_to(SRC)}: udpsink {settings}')
    report('udpsink has a host', problems)


def check_quotes():
    blocks = [b for _, b in fences((SRC / 'README.md').read_text('utf-8'))]
    for example in sorted((SRC / 'docs/examples').glob('embed.*')):
        same = example.read_text(encoding='utf-8') in blocks
        report(f'README.md quotes {example.name}', [] if same else
               ['the text in README.md differs from the file'])


# --- programs ---------------------------------------------------------------

def get_options(program):
    """What --help says: option -> default, or None."""
    _, text = run([shutil.which(program, path=TOOLS), '--help'])
    options = {}
    for line in text.splitlines():
        match = re.match(r'\s+(?:-\w, )?(--[\w-]+)', line)
        if match:
            default = re.search(r'\(default: (.*)\)$', line)
            options[match[1]] = default[1] if default else None
    return options


def compare_options(text, real):
    said = {}
    for cells in rows(text):
        for option in names(cells[0], r'--[a-z][\w-]*'):
            said[option] = cells[-1].replace('`', '')
    yield from (f'{o} is in --help only' for o in real if o not in said)
    for option, default in said.items():
        if option not in real:
            yield f'{option} is not in --help'
        elif real[option] and real[option] != default:
            yield f'default of {option}: {default}, really {real[option]}'


def check_options():
    readme = (SRC / 'README.md').read_text(encoding='utf-8')
    for program in PROGRAMS:
        options = get_options(program)
        page = (SRC / f'docs/{program}.md').read_text(encoding='utf-8')
        report(f'options of {program} in its page',
               compare_options(options_section(page), options))
        # README.md has the table without what all programs have
        for common in ('--help', '--help-all', '--help-gst', '--version'):
            options.pop(common, None)
        section = readme.split(f'\n[`{program}`](')[1]
        section = re.split(r'\n\[`metakafka-|\n## ', section)[0]
        report(f'options of {program} in README.md',
               compare_options(section, options))


# --- elements ---------------------------------------------------------------

def get_properties(element):
    """What gst-inspect-1.0 says: property -> default, None if it says none;
    and the fields of stats."""
    _, text = run(['gst-inspect-1.0', '--no-colors', element])
    text = text.split('Element Properties:')[1].split('Element Signals:')[0]
    properties, fields, current = {}, [], None
    for line in text.splitlines():
        match = re.match(r'  ([a-z][\w-]*)\s*: ', line)
        field = re.match(r' {24,}([a-z][\w-]*): \d+$', line)
        default = re.search(r' Default: (?:\d+, )?"?(.*?)"?\s*$', line)
        if match:
            current = match[1]
            properties[current] = None
        elif field and current == 'stats':
            fields.append(field[1])
        elif default and properties[current] is None:
            properties[current] = default[1]
    return properties, fields


def compare_properties(text, real, fields, inherited):
    said = {}
    section = text.split('## Properties')[1].split('\n## ')[0]
    for cells in rows(section):
        if len(cells) == 4:
            for name in names(cells[0], r'[a-z][\w-]*'):
                said[name] = cells[2].replace('`', '')
    yield from (f'{p} is not described' for p in real
                if p not in said and p not in inherited)
    for name, default in said.items():
        if name not in real or name in inherited:
            yield f'{name} is no property of the element'
            continue
        really = {'null': 'NULL', '': 'empty'}.get(real[name], real[name])
        if really is not None and really != default:
            yield f'default of {name}: {default}, really {really}'
    described = {n for cells in rows(text)
                 for n in names(cells[0], r'[a-z][\w-]*')}
    yield from (f'{f} of stats is not described' for f in fields
                if f not in described)


def check_properties():
    # what two sinks have in common is their base class's; stats has our fields
    base = set(get_properties('fakesink')[0]) & set(
        get_properties('filesink')[0]) - {'stats'}
    for element in ELEMENTS:
        text = (SRC / f'docs/{element}.md').read_text(encoding='utf-8')
        report(f'properties of {element}',
               compare_properties(text, *get_properties(element), base))


# --- examples ---------------------------------------------------------------

class Broker:
    """metakafka-devbroker at a port that is free."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [shutil.which('metakafka-devbroker', path=TOOLS), '--port', '0',
             '--topic', 't:1'],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.address = re.search(r'listening (\S+)', line)[1]
        return self

    def __exit__(self, *args):
        self.process.terminate()
        self.process.communicate()


def missing_element(command):
    """The name of another's element that is not installed."""
    for name in re.findall(r'(?:^\S+(?: -\w)* |! )([a-z]\w+)(?![\w/.])',
                           command):
        if name not in ELEMENTS and subprocess.run(
                ['gst-inspect-1.0', '--exists', name]).returncode != 0:
            return name
    return None


def check_launch_lines(folder):
    environment = dict(os.environ, PATH=f"{TOOLS}:{os.environ['PATH']}")
    with Broker() as broker:
        for document in documents():
            text = document.read_text(encoding='utf-8')
            for language, command in fences(text):
                launch = [line for line in command.splitlines()
                          if line.startswith('gst-launch-1.0')]
                if language != 'sh' or not launch:
                    continue
                name = f'{document.name}: {launch[0][:60].strip()} ...'
                missing = missing_element(launch[0])
                if missing:
                    report(name, skip=f'there is no element {missing}')
                    continue
                status, output = run(
                    ['bash', '-c', command.replace('localhost:9092',
                                                   broker.address)],
                    cwd=folder, env=environment)
                bad = (status != 0 or 'WARNING' in output
                       or 'CRITICAL' in output)
                report(name, [f'exit status {status}', output] if bad else [])


def check_embed_c(folder):
    environment = dict(os.environ, PKG_CONFIG_PATH=str(
        BUILD / 'meson-uninstalled'))
    status, flags = run(['pkg-config', '--cflags', '--libs', 'gstsei-1.0',
                         'gstreamer-1.0'], env=environment)
    if status == 0:
        status, output = run(
            [os.environ.get('CC', 'cc'), '-Wall', '-Werror',
             SRC / 'docs/examples/embed.c', '-o', f'{folder}/embed']
            + flags.split())
    else:
        output = flags
    report('embed.c compiles', [] if status == 0 else [output])
    if status == 0:
        status, output = run([f'{folder}/embed'])
        good = status == 0 and output.split() == ['hello'] * 5
        report('embed.c runs', [] if good else
               [f'exit status {status}', output])


def check_python(example, arguments, wanted):
    """wanted: what its output must have, and how often"""
    name = f'{example} {"with" if arguments else "without"} arguments runs'
    if not (BUILD / 'gst-libs/gst/sei/GstSei-1.0.typelib').exists():
        report(name, skip='built without introspection')
        return
    status, output = run(
        ['/usr/bin/python3', SRC / 'docs/examples' / example, *arguments])
    good = status == 0 and all(output.count(text) == n
                               for text, n in wanted.items())
    report(name, [] if good else [f'exit status {status}', output])


def check_python_examples():
    check_python('embed.py', [], {"'label': 'person'": 5})
    check_python('probe.py', [], {f'{{"frame": {n}}}\n': 1 for n in range(1, 6)})
    check_python('payloads.py', [], {f"{way} b'{text}'\n": 5
                                     for way in ('signal', 'buffer')
                                     for text in ('one', 'two')})
    check_python('latency.py', [], {'age': 2, 'p99': 2})
    with Broker() as broker:
        check_python('latency.py', [broker.address],
                     {'age': 2, 'acknowledgement': 1, 'p99': 3})


def main():
    check_links()
    check_hosts()
    check_quotes()
    check_options()
    check_properties()
    folder = tempfile.mkdtemp()
    # what lines with KLV read
    shutil.copy(SRC / 'tests/klv/vectors/made_async06.ts', f'{folder}/flight.ts')
    shutil.copy(SRC / 'tests/klv/vectors/made_sync15.ts', f'{folder}/synchronous.ts')
    try:
        check_launch_lines(folder)
        check_embed_c(folder)
        check_python_examples()
    finally:
        shutil.rmtree(folder)
    print(f'1..{count}')
    return n_failed > 0


if __name__ == '__main__':
    sys.exit(main())
