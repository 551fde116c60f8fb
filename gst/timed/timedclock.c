/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedclock.h"

#define MAX_PAST_MS (24 * 3600 * 1000)
#define MAX_FUTURE_MS (600 * 1000)

/* RFC 5905: NTP counts from 1900 */
#define NTP_TO_UNIX_NS ((gint64) 2208988800 * GST_SECOND)

static GstStaticCaps unix_caps = GST_STATIC_CAPS ("timestamp/x-unix");
static GstStaticCaps ntp_caps = GST_STATIC_CAPS ("timestamp/x-ntp");

gint64
timed_running_time (const GstSegment * segment, GstClockTime time)
{
  guint64 running_time;
  int sign;

  if (segment->format != GST_FORMAT_TIME || !GST_CLOCK_TIME_IS_VALID (time))
    return TIMED_NO_TIME;
  sign = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time,
      &running_time);
  return sign == 0 ? TIMED_NO_TIME : sign * (gint64) MIN (running_time,
      (guint64) TIMED_MAX_TIME);
}

gint64
timed_element_running_time (GstElement * element)
{
  g_autoptr (GstClock) clock = NULL;
  GstClockTime base_time;
  gboolean is_playing;

  /* On its way to PLAYING it has the clock before it has the base time, and after that it is
   * to play; on the way back it plays until it is there. */
  GST_OBJECT_LOCK (element);
  is_playing = GST_STATE_TARGET (element) == GST_STATE_PLAYING
      || GST_STATE (element) == GST_STATE_PLAYING;
  GST_OBJECT_UNLOCK (element);
  clock = gst_element_get_clock (element);
  base_time = gst_element_get_base_time (element);
  if (!is_playing || !clock || !GST_CLOCK_TIME_IS_VALID (base_time))
    return TIMED_NO_TIME;
  return CLAMP (GST_CLOCK_DIFF (base_time, gst_clock_get_time (clock)),
      -TIMED_MAX_TIME, TIMED_MAX_TIME);
}

gboolean
timed_is_near_now (gint64 ms)
{
  const gint64 wall_ms = g_get_real_time () / 1000;

  return ms >= wall_ms - MAX_PAST_MS && ms <= wall_ms + MAX_FUTURE_MS;
}

static gboolean
get_reference (GstBuffer * buffer, GstStaticCaps * static_caps, gint64 * ns)
{
  g_autoptr (GstCaps) caps = NULL;
  GstReferenceTimestampMeta *meta;

  /* most have none, of whatever caps */
  if (!gst_buffer_get_meta (buffer, GST_REFERENCE_TIMESTAMP_META_API_TYPE))
    return FALSE;
  caps = gst_static_caps_get (static_caps);
  meta = gst_buffer_get_reference_timestamp_meta (buffer, caps);
  if (meta)
    *ns = (gint64) MIN (meta->timestamp, (guint64) G_MAXINT64);
  return meta != NULL;
}

/* The wall clock now, less the time by which the buffer's running time lies
 * behind the pipeline's. */
static gint64
get_wall_clock (GstBuffer * buffer, GstElement * element,
    const GstSegment * segment)
{
  const gint64 wall_ns = g_get_real_time () * GST_USECOND;
  const gint64 now_ns = timed_element_running_time (element);
  const gint64 running_time =
      timed_running_time (segment, GST_BUFFER_PTS (buffer));

  if (now_ns == TIMED_NO_TIME || running_time == TIMED_NO_TIME)
    return TIMED_NO_TIME;
  return wall_ns - (now_ns - running_time);
}

gint64
timed_capture_ns (GstBuffer * buffer, GstElement * element,
    const GstSegment * segment)
{
  gint64 ns;

  if (get_reference (buffer, &unix_caps, &ns))
    return ns;
  if (get_reference (buffer, &ntp_caps, &ns))
    return ns - NTP_TO_UNIX_NS;
  return segment ? get_wall_clock (buffer, element, segment) : TIMED_NO_TIME;
}

gint64
timed_capture_ms (GstBuffer * buffer, GstElement * element,
    const GstSegment * segment)
{
  const gint64 ns = timed_capture_ns (buffer, element, segment);

  return ns != TIMED_NO_TIME && timed_is_near_now (ns / GST_MSECOND) ?
      ns / GST_MSECOND : -1;
}

/* @precision: of the time that a meta must say at least */
static void
set_capture (GstBuffer * buffer, guint64 ns, guint64 precision)
{
  g_autoptr (GstCaps) caps = gst_static_caps_get (&unix_caps);
  GstReferenceTimestampMeta *meta;

  while ((meta = gst_buffer_get_reference_timestamp_meta (buffer, caps))) {
    if (meta->timestamp / precision == ns / precision)
      return;
    gst_buffer_remove_meta (buffer, (GstMeta *) meta);
  }
  gst_buffer_add_reference_timestamp_meta (buffer, caps, ns,
      GST_CLOCK_TIME_NONE);
}

void
timed_set_capture_ms (GstBuffer * buffer, gint64 ms)
{
  set_capture (buffer, (guint64) ms * GST_MSECOND, GST_MSECOND);
}

GstBuffer *
timed_set_capture_ns (GstBuffer * buffer, guint64 ns)
{
  gint64 before;

  if (!buffer || (get_reference (buffer, &unix_caps, &before)
          && (guint64) before == ns))
    return buffer;
  buffer = gst_buffer_make_writable (buffer);
  if (buffer)
    set_capture (buffer, ns, 1);
  return buffer;
}
