#!/usr/bin/python3
# gst-metakafka
# SPDX-License-Identifier: LGPL-2.1-or-later
"""FFmpeg as a witness: what seiinject writes is valid, has every message where it
belongs, and decodes to the same pictures as without.

Streams are encoded here. Skipped (77) without FFmpeg."""

import os
import shutil
import sys
import tempfile
import unittest

from gi.repository import GLib

from media import (
    Gst, OUR_UUID, SOURCE, gst_launch, pictures, run, run_pipeline, trace)

# Emulation prevention, sizes above 255, and text
PAYLOADS = [b'{"a":1}', bytes(300), b'\0\0\1\0\0\2\0\0\3' * 100, b'x' * 254]

ENCODED = {
    'x264': ('h264', 'x264enc bframes=3 key-int-max=10'),
    'x264-zerolatency': ('h264', 'x264enc tune=zerolatency aud=false '
                                 'sliced-threads=true threads=2'),
    'x264-interlaced': ('h264', 'x264enc interlaced=true bframes=2'),
    'x265': ('h265', 'x265enc key-int-max=10 option-string=log-level=error'),
    'x265-suffix': ('h265', 'x265enc option-string=hash=1:log-level=error'),
}


class WitnessTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def inject(self, source, codec, payload, target):
        """From elementary stream to elementary stream"""
        def set_payload(element, _buffer):
            element.set_property('metadata-bytes',
                                 payload and GLib.Bytes.new(payload))

        stats, = run_pipeline(
            'filesrc location=%s ! %sparse ! video/x-%s,alignment=au,'
            'stream-format=byte-stream ! seiinject name=inj ! filesink '
            'location=%s' % (source, codec, codec, target),
            [('inj', 'sink', set_payload)], ['inj'])
        return stats

    def check(self, source, codec, payloads=PAYLOADS):
        plain = self.path('plain.' + codec)
        self.inject(source, codec, None, plain)
        # A witness who does not take the stream as it was is none
        try:
            expected = pictures(plain)
        except AssertionError as refusal:
            self.skipTest('not decodable: %s' % refusal)
        try:
            already = trace(plain).count(OUR_UUID)
        except AssertionError:
            already = None
        for payload in payloads:
            target = self.path('injected.' + codec)
            stats = self.inject(source, codec, payload, target)
            self.assertGreater(stats['injected'], 0)
            self.assertEqual(stats['broken'], 0)
            self.assertEqual(pictures(target), expected)
            if already is not None:
                self.assertEqual(trace(target).count(OUR_UUID) - already,
                                 stats['injected'])
            # Nothing but our NAL units was added
            self.assertGreaterEqual(
                os.path.getsize(target) - os.path.getsize(plain),
                stats['injected'] * (len(payload) + 16))
        return plain, target

    def test_encoded_streams(self):
        for name, (codec, encoder) in ENCODED.items():
            with self.subTest(name):
                source = self.path(name + '.' + codec)
                gst_launch(SOURCE % 30 + encoder + ' ! video/x-%s,stream-format='
                           'byte-stream ! filesink location=%s'
                           % (codec, source))
                self.check(source, codec)

    def test_mp4_keeps_pictures(self):
        for codec, encoder in (('h264', 'x264enc bframes=2'),
                               ('h265', 'x265enc option-string=log-level=error')):
            with self.subTest(codec):
                for name, metadata in (('a', ''), ('b', 'metadata=hello')):
                    gst_launch('%s%s ! %sparse ! seiinject %s ! mp4mux ! '
                               'filesink location=%s' % (
                                   SOURCE % 30, encoder, codec, metadata,
                                   self.path(name + codec + '.mp4')))
                with_sei = self.path('b' + codec + '.mp4')
                self.assertEqual(pictures(with_sei),
                                 pictures(self.path('a' + codec + '.mp4')))
                self.assertEqual(trace(with_sei).count(OUR_UUID), 30)
                frames = run('ffprobe', '-v', 'error', '-count_frames',
                             '-show_entries', 'stream=nb_read_frames', '-of',
                             'csv=p=0', with_sei).stdout.decode().strip()
                self.assertEqual(frames.rstrip(','), '30')

    def test_each_frame_has_its_time(self):
        nano = 'cf848278ee23306c9265e8fef22fb8b8'
        for codec, unit, uuid in (('h264', 'micro', b'MISPmicrosectime'.hex()), ('h264', 'nano', nano),
                                  ('h265', 'micro', 'a8687dd4d7593758a5cef0338b6545f1'), ('h265', 'nano', nano)):
            with self.subTest(codec + ' ' + unit):
                source, target = self.path('plain.' + codec), self.path('timed.' + codec)
                encoder = 'x264enc bframes=2' if codec == 'h264' else 'x265enc option-string=log-level=error'
                gst_launch(SOURCE % 30 + encoder + ' ! video/x-%s,stream-format=byte-stream ! filesink location=%s'
                           % (codec, source))
                gst_launch('filesrc location=%s ! %sparse ! video/x-%s,stream-format=byte-stream,alignment=au ! '
                           'seiinject misp-time=%s ! filesink location=%s' % (source, codec, codec, unit, target))
                self.assertEqual(pictures(target), pictures(source))
                self.assertEqual(trace(target).count(uuid), 30)


if __name__ == '__main__':
    if not shutil.which('ffmpeg') or not shutil.which('ffprobe'):
        print('skipped: no ffmpeg or no ffprobe')
        sys.exit(77)
    Gst.init(None)
    unittest.main(verbosity=2)
