/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedpayloadpad.h"

#include <string.h>

#include "jsondup.h"

/* What a buffer is */
typedef enum
{
  FORMAT_BYTES,                 /* the payload as it is */
  FORMAT_OBJECT,                /* a JSON object */
  FORMAT_LINE                   /* a line with a JSON object */
} Format;

static const gchar *const media_types[] = {
  "meta/x-sei", "application/x-json", "application/x-ndjson"
};

struct _TimedPayloadPad
{
  GstPad parent;

  GstPad *sinkpad;              /* of the same element; not owned */
  gboolean prepared;            /* nothing must be sent before data */
  gboolean stream_changed;      /* since stream-start was sent */
  gboolean segment_changed;     /* since segment was sent */
  GstSegment segment;           /* of payloads; undefined: that of the sink pad */
  gboolean are_objects;         /* the payloads are JSON objects already */
  Format format;                /* what the caps are */
  GstClockTime gap_time;        /* of the last GAP in the segment, or NONE */
};

G_DEFINE_TYPE (TimedPayloadPad, timed_payload_pad, GST_TYPE_PAD);

static gboolean
has_sticky_event (TimedPayloadPad * self, GstEventType type)
{
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (GST_PAD (self), type, 0);

  return event != NULL;
}

static void
push_stream_start (TimedPayloadPad * self)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (GST_PAD (self));
  g_autoptr (GstEvent) upstream =
      gst_pad_get_sticky_event (self->sinkpad, GST_EVENT_STREAM_START, 0);
  g_autofree gchar *id = NULL;
  GstEvent *event;
  guint group_id;

  /* The pad was released while this thread used it */
  if (!element)
    return;
  if (!upstream || !gst_event_parse_group_id (upstream, &group_id))
    group_id = gst_util_group_id_next ();

  id = gst_pad_create_stream_id (GST_PAD (self), element, GST_PAD_NAME (self));
  event = gst_event_new_stream_start (id);
  gst_event_set_group_id (event, group_id);
  gst_event_set_stream_flags (event, GST_STREAM_FLAG_SPARSE);
  gst_pad_push_event (GST_PAD (self), event);
}

/* Whether payloads may go as they are, which is so where nobody knows what they are */
static gboolean
may_be_bytes (TimedPayloadPad * self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_pad_template_caps (GST_PAD (self));
  g_autoptr (GstCaps) bytes =
      gst_caps_new_empty_simple (media_types[FORMAT_BYTES]);

  return gst_caps_can_intersect (caps, bytes);
}

static Format
find_format (const gchar * media_type)
{
  guint i = G_N_ELEMENTS (media_types) - 1;

  while (i > FORMAT_BYTES && !g_str_equal (media_types[i], media_type))
    i--;
  return i;
}

/* A peer that takes any caps, as many sinks do, or that takes the bytes as they are,
 * gets them as they are, or else objects; any other one what it names first. */
static Format
choose_format (TimedPayloadPad * self)
{
  g_autoptr (GstCaps) caps = gst_pad_peer_query_caps (GST_PAD (self), NULL);
  const Format first = self->are_objects ? FORMAT_OBJECT : FORMAT_BYTES;
  Format format = FORMAT_BYTES;

  /* caps that are ANY have no structures */
  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    const gchar *name =
        gst_structure_get_name (gst_caps_get_structure (caps, i));

    if (g_str_equal (name, media_types[first]) && first == FORMAT_BYTES)
      return FORMAT_BYTES;
    if (format == FORMAT_BYTES)
      format = find_format (name);
  }
  return format != FORMAT_BYTES ? format : first;
}

static void
push_caps (TimedPayloadPad * self)
{
  g_autoptr (GstCaps) current = gst_pad_get_current_caps (GST_PAD (self));
  g_autoptr (GstCaps) caps = NULL;

  self->are_objects = !may_be_bytes (self);
  self->format = choose_format (self);
  caps = gst_caps_new_empty_simple (media_types[self->format]);
  if (!current || !gst_caps_is_equal (current, caps))
    gst_pad_push_event (GST_PAD (self), gst_event_new_caps (caps));
}

