/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sei.h"

#include <limits.h>

void
sei_reader_init (SeiReader * reader, const SeiBytes * bytes, SeiFormat format,
    const SeiNal * nal)
{
  const size_t header_size = SEI_NAL_HEADER_SIZE (format.codec);

  reader->error = SEI_OK;
  if ((nal->kind != SEI_NAL_SEI && nal->kind != SEI_NAL_SEI_SUFFIX)
      || nal->size < header_size || nal->offset > bytes->size
      || nal->size > bytes->size - nal->offset) {
    reader->error = SEI_INVALID;
    return;
  }
  sei_rbsp_init (&reader->rbsp, bytes, nal->offset, nal->size, header_size);
}

/* more_rbsp_data() of 7.2: whether anything but rbsp_trailing_bits() is left.
 * As messages are whole bytes, those are 80. The zeros that some write behind
 * it belong to no message either. Decided at the end of a message, not by the
 * last byte of the NAL unit, which is content where the trailing bits were
 * forgotten. */
static bool
more_rbsp_data (const SeiReader * reader)
{
  SeiRbsp rbsp = reader->rbsp;
  uint8_t byte;

  if (sei_rbsp_read (&rbsp, &byte, 1) == 0)
    return false;
  if (byte != 0x80)
    return true;
  while (sei_rbsp_read (&rbsp, &byte, 1) == 1)
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
    if (sei_rbsp_read (&reader->rbsp, &byte, 1) == 0)
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

  message->start = reader->rbsp.offset;
  reader->error = read_sum (reader, UINT_MAX, &type);
  if (reader->error == SEI_OK)
    reader->error = read_sum (reader, SIZE_MAX, &size);
  if (reader->error != SEI_OK)
    return false;

  message->type = (unsigned) type;
  message->size = size;
  message->payload = reader->rbsp;

  /* What is left in bytes may be less without emulation prevention: count */
  if (sei_rbsp_read (&reader->rbsp, NULL, size) < size) {
    reader->error = SEI_TRUNCATED;
    return false;
  }
  message->end = reader->rbsp.offset;
  return true;
}

size_t
sei_message_copy (const SeiMessage * message, size_t skip, uint8_t * dst,
    size_t size)
{
  SeiRbsp rbsp = message->payload;

  if (skip >= message->size)
    return 0;
  if (size > message->size - skip)
    size = message->size - skip;
  sei_rbsp_read (&rbsp, NULL, skip);
  return sei_rbsp_read (&rbsp, dst, size);
}
