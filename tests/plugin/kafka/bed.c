/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bed.h"

void
bed_open (Bed * bed, const char *caps, const char *properties)
{
  g_autofree char *line = NULL;
  GError *error = NULL;
  char why[256];
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();

  rd_kafka_conf_set (conf, "log_level", "0", NULL, 0);
  bed->rk = rd_kafka_new (RD_KAFKA_PRODUCER, conf, why, sizeof (why));
  bed->cluster = rd_kafka_mock_cluster_new (bed->rk, 1);
  rd_kafka_mock_topic_create (bed->cluster, TOPIC, 1, 1);
  line = g_strdup_printf ("appsrc name=source format=time %s%s ! kafkasink"
      " name=sink topic=" TOPIC " bootstrap-servers=%s %s", caps ? "caps=" : "",
      caps ? caps : "", rd_kafka_mock_cluster_bootstraps (bed->cluster),
      properties);
  bed->pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  bed->source = gst_bin_get_by_name (GST_BIN (bed->pipeline), "source");
  bed->sink = gst_bin_get_by_name (GST_BIN (bed->pipeline), "sink");
  bed->bus = gst_element_get_bus (bed->pipeline);
}

void
bed_close (Bed * bed)
{
  gst_element_set_state (bed->pipeline, GST_STATE_NULL);
  gst_object_unref (bed->bus);
  gst_object_unref (bed->source);
  gst_object_unref (bed->sink);
  gst_object_unref (bed->pipeline);
  rd_kafka_mock_cluster_destroy (bed->cluster);
  rd_kafka_destroy (bed->rk);
}

void
bed_play (Bed * bed)
{
  fail_unless (gst_element_set_state (bed->pipeline, GST_STATE_PLAYING)
      != GST_STATE_CHANGE_FAILURE);
}

void
bed_run (Bed * bed, const char *line, GstPadProbeCallback on_frame,
    gpointer data)
{
  g_autofree char *all = g_strdup_printf ("%s ! kafkasink topic=" TOPIC
      " bootstrap-servers=%s", line,
      rd_kafka_mock_cluster_bootstraps (bed->cluster));
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (all, &error);

  g_assert_no_error (error);
  GstElement *raw = gst_bin_get_by_name (GST_BIN (pipeline), "raw");
  GstPad *pad = gst_element_get_static_pad (raw, "src");
  GstBus *bus = gst_element_get_bus (pipeline);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, data, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, PATIENCE,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pad);
  gst_object_unref (raw);
  gst_object_unref (pipeline);
}

GstBuffer *
text_buffer (const char *text)
{
  return gst_buffer_new_memdup (text, strlen (text));
}

void
bed_push (Bed * bed, GstBuffer * buffer)
{
  GstFlowReturn ret;

  g_signal_emit_by_name (bed->source, "push-buffer", buffer, &ret);
  gst_buffer_unref (buffer);
  fail_unless_equals_int (ret, GST_FLOW_OK);
}

void
bed_push_text (Bed * bed, const char *text)
{
  bed_push (bed, text_buffer (text));
}

void
bed_finish (Bed * bed)
{
  GstFlowReturn ret;

  g_signal_emit_by_name (bed->source, "end-of-stream", &ret);
  gst_message_unref (bed_wait (bed, GST_MESSAGE_EOS, NULL));
}

GstMessage *
bed_wait (Bed * bed, GstMessageType type, const char *name)
{
  while (TRUE) {
    GstMessage *message = gst_bus_timed_pop_filtered (bed->bus, PATIENCE,
        type | GST_MESSAGE_ERROR);

    fail_unless (message != NULL, "%s did not come", name ? name : "message");
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR
        && type != GST_MESSAGE_ERROR) {
      GError *error;

      gst_message_parse_error (message, &error, NULL);
      fail ("%s", error->message);
    }
    if (!name || gst_structure_has_name (gst_message_get_structure (message),
            name))
      return message;
    gst_message_unref (message);
  }
}

static guint64
get (const GstStructure * stats, const char *name)
{
  guint64 value;

  fail_unless (gst_structure_get_uint64 (stats, name, &value), "no %s", name);
  return value;
}

guint64
bed_stat (Bed * bed, const char *name)
{
  GstStructure *stats;
  guint64 value;

  g_object_get (bed->sink, "stats", &stats, NULL);
  value = get (stats, name);
  fail_unless_equals_uint64 (get (stats, "enqueued"),
      get (stats, "acknowledged") + get (stats, "failed") + get (stats,
          "dropped") + get (stats, "abandoned") + get (stats, "in-flight"));
  gst_structure_free (stats);
  return value;
}

static void
read_record (rd_kafka_message_t * message, Record * record)
{
  rd_kafka_timestamp_type_t type;

  record->key_size = message->key_len;
  record->key = message->key ? memcpy (g_malloc0 (message->key_len + 1),
      message->key, message->key_len) : NULL;
  record->value = message->payload ? g_strndup (message->payload,
      message->len) : NULL;
  record->value_size = message->len;
  record->timestamp_ms = rd_kafka_message_timestamp (message, &type);
  fail_unless (rd_kafka_message_detach_headers (message, &record->headers) ==
      0);
}

Record *
bed_consume (Bed * bed, guint n)
{
  Record *records = g_new0 (Record, n);
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  rd_kafka_t *consumer;
  rd_kafka_topic_t *topic;
  char why[256];

  rd_kafka_conf_set (conf, "bootstrap.servers",
      rd_kafka_mock_cluster_bootstraps (bed->cluster), NULL, 0);
  rd_kafka_conf_set (conf, "fetch.wait.max.ms", "10", NULL, 0);
  consumer = rd_kafka_new (RD_KAFKA_CONSUMER, conf, why, sizeof (why));
  topic = rd_kafka_topic_new (consumer, TOPIC, NULL);
  rd_kafka_consume_start (topic, 0, RD_KAFKA_OFFSET_BEGINNING);
  for (guint i = 0; i < n;) {
    rd_kafka_message_t *message = rd_kafka_consume (topic, 0, 30000);

    fail_unless (message != NULL, "%u of %u records", i, n);
    if (!message->err)
      read_record (message, &records[i++]);
    rd_kafka_message_destroy (message);
  }
  rd_kafka_consume_stop (topic, 0);
  rd_kafka_topic_destroy (topic);
  rd_kafka_destroy (consumer);
  return records;
}

void
bed_free_records (Record * records, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_free (records[i].key);
    g_free (records[i].value);
    rd_kafka_headers_destroy (records[i].headers);
  }
  g_free (records);
}

void
assert_header (const Record * record, const char *name, const char *text)
{
  const void *value;
  size_t size;
  gboolean found = rd_kafka_header_get_last (record->headers, name, &value,
      &size) == 0;

  fail_unless_equals_int (found, text != NULL);
  if (text) {
    g_autofree char *found_text = g_strndup (value, size);

    fail_unless_equals_string (found_text, text);
  }
}
