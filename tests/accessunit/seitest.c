/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seitest.h"

#include <string.h>

const TestFormat test_formats[N_TEST_FORMATS] = {
  {"video/x-h264,stream-format=byte-stream", {H26X_CODEC_H264, 0}},
  {"video/x-h265,stream-format=byte-stream", {H26X_CODEC_H265, 0}},
  {"video/x-h264,stream-format=avc", {H26X_CODEC_H264, 4}},
  {"video/x-h264,stream-format=avc", {H26X_CODEC_H264, 2}},
  {"video/x-h264,stream-format=avc", {H26X_CODEC_H264, 1}},
  {"video/x-h264,stream-format=avc3", {H26X_CODEC_H264, 4}},
  {"video/x-h264,stream-format=avc3", {H26X_CODEC_H264, 2}},
  {"video/x-h265,stream-format=hvc1", {H26X_CODEC_H265, 4}},
  {"video/x-h265,stream-format=hvc1", {H26X_CODEC_H265, 2}},
  {"video/x-h265,stream-format=hvc1", {H26X_CODEC_H265, 1}},
  {"video/x-h265,stream-format=hev1", {H26X_CODEC_H265, 4}},
};

const TestFormat *const test_h264 = &test_formats[0];
const TestFormat *const test_h265 = &test_formats[1];

const guint8 test_uuid[16] = {
  0xa4, 0xb0, 0x05, 0x12, 0xd7, 0x94, 0x56, 0x11,
  0x86, 0xb7, 0x17, 0x40, 0x6d, 0xe2, 0xf1, 0xde
};

const guint8 test_other_uuid[16] = {
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
};

const guint8 test_banner_uuid[16] = {
  0xdc, 0x45, 0xe9, 0xbd, 0xe6, 0xd9, 0x48, 0xb7,
  0x96, 0x2c, 0xd8, 0x20, 0xd9, 0x23, 0xee, 0xef
};

const guint8 test_micro_h264_uuid[16] = {
  'M', 'I', 'S', 'P', 'm', 'i', 'c', 'r', 'o', 's', 'e', 'c', 't', 'i', 'm', 'e'
};

const guint8 test_micro_h265_uuid[16] = {
  0xa8, 0x68, 0x7d, 0xd4, 0xd7, 0x59, 0x37, 0x58,
  0xa5, 0xce, 0xf0, 0x33, 0x8b, 0x65, 0x45, 0xf1
};

const guint8 test_nano_uuid[16] = {
  0xcf, 0x84, 0x82, 0x78, 0xee, 0x23, 0x30, 0x6c,
  0x92, 0x65, 0xe8, 0xfe, 0xf2, 0x2f, 0xb8, 0xb8
};

static gchar *
caps_of (const TestFormat * format, const gchar * alignment)
{
  const guint length_size = format->format.length_size;
  GString *caps = g_string_new (format->name);

  g_string_append_printf (caps, ",alignment=%s", alignment);
  if (length_size > 0) {
    /* Of the configuration record just what says how long a length is */
    const guint offset = format->format.codec == H26X_CODEC_H264 ? 4 : 21;

    g_string_append (caps, ",codec_data=(buffer)");
    for (guint i = 0; i < offset; i++)
      g_string_append (caps, "01");
    g_string_append_printf (caps, "%02x01", 0xfc | (length_size - 1));
  }
  return g_string_free (caps, FALSE);
}

gchar *
test_caps (const TestFormat * format)
{
  return caps_of (format, "au");
}

gchar *
test_nal_caps (const TestFormat * format)
{
  return caps_of (format, "nal");
}

GstHarness *
test_harness (const gchar * element, const TestFormat * format)
{
  GstHarness *h = gst_harness_new (element);
  gchar *caps = test_caps (format);

  gst_harness_set_src_caps_str (h, caps);
  g_free (caps);

  return h;
}

