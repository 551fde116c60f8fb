/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_CLOCK_H
#define RTP_CLOCK_H

#include "rtppacket.h"
#include "rtptimes.h"

G_BEGIN_DECLS

/** So many elements in a row that can be the time are the time. */
#define RTP_CLOCK_PROOFS 3

/**
 * RtpClock:
 *
 * The clock of one sender, from all that packets and reports say of it. An element of
 * a header extension is known to be the time (ntp-64 or ntp-56 of RFC 6051, or the
 * absolute capture time of WebRTC) by its value, because no session description is
 * there to name it: it is near the wall clock, and goes on as the timestamps do.
 */
typedef struct {
  /*< private >*/
  RtpTimes times;
  guint id;                     /* of the element that may be the time; 0: none */
  guint n_proofs;
  guint64 ntp;                  /* of the packet before */
  guint32 timestamp;
} RtpClock;

void rtp_clock_init (RtpClock * clock);

/** Takes the next packet, in the order in which they were sent.
 * @arrival: when it came, in nanoseconds */
void rtp_clock_push (RtpClock * clock, const RtpPacket * packet,
    guint64 arrival);

/** Takes a sender report (RFC 3550 6.4.1). */
void rtp_clock_set_ntp (RtpClock * clock, guint32 timestamp, guint64 ntp);

/** Returns how many NTP times were not believed. */
guint64 rtp_clock_get_implausible (const RtpClock * clock);

/** As rtp_times_get_arrival() */
guint64 rtp_clock_get_arrival (const RtpClock * clock, guint32 timestamp);

/** As rtp_times_get_unix() */
gboolean rtp_clock_get_unix (const RtpClock * clock, guint32 timestamp,
    gint64 * unix_ns);

G_END_DECLS

#endif
