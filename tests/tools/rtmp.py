"""Servers of RTMP: one that does exactly what a test says, and nginx; and the tags of FLV files."""
import contextlib
import pathlib
import shutil
import socket
import ssl
import struct
import tempfile

import harness

# RTMP 1.0, 5.4 and 7.1: types of messages
SET_CHUNK_SIZE, USER_CONTROL, AUDIO, VIDEO, SCRIPT, COMMAND = 1, 4, 8, 9, 18, 20
STREAM_BEGIN, STREAM_EOF = 0, 1
STREAM = 1
CHUNK_SIZE = 4000


def tags(data):
    """The tags of an FLV file: (type, milliseconds, body)"""
    at, found = 9 + 4, []
    assert data[:3] == b"FLV", data[:9]
    while at < len(data):
        size = int.from_bytes(data[at + 1:at + 4], "big")
        time = int.from_bytes(data[at + 4:at + 7], "big") | data[at + 7] << 24
        found.append((data[at], time, data[at + 11:at + 11 + size]))
        at += 11 + size
        assert int.from_bytes(data[at:at + 4], "big") == 11 + size, at
        at += 4
    return found


def flv(tags):
    """The FLV file of tags"""
    return b"FLV\1\5\0\0\0\t\0\0\0\0" + b"".join(
        bytes([kind]) + len(body).to_bytes(3, "big") + (time & 0xffffff).to_bytes(3, "big") + bytes([time >> 24, 0, 0, 0])
        + body + (11 + len(body)).to_bytes(4, "big") for kind, time, body in tags)


# --- AMF0, as far as commands need it ---------------------------------------------------

def amf(*values):
    return b"".join(map(write_value, values))


def write_value(value):
    if value is None:
        return b"\5"
    if isinstance(value, dict):
        return b"\3" + b"".join(name(key) + write_value(one) for key, one in value.items()) + b"\0\0\t"
    if isinstance(value, str):
        return b"\2" + name(value)
    return b"\0" + struct.pack(">d", value)


def name(text):
    return struct.pack(">H", len(text.encode())) + text.encode()


def read_values(data):
    """The strings and numbers at the beginning, without objects and what is behind them."""
    found, at = [], 0
    while at < len(data):
        if data[at] == 2:
            size = struct.unpack_from(">H", data, at + 1)[0]
            found.append(data[at + 3:at + 3 + size].decode())
            at += 3 + size
        elif data[at] == 0:
            found.append(struct.unpack_from(">d", data, at + 1)[0])
            at += 9
        elif data[at] == 5:
            at += 1
        else:
            break
    return found


# --- one connection ----------------------------------------------------------------------

class ChunkStream:
    """5.3: the message that comes in chunks of one number, and what its headers said last."""
    time = delta = size = kind = 0
    body = b""
    is_extended = False


class Connection:
    """RTMP 1.0 behind its handshake, as far as a server needs it."""

    def __init__(self, connection):
        self.connection = connection
        self.file = connection.makefile("rb")
        self.chunk_size = 128
        self.streams = {}  # of chunks: a ChunkStream by its number
        self.read(1)
        first = self.read(1536)
        connection.sendall(b"\3" + bytes(1536) + first)
        self.read(1536)
        self.send(SET_CHUNK_SIZE, CHUNK_SIZE.to_bytes(4, "big"), stream=0)

    def read(self, size):
        data = self.file.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def receive(self):
        """Returns: type, milliseconds and body of the next message"""
        while True:
            first = self.read(1)[0]
            number = first & 63
            if number < 2:
                number = 64 + int.from_bytes(self.read(1 + number), "little")
            stream = self.streams.setdefault(number, ChunkStream())
            self.read_header(first >> 6, stream)
            stream.body += self.read(min(self.chunk_size, stream.size - len(stream.body)))
            if len(stream.body) == stream.size:
                body, stream.body = stream.body, b""
                if stream.kind != SET_CHUNK_SIZE:
                    return stream.kind, stream.time, body
                self.chunk_size = int.from_bytes(body, "big")

    def read_header(self, form, stream):
        """5.3.1.2: what a header leaves out is that of the message before, or, within one, of its first chunk."""
        if form < 3:
            stream.delta = int.from_bytes(self.read(3), "big")
            if form < 2:
                stream.size = int.from_bytes(self.read(3), "big")
                stream.kind = self.read(1)[0]
            if form == 0:
                self.read(4)
            stream.is_extended = stream.delta == 0xffffff
        if stream.is_extended:
            stream.delta = int.from_bytes(self.read(4), "big")
        if not stream.body:
            stream.time = (stream.delta + (stream.time if form else 0)) & 0xffffffff

    def send(self, kind, body, time=0, stream=STREAM):
        start = min(time, 0xffffff).to_bytes(3, "big")
        extended = time.to_bytes(4, "big") if time >= 0xffffff else b""
        header = b"\4" + start + len(body).to_bytes(3, "big") + bytes([kind]) + struct.pack("<I", stream) + extended
        parts = [body[at:at + CHUNK_SIZE] for at in range(0, len(body), CHUNK_SIZE)]
        self.connection.sendall(header + (b"\xc4" + extended).join(parts))

    def status(self, code):
        self.send(COMMAND, amf("onStatus", 0, None, {"level": "status", "code": code, "description": code}))

    def refuse(self, command, number, why):
        information = {"level": "error", **why}
        if command in ("publish", "play"):
            self.send(COMMAND, amf("onStatus", 0, None, information))
        else:
            self.send(COMMAND, amf("_error", number, None, information), stream=0)

    def answer(self, command, number):
        """Of those that stand before publish and play"""
        if command == "connect":
            self.send(COMMAND, amf("_result", number, {"fmsVer": "FMS/3,0,1,123"},
                                   {"level": "status", "code": "NetConnection.Connect.Success"}), stream=0)
        elif command == "createStream":
            self.send(COMMAND, amf("_result", number, None, STREAM), stream=0)

    def close(self):
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()


