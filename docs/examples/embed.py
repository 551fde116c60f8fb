"""Attaches metadata to raw frames, and reads it after the encoder."""
import json

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstSei', '1.0')
from gi.repository import GLib, Gst, GstSei

UUID = bytes.fromhex('a4b00512d794561186b717406de2f1de')


def before_encoder(pad, info):
    facts = {'pts': info.get_buffer().pts, 'label': 'person'}
    payload = GLib.Bytes.new(json.dumps(facts).encode())
    GstSei.pad_probe_info_add_meta(info, UUID, payload)
    return Gst.PadProbeReturn.OK


def after_seiextract(pad, info):
    payload = GstSei.buffer_get_meta_bytes(info.get_buffer())
    if payload is not None:
        print(json.loads(payload.get_data()))
    return Gst.PadProbeReturn.OK


Gst.init(None)
pipeline = Gst.parse_launch(
    'videotestsrc num-buffers=5 ! x264enc name=encoder ! h264parse'
    ' ! seiinject ! seiextract ! fakesink name=sink')
for name, probe in (('encoder', before_encoder), ('sink', after_seiextract)):
    pipeline.get_by_name(name).get_static_pad('sink').add_probe(
        Gst.PadProbeType.BUFFER, probe)
pipeline.set_state(Gst.State.PLAYING)
pipeline.get_bus().timed_pop_filtered(
    Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS | Gst.MessageType.ERROR)
pipeline.set_state(Gst.State.NULL)
