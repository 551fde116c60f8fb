#!/usr/bin/python3
# gst-metakafka
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libgstsei-1.0 as a language binding sees it."""

import unittest

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstSei', '1.0')
from gi.repository import GLib, Gst, GstSei  # noqa: E402

UUID = bytes(range(16))


def payload(text):
    return GLib.Bytes.new(text)


class BufferTest(unittest.TestCase):
    def test_no_meta_is_none(self):
        self.assertIsNone(GstSei.buffer_get_meta_bytes(Gst.Buffer.new()))
        self.assertIsNone(GstSei.buffer_get_meta(Gst.Buffer.new()))

    def test_first_payload_is_bytes(self):
        buffer = Gst.Buffer.new()
        GstSei.buffer_add_meta(buffer, UUID, payload(b'{"a":1}'))
        GstSei.buffer_add_meta(buffer, UUID, payload(b'second'))
        found = GstSei.buffer_get_meta_bytes(buffer)
        self.assertIsInstance(found, GLib.Bytes)
        self.assertEqual(found.get_data(), b'{"a":1}')

    def test_payloads_are_a_list(self):
        buffer = Gst.Buffer.new()
        self.assertEqual(GstSei.buffer_get_payloads(buffer), [])
        texts = [b'one', b'', b'\0\xff', b'one']
        for text in texts:
            GstSei.buffer_add_meta(buffer, UUID, payload(text))
        found = GstSei.buffer_get_payloads(buffer)
        self.assertIsInstance(found, list)
        # they outlive the buffer
        del buffer
        self.assertEqual([p.get_data() or b'' for p in found], texts)

    def test_meta_has_uuid_and_payload(self):
        buffer = Gst.Buffer.new()
        meta = GstSei.buffer_add_meta(buffer, UUID, payload(b'\0\xff'))
        self.assertIsInstance(meta, GstSei.Meta)
        self.assertEqual(meta.get_uuid(), UUID)
        self.assertEqual(meta.get_payload().get_data(), b'\0\xff')

    def test_meta_has_type(self):
        buffer = Gst.Buffer.new()
        meta = GstSei.buffer_add_meta(buffer, UUID, payload(b'five'))
        self.assertEqual(meta.payload_type,
                         GstSei.PAYLOAD_TYPE_USER_DATA_UNREGISTERED)
        meta = GstSei.buffer_add_meta_full(buffer, 100, None, payload(b'x'))
        self.assertEqual(meta.payload_type, 100)
        self.assertEqual(meta.get_uuid(), bytes(16))
        self.assertEqual(meta.get_payload().get_data(), b'x')

    def test_iterate_gives_all_in_order(self):
        buffer = Gst.Buffer.new()
        texts = [b'one', b'', b'three']
        for text in texts:
            GstSei.buffer_add_meta(buffer, UUID, payload(text))
        found = []
        meta, state = GstSei.buffer_iterate_meta(buffer, None)
        while meta is not None:
            found.append(meta.get_payload().get_data() or b'')
            meta, state = GstSei.buffer_iterate_meta(buffer, state)
        self.assertEqual(found, texts)

    def test_uuid_of_other_size_is_refused(self):
        for size in (0, 15, 17):
            with self.assertRaises((TypeError, ValueError)):
                GstSei.buffer_add_meta(Gst.Buffer.new(), bytes(size),
                                       payload(b'x'))

    def test_constants(self):
        self.assertEqual(GstSei.UUID_SIZE, 16)
        self.assertEqual(GstSei.PAYLOAD_TYPE_USER_DATA_UNREGISTERED, 5)
        self.assertEqual(GstSei.meta_api_get_type().name, 'GstSeiMetaAPI')


class ProbeTest(unittest.TestCase):
    def test_meta_added_in_probe_arrives(self):
        pipeline = Gst.parse_launch(
            'fakesrc num-buffers=3 ! identity name=a ! fakesink name=b')
        found = []

        def add(_pad, info):
            text = b'%d' % len(found)
            if GstSei.pad_probe_info_add_meta(info, UUID, payload(text)) is None:
                found.append('not added')
            return Gst.PadProbeReturn.OK

        def read(_pad, info):
            found.extend(payload.get_data() for payload
                         in GstSei.buffer_get_payloads(info.get_buffer()))
            return Gst.PadProbeReturn.OK

        def add_holding_buffer(_pad, info):
            held = info.get_buffer()
            GstSei.pad_probe_info_add_meta_full(info, 240, None, payload(b'last'))
            if GstSei.buffer_get_meta(held) is not None and held.get_n_meta(
                    GstSei.meta_api_get_type()) != 1:
                found.append('the held buffer was changed')
            return Gst.PadProbeReturn.OK

        src = pipeline.get_by_name('a').get_static_pad('src')
        src.add_probe(Gst.PadProbeType.BUFFER, add)
        src.add_probe(Gst.PadProbeType.BUFFER, add_holding_buffer)
        pipeline.get_by_name('b').get_static_pad('sink').add_probe(
            Gst.PadProbeType.BUFFER, read)
        pipeline.set_state(Gst.State.PLAYING)
        message = pipeline.get_bus().timed_pop_filtered(
            30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        pipeline.set_state(Gst.State.NULL)
        self.assertIsNotNone(message)
        self.assertEqual(message.type, Gst.MessageType.EOS)
        self.assertEqual(found, [b'0', b'last', b'2', b'last', b'4', b'last'])


if __name__ == '__main__':
    Gst.init(None)
    unittest.main()
