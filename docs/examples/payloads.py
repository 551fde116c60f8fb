"""Reads every payload in two ways: as a signal, and from the buffers of the video."""
import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstSei', '1.0')
from gi.repository import Gst, GstSei


def on_payload(element, payload):
    print('signal', payload.get_data())


def on_buffer(pad, info):
    for payload in GstSei.buffer_get_payloads(info.get_buffer()):
        print('buffer', payload.get_data())
    return Gst.PadProbeReturn.OK


Gst.init(None)
pipeline = Gst.parse_launch(
    'videotestsrc num-buffers=5 ! x264enc ! h264parse'
    ' ! seiinject metadata=one ! seiinject metadata=two'
    ' ! seiextract name=extract ! fakesink name=sink')
pipeline.get_by_name('extract').connect('new-payload', on_payload)
pipeline.get_by_name('sink').get_static_pad('sink').add_probe(
    Gst.PadProbeType.BUFFER, on_buffer)
pipeline.set_state(Gst.State.PLAYING)
pipeline.get_bus().timed_pop_filtered(
    Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS | Gst.MessageType.ERROR)
pipeline.set_state(Gst.State.NULL)
