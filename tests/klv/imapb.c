/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvtest.h"

#include <math.h>

#include "klvimapb.h"

typedef struct
{
  double min, max;
  gsize size;
  double value;
  guint8 code[8];
  double decoded;
} Vector;

static double
parse_number (const char *text)
{
  return g_str_equal (text, "Infinity") ? INFINITY
      : g_str_equal (text, "-Infinity") ? -INFINITY
      : g_str_equal (text, "+QNaN") ? NAN
      : g_str_equal (text, "-QNaN") ? -NAN : g_ascii_strtod (text, NULL);
}

static Vector
parse_vector (const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", -1);
  Vector vector;

  g_assert_cmpuint (g_strv_length (fields), ==, 6);
  vector.min = parse_number (fields[0]);
  vector.max = parse_number (fields[1]);
  vector.size = atoi (fields[2]);
  vector.value = parse_number (fields[3]);
  g_assert_cmpuint (strlen (fields[4]), ==, 2 * vector.size);
  for (gsize i = 0; i < vector.size; i++)
    vector.code[i] = g_ascii_xdigit_value (fields[4][2 * i]) << 4
        | g_ascii_xdigit_value (fields[4][2 * i + 1]);
  vector.decoded = parse_number (fields[5]);
  return vector;
}

/* Both directions, of numbers and of what is none */
static void
test_vectors (void)
{
  g_autoptr (GBytes) file = read_vector ("imapb.tsv");
  g_auto (GStrv) lines = g_strsplit (g_bytes_get_data (file, NULL), "\n", -1);
  guint n = 0;

  for (char **line = lines + 1; *line && **line; line++, n++) {
    const Vector vector = parse_vector (*line);
    guint8 code[8];
    double value;

    g_assert_true (klv_imapb_encode (vector.min, vector.max, vector.value, code,
            vector.size));
    g_assert_cmpmem (code, vector.size, vector.code, vector.size);
    g_assert_cmpint (klv_imapb_decode (vector.min, vector.max, vector.code,
            vector.size, &value), ==, isfinite (vector.decoded) != 0);
    if (isnan (vector.decoded))
      g_assert_true (isnan (value));
    else
      g_assert_cmpfloat (value, ==, vector.decoded);
  }
  g_assert_cmpuint (n, ==, 126);
}

/* ST 1201 table 2 */
static void
test_specials (void)
{
  static const struct
  {
    guint8 first;
    const char *name;
  } specials[] = {
    {0xc8, "positive_infinity"}, {0xe8, "negative_infinity"},
    {0xd0, "positive_quiet_nan"}, {0xf0, "negative_quiet_nan"},
    {0xd8, "positive_signaling_nan"}, {0xf8, "negative_signaling_nan"},
    {0xe0, "below_minimum"}, {0xe1, "above_maximum"}, {0xc0, "user_defined"},
    {0x81, "reserved"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (specials); i++) {
    const guint8 code[] = { specials[i].first, 0 };
    const char *name = specials[i].name;
    double value;

    g_assert_false (klv_imapb_decode (0, 1, code, sizeof (code), &value));
    g_assert_cmpstr (klv_imapb_special (specials[i].first), ==, name);
    g_assert_cmphex (klv_imapb_special_code (name, strlen (name)), ==,
        specials[i].first);
  }
  for (guint first = 0; first < 0x100; first++)
    g_assert_cmpint (klv_imapb_special (first) != NULL, ==, first >= 0x80);
  g_assert_cmphex (klv_imapb_special_code ("user", 4), ==, 0);
  g_assert_cmphex (klv_imapb_special_code ("user_defined_", 13), ==, 0);
}

static void
test_bounds (void)
{
  guint8 code[8];
  double value;

  for (gsize size = 1; size <= 8; size++) {
    g_assert_false (klv_imapb_encode (-1, 1, 1.001, code, size));
    g_assert_false (klv_imapb_encode (-1, 1, -1.001, code, size));
    /* a range that is a power of two: its upper bound is 80 00 ... */
    g_assert_true (klv_imapb_encode (-1, 1, 1, code, size));
    g_assert_cmphex (code[0], ==, 0x80);
    g_assert_true (klv_imapb_decode (-1, 1, code, size, &value));
    g_assert_cmpfloat (value, ==, 1);
    g_assert_true (klv_imapb_encode (-1, 1, 0, code, size));
    g_assert_true (klv_imapb_decode (-1, 1, code, size, &value));
    g_assert_cmpfloat (value, ==, 0);
  }
}

/* No code has no bytes, or more than an integer of 64 bits. */
static void
test_sizes (void)
{
  guint8 bytes[16] = { 0 };
  double value;

  for (gsize size = 0; size <= sizeof (bytes); size++) {
    const gboolean is_code = size >= 1 && size <= 8;

    g_assert_true (klv_imapb_encode (0, 100, 50, bytes, size) == is_code);
    g_assert_true (klv_imapb_decode (0, 100, bytes, size, &value) == is_code);
    g_assert_true (isnan (value) != is_code);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/imapb/vectors", test_vectors);
  g_test_add_func ("/klv/imapb/specials", test_specials);
  g_test_add_func ("/klv/imapb/bounds", test_bounds);
  g_test_add_func ("/klv/imapb/sizes", test_sizes);
  return g_test_run ();
}
