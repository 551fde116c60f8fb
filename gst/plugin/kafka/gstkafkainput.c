/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "gstkafkainput.h"
#include "gstkafkalines.h"
#include "gstkafkamessages.h"
#include "gstkafkarecord.h"
#include "timedbuffer.h"
#include "timedclock.h"
#include "timedpads.h"

GST_DEBUG_CATEGORY_EXTERN (gst_kafka_sink_debug);
#define GST_CAT_DEFAULT gst_kafka_sink_debug

#define RECORD_META "GstKafkaRecordMeta"

typedef enum
{
  CONTENT_ANY,
  CONTENT_VIDEO,
  CONTENT_JSON,
  CONTENT_LINES
} Content;

struct _GstKafkaInput
{
  GstBaseSink *sink;
  const GstKafkaInputFuncs *funcs;
  Content content;              /* what the caps say */
  GstKafkaLines *lines;
  GstKafkaRecords *records;
  guint64 n_buffers;
  gboolean key_told;            /* that one is none */
  GHashTable *streams;          /* stream-ids that live was asked for */
  gint live;                    /* see timed_pad_is_live() */
};

static GType record_meta_api;

void
gst_kafka_input_register_meta (void)
{
  static const char *tags[] = { NULL };
  const GstMetaInfo *info = gst_meta_get_info (RECORD_META);

  if (!info)
    info = gst_meta_register_custom (RECORD_META, tags, NULL, NULL, NULL);
  record_meta_api = info->api;
}

GstKafkaInput *
gst_kafka_input_new (GstBaseSink * sink, const GstKafkaInputFuncs * funcs)
{
  GstKafkaInput *input = g_new0 (GstKafkaInput, 1);

  input->sink = sink;
  input->funcs = funcs;
  input->lines = gst_kafka_lines_new ();
  input->records = gst_kafka_records_new ();
  input->streams = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      NULL);
  return input;
}

void
gst_kafka_input_free (GstKafkaInput * input)
{
  gst_kafka_lines_free (input->lines);
  gst_kafka_records_free (input->records);
  g_hash_table_unref (input->streams);
  g_free (input);
}

static Content
get_content (const GstCaps * caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);

  if (g_str_has_prefix (gst_structure_get_name (s), "video/"))
    return CONTENT_VIDEO;
  if (gst_structure_has_name (s, "application/x-json"))
    return CONTENT_JSON;
  if (gst_structure_has_name (s, "application/x-ndjson"))
    return CONTENT_LINES;
  return CONTENT_ANY;
}

void
gst_kafka_input_set_caps (GstKafkaInput * input, const GstCaps * caps)
{
  input->content = get_content (caps);
  /* its last line goes out with the next buffer, because this may not block */
  if (input->content != CONTENT_LINES)
    gst_kafka_lines_end (input->lines);
}

/* The question goes through all of the pipeline, so it is put once for each stream:
 * a funnel repeats the events of a branch with each buffer of another. */
static void
note_stream (GstKafkaInput * input, GstEvent * event)
{
  const char *id;

  gst_event_parse_stream_start (event, &id);
  if (g_hash_table_contains (input->streams, id))
    return;
  if (g_hash_table_size (input->streams) == GST_KAFKA_LINES_MAX_STREAMS)
    g_hash_table_remove_all (input->streams);
  g_hash_table_add (input->streams, g_strdup (id));
  timed_pad_forget_live (&input->live);
}

static void
flush (GstKafkaInput * input)
{
  g_hash_table_remove_all (input->streams);
  timed_pad_forget_live (&input->live);
  gst_kafka_lines_free (input->lines);
  input->lines = gst_kafka_lines_new ();
}

void
gst_kafka_input_event (GstKafkaInput * input, GstEvent * event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      note_stream (input, event);
      gst_kafka_lines_select (input->lines, NULL);
      break;
    case GST_EVENT_FLUSH_STOP:
      flush (input);
      break;
    case GST_EVENT_SEGMENT_DONE:
      gst_kafka_lines_end (input->lines);
      break;
    default:
      break;
  }
}

static void
warn_of_key (GstKafkaInput * input, const GValue * value)
{
  g_autofree char *what = value ? g_strdup_printf ("of the type %s",
      G_VALUE_TYPE_NAME (value)) : g_strdup ("missing");

  if (input->key_told)
    return;
  input->key_told = TRUE;
  GST_ELEMENT_WARNING (input->sink, RESOURCE, SETTINGS, ("The field key of a "
          RECORD_META " is %s, and so the record has the key of the property:"
          " set the field to a string or to a GBytes", what), (NULL));
}

