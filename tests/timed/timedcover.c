/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How old the access units to come may be, in decoding order */

#include <gst/check/check.h>

#include "timedbuffer.h"
#include "timedcover.h"

/* Adds an access unit. Returns the bound before it */
static gint64
add (TimedCover * cover, gint64 start, gint64 end)
{
  const gint64 oldest = timed_cover_get_oldest (cover, start, end);

  timed_cover_add (cover, start, end);
  return oldest;
}

/* Adds an access unit of 40 ms and compares the bound, all in milliseconds */
static void
assert_oldest (TimedCover * cover, gint64 start, gint64 oldest)
{
  const gint64 start_ns = start * (gint64) GST_MSECOND;

  assert_equals_int64 (add (cover, start_ns,
          start_ns + 40 * (gint64) GST_MSECOND), oldest * (gint64) GST_MSECOND);
}

GST_START_TEST (test_timedcover_without_reordering_is_the_end_before)
{
  TimedCover cover = { 0 };

  for (gint64 i = 0; i < 100; i++)
    assert_oldest (&cover, 1000 + i * 40, 1000 + i * 40);
}

GST_END_TEST;

GST_START_TEST (test_timedcover_reordering_keeps_the_gap_open)
{
  static const gint64 starts[] = { 0, 160, 80, 40, 120, 320, 240, 200, 280 };
  static const gint64 oldest[] = { 0, 40, 40, 40, 120, 200, 200, 200, 280 };
  TimedCover cover = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    assert_oldest (&cover, starts[i], oldest[i]);
}

GST_END_TEST;

GST_START_TEST (test_timedcover_rounding_and_jitter_are_no_gaps)
{
  TimedCover cover = { 0 };

  /* 1/30 s in ns: 33333333, then 66666667 */
  for (guint64 i = 0; i < 100; i++) {
    const gint64 start = gst_util_uint64_scale_round (i, GST_SECOND, 30);
    const gint64 oldest = add (&cover, start, start + 33333333);

    fail_unless (oldest <= start && oldest >= start - 1);
  }
  timed_cover_clear (&cover);
  assert_oldest (&cover, 0, 0);
  assert_oldest (&cover, 59, 40);
  assert_oldest (&cover, 79, 99);
  assert_oldest (&cover, 139, 119);
  assert_oldest (&cover, 200, 179);
}

GST_END_TEST;

GST_START_TEST (test_timedcover_gap_closes_after_the_time_of_16)
{
  TimedCover cover = { 0 };

  assert_oldest (&cover, 0, 0);
  assert_oldest (&cover, 5000, 5000 - 640);
  assert_oldest (&cover, 5040, 5040 - 640);
  for (gint64 i = 2; i < 16; i++)
    assert_oldest (&cover, 5000 + i * 40, 5000 + i * 40 - 640);
  assert_oldest (&cover, 5000 + 16 * 40, 5000 + 16 * 40);
}

GST_END_TEST;

GST_START_TEST (test_timedcover_gap_closes_after_16_access_units)
{
  TimedCover cover = { 0 };

  /* Overlapping, so that they take less time than 16 times 90 */
  add (&cover, 0, 900);
  for (guint i = 0; i < 17; i++)
    assert_equals_int64 (add (&cover, 1000 + 60 * i, 1000 + 60 * i + 90), 900);
  assert_equals_int64 (add (&cover, 1000 + 60 * 17, 2500), 2050);
}

GST_END_TEST;

GST_START_TEST (test_timedcover_cleared_is_as_new)
{
  TimedCover cover = { 0 };

  assert_oldest (&cover, 1000, 1000);
  assert_oldest (&cover, 1160, 1040);
  timed_cover_clear (&cover);
  assert_oldest (&cover, 200, 200);
  assert_oldest (&cover, 240, 240);
  assert_oldest (&cover, -200, 280);
}

GST_END_TEST;

/* As far apart as running times can be; UBSAN sees sums that overflow */
GST_START_TEST (test_timedcover_bears_the_furthest_times)
{
  static const gint64 starts[] = { TIMED_MAX_TIME, -TIMED_MAX_TIME, 0,
    TIMED_MAX_TIME, 1, -TIMED_MAX_TIME
  };
  const gint64 longest = TIMED_MAX_TIME / 64;
  TimedCover cover = { 0 };

  for (guint i = 0; i < 10 * G_N_ELEMENTS (starts); i++) {
    const gint64 start = starts[i % G_N_ELEMENTS (starts)];

    fail_unless (add (&cover, start,
            start + (i % 3 == 0 ? longest : 1)) >= -TIMED_MAX_TIME);
  }
}

GST_END_TEST;

GST_START_TEST (test_timedcover_has_what_was_added)
{
  static const struct
  {
    gint64 time;
    gboolean has;
  } times[] = {
    {99, FALSE}, {100, TRUE}, {139, TRUE}, {140, FALSE}, {179, FALSE},
    {180, TRUE}, {219, TRUE}, {220, FALSE}
  };
  TimedCover cover = { 0 };

  fail_if (timed_cover_has (&cover, 0));
  assert_equals_int64 (timed_cover_get_end (&cover), G_MININT64);
  /* the second one in decoding order leaves a gap for a third */
  timed_cover_add (&cover, 100, 140);
  assert_equals_int64 (timed_cover_get_end (&cover), 140);
  timed_cover_add (&cover, 180, 220);
  assert_equals_int64 (timed_cover_get_end (&cover), 220);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    fail_unless (timed_cover_has (&cover, times[i].time) == times[i].has,
        "%" G_GINT64_FORMAT, times[i].time);
  timed_cover_add (&cover, 140, 180);
  fail_unless (timed_cover_has (&cover, 150));
  timed_cover_clear (&cover);
  fail_if (timed_cover_has (&cover, 150));
}

GST_END_TEST;

/* Access units got lost: their times were not covered, and never will be. */
GST_START_TEST (test_timedcover_gap_that_stays_was_not_covered)
{
  TimedCover cover = { 0 };

  assert_oldest (&cover, 0, 0);
  for (gint64 i = 0; i < 40; i++) {
    assert_oldest (&cover, 2000 + i * 40, i < 16 ? 2000 + (i - 16) * 40 : 2000 +
        i * 40);
    fail_if (timed_cover_has (&cover, 40 * GST_MSECOND));
    fail_if (timed_cover_has (&cover, 1999 * GST_MSECOND));
    fail_unless (timed_cover_has (&cover, 2000 * GST_MSECOND));
    fail_unless (timed_cover_has (&cover, 39 * GST_MSECOND));
  }
}

GST_END_TEST;

static Suite *
timedcover_suite (void)
{
  Suite *s = suite_create ("timedcover");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_timedcover_has_what_was_added);
  tcase_add_test (tc, test_timedcover_gap_that_stays_was_not_covered);
  tcase_add_test (tc, test_timedcover_without_reordering_is_the_end_before);
  tcase_add_test (tc, test_timedcover_reordering_keeps_the_gap_open);
  tcase_add_test (tc, test_timedcover_rounding_and_jitter_are_no_gaps);
  tcase_add_test (tc, test_timedcover_bears_the_furthest_times);
  tcase_add_test (tc, test_timedcover_gap_closes_after_the_time_of_16);
  tcase_add_test (tc, test_timedcover_gap_closes_after_16_access_units);
  tcase_add_test (tc, test_timedcover_cleared_is_as_new);

  return s;
}

GST_CHECK_MAIN (timedcover);
