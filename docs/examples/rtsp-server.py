"""An RTSP camera that sends a line of JSON in each frame.

rtsp-server.py PORT FILE: line n of FILE is in frame n of rtsp://127.0.0.1:PORT/camera,
from when the first viewer asks for it. What others then see begins where the stream is.

On Debian it needs gir1.2-gst-rtsp-server-1.0.
"""
import sys

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtspServer

port, lines = sys.argv[1:]
Gst.init(None)
factory = GstRtspServer.RTSPMediaFactory(shared=True)
factory.set_launch(
    '( videotestsrc is-live=true ! video/x-raw,framerate=30/1'
    ' ! x264enc tune=zerolatency key-int-max=30 ! h264parse'
    ' ! seiinject name=inject ! rtph264pay name=pay0 pt=96 config-interval=-1'
    f' filesrc location={lines} ! application/x-ndjson ! inject.metadata )')
server = GstRtspServer.RTSPServer(address='127.0.0.1', service=port)
server.get_mount_points().add_factory('/camera', factory)
if not server.attach(None):
    sys.exit(f'Could not listen at port {port}: give another one')
print(f'rtsp://127.0.0.1:{port}/camera', flush=True)
try:
    GLib.MainLoop().run()
except KeyboardInterrupt:  # Ctrl-C
    pass
