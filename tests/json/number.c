/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "block.h"

#define LARGEST "9223372036854775807"
#define SMALLEST "-9223372036854775808"
#define ZEROS20 "00000000000000000000"
#define ZEROS100 ZEROS20 ZEROS20 ZEROS20 ZEROS20 ZEROS20

static const struct
{
  const char *text;
  gboolean says;
  gint64 integer;
} cases[] = {
  {"0", TRUE, 0},
  {"-0", TRUE, 0},
  {"1", TRUE, 1},
  {"-1", TRUE, -1},
  {"1234567890123456789", TRUE, G_GINT64_CONSTANT (1234567890123456789)},
  {"9007199254740993", TRUE, G_GINT64_CONSTANT (9007199254740993)},
  {LARGEST, TRUE, G_MAXINT64},
  {SMALLEST, TRUE, G_MININT64},
  {"9223372036854775808", FALSE, 0},
  {"-9223372036854775809", FALSE, 0},
  {"9223372036854775810", FALSE, 0},
  {"18446744073709551616", FALSE, 0},
  {"18446744073709551617", FALSE, 0},
  {"-92233720368547758080", FALSE, 0},
  {"1" ZEROS100, FALSE, 0},
  /* fractions go towards zero */
  {"0.5", TRUE, 0},
  {"-0.5", TRUE, 0},
  {"0.999999999999999999999999", TRUE, 0},
  {"1.999999999999999999999999", TRUE, 1},
  {"-1.999999999999999999999999", TRUE, -1},
  {LARGEST ".9", TRUE, G_MAXINT64},
  {SMALLEST ".99999", TRUE, G_MININT64},
  {"9223372036854775808.0", FALSE, 0},
  /* exponents move the point */
  {"1.5e3", TRUE, 1500},
  {"1.5E3", TRUE, 1500},
  {"1.5e+3", TRUE, 1500},
  {"-1.5e3", TRUE, -1500},
  {"123.456e2", TRUE, 12345},
  {"123.456e3", TRUE, 123456},
  {"123.456e4", TRUE, 1234560},
  {"123.456e0", TRUE, 123},
  {"123.456e-0", TRUE, 123},
  {"123.456e-1", TRUE, 12},
  {"123.456e-2", TRUE, 1},
  {"123.456e-3", TRUE, 0},
  {"1e18", TRUE, G_GINT64_CONSTANT (1000000000000000000)},
  {"1e0018", TRUE, G_GINT64_CONSTANT (1000000000000000000)},
  {"1e19", FALSE, 0},
  {"-1e19", FALSE, 0},
  {"9.223372036854775807e18", TRUE, G_MAXINT64},
  {"9.223372036854775808e18", FALSE, 0},
  {"-9.223372036854775808e18", TRUE, G_MININT64},
  {"-9.2233720368547758089e18", TRUE, G_MININT64},
  {"-9.223372036854775809e18", FALSE, 0},
  {"92233720368547758070000e-4", TRUE, G_MAXINT64},
  {"0." ZEROS100 "12e102", TRUE, 12},
  {"0." ZEROS100 "12e101", TRUE, 1},
  {"0." ZEROS100 "12e100", TRUE, 0},
  {"12" ZEROS100 "e-100", TRUE, 12},
  {"12" ZEROS100 "e-101", TRUE, 1},
  {"12" ZEROS100 ".5e-102", TRUE, 0},
  /* without end */
  {"1e-400", TRUE, 0},
  {"-1e-400", TRUE, 0},
  {"1e-99999999999999999999999999", TRUE, 0},
  {"1e999999", FALSE, 0},
  {"1e99999999999999999999999999", FALSE, 0},
  {"-1e18446744073709551616", FALSE, 0},
  {"1e9223372036854775807", FALSE, 0},
  {"1e-9223372036854775808", TRUE, 0},
  {"0e999999999999", TRUE, 0},
  {"0e99999999999999999999999999", TRUE, 0},
  {"-0.000e99999999999999999999999999", TRUE, 0},
  {"0e-999999999999", TRUE, 0},
  /* strings: an optional minus and digits */
  {"\"0\"", TRUE, 0},
  {"\"-0\"", TRUE, 0},
  {"\"12\"", TRUE, 12},
  {"\"-12\"", TRUE, -12},
  {"\"0012\"", TRUE, 12},
  {"\"-" ZEROS100 "12\"", TRUE, -12},
  {"\"" LARGEST "\"", TRUE, G_MAXINT64},
  {"\"" SMALLEST "\"", TRUE, G_MININT64},
  {"\"9223372036854775808\"", FALSE, 0},
  {"\"-9223372036854775809\"", FALSE, 0},
  {"\"\\u0031\\u0032\"", TRUE, 12},
  {"\"\\u002d1\\u0032\"", TRUE, -12},
  {"\"\"", FALSE, 0},
  {"\"-\"", FALSE, 0},
  {"\"--1\"", FALSE, 0},
  {"\"1-\"", FALSE, 0},
  {"\"+1\"", FALSE, 0},
  {"\" 1\"", FALSE, 0},
  {"\"1 \"", FALSE, 0},
  {"\"1\\u0000\"", FALSE, 0},
  {"\"\\n1\"", FALSE, 0},
  {"\"1.0\"", FALSE, 0},
  {"\"1e3\"", FALSE, 0},
  {"\"0x1\"", FALSE, 0},
  {"\"\xd9\xa1\"", FALSE, 0},
  {"\"one\"", FALSE, 0},
  /* everything else */
  {"true", FALSE, 0},
  {"false", FALSE, 0},
  {"null", FALSE, 0},
  {"[]", FALSE, 0},
  {"[1]", FALSE, 0},
  {"{}", FALSE, 0},
  {"{\"a\": 1}", FALSE, 0}
};

