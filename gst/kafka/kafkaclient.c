/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "kafkaclient.h"

struct _KafkaClient
{
  rd_kafka_t *rk;
  rd_kafka_topic_t *topic;
  rd_kafka_queue_t *queue;      /* of reports and errors, what poll serves */
  int socket_timeout_ms;
  KafkaClientCallbacks callbacks;
  gpointer data;

  /* A broker that is silent with requests unanswered keeps the thread that
   * librdkafka has for it busy, if the client is idempotent and more waits: until
   * socket.timeout.ms it polls without a pause. While the partitions are paused, it
   * does not. */
  int n_partitions;
  guint n_out;                  /* records that a report is owed for */
  gint64 heard_us;              /* of the last report, or when n_out was 0 */
  gint64 paused_us;             /* 0: the partitions are not paused */
  gboolean may_pause;           /* there was a report since the last pause */
  gboolean must_resume;         /* something has changed */
};

#define SILENCE_US (500 * G_TIME_SPAN_MILLISECOND)

static void
on_report (rd_kafka_t * rk, const rd_kafka_message_t * message, void *opaque)
{
  KafkaClient *client = opaque;

  client->n_out--;
  client->heard_us = g_get_monotonic_time ();
  client->may_pause = TRUE;
  client->must_resume = TRUE;
  client->callbacks.report (message->_private, message->err,
      rd_kafka_message_status (message), client->data);
}

static void
on_error (rd_kafka_t * rk, int err, const char *reason, void *opaque)
{
  KafkaClient *client = opaque;
  char why[512];

  client->must_resume = TRUE;
  if (err == RD_KAFKA_RESP_ERR__FATAL)
    client->callbacks.error (rd_kafka_fatal_error (rk, why, sizeof (why)),
        why, TRUE, client->data);
  else
    client->callbacks.error (err, reason, FALSE, client->data);
}

/* called in librdkafka's threads, at any time */
static void
on_log (const rd_kafka_t * rk, int level, const char *facility,
    const char *text)
{
  g_debug ("librdkafka %s: %s", facility, text);
}

static gboolean
set_batch (rd_kafka_conf_t * conf, KafkaBatch batch)
{
  rd_kafka_conf_res_t res = RD_KAFKA_CONF_OK;

  switch (batch) {
    case KAFKA_BATCH_NORMAL:
      break;
    case KAFKA_BATCH_SMALL:
      res = rd_kafka_conf_set (conf, "batch.size", "125000", NULL, 0);
      break;
    case KAFKA_BATCH_TINY:
      res = rd_kafka_conf_set (conf, "batch.size", "15000", NULL, 0);
      break;
    case KAFKA_BATCH_SINGLE:
      /* one request at a time: a refusal then concerns nothing behind it */
      res = rd_kafka_conf_set (conf, "batch.num.messages", "1", NULL, 0);
      if (res == RD_KAFKA_CONF_OK)
        res = rd_kafka_conf_set (conf,
            "max.in.flight.requests.per.connection", "1", NULL, 0);
      break;
  }
  return res == RD_KAFKA_CONF_OK;
}

static int
get_int (const rd_kafka_conf_t * conf, const char *key)
{
  char value[32];
  size_t size = sizeof (value);

  if (rd_kafka_conf_get (conf, key, value, &size) != RD_KAFKA_CONF_OK)
    g_return_val_if_reached (0);
  return atoi (value);
}

KafkaClient *
kafka_client_new (const KafkaConf * settings, KafkaBatch batch,
    const char *topic, const KafkaClientCallbacks * callbacks, gpointer data,
    GError ** error)
{
  rd_kafka_conf_t *conf = kafka_conf_build (settings, error);
  KafkaClient *client;
  char why[512];

  if (!conf)
    return NULL;
  if (!set_batch (conf, batch))
    g_warning ("librdkafka does not take smaller batches");
  client = g_new0 (KafkaClient, 1);
  client->callbacks = *callbacks;
  client->data = data;
  client->socket_timeout_ms = get_int (conf, "socket.timeout.ms");
  rd_kafka_conf_set_opaque (conf, client);
  rd_kafka_conf_set_dr_msg_cb (conf, on_report);
  rd_kafka_conf_set_error_cb (conf, on_error);
  rd_kafka_conf_set_log_cb (conf, on_log);

  client->rk = rd_kafka_new (RD_KAFKA_PRODUCER, conf, why, sizeof (why));
  if (!client->rk) {
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "librdkafka does not accept its settings: %s", why);
    rd_kafka_conf_destroy (conf);
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
  if (err && headers)
    rd_kafka_headers_destroy (headers);
  if (err)
    return err;
  if (client->n_out == 0)
    client->heard_us = g_get_monotonic_time ();
  client->n_out++;
  return err;
}

