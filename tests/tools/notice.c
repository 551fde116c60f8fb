/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How often the bridge says what happens again and again */

#include "notice.h"

#include <string.h>

#define SECOND_US G_TIME_SPAN_SECOND
#define MINUTE_US (60 * SECOND_US)
#define DAY_S (24 * 3600)

/* Counts lines. @line: (transfer full) (nullable) */
static guint
take (char *line)
{
  const guint n = line != NULL;

  g_free (line);
  return n;
}

/* A day of a trouble that begins every @period_s and lasts for @lasting_s. Returns how many
 * lines there are, with those of the ends. */
static guint
replay_day (guint period_s, guint lasting_s)
{
  Notice notice = { 0 };
  guint n_lines = 0, n_said = 0, n_ends = 0;

  for (gint64 s = 0; s < DAY_S; s++) {
    const gint64 now_us = (1000 + s) * SECOND_US;

    if (s % period_s == 0)
      n_said += take (notice_say (&notice, "breaks off", now_us));
    else if (s % period_s == lasting_s)
      n_ends += notice_end (&notice);
    n_said += take (notice_tick (&notice, now_us));
  }
  notice_clear (&notice);
  n_lines = n_said + n_ends;
  /* who was told of a trouble is told of its end */
  g_assert_cmpuint (n_said, >=, n_ends);
  g_assert_cmpuint (n_said, <=, n_ends + 1);
  return n_lines;
}

static void
test_a_day_is_a_page (void)
{
  g_assert_cmpuint (replay_day (60, 2), >=, 40);
  g_assert_cmpuint (replay_day (60, 2), <=, 66);
  g_assert_cmpuint (replay_day (10, 5), <=, 66);
  g_assert_cmpuint (replay_day (299, 298), <=, 66);
}

static void
test_what_is_rare_is_always_said (void)
{
  g_assert_cmpuint (replay_day (3601, 60), ==, 2 * 24);
}

static void
test_what_lasts_is_said (void)
{
  Notice notice = { 0 };
  gint64 now_us = MINUTE_US;
  g_autofree char *line = NULL;

  for (guint i = 0; i < 6; i++, now_us += MINUTE_US) {
    g_assert_cmpuint (take (notice_say (&notice, "x", now_us)), ==, 1);
    g_assert_true (notice_end (&notice));
  }
  for (guint i = 0; i < 3; i++, now_us += MINUTE_US) {
    g_assert_null (notice_say (&notice, "x", now_us));
    g_assert_false (notice_end (&notice));
  }
  g_assert_null (notice_say (&notice, "x", now_us));
  /* and has turned into something else */
  g_assert_null (notice_say (&notice, "y", now_us + MINUTE_US));
  g_assert_null (notice_tick (&notice, now_us + 4 * MINUTE_US));
  line = notice_tick (&notice, now_us + 5 * MINUTE_US);
  g_assert_cmpstr (line, ==, "y (and 4 times since the line before)");
  g_assert_null (notice_tick (&notice, now_us + 6 * MINUTE_US));
  g_assert_true (notice_end (&notice));
  g_assert_false (notice_end (&notice));
}

static void
test_what_adds_up_is_said_last (void)
{
  Notice notice = {.adds_up = TRUE };
  guint n_said = 0;
  g_autofree char *line = NULL;

  for (guint s = 0; s < DAY_S; s += 10) {
    g_autofree char *text = g_strdup_printf ("%u", s);

    n_said += take (notice_say (&notice, text, (1 + s) * SECOND_US));
    n_said += take (notice_tick (&notice, (2 + s) * SECOND_US));
  }
  g_assert_cmpuint (n_said, >=, 6 + 22);
  g_assert_cmpuint (n_said, <=, 6 + 24);
  line = notice_flush (&notice);
  g_assert_cmpstr (line, ==, "86390");
  g_assert_null (notice_flush (&notice));
}

static void
test_what_is_kept_is_said_when_there_is_room (void)
{
  Notice notice = {.adds_up = TRUE };
  g_autofree char *line = NULL;

  for (guint i = 0; i < 6; i++)
    g_assert_cmpuint (take (notice_say (&notice, "x", i)), ==, 1);
  g_assert_null (notice_say (&notice, "last", 7));
  g_assert_null (notice_tick (&notice, 59 * MINUTE_US));
  line = notice_tick (&notice, 61 * MINUTE_US);
  g_assert_cmpstr (line, ==, "last");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notice/day", test_a_day_is_a_page);
  g_test_add_func ("/notice/rare", test_what_is_rare_is_always_said);
  g_test_add_func ("/notice/lasting", test_what_lasts_is_said);
  g_test_add_func ("/notice/adds-up", test_what_adds_up_is_said_last);
  g_test_add_func ("/notice/room",
      test_what_is_kept_is_said_when_there_is_room);
  return g_test_run ();
}