static void
test_to_int64_is_exact (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *text = g_strdup_printf ("{\"n\": %s}", cases[i].text);
    const size_t size = strlen (text);
    char *block = block_new (text, size);
    JsonTextValue value;
    int64_t integer = 77;

    g_assert_true (json_text_is_object (block, size));
    g_assert_true (json_text_find (block, size, "n", &value));
    /* alone in its memory */
    char *alone = block_new (value.text, value.size);
    value.text = alone;
    if (json_text_to_int64 (&value, &integer) != cases[i].says)
      g_error ("%s", cases[i].text);
    g_assert_cmpint (integer, ==, cases[i].integer);
    free (alone);
    free (block);
    g_free (text);
  }
}

/* An exponent of 18 digits that is not for a number of zero must not be counted
 * down one by one, nor millions of digits take more than a look each */
static void
test_to_int64_of_huge_numbers_returns (void)
{
  const size_t n = 1000000;
  GString *text = g_string_new ("0.");
  JsonTextValue value = { JSON_TEXT_NUMBER, NULL, 0 };
  int64_t integer;

  for (size_t i = 0; i < n; i++)
    g_string_append_c (text, '0');
  g_string_append_printf (text, "42e%" G_GSIZE_FORMAT, n + 2);
  value.text = text->str;
  value.size = text->len;
  g_assert_true (json_text_to_int64 (&value, &integer));
  g_assert_cmpint (integer, ==, 42);

  g_string_assign (text, "42");
  for (size_t i = 0; i < n; i++)
    g_string_append_c (text, '0');
  value.text = text->str;
  value.size = text->len;
  g_assert_false (json_text_to_int64 (&value, &integer));
  g_string_append_printf (text, "e-%" G_GSIZE_FORMAT, n);
  value.text = text->str;
  value.size = text->len;
  g_assert_true (json_text_to_int64 (&value, &integer));
  g_assert_cmpint (integer, ==, 42);
  g_string_free (text, TRUE);
}

/* Every way to write an integer with a point and an exponent */
static void
test_to_int64_of_random_numbers (void)
{
  GRand *rand = g_rand_new_with_seed (20240504);

  for (unsigned round = 0; round < 20000; round++) {
    const gint64 integer = (gint64) ((guint64) g_rand_int (rand) << 32
        | g_rand_int (rand)) >> g_rand_int_range (rand, 0, 64);
    gchar *digits = g_strdup_printf ("%" G_GINT64_FORMAT, integer);
    const gchar *first = digits + (integer < 0 ? 1 : 0);
    const int n = (int) strlen (first);
    /* one digit before the point: no leading zeros to avoid */
    gchar *text = g_strdup_printf ("%s%c.%s%de%d", integer < 0 ? "-" : "",
        first[0], first + 1, g_rand_int_range (rand, 0, 1000), n - 1);
    const JsonTextValue value = { JSON_TEXT_NUMBER, text, strlen (text) };
    int64_t result;

    g_assert_true (json_text_is_value (text, strlen (text)));
    g_assert_true (json_text_to_int64 (&value, &result));
    g_assert_cmpint (result, ==, integer);
    g_free (text);
    g_free (digits);
  }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/json/number/" path, func)
  ADD ("exact", test_to_int64_is_exact);
  ADD ("huge", test_to_int64_of_huge_numbers_returns);
  ADD ("random", test_to_int64_of_random_numbers);
  return g_test_run ();
}
