/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedjoinpad.h"

#include "timedlines.h"
#include "timedpads.h"

struct _TimedJoinPad
{
  GstPad parent;

  TimedJoin *join;              /* not owned */

  /* streaming thread */
  GstSegment segment;
  TimedLines *lines;            /* NULL: each buffer is a payload */
  gint64 line_time;             /* of the buffer that the line began in */
  gint64 line_type;             /* its sei_type */

  gboolean warned;              /* that times do not count */

  gint live;                    /* see timed_pad_is_live() */
};

G_DEFINE_TYPE (TimedJoinPad, timed_join_pad, GST_TYPE_PAD);

gboolean
timed_join_pad_is_live (TimedJoinPad * self)
{
  /* the source may be still to be linked */
  return timed_pad_is_live (GST_PAD (self), FALSE, &self->live);
}

/* Returns: the running time, or TIMED_NO_TIME without a clock */
static gint64
get_now (TimedJoinPad * self)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (GST_PAD (self));

  return element ? timed_element_running_time (element) : TIMED_NO_TIME;
}

/* @bytes: (transfer full) (nullable): */
static GstFlowReturn
push (TimedJoinPad * self, GBytes * bytes, gint64 sei_type, gint64 time)
{
  const TimedPayload payload = { bytes, sei_type };
  const GstFlowReturn ret = timed_join_pad_is_live (self) ?
      timed_join_push_live (self->join, &payload, time, get_now (self)) :
      timed_join_push (self->join, &payload, time, get_now (self));

  g_clear_pointer (&bytes, g_bytes_unref);
  return ret;
}

/* A line has time and type of the buffer that it began in. */
static GstFlowReturn
push_lines (TimedJoinPad * self, const GstMapInfo * map, gint64 sei_type,
    gint64 time)
{
  GstFlowReturn ret = GST_FLOW_OK;
  TimedLine line;

  timed_lines_push (self->lines, map->data, map->size);
  while (ret == GST_FLOW_OK
      && timed_lines_next (self->lines, TIMED_JOIN_MAX_BYTES, &line))
    ret = line.began_before ?
        push (self, line.bytes, self->line_type, self->line_time) :
        push (self, line.bytes, sei_type, time);
  if (!timed_lines_began_before (self->lines)) {
    self->line_time = time;
    self->line_type = sei_type;
  }
  return ret;
}

/* Nobody sees from the outside that times of live metadata do not count. */
static void
check_time (TimedJoinPad * self, GstElement * element, GstBuffer * buffer,
    gint64 time)
{
  if (self->warned || !GST_BUFFER_PTS_IS_VALID (buffer)
      || !timed_join_pad_is_live (self))
    return;
  if (self->segment.format != GST_FORMAT_TIME)
    GST_ELEMENT_WARNING (element, STREAM, FORMAT,
        ("The buffers of the live metadata of %s have times that do not count, because "
            "their segment is not in time: set format=time at an appsrc, or do-timestamp "
            "at another source.", GST_OBJECT_NAME (element)), (NULL));
  else if (timed_join_is_too_far_ahead (time, get_now (self)))
    GST_ELEMENT_WARNING (element, STREAM, FORMAT,
        ("The live metadata of %s has a time that is more than %d s ahead of the clock, "
            "and waits for a frame of that time: give its buffers the running time of "
            "their frames.", GST_OBJECT_NAME (element),
            (gint) (TIMED_JOIN_MAX_AHEAD / GST_SECOND)), (NULL));
  else
    return;
  self->warned = TRUE;
}

static GstFlowReturn
timed_join_pad_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  TimedJoinPad *self = TIMED_JOIN_PAD (pad);
  const gint64 time =
      timed_running_time (&self->segment, GST_BUFFER_PTS (buffer));
  const gint64 sei_type = timed_buffer_get_sei_type (buffer);
  GstFlowReturn ret;
  GstMapInfo map;

  if (!gst_pad_has_current_caps (pad)) {
    GST_ELEMENT_ERROR (parent, STREAM, FORMAT,
        ("The metadata of %s has no caps: insert them before its pad %s, such as"
            " application/x-json.", GST_OBJECT_NAME (parent),
            GST_PAD_NAME (pad)), (NULL));
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (parent, RESOURCE, READ,
        ("A buffer of the metadata could not be read: convert it to memory that"
            " the CPU can read before %s.", GST_OBJECT_NAME (parent)), (NULL));
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }

  check_time (self, GST_ELEMENT (parent), buffer, time);
  if (self->lines)
    ret = push_lines (self, &map, sei_type, time);
  else
    ret = push (self, g_bytes_new (map.data, map.size), sei_type, time);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);

  return ret;
}

static void
set_caps (TimedJoinPad * self, GstEvent * event)
{
  GstCaps *caps;
  gboolean has_lines;

  gst_event_parse_caps (event, &caps);
  has_lines = gst_structure_has_name (gst_caps_get_structure (caps, 0),
      "application/x-ndjson");
  if (has_lines && !self->lines)
    self->lines = timed_lines_new ();
  else if (!has_lines)
    g_clear_pointer (&self->lines, timed_lines_free);
}

