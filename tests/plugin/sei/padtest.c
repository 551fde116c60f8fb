/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "padtest.h"

#include <string.h>

static GstStaticPadTemplate any_src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

GstStaticPadTemplate test_json_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-json"));

GstStaticPadTemplate test_lines_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-ndjson"));

GstStaticPadTemplate test_both_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("application/x-json; meta/x-sei"));

GstStaticPadTemplate test_any_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

GstHarness *
test_pad_harness (GstHarness * h, GstStaticPadTemplate * templ)
{
  return gst_harness_new_full (h->element, &any_src_template, NULL, templ,
      "metadata");
}

void
test_pad_release (GstHarness * h, GstHarness * m)
{
  GstPad *pad = gst_pad_get_peer (m->sinkpad);

  gst_element_release_request_pad (h->element, pad);
  gst_object_unref (pad);
  gst_harness_teardown (m);
}

GstBuffer *
test_pad_access_unit (guint n, const gchar * payload)
{
  GstBuffer *buffer = test_access_unit (test_h264, n);

  return payload ?
      test_insert_message (test_h264, buffer, test_uuid, payload) : buffer;
}

void
test_assert_buffer (GstBuffer * buffer, const gchar * text)
{
  gchar *data;
  gsize size;

  fail_unless (buffer);
  gst_buffer_extract_dup (buffer, 0, -1, (gpointer *) & data, &size);
  fail_unless (size == strlen (text)
      && (size == 0 || memcmp (data, text, size) == 0),
      "payload '%.*s', expected '%s'", (int) size, data, text);
  g_free (data);
  gst_buffer_unref (buffer);
}

void
test_assert_payload_at (GstHarness * m, const gchar * text, GstClockTime pts)
{
  GstBuffer *buffer = gst_harness_try_pull (m);

  fail_unless (buffer, "no buffer, expected '%s'", text);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), pts);
  test_assert_buffer (buffer, text);
}

GstEvent *
test_assert_event (GstHarness * m, GstEventType type)
{
  GstEvent *event = gst_harness_try_pull_event (m);

  fail_unless (event, "no %s", gst_event_type_get_name (type));
  fail_unless_equals_string (GST_EVENT_TYPE_NAME (event),
      gst_event_type_get_name (type));
  return event;
}

void
test_assert_first_events (GstHarness * m)
{
  GstEvent *event = test_assert_event (m, GST_EVENT_STREAM_START);
  const gchar *id;
  GstStreamFlags flags;
  guint group_id;

  gst_event_parse_stream_start (event, &id);
  gst_event_parse_stream_flags (event, &flags);
  fail_unless (g_str_has_suffix (id, "/metadata"), "%s", id);
  assert_equals_int (flags, GST_STREAM_FLAG_SPARSE);
  fail_unless (gst_event_parse_group_id (event, &group_id));
  gst_event_unref (event);
  gst_event_unref (test_assert_event (m, GST_EVENT_CAPS));
  gst_event_unref (test_assert_event (m, GST_EVENT_SEGMENT));
}
