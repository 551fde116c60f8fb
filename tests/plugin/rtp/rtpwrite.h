/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_WRITE_H
#define RTP_WRITE_H

#include <glib.h>
#include <string.h>

/* RFC 5905 6: from 1900 to 1970 */
#define NTP_TO_UNIX G_GUINT64_CONSTANT (2208988800)

#define RTP_HEADER 12
#define RTCP_REPORT 28
#define RTCP_BYE_SIZE 8

/* A number of n bytes, the highest first */
static inline void
put (guint8 * to, guint n, guint64 value)
{
  while (n-- > 0) {
    to[n] = (guint8) value;
    value >>= 8;
  }
}

/* Seconds since 1970 */
static inline guint64
to_ntp (guint64 seconds)
{
  return (seconds + NTP_TO_UNIX) << 32;
}

static inline void
put_rtp (guint8 * to, gboolean marker, guint payload_type, guint sequence,
    guint32 timestamp, guint32 ssrc)
{
  to[0] = 0x80;
  to[1] = (guint8) (payload_type | (marker ? 0x80 : 0));
  put (to + 2, 2, sequence);
  put (to + 4, 4, timestamp);
  put (to + 8, 4, ssrc);
}

/* A sender report: the timestamp was at @seconds since 1970 */
static inline void
put_report (guint8 * to, guint32 ssrc, guint32 timestamp, guint64 seconds)
{
  memset (to, 0, RTCP_REPORT);
  put (to, 4, 0x80c80006);
  put (to + 4, 4, ssrc);
  put (to + 8, 8, to_ntp (seconds));
  put (to + 16, 4, timestamp);
}

static inline void
put_bye (guint8 * to, guint32 ssrc)
{
  put (to, 4, 0x81cb0001);
  put (to + 4, 4, ssrc);
}

#endif
