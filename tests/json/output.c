/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>

#include "jsonoutput.h"

static void
assert_text (const char *text, gsize size, const char *wanted)
{
  g_autofree char *got = g_strndup (text, size);

  g_assert_cmpstr (got, ==, wanted);
}

static void
test_base64 (void)
{
  static const char *const texts[] = { "\"\"", "\"Zg==\"", "\"Zm8=\"",
    "\"Zm9v\"", "\"Zm9vYg==\""
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    char dst[16];
    JsonOutput text = { dst, sizeof (dst), 0 };

    json_output_put_quoted_base64 (&text, (BytesSpan) {
        (const guint8 *) "foob", i});
    assert_text (dst, text.size, texts[i]);
  }
}

static void
test_time (void)
{
  static const struct
  {
    gint64 us;
    guint decimals;
    const char *text;
  } times[] = {
    {0, 6, "\"1970-01-01T00:00:00.000000Z\""},
    {-1, 6, "\"1969-12-31T23:59:59.999999Z\""},
    {1999, 3, "\"1970-01-01T00:00:00.001Z\""},
    {G_GINT64_CONSTANT (-62167219200000000), 3, "\"0000-01-01T00:00:00.000Z\""},
    {G_GINT64_CONSTANT (1231798102000000), 6,
        "\"2009-01-12T22:08:22.000000Z\""},
    {G_GINT64_CONSTANT (951782399999999), 6, "\"2000-02-28T23:59:59.999999Z\""},
    {G_GINT64_CONSTANT (951782400000000), 6, "\"2000-02-29T00:00:00.000000Z\""},
    {G_GINT64_CONSTANT (4107542400000000), 6,
        "\"2100-03-01T00:00:00.000000Z\""},
    {G_GINT64_CONSTANT (253402300799999999), 6,
        "\"9999-12-31T23:59:59.999999Z\""}
  };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    char dst[48];
    JsonOutput text = { dst, sizeof (dst), 0 };

    json_output_put_time (&text, times[i].us, times[i].decimals);
    assert_text (dst, text.size, times[i].text);
  }
}

/* Days of many years, as GLib has them: it writes all four digits from the year 1000 on */
static void
test_days (void)
{
  for (gint64 day = -354285; day < 2900000; day += 41 + ABS (day) % 3) {
    const gint64 second = day * 86400 + ABS (day) % 86400;
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (second);
    g_autofree char *wanted =
        g_date_time_format (time, "\"%Y-%m-%dT%H:%M:%S.000000Z\"");
    char dst[48];
    JsonOutput text = { dst, sizeof (dst), 0 };

    json_output_put_time (&text, second * 1000000, 6);
    assert_text (dst, text.size, wanted);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/output/base64", test_base64);
  g_test_add_func ("/json/output/time", test_time);
  g_test_add_func ("/json/output/days", test_days);
  return g_test_run ();
}
