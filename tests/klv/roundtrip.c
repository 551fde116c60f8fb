/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvtest.h"

#include <math.h>

#include "klvencode.h"
#include "klvimapb.h"
#include "jsonnumber.h"
#include "klvvalue.h"
#include "random.h"

/* --- codes --------------------------------------------------------------- */

/* The code of @size bytes becomes a text, of which that code is made again. */
static void
assert_comes_back (const KlvItem * item, guint64 code, gsize size)
{
  guint8 bytes[8], again[8];
  BytesWriter before = { bytes, sizeof (bytes), 0 };
  BytesWriter after = { again, sizeof (again), 0 };
  char dst[64];
  JsonOutput text = { dst, sizeof (dst), 0 };
  const char *special = NULL;

  bytes_put_uint (&before, code, size);
  g_assert_cmpint (klv_value_write (&text, item, item->type, (BytesSpan) {
          bytes, size}, &special), ==, KLV_FINE);
  if (special) {
    g_autofree char *quoted = g_strdup_printf ("\"%s\"", special);
    const JsonTextValue meaning = { JSON_TEXT_STRING, quoted, strlen (quoted) };

    g_assert_null (klv_encode_special (&after, item, &meaning, size));
  } else {
    const JsonTextValue value = { JSON_TEXT_NUMBER, dst, text.size };
    const KlvForm form = { size, TRUE };
    const char *fault = klv_encode (&after, item, item->type, &value, form);

    if (fault)
      g_error ("%s %" G_GINT64_MODIFIER "x: %.*s %s", item->name, code,
          (int) text.size, dst, fault);
  }
  g_assert_cmpmem (again, after.size, bytes, size);
}

static void
assert_out_of_range (const KlvItem * item, double number, gsize size)
{
  char text[JSON_NUMBER_MAX_SIZE];
  const JsonTextValue value = { JSON_TEXT_NUMBER, text,
    json_number_write_shortest (number, false, text)
  };
  guint8 bytes[8];
  BytesWriter writer = { bytes, sizeof (bytes), 0 };

  g_assert_cmpstr (klv_encode (&writer, item, item->type, &value, (KlvForm) {
          size, FALSE}
      ), ==, KLV_OUT_OF_RANGE);
}

typedef void (*ItemFunc) (const KlvItem * item);

static void
for_each_item (const KlvSet * set, ItemFunc func)
{
  for (gsize i = 0; i < set->n_items; i++) {
    func (&set->items[i]);
    if (set->items[i].set)
      for_each_item (set->items[i].set, func);
  }
}

static guint n_codes;

static void
check_mapped (const KlvItem * item)
{
  if (item->type != KLV_ULIN && item->type != KLV_ILIN)
    return;
  if (item->size <= 2) {
    for (guint64 code = 0; code < G_GUINT64_CONSTANT (1) << 8 * item->size;
        code++, n_codes++)
      assert_comes_back (item, code, item->size);
    return;
  }
  for (guint i = 0; i < 5000; i++, n_codes++)
    assert_comes_back (item, (guint32) g_test_rand_int (), item->size);
  for (gint i = -2; i <= 2; i++) {
    assert_comes_back (item, (guint32) i, item->size);
    assert_comes_back (item, 0x80000000u + i, item->size);
  }
}

/* Every code of all maps of 8 and 16 bits, and many of those of 32 */
static void
test_mapped (void)
{
  n_codes = 0;
  for (gsize i = 0; i < klv_n_sets; i++)
    for_each_item (klv_sets[i], check_mapped);
  g_assert_cmpuint (n_codes, >, 2000000);
}

