/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The pad "metadata" of seiinject: video with times of every kind. Who is live does
 * not wait: what is to be there has come. */

#include "joinedtest.h"

#define JSON "application/x-json"

GST_START_TEST (test_seiinject_times_older_goes_into_next_when_decoding_passed)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, TRUE);

  test_assert_frame (h, 1, NULL);
  test_push_payload (m, "at 79", 79);
  /* it might be of a frame that is presented earlier */
  test_assert_frame (h, 2 - 1, NULL);
  test_assert_frame (h, 2, "at 79", NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* Even: with DTS, odd: without. From 2 on frames wait, and the metadata comes in
 * decoding order, too, as from seiextract */
GST_START_TEST (test_seiinject_times_b_frames_get_theirs)
{
  static const gint pts[] = { 40, 160, 80, 120, 280, 200, 240 };
  const gboolean live = __i__ < 2;
  GstHarness *h = test_video_harness (live);
  GstHarness *m = test_joined_harness (h, JSON, live);

  for (gint i = 0; i < (gint) G_N_ELEMENTS (pts); i++) {
    const gint time = live ? (i + 1) * 40 : pts[i];
    gchar *text = g_strdup_printf ("at %d", time);

    test_push_payload (m, text, time + 3);
    g_free (text);
  }
  if (!live)
    gst_harness_push_event (m, gst_event_new_eos ());
  for (guint i = 0; i < G_N_ELEMENTS (pts); i++) {
    GstBuffer *in = test_access_unit (test_h264, i);
    gchar *text = g_strdup_printf ("at %d", pts[i]);

    GST_BUFFER_PTS (in) = pts[i] * GST_MSECOND;
    if (__i__ % 2 == 1)
      GST_BUFFER_DTS (in) = GST_CLOCK_TIME_NONE;
    GstBuffer *out = gst_harness_push_and_pull (h, in);

    test_assert_messages (test_h264, out, text, NULL);
    gst_buffer_unref (out);
    g_free (text);
  }
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* Frames without DTS, of a stream that begins anew: what came late goes into the
 * very next */
GST_START_TEST (test_seiinject_times_without_dts_late_goes_into_next)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, TRUE);

  for (guint i = 0; i < 20; i++) {
    /* A segment begins with a smaller time, and nothing before is left to come */
    if (i == 10)
      test_push_segment (h, GST_FORMAT_TIME, 10 * 40 * GST_MSECOND, 0);
    const gint running_time = (i < 10 ? i + 1 : i - 9) * 40;

    GstBuffer *in = test_access_unit (test_h264, i);

    GST_BUFFER_DTS (in) = GST_CLOCK_TIME_NONE;
    test_push_payload (m, "late", running_time - 5);
    GstBuffer *out = gst_harness_push_and_pull (h, in);

    test_assert_messages (test_h264, out, "late", NULL);
    gst_buffer_unref (out);
  }
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* As from an elementary stream behind a parser */
GST_START_TEST (test_seiinject_times_without_pts_goes_one_by_one)
{
  GstHarness *h = test_video_harness (FALSE);
  GstHarness *m = test_joined_harness (h, JSON, FALSE);

  test_push_payload (m, "at 100", 100);
  test_push_payload (m, "at 200", 200);
  gst_harness_push_event (m, gst_event_new_eos ());
  for (guint i = 0; i < 3; i++) {
    GstBuffer *in = test_access_unit (test_h264, i);

    GST_BUFFER_PTS (in) = GST_CLOCK_TIME_NONE;
    GstBuffer *out = gst_harness_push_and_pull (h, in);

    test_assert_messages (test_h264, out, i == 0 ? "at 100" : i == 1 ? "at 200"
        : NULL, NULL);
    gst_buffer_unref (out);
  }
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_times_frame_rate_stands_for_durations)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, TRUE);
  gchar *caps = test_caps (test_h264);
  gchar *with_rate = g_strconcat (caps, ",framerate=100/1", NULL);

  gst_harness_set_src_caps_str (h, with_rate);
  test_push_payload (m, "at 49", 49);
  test_push_payload (m, "at 50", 50);
  GstBuffer *in = test_access_unit (test_h264, 0);
  GST_BUFFER_DURATION (in) = GST_CLOCK_TIME_NONE;
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_messages (test_h264, out, "at 49", NULL);
  gst_buffer_unref (out);
  g_free (with_rate);
  g_free (caps);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* Frame @n of @duration, or of none, as cameras send it: without a DTS */
