/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-kafkasink
 * @title: kafkasink
 * @short_description: publishes one Apache Kafka record per buffer
 *
 * Publishes each buffer as one record of a Kafka topic. Where the caps are
 * video, it publishes the #GstSeiMeta that #seiextract puts on each buffer
 * instead, one record each, and with application/x-ndjson each line.
 *
 * It starts without a broker, reconnects for ever, and loses nothing: a record
 * stays in the sink's queue until Kafka acknowledges it. EOS is posted when all
 * records are acknowledged. When the queue is full, the element blocks or drops
 * (#GstKafkaSink:overflow), and counts both in #GstKafkaSink:stats. An empty
 * buffer is a record with an empty value, never a tombstone.
 *
 * The state of the delivery goes to the bus as element messages, once per
 * change: `broker-unreachable`, `broker-reachable`, `topic-missing`,
 * `topic-forbidden`, `topic-available`, `credentials-refused`,
 * `client-restarted`; `record-failed`, at most once a second for each reason,
 * with the fields `reason`, `count`, `key` and `size`; `no-metadata` at EOS, if there
 * was nothing to send; and, at EOS and at the end, `delivery-summary`, which has the fields of #GstKafkaSink:stats. Each has a field
 * `text` with a sentence for the user, and `topic`.
 *
 * Unlike other sinks it does not wait for the clock (`sync=false`) nor for a
 * first buffer (`async=false`), so that sparse records do not hold up a
 * pipeline; it adds no latency.
 *
 * ## Example
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=30 ! x264enc ! h264parse ! seiinject metadata='{"a":1}' ! seiextract ! kafkasink topic=t bootstrap-servers=localhost:9092
 * ]| One record with the value {"a":1} per frame.
 */

#include <string.h>

#include "gstkafkalines.h"
#include "gstkafkamessages.h"
#include "gstkafkarecord.h"
#include "gstkafkasettings.h"
#include "gstkafkasink.h"
#include "kafkaproducer.h"
#include "timedbuffer.h"
#include "timedpads.h"

GST_DEBUG_CATEGORY_STATIC (gst_kafka_sink_debug);
#define GST_CAT_DEFAULT gst_kafka_sink_debug

/* so that a new stream a minute takes no memory for ever */
#define MAX_STREAMS 1000

struct _GstKafkaSink
{
  GstBaseSink parent;

  /* OBJECT_LOCK */
  GstKafkaSettings settings;
  KafkaStats last_stats;        /* of the producer before */
  KafkaStats summarized;        /* what was posted last */
  gboolean is_summarized;       /* since PAUSED */
  guint64 timestamp_replaced;
  KafkaProducer *producer;      /* other threads use it with a reference */
  guint n_interruptions;        /* those that want render() to return */

  /* Written with OBJECT_LOCK by the streaming thread, and by a state change while
   * nothing streams */
  gboolean caps_are_video;
  gboolean caps_are_json;
  gboolean caps_are_lines;
  GstKafkaLines *lines;         /* NULL until some come */
  guint64 n_buffers;
  GHashTable *streams;          /* stream-ids that live was asked for */
  gint live;                    /* see timed_pad_is_live() */
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static guint prop_stats;

#define gst_kafka_sink_parent_class parent_class
G_DEFINE_TYPE (GstKafkaSink, gst_kafka_sink, GST_TYPE_BASE_SINK);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (kafkasink, "kafkasink", GST_RANK_NONE,
    GST_TYPE_KAFKA_SINK,
    GST_DEBUG_CATEGORY_INIT (gst_kafka_sink_debug, "kafkasink", 0,
        "Apache Kafka sink"));

static GstKafkaSettings
get_settings (GstKafkaSink * self, gboolean whole)
{
  GstKafkaSettings settings;

  GST_OBJECT_LOCK (self);
  settings = gst_kafka_settings_copy (&self->settings, whole);
  GST_OBJECT_UNLOCK (self);
  return settings;
}

/* Returns: (nullable) (transfer full) */
static KafkaProducer *
get_producer (GstKafkaSink * self)
{
  KafkaProducer *producer;

  GST_OBJECT_LOCK (self);
  producer = self->producer ? kafka_producer_ref (self->producer) : NULL;
  GST_OBJECT_UNLOCK (self);
  return producer;
}

/* Returns timestamp_replaced */
static guint64
get_stats (GstKafkaSink * self, KafkaStats * stats)
{
  guint64 timestamp_replaced;

  GST_OBJECT_LOCK (self);
  *stats = self->last_stats;
  if (self->producer)
    kafka_producer_get_stats (self->producer, stats);
  timestamp_replaced = self->timestamp_replaced;
  GST_OBJECT_UNLOCK (self);
  return timestamp_replaced;
}

/* Takes over @s. */
static void
post_message (GstKafkaSink * self, GstStructure * s)
{
  g_autofree char *topic = NULL;

  GST_OBJECT_LOCK (self);
  topic = g_strdup (self->settings.topic);
  GST_OBJECT_UNLOCK (self);
  gst_structure_set (s, "topic", G_TYPE_STRING, topic, NULL);
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), s));
}

