/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bytes.h"

#include <string.h>

void
sei_bytes_init (SeiBytes * bytes, const SeiSpan * spans, size_t n_spans)
{
  bytes->spans = spans;
  bytes->n_spans = n_spans;
  bytes->size = 0;
  for (size_t i = 0; i < n_spans; i++)
    bytes->size += spans[i].size;
}

size_t
sei_bytes_copy (const SeiBytes * bytes, size_t offset, uint8_t * dst,
    size_t size)
{
  size_t copied = 0;

  for (size_t i = 0; i < bytes->n_spans && copied < size; i++) {
    const SeiSpan *span = &bytes->spans[i];

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
sei_cursor_init (SeiCursor * cursor, const SeiBytes * bytes, size_t offset)
{
  cursor->bytes = bytes;
  cursor->offset = 0;
  cursor->span = 0;
  cursor->in_span = 0;
  sei_cursor_skip (cursor, offset);
}

int
sei_cursor_next (SeiCursor * cursor)
{
  const SeiBytes *bytes = cursor->bytes;

  while (cursor->span < bytes->n_spans) {
    const SeiSpan *span = &bytes->spans[cursor->span];

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
sei_cursor_skip (SeiCursor * cursor, size_t size)
{
  const SeiBytes *bytes = cursor->bytes;

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