static void
assert_camera_frame (GstHarness * h, guint n, GstClockTime duration,
    const gchar * text)
{
  GstBuffer *in = test_access_unit (test_h264, n);

  GST_BUFFER_DTS (in) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (in) = duration;
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_messages (test_h264, out, text, NULL);
  gst_buffer_unref (out);
}

GST_START_TEST (test_seiinject_times_distance_stands_for_durations)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, TRUE);

  assert_camera_frame (h, 0, GST_CLOCK_TIME_NONE, NULL);
  test_push_payload (m, "at 119", 119);
  test_push_payload (m, "at 120", 120);
  assert_camera_frame (h, 1, GST_CLOCK_TIME_NONE, "at 119");
  assert_camera_frame (h, 2, GST_CLOCK_TIME_NONE, "at 120");
  assert_equals_uint64 (test_stat (h->element, "missed"), 0);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* Frames come every 40 ms, and say that they last 33: what is between two belongs to
 * the later one, and has missed it when that one is gone. */
GST_START_TEST (test_seiinject_times_gap_belongs_to_the_frame_behind_it)
{
  const GstClockTime duration = 33 * GST_MSECOND;
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, TRUE);

  assert_camera_frame (h, 0, duration, NULL);
  test_push_payload (m, "at 76", 76);
  assert_camera_frame (h, 1, duration, "at 76");
  assert_camera_frame (h, 2, duration, NULL);
  assert_equals_uint64 (test_stat (h->element, "missed"), 0);
  test_push_payload (m, "at 116", 116);
  assert_camera_frame (h, 3, duration, "at 116");
  assert_equals_uint64 (test_stat (h->element, "missed"), 1);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* Matroska files have any time up to 2^64, and durations as long. UBSAN sees sums that
 * overflow; no payload is lost. */
GST_START_TEST (test_seiinject_times_far_ones_are_borne)
{
  static const GstClockTime far_times[] = {
    0, G_MAXINT64 / 4, G_MAXINT64 - 1, G_MAXINT64,
    (GstClockTime) G_MAXINT64 + 1,
    GST_CLOCK_TIME_NONE - 1, 40 * GST_MSECOND
  };
  const guint n = G_N_ELEMENTS (far_times);
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, TRUE);

  for (guint i = 0; i < 2 * n; i++) {
    GstBuffer *payload = test_payload ("x", 0);
    GstBuffer *in = test_access_unit (test_h264, i);

    GST_BUFFER_PTS (payload) = GST_BUFFER_PTS (in) = far_times[i % n];
    GST_BUFFER_DTS (in) = i < n ? GST_CLOCK_TIME_NONE : far_times[i % n];
    GST_BUFFER_DURATION (in) = far_times[(i + 3) % n];
    assert_equals_int (gst_harness_push (m, payload), GST_FLOW_OK);
    gst_harness_push_event (m, gst_event_new_gap (far_times[i % n],
            far_times[(i + 2) % n]));
    gst_buffer_unref (gst_harness_push_and_pull (h, in));
  }
  gst_harness_push_event (h, gst_event_new_eos ());
  assert_equals_uint64 (test_stat (h->element, "received"), 2 * n);
  assert_equals_uint64 (test_stat (h->element, "injected") +
      test_stat (h->element, "unused"), 2 * n);
  test_joined_teardown (h, m);
}

GST_END_TEST;

static Suite *
seiinject_times_suite (void)
{
  Suite *s = suite_create ("seiinject-times");
  TCase *tc = tcase_create ("times");

  suite_add_tcase (s, tc);
  tcase_add_test (tc,
      test_seiinject_times_older_goes_into_next_when_decoding_passed);
  tcase_add_loop_test (tc, test_seiinject_times_b_frames_get_theirs, 0, 4);
  tcase_add_test (tc, test_seiinject_times_far_ones_are_borne);
  tcase_add_test (tc, test_seiinject_times_without_dts_late_goes_into_next);
  tcase_add_test (tc, test_seiinject_times_without_pts_goes_one_by_one);
  tcase_add_test (tc, test_seiinject_times_frame_rate_stands_for_durations);
  tcase_add_test (tc, test_seiinject_times_distance_stands_for_durations);
  tcase_add_test (tc, test_seiinject_times_gap_belongs_to_the_frame_behind_it);

  return s;
}

GST_CHECK_MAIN (seiinject_times);
