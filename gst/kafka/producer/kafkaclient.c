/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "kafkaclient.h"

#define MAX_REASON 512

static void
on_report (rd_kafka_t * rk, const rd_kafka_message_t * message, void *opaque)
{
  KafkaClient *client = opaque;

  kafka_partitions_reported (client->partitions, message->_private,
      !message->err);
  client->callbacks.report (message->_private, message->err,
      rd_kafka_message_status (message), client->data);
}

static void
on_error (rd_kafka_t * rk, int err, const char *reason, void *opaque)
{
  KafkaClient *client = opaque;
  char why[MAX_REASON];

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

KafkaClient *
kafka_client_new (const KafkaConf * settings, KafkaBatch batch,
    const char *topic, const KafkaClientCallbacks * callbacks, gpointer data,
    GError ** error)
{
  rd_kafka_conf_t *conf = kafka_conf_build (settings, error);
  g_autofree char *socket_timeout = NULL;
  KafkaClient *client;
  char why[MAX_REASON];

  if (!conf)
    return NULL;
  set_batch (conf, batch);
  /* what goes in is one batch for each partition, and no more */
  set (conf, "queue.buffering.max.messages", "0");
  set (conf, "queue.buffering.max.kbytes", "2147483647");
  client = g_new0 (KafkaClient, 1);
  client->callbacks = *callbacks;
  client->data = data;
  socket_timeout = kafka_conf_get (conf, "socket.timeout.ms");
  client->socket_timeout_ms = atoi (socket_timeout);
  client->partitions = kafka_partitions_new (conf);
  rd_kafka_conf_set_opaque (conf, client);
  rd_kafka_conf_set_dr_msg_cb (conf, on_report);
  rd_kafka_conf_set_error_cb (conf, on_error);
  rd_kafka_conf_set_log_cb (conf, on_log);

  client->rk = rd_kafka_new (RD_KAFKA_PRODUCER, conf, why, sizeof (why));
  if (!client->rk) {
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "librdkafka does not accept its settings: %s", why);
    rd_kafka_conf_destroy (conf);
    kafka_partitions_free (client->partitions);
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
  g_free (client);
}

rd_kafka_resp_err_t
kafka_client_send (KafkaClient * client, KafkaRecord * record)
{
  rd_kafka_headers_t *headers = NULL;
  rd_kafka_resp_err_t err;
  gsize size;
  const void *data = g_bytes_get_data (record->payload, &size);

  if (record->headers)
    headers = rd_kafka_headers_copy (record->headers);
  /* no payload at all would be a tombstone, which deletes in compacted topics */
  err = rd_kafka_producev (client->rk, RD_KAFKA_V_RKT (client->topic),
      RD_KAFKA_V_VALUE ((void *) (data ? data : ""), size),
      RD_KAFKA_V_KEY (record->key, record->key_size),
      RD_KAFKA_V_TIMESTAMP (record->timestamp_ms),
      RD_KAFKA_V_HEADERS (headers), RD_KAFKA_V_OPAQUE (record), RD_KAFKA_V_END);
  if (!err)
    return err;
  if (headers)
    rd_kafka_headers_destroy (headers);
  /* held back after all: the number of partitions has changed */
  if (record->partition < 0)
    return RD_KAFKA_RESP_ERR__IN_PROGRESS;
  kafka_partitions_reported (client->partitions, record, FALSE);
  return err;
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
      kafka_partitions_set_count (client->partitions, n_partitions);
  }
  if (!err)
    rd_kafka_metadata_destroy (metadata);
  rd_kafka_poll (client->rk, 0);
  return topic;
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
