/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpclock.h"

#define DAY (G_GUINT64_CONSTANT (86400) << 32)

/* By how much a time may differ from what the timestamps say, as NTP: 250 ms */
#define MAX_JITTER (G_GUINT64_CONSTANT (1) << 30)

void
rtp_clock_init (RtpClock * clock)
{
  *clock = (RtpClock) {
  0};
  rtp_times_init (&clock->times);
}

static guint64
distance (guint64 a, guint64 b)
{
  return MIN (a - b, b - a);
}

static guint64
get_ntp_now (void)
{
  const guint64 now_us = (guint64) g_get_real_time ();

  return ((now_us / 1000000 + (guint64) RTP_TIMES_NTP_TO_UNIX) << 32)
      + ((now_us % 1000000) << 32) / 1000000;
}

/* Whether the time goes on from the packet before as the timestamps do */
static gboolean
goes_on (const RtpClock * clock, const RtpPacket * packet, guint64 ntp)
{
  const gint64 ticks = (gint32) (packet->timestamp - clock->timestamp);
  const gint64 passed = ticks * ((G_GINT64_CONSTANT (1) << 32)
      / RTP_TIMES_RATE);

  return distance (ntp, clock->ntp + (guint64) passed) <= MAX_JITTER;
}

/* Finds the element that may be the time: that of the packets before, or any. */
static gboolean
find_time (const RtpClock * clock, const RtpPacket * packet,
    RtpExtension * found, guint64 * ntp)
{
  const guint64 now = get_ntp_now ();
  RtpExtensionIter it;

  rtp_extension_iter_init (&it, packet);
  while (rtp_extension_iter_next (&it, found))
    if ((clock->id == 0 || found->id == clock->id)
        && rtp_extension_get_ntp (found, now, ntp)
        && distance (*ntp, now) <= DAY)
      return TRUE;
  return FALSE;
}

static void
read_extension (RtpClock * clock, const RtpPacket * packet)
{
  RtpExtension found;
  guint64 ntp;

  if (rtp_packet_get_onvif_time (packet, &ntp)) {
    rtp_clock_set_ntp (clock, packet->timestamp, ntp);
    return;
  }
  if (!find_time (clock, packet, &found, &ntp)) {
    clock->id = 0;
    return;
  }
  if (clock->id == 0 || !goes_on (clock, packet, ntp))
    clock->n_proofs = 0;
  clock->id = found.id;
  clock->ntp = ntp;
  clock->timestamp = packet->timestamp;
  if (clock->n_proofs < RTP_CLOCK_PROOFS)
    clock->n_proofs++;
  if (clock->n_proofs == RTP_CLOCK_PROOFS)
    rtp_clock_set_ntp (clock, packet->timestamp, ntp);
}

void
rtp_clock_push (RtpClock * clock, const RtpPacket * packet, guint64 arrival)
{
  rtp_times_push (&clock->times, packet->timestamp, arrival);
  if (packet->has_extension)
    read_extension (clock, packet);
}

void
rtp_clock_set_ntp (RtpClock * clock, guint32 timestamp, guint64 ntp)
{
  rtp_times_set_ntp (&clock->times, timestamp, ntp, g_get_real_time () * 1000);
}

guint64
rtp_clock_get_implausible (const RtpClock * clock)
{
  return clock->times.n_implausible;
}

guint64
rtp_clock_get_arrival (const RtpClock * clock, guint32 timestamp)
{
  return rtp_times_get_arrival (&clock->times, timestamp);
}

gboolean
rtp_clock_get_unix (const RtpClock * clock, guint32 timestamp, gint64 * unix_ns)
{
  return rtp_times_get_unix (&clock->times, timestamp, unix_ns);
}
