/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "kafkaclient.h"
#include "kafkastatistics.h"

#define MAX_REASON 512
/* librdkafka's */
#define MAX_SOCKET_TIMEOUT_MS 300000

/* What was accepted is told before anything that came after it. */
static void
tell_accepted (KafkaClient * client)
{
  KafkaRecord **records = (KafkaRecord **) client->accepted->pdata;
  const guint n = client->accepted->len;

  if (n == 0)
    return;
  kafka_partitions_acknowledged (client->partitions, records, n);
  client->callbacks.accepted (records, n, client->data);
  g_ptr_array_set_size (client->accepted, 0);
}

static void
on_report (rd_kafka_t * rk, const rd_kafka_message_t * message, void *opaque)
{
  KafkaClient *client = opaque;

  if (!message->err) {
    g_ptr_array_add (client->accepted, message->_private);
    return;
  }
  tell_accepted (client);
  kafka_partitions_reported (client->partitions, message->_private);
  client->callbacks.report (message->_private, message->err,
      rd_kafka_message_status (message), client->data);
}

static int
on_statistics (rd_kafka_t * rk, char *json, size_t size, void *opaque)
{
  KafkaClient *client = opaque;
  g_autoptr (GArray) leaders = kafka_statistics_get_leaders (json, size,
      rd_kafka_topic_name (client->topic));

  if (leaders->len == 0)
    kafka_partitions_doubt (client->partitions);
  else if (kafka_partitions_get_count (client->partitions) ==
      (gint32) leaders->len)
    kafka_partitions_set_leaders (client->partitions,
        (const gint32 *) leaders->data, leaders->len);
  client->callbacks.statistics (json, size, client->data);
  return 0;
}

static void
on_throttled (rd_kafka_t * rk, const char *broker, int32_t id, int ms,
    void *opaque)
{
  KafkaClient *client = opaque;

  client->callbacks.throttled (broker, ms, client->data);
}

static void
on_error (rd_kafka_t * rk, int err, const char *reason, void *opaque)
{
  KafkaClient *client = opaque;
  char why[MAX_REASON];

  tell_accepted (client);
  if (err != RD_KAFKA_RESP_ERR__FATAL) {
    client->callbacks.error (err, reason, FALSE, client->data);
    return;
  }
  err = rd_kafka_fatal_error (rk, why, sizeof (why));
  /* the reports of the batch that was refused say what to do */
  if (err != RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE)
    client->callbacks.error (err, why, TRUE, client->data);
}

/* called in librdkafka's threads, at any time */
static void
on_log (const rd_kafka_t * rk, int level, const char *facility,
    const char *text)
{
  g_debug ("librdkafka %s: %s", facility, text);
}

static void
set (rd_kafka_conf_t * conf, const char *key, const char *value)
{
  if (rd_kafka_conf_set (conf, key, value, NULL, 0) != RD_KAFKA_CONF_OK)
    g_warning ("librdkafka does not take %s=%s", key, value);
}

static void
set_batch (rd_kafka_conf_t * conf, KafkaBatch batch)
{
  g_autofree char *idempotent = kafka_conf_get (conf, "enable.idempotence");

  switch (batch) {
    case KAFKA_BATCH_NORMAL:
      break;
    case KAFKA_BATCH_SMALL:
      set (conf, "batch.size", "125000");
      break;
    case KAFKA_BATCH_TINY:
      set (conf, "batch.size", "15000");
      break;
    case KAFKA_BATCH_SINGLE:
      /* one request at a time: a refusal then concerns nothing behind it */
      set (conf, "batch.num.messages", "1");
      set (conf, "max.in.flight.requests.per.connection", "1");
      break;
  }
  /* Without it librdkafka would go on behind a batch that was refused, before anybody
   * sees the report, and what it sends would overtake. It does not where every batch
   * is a record: that one is given up. */
  if (batch != KAFKA_BATCH_SINGLE && g_str_equal (idempotent, "true"))
    set (conf, "enable.gapless.guarantee", "true");
}

/* Returns socket.timeout.ms. A broker has as long to answer as a request has to reach it
 * (request.timeout.ms, which bounds both). */
static int
set_patience (rd_kafka_conf_t * conf, guint patience)
{
  g_autofree char *text = kafka_conf_get (conf, "socket.timeout.ms");
  const int timeout_ms = MIN (atoi (text) * (gint64) patience,
      MAX_SOCKET_TIMEOUT_MS);
  g_autofree char *longer = g_strdup_printf ("%d", timeout_ms);

  if (patience > 1) {
    set (conf, "socket.timeout.ms", longer);
    set (conf, "request.timeout.ms", longer);
  }
  return timeout_ms;
}

/* The view is the only use of statistics, so what the user set matters less. */
static void
set_view (rd_kafka_conf_t * conf, int view_ms)
{
  g_autofree char *text = g_strdup_printf ("%d", view_ms);

  set (conf, "statistics.interval.ms", text);
  rd_kafka_conf_set_stats_cb (conf, on_statistics);
}

