#!/usr/bin/python3
# gst-metakafka
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs in Python around the elements: metadata is set in a pad probe before
seiinject and read in a pad probe behind seiextract."""

import json
import unittest

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstSei', '1.0')
from gi.repository import GLib, Gst, GstSei  # noqa: E402

N_FRAMES = 30
SOURCE = ('videotestsrc num-buffers=%d ! video/x-raw,width=96,height=64,'
          'framerate=30/1 ! ' % N_FRAMES)
ENCODERS = {
    'h264': 'x264enc bframes=2 speed-preset=ultrafast ! h264parse',
    'h265': 'x265enc speed-preset=ultrafast option-string=log-level=error '
            '! h265parse',
}
UUID = bytes(range(16))


class ProbeTest(unittest.TestCase):
    def run_pipeline(self, description, probes):
        """Runs to the end; probes: (element, pad, function (element, info))"""
        pipeline = Gst.parse_launch(description)
        errors = []

        def call(_pad, info, element, function):
            try:
                function(element, info)
            except Exception as error:  # would else be printed and lost
                errors.append(repr(error))
            return Gst.PadProbeReturn.OK

        for name, pad, function in probes:
            element = pipeline.get_by_name(name)
            element.get_static_pad(pad).add_probe(
                Gst.PadProbeType.BUFFER, call, element, function)
        pipeline.set_state(Gst.State.PLAYING)
        message = pipeline.get_bus().timed_pop_filtered(
            50 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        pipeline.set_state(Gst.State.NULL)
        self.assertIsNotNone(message, 'neither EOS nor error')
        if message.type == Gst.MessageType.ERROR:
            self.fail(message.parse_error())
        self.assertEqual(errors, [])

    def test_property_set_in_probe_goes_into_that_buffer(self):
        for codec, encoder in ENCODERS.items():
            with self.subTest(codec):
                sent, received = [], []

                def set_metadata(element, info):
                    pts = info.get_buffer().pts
                    sent.append(pts)
                    element.set_property('metadata', json.dumps(
                        {'pts': pts, 'name': 'käfer'}, ensure_ascii=False))

                def read_metadata(_element, info):
                    buffer = info.get_buffer()
                    data = GstSei.buffer_get_meta_bytes(buffer).get_data()
                    record = json.loads(data.decode('utf-8'))
                    self.assertEqual(record, {'pts': buffer.pts,
                                              'name': 'käfer'})
                    received.append(buffer.pts)

                self.run_pipeline(
                    SOURCE + encoder + ' ! seiinject name=inj ! seiextract '
                    'name=ext ! fakesink',
                    [('inj', 'sink', set_metadata),
                     ('ext', 'src', read_metadata)])
                self.assertEqual(len(sent), N_FRAMES)
                self.assertEqual(received, sent)

    def test_buffers_without_message_give_none(self):
        found = []

        def read_metadata(_element, info):
            payload = GstSei.buffer_get_meta_bytes(info.get_buffer())
            found.append(payload and payload.get_data())

        self.run_pipeline(
            SOURCE + ENCODERS['h264'] + ' ! seiinject metadata=key '
            'mode=keyframe ! seiextract name=ext ! fakesink',
            [('ext', 'src', read_metadata)])
        self.assertEqual(found, [b'key'] + [None] * (N_FRAMES - 1))

    def test_meta_added_before_encoder_arrives(self):
        found = []
        count = [0]

        def add_meta(_element, info):
            GstSei.pad_probe_info_add_meta(
                info, UUID, GLib.Bytes.new(b'frame %d' % count[0]))
            count[0] += 1

        def read_meta(_element, info):
            buffer = info.get_buffer()
            meta, _state = GstSei.buffer_iterate_meta(buffer, None)
            self.assertEqual(meta.get_uuid(), UUID)
            found.append((buffer.pts, meta.get_payload().get_data()))

        self.run_pipeline(
            SOURCE + 'identity name=raw ! ' + ENCODERS['h264'] +
            ' ! seiinject ! seiextract name=ext ! fakesink',
            [('raw', 'src', add_meta), ('ext', 'src', read_meta)])
        self.assertEqual([text for _pts, text in sorted(found)],
                         [b'frame %d' % i for i in range(N_FRAMES)])

    def test_bytes_property_takes_any_bytes(self):
        element = Gst.ElementFactory.make('seiinject')
        element.set_property('metadata-bytes', GLib.Bytes.new(b'\0\xff'))
        self.assertEqual(element.get_property('metadata-bytes').get_data(),
                         b'\0\xff')
        self.assertIsNone(element.get_property('metadata'))
        element.set_property('metadata', 'text')
        self.assertEqual(element.get_property('metadata-bytes').get_data(),
                         b'text')
        element.set_property('metadata', None)
        self.assertIsNone(element.get_property('metadata-bytes'))

    def test_mode_and_stats_are_readable(self):
        element = Gst.ElementFactory.make('seiinject')
        self.assertEqual(element.get_property('mode').value_nick,
                         'every-frame')
        stats = element.get_property('stats')
        self.assertEqual(stats.get_uint64('injected'), (True, 0))

    def test_ignored_uuids_are_readable(self):
        found = []

        def read_stats(element, _info):
            stats = element.get_property('stats')
            uuids = stats.get_array('ignored-uuids')[1]
            found.append([(uuids.get_nth(i).get_string('uuid'),
                           uuids.get_nth(i).get_uint64('count')[1])
                          for i in range(uuids.n_values)])

        self.run_pipeline(
            SOURCE + ENCODERS['h264'] + ' ! seiinject metadata=x ! '
            'seiextract name=ext uuid=0123456789abcdef ! fakesink',
            [('ext', 'src', read_stats)])
        self.assertEqual(found[-1], [
            ('a4b00512-d794-5611-86b7-17406de2f1de', N_FRAMES)])


if __name__ == '__main__':
    Gst.init(None)
    unittest.main()
