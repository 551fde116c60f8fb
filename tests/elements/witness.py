#!/usr/bin/python3
# gst-metakafka
# SPDX-License-Identifier: LGPL-2.1-or-later
"""FFmpeg as a witness: what seiinject writes is valid, has every message where it
belongs, and decodes to the same pictures as without.

Streams are encoded here; if METAKAFKA_VECTORS names a folder of other people's,
they are tried, too. Skipped (77) without FFmpeg."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

UUID = 'a4b00512d794561186b717406de2f1de'
# Emulation prevention, sizes above 255, and text
PAYLOADS = [b'{"a":1}', bytes(300), b'\0\0\1\0\0\2\0\0\3' * 100, b'x' * 254]

SOURCE = ('videotestsrc num-buffers=30 pattern=ball ! '
          'video/x-raw,width=176,height=144,framerate=25/1 ! ')
ENCODED = {
    'x264': ('h264', 'x264enc bframes=3 key-int-max=10'),
    'x264-zerolatency': ('h264', 'x264enc tune=zerolatency aud=false '
                                 'sliced-threads=true threads=2'),
    'x264-interlaced': ('h264', 'x264enc interlaced=true bframes=2'),
    'x265': ('h265', 'x265enc key-int-max=10 option-string=log-level=error'),
    'x265-suffix': ('h265', 'x265enc option-string=hash=1:log-level=error'),
}


def run(*command, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, timeout=120, **options)
    if result.returncode != 0:
        raise AssertionError('%s: %s' % (
            ' '.join(command), result.stderr.decode(errors='replace')[-2000:]))
    return result


def gst_launch(description):
    run('gst-launch-1.0', '-q', *description.split())


def pictures(path):
    """The md5 of each decoded picture"""
    lines = run('ffmpeg', '-v', 'error', '-i', path, '-f', 'framemd5', '-'
                ).stdout.decode().splitlines()
    return [line.split(',')[-1].strip() for line in lines
            if not line.startswith('#')]


def trace(path):
    """What trace_headers says of each user_data_unregistered message: its UUID"""
    text = run('ffmpeg', '-hide_banner', '-v', 'trace', '-i', path, '-c:v',
               'copy', '-bsf:v', 'trace_headers', '-f', 'null', '-'
               ).stderr.decode(errors='replace')
    uuids, current = [], None
    for line in text.splitlines():
        match = re.search(
            r'uuid_iso_iec_11578\[(\d+)\] +[01]+ = (\d+)', line)
        if match and match.group(1) == '0':
            current = ''
        if match:
            current += '%02x' % int(match.group(2))
            if match.group(1) == '15':
                uuids.append(current)
        if 'Failed to read' in line or 'Invalid value' in line:
            raise AssertionError(line)
    return uuids


class WitnessTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def inject(self, source, codec, payload, target):
        """From elementary stream to elementary stream"""
        probe = Gst.parse_launch(
            'filesrc name=in ! %sparse ! video/x-%s,alignment=au,'
            'stream-format=byte-stream ! seiinject name=inj ! filesink name=out'
            % (codec, codec))
        probe.get_by_name('in').set_property('location', source)
        probe.get_by_name('out').set_property('location', target)
        inject = probe.get_by_name('inj')
        inject.set_property('metadata-bytes',
                            payload and GLib.Bytes.new(payload))
        probe.set_state(Gst.State.PLAYING)
        message = probe.get_bus().timed_pop_filtered(
            50 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        stats = inject.get_property('stats')
        probe.set_state(Gst.State.NULL)
        self.assertIsNotNone(message)
        if message.type == Gst.MessageType.ERROR:
            self.fail(message.parse_error())
        return {name: stats.get_uint64(name)[1]
                for name in ('frames', 'injected', 'no-slice', 'broken')}

    def check(self, source, codec, payloads=PAYLOADS):
        plain = self.path('plain.' + codec)
        self.inject(source, codec, None, plain)
        # A witness who does not take the stream as it was is none
        try:
            expected = pictures(plain)
        except AssertionError as refusal:
            self.skipTest('not decodable: %s' % refusal)
        try:
            already = trace(plain).count(UUID)
        except AssertionError:
            already = None
        for payload in payloads:
            target = self.path('injected.' + codec)
            stats = self.inject(source, codec, payload, target)
            self.assertGreater(stats['injected'], 0)
            self.assertEqual(stats['broken'], 0)
            self.assertEqual(pictures(target), expected)
            if already is not None:
                self.assertEqual(trace(target).count(UUID) - already,
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
                gst_launch(SOURCE + encoder + ' ! video/x-%s,stream-format='
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
                                   SOURCE, encoder, codec, metadata,
                                   self.path(name + codec + '.mp4')))
                with_sei = self.path('b' + codec + '.mp4')
                self.assertEqual(pictures(with_sei),
                                 pictures(self.path('a' + codec + '.mp4')))
                self.assertEqual(trace(with_sei).count(UUID), 30)
                frames = run('ffprobe', '-v', 'error', '-count_frames',
                             '-show_entries', 'stream=nb_read_frames', '-of',
                             'csv=p=0', with_sei).stdout.decode().strip()
                self.assertEqual(frames.rstrip(','), '30')

    @unittest.skipUnless(os.environ.get('METAKAFKA_VECTORS'),
                         'METAKAFKA_VECTORS is not set')
    def test_other_peoples_streams(self):
        folder = os.environ['METAKAFKA_VECTORS']
        codecs = {'.264': 'h264', '.avc': 'h264', '.h265': 'h265'}
        for name in sorted(os.listdir(folder)):
            codec = codecs.get(os.path.splitext(name)[1])
            if codec:
                with self.subTest(name):
                    plain, target = self.check(os.path.join(folder, name),
                                               codec, PAYLOADS[2:3])
                    judge = os.path.join(folder, 'check_valid.sh')
                    if os.path.exists(judge):
                        run(judge, target, plain)


if __name__ == '__main__':
    if not shutil.which('ffmpeg') or not shutil.which('ffprobe'):
        print('skipped: no ffmpeg or no ffprobe')
        sys.exit(77)
    import gi
    gi.require_version('Gst', '1.0')
    from gi.repository import GLib, Gst
    Gst.init(None)
    unittest.main(verbosity=2)
