"""How a bridge is measured: cameras and broker on one processor, the bridge on another."""
import os
import re
import socket
import subprocess
import time

from common import harness, kill_all, read_numbers, start, start_broker

FPS = 30
WIDTH, HEIGHT = 1280, 720
KBIT_PER_SECOND = 4000
TOPIC = 'bench'


def make_packets(report):
    """A file of the packets of one camera, framed by RFC 4571"""
    path = os.path.join(report.folder, 'packets')
    if os.path.exists(path):
        return path
    seconds = 1 if report.quick else 3
    subprocess.run(
        ['gst-launch-1.0', '-q', 'videotestsrc', 'pattern=snow', f'num-buffers={seconds * FPS}', '!',
         f'video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={FPS}/1', '!',
         'x264enc', f'bitrate={KBIT_PER_SECOND}', 'vbv-buf-capacity=500', 'tune=zerolatency',
         'speed-preset=ultrafast', f'key-int-max={FPS}', 'threads=1', '!',
         'rtph264pay', 'mtu=1400', 'config-interval=-1', 'aggregate-mode=none', '!',
         'rtpstreampay', '!', 'filesink', f'location={path}'],
        check=True, stdin=subprocess.DEVNULL)
    return path


# --- what is measured -------------------------------------------------------

class Ended(Exception):
    """What was measured has ended by itself"""


class Subject:
    """A program that makes records of streams"""

    def __init__(self, name, build):
        self.name = name
        self.build = build

    def start(self, cpu, n_streams, address):
        """The program on that processor, when it receives, and its ports"""
        ports = free_ports(self.count_ports(n_streams))
        command = [str(word) for word in self.command(ports, address)]
        program = harness.Program(self.name, '-c', cpu, *command, env=self.build.env,
                                  path='taskset')
        harness.wait_for(lambda: program.process.poll() is not None
                         or read_sockets().keys() >= set(ports), f'{self.name} receives')
        return program, ports

    def count_ports(self, n_streams):
        return 1

    def end(self, program):
        """When no more records come. Returns why some are lost, or nothing"""
        # Python may take minutes to stop 200 streams
        program.kill()
        return ''


class Bridge(Subject):
    """A bridge with these options, too"""

    def __init__(self, name, build, *options):
        super().__init__(name, build)
        self.options = options

    def command(self, ports, address):
        return [self.build.find('metakafka-bridge'), '--port', ports[0],
                '--kafka-bootstrap', address, '--kafka-topic', TOPIC, *self.options]

    def end(self, program):
        program.end()
        return ' '.join(program.err[-1:])


def free_ports(n):
    taken = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(n)]
    for s in taken:
        s.bind(('127.0.0.1', 0))
    ports = [s.getsockname()[1] for s in taken]
    for s in taken:
        s.close()
    return ports


# --- how it is measured -----------------------------------------------------

class Sample:
    """What the system knows of a program now"""

    def __init__(self, program):
        if program.process.poll() is not None:
            raise Ended(' '.join(program.lines[-3:]))
        pid = program.process.pid
        self.ns = time.monotonic_ns()
        # what clock_getcpuclockid(3) returns: finer than the ticks of /proc/PID/stat
        self.cpu_ns = time.clock_gettime_ns((~pid << 3) | 2)
        self.rss_kb = read_status(f'/proc/{pid}', 'VmRSS')
        self.n_descriptors = len(os.listdir(f'/proc/{pid}/fd'))
        tasks = [f'/proc/{pid}/task/{task}' for task in os.listdir(f'/proc/{pid}/task')]
        self.n_threads = len(tasks)
        self.n_wakeups = sum(read_status(task, 'voluntary_ctxt_switches') for task in tasks)


def read_status(folder, name):
    try:
        with open(f'{folder}/status') as file:
            return int(re.search(rf'^{name}:\s*(\d+)', file.read(), re.M).group(1))
    except (FileNotFoundError, ProcessLookupError):
        return 0  # a thread that has just ended


