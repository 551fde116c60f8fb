/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvwriter.h"

#include <string.h>

size_t
klv_get_uint_size (uint64_t value)
{
  size_t size = 1;

  while (value >>= 8)
    size++;
  return size;
}

size_t
klv_get_int_size (int64_t value)
{
  /* the bits of what is below zero count where they differ from its sign */
  const uint64_t bits = value < 0 ? ~(uint64_t) value : (uint64_t) value;

  return klv_get_uint_size (bits << 1);
}

void
klv_put_ber (BytesWriter * writer, uint64_t length)
{
  const size_t size = klv_get_uint_size (length);

  if (length >= 0x80)
    bytes_put_uint (writer, 0x80 + size, 1);
  bytes_put_uint (writer, length, size);
}

void
klv_put_oid (BytesWriter * writer, uint64_t number)
{
  unsigned shift = 0;

  while (shift < 63 && number >> shift >= 0x80)
    shift += 7;
  for (; shift > 0; shift -= 7)
    bytes_put_uint (writer, 0x80 | (number >> shift & 0x7f), 1);
  bytes_put_uint (writer, number & 0x7f, 1);
}

void
klv_insert_length (BytesWriter * writer, size_t begin)
{
  const size_t size = writer->size - begin;
  BytesWriter length = { writer->dst, writer->capacity, begin };
  const size_t n_length = size < 0x80 ? 1 : 1 + klv_get_uint_size (size);
  const size_t to = begin + n_length;

  if (to < writer->capacity) {
    const size_t room = writer->capacity - to;

    memmove (writer->dst + to, writer->dst + begin, size < room ? size : room);
  }
  klv_put_ber (&length, size);
  writer->size += n_length;
}
