/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "linesplit.h"

#include "timedlines.h"
#include "timedpayloadpad.h"

GST_DEBUG_CATEGORY_STATIC (line_split_debug);
#define GST_CAT_DEFAULT line_split_debug

enum
{
  PROP_0,
  PROP_TOO_LONG
};

struct _LineSplit
{
  GstElement parent;

  GstPad *sinkpad;
  GstPad *srcpad;

  /* streaming thread */
  TimedLines *lines;
  GstBuffer *begun;             /* an empty one with the times of the line at hand */
  gboolean has_times;
  gboolean discont;             /* a line is missing before the next one */

  /* OBJECT_LOCK */
  guint64 n_too_long;
};

G_DEFINE_TYPE (LineSplit, line_split, GST_TYPE_ELEMENT);

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-ndjson"));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-json"));

/* --- lines --------------------------------------------------------------- */

static void
report_too_long (LineSplit * self, gsize size)
{
  GST_OBJECT_LOCK (self);
  const guint64 n = ++self->n_too_long;
  GST_OBJECT_UNLOCK (self);

  self->discont = TRUE;
  if (n > 1)
    return;
  GST_ELEMENT_WARNING (self, STREAM, DECODE,
      ("A line of %" G_GSIZE_FORMAT " bytes is left out, because it has more"
          " than %u: write each JSON object on a line of its own.", size,
          LINE_SPLIT_MAX_SIZE), ("more such lines are counted only"));
}

/* Takes the bytes of the line. */
static GstFlowReturn
push_line (LineSplit * self, TimedLine * line, GstBuffer * times)
{
  g_autoptr (GBytes) text = g_steal_pointer (&line->bytes);
  g_autoptr (GBytes) object = NULL;
  GstBuffer *buffer;

  if (text == NULL) {
    report_too_long (self, line->size);
    return GST_FLOW_OK;
  }
  object = timed_payload_to_json (text);
  buffer = gst_buffer_new_wrapped_bytes (object);
  gst_buffer_copy_into (buffer, times,
      GST_BUFFER_COPY_TIMESTAMPS | GST_BUFFER_COPY_META, 0, -1);
  if (self->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->discont = FALSE;
  return gst_pad_push (self->srcpad, buffer);
}

static void
forget (LineSplit * self)
{
  timed_lines_reset (self->lines);
  gst_clear_buffer (&self->begun);
  self->discont = TRUE;
}

/* An empty buffer with the times and metas of one that came */
static GstBuffer *
copy_times (LineSplit * self, GstBuffer * buffer)
{
  GstBuffer *times = gst_buffer_new ();

  gst_buffer_copy_into (times, buffer, GST_BUFFER_COPY_META, 0, -1);
  if (self->has_times) {
    GST_BUFFER_PTS (times) = GST_BUFFER_PTS (buffer);
    GST_BUFFER_DTS (times) = GST_BUFFER_DTS (buffer);
    GST_BUFFER_DURATION (times) = GST_BUFFER_DURATION (buffer);
  }
  return times;
}

/* What was begun is a line. */
static void
finish (LineSplit * self)
{
  TimedLine line;

  if (timed_lines_finish (self->lines, LINE_SPLIT_MAX_SIZE, &line))
    push_line (self, &line, self->begun);
  gst_clear_buffer (&self->begun);
}

/* --- pads ---------------------------------------------------------------- */

/* data: that of the buffer */
static GstFlowReturn
split (LineSplit * self, GstBuffer * buffer, const guint8 * data, gsize size)
{
  g_autoptr (GstBuffer) times = copy_times (self, buffer);
  GstFlowReturn ret = GST_FLOW_OK;
  TimedLine line;

  timed_lines_push (self->lines, data, size);
  while (ret == GST_FLOW_OK
      && timed_lines_next (self->lines, LINE_SPLIT_MAX_SIZE, &line))
    ret = push_line (self, &line, line.began_before ? self->begun : times);
  if (ret == GST_FLOW_OK && !timed_lines_began_before (self->lines))
    gst_buffer_replace (&self->begun, times);
  return ret;
}

static GstFlowReturn
line_split_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  LineSplit *self = LINE_SPLIT (parent);
  GstFlowReturn ret;
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
        ("A buffer of JSON lines could not be read: convert it to memory that"
            " the CPU can read before %s.", GST_OBJECT_NAME (self)), (NULL));
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  /* What follows is no part of the line, and the line would be another */
  if (GST_BUFFER_IS_DISCONT (buffer)) {
    if (timed_lines_reset (self->lines))
      GST_WARNING_OBJECT (self,
          "a line is left out, because the data behind its"
          " beginning are missing");
    self->discont = TRUE;
  }
  ret = split (self, buffer, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  if (ret != GST_FLOW_OK)
    forget (self);
  return ret;
}

static gboolean
line_split_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  LineSplit *self = LINE_SPLIT (parent);
  g_autoptr (GstCaps) caps = NULL;
  const GstSegment *segment;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
    case GST_EVENT_SEGMENT_DONE:
    case GST_EVENT_EOS:
      finish (self);
      break;
    case GST_EVENT_CAPS:
      caps = gst_static_pad_template_get_caps (&src_template);
      gst_event_unref (event);
      return gst_pad_push_event (self->srcpad, gst_event_new_caps (caps));
    case GST_EVENT_SEGMENT:
      gst_event_parse_segment (event, &segment);
      self->has_times = segment->format == GST_FORMAT_TIME;
      break;
    case GST_EVENT_FLUSH_STOP:
      forget (self);
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* --- life cycle ---------------------------------------------------------- */

static GstStateChangeReturn
line_split_change_state (GstElement * element, GstStateChange transition)
{
  LineSplit *self = LINE_SPLIT (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    GST_OBJECT_LOCK (self);
    self->n_too_long = 0;
    GST_OBJECT_UNLOCK (self);
  }
  ret = GST_ELEMENT_CLASS (line_split_parent_class)->change_state (element,
      transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    forget (self);
  return ret;
}

static void
line_split_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GST_OBJECT_LOCK (object);
  g_value_set_uint64 (value, LINE_SPLIT (object)->n_too_long);
  GST_OBJECT_UNLOCK (object);
}

static void
line_split_finalize (GObject * object)
{
  LineSplit *self = LINE_SPLIT (object);

  gst_clear_buffer (&self->begun);
  timed_lines_free (self->lines);
  G_OBJECT_CLASS (line_split_parent_class)->finalize (object);
}

static void
line_split_class_init (LineSplitClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (line_split_debug, "linesplit", 0,
      "JSON lines, divided into JSON objects");
  object_class->get_property = line_split_get_property;
  object_class->finalize = line_split_finalize;
  element_class->change_state = line_split_change_state;

  /**
   * LineSplit:too-long:
   *
   * Lines that were left out since PAUSED, because they were too long
   */
  g_object_class_install_property (object_class, PROP_TOO_LONG,
      g_param_spec_uint64 ("too-long", "Too long",
          "Lines that were left out since PAUSED, because they were too long",
          0, G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "JSON line splitter",
      "Codec/Parser/Metadata", "Divides JSON lines into JSON objects",
      "gst-metakafka");
}

static void
line_split_init (LineSplit * self)
{
  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, line_split_chain);
  gst_pad_set_event_function (self->sinkpad, line_split_sink_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);

  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_use_fixed_caps (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);

  self->lines = timed_lines_new ();
  self->discont = TRUE;
}
