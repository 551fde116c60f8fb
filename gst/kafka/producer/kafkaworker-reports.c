/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What librdkafka says, and what the worker makes of it. */

#include "kafkaworker.h"

/* The first refusal decides for all that was refused together with it, and for others
 * meanwhile. A restart may have begun: what librdkafka took back is reported in any
 * order. */
static void
note_refusal (KafkaWorker * worker, rd_kafka_resp_err_t err, KafkaFault fault)
{
  if (worker->refused)
    return;
  worker->refused = TRUE;
  g_free (worker->reason);
  worker->reason = g_strdup (rd_kafka_err2str (err));
  if (fault == KAFKA_FAULT_SIZE && worker->batch < KAFKA_BATCH_TINY) {
    worker->batch++;
  } else if (fault != KAFKA_FAULT_COMPRESSION) {
    kafka_worker_send_singly (worker);
  } else if (worker->uncompressed) {
    worker->format_refused = TRUE;
  } else {
    worker->uncompressed = TRUE;
    kafka_worker_post (worker, KAFKA_EVENT_COMPRESSION,
        "Kafka at %s does not take the compression of the records (%s): they are"
        " sent again uncompressed; set compression.type to one that it takes,"
        " such as none or gzip", worker->servers, worker->reason);
  }
}

static void
suspect (KafkaWorker * worker, KafkaRecord * record)
{
  if (worker->n_suspects == 0)
    worker->batch_before = worker->batch;
  if (!record->suspect)
    worker->n_suspects++;
  record->suspect = TRUE;
}

/* Kafka has the record. With the producer's lock held */
static void
account_accepted (KafkaProducer * producer, KafkaRecord * record, gint64 now_us)
{
  producer->stats.acknowledged++;
  producer->stats.acknowledged_bytes += kafka_record_get_size (record);
  kafka_stats_add_latency (&producer->stats, now_us - record->enqueued_us);
  kafka_ring_remove (&producer->ring, record);
}

static void
conclude_accepted (KafkaWorker * worker, KafkaRecord ** records, guint n)
{
  worker->pause_s = 0;
  worker->was_written = TRUE;
  worker->format_refused = FALSE;
  worker->n_accepted += n;
  kafka_worker_set_reachable (worker, TRUE);
  kafka_worker_set_topic (worker, KAFKA_TOPIC_AVAILABLE);
  for (guint i = 0; i < n; i++) {
    if (records[i]->suspect)
      worker->n_suspects--;
    kafka_record_free (records[i]);
  }
}

static void
conclude_given_up (KafkaWorker * worker, KafkaRecord * record,
    KafkaFailure failure)
{
  worker->n_accepted = 0;
  if (record->suspect)
    worker->n_suspects--;
  /* it was the record that was too large, and not the batch */
  if (record->suspect && failure == KAFKA_FAILURE_TOO_LARGE)
    worker->batch = worker->batch_before;
  kafka_record_free (record);
}

/* Counts the fate of @record in the ring. Returns FALSE if nobody wants to know. */
static gboolean
account (KafkaWorker * worker, KafkaRecord * record, gboolean accepted,
    gboolean given_up, KafkaFailure failure, rd_kafka_msg_status_t status)
{
  KafkaProducer *producer = worker->producer;
  gboolean closed;

  g_mutex_lock (&producer->lock);
  closed = producer->closed;
  if (closed) {
    /* counted as abandoned */
  } else if (accepted) {
    account_accepted (producer, record, g_get_monotonic_time ());
  } else if (given_up) {
    producer->stats.failed[failure]++;
    kafka_worker_note_failure (worker, failure, record,
        record->content.payload_size, NULL);
    kafka_ring_remove (&producer->ring, record);
  } else {
    kafka_ring_reported (&producer->ring, record);
    record->fate_unknown |= status == RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED;
  }
  g_mutex_unlock (&producer->lock);
  return !closed;
}

