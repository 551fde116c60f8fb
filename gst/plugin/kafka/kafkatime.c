/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkatime.h"

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
    *ns = (gint64) meta->timestamp;
  return meta != NULL;
}

/* The wall clock now, less the time by which the buffer's running time lies
 * behind the pipeline's. */
static gboolean
get_running_time (GstBaseSink * sink, GstBuffer * buffer, gint64 wall_ns,
    gint64 * ns)
{
  GstClockTime running_time, base_time;
  GstClock *clock;
  gint64 now_ns;

  if (sink->segment.format != GST_FORMAT_TIME
      || !GST_BUFFER_PTS_IS_VALID (buffer))
    return FALSE;
  running_time = gst_segment_to_running_time (&sink->segment, GST_FORMAT_TIME,
      GST_BUFFER_PTS (buffer));
  base_time = gst_element_get_base_time (GST_ELEMENT (sink));
  clock = gst_element_get_clock (GST_ELEMENT (sink));
  if (!clock)
    return FALSE;
  now_ns = gst_clock_get_time (clock);
  gst_object_unref (clock);
  if (!GST_CLOCK_TIME_IS_VALID (running_time)
      || !GST_CLOCK_TIME_IS_VALID (base_time))
    return FALSE;
  *ns = wall_ns - (now_ns - (gint64) base_time - (gint64) running_time);
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
