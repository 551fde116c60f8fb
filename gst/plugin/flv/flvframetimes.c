/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "flvframetimes.h"

#include "timedbuffer.h"

void
flv_frame_times_init (FlvFrameTimes * times)
{
  *times = (FlvFrameTimes) {
  0};
  gst_segment_init (&times->segment, GST_FORMAT_UNDEFINED);
  gst_segment_init (&times->tags, GST_FORMAT_TIME);
}

void
flv_frame_times_forget (FlvFrameTimes * times)
{
  times->time = (FlvTime) {
  0};
  times->has_frame = FALSE;
  times->duration_ms = 0;
}

void
flv_frame_times_set_segment (FlvFrameTimes * times, const GstSegment * segment)
{
  times->segment = *segment;
  times->has_frame = FALSE;
}

void
flv_frame_times_set_duration (FlvFrameTimes * times, gint64 ms)
{
  times->duration_ms = ms;
}

/* Tags do not say how long a frame is shown: it is as long as from the one before. What is cut to
 * milliseconds may be 1 less the next time. Times of decoding that would be before 0 are cut to
 * 0, so what is decoded then says nothing of that. */
static void
follow_tag (FlvFrameTimes * times, guint32 timestamp_ms)
{
  const gint64 before_ms = times->time.ms;
  const gint64 ms = flv_time_follow (&times->time, timestamp_ms);

  if (times->has_frame && ms > before_ms
      && (before_ms > 0 || times->duration_ms == 0))
    times->duration_ms = ms - before_ms - 1;
}

/* Muxers give their buffers the time of decoding as PTS, and none if it is before the segment: then
 * it follows from the tag, and the first frame is the first that is shown, at the segment's
 * start. */
static void
follow_buffer (FlvFrameTimes * times, const GstBuffer * buffer)
{
  const gint64 tag_ns = times->time.ms * GST_MSECOND;
  const GstClockTime pts = GST_BUFFER_PTS (buffer);

  if (GST_CLOCK_TIME_IS_VALID (pts))
    times->ahead_ns = (gint64) MIN (pts, (GstClockTime) TIMED_MAX_TIME) -
        tag_ns;
  else if (!times->has_frame)
    times->ahead_ns =
        (gint64) MIN (times->segment.start, (guint64) TIMED_MAX_TIME) -
        tag_ns - times->composition_ms * GST_MSECOND;
}

void
flv_frame_times_follow (FlvFrameTimes * times, const GstBuffer * buffer,
    guint32 timestamp_ms, gint32 composition_ms)
{
  follow_tag (times, timestamp_ms);
  times->composition_ms = composition_ms;
  follow_buffer (times, buffer);
  times->has_frame = TRUE;
}

GstBuffer *
flv_frame_times_copy (const FlvFrameTimes * times, GstBuffer * buffer,
    const GstSegment ** segment)
{
  const gboolean has_time = times->segment.format == GST_FORMAT_TIME;
  const gint64 decoded_ns = times->time.ms * GST_MSECOND +
      (has_time ? times->ahead_ns : 0);
  GstBuffer *copy = timed_buffer_copy_times (buffer);
  gint64 ns = decoded_ns + times->composition_ms * GST_MSECOND;

  /* rounded twice, it might be later than the time of the object that it is to have */
  if (has_time && times->composition_ms != 0)
    ns -= GST_MSECOND;
  *segment = has_time ? &times->segment : &times->tags;
  GST_BUFFER_PTS (copy) = MAX (ns, (gint64) (*segment)->start);
  GST_BUFFER_DTS (copy) = MAX (decoded_ns, 0);
  return copy;
}

GstClockTime
flv_frame_times_get_duration (const FlvFrameTimes * times)
{
  return MAX (times->duration_ms, 1) * GST_MSECOND;
}
