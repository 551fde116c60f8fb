/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The pad "metadata" of seiinject where something is live: how long a frame waits, and
 * what becomes of metadata that is too late or too much */

#include "livetest.h"

#include <string.h>

/* Access unit n is decoded at n * 40 ms: it may wait until then, and 100 + 150 ms. */
GST_START_TEST (test_seiinject_live_frame_waits_as_long_as_latency_allows)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 100, 150);
  for (guint n = 0; n < 3; n++) {
    TestPush *push = test_push_begin (h, test_access_unit (test_h264, n));

    test_live_assert_waits_until (h, n * 40 + 250);
    test_live_crank (h);
    test_live_assert_pulls (h, push, NULL);
  }
  assert_equals_uint64 (test_stat (h->element, "missed"), 0);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* A frame that comes late has not more time than one that comes in time. */
GST_START_TEST (test_seiinject_live_late_frames_do_not_add_up)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 150);
  test_live_set_time (h, 170);
  test_assert_frame (h, 0, NULL);
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 1));

  test_live_assert_waits_until (h, 190);
  test_live_crank (h);
  test_live_assert_pulls (h, push, NULL);
  test_live_set_time (h, 400);
  test_assert_frame (h, 2, NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

static void
come_later (GstHarness * m)
{
  test_push_payload (m, "later", 80);
}

static void
come_gap (GstHarness * m)
{
  gst_harness_push_event (m, gst_event_new_gap (60 * GST_MSECOND,
          20 * GST_MSECOND));
}

static void
come_eos (GstHarness * m)
{
  gst_harness_push_event (m, gst_event_new_eos ());
}

GST_START_TEST (test_seiinject_live_frame_leaves_when_all_is_there)
{
  static void (*const come[]) (GstHarness *) = {
    come_later, come_gap, come_eos
  };
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 150);
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 0));

  test_live_assert_waits_until (h, 150);
  test_push_payload (m, "a", 40);
  come[__i__] (m);
  test_live_assert_pulls (h, push, "a");
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_live_what_came_while_it_waited_is_in)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 150);
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 0));

  test_live_assert_waits_until (h, 150);
  test_push_payload (m, "a", 40);
  test_live_crank (h);
  test_live_assert_pulls (h, push, "a");
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* What upstream promises and the element adds is nothing: no frame waits, not even one
 * that is early. */
GST_START_TEST (test_seiinject_live_without_latency_does_not_wait)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 0);
  for (guint n = 0; n < 3; n++)
    test_assert_frame (h, n, NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_live_without_clock_does_not_wait)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 150);
  gst_element_set_clock (h->element, NULL);
  test_assert_frame (h, 0, NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* --- what is live ---------------------------------------------------------- */

static const struct
{
  gboolean video;
  gboolean metadata;
  const gchar *wait;
  gboolean waits;
} kinds[] = {
  {TRUE, TRUE, "auto", TRUE},
  {TRUE, TRUE, "always", TRUE},
  {TRUE, TRUE, "never", FALSE},
  {TRUE, FALSE, "auto", FALSE},
  {TRUE, FALSE, "always", TRUE},
  {FALSE, TRUE, "auto", FALSE},
  {FALSE, TRUE, "always", TRUE},
};

GST_START_TEST (test_seiinject_live_waits_where_the_property_says)
{
  GstHarness *h = test_video_harness (kinds[__i__].video);
  GstHarness *m = test_joined_harness (h, JSON, kinds[__i__].metadata);

  g_object_set (h->element, "latency", 150, NULL);
  gst_util_set_object_arg (G_OBJECT (h->element), "wait-metadata",
      kinds[__i__].wait);
  if (kinds[__i__].waits) {
    TestPush *push = test_push_begin (h, test_access_unit (test_h264, 0));

    test_live_assert_waits_until (h, 150);
    test_live_crank (h);
    test_live_assert_pulls (h, push, NULL);
  } else {
    test_assert_frame (h, 0, NULL);
  }
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* --- silence ---------------------------------------------------------------- */

GST_START_TEST (test_seiinject_live_nobody_waits_for_a_silent_source)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 5000);
  test_live_set_time (h, 10);
  test_push_payload (m, "a", 40);
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 0));

  /* 1 s after its last sign of life */
  test_live_assert_waits_until (h, 1010);
  test_live_crank (h);
  test_live_assert_pulls (h, push, "a");
  test_assert_frame (h, 1, NULL);
  test_assert_frame (h, 2, NULL);

  /* until it is back */
  test_live_set_time (h, 1500);
  test_push_payload (m, "d", 160);
  push = test_push_begin (h, test_access_unit (test_h264, 3));
  /* twice the interval of 1.49 s */
  test_live_assert_waits_until (h, 1500 + 2 * 1490);
  test_push_payload (m, "later", 200);
  test_live_assert_pulls (h, push, "d");
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_live_a_gap_is_a_sign_of_life)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 5000);
  test_push_payload (m, "a", 40);
  test_live_set_time (h, 900);
  gst_harness_push_event (m, gst_event_new_gap (10 * GST_MSECOND,
          10 * GST_MSECOND));
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 0));

  test_live_assert_waits_until (h, 900 + 1800);
  test_live_crank (h);
  test_live_assert_pulls (h, push, "a");
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* --- interruption ----------------------------------------------------------- */

