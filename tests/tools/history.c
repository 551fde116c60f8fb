/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The records of the last ten minutes */

#include "history.h"

#define SLOT_US (HISTORY_SLOT_S * G_TIME_SPAN_SECOND)

/* Any time */
#define START_US (12345 * SLOT_US + 7)

static void
test_nothing_is_known_in_the_first_slot (void)
{
  guint counts[HISTORY_SLOTS];
  History history;

  history_init (&history, START_US);
  history_add (&history, 5, START_US);
  g_assert_cmpuint (history_read (&history, START_US, counts), ==, 0);
  /* which began in the middle */
  g_assert_cmpuint (history_read (&history, START_US + SLOT_US, counts), ==, 0);
}

static void
test_slots_are_read_from_the_oldest_on (void)
{
  guint counts[HISTORY_SLOTS];
  History history;

  history_init (&history, START_US);
  for (guint i = 1; i <= 3; i++) {
    history_add (&history, i, START_US + i * SLOT_US);
    history_add (&history, i, START_US + i * SLOT_US + SLOT_US / 2);
  }
  g_assert_cmpuint (history_read (&history, START_US + 4 * SLOT_US, counts), ==,
      3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (counts[i], ==, 2 * (i + 1));
}

static void
test_ten_minutes_are_kept (void)
{
  guint counts[HISTORY_SLOTS];
  History history;
  guint n;

  history_init (&history, START_US);
  for (guint i = 0; i < 1000; i++)
    history_add (&history, i, START_US + i * SLOT_US);
  n = history_read (&history, START_US + 999 * SLOT_US, counts);
  g_assert_cmpuint (n, ==, HISTORY_SLOTS - 1);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (counts[i], ==, 999 - n + i);
}

static void
test_a_pause_is_nothing (void)
{
  guint counts[HISTORY_SLOTS];
  History history;
  guint n;

  history_init (&history, START_US);
  history_add (&history, 9, START_US + SLOT_US);
  history_add (&history, 4, START_US + 4 * SLOT_US);
  n = history_read (&history, START_US + 5 * SLOT_US, counts);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpuint (counts[0], ==, 9);
  g_assert_cmpuint (counts[1] + counts[2], ==, 0);
  g_assert_cmpuint (counts[3], ==, 4);
  /* longer than all that is kept */
  history_add (&history, 2, START_US + 500 * SLOT_US);
  n = history_read (&history, START_US + 501 * SLOT_US, counts);
  g_assert_cmpuint (n, ==, HISTORY_SLOTS - 1);
  for (guint i = 0; i + 1 < n; i++)
    g_assert_cmpuint (counts[i], ==, 0);
  g_assert_cmpuint (counts[n - 1], ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/first", test_nothing_is_known_in_the_first_slot);
  g_test_add_func ("/history/slots", test_slots_are_read_from_the_oldest_on);
  g_test_add_func ("/history/ten-minutes", test_ten_minutes_are_kept);
  g_test_add_func ("/history/pause", test_a_pause_is_nothing);
  return g_test_run ();
}
