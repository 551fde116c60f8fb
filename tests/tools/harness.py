"""Runs the programs as a user would: starts them, waits for their lines, ends them.

Every wait has a deadline and ends as soon as what it waits for is there.
"""
import concurrent.futures
import contextlib
import ctypes
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback

TOOLS = os.environ["METAKAFKA_TOOLS"]  # folders, as in PATH
PATIENCE = 30 * float(os.environ.get("METAKAFKA_PATIENCE", "1"))

tests = []
running = []

# What nohup has ignored, the programs would have to ignore as well
signal.signal(signal.SIGHUP, signal.SIG_DFL)


def find(name):
    """Where the program of that name is."""
    return shutil.which("metakafka-" + name, path=TOOLS)


def test(function):
    """Marks a test. Its name and docstring are what TAP shows."""
    tests.append(function)
    return function


class Skip(Exception):
    """Raised by a test that cannot run here."""


def run_apart(chosen, at_once):
    """Runs each test in a process of its own, at_once of them at a time. Returns the exit status."""
    def run_one(function):
        return subprocess.run([sys.executable, sys.argv[0], function.__name__], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, check=False)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for number, (function, done) in enumerate(zip(chosen, pool.map(run_one, chosen)), 1):
            failed += done.returncode != 0
            # without the plan of that one
            lines = done.stdout.decode(errors="replace").splitlines()[1:] or [f"not ok 1 - {function.__name__}"]
            for line in lines:
                print(re.sub("^((not )?ok) 1 ", rf"\1 {number} ", line), flush=True)
    return 1 if failed else 0


