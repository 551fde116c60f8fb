/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "klvdigits.h"
#include "klvreader.h"
#include "klvwriter.h"

/* What is written with any capacity is as much as fits of the whole. */
static void
assert_written (void (*write) (BytesWriter *, gconstpointer),
    gconstpointer data, const guint8 * wanted, gsize size)
{
  for (gsize capacity = 0; capacity <= size; capacity++) {
    guint8 *block = malloc (capacity);
    BytesWriter writer = { block, capacity, 0 };

    write (&writer, data);
    g_assert_cmpuint (writer.size, ==, size);
    if (capacity == size)
      g_assert_cmpmem (block, size, wanted, size);
    free (block);
  }
}

#define BYTES(...) (const guint8[]) { __VA_ARGS__ }, \
    sizeof ((const guint8[]) { __VA_ARGS__ })

static void
write_ber (BytesWriter * writer, gconstpointer number)
{
  klv_put_ber (writer, *(const guint64 *) number);
}

static void
write_oid (BytesWriter * writer, gconstpointer number)
{
  klv_put_oid (writer, *(const guint64 *) number);
}

static void
test_numbers (void)
{
  static const struct
  {
    guint64 number;
    guint8 ber[10];
    gsize ber_size;
    guint8 oid[10];
    gsize oid_size;
  } cases[] = {
    {0, {0}, 1, {0}, 1},
    {127, {0x7f}, 1, {0x7f}, 1},
    {128, {0x81, 0x80}, 2, {0x81, 0x00}, 2},
    {150, {0x81, 0x96}, 2, {0x81, 0x16}, 2},
    {255, {0x81, 0xff}, 2, {0x81, 0x7f}, 2},
    {256, {0x82, 1, 0}, 3, {0x82, 0x00}, 2},
    {16383, {0x82, 0x3f, 0xff}, 3, {0xff, 0x7f}, 2},
    {16384, {0x82, 0x40, 0}, 3, {0x81, 0x80, 0}, 3},
    {0x7ffffffff, {0x85, 7, 0xff, 0xff, 0xff, 0xff}, 6,
        {0xff, 0xff, 0xff, 0xff, 0x7f}, 5},
    {G_MAXUINT64, {0x88, 255, 255, 255, 255, 255, 255, 255, 255}, 9,
        {0x81, 255, 255, 255, 255, 255, 255, 255, 255, 0x7f}, 10}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    assert_written (write_ber, &cases[i].number, cases[i].ber,
        cases[i].ber_size);
    assert_written (write_oid, &cases[i].number, cases[i].oid,
        cases[i].oid_size);
  }
}

static void
test_sizes (void)
{
  for (guint bits = 0; bits < 64; bits++) {
    const guint64 highest = G_GUINT64_CONSTANT (1) << bits;

    g_assert_cmpuint (klv_get_uint_size (highest), ==, bits / 8 + 1);
    g_assert_cmpuint (klv_get_int_size (-(gint64) (highest / 2)), ==,
        bits == 0 ? 1 : (bits - 1) / 8 + 1);
    g_assert_cmpuint (klv_get_int_size (highest / 2), ==,
        bits == 0 ? 1 : bits / 8 + 1);
  }
  g_assert_cmpuint (klv_get_uint_size (0), ==, 1);
  g_assert_cmpuint (klv_get_int_size (G_MININT64), ==, 8);
  g_assert_cmpuint (klv_get_int_size (-129), ==, 2);
}

/* Parts in one another, of which the lengths take one byte or several */
static void
write_parts (BytesWriter * writer, gconstpointer size)
{
  const gsize n = *(const gsize *) size;

  bytes_put_uint (writer, 0x0102, 2);
  const gsize outer = writer->size;
  bytes_put_uint (writer, 3, 1);
  const gsize inner = writer->size;
  for (gsize i = 0; i < n; i++)
    bytes_put_uint (writer, i, 1);
  klv_insert_length (writer, inner);
  bytes_put_uint (writer, 4, 1);
  klv_insert_length (writer, outer);
}

