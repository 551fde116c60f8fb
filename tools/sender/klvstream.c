/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvstream.h"

#include "jsonpad.h"
#include "telemetry.h"
#include "timedclock.h"

/* How many frames may be between one that is sent and one that is shown: 16 are what
 * H.264 and H.265 allow (max_dec_frame_buffering, sps_max_num_reorder_pics), but a
 * container may delay what is shown. */
#define MAX_WAITING 256

void
klv_stream_init (KlvStream * self, const char *stream_id)
{
  *self = (KlvStream) {
  .stream_id = stream_id};
  g_mutex_init (&self->lock);
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  self->waiting = g_array_new (FALSE, FALSE, sizeof (gint64));
}

void
klv_stream_clear (KlvStream * self)
{
  json_pad_free (self->out);
  gst_clear_object (&self->inject);
  g_clear_pointer (&self->waiting, g_array_unref);
  g_mutex_clear (&self->lock);
}

guint64
klv_stream_count (KlvStream * self)
{
  guint64 n;

  g_mutex_lock (&self->lock);
  n = self->n_packets;
  g_mutex_unlock (&self->lock);
  return n;
}

/* The time of day at which a frame was due: it goes on with the times of the frames, as
 * that of --rtp-times does. */
static gint64
get_unix_us (KlvStream * self, gint64 running)
{
  if (!self->has_epoch) {
    const gint64 now = timed_element_running_time (self->inject);

    /* what comes before PLAYING is due when that begins */
    self->epoch_ns = g_get_real_time () * 1000 -
        (now != TIMED_NO_TIME ? now : running);
    self->has_epoch = TRUE;
  }
  return (self->epoch_ns + running) / 1000;
}

static void
push_first (KlvStream * self)
{
  const gint64 running = g_array_index (self->waiting, gint64, 0);
  char *json;

  if (!self->has_begun)
    self->begin = running;
  self->has_begun = TRUE;
  json = telemetry_make (get_unix_us (self, running), running - self->begin,
      self->stream_id);
  g_array_remove_index (self->waiting, 0);
  json_pad_push (self->out, json, running);
  g_mutex_lock (&self->lock);
  self->n_packets++;
  g_mutex_unlock (&self->lock);
}

/* A record of the frame is to have the time of its packet, whatever carries both: seiinject
 * writes it into the frame. */
static GstBuffer *
mark_frame (KlvStream * self, GstBuffer * frame, gint64 running)
{
  return timed_set_capture_ns (frame, get_unix_us (self,
          running) * GST_USECOND);
}

/* Of a live stream without times each frame is of now. */
static gint64
get_running_time (const KlvStream * self, GstClockTime time)
{
  gint64 running = timed_running_time (&self->segment, time);

  if (running == TIMED_NO_TIME)
    running = timed_element_running_time (self->inject);
  return running != TIMED_NO_TIME ? running : 0;
}

static void
add_waiting (KlvStream * self, gint64 running)
{
  guint i = self->waiting->len;

  while (i > 0 && g_array_index (self->waiting, gint64, i - 1) > running)
    i--;
  g_array_insert_val (self->waiting, i, running);
}

/* A muxer takes no frame before it knows what is beside it, and until then the thread of
 * the video waits: so each frame brings something later than the frame before. */
static void
say_gap (KlvStream * self, gint64 dts)
{
  gst_pad_push_event (self->out, gst_event_new_gap (MAX (dts, 0) + 1,
          GST_CLOCK_TIME_NONE));
}

/* Frames come in decoding order, packets go in the order of their times. All frames that
 * are still to come are shown after the decoding time of this one.
 * Returns: (nullable): the frame, with its time; NULL if its memory cannot be copied */
static GstBuffer *
take_frame (KlvStream * self, GstBuffer * frame)
{
  const gint64 pts = MAX (get_running_time (self, GST_BUFFER_PTS (frame)), 0);
  const gint64 dts = GST_BUFFER_DTS_IS_VALID (frame) ?
      get_running_time (self, GST_BUFFER_DTS (frame)) : pts;

  add_waiting (self, pts);
  while (self->waiting->len > 0
      && (g_array_index (self->waiting, gint64, 0) <= dts
          || self->waiting->len > MAX_WAITING))
    push_first (self);
  say_gap (self, dts);
  return mark_frame (self, frame, pts);
}

static void
take_event (KlvStream * self, GstEvent * event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
    gst_event_copy_segment (event, &self->segment);
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    while (self->waiting->len > 0)
      push_first (self);
    gst_pad_push_event (self->out, gst_event_new_eos ());
  }
}

static GstPadProbeReturn
on_pad (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GstBuffer *frame;

  if (!(info->type & GST_PAD_PROBE_TYPE_BUFFER)) {
    take_event (data, GST_PAD_PROBE_INFO_EVENT (info));
    return GST_PAD_PROBE_OK;
  }
  frame = take_frame (data, GST_PAD_PROBE_INFO_BUFFER (info));
  GST_PAD_PROBE_INFO_DATA (info) = frame;
  return frame ? GST_PAD_PROBE_OK : GST_PAD_PROBE_HANDLED;
}

void
klv_stream_start (KlvStream * self, GstBin * bin)
{
  g_autoptr (GstElement) klv = gst_bin_get_by_name (bin, "klv");
  g_autoptr (GstPad) in = NULL;
  g_autoptr (GstPad) pad = NULL;

  if (!klv)
    return;
  self->inject = gst_bin_get_by_name (bin, "inject");
  gst_util_set_object_arg (G_OBJECT (self->inject), "misp-time", "micro");
  in = gst_element_get_static_pad (klv, "sink");
  self->out = json_pad_new ("klv", in);
  pad = gst_element_get_static_pad (self->inject, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER |
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_pad, self, NULL);
}
