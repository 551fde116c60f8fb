/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstkafkamessages.h"

static const char *const event_names[] = {
  [KAFKA_EVENT_REACHABLE] = "broker-reachable",
  [KAFKA_EVENT_UNREACHABLE] = "broker-unreachable",
  [KAFKA_EVENT_TOPIC_AVAILABLE] = "topic-available",
  [KAFKA_EVENT_TOPIC_MISSING] = "topic-missing",
  [KAFKA_EVENT_TOPIC_FORBIDDEN] = "topic-forbidden",
  [KAFKA_EVENT_PARTITIONS] = "partitions-changed",
  [KAFKA_EVENT_CREDENTIALS] = "credentials-refused",
  [KAFKA_EVENT_RESTART] = "client-restarted",
  [KAFKA_EVENT_STALLED] = "delivery-stalled",
  [KAFKA_EVENT_RESUMED] = "delivery-resumed",
  [KAFKA_EVENT_COMPRESSION] = "compression-refused",
  [KAFKA_EVENT_CLOCK] = "clock-wrong",
  [KAFKA_EVENT_RECORD_FAILED] = "record-failed",
  [KAFKA_EVENT_DROPPED] = "records-dropped"
};

/* The bounds of latency-histogram double from the first to the last. */
#define FIRST_BOUND_US 256
#define LAST_BOUND_US (G_GUINT64_CONSTANT (1) << 26)

/* How many acknowledgements took less than each bound, and at the end how many there are.
 * Not an array: Python reads one only where gst-python is installed.
 * Returns: (transfer full) */
static GstStructure *
make_histogram (const KafkaStats * stats)
{
  GstStructure *histogram = gst_structure_new_empty ("latency-histogram");

  for (guint64 us = FIRST_BOUND_US; us <= LAST_BOUND_US; us *= 2) {
    g_autofree char *name =
        g_strdup_printf ("below-%" G_GUINT64_FORMAT "us", us);

    gst_structure_set (histogram, name, G_TYPE_UINT64,
        kafka_stats_count_faster (stats, us), NULL);
  }
  gst_structure_set (histogram, "all", G_TYPE_UINT64,
      kafka_stats_count_faster (stats, G_MAXUINT64), NULL);
  return histogram;
}

GstStructure *
gst_kafka_messages_stats (const KafkaStats * stats, guint64 timestamp_replaced)
{
  g_autoptr (GstStructure) histogram = make_histogram (stats);
  GstStructure *s = gst_structure_new ("application/x-kafkasink-stats",
      "enqueued", G_TYPE_UINT64, stats->enqueued,
      "acknowledged", G_TYPE_UINT64, stats->acknowledged,
      "failed", G_TYPE_UINT64, kafka_stats_get_failed (stats),
      "dropped", G_TYPE_UINT64, stats->dropped,
      "abandoned", G_TYPE_UINT64, stats->abandoned,
      "in-flight", G_TYPE_UINT64, stats->in_flight,
      "in-flight-bytes", G_TYPE_UINT64, stats->in_flight_bytes,
      "bytes", G_TYPE_UINT64, stats->acknowledged_bytes,
      "blocked", G_TYPE_UINT64, stats->blocked,
      "restarts", G_TYPE_UINT64, stats->restarts,
      "maybe-duplicated", G_TYPE_UINT64, stats->maybe_duplicated,
      "timestamp-replaced", G_TYPE_UINT64, timestamp_replaced,
      "latency-p50", G_TYPE_UINT64,
      kafka_stats_get_latency (stats, 50) * GST_USECOND,
      "latency-p99", G_TYPE_UINT64,
      kafka_stats_get_latency (stats, 99) * GST_USECOND,
      "latency-max", G_TYPE_UINT64,
      kafka_stats_get_latency (stats, 100) * GST_USECOND,
      "latency-sum", G_TYPE_UINT64, stats->latency_sum_us * GST_USECOND,
      "latency-histogram", GST_TYPE_STRUCTURE, histogram, NULL);

  for (guint i = 0; i < KAFKA_N_FAILURES; i++) {
    g_autofree char *name = g_strconcat ("failed-",
        kafka_failure_to_string (i), NULL);

    gst_structure_set (s, name, G_TYPE_UINT64, stats->failed[i], NULL);
  }
  return s;
}

