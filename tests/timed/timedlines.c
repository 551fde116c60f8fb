/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Bytes that come in pieces, divided into lines */

#include <string.h>

#include <gst/check/check.h>

#include "timedlines.h"

static void
append_line (GString * result, GBytes * line)
{
  if (line != NULL) {
    gsize size;
    const gchar *data = g_bytes_get_data (line, &size);

    g_string_append_printf (result, "[%.*s]", (int) size, data);
    g_bytes_unref (line);
  } else {
    g_string_append (result, "[too long]");
  }
}

/* Pushes a copy that is gone afterwards, and reads what it completes */
static void
push (TimedLines * lines, const gchar * text, gsize size, gsize max_size,
    GString * result)
{
  guint8 *data = g_memdup2 (text, size);
  GBytes *line;

  timed_lines_push (lines, data, size);
  while (timed_lines_next (lines, max_size, &line))
    append_line (result, line);
  fail_unless (line == NULL);
  g_free (data);
}

static void
finish (TimedLines * lines, gsize max_size, GString * result)
{
  GBytes *line;

  if (timed_lines_finish (lines, max_size, &line))
    append_line (result, line);
  else
    fail_unless (line == NULL);
  fail_unless (timed_lines_is_empty (lines));
  fail_if (timed_lines_finish (lines, max_size, &line));
}

static const struct
{
  const gchar *text;
  gsize max_size;
  const gchar *lines;
} cases[] = {
  {"", 9, ""},
  {"one\ntwo\n", 9, "[one][two]"},
  {"one\r\ntwo\r\n", 9, "[one][two]"},
  {"one\ntwo", 9, "[one][two]"},
  {"one", 9, "[one]"},
  {"\n\r\n\n", 9, ""},
  {"\none\n\n\r\n\r\ntwo\n\n", 9, "[one][two]"},
  {"o\rn\r\r\n e \n", 9, "[o\rn\r][ e ]"},
  {"one\n", 3, "[one]"},
  {"one\r\n", 3, "[one]"},
  {"one", 3, "[one]"},
  {"four\n", 3, "[too long]"},
  {"four\r\n", 3, "[too long]"},
  {"four", 3, "[too long]"},
  {"one\rx\n", 3, "[too long]"},
  {"one\nthree\ntwo\r\nthirteen\r\nsix\n", 3,
      "[one][too long][two][too long][six]"},
  {"thirteen\n\nfourteen\n", 3, "[too long][too long]"},
  {"one\nthirteen", 3, "[one][too long]"},
  {"o\n\n", 0, "[too long]"},
};

GST_START_TEST (test_timedlines_pushed_at_once_gives_each_line)
{
  TimedLines *lines = timed_lines_new ();
  GString *result = g_string_new (NULL);
  const gchar *text = cases[__i__].text;

  push (lines, text, strlen (text), cases[__i__].max_size, result);
  finish (lines, cases[__i__].max_size, result);

  fail_unless_equals_string (result->str, cases[__i__].lines);
  g_string_free (result, TRUE);
  timed_lines_free (lines);
}

GST_END_TEST;

