/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef BYTES_WRITER_H
#define BYTES_WRITER_H

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * BytesWriter:
 * @dst: gets the bytes; may be NULL if @capacity is 0
 * @capacity: bytes that it has
 * @size: bytes that all takes; where that is more than @capacity, not all is there
 *
 * Writes bytes from front to back. What was written last is taken back by setting @size to
 * what it was before.
 */
typedef struct {
  uint8_t *dst;
  size_t capacity;
  size_t size;
} BytesWriter;

void bytes_put (BytesWriter * writer, BytesSpan bytes);

/** Writes a big-endian integer in @size bytes, 1 to 8, in two's complement if it is one.
 * What has no room in them is cut off. */
void bytes_put_uint (BytesWriter * writer, uint64_t value, size_t size);

#ifdef __cplusplus
}
#endif
#endif