void
test_restart (GstHarness * h, const TestFormat * format)
{
  gchar *text = test_caps (format);
  GstCaps *caps = gst_caps_from_string (text);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_element_set_state (h->element, GST_STATE_NULL);
  gst_element_set_state (h->element, GST_STATE_PLAYING);
  gst_pad_push_event (h->srcpad, gst_event_new_flush_stop (TRUE));
  gst_pad_push_event (h->srcpad, gst_event_new_stream_start ("again"));
  gst_pad_push_event (h->srcpad, gst_event_new_caps (caps));
  gst_pad_push_event (h->srcpad, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  g_free (text);
}

static void
append_nal (const TestFormat * format, GByteArray * au, const guint8 * nal,
    gsize size)
{
  static const guint8 start_code[] = { 0, 0, 0, 1 };
  const guint length_size = format->format.length_size;

  if (length_size == 0)
    g_byte_array_append (au, start_code, sizeof (start_code));
  for (guint i = length_size; i > 0; i--) {
    const guint8 byte = (guint8) (size >> (8 * (i - 1)));

    g_byte_array_append (au, &byte, 1);
  }
  g_byte_array_append (au, nal, size);
}

GstBuffer *
test_access_unit (const TestFormat * format, guint n)
{
  static const guint8 aud264[] = { 0x09, 0xf0 };
  static const guint8 sps264[] = { 0x67, 0x4d, 0x40, 0x1f, 0xe9, 0x81 };
  static const guint8 pps264[] = { 0x68, 0xef, 0x38, 0x80 };
  static const guint8 aud265[] = { 0x46, 0x01, 0x50 };
  static const guint8 sps265[] = { 0x42, 0x01, 0x01, 0x04, 0x08 };
  static const guint8 pps265[] = { 0x44, 0x01, 0xc1, 0x72 };
  const guint length_size = format->format.length_size;
  guint8 slice[TEST_SLICE_SIZE];
  const gsize slice_size =
      TEST_SLICE_SIZE - (length_size > 0 ? length_size : 4);
  GByteArray *au = g_byte_array_new ();

  /* No zero byte, so no emulation prevention */
  for (guint i = 0; i < TEST_SLICE_SIZE; i++)
    slice[i] = (guint8) ((n * 31 + i * 7) % 251 + 4);
  if (format->format.codec == H26X_CODEC_H264) {
    append_nal (format, au, aud264, sizeof (aud264));
    append_nal (format, au, sps264, sizeof (sps264));
    append_nal (format, au, pps264, sizeof (pps264));
    slice[0] = 0x65;
  } else {
    append_nal (format, au, aud265, sizeof (aud265));
    append_nal (format, au, sps265, sizeof (sps265));
    append_nal (format, au, pps265, sizeof (pps265));
    slice[0] = 0x26;
    slice[1] = 0x01;
  }
  append_nal (format, au, slice, slice_size);

  const gsize size = au->len;
  GstBuffer *buffer =
      gst_buffer_new_wrapped (g_byte_array_free (au, FALSE), size);

  GST_BUFFER_PTS (buffer) = (n + 1) * 40 * GST_MSECOND;
  GST_BUFFER_DTS (buffer) = n * 40 * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = 40 * GST_MSECOND;

  return buffer;
}

GstBuffer *
test_insert_bytes (GstBuffer * buffer, gsize offset, const guint8 * bytes,
    gsize size)
{
  guint8 *data = g_memdup2 (bytes, size);

  return timed_buffer_insert (buffer, offset,
      gst_memory_new_wrapped (0, data, size, 0, size, data, g_free));
}

static GstBuffer *
put_nal (const TestFormat * format, GstBuffer * buffer, gsize offset,
    const guint8 * nal, gsize size)
{
  GByteArray *bytes = g_byte_array_new ();

  append_nal (format, bytes, nal, size);
  buffer = test_insert_bytes (buffer, offset, bytes->data, bytes->len);
  g_byte_array_unref (bytes);

  return buffer;
}

GstBuffer *
test_insert_nal (const TestFormat * format, GstBuffer * buffer,
    const guint8 * nal, gsize size)
{
  return put_nal (format, buffer,
      gst_buffer_get_size (buffer) - TEST_SLICE_SIZE, nal, size);
}

GstBuffer *
test_append_nal (const TestFormat * format, GstBuffer * buffer,
    const guint8 * nal, gsize size)
{
  return put_nal (format, buffer, gst_buffer_get_size (buffer), nal, size);
}

GstBuffer *
test_insert_message (const TestFormat * format, GstBuffer * buffer,
    const guint8 * uuid, const gchar * payload)
{
  const H26xInsertPoint point = {
    .offset = gst_buffer_get_size (buffer) - TEST_SLICE_SIZE
  };
  SeiList *list = sei_list_new ();
  GBytes *bytes = g_bytes_new (payload, strlen (payload));

  sei_list_append (list, uuid, bytes);
  buffer = timed_buffer_insert (buffer, point.offset,
      sei_list_write (list, format->format, &point));
  g_bytes_unref (bytes);
  g_array_unref (list);

  return buffer;
}

GstBuffer *
test_divide (GstBuffer * buffer, guint n_memories)
{
  const gsize size = gst_buffer_get_size (buffer);
  GstBuffer *divided = gst_buffer_new ();
  gsize begin = 0;

  gst_buffer_copy_into (divided, buffer, GST_BUFFER_COPY_METADATA, 0, -1);
  for (guint i = 0; i < n_memories; i++) {
    const gsize end = size * (i + 1) / n_memories;
    guint8 *data = g_malloc (MAX (end - begin, 1));

    if (end > begin)
      gst_buffer_extract (buffer, begin, data, end - begin);
    gst_buffer_append_memory (divided, gst_memory_new_wrapped (0, data,
            end - begin, 0, end - begin, data, g_free));
    begin = end;
  }
  gst_buffer_unref (buffer);
  fail_unless_equals_int (gst_buffer_n_memory (divided), n_memories);

  return divided;
}

void
test_assert_bytes (GstBuffer * buffer, GstBuffer * expected)
{
  GstMapInfo map;

  fail_unless (buffer);
  gst_buffer_map (expected, &map, GST_MAP_READ);
  fail_unless_equals_int (gst_buffer_get_size (buffer), map.size);
  /* It takes no buffer without memory */
  fail_unless (map.size == 0
      || gst_buffer_memcmp (buffer, 0, map.data, map.size) == 0);
  gst_buffer_unmap (expected, &map);
}

SeiList *
test_read (const TestFormat * format, GstBuffer * buffer)
{
  const SeiSelection all = {.scan = SEI_SCAN_FULL };
  SeiList *list = sei_list_new ();
  TimedBufferMap map;

  fail_unless (timed_buffer_map (buffer, &map));
  sei_list_read (list, &map.bytes, format->format, &all, NULL, NULL);
  timed_buffer_unmap (&map);

  return list;
}

void
test_assert_payload (GBytes * payload, const gchar * text)
{
  gsize size;
  const gchar *data;

  fail_unless (payload, "no payload, expected '%s'", text);
  data = g_bytes_get_data (payload, &size);
  fail_unless (size == strlen (text)
      && (size == 0 || memcmp (data, text, size) == 0),
      "payload '%.*s', expected '%s'", (int) size, data, text);
}

static void
assert_items (SeiList * list, va_list texts)
{
  const gchar *text;
  guint n = 0;

  while ((text = va_arg (texts, const gchar *)))
  {
    fail_unless (n < list->len, "%u messages, expected '%s', too", n, text);
    assert_equals_int (sei_list_get (list, n)->type, 5);
    assert_equals_int (memcmp (sei_list_get (list, n)->uuid, test_uuid, 16), 0);
    test_assert_payload (sei_list_get (list, n)->payload, text);
    n++;
  }
  assert_equals_int (list->len, n);
  g_array_unref (list);
}

void
test_assert_messages (const TestFormat * format, GstBuffer * buffer, ...)
{
  va_list texts;

  va_start (texts, buffer);
  assert_items (test_read (format, buffer), texts);
  va_end (texts);
}

void
test_assert_metas (GstBuffer * buffer, ...)
{
  SeiList *list = sei_list_new ();
  gpointer state = NULL;
  GstSeiMeta *meta;
  va_list texts;

  while ((meta = gst_sei_buffer_iterate_meta (buffer, &state)))
    sei_list_append_full (list, meta->payload_type, meta->uuid, meta->payload);

  va_start (texts, buffer);
  assert_items (list, texts);
  va_end (texts);
}

void
test_add_meta (GstBuffer * buffer, const guint8 * uuid, const gchar * payload)
{
  GBytes *bytes = g_bytes_new (payload, strlen (payload));

  gst_sei_buffer_add_meta (buffer, uuid, bytes);
  g_bytes_unref (bytes);
}

void
test_add_reference (GstBuffer * buffer, const gchar * name, guint64 timestamp)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (name);

  gst_buffer_add_reference_timestamp_meta (buffer, caps, timestamp,
      GST_CLOCK_TIME_NONE);
}

