#!/usr/bin/python3
"""Videos with a JSON object in every frame, and what brings them to a bridge: files, UDP, SRT, RTSP and HTTP.

As a program it is a source that can be killed:

    sources.py rtsp PORT FILE [USER:PASSWORD]    serves the file at /video, over TCP at /tcp
    sources.py srt URI FILE [SECONDS]            sends the file, then keeps the connection
"""
import base64
import contextlib
import functools
import http.server
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)

PACKET = 188  # bytes of MPEG-TS
DATAGRAM = 7 * PACKET
FPS = 50

ENCODERS = {
    "h264": "x264enc key-int-max={gop} bframes={bframes} speed-preset=ultrafast ! h264parse",
    "h265": "x265enc key-int-max={gop} speed-preset=ultrafast"
            " option-string=bframes={bframes}:log-level=none:pools=none:frame-threads=1 ! h265parse",
}
FILES = {
    "ts": "video/x-{codec},stream-format=byte-stream,alignment=au ! mpegtsmux",
    "mp4": "mp4mux",
    "mkv": "matroskamux",
    "flv": "flvmux",
    "h264": "video/x-h264,stream-format=byte-stream,alignment=au",
    "h265": "video/x-h265,stream-format=byte-stream,alignment=au",
}


# What RTSP serves of a file whose name begins with it
SERVED = {
    codec: f"filesrc location={{path}} ! qtdemux ! {codec}parse ! rtp{codec}pay name=pay0" for codec in ENCODERS
}
SERVED["mp2t"] = "filesrc location={path} ! tsparse set-timestamps=true ! rtpmp2tpay name=pay0"
KLV = " appsrc name=klv format=time caps=meta/x-klv,parsed=true ! rtpklvpay name=pay"
SERVED["klv"] = KLV + "0"
SERVED["both"] = SERVED["h264"] + KLV + "1 pt=97"


# --- what there is to send -----------------------------------------------------------

