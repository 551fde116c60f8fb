"""What the tests of the sender share: their folder, films, and how they run it."""
import os
import socket
import tempfile

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

import harness  # noqa: E402

Gst.init(None)
folder = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(folder.name, name)


def send(*args, status=0):
    """Runs the sender. Returns its lines on stderr."""
    ended, out, err = harness.run("sender", *args)
    assert ended == status, (args, ended, out, err)
    return err


def run_pipeline(pipeline):
    """Until EOS."""
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(harness.PATIENCE * Gst.SECOND,
                                                    Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    assert message and message.type == Gst.MessageType.EOS, message and message.parse_error()


def film(kind, codec="h264", count=60):
    """A file with B-frames. Returns its path."""
    name = path(f"film-{codec}-{count}.{kind}")
    muxer = {"ts": "mpegtsmux", "mp4": "mp4mux", "mkv": "matroskamux", "flv": "flvmux"}.get(kind)
    encoder = {"h264": "x264enc bframes=3 b-adapt=false key-int-max=20",
               "h265": "x265enc key-int-max=20"}[codec]
    end = f"{muxer} ! " if muxer else f"video/x-{codec},stream-format=byte-stream ! "
    if not os.path.exists(name):
        run_pipeline(Gst.parse_launch(
            f"videotestsrc pattern=ball num-buffers={count} ! video/x-raw,width=96,height=64,framerate=30/1"
            f" ! {encoder} ! {codec}parse ! {end} filesink location={name}"))
    return name


def listen(port=0):
    """A UDP socket that has room for what is sent before it is read."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    s.bind(("127.0.0.1", port))
    return s


def neighbours():
    """Two sockets, at a port and the one behind it."""
    while True:
        first = listen()
        try:
            return first, listen(first.getsockname()[1] + 1)
        except (OSError, OverflowError):
            first.close()


def receive(s):
    """All that has come to a socket."""
    s.setblocking(False)
    datagrams = []
    try:
        while True:
            datagrams.append(s.recv(65536))
    except BlockingIOError:
        return datagrams
