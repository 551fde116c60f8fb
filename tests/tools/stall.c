/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whether what reads --output still takes records */

#include "stall.h"

#define S G_TIME_SPAN_SECOND

static void
test_what_takes_nothing_is_seen (void)
{
  Stall stall = { 0 };

  g_assert_cmpuint (stall_look (&stall, TRUE, 0, 100 * S), ==, 0);
  g_assert_cmpuint (stall_look (&stall, TRUE, 0, 104 * S), ==, 0);
  g_assert_cmpuint (stall_look (&stall, TRUE, 0, 105 * S), ==, 5);
  g_assert_cmpuint (stall_look (&stall, TRUE, 0, 190 * S), ==, 90);
  /* one record is enough */
  g_assert_cmpuint (stall_look (&stall, TRUE, 1, 191 * S), ==, 0);
  g_assert_cmpuint (stall_look (&stall, TRUE, 1, 195 * S), ==, 0);
  g_assert_cmpuint (stall_look (&stall, TRUE, 1, 196 * S), ==, 5);
}

static void
test_what_gets_nothing_takes_nothing (void)
{
  Stall stall = { 0 };

  for (guint i = 1; i < 100; i++)
    g_assert_cmpuint (stall_look (&stall, FALSE, 7, i * S), ==, 0);
  /* and the time begins with a record */
  g_assert_cmpuint (stall_look (&stall, TRUE, 7, 100 * S), ==, 0);
  g_assert_cmpuint (stall_look (&stall, TRUE, 7, 103 * S), ==, 0);
  g_assert_cmpuint (stall_look (&stall, TRUE, 7, 104 * S), ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stall/seen", test_what_takes_nothing_is_seen);
  g_test_add_func ("/stall/idle", test_what_gets_nothing_takes_nothing);
  return g_test_run ();
}
