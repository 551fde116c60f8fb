/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_RANDOM_H
#define KLV_RANDOM_H

#include <glib.h>
#include <string.h>

#include "klvimapb.h"
#include "klvkey.h"
#include "klvtables.h"
#include "klvwriter.h"

/* Units with every item of the tables, each with any value that it can have. */

static inline guint64
random_uint64 (GRand * rand)
{
  return (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);
}

static inline void
put_random_bytes (GRand * rand, BytesWriter * writer, gsize size)
{
  for (gsize i = 0; i < size; i++)
    bytes_put_uint (writer, g_rand_int (rand) & 0xff, 1);
}

static inline void
put_random_text (GRand * rand, BytesWriter * writer)
{
  static const char *const texts[] = {
    "A", "//USA", "Mission 12", "\xc3\xa9t\xc3\xa9", "\xf0\x9f\x9a\x81",
    "\"quoted\" \\ \n\x01", "\xff\xfe", "tail\0"
  };
  const char *text = texts[g_rand_int_range (rand, 0, G_N_ELEMENTS (texts))];

  bytes_put (writer, (BytesSpan) { (const guint8 *) text, strlen (text) });
}

static inline void
put_random_utf16 (GRand * rand, BytesWriter * writer)
{
  for (gint n = g_rand_int_range (rand, 1, 6); n > 0; n--)
    bytes_put_uint (writer, g_rand_boolean (rand) ? g_rand_int_range (rand, 0x41,
            0x5b) : g_rand_int_range (rand, 0x20, 0xfff0), 2);
}

static inline void
put_random_miis (GRand * rand, BytesWriter * writer)
{
  const guint usage = g_rand_int (rand) & 0x7e;
  const guint8 masks[] = { 0x60, 0x18, 0x04, 0x02 };

  bytes_put_uint (writer, 1, 1);
  bytes_put_uint (writer, usage, 1);
  for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
    if (usage & masks[i])
      put_random_bytes (rand, writer, 16);
}

/* A number, with any number of digits */
static inline guint64
random_number (GRand * rand, guint n_bits)
{
  return random_uint64 (rand) >> (64 - g_rand_int_range (rand, 1, n_bits + 1));
}

static inline void
put_random_imapb (GRand * rand, BytesWriter * writer, const KlvItem * item,
    gsize size)
{
  guint8 bytes[8];

  if (g_rand_int_range (rand, 0, 10) == 0) {
    bytes_put_uint (writer, g_rand_int_range (rand, 0x81, 0x100), 1);
    put_random_bytes (rand, writer, size - 1);
    return;
  }
  klv_imapb_encode (item->min, item->max,
      g_rand_double_range (rand, item->min, item->max), bytes, size);
  bytes_put (writer, (BytesSpan) { bytes, size });
}

static inline void put_random_value (GRand * rand, BytesWriter * writer,
    const KlvItem * item, KlvType type, gsize size);

static inline void
put_random_pack (GRand * rand, BytesWriter * writer, const KlvSet * pack)
{
  const gsize half = g_rand_int_range (rand, 1, 9);

  for (gsize i = 0; i < pack->n_items; i++) {
    const KlvItem *field = &pack->items[i];
    const gsize begin = writer->size;

    if (i > 0 && field->size != KLV_SIZE_HALF
        && g_rand_int_range (rand, 0, 10) == 0)
      return;
    put_random_value (rand, writer, field, field->type,
        field->size == KLV_SIZE_HALF ? half
        : field->size == KLV_SIZE_PART ? 0 : field->size);
    if (field->size == KLV_SIZE_PART)
      klv_insert_length (writer, begin);
  }
}

