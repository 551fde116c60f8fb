/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rbsp.h"

#include <string.h>

/* How many zero bytes the run ends with, up to the two that count; before: how
 * many there were right before it */
static unsigned
zeros_after (const uint8_t * run, size_t size, unsigned before)
{
  if (run[size - 1] != 0)
    return 0;
  if (size >= 2)
    return run[size - 2] == 0 ? 2 : 1;
  return before < 2 ? before + 1 : 2;
}

void
h26x_rbsp_init (H26xRbsp * rbsp, const Bytes * bytes, size_t offset,
    size_t size, size_t header_size)
{
  rbsp->offset = header_size;
  rbsp->end = offset + size;
  rbsp->zeros = 0;
  bytes_cursor_init (&rbsp->cursor, bytes, offset + header_size);
}

/* 7.3.1: in 00 00 03 the 03 is emulation_prevention_three_byte and no content.
 * One that comes after the last byte read is passed over as well, so that the
 * cursor always is before a byte of content or at the end. */
size_t
h26x_rbsp_read (H26xRbsp * rbsp, uint8_t * dst, size_t size)
{
  BytesCursor *cursor = &rbsp->cursor;
  size_t done = 0;

  while (cursor->offset < rbsp->end && (done < size || rbsp->zeros == 2)) {
    const BytesSpan *span = &cursor->bytes->spans[cursor->span];
    if (cursor->in_span == span->size) {
      cursor->span++;
      cursor->in_span = 0;
      continue;
    }

    const uint8_t *run = span->data + cursor->in_span;
    size_t n = span->size - cursor->in_span;
    if (n > rbsp->end - cursor->offset)
      n = rbsp->end - cursor->offset;

    if (rbsp->zeros == 2 && *run == 3) {
      rbsp->zeros = 0;
      n = 1;
    } else {
      if (n > size - done)
        n = size - done;
      if (n == 0)
        break;
      /* No byte before the next 03 can be one of emulation prevention */
      const uint8_t *three = n > 1 ? memchr (run + 1, 3, n - 1) : NULL;
      if (three)
        n = (size_t) (three - run);
      if (dst)
        memcpy (dst + done, run, n);
      rbsp->zeros = zeros_after (run, n, rbsp->zeros);
      done += n;
    }
    cursor->in_span += n;
    cursor->offset += n;
  }
  rbsp->offset += done;
  return done;
}
