/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sei.h"

#include <limits.h>

void
sei_reader_init (SeiReader * reader, const Bytes * bytes, H26xFormat format,
    const H26xNal * nal)
{
  const size_t header_size = H26X_NAL_HEADER_SIZE (format.codec);

  reader->error = H26X_OK;
  if ((nal->kind != H26X_NAL_SEI && nal->kind != H26X_NAL_SEI_SUFFIX)
      || nal->size < header_size || nal->offset > bytes->size
      || nal->size > bytes->size - nal->offset) {
    reader->error = H26X_INVALID;
    return;
  }
  h26x_rbsp_init (&reader->rbsp, bytes, nal->offset, nal->size, header_size);
}

/* more_rbsp_data() of 7.2: whether anything but rbsp_trailing_bits() is left.
 * As messages are whole bytes, those are 80. The zeros that some write behind
 * it belong to no message either. Decided at the end of a message, not by the
 * last byte of the NAL unit, which is content where the trailing bits were
 * forgotten. */
static bool
more_rbsp_data (const SeiReader * reader)
{
  H26xRbsp rbsp = reader->rbsp;
  uint8_t byte;

  if (h26x_rbsp_read (&rbsp, &byte, 1) == 0)
    return false;
  if (byte != 0x80)
    return true;
  while (h26x_rbsp_read (&rbsp, &byte, 1) == 1)
    if (byte != 0)
      return true;
  return false;
}

/* Reads payloadType or payloadSize: a number of FF bytes, then a last byte;
 * the sum of all (7.3.2.3.1, in H.265 7.3.5) */
static H26xStatus
read_sum (SeiReader * reader, size_t max, size_t *sum)
{
  uint8_t byte;

  *sum = 0;
  do {
    if (h26x_rbsp_read (&reader->rbsp, &byte, 1) == 0)
      return H26X_TRUNCATED;
    if (byte > max - *sum)
      return H26X_INVALID;
    *sum += byte;
  } while (byte == 0xff);
  return H26X_OK;
}

bool
sei_reader_next (SeiReader * reader, SeiMessage * message)
{
  size_t type, size;

  if (reader->error != H26X_OK || !more_rbsp_data (reader))
    return false;

  message->start = reader->rbsp.offset;
  reader->error = read_sum (reader, UINT_MAX, &type);
  if (reader->error == H26X_OK)
    reader->error = read_sum (reader, SIZE_MAX, &size);
  if (reader->error != H26X_OK)
    return false;

  message->type = (unsigned) type;
  message->size = size;
  message->payload = reader->rbsp;

  /* What is left in bytes may be less without emulation prevention: count */
  if (h26x_rbsp_read (&reader->rbsp, NULL, size) < size) {
    reader->error = H26X_TRUNCATED;
    return false;
  }
  message->end = reader->rbsp.offset;
  return true;
}

size_t
sei_message_copy (const SeiMessage * message, size_t skip, uint8_t * dst,
    size_t size)
{
  H26xRbsp rbsp = message->payload;

  if (skip >= message->size)
    return 0;
  if (size > message->size - skip)
    size = message->size - skip;
  h26x_rbsp_read (&rbsp, NULL, skip);
  return h26x_rbsp_read (&rbsp, dst, size);
}
