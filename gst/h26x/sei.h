/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef H26X_SEI_H
#define H26X_SEI_H

#include "nal.h"
#include "rbsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/** payloadType of user_data_unregistered (H.264 D.1.7, H.265 D.2.7). */
#define SEI_TYPE_USER_DATA_UNREGISTERED 5

/** Bytes of uuid_iso_iec_11578 in front of its payload. */
#define SEI_UUID_SIZE 16

/** The largest payloadType that is written: each 255 of it take a byte. The standards
 * use numbers below 256. */
#define SEI_MAX_TYPE 65535

/**
 * SeiMessage:
 * @type: payloadType
 * @size: payloadSize: bytes without emulation prevention; they are all there
 * @start: offset of its first byte (of payloadType) in the NAL unit, whose header
 *   counts and whose emulation prevention bytes do not
 * @end: offset of what follows it: the next message or the trailing bits
 *
 * One SEI message (H.264 and H.265 7.3.2.3.1 / 7.3.5).
 */
typedef struct {
  unsigned type;
  size_t size;
  size_t start;
  size_t end;
  /*< private >*/
  H26xRbsp payload;
} SeiMessage;

/**
 * SeiReader:
 * @error: H26X_OK until a message contradicts the syntax, then H26X_INVALID (not
 *   a SEI NAL unit of these bytes, payloadType out of bounds) or H26X_TRUNCATED
 *   (the message exceeds the NAL unit); what follows in the NAL unit cannot be
 *   found
 *
 * Trailing bits that are missing are no error: the messages fill the NAL unit
 * then.
 *
 * Reads the messages of one SEI NAL unit in order:
 *
 *     sei_reader_init (&reader, &bytes, format, &nal);
 *     while (sei_reader_next (&reader, &message))
 *       if (message.type == SEI_TYPE_USER_DATA_UNREGISTERED) ...
 *     if (reader.error) ...
 */
typedef struct {
  H26xStatus error;
  /*< private >*/
  H26xRbsp rbsp;
} SeiReader;

/** @nal is of kind H26X_NAL_SEI or H26X_NAL_SEI_SUFFIX and complete. */
void sei_reader_init (SeiReader * reader, const Bytes * bytes,
    H26xFormat format, const H26xNal * nal);

/** Returns false at the end or at an error. */
bool sei_reader_next (SeiReader * reader, SeiMessage * message);

/** Copies up to @size payload bytes of @message, from the @skip-th on, to @dst,
 * without emulation prevention bytes. Returns the number copied. */
size_t sei_message_copy (const SeiMessage * message, size_t skip,
    uint8_t * dst, size_t size);

/** Bytes that sei_write_message() takes at most, whatever the format and the bytes of the
 * payload; 0 for what it never takes. Given so much room, it does not measure first. */
size_t sei_get_max_size (unsigned type, size_t payload_size);

/**
 * Writes one message as a NAL unit of its own: start code of 4 bytes or length
 * field, header with the ids of @point, message, trailing bits, and emulation
 * prevention over all of it (7.4.1).
 *
 * @type: payloadType
 * @uuid: SEI_UUID_SIZE bytes that precede the payload if @type is
 *   SEI_TYPE_USER_DATA_UNREGISTERED; else not used
 * @payload: @payload_size bytes, may be NULL if that is 0
 * @dst: room for @capacity bytes, or NULL
 * @written: (out): bytes that the NAL unit takes. Nothing is written if they
 *   are more than @capacity, so that a first call with @dst NULL measures.
 *
 * Returns: H26X_OK; H26X_TOO_LARGE if the NAL unit does not fit its length field
 *   (or size_t); H26X_INVALID if @format is invalid, or @type larger than SEI_MAX_TYPE.
 *   After an error @written is 0.
 */
H26xStatus sei_write_message (H26xFormat format, const H26xInsertPoint * point,
    unsigned type, const uint8_t * uuid, const uint8_t * payload,
    size_t payload_size, uint8_t * dst, size_t capacity, size_t * written);

/**
 * SeiRange:
 * @start: offset of its first byte in a NAL unit, counted as in SeiMessage
 * @end: offset of what follows it
 */
typedef struct {
  size_t start;
  size_t end;
} SeiRange;

/**
 * Writes a NAL unit again without some of its messages. The rest of it stays as it
 * is, and gets emulation prevention (7.4.1) again, which changes nothing where that
 * was valid. A length field goes before it; a start code does not.
 *
 * @nal: a complete NAL unit of @bytes
 * @cuts: @n_cuts ranges to leave out, in order, not overlapping
 * @dst, @capacity, @written: as for sei_write_message()
 *
 * Returns: as sei_write_message()
 */
H26xStatus sei_write_without (H26xFormat format, const Bytes * bytes,
    const H26xNal * nal, const SeiRange * cuts, size_t n_cuts, uint8_t * dst,
    size_t capacity, size_t * written);

#ifdef __cplusplus
}
#endif
#endif
