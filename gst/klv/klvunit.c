/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvunit.h"

#include "klvtables.h"

/* Byte 5 of a universal label: the category (SMPTE ST 336, 4.2) */
#define CATEGORY 4
#define CATEGORY_GROUP 2

bool
klv_unit_begins (const uint8_t * data, size_t size)
{
  const size_t n = sizeof (KLV_KEY_START);

  return memcmp (data, KLV_KEY_START, size < n ? size : n) == 0;
}

KlvUnitState
klv_unit_look (const uint8_t * data, size_t size, size_t max_size,
    size_t *unit_size)
{
  KlvReader reader = klv_reader (data, size);

  *unit_size = 0;
  if (size == 0 || !klv_unit_begins (data, size))
    return KLV_UNIT_NONE;
  klv_read_bytes (&reader, KLV_KEY_SIZE);

  const bool has_first = reader.left > 0;
  const uint64_t length = klv_read_ber (&reader);

  if (reader.failed) {
    /* A length whose first byte is right fails because the others are not there */
    const bool is_wrong = has_first && (data[KLV_KEY_SIZE] == 0x80
        || data[KLV_KEY_SIZE] - 0x80 > KLV_BER_MAX_SIZE - 1);

    return is_wrong ? KLV_UNIT_NONE : KLV_UNIT_CUT;
  }

  const size_t head = reader.next - data;       /* key and length */

  if (head > max_size || length > max_size - head)
    return KLV_UNIT_NONE;
  *unit_size = head + length;
  return length > reader.left ? KLV_UNIT_CUT : KLV_UNIT_WHOLE;
}

bool
klv_unit_is_label (const uint8_t * data, size_t size)
{
  return size >= sizeof (KLV_KEY_START) && klv_unit_begins (data, size);
}

size_t
klv_unit_find (const uint8_t * data, size_t size)
{
  const uint8_t *p = data;

  if (size == 0)
    return 0;
  while ((p = memchr (p, KLV_KEY_START[0], size - (p - data)))) {
    if (klv_unit_begins (p, size - (p - data)))
      return p - data;
    if (++p == data + size)
      break;
  }
  return size;
}

bool
klv_unit_may_hold (const uint8_t * key, const uint8_t * label, size_t size)
{
  if (key[CATEGORY] != CATEGORY_GROUP || label[CATEGORY] != CATEGORY_GROUP)
    return key[CATEGORY] == CATEGORY_GROUP;

  const KlvSet *set = klv_set_of_key (key);
  return set != NULL && set->kind == KLV_UNIVERSAL_SET
      && (size < KLV_KEY_SIZE || klv_set_find_key (set, label) != NULL);
}

/* The same for a label behind which no more bytes are: what may be the next unit's counts as
 * that. */
static bool
holds (const uint8_t * key, const uint8_t * label, size_t size)
{
  const size_t wanted = size > CATEGORY && label[CATEGORY] == CATEGORY_GROUP
      ? KLV_KEY_SIZE : CATEGORY + 1;

  return size >= wanted && klv_unit_may_hold (key, label, size);
}

size_t
klv_unit_find_behind (const uint8_t * data, size_t size)
{
  size_t at = sizeof (KLV_KEY_START);

  if (size <= at)
    return size;
  for (;;) {
    at += klv_unit_find (data + at, size - at);
    if (!holds (data, data + at, size - at))
      return at;
    at += sizeof (KLV_KEY_START);
  }
}

/* klv_key_equal() for the first bytes of a key */
static bool
begins_equal (const uint8_t * key, const uint8_t * data, size_t size)
{
  uint8_t other[KLV_KEY_SIZE];

  memcpy (other, key, KLV_KEY_SIZE);
  memcpy (other, data, size < KLV_KEY_SIZE ? size : KLV_KEY_SIZE);
  return klv_key_equal (key, other);
}

size_t
klv_unit_find_same (const uint8_t * data, size_t size)
{
  size_t at = KLV_KEY_SIZE;

  while (at < size) {
    at += klv_unit_find (data + at, size - at);
    if (begins_equal (data, data + at, size - at))
      return at;
    at++;
  }
  return size;
}
