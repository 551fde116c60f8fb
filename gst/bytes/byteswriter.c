/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "byteswriter.h"

#include <string.h>

void
bytes_put (BytesWriter * writer, BytesSpan bytes)
{
  if (writer->size < writer->capacity && bytes.size > 0) {
    const size_t room = writer->capacity - writer->size;

    memcpy (writer->dst + writer->size, bytes.data,
        bytes.size < room ? bytes.size : room);
  }
  writer->size += bytes.size;
}

void
bytes_put_uint (BytesWriter * writer, uint64_t value, size_t size)
{
  for (size_t i = size; i > 0; i--, writer->size++)
    if (writer->size < writer->capacity)
      writer->dst[writer->size] = value >> 8 * (i - 1);
}
