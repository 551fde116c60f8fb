/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Where metakafka-print begins to read */

#include <string.h>

#include "position.h"

#define NOW_MS G_GINT64_CONSTANT (1764354317000)        /* 2025-11-28T18:25:17Z */

static void
assert_parses (const char *text, PositionType type, gint64 value)
{
  g_autoptr (GError) error = NULL;
  Position position;

  g_test_message ("%s", text);
  g_assert_true (position_parse (text, NOW_MS, &position, &error));
  g_assert_no_error (error);
  g_assert_cmpint (position.type, ==, type);
  g_assert_cmpint (position.value, ==, value);
}

static void
test_parse (void)
{
  assert_parses ("beginning", POSITION_BEGINNING, 0);
  assert_parses ("end", POSITION_END, 0);
  assert_parses ("0", POSITION_OFFSET, 0);
  assert_parses ("123456789012345678", POSITION_OFFSET, 123456789012345678);
  assert_parses ("-1", POSITION_LAST, 1);
  assert_parses ("-0", POSITION_LAST, 0);
  assert_parses ("@1700000000", POSITION_TIME, 1700000000000);
  assert_parses ("@1700000000.5", POSITION_TIME, 1700000000500);
  assert_parses ("@1700000000123", POSITION_TIME, 1700000000123);
  assert_parses ("@0", POSITION_TIME, 0);
  assert_parses ("@2025-11-28T18:25:17.25Z", POSITION_TIME, NOW_MS + 250);
  assert_parses ("@2025-11-28 19:25:17+01:00", POSITION_TIME, NOW_MS);
  assert_parses ("@-30s", POSITION_TIME, NOW_MS - 30000);
  assert_parses ("@-10m", POSITION_TIME, NOW_MS - 600000);
  assert_parses ("@-2h", POSITION_TIME, NOW_MS - 7200000);
  assert_parses ("@-1d", POSITION_TIME, NOW_MS - 86400000);
  assert_parses ("@-999999999d", POSITION_TIME, 0);
}

static void
test_wrong (void)
{
  static const char *const wrong[] = {
    "", "-", "start", "1x", "1.5", "+1", "--1", "-1m", "@", "@-", "@-m", "@-10",
    "@-10w", "@10m", "@-1.5h", "@2025-11-28", "@yesterday",
    "1234567890123456789", "@-1234567890d", " 1", "@-1764354317"
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    Position position;

    g_test_message ("%s", wrong[i]);
    g_assert_false (position_parse (wrong[i], NOW_MS, &position, &error));
    g_assert_nonnull (strstr (error->message, "write beginning, end, N"));
  }
}

static void
assert_offset (PositionType type, gint64 value, gint64 of_time, gint64 expected)
{
  const Position position = { type, value };

  g_assert_cmpint (position_get_offset (&position, 10, 20, of_time), ==,
      expected);
}

static void
test_offsets (void)
{
  assert_offset (POSITION_BEGINNING, 0, -1, 10);
  assert_offset (POSITION_END, 0, -1, 20);
  assert_offset (POSITION_OFFSET, 15, -1, 15);
  /* what is not there: before, and behind */
  assert_offset (POSITION_OFFSET, 3, -1, 10);
  assert_offset (POSITION_OFFSET, 30, -1, 20);
  assert_offset (POSITION_LAST, 0, -1, 20);
  assert_offset (POSITION_LAST, 3, -1, 17);
  assert_offset (POSITION_LAST, 11, -1, 10);
  assert_offset (POSITION_LAST, G_MAXINT64, -1, 10);
  assert_offset (POSITION_TIME, 7, 13, 13);
  assert_offset (POSITION_TIME, 7, -1, 20);
  assert_offset (POSITION_TIME, 7, 25, 20);
}

static void
test_domain (void)
{
  g_assert_cmpstr (g_quark_to_string (POSITION_ERROR), ==,
      "metakafka-position-error");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/position/parse", test_parse);
  g_test_add_func ("/position/wrong", test_wrong);
  g_test_add_func ("/position/domain", test_domain);
  g_test_add_func ("/position/offsets", test_offsets);
  return g_test_run ();
}