static void
flush_video (GstHarness * h)
{
  gst_harness_push_event (h, gst_event_new_flush_start ());
}

static void
stop (GstHarness * h)
{
  fail_unless_equals_int (gst_element_set_state (h->element, GST_STATE_READY),
      GST_STATE_CHANGE_SUCCESS);
}

GST_START_TEST (test_seiinject_live_wait_is_interrupted)
{
  static void (*const interrupts[]) (GstHarness *) = { flush_video, stop };
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 150);
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 0));

  test_live_assert_waits_until (h, 150);
  interrupts[__i__] (h);
  fail_unless_equals_int (test_push_end (push), GST_FLOW_FLUSHING);
  assert_equals_int (gst_harness_buffers_received (h), 0);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* --- late, and too much ----------------------------------------------------- */

GST_START_TEST (test_seiinject_live_late_metadata_is_counted)
{
  const gboolean drop = __i__;
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 0);
  gst_util_set_object_arg (G_OBJECT (h->element), "late-metadata",
      drop ? "drop" : "next");
  test_assert_frame (h, 0, NULL);
  test_live_set_time (h, 100);
  test_push_payload (m, "a", 40);
  test_push_payload (m, "b", 80);
  if (drop)
    test_assert_frame (h, 1, "b", NULL);
  else
    test_assert_frame (h, 1, "a", "b", NULL);
  assert_equals_uint64 (test_stat (h->element, "missed"), 1);
  assert_equals_uint64 (test_stat (h->element, "dropped"), 0);
  assert_equals_uint64 (test_stat (h->element, "received"), 2);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* The same segment again, as after a switch of inputs: the times go on, and what is late
 * is late. */
GST_START_TEST (test_seiinject_live_late_is_late_behind_another_segment)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 0);
  gst_util_set_object_arg (G_OBJECT (h->element), "late-metadata", "drop");
  test_assert_frame (h, 0, NULL);
  test_assert_frame (h, 1, NULL);
  test_push_segment (h, GST_FORMAT_TIME, 0, 0);
  test_live_set_time (h, 100);
  test_push_payload (m, "a", 40);
  test_push_payload (m, "b", 80);
  test_push_payload (m, "c", 120);
  test_assert_frame (h, 2, "c", NULL);
  assert_equals_uint64 (test_stat (h->element, "missed"), 2);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* The warnings of seiinject */
