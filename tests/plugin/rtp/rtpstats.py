#!/usr/bin/python3
"""What rtpseisrc knows of its streams, as an application in Python reads it."""
import socket
import struct
import time
import warnings

import gi

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

# GObject.ValueArray's: there is nothing else for an array in a structure, and its items are
# its own
warnings.simplefilter('ignore', DeprecationWarning)
Gst.init(None)

pipeline = Gst.parse_launch('rtpseisrc name=in port=0,0 address=127.0.0.1 codec=h264 latency=0'
                            ' ! seiextract ! fakesink async=false')
element = pipeline.get_by_name('in')
assert element.get_property('listening') == [], element.get_property('listening')
pipeline.set_state(Gst.State.PLAYING)
ports = [int(uri.rsplit(':', 1)[1]) for uri in element.get_property('listening')]
assert len(set(ports)) == 2, ports

sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(('127.0.0.1', 0))
for n in range(10):
    header = struct.pack('>BBHII', 0x80, 0x60, n, 3600 * (n // 2), 0xfedcba98)
    payload = b'\x65\x88\x80' if n % 2 else b'\x06\x05\x01\x07\x80'
    sender.sendto(header + payload, ('127.0.0.1', ports[1]))


def read():
    stats = element.get_property('stats')
    found, streams = stats.get_array('streams')
    assert found
    return stats, [streams.get_nth(i).copy() for i in range(streams.n_values)]


deadline = time.monotonic() + 60
stats, streams = read()
while stats.get_uint64('sei').value < 5 and time.monotonic() < deadline:
    stats, streams = read()
assert stats.get_uint64('packets').value == 10, stats.to_string()
assert len(streams) == 1, stats.to_string()
stream = streams[0]
assert stream.get_string('source') == '127.0.0.1:%d' % sender.getsockname()[1], stream.to_string()
assert stream.get_string('codec') == 'h264'
assert stream.get_uint('port').value == ports[1]
assert stream.get_uint('ssrc').value == 0xfedcba98
assert stream.get_uint64('sei').value == 5, stream.to_string()

element.send_event(Gst.Event.new_eos())
message = pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND,
                                                Gst.MessageType.EOS | Gst.MessageType.ERROR)
assert message.type == Gst.MessageType.EOS, message.parse_error()
pipeline.set_state(Gst.State.NULL)