void
kafka_worker_settle (KafkaWorker * worker, KafkaRecord * record,
    rd_kafka_resp_err_t err, rd_kafka_msg_status_t status, gboolean alone)
{
  g_autofree char *fatal = err && worker->client ?
      kafka_client_get_fatal_error (worker->client) : NULL;
  KafkaFailure failure;
  /* behind a fatal error, the report says nothing of its record */
  const KafkaFault fault = kafka_fault_of (fatal ? RD_KAFKA_RESP_ERR__FATAL :
      err, &failure);
  const gboolean is_suspect = fault == KAFKA_FAULT_SIZE
      || fault == KAFKA_FAULT_RECORD;
  const gboolean accepted = fault == KAFKA_FAULT_NONE
      || status == RD_KAFKA_MSG_STATUS_PERSISTED;
  const gboolean given_up = !accepted && (fault == KAFKA_FAULT_PATIENCE
      || (is_suspect && alone));

  if (!account (worker, record, accepted, given_up, failure, status))
    return;
  if (accepted) {
    conclude_accepted (worker, &record, 1);
    return;
  }
  if (given_up) {
    conclude_given_up (worker, record, failure);
    return;
  }
  if (is_suspect)
    suspect (worker, record);
  if (is_suspect || fault == KAFKA_FAULT_COMPRESSION)
    note_refusal (worker, err, fault);
  else if (fault == KAFKA_FAULT_PERMISSION)
    kafka_worker_set_topic (worker, KAFKA_TOPIC_FORBIDDEN);
  kafka_worker_want_restart (worker, fatal ? fatal : rd_kafka_err2str (err));
}

static void
on_accepted (KafkaRecord ** records, guint n, gpointer data)
{
  KafkaWorker *worker = data;
  KafkaProducer *producer = worker->producer;
  const gint64 now_us = g_get_monotonic_time ();
  gboolean closed;

  g_mutex_lock (&producer->lock);
  closed = producer->closed;
  for (guint i = 0; i < n && !closed; i++)
    account_accepted (producer, records[i], now_us);
  g_mutex_unlock (&producer->lock);
  /* or counted as abandoned */
  if (!closed)
    conclude_accepted (worker, records, n);
}

static void
on_report (KafkaRecord * record, rd_kafka_resp_err_t err,
    rd_kafka_msg_status_t status, gpointer data)
{
  KafkaWorker *worker = data;

  kafka_worker_settle (worker, record, err, status, worker->sends_singly);
}

/* A permission that was there is waited for. One that never was is a mistake. */
static void
on_forbidden (KafkaWorker * worker, const char *reason)
{
  if (worker->was_written) {
    kafka_worker_set_topic (worker, KAFKA_TOPIC_FORBIDDEN);
    kafka_worker_want_restart (worker, reason);
    return;
  }
  kafka_worker_stop (worker, KAFKA_ERROR_FORBIDDEN,
      g_strdup_printf ("Kafka at %s does not allow this user to write (%s): ask"
          " for the permission WRITE on topic '%s'; before Kafka 2.8 also for"
          " IDEMPOTENT_WRITE on the cluster, or set enable.idempotence=false",
          worker->servers, reason, worker->topic));
}

static void
on_fatal_error (KafkaWorker * worker, rd_kafka_resp_err_t err,
    const char *reason)
{
  switch (err) {
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      on_forbidden (worker, reason);
      break;
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
      kafka_worker_stop (worker, KAFKA_ERROR_UNSUPPORTED,
          g_strdup_printf ("Kafka at %s cannot take an idempotent producer's"
              " records (%s): use Kafka 0.11 or later, or set"
              " enable.idempotence=false", worker->servers, reason));
      break;
    default:
      kafka_worker_want_restart (worker, reason);
  }
}

static void
on_error (rd_kafka_resp_err_t err, const char *reason, gboolean fatal,
    gpointer data)
{
  KafkaWorker *worker = data;
  gboolean is_final;
  char *text;

  if (worker->state == KAFKA_WORKER_STOPPED)
    return;
  if (fatal) {
    on_fatal_error (worker, err, reason);
    return;
  }
  /* informational: the client goes on by itself */
  if (err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    worker->in_doubt = TRUE;
    return;
  }
  kafka_states_note_error (&worker->states, err, reason);
  if (err != RD_KAFKA_RESP_ERR__AUTHENTICATION)
    return;
  text = kafka_states_note_refusal (&worker->states, reason, &is_final);
  if (!text)
    return;
  if (is_final) {
    kafka_worker_stop (worker, KAFKA_ERROR_CREDENTIALS, text);
    return;
  }
  kafka_worker_post (worker, KAFKA_EVENT_CREDENTIALS, "%s", text);
  g_free (text);
}

static void
on_statistics (const char *json, gsize size, gpointer data)
{
  kafka_worker_take_view (data, json, size);
}

static void
on_throttled (const char *broker, int ms, gpointer data)
{
  KafkaWorker *worker = data;

  worker->stall.throttled_us = g_get_monotonic_time ();
  worker->stall.throttle_ms = ms;
}

const KafkaClientCallbacks kafka_worker_callbacks = {
  on_accepted, on_report, on_error, on_statistics, on_throttled
};
