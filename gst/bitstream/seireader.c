/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sei.h"

#include <limits.h>
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

/* Reads up to size bytes of RBSP, without going to end or beyond; dst may be
 * NULL. Returns the number read.
 *
 * 7.3.1: in 00 00 03 the 03 is emulation_prevention_three_byte and no content.
 * One that comes after the last byte read is passed over as well, so that the
 * cursor always is before a byte of content or at end. */
static size_t
read_rbsp (SeiCursor * cursor, size_t end, unsigned *zeros, uint8_t * dst,
    size_t size)
{
  size_t done = 0;

  while (cursor->offset < end) {
    const SeiSpan *span = &cursor->bytes->spans[cursor->span];
    if (cursor->in_span == span->size) {
      cursor->span++;
      cursor->in_span = 0;
      continue;
    }

    const uint8_t *run = span->data + cursor->in_span;
    size_t n = span->size - cursor->in_span;
    if (n > end - cursor->offset)
      n = end - cursor->offset;

    if (*zeros == 2 && *run == 3) {
      *zeros = 0;
      n = 1;
    } else {
      if (n > size - done)
        n = size - done;
      if (n == 0)
        break;
      /* No byte before the next 03 can be one of emulation prevention */
      const uint8_t *three = memchr (run + 1, 3, n - 1);
      if (three != NULL)
        n = (size_t) (three - run);
      if (dst != NULL)
        memcpy (dst + done, run, n);
      *zeros = zeros_after (run, n, *zeros);
      done += n;
    }
    cursor->in_span += n;
    cursor->offset += n;
  }
  return done;
}

void
sei_reader_init (SeiReader * reader, const SeiBytes * bytes, SeiFormat format,
    const SeiNal * nal)
{
  const size_t header_size = format.codec == SEI_CODEC_H265 ? 2 : 1;

  reader->error = SEI_OK;
  reader->end = 0;
  reader->zeros = 0;
  sei_cursor_init (&reader->cursor, bytes, 0);

  if ((nal->kind != SEI_NAL_SEI && nal->kind != SEI_NAL_SEI_SUFFIX)
      || nal->size < header_size || nal->offset > bytes->size
      || nal->size > bytes->size - nal->offset) {
    reader->error = SEI_INVALID;
    return;
  }
  sei_cursor_init (&reader->cursor, bytes, nal->offset + header_size);
  reader->end = nal->offset + nal->size;
}

/* more_rbsp_data() of 7.2: whether anything but rbsp_trailing_bits() is left.
 * As messages are whole bytes, those are 80. The zeros that some write behind
 * it belong to no message either. Decided at the end of a message, not by the
 * last byte of the NAL unit, which is content where the trailing bits were
 * forgotten. */
static bool
more_rbsp_data (const SeiReader * reader)
{
  SeiCursor cursor = reader->cursor;
  unsigned zeros = reader->zeros;
  uint8_t byte;

  if (read_rbsp (&cursor, reader->end, &zeros, &byte, 1) == 0)
    return false;
  if (byte != 0x80)
    return true;
  while (read_rbsp (&cursor, reader->end, &zeros, &byte, 1) == 1)
    if (byte != 0)
      return true;
  return false;
}

/* Reads payloadType or payloadSize: a number of FF bytes, then a last byte;
 * the sum of all (7.3.2.3.1, in H.265 7.3.5) */
static SeiStatus
read_sum (SeiReader * reader, size_t max, size_t *sum)
{
  uint8_t byte;

  *sum = 0;
  do {
    if (read_rbsp (&reader->cursor, reader->end, &reader->zeros, &byte, 1) == 0)
      return SEI_TRUNCATED;
    if (byte > max - *sum)
      return SEI_INVALID;
    *sum += byte;
  } while (byte == 0xff);
  return SEI_OK;
}

bool
sei_reader_next (SeiReader * reader, SeiMessage * message)
{
  size_t type, size;

  if (reader->error != SEI_OK || !more_rbsp_data (reader))
    return false;

  message->start = reader->cursor.offset;
  reader->error = read_sum (reader, UINT_MAX, &type);
  if (reader->error == SEI_OK)
    reader->error = read_sum (reader, SIZE_MAX, &size);
  if (reader->error != SEI_OK)
    return false;

  message->type = (unsigned) type;
  message->size = size;
  message->payload = reader->cursor;
  message->zeros = reader->zeros;

  /* What is left in bytes may be less without emulation prevention: count */
  if (read_rbsp (&reader->cursor, reader->end, &reader->zeros, NULL, size)
      < size) {
    reader->error = SEI_TRUNCATED;
    return false;
  }
  message->end = reader->cursor.offset;
  return true;
}

size_t
sei_message_copy (const SeiMessage * message, size_t skip, uint8_t * dst,
    size_t size)
{
  SeiCursor cursor = message->payload;
  unsigned zeros = message->zeros;

  if (skip >= message->size)
    return 0;
  if (size > message->size - skip)
    size = message->size - skip;
  read_rbsp (&cursor, message->end, &zeros, NULL, skip);
  return read_rbsp (&cursor, message->end, &zeros, dst, size);
}
