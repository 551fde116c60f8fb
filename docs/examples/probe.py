"""Sets metadata in a pad probe, frame by frame, and reads it from the buffers."""
import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstSei', '1.0')
from gi.repository import Gst, GstSei

n = 0


def before_seiinject(pad, info):
    global n
    n += 1
    pad.get_parent_element().set_property('metadata', f'{{"frame": {n}}}')
    return Gst.PadProbeReturn.OK


def after_seiextract(pad, info):
    print(GstSei.buffer_get_meta_bytes(info.get_buffer()).get_data().decode())
    return Gst.PadProbeReturn.OK


Gst.init(None)
pipeline = Gst.parse_launch(
    'videotestsrc num-buffers=5 ! x264enc ! h264parse'
    ' ! seiinject name=inject ! h264parse ! seiextract ! fakesink name=sink')
for name, probe in (('inject', before_seiinject), ('sink', after_seiextract)):
    pipeline.get_by_name(name).get_static_pad('sink').add_probe(
        Gst.PadProbeType.BUFFER, probe)
pipeline.set_state(Gst.State.PLAYING)
pipeline.get_bus().timed_pop_filtered(
    Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS | Gst.MessageType.ERROR)
pipeline.set_state(Gst.State.NULL)
