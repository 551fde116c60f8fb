/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* When a buffer was captured, as its metas say it */

#include <gst/check/gstcheck.h>
#include <gst/check/gsttestclock.h>

#include "timedclock.h"

#define UNIX "timestamp/x-unix"
#define NTP "timestamp/x-ntp"

/* RFC 5905: seconds from 1900 to 1970 */
#define NTP_NS (G_GUINT64_CONSTANT (2208988800) * GST_SECOND)

static GstBuffer *
new_buffer (const gchar * reference, guint64 ns)
{
  GstBuffer *buffer = gst_buffer_new ();
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (reference);

  gst_buffer_add_reference_timestamp_meta (buffer, caps, ns,
      GST_CLOCK_TIME_NONE);
  return buffer;
}

/* Takes @buffer. */
static void
assert_captured (GstBuffer * buffer, gint64 ns)
{
  assert_equals_int64 (timed_capture_ns (buffer, NULL, NULL), ns);
  gst_buffer_unref (buffer);
}

GST_START_TEST (test_timedclock_capture_is_as_precise_as_the_meta)
{
  const gint64 now_ns = g_get_real_time () * 1000 + 7;
  GstBuffer *buffer = new_buffer (UNIX, now_ns);

  assert_equals_int64 (timed_capture_ms (buffer, NULL, NULL),
      now_ns / GST_MSECOND);
  assert_captured (buffer, now_ns);
  assert_captured (new_buffer (NTP, now_ns + NTP_NS), now_ns);
  assert_captured (gst_buffer_new (), TIMED_NO_TIME);

  /* far away, which is no time of a record */
  buffer = new_buffer (UNIX, 5);
  assert_equals_int64 (timed_capture_ms (buffer, NULL, NULL), -1);
  assert_captured (buffer, 5);
  assert_captured (new_buffer (NTP, 0), -(gint64) NTP_NS);
  assert_captured (new_buffer (UNIX, G_MAXUINT64 - 1), G_MAXINT64);
  buffer = gst_buffer_new ();
  assert_equals_int64 (timed_capture_ms (buffer, NULL, NULL), -1);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

GST_START_TEST (test_timedclock_set_ns_replaces_and_copies_if_it_must)
{
  GstBuffer *buffer = new_buffer (UNIX, 1000001);
  GstBuffer *copy;

  fail_unless (timed_set_capture_ns (NULL, 5) == NULL);

  /* to the millisecond it says so already */
  timed_set_capture_ms (buffer, 1);
  assert_equals_int64 (timed_capture_ns (buffer, NULL, NULL), 1000001);
  fail_unless (timed_set_capture_ns (gst_buffer_ref (buffer), 1000001)
      == buffer);
  gst_buffer_unref (buffer);
  copy = timed_set_capture_ns (gst_buffer_ref (buffer), 1000002);
  fail_if (copy == buffer);
  assert_captured (copy, 1000002);
  fail_unless (timed_set_capture_ns (buffer, 1000003) == buffer);
  assert_equals_int (gst_buffer_get_n_meta (buffer,
          GST_REFERENCE_TIMESTAMP_META_API_TYPE), 1);
  assert_captured (buffer, 1000003);
}

GST_END_TEST;

/* It gets the pipeline's clock before the base time, which is 0 until then. */
GST_START_TEST (test_timedclock_has_a_time_while_it_plays)
{
  GstClock *clock = gst_test_clock_new_with_start_time (GST_SECOND * 3600);
  GstElement *element = gst_element_factory_make ("identity", NULL);
  GstBuffer *buffer = gst_buffer_new ();
  GstSegment segment;
  gint64 ns;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  GST_BUFFER_PTS (buffer) = GST_SECOND;
  gst_element_set_state (element, GST_STATE_PAUSED);
  gst_element_set_clock (element, clock);
  assert_equals_int64 (timed_element_running_time (element), TIMED_NO_TIME);
  assert_equals_int64 (timed_capture_ns (buffer, element, &segment),
      TIMED_NO_TIME);

  gst_element_set_base_time (element, GST_SECOND * 3598);
  gst_element_set_state (element, GST_STATE_PLAYING);
  assert_equals_int64 (timed_element_running_time (element), 2 * GST_SECOND);
  ns = g_get_real_time () * 1000 - GST_SECOND -
      timed_capture_ns (buffer, element, &segment);
  fail_unless (ABS (ns) < 600 * GST_SECOND);

  /* a clock that is behind it */
  gst_element_set_base_time (element, GST_SECOND * 3605);
  assert_equals_int64 (timed_element_running_time (element), -5 * GST_SECOND);

  /* what is still on its way while it pauses */
  GST_STATE_TARGET (element) = GST_STATE_PAUSED;
  assert_equals_int64 (timed_element_running_time (element), -5 * GST_SECOND);
  gst_element_set_state (element, GST_STATE_PAUSED);
  assert_equals_int64 (timed_element_running_time (element), TIMED_NO_TIME);

  gst_element_set_state (element, GST_STATE_NULL);
  gst_buffer_unref (buffer);
  gst_object_unref (element);
  gst_object_unref (clock);
}

GST_END_TEST;

static Suite *
timedclock_suite (void)
{
  Suite *s = suite_create ("timedclock");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_timedclock_capture_is_as_precise_as_the_meta);
  tcase_add_test (tc, test_timedclock_has_a_time_while_it_plays);
  tcase_add_test (tc, test_timedclock_set_ns_replaces_and_copies_if_it_must);

  return s;
}

GST_CHECK_MAIN (timedclock);
