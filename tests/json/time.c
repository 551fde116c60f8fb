/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "block.h"
#include "jsontime.h"

/* 2026-11-26T12:00:00Z */
#define S "1795694400"
#define MS G_GINT64_CONSTANT (1795694400000)
#define NINES20 "99999999999999999999"

static const struct
{
  const char *text;
  gint64 ms;
} times[] = {
  {S, MS},
  {S "123", MS + 123},
  {S "123999", MS + 123},
  {S "123999999", MS + 123},
  {S ".5", MS + 500},
  {S ".123", MS + 123},
  {S ".0019999999999999999999", MS + 1},
  {S "123.999", MS + 123},
  {"1.795694400123e9", MS + 123},
  {"17956944E2", MS},
  {"1.795694400123e12", MS + 123},
  {"1795694400123e+6", MS + 123},
  {"1795694400123000000e-9", MS + 123},
  {"1e3", 1000000},
  {"0", 0},
  {"-0.0", 0},
  {"-1", -1000},
  {"-1.5", -1500},
  /* where the units meet */
  {"99999999999", G_GINT64_CONSTANT (99999999999000)},
  {"99999999999.999", G_GINT64_CONSTANT (99999999999999)},
  {"100000000000", G_GINT64_CONSTANT (100000000000)},
  {"99999999999999", G_GINT64_CONSTANT (99999999999999)},
  {"100000000000000", G_GINT64_CONSTANT (100000000000)},
  {"99999999999999999", G_GINT64_CONSTANT (99999999999999)},
  {"100000000000000000", G_GINT64_CONSTANT (100000000000)},
  {"-99999999999", G_GINT64_CONSTANT (-99999999999000)},
  {"-100000000000", G_GINT64_CONSTANT (-100000000000)},
  {"9223372036854775807", G_GINT64_CONSTANT (9223372036854)},
  {"-9223372036854775808", G_GINT64_CONSTANT (-9223372036854)},

  {"2026-11-26T12:00:00Z", MS},
  {"2026-11-26t12:00:00z", MS},
  {"2026-11-26 12:00:00Z", MS},
  {"2026-11-26T12:00:00.1Z", MS + 100},
  {"2026-11-26T12:00:00.123Z", MS + 123},
  {"2026-11-26T12:00:00.1239Z", MS + 123},
  {"2026-11-26T12:00:00.123" NINES20 NINES20 NINES20 NINES20 "Z", MS + 123},
  {"2026-11-26T13:30:00+01:30", MS},
  {"2026-11-26T00:00:00.5-12:00", MS + 500},
  {"2026-11-27T11:59:00+23:59", MS},
  {"2026-11-26T12:00:00-00:00", MS},
  /* RFC 3339 5.8 */
  {"1985-04-12T23:20:50.52Z", G_GINT64_CONSTANT (482196050520)},
  {"1996-12-19T16:39:57-08:00", G_GINT64_CONSTANT (851042397000)},
  {"1990-12-31T23:59:60Z", G_GINT64_CONSTANT (662688000000)},
  {"1990-12-31T15:59:60-08:00", G_GINT64_CONSTANT (662688000000)},
  {"1937-01-01T12:00:27.87+00:20", G_GINT64_CONSTANT (-1041337172130)},
  {"1991-01-01T00:59:60.25+01:00", G_GINT64_CONSTANT (662688000250)},
  /* calendar */
  {"1970-01-01T00:00:00Z", 0},
  {"1969-12-31T23:59:59.999Z", -1},
  {"2000-02-29T00:00:00Z", G_GINT64_CONSTANT (951782400000)},
  {"2024-03-01T00:00:00Z", G_GINT64_CONSTANT (1709251200000)},
  {"0000-01-01T00:00:00Z", G_GINT64_CONSTANT (-62167219200000)},
  {"9999-12-31T23:59:59.999Z", G_GINT64_CONSTANT (253402300799999)},
};

static const char *const no_times[] = {
  "", " ", "-", ".", "x", "true", "null", "NaN", "Infinity", "\"\"", "[1]",
  "{}", "+" S, " " S, S " ", S ".", "." S, "0" S, "0x6b0848c0", S "s", "1e",
  "1,5", NINES20, "-" NINES20, "1e19", "1e400", "1e99999999999999999999",
  "2026-11-26", "12:00:00Z", "2026-11-26T12:00:00", "2026-11-26T12:00Z",
  "2026-11-26T12Z", "20261126T120000Z", "2026-W48-4T12:00:00Z",
  "2026-330T12:00:00Z", "2026-11-26T12:00:00,5Z", "2026-11-26T12:00:00.Z",
  "2026-11-26T12:00:00.5", "2026-11-26T12:00:00+0100",
  "2026-11-26T12:00:00+01", "2026-11-26T12:00:00+24:00",
  "2026-11-26T12:00:00+01:60", "2026-11-26T12:00:00 Z",
  "2026-11-26T12:00:00ZZ", "2026-11-26T12:00:00Z ", " 2026-11-26T12:00:00Z",
  "2026-11-26_12:00:00Z", "2026-11-26T24:00:00Z", "2026-11-26T12:60:00Z",
  "2026-11-26T12:00:61Z", "2026-11-26T12:00:60Z", "1990-12-31T23:59:60-08:00",
  "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
  "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z", "2026-02-29T00:00:00Z",
  "1900-02-29T00:00:00Z", "2026-1-26T12:00:00Z", "2026-11-26T1:00:00Z",
  "-026-11-26T12:00:00Z", "+2026-11-26T12:00:00Z", "2026-11-26T-1:00:00Z",
  "12026-11-26T12:00:00Z", "Thu, 26 Nov 2026 12:00:00 GMT",
};

static void
check (const char *text, size_t size, gboolean says, gint64 expected)
{
  char *block = block_new (text, size);
  int64_t ms = 7;
  const bool result = json_time_to_ms (block, size, &ms);

  free (block);
  if (result != says || ms != expected)
    g_error ("%.*s: %d, %" G_GINT64_FORMAT, (int) size, text, result,
        (gint64) ms);
}

static void
test_to_ms_is_exact (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    check (times[i].text, strlen (times[i].text), TRUE, times[i].ms);
}

static void
test_to_ms_of_other_texts_fails (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (no_times); i++)
    check (no_times[i], strlen (no_times[i]), FALSE, 0);
  check ("2026-11-26T12:00:00Z", 21, FALSE, 0);
  check ("2026\0" "11-26T12:00:00Z", 20, FALSE, 0);
}

static void
test_to_ms_of_a_date_cut_short_fails (void)
{
  const char *text = "2026-11-26T12:00:00.123+01:00";

  /* the year alone would be a number */
  for (gsize size = 5; size < strlen (text); size++)
    check (text, size, FALSE, 0);
}

static void
test_to_ms_agrees_with_glib (void)
{
  GRand *rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < 20000; i++) {
    const gint64 s = (gint64) (g_rand_double_range (rand, -3e10, 2.5e11));
    GDateTime *date_time = g_date_time_new_from_unix_utc (s);
    char *text = g_date_time_format (date_time, "%Y-%m-%dT%H:%M:%SZ");

    check (text, strlen (text), TRUE, s * 1000);
    g_free (text);
    g_date_time_unref (date_time);
  }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/json/time/" path, func)
  ADD ("exact", test_to_ms_is_exact);
  ADD ("others", test_to_ms_of_other_texts_fails);
  ADD ("cut", test_to_ms_of_a_date_cut_short_fails);
  ADD ("glib", test_to_ms_agrees_with_glib);
  return g_test_run ();
}
