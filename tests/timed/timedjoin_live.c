/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* TimedJoin with payloads whose source is live: no wait is longer than it may be, and
 * no payload goes anywhere uncounted */

#include "jointest.h"

#include <gst/check/gsttestclock.h>

#include "timedlife.h"

static void
set_rules (TimedJoin * join, guint max_live, gboolean drop_late)
{
  const TimedJoinRules rules = { max_live, drop_late };

  timed_join_set_rules (join, &rules);
}

static void
assert_missed (TimedJoin * join, guint64 missed)
{
  TimedJoinStats stats;

  timed_join_get_stats (join, &stats);
  assert_equals_uint64 (stats.missed, missed);
}

/* --- times ---------------------------------------------------------------- */

GST_START_TEST (test_timedjoin_live_without_time_has_the_time_when_it_came)
{
  TimedJoin *join = join_new ();

  join_push_live (join, "a", NONE, 10);
  join_push_live (join, "b", NONE, 39);
  join_push_live (join, "c", NONE, 40);
  join_push_live (join, "d", 20, 41);
  join_assert_takes (join, 0, 40, 0, "a d b");
  join_assert_takes (join, 40, 80, 40, "c");
  timed_join_free (join);
}

GST_END_TEST;

/* All that has come: it cannot say which frame is its own. */
GST_START_TEST (test_timedjoin_live_without_clock_goes_into_the_next_frame)
{
  static const gint64 starts[] = { 0, 3600000, NONE };
  const gint64 start = starts[__i__];
  TimedJoin *join = join_new ();

  join_push_live (join, "a", NONE, NONE);
  join_push_live (join, "b", NONE, NONE);
  join_assert_takes (join, start, start == NONE ? NONE : start + 40, start,
      "a b");
  assert_missed (join, 0);
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_live_goes_into_a_frame_without_time)
{
  TimedJoin *join = join_new ();

  join_push_live (join, "a", 5, 5);
  join_push_live (join, "b", NONE, 9);
  join_assert_takes (join, NONE, NONE, NONE, "a b");
  timed_join_free (join);
}

GST_END_TEST;

/* --- too much -------------------------------------------------------------- */

GST_START_TEST (test_timedjoin_live_of_too_many_the_oldest_go)
{
  TimedJoin *join = join_new ();

  for (guint i = 0; i < TIMED_JOIN_MAX_PAYLOADS; i++)
    join_push_live (join, i < 2 ? "old" : "x", i < 2 ? 0 : 50, 60);
  join_assert_stats (join, TIMED_JOIN_MAX_PAYLOADS, 0, 0);
  join_push_live (join, "y", 10, 60);
  join_assert_stats (join, TIMED_JOIN_MAX_PAYLOADS + 1, 1, 0);
  join_assert_takes (join, 0, 40, 0, "old y");
  join_push_live (join, "z", 10, 60);
  join_assert_stats (join, TIMED_JOIN_MAX_PAYLOADS + 2, 1, 0);
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_live_of_too_many_bytes_the_oldest_go)
{
  static const guint8 zeros[TIMED_JOIN_MAX_BYTES / 2];
  TimedJoin *join = join_new ();

  for (guint i = 0; i < 5; i++) {
    g_autoptr (GBytes) bytes = g_bytes_new_static (zeros, sizeof (zeros));
    const TimedPayload payload = { bytes, TIMED_NO_SEI_TYPE };

    assert_equals_int (timed_join_push_live (join, &payload, i * MS, 0),
        GST_FLOW_OK);
  }
  join_assert_stats (join, 5, 3, 0);
  join_assert_takes (join, 0, 3, 0, "");
  timed_join_free (join);
}

GST_END_TEST;

/* What comes from a file is never dropped. */
GST_START_TEST (test_timedjoin_live_pushes_out_nothing_else)
{
  TimedJoin *join = join_new ();

  set_rules (join, 1, FALSE);
  for (guint i = 0; i < TIMED_JOIN_MAX_PAYLOADS; i++)
    join_push (join, "x", i % 2 ? 0 : NONE);
  join_push_live (join, "a", 0, 3600000);
  join_push_live (join, "b", 0, 3600000);
  join_assert_stats (join, TIMED_JOIN_MAX_PAYLOADS + 2, 1, 0);
  timed_join_free (join);
}

