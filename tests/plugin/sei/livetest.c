/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "livetest.h"

void
test_live_begin (GstHarness ** h, GstHarness ** m, guint upstream_ms,
    guint latency_ms)
{
  *h = test_video_harness (TRUE);
  gst_harness_set_upstream_latency (*h, upstream_ms * GST_MSECOND);
  *m = test_joined_harness (*h, JSON, TRUE);
  g_object_set ((*h)->element, "latency", latency_ms, NULL);
}

void
test_live_set_time (GstHarness * h, guint ms)
{
  fail_unless (gst_harness_set_time (h, ms * GST_MSECOND));
}

void
test_live_assert_waits_until (GstHarness * h, guint ms)
{
  GstTestClock *clock = gst_harness_get_testclock (h);
  GstClockID id;

  gst_test_clock_wait_for_next_pending_id (clock, &id);
  assert_equals_uint64 (gst_clock_id_get_time (id), ms * GST_MSECOND);
  gst_clock_id_unref (id);
  gst_object_unref (clock);
}

void
test_live_crank (GstHarness * h)
{
  fail_unless (gst_harness_crank_single_clock_wait (h));
}

void
test_live_assert_pulls (GstHarness * h, TestPush * push, const gchar * text)
{
  fail_unless_equals_int (test_push_end (push), GST_FLOW_OK);

  GstBuffer *out = gst_harness_pull (h);

  test_assert_messages (test_h264, out, text, NULL);
  gst_buffer_unref (out);
}