/* Returns: (transfer full) */
static char *
summarize (const KafkaStats * stats)
{
  const guint64 failed = kafka_stats_get_failed (stats);
  GString *text;

  if (stats->enqueued == 0)
    return g_strdup ("no record was offered");
  text = g_string_new (NULL);
  g_string_printf (text, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
      " records reached Kafka", stats->acknowledged, stats->enqueued);
  if (stats->in_flight > 0)
    g_string_append_printf (text, ", %" G_GUINT64_FORMAT " still wait",
        stats->in_flight);
  if (failed > 0)
    g_string_append_printf (text, ", %" G_GUINT64_FORMAT " were refused",
        failed);
  if (stats->dropped > 0)
    g_string_append_printf (text, ", %" G_GUINT64_FORMAT " were dropped because"
        " the queue was full", stats->dropped);
  if (stats->abandoned > 0)
    g_string_append_printf (text, ", %" G_GUINT64_FORMAT " were given up at the"
        " end", stats->abandoned);
  if (stats->maybe_duplicated > 0)
    g_string_append_printf (text,
        "; %" G_GUINT64_FORMAT " may have been stored twice",
        stats->maybe_duplicated);

  return g_string_free (text, FALSE);
}

GstStructure *
gst_kafka_messages_summary (const KafkaStats * stats,
    guint64 timestamp_replaced)
{
  GstStructure *s = gst_kafka_messages_stats (stats, timestamp_replaced);
  g_autofree char *text = summarize (stats);

  gst_structure_set_name (s, "delivery-summary");
  gst_structure_set (s, "text", G_TYPE_STRING, text, NULL);
  return s;
}

/* Returns: (transfer full) */
static char *
say_no_metadata (guint64 n_buffers, gboolean wants_meta, gboolean is_video)
{
  if (n_buffers == 0)
    return g_strdup ("nothing came before the end of the stream: check what is"
        " in front of kafkasink");
  if (wants_meta && is_video)
    return g_strdup_printf ("no metadata in the video: put seiextract in front"
        " of kafkasink; if it is there, the video has no SEI messages that it"
        " selects (buffers: %" G_GUINT64_FORMAT ")", n_buffers);
  if (wants_meta)
    return g_strdup_printf ("no metadata on the buffers: payload=sei-meta sends"
        " nothing else; set payload to auto or buffer, or put video and"
        " seiextract in front of kafkasink (buffers: %" G_GUINT64_FORMAT ")",
        n_buffers);
  return g_strdup_printf ("no record in the JSON lines: no line is complete and"
      " has more than white space; check what is in front of kafkasink"
      " (buffers: %" G_GUINT64_FORMAT ")", n_buffers);
}

GstStructure *
gst_kafka_messages_no_metadata (guint64 n_buffers, gboolean wants_meta,
    gboolean is_video)
{
  g_autofree char *text = say_no_metadata (n_buffers, wants_meta, is_video);

  return gst_structure_new ("no-metadata", "text", G_TYPE_STRING, text,
      "buffers", G_TYPE_UINT64, n_buffers, NULL);
}

/* The fields of a record that was given up */
static void
set_failure (GstStructure * s, const KafkaEvent * event)
{
  gst_structure_set (s,
      "reason", G_TYPE_STRING, kafka_failure_to_string (event->failure),
      "count", G_TYPE_UINT64, event->count,
      "size", G_TYPE_UINT64, (guint64) event->size, NULL);
  if (event->key) {
    /* a key is any bytes, a field of this type is UTF-8 */
    g_autofree char *key = g_utf8_make_valid (event->key, event->key_size);

    gst_structure_set (s, "key", G_TYPE_STRING, key, NULL);
  }
}

GstStructure *
gst_kafka_messages_from_event (const KafkaEvent * event)
{
  GstStructure *s = gst_structure_new (event_names[event->type],
      "text", G_TYPE_STRING, event->text, NULL);

  switch (event->type) {
    case KAFKA_EVENT_RECORD_FAILED:
      set_failure (s, event);
      break;
    case KAFKA_EVENT_REACHABLE:
    case KAFKA_EVENT_TOPIC_AVAILABLE:
    case KAFKA_EVENT_PARTITIONS:
      if (event->n_partitions > 0)
        gst_structure_set (s, "partitions", G_TYPE_UINT, event->n_partitions,
            NULL);
      break;
    case KAFKA_EVENT_DROPPED:
      gst_structure_set (s, "count", G_TYPE_UINT64, event->count, NULL);
      break;
    case KAFKA_EVENT_STALLED:
      gst_structure_set (s, "cause", G_TYPE_STRING, event->cause, NULL);
      if (event->broker)
        gst_structure_set (s, "broker", G_TYPE_STRING, event->broker, NULL);
      /* fall through */
    case KAFKA_EVENT_RESUMED:
      gst_structure_set (s, "waited", G_TYPE_UINT64,
          (guint64) event->waited_us / 1000, NULL);
      break;
    default:
      break;
  }
  return s;
}