def read_sockets():
    """How many datagrams the UDP sockets of each port had no room for"""
    drops = {}
    for path in ('/proc/net/udp', '/proc/net/udp6'):
        if os.path.exists(path):
            with open(path) as file:
                for line in file.readlines()[1:]:
                    words = line.split()
                    port = int(words[1].rsplit(':', 1)[1], 16)
                    drops[port] = drops.get(port, 0) + int(words[-1])
    return drops


class Result:
    """What one run showed"""

    def __init__(self, subject, n_streams, before, after, sent, tally, n_frames, n_drops,
                 reason):
        seconds = (after.ns - before.ns) / 1e9
        cpu = (after.cpu_ns - before.cpu_ns) / 1e9
        self.subject = subject
        self.n_streams = n_streams
        self.percent = 100 * cpu / seconds / n_streams
        self.us = 1e6 * cpu / seconds / n_streams / FPS
        self.rss_mib = after.rss_kb / 1024
        self.n_threads = after.n_threads
        self.wakeups = (after.n_wakeups - before.n_wakeups) / seconds / n_streams
        self.n_frames = n_frames
        self.n_lost = n_frames - tally['found']
        self.reason = reason
        self.n_twice = tally['twice']
        self.n_forgotten = tally['forgotten']
        self.n_drops = n_drops
        self.p99_ms = tally['p99_us'] / 1000 if tally['p99_us'] >= 0 else None
        self.n_late = sent['late']
        self.worst_late_ms = sent['worst_us'] / 1000


class Road:
    """From cameras to records. While it is open, this process and what it starts are on the first processor"""

    def __init__(self, report, begin, seconds):
        self.build = report.builds[0]
        self.begin = begin
        self.seconds = seconds
        self.packets = make_packets(report)
        self.cpus = sorted(os.sched_getaffinity(0))
        self.cpu = self.cpus[-1]
        if len(self.cpus) == 1:
            report.note('There is one processor: cameras and bridge share it, and nothing below is valid')

    def __enter__(self):
        os.sched_setaffinity(0, self.cpus[:1])
        return self

    def __exit__(self, *_):
        os.sched_setaffinity(0, self.cpus)

    def measure(self, subject, n_streams):
        try:
            return self._measure(subject, n_streams)
        finally:
            kill_all()

    def _measure(self, subject, n_streams):
        _, address = start_broker(self.build, f'{TOPIC}:1')
        first, end = self.begin * FPS, (self.begin + self.seconds) * FPS
        tally = start(self.build, 'bench-tally', address, TOPIC, n_streams, first, end)
        program, ports = subject.start(self.cpu, n_streams, address)
        cameras = start(self.build, 'bench-cameras', self.packets, n_streams, end, *ports)
        begin_ns = read_numbers(cameras.wait_line('^begin'))['begin']

        wait_until(begin_ns + self.begin * 10**9)
        before = Sample(program)
        wait_until(begin_ns + (self.begin + self.seconds) * 10**9)
        after = Sample(program)

        sent = read_numbers(cameras.wait_line('^packets'))
        wait_for_last_records(address, n_streams * end)
        drops = read_sockets()
        reason = subject.end(program)
        tally.end()
        found = read_numbers(tally.wait_line('^found'))
        return Result(subject, n_streams, before, after, sent, found,
                      n_streams * (end - first), sum(drops.get(port, 0) for port in ports), reason)


def wait_until(ns):
    time.sleep(max(0, ns - time.monotonic_ns()) / 1e9)


def wait_for_last_records(address, n_expected):
    """Until all are there, or none has come for a second"""
    n, at = 0, time.monotonic()
    while n < n_expected and time.monotonic() - at < 1:
        time.sleep(0.1)
        if (n_now := harness.count_records(address, TOPIC)) > n:
            n, at = n_now, time.monotonic()