def payload(n):
    return '{"seq":%d,"ts_ns":%d,"place":"Stra\u00dfe"}' % (n, n * Gst.SECOND // FPS)


def record(n, name=None):
    """What the bridge makes of it, without the time that it adds."""
    stream_id = f',"stream_id":"{name}"' if name else ""
    return payload(n)[:-1] + stream_id + ',"sender_ts_ns":%d}' % (n * Gst.SECOND // FPS)


def records(count, name=None, first=0):
    return [record(n, name) for n in range(first, first + count)]


def plain(lines):
    """JSON lines of the bridge without the time that it adds."""
    return [re.sub(r'"bridge_ts_ns":[1-9]\d*,', "", line) for line in list(lines) if line]


def seqs(lines, name):
    """The numbers of the frames of an input, in the order in which they came."""
    return [item["seq"] for item in map(json.loads, list(lines)) if item["stream_id"] == name]


def run_pipeline(description):
    pipeline = Gst.parse_launch(description)
    pipeline.set_state(Gst.State.PLAYING)
    wait_for_end(pipeline)


def wait_for_end(pipeline):
    message = pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    assert message and message.type == Gst.MessageType.EOS, message and message.parse_error()


def make_lines(folder, count, first=0):
    path = pathlib.Path(folder, f"{first}-{count}.jsonl")
    path.write_text("".join(payload(n) + "\n" for n in range(first, first + count)), "utf-8")
    return path


def make_video(folder, kind, count, codec="h264", bframes=0, first=0, gop=10):
    """A file of that kind with count frames. Returns its path."""
    path = pathlib.Path(folder, f"{codec}-{bframes}-{first}-{count}-{gop}.{kind}")
    if not path.exists():
        run_pipeline(
            f"videotestsrc num-buffers={count} ! video/x-raw,width=64,height=48,framerate={FPS}/1"
            f" ! {ENCODERS[codec].format(gop=gop, bframes=bframes)} ! seiinject name=inject ! {codec}parse"
            f" ! {FILES[kind].format(codec=codec)} ! filesink location={path}"
            f" filesrc location={make_lines(folder, count, first)} ! application/x-ndjson ! inject.metadata")
    return path


def make_plain_video(folder, kind, count, codec="h264"):
    """A file without metadata"""
    path = pathlib.Path(folder, f"{codec}-plain.{kind}")
    run_pipeline(f"videotestsrc num-buffers={count} ! video/x-raw,width=64,height=48,framerate={FPS}/1"
                 f" ! {ENCODERS[codec].format(gop=10, bframes=0)} ! {FILES[kind].format(codec=codec)}"
                 f" ! filesink location={path}")
    return path


def read_units():
    """KLV units; each has a length of 128 to 255 bytes"""
    data = pathlib.Path(os.environ["METAKAFKA_SRC"], "tests/klv/vectors/made_packets.bin").read_bytes()
    units = []
    while data:
        assert data[:4] == b"\x06\x0e\x2b\x34" and data[16] == 0x81, data[:18]
        units.append(data[:18 + data[17]])
        data = data[18 + data[17]:]
    return units


def push_klv(pipeline, name, units):
    """Into an appsrc, FPS a second"""
    source = pipeline.get_by_name(name)
    for n, unit in enumerate(units):
        buffer = Gst.Buffer.new_wrapped(unit)
        buffer.pts = n * Gst.SECOND // FPS
        source.emit("push-buffer", buffer)
    source.emit("end-of-stream")


def make_klv(folder, name, units, video=None):
    """A transport stream with a PID for each list of units, and the video of that file"""
    path = pathlib.Path(folder, f"{name}.ts")
    pids = "".join(f" appsrc name=k{n} format=time caps=meta/x-klv,parsed=true ! queue max-size-buffers=0"
                   " max-size-time=0 ! mux." for n in range(len(units)))
    pictures = f" filesrc location={video} ! qtdemux ! h264parse ! queue ! mux." if video else ""
    pipeline = Gst.parse_launch(f"mpegtsmux name=mux alignment=7 ! filesink location={path}{pids}{pictures}")
    pipeline.set_state(Gst.State.PLAYING)
    for n, some in enumerate(units):
        push_klv(pipeline, f"k{n}", some)
    wait_for_end(pipeline)
    return path


def make_timed_video(folder, kind, count):
    """A file whose frames say their time, and nothing else"""
    path = pathlib.Path(folder, f"timed.{kind}")
    run_pipeline(f"filesrc location={make_plain_video(folder, 'h264', count)} ! h264parse"
                 " ! video/x-h264,stream-format=byte-stream,alignment=au"
                 " ! seiinject misp-time=micro ! seiextract remove=true uuid=dc45e9bd-e6d9-48b7-962c-d820d923eeef"
                 f" ! {FILES[kind].format(codec='h264')} ! filesink location={path}")
    return path


def make_sound(folder, seconds):
    """A transport stream without video"""
    path = pathlib.Path(folder, "sound.ts")
    ffmpeg("-f", "lavfi", "-i", "sine", "-t", seconds, "-c:a", "aac", path)
    return path


def ffmpeg(*args):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, args)], check=True, timeout=60,
                   stdin=subprocess.DEVNULL)


# --- MPEG-TS --------------------------------------------------------------------------

