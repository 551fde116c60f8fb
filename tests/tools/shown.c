/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What users see of a message */

#include "shown.h"

#include <string.h>

#define HEAD "{\"type\":\"klv\",\"standard\":\"ST 0601\",\"ul\":\"06\",\"ts_ns\":1,"

static void
assert_shows (const char *message, const char *expected)
{
  gsize size = strlen (message);
  g_autofree char *text = shown_dup (message, &size);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (size, ==, strlen (expected));
}

static void
test_klv (void)
{
  assert_shows (HEAD "\"checksum\":\"valid\",\"precision_time_stamp\":7,"
      "\"mission_id\":\"a, b\"}",
      "{\"type\":\"klv\",...,\"mission_id\":\"a, b\"}");
  assert_shows (HEAD "\"checksum\":\"none\",\"a\":1,\"b\":2}",
      "{\"type\":\"klv\",...,\"a\":1,\"b\":2}");
  /* nothing behind it */
  assert_shows (HEAD "\"checksum\":\"none\"}", HEAD "\"checksum\":\"none\"}");
}

static void
test_others (void)
{
  static const char *const texts[] = {
    "", "{", "{\"type\":\"klv\",", "{\"type\":\"text\",\"checksum\":1,\"a\":2}",
    "{\"checksum\":1,\"a\":2}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_shows (texts[i], texts[i]);
}

static void
test_bytes (void)
{
  static const char bytes[] = "\377\1\0\2\0";
  gsize size = sizeof (bytes);
  g_autofree char *shown = shown_dup (bytes, &size);

  g_assert_cmpmem (shown, size, bytes, sizeof (bytes));
}

/* The bytes have nothing behind them. */
static void
test_cut (void)
{
  static const char whole[] =
      HEAD "\"checksum\":\"valid\",\"precision_time_stamp\":7,\"a\":1}";

  for (gsize n = 0; n < sizeof (whole); n++) {
    g_autofree char *cut = g_memdup2 (whole, n);
    gsize size = n;
    g_autofree char *text = shown_dup (cut, &size);

    g_assert_cmpuint (size, ==, strlen (text));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shown/klv", test_klv);
  g_test_add_func ("/shown/others", test_others);
  g_test_add_func ("/shown/bytes", test_bytes);
  g_test_add_func ("/shown/cut", test_cut);
  return g_test_run ();
}
