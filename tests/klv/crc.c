/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>

#include "klvcrc.h"

/* Bit by bit, as Annex A draws it */
static guint32
slow_crc (const guint8 * data, gsize size)
{
  guint32 crc = G_MAXUINT32;

  for (gsize i = 0; i < 8 * size; i++) {
    const guint32 bit = data[i / 8] >> (7 - i % 8) & 1;

    crc = crc << 1 ^ ((crc >> 31 ^ bit) ? 0x04c11db7 : 0);
  }
  return crc;
}

static void
test_known (void)
{
  static const guint8 digits[] = "123456789";
  /* program 1 with its PMT in PID 0x1000 */
  static const guint8 pat[] = {
    0x00, 0xb0, 0x0d, 0x00, 0x01, 0xc1, 0x00, 0x00, 0x00, 0x01, 0xf0, 0x00,
    0x2a, 0xb1, 0x04, 0xb2
  };

  g_assert_cmphex (klv_crc32 (digits, 9), ==, 0x0376e6e7);
  g_assert_cmphex (klv_crc32 (pat, 12), ==, 0x2ab104b2);
  g_assert_cmphex (klv_crc32 (pat, 16), ==, 0);
  g_assert_cmphex (klv_crc32 (NULL, 0), ==, 0xffffffff);
}

static void
test_every_bit_counts (void)
{
  guint8 data[64] = { 0 };

  for (gsize size = 0; size <= sizeof (data); size++) {
    for (gsize bit = 0; bit < 8 * size; bit++) {
      data[bit / 8] ^= 1 << bit % 8;
      g_assert_cmphex (klv_crc32 (data, size), ==, slow_crc (data, size));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/crc/known", test_known);
  g_test_add_func ("/klv/crc/every-bit-counts", test_every_bit_counts);
  return g_test_run ();
}
