/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FLV_FRAME_TIMES_H
#define FLV_FRAME_TIMES_H

#include <gst/gst.h>

#include "flvtime.h"

G_BEGIN_DECLS

/**
 * FlvFrameTimes:
 *
 * When the frames of a stream are shown, and for how long. Their tags say when they are decoded,
 * in milliseconds, and by how much later they are shown.
 */
typedef struct {
  /*< private >*/
  GstSegment segment;           /* of the stream */
  GstSegment tags;              /* of tags, where the stream has no times */
  FlvTime time;                 /* of the last frame's tag */
  gint32 composition_ms;        /* of the last frame */
  gint64 ahead_ns;              /* by which times of buffers are ahead of those of tags */
  gboolean has_frame;           /* there was one in the segment */
  gint64 duration_ms;           /* 0: not known */
} FlvFrameTimes;

void flv_frame_times_init (FlvFrameTimes * times);

/** What comes next has times of its own. The segment stays. */
void flv_frame_times_forget (FlvFrameTimes * times);

void flv_frame_times_set_segment (FlvFrameTimes * times,
    const GstSegment * segment);

/** The onMetaData of the stream says how long a frame is shown, in milliseconds, which counts until
 *  the first distance between two frames does. */
void flv_frame_times_set_duration (FlvFrameTimes * times, gint64 ms);

/** Goes on to a frame.
 * @buffer: with its tag
 * @timestamp_ms: of the tag
 * @composition_ms: by which it is shown later */
void flv_frame_times_follow (FlvFrameTimes * times, const GstBuffer * buffer,
    guint32 timestamp_ms, gint32 composition_ms);

/** @segment: (out): the one that the times are of
 * Returns: (transfer full): an empty buffer that has the times of the last frame, by @buffer or
 *   else by its tag */
GstBuffer *flv_frame_times_copy (const FlvFrameTimes * times,
    GstBuffer * buffer, const GstSegment ** segment);

/** Returns: how long the last frame is shown, in nanoseconds; 1 ms where that is not known */
GstClockTime flv_frame_times_get_duration (const FlvFrameTimes * times);

G_END_DECLS

#endif
