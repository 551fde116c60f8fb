#!/usr/bin/python3
"""docs/examples/vision-box.py: each result is in the picture that it was found in.

Its stream is read back twice: metakafka-bridge publishes the results, and a pipeline
here decodes the pictures and compares the number in each with the result on it.
"""
import importlib.util
import json
import os
import pathlib
import re
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSei", "1.0")
from gi.repository import Gst, GstSei  # noqa: E402

SRC = pathlib.Path(os.environ["METAKAFKA_SRC"])
sys.path.insert(0, str(SRC / "tests/tools"))

import harness  # noqa: E402

EXAMPLE = SRC / "docs/examples/vision-box.py"
FRAMES = 120
# passes on all that comes to the bridge, and decodes it
VIEWER = """
  udpsrc name=in address=127.0.0.1 port=0 buffer-size=212992
    caps=application/x-rtp,media=video,encoding-name=H264,clock-rate=90000 ! tee name=t
  t. ! queue ! udpsink host=127.0.0.1 port={port} sync=false async=false
  t. ! queue ! rtpjitterbuffer ! rtph264depay ! h264parse ! seiextract
    ! avdec_h264 max-threads=1 ! video/x-raw,format=I420
    ! fakesink name=out sync=false async=false
"""


class Viewer:
    """pictures: for each that came, the number in it and the result on it, if any."""

    def __init__(self, port, read_number):
        self.pictures = []
        self.arrived = threading.Condition()
        self.read_number = read_number
        self.pipeline = Gst.parse_launch(VIEWER.format(port=port))
        self.pipeline.get_by_name("out").get_static_pad("sink").add_probe(
            Gst.PadProbeType.BUFFER, self._on_picture)
        self.pipeline.set_state(Gst.State.PLAYING)
        # bound since READY
        self.port = self.pipeline.get_by_name("in").get_property("port")

    def _on_picture(self, pad, info):
        picture = info.get_buffer()
        result = GstSei.buffer_get_meta_bytes(picture)
        with self.arrived:
            self.pictures.append((self.read_number(picture), result and result.get_data()))
            self.arrived.notify_all()
        return Gst.PadProbeReturn.OK

    def wait(self, count):
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.pictures) >= count,
                                         harness.PATIENCE), len(self.pictures)

    def close(self):
        self.pipeline.set_state(Gst.State.NULL)


def check(analysis_ms):
    spec = importlib.util.spec_from_file_location("vision_box", EXAMPLE)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    _, address = harness.start_broker("t:1")
    bridge, port = harness.start_bridge(address, "t")
    viewer = Viewer(port, example.read_number)
    try:
        box = harness.Program("vision-box", EXAMPLE, "--port", viewer.port, "--frames", FRAMES,
                              "--analysis-ms", analysis_ms, path="/usr/bin/python3")
        assert box.wait(2 * harness.PATIENCE) == 0, box.lines
        stats = {name: int(n) for name, n in re.findall(r"(\w+) (\d+)", box.out[-1])}
        viewer.wait(FRAMES)
    finally:
        viewer.close()
    print(f"# {box.out[-1]}", flush=True)

    assert [number for number, _ in viewer.pictures] == list(range(FRAMES)), viewer.pictures
    results = [(number, result) for number, result in viewer.pictures if result is not None]
    for number, result in results:
        assert json.loads(result)["number"] == number, (number, result)
    # on a busy machine a result can come too late: it is dropped and counted
    assert stats["frames"] == FRAMES and 0 < stats["received"] <= FRAMES, stats
    assert 0 < len(results) == stats["injected"], stats
    assert stats["injected"] + stats["missed"] + stats["dropped"] + stats["unused"] == stats["received"], stats

    records = [json.loads(value) for _, _, value in harness.consume(address, "t", len(results))]
    assert [record["number"] for record in records] == [number for number, _ in results]
    assert all(record["objects"][0]["label"] == "square" for record in records)
    assert bridge.end()[0] == 0, bridge.lines
    assert harness.count_records(address, "t") == len(results)


@harness.test
def each_result_of_a_fast_analysis_is_in_its_picture():
    check(5)


@harness.test
def each_result_of_a_slow_analysis_is_in_its_picture():
    check(100)


if __name__ == "__main__":
    Gst.init(None)
    harness.main()
