/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTCP_H
#define RTCP_H

#include "rtppacket.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  RTCP_SENDER_REPORT,           /* the packet type 200 (RFC 3550 6.4.1) */
  RTCP_BYE                      /* 203 (6.6) */
} RtcpKind;

/**
 * RtcpReport:
 * @kind: what it is
 * @ssrc: the source of which it is
 * @ntp: in a sender report, the NTP time at which it was sent: seconds since 1900 in
 *   the upper 32 bits, fractions in the lower. A sender without a clock writes 0.
 * @timestamp: in a sender report, the RTP timestamp of the same moment
 *
 * What one source says. A BYE of several sources is given once for each.
 */
typedef struct {
  RtcpKind kind;
  uint32_t ssrc;
  uint64_t ntp;
  uint32_t timestamp;
} RtcpReport;

/**
 * RtcpIter:
 * @error: RTP_OK until something is wrong, then RTP_TRUNCATED (a packet exceeds the
 *   datagram, or its content the packet) or RTP_INVALID (the version is not 2, or it
 *   is not RTCP); the iteration ends there
 *
 * Walks the sender reports and BYEs of a compound packet (RFC 3550 6.1) in order, and
 * passes over all else. It need not begin with a report (RFC 5506).
 */
typedef struct {
  RtpStatus error;
  /*< private >*/
  const uint8_t *next;
  size_t left;
  const uint8_t *sources;       /* of a BYE, that are still to be given */
  unsigned n_sources;
} RtcpIter;

void rtcp_iter_init (RtcpIter * it, const uint8_t * data, size_t size);

/** Returns false at the end or at an error. */
bool rtcp_iter_next (RtcpIter * it, RtcpReport * report);

#ifdef __cplusplus
}
#endif
#endif
