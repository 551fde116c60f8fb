/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseiextractunit.h"

/* In alignment nal only the first buffer of an access unit has a PTS; if nothing
 * is left of that, the next inherits. */
static GstBuffer *
inherit (GstSeiExtractUnit * self, GstBuffer * buffer)
{
  GstBuffer *removed = self->removed;

  if (removed == NULL)
    return buffer;

  buffer = gst_buffer_make_writable (buffer);
  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    GST_BUFFER_PTS (buffer) = GST_BUFFER_PTS (removed);
  if (!GST_BUFFER_DTS_IS_VALID (buffer))
    GST_BUFFER_DTS (buffer) = GST_BUFFER_DTS (removed);
  if (GST_BUFFER_FLAG_IS_SET (removed, GST_BUFFER_FLAG_DISCONT))
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  gst_clear_buffer (&self->removed);

  return buffer;
}

/* The access unit has ended. That there was a discontinuity stays true. */
static void
forget_removed (GstSeiExtractUnit * self)
{
  if (self->removed == NULL)
    return;
  if (GST_BUFFER_FLAG_IS_SET (self->removed, GST_BUFFER_FLAG_DISCONT)) {
    self->removed = gst_buffer_make_writable (self->removed);
    GST_BUFFER_PTS (self->removed) = GST_CLOCK_TIME_NONE;
    GST_BUFFER_DTS (self->removed) = GST_CLOCK_TIME_NONE;
  } else {
    gst_clear_buffer (&self->removed);
  }
}

/* Hands out what was read of an access unit that has ended without a slice.
 * @times: of it */
static void
push_pending (GstSeiExtractUnit * self, GstBuffer * times)
{
  forget_removed (self);
  g_autoptr (GPtrArray) payloads = sei_list_get_payloads (self->pending);

  timed_output_push_payloads (self->output, payloads, times);
  g_array_set_size (self->pending, 0);
}

void
gst_sei_extract_unit_next (GstSeiExtractUnit * self, GstBuffer * buffer,
    const Bytes * bytes, GstSeiExtractPart * part)
{
  const gboolean whole = self->stream->whole;
  const gboolean had_slice = self->unit.has_slice;
  GstBuffer *times_before = NULL;

  gst_buffer_replace (&times_before, self->unit.times);
  part->begins = whole
      || access_unit_next (&self->unit, buffer, bytes, self->stream->format);
  part->is_behind = !part->begins && had_slice;
  part->is_place = whole || (!part->is_behind && self->unit.has_slice);

  if (part->begins && times_before != NULL)
    push_pending (self, times_before);
  gst_clear_buffer (&times_before);
}

GstBuffer *
gst_sei_extract_unit_get_times (const GstSeiExtractUnit * self,
    GstBuffer * buffer)
{
  return self->stream->whole ? buffer : self->unit.times;
}

/* Pushes a buffer with the messages that belong on it. @times, @gap: as in
 * timed_output_push() */
static GstFlowReturn
push (GstSeiExtractUnit * self, GstBuffer * buffer, SeiList * messages,
    GstBuffer * times, gboolean gap)
{
  g_autoptr (GPtrArray) payloads = sei_list_get_payloads (messages);

  buffer = sei_list_set_metas (messages, inherit (self, buffer));

  return timed_output_push (self->output, buffer, payloads, times, gap);
}

/* A buffer before the first slice, in alignment nal */
static GstFlowReturn
push_early (GstSeiExtractUnit * self, GstBuffer * buffer, SeiList * messages,
    gboolean was_empty)
{
  sei_list_append_list (self->pending, messages);
  g_array_set_size (messages, 0);
  if (gst_buffer_get_size (buffer) > 0 || was_empty)
    return push (self, buffer, messages, buffer, FALSE);

  if (self->removed == NULL)
    self->removed = buffer;
  else
    gst_buffer_unref (buffer);

  return GST_FLOW_OK;
}

/* In alignment nal the first buffers have a duration of 0, and the one of the first
 * slice may have metas of messages that were in those.
 * @buffer: (transfer full):
 * Returns: (transfer full): */
static GstBuffer *
complete (GstSeiExtractUnit * self, GstBuffer * buffer, SeiList * messages,
    gboolean removes)
{
  GstBuffer *times = self->unit.times;

  if (!GST_BUFFER_DURATION_IS_VALID (times) || GST_BUFFER_DURATION (times) == 0)
    GST_BUFFER_DURATION (times) = GST_BUFFER_DURATION (buffer);

  return removes ? sei_list_remove_video_metas (messages, buffer) : buffer;
}

GstFlowReturn
gst_sei_extract_unit_push (GstSeiExtractUnit * self,
    const GstSeiExtractPart * part, GstBuffer * buffer, SeiList * messages,
    gboolean was_empty, gboolean removes)
{
  GstFlowReturn ret;

  if (part->is_place) {
    if (self->pending->len > 0) {
      sei_list_append_list (self->pending, messages);
      g_array_unref (messages);
      messages = g_steal_pointer (&self->pending);
      self->pending = sei_list_new ();
    }
    if (!self->stream->whole)
      buffer = complete (self, buffer, messages, removes);
    ret = push (self, buffer, messages,
        gst_sei_extract_unit_get_times (self, buffer), TRUE);
  } else if (part->is_behind) {
    ret = push (self, buffer, messages, self->unit.times, FALSE);
  } else {
    ret = push_early (self, buffer, messages, was_empty);
  }
  g_array_unref (messages);

  return ret;
}

/* --- life cycle ---------------------------------------------------------- */

void
gst_sei_extract_unit_end (GstSeiExtractUnit * self)
{
  if (self->unit.times != NULL)
    push_pending (self, self->unit.times);
  access_unit_clear (&self->unit);
}

void
gst_sei_extract_unit_reset (GstSeiExtractUnit * self)
{
  g_array_set_size (self->pending, 0);
  gst_clear_buffer (&self->removed);
  access_unit_clear (&self->unit);
}

void
gst_sei_extract_unit_init (GstSeiExtractUnit * self,
    const GstSeiStream * stream, TimedOutput * output)
{
  self->stream = stream;
  self->output = output;
  self->pending = sei_list_new ();
}

void
gst_sei_extract_unit_clear (GstSeiExtractUnit * self)
{
  gst_sei_extract_unit_reset (self);
  g_clear_pointer (&self->pending, g_array_unref);
}
