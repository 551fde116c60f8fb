/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The worker is the producer's thread: the only one that sends and polls, and that makes and
 * frees clients. It goes
 *
 *     ASKING -> SENDING -> SETTLING -> PAUSING -> ASKING ...
 *
 * where everything from SETTLING on is a restart in order. */

#include "kafkaproducer-private.h"

#define MS G_TIME_SPAN_MILLISECOND
#define ASK_TIMEOUT_MS 1000
#define MIN_ASK_WAIT_MS 1000
#define MAX_ASK_WAIT_MS 10000
#define MAX_PAUSE_S 60
#define CHECK_INTERVAL_US (2000 * MS)
/* between two polls, so that reports are not kept waiting by a long queue */
#define SEND_AT_ONCE 256

static gboolean
is_closed (KafkaProducer * producer)
{
  gboolean closed;

  g_mutex_lock (&producer->lock);
  closed = producer->closed;
  g_mutex_unlock (&producer->lock);
  return closed;
}

static gboolean
is_draining (KafkaProducer * producer)
{
  gboolean draining;

  g_mutex_lock (&producer->lock);
  draining = producer->n_draining > 0;
  g_mutex_unlock (&producer->lock);
  return draining;
}

/* Wakes who waits for the ring, once for all reports of a poll. */
static void
tell_waiting (KafkaProducer * producer)
{
  g_mutex_lock (&producer->lock);
  producer->asleep = FALSE;
  if (producer->n_waiting > 0)
    g_cond_broadcast (&producer->cond);
  g_mutex_unlock (&producer->lock);
}

/* Serves librdkafka until @deadline_us, woken by kafka_producer_close() alone. */
static void
poll_until (KafkaProducer * producer, gint64 deadline_us)
{
  gint64 left_us;

  while (!is_closed (producer)
      && (left_us = deadline_us - g_get_monotonic_time ()) > 0) {
    kafka_client_poll (producer->client, (left_us + MS - 1) / MS);
    tell_waiting (producer);
    kafka_worker_deliver_events (producer);
    if (producer->worker.restart || producer->worker.state == WORKER_STOPPED)
      return;
  }
}

static void
ask (KafkaProducer * producer)
{
  Worker *w = &producer->worker;
  const gint64 now_us = g_get_monotonic_time ();
  KafkaTopic answer = kafka_client_ask_topic (producer->client,
      ASK_TIMEOUT_MS);
  gint64 wait_ms = w->ask_wait_ms;

  if (w->restart || w->state == WORKER_STOPPED)
    return;
  kafka_worker_set_reachable (producer, answer != KAFKA_TOPIC_UNKNOWN);
  switch (answer) {
    case KAFKA_TOPIC_UNKNOWN:
      /* it has waited already, unless the request itself failed */
      wait_ms = MIN_ASK_WAIT_MS / 4;
      break;
    case KAFKA_TOPIC_AVAILABLE:
      /* whether it may be written to is seen at the first acknowledgement */
      if (w->topic_state != KAFKA_TOPIC_FORBIDDEN)
        kafka_worker_set_topic (producer, KAFKA_TOPIC_AVAILABLE);
      w->state = WORKER_SENDING;
      w->ask_wait_ms = MIN_ASK_WAIT_MS;
      return;
    case KAFKA_TOPIC_MISSING:
    case KAFKA_TOPIC_FORBIDDEN:
      kafka_worker_set_topic (producer, answer);
      w->ask_wait_ms = MIN (2 * w->ask_wait_ms, MAX_ASK_WAIT_MS);
      break;
  }
  kafka_worker_deliver_events (producer);
  poll_until (producer, now_us + wait_ms * MS);
}

/* Returns: (nullable): a record to hand over: one that was held back, or the next */
static KafkaRecord *
take (KafkaProducer * producer)
{
  KafkaRecord *record =
      kafka_partitions_take_held (kafka_client_get_partitions
      (producer->client));

  g_mutex_lock (&producer->lock);
  if (record)
    kafka_ring_take_again (&producer->ring, record);
  else if (!producer->closed)
    record = kafka_ring_take (&producer->ring);
  g_mutex_unlock (&producer->lock);
  return record;
}

