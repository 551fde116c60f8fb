/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkatime.h"
#include "timedbuffer.h"

#define MAX_PAST_NS ((gint64) 24 * 3600 * GST_SECOND)
#define MAX_FUTURE_NS ((gint64) 600 * GST_SECOND)

/* RFC 5905: NTP counts from 1900 */
#define NTP_TO_UNIX_NS ((gint64) 2208988800 * GST_SECOND)

static GstStaticCaps unix_caps = GST_STATIC_CAPS ("timestamp/x-unix");
static GstStaticCaps ntp_caps = GST_STATIC_CAPS ("timestamp/x-ntp");

static gboolean
get_reference (GstBuffer * buffer, GstStaticCaps * static_caps, gint64 * ns)
{
  GstCaps *caps = gst_static_caps_get (static_caps);
  GstReferenceTimestampMeta *meta =
      gst_buffer_get_reference_timestamp_meta (buffer, caps);

  gst_caps_unref (caps);
  if (meta)
    *ns = (gint64) MIN (meta->timestamp, (guint64) G_MAXINT64);
  return meta != NULL;
}

/* The wall clock now, less the time by which the buffer's running time lies
 * behind the pipeline's. */
static gboolean
get_running_time (GstBaseSink * sink, GstBuffer * buffer, gint64 wall_ns,
    gint64 * ns)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (sink));
  const GstClockTime base_time = gst_element_get_base_time (GST_ELEMENT (sink));
  const gint64 running_time =
      timed_running_time (&sink->segment, GST_BUFFER_PTS (buffer));
  gint64 now_ns;

  if (!clock || running_time == TIMED_NO_TIME
      || !GST_CLOCK_TIME_IS_VALID (base_time))
    return FALSE;
  now_ns = GST_CLOCK_DIFF (base_time, gst_clock_get_time (clock));
  *ns = wall_ns - (CLAMP (now_ns, -TIMED_MAX_TIME, TIMED_MAX_TIME)
      - running_time);
  return TRUE;
}

gint64
kafka_time_of_capture (GstBaseSink * sink, GstBuffer * buffer, gboolean live)
{
  const gint64 wall_ns = g_get_real_time () * GST_USECOND;
  gint64 ns;

  if (get_reference (buffer, &unix_caps, &ns)) {
    /* as it is */
  } else if (get_reference (buffer, &ntp_caps, &ns)) {
    ns -= NTP_TO_UNIX_NS;
  } else if (!live || !get_running_time (sink, buffer, wall_ns, &ns)) {
    return -1;
  }
  if (ns < wall_ns - MAX_PAST_NS || ns > wall_ns + MAX_FUTURE_NS)
    return -1;
  return ns / GST_MSECOND;
}
