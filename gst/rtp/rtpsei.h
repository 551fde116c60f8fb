/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_SEI_H
#define RTP_SEI_H

#include "rtpnal.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * RtpSei:
 * @n_incomplete: NAL units of SEI of which a part was missing
 * @n_too_large: those that did not fit the buffer
 *
 * Puts the SEI NAL units of one stream together, whose packets come in the order of
 * their sequence numbers:
 *
 *     rtp_sei_init (&sei, codec, buffer, sizeof (buffer));
 *     ...
 *     while (rtp_nal_iter_next (&it, &nal))
 *       if (rtp_sei_push (&sei, &packet, &nal, &found))
 *         use (found.data, found.size, packet.timestamp + nal.timestamp);
 *
 * The counters are the caller's to read and to set to 0. A NAL unit is counted once,
 * however many of its parts are missing, and as soon as it is known: with the next
 * NAL unit of any kind.
 */
typedef struct {
  uint64_t n_incomplete;
  uint64_t n_too_large;
  /*< private >*/
  H26xCodec codec;
  uint8_t *buffer;
  size_t capacity;
  size_t size;                  /* of what is there of a NAL unit */
  uint8_t state;
  uint8_t type;                 /* of that NAL unit */
  uint16_t sequence;            /* of the packet with its last part */
  uint32_t timestamp;
} RtpSei;

/** @buffer has room for @capacity bytes, and with that for a NAL unit of as many. It
 * is used for fragments alone, and may be NULL if @capacity is 0. */
void rtp_sei_init (RtpSei * sei, H26xCodec codec, uint8_t * buffer,
    size_t capacity);

/** Returns how many bytes the buffer needs for what is there and this part of a NAL
 * unit, which comes next; 0 if the part needs none. */
size_t rtp_sei_get_need (const RtpSei * sei, const RtpNal * nal);

/** Returns how many bytes of the buffer are in use, for a NAL unit whose end has not
 * come; those of @found are not. */
size_t rtp_sei_get_size (const RtpSei * sei);

/** Replaces the buffer by another, whose first bytes are the same: realloc() may have
 * made it. */
void rtp_sei_set_buffer (RtpSei * sei, uint8_t * buffer, size_t capacity);

/**
 * Takes the next NAL unit, or part of one, of any kind.
 *
 * @packet: the packet it is in, later than those before
 * @found: (out): a complete SEI NAL unit with its header, in the bytes of the packet
 *   or in the buffer, where it stays until the next call
 *
 * Returns: whether there is one
 */
bool rtp_sei_push (RtpSei * sei, const RtpPacket * packet, const RtpNal * nal,
    BytesSpan * found);

/** Gives up the NAL unit that is not complete, because the stream ends or its
 * sequence numbers begin anew. */
void rtp_sei_flush (RtpSei * sei);

#ifdef __cplusplus
}
#endif
#endif
