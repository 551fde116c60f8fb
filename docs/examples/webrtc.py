"""Metadata through WebRTC: prints what arrives with each frame.

webrtc.py [FRAMES]: a camera and a viewer, both in this program, until the metadata of
FRAMES frames (90) has arrived. The first frames can be lost: the camera may send before
the viewer can decrypt. Between two machines the texts that exchange() passes on (offer,
answer and candidates) go through a server, which WebRTC leaves to the application.

On Debian it needs gir1.2-gst-plugins-bad-1.0 and gstreamer1.0-nice.
"""
import sys

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstSdp', '1.0')
gi.require_version('GstSei', '1.0')
gi.require_version('GstWebRTC', '1.0')
from gi.repository import GLib, Gst, GstSdp, GstSei, GstWebRTC  # noqa: F401, both know types

FRAMES = int(sys.argv[1]) if len(sys.argv) > 1 else 90
CAMERA = (
    'videotestsrc is-live=true ! video/x-raw,framerate=30/1'
    ' ! x264enc tune=zerolatency key-int-max=30 ! h264parse ! seiinject name=inject'
    ' ! rtph264pay config-interval=-1 aggregate-mode=zero-latency'
    ' ! application/x-rtp,media=video,encoding-name=H264,payload=96'
    ' ! webrtcbin name=peer bundle-policy=max-bundle')
VIEWER = 'webrtcbin name=peer bundle-policy=max-bundle'
VIEW = 'rtph264depay ! h264parse ! seiextract ! fakesink name=sink sync=false'

n_sent = 0
n_arrived = 0


def before_seiinject(pad, info, inject):
    global n_sent
    n_sent += 1
    inject.set_property('metadata', f'{{"frame": {n_sent}}}')
    return Gst.PadProbeReturn.OK


def after_seiextract(pad, info, loop):
    global n_arrived
    payload = GstSei.buffer_get_meta_bytes(info.get_buffer())
    if payload is not None and n_arrived < FRAMES:
        print(payload.get_data().decode(), flush=True)
        n_arrived += 1
        if n_arrived == FRAMES:
            loop.quit()
    return Gst.PadProbeReturn.OK


def on_stream(peer, pad, viewer, loop):
    """The viewer's webrtcbin has a new pad: show what comes out of it."""
    view = Gst.parse_bin_from_description(VIEW, True)
    view.get_by_name('sink').get_static_pad('sink').add_probe(
        Gst.PadProbeType.BUFFER, after_seiextract, loop)
    viewer.add(view)
    view.sync_state_with_parent()
    pad.link(view.get_static_pad('sink'))


def exchange(camera, viewer):
    """What the two have to know of each other."""
    def on_offer(promise):
        reply = promise.get_reply()  # holds what is taken from it
        offer = reply.get_value('offer')
        camera.emit('set-local-description', offer, None)
        viewer.emit('set-remote-description', offer, None)
        viewer.emit('create-answer', None, Gst.Promise.new_with_change_func(on_answer))

    def on_answer(promise):
        reply = promise.get_reply()  # holds what is taken from it
        answer = reply.get_value('answer')
        viewer.emit('set-local-description', answer, None)
        camera.emit('set-remote-description', answer, None)

    camera.connect('on-negotiation-needed', lambda peer: peer.emit(
        'create-offer', None, Gst.Promise.new_with_change_func(on_offer)))
    camera.connect('on-ice-candidate', lambda peer, line, candidate: viewer.emit(
        'add-ice-candidate', line, candidate))
    viewer.connect('on-ice-candidate', lambda peer, line, candidate: camera.emit(
        'add-ice-candidate', line, candidate))


def on_error(bus, message):
    sys.exit(message.parse_error().gerror.message)


Gst.init(None)
loop = GLib.MainLoop()
camera = Gst.parse_launch(CAMERA)
viewer = Gst.Pipeline()
viewer.add(Gst.ElementFactory.make('webrtcbin', 'peer'))
inject = camera.get_by_name('inject')
inject.get_static_pad('sink').add_probe(
    Gst.PadProbeType.BUFFER, before_seiinject, inject)
viewer.get_by_name('peer').connect('pad-added', on_stream, viewer, loop)
exchange(camera.get_by_name('peer'), viewer.get_by_name('peer'))
for pipeline in (viewer, camera):
    pipeline.get_bus().add_signal_watch()
    pipeline.get_bus().connect('message::error', on_error)
    pipeline.set_state(Gst.State.PLAYING)
loop.run()
for pipeline in (camera, viewer):
    pipeline.set_state(Gst.State.NULL)