static GstResourceError
get_code (const GError * error)
{
  return error->code == KAFKA_ERROR_CREDENTIALS
      || error->code == KAFKA_ERROR_FORBIDDEN ?
      GST_RESOURCE_ERROR_NOT_AUTHORIZED : GST_RESOURCE_ERROR_FAILED;
}

static void
on_event (const KafkaEvent * event, gpointer data)
{
  GstKafkaSink *self = data;

  if (event->type == KAFKA_EVENT_ERROR) {
    gst_element_message_full (GST_ELEMENT (self), GST_MESSAGE_ERROR,
        GST_RESOURCE_ERROR, get_code (event->error), g_strdup (event->text),
        NULL, __FILE__, GST_FUNCTION, __LINE__);
    return;
  }
  if (event->type == KAFKA_EVENT_REACHABLE
      || event->type == KAFKA_EVENT_TOPIC_AVAILABLE
      || event->type == KAFKA_EVENT_RESUMED)
    GST_INFO_OBJECT (self, "%s", event->text);
  else
    GST_WARNING_OBJECT (self, "%s", event->text);
  post_message (self, gst_kafka_messages_from_event (event));
  /* what somebody has to mend is for those, too, who do not know our messages */
  if (event->type == KAFKA_EVENT_CREDENTIALS)
    GST_ELEMENT_WARNING (self, RESOURCE, NOT_AUTHORIZED, ("%s", event->text),
        (NULL));
}

/* Says what became of all records, unless that is known. */
static void
post_summary (GstKafkaSink * self)
{
  KafkaStats stats;
  const guint64 timestamp_replaced = get_stats (self, &stats);
  gboolean is_new;

  GST_OBJECT_LOCK (self);
  is_new = !self->is_summarized
      || memcmp (&stats, &self->summarized, sizeof (stats)) != 0;
  self->summarized = stats;
  self->is_summarized = TRUE;
  GST_OBJECT_UNLOCK (self);
  if (is_new)
    post_message (self, gst_kafka_messages_summary (&stats,
            timestamp_replaced));
}

/* Forgets the producer, waiting up to @timeout_ms for its acknowledgements. */
static void
close_producer (GstKafkaSink * self, int timeout_ms)
{
  /* given back without the lock: with the last reference go buffers, and so it
   * calls whoever wrapped memory in them */
  g_autoptr (KafkaProducer) producer = get_producer (self);
  KafkaStats stats;

  if (!producer)
    return;
  kafka_producer_close (producer, timeout_ms);
  kafka_producer_get_stats (producer, &stats);
  if (stats.abandoned > 0)
    GST_WARNING_OBJECT (self, "%" G_GUINT64_FORMAT " records were not yet "
        "acknowledged and may be lost; a longer stop-timeout, or EOS first, "
        "waits for them", stats.abandoned);
  GST_OBJECT_LOCK (self);
  self->last_stats = stats;
  g_clear_pointer (&self->producer, kafka_producer_unref);
  GST_OBJECT_UNLOCK (self);
  post_summary (self);
}