/* Returns: (transfer full) (nullable) */
static GBytes *
get_key (GstKafkaInput * input, GstBuffer * buffer)
{
  GstCustomMeta *meta =
      (GstCustomMeta *) gst_buffer_get_meta (buffer, record_meta_api);
  const GValue *value;

  if (!meta)
    return NULL;
  value = gst_structure_get_value (gst_custom_meta_get_structure (meta), "key");
  if (value && G_VALUE_HOLDS (value, G_TYPE_BYTES) && g_value_get_boxed (value))
    return g_value_dup_boxed (value);
  if (value && G_VALUE_HOLDS_STRING (value) && g_value_get_string (value))
    return g_bytes_new_take (g_value_dup_string (value),
        strlen (g_value_get_string (value)));
  warn_of_key (input, value);
  return NULL;
}

/* To be cleared */
static GstKafkaTimes
get_times (GstKafkaInput * input, GstBuffer * buffer,
    const GstKafkaSettings * settings)
{
  GstKafkaTimes times = {
    .pts = GST_BUFFER_PTS (buffer),
    .key = get_key (input, buffer)
  };

  /* Where the buffer is a frame, its bytes are no message */
  times.sei_type = input->content != CONTENT_VIDEO ?
      timed_buffer_get_sei_type (buffer) : TIMED_NO_SEI_TYPE;
  if (settings->timestamp == GST_KAFKA_SINK_TIMESTAMP_CAPTURE) {
    times.timestamp_ms =
        timed_capture_ms (buffer, GST_ELEMENT (input->sink),
        timed_pad_is_live (GST_BASE_SINK_PAD (input->sink), TRUE,
            &input->live) ? &input->sink->segment : NULL);
    times.replaced = times.timestamp_ms < 0;
    if (times.replaced)
      times.timestamp_ms = g_get_real_time () / 1000;
  }
  return times;
}

/* Whether any JSON value is JSON, and not an object alone */
static gboolean
is_json (GstKafkaInput * input)
{
  return input->content == CONTENT_JSON || input->content == CONTENT_LINES;
}

/* @held: (transfer full) (nullable): what the payload is in */
static GstFlowReturn
publish (GstKafkaInput * input, BytesSpan payload, GBytes * held,
    gboolean any_json, const GstKafkaTimes * times,
    const GstKafkaSettings * settings)
{
  KafkaRecord *record = gst_kafka_records_make (input->records, payload, held,
      any_json, settings, times);
  gboolean replaced = FALSE;

  if (!record->content.timestamp_ms) {
    record->content.timestamp_ms = times->timestamp_ms;
    replaced = times->replaced || settings->timestamp_member;
  }
  return input->funcs->publish (input->sink, record, replaced, settings);
}

/* @payload: (transfer full): */
static GstFlowReturn
publish_bytes (GstKafkaInput * input, GBytes * payload, gboolean any_json,
    const GstKafkaTimes * times, const GstKafkaSettings * settings)
{
  BytesSpan span;

  span.data = g_bytes_get_data (payload, &span.size);
  return publish (input, span, payload, any_json, times, settings);
}

static GstFlowReturn
publish_metas (GstKafkaInput * input, GstBuffer * buffer,
    const GstKafkaSettings * settings)
{
  g_auto (GstKafkaTimes) times = get_times (input, buffer, settings);
  GstFlowReturn ret = GST_FLOW_OK;
  gpointer state = NULL;
  TimedPayload payload;

  while (ret == GST_FLOW_OK
      && timed_buffer_iterate_payloads (buffer, &state, &payload)) {
    times.sei_type = payload.sei_type;
    ret = publish_bytes (input, g_bytes_ref (payload.bytes), is_json (input),
        &times, settings);
  }
  return ret;
}

/* Publishes the lines that are complete. */
static GstFlowReturn
publish_lines (GstKafkaInput * input, const GstKafkaSettings * settings)
{
  GstFlowReturn ret = GST_FLOW_OK;
  GstKafkaLine line;

  while (ret == GST_FLOW_OK && gst_kafka_lines_next (input->lines, &line)) {
    if (line.bytes)
      ret = publish_bytes (input, line.bytes, TRUE, &line.times, settings);
    else
      ret = input->funcs->refuse (input->sink, line.size, "a line may have 1"
          " MiB; send more as a buffer of its own, with the caps"
          " application/x-json");
    gst_kafka_times_clear (&line.times);
  }
  return ret;
}

