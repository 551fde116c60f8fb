#!/usr/bin/python3
# gst-metakafka
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams that other people published: each access unit gets a payload of its
own, which comes out of it again, once; without them the stream is as it was; and
FFmpeg finds nothing wrong with it.

METAKAFKA_VECTORS names the folder with the streams, their manifest.tsv and the
judge, check_valid.sh. Skipped (77) without it."""

import csv
import os
import re
import subprocess
import sys
import tempfile
import unittest

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstSei', '1.0')
from gi.repository import Gst, GstSei  # noqa: E402

from media import OUR_UUID, run_pipeline  # noqa: E402

FOLDER = os.environ.get('METAKAFKA_VECTORS', '')
LENGTHS = {'h264': 'avc', 'h265': 'hvc1'}
DEMUXERS = {'.mp4': 'qtdemux !', '.ts': 'tsdemux !', '.mkv': 'matroskademux !'}
# Emulation prevention, and sizes of one, two and three bytes
TAILS = [b'', bytes(9), b'\0\0\1\0\0\2\0\0\3' * 9, b'x' * 300, b'\0' * 700]


def payload(n):
    return b'{"n":%d}' % n + TAILS[n % len(TAILS)]


class VectorsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.lines = os.path.join(folder.name, 'lines')
        self.plain = os.path.join(folder.name, 'plain.')
        self.injected = os.path.join(folder.name, 'injected.')
        with open(self.lines, 'wb') as lines:
            lines.writelines(payload(n) + b'\n' for n in range(2000))

    def source(self, row, stream_format, alignment):
        """The stream behind its parser"""
        return ('filesrc location=%s ! %s %sparse ! video/x-%s,stream-format=%s,'
                'alignment=%s ! ' % (
                    os.path.join(FOLDER, row['file']),
                    DEMUXERS.get(os.path.splitext(row['file'])[1], ''),
                    row['codec'], row['codec'], stream_format, alignment))

    def there_and_back(self, row, stream_format, alignment):
        """Returns the video without and with messages, and how many there are"""
        video = {'in': [], 'inj': [], 'x': []}
        payloads = []

        def keep(element, buffer):
            video[element.get_name()].append(
                buffer.extract_dup(0, buffer.get_size()))

        def read(element, buffer):
            keep(element, buffer)
            message = GstSei.buffer_get_meta_bytes(buffer)
            if message is not None:
                payloads.append(message.get_data())

        injected, extracted = run_pipeline(
            self.source(row, stream_format, alignment)
            + 'identity name=in ! seiinject name=inj ! seiextract name=x uuid=%s'
            ' remove=true ! fakesink filesrc location=%s ! application/x-ndjson !'
            ' inj.metadata' % (OUR_UUID, self.lines),
            [('in', 'src', keep), ('inj', 'src', keep), ('x', 'src', read)],
            ['inj', 'x'])
        n = injected['injected']
        self.assertEqual(injected['frames'], n)
        self.assertEqual(extracted['messages'], n)
        self.assertEqual(payloads, [payload(i) for i in range(n)])
        self.assertEqual(b''.join(video['x']), b''.join(video['in']))
        return b''.join(video['in']), b''.join(video['inj']), n

    def judge(self, row, plain, injected, n):
        """Lets check_valid.sh compare the two."""
        for prefix, data in ((self.plain, plain), (self.injected, injected)):
            with open(prefix + row['codec'], 'wb') as file:
                file.write(data)

        def check(*arguments, **variables):
            done = subprocess.run(
                [os.path.join(FOLDER, 'check_valid.sh'), *arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, timeout=100,
                env=dict(os.environ, **variables))
            return done.returncode, done.stdout

        plain, injected = (prefix + row['codec']
                           for prefix in (self.plain, self.injected))
        status, text = check(plain)
        before = re.search(r'udu=(\d+)', text)
        if not before:
            self.skipTest('it is not valid as it is: ' + text)
        status, text = check(injected, plain,
                             EXACT_UDU=str(int(before[1]) + n))
        self.assertEqual(status, 0, text)

    def again(self, row):
        """seiinject behind seiinject writes nothing."""
        _, second = run_pipeline(
            self.source(row, 'byte-stream', 'au')
            + 'seiinject name=a metadata=hello ! %sparse ! seiinject name=b '
            'metadata=hello ! fakesink' % row['codec'], (), ['a', 'b'])
        self.assertEqual((second['injected'], second['present']),
                         (0, second['frames']))

    def test_strict_streams(self):
        with open(os.path.join(FOLDER, 'manifest.tsv'), newline='') as manifest:
            rows = [row for row in csv.DictReader(manifest, delimiter='\t')
                    if row['use'] == 'strict']
        self.assertGreater(len(rows), 0)
        for row in rows:
            with self.subTest(row['file']):
                plain, injected, n = self.there_and_back(row, 'byte-stream', 'au')
                self.assertEqual(n, int(row['aus']))
                self.judge(row, plain, injected, n)
                self.again(row)
            for stream_format, alignment in (
                    ('byte-stream', 'nal'), (LENGTHS[row['codec']], 'au'),
                    (LENGTHS[row['codec']], 'nal')):
                with self.subTest(row['file'], format=stream_format,
                                  alignment=alignment):
                    self.assertEqual(self.there_and_back(
                        row, stream_format, alignment)[2], int(row['aus']))


if __name__ == '__main__':
    if not FOLDER:
        print('skipped: METAKAFKA_VECTORS is not set')
        sys.exit(77)
    Gst.init(None)
    unittest.main(verbosity=2)