GST_START_TEST (test_timedlines_cut_anywhere_gives_the_same_lines)
{
  const gchar *text = cases[__i__].text;
  const gsize max_size = cases[__i__].max_size;
  const gsize size = strlen (text);

  for (gsize first = 0; first <= size; first++) {
    for (gsize second = first; second <= size; second++) {
      TimedLines *lines = timed_lines_new ();
      GString *result = g_string_new (NULL);

      push (lines, text, first, max_size, result);
      push (lines, text + first, second - first, max_size, result);
      push (lines, text + second, size - second, max_size, result);
      finish (lines, max_size, result);

      fail_unless (strcmp (result->str, cases[__i__].lines) == 0,
          "cut at %" G_GSIZE_FORMAT " and %" G_GSIZE_FORMAT ": %s", first,
          second, result->str);
      g_string_free (result, TRUE);
      timed_lines_free (lines);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_timedlines_byte_by_byte_gives_the_same_lines)
{
  TimedLines *lines = timed_lines_new ();
  GString *result = g_string_new (NULL);

  for (const gchar * c = cases[__i__].text; *c != '\0'; c++)
    push (lines, c, 1, cases[__i__].max_size, result);
  finish (lines, cases[__i__].max_size, result);

  fail_unless_equals_string (result->str, cases[__i__].lines);
  g_string_free (result, TRUE);
  timed_lines_free (lines);
}

GST_END_TEST;

GST_START_TEST (test_timedlines_any_byte_is_kept)
{
  TimedLines *lines = timed_lines_new ();
  guint8 bytes[257];
  guint n = 0;
  GBytes *line;

  for (guint i = 0; i < 256; i++) {
    if (i != '\n')
      bytes[n++] = (guint8) i;
  }
  bytes[n] = '\n';
  timed_lines_push (lines, bytes, n + 1);

  fail_unless (timed_lines_next (lines, n, &line));
  assert_equals_int (g_bytes_get_size (line), n);
  fail_unless (memcmp (g_bytes_get_data (line, NULL), bytes, n) == 0);
  g_bytes_unref (line);
  fail_if (timed_lines_next (lines, n, &line));
  timed_lines_free (lines);
}

GST_END_TEST;

GST_START_TEST (test_timedlines_largest_max_size_keeps_all)
{
  TimedLines *lines = timed_lines_new ();
  GString *result = g_string_new (NULL);

  push (lines, "one\ntw", 6, G_MAXSIZE, result);
  push (lines, "o\nthree", 7, G_MAXSIZE, result);
  finish (lines, G_MAXSIZE, result);

  fail_unless_equals_string (result->str, "[one][two][three]");
  g_string_free (result, TRUE);
  timed_lines_free (lines);
}

GST_END_TEST;

GST_START_TEST (test_timedlines_is_empty_between_lines)
{
  static const struct
  {
    const gchar *piece;
    gboolean is_empty;
  } pieces[] = {
    {"", TRUE},
    {"one", FALSE},
    {"", FALSE},
    {"\n", TRUE},
    {"one\ntwo\n", TRUE},
    {"\n\r\n", TRUE},
    {"one\nt", FALSE},
    {"wo\r\n", TRUE},
    {"too long", FALSE},
    {" and longer", FALSE},
    {"\n", TRUE},
  };
  TimedLines *lines = timed_lines_new ();
  GString *result = g_string_new (NULL);

  fail_unless (timed_lines_is_empty (lines));
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    push (lines, pieces[i].piece, strlen (pieces[i].piece), 3, result);
    fail_unless (timed_lines_is_empty (lines) == pieces[i].is_empty,
        "after piece %u", i);
  }
  fail_unless_equals_string (result->str,
      "[one][one][two][one][two][too long]");
  g_string_free (result, TRUE);
  timed_lines_free (lines);
}

GST_END_TEST;

GST_START_TEST (test_timedlines_finish_forgets_what_is_left)
{
  TimedLines *lines = timed_lines_new ();
  GString *result = g_string_new (NULL);

  finish (lines, 3, result);
  push (lines, "one\nt", 5, 3, result);
  finish (lines, 3, result);
  push (lines, "too long", 8, 3, result);
  finish (lines, 3, result);
  push (lines, "two\n", 4, 3, result);
  finish (lines, 3, result);

  fail_unless_equals_string (result->str, "[one][t][too long][two]");
  g_string_free (result, TRUE);
  timed_lines_free (lines);
}

GST_END_TEST;

static Suite *
timedlines_suite (void)
{
  Suite *s = suite_create ("timedlines");
  TCase *tc = tcase_create ("general");
  const guint n_cases = G_N_ELEMENTS (cases);

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_timedlines_pushed_at_once_gives_each_line, 0,
      n_cases);
  tcase_add_loop_test (tc, test_timedlines_cut_anywhere_gives_the_same_lines, 0,
      n_cases);
  tcase_add_loop_test (tc, test_timedlines_byte_by_byte_gives_the_same_lines, 0,
      n_cases);
  tcase_add_test (tc, test_timedlines_any_byte_is_kept);
  tcase_add_test (tc, test_timedlines_largest_max_size_keeps_all);
  tcase_add_test (tc, test_timedlines_is_empty_between_lines);
  tcase_add_test (tc, test_timedlines_finish_forgets_what_is_left);

  return s;
}

GST_CHECK_MAIN (timedlines);
