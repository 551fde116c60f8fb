/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RBSP_H
#define RBSP_H

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * H26xRbsp:
 * @offset: bytes of header and content behind it
 *
 * Reads the content of a NAL unit, without emulation_prevention_three_byte (H.264
 * and H.265 7.3.1). Between reads it always is before a byte of content or at the
 * end. Copy it by assignment to keep a position.
 */
typedef struct {
  size_t offset;
  /*< private >*/
  BytesCursor cursor;
  size_t end;                   /* of the NAL unit, from the start of all */
  unsigned zeros;               /* content so far ends with, up to 2 */
} H26xRbsp;

/** Begins behind the header of the NAL unit of @size bytes at @offset of @bytes.
 * All of it is there. */
void h26x_rbsp_init (H26xRbsp * rbsp, const Bytes * bytes, size_t offset,
    size_t size, size_t header_size);

/** Copies up to @size bytes of content to @dst, or steps over them if that is
 * NULL. Returns their number, which is less than @size only at the end. */
size_t h26x_rbsp_read (H26xRbsp * rbsp, uint8_t * dst, size_t size);

#ifdef __cplusplus
}
#endif
#endif
