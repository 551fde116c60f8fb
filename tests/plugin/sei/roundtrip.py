#!/usr/bin/python3
# gst-metakafka
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Payloads of the sizes at which something changes, and bytes that look like start
codes, through every stream format and back; 10 000 lines joined with their frames.
FFmpeg's trace_headers has no complaint, where it is there."""

import filecmp
import os
import shutil
import tempfile
import unittest

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstSei', '1.0')
from gi.repository import GLib, Gst, GstSei  # noqa: E402

from media import SOURCE, gst_launch, run_pipeline, trace  # noqa: E402

SIZES = [0, 1, 15, 16, 238, 239, 240, 254, 255, 256, 494, 510, 4017, 60000]
PATTERNS = [b'x', b'\0', b'\0\0\0', b'\0\0\1', b'\0\0\2', b'\0\0\3', b'\0\0\3\1',
            b'\xff', bytes(range(256))]
PAYLOADS = [(pattern * size)[:size] for size in SIZES for pattern in PATTERNS]
UUIDS = [bytes.fromhex(text) for text in (
    'a4b00512d794561186b717406de2f1de', '00000000000000000000000000000000',
    '00000100000200000300000000010000', 'ffffffffffffffffffffffffffff0000')]
FORMATS = {
    'h264': ('x264enc speed-preset=ultrafast bframes=2', ['byte-stream', 'avc',
                                                          'avc3']),
    'h265': ('x265enc speed-preset=ultrafast option-string=log-level=error',
             ['byte-stream', 'hvc1', 'hev1']),
}
N_LINES = 10000


class RoundtripTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def encode(self, codec, encoder, n):
        path = self.path('plain.' + codec)
        gst_launch(SOURCE % n + '%s ! video/x-%s,stream-format=byte-stream ! '
                   'filesink location=%s' % (encoder, codec, path))
        return path

    def test_all_payloads_in_all_formats(self):
        for codec, (encoder, formats) in FORMATS.items():
            plain = self.encode(codec, encoder, len(PAYLOADS))
            for stream_format in formats:
                for alignment in ('au', 'nal'):
                    with self.subTest(stream_format, alignment=alignment):
                        self.check(plain, codec, stream_format, alignment)

    def check(self, plain, codec, stream_format, alignment):
        injected = []
        behind_slice = [True]
        read = []
        removed = {'in': [], 'x': []}

        def is_slice(buffer):
            data = buffer.extract_dup(0, 5)
            short = stream_format == 'byte-stream' and data[2] == 1
            header = data[3 if short else 4]
            return (header & 31 in (1, 5) if codec == 'h264'
                    else header >> 1 & 63 < 32)

        def attach(pad, info):
            # the encoders write one slice per picture
            begins = alignment == 'au' or behind_slice[0]
            behind_slice[0] = is_slice(info.get_buffer())
            if begins:
                n = len(injected)
                injected.append((UUIDS[n % len(UUIDS)], PAYLOADS[n]))
                GstSei.pad_probe_info_add_meta(
                    info, injected[-1][0], GLib.Bytes.new(injected[-1][1]))

        def keep(element, buffer):
            removed[element.get_name()].append(
                buffer.extract_dup(0, buffer.get_size()))

        def get(element, buffer):
            keep(element, buffer)
            meta = GstSei.buffer_get_meta(buffer)
            if meta is not None:
                read.append((bytes(meta.get_uuid()),
                             meta.get_payload().get_data() or b''))

        target = self.path('out.' + codec)
        counted, = run_pipeline(
            'filesrc location=%s ! %sparse ! video/x-%s,stream-format=%s,'
            'alignment=%s ! identity name=in ! seiinject name=inj ! tee name=t ! '
            'queue ! seiextract name=x remove=true ! fakesink t. ! queue ! '
            'filesink location=%s' % (plain, codec, codec, stream_format,
                                      alignment, target),
            [('in', 'sink', keep), ('x', 'src', get)], ['inj'],
            raw_probes=[('in', 'src', attach)])
        self.assertEqual((counted['injected'], len(injected)),
                         (len(PAYLOADS), len(PAYLOADS)), counted)
        # x264's and x265's banners are not ours
        self.assertEqual(read, injected)
        self.assertEqual(b''.join(removed['x']), b''.join(removed['in']))
        if stream_format == 'byte-stream' and shutil.which('ffmpeg'):
            wanted = [uuid.hex() for uuid, _ in injected]
            self.assertEqual(trace(target)[-len(wanted):], wanted)

    def test_lines_are_on_their_frames_at_every_run(self):
        plain = self.encode('h264', FORMATS['h264'][0], N_LINES)
        lines = self.path('lines.jsonl')
        with open(lines, 'w', encoding='ascii') as file:
            file.writelines('{"line": %d}\n' % n for n in range(N_LINES))
        for run in 'abc':
            gst_launch('filesrc location=%s ! h264parse ! '
                       'video/x-h264,stream-format=byte-stream ! seiinject '
                       'name=inj ! filesink location=%s filesrc location=%s ! '
                       'application/x-ndjson ! inj.metadata' % (
                           plain, self.path(run), lines))
        self.assertTrue(filecmp.cmp(self.path('a'), self.path('b'), False))
        self.assertTrue(filecmp.cmp(self.path('a'), self.path('c'), False))
        read = []
        counted, = run_pipeline(
            'filesrc location=%s ! h264parse ! seiextract name=x ! fakesink'
            % self.path('a'),
            [('x', 'src', lambda element, buffer: read.append(
                GstSei.buffer_get_meta_bytes(buffer).get_data()))], ['x'])
        self.assertEqual(counted['messages'], N_LINES)
        self.assertEqual(read, [b'{"line": %d}' % n for n in range(N_LINES)])


if __name__ == '__main__':
    Gst.init(None)
    unittest.main(verbosity=2)
