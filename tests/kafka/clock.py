"""The wall clock of this process, which a test can step. To be imported first: it
starts the process again, with clockstep in it. Other programs have the machine's
clock."""
import atexit
import os
import sys
import tempfile
import time

if 'METAKAFKA_CLOCK_FILE' not in os.environ:
    os.environ['METAKAFKA_CLOCK_FILE'] = tempfile.mkstemp(prefix='metakafka-clock.')[1]
    os.environ['LD_PRELOAD'] = os.environ['METAKAFKA_CLOCKSTEP']
    os.execv(sys.executable, [sys.executable, *sys.argv])

del os.environ['LD_PRELOAD']
FILE = os.environ['METAKAFKA_CLOCK_FILE']
REAL = time.time() - time.monotonic()
atexit.register(os.unlink, FILE)


def step(seconds):
    """Returns when the clock is so far from the machine's."""
    with open(FILE, 'w') as file:
        file.write(str(seconds))
    deadline = time.monotonic() + 10
    while abs(time.time() - time.monotonic() - REAL - seconds) > 1:
        assert time.monotonic() < deadline, 'the clock was not stepped'
        time.sleep(0.01)
