/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The worker goes
 *
 *     ASKING -> SENDING -> SETTLING -> PAUSING -> ASKING ...
 *
 * where everything from SETTLING on is a restart in order. */

#include "kafkaadvice.h"
#include "kafkacheck.h"
#include "kafkaworker.h"

#define MS G_TIME_SPAN_MILLISECOND
#define ASK_TIMEOUT_MS 1000
#define MIN_ASK_WAIT_MS 1000
#define MAX_ASK_WAIT_MS 10000
#define MAX_PAUSE_S 60
#define CHECK_INTERVAL_US (2000 * MS)
/* between two polls, so that reports are not kept waiting by a long queue */
#define SEND_AT_ONCE 256

/* --- What librdkafka's reports and errors mean --- */

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

/* Decides where @record goes after its report. @alone: nothing else was refused
 * together with it. */
static void
settle (KafkaWorker * worker, KafkaRecord * record,
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
      kafka_worker_note_failure (worker, failure, record->key,
          record->key_size, g_bytes_get_size (record->payload), NULL);
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

  settle (worker, record, err, status, worker->sends_singly);
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
  kafka_states_note_error (&worker->states, err, reason);
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

static const KafkaClientCallbacks callbacks = { on_report, on_error };

/* --- The thread --- */

gboolean
kafka_worker_init (KafkaWorker * worker, KafkaProducer * producer,
    const KafkaConf * conf, const char *topic, KafkaEventFunc func,
    gpointer data, GError ** error)
{
  rd_kafka_conf_t *checked = kafka_conf_build (conf, error);
  gboolean ok;

  worker->producer = producer;
  worker->conf = kafka_conf_copy (conf);
  worker->topic = g_strdup (topic);
  worker->func = func;
  worker->data = data;
  worker->ask_wait_ms = MIN_ASK_WAIT_MS;
  g_queue_init (&worker->events);
  if (checked)
    worker->servers = kafka_conf_get (checked, "bootstrap.servers");
  kafka_states_init (&worker->states, worker->servers, topic,
      KAFKA_ROLE_PRODUCER);
  if (!checked)
    return FALSE;
  ok = kafka_check_topic (topic, error)
      && kafka_check_settings (checked, error);
  rd_kafka_conf_destroy (checked);
  if (ok)
    worker->client = kafka_client_new (conf, KAFKA_BATCH_NORMAL, topic,
        &callbacks, worker, error);
  return worker->client != NULL;
}

void
kafka_worker_clear (KafkaWorker * worker)
{
  g_queue_clear_full (&worker->events, (GDestroyNotify) kafka_event_free);
  kafka_conf_free (worker->conf);
  g_free (worker->topic);
  g_free (worker->servers);
  kafka_states_clear (&worker->states);
  g_free (worker->reason);
  for (guint i = 0; i < KAFKA_N_FAILURES; i++)
    g_free (worker->failures[i].key);
}

void
kafka_worker_wake (KafkaWorker * worker)
{
  worker->producer->asleep = FALSE;
  if (worker->client)
    rd_kafka_queue_yield (worker->client->queue);
  g_cond_broadcast (&worker->producer->cond);
}

static gboolean
is_closed (KafkaWorker * worker)
{
  gboolean closed;

  g_mutex_lock (&worker->producer->lock);
  closed = worker->producer->closed;
  g_mutex_unlock (&worker->producer->lock);
  return closed;
}

/* Wakes the threads that wait for the ring, once for all reports of a poll. */
static void
wake_waiting (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;

  g_mutex_lock (&producer->lock);
  producer->asleep = FALSE;
  if (producer->n_waiting > 0)
    g_cond_broadcast (&producer->cond);
  g_mutex_unlock (&producer->lock);
}

/* Serves librdkafka until @deadline_us, woken by kafka_producer_close() alone. */
static void
poll_until (KafkaWorker * worker, gint64 deadline_us)
{
  gint64 left_us;

  while (!is_closed (worker)
      && (left_us = deadline_us - g_get_monotonic_time ()) > 0) {
    rd_kafka_poll (worker->client->rk, (left_us + MS - 1) / MS);
    wake_waiting (worker);
    kafka_worker_deliver_events (worker);
    if (worker->restart || worker->state == KAFKA_WORKER_STOPPED)
      return;
  }
}

static void
ask (KafkaWorker * worker)
{
  const gint64 now_us = g_get_monotonic_time ();
  KafkaTopic answer = kafka_client_ask_topic (worker->client,
      ASK_TIMEOUT_MS);
  gint64 wait_ms = worker->ask_wait_ms;

  if (worker->restart || worker->state == KAFKA_WORKER_STOPPED)
    return;
  kafka_worker_set_reachable (worker, answer != KAFKA_TOPIC_UNKNOWN);
  switch (answer) {
    case KAFKA_TOPIC_UNKNOWN:
      /* it has waited already, unless the request itself failed */
      wait_ms = MIN_ASK_WAIT_MS / 4;
      break;
    case KAFKA_TOPIC_AVAILABLE:
      /* whether it may be written to is seen at the first acknowledgement */
      if (worker->states.topic_state != KAFKA_TOPIC_FORBIDDEN)
        kafka_worker_set_topic (worker, KAFKA_TOPIC_AVAILABLE);
      worker->state = KAFKA_WORKER_SENDING;
      worker->ask_wait_ms = MIN_ASK_WAIT_MS;
      return;
    case KAFKA_TOPIC_MISSING:
    case KAFKA_TOPIC_FORBIDDEN:
      kafka_worker_set_topic (worker, answer);
      worker->ask_wait_ms = MIN (2 * worker->ask_wait_ms, MAX_ASK_WAIT_MS);
      break;
  }
  kafka_worker_deliver_events (worker);
  poll_until (worker, now_us + wait_ms * MS);
}

/* Returns: (nullable): a record to hand over: one that was held back, or the next */
static KafkaRecord *
take (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;
  KafkaRecord *record = kafka_partitions_take_held (worker->client->partitions);

  g_mutex_lock (&producer->lock);
  if (record)
    kafka_ring_take_again (&producer->ring, record);
  else if (!producer->closed)
    record = kafka_ring_take (&producer->ring);
  g_mutex_unlock (&producer->lock);
  return record;
}

/* @record is in no batch, and not librdkafka's. */
static void
give_back (KafkaWorker * worker, KafkaRecord * record, KafkaAdmission admission)
{
  KafkaProducer *producer = worker->producer;

  g_mutex_lock (&producer->lock);
  if (admission == KAFKA_NO_ROOM)
    kafka_ring_untake (&producer->ring, record);
  else
    kafka_ring_reported (&producer->ring, record);
  g_mutex_unlock (&producer->lock);
}

/* Hands records to librdkafka. Returns whether more could be handed over. */
static gboolean
send_some (KafkaWorker * worker)
{
  for (guint n = 0; n < SEND_AT_ONCE && !worker->restart; n++) {
    KafkaRecord *record = take (worker);
    KafkaAdmission admission = KAFKA_ADMITTED;
    rd_kafka_resp_err_t err = RD_KAFKA_RESP_ERR__IN_PROGRESS;

    if (!record)
      return FALSE;
    if (record->partition < 0)
      admission = kafka_partitions_admit (worker->client->partitions, record);
    if (admission == KAFKA_ADMITTED)
      err = kafka_client_send (worker->client, record);
    if (err == RD_KAFKA_RESP_ERR__IN_PROGRESS)
      give_back (worker, record, admission);
    else if (err)
      /* what produce() itself refuses was in no batch */
      settle (worker, record, err, RD_KAFKA_MSG_STATUS_NOT_PERSISTED, TRUE);
    if (admission == KAFKA_NO_ROOM)
      return FALSE;
  }
  return TRUE;
}

/* Waits for reports, or for a record to send. */
static void
wait_for_work (KafkaWorker * worker, gboolean more)
{
  KafkaProducer *producer = worker->producer;
  const gboolean busy = kafka_partitions_are_busy (worker->client->partitions);
  gboolean flush;
  int timeout_ms = 0;

  g_mutex_lock (&producer->lock);
  flush = producer->n_draining > 0 && producer->ring.n_out > 0;
  if (!more && !producer->closed) {
    timeout_ms = flush ? 100 : 1000;
    /* no record is worth waking for that could not be handed over */
    producer->asleep = !busy;
  }
  g_mutex_unlock (&producer->lock);
  if (flush && timeout_ms > 0)
    rd_kafka_flush (worker->client->rk, timeout_ms);
  else
    rd_kafka_poll (worker->client->rk, timeout_ms);
  wake_waiting (worker);
}

/* No event says that a connection is back, and brokers close idle
 * connections: while nothing is to be sent, only a question shows it. */
static void
check_reachable (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;
  const gint64 now_us = g_get_monotonic_time ();
  gboolean idle;

  if (worker->states.reachable && !worker->in_doubt)
    return;
  g_mutex_lock (&producer->lock);
  idle = kafka_ring_is_empty (&producer->ring);
  g_mutex_unlock (&producer->lock);
  if (!idle) {
    if (worker->in_doubt)
      kafka_worker_set_reachable (worker, FALSE);
  } else if (worker->in_doubt || now_us >= worker->next_check_us) {
    kafka_worker_set_reachable (worker,
        kafka_client_ask_topic (worker->client,
            ASK_TIMEOUT_MS) != KAFKA_TOPIC_UNKNOWN);
    worker->next_check_us = g_get_monotonic_time () + CHECK_INTERVAL_US;
  }
  worker->in_doubt = FALSE;
}

/* "Restart in order" begins: what no broker has yet comes back at once, so that
 * nothing can overtake the record that failed. */
static void
begin_restart (KafkaWorker * worker)
{
  worker->restart = FALSE;
  worker->state = KAFKA_WORKER_SETTLING;
  worker->until_us = g_get_monotonic_time ()
      + worker->client->socket_timeout_ms * MS;
  rd_kafka_purge (worker->client->rk, RD_KAFKA_PURGE_F_QUEUE);
}

static void
free_client (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;
  KafkaClient *client;

  g_mutex_lock (&producer->lock);
  client = g_steal_pointer (&worker->client);
  g_mutex_unlock (&producer->lock);
  g_clear_pointer (&client, kafka_client_free);
}

static void
settle_answers (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;
  const gint64 left_us = worker->until_us - g_get_monotonic_time ();
  gboolean settled;
  int pause_s;

  rd_kafka_poll (worker->client->rk, CLAMP (left_us / MS, 0, 100));
  wake_waiting (worker);
  worker->restart = FALSE;      /* this is it */
  g_mutex_lock (&producer->lock);
  settled = producer->ring.n_out == 0;
  g_mutex_unlock (&producer->lock);
  if (worker->state == KAFKA_WORKER_STOPPED || (!settled && left_us > 0))
    return;
  if (!settled) {
    rd_kafka_purge (worker->client->rk, RD_KAFKA_PURGE_F_QUEUE |
        RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush (worker->client->rk, 500);
    worker->restart = FALSE;
    if (worker->state == KAFKA_WORKER_STOPPED)
      return;
  }

  free_client (worker);
  g_mutex_lock (&producer->lock);
  producer->stats.restarts++;
  if (!producer->closed)
    producer->stats.maybe_duplicated += kafka_ring_rewind (&producer->ring);
  g_mutex_unlock (&producer->lock);

  if (worker->planned || worker->refused)
    pause_s = 0;
  else
    pause_s = worker->pause_s = CLAMP (2 * worker->pause_s, 1,
        worker->states.topic_state == KAFKA_TOPIC_FORBIDDEN ?
        MAX_ASK_WAIT_MS / 1000 : MAX_PAUSE_S);
  /* that the topic is forbidden was posted when it was found */
  if (!worker->planned && worker->states.topic_state != KAFKA_TOPIC_FORBIDDEN)
    kafka_worker_post (worker, KAFKA_EVENT_RESTART,
        "The connection to Kafka at %s is renewed in %d s (%s), and the records"
        " that wait are sent again in order", worker->servers, pause_s,
        worker->reason);
  worker->state = KAFKA_WORKER_PAUSING;
  worker->until_us = g_get_monotonic_time () + pause_s * G_TIME_SPAN_SECOND;
  worker->planned = worker->refused = FALSE;
}

static void
pause_then_renew (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;
  g_autoptr (GError) error = NULL;
  KafkaClient *client;
  gboolean closed;

  g_mutex_lock (&producer->lock);
  while (!producer->closed
      && g_cond_wait_until (&producer->cond, &producer->lock,
          worker->until_us));
  closed = producer->closed;
  g_mutex_unlock (&producer->lock);
  if (closed)
    return;
  client = kafka_client_new (worker->conf,
      worker->single ? KAFKA_BATCH_SINGLE : worker->batch, worker->topic,
      &callbacks, worker, &error);
  if (!client) {
    /* the same settings worked before: a lack of memory, threads or files */
    worker->until_us =
        g_get_monotonic_time () + MAX_PAUSE_S * G_TIME_SPAN_SECOND;
    kafka_worker_post (worker, KAFKA_EVENT_RESTART, "%s; trying again in %d s",
        error->message, MAX_PAUSE_S);
    return;
  }
  g_mutex_lock (&producer->lock);
  worker->client = client;
  g_mutex_unlock (&producer->lock);
  worker->sends_singly = worker->single;
  worker->state = KAFKA_WORKER_ASKING;
}

gpointer
kafka_worker_run (gpointer data)
{
  KafkaWorker *worker = data;
  KafkaProducer *producer = worker->producer;

  while (!is_closed (worker)) {
    switch (worker->state) {
      case KAFKA_WORKER_ASKING:
        ask (worker);
        break;
      case KAFKA_WORKER_SENDING:
        wait_for_work (worker, send_some (worker));
        check_reachable (worker);
        /* all that was refused together is settled one by one: at speed again */
        if (worker->sends_singly && worker->n_suspects == 0 && !worker->restart) {
          worker->single = FALSE;
          worker->planned = worker->restart = TRUE;
        }
        break;
      case KAFKA_WORKER_SETTLING:
        settle_answers (worker);
        break;
      case KAFKA_WORKER_PAUSING:
        pause_then_renew (worker);
        break;
      case KAFKA_WORKER_STOPPED:
        /* or it would go on trying to log in */
        free_client (worker);
        g_mutex_lock (&producer->lock);
        while (!producer->closed)
          g_cond_wait (&producer->cond, &producer->lock);
        g_mutex_unlock (&producer->lock);
        break;
    }
    if (worker->restart && (worker->state == KAFKA_WORKER_ASKING
            || worker->state == KAFKA_WORKER_SENDING))
      begin_restart (worker);
    kafka_worker_deliver_events (worker);
  }

  free_client (worker);
  g_mutex_lock (&producer->lock);
  producer->done = TRUE;
  g_cond_broadcast (&producer->cond);
  g_mutex_unlock (&producer->lock);
  kafka_producer_unref (producer);
  return NULL;
}
