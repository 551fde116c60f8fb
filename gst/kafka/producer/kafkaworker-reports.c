/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What librdkafka's reports and errors mean. Called in the worker's thread, out of
 * every function that polls. */

#include "kafkaadvice.h"
#include "kafkaproducer-private.h"

static void
set_reason (KafkaWorker * worker, const char *reason)
{
  g_free (worker->reason);
  worker->reason = g_strdup (reason);
}

/* The first error is the reason, the others follow from it. */
static void
want_restart (KafkaWorker * worker, const char *reason)
{
  if (!worker->restart && (worker->state == KAFKA_WORKER_ASKING
          || worker->state == KAFKA_WORKER_SENDING))
    set_reason (worker, reason);
  worker->restart = TRUE;
}

/* What a report means for its record. */
typedef enum
{
  FATE_ACKNOWLEDGED,
  FATE_GIVE_UP,                 /* this record alone can never be delivered */
  FATE_SUSPECT,                 /* something in its batch cannot */
  FATE_AGAIN                    /* the record is good */
} Fate;

static Fate
fate_of (rd_kafka_resp_err_t err, rd_kafka_msg_status_t status,
    gboolean is_fatal, KafkaFailure * failure)
{
  *failure = KAFKA_FAILURE_REFUSED;
  if (!err || status == RD_KAFKA_MSG_STATUS_PERSISTED)
    return FATE_ACKNOWLEDGED;
  if (is_fatal)
    return FATE_AGAIN;
  switch (err) {
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
      *failure = KAFKA_FAILURE_TIMED_OUT;
      return FATE_GIVE_UP;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      *failure = KAFKA_FAILURE_TOO_LARGE;
      return FATE_SUSPECT;
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
      *failure = KAFKA_FAILURE_TIMESTAMP;
      return FATE_SUSPECT;
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
      return FATE_SUSPECT;
    default:
      return FATE_AGAIN;
  }
}

void
kafka_worker_settle (KafkaWorker * worker, KafkaRecord * record,
    rd_kafka_resp_err_t err, rd_kafka_msg_status_t status, gboolean alone)
{
  KafkaProducer *producer = worker->producer;
  g_autofree char *fatal = err && worker->client ?
      kafka_client_get_fatal_error (worker->client) : NULL;
  KafkaFailure failure;
  Fate fate = fate_of (err, status, fatal != NULL, &failure);
  gboolean leaves = TRUE;

  if (fate == FATE_SUSPECT && alone)
    fate = FATE_GIVE_UP;

  g_mutex_lock (&producer->lock);
  if (producer->closed) {
    g_mutex_unlock (&producer->lock);
    return;
  }
  switch (fate) {
    case FATE_ACKNOWLEDGED:
      producer->stats.acknowledged++;
      producer->stats.acknowledged_bytes += kafka_record_get_size (record);
      kafka_stats_add_latency (&producer->stats,
          g_get_monotonic_time () - record->enqueued_us);
      break;
    case FATE_GIVE_UP:
      producer->stats.failed[failure]++;
      break;
    default:
      leaves = FALSE;
  }
  if (leaves) {
    kafka_ring_remove (&producer->ring, record);
  } else {
    kafka_ring_reported (&producer->ring, record);
    record->fate_unknown |= status == RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED;
  }
  g_mutex_unlock (&producer->lock);

  if (leaves && record->suspect)
    worker->n_suspects--;
  switch (fate) {
    case FATE_ACKNOWLEDGED:
      worker->pause_s = 0;
      kafka_worker_set_reachable (worker, TRUE);
      kafka_worker_set_topic (worker, KAFKA_TOPIC_AVAILABLE);
      break;
    case FATE_GIVE_UP:
      /* it was the record that was too large, and not the batch */
      if (record->suspect && failure == KAFKA_FAILURE_TOO_LARGE)
        worker->batch = worker->batch_before;
      kafka_worker_note_failure (worker, failure, record);
      break;
    case FATE_SUSPECT:
      if (worker->n_suspects == 0)
        worker->batch_before = worker->batch;
      if (!record->suspect)
        worker->n_suspects++;
      record->suspect = TRUE;
      /* the first of a batch decides for all of it, and for others meanwhile. A
       * restart may have begun: what librdkafka took back is reported in any order */
      if (!worker->refused) {
        set_reason (worker, rd_kafka_err2str (err));
        if (failure == KAFKA_FAILURE_TOO_LARGE
            && worker->batch < KAFKA_BATCH_TINY)
          worker->batch++;
        else
          worker->single = TRUE;
        worker->refused = TRUE;
      }
      break;
    case FATE_AGAIN:
      if (!fatal && err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        kafka_worker_set_topic (worker, KAFKA_TOPIC_FORBIDDEN);
  }
  if (leaves)
    kafka_record_free (record);
  else
    want_restart (worker, fatal ? fatal : rd_kafka_err2str (err));
}

static void
on_report (KafkaRecord * record, rd_kafka_resp_err_t err,
    rd_kafka_msg_status_t status, gpointer data)
{
  KafkaWorker *worker = data;

  kafka_worker_settle (worker, record, err, status, worker->sends_singly);
}

static void
on_fatal_error (KafkaWorker * worker, rd_kafka_resp_err_t err,
    const char *reason)
{
  switch (err) {
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      kafka_worker_stop (worker, KAFKA_ERROR_FORBIDDEN,
          g_strdup_printf ("Kafka at %s does not allow this user to write (%s):"
              " ask for the permission WRITE on topic '%s'", worker->servers,
              reason, worker->topic));
      break;
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
      kafka_worker_stop (worker, KAFKA_ERROR_UNSUPPORTED,
          g_strdup_printf ("Kafka at %s cannot take an idempotent producer's"
              " records (%s): use Kafka 0.11 or later, or set"
              " enable.idempotence=false", worker->servers, reason));
      break;
    default:
      want_restart (worker, reason);
  }
}

static void
on_error (rd_kafka_resp_err_t err, const char *reason, gboolean fatal,
    gpointer data)
{
  KafkaWorker *worker = data;
  const char *advice;

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
  /* what names the cause stays, whatever follows from it */
  if (!kafka_advice_get (worker->last_error) || kafka_advice_get (reason)) {
    g_free (worker->last_error);
    worker->last_error = g_strdup (reason);
  }
  if (err != RD_KAFKA_RESP_ERR__AUTHENTICATION
      || ++worker->n_refused_logins != 2)
    return;
  if (worker->was_accepted) {
    kafka_worker_post (worker, KAFKA_EVENT_CREDENTIALS,
        "Kafka at %s no longer accepts the credentials (%s): records wait and"
        " the login is tried again; renew them", worker->servers, reason);
    return;
  }
  advice = kafka_advice_get (reason);
  kafka_worker_stop (worker, KAFKA_ERROR_CREDENTIALS,
      g_strdup_printf ("Kafka at %s does not accept the credentials (%s): %s",
          worker->servers, reason, advice ? advice :
          "check sasl.mechanism, sasl.username and sasl.password"));
}

const KafkaClientCallbacks kafka_worker_callbacks = { on_report, on_error };