GST_END_TEST;

/* A stall of 5 s is made up; what is older, and more than a frame takes, goes. */
GST_START_TEST (test_timedjoin_live_stall_is_bounded_by_time)
{
  TimedJoin *join = join_new ();

  set_rules (join, 3, FALSE);
  timed_join_set_delay (join, 1600 * MS);
  for (gint64 ms = 0; ms <= 6600; ms += 100)
    join_push_live (join, "x", ms, ms);
  join_assert_stats (join, 67, 0, 0);
  join_push_live (join, "x", 6700, 6700);
  join_assert_stats (join, 68, 1, 0);
  join_push_live (join, "x", 20000, 20000);
  join_assert_stats (join, 69, 66, 0);
  join_assert_takes (join, 20000, 20040, 20000, "x x x");
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_live_frame_takes_the_newest)
{
  const guint max = __i__;
  static const gchar *expected[] = { "a b c d", "d", "c d", "b c d", "a b c d",
    "a b c d"
  };
  TimedJoin *join = join_new ();

  set_rules (join, max, FALSE);
  join_push_live (join, "c", 20, 20);
  join_push_live (join, "b", 10, 21);
  join_push_live (join, "d", 39, 39);
  join_push_live (join, "a", 0, 40);
  join_push_live (join, "e", 40, 40);
  join_assert_takes (join, 0, 40, 0, expected[max]);
  join_assert_stats (join, 5, max == 0 || max > 4 ? 0 : 4 - max, 0);
  join_assert_takes (join, 40, 80, 40, "e");
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_not_live_is_not_bounded_by_frame)
{
  TimedJoin *join = join_new ();

  set_rules (join, 1, FALSE);
  join_push (join, "a", 0);
  join_push (join, "b", 0);
  join_push_live (join, "c", 0, 0);
  join_push_live (join, "d", 0, 0);
  join_assert_takes (join, 0, 40, 0, "a b d");
  join_assert_stats (join, 4, 1, 0);
  timed_join_free (join);
}

GST_END_TEST;

/* --- late ------------------------------------------------------------------ */

/* Access units of 40 ms in decoding order that have left */
static TimedCover
cover (gint64 first, gint64 second)
{
  TimedCover cover = { 0 };

  timed_cover_add (&cover, first * MS, (first + 40) * MS);
  if (second >= 0)
    timed_cover_add (&cover, second * MS, (second + 40) * MS);
  return cover;
}

GST_START_TEST (test_timedjoin_late_goes_into_the_next_and_is_counted)
{
  const TimedCover before = cover (0, 40);
  TimedJoin *join = join_new ();

  join_push_live (join, "own", 80, 90);
  join_push_live (join, "late", 30, 95);
  join_push_live (join, "of no frame", -10, 99);
  join_assert_takes_behind (join, 80, 120, 80, &before, "of no frame late own");
  assert_missed (join, 1);
  join_assert_stats (join, 3, 0, 0);
  timed_join_free (join);
}

GST_END_TEST;

/* Where B-frames may still come, the decoding time is earlier than all that has left. */
GST_START_TEST (test_timedjoin_late_does_not_wait_for_decoding_times)
{
  const TimedCover before = cover (40, -1);
  TimedJoin *join = join_new ();

  join_push_live (join, "late", 50, 95);
  join_assert_takes_behind (join, 80, 120, 40, &before, "late");
  assert_missed (join, 1);
  timed_join_free (join);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_late_is_dropped_and_counted)
{
  const TimedCover before = cover (0, 40);
  TimedJoin *join = join_new ();

  set_rules (join, 2, TRUE);
  join_push_live (join, "own", 80, 90);
  join_push_live (join, "late", 30, 95);
  join_push_live (join, "later", 79, 95);
  join_push (join, "file", 50);
  join_push_live (join, "own2", 90, 99);
  join_assert_takes_behind (join, 80, 120, 80, &before, "own own2");
  assert_missed (join, 3);
  join_assert_stats (join, 5, 0, 0);
  timed_join_free (join);
}

GST_END_TEST;

