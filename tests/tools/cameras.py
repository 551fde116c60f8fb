"""What sends to a bridge: cameras, noise, and one beside the other."""
import itertools
import os
import random
import re
import socket
import struct
import time

import harness

UUID = bytes.fromhex("a4b00512d794561186b717406de2f1de")
SPS, PPS = bytes.fromhex("6742c00ada7902"), bytes.fromhex("68ce3c80")


def rtp(seq, ssrc, payload):
    return struct.pack("!BBHII", 0x80, 96 | (0x80 if random.random() < 0.3 else 0), seq & 0xffff,
                       (seq * 300) & 0xffffffff, ssrc) + payload


def noise(n):
    return os.urandom(random.randrange(0, 1400))


def well_formed_noise(n):
    return rtp(n, 0x01020304, noise(n))


def noise_of_many_streams(n):
    return rtp(random.randrange(65536), random.getrandbits(32), noise(n))


def h264_noise(n):
    """Single NAL units, FU-A and STAP-A with random contents."""
    kind = random.choice([1, 5, 6, 7, 8, 24, 28, 28, 28])
    return rtp(n, 0x0a0b0c0d, bytes([0x60 | kind, random.getrandbits(8)]) + noise(n))


def endless_sei(n):
    """Fragments of SEI that never end, of many streams."""
    return rtp(n // 64, 0x0a0b0000 + n % 64, bytes([0x7c, 0x06 | (n < 64) << 7]) + bytes(1000))


def flood(port, seconds, make, rate=None):
    """Sends what make() gives, as fast as it can, or so many each second."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        start = time.monotonic()
        sent = 0
        while (now := time.monotonic()) < start + seconds:
            if rate and sent > (now - start) * rate:
                time.sleep(0.001)
                continue
            s.sendto(make(sent), ("127.0.0.1", port))
            sent += 1
    return sent


def sei(payload, uuid=UUID):
    return [b"\x06\x05", bytes([16 + len(payload)]), uuid, payload, b"\x80"]


def slices(fragments, size):
    """A slice in fragments of that size (RFC 6184, 5.8)."""
    data = b"U" * size
    if fragments == 1:
        return [[b"\x61", data]]
    return [[bytes([0x7c, 1 | (n == 0) << 7 | (n == fragments - 1) << 6]), data] for n in range(fragments)]


def packets_of(nals, seq, timestamp, ssrc):
    """The RTP packets of a frame. nals: what each has in it, as parts in memory."""
    return [[struct.pack("!BBHII", 0x80, 96 | (n == len(nals) - 1) << 7, (seq + n) & 0xffff,
                         timestamp & 0xffffffff, ssrc), *nal] for n, nal in enumerate(nals)]


def camera_frames(camera, count, fragments=2, size=100, first=0, ssrc=None, seq=0, uuid=UUID, is_behind=False):
    """Each frame as its RTP packets, each of these as its parts in memory: an access unit delimiter, an SEI
    message, and a slice in fragments. first: the number of the first frame; is_behind: the message is behind
    the slice"""
    for frame in range(first, first + count):
        payload = b'{"stream_id":"cam%02d","seq":%d}' % (camera, frame)
        message = sei(payload, uuid)
        nals = [[b"\x09\xf0"], *slices(fragments, size), message] if is_behind \
            else [[b"\x09\xf0"], message, *slices(fragments, size)]
        yield packets_of(nals, seq, frame * 3000, camera + 1 if ssrc is None else ssrc)
        seq += len(nals)


class Sender:
    """A source address and port that sends to a port of the bridge."""

    def __init__(self, port, source=0, host="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, source))
        # not connected, so that it is no error if nobody listens
        self.to = (host, port)

    def send(self, packet):
        """packet: its parts in memory"""
        self.socket.sendmsg(packet, [], 0, self.to)


def send_together(senders, fps=100):
    """Sends frames, one of each at a time. senders: pairs of a Sender and its frames. Where the machine is
    too busy it sends later, and nothing faster."""
    due = time.monotonic()
    for frames in itertools.zip_longest(*(frames for _, frames in senders), fillvalue=()):
        # their packets in turn
        for packets in itertools.zip_longest(*frames):
            for (sender, _), packet in zip(senders, packets):
                if packet:
                    sender.send(packet)
        now = time.monotonic()
        due = max(due + 1 / fps, now)
        time.sleep(due - now)


def send_cameras(port, cameras, count):
    """Sends count frames of each camera, 30 a second of 4 Mbit/s, all cameras' at once, from one port. Returns
    how many messages that are."""
    sender = Sender(port)
    send_together([(sender, camera_frames(camera, count, 12, 1300)) for camera in cameras], 30)
    return len(cameras) * count


late_cameras = itertools.count(50)


def wait_for_late_camera(address, port):
    """Until a camera that comes now is heard: whatever came to the port before has been read by then."""
    def is_heard():
        camera = next(late_cameras)
        send_cameras(port, [camera], 10)
        return b"cam%d" % camera in harness.read_keys(address, "t")

    harness.wait_for(is_heard, "a camera that comes late", 120)


def said(bridge):
    """The lines on stderr, but for that of the socket's buffer, which is the machine's affair."""
    return [line for line in list(bridge.err) if "receive buffer" not in line]


def check_few_lines(bridge, started):
    """Since then the bridge has said what it lost every 10 s at most and at the end, that it is silent and no longer
    every 5 s at most, and each other thing once."""
    lines, seconds = said(bridge), time.monotonic() - started
    losses = [line for line in lines if "lost since the start:" in line]
    silences = [line for line in lines if "has given no records for" in line or line.endswith(" gives records")]
    rest = [line for line in lines if line not in losses + silences]
    assert 1 <= len(losses) <= 2 + seconds / 10, bridge.err
    assert len(silences) <= 2 + 2 * seconds / 5, bridge.err
    assert len({re.sub(r"\d+", "", line) for line in rest}) == len(rest) <= 3, bridge.err


def lost(bridge, what=""):
    """How many the bridge said last that it lost, of those that what is in the words for."""
    lines = [line for line in list(bridge.err) if "lost since the start:" in line]
    counts = re.findall(r"(\d+) ([^;]*)", lines[-1].split("start: ")[1]) if lines else []
    return sum(int(number) for number, words in counts if what in words)