static void
send_events (TimedPayloadPad * self)
{
  GstPad *pad = GST_PAD (self);

  if (self->stream_changed || !has_sticky_event (self, GST_EVENT_STREAM_START)) {
    push_stream_start (self);
    self->stream_changed = FALSE;
  }
  if (gst_pad_check_reconfigure (pad) || !gst_pad_has_current_caps (pad))
    push_caps (self);
  if (self->segment_changed || !has_sticky_event (self, GST_EVENT_SEGMENT)) {
    GstEvent *segment = self->segment.format != GST_FORMAT_UNDEFINED ?
        gst_event_new_segment (&self->segment) :
        gst_pad_get_sticky_event (self->sinkpad, GST_EVENT_SEGMENT, 0);

    if (segment)
      gst_pad_push_event (pad, segment);
    self->segment_changed = FALSE;
    self->gap_time = GST_CLOCK_TIME_NONE;
  }
}

/* Sends the events that must precede data. A pad that was added while data flows
 * has none of them; one that was flushed has no segment; one that was deactivated is to
 * be reconfigured. To look for them before each payload would take a third of its time. */
static void
prepare (TimedPayloadPad * self)
{
  GstPad *pad = GST_PAD_CAST (self);

  if (self->prepared && !GST_PAD_NEEDS_RECONFIGURE (pad))
    return;
  send_events (self);
  self->prepared = has_sticky_event (self, GST_EVENT_STREAM_START)
      && gst_pad_has_current_caps (pad)
      && has_sticky_event (self, GST_EVENT_SEGMENT);
}

static GstClockTime
segment_start (TimedPayloadPad * self)
{
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (self->sinkpad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;

  if (self->segment.format == GST_FORMAT_TIME)
    return self->segment.start;
  if (!event)
    return 0;
  gst_event_parse_segment (event, &segment);
  return segment->format == GST_FORMAT_TIME ? segment->start : 0;
}

void
timed_payload_pad_handle_event (TimedPayloadPad * self, GstEvent * event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      self->stream_changed = TRUE;
      self->prepared = FALSE;
      break;
    case GST_EVENT_SEGMENT:
      self->segment_changed = TRUE;
      self->prepared = FALSE;
      break;
    case GST_EVENT_FLUSH_STOP:
      self->prepared = FALSE;
      /* fall through */
    case GST_EVENT_FLUSH_START:
      gst_pad_push_event (GST_PAD (self), gst_event_ref (event));
      break;
    case GST_EVENT_SEGMENT_DONE:
    case GST_EVENT_GAP:
    case GST_EVENT_EOS:
      prepare (self);
      gst_pad_push_event (GST_PAD (self), gst_event_ref (event));
      break;
    default:
      /* Tags and the like are about the video */
      break;
  }
}

GBytes *
timed_payload_to_json (GBytes * payload)
{
  gsize size;
  const gchar *text = g_bytes_get_data (payload, &size);

  size = json_text_trim (text, size);

  const gchar *object_text = text;
  gsize object_size = size;

  json_text_skip_mark (&object_text, &object_size);
  if (json_text_is_object (object_text, object_size))
    return g_bytes_new_from_bytes (payload, object_text - text, object_size);

  g_autofree gchar *quoted = json_dup_quoted (text, size, NULL);
  gchar *object = g_strconcat ("{\"raw\":", quoted, "}", NULL);

  return g_bytes_new_take (object, strlen (object));
}

static GBytes *
payload_to_object (TimedPayloadPad * self, GBytes * payload)
{
  return self->are_objects ? g_bytes_ref (payload) :
      timed_payload_to_json (payload);
}

/* Outside of strings, CR and LF can only be white space, and in them they cannot be:
 * with a space instead, a line is a line. */
static GBytes *
payload_to_line (TimedPayloadPad * self, GBytes * payload)
{
  g_autoptr (GBytes) object = payload_to_object (self, payload);
  gsize size;
  const gchar *text = g_bytes_get_data (object, &size);
  gchar *line = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    line[i] = text[i] == '\r' || text[i] == '\n' ? ' ' : text[i];
  line[size] = '\n';

  return g_bytes_new_take (line, size + 1);
}