/* What is beyond the bounds is shown, too, and comes back; but nobody else may write it. */
static void
check_imapb_code (const KlvItem * item, guint64 code, gsize size)
{
  guint8 bytes[8];
  BytesWriter writer = { bytes, sizeof (bytes), 0 };
  double value;

  bytes_put_uint (&writer, code, size);
  g_assert_true (klv_imapb_decode (item->min, item->max, bytes, size, &value));
  assert_comes_back (item, code, size);
  if (value > item->max + ldexp (1, klv_imapb_resolution (item->min, item->max,
              size)))
    assert_out_of_range (item, value, size);
  n_codes++;
}

/* Of a code that is no number only what it means is shown. */
static void
check_special_code (const KlvItem * item, guint64 code, gsize size)
{
  guint8 bytes[8], again[8];
  BytesWriter before = { bytes, sizeof (bytes), 0 };
  BytesWriter after = { again, sizeof (again), 0 };
  double value;

  bytes_put_uint (&before, code, size);
  g_assert_false (klv_imapb_decode (item->min, item->max, bytes, size, &value));
  g_autofree char *quoted =
      g_strdup_printf ("\"%s\"", klv_imapb_special (bytes[0]));
  const JsonTextValue meaning = { JSON_TEXT_STRING, quoted, strlen (quoted) };
  g_assert_null (klv_encode_special (&after, item, &meaning, size));
  g_assert_cmpuint (after.size, ==, size);
  g_assert_false (klv_imapb_decode (item->min, item->max, again, size, &value));
  g_assert_cmpstr (klv_imapb_special (again[0]), ==,
      klv_imapb_special (bytes[0]));
}

/* What has more digits than a double is not exact. */
#define EXACT_SIZE 6

static void
check_imapb (const KlvItem * item)
{
  if (item->type != KLV_IMAPB)
    return;
  for (gsize size = 1; size <= 2; size++) {
    const guint64 last = G_GUINT64_CONSTANT (1) << (8 * size - 1);

    for (guint64 code = 0; code <= last; code++)
      check_imapb_code (item, code, size);
    for (guint64 code = last + 1; code < 2 * last; code += size * size)
      check_special_code (item, code, size);
  }
  for (gsize size = 3; size <= EXACT_SIZE; size++)
    for (guint i = 0; i < 2000; i++)
      check_imapb_code (item, ((guint64) g_test_rand_int () << 32
              | (guint32) g_test_rand_int ()) >> (65 - 8 * size), size);
}

static void
test_imapb (void)
{
  n_codes = 0;
  for (gsize i = 0; i < klv_n_sets; i++)
    for_each_item (klv_sets[i], check_imapb);
  g_assert_cmpuint (n_codes, >, 1000000);
}

/* --- units --------------------------------------------------------------- */

/* A unit becomes text, that another unit, and that the same text: of every item of the
 * tables, with any value, repeated or not. */
static void
test_units (void)
{
  const gsize capacity = 1 << 20;
  g_autofree guint8 *bytes = g_malloc (capacity);

  for (guint seed = 0; seed < 1200; seed++) {
    const KlvSet *set = klv_sets[seed % klv_n_sets];
    GRand *rand = g_rand_new_with_seed (seed);
    BytesWriter writer = { bytes, capacity, 0 };
    KlvJsonReport json_report;
    KlvWriteReport report;

    put_random_unit (rand, &writer, set);
    g_assert_cmpuint (writer.size, <=, capacity);

    g_autofree char *json = unit_to_json (bytes, writer.size, &json_report);
    GByteArray *unit = json_to_unit (json, &report);
    g_autofree char *again = unit_to_json (unit->data, unit->len, &json_report);

    if (g_test_verbose ())
      g_print ("%s\n", json);
    g_assert_cmpstr (report.left_out, ==, "");
    g_assert_cmpstr (again, ==, json);
    g_assert_cmpuint (report.n_items, ==, json_report.n_items);
    g_byte_array_unref (unit);
    g_rand_free (rand);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/roundtrip/mapped", test_mapped);
  g_test_add_func ("/klv/roundtrip/imapb", test_imapb);
  g_test_add_func ("/klv/roundtrip/units", test_units);
  return g_test_run ();
}
