"""What tests/bench/run and tests/bench/bridge share."""
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# harness wants it, but each program here is named by its path
os.environ.setdefault('METAKAFKA_TOOLS', '')
sys.path.insert(0, str(HERE.parent / 'tools'))
import harness  # noqa: E402


class Build:
    """A build folder, wherever in it things are"""

    def __init__(self, name, folder):
        self.name = name
        self.env = dict(
            GST_PLUGIN_PATH_1_0=str(self.find('libgstmetakafka.so').parent),
            LD_LIBRARY_PATH=str(self.find('libgstsei-1.0.so').parent),
            GST_REGISTRY=os.path.join(folder, name.replace('/', '_') + '.registry'))

    def find(self, name):
        for found in sorted(pathlib.Path(self.name).rglob(name)):
            if found.is_file():
                return found
        sys.exit(f'{self.name} has no {name}: compile it with ninja -C {self.name}')

    def run(self, program, *args):
        """What a bench program prints, which is numbers, perhaps behind names"""
        done = subprocess.run([program, *map(str, args)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300,
                              env={**os.environ, **self.env})
        if done.returncode != 0:
            sys.exit(f'{program} {args} of {self.name}: {done.stderr}')
        return done.stdout.split()


def table(title, *columns):
    print(f'\n{title}\n\n| {" | ".join(columns)} |\n{"| --- " * len(columns)}|')


def row(*cells):
    print(f'| {" | ".join(map(str, cells))} |', flush=True)


def ratio(ours, peer):
    return f'{ours / peer:.2f}' if peer > 0 else '-'


def start_broker(build, *topics):
    """A devbroker, and its address"""
    broker = harness.Program(
        'devbroker', '--port', 0, *(word for topic in topics for word in ('--topic', topic)),
        env=build.env, path=build.find('metakafka-devbroker'))
    line = broker.wait_line('listening 127')
    return broker, re.search(r'127\.0\.0\.1:\d+', line).group()