/* Two sources of one file have the same stream-id, but not the same group. */
static void
select_stream (GstKafkaInput * input)
{
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (GST_BASE_SINK_PAD (input->sink),
      GST_EVENT_STREAM_START, 0);
  g_autofree char *key = NULL;
  const char *id = "";
  guint group = 0;

  if (event) {
    gst_event_parse_stream_start (event, &id);
    gst_event_parse_group_id (event, &group);
  }
  key = g_strdup_printf ("%u/%s", group, id);
  gst_kafka_lines_select (input->lines, key);
}

static GstFlowReturn
fail_unreadable (GstKafkaInput * input, GstBuffer * buffer)
{
  GST_ELEMENT_ERROR (input->sink, RESOURCE, READ,
      ("A buffer could not be read: convert to memory that the CPU can read"
          " before kafkasink"), ("%" GST_PTR_FORMAT, buffer));
  return GST_FLOW_ERROR;
}

/* Publishes the lines of which the ends are in @buffer. */
static GstFlowReturn
divide (GstKafkaInput * input, GstBuffer * buffer,
    const GstKafkaSettings * settings)
{
  g_auto (GstKafkaTimes) times = get_times (input, buffer, settings);
  GstFlowReturn ret;
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return fail_unreadable (input, buffer);
  if (!gst_kafka_lines_is_selected (input->lines))
    select_stream (input);
  /* what follows is no part of the line, and the line would be another */
  if (GST_BUFFER_IS_DISCONT (buffer) && gst_kafka_lines_reset (input->lines))
    GST_WARNING_OBJECT (input->sink, "a line is dropped, because the data"
        " behind its beginning are missing");
  gst_kafka_lines_push (input->lines, map.data, map.size, &times);
  ret = publish_lines (input, settings);
  if (ret != GST_FLOW_OK)
    gst_kafka_lines_reset (input->lines);
  gst_buffer_unmap (buffer, &map);
  return ret;
}

static GstFlowReturn
publish_whole (GstKafkaInput * input, GstBuffer * buffer,
    const GstKafkaSettings * settings)
{
  g_auto (GstKafkaTimes) times = get_times (input, buffer, settings);
  GstFlowReturn ret;
  GstMapInfo map;
  GBytes *bytes;

  if (!gst_kafka_record_is_small (buffer)) {
    bytes = gst_kafka_record_get_payload (buffer);
    return bytes ? publish_bytes (input, bytes, is_json (input), &times,
        settings) : fail_unreadable (input, buffer);
  }
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return fail_unreadable (input, buffer);

  const BytesSpan payload = { map.data, map.size };

  ret = publish (input, payload, NULL, is_json (input), &times, settings);
  gst_buffer_unmap (buffer, &map);
  return ret;
}

static gboolean
wants_metas (GstKafkaInput * input, const GstKafkaSettings * settings)
{
  return settings->payload == GST_KAFKA_SINK_PAYLOAD_SEI_META
      || (settings->payload == GST_KAFKA_SINK_PAYLOAD_AUTO
      && input->content == CONTENT_VIDEO);
}

GstFlowReturn
gst_kafka_input_render (GstKafkaInput * input, GstBuffer * buffer,
    const GstKafkaSettings * settings)
{
  /* of streams that have ended */
  const GstFlowReturn ret = publish_lines (input, settings);

  if (ret != GST_FLOW_OK)
    return ret;
  input->n_buffers++;
  if (wants_metas (input, settings))
    return publish_metas (input, buffer, settings);
  if (settings->payload == GST_KAFKA_SINK_PAYLOAD_AUTO
      && input->content == CONTENT_LINES)
    return divide (input, buffer, settings);
  return publish_whole (input, buffer, settings);
}

GstFlowReturn
gst_kafka_input_finish (GstKafkaInput * input,
    const GstKafkaSettings * settings)
{
  gst_kafka_lines_end_all (input->lines);
  return publish_lines (input, settings);
}

GstStructure *
gst_kafka_input_explain_none (GstKafkaInput * input,
    const GstKafkaSettings * settings)
{
  return gst_kafka_messages_no_metadata (input->n_buffers,
      wants_metas (input, settings), input->content == CONTENT_VIDEO);
}
