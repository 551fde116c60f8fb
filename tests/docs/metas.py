#!/usr/bin/python3
"""docs/seiextract.md says which elements keep the metas: each of them is tried."""
import os
import pathlib
import re
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSei", "1.0")
from gi.repository import Gst, GstSei  # noqa: E402

SRC = pathlib.Path(os.environ["METAKAFKA_SRC"])
sys.path.insert(0, str(SRC / "tests/tools"))

import harness  # noqa: E402

FRAMES = 20
VIDEO = (f"videotestsrc num-buffers={FRAMES} ! video/x-raw,format=I420,width=160,height=120"
         " ! {0}enc ! {1}parse ! seiinject metadata=hello ! seiextract")
H264 = VIDEO.format("x264", "h264")
H265 = VIDEO.format("x265", "h265")
# what is tried in which way, if it is not the bare element behind a decoder
ENCODED = {"h264parse": H264, "avdec_h264": H264, "openh264dec": H264, "rtph264pay": H264,
           "queue": H264, "tee": H264, "h265parse": H265, "avdec_h265": H265, "rtph265pay": H265,
           "flvmux": H264 + " ! h264parse", "mpegtsmux": H264}
HOW = {"videoconvert": "videoconvert ! video/x-raw,format=RGBA",
       "videoscale": "videoscale ! video/x-raw,width=80,height=60",
       "videorate": "videorate ! video/x-raw,framerate=60/1",
       "videocrop": "videocrop left=8", "videobox": "videobox left=-8",
       "videoflip": "videoflip method=clockwise", "videobalance": "videobalance saturation=0.5",
       "gamma": "gamma gamma=2", "deinterlace": "deinterlace mode=interlaced",
       "rawvideoparse": "rawvideoparse width=160 height=120",
       "flvmux": "flvmux ! flvdemux", "mpegtsmux": "mpegtsmux ! tsdemux"}


def count_metas(line):
    """Of the buffers that come out: how many there are, and how many have metas."""
    counts = [0, 0]

    def on_buffers(pad, info):
        if info.type & Gst.PadProbeType.BUFFER_LIST:
            items = info.get_buffer_list()
            buffers = [items.get(i) for i in range(items.length())]
        else:
            buffers = [info.get_buffer()]
        counts[0] += len(buffers)
        counts[1] += sum(GstSei.buffer_get_meta_bytes(b) is not None for b in buffers)
        return Gst.PadProbeReturn.OK

    pipeline = Gst.parse_launch(line + " ! fakesink name=sink sync=false")
    pipeline.get_by_name("sink").get_static_pad("sink").add_probe(
        Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST, on_buffers)
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        harness.PATIENCE * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    assert message is not None, line
    assert message.type == Gst.MessageType.EOS, (line, message.parse_error())
    return counts


def add_test(element, stay):
    def function():
        if not Gst.ElementFactory.find(element):
            raise harness.Skip(f"there is no element {element}")
        before = ENCODED.get(element, H264 + " ! avdec_h264")
        n, n_with = count_metas(f"{before} ! {HOW.get(element, element)}")
        assert n >= FRAMES, (n, n_with)
        assert n_with == (n if stay else 0), (n, n_with)

    function.__name__ = f"{element}_{'keeps' if stay else 'drops'}_metas"
    harness.test(function)


Gst.init(None)
page = (SRC / "docs/seiextract.md").read_text("utf-8")
for line in page.split("\n## What keeps the metas\n")[1].split("\n## ")[0].splitlines():
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    if len(cells) == 3 and "`" in cells[1]:
        assert cells[2].startswith(("stay", "are gone")), line
        for name in re.findall(r"`([\w-]+)`", cells[1]):
            add_test(name, cells[2].startswith("stay"))

if __name__ == "__main__":
    harness.main()
