"""Measures how old metadata is on its way from the camera to Kafka.

latency.py [SERVERS]: every frame carries the time at which it left the camera.
Without SERVERS the measurement ends after seiextract.

If the two ends run on two machines, their clocks must agree (NTP or PTP).
"""
import json
import sys
import time

import gi
gi.require_version('Gst', '1.0')
gi.require_version('GstSei', '1.0')
from gi.repository import GLib, Gst, GstSei

UUID = bytes.fromhex('a4b00512d794561186b717406de2f1de')
CAMERA = 'videotestsrc is-live=true num-buffers=90 ! video/x-raw,framerate=30/1'
ENCODER = 'x264enc tune=zerolatency speed-preset=ultrafast ! h264parse'
NETWORK = 'rtph264pay ! rtpjitterbuffer latency=20 ! rtph264depay'


def at_camera(pad, info):
    payload = json.dumps({'wall_ns': time.time_ns()}).encode()
    GstSei.pad_probe_info_add_meta(info, UUID, GLib.Bytes.new(payload))
    return Gst.PadProbeReturn.OK


def measure(pad, info, ages):
    payload = GstSei.buffer_get_meta_bytes(info.get_buffer())
    if payload is not None:
        ages.append(time.time_ns() - json.loads(payload.get_data())['wall_ns'])
    return Gst.PadProbeReturn.OK


def show(where, p50, p99):
    print(f'{where}: p50 {p50 / 1e6:.1f} ms, p99 {p99 / 1e6:.1f} ms')


def percentiles(ages):
    ages = sorted(ages)
    return ages[len(ages) // 2], ages[len(ages) * 99 // 100]


Gst.init(None)
sink = (f'kafkasink topic=t bootstrap-servers={sys.argv[1]}'
        if len(sys.argv) > 1 else 'fakesink')
pipeline = Gst.parse_launch(
    f'{CAMERA} ! identity name=camera ! {ENCODER} ! seiinject name=inject !'
    f' {NETWORK} ! seiextract name=extract ! {sink} name=sink')
ages = {'inject': [], 'sink': []}
pipeline.get_by_name('camera').get_static_pad('src').add_probe(
    Gst.PadProbeType.BUFFER, at_camera)
for name in ages:
    pipeline.get_by_name(name).get_static_pad('sink').add_probe(
        Gst.PadProbeType.BUFFER, measure, ages[name])
pipeline.set_state(Gst.State.PLAYING)
pipeline.get_bus().timed_pop_filtered(
    Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS | Gst.MessageType.ERROR)
show('age behind the encoder', *percentiles(ages['inject']))
show('age behind seiextract', *percentiles(ages['sink']))
if len(sys.argv) > 1:
    stats = pipeline.get_by_name('sink').get_property('stats')
    show('and from there to the acknowledgement of the record',
         *(stats.get_uint64(name)[1] for name in ('latency-p50', 'latency-p99')))
pipeline.set_state(Gst.State.NULL)
