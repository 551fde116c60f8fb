/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_WRITER_H
#define KLV_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * KlvWriter:
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
} KlvWriter;

void klv_put_bytes (KlvWriter * writer, BytesSpan bytes);

/** Writes a big-endian integer in @size bytes, 1 to 8, in two's complement if it is one.
 * What has no room in them is cut off. */
void klv_put_uint (KlvWriter * writer, uint64_t value, size_t size);

/** Returns: the fewest bytes that hold @value, at least 1 */
size_t klv_get_uint_size (uint64_t value);

/** Returns: the fewest bytes that hold @value in two's complement, at least 1 */
size_t klv_get_int_size (int64_t value);

/** Writes a BER length (ISO/IEC 8825-1 8.1.3) in as few bytes as it takes. */
void klv_put_ber (KlvWriter * writer, uint64_t length);

/** Writes a BER-OID number (ISO/IEC 8825-1 8.19.2). */
void klv_put_oid (KlvWriter * writer, uint64_t number);

/** Puts a BER length in front of all that was written since @writer->size was @begin. */
void klv_insert_length (KlvWriter * writer, size_t begin);

#ifdef __cplusplus
}
#endif
#endif