# --- servers -----------------------------------------------------------------------------

class Responder:
    """Plays these tags to whoever comes, then ends the stream, and takes whatever is published.

    published: a list of (type, milliseconds, body) for each that has ended
    n_received: how many such have come
    n_refused: how many commands it has refused
    n_broken_off: how many have gone before they were through with its certificate
    pauses: whether a stream stays open behind its last tag
    refuses: a command; why: code and description of the answer to it"""

    def __init__(self, played=(), certificate=None, pauses=False, refuses=None, why=None):
        self.played = played
        self.pauses = pauses
        self.refuses, self.why = refuses, why
        self.n_refused = 0
        self.n_broken_off = 0
        self.published = []
        self.n_received = 0
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        self.address = harness.listen(self.serve)

    def uri(self, stream="live/s"):
        return f"{'rtmps' if self.context else 'rtmp'}://{self.address}/{stream}"

    def begin_tls(self, connection):
        try:
            return self.context.wrap_socket(connection, server_side=True)
        except OSError:
            self.n_broken_off += 1
            raise

    def serve(self, connection):
        taken = None
        try:
            if self.context:
                connection = self.begin_tls(connection)
            rtmp = Connection(connection)
            while True:
                kind, time, body = rtmp.receive()
                if kind in (AUDIO, VIDEO, SCRIPT):
                    taken.append((kind, time, body))
                    self.n_received += 1
                if kind != COMMAND:
                    continue
                command, number = read_values(body)[:2]
                if command == self.refuses:
                    self.n_refused += 1
                    rtmp.refuse(command, number, self.why)
                    continue
                rtmp.answer(command, number)
                if command == "publish":
                    taken = []
                    rtmp.status("NetStream.Publish.Start")
                elif command == "play":
                    self.play(rtmp)
        except (EOFError, OSError):
            connection.close()
        if taken is not None:
            self.published.append(taken)

    def play(self, rtmp):
        rtmp.send(USER_CONTROL, struct.pack(">HI", STREAM_BEGIN, STREAM), stream=0)
        rtmp.status("NetStream.Play.Start")
        for kind, time, body in self.played:
            rtmp.send(kind, body, time)
        if not self.pauses:
            rtmp.send(USER_CONTROL, struct.pack(">HI", STREAM_EOF, STREAM), stream=0)

    def wait_published(self, count=1):
        harness.wait_for(lambda: len(self.published) >= count, "a stream that is published")
        return self.published[count - 1]


NGINX = """
load_module {module};
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/log info;
events {{}}
rtmp {{
  access_log off;
  server {{
    listen 127.0.0.1:{port};
    application copy {{ live on; meta copy; }}
    application default {{ live on; }}
  }}
}}
"""


class Nginx:
    """nginx-rtmp with two applications: copy, which passes onMetaData on, and default."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.port = harness.free_port(socket.SOCK_STREAM)
        config = NGINX.format(folder=self.folder, port=self.port, module="/usr/lib/nginx/modules/ngx_rtmp_module.so")
        pathlib.Path(self.folder, "conf").write_text(config, "utf-8")
        self.program = None
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.kill()
        shutil.rmtree(self.folder)

    def uri(self, application):
        """The stream in an application that has its name, which the log then tells from others."""
        return f"rtmp://127.0.0.1:{self.port}/{application}/{application}"

    def start(self):
        self.program = harness.Program("nginx", "-p", self.folder, "-c", pathlib.Path(self.folder, "conf"),
                                       "-e", pathlib.Path(self.folder, "log"), path="/usr/sbin/nginx")
        harness.wait_for(self.is_there, "nginx: " + str(self.program.lines))

    def is_there(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def wait_player(self, application):
        """Until somebody plays its stream, and so misses nothing if it is published then."""
        log = pathlib.Path(self.folder, "log")
        harness.wait_for(lambda: f" play: name='{application}'" in log.read_text("utf-8"), "a player")

    def kill(self):
        self.program.kill()
