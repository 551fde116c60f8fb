/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which UUIDs come most often */

#include <gst/check/gstcheck.h>

#include "seitally.h"

static void
add (SeiTally * tally, guint32 number)
{
  guint8 uuid[SEI_UUID_SIZE] = { 0 };

  GST_WRITE_UINT32_BE (uuid, number);
  sei_tally_add (tally, uuid);
}

static void
assert_entry (const SeiTallyEntry * entry, guint32 number, guint64 count)
{
  assert_equals_uint64 (GST_READ_UINT32_BE (entry->uuid), number);
  assert_equals_uint64 (entry->count, count);
}

GST_START_TEST (test_seitally_most_frequent_comes_first)
{
  SeiTally tally = { 0 };
  SeiTallyEntry most[SEI_TALLY_MOST];

  assert_equals_int (sei_tally_get_most (&tally, most), 0);
  for (guint i = 0; i < 12; i++)
    add (&tally, i % 4 == 0 ? 7 : i % 4 == 1 ? 1 : 9);
  assert_equals_int (sei_tally_get_most (&tally, most), 3);
  assert_entry (&most[0], 9, 6);
  /* equal ones as they came */
  assert_entry (&most[1], 7, 3);
  assert_entry (&most[2], 1, 3);
  assert_equals_uint64 (tally.total, 12);
}

GST_END_TEST;

GST_START_TEST (test_seitally_is_exact_while_all_have_places)
{
  SeiTally tally = { 0 };
  SeiTallyEntry most[SEI_TALLY_MOST];

  for (guint round = 0; round < SEI_TALLY_PLACES; round++)
    for (guint i = round; i < SEI_TALLY_PLACES; i++)
      add (&tally, i);
  assert_equals_int (sei_tally_get_most (&tally, most), SEI_TALLY_MOST);
  for (guint i = 0; i < SEI_TALLY_MOST; i++)
    assert_entry (&most[i], SEI_TALLY_PLACES - 1 - i, SEI_TALLY_PLACES - i);
}

GST_END_TEST;

/* A sender of random UUIDs beside a camera that sends few */
GST_START_TEST (test_seitally_noise_keeps_nothing_out)
{
  const guint n_noise = 100, n_rounds = 200;
  SeiTally tally = { 0 };
  SeiTallyEntry most[SEI_TALLY_MOST];
  guint64 sum = 0;
  guint next = 1000;

  /* it has all places when the camera begins */
  while (next < 5000)
    add (&tally, next++);
  for (guint round = 0; round < n_rounds; round++) {
    add (&tally, 7);
    for (guint i = 0; i < n_noise; i++)
      add (&tally, next++);
  }
  assert_equals_int (sei_tally_get_most (&tally, most), SEI_TALLY_MOST);
  fail_unless (GST_READ_UINT32_BE (most[0].uuid) == 7);
  fail_unless (most[0].count > n_rounds / 2 && most[0].count <= n_rounds,
      "%" G_GUINT64_FORMAT, most[0].count);
  for (guint i = 1; i < SEI_TALLY_MOST; i++)
    assert_equals_uint64 (most[i].count, 1);
  for (guint i = 0; i < SEI_TALLY_MOST; i++)
    sum += most[i].count;
  fail_unless (sum <= tally.total);
  assert_equals_uint64 (tally.total, 4000 + n_rounds * (1 + n_noise));
}

GST_END_TEST;

/* Each comes as often as any other: there is nothing to find, and no number is too
 * large. */
GST_START_TEST (test_seitally_counts_no_more_than_came)
{
  SeiTally tally = { 0 };
  SeiTallyEntry most[SEI_TALLY_MOST];
  const guint n_rounds = 20;

  for (guint round = 0; round < n_rounds; round++)
    for (guint i = 0; i < 3 * SEI_TALLY_PLACES; i++)
      add (&tally, i);
  for (guint i = 0; i < sei_tally_get_most (&tally, most); i++)
    fail_unless (most[i].count >= 1 && most[i].count <= n_rounds);
}

GST_END_TEST;

static Suite *
seitally_suite (void)
{
  Suite *s = suite_create ("seitally");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_seitally_most_frequent_comes_first);
  tcase_add_test (tc, test_seitally_is_exact_while_all_have_places);
  tcase_add_test (tc, test_seitally_noise_keeps_nothing_out);
  tcase_add_test (tc, test_seitally_counts_no_more_than_came);

  return s;
}

GST_CHECK_MAIN (seitally);