/* Called for READY: wrong settings are to be known before anything streams. */
static gboolean
gst_kafka_sink_start (GstBaseSink * sink)
{
  GstKafkaSink *self = GST_KAFKA_SINK (sink);

  /* before they are read: what changes from now on needs another connection */
  GST_OBJECT_LOCK (self);
  self->settings.changed = FALSE;
  self->settings.told = 0;
  GST_OBJECT_UNLOCK (self);

  g_auto (GstKafkaSettings) settings = get_settings (self, TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (KafkaConf) conf = gst_kafka_settings_make_conf (&settings, &error);
  const char *secret = gst_kafka_settings_find_secret (&settings);
  KafkaProducer *producer = NULL;

  if (secret)
    GST_ELEMENT_WARNING (self, RESOURCE, SETTINGS,
        ("Others can read '%s' in the property config: move it to a file, and"
            " set config-file to that file", secret), (NULL));
  if (settings.headers->warning)
    GST_ELEMENT_WARNING (self, RESOURCE, SETTINGS,
        ("%s", settings.headers->warning), (NULL));
  if (conf)
    producer = kafka_producer_new (conf, settings.topic,
        settings.max_queued_messages, settings.max_queued_bytes,
        settings.stall_timeout_ms, on_event, self, &error);
  if (!producer) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message),
        (NULL));
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  self->producer = producer;
  kafka_producer_set_interrupted (producer, self->n_interruptions > 0);
  memset (&self->last_stats, 0, sizeof (self->last_stats));
  memset (&self->summarized, 0, sizeof (self->summarized));
  self->is_summarized = TRUE;
  self->timestamp_replaced = 0;
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static gboolean
gst_kafka_sink_stop (GstBaseSink * sink)
{
  close_producer (GST_KAFKA_SINK (sink), 0);
  return TRUE;
}

static void
forget_live (GstKafkaSink * self)
{
  GST_OBJECT_LOCK (self);
  g_hash_table_remove_all (self->streams);
  GST_OBJECT_UNLOCK (self);
  timed_pad_forget_live (&self->live);
}

static void
forget_lines (GstKafkaSink * self)
{
  GstKafkaLines *lines;

  GST_OBJECT_LOCK (self);
  lines = g_steal_pointer (&self->lines);
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&lines, gst_kafka_lines_free);
}

/* The question goes through all of the pipeline, so it is put once for each stream:
 * a funnel repeats the events of a branch with each buffer of another. */
static void
note_stream (GstKafkaSink * self, const char *id)
{
  if (g_hash_table_contains (self->streams, id))
    return;
  if (g_hash_table_size (self->streams) == MAX_STREAMS)
    forget_live (self);
  GST_OBJECT_LOCK (self);
  g_hash_table_add (self->streams, g_strdup (id));
  GST_OBJECT_UNLOCK (self);
  timed_pad_forget_live (&self->live);
}

