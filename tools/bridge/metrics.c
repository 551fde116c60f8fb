/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */

#include "metrics.h"

/* What belongs to one name stands together, behind its two lines. */
static void
begin (GString * text, const char *name, const char *type, const char *help)
{
  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s %s\n", name, help,
      name, type);
}

/* A label's value; the text of the bridge is UTF-8 */
static void
append_escaped (GString * text, const char *value)
{
  for (; *value; value++)
    if (*value == '\n')
      g_string_append (text, "\\n");
    else if (*value == '\\' || *value == '"')
      g_string_append_printf (text, "\\%c", *value);
    else
      g_string_append_c (text, *value);
}

/* @label: (nullable): with @value */
static void
append_name (GString * text, const char *name, const char *label,
    const char *value)
{
  g_string_append (text, name);
  if (label) {
    g_string_append_printf (text, "{%s=\"", label);
    append_escaped (text, value);
    g_string_append (text, "\"}");
  }
  g_string_append_c (text, ' ');
}

/* Numbers are whole, or seconds with a point, whatever the locale has. */
static void
append_number (GString * text, guint64 n)
{
  g_string_append_printf (text, "%" G_GUINT64_FORMAT "\n", n);
}

static void
append_seconds (GString * text, guint64 n, guint64 per_second)
{
  int digits = 0;

  for (guint64 unit = per_second; unit > 1; unit /= 10)
    digits++;
  g_string_append_printf (text, "%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT
      "\n", n / per_second, digits, n % per_second);
}

static void
add (GString * text, const char *name, const char *type, const char *help,
    guint64 n)
{
  begin (text, name, type, help);
  append_name (text, name, NULL, NULL);
  append_number (text, n);
}

/* --- the bridge ------------------------------------------------------------------- */

static void
add_bridge (GString * text, const Status * status, gint64 now_us)
{
  g_autofree char *trouble = status_explain (status, now_us);
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  begin (text, "metakafka_build_info", "gauge",
      "What the bridge and its libraries are; always 1.");
  g_string_append_printf (text, "metakafka_build_info{version=\"%s\","
      "gstreamer=\"%u.%u.%u\",librdkafka=\"%s\"} 1\n", METAKAFKA_VERSION, major,
      minor, micro, status->kafka_version);
  begin (text, "process_start_time_seconds", "gauge",
      "When the bridge began, in Unix time.");
  append_name (text, "process_start_time_seconds", NULL, NULL);
  append_seconds (text, status->started_real_us, G_USEC_PER_SEC);
  add (text, "metakafka_healthy", "gauge",
      "Whether /healthz says ok: 1, or 0.", trouble == NULL);
  add (text, "metakafka_unreadable_messages_total", "counter",
      "Messages that could not be read, so that there is no record of them.",
      status->n_unreadable);
}

/* --- Kafka ------------------------------------------------------------------------ */

/* The fields of kafkasink's stats that count */
static const struct
{
  const char *field;
  const char *name;
  const char *help;
} counters[] = {
  {"enqueued", "metakafka_kafka_enqueued_total", "Records offered to Kafka."},
  {"acknowledged", "metakafka_kafka_acknowledged_total",
      "Records that Kafka has."},
  {"bytes", "metakafka_kafka_acknowledged_bytes_total",
      "Keys and payloads of the records that Kafka has."},
  {"dropped", "metakafka_kafka_dropped_total",
      "Records lost because the queue was full."},
  {"abandoned", "metakafka_kafka_abandoned_total",
      "Records given up without acknowledgement at the end."},
  {"blocked", "metakafka_kafka_blocked_total",
      "How often kafkasink waited for room in its queue."},
  {"restarts", "metakafka_kafka_client_restarts_total",
      "How often kafkasink replaced its Kafka client."},
  {"maybe-duplicated", "metakafka_kafka_maybe_duplicated_total",
      "Records sent again although Kafka may already have them."},
  {"timestamp-replaced", "metakafka_kafka_timestamp_replaced_total",
      "Records that got another time than their own."}
};

