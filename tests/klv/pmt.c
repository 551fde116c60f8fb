/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>

#include "klvcrc.h"
#include "klvpmt.h"
#include "tstest.h"

#define BYTES(...) (const guint8[]) { __VA_ARGS__ }, \
    sizeof ((const guint8[]) { __VA_ARGS__ })

#define KLVA 'K', 'L', 'V', 'A'
#define REGISTRATION 0x05, 4, KLVA
#define ID3 0x05, 4, 'I', 'D', '3', ' '
#define LANGUAGE 0x0a, 4, 'e', 'n', 'g', 0
#define FORMAT 0x01, 0x00, 0xff, KLVA
#define METADATA 0x26, 9, FORMAT, 0x00, 0x0f
#define NOTHING_LEFT 0x26, 7, FORMAT
#define BY_IDENTIFIER 0x26, 13, 0xff, 0xff, 'A', 'B', 'C', 'D', 0xff, KLVA, 1, 2
#define DECODER 0x27, 3, 0xc0, 0x00, 0x01

/* A PMT of one stream among others, with these descriptors */
static GByteArray *
make_pmt (guint8 type, const guint8 * descriptors, gsize size)
{
  GByteArray *pmt = test_pmt_new (1, 0, BYTES (0x25, 2, 0, 1));

  test_pmt_add (pmt, 0x1b, 0x100, NULL, 0);
  test_pmt_add (pmt, type, 0x101, descriptors, size);
  test_pmt_add (pmt, 0x0f, 0x102, BYTES (LANGUAGE));
  return test_pmt_finish (pmt);
}

/* In a block of exactly its size, so that ASAN sees more */
static gboolean
rewrite (GByteArray * pmt)
{
  g_autofree guint8 *block = g_memdup2 (pmt->data, pmt->len);
  const gboolean changed = klv_pmt_rewrite (block, pmt->len);

  g_assert_true (changed || memcmp (block, pmt->data, pmt->len) == 0);
  memcpy (pmt->data, block, pmt->len);
  return changed;
}

static void
assert_rewritten (const guint8 * before, gsize before_size,
    const guint8 * after, gsize after_size)
{
  g_autoptr (GByteArray) pmt = make_pmt (0x15, before, before_size);
  g_autoptr (GByteArray) expected = make_pmt (0x06, after, after_size);

  g_assert_true (rewrite (pmt));
  g_assert_cmpmem (pmt->data, pmt->len, expected->data, expected->len);
  g_assert_cmphex (klv_crc32 (pmt->data, pmt->len), ==, 0);
  g_assert_false (rewrite (pmt));
}

static void
assert_left (guint8 type, const guint8 * descriptors, gsize size)
{
  g_autoptr (GByteArray) pmt = make_pmt (type, descriptors, size);

  g_assert_false (rewrite (pmt));
}

static void
test_registered (void)
{
  assert_rewritten (BYTES (REGISTRATION), BYTES (REGISTRATION));
  assert_rewritten (BYTES (LANGUAGE, REGISTRATION, METADATA, DECODER),
      BYTES (LANGUAGE, REGISTRATION, METADATA, DECODER));
  assert_rewritten (BYTES (METADATA, REGISTRATION),
      BYTES (METADATA, REGISTRATION));
  /* with additional_identification_info */
  assert_rewritten (BYTES (0x05, 5, KLVA, 1), BYTES (0x05, 5, KLVA, 1));
}

static void
test_metadata_alone (void)
{
  assert_rewritten (BYTES (METADATA, DECODER),
      BYTES (REGISTRATION, 0xf0, 3, 'A', 0x00, 0x0f, DECODER));
  assert_rewritten (BYTES (NOTHING_LEFT), BYTES (REGISTRATION, 0xf0, 1, 'A'));
  assert_rewritten (BYTES (BY_IDENTIFIER),
      BYTES (REGISTRATION, 0xf0, 7, 0xff, KLVA, 1, 2));
  assert_rewritten (BYTES (METADATA, METADATA),
      BYTES (REGISTRATION, 0xf0, 3, 'A', 0x00, 0x0f, METADATA));
}

/* What stands before it moves, because tsdemux knows the first registration alone. */
static void
test_metadata_behind_others (void)
{
  assert_rewritten (BYTES (LANGUAGE, ID3, METADATA, DECODER),
      BYTES (REGISTRATION, LANGUAGE, ID3, 0xf0, 3, 'A', 0x00, 0x0f, DECODER));
}

static void
test_longest_metadata (void)
{
  guint8 before[257] = { 0x26, 255, FORMAT };
  guint8 after[257] = { REGISTRATION, 0xf0, 249, 'A' };

  for (guint i = 9; i < sizeof (before); i++)
    before[i] = after[i] = i;
  assert_rewritten (before, sizeof (before), after, sizeof (after));
}

