/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "splittest.h"

static const gchar *const names[] = { "video/x-h264", "video/x-h265" };

GstHarness *
split_test_harness (H26xCodec codec, const gchar * more)
{
  GstHarness *h = gst_harness_new ("nalsplit");
  g_autofree gchar *caps = g_strconcat (names[codec],
      ",stream-format=byte-stream", more, NULL);

  gst_harness_set_src_caps_str (h, caps);
  return h;
}

GstBuffer *
split_test_buffer (const guint8 * data, gsize size)
{
  return size > 0 ? gst_buffer_new_wrapped (g_memdup2 (data, size), size)
      : gst_buffer_new ();
}

void
split_test_push (GstHarness * h, GstBuffer * buffer)
{
  fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
}

/* Ends the stream. Returns: (transfer full): the buffers that have come */
GPtrArray *
split_test_end (GstHarness * h)
{
  GPtrArray *units =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  GstBuffer *buffer;

  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  while ((buffer = gst_harness_try_pull (h)))
    g_ptr_array_add (units, buffer);
  gst_harness_teardown (h);
  return units;
}