def main(at_once=1):
    """Runs the tests that the command line names, or all, and prints TAP. at_once: so many at a time, where most of
    what they do is to wait"""
    chosen = [test for test in tests if len(sys.argv) < 2 or test.__name__ in sys.argv]
    print(f"1..{len(chosen)}", flush=True)
    if at_once > 1 and len(chosen) > 1:
        sys.exit(run_apart(chosen, at_once))
    failed = not chosen
    for number, function in enumerate(chosen, 1):
        name = function.__name__
        try:
            function()
            print(f"ok {number} - {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except BaseException:
            failed += 1
            print(f"not ok {number} - {name}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            for program in running:
                for line in program.lines[-20:]:
                    print(f"# {program.name}: {line[:200]}")
            sys.stdout.flush()
        finally:
            while running:
                running.pop().kill()
    sys.exit(1 if failed else 0)


def wait_for(condition, what, seconds=PATIENCE):
    """Until condition() is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.02)


class Program:
    """A program that is running. lines: what it wrote on both streams."""

    def __init__(self, name, *args, env=None, stdout=subprocess.PIPE, path=None,
                 stdin=subprocess.DEVNULL, cwd=None):
        self.name = name
        self.lines = []
        self.out = []
        self.err = []
        self.arrived = threading.Condition()
        self.n_closed = 0
        self.process = subprocess.Popen(
            [path or find(name), *map(str, args)],
            stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, cwd=cwd,
            env={**os.environ, **(env or {})})
        self.readers = [threading.Thread(target=self._read, args=pair, daemon=True)
                        for pair in ((self.process.stdout, self.out),
                                     (self.process.stderr, self.err)) if pair[0]]
        for reader in self.readers:
            reader.start()
        running.append(self)

    def _read(self, stream, lines):
        for line in stream:
            text = line.decode("utf-8", "surrogateescape").rstrip("\n")
            with self.arrived:
                lines.append(text)
                self.lines.append(text)
                self.arrived.notify_all()
        with self.arrived:
            self.n_closed += 1
            self.arrived.notify_all()

    def wait_ready(self, pattern, seconds=PATIENCE):
        """Until it has written a line that has pattern, or has closed both streams."""
        with self.arrived:
            assert self.arrived.wait_for(
                lambda: self.n_closed == len(self.readers)
                or any(re.search(pattern, line) for line in self.lines),
                seconds), f"{self.name}: no line with {pattern!r}, and no end"

    def wait_line(self, pattern, seconds=PATIENCE, count=1):
        """The count-th line that has pattern in it."""
        deadline = time.monotonic() + seconds
        with self.arrived:
            while True:
                found = [line for line in self.lines if re.search(pattern, line)]
                if len(found) >= count:
                    return found[count - 1]
                left = deadline - time.monotonic()
                assert left > 0, f"{self.name}: {len(found)} of {count} lines with {pattern!r}"
                self.arrived.wait(left)

    def wait(self, seconds=PATIENCE):
        """Until it ends by itself. Returns the exit status."""
        status = self.process.wait(seconds)
        for reader in self.readers:
            reader.join(seconds)
        if self in running:
            running.remove(self)
        return status

    def end(self, number=signal.SIGINT, seconds=PATIENCE):
        """Ends it by a signal. Returns exit status and seconds it took."""
        before = time.monotonic()
        self.process.send_signal(number)
        status = self.wait(seconds)
        return status, time.monotonic() - before

    def kill(self):
        self.process.kill()
        self.process.wait()


def is_bound(port):
    """Whether somebody listens at this UDP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.bind(("0.0.0.0", port))
            return False
        except OSError:
            return True


def run(name, *args, seconds=PATIENCE, **keys):
    """Runs it to its end. Returns (exit status, stdout lines, stderr lines)."""
    program = Program(name, *args, **keys)
    return program.wait(seconds), program.out, program.err


# below those that the system gives to who asks for any, and others for each program of tests; the one behind each
# stays free, for RTCP
PORTS = itertools.cycle(range(10000 + os.getpid() % 350 * 64, 10064 + os.getpid() % 350 * 64, 2))


def free_port(kind=socket.SOCK_DGRAM):
    for port in PORTS:
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, kind) as s:
            s.bind(("127.0.0.1", port))
            return port


def start_broker(*topics, port=0):
    """A devbroker. Returns it and its address."""
    args = [word for topic in topics for word in ("--topic", topic)]
    broker = Program("devbroker", "--port", port, *args)
    line = broker.wait_line(r"listening 127\.0\.0\.1:\d+")
    return broker, re.search(r"127\.0\.0\.1:\d+", line).group()


def start_producer(address=""):
    """librdkafka, for what kcat has no option for. Returns the library, and a producer of it."""
    rdkafka = ctypes.CDLL("librdkafka.so.1")
    rdkafka.rd_kafka_conf_new.restype = rdkafka.rd_kafka_new.restype = ctypes.c_void_p
    conf = ctypes.c_void_p(rdkafka.rd_kafka_conf_new())
    why = ctypes.create_string_buffer(512)
    # log_level: without brokers, it would warn
    for name, value in ((b"log_level", b"3"), (b"bootstrap.servers", address.encode())):
        assert not rdkafka.rd_kafka_conf_set(conf, name, value, why, len(why)), why.value
    return rdkafka, ctypes.c_void_p(rdkafka.rd_kafka_new(0, conf, why, len(why)))


def listen(serve, host="127.0.0.1", port=0):
    """Calls serve(connection) in a thread for each that comes. Returns the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.create_server((host, port), family=family)

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    port = server.getsockname()[1]
    return f"[{host}]:{port}" if family == socket.AF_INET6 else f"{host}:{port}"


class Forwarder:
    """Passes connections on to a broker. host: what the broker calls itself in its answers,
    instead of 127.0.0.1, in as many characters"""

    def __init__(self, address, host="127.0.0.1", at="127.0.0.1", port=0):
        self.host = host
        self.broker = ("127.0.0.1", int(address.split(":")[1]))
        self.address = listen(self._serve, at, port)

    def _serve(self, connection):
        with connection, socket.create_connection(self.broker) as broker:
            asking = threading.Thread(target=self._pass_on, args=(connection, broker, False))
            asking.start()
            self._pass_on(broker, connection, True)
            asking.join()

    def _pass_on(self, source, target, answers):
        try:
            while data := source.recv(1 << 16):
                target.sendall(data.replace(b"127.0.0.1", self.host.encode()) if answers else data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def start_bridge(address, topic, *args):
    """A bridge that listens. Returns it and its port."""
    port = free_port()
    bridge = Program("bridge", "--port", port, "--kafka-bootstrap", address,
                     "--kafka-topic", topic, *args)
    bridge.wait_line(r"\[Bridge\] listening")
    return bridge, port


def consume(address, topic, count, seconds=PATIENCE):
    """The first count records as kcat sees them: (partition, key, value) of bytes;
    a missing key is None."""
    kcat = subprocess.run(
        ["kcat", "-C", "-q", "-b", address, "-t", topic, "-o", "beginning", "-c", str(count),
         "-f", "%p %K %S\n%k%s\n"], capture_output=True, timeout=seconds, check=True)
    records, data = [], kcat.stdout
    while data:
        head, data = data.split(b"\n", 1)
        partition, key_size, size = map(int, head.split())
        key = data[:key_size] if key_size >= 0 else None
        data = data[max(key_size, 0):]
        records.append((partition, key, data[:max(size, 0)]))
        data = data[max(size, 0) + 1:]
    return records


def produce(address, topic, lines, *args):
    """Each line is a record, as kcat makes them."""
    subprocess.run(["kcat", "-P", "-b", address, "-t", topic, *args], input=lines, check=True,
                   timeout=PATIENCE)


def count_records(address, topic):
    """How many records a topic of one partition holds."""
    out = subprocess.run(["kcat", "-Q", "-b", address, "-t", f"{topic}:0:-1"],
                         capture_output=True, timeout=PATIENCE, check=True).stdout
    return int(re.search(rb"offset (\d+)", out).group(1))


def read_keys(address, topic):
    """The keys of all records that a topic holds now."""
    return subprocess.run(["kcat", "-C", "-e", "-q", "-b", address, "-t", topic, "-o", "beginning", "-f", "%k\n"],
                          capture_output=True, timeout=PATIENCE, check=True).stdout.split()
