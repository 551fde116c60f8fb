/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Bytes that come in pieces, divided into lines */

#include <string.h>

#include <gst/check/check.h>

#include "timedlines.h"

static void
append_line (GString * result, TimedLine * line)
{
  if (line->bytes != NULL) {
    gsize size;
    const gchar *data = g_bytes_get_data (line->bytes, &size);

    fail_unless_equals_int (line->size, size);
    g_string_append_printf (result, "[%.*s]", (int) size, data);
    g_bytes_unref (line->bytes);
  } else {
    g_string_append_printf (result, "[%" G_GSIZE_FORMAT " too long]",
        line->size);
  }
}

/* Pushes a copy that is gone afterwards, and reads what it completes */
static void
push (TimedLines * lines, const gchar * text, gsize size, gsize max_size,
    GString * result)
{
  guint8 *data = g_memdup2 (text, size);
  TimedLine line;

  timed_lines_push (lines, data, size);
  while (timed_lines_next (lines, max_size, &line))
    append_line (result, &line);
  g_free (data);
}

static void
finish (TimedLines * lines, gsize max_size, GString * result)
{
  TimedLine line;

  if (timed_lines_finish (lines, max_size, &line)) {
    fail_unless (line.began_before);
    append_line (result, &line);
  }
  fail_if (timed_lines_finish (lines, max_size, &line));
}

#define BOM "\xef\xbb\xbf"

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
  {"one\r", 3, "[one]"},
  {"four\n", 3, "[4 too long]"},
  {"four\r\n", 3, "[4 too long]"},
  {"four", 3, "[4 too long]"},
  {"one\rx\n", 3, "[5 too long]"},
  {"one\nthree\ntwo\r\nthirteen\r\nsix\n", 3,
      "[one][5 too long][two][8 too long][six]"},
  {"thirteen\n\nfourteen\n", 3, "[8 too long][8 too long]"},
  {"one\nthirteen", 3, "[one][8 too long]"},
  {"o\n\n", 0, "[1 too long]"},
  {" \n\t\r\n \t \none\n  ", 9, "[one]"},
  {"one\n  \r\r\n   two\n      \r\n", 3, "[one][6 too long]"},
  {"\v\n", 9, "[\v]"},
  {BOM "one\ntwo\n", 3, "[one][two]"},
  {BOM, 9, ""},
  {BOM "\n" BOM "\n", 9, "[" BOM "]"},
  {BOM " \r\none", 9, "[one]"},
  {BOM "four\n", 3, "[4 too long]"},
  {" " BOM "\n", 9, "[ " BOM "]"},
  {BOM BOM, 9, "[" BOM "]"},
  {"\xef\xbb\n", 9, "[\xef\xbb]"},
  {"\xef\xbb", 9, "[\xef\xbb]"},
  {"\xef\xbb" "one", 9, "[\xef\xbb" "one]"},
  {"\xef" "\xef\xbb\xbf\n", 9, "[\xef" BOM "]"},
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
  TimedLine line;

  for (guint i = 0; i < 256; i++) {
    if (i != '\n')
      bytes[n++] = (guint8) i;
  }
  bytes[n] = '\n';
  timed_lines_push (lines, bytes, n + 1);

  fail_unless (timed_lines_next (lines, n, &line));
  assert_equals_int (g_bytes_get_size (line.bytes), n);
  fail_unless (memcmp (g_bytes_get_data (line.bytes, NULL), bytes, n) == 0);
  g_bytes_unref (line.bytes);
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

/* Users keep the time of the push in which a line began. */
GST_START_TEST (test_timedlines_says_which_lines_began_before)
{
  static const struct
  {
    const gchar *piece;
    const gchar *lines;         /* those that began before are marked */
    gboolean begun_before;      /* the line at hand afterwards */
  } pieces[] = {
    {"\xef\xbb", "", FALSE},
    {"\xbf", "", FALSE},
    {"one", "", FALSE},
    {"", "", TRUE},
    {"\n", "<", FALSE},
    {"one\ntwo\n", "  ", FALSE},
    {"one\r", "", FALSE},
    {"\none\n", "< ", FALSE},
    {"\r", "", FALSE},
    {"\none\n", " ", FALSE},
    {"\n  ", "", FALSE},
    {"\nt", "", FALSE},
    {"w", "", TRUE},
    {"o\r\nx\ny", "< ", FALSE},
    {" too long", "", TRUE},
    {" and longer", "", TRUE},
    {"\n", "<", FALSE},
  };
  TimedLines *lines = timed_lines_new ();

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autoptr (GString) result = g_string_new (NULL);
    TimedLine line;

    timed_lines_push (lines, (const guint8 *) pieces[i].piece,
        strlen (pieces[i].piece));
    while (timed_lines_next (lines, 5, &line)) {
      g_string_append_c (result, line.began_before ? '<' : ' ');
      g_clear_pointer (&line.bytes, g_bytes_unref);
    }
    fail_unless (strcmp (result->str, pieces[i].lines) == 0, "piece %u: '%s'",
        i, result->str);
    fail_unless (timed_lines_began_before (lines) == pieces[i].begun_before,
        "after piece %u", i);
  }
  timed_lines_free (lines);
}

GST_END_TEST;

GST_START_TEST (test_timedlines_reset_forgets_what_is_left)
{
  TimedLines *lines = timed_lines_new ();
  GString *result = g_string_new (NULL);
  TimedLine line;

  fail_if (timed_lines_reset (lines));
  push (lines, "one\nt", 5, 3, result);
  fail_unless (timed_lines_reset (lines));
  push (lines, BOM "wo\ntoo long", 14, 3, result);
  fail_unless (timed_lines_reset (lines));
  push (lines, "\xef\xbb", 2, 3, result);
  fail_unless (timed_lines_reset (lines));
  push (lines, BOM " \r", 5, 3, result);
  fail_if (timed_lines_reset (lines));
  timed_lines_push (lines, (const guint8 *) "a\nb\n", 4);
  fail_unless (timed_lines_next (lines, 3, &line));
  append_line (result, &line);
  timed_lines_reset (lines);
  finish (lines, 3, result);

  fail_unless_equals_string (result->str, "[one][wo][a]");
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

  fail_unless_equals_string (result->str, "[one][t][8 too long][two]");
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
  tcase_add_test (tc, test_timedlines_says_which_lines_began_before);
  tcase_add_test (tc, test_timedlines_reset_forgets_what_is_left);
  tcase_add_test (tc, test_timedlines_finish_forgets_what_is_left);

  return s;
}

GST_CHECK_MAIN (timedlines);