static GBytes *
format_payload (TimedPayloadPad * self, GBytes * payload)
{
  switch (self->format) {
    case FORMAT_OBJECT:
      return payload_to_object (self, payload);
    case FORMAT_LINE:
      return payload_to_line (self, payload);
    default:
      return g_bytes_ref (payload);
  }
}

static void
append_payload (GBytes * payload, GstBuffer * buffer)
{
  gsize size;
  gpointer data = (gpointer) g_bytes_get_data (payload, &size);

  if (size == 0)
    return;
  gst_buffer_append_memory (buffer,
      gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, data, size, 0, size,
          g_bytes_ref (payload), (GDestroyNotify) g_bytes_unref));
}

static GstFlowReturn
push_once (TimedPayloadPad * self, GBytes * payload, GstBuffer * times)
{
  GstBuffer *buffer = gst_buffer_copy (times);
  g_autoptr (GBytes) bytes = NULL;
  GstFlowReturn ret;

  prepare (self);
  bytes = format_payload (self, payload);
  append_payload (bytes, buffer);
  ret = gst_pad_push (GST_PAD_CAST (self), buffer);
  /* It may be flushing because it is deactivated, which takes its events */
  if (ret != GST_FLOW_OK)
    self->prepared = FALSE;
  return ret;
}

void
timed_payload_pad_set_segment (TimedPayloadPad * self,
    const GstSegment * segment)
{
  if (gst_segment_is_equal (&self->segment, segment))
    return;
  self->segment = *segment;
  self->segment_changed = TRUE;
  self->prepared = FALSE;
}

GstFlowReturn
timed_payload_pad_push (TimedPayloadPad * self, GBytes * payload,
    GstBuffer * times)
{
  GstFlowReturn ret = push_once (self, payload, times);

  /* It was linked after this pad asked what the peer takes, and RECONFIGURE may
   * still come */
  while (ret == GST_FLOW_NOT_NEGOTIATED && choose_format (self) != self->format) {
    push_caps (self);
    ret = push_once (self, payload, times);
  }

  return ret;
}

void
timed_payload_pad_push_gap (TimedPayloadPad * self, GstBuffer * times)
{
  prepare (self);
  /* A GAP must have a time, and without a GAP a sink would never preroll */
  if (GST_BUFFER_PTS_IS_VALID (times))
    self->gap_time = GST_BUFFER_PTS (times);
  else if (GST_BUFFER_DTS_IS_VALID (times))
    self->gap_time = GST_BUFFER_DTS (times);
  else if (!GST_CLOCK_TIME_IS_VALID (self->gap_time))
    self->gap_time = segment_start (self);
  gst_pad_push_event (GST_PAD (self),
      gst_event_new_gap (self->gap_time, GST_BUFFER_DURATION (times)));
}

/* Both concern this stream alone: the video goes on as it is. */
static gboolean
timed_payload_pad_src_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE
      || GST_EVENT_TYPE (event) == GST_EVENT_QOS) {
    gst_event_unref (event);
    return TRUE;
  }
  return gst_pad_event_default (pad, parent, event);
}

static void
timed_payload_pad_class_init (TimedPayloadPadClass * klass)
{
}

static void
timed_payload_pad_init (TimedPayloadPad * self)
{
  self->gap_time = GST_CLOCK_TIME_NONE;
  gst_pad_set_event_function (GST_PAD (self), timed_payload_pad_src_event);
}

GstPad *
timed_payload_pad_new (GstPadTemplate * templ, GstPad * sinkpad)
{
  TimedPayloadPad *self = g_object_new (TIMED_TYPE_PAYLOAD_PAD, "name",
      GST_PAD_TEMPLATE_NAME_TEMPLATE (templ), "direction", GST_PAD_SRC,
      "template", templ, NULL);

  self->sinkpad = sinkpad;

  return GST_PAD (self);
}
