/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_TIMES_H
#define RTP_TIMES_H

#include <glib.h>

G_BEGIN_DECLS

/** The clock of RTP timestamps of video (RFC 6184 5.1, RFC 7798 4.1). */
#define RTP_TIMES_RATE 90000u

/** Seconds from the epoch of NTP, 1900, to that of Unix, 1970 (RFC 5905 6). */
#define RTP_TIMES_NTP_TO_UNIX G_GINT64_CONSTANT (2208988800)

#define RTP_TIMES_N_BUCKETS 8

/**
 * RtpTimes:
 * @n_implausible: NTP times that were not believed
 *
 * What the RTP timestamps of one stream mean.
 *
 * A timestamp's time of arrival is that of a packet which the network has held up as
 * little as those of the last two seconds that it has held up least. So it has no
 * jitter, and follows the sender's clock. From one timestamp to the next it moves
 * against that by a few milliseconds at most.
 */
typedef struct {
  guint64 n_implausible;
  /*< private >*/
  gboolean has_begun;
  guint32 newest;               /* timestamp that came last */
  gint64 extended;              /* the same, without wraparound */
  gint64 offset;                /* ns from the extended timestamp to arrival */
  guint64 last_change;          /* of offset */
  guint64 bucket_begin;
  guint bucket;
  gint64 minima[RTP_TIMES_N_BUCKETS];
  gboolean has_unix;
  gboolean unix_is_fresh;       /* nothing has come since */
  guint32 unix_timestamp;
  gint64 unix_extended;
  gint64 unix_ns;
} RtpTimes;

void rtp_times_init (RtpTimes * times);

/**
 * Takes a packet, or the first of each timestamp, in the order in which they were sent.
 *
 * @now: when it came: nanoseconds of the clock to which timestamps are mapped
 *
 * Returns: whether times are not related to those of before: the timestamps have
 *   jumped, or stood still, for a second or more
 */
gboolean rtp_times_push (RtpTimes * times, guint32 timestamp, guint64 now);

/** Returns the time of arrival by the clock of rtp_times_push(), of which there was a
 * call. */
guint64 rtp_times_get_arrival (const RtpTimes * times, guint32 timestamp);

/**
 * Takes an NTP time of a timestamp: that of a sender report (RFC 3550 6.4.1), or of a
 * packet (RFC 6051, ONVIF).
 *
 * @ntp: seconds since 1900 in the upper 32 bits, fractions in the lower
 * @now_unix: the wall clock, nanoseconds since 1970
 *
 * Returns: FALSE, and counts it, if it is 0, before 2020, or more than a day after
 *   @now_unix: so write senders that do not know the time
 */
gboolean rtp_times_set_ntp (RtpTimes * times, guint32 timestamp, guint64 ntp,
    gint64 now_unix);

/** @unix_ns: (out): nanoseconds since 1970
 * Returns: FALSE if it is not known */
gboolean rtp_times_get_unix (const RtpTimes * times, guint32 timestamp,
    gint64 * unix_ns);

G_END_DECLS

#endif