/* How late is measured for those that say when they came. */
GST_START_TEST (test_timedjoin_late_says_by_how_much)
{
  const TimedCover before = cover (0, 40);
  const TimedJoinFrame frame = join_frame (80, 120, 80);
  TimedJoin *join = join_new ();
  GArray *payloads = timed_payloads_new ();
  TimedJoinTaken taken;

  join_push_live (join, "a", 30, 95);
  join_push_live (join, "b", 70, 96);
  join_push (join, "c", 0);
  timed_join_take (join, &frame, &before, payloads, &taken);
  assert_equals_int (taken.n_missed, 3);
  assert_equals_int64 (taken.missed_by, 65 * MS);
  g_array_unref (payloads);
  timed_join_free (join);
}

GST_END_TEST;

/* Nothing has left yet, or its frame was lost, or is to come: none is late. */
GST_START_TEST (test_timedjoin_not_late_whose_frame_has_not_left)
{
  const TimedCover none = { 0 };
  const TimedCover reordered = cover (0, 160);
  TimedJoin *join = join_new ();

  join_push_live (join, "first", -100, 1);
  join_assert_takes_behind (join, 0, 40, 0, &none, "first");
  join_push_live (join, "b", 80, 200);
  join_push_live (join, "lost", 50, 200);
  join_push_live (join, "p", 170, 200);
  join_push_live (join, "to come", 200, 200);
  /* decoding order 0, 160, 80: only what is of 160 has missed it */
  join_assert_takes_behind (join, 80, 120, 80, &reordered, "lost b p");
  assert_missed (join, 1);
  timed_join_free (join);
}

GST_END_TEST;

/* Spans overlap where durations are rounded, or guessed. */
GST_START_TEST (test_timedjoin_not_late_what_its_own_frame_has)
{
  const TimedCover before = cover (0, -1);
  TimedJoin *join = join_new ();

  join_push_live (join, "a", 38, 50);
  join_assert_takes_behind (join, 35, 75, 35, &before, "a");
  assert_missed (join, 0);
  timed_join_free (join);
}

GST_END_TEST;

/* --- waiting ---------------------------------------------------------------- */

typedef struct
{
  TimedJoin *join;
  GstClock *clock;
  TimedJoinFrame frame;
} Wait;

static gpointer
wait_until_1_s (gpointer data)
{
  Wait *wait = data;

  return GINT_TO_POINTER (timed_join_wait_clock (wait->join, &wait->frame,
          wait->clock, GST_SECOND));
}

static void
ring (Wait * wait)
{
  GstClockID id;

  gst_test_clock_set_time (GST_TEST_CLOCK (wait->clock), GST_SECOND);
  id = gst_test_clock_process_next_clock_id (GST_TEST_CLOCK (wait->clock));
  fail_unless (id);
  gst_clock_id_unref (id);
}

static void
come (Wait * wait)
{
  join_push_live (wait->join, "later", 40, 40);
}

static void
interrupt (Wait * wait)
{
  timed_join_set_interrupted (wait->join, TRUE);
}

static const struct
{
  void (*action) (Wait * wait);
  TimedJoinWait result;
} endings[] = {
  {ring, TIMED_JOIN_TIMEOUT},
  {come, TIMED_JOIN_READY},
  {interrupt, TIMED_JOIN_INTERRUPTED}
};

GST_START_TEST (test_timedjoin_wait_ends_with_the_clock)
{
  GstClock *clock = gst_test_clock_new ();
  Wait wait = { join_new (), clock, join_frame (0, 40, 0) };
  GThread *thread = g_thread_new ("wait", wait_until_1_s, &wait);

  gst_test_clock_wait_for_next_pending_id (GST_TEST_CLOCK (clock), NULL);
  endings[__i__].action (&wait);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      endings[__i__].result);
  /* nothing is left that would call */
  assert_equals_int (gst_test_clock_peek_id_count (GST_TEST_CLOCK (clock)), 0);
  timed_join_free (wait.join);
  gst_object_unref (clock);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_wait_not_for_what_is_there)
{
  GstClock *clock = gst_test_clock_new ();
  Wait wait = { join_new (), clock, join_frame (0, 40, 0) };

  come (&wait);
  fail_unless_equals_int (GPOINTER_TO_INT (wait_until_1_s (&wait)),
      TIMED_JOIN_READY);
  timed_join_free (wait.join);
  gst_object_unref (clock);
}

