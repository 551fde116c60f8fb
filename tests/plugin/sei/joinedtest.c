/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "joinedtest.h"

#include <string.h>

GstHarness *
test_video_harness (gboolean live)
{
  GstHarness *h = test_harness ("seiinject", test_h264);

  gst_harness_set_live (h, live);
  return h;
}

GstHarness *
test_joined_harness (GstHarness * h, const gchar * caps, gboolean live)
{
  GstHarness *m = gst_harness_new_with_element (h->element, "metadata", NULL);

  gst_harness_set_live (m, live);
  gst_harness_set_src_caps_str (m, caps);
  return m;
}

void
test_joined_teardown (GstHarness * h, GstHarness * m)
{
  gst_harness_teardown (m);
  gst_harness_teardown (h);
}

GstBuffer *
test_payload (const gchar * text, gint ms)
{
  const gsize size = strlen (text);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_fill (buffer, 0, text, size);
  if (ms != TEST_NO_MS)
    GST_BUFFER_PTS (buffer) = ms * GST_MSECOND;
  return buffer;
}

void
test_push_payload (GstHarness * m, const gchar * text, gint ms)
{
  fail_unless_equals_int (gst_harness_push (m, test_payload (text, ms)),
      GST_FLOW_OK);
}

void
test_push_segment (GstHarness * m, GstFormat format, GstClockTime start,
    GstClockTime base)
{
  GstSegment segment;

  gst_segment_init (&segment, format);
  segment.start = start;
  segment.base = base;
  fail_unless (gst_harness_push_event (m, gst_event_new_segment (&segment)));
}

GstBuffer *
test_push_frame (GstHarness * h, guint n)
{
  return gst_harness_push_and_pull (h, test_access_unit (test_h264, n));
}

struct _TestPush
{
  GstHarness *h;
  GstBuffer *buffer;
  GAsyncQueue *arriving;
  gulong probe;
  GThread *thread;
};

static GstPadProbeReturn
note_arrival (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  TestPush *push = data;

  g_async_queue_push (push->arriving, push);
  return GST_PAD_PROBE_OK;
}

static gpointer
run_push (gpointer data)
{
  TestPush *push = data;

  return GINT_TO_POINTER (gst_harness_push (push->h, push->buffer));
}

TestPush *
test_push_begin (GstHarness * h, GstBuffer * buffer)
{
  TestPush *push = g_new0 (TestPush, 1);

  push->h = h;
  push->buffer = buffer;
  push->arriving = g_async_queue_new ();
  push->probe = gst_pad_add_probe (h->srcpad, GST_PAD_PROBE_TYPE_BUFFER,
      note_arrival, push, NULL);
  push->thread = g_thread_new ("push", run_push, push);
  g_async_queue_pop (push->arriving);

  return push;
}

GstFlowReturn
test_push_end (TestPush * push)
{
  const GstFlowReturn ret = GPOINTER_TO_INT (g_thread_join (push->thread));

  gst_pad_remove_probe (push->h->srcpad, push->probe);
  g_async_queue_unref (push->arriving);
  g_free (push);

  return ret;
}
