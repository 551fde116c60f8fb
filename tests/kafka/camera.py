#!/usr/bin/python3
"""camera.py KIND NAME RUN TARGET [FRAMES]

A camera with a JSON object in every frame, until it is killed:

    rtsp       serves H.264 at rtsp://127.0.0.1:TARGET/video
    rtp        sends H.265 to TARGET, HOST:PORT
    srt        calls srt://TARGET, and sends MPEG-TS of H.264 with B-frames
    multicast  sends MPEG-TS of H.264 to TARGET, HOST:PORT
    klv        sends MPEG-TS of H.264 without JSON, and of KLV, to TARGET, HOST:PORT
    rtpklv     sends KLV over RTP to TARGET, HOST:PORT
    file       writes FRAMES frames of H.264 as MPEG-TS into TARGET, and ends

The objects say the NAME unless it is -, the RUN and the number of the frame. A unit of
KLV says the last two as its mission_id. So does
stdout, with a line for each frame that has been sent. It is a frame behind: what
comes after has taken a frame when the next one is there.
"""
import os
import sys
import tempfile

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

FPS = 25
MAX_FRAMES = 3600 * FPS
# so that each frame is longer than what a muxer holds back
RAW = f'videotestsrc %s pattern=snow ! video/x-raw,width=160,height=120,framerate={FPS}/1 ! queue'
H264 = 'x264enc key-int-max=25 bitrate=800 bframes=%d speed-preset=ultrafast ! h264parse'
H265 = ('x265enc key-int-max=25 bitrate=800 speed-preset=ultrafast tune=zerolatency'
        ' option-string=log-level=none:pools=none:frame-threads=1 ! h265parse')
TS = 'h264parse ! video/x-h264,stream-format=byte-stream,alignment=au ! mpegtsmux name=mux alignment=7'
KLV = 'appsrc name=klv format=time is-live=true caps=application/x-json ! jsontoklv'


def write_lines(name, run):
    """The run comes first and has a width, so that a file can be made one of another run."""
    file = tempfile.NamedTemporaryFile('w', suffix='.jsonl')
    stream_id = '' if name == '-' else f'"stream_id":"{name}",'
    for seq in range(MAX_FRAMES):
        file.write(f'{{"run":{run:4},{stream_id}"seq":{seq}}}\n')
    file.flush()
    return file


class Counter:
    """Writes how many frames have been sent: all but the last one that came. Sends the unit of each."""

    def __init__(self, run):
        self.run = run
        self.klv = None
        self.n = 0

    def on_buffer(self, pad, info):
        if self.n > 0:
            os.write(1, b'%d\n' % (self.n - 1))
        if self.klv:
            unit = Gst.Buffer.new_wrapped(b'{"mission_id":"%d %d"}' % (self.run, self.n))
            # encoders have a segment of their own
            segment = pad.get_sticky_event(Gst.EventType.SEGMENT, 0).parse_segment()
            unit.pts = segment.to_running_time(Gst.Format.TIME, info.get_buffer().pts)
            self.klv.emit('push-buffer', unit)
        self.n += 1
        return Gst.PadProbeReturn.OK


def watch(bin, counter):
    counter.klv = bin.get_by_name('klv')
    pad = bin.get_by_name('inject').get_static_pad('src')
    pad.add_probe(Gst.PadProbeType.BUFFER, counter.on_buffer)


def describe(kind, lines, target, frames):
    host, _, port = target.rpartition(':')
    encoder = {'rtp': H265, 'srt': H264 % 2}.get(kind, H264 % 0)
    end = {
        'rtsp': 'h264parse ! rtph264pay name=pay0 config-interval=-1',
        'rtp': f'h265parse ! rtph265pay config-interval=-1 ! udpsink sync=false host={host} port={port}',
        'srt': f'{TS} ! srtsink sync=false uri=srt://{target}',
        'multicast': f'{TS} ! udpsink sync=false auto-multicast=true host={host} port={port}',
        'klv': f'{TS} ! udpsink sync=false host={host} port={port} {KLV} ! mux.',
        'rtpklv': f'{KLV} ! rtpklvpay ! udpsink sync=false host={host} port={port}',
        'file': f'{TS} ! filesink location={target}',
    }[kind]
    raw = RAW % ('is-live=true' if frames is None else f'num-buffers={frames}')
    if kind == 'klv':
        return f'{raw} ! {encoder} ! identity name=inject ! {end}'
    if kind == 'rtpklv':
        return f'{raw} ! identity name=inject ! fakesink {end}'
    return (f'{raw} ! {encoder} ! seiinject name=inject ! {end}'
            f' filesrc location={lines} ! application/x-ndjson ! inject.metadata')


def serve(description, port, counter):
    server = GstRtspServer.RTSPServer(service=port)
    server.set_address('127.0.0.1')
    factory = GstRtspServer.RTSPMediaFactory(shared=True)
    factory.set_launch(f'( {description} )')
    factory.connect('media-configure', lambda _, media: watch(media.get_element(), counter))
    server.get_mount_points().add_factory('/video', factory)
    assert server.attach(None)
    return server


def play(description, counter):
    """Returns at the end, and begins anew until somebody answers."""
    while True:
        pipeline = Gst.parse_launch(description)
        counter.n = 0
        watch(pipeline, counter)
        pipeline.set_state(Gst.State.PLAYING)
        message = pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE,
                                                        Gst.MessageType.ERROR | Gst.MessageType.EOS)
        pipeline.set_state(Gst.State.NULL)
        if message.type == Gst.MessageType.EOS:
            return
        print(message.parse_error(), file=sys.stderr, flush=True)


def main():
    kind, name, run, target = sys.argv[1:5]
    Gst.init(None)
    counter = Counter(int(run))
    with write_lines(name, int(run)) as lines:
        description = describe(kind, lines.name, target, sys.argv[5] if kind == 'file' else None)
        if kind == 'rtsp':
            server = serve(description, target, counter)
            print('ready', flush=True)
            GLib.MainLoop().run()
            del server
        else:
            play(description, counter)


if __name__ == '__main__':
    main()
