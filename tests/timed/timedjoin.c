/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which payloads go into which access unit, without threads */

#include "jointest.h"

#include <string.h>

GST_START_TEST (test_timedjoin_times_in_the_span_go_into_the_frame)
{
  TimedJoin *join = join_new ();

  join_push (join, "39", 39);
  join_push (join, "40", 40);
  join_push (join, "79", 79);
  join_push (join, "80", 80);

  join_assert_takes (join, 40, 80, 40, "39 40 79");
  join_assert_takes (join, 80, 120, 80, "80");
  join_assert_takes (join, 120, 160, 120, "");
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_order_in_a_frame_is_that_of_times)
{
  TimedJoin *join = join_new ();

  join_push (join, "5", 5);
  join_push (join, "9", 9);
  join_push (join, "7a", 7);
  join_push (join, "1", 1);
  join_push (join, "7b", 7);

  join_assert_takes (join, 0, 40, 0, "1 5 7a 7b 9");
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_older_than_the_oldest_goes_into_the_next_frame)
{
  TimedJoin *join = join_new ();

  /* Between the spans, and later than what is decoded next */
  join_push (join, "50", 50);
  join_push (join, "90", 90);

  join_assert_takes (join, 120, 160, 40, "");
  join_assert_takes (join, 60, 80, 60, "50");
  join_assert_takes (join, 200, 240, 90, "");
  join_assert_takes (join, 200, 240, 91, "90");
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_without_oldest_late_ones_stay)
{
  TimedJoin *join = join_new ();

  join_push (join, "39", 39);
  join_push (join, "40", 40);

  join_assert_takes (join, 40, 80, NONE, "40");
  join_assert_takes (join, NONE, NONE, 40, "39");
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_b_frames_take_what_is_theirs)
{
  static const gint64 times[] = {
    -80, -50, 0, 10, 33, 50, 66, 99, 100, 120, 133, 150, 166
  };
  TimedJoin *join = join_new ();

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    gchar *text = g_strdup_printf ("%d", (int) times[i]);

    join_push (join, text, times[i]);
    g_free (text);
  }

  join_assert_takes (join, 0, 33, -67, "-80 0 10");
  join_assert_takes (join, 133, 166, -34, "-50 133 150");
  join_assert_takes (join, 66, 100, 0, "66 99");
  join_assert_takes (join, 33, 66, 33, "33 50");
  join_assert_takes (join, 100, 133, 66, "100 120");
  join_assert_takes (join, 166, 200, 100, "166");
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_untimed_go_one_per_frame_in_order)
{
  TimedJoin *join = join_new ();

  join_push (join, "a", NONE);
  join_push (join, "b", NONE);
  join_push (join, "c", NONE);
  join_push (join, "40", 40);

  join_assert_takes (join, 0, 40, 0, "a");
  join_assert_takes (join, 40, 80, 40, "40 b");
  join_assert_takes (join, NONE, NONE, NONE, "c");
  join_assert_takes (join, 80, 120, 80, "");
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_frames_without_times_take_one_by_one)
{
  TimedJoin *join = join_new ();

  join_push (join, "40", 40);
  join_push (join, "0", 0);

  join_assert_takes (join, NONE, NONE, NONE, "0");
  join_push (join, "a", NONE);
  join_assert_takes (join, NONE, NONE, NONE, "a");
  join_assert_takes (join, NONE, NONE, NONE, "40");
  join_assert_takes (join, NONE, NONE, NONE, "");
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_refused_hold_their_places)
{
  TimedJoin *join = join_new ();

  join_push (join, NULL, NONE);
  join_push (join, "b", NONE);
  join_push (join, NULL, 40);
  join_push (join, NULL, 41);
  join_push (join, "42", 42);

  join_assert_takes (join, 0, 40, 0, "refused");
  join_assert_takes (join, 40, 80, 40, "42 b refused refused");
  join_assert_takes (join, 80, 120, 80, "");
  join_assert_stats (join, 5, 0, 0);
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_empty_payload_is_a_payload)
{
  const TimedJoinFrame frame = join_frame (0, 40, 0);
  TimedJoin *join = join_new ();
  GArray *payloads = timed_payloads_new ();
  TimedJoinTaken taken;

  join_push (join, "", 0);
  timed_join_take (join, &frame, NULL, payloads, &taken);

  assert_equals_int (taken.n_refused, 0);
  assert_equals_int (payloads->len, 1);
  assert_equals_int (g_bytes_get_size (timed_payloads_get (payloads, 0)->bytes),
      0);
  g_array_unref (payloads);
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_taken_are_appended)
{
  const TimedJoinFrame frame = join_frame (0, 40, 0);
  TimedJoin *join = join_new ();
  GArray *payloads = timed_payloads_new ();
  GBytes *bytes = g_bytes_new_static ("one", 3);
  const TimedPayload payload = { bytes, 100 };
  TimedJoinTaken taken;

  timed_payloads_add (payloads, &payload);
  assert_equals_int (timed_join_push (join, &payload, 0, NONE), GST_FLOW_OK);
  timed_join_take (join, &frame, NULL, payloads, &taken);

  assert_equals_int (payloads->len, 2);
  fail_unless (timed_payloads_get (payloads, 1)->bytes == bytes);
  assert_equals_int64 (timed_payloads_get (payloads, 1)->sei_type, 100);
  g_array_unref (payloads);
  g_bytes_unref (bytes);
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_frame_is_ready_when_a_later_time_has_come)
{
  TimedJoin *join = join_new ();

  fail_if (join_is_ready (join, 0, 40, 0));
  join_push (join, "0", 0);
  join_push (join, "39", 39);
  fail_if (join_is_ready (join, 0, 40, 0));
  join_push (join, "40", 40);
  fail_unless (join_is_ready (join, 0, 40, 0));
  fail_if (join_is_ready (join, 0, 41, 0));
  /* What has come stays known when it is taken */
  join_assert_takes (join, 0, 80, 0, "0 39 40");
  fail_unless (join_is_ready (join, 0, 40, 0));
  /* Payloads up to the decoding time belong to it, too */
  fail_if (join_is_ready (join, 0, 40, 41));
  fail_unless (join_is_ready (join, NONE, NONE, 40));
  fail_if (join_is_ready (join, NONE, NONE, 41));
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_frame_without_times_is_ready_with_any_payload)
{
  TimedJoin *join = join_new ();

  timed_join_advance (join, 1000 * MS, NONE, FALSE);
  fail_if (join_is_ready (join, NONE, NONE, NONE));
  join_push (join, "0", 0);
  fail_unless (join_is_ready (join, NONE, NONE, NONE));
  join_assert_takes (join, NONE, NONE, NONE, "0");
  fail_if (join_is_ready (join, NONE, NONE, NONE));
  join_push (join, "a", NONE);
  fail_unless (join_is_ready (join, NONE, NONE, NONE));
  fail_unless (join_is_ready (join, 2000, 2040, 2000));
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_refused_make_frames_ready_too)
{
  TimedJoin *join = join_new ();

  join_push (join, NULL, 40);
  fail_unless (join_is_ready (join, 0, 40, 0));
  fail_if (join_is_ready (join, 40, 80, 40));
  join_push (join, NULL, NONE);
  fail_unless (join_is_ready (join, 40, 80, 40));
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_gap_stands_for_payloads_that_do_not_come)
{
  TimedJoin *join = join_new ();

  timed_join_advance (join, 39 * MS, NONE, FALSE);
  fail_if (join_is_ready (join, 0, 40, 0));
  timed_join_advance (join, 40 * MS, NONE, FALSE);
  fail_unless (join_is_ready (join, 0, 40, 0));
  timed_join_advance (join, 20 * MS, NONE, FALSE);
  timed_join_advance (join, NONE, NONE, FALSE);
  fail_unless (join_is_ready (join, 0, 40, 0));
  join_assert_takes (join, 0, 40, 0, "");
  fail_if (join_is_ready (join, 40, 80, 40));
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_eos_makes_every_frame_ready_until_it_ends)
{
  TimedJoin *join = join_new ();

  join_push (join, "0", 0);
  timed_join_set_eos (join, TRUE);
  fail_unless (join_is_ready (join, 0, 40, 0));
  fail_unless (join_is_ready (join, NONE, NONE, NONE));
  join_assert_takes (join, 0, 40, 0, "0");
  timed_join_set_eos (join, FALSE);
  fail_if (join_is_ready (join, 0, 40, 0));
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_unlinked_makes_every_frame_ready)
{
  TimedJoin *join = timed_join_new ();

  fail_unless (join_is_ready (join, 0, 40, 0));
  timed_join_set_linked (join, TRUE);
  fail_if (join_is_ready (join, 0, 40, 0));
  join_push (join, "0", 0);
  timed_join_set_linked (join, FALSE);
  fail_unless (join_is_ready (join, 0, 40, 0));
  join_assert_takes (join, 0, 40, 0, "0");
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_negative_times_are_times)
{
  TimedJoin *join = join_new ();

  join_push (join, "-80", -80);
  join_push (join, "-1", -1);
  join_push (join, "0", 0);

  fail_unless (join_is_ready (join, -80, -40, -80));
  join_assert_takes (join, -80, -40, -80, "-80");
  join_assert_takes (join, -40, 0, -40, "-1");
  join_assert_takes (join, 0, 40, 0, "0");
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_after_the_videos_end_answers_eos)
{
  TimedJoin *join = join_new ();

  join_push (join, "0", 0);
  join_push (join, NULL, 1000);
  join_push (join, "a", NONE);
  join_assert_takes (join, 0, 40, NONE, "0 a");
  join_push (join, "b", NONE);
  timed_join_set_video_eos (join, TRUE);

  join_assert_stats (join, 4, 0, 2);
  assert_equals_int (join_try_push (join, "c", NONE), GST_FLOW_EOS);
  assert_equals_int (join_try_push (join, NULL, 0), GST_FLOW_EOS);
  assert_equals_int (join_try_push (join, "d", 0), GST_FLOW_EOS);
  join_assert_takes (join, NONE, NONE, NONE, "");
  timed_join_set_video_eos (join, TRUE);
  join_assert_stats (join, 4, 0, 2);

  timed_join_set_video_eos (join, FALSE);
  join_push (join, "e", NONE);
  join_assert_takes (join, NONE, NONE, NONE, "e");
  join_assert_stats (join, 5, 0, 2);
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_video_that_begins_finds_what_came_before)
{
  TimedJoin *join = join_new ();

  join_push (join, "0", 0);
  timed_join_set_video_eos (join, FALSE);
  join_assert_takes (join, 0, 40, 0, "0");
  join_assert_stats (join, 1, 0, 0);
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_flush_forgets_payloads_and_times)
{
  TimedJoin *join = join_new ();

  join_push (join, "0", 0);
  join_push (join, "a", NONE);
  timed_join_advance (join, 1000 * MS, NONE, FALSE);
  timed_join_set_eos (join, TRUE);
  timed_join_set_flushing (join, TRUE);
  assert_equals_int (join_try_push (join, "1", 1), GST_FLOW_FLUSHING);
  assert_equals_int (join_try_push (join, NULL, 0), GST_FLOW_FLUSHING);
  timed_join_set_flushing (join, FALSE);

  fail_if (join_is_ready (join, 0, 40, 0));
  fail_if (join_is_ready (join, NONE, NONE, NONE));
  join_assert_takes (join, 0, 40, 2000, "");
  join_push (join, "2", 2);
  fail_if (join_is_ready (join, 0, 40, 0));
  join_assert_takes (join, 0, 40, 0, "2");
  join_assert_stats (join, 3, 0, 2);
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_flush_keeps_the_videos_end)
{
  TimedJoin *join = join_new ();

  timed_join_set_video_eos (join, TRUE);
  timed_join_set_flushing (join, TRUE);
  timed_join_set_flushing (join, FALSE);
  assert_equals_int (join_try_push (join, "0", 0), GST_FLOW_EOS);
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_reset_forgets_all_but_the_link)
{
  const TimedJoinFrame frame = join_frame (0, 40, 0);
  TimedJoin *join = join_new ();

  join_push_live (join, "x", 0, 0);
  join_push_zeros (join, TIMED_JOIN_MAX_BYTES, 0);
  join_push_live (join, "y", 0, 0);
  timed_join_advance (join, 1000 * MS, NONE, FALSE);
  timed_join_set_eos (join, TRUE);
  timed_join_set_flushing (join, TRUE);
  timed_join_set_interrupted (join, TRUE);
  assert_equals_int (timed_join_wait (join, &frame, -1),
      TIMED_JOIN_INTERRUPTED);
  timed_join_set_video_eos (join, TRUE);
  timed_join_reset (join);

  join_assert_stats (join, 0, 0, 0);
  fail_if (join_is_ready (join, 0, 40, 0));
  join_push (join, "0", 0);
  fail_if (join_is_ready (join, 0, 40, 0));
  join_assert_takes (join, 0, 40, 0, "0");
  timed_join_set_linked (join, FALSE);
  timed_join_reset (join);
  fail_unless (join_is_ready (join, 0, 40, 0));
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_stats_count_since_reset)
{
  TimedJoin *join = join_new ();

  join_assert_stats (join, 0, 0, 0);
  join_push (join, "0", 0);
  join_push (join, NULL, NONE);
  join_assert_stats (join, 2, 0, 0);
  join_assert_takes (join, 0, 40, 0, "0 refused");
  timed_join_set_video_eos (join, TRUE);
  join_assert_stats (join, 2, 0, 0);
  timed_join_free (join);
}

