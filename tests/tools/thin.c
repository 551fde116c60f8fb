/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which messages of a camera become records */

#include "thin.h"

#define SECOND_NS (G_GINT64_CONSTANT (1000000000))

/* Returns how many are taken of @n, @interval_ns apart, but for up to @jitter_ns. */
static guint
count (const ThinSettings * settings, guint n, gint64 interval_ns,
    gint64 jitter_ns)
{
  Thin thin;
  guint n_taken = 0;

  thin_init (&thin, settings);
  for (guint i = 0; i < n; i++)
    n_taken += thin_takes (&thin, i * interval_ns
        + (i * 7919 % 101) * jitter_ns / 100);
  return n_taken;
}

static void
test_all_are_taken_without_settings (void)
{
  const ThinSettings settings = { 0 };

  g_assert_cmpuint (count (&settings, 100, 0, 0), ==, 100);
}

static void
test_every_takes_the_first_and_each_nth (void)
{
  const ThinSettings settings = {.every = 5 };
  Thin thin;

  thin_init (&thin, &settings);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpint (thin_takes (&thin, 0), ==, i % 5 == 0);
}

static void
test_rate_is_kept_on_average (void)
{
  static const struct
  {
    const char *text;
    guint expected;             /* of ten seconds at 30/s */
  } rates[] = {
    {"10/s", 100}, {"15/s", 150}, {"7/s", 70}, {"1/s", 10}, {"0.5/s", 5},
    {"29/s", 290}, {"30/s", 300}, {"31/s", 300}, {"1000/s", 300}
  };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    ThinSettings settings = { 0 };

    g_assert_true (thin_parse_rate (rates[i].text, &settings));
    for (gint64 jitter_ns = 0; jitter_ns <= 20000000; jitter_ns += 10000000) {
      const guint n = count (&settings, 300, SECOND_NS / 30, jitter_ns);

      /* some more or less at the ends */
      g_assert_cmpuint (n, >=, rates[i].expected * 95 / 100 - 1);
      g_assert_cmpuint (n, <=, rates[i].expected + 3);
    }
  }
}

static void
test_what_is_read_together_is_no_more_than_the_rate (void)
{
  ThinSettings settings = { 0 };

  g_assert_true (thin_parse_rate ("1000000/s", &settings));
  g_assert_cmpuint (count (&settings, 1000, 0, 0), ==, 1000);
  settings.interval_ns = 0;
  g_assert_true (thin_parse_rate ("100/s", &settings));
  g_assert_cmpuint (count (&settings, 1000, 0, 0), ==, 10);
  g_assert_true (thin_parse_rate ("10/s", &settings));
  g_assert_cmpuint (count (&settings, 1000, 0, 0), ==, 1);
}

static void
test_rate_begins_anew_behind_a_jump (void)
{
  ThinSettings settings = { 0 };
  Thin thin;

  g_assert_true (thin_parse_rate ("1/s", &settings));
  thin_init (&thin, &settings);
  g_assert_true (thin_takes (&thin, 1000 * SECOND_NS));
  g_assert_false (thin_takes (&thin, 1000 * SECOND_NS + 5));
  /* back, as a camera that was switched on again */
  g_assert_true (thin_takes (&thin, 0));
  g_assert_false (thin_takes (&thin, SECOND_NS / 4));
  /* on, and no burst makes good for the gap */
  g_assert_true (thin_takes (&thin, 60 * SECOND_NS));
  g_assert_false (thin_takes (&thin, 60 * SECOND_NS + SECOND_NS / 4));
  g_assert_true (thin_takes (&thin, 61 * SECOND_NS));
}

static void
test_both_hold_together (void)
{
  ThinSettings settings = {.every = 2 };

  g_assert_true (thin_parse_rate ("10/s", &settings));
  g_assert_cmpuint (count (&settings, 100, SECOND_NS / 10, 0), ==, 50);
  /* one more, because the second comes early */
  g_assert_cmpuint (count (&settings, 100, SECOND_NS / 40, 0), ==, 26);
}

static void
test_what_is_no_number_is_refused (void)
{
  static const char *const wrong_rates[] = {
    "", "10", "10/", "/s", "10/m", "10 /s", "0/s", "-1/s", "nan/s", "inf/s",
    "1e7/s", "0.00001/s", "10/s ", "x/s",
    "0x10/s", "0X1/s", "0x1p3/s"
  };
  static const char *const wrong_numbers[] = {
    "", "0", "-1", "1.5", "x", "5 ", "4294967296"
  };
  ThinSettings settings = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (wrong_rates); i++)
    g_assert_false (thin_parse_rate (wrong_rates[i], &settings));
  for (guint i = 0; i < G_N_ELEMENTS (wrong_numbers); i++)
    g_assert_false (thin_parse_every (wrong_numbers[i], &settings));
  g_assert_true (settings.every == 0 && settings.interval_ns == 0);
  g_assert_true (thin_parse_every ("1", &settings));
  g_assert_true (thin_parse_rate ("0.5/s", &settings));
  g_assert_true (settings.every == 1 && settings.interval_ns == 2 * SECOND_NS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/thin/all", test_all_are_taken_without_settings);
  g_test_add_func ("/thin/every", test_every_takes_the_first_and_each_nth);
  g_test_add_func ("/thin/rate", test_rate_is_kept_on_average);
  g_test_add_func ("/thin/burst",
      test_what_is_read_together_is_no_more_than_the_rate);
  g_test_add_func ("/thin/jump", test_rate_begins_anew_behind_a_jump);
  g_test_add_func ("/thin/both", test_both_hold_together);
  g_test_add_func ("/thin/wrong", test_what_is_no_number_is_refused);
  return g_test_run ();
}