static inline void
put_random_set (GRand * rand, BytesWriter * writer, const KlvSet * set)
{
  for (gsize i = 0; i < set->n_items; i++) {
    const KlvItem *item = &set->items[i];

    if (set->has_number && item->tag == 0) {
      klv_put_oid (writer, random_number (rand, 35));
      continue;
    }
    for (gint n = g_rand_int_range (rand, 0, 12) / 5; n > 0; n--) {
      if (item->type == KLV_CHECKSUM || item->type == KLV_CRC32)
        continue;
      if (set->kind == KLV_LOCAL_SET)
        klv_put_oid (writer, item->tag);
      else
        bytes_put (writer, (BytesSpan) { item->key, KLV_KEY_SIZE });
      const gsize begin = writer->size;
      if (g_rand_int_range (rand, 0, 10) > 0)
        put_random_value (rand, writer, item, item->type, item->size);
      klv_insert_length (writer, begin);
    }
  }
}

/* A unit without a checksum */
static inline void
put_random_unit (GRand * rand, BytesWriter * writer, const KlvSet * set)
{
  bytes_put (writer, (BytesSpan) { set->ul, KLV_KEY_SIZE });
  const gsize begin = writer->size;
  put_random_set (rand, writer, set);
  /* without these, both would be added */
  if (g_str_equal (set->standard, "ST 0601")) {
    bytes_put_uint (writer, 0x410113, 3);
    bytes_put_uint (writer, 0x0208, 2);
    bytes_put_uint (writer, random_uint64 (rand), 8);
  }
  klv_insert_length (writer, begin);
}

/* @size: of a field; 0: any */
static inline void
put_random_value (GRand * rand, BytesWriter * writer, const KlvItem * item,
    KlvType type, gsize size)
{
  switch (type) {
    case KLV_UINT:
    case KLV_INT:
    case KLV_TIME_US:
    case KLV_ENUM:
    case KLV_FLAGS:
      if (size == 0)
        size = g_rand_int_range (rand, 1, 9);
      put_random_bytes (rand, writer, size);
      break;
    case KLV_ULIN:
    case KLV_ILIN:
      if (g_rand_int_range (rand, 0, 10) == 0)
        bytes_put_uint (writer, G_GUINT64_CONSTANT (1) << (8 * item->size - 1),
            item->size);
      else
        put_random_bytes (rand, writer, item->size);
      break;
    case KLV_IMAPB:
      put_random_imapb (rand, writer, item, size ? size
          : (gsize) g_rand_int_range (rand, 1, 9));
      break;
    case KLV_FLOAT:
      put_random_bytes (rand, writer, g_rand_boolean (rand) ? 4 : 8);
      break;
    case KLV_TEXT:
      put_random_text (rand, writer);
      break;
    case KLV_UTF16:
      put_random_utf16 (rand, writer);
      break;
    case KLV_OID:
      klv_put_oid (writer, random_number (rand, 35));
      break;
    case KLV_BER:
      klv_put_ber (writer, random_number (rand, 64));
      break;
    case KLV_OIDS:
      for (gint n = g_rand_int_range (rand, 1, 5); n > 0; n--)
        klv_put_oid (writer, random_number (rand, 35));
      break;
    case KLV_UUID:
      put_random_bytes (rand, writer, 16);
      break;
    case KLV_RGB:
      put_random_bytes (rand, writer, 3);
      break;
    case KLV_MIIS:
      put_random_miis (rand, writer);
      break;
    case KLV_SET:
      put_random_set (rand, writer, item->set);
      break;
    case KLV_PACK:
      put_random_pack (rand, writer, item->set);
      break;
    case KLV_SERIES:
      for (gint n = g_rand_int_range (rand, 1, 4); n > 0; n--) {
        const gsize begin = writer->size;

        put_random_value (rand, writer, item, item->part_type, 0);
        klv_insert_length (writer, begin);
      }
      break;
    case KLV_USER_DATA:
      put_random_bytes (rand, writer, g_rand_int_range (rand, 1, 9));
      break;
    default:
      put_random_bytes (rand, writer, g_rand_int_range (rand, 1, 20));
  }
}

#endif
