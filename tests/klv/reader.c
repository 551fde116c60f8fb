/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>

#include "klvreader.h"

#define READER(...) klv_reader ((const uint8_t[]) { __VA_ARGS__ }, \
    sizeof ((const uint8_t[]) { __VA_ARGS__ }))

static void
test_ber (void)
{
  KlvReader good[] = {
    READER (0x00), READER (0x7f), READER (0x81, 0x80), READER (0x82, 1, 2),
    READER (0x84, 0, 0, 0, 5), READER (0x88, 1, 2, 3, 4, 5, 6, 7, 8),
    READER (0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
  };
  const uint64_t values[] =
      { 0, 127, 128, 258, 5, 0x0102030405060708, UINT64_MAX };
  KlvReader bad[] = {
    READER (0x80), READER (0x81), READER (0x82, 1), READER (0xff),
    READER (0x80, 1, 2), READER (0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1)
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_assert_cmpuint (klv_read_ber (&good[i]), ==, values[i]);
    g_assert_false (good[i].failed);
    g_assert_cmpuint (good[i].left, ==, 0);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_cmpuint (klv_read_ber (&bad[i]), ==, 0);
    g_assert_true (bad[i].failed);
    g_assert_cmpuint (bad[i].left, ==, 0);
  }
}

static void
test_oid (void)
{
  KlvReader good[] = {
    READER (0x00), READER (0x7f), READER (0x81, 0x00), READER (0x81, 0x16),
    READER (0xff, 0xff, 0xff, 0xff, 0x7f), READER (0x80, 0x01)
  };
  const uint64_t values[] = { 0, 127, 128, 150, 0x7ffffffff, 1 };
  KlvReader bad[] = {
    READER (0x80), READER (0x81, 0x80), READER (0x81, 0x81, 0x81, 0x81, 0x81, 1)
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_assert_cmpuint (klv_read_oid (&good[i]), ==, values[i]);
    g_assert_false (good[i].failed);
    g_assert_cmpuint (good[i].left, ==, 0);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_cmpuint (klv_read_oid (&bad[i]), ==, 0);
    g_assert_true (bad[i].failed);
  }
}

static void
test_integers (void)
{
  KlvReader reader = READER (0xff, 0xfe, 0x01, 0x80, 0x00);
  KlvReader longest = READER (0x80, 0, 0, 0, 0, 0, 0, 1);

  g_assert_cmpint (klv_get_int (klv_read_bytes (&reader, 1)), ==, -1);
  g_assert_cmpint (klv_get_int (klv_read_bytes (&reader, 2)), ==, -511);
  g_assert_cmpuint (klv_read_uint (&reader, 2), ==, 0x8000);
  g_assert_false (reader.failed);
  g_assert_cmpuint (klv_read_uint (&reader, 1), ==, 0);
  g_assert_true (reader.failed);
  g_assert_cmpint (klv_get_int (klv_read_rest (&longest)), ==, G_MININT64 + 1);
}

/* A length beyond what there is must not be read, nor the rest behind it. */
static void
test_parts (void)
{
  KlvReader reader = READER (2, 'a', 'b', 0, 0x81, 1, 'c', 3, 'd', 'e');
  BytesSpan part;

  part = klv_read_part (&reader);
  g_assert_cmpmem (part.data, part.size, "ab", 2);
  g_assert_cmpuint (klv_read_part (&reader).size, ==, 0);
  g_assert_false (reader.failed);
  part = klv_read_part (&reader);
  g_assert_cmpmem (part.data, part.size, "c", 1);
  g_assert_cmpuint (klv_read_part (&reader).size, ==, 0);
  g_assert_true (reader.failed);
  g_assert_cmpuint (klv_read_rest (&reader).size, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/reader/ber", test_ber);
  g_test_add_func ("/klv/reader/oid", test_oid);
  g_test_add_func ("/klv/reader/integers", test_integers);
  g_test_add_func ("/klv/reader/parts", test_parts);
  return g_test_run ();
}