class Ts:
    """What is in which packet of a transport stream of one video (ISO/IEC 13818-1, 2.4.3)"""

    def __init__(self, data):
        self.packets = [data[n:n + PACKET] for n in range(0, len(data), PACKET)]
        pat = next(p for p in self.packets if self.pid(p) == 0)
        self.pmt_pid = int.from_bytes(self.section(pat)[10:12], "big") & 0x1fff
        pmt = self.section(next(p for p in self.packets if self.pid(p) == self.pmt_pid))
        n_info = int.from_bytes(pmt[10:12], "big") & 0xfff
        self.video_pid = int.from_bytes(pmt[13 + n_info:15 + n_info], "big") & 0x1fff
        self.frames = [n for n, p in enumerate(self.packets) if self.is_start(p, self.video_pid)]

    @staticmethod
    def pid(packet):
        return int.from_bytes(packet[1:3], "big") & 0x1fff

    def is_start(self, packet, pid):
        return self.pid(packet) == pid and packet[1] & 0x40 != 0

    @staticmethod
    def section(packet):
        start = 4 + (1 + packet[4] if packet[3] & 0x20 else 0)
        return packet[start + 1 + packet[start]:]

    def cut(self, packet):
        return b"".join(self.packets[packet:])

    def known_after(self, cut):
        """The first frame that begins when the tables are known, for who joins at that packet"""
        for pid in (0, self.pmt_pid):
            cut = next(n for n in range(cut, len(self.packets)) if self.is_start(self.packets[n], pid))
        return self.whole_after(cut)

    def whole_after(self, cut):
        """The first frame that begins at that packet, or behind it"""
        return next(i for i, n in enumerate(self.frames) if n >= cut)


def datagrams(data):
    return [data[n:n + DATAGRAM] for n in range(0, len(data), DATAGRAM)]


def paced(data, seconds):
    """Its datagrams, over so many seconds, but no faster than any socket's buffer holds them"""
    pause = max(seconds * DATAGRAM / len(data), 0.001)
    for datagram in datagrams(data):
        yield datagram
        time.sleep(pause)


def send_udp(data, host, port, seconds=0):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as s:
        if host.startswith("239."):
            s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        for datagram in paced(data, seconds):
            s.sendto(datagram, (host, port))


def send_rtp(path, codec, port):
    """The MP4 file as RTP, at its own pace"""
    run_pipeline(f"filesrc location={path} ! qtdemux ! {codec}parse ! rtp{codec}pay config-interval=-1"
                 f" ! udpsink host=127.0.0.1 port={port} sync=true")


# --- HTTP -----------------------------------------------------------------------------

class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def setup(self):
        super().setup()
        self.server.connections.append(self.connection)

    def is_allowed(self):
        login = self.server.login
        if not login or self.headers.get("Authorization") == "Basic " + base64.b64encode(login.encode()).decode():
            return True
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="camera"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def do_GET(self):
        if not self.is_allowed():
            return
        if self.path == "/live":
            self.send_live()
        elif (wanted := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))):
            self.send_range(*wanted.groups())
        else:
            super().do_GET()

    def end_headers(self):
        self.send_header("Accept-Ranges", "none" if self.path == "/live" else "bytes")
        super().end_headers()

    def send_range(self, first, last):
        path = pathlib.Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        first, last = int(first), int(last or len(data) - 1)
        if first >= len(data):
            self.send_error(416)
            return
        part = data[first:last + 1]
        self.send_response(206)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def send_live(self):
        """Has no length, and does not end by itself."""
        self.send_response(200)
        self.send_header("Content-Type", "video/mp2t")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.flush()
        for datagram in paced(self.server.live, self.server.seconds):
            self.wfile.write(datagram)
        self.server.is_closed.wait()