static void
test_what_is_no_klv (void)
{
  assert_left (0x15, NULL, 0);
  assert_left (0x15, BYTES (ID3));
  assert_left (0x15, BYTES (0x05, 3, 'K', 'L', 'V'));
  assert_left (0x15, BYTES (DECODER));
  assert_left (0x15, BYTES (0x26, 9, 1, 0, 0xff, 'I', 'D', '3', ' ', 0, 15));
  assert_left (0x15, BYTES (0x26, 9, 1, 0, 0x10, KLVA, 0, 15));
  assert_left (0x15, BYTES (0x26, 6, 1, 0, 0xff, 'K', 'L', 'V'));
  assert_left (0x15, BYTES (0x26, 11, 0xff, 0xff, FORMAT, 0, 15));
  /* longer than all descriptors */
  assert_left (0x15, BYTES (0x26, 10, FORMAT, 0, 15));
  assert_left (0x15, BYTES (0x05, 5, KLVA));
  assert_left (0x15, BYTES (0x05));
  /* of other types */
  assert_left (0x06, BYTES (REGISTRATION));
  assert_left (0x16, BYTES (METADATA));
}

static void
test_several_streams (void)
{
  GByteArray *pmt = test_pmt_new (1, 3, NULL, 0);
  GByteArray *expected = test_pmt_new (1, 3, NULL, 0);

  test_pmt_add (pmt, 0x15, 0x101, BYTES (METADATA));
  test_pmt_add (expected, 0x06, 0x101,
      BYTES (REGISTRATION, 0xf0, 3, 'A', 0x00, 0x0f));
  test_pmt_add (pmt, 0x15, 0x102, BYTES (ID3));
  test_pmt_add (expected, 0x15, 0x102, BYTES (ID3));
  test_pmt_add (pmt, 0x15, 0x103, BYTES (REGISTRATION));
  test_pmt_add (expected, 0x06, 0x103, BYTES (REGISTRATION));
  test_pmt_finish (pmt);
  test_pmt_finish (expected);

  g_assert_true (rewrite (pmt));
  g_assert_cmpmem (pmt->data, pmt->len, expected->data, expected->len);
  g_byte_array_unref (pmt);
  g_byte_array_unref (expected);
}

/* Lengths that cannot be, of program, stream and descriptor: whatever comes of it, it is
 * read nowhere else, and the section keeps a right CRC. */
static void
test_every_byte_changed (void)
{
  g_autoptr (GByteArray) pmt = make_pmt (0x15, BYTES (ID3, METADATA, DECODER));

  for (guint i = 0; i < pmt->len; i++) {
    for (guint value = 0; value < 256; value++) {
      g_autoptr (GByteArray) other = g_byte_array_new ();

      g_byte_array_append (other, pmt->data, pmt->len);
      other->data[i] = value;
      if (rewrite (other))
        g_assert_cmphex (klv_crc32 (other->data, other->len), ==, 0);
    }
  }
}

static void
test_every_cut (void)
{
  g_autoptr (GByteArray) pmt = make_pmt (0x15, BYTES (METADATA, DECODER));
  /* 12 bytes, 4 of the program, 5 of the first stream */
  const gsize offset = 21;

  g_assert_cmphex (pmt->data[offset], ==, 0x15);
  for (gsize size = 0; size <= pmt->len; size++) {
    g_autofree guint8 *block = g_memdup2 (pmt->data, size);

    g_assert_cmpuint (klv_pmt_find_metadata (block, size), ==,
        MIN (size, offset));
  }
}

static void
test_heads (void)
{
  const guint8 shortest[] = { 0x02, 0xb0, 13 };
  const guint8 longest[] = { 0x02, 0xb3, 0xfd };
  const guint8 bad[][3] = {
    {0x02, 0xb0, 12}, {0x02, 0xb3, 0xfe}, {0x02, 0x30, 13}, {0x02, 0xf0, 13},
    {0x00, 0xb0, 13}, {0x03, 0xb0, 13}
  };

  g_assert_true (klv_pmt_is_head (shortest));
  g_assert_cmpuint (klv_pmt_section_size (shortest), ==, 16);
  g_assert_true (klv_pmt_is_head (longest));
  g_assert_cmpuint (klv_pmt_section_size (longest), ==, KLV_PMT_MAX_SIZE);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (klv_pmt_is_head (bad[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/pmt/registered", test_registered);
  g_test_add_func ("/klv/pmt/metadata-alone", test_metadata_alone);
  g_test_add_func ("/klv/pmt/behind-others", test_metadata_behind_others);
  g_test_add_func ("/klv/pmt/longest-metadata", test_longest_metadata);
  g_test_add_func ("/klv/pmt/what-is-no-klv", test_what_is_no_klv);
  g_test_add_func ("/klv/pmt/several-streams", test_several_streams);
  g_test_add_func ("/klv/pmt/every-byte-changed", test_every_byte_changed);
  g_test_add_func ("/klv/pmt/every-cut", test_every_cut);
  g_test_add_func ("/klv/pmt/heads", test_heads);
  return g_test_run ();
}