static void
on_log (GstDebugCategory * category, GstDebugLevel level, const gchar * file,
    const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer log)
{
  if (level == GST_LEVEL_WARNING
      && g_str_equal (gst_debug_category_get_name (category), "seiinject"))
    g_string_append_printf (log, "%s\n", gst_debug_message_get (message));
}

static void
begin_log (GString * log)
{
  gst_debug_set_threshold_for_name ("seiinject", GST_LEVEL_WARNING);
  gst_debug_add_log_function (on_log, log, NULL);
}

static void
end_log (GString * log, const gchar * expected)
{
  gst_debug_remove_log_function (on_log);
  gst_debug_unset_threshold_for_name ("seiinject");
  fail_unless (strstr (log->str, expected), "log: %s, expected: %s", log->str,
      expected);
  g_string_free (log, TRUE);
}

/* Presented 160 ms after it is decoded, so it leaves 160 ms earlier than its time. The
 * result comes at 100, and the frame might have waited until 40 and the latency. */
GST_START_TEST (test_seiinject_live_first_late_one_is_told_with_what_it_needs)
{
  GString *log = g_string_new (NULL);
  GstBuffer *in = test_access_unit (test_h264, 1);
  GstHarness *h, *m;

  begin_log (log);
  test_live_begin (&h, &m, 0, 50);
  GST_BUFFER_PTS (in) = 200 * GST_MSECOND;
  TestPush *push = test_push_begin (h, in);

  test_live_assert_waits_until (h, 90);
  test_live_crank (h);
  test_live_assert_pulls (h, push, NULL);
  test_live_set_time (h, 100);
  test_push_payload (m, "late", 200);
  gst_harness_push_event (m, gst_event_new_eos ());
  test_assert_frame (h, 2, "late", NULL);
  end_log (log, "(1 so far); it would have needed a latency of at least 61 ms");
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_live_first_dropped_one_is_told)
{
  GString *log = g_string_new (NULL);
  GstHarness *h, *m;

  begin_log (log);
  test_live_begin (&h, &m, 0, 0);
  g_object_set (h->element, "max-per-frame", 1, NULL);
  test_push_payload (m, "a", 40);
  test_push_payload (m, "b", 40);
  test_assert_frame (h, 0, "b", NULL);
  end_log (log, "live metadata was dropped");
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_live_frame_has_max_per_frame)
{
  GstHarness *h, *m;
  guint max_per_frame;

  test_live_begin (&h, &m, 0, 0);
  g_object_get (h->element, "max-per-frame", &max_per_frame, NULL);
  assert_equals_int (max_per_frame, 16);
  for (guint i = 0; i < 100; i++) {
    gchar *text = g_strdup_printf ("%u", i);

    test_push_payload (m, text, 40);
    g_free (text);
  }
  test_assert_frame (h, 0, "84", "85", "86", "87", "88", "89", "90", "91", "92",
      "93", "94", "95", "96", "97", "98", "99", NULL);
  assert_equals_uint64 (test_stat (h->element, "dropped"), 84);
  g_object_set (h->element, "max-per-frame", 1, NULL);
  test_push_payload (m, "a", 80);
  test_push_payload (m, "b", 80);
  test_assert_frame (h, 1, "b", NULL);
  assert_equals_uint64 (test_stat (h->element, "dropped"), 85);
  assert_equals_uint64 (test_stat (h->element, "injected"), 17);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* A payload without time belongs to the frame that was there when it came. */
GST_START_TEST (test_seiinject_live_without_time_has_the_time_when_it_came)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 0);
  test_live_set_time (h, 90);
  test_push_payload (m, "of 1", TEST_NO_MS);
  test_live_set_time (h, 119);
  test_push_payload (m, "of 1, too", TEST_NO_MS);
  test_live_set_time (h, 130);
  test_push_payload (m, "of 2", TEST_NO_MS);
  test_assert_frame (h, 0, NULL);
  test_assert_frame (h, 1, "of 1", "of 1, too", NULL);
  test_assert_frame (h, 2, "of 2", NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* From a file they go one by one all the same, and none is lost. */
GST_START_TEST (test_seiinject_live_video_takes_lines_of_a_file_one_by_one)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, "application/x-ndjson", FALSE);
  GString *lines = g_string_new (NULL);

  for (guint i = 0; i < 50; i++)
    g_string_append_printf (lines, "%u\n", i);
  test_push_payload (m, lines->str, TEST_NO_MS);
  for (guint i = 0; i < 50; i++) {
    gchar *text = g_strdup_printf ("%u", i);

    test_assert_frame (h, i, text, NULL);
    g_free (text);
  }
  assert_equals_uint64 (test_stat (h->element, "dropped"), 0);
  assert_equals_uint64 (test_stat (h->element, "missed"), 0);
  g_string_free (lines, TRUE);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* --- latency ---------------------------------------------------------------- */