KafkaClient *
kafka_client_new (const KafkaConf * settings,
    const KafkaClientOptions * options, const char *topic,
    const KafkaClientCallbacks * callbacks, gpointer data, GError ** error)
{
  rd_kafka_conf_t *conf = kafka_conf_build (settings, error);
  KafkaClient *client;
  char why[MAX_REASON];

  if (!conf)
    return NULL;
  set_batch (conf, options->batch);
  if (options->uncompressed)
    set (conf, "compression.type", "none");
  set_view (conf, options->view_ms);
  /* what goes in is what can be sent, and little more */
  set (conf, "queue.buffering.max.messages", "0");
  set (conf, "queue.buffering.max.kbytes", "2147483647");
  client = g_new0 (KafkaClient, 1);
  client->callbacks = *callbacks;
  client->data = data;
  client->accepted = g_ptr_array_new ();
  client->socket_timeout_ms = set_patience (conf, options->patience);
  client->partitions = kafka_partitions_new (conf);
  if (options->pace)
    kafka_partitions_set_pace (client->partitions, options->pace);
  rd_kafka_conf_set_opaque (conf, client);
  rd_kafka_conf_set_dr_msg_cb (conf, on_report);
  rd_kafka_conf_set_error_cb (conf, on_error);
  rd_kafka_conf_set_log_cb (conf, on_log);
  rd_kafka_conf_set_throttle_cb (conf, on_throttled);

  client->rk = rd_kafka_new (RD_KAFKA_PRODUCER, conf, why, sizeof (why));
  if (!client->rk) {
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "librdkafka does not accept its settings: %s", why);
    rd_kafka_conf_destroy (conf);
    kafka_partitions_free (client->partitions);
    g_ptr_array_unref (client->accepted);
    g_free (client);
    return NULL;
  }
  client->queue = rd_kafka_queue_get_main (client->rk);
  client->topic = rd_kafka_topic_new (client->rk, topic, NULL);
  if (!client->topic) {
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "librdkafka does not accept the settings of topic '%s': %s", topic,
        rd_kafka_err2str (rd_kafka_last_error ()));
    kafka_client_free (client);
    return NULL;
  }
  return client;
}