/* Hands records to librdkafka. Returns whether more could be handed over. */
static gboolean
send_some (KafkaProducer * producer)
{
  for (guint n = 0; n < SEND_AT_ONCE && !producer->worker.restart; n++) {
    KafkaRecord *record = take (producer);
    rd_kafka_resp_err_t err;
    gboolean was_held;

    if (!record)
      return FALSE;
    was_held = record->partition >= 0;
    err = kafka_client_send (producer->client, record);
    switch (err) {
      case RD_KAFKA_RESP_ERR_NO_ERROR:
        break;
      case RD_KAFKA_RESP_ERR__IN_PROGRESS:
        g_mutex_lock (&producer->lock);
        kafka_ring_reported (&producer->ring, record);
        g_mutex_unlock (&producer->lock);
        break;
      case RD_KAFKA_RESP_ERR__QUEUE_FULL:
        g_mutex_lock (&producer->lock);
        if (was_held)
          kafka_ring_reported (&producer->ring, record);
        else
          kafka_ring_untake (&producer->ring, record);
        g_mutex_unlock (&producer->lock);
        return FALSE;
      default:
        /* what produce() itself refuses was in no batch */
        kafka_worker_settle (producer, record, err,
            RD_KAFKA_MSG_STATUS_NOT_PERSISTED, TRUE);
    }
  }
  return TRUE;
}

/* Waits for reports, or for a record to send. */
static void
wait_for_work (KafkaProducer * producer, gboolean more)
{
  const gboolean busy =
      kafka_partitions_are_busy (kafka_client_get_partitions
      (producer->client));
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
    kafka_client_flush (producer->client, timeout_ms);
  else
    kafka_client_poll (producer->client, timeout_ms);
  tell_waiting (producer);
}

/* There is no event for a connection that is there again, and brokers close idle
 * connections: while nothing is to be sent, only a question tells. */
static void
check_reachable (KafkaProducer * producer)
{
  Worker *w = &producer->worker;
  const gint64 now_us = g_get_monotonic_time ();
  gboolean idle;

  if (w->reachable && !w->in_doubt)
    return;
  g_mutex_lock (&producer->lock);
  idle = kafka_ring_is_empty (&producer->ring);
  g_mutex_unlock (&producer->lock);
  if (!idle) {
    if (w->in_doubt)
      kafka_worker_set_reachable (producer, FALSE);
  } else if (w->in_doubt || now_us >= w->next_check_us) {
    kafka_worker_set_reachable (producer,
        kafka_client_ask_topic (producer->client,
            ASK_TIMEOUT_MS) != KAFKA_TOPIC_UNKNOWN);
    w->next_check_us = g_get_monotonic_time () + CHECK_INTERVAL_US;
  }
  w->in_doubt = FALSE;
}

/* "Restart in order" begins: what no broker has yet comes back at once, so that
 * nothing can overtake the record that failed. */
static void
begin_restart (KafkaProducer * producer)
{
  Worker *w = &producer->worker;

  w->restart = FALSE;
  w->state = WORKER_SETTLING;
  w->until_us = g_get_monotonic_time ()
      + kafka_client_get_socket_timeout (producer->client) * MS;
  kafka_client_purge (producer->client, FALSE);
}

static void
free_client (KafkaProducer * producer)
{
  KafkaClient *client;

  g_mutex_lock (&producer->lock);
  client = g_steal_pointer (&producer->client);
  g_mutex_unlock (&producer->lock);
  g_clear_pointer (&client, kafka_client_free);
}

