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
 * buffer is a record with an empty value, never a tombstone. A #GstCustomMeta
 * "GstKafkaRecordMeta" on a buffer gives its records another key than
 * #GstKafkaSink:key: its field `key`, a string or a #GBytes.
 *
 * What happens to the delivery goes to the bus as element messages, which have
 * the fields `topic` and `text`, a sentence for the user that says what to do.
 *
 * States, once per change:
 *
 * * `broker-reachable`, `broker-unreachable`
 * * `topic-missing`, `topic-forbidden`, `topic-available`
 * * `partitions-changed`: the topic has more partitions than before
 * * `credentials-refused`: Kafka accepted them before
 * * `client-restarted`: after a failure, at most once a minute
 * * `delivery-stalled`, with the fields `waited` (ms), `cause` and, if it is
 *   known, `broker`: nothing moved for #GstKafkaSink:stall-timeout
 * * `delivery-resumed`, with `waited`
 * * `compression-refused`: the records are sent uncompressed
 * * `clock-wrong`: the wall clock went back, or shows a time before 2020
 *
 * Records that are lost, at most one message per second:
 *
 * * `records-dropped`, with `count`: the queue was full
 * * `record-failed`, for each `reason`, with `count`, `size` and, if the last
 *   of them had one, `key`
 *
 * The end:
 *
 * * `no-metadata`, with `buffers`: EOS came, and there was nothing to send
 * * `delivery-summary`, with the fields of #GstKafkaSink:stats: at EOS, and at
 *   the change to READY if anything changed since EOS
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

#include "gstkafkainput.h"
#include "gstkafkamessages.h"
#include "gstkafkasettings.h"
#include "gstkafkasink.h"
#include "kafkaproducer.h"

GST_DEBUG_CATEGORY (gst_kafka_sink_debug);
#define GST_CAT_DEFAULT gst_kafka_sink_debug

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
  GstKafkaInput *input;         /* replaced while nothing streams */
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static guint prop_stats;

#define gst_kafka_sink_parent_class parent_class
G_DEFINE_TYPE (GstKafkaSink, gst_kafka_sink, GST_TYPE_BASE_SINK);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (kafkasink, "kafkasink", GST_RANK_NONE,
    GST_TYPE_KAFKA_SINK,
    GST_DEBUG_CATEGORY_INIT (gst_kafka_sink_debug, "kafkasink", 0,
        "Apache Kafka sink");
    gst_kafka_input_register_meta ());

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

static GstFlowReturn
publish (GstBaseSink * sink, KafkaRecord * record, gboolean replaced,
    const GstKafkaSettings * settings)
{
  GstKafkaSink *self = GST_KAFKA_SINK (sink);

  if (replaced) {
    GST_OBJECT_LOCK (self);
    self->timestamp_replaced++;
    GST_OBJECT_UNLOCK (self);
  }
  return push (self, record,
      settings->overflow == GST_KAFKA_SINK_OVERFLOW_BLOCK);
}

static GstFlowReturn
refuse (GstBaseSink * sink, gsize size, const char *advice)
{
  g_autoptr (KafkaProducer) producer = get_producer (GST_KAFKA_SINK (sink));

  if (!producer)
    return GST_FLOW_FLUSHING;
  kafka_producer_refuse (producer, KAFKA_FAILURE_TOO_LARGE, size, advice);
  return GST_FLOW_OK;
}

static const GstKafkaInputFuncs input_funcs = {
  .publish = publish,
  .refuse = refuse
};

static GstKafkaInput *
get_input (GstKafkaSink * self)
{
  GstKafkaInput *input;

  GST_OBJECT_LOCK (self);
  input = self->input;
  GST_OBJECT_UNLOCK (self);
  return input;
}

/* What comes from now on has nothing to do with what came before. */
static void
renew_input (GstKafkaSink * self)
{
  GstKafkaInput *input = gst_kafka_input_new (GST_BASE_SINK (self),
      &input_funcs);
  GstKafkaInput *before;

  GST_OBJECT_LOCK (self);
  before = self->input;
  self->input = input;
  GST_OBJECT_UNLOCK (self);
  gst_kafka_input_free (before);
}

/* For PAUSED: settings can have changed in READY. */
static gboolean
prepare (GstKafkaSink * self)
{
  g_autoptr (KafkaProducer) producer = NULL;
  gboolean changed;

  GST_OBJECT_LOCK (self);
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
    renew_input (self);
    close_producer (self, timeout_ms);
  }
  return ret;
}

static gboolean
gst_kafka_sink_set_caps (GstBaseSink * sink, GstCaps * caps)
{
  gst_kafka_input_set_caps (get_input (GST_KAFKA_SINK (sink)), caps);
  return TRUE;
}

static GstFlowReturn
gst_kafka_sink_render (GstBaseSink * sink, GstBuffer * buffer)
{
  GstKafkaSink *self = GST_KAFKA_SINK (sink);
  g_auto (GstKafkaSettings) settings = get_settings (self, FALSE);

  return gst_kafka_input_render (get_input (self), buffer, &settings);
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

/* The last lines, or why there is no record; then the acknowledgements of all */
static GstFlowReturn
finish (GstKafkaSink * self)
{
  g_auto (GstKafkaSettings) settings = get_settings (self, FALSE);
  GstKafkaInput *input = get_input (self);
  const GstFlowReturn ret = gst_kafka_input_finish (input, &settings);
  KafkaStats stats;

  if (ret != GST_FLOW_OK)
    return ret;
  get_stats (self, &stats);
  if (stats.enqueued == 0)
    post_message (self, gst_kafka_input_explain_none (input, &settings));
  return drain (self);
}

/* Called before EOS is posted, and for GAP, too. */
static GstFlowReturn
gst_kafka_sink_wait_event (GstBaseSink * sink, GstEvent * event)
{
  GstFlowReturn ret = GST_BASE_SINK_CLASS (parent_class)->wait_event (sink,
      event);

  if (ret == GST_FLOW_OK && GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    GstKafkaSink *self = GST_KAFKA_SINK (sink);

    ret = finish (self);
    post_summary (self);
  }
  return ret;
}

static gboolean
gst_kafka_sink_event (GstBaseSink * sink, GstEvent * event)
{
  gst_kafka_input_event (get_input (GST_KAFKA_SINK (sink)), event);
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
  gst_kafka_input_free (self->input);
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
   * are nanoseconds from render to acknowledgement, and `latency-histogram`
   * (a structure) counts how many took less than 256 µs, 512 µs, and so on to
   * 67 s, and all. They start from zero with every change from READY to PAUSED.
   */
  g_object_class_install_property (object_class, prop_stats,
      g_param_spec_boxed ("stats", "Statistics",
          "enqueued = acknowledged + failed + dropped + abandoned + in-flight; "
          "failed-REASON, bytes, in-flight-bytes, blocked, restarts, "
          "maybe-duplicated, timestamp-replaced, latency-p50/-p99/-max/-sum (ns), "
          "latency-histogram",
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
  self->input = gst_kafka_input_new (GST_BASE_SINK (self), &input_funcs);
  gst_base_sink_set_sync (GST_BASE_SINK (self), FALSE);
  gst_base_sink_set_async_enabled (GST_BASE_SINK (self), FALSE);
}