GST_START_TEST (test_seiinject_live_adds_its_latency)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 100, 150);
  assert_equals_uint64 (gst_harness_query_latency (h), 250 * GST_MSECOND);
  g_object_set (h->element, "latency", 0, NULL);
  assert_equals_uint64 (gst_harness_query_latency (h), 100 * GST_MSECOND);
  gst_harness_set_live (h, FALSE);
  g_object_set (h->element, "latency", 150, NULL);
  assert_equals_uint64 (gst_harness_query_latency (h), 100 * GST_MSECOND);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* What upstream says anew counts as soon as the pipeline asks. */
GST_START_TEST (test_seiinject_live_upstream_may_change_its_latency)
{
  GstHarness *h, *m;

  test_live_begin (&h, &m, 0, 150);
  test_live_set_time (h, 170);
  test_assert_frame (h, 0, NULL);
  gst_harness_set_upstream_latency (h, 100 * GST_MSECOND);
  if (__i__ == 0)
    gst_harness_query_latency (h);
  else
    gst_harness_push_upstream_event (h, gst_event_new_latency (0));
  TestPush *push = test_push_begin (h, test_access_unit (test_h264, 1));

  test_live_assert_waits_until (h, 290);
  test_live_crank (h);
  test_live_assert_pulls (h, push, NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* Only another latency is told. */
GST_START_TEST (test_seiinject_live_another_latency_is_told)
{
  GstHarness *h = test_video_harness (TRUE);
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (h->element, bus);
  g_object_set (h->element, "latency", 0, "max-per-frame", 3, NULL);
  fail_if (gst_bus_have_pending (bus));
  g_object_set (h->element, "latency", 20, NULL);
  GstMessage *message = gst_bus_pop (bus);

  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY);
  gst_message_unref (message);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstPadProbeReturn
answer_with_max (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return GST_PAD_PROBE_OK;
  gst_query_set_latency (query, TRUE, 10 * GST_MSECOND, 60 * GST_MSECOND);
  return GST_PAD_PROBE_HANDLED;
}

GST_START_TEST (test_seiinject_live_video_that_cannot_wait_is_told_of)
{
  GstHarness *h = test_video_harness (TRUE);
  GstBus *bus = gst_bus_new ();
  GstQuery *query = gst_query_new_latency ();
  GstClockTime min, max;

  gst_pad_add_probe (h->srcpad, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM |
      GST_PAD_PROBE_TYPE_PUSH, answer_with_max, NULL, NULL);
  gst_element_set_bus (h->element, bus);
  g_object_set (h->element, "latency", 50, NULL);
  fail_unless (gst_pad_peer_query (h->sinkpad, query));
  gst_query_parse_latency (query, NULL, &min, &max);
  assert_equals_uint64 (min, 60 * GST_MSECOND);
  assert_equals_uint64 (max, 60 * GST_MSECOND);
  fail_if (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING));

  g_object_set (h->element, "latency", 150, NULL);
  for (guint i = 0; i < 2; i++) {
    fail_unless (gst_pad_peer_query (h->sinkpad, query));
    gst_query_parse_latency (query, NULL, &min, &max);
    assert_equals_uint64 (min, 160 * GST_MSECOND);
    assert_equals_uint64 (max, 60 * GST_MSECOND);
  }
  test_assert_warns_once (bus, "max-size-time of at least 150000000 ");
  gst_query_unref (query);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What users forget at an appsrc: 0: is-live, 1: format=time, 2: that times are running
 * times */
GST_START_TEST (test_seiinject_live_metadata_that_cannot_be_timed_is_told_of)
{
  static const gchar *const expected[] = {
    "is-live=true", "format=time", "ahead of the clock"
  };
  const gboolean metadata_live = __i__ > 0;
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, metadata_live);
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (h->element, bus);
  if (__i__ == 1)
    test_push_segment (m, GST_FORMAT_BYTES, 0, 0);
  else if (__i__ == 0)
    g_object_set (h->element, "latency", 150, NULL);
  for (guint n = 0; n < 3; n++) {
    test_push_payload (m, "x", (n + 1) * (__i__ == 2 ? 10000 : 40));
    gst_buffer_unref (test_push_frame (h, n));
  }
  test_assert_warns_once (bus, expected[__i__]);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  test_joined_teardown (h, m);
}

GST_END_TEST;

static Suite *
seiinject_live_suite (void)
{
  Suite *s = suite_create ("seiinject-live");
  TCase *tc = tcase_create ("live");

  suite_add_tcase (s, tc);
  tcase_add_test (tc,
      test_seiinject_live_frame_waits_as_long_as_latency_allows);
  tcase_add_test (tc, test_seiinject_live_late_frames_do_not_add_up);
  tcase_add_loop_test (tc, test_seiinject_live_frame_leaves_when_all_is_there,
      0, 3);
  tcase_add_test (tc, test_seiinject_live_what_came_while_it_waited_is_in);
  tcase_add_test (tc, test_seiinject_live_without_latency_does_not_wait);
  tcase_add_test (tc, test_seiinject_live_without_clock_does_not_wait);
  tcase_add_loop_test (tc, test_seiinject_live_waits_where_the_property_says, 0,
      G_N_ELEMENTS (kinds));
  tcase_add_test (tc, test_seiinject_live_nobody_waits_for_a_silent_source);
  tcase_add_test (tc, test_seiinject_live_a_gap_is_a_sign_of_life);
  tcase_add_loop_test (tc, test_seiinject_live_wait_is_interrupted, 0, 2);
  tcase_add_loop_test (tc, test_seiinject_live_late_metadata_is_counted, 0, 2);
  tcase_add_test (tc, test_seiinject_live_late_is_late_behind_another_segment);
  tcase_add_test (tc,
      test_seiinject_live_first_late_one_is_told_with_what_it_needs);
  tcase_add_test (tc, test_seiinject_live_first_dropped_one_is_told);
  tcase_add_test (tc, test_seiinject_live_frame_has_max_per_frame);
  tcase_add_test (tc,
      test_seiinject_live_without_time_has_the_time_when_it_came);
  tcase_add_test (tc,
      test_seiinject_live_video_takes_lines_of_a_file_one_by_one);
  tcase_add_test (tc, test_seiinject_live_adds_its_latency);
  tcase_add_loop_test (tc, test_seiinject_live_upstream_may_change_its_latency,
      0, 2);
  tcase_add_test (tc, test_seiinject_live_another_latency_is_told);
  tcase_add_test (tc, test_seiinject_live_video_that_cannot_wait_is_told_of);

  tcase_add_loop_test (tc,
      test_seiinject_live_metadata_that_cannot_be_timed_is_told_of, 0, 3);

  return s;
}

GST_CHECK_MAIN (seiinject_live);
