/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_PACKET_H
#define RTP_PACKET_H

#include <stdbool.h>

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What functions of this folder answer. */
typedef enum {
  RTP_OK,
  RTP_IS_RTCP,                  /* RTCP, at a port that both share (RFC 5761) */
  RTP_TRUNCATED,                /* a length or header exceeds the input */
  RTP_INVALID                   /* the bytes contradict the syntax */
} RtpStatus;

/**
 * RtpPacket:
 * @payload_type: 0 to 127
 * @marker: in video, whether this is the last packet of an access unit
 * @sequence: sequence number
 * @timestamp: RTP timestamp
 * @ssrc: the source
 * @n_csrcs: number of contributing sources
 * @csrcs: the contributing sources, 4 bytes each; see rtp_packet_get_csrc()
 * @has_extension: whether there is a header extension
 * @extension_profile: the 16 bits that say what it is
 * @extension: what follows its length field
 * @payload: without padding; may be empty
 * @padding: bytes of padding behind the payload
 *
 * One RTP packet (RFC 3550 5.1). Its spans lie in the bytes that were given.
 */
typedef struct {
  unsigned payload_type;
  bool marker;
  uint16_t sequence;
  uint32_t timestamp;
  uint32_t ssrc;
  unsigned n_csrcs;
  const uint8_t *csrcs;
  bool has_extension;
  uint16_t extension_profile;
  BytesSpan extension;
  BytesSpan payload;
  size_t padding;
} RtpPacket;

/**
 * Reads the header of a datagram.
 *
 * Returns: RTP_OK; RTP_IS_RTCP if it is a compound of packets of the types 192 to 223
 *   (RFC 5761 4); RTP_TRUNCATED if it ends within the header, or is padded with
 *   more than what there is; RTP_INVALID if the version is not 2. @packet is
 *   complete after RTP_OK alone.
 *
 * A padding of 0 bytes, which the standard does not know, is none: so do GStreamer
 * and FFmpeg.
 */
RtpStatus rtp_packet_parse (RtpPacket * packet, const uint8_t * data,
    size_t size);

/** Returns contributing source @i, which is less than @packet->n_csrcs. */
uint32_t rtp_packet_get_csrc (const RtpPacket * packet, unsigned i);

/** Whether the packet is of an ONVIF replay (ONVIF Streaming Specification 6.3: a
 * header extension of the profile ABAC). If so, @ntp is the time at which it was
 * recorded. */
bool rtp_packet_get_onvif_time (const RtpPacket * packet, uint64_t * ntp);

/**
 * RtpExtension:
 * @id: what the session description has given it, 1 to 255
 * @data: up to 16 bytes in the one-byte form, up to 255 in the other
 *
 * One element of a header extension (RFC 8285).
 */
typedef struct {
  unsigned id;
  BytesSpan data;
} RtpExtension;

/**
 * RtpExtensionIter:
 * @error: RTP_OK until an element exceeds the header extension, then RTP_TRUNCATED,
 *   or one has the id 0 and a length, then RTP_INVALID; the iteration ends there
 *
 * Walks the elements of a header extension in order. One that is not of RFC 8285
 * has none. The id 15 of the one-byte form ends it without an error (4.2).
 */
typedef struct {
  RtpStatus error;
  /*< private >*/
  const uint8_t *next;
  size_t left;
  bool two_bytes;
} RtpExtensionIter;

void rtp_extension_iter_init (RtpExtensionIter * it, const RtpPacket * packet);

/** Returns false at the end or at an error. */
bool rtp_extension_iter_next (RtpExtensionIter * it, RtpExtension * extension);

/**
 * Reads the NTP time of an element, whose id the session description gives:
 * ntp-64 of 8 bytes, or ntp-56 of 7, without the upper 8 bits of the seconds
 * (RFC 6051 3.3).
 *
 * @near: an NTP time that is known to be less than 97 days away, such as the time
 *   of arrival
 * @ntp: (out): seconds since 1900 in the upper 32 bits, fractions in the lower
 *
 * Returns: false if the element has another size
 */
bool rtp_extension_get_ntp (const RtpExtension * extension, uint64_t near,
    uint64_t * ntp);

#ifdef __cplusplus
}
#endif
#endif