/* Those that do not */
static const struct
{
  const char *field;
  const char *name;
  const char *help;
} gauges[] = {
  {"in-flight", "metakafka_kafka_queue_records",
      "Records that wait for their acknowledgement."},
  {"in-flight-bytes", "metakafka_kafka_queue_bytes",
      "Keys and payloads of the records that wait."}
};

static const struct
{
  const char *field;
  const char *name;
  const char *help;
} latencies[] = {
  {"latency-p50", "metakafka_kafka_latency_p50_seconds",
      "From render to acknowledgement, for half of all records since the start."},
  {"latency-p99", "metakafka_kafka_latency_p99_seconds",
      "From render to acknowledgement, for 99 of 100 records since the start."},
  {"latency-max", "metakafka_kafka_latency_max_seconds",
      "From render to acknowledgement, the longest since the start."}
};

static void
add_failed (GString * text, const Status * status)
{
  static const char *const reasons[] = {
    "too-large", "invalid-timestamp", "timed-out", "refused"
  };
  static const char *const name = "metakafka_kafka_failed_total";

  begin (text, name, "counter", "Records given up, by reason.");
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++) {
    g_autofree char *field = g_strconcat ("failed-", reasons[i], NULL);

    append_name (text, name, "reason", reasons[i]);
    append_number (text, status_get_count (status, field));
  }
}

static void
add_histogram (GString * text, const Status * status)
{
  static const char *const name = "metakafka_kafka_latency_seconds";

  begin (text, name, "histogram", "From render to acknowledgement.");
  for (guint i = 0; i < STATUS_N_BOUNDS; i++) {
    const guint64 us = status_get_bound_us (i);

    g_string_append_printf (text, "%s_bucket{le=\"%" G_GUINT64_FORMAT
        ".%06u\"} ", name, us / G_USEC_PER_SEC, (guint) (us % G_USEC_PER_SEC));
    append_number (text, status_get_latency (status, i));
  }
  g_string_append_printf (text, "%s_bucket{le=\"+Inf\"} ", name);
  append_number (text, status_get_latency (status, STATUS_N_BOUNDS));
  g_string_append_printf (text, "%s_sum ", name);
  append_seconds (text, status_get_count (status, "latency-sum"), GST_SECOND);
  g_string_append_printf (text, "%s_count ", name);
  append_number (text, status_get_latency (status, STATUS_N_BOUNDS));
}

static void
add_broker (GString * text, const Status * status)
{
  static const char *const name = "metakafka_kafka_state";

  begin (text, name, "gauge",
      "How it stands with Kafka: 1 for the state that holds, 0 for the others.");
  for (guint i = 0; i < BROKER_N_STATES; i++) {
    append_name (text, name, "state", broker_state_get_name (i));
    append_number (text, status->broker == i);
  }
}

static void
add_delivery (GString * text, const Status * status)
{
  add_broker (text, status);
  for (guint i = 0; i < G_N_ELEMENTS (counters); i++)
    add (text, counters[i].name, "counter", counters[i].help,
        status_get_count (status, counters[i].field));
  add_failed (text, status);
  for (guint i = 0; i < G_N_ELEMENTS (gauges); i++)
    add (text, gauges[i].name, "gauge", gauges[i].help,
        status_get_count (status, gauges[i].field));
  add (text, "metakafka_kafka_queue_limit_records", "gauge",
      "Records that may wait.", status->max_records);
  add (text, "metakafka_kafka_queue_limit_bytes", "gauge",
      "Memory for records that wait.", status->max_bytes);
  add_histogram (text, status);
  for (guint i = 0; i < G_N_ELEMENTS (latencies); i++) {
    begin (text, latencies[i].name, "gauge", latencies[i].help);
    append_name (text, latencies[i].name, NULL, NULL);
    append_seconds (text, status_get_count (status, latencies[i].field),
        GST_SECOND);
  }
}