GST_END_TEST;

/* --- silence ----------------------------------------------------------------- */

GST_START_TEST (test_timedlife_silence_is_1_s_or_twice_the_longest_interval)
{
  TimedLife life = { 0 };

  /* before the first sign, from when somebody waits */
  assert_equals_int64 (timed_life_get_silence (&life, 500 * MS), 1500 * MS);
  assert_equals_int64 (timed_life_get_silence (&life, 700 * MS), 1500 * MS);
  timed_life_clear (&life);
  timed_life_note (&life, 100 * MS);
  assert_equals_int64 (timed_life_get_silence (&life, 0), 1100 * MS);
  timed_life_note (&life, 200 * MS);
  assert_equals_int64 (timed_life_get_silence (&life, 0), 1200 * MS);
  timed_life_note (&life, 3200 * MS);
  assert_equals_int64 (timed_life_get_silence (&life, 0), 9200 * MS);
  /* the last 8 count */
  for (gint64 i = 1; i <= 7; i++)
    timed_life_note (&life, (3200 + i) * MS);
  assert_equals_int64 (timed_life_get_silence (&life, 0), 9207 * MS);
  timed_life_note (&life, 3208 * MS);
  assert_equals_int64 (timed_life_get_silence (&life, 0), 4208 * MS);
}

GST_END_TEST;

GST_START_TEST (test_timedjoin_gap_is_a_sign_of_life)
{
  TimedJoin *join = join_new ();

  join_push_live (join, "a", 0, 0);
  assert_equals_int64 (timed_join_get_silence (join, 0), 1000 * MS);
  timed_join_advance (join, 40 * MS, 500 * MS, TRUE);
  assert_equals_int64 (timed_join_get_silence (join, 0), 1500 * MS);
  timed_join_advance (join, 80 * MS, NONE, TRUE);
  assert_equals_int64 (timed_join_get_silence (join, 0), 1500 * MS);
  /* another source after a flush */
  timed_join_set_flushing (join, TRUE);
  timed_join_set_flushing (join, FALSE);
  assert_equals_int64 (timed_join_get_silence (join, 2000 * MS), 3000 * MS);
  timed_join_free (join);
}

GST_END_TEST;

static Suite *
timedjoin_live_suite (void)
{
  Suite *s = suite_create ("timedjoin_live");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc,
      test_timedjoin_live_without_time_has_the_time_when_it_came);
  tcase_add_loop_test (tc,
      test_timedjoin_live_without_clock_goes_into_the_next_frame, 0, 3);
  tcase_add_test (tc, test_timedjoin_live_goes_into_a_frame_without_time);
  tcase_add_test (tc, test_timedjoin_live_of_too_many_the_oldest_go);
  tcase_add_test (tc, test_timedjoin_live_of_too_many_bytes_the_oldest_go);
  tcase_add_test (tc, test_timedjoin_live_pushes_out_nothing_else);
  tcase_add_test (tc, test_timedjoin_live_stall_is_bounded_by_time);
  tcase_add_loop_test (tc, test_timedjoin_live_frame_takes_the_newest, 0, 6);
  tcase_add_test (tc, test_timedjoin_not_live_is_not_bounded_by_frame);
  tcase_add_test (tc, test_timedjoin_late_goes_into_the_next_and_is_counted);
  tcase_add_test (tc, test_timedjoin_late_does_not_wait_for_decoding_times);
  tcase_add_test (tc, test_timedjoin_late_is_dropped_and_counted);
  tcase_add_test (tc, test_timedjoin_late_says_by_how_much);
  tcase_add_test (tc, test_timedjoin_not_late_whose_frame_has_not_left);
  tcase_add_test (tc, test_timedjoin_not_late_what_its_own_frame_has);
  tcase_add_loop_test (tc, test_timedjoin_wait_ends_with_the_clock, 0,
      G_N_ELEMENTS (endings));
  tcase_add_test (tc, test_timedjoin_wait_not_for_what_is_there);
  tcase_add_test (tc,
      test_timedlife_silence_is_1_s_or_twice_the_longest_interval);
  tcase_add_test (tc, test_timedjoin_gap_is_a_sign_of_life);

  return s;
}

GST_CHECK_MAIN (timedjoin_live);