/* For PAUSED: settings can have changed in READY. */
static gboolean
prepare (GstKafkaSink * self)
{
  g_autoptr (KafkaProducer) producer = NULL;
  gboolean changed;

  forget_live (self);
  GST_OBJECT_LOCK (self);
  self->caps_are_video = FALSE;
  self->caps_are_json = FALSE;
  self->caps_are_lines = FALSE;
  self->n_buffers = 0;
  changed = self->settings.changed;
  GST_OBJECT_UNLOCK (self);
  if (changed)
    close_producer (self, 0);
  producer = get_producer (self);
  if (!producer && !gst_kafka_sink_start (GST_BASE_SINK (self)))
    return FALSE;
  GST_OBJECT_LOCK (self);
  self->is_summarized = FALSE;
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

/* Each thread that interrupts ends its own interruption alone: one that waits for
 * render() to return would wait for ever if another's end let render() go on. They
 * come at any time, also while there is no producer. */
static void
interrupt (GstBaseSink * sink, int n)
{
  GstKafkaSink *self = GST_KAFKA_SINK (sink);

  GST_OBJECT_LOCK (self);
  self->n_interruptions += n;
  if (self->producer)
    kafka_producer_set_interrupted (self->producer, self->n_interruptions > 0);
  GST_OBJECT_UNLOCK (self);
}

static gboolean
gst_kafka_sink_unlock (GstBaseSink * sink)
{
  interrupt (sink, 1);
  return TRUE;
}

static gboolean
gst_kafka_sink_unlock_stop (GstBaseSink * sink)
{
  interrupt (sink, -1);
  return TRUE;
}

/* render() may have begun before, in the hope of PLAYING, and holds the lock while it
 * waits for room. It waits for a signal, then, which comes before it may go on. */
static GstStateChangeReturn
go_to_playing (GstKafkaSink * self)
{
  GstBaseSink *sink = GST_BASE_SINK (self);
  GstStateChangeReturn ret;

  interrupt (sink, 1);
  ret = GST_ELEMENT_CLASS (parent_class)->change_state (GST_ELEMENT (self),
      GST_STATE_CHANGE_PAUSED_TO_PLAYING);
  GST_BASE_SINK_PREROLL_LOCK (sink);
  interrupt (sink, -1);
  GST_BASE_SINK_PREROLL_SIGNAL (sink);
  GST_BASE_SINK_PREROLL_UNLOCK (sink);
  return ret;
}

static GstStateChangeReturn
gst_kafka_sink_change_state (GstElement * element, GstStateChange transition)
{
  GstKafkaSink *self = GST_KAFKA_SINK (element);
  GstStateChangeReturn ret;
  int timeout_ms;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !prepare (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    return go_to_playing (self);
  ret = GST_ELEMENT_CLASS (parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    GST_OBJECT_LOCK (self);
    timeout_ms = self->settings.stop_timeout_ms;
    GST_OBJECT_UNLOCK (self);
    forget_lines (self);
    close_producer (self, timeout_ms);
  }
  return ret;
}

static gboolean
gst_kafka_sink_set_caps (GstBaseSink * sink, GstCaps * caps)
{
  GstKafkaSink *self = GST_KAFKA_SINK (sink);
  const GstStructure *s = gst_caps_get_structure (caps, 0);

  GST_OBJECT_LOCK (self);
  self->caps_are_video = g_str_has_prefix (gst_structure_get_name (s),
      "video/");
  self->caps_are_json = gst_structure_has_name (s, "application/x-json");
  self->caps_are_lines = gst_structure_has_name (s, "application/x-ndjson");
  GST_OBJECT_UNLOCK (self);
  /* its last line goes out with the next buffer, because this may not block */
  if (self->lines && !self->caps_are_lines)
    gst_kafka_lines_end (self->lines);
  return TRUE;
}

/* Returns once it goes on, or with what ended that. PAUSED may come again before this
 * thread has seen PLAYING. */
static GstFlowReturn
wait_until_playing (GstKafkaSink * self)
{
  GstBaseSink *sink = GST_BASE_SINK (self);
  GstFlowReturn ret;

  do {
    ret = gst_base_sink_wait_preroll (sink);
  } while (ret == GST_FLOW_OK && sink->need_preroll);
  return ret;
}

static GstFlowReturn
push (GstKafkaSink * self, KafkaRecord * record, gboolean block)
{
  g_autoptr (KafkaProducer) producer = get_producer (self);
  GstFlowReturn ret = GST_FLOW_OK;

  if (!producer) {
    kafka_record_free (record);
    return GST_FLOW_FLUSHING;
  }
  while (TRUE) {
    switch (kafka_producer_push (producer, record, block)) {
      case KAFKA_PUSH_OK:
        return GST_FLOW_OK;
      case KAFKA_PUSH_DROPPED:
        GST_LOG_OBJECT (self, "queue full, record dropped");
        return GST_FLOW_OK;
      case KAFKA_PUSH_INTERRUPTED:
        ret = wait_until_playing (self);
        break;
      case KAFKA_PUSH_FAILED:
        /* posted when it happened */
        ret = GST_FLOW_ERROR;
        break;
    }
    if (ret != GST_FLOW_OK) {
      kafka_producer_abandon (producer, record);
      return ret;
    }
  }
}

static GstKafkaTimes
get_times (GstKafkaSink * self, GstBuffer * buffer,
    const GstKafkaSettings * settings)
{
  GstKafkaTimes times = {.pts = GST_BUFFER_PTS (buffer) };

  if (settings->timestamp == GST_KAFKA_SINK_TIMESTAMP_CAPTURE) {
    times.timestamp_ms =
        gst_kafka_record_get_time (GST_BASE_SINK (self), buffer,
        timed_pad_is_live (GST_BASE_SINK_PAD (self), TRUE, &self->live));
    times.replaced = times.timestamp_ms < 0;
    if (times.replaced)
      times.timestamp_ms = g_get_real_time () / 1000;
  }
  return times;
}

/* Publishes @payload, which it takes over. */
static GstFlowReturn
publish (GstKafkaSink * self, GBytes * payload, gboolean any_json,
    const GstKafkaTimes * times, const GstKafkaSettings * settings)
{
  KafkaRecord *record = gst_kafka_record_new (payload, any_json, settings,
      times->pts);

  if (!record->timestamp_ms) {
    record->timestamp_ms = times->timestamp_ms;
    if (times->replaced || settings->timestamp_member) {
      GST_OBJECT_LOCK (self);
      self->timestamp_replaced++;
      GST_OBJECT_UNLOCK (self);
    }
  }
  return push (self, record,
      settings->overflow == GST_KAFKA_SINK_OVERFLOW_BLOCK);
}

static GstFlowReturn
publish_payloads (GstKafkaSink * self, GstBuffer * buffer,
    const GstKafkaSettings * settings)
{
  const GstKafkaTimes times = get_times (self, buffer, settings);
  GstFlowReturn ret = GST_FLOW_OK;
  gpointer state = NULL;
  GBytes *payload;

  while (ret == GST_FLOW_OK
      && (payload = timed_buffer_iterate_payloads (buffer, &state)))
    ret = publish (self, g_bytes_ref (payload), self->caps_are_json, &times,
        settings);
  return ret;
}

static GstFlowReturn
refuse_line (GstKafkaSink * self, gsize size)
{
  g_autoptr (KafkaProducer) producer = get_producer (self);

  if (!producer)
    return GST_FLOW_FLUSHING;
  kafka_producer_refuse (producer, KAFKA_FAILURE_TOO_LARGE, size,
      "a line may have 1 MiB; send more as a buffer of its own, with the caps"
      " application/x-json");
  return GST_FLOW_OK;
}

/* Publishes the lines that are complete. */
static GstFlowReturn
publish_lines (GstKafkaSink * self, const GstKafkaSettings * settings)
{
  GstFlowReturn ret = GST_FLOW_OK;
  GstKafkaLine line;

  while (ret == GST_FLOW_OK && self->lines
      && gst_kafka_lines_next (self->lines, &line)) {
    if (line.bytes)
      ret = publish (self, line.bytes, TRUE, &line.times, settings);
    else
      ret = refuse_line (self, line.size);
  }
  return ret;
}

/* Two sources of one file have the same stream-id, but not the same group. */
static void
select_stream (GstKafkaSink * self)
{
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (GST_BASE_SINK_PAD (self),
      GST_EVENT_STREAM_START, 0);
  g_autofree char *key = NULL;
  const char *id = "";
  guint group = 0;

  if (event) {
    gst_event_parse_stream_start (event, &id);
    gst_event_parse_group_id (event, &group);
  }
  key = g_strdup_printf ("%u/%s", group, id);
  gst_kafka_lines_select (self->lines, key);
}

static void
select_lines (GstKafkaSink * self, GstBuffer * buffer)
{
  if (!self->lines) {
    GST_OBJECT_LOCK (self);
    self->lines = gst_kafka_lines_new ();
    GST_OBJECT_UNLOCK (self);
  }
  if (!gst_kafka_lines_is_selected (self->lines))
    select_stream (self);
  /* what follows is no part of the line, and the line would be another */
  if (GST_BUFFER_IS_DISCONT (buffer) && gst_kafka_lines_reset (self->lines))
    GST_WARNING_OBJECT (self, "a line is dropped, because the data behind its"
        " beginning are missing");
}

static GstFlowReturn
fail_unreadable (GstKafkaSink * self, GstBuffer * buffer)
{
  GST_ELEMENT_ERROR (self, RESOURCE, READ,
      ("A buffer could not be read: convert to memory that the CPU can read"
          " before kafkasink"), ("%" GST_PTR_FORMAT, buffer));
  return GST_FLOW_ERROR;
}

/* Publishes the lines of which the ends are in @buffer. */
static GstFlowReturn
push_lines (GstKafkaSink * self, GstBuffer * buffer,
    const GstKafkaSettings * settings)
{
  const GstKafkaTimes times = get_times (self, buffer, settings);
  GstFlowReturn ret;
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return fail_unreadable (self, buffer);
  select_lines (self, buffer);
  gst_kafka_lines_push (self->lines, map.data, map.size, &times);
  ret = publish_lines (self, settings);
  if (ret != GST_FLOW_OK)
    gst_kafka_lines_reset (self->lines);
  gst_buffer_unmap (buffer, &map);
  return ret;
}

static GstFlowReturn
publish_whole (GstKafkaSink * self, GstBuffer * buffer,
    const GstKafkaSettings * settings)
{
  const GstKafkaTimes times = get_times (self, buffer, settings);
  GBytes *bytes = gst_kafka_record_get_payload (buffer);

  if (!bytes)
    return fail_unreadable (self, buffer);
  return publish (self, bytes, self->caps_are_json || self->caps_are_lines,
      &times, settings);
}

static gboolean
wants_meta (GstKafkaSink * self, const GstKafkaSettings * settings)
{
  return settings->payload == GST_KAFKA_SINK_PAYLOAD_SEI_META
      || (settings->payload == GST_KAFKA_SINK_PAYLOAD_AUTO
      && self->caps_are_video);
}

static GstFlowReturn
gst_kafka_sink_render (GstBaseSink * sink, GstBuffer * buffer)
{
  GstKafkaSink *self = GST_KAFKA_SINK (sink);
  g_auto (GstKafkaSettings) settings = get_settings (self, FALSE);
  /* of streams that have ended */
  GstFlowReturn ret = publish_lines (self, &settings);

  if (ret != GST_FLOW_OK)
    return ret;
  self->n_buffers++;
  if (wants_meta (self, &settings))
    return publish_payloads (self, buffer, &settings);
  if (settings.payload == GST_KAFKA_SINK_PAYLOAD_AUTO && self->caps_are_lines)
    return push_lines (self, buffer, &settings);
  return publish_whole (self, buffer, &settings);
}

/* The last line needs no LF. */
static GstFlowReturn
finish_lines (GstKafkaSink * self)
{
  g_auto (GstKafkaSettings) settings = get_settings (self, FALSE);

  if (self->lines)
    gst_kafka_lines_end_all (self->lines);
  return publish_lines (self, &settings);
}

/* Waits for the acknowledgements of all that was rendered. */
static GstFlowReturn
drain (GstKafkaSink * self)
{
  g_autoptr (KafkaProducer) producer = get_producer (self);
  GstFlowReturn ret = producer ? GST_FLOW_OK : GST_FLOW_FLUSHING;
  gint64 deadline_us = -1;
  int timeout_ms;
  KafkaStats stats;

  GST_OBJECT_LOCK (self);
  timeout_ms = self->settings.drain_timeout_ms;
  GST_OBJECT_UNLOCK (self);
  if (timeout_ms >= 0)
    deadline_us = g_get_monotonic_time ()
        + timeout_ms * G_TIME_SPAN_MILLISECOND;
  while (ret == GST_FLOW_OK) {
    switch (kafka_producer_drain (producer, deadline_us)) {
      case KAFKA_DRAIN_DONE:
        return GST_FLOW_OK;
      case KAFKA_DRAIN_TIMED_OUT:
        kafka_producer_get_stats (producer, &stats);
        GST_ELEMENT_WARNING (self, RESOURCE, WRITE,
            ("%" G_GUINT64_FORMAT " records were not acknowledged within %d ms:"
                " check the broker, or raise drain-timeout", stats.in_flight,
                timeout_ms), (NULL));
        return GST_FLOW_OK;
      case KAFKA_DRAIN_INTERRUPTED:
        ret = wait_until_playing (self);
        break;
      case KAFKA_DRAIN_FAILED:
        return GST_FLOW_ERROR;
    }
  }
  return ret;
}

/* Says so where there was nothing to send. */
static void
report_no_metadata (GstKafkaSink * self)
{
  g_auto (GstKafkaSettings) settings = get_settings (self, FALSE);
  KafkaStats stats;

  get_stats (self, &stats);
  if (stats.enqueued == 0)
    post_message (self, gst_kafka_messages_no_metadata (self->n_buffers,
            wants_meta (self, &settings), self->caps_are_video));
}

/* Called before EOS is posted, and for GAP, too. */
static GstFlowReturn
gst_kafka_sink_wait_event (GstBaseSink * sink, GstEvent * event)
{
  GstFlowReturn ret = GST_BASE_SINK_CLASS (parent_class)->wait_event (sink,
      event);

  if (ret == GST_FLOW_OK && GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    GstKafkaSink *self = GST_KAFKA_SINK (sink);

    ret = finish_lines (self);
    if (ret == GST_FLOW_OK) {
      report_no_metadata (self);
      ret = drain (self);
    }
    post_summary (self);
  }
  return ret;
}

static gboolean
gst_kafka_sink_event (GstBaseSink * sink, GstEvent * event)
{
  GstKafkaSink *self = GST_KAFKA_SINK (sink);
  const char *id;

  if (GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START) {
    gst_event_parse_stream_start (event, &id);
    note_stream (self, id);
    if (self->lines)
      gst_kafka_lines_select (self->lines, NULL);
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    forget_live (self);
    forget_lines (self);
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT_DONE && self->lines) {
    gst_kafka_lines_end (self->lines);
  }
  return GST_BASE_SINK_CLASS (parent_class)->event (sink, event);
}

static void
gst_kafka_sink_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  gst_kafka_settings_set (&GST_KAFKA_SINK (object)->settings, object, id, value,
      pspec);
}

static void
gst_kafka_sink_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstKafkaSink *self = GST_KAFKA_SINK (object);

  if (id == prop_stats) {
    KafkaStats stats;
    const guint64 timestamp_replaced = get_stats (self, &stats);

    g_value_take_boxed (value, gst_kafka_messages_stats (&stats,
            timestamp_replaced));
  } else {
    g_auto (GstKafkaSettings) settings = get_settings (self, TRUE);

    gst_kafka_settings_get (&settings, object, id, value, pspec);
  }
}