gboolean
kafka_client_is_silent (const KafkaClient * client)
{
  return client->n_out > 0
      && g_get_monotonic_time () > client->heard_us + SILENCE_US;
}

static void
pause_partitions (KafkaClient * client, gboolean pause)
{
  rd_kafka_topic_partition_list_t *list =
      rd_kafka_topic_partition_list_new (client->n_partitions);

  if (client->n_partitions > 0)
    rd_kafka_topic_partition_list_add_range (list,
        rd_kafka_topic_name (client->topic), 0, client->n_partitions - 1);
  if (pause) {
    rd_kafka_pause_partitions (client->rk, list);
  } else {
    rd_kafka_resume_partitions (client->rk, list);
    /* wakes the threads of the brokers, which resuming does not */
    rd_kafka_flush (client->rk, 0);
  }
  rd_kafka_topic_partition_list_destroy (list);
}

/* Pauses once in a silence: what ends it is a report, or an error when librdkafka
 * gives the connection up. */
static void
watch_silence (KafkaClient * client)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (client->paused_us > 0) {
    if (client->must_resume || now_us > client->paused_us + SILENCE_US
        + client->socket_timeout_ms * G_TIME_SPAN_MILLISECOND) {
      client->paused_us = 0;
      pause_partitions (client, FALSE);
    }
  } else if (client->may_pause && kafka_client_is_silent (client)) {
    client->paused_us = now_us;
    client->may_pause = FALSE;
    pause_partitions (client, TRUE);
  }
  client->must_resume = FALSE;
}

void
kafka_client_poll (KafkaClient * client, int timeout_ms)
{
  rd_kafka_poll (client->rk, timeout_ms);
  watch_silence (client);
}

void
kafka_client_flush (KafkaClient * client, int timeout_ms)
{
  rd_kafka_flush (client->rk, timeout_ms);
  watch_silence (client);
}

void
kafka_client_wake (KafkaClient * client)
{
  rd_kafka_queue_yield (client->queue);
}

KafkaTopic
kafka_client_ask_topic (KafkaClient * client, int timeout_ms)
{
  const struct rd_kafka_metadata *metadata;
  KafkaTopic topic = KAFKA_TOPIC_UNKNOWN;
  rd_kafka_resp_err_t err;

  err = rd_kafka_metadata (client->rk, 0, client->topic, &metadata, timeout_ms);
  if (!err && metadata->topic_cnt > 0) {
    client->n_partitions = metadata->topics[0].partition_cnt;
    if (metadata->topics[0].err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
      topic = KAFKA_TOPIC_FORBIDDEN;
    else
      /* one whose leader is being elected has partitions, whatever else is said;
       * one that is being made has none yet */
      topic = metadata->topics[0].partition_cnt > 0 ?
          KAFKA_TOPIC_AVAILABLE : KAFKA_TOPIC_MISSING;
  }
  if (!err)
    rd_kafka_metadata_destroy (metadata);
  rd_kafka_poll (client->rk, 0);
  return topic;
}

void
kafka_client_purge (KafkaClient * client, gboolean in_flight)
{
  rd_kafka_purge (client->rk, RD_KAFKA_PURGE_F_QUEUE |
      (in_flight ? RD_KAFKA_PURGE_F_INFLIGHT : 0));
}

int
kafka_client_get_socket_timeout (const KafkaClient * client)
{
  return client->socket_timeout_ms;
}

gboolean
kafka_client_is_fatal (const KafkaClient * client)
{
  return rd_kafka_fatal_error (client->rk, NULL, 0) != 0;
}

rd_kafka_t *
kafka_client_get_handle (const KafkaClient * client)
{
  return client->rk;
}