/* --- --output --------------------------------------------------------------------- */

static void
add_output (GString * text, const Status * status)
{
  add (text, "metakafka_output_up", "gauge",
      "Whether --output takes records: 1, or 0.", status->stalled_s == 0);
  add (text, "metakafka_output_waiting_records", "gauge",
      "Records that --output has not taken.", status->n_waiting);
}

/* --- cameras ---------------------------------------------------------------------- */

static gint64
get_up (const Status * status, const StatusCamera * camera)
{
  return camera->state >= STATUS_UP;
}

/* Who opens a stream is not known. */
static gint64
get_opened (const Status * status, const StatusCamera * camera)
{
  return camera->stream ? -1 : (gint64) camera->n_opened;
}

static gint64
get_frames (const Status * status, const StatusCamera * camera)
{
  return camera->n_frames;
}

static gint64
get_messages (const Status * status, const StatusCamera * camera)
{
  return camera->n_messages;
}

static gint64
get_records (const Status * status, const StatusCamera * camera)
{
  return camera->n_records;
}

static gint64
get_skipped (const Status * status, const StatusCamera * camera)
{
  return camera->n_skipped;
}

static gint64
get_lost (const Status * status, const StatusCamera * camera)
{
  return camera->n_lost;
}

/* What is counted of inputs and, of some, of their RTP streams: -1: it is not known */
static const struct
{
  const char *name;             /* behind metakafka_camera_, or metakafka_stream_ */
  const char *type;
  const char *help;
    gint64 (*get) (const Status * status, const StatusCamera * camera);
  gboolean is_ms;
} columns[] = {
  {"up", "gauge",
        "Whether it gives records, or is a file that was read: 1, or 0.",
      get_up},
  {"opened_total", "counter", "How often it was opened.", get_opened},
  {"frames_total", "counter", "Frames of its video.", get_frames},
  {"messages_total", "counter", "Messages found in what it gives.",
      get_messages},
  {"records_total", "counter", "Records made of its messages.", get_records},
  {"skipped_total", "counter", "Messages left out by every= and rate=.",
      get_skipped},
  {"lost_packets_total", "counter", "Packets that are missing.", get_lost},
  {"last_record_age_seconds", "gauge", "For how long there was no record.",
      status_get_age_ms, TRUE}
};

static void
append_labels (GString * text, const StatusCamera * camera)
{
  g_string_append (text, "{camera=\"");
  append_escaped (text, camera->name);
  if (camera->stream) {
    g_string_append (text, "\",stream=\"");
    append_escaped (text, camera->stream);
  }
  g_string_append (text, "\"} ");
}

/* @prefix: of the names; @cameras: inputs, or streams */
static void
add_cameras (GString * text, const Status * status, const char *prefix,
    const GPtrArray * cameras)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++) {
    g_autofree char *name = g_strconcat (prefix, columns[i].name, NULL);
    gboolean has_begun = FALSE;

    for (guint k = 0; k < cameras->len; k++) {
      const gint64 n = columns[i].get (status, cameras->pdata[k]);

      if (n < 0)
        continue;
      if (!has_begun)
        begin (text, name, columns[i].type, columns[i].help);
      has_begun = TRUE;
      g_string_append (text, name);
      append_labels (text, cameras->pdata[k]);
      if (columns[i].is_ms)
        append_seconds (text, n, 1000);
      else
        append_number (text, n);
    }
  }
}

char *
metrics_make (const Status * status, gint64 now_us)
{
  GString *text = g_string_new (NULL);

  add_bridge (text, status, now_us);
  if (status->delivery)
    add_delivery (text, status);
  if (status->output)
    add_output (text, status);
  add_cameras (text, status, "metakafka_camera_", status->cameras);
  add_cameras (text, status, "metakafka_stream_", status->streams);
  return g_string_free (text, FALSE);
}
