/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "passes.h"

#include <string.h>

#define DEFAULT_DURATION (GST_SECOND / 30)

void
passes_init (Passes * self, gboolean is_encoded)
{
  *self = (Passes) {
  .next = PASSES_START,.duration = DEFAULT_DURATION,.is_encoded = is_encoded};
  passes_begin (self);
  self->n_passes = 0;
}

void
passes_begin (Passes * self)
{
  self->n_passes++;
  self->has_origin = FALSE;
  self->n_window = 0;
  self->start = self->next;
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
}

void
passes_set_rate (Passes * self, int fps_n, int fps_d)
{
  if (fps_n > 0 && fps_d > 0)
    self->duration = gst_util_uint64_scale_int (GST_SECOND, fps_d, fps_n);
}

void
passes_set_segment (Passes * self, const GstSegment * segment)
{
  /* a later one without a base is matroskademux' afterthought, and would put a jump
   * between two frames */
  if (segment->format == GST_FORMAT_TIME && (!self->has_origin
          || segment->base > self->segment.base))
    self->segment = *segment;
}

void
passes_get_segment (const Passes * self, GstSegment * segment)
{
  gst_segment_init (segment, GST_FORMAT_TIME);
  segment->start = segment->position = PASSES_START;
  segment->time = 0;
}

/* Running time, which may be negative. Returns FALSE if @time is none. */
static gboolean
to_running_time (const Passes * self, GstClockTime time, gint64 * running)
{
  guint64 value;
  int sign;

  if (!GST_CLOCK_TIME_IS_VALID (time))
    return FALSE;
  sign = gst_segment_to_running_time_full (&self->segment, GST_FORMAT_TIME,
      time, &value);
  *running = sign < 0 ? -(gint64) value : (gint64) value;
  return sign != 0;
}

/* The decoding time of a frame is the presentation time that, in order, stands
 * PASSES_REORDER frames before. */
static gint64
make_dts (Passes * self, gint64 pts)
{
  guint i = self->n_window;

  while (i > 0 && self->window[i - 1] > pts) {
    self->window[i] = self->window[i - 1];
    i--;
  }
  self->window[i] = pts;
  if (self->n_window < PASSES_REORDER) {
    self->n_window++;
    return self->window[0] - (PASSES_REORDER + 1 -
        self->n_window) * self->duration;
  }
  pts = self->window[0];
  memmove (self->window, self->window + 1, sizeof (gint64) * PASSES_REORDER);
  return pts;
}

static GstClockTime
place (const Passes * self, gint64 running)
{
  return MAX (self->start + running - self->origin, 0);
}

GstBuffer *
passes_set_times (Passes * self, GstBuffer * frame)
{
  gint64 pts = 0, dts = 0;
  const gboolean has_pts = to_running_time (self, GST_BUFFER_PTS (frame), &pts);
  gboolean has_dts = to_running_time (self, GST_BUFFER_DTS (frame), &dts);
  gint64 ordered;

  frame = gst_buffer_make_writable (frame);
  if (!GST_BUFFER_DURATION_IS_VALID (frame)
      || GST_BUFFER_DURATION (frame) == 0)
    GST_BUFFER_DURATION (frame) = self->duration;
  else
    self->duration = GST_BUFFER_DURATION (frame);
  if (self->is_encoded && has_pts && !has_dts) {
    dts = make_dts (self, pts);
    has_dts = TRUE;
  }
  if (!self->has_origin) {
    self->origin = has_dts ? dts : has_pts ? pts : 0;
    self->has_origin = TRUE;
  }
  if (has_pts) {
    GST_BUFFER_PTS (frame) = place (self, pts);
    GST_BUFFER_DTS (frame) = has_dts ? place (self, dts) : GST_CLOCK_TIME_NONE;
  } else {
    GST_BUFFER_PTS (frame) = has_dts ? place (self, dts) : (guint64) self->next;
    GST_BUFFER_DTS (frame) =
        self->is_encoded ? GST_BUFFER_PTS (frame) : GST_CLOCK_TIME_NONE;
  }
  ordered = GST_BUFFER_DTS_OR_PTS (frame);
  self->next = MAX (self->next, ordered + self->duration);
  return frame;
}