GST_END_TEST;

static Suite *
timedjoin_suite (void)
{
  Suite *s = suite_create ("timedjoin");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_timedjoin_times_in_the_span_go_into_the_frame);
  tcase_add_test (tc, test_timedjoin_order_in_a_frame_is_that_of_times);
  tcase_add_test (tc,
      test_timedjoin_older_than_the_oldest_goes_into_the_next_frame);
  tcase_add_test (tc, test_timedjoin_without_oldest_late_ones_stay);
  tcase_add_test (tc, test_timedjoin_b_frames_take_what_is_theirs);
  tcase_add_test (tc, test_timedjoin_untimed_go_one_per_frame_in_order);
  tcase_add_test (tc, test_timedjoin_frames_without_times_take_one_by_one);
  tcase_add_test (tc, test_timedjoin_refused_hold_their_places);
  tcase_add_test (tc, test_timedjoin_empty_payload_is_a_payload);
  tcase_add_test (tc, test_timedjoin_taken_are_appended);
  tcase_add_test (tc, test_timedjoin_frame_is_ready_when_a_later_time_has_come);
  tcase_add_test (tc,
      test_timedjoin_frame_without_times_is_ready_with_any_payload);
  tcase_add_test (tc, test_timedjoin_refused_make_frames_ready_too);
  tcase_add_test (tc, test_timedjoin_gap_stands_for_payloads_that_do_not_come);
  tcase_add_test (tc, test_timedjoin_eos_makes_every_frame_ready_until_it_ends);
  tcase_add_test (tc, test_timedjoin_unlinked_makes_every_frame_ready);
  tcase_add_test (tc, test_timedjoin_negative_times_are_times);
  tcase_add_test (tc, test_timedjoin_after_the_videos_end_answers_eos);
  tcase_add_test (tc, test_timedjoin_video_that_begins_finds_what_came_before);
  tcase_add_test (tc, test_timedjoin_flush_forgets_payloads_and_times);
  tcase_add_test (tc, test_timedjoin_flush_keeps_the_videos_end);
  tcase_add_test (tc, test_timedjoin_reset_forgets_all_but_the_link);
  tcase_add_test (tc, test_timedjoin_stats_count_since_reset);

  return s;
}

GST_CHECK_MAIN (timedjoin);
