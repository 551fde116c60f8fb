/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "metadata.h"

#include "common.h"
#include "jsonpad.h"
#include "linetime.h"
#include "objects.h"
#include "source.h"

/* What may go into a frame at once. seiinject makes those wait who bring more than
 * 16 MiB ahead of the video, and here that would be the video itself. */
#define MAX_LINES_PER_FRAME 64
#define MAX_BYTES_PER_FRAME (1024 * 1024)

/* A line whose time is below that counts from the start of the video. */
#define MAX_RELATIVE (24 * 3600 * (gint64) GST_SECOND)

gboolean
metadata_init (Metadata * self, const SenderOptions * options, GError ** error)
{
  *self = (Metadata) {
  .options = options,.duration = GST_SECOND / 30};
  g_mutex_init (&self->lock);
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  if (options->session)
    self->session = objects_make_session (options->session);
  if (options->metadata)
    self->lines = lines_open (options->metadata, error);
  return self->lines || !options->metadata;
}

void
metadata_clear (Metadata * self)
{
  json_pad_free (self->out);
  gst_clear_object (&self->inject);
  if (self->lines)
    lines_close (self->lines);
  g_free (self->next.text);
  g_free (self->session);
  g_mutex_clear (&self->lock);
}

static void
count (Metadata * self, guint n_messages, gsize n_bytes)
{
  g_mutex_lock (&self->lock);
  self->n_frames++;
  self->n_messages += n_messages;
  self->n_bytes += n_bytes;
  g_mutex_unlock (&self->lock);
}

void
metadata_count (Metadata * self, guint64 * n_frames, guint64 * n_messages,
    guint64 * n_bytes)
{
  g_mutex_lock (&self->lock);
  *n_frames = self->n_frames;
  *n_messages = self->n_messages;
  *n_bytes = self->n_bytes;
  g_mutex_unlock (&self->lock);
}

/* What is set here goes into this very buffer. */
static void
set_test_object (Metadata * self, GstBuffer * frame)
{
  const GstClockTime pts = GST_BUFFER_PTS (frame);
  char *json = objects_make (self->options->stream_id,
      self->n_frames, GST_CLOCK_TIME_IS_VALID (pts) ? pts : 0, self->session);

  if (self->out) {
    json_pad_push (self->out, json, gst_segment_to_running_time (&self->segment,
            GST_FORMAT_TIME, pts));
    return;
  }
  g_object_set (self->inject, "metadata", json, NULL);
  g_free (json);
}

/* Hands a line to seiinject, which puts it into the frame of that running time. The
 * text is freed. */
static void
push (Metadata * self, Line * line, gint64 due)
{
  char *text = g_steal_pointer (&line->text);

  if (self->session) {
    char *longer = objects_add_session (text, line->size, self->session);

    g_free (text);
    text = longer;
  }
  json_pad_push (self->out, text, due);
}

/* Running time at which a line is due. One without a time is due a frame after the one
 * before it. */
static gint64
get_due (Metadata * self, const Line * line)
{
  const char *member = self->options->time_member;
  gint64 time;

  if (!line_time_find (line->text, line->size, member, &time)) {
    g_autofree char *what = g_strdup_printf ("no time in the member %s: sent"
        " with the next frame; write seconds, a Unix time or RFC 3339", member);

    lines_complain (self->lines, what);
    return self->has_base ? self->due + (gint64) self->duration : self->start;
  }
  if (!self->has_base) {
    self->base = ABS (time) < MAX_RELATIVE ? 0 : time;
    self->has_base = TRUE;
  }
  return self->start + time - self->base;
}

/* The lines that are due before the end of the frame. With B-frames they may be due in
 * frames still to come, where seiinject keeps them for. */