static void
handle_gap (TimedJoinPad * self, GstEvent * event)
{
  GstClockTime start, duration;
  gint64 time;

  gst_event_parse_gap (event, &start, &duration);
  if (GST_CLOCK_TIME_IS_VALID (start) && GST_CLOCK_TIME_IS_VALID (duration))
    start += MIN (duration, GST_CLOCK_TIME_NONE - 1 - start);
  time = timed_running_time (&self->segment, start);
  if (time != TIMED_NO_TIME)
    timed_join_advance (self->join, time, get_now (self),
        timed_join_pad_is_live (self));
}

static void
handle_eos (TimedJoinPad * self)
{
  TimedLine line;

  if (self->lines
      && timed_lines_finish (self->lines, TIMED_JOIN_MAX_BYTES, &line))
    push (self, line.bytes, self->line_type, self->line_time);
  timed_join_set_eos (self->join, TRUE);
}

static gboolean
timed_join_pad_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  TimedJoinPad *self = TIMED_JOIN_PAD (pad);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      timed_pad_forget_live (&self->live);
      timed_join_set_eos (self->join, FALSE);
      break;
    case GST_EVENT_CAPS:
      set_caps (self, event);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->segment);
      self->warned = FALSE;
      break;
    case GST_EVENT_GAP:
      handle_gap (self, event);
      break;
    case GST_EVENT_EOS:
      handle_eos (self);
      break;
    case GST_EVENT_FLUSH_START:
      timed_join_set_flushing (self->join, TRUE);
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
      if (self->lines)
        timed_lines_reset (self->lines);
      timed_join_set_flushing (self->join, FALSE);
      break;
    default:
      /* Tags and the like are about a stream that ends here */
      break;
  }
  gst_event_unref (event);

  return TRUE;
}

static GstPadLinkReturn
timed_join_pad_link (GstPad * pad, GstObject * parent, GstPad * peer)
{
  timed_pad_forget_live (&TIMED_JOIN_PAD (pad)->live);
  timed_join_set_linked (TIMED_JOIN_PAD (pad)->join, TRUE);
  return GST_PAD_LINK_OK;
}

static void
timed_join_pad_unlink (GstPad * pad, GstObject * parent)
{
  timed_pad_forget_live (&TIMED_JOIN_PAD (pad)->live);
  timed_join_set_linked (TIMED_JOIN_PAD (pad)->join, FALSE);
}

/* What it has inside goes nowhere. */
static GstIterator *
timed_join_pad_iterate_internal_links (GstPad * pad, GstObject * parent)
{
  return NULL;
}

static gboolean
timed_join_pad_activate_mode (GstPad * pad, GstObject * parent, GstPadMode mode,
    gboolean active)
{
  TimedJoinPad *self = TIMED_JOIN_PAD (pad);

  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  /* Before the stream lock is taken, which timed_join_push() holds */
  timed_join_set_flushing (self->join, TRUE);
  if (active) {
    /* Whoever pushes need not wait for this function to end. */
    GST_PAD_STREAM_LOCK (pad);
    gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
    g_clear_pointer (&self->lines, timed_lines_free);
    timed_pad_forget_live (&self->live);
    timed_join_set_flushing (self->join, FALSE);
    GST_PAD_STREAM_UNLOCK (pad);
  }
  return TRUE;
}

static void
timed_join_pad_finalize (GObject * object)
{
  TimedJoinPad *self = TIMED_JOIN_PAD (object);

  g_clear_pointer (&self->lines, timed_lines_free);

  G_OBJECT_CLASS (timed_join_pad_parent_class)->finalize (object);
}

/* Not in timed_join_pad_init(), where the direction of the pad is not set yet */
static void
timed_join_pad_constructed (GObject * object)
{
  GstPad *pad = GST_PAD (object);

  G_OBJECT_CLASS (timed_join_pad_parent_class)->constructed (object);

  gst_pad_set_chain_function (pad, timed_join_pad_chain);
  gst_pad_set_event_function (pad, timed_join_pad_event);
  gst_pad_set_link_function (pad, timed_join_pad_link);
  gst_pad_set_unlink_function (pad, timed_join_pad_unlink);
  gst_pad_set_activatemode_function (pad, timed_join_pad_activate_mode);
  gst_pad_set_iterate_internal_links_function (pad,
      timed_join_pad_iterate_internal_links);
}

static void
timed_join_pad_class_init (TimedJoinPadClass * klass)
{
  G_OBJECT_CLASS (klass)->constructed = timed_join_pad_constructed;
  G_OBJECT_CLASS (klass)->finalize = timed_join_pad_finalize;
}

static void
timed_join_pad_init (TimedJoinPad * self)
{
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
}

GstPad *
timed_join_pad_new (GstPadTemplate * templ, const gchar * name,
    TimedJoin * join)
{
  TimedJoinPad *self = g_object_new (TIMED_TYPE_JOIN_PAD, "name", name,
      "direction", GST_PAD_SINK, "template", templ, NULL);

  self->join = join;

  return GST_PAD (self);
}
