/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_WRITER_H
#define KLV_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "byteswriter.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Returns: the fewest bytes that hold @value, at least 1 */
size_t klv_get_uint_size (uint64_t value);

/** Returns: the fewest bytes that hold @value in two's complement, at least 1 */
size_t klv_get_int_size (int64_t value);

/** Writes a BER length (ISO/IEC 8825-1 8.1.3) in as few bytes as it takes. */
void klv_put_ber (BytesWriter * writer, uint64_t length);

/** Writes a BER-OID number (ISO/IEC 8825-1 8.19.2). */
void klv_put_oid (BytesWriter * writer, uint64_t number);

/** Puts a BER length in front of all that was written since @writer->size was @begin. */
void klv_insert_length (BytesWriter * writer, size_t begin);

#ifdef __cplusplus
}
#endif
#endif