static void
gst_kafka_sink_finalize (GObject * object)
{
  GstKafkaSink *self = GST_KAFKA_SINK (object);

  gst_kafka_settings_clear (&self->settings);
  g_hash_table_unref (self->streams);
  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
gst_kafka_sink_class_init (GstKafkaSinkClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  object_class->set_property = gst_kafka_sink_set_property;
  object_class->get_property = gst_kafka_sink_get_property;
  object_class->finalize = gst_kafka_sink_finalize;
  prop_stats = gst_kafka_settings_install (object_class);
  /**
   * GstKafkaSink:stats:
   *
   * What became of the records: enqueued = acknowledged + failed + dropped +
   * abandoned + in-flight. `failed-REASON` splits `failed` up; `abandoned` were
   * given up at shutdown and may still arrive; `blocked` counts waits for room in
   * the queue; `bytes` and `in-flight-bytes` are keys and payloads; `latency-*`
   * are nanoseconds from render to acknowledgement. They start from zero with every
   * change from READY to PAUSED.
   */
  g_object_class_install_property (object_class, prop_stats,
      g_param_spec_boxed ("stats", "Statistics",
          "enqueued = acknowledged + failed + dropped + abandoned + in-flight; "
          "failed-REASON, bytes, in-flight-bytes, blocked, restarts, "
          "maybe-duplicated, timestamp-replaced, latency-p50/-p99/-max (ns)",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "Kafka sink",
      "Sink/Network",
      "Publishes one Apache Kafka record per buffer, SEI message of video, or line"
      " of JSON", "The gst-metakafka developers");
  element_class->change_state = gst_kafka_sink_change_state;

  sink_class->start = gst_kafka_sink_start;
  sink_class->stop = gst_kafka_sink_stop;
  sink_class->unlock = gst_kafka_sink_unlock;
  sink_class->unlock_stop = gst_kafka_sink_unlock_stop;
  sink_class->set_caps = gst_kafka_sink_set_caps;
  sink_class->event = gst_kafka_sink_event;
  sink_class->wait_event = gst_kafka_sink_wait_event;
  sink_class->render = gst_kafka_sink_render;
}

static void
gst_kafka_sink_init (GstKafkaSink * self)
{
  gst_kafka_settings_init (&self->settings);
  self->streams = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gst_base_sink_set_sync (GST_BASE_SINK (self), FALSE);
  gst_base_sink_set_async_enabled (GST_BASE_SINK (self), FALSE);
}
