/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvreader.h"

BytesSpan
klv_read_bytes (KlvReader * reader, size_t size)
{
  BytesSpan bytes = { reader->next, size };

  if (size > reader->left) {
    reader->failed = true;
    reader->left = 0;
    bytes.size = 0;
  } else if (size > 0) {        /* no bytes may be at NULL */
    reader->next += size;
    reader->left -= size;
  }
  return bytes;
}

BytesSpan
klv_read_rest (KlvReader * reader)
{
  return klv_read_bytes (reader, reader->left);
}

static uint8_t
read_byte (KlvReader * reader)
{
  if (reader->left == 0) {
    reader->failed = true;
    return 0;
  }
  reader->left--;
  return *reader->next++;
}

uint64_t
klv_read_uint (KlvReader * reader, size_t size)
{
  return klv_get_uint (klv_read_bytes (reader, size));
}

uint64_t
klv_read_ber (KlvReader * reader)
{
  const uint8_t first = read_byte (reader);

  if (first < 0x80)
    return first;
  if (first == 0x80 || first - 0x80 > KLV_BER_MAX_SIZE - 1) {
    klv_read_bytes (reader, SIZE_MAX);
    return 0;
  }
  return klv_read_uint (reader, first - 0x80);
}

uint64_t
klv_read_oid (KlvReader * reader)
{
  uint64_t number = 0;

  for (unsigned i = 0; i < KLV_OID_MAX_SIZE; i++) {
    const uint8_t byte = read_byte (reader);

    number = number << 7 | (byte & 0x7f);
    if (byte < 0x80)
      return reader->failed ? 0 : number;
  }
  klv_read_bytes (reader, SIZE_MAX);
  return 0;
}

BytesSpan
klv_read_part (KlvReader * reader)
{
  const uint64_t size = klv_read_ber (reader);

  return klv_read_bytes (reader, size > SIZE_MAX ? SIZE_MAX : size);
}