static void
test_parts (void)
{
  static const gsize sizes[] = { 0, 1, 122, 124, 125, 126, 127, 128, 250, 255,
    256, 300, 65535, 65536
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree guint8 *block = g_malloc (sizes[i] + 20);
    BytesWriter writer = { block, sizes[i] + 20, 0 };

    write_parts (&writer, &sizes[i]);
    g_assert_cmpuint (writer.size, <=, writer.capacity);
    if (writer.size < 400)
      assert_written (write_parts, &sizes[i], block, writer.size);

    KlvReader reader = klv_reader (block, writer.size);
    g_assert_cmphex (klv_read_uint (&reader, 2), ==, 0x0102);
    BytesSpan part = klv_read_part (&reader);
    g_assert_false (reader.failed);
    g_assert_cmpuint (reader.left, ==, 0);
    reader = klv_reader (part.data, part.size);
    g_assert_cmpuint (klv_read_uint (&reader, 1), ==, 3);
    part = klv_read_part (&reader);
    g_assert_cmpuint (part.size, ==, sizes[i]);
    for (gsize k = 0; k < part.size; k++)
      g_assert_cmpuint (part.data[k], ==, k & 0xff);
    g_assert_cmpuint (klv_read_uint (&reader, 1), ==, 4);
    g_assert_false (reader.failed);
    g_assert_cmpuint (reader.left, ==, 0);
  }
}

typedef bool (*PutText) (BytesWriter *, const JsonTextValue *);

static void
assert_digits (PutText put, const char *text, const guint8 * wanted, gsize size)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", text);
  g_autofree char *block = g_memdup2 (quoted, strlen (quoted));
  const JsonTextValue value = { JSON_TEXT_STRING, block, strlen (quoted) };
  guint8 bytes[32];
  BytesWriter writer = { bytes, sizeof (bytes), 0 };
  const gboolean ok = put (&writer, &value);

  g_assert_cmpint (ok, ==, wanted != NULL);
  if (ok)
    g_assert_cmpmem (bytes, writer.size, wanted, size);
}

static void
test_digits (void)
{
  static const char *const no_hex[] =
      { "0", "0g", "g0", "0 ", " 00", "0\\u0030" };
  static const char *const no_base64[] =
      { "Z", "Zg", "Zg=", "Zg===", "=", "====",
    "Z===", "Zm9v\\nZg==", "Zm 9", "Zm9vZ", "Zg==Zg=="
  };
  static const char *const no_uuid[] =
      { "", "00010203-0405-0607-0809-0a0b0c0d0e0",
    "00010203-0405-0607-0809-0a0b0c0d0e0g",
    "00010203-0405-0607-0809-0a0b0c0d0e0f0"
  };
  const JsonTextValue number = { JSON_TEXT_NUMBER, "00", 2 };
  BytesWriter writer = { NULL, 0, 0 };

  assert_digits (klv_put_hex, "", (const guint8 *) "", 0);
  assert_digits (klv_put_hex, "00aBFf", BYTES (0, 0xab, 0xff));
  for (guint i = 0; i < G_N_ELEMENTS (no_hex); i++)
    assert_digits (klv_put_hex, no_hex[i], NULL, 0);

  assert_digits (klv_put_base64, "Zg==", BYTES ('f'));
  assert_digits (klv_put_base64, "Zm8=", BYTES ('f', 'o'));
  assert_digits (klv_put_base64, "Zm9v", BYTES ('f', 'o', 'o'));
  assert_digits (klv_put_base64, "Zm9vYg==", BYTES ('f', 'o', 'o', 'b'));
  assert_digits (klv_put_base64, "+/\\/A", BYTES (0xfb, 0xff, 0xc0));
  for (guint i = 0; i < G_N_ELEMENTS (no_base64); i++)
    assert_digits (klv_put_base64, no_base64[i], NULL, 0);

  assert_digits (klv_put_uuid, "00010203-0405-0607-0809-0A0b0c0d0e0f",
      BYTES (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  assert_digits (klv_put_uuid, "000102030405060708090a0b0c0d0e0f",
      BYTES (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  for (guint i = 0; i < G_N_ELEMENTS (no_uuid); i++)
    assert_digits (klv_put_uuid, no_uuid[i], NULL, 0);

  g_assert_false (klv_put_hex (&writer, &number));
  g_assert_false (klv_put_base64 (&writer, &number));
  g_assert_false (klv_put_uuid (&writer, &number));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/writer/numbers", test_numbers);
  g_test_add_func ("/klv/writer/sizes", test_sizes);
  g_test_add_func ("/klv/writer/parts", test_parts);
  g_test_add_func ("/klv/writer/digits", test_digits);
  return g_test_run ();
}