static void
settle_answers (KafkaProducer * producer)
{
  Worker *w = &producer->worker;
  const gint64 left_us = w->until_us - g_get_monotonic_time ();
  gboolean settled;
  int pause_s;

  kafka_client_poll (producer->client, CLAMP (left_us / MS, 0, 100));
  tell_waiting (producer);
  w->restart = FALSE;           /* this is it */
  g_mutex_lock (&producer->lock);
  settled = producer->ring.n_out == 0;
  g_mutex_unlock (&producer->lock);
  if (w->state == WORKER_STOPPED || (!settled && left_us > 0))
    return;
  if (!settled) {
    kafka_client_purge (producer->client, TRUE);
    kafka_client_flush (producer->client, 500);
    w->restart = FALSE;
    if (w->state == WORKER_STOPPED)
      return;
  }

  free_client (producer);
  g_mutex_lock (&producer->lock);
  producer->stats.restarts++;
  if (!producer->closed)
    producer->stats.maybe_duplicated += kafka_ring_rewind (&producer->ring);
  g_mutex_unlock (&producer->lock);

  if (w->planned || w->refused)
    pause_s = 0;
  else
    pause_s = w->pause_s = CLAMP (2 * w->pause_s, 1,
        w->topic_state == KAFKA_TOPIC_FORBIDDEN ?
        MAX_ASK_WAIT_MS / 1000 : MAX_PAUSE_S);
  /* that the topic is forbidden was told when it was found */
  if (!w->planned && w->topic_state != KAFKA_TOPIC_FORBIDDEN)
    kafka_worker_tell (producer, KAFKA_EVENT_RESTART,
        "The connection to Kafka at %s is made anew in %d s (%s), and the records"
        " that wait are sent again in order", producer->servers, pause_s,
        w->reason);
  w->state = WORKER_PAUSING;
  w->until_us = g_get_monotonic_time () + pause_s * G_TIME_SPAN_SECOND;
  w->planned = w->refused = FALSE;
}

static void
pause_then_renew (KafkaProducer * producer)
{
  Worker *w = &producer->worker;
  g_autoptr (GError) error = NULL;
  KafkaClient *client;
  gboolean closed;

  g_mutex_lock (&producer->lock);
  while (!producer->closed
      && g_cond_wait_until (&producer->cond, &producer->lock, w->until_us));
  closed = producer->closed;
  g_mutex_unlock (&producer->lock);
  if (closed)
    return;
  client = kafka_client_new (producer->conf,
      w->single ? KAFKA_BATCH_SINGLE : w->batch, producer->topic,
      &kafka_worker_callbacks, producer, &error);
  if (!client) {
    /* the same settings worked before: a lack of memory, threads or files */
    w->until_us = g_get_monotonic_time () + MAX_PAUSE_S * G_TIME_SPAN_SECOND;
    kafka_worker_tell (producer, KAFKA_EVENT_RESTART,
        "%s; trying again in %d s", error->message, MAX_PAUSE_S);
    return;
  }
  g_mutex_lock (&producer->lock);
  producer->client = client;
  g_mutex_unlock (&producer->lock);
  w->sends_singly = w->single;
  w->state = WORKER_ASKING;
}

static void
wait_for_close (KafkaProducer * producer)
{
  g_mutex_lock (&producer->lock);
  while (!producer->closed)
    g_cond_wait (&producer->cond, &producer->lock);
  g_mutex_unlock (&producer->lock);
}

gpointer
kafka_worker_run (gpointer data)
{
  KafkaProducer *producer = data;
  Worker *w = &producer->worker;

  w->ask_wait_ms = MIN_ASK_WAIT_MS;
  while (!is_closed (producer)) {
    switch (w->state) {
      case WORKER_ASKING:
        ask (producer);
        break;
      case WORKER_SENDING:
        wait_for_work (producer, send_some (producer));
        check_reachable (producer);
        /* all that was refused together is settled one by one: at speed again */
        if (w->sends_singly && w->n_suspects == 0 && !w->restart) {
          w->single = FALSE;
          w->planned = w->restart = TRUE;
        }
        break;
      case WORKER_SETTLING:
        settle_answers (producer);
        break;
      case WORKER_PAUSING:
        pause_then_renew (producer);
        break;
      case WORKER_STOPPED:
        /* or it would go on trying to log in */
        free_client (producer);
        wait_for_close (producer);
        break;
    }
    if (w->restart && (w->state == WORKER_ASKING || w->state == WORKER_SENDING))
      begin_restart (producer);
    kafka_worker_tell_failures (producer, is_draining (producer));
    kafka_worker_deliver_events (producer);
  }

  free_client (producer);
  g_mutex_lock (&producer->lock);
  producer->done = TRUE;
  g_cond_broadcast (&producer->cond);
  g_mutex_unlock (&producer->lock);
  kafka_producer_unref (producer);
  return NULL;
}