static guint
push_by_time (Metadata * self, gint64 running)
{
  const gint64 end = running + self->duration;
  gsize n_bytes = 0;
  guint n = 0;

  while (n < MAX_LINES_PER_FRAME && n_bytes < MAX_BYTES_PER_FRAME) {
    if (!self->next.text) {
      if (!lines_next (self->lines, &self->next))
        break;
      if (!self->next.text)
        continue;
      self->next_due = self->due = get_due (self, &self->next);
    }
    /* in the frame whose time is nearest, however both were rounded */
    if (self->next_due + (gint64) self->duration / 2 >= end)
      break;
    n++;
    n_bytes += self->next.size;
    push (self, &self->next, self->next_due + self->duration / 2);
  }
  return n;
}

/* All that are there */
static guint
push_live (Metadata * self, gint64 running)
{
  gsize n_bytes = 0;
  guint n = 0;
  Line line;

  while (n < MAX_LINES_PER_FRAME && n_bytes < MAX_BYTES_PER_FRAME
      && lines_next (self->lines, &line)) {
    n++;
    n_bytes += line.size;
    push (self, &line, running);
  }
  return n;
}

static guint
push_next (Metadata * self, gint64 running)
{
  Line line;

  if (!lines_next (self->lines, &line) || !line.text)
    return 0;
  push (self, &line, running);
  return 1;
}

static guint
push_lines (Metadata * self, GstBuffer * frame)
{
  const gint64 running = gst_segment_to_running_time (&self->segment,
      GST_FORMAT_TIME, GST_BUFFER_PTS (frame));

  if (GST_BUFFER_DURATION_IS_VALID (frame) && GST_BUFFER_DURATION (frame) > 0)
    self->duration = GST_BUFFER_DURATION (frame);
  if (!self->has_begun)
    self->start = running;
  self->has_begun = TRUE;
  if (lines_are_live (self->lines))
    return push_live (self, running);
  return self->options->time_member ? push_by_time (self, running) :
      push_next (self, running);
}

/* A file begins again: so do its lines. */
static void
begin_pass (Metadata * self)
{
  self->has_begun = self->has_base = FALSE;
  g_clear_pointer (&self->next.text, g_free);
  if (self->lines)
    lines_rewind (self->lines);
}

static GstPadProbeReturn
on_event (Metadata * self, GstEvent * event)
{
  const GstStructure *structure;
  int fps_n, fps_d;
  GstCaps *caps;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->segment);
      break;
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      if (gst_structure_get_fraction (gst_caps_get_structure (caps, 0),
              "framerate", &fps_n, &fps_d) && fps_n > 0)
        self->duration = gst_util_uint64_scale_int (GST_SECOND, fps_d, fps_n);
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM:
      structure = gst_event_get_structure (event);
      if (!gst_structure_has_name (structure, SOURCE_PASS_EVENT))
        break;
      begin_pass (self);
      return GST_PAD_PROBE_DROP;
    default:
      break;
  }
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_pad (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Metadata *self = data;
  GstBuffer *frame;
  guint n = 1;

  if (!(info->type & GST_PAD_PROBE_TYPE_BUFFER))
    return on_event (self, GST_PAD_PROBE_INFO_EVENT (info));
  frame = GST_PAD_PROBE_INFO_BUFFER (info);
  if (self->lines)
    n = push_lines (self, frame);
  else
    set_test_object (self, frame);
  count (self, n, gst_buffer_get_size (frame));
  return GST_PAD_PROBE_OK;
}

void
metadata_start (Metadata * self, GstElement * inject, GstElement * script)
{
  GstElement *target = script ? script : inject;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (inject, "sink");
  g_autoptr (GstPad) in = NULL;

  self->inject = gst_object_ref (inject);
  if (self->lines || script) {
    gst_util_set_object_arg (G_OBJECT (target), "wait-metadata", "never");
    in = gst_element_request_pad_simple (target, "metadata");
    self->out = json_pad_new ("lines", in);
  }
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER |
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_pad, self, NULL);
}

void
metadata_end (Metadata * self)
{
  guint64 n_wrong = self->lines ? lines_get_wrong (self->lines) : 0;

  if (n_wrong > 0)
    tool_warn ("%" G_GUINT64_FORMAT " %s of %s %s wrong: see above", n_wrong,
        n_wrong == 1 ? "line" : "lines", self->options->metadata,
        n_wrong == 1 ? "was" : "were");
}