void
kafka_client_free (KafkaClient * client)
{
  rd_kafka_purge (client->rk, RD_KAFKA_PURGE_F_QUEUE |
      RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
  g_clear_pointer (&client->topic, rd_kafka_topic_destroy);
  rd_kafka_queue_destroy (client->queue);
  rd_kafka_destroy (client->rk);
  kafka_partitions_free (client->partitions);
  g_ptr_array_unref (client->accepted);
  g_free (client);
}

rd_kafka_resp_err_t
kafka_client_send (KafkaClient * client, KafkaRecord * record)
{
  const KafkaContent *content = &record->content;
  rd_kafka_headers_t *headers = kafka_record_make_headers (record);
  rd_kafka_resp_err_t err;

  /* no payload at all would be a tombstone, which deletes in compacted topics */
  err = rd_kafka_producev (client->rk, RD_KAFKA_V_RKT (client->topic),
      RD_KAFKA_V_VALUE ((void *) (content->payload ? content->payload : ""),
          content->payload_size),
      RD_KAFKA_V_KEY (content->key, content->key_size),
      RD_KAFKA_V_TIMESTAMP (content->timestamp_ms),
      RD_KAFKA_V_HEADERS (headers), RD_KAFKA_V_OPAQUE (record), RD_KAFKA_V_END);
  if (!err)
    return err;
  if (headers)
    rd_kafka_headers_destroy (headers);
  if (err != RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
    kafka_partitions_reported (client->partitions, record);
  return err;
}

void
kafka_client_poll (KafkaClient * client, int timeout_ms)
{
  rd_kafka_poll (client->rk, timeout_ms);
  tell_accepted (client);
}

void
kafka_client_flush (KafkaClient * client, int timeout_ms)
{
  rd_kafka_flush (client->rk, timeout_ms);
  tell_accepted (client);
}

static void
set_leaders (KafkaClient * client, const rd_kafka_metadata_topic_t * answer)
{
  const int n = answer->partition_cnt;
  g_autofree gint32 *leaders = g_new (gint32, n);

  for (int i = 0; i < n; i++)
    leaders[i] = -1;
  for (int i = 0; i < n; i++)
    if (answer->partitions[i].id < n)
      leaders[answer->partitions[i].id] = answer->partitions[i].leader;
  kafka_partitions_set_leaders (client->partitions, leaders, n);
}

KafkaTopic
kafka_client_ask_topic (KafkaClient * client, int timeout_ms)
{
  const struct rd_kafka_metadata *metadata;
  KafkaTopic topic = KAFKA_TOPIC_UNKNOWN;
  rd_kafka_resp_err_t err;

  err = rd_kafka_metadata (client->rk, 0, client->topic, &metadata, timeout_ms);
  if (!err && metadata->topic_cnt > 0) {
    const int n_partitions = metadata->topics[0].partition_cnt;

    /* one whose leader is being elected has partitions, whatever else is said;
     * one that is being made has none yet */
    if (metadata->topics[0].err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
      topic = KAFKA_TOPIC_FORBIDDEN;
    else
      topic = n_partitions > 0 ? KAFKA_TOPIC_AVAILABLE : KAFKA_TOPIC_MISSING;
    if (topic == KAFKA_TOPIC_AVAILABLE)
      set_leaders (client, &metadata->topics[0]);
  }
  if (!err)
    rd_kafka_metadata_destroy (metadata);
  kafka_client_poll (client, 0);
  return topic;
}

gboolean
kafka_client_ask_replicas (KafkaClient * client, gint32 partition,
    int timeout_ms, int *n_replicas, int *n_in_sync)
{
  const struct rd_kafka_metadata *metadata;
  gboolean found = FALSE;

  if (rd_kafka_metadata (client->rk, 0, client->topic, &metadata, timeout_ms))
    return FALSE;
  for (int i = 0; metadata->topic_cnt > 0
      && i < metadata->topics[0].partition_cnt; i++) {
    const rd_kafka_metadata_partition_t *answer =
        &metadata->topics[0].partitions[i];

    if (answer->id != partition)
      continue;
    *n_replicas = answer->replica_cnt;
    *n_in_sync = answer->isr_cnt;
    found = TRUE;
  }
  rd_kafka_metadata_destroy (metadata);
  return found;
}

static const char *
find_setting (const rd_kafka_ConfigEntry_t ** entries, size_t n,
    const char *name)
{
  for (size_t i = 0; i < n; i++)
    if (g_str_equal (rd_kafka_ConfigEntry_name (entries[i]), name))
      return rd_kafka_ConfigEntry_value (entries[i]);
  return "";
}

/* Returns: (nullable) (transfer full) */
static GStrv
read_settings (rd_kafka_event_t * event, const char *const *names)
{
  const rd_kafka_DescribeConfigs_result_t *result =
      rd_kafka_event_DescribeConfigs_result (event);
  const rd_kafka_ConfigResource_t **resources;
  const rd_kafka_ConfigEntry_t **entries;
  GPtrArray *values;
  size_t n;

  if (!result)
    return NULL;
  resources = rd_kafka_DescribeConfigs_result_resources (result, &n);
  if (n == 0 || rd_kafka_ConfigResource_error (resources[0]))
    return NULL;
  entries = rd_kafka_ConfigResource_configs (resources[0], &n);
  values = g_ptr_array_new ();
  for (; *names; names++)
    g_ptr_array_add (values, g_strdup (find_setting (entries, n, *names)));
  g_ptr_array_add (values, NULL);
  return (GStrv) g_ptr_array_free (values, FALSE);
}

/* Asks for all settings of the topic; the answer goes to @queue. */
static void
request_settings (KafkaClient * client, rd_kafka_queue_t * queue,
    int timeout_ms)
{
  rd_kafka_ConfigResource_t *resource =
      rd_kafka_ConfigResource_new (RD_KAFKA_RESOURCE_TOPIC,
      rd_kafka_topic_name (client->topic));
  rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new (client->rk,
      RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
  char why[MAX_REASON];

  rd_kafka_AdminOptions_set_request_timeout (options, timeout_ms, why,
      sizeof (why));
  rd_kafka_DescribeConfigs (client->rk, &resource, 1, options, queue);
  rd_kafka_AdminOptions_destroy (options);
  rd_kafka_ConfigResource_destroy (resource);
}

GStrv
kafka_client_ask_settings (KafkaClient * client, const char *const *names,
    int timeout_ms)
{
  rd_kafka_queue_t *queue = rd_kafka_queue_new (client->rk);
  rd_kafka_event_t *event;
  GStrv values = NULL;

  request_settings (client, queue, timeout_ms);
  event = rd_kafka_queue_poll (queue, timeout_ms);
  if (event) {
    values = read_settings (event, names);
    rd_kafka_event_destroy (event);
  }
  rd_kafka_queue_destroy (queue);
  return values;
}

void
kafka_client_wake (KafkaClient * client)
{
  rd_kafka_queue_t *queue = rd_kafka_queue_new (client->rk);

  /* purges nothing, but each thread that has a connection, or makes one, gets it */
  rd_kafka_purge (client->rk, RD_KAFKA_PURGE_F_NON_BLOCKING);
  /* and the main thread gets this, of which nobody reads the answer */
  request_settings (client, queue, 1000);
  rd_kafka_queue_destroy (queue);
  rd_kafka_queue_yield (client->queue);
}

char *
kafka_client_get_fatal_error (const KafkaClient * client)
{
  char why[MAX_REASON];
  const rd_kafka_resp_err_t err =
      rd_kafka_fatal_error (client->rk, why, sizeof (why));

  return err && err != RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE ?
      g_strdup (why) : NULL;
}
