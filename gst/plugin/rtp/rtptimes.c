/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtptimes.h"

#define SECOND G_GINT64_CONSTANT (1000000000)

#define BUCKET (SECOND / 4)

/* Farther from what is expected, timestamps have begun anew */
#define MAX_DISTANCE SECOND

/* A correction is done by parts, of so much at most each time. Those to later times,
 * which no clock needs fast, are also no more than a part of the time that has
 * passed. */
#define MAX_CHANGE (SECOND / 100)
#define LATER_DIVISOR 64

/* A sender report says nothing of timestamps that are farther away: 1.6 hours, and
 * less than half of a round */
#define MAX_UNIX_DISTANCE (G_GINT64_CONSTANT (1) << 29)

#define YEAR_2020 (G_GINT64_CONSTANT (1577836800) * SECOND)
#define DAY (86400 * SECOND)

void
rtp_times_init (RtpTimes * times)
{
  *times = (RtpTimes) {
  0};
}

static gint64
extend (const RtpTimes * times, guint32 timestamp)
{
  return times->extended + (gint32) (timestamp - times->newest);
}

/* In nanoseconds */
static gint64
scale (gint64 extended)
{
  return extended / RTP_TIMES_RATE * SECOND
      + extended % RTP_TIMES_RATE * SECOND / RTP_TIMES_RATE;
}

static void
begin (RtpTimes * times, guint32 timestamp, guint64 now)
{
  times->has_begun = TRUE;
  times->newest = timestamp;
  times->extended = timestamp;
  times->offset = (gint64) now - scale (times->extended);
  times->last_change = now;
  times->bucket_begin = now;
  for (guint i = 0; i < RTP_TIMES_N_BUCKETS; i++)
    times->minima[i] = G_MAXINT64;
  times->minima[times->bucket] = times->offset;

  /* A report that has come just now is of the new timestamps */
  times->has_unix = times->has_unix && times->unix_is_fresh;
  times->unix_extended = timestamp + (gint64) (gint32) (times->unix_timestamp
      - timestamp);
}

/* Enters an offset. Returns the least of the window. */
static gint64
get_minimum (RtpTimes * times, gint64 offset, guint64 now)
{
  gint64 minimum = offset;

  for (guint i = 0; i < RTP_TIMES_N_BUCKETS
      && now >= times->bucket_begin + BUCKET; i++) {
    times->bucket = (times->bucket + 1) % RTP_TIMES_N_BUCKETS;
    times->minima[times->bucket] = G_MAXINT64;
    times->bucket_begin += BUCKET;
  }
  if (now >= times->bucket_begin + BUCKET)
    times->bucket_begin = now;
  if (offset < times->minima[times->bucket])
    times->minima[times->bucket] = offset;

  for (guint i = 0; i < RTP_TIMES_N_BUCKETS; i++)
    minimum = MIN (minimum, times->minima[i]);
  return minimum;
}

gboolean
rtp_times_push (RtpTimes * times, guint32 timestamp, guint64 now)
{
  if (!times->has_begun) {
    begin (times, timestamp, now);
    return FALSE;
  }
  /* The other packets of a picture came no earlier */
  if (timestamp == times->newest)
    return FALSE;

  const gint64 extended = extend (times, timestamp);
  const gint64 offset = (gint64) now - scale (extended);

  if (ABS (offset - times->offset) > MAX_DISTANCE) {
    begin (times, timestamp, now);
    return TRUE;
  }

  const gint64 change = get_minimum (times, offset, now) - times->offset;
  const gint64 passed = now > times->last_change ?
      (gint64) (now - times->last_change) : 0;
  const gint64 max_later = MIN (MAX_CHANGE, passed / LATER_DIVISOR);

  times->newest = timestamp;
  times->extended = extended;
  times->offset += CLAMP (change, -MAX_CHANGE, max_later);
  times->last_change = MAX (times->last_change, now);
  times->unix_is_fresh = FALSE;
  if (ABS (extended - times->unix_extended) > MAX_UNIX_DISTANCE)
    times->has_unix = FALSE;
  return FALSE;
}

guint64
rtp_times_get_arrival (const RtpTimes * times, guint32 timestamp)
{
  const gint64 arrival = scale (extend (times, timestamp)) + times->offset;

  return (guint64) MAX (arrival, 0);
}

gboolean
rtp_times_set_ntp (RtpTimes * times, guint32 timestamp, guint64 ntp,
    gint64 now_unix)
{
  gint64 seconds = (gint64) (ntp >> 32);

  /* RFC 5905 6: the next era begins in 2036 */
  if (seconds < G_GINT64_CONSTANT (1) << 31)
    seconds += G_GINT64_CONSTANT (1) << 32;

  const gint64 unix_ns = (seconds - RTP_TIMES_NTP_TO_UNIX) * SECOND
      + (gint64) (((ntp & G_MAXUINT32) * SECOND) >> 32);
  if (ntp == 0 || unix_ns < YEAR_2020 || unix_ns - DAY > now_unix) {
    times->n_implausible++;
    return FALSE;
  }
  times->has_unix = TRUE;
  times->unix_is_fresh = TRUE;
  times->unix_timestamp = timestamp;
  times->unix_extended = extend (times, timestamp);
  times->unix_ns = unix_ns;
  return TRUE;
}

gboolean
rtp_times_get_unix (const RtpTimes * times, guint32 timestamp, gint64 * unix_ns)
{
  if (!times->has_unix)
    return FALSE;
  *unix_ns = times->unix_ns + scale (extend (times, timestamp)
      - times->unix_extended);
  return TRUE;
}
