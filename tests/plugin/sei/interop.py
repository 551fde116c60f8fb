#!/usr/bin/python3
# gst-metakafka
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages that others wrote: FFmpeg, x264, x265, cameras and phones. Skipped (77)
without FFmpeg."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstSei', '1.0')
from gi.repository import Gst, GstSei  # noqa: E402

from media import OUR_UUID, SOURCE, gst_launch, run, run_pipeline  # noqa: E402

X264_UUID = 'dc45e9bde6d948b7962cd820d923eeef'
X265_UUID = '2ca2de09b51747dbbb55a4fe7fc2fc4e'
TEXT_UUID = '086f3693b7b34f2c965321492feee5b8'
N_FRAMES = 5

# user_data_unregistered NAL units of H.264 as these devices write them
CAMERAS = {
    # Apple's encoder (VideoToolbox)
    'apple': ('47564adc5c4c433f94efc5113cd143a8', b'\x01\xff\xcc\xcc\xff\x02\0'),
    # Axis' signed video: "Signed Video...0", then tags and lengths
    'axis': ('5369676e656420566964656f2e2e2e30', b'\0\x05\0\x0c\x02\0\0\0\0\x01'),
}


def has_option(encoder, option):
    return option in subprocess.run(
        ['ffmpeg', '-hide_banner', '-h', 'encoder=' + encoder],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


class InteropTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, path, codec='h264', uuid=''):
        """(UUID, payload) of the first message of each access unit"""
        found = []

        def get(_element, buffer):
            meta = GstSei.buffer_get_meta(buffer)
            if meta is not None:
                found.append((bytes(meta.get_uuid()).hex(),
                              meta.get_payload().get_data()))

        run_pipeline('filesrc location=%s ! %sparse ! seiextract name=x uuid=%s '
                     '! fakesink' % (path, codec, uuid or '""'),
                     [('x', 'src', get)])
        return found

    def our_stream(self):
        path = self.path('ours.h264')
        gst_launch(SOURCE % N_FRAMES + 'x264enc bframes=0 ! '
                   'video/x-h264,stream-format=byte-stream ! h264parse ! '
                   'seiinject metadata=hello ! '
                   'video/x-h264,stream-format=byte-stream ! filesink '
                   'location=' + path)
        return path

    def test_ffmpeg_h264_metadata(self):
        path = self.path('text.h264')
        run('ffmpeg', '-v', 'error', '-i', self.our_stream(), '-c', 'copy',
            '-bsf:v', 'h264_metadata=sei_user_data=%s+hello there' % re.sub(
                '(.{8})(.{4})(.{4})(.{4})', r'\1-\2-\3-\4-', TEXT_UUID), path)
        found = self.read(path, uuid=TEXT_UUID)
        self.assertGreater(len(found), 0)
        self.assertEqual(set(found), {(TEXT_UUID, b'hello there\0')})
        self.assertEqual(self.read(path, uuid=OUR_UUID),
                         [(OUR_UUID, b'hello')] * N_FRAMES)

    def test_ffmpeg_libx264_passes_on(self):
        if not has_option('libx264', 'udu_sei'):
            self.skipTest('this FFmpeg has no -udu_sei')
        path = self.path('again.h264')
        run('ffmpeg', '-v', 'error', '-i', self.our_stream(), '-c:v', 'libx264',
            '-bf', '0', '-udu_sei', '1', path)
        self.assertEqual(self.read(path, uuid=OUR_UUID),
                         [(OUR_UUID, b'hello')] * N_FRAMES)

    def test_ffmpeg_libx265_is_unwrapped(self):
        """x265 puts its UUID in front; so it does with what it did before."""
        if not has_option('libx265', 'udu_sei'):
            self.skipTest('this FFmpeg has no -udu_sei')
        before = self.our_stream()
        for name in ('once', 'twice'):
            path = self.path(name + '.h265')
            run('ffmpeg', '-v', 'error', '-i', before, '-c:v', 'libx265',
                '-x265-params', 'log-level=error:bframes=0', '-udu_sei', '1', path)
            before = path
            with self.subTest(name):
                payloads = []
                run_pipeline(
                    'filesrc location=%s ! h265parse ! seiextract name=x x.metadata '
                    '! fakesink name=sink' % path,
                    [('sink', 'sink', lambda _element, buffer: payloads.append(
                        buffer.extract_dup(0, buffer.get_size())))])
                # nor are the banners of the encoders before read
                self.assertEqual(payloads, [b'hello'] * N_FRAMES)
                self.assertEqual(self.read(path, 'h265', OUR_UUID),
                                 [(OUR_UUID, b'hello')] * N_FRAMES)
                cut = self.path(name + '-cut.h265')
                gst_launch('filesrc location=%s ! h265parse ! seiextract remove=true ! '
                           'filesink location=%s' % (path, cut))
                with open(cut, 'rb') as file:
                    stream = file.read()
                self.assertNotIn(bytes.fromhex(OUR_UUID), stream)
                self.assertNotIn(b'hello', stream)
                self.assertIn(b'x265 (build', stream)

    def test_banners_are_read_on_demand_alone(self):
        for codec, encoder, uuid, name in (
                ('h264', 'x264enc', X264_UUID, b'x264 - core'),
                ('h265', 'x265enc option-string=log-level=error:info=1',
                 X265_UUID, b'x265 (build')):
            with self.subTest(codec):
                path = self.path('banner.' + codec)
                gst_launch(SOURCE % N_FRAMES + '%s ! video/x-%s,stream-format='
                           'byte-stream ! filesink location=%s' % (
                               encoder, codec, path))
                self.assertEqual(self.read(path, codec), [])
                (found, payload), *others = self.read(path, codec, uuid)
                self.assertEqual(found, uuid)
                self.assertTrue(payload.startswith(name), payload)
                self.assertEqual(others, [])

    def test_cameras(self):
        with open(self.our_stream(), 'rb') as file:
            stream = file.read()
        for name, (uuid, payload) in CAMERAS.items():
            with self.subTest(name):
                message = bytes.fromhex(uuid) + payload
                nal = re.sub(b'\0\0(?=[\0-\3])', b'\0\0\3', b'\6\5' + bytes(
                    [len(message)]) + message + b'\x80')
                first = stream.index(b'\0\0\0\1\x06')
                path = self.path(name + '.h264')
                with open(path, 'wb') as file:
                    file.write(stream[:first] + b'\0\0\0\1' + nal
                               + stream[first:])
                self.assertEqual(self.read(path, uuid=uuid), [(uuid, payload)])
                self.assertEqual(self.read(path)[0], (uuid, payload))


if __name__ == '__main__':
    if not shutil.which('ffmpeg'):
        print('skipped: no ffmpeg')
        sys.exit(77)
    Gst.init(None)
    unittest.main(verbosity=2)
