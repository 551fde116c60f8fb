/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bytes.h"

#include <string.h>

void
bytes_init (Bytes * bytes, const BytesSpan * spans, size_t n_spans)
{
  bytes->spans = spans;
  bytes->n_spans = n_spans;
  bytes->size = 0;
  for (size_t i = 0; i < n_spans; i++)
    bytes->size += spans[i].size;
}

size_t
bytes_copy (const Bytes * bytes, size_t offset, uint8_t * dst, size_t size)
{
  size_t copied = 0;

  for (size_t i = 0; i < bytes->n_spans && copied < size; i++) {
    const BytesSpan *span = &bytes->spans[i];

    if (offset >= span->size) {
      offset -= span->size;
      continue;
    }

    size_t n = span->size - offset;
    if (n > size - copied)
      n = size - copied;
    memcpy (dst + copied, span->data + offset, n);
    copied += n;
    offset = 0;
  }
  return copied;
}

void
bytes_cursor_init (BytesCursor * cursor, const Bytes * bytes, size_t offset)
{
  cursor->bytes = bytes;
  cursor->offset = 0;
  cursor->span = 0;
  cursor->in_span = 0;
  bytes_cursor_skip (cursor, offset);
}

const uint8_t *
bytes_cursor_look_spans (BytesCursor cursor, size_t size, uint8_t * room,
    size_t *found)
{
  int byte;

  *found = 0;
  while (*found < size && (byte = bytes_cursor_next (&cursor)) >= 0)
    room[(*found)++] = (uint8_t) byte;
  return room;
}

int
bytes_cursor_next_span (BytesCursor * cursor)
{
  const Bytes *bytes = cursor->bytes;

  while (cursor->span < bytes->n_spans) {
    const BytesSpan *span = &bytes->spans[cursor->span];

    if (cursor->in_span < span->size) {
      cursor->offset++;
      return span->data[cursor->in_span++];
    }
    cursor->span++;
    cursor->in_span = 0;
  }
  return -1;
}

void
bytes_cursor_skip_spans (BytesCursor * cursor, size_t size)
{
  const Bytes *bytes = cursor->bytes;

  while (size > 0 && cursor->span < bytes->n_spans) {
    const size_t left = bytes->spans[cursor->span].size - cursor->in_span;

    if (size < left) {
      cursor->offset += size;
      cursor->in_span += size;
      return;
    }
    cursor->offset += left;
    cursor->span++;
    cursor->in_span = 0;
    size -= left;
  }
}
