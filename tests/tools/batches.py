"""How records lie on a broker: the batches that it stores, as their producer compressed them.

Kafka's own protocol, because clients show what they have unpacked.
"""
import re
import socket
import struct
import subprocess
from collections import namedtuple

FETCH, FETCH_VERSION = 1, 10  # the oldest to which brokers give zstd
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")  # the lowest three bits of the attributes
LOG_OVERHEAD = 12  # base offset and length, which the length does not count
MAX_BYTES = 1 << 20

Batch = namedtuple("Batch", "offset codec n_records n_bytes")


def _text(text):
    return struct.pack("!h", len(text)) + text.encode()


def _receive(connection, size):
    data = b""
    while len(data) < size:
        got = connection.recv(size - len(data))
        assert got, "the broker has closed the connection"
        data += got
    return data


def _fetch(connection, topic, offset):
    """What partition 0 holds from there on: the offset of its end, and bytes of batches."""
    body = (struct.pack("!hhi", FETCH, FETCH_VERSION, offset & 0x7fffffff) + _text("batches")
            # no replica, no waiting, no session, one topic
            + struct.pack("!iiiibiii", -1, 0, 0, MAX_BYTES, 0, 0, -1, 1) + _text(topic)
            # its one partition, and none to forget
            + struct.pack("!iiiqqii", 1, 0, -1, offset, -1, MAX_BYTES, 0))
    connection.sendall(struct.pack("!i", len(body)) + body)
    answer = _receive(connection, *struct.unpack("!i", _receive(connection, 4)))
    # correlation, throttling, error, session, one topic, its name, one partition, its number
    at = 4 + 4 + 2 + 4 + 4 + 2 + len(topic) + 4 + 4
    error, end, _, _, n_aborted = struct.unpack_from("!hqqqi", answer, at)
    at += struct.calcsize("!hqqqi") + 16 * max(n_aborted, 0)
    assert error == 0, f"error {error} for offset {offset}"
    size, = struct.unpack_from("!i", answer, at)
    return end, answer[at + 4:at + 4 + max(size, 0)]


def _split(data):
    """The batches in it; the last one may be cut off, and is left out."""
    while len(data) >= 27 + LOG_OVERHEAD:
        offset, size = struct.unpack_from("!qi", data)
        size += LOG_OVERHEAD
        if size > len(data):
            break
        # after leader epoch, magic and checksum
        attributes, last = struct.unpack_from("!hi", data, LOG_OVERHEAD + 9)
        yield Batch(offset, CODECS[attributes & 7], last + 1, size)
        data = data[size:]


def first_offset(address, topic):
    """The broker may have forgotten what was before it."""
    out = subprocess.run(["kcat", "-Q", "-b", address, "-t", f"{topic}:0:-2"],
                         capture_output=True, check=True, timeout=60).stdout
    return int(re.search(rb"offset (\d+)", out).group(1))


def read_batches(address, topic):
    """All Batches that a topic of one partition holds now."""
    host, port = address.split(":")
    offset = first_offset(address, topic)
    found = []
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        while True:
            end, data = _fetch(connection, topic, offset)
            if offset >= end:
                return found
            batches = [batch for batch in _split(data) if batch.offset >= offset]
            assert batches, f"nothing at {offset} of {end}"
            found += batches
            offset = batches[-1].offset + batches[-1].n_records