class Http(http.server.ThreadingHTTPServer):
    """Serves a folder, and what is live at /live: so many seconds, then silence."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, folder, live=b"", seconds=0, login=None, port=0):
        super().__init__(("127.0.0.1", port), functools.partial(Handler, directory=str(folder)))
        self.live = live
        self.seconds = seconds
        self.login = login
        self.connections = []
        self.is_closed = threading.Event()
        self.port = self.server_address[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request, client_address):
        """A bridge may end at any time."""

    def kill(self):
        self.shutdown()
        self.server_close()
        self.is_closed.set()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


# --- RTSP -----------------------------------------------------------------------------

def hide_udp(port):
    """Forwards RTSP to that port, and sends UDP to where nobody hears it. Returns the address."""
    def serve(connection):
        with connection, socket.create_connection(("127.0.0.1", port)) as server:
            def answer():
                with contextlib.suppress(OSError):
                    while data := server.recv(1 << 16):
                        connection.sendall(data)

            threading.Thread(target=answer, daemon=True).start()
            while data := connection.recv(1 << 16):
                server.sendall(re.sub(rb"client_port=[0-9]+-[0-9]+", b"client_port=9-9", data))

    import harness
    return harness.listen(serve)


# --- sources that can be killed -----------------------------------------------------------

def hide_end(pad, info):
    """As of a camera. rtspsrc ends when the time is over that the server says, and loses what is late then."""
    if info.type & Gst.PadProbeType.QUERY_UPSTREAM:
        is_end = info.get_query().type in (Gst.QueryType.DURATION, Gst.QueryType.SEGMENT)
    else:
        is_end = info.get_event().type == Gst.EventType.EOS
    return Gst.PadProbeReturn.DROP if is_end else Gst.PadProbeReturn.OK


def on_media(factory, media):
    for name in ("pay0", "pay1"):
        payloader = media.get_element().get_by_name(name)
        if payloader:
            payloader.get_static_pad("sink").add_probe(
                Gst.PadProbeType.EVENT_DOWNSTREAM | Gst.PadProbeType.QUERY_UPSTREAM, hide_end)
    if media.get_element().get_by_name("klv"):
        push_klv(media.get_element(), "klv", read_units())


def make_factory(path, login):
    kind = pathlib.Path(path).name.split("-")[0]
    factory = GstRtspServer.RTSPMediaFactory()
    if kind not in SERVED:
        factory.set_launch("( audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay0 )")
        return factory
    factory.set_launch(f"( {SERVED[kind].format(path=path)} )")
    factory.connect("media-configure", on_media)
    if login:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_role_from_structure(Gst.Structure.from_string(
            "user, media.factory.access=(boolean)true, media.factory.construct=(boolean)true")[0])
        factory.set_permissions(permissions)
    return factory


def serve_rtsp(port, path, login=None):
    server = GstRtspServer.RTSPServer(service=port)
    server.set_address("127.0.0.1")
    if login:
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "user")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(*login.split(":")), token)
        server.set_auth(auth)
    points = server.get_mount_points()
    points.add_factory("/video", make_factory(path, login))
    tcp = make_factory(path, login)
    tcp.set_protocols(GstRtsp.RTSPLowerTrans.TCP)
    points.add_factory("/tcp", tcp)
    assert server.attach(None)
    print("ready", flush=True)
    GLib.MainLoop().run()


def open_srt(uri):
    """Returns a pipeline that sends to the URI, once there is somebody."""
    while True:
        pipeline = Gst.parse_launch(f'appsrc name=in ! srtsink sync=false uri="{uri}"')
        if pipeline.set_state(Gst.State.PLAYING) != Gst.StateChangeReturn.FAILURE:
            message = pipeline.get_bus().timed_pop_filtered(200 * Gst.MSECOND, Gst.MessageType.ERROR)
            if not message:
                return pipeline
        pipeline.set_state(Gst.State.NULL)


def send_srt(uri, path, seconds=0):
    pipeline = open_srt(uri)
    print("ready", flush=True)
    for datagram in paced(pathlib.Path(path).read_bytes(), float(seconds)):
        pipeline.get_by_name("in").emit("push-buffer", Gst.Buffer.new_wrapped(datagram))
    GLib.MainLoop().run()


def start(*args):
    """This, as a program"""
    import harness
    program = harness.Program(args[0], __file__, *args, path="/usr/bin/python3")
    program.wait_ready("^ready$")
    return program


def start_srt(uri, path, seconds=0):
    """Does not wait until there is somebody to send to."""
    import harness
    return harness.Program("srt", __file__, "srt", uri, path, seconds, path="/usr/bin/python3")


def start_rtsp(path, *login, port=0):
    """Returns the server, and its port."""
    import harness
    port = port or harness.free_port(socket.SOCK_STREAM)
    return start("rtsp", port, path, *login), port


if __name__ == "__main__":
    {"rtsp": serve_rtsp, "srt": send_srt}[sys.argv[1]](*sys.argv[2:])
