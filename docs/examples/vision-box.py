"""A vision box: what the analysis finds in a frame travels in that very frame.

vision-box.py [--host HOST] [--port PORT] [--frames N] [--analysis-ms MS]

A live camera goes two ways. The video is encoded and sent as RTP, to metakafka-bridge
say, and the analysis looks at each frame for a while. Its result, a line of JSON with
the time of its frame, reaches seiinject later than the frame does, which waits for it,
up to LATENCY_MS. A result that is later still is dropped, because in another frame it
would be wrong. The analysis has several pictures in work at a time, as a detector on an
accelerator has: each result is there MS after its picture.

The camera draws a number into each picture, as black and white squares, which the
analysis reads: {"number": 7, ...}. So everybody can check what belongs to what.

On Debian it needs python3-gi, gir1.2-gstreamer-1.0 and the GStreamer plugins base, good,
bad and ugly.
"""
import argparse
import itertools
import json
import signal
import sys
import threading
import time

import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst

LATENCY_MS = 150
WIDTH, HEIGHT, SQUARE, BITS = 320, 240, 16, 16
SQUARES = {'x': 0, 'y': 1 - SQUARE / HEIGHT, 'w': SQUARE * (1 + BITS) / WIDTH, 'h': SQUARE / HEIGHT}
PIPELINE = '''
  videotestsrc is-live=true num-buffers={frames}
    ! video/x-raw,format=I420,width={width},height={height},framerate=30/1
    ! simplevideomark name=mark pattern-width={square} pattern-height={square}
        pattern-count=1 pattern-data-count={bits}
    ! tee name=camera

  camera. ! queue ! x264enc tune=zerolatency key-int-max=30 ! h264parse
    ! queue max-size-time=1000000000 max-size-buffers=0 max-size-bytes=0
    ! seiinject name=inject latency={latency} late-metadata=drop
    ! rtph264pay config-interval=-1 ! udpsink host={host} port={port}

  camera. ! queue ! appsink name=analysis async=false sync=false max-buffers=30 drop=true
  appsrc name=results is-live=true format=time caps=application/x-json ! inject.metadata
'''


def before_mark(pad, info, numbers):
    pad.get_parent_element().set_property(
        'pattern-data', next(numbers) % (1 << BITS))
    return Gst.PadProbeReturn.OK


def read_number(picture):
    """The squares are in the left lower corner, the first is black for nothing."""
    line = picture.extract_dup(WIDTH * (HEIGHT - SQUARE // 2), WIDTH)
    bits = [line[SQUARE * i + SQUARE // 2] > 127 for i in range(1, BITS + 1)]
    return sum(bit << i for i, bit in enumerate(reversed(bits)))


def wait_until(running_time, element):
    now = element.get_clock().get_time() - element.get_base_time()
    time.sleep(max(0, running_time - now) / Gst.SECOND)


def analyse(analysis, results, duration):
    """In a thread of its own: a result for each picture, with its time."""
    while sample := analysis.emit('pull-sample'):
        picture = sample.get_buffer()
        result = {'number': read_number(picture)}
        wait_until(picture.pts + duration, results)  # here a detector would be at work
        result['objects'] = [{'id': 'obj-1', 'label': 'square', 'confidence': 0.9, 'bbox': SQUARES}]
        buffer = Gst.Buffer.new_wrapped(json.dumps(result).encode())
        buffer.pts = picture.pts
        results.emit('push-buffer', buffer)
    results.emit('end-of-stream')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--host', default='127.0.0.1')
    parser.add_argument('--port', type=int, default=5000)
    parser.add_argument('--frames', type=int, default=-1)
    parser.add_argument('--analysis-ms', type=int, default=30)
    options = parser.parse_args()

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it
    Gst.init(None)
    pipeline = Gst.parse_launch(PIPELINE.format(
        frames=options.frames, host=options.host, port=options.port, latency=LATENCY_MS,
        width=WIDTH, height=HEIGHT, square=SQUARE, bits=BITS))
    pipeline.get_by_name('mark').get_static_pad('sink').add_probe(
        Gst.PadProbeType.BUFFER, before_mark, itertools.count())
    pipeline.set_state(Gst.State.PLAYING)
    # not before: pull-sample of an appsink that has not started returns None
    threading.Thread(target=analyse, daemon=True, args=(
        pipeline.get_by_name('analysis'), pipeline.get_by_name('results'),
        options.analysis_ms * Gst.MSECOND)).start()
    while True:
        message = pipeline.get_bus().timed_pop(Gst.CLOCK_TIME_NONE)
        if message.type == Gst.MessageType.LATENCY:
            pipeline.recalculate_latency()
        elif message.type == Gst.MessageType.ERROR:
            sys.exit(message.parse_error().gerror.message)
        elif message.type == Gst.MessageType.EOS:
            break
    stats = pipeline.get_by_name('inject').get_property('stats')
    print(', '.join(f'{name} {stats.get_uint64(name)[1]}'
                    for name in ('frames', 'received', 'injected', 'missed', 'dropped', 'unused')))
    pipeline.set_state(Gst.State.NULL)


if __name__ == '__main__':
    main()
