/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_READER_H
#define KLV_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The longest BER length that is read: its first byte and 8 more. */
#define KLV_BER_MAX_SIZE 9

/** The longest BER-OID number that is read, of 35 bits. */
#define KLV_OID_MAX_SIZE 5

/**
 * KlvReader:
 * @next: the byte that is read next
 * @left: bytes that are left
 * @failed: whether something was read that is not there, or cannot be
 *
 * Reads bytes of somebody else from front to back. Once it has failed, all that it
 * reads is 0 or empty, so that one look at the end is enough.
 */
typedef struct {
  const uint8_t *next;
  size_t left;
  bool failed;
} KlvReader;

static inline KlvReader
klv_reader (const uint8_t * data, size_t size)
{
  const KlvReader reader = { data, size, false };

  return reader;
}

/** Returns: the big-endian integer that up to 8 bytes are */
static inline uint64_t
klv_get_uint (BytesSpan bytes)
{
  uint64_t value = 0;

  for (size_t i = 0; i < bytes.size; i++)
    value = value << 8 | bytes.data[i];
  return value;
}

/** Returns: the same in two's complement, of 1 to 8 bytes */
static inline int64_t
klv_get_int (BytesSpan bytes)
{
  const uint64_t sign = UINT64_C (1) << (8 * bytes.size - 1);

  /* what the sign bit is worth, taken away twice */
  return (int64_t) ((klv_get_uint (bytes) ^ sign) - sign);
}

/** Reads @size bytes, in place. */
BytesSpan klv_read_bytes (KlvReader * reader, size_t size);

/** Reads all that is left, in place. */
BytesSpan klv_read_rest (KlvReader * reader);

/** Reads a big-endian integer of @size bytes: 1 to 8. */
uint64_t klv_read_uint (KlvReader * reader, size_t size);

/** Reads a BER length (ISO/IEC 8825-1 8.1.3), short or long. Fails with the indefinite
 * form (80) and with more than KLV_BER_MAX_SIZE bytes. */
uint64_t klv_read_ber (KlvReader * reader);

/** Reads a BER-OID number (ISO/IEC 8825-1 8.19.2). Fails with more than KLV_OID_MAX_SIZE
 * bytes. */
uint64_t klv_read_oid (KlvReader * reader);

/** Reads a BER length and so many bytes behind it, in place. */
BytesSpan klv_read_part (KlvReader * reader);

#ifdef __cplusplus
}
#endif
#endif
