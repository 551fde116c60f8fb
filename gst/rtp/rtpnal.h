/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_NAL_H
#define RTP_NAL_H

#include "nal.h"
#include "rtppacket.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * RtpFormat:
 * @codec: the standard; the payload format is that of RFC 6184 or RFC 7798
 * @has_donl: whether packets of H.265 have decoding order numbers: the session
 *   description says so with sprop-max-don-diff. In H.264 the packets say it
 *   themselves.
 */
typedef struct {
  H26xCodec codec;
  bool has_donl;
} RtpFormat;

/**
 * RtpNal:
 * @nal: what its header says. Its start and offset are 0, and its size is that of
 *   @data, so that sei_reader_init() takes it where @has_header
 * @header: the header of the NAL unit, H26X_NAL_HEADER_SIZE bytes, that of a
 *   fragment put together from those of the packet
 * @begins: whether this is the NAL unit's beginning
 * @ends: whether this is its end. A NAL unit that is whole begins and ends.
 * @has_header: whether @data begins with the header: of a NAL unit that is whole
 *   and not cut in two by a decoding order number
 * @data: the NAL unit, or the part of it, that is in the packet
 * @timestamp: RTP timestamp of its access unit, less that of the packet: 0 but in
 *   MTAP16 and MTAP24 (RFC 6184 5.7.2)
 * @has_don: whether its decoding order number is there
 * @don: decoding order number
 *
 * One NAL unit in a packet, or the part of one. If it does not begin here,
 * nal.first_in_picture and nal.prefix_of_idr are false.
 */
typedef struct {
  H26xNal nal;
  uint8_t header[2];
  bool begins;
  bool ends;
  bool has_header;
  BytesSpan data;
  uint32_t timestamp;
  bool has_don;
  uint16_t don;
} RtpNal;

/**
 * RtpNalIter:
 * @error: RTP_OK until something is wrong, then RTP_TRUNCATED (the payload ends
 *   within a header, or within a NAL unit of an aggregation packet) or RTP_INVALID
 *   (no payload of this codec); the iteration ends there
 *
 * Walks the NAL units of a packet in order:
 *
 *     rtp_nal_iter_init (&it, format, packet.payload);
 *     while (rtp_nal_iter_next (&it, &nal))
 *       use (&nal);
 *     if (it.error) ...
 *
 * A payload of no bytes has none, and neither has a PACI packet of H.265 (RFC 7798
 * 4.4.4). In an aggregation packet a NAL unit shorter than its header is passed over.
 * Nothing is read behind the first bytes of a NAL unit: the cost does not grow with
 * the packet.
 */
typedef struct {
  RtpStatus error;
  /*< private >*/
  RtpFormat format;
  const uint8_t *next;
  size_t left;
  unsigned type;                /* that of the payload, while any is left */
  bool is_first;
  uint16_t don;                 /* that DONs of this packet count from */
} RtpNalIter;

void rtp_nal_iter_init (RtpNalIter * it, RtpFormat format, BytesSpan payload);

/** Returns false at the end or at an error. */
bool rtp_nal_iter_next (RtpNalIter * it, RtpNal * nal);

#ifdef __cplusplus
}
#endif
#endif
