/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "jsonnumber.h"

static void
assert_text (const char *text, gsize size, const char *wanted)
{
  g_autofree char *got = g_strndup (text, size);

  g_assert_cmpstr (got, ==, wanted);
}

static void
test_fixed (void)
{
  static const struct
  {
    double value;
    unsigned decimals;
    const char *text;
  } numbers[] = {
    {0, 3, "0"}, {-0.0, 3, "0"}, {159.97436484321355, 3, "159.974"},
    {-0.4315317239906003, 4, "-0.4315"}, {160, 3, "160"}, {0.05, 3, "0.05"},
    {14190.719462882429, 1, "14190.7"}, {60.176822966978335, 8, "60.17682297"},
    {-0.0004, 3, "0"}, {-0.0006, 3, "-0.001"}, {19000, 0, "19000"},
    {9.9996, 3, "10"}, {100, 0, "100"}, {-180, 8, "-180"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    char text[JSON_NUMBER_MAX_SIZE];

    assert_text (text, json_number_write_fixed (numbers[i].value,
            numbers[i].decimals, text), numbers[i].text);
  }
}

static void
test_shortest (void)
{
  static const struct
  {
    double value;
    gboolean is_float;
    const char *text;
  } numbers[] = {
    {0, FALSE, "0"}, {-0.0, FALSE, "0"}, {1, FALSE, "1"}, {0.1, FALSE, "0.1"},
    {0.1 + 0.2, FALSE, "0.30000000000000004"}, {0.8f, TRUE, "0.8"},
    {0.8f, FALSE, "0.800000011920929"}, {1054.4f, TRUE, "1054.4"},
    {-102.7880859375, TRUE, "-102.788086"}, {1e300, FALSE, "1e300"},
    {38.245587237812856, FALSE, "38.245587237812856"}, {5e-324, FALSE,
        "5e-324"},
    {-1.5e-9, FALSE, "-1.5e-9"}, {9007199254740993.0, FALSE,
        "9007199254740992"},
    {123456789012345680.0, FALSE, "123456789012345680"},
    /* a time in nanoseconds */
    {1795801458043219000.0, FALSE, "1795801458043219000"},
    {-1.5e18, FALSE, "-1500000000000000000"},
    {1e20, FALSE, "100000000000000000000"},
    {999999999999999900000.0, FALSE, "999999999999999900000"},
    {1e21, FALSE, "1e21"}, {1.5e21, FALSE, "15e20"},
    {9007199254740994.0, FALSE, "9007199254740994"},
    {1e10, TRUE, "10000000000"}, {0.00001, FALSE, "0.00001"},
    {1.5e-7, FALSE, "1.5e-7"},
    {1.7976931348623157e308, FALSE, "17976931348623157e292"},
    {16777216, TRUE, "16777216"}, {3.4028234663852886e38, TRUE, "34028235e31"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    char text[JSON_NUMBER_MAX_SIZE];

    assert_text (text, json_number_write_shortest (numbers[i].value,
            numbers[i].is_float, text), numbers[i].text);
  }
}

/* Without the zeros at either end */
static guint
count_digits (const char *text)
{
  guint n = 0, n_to_last = 0;

  for (; *text != '\0' && *text != 'e'; text++) {
    if (!g_ascii_isdigit (*text) || (n == 0 && *text == '0'))
      continue;
    n++;
    if (*text != '0')
      n_to_last = n;
  }
  return n_to_last;
}

/* Numbers of every size, bit by bit: what is written reads back, here and in the C library,
 * and has no more digits than what that would write. */
static void
test_shortest_random (void)
{
  for (guint i = 0; i < 30000; i++) {
    const guint64 bits = (guint64) g_test_rand_int () << 32
        | (guint32) g_test_rand_int ();
    char text[JSON_NUMBER_MAX_SIZE + 1], peer[64];
    double value, back;
    gsize size;

    memcpy (&value, &bits, sizeof (value));
    if (i % 2 == 0)
      value = g_test_rand_double_range (-1000, 1000);
    if (i % 3 == 0)
      value = (float) value;
    if (!isfinite (value))
      continue;
    size = json_number_write_shortest (value, i % 3 == 0, text);
    g_assert_cmpuint (size, <, sizeof (text));
    text[size] = '\0';
    g_assert_true (json_number_read (text, size, &back));
    g_assert_cmpfloat (back, ==, g_ascii_strtod (text, NULL));
    if (i % 3 == 0)
      g_assert_cmpfloat ((float) back, ==, (float) value);
    else
      g_assert_cmpfloat (back, ==, value);
    for (int digits = 1; digits <= 17; digits++) {
      g_snprintf (peer, sizeof (peer), "%.*g", digits, value);
      back = g_ascii_strtod (peer, NULL);
      if (i % 3 == 0 ? (float) back == (float) value : back == value)
        break;
    }
    g_assert_cmpuint (count_digits (text), <=, count_digits (peer));
    if (value == floor (value))
      g_assert_null (strchr (text, '.'));
  }
}

static void
test_read (void)
{
  static const char *const texts[] = {
    "0", "-0", "0.0", "1", "-1", "10", "1e2", "1E+2", "1e-2", "0.5e1",
    "123456789012345678901234567890", "0.000000000000000000000000000001",
    "1.7976931348623157e308", "2.2250738585072014e-308", "5e-324", "1e-400",
    "9007199254740993",
    "9007199254740992.9999999999999999999999999999999999999",
    "0.1000000000000000055511151231257827021181583404541015625",
    "100000000000000000000000000000000000000000000000000000000000000000e-65",
    "179769313486231570000000000000000000000000000000000000000000000000000"
  };
  double value;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_assert_true (json_number_read (texts[i], strlen (texts[i]), &value));
    g_assert_cmpfloat (value, ==, g_ascii_strtod (texts[i], NULL));
  }
  g_assert_false (json_number_read ("1e309", 5, &value));
  g_assert_false (json_number_read ("-1e999999999999", 15, &value));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/double/fixed", test_fixed);
  g_test_add_func ("/json/double/shortest", test_shortest);
  g_test_add_func ("/json/double/shortest-random", test_shortest_random);
  g_test_add_func ("/json/double/read", test_read);
  return g_test_run ();
}
