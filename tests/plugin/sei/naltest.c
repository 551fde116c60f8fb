/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "naltest.h"

/* 7.4.1: 03 comes after any 00 00 that a byte <= 3 would follow */
static void
put_byte (GByteArray * nal, guint8 byte)
{
  static const guint8 three = 3;

  if (byte <= 3 && nal->len >= 2 && nal->data[nal->len - 1] == 0
      && nal->data[nal->len - 2] == 0)
    g_byte_array_append (nal, &three, 1);
  g_byte_array_append (nal, &byte, 1);
}

static void
put_number (GByteArray * nal, gsize number)
{
  for (; number >= 0xff; number -= 0xff)
    put_byte (nal, 0xff);
  put_byte (nal, (guint8) number);
}

GByteArray *
test_sei_nal (const TestFormat * format, gboolean suffix,
    const TestMessage * messages, guint n_messages)
{
  GByteArray *nal = g_byte_array_new ();

  if (format->format.codec == H26X_CODEC_H264) {
    put_byte (nal, 0x06);
  } else {
    put_byte (nal, suffix ? 0x50 : 0x4e);
    put_byte (nal, 0x01);
  }
  for (guint i = 0; i < n_messages; i++) {
    const TestMessage *message = &messages[i];

    put_number (nal, message->type);
    put_number (nal, message->size + (message->uuid ? 16 : 0));
    for (gsize j = 0; message->uuid && j < 16; j++)
      put_byte (nal, message->uuid[j]);
    for (gsize j = 0; j < message->size; j++)
      put_byte (nal, (guint8) message->content[j]);
  }
  put_byte (nal, 0x80);

  return nal;
}

GstBuffer *
test_insert_sei (const TestFormat * format, GstBuffer * buffer,
    const TestMessage * messages, guint n_messages)
{
  if (n_messages == 0)
    return buffer;

  GByteArray *nal = test_sei_nal (format, FALSE, messages, n_messages);

  buffer = test_insert_nal (format, buffer, nal->data, nal->len);
  g_byte_array_unref (nal);

  return buffer;
}

GstBuffer *
test_append_sei (const TestFormat * format, GstBuffer * buffer,
    const TestMessage * messages, guint n_messages)
{
  if (n_messages == 0)
    return buffer;

  GByteArray *nal = test_sei_nal (format, TRUE, messages, n_messages);

  buffer = test_append_nal (format, buffer, nal->data, nal->len);
  g_byte_array_unref (nal);

  return buffer;
}

GstHarness *
test_remove_harness (const TestFormat * format, const gchar * uuid)
{
  GstHarness *h = test_harness ("seiextract", format);

  g_object_set (h->element, "remove", TRUE, "uuid", uuid, NULL);
  return h;
}

GstHarness *
test_nal_harness (const gchar * element, const TestFormat * format)
{
  GstHarness *h = gst_harness_new (element);
  gchar *caps = test_nal_caps (format);

  gst_harness_set_src_caps_str (h, caps);
  g_free (caps);

  return h;
}

void
test_nal_restart (GstHarness * h, const TestFormat * format)
{
  gchar *text = test_nal_caps (format);
  GstCaps *caps = gst_caps_from_string (text);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_element_set_state (h->element, GST_STATE_NULL);
  gst_element_set_state (h->element, GST_STATE_PLAYING);
  gst_pad_push_event (h->srcpad, gst_event_new_stream_start ("again"));
  gst_pad_push_event (h->srcpad, gst_event_new_caps (caps));
  gst_pad_push_event (h->srcpad, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  g_free (text);
}

GstBufferList *
test_split (const TestFormat * format, GstBuffer * buffer)
{
  GstBufferList *list = gst_buffer_list_new ();
  GstBuffer *part = NULL;
  const GstClockTime duration = GST_BUFFER_DURATION (buffer);
  TimedBufferMap map;
  H26xNalIter it;
  H26xNal nal;

  fail_unless (timed_buffer_map (buffer, &map));
  h26x_nal_iter_init (&it, &map.bytes, format->format);
  while (h26x_nal_iter_next (&it, &nal)) {
    part = gst_buffer_copy_region (buffer, !part ? GST_BUFFER_COPY_ALL :
        GST_BUFFER_COPY_MEMORY, nal.start, nal.offset + nal.size - nal.start);
    if (nal.start == 0)
      GST_BUFFER_DURATION (part) = duration;
    gst_buffer_list_add (list, part);
  }
  timed_buffer_unmap (&map);
  gst_buffer_unref (buffer);
  fail_unless (part);
  GST_BUFFER_FLAG_SET (part, GST_BUFFER_FLAG_MARKER);

  return list;
}

GstBufferList *
test_first_nals (GstBufferList * list, guint n)
{
  list = gst_buffer_list_make_writable (list);
  gst_buffer_list_remove (list, n, gst_buffer_list_length (list) - n);
  return list;
}

void
test_push_nals (GstHarness * h, GstBufferList * list)
{
  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    fail_unless_equals_int (gst_harness_push (h,
            gst_buffer_ref (gst_buffer_list_get (list, i))), GST_FLOW_OK);
  }
  gst_buffer_list_unref (list);
}

GstBufferList *
test_pull_nals (GstHarness * h)
{
  GstBufferList *list = gst_buffer_list_new ();
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (h)))
    gst_buffer_list_add (list, buffer);

  return list;
}

GstBuffer *
test_join (GstBufferList * list)
{
  GstBuffer *joined = gst_buffer_new ();

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    gst_buffer_copy_into (joined, gst_buffer_list_get (list, i),
        i == 0 ? GST_BUFFER_COPY_ALL : GST_BUFFER_COPY_MEMORY, 0, -1);
  }
  gst_buffer_list_unref (list);

  return joined;
}
