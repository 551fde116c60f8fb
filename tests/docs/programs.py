#!/usr/bin/python3
"""The man pages and bash's completion have what the programs' --help has. Prints TAP.

Environment: as for docs/check.py. Arguments: the folder that has both, and whether there are man
pages, "true" or "false".
"""
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile

SRC = pathlib.Path(os.environ['METAKAFKA_SRC'])
sys.path.insert(0, str(SRC / 'tests' / 'tools'))
import harness
from harness import Skip, find, test

FOLDER = pathlib.Path(sys.argv.pop(1))
HAVE_MAN = sys.argv.pop(1) == 'true'
PROGRAMS = ('bridge', 'devbroker', 'print', 'sender')


def get_options(name):
    """The options of --help, without -h, which all programs have."""
    text = subprocess.run([find(name), '--help'], check=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True).stdout
    options = set()
    for short, option in re.findall(r'^\s+(?:(-\w), )?(--[\w-]+)', text, re.M):
        options |= {option} | ({short} - {'', '-h'})
    assert {'--help', '--version'} < options, options
    return options


def render(name, *arguments):
    """The man page as groff writes it, and what groff says of it, but for words longer than a line."""
    done = subprocess.run(['groff', '-man', '-ww', '-Wbreak', *arguments, FOLDER / f'metakafka-{name}.1'],
                          check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    return done.stdout.decode(), done.stderr.decode()


def need_man():
    if not HAVE_MAN:
        raise Skip('built without man pages')


@test
def man_pages_have_no_mistake():
    need_man()
    for name in PROGRAMS:
        for device in ('-Tutf8', '-Tps'):
            assert not render(name, device)[1], (name, device, render(name, device)[1])


@test
def man_pages_have_their_sections():
    need_man()
    for name in PROGRAMS:
        text = render(name, '-Tutf8', '-P-cbou')[0]
        sections = re.findall(r'^([A-Z].*)$', text, re.M)
        assert sections[:4] == ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS'], sections
        assert sections[-1] == 'SEE ALSO' and any('EXIT STATUS' in s for s in sections), sections
        assert re.search(rf'^NAME\n +metakafka-{name} - [a-z](?:.|\n +)*[^.]\n\n', text, re.M), text[:400]
        # what only a page with links and tables can have
        assert not re.search(r'\]\(|\.md#|\| ---', text), name


@test
def man_pages_have_the_options_of_help():
    need_man()
    for name in PROGRAMS:
        text = render(name, '-Tascii', '-P-cbou')[0]
        section = re.search(r'^OPTIONS\n(.*?)^[A-Z]', text, re.M | re.S)[1]
        said = set()
        for line in re.findall(r'^ {7}(-.*)$', section, re.M):
            said |= set(re.findall(r'(?:^|, )(--?[\w-]+)', line))
        assert said == get_options(name), (name, said ^ get_options(name))


@test
def man_pages_have_the_examples_byte_for_byte():
    need_man()
    for name in PROGRAMS:
        lines = set(re.findall(r'^ *(.*)', render(name, '-Tutf8', '-P-cbou')[0], re.M))
        page = (SRC / f'docs/metakafka-{name}.md').read_text(encoding='utf-8')
        fenced = ''.join(re.findall(r'^```\w*\n(.*?)^```$', page, re.M | re.S))
        examples = {line.strip() for line in re.findall(r'^ {4}(.*)', page, re.M) + fenced.splitlines()}
        assert examples and examples <= lines, (name, examples - lines)


class Bash:
    """An interactive bash in a folder of its own, with the completion of the programs."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        main, terminal = pty.openpty()
        self.input = os.fdopen(main, 'wb', buffering=0)
        self.process = subprocess.Popen(
            ['bash', '--norc', '--noprofile', '-i'], cwd=self.folder.name, start_new_session=True,
            stdin=terminal, stdout=terminal, stderr=terminal,
            env={'PATH': os.environ['PATH'], 'HOME': self.folder.name, 'TERM': 'dumb', 'LC_ALL': 'C.UTF-8'})
        os.close(terminal)
        # what a program is called with goes into a file, a line each
        for name in PROGRAMS:
            self.say(f'source {FOLDER}/metakafka-{name}')
            self.say(f'metakafka-{name}() {{ printf "%s\\n" "$@" >offered.new; mv offered.new offered; }}')

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.process.kill()
        self.process.wait()
        self.input.close()
        self.folder.cleanup()

    def say(self, line):
        self.input.write(line.encode() + b'\n')

    def write(self, name):
        pathlib.Path(self.folder.name, name).touch()

    def complete(self, line):
        """What the program gets where the end of the line is completed in each possible way."""
        offered = pathlib.Path(self.folder.name, 'offered')
        offered.unlink(missing_ok=True)
        self.say(line + '\x1b*')
        harness.wait_for(offered.exists, line)
        return offered.read_text().splitlines()


@test
def completion_has_the_options_of_help():
    with Bash() as bash:
        for name in PROGRAMS:
            offered = bash.complete(f'metakafka-{name} -')
            assert len(offered) == len(set(offered)) and set(offered) == get_options(name), (
                name, set(offered) ^ get_options(name))
        assert bash.complete('metakafka-bridge --kafka-t') == ['--kafka-topic']
        # behind an option that takes no argument, and behind one with its argument
        assert bash.complete('metakafka-bridge --verbose --vers') == ['--verbose', '--version']
        assert bash.complete('metakafka-bridge --codec h264 --vers')[2:] == ['--version']


@test
def completion_has_the_files():
    with Bash() as bash:
        for name in ('cam.ini', 'cam era.ini', 'other'):
            bash.write(name)
        files = ['cam era.ini', 'cam.ini']
        assert bash.complete('metakafka-bridge --config ca') == ['--config', *files]
        assert bash.complete('metakafka-bridge --input=oth') == ['--input=other']
        assert bash.complete('metakafka-bridge --input gate=oth') == ['--input', 'gate=other']
        assert bash.complete('metakafka-bridge -i oth') == ['-i', 'other']
        assert bash.complete('metakafka-print --kafka-config oth') == ['--kafka-config', 'other']
        assert bash.complete('metakafka-sender --metadata cam.') == ['--metadata', 'cam.ini']


@test
def completion_has_the_values():
    with Bash() as bash:
        bash.write('head')
        for words, values in (('bridge --codec ', {'h264', 'h265', 'auto'}),
                              ('bridge --scan ', {'head', 'full'}),
                              ('bridge --log ', {'json', 'text'}),
                              ('print --format ', {'text', 'json', 'raw'}),
                              ('sender --codec ', {'h264', 'h265'}),
                              ('sender --rtp-times ', {'none', 'rtcp', 'all'}),
                              ('sender --session ', {'auto'})):
            option, *offered = bash.complete('metakafka-' + words)
            assert set(offered) == values, (words, offered)
        assert bash.complete('metakafka-bridge --codec=a') == ['--codec=auto']
        assert bash.complete('metakafka-bridge --codec=') == ['--codec=auto', 'h264', 'h265']
        # of which nobody knows the values
        for words in ('bridge --port', 'sender --script-data', 'sender --stream-id', 'devbroker --topic'):
            assert bash.complete(f'metakafka-{words} ') == words.split()[1:], words


harness.main()
