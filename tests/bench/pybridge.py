#!/usr/bin/python3
"""pybridge.py PORT SERVERS TOPIC

What metakafka-bridge does, as one writes it in Python: GStreamer's elements make
access units of each stream, Python finds the SEI messages, and confluent-kafka
publishes them, with the settings that kafkasink has.
"""
import json
import signal
import sys
import time

import confluent_kafka
import gi
gi.require_version('Gst', '1.0')
from gi.repository import GLib, Gst  # noqa: E402

UUID = bytes.fromhex('a4b00512d794561186b717406de2f1de')
USER_DATA_UNREGISTERED = 5
SEI, SLICES = 6, range(1, 6)


def sei_payloads(nal):
    """(type, bytes) of each message of a SEI NAL unit, ITU-T H.264 7.3.2.3"""
    rbsp = nal[1:].replace(b'\0\0\3', b'\0\0')
    at = 0
    while at + 2 < len(rbsp):
        kind = size = 0
        while rbsp[at] == 0xff:
            kind, at = kind + 0xff, at + 1
        kind, at = kind + rbsp[at], at + 1
        while rbsp[at] == 0xff:
            size, at = size + 0xff, at + 1
        size, at = size + rbsp[at], at + 1
        yield kind, rbsp[at:at + size]
        at += size


def messages(access_unit):
    """What our UUID marks, in the SEI NAL units before the first slice"""
    begin = access_unit.find(b'\0\0\1') + 3
    while begin >= 3 and begin < len(access_unit):
        kind = access_unit[begin] & 0x1f
        if kind in SLICES:
            return
        end = access_unit.find(b'\0\0\1', begin)
        if kind == SEI:
            nal = access_unit[begin:end if end >= 0 else None]
            for kind, payload in sei_payloads(nal):
                if kind == USER_DATA_UNREGISTERED and payload.startswith(UUID):
                    yield payload[16:]
        if end < 0:
            return
        begin = end + 3


class Bridge:
    def __init__(self, port, servers, topic):
        self.topic = topic
        self.producer = confluent_kafka.Producer({
            'bootstrap.servers': servers, 'enable.idempotence': True, 'linger.ms': 5,
            'compression.type': 'lz4'})
        self.pipeline = Gst.parse_launch(
            f'udpsrc port={port} buffer-size=8388608 caps="application/x-rtp,media=video,'
            'encoding-name=H264,clock-rate=90000,payload=96" ! rtpssrcdemux name=demux')
        self.pipeline.get_by_name('demux').connect('pad-added', self.on_pad)

    def on_pad(self, _, pad):
        if not pad.get_name().startswith('src_'):
            return
        branch = Gst.parse_bin_from_description(
            'rtpjitterbuffer ! rtph264depay ! h264parse ! '
            'video/x-h264,stream-format=byte-stream,alignment=au ! '
            'appsink name=sink emit-signals=true sync=false async=false', True)
        branch.get_by_name('sink').connect('new-sample', self.on_sample)
        self.pipeline.add(branch)
        branch.sync_state_with_parent()
        pad.link(branch.get_static_pad('sink'))

    def on_sample(self, sink):
        buffer = sink.emit('pull-sample').get_buffer()
        for text in messages(buffer.extract_dup(0, buffer.get_size())):
            self.publish(text)
        return Gst.FlowReturn.OK

    def publish(self, text):
        try:
            record = json.loads(text)
        except ValueError:
            record = {'raw': text.decode(errors='replace')}
        record['bridge_ts_ns'] = time.monotonic_ns()
        record['sender_ts_ns'] = record.get('ts_ns', 0)
        self.producer.produce(self.topic, json.dumps(record, separators=(',', ':')),
                              key=str(record.get('seq', 0)))
        self.producer.poll(0)

    def run(self):
        loop = GLib.MainLoop()
        for number in (signal.SIGINT, signal.SIGTERM):
            GLib.unix_signal_add(GLib.PRIORITY_HIGH, number, loop.quit)
        self.pipeline.set_state(Gst.State.PLAYING)
        loop.run()
        self.pipeline.set_state(Gst.State.NULL)
        self.producer.flush()


Gst.init(None)
Bridge(*sys.argv[1:]).run()