void
test_assert_reference (GstBuffer * buffer, const gchar * name,
    guint64 timestamp)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (name);
  GstMeta *meta;
  gpointer state = NULL;
  guint n = 0;

  while ((meta = gst_buffer_iterate_meta_filtered (buffer, &state,
              GST_REFERENCE_TIMESTAMP_META_API_TYPE))) {
    const GstReferenceTimestampMeta *reference =
        (GstReferenceTimestampMeta *) meta;

    if (gst_caps_is_equal (reference->reference, caps)) {
      fail_unless_equals_uint64 (reference->timestamp, timestamp);
      n++;
    }
  }
  fail_unless_equals_int (n, GST_CLOCK_TIME_IS_VALID (timestamp));
}

void
test_write_time (guint8 status, guint64 time, gchar text[12])
{
  guint8 bytes[8];

  GST_WRITE_UINT64_BE (bytes, time);
  memset (text, 0xff, 12);
  text[0] = (gchar) status;
  memcpy (text + 1, bytes, 2);
  memcpy (text + 4, bytes + 2, 2);
  memcpy (text + 7, bytes + 4, 2);
  memcpy (text + 10, bytes + 6, 2);
}

guint64
test_stat (GstElement * element, const gchar * name)
{
  GstStructure *stats = NULL;
  guint64 value = G_MAXUINT64;

  g_object_get (element, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, name, &value));
  gst_structure_free (stats);

  return value;
}

void
test_assert_warns_once (GstBus * bus, const gchar * text)
{
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  GError *error = NULL;

  fail_unless (message, "no warning");
  gst_message_parse_warning (message, &error, NULL);
  fail_unless (strstr (error->message, text), "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  fail_if (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING));
}
