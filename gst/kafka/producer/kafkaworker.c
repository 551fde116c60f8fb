/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The worker goes
 *
 *     ASKING -> SENDING -> SETTLING -> PAUSING -> ASKING ...
 *
 * where everything from SETTLING on is a restart in order. */

#include "kafkacheck.h"
#include "kafkaclock.h"
#include "kafkaworker.h"

#define MS G_TIME_SPAN_MILLISECOND
#define MIN_ASK_WAIT_MS 1000
#define MAX_ASK_WAIT_MS 10000
#define MAX_PAUSE_S 60
#define CHECK_INTERVAL_US (2000 * MS)
/* below retry.backoff.ms, 100 by default */
#define SETTLE_POLL_MS 20
/* until the pipeline's operator has changed the topic */
#define FORMAT_PAUSE_S 600
/* records that must be accepted before they travel together again: twice as many each
 * time that a batch is refused soon after that */
#define MIN_ENOUGH 100
#define MAX_ENOUGH 6400
#define SOON_US (600 * G_TIME_SPAN_SECOND)
/* that a client with more patience is to live, if all is well */
#define PATIENT_US (60 * G_TIME_SPAN_SECOND)
#define MAX_VIEW_MS 5000

/* The first error is the reason, the others follow from it. */
void
kafka_worker_want_restart (KafkaWorker * worker, const char *reason)
{
  if (!worker->restart && !worker->refused
      && (worker->state == KAFKA_WORKER_ASKING
          || worker->state == KAFKA_WORKER_SENDING)) {
    g_free (worker->reason);
    worker->reason = g_strdup (reason);
  }
  worker->restart = TRUE;
}

static KafkaClient *
make_client (KafkaWorker * worker, GError ** error)
{
  const KafkaClientOptions options = {
    .batch = worker->single ? KAFKA_BATCH_SINGLE : worker->batch,
    .uncompressed = worker->uncompressed,
    .patience = worker->patience,
    .pace = worker->has_pace ? &worker->pace : NULL,
    .view_ms = worker->view_ms
  };

  return kafka_client_new (worker->conf, &options, worker->topic,
      &kafka_worker_callbacks, worker, error);
}

static gint64
get_linger_us (const rd_kafka_conf_t * conf)
{
  g_autofree char *linger_ms = kafka_conf_get (conf, "linger.ms");

  return g_ascii_strtod (linger_ms, NULL) * MS;
}

static gboolean
has_setting (const rd_kafka_conf_t * conf, const char *key, const char *value)
{
  g_autofree char *found = kafka_conf_get (conf, key);

  return g_str_equal (found, value);
}

gboolean
kafka_worker_init (KafkaWorker * worker, KafkaProducer * producer,
    const KafkaConf * conf, const char *topic, int stall_ms,
    KafkaEventFunc func, gpointer data, GError ** error)
{
  rd_kafka_conf_t *checked = kafka_conf_build (conf, error);
  gboolean ok;

  worker->producer = producer;
  worker->conf = kafka_conf_copy (conf);
  worker->topic = g_strdup (topic);
  worker->stall_us = stall_ms * MS;
  worker->view_ms = CLAMP (stall_ms / 4, 100, MAX_VIEW_MS);
  worker->patience = 1;
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
  /* what waits for others to join it does not stall */
  worker->stall_us += get_linger_us (checked);
  worker->may_expire = !has_setting (checked, "message.timeout.ms", "0");
  worker->waits_for_replicas = has_setting (checked, "acks", "-1");
  ok = kafka_check_topic (topic, error)
      && kafka_check_settings (checked, error);
  rd_kafka_conf_destroy (checked);
  if (ok)
    worker->client = make_client (worker, error);
  if (worker->client)
    worker->socket_timeout_ms = worker->client->socket_timeout_ms;
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
  g_strfreev (worker->limits);
  g_free (worker->stall.cause);
  kafka_worker_forget_view (worker);
  for (guint i = 0; i < KAFKA_N_FAILURES; i++)
    g_free (worker->failures[i].key);
}

void
kafka_worker_wake (KafkaWorker * worker)
{
  worker->producer->wake_at = 0;
  if (worker->client)
    rd_kafka_queue_yield (worker->client->queue);
  g_cond_broadcast (&worker->producer->cond);
}

void
kafka_worker_send_singly (KafkaWorker * worker)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (worker->single)
    return;
  worker->single = TRUE;
  worker->n_enough = worker->together_us > 0
      && now_us < worker->together_us + SOON_US ?
      MIN (2 * worker->n_enough, MAX_ENOUGH) : MIN_ENOUGH;
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

void
kafka_worker_wake_waiting (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;

  g_mutex_lock (&producer->lock);
  producer->wake_at = 0;
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
    kafka_client_poll (worker->client, MIN ((left_us + MS - 1) / MS, 1000));
    kafka_worker_wake_waiting (worker);
    kafka_worker_watch (worker);
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
      KAFKA_ASK_TIMEOUT_MS);
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
            KAFKA_ASK_TIMEOUT_MS) != KAFKA_TOPIC_UNKNOWN);
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
  kafka_worker_forget_view (worker);
  if (!client)
    return;
  worker->pace = kafka_partitions_get_pace (client->partitions);
  worker->has_pace = TRUE;
  kafka_client_free (client);
}

static void
settle_answers (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;
  const gint64 left_us = worker->until_us - g_get_monotonic_time ();
  gboolean settled;
  int pause_s;

  /* and again: what the leader turns down comes back for its next try, and while a try
   * is on its way nobody knows its fate */
  rd_kafka_purge (worker->client->rk, RD_KAFKA_PURGE_F_QUEUE);
  kafka_client_poll (worker->client, CLAMP (left_us / MS, 0, SETTLE_POLL_MS));
  kafka_worker_wake_waiting (worker);
  worker->restart = FALSE;      /* this is it */
  g_mutex_lock (&producer->lock);
  settled = producer->ring.n_out == 0;
  g_mutex_unlock (&producer->lock);
  if (worker->state == KAFKA_WORKER_STOPPED || (!settled && left_us > 0))
    return;
  if (!settled) {
    rd_kafka_purge (worker->client->rk, RD_KAFKA_PURGE_F_QUEUE |
        RD_KAFKA_PURGE_F_INFLIGHT);
    kafka_client_flush (worker->client, 500);
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

  if (worker->format_refused)
    pause_s = FORMAT_PAUSE_S;
  else if (worker->planned || worker->refused || worker->cut)
    pause_s = 0;
  else
    pause_s = worker->pause_s = CLAMP (2 * worker->pause_s, 1,
        worker->states.topic_state == KAFKA_TOPIC_FORBIDDEN ?
        MAX_ASK_WAIT_MS / 1000 : MAX_PAUSE_S);
  /* that the topic is forbidden was posted when it was found */
  if (!worker->planned && worker->states.topic_state != KAFKA_TOPIC_FORBIDDEN)
    kafka_worker_post_restart (worker, pause_s);
  worker->state = KAFKA_WORKER_PAUSING;
  worker->until_us = g_get_monotonic_time () + pause_s * G_TIME_SPAN_SECOND;
  worker->planned = worker->refused = worker->cut = FALSE;
}

/* Returns whether it is over. Events are to be delivered in between. */
static gboolean
pause (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;
  const gint64 until_us = MIN (worker->until_us,
      g_get_monotonic_time () + G_TIME_SPAN_SECOND);

  g_mutex_lock (&producer->lock);
  while (!producer->closed
      && g_cond_wait_until (&producer->cond, &producer->lock, until_us));
  g_mutex_unlock (&producer->lock);
  return !is_closed (worker) && g_get_monotonic_time () >= worker->until_us;
}

static void
renew (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;
  g_autoptr (GError) error = NULL;
  KafkaClient *client = make_client (worker, &error);

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
  worker->n_accepted = 0;
  worker->renewed_us = g_get_monotonic_time ();
  worker->state = KAFKA_WORKER_ASKING;
}

/* Called in the clock's thread. librdkafka's threads that have no connection would
 * sleep until the time that it was, and so would the worker's polls. */
static void
on_clock (gint64 step_us, gboolean is_set, gpointer data)
{
  KafkaWorker *worker = data;
  KafkaProducer *producer = worker->producer;

  g_mutex_lock (&producer->lock);
  if (step_us < 0) {
    producer->clock_changed = TRUE;
    producer->clock_step_us = step_us;
    if (worker->client)
      kafka_client_wake (worker->client);
  }
  if (producer->clock_unset == is_set) {
    producer->clock_changed = TRUE;
    producer->clock_unset = !is_set;
  }
  g_mutex_unlock (&producer->lock);
}

/* Nothing is wrong, but another client would do better. */
static void
plan_restart (KafkaWorker * worker)
{
  worker->planned = worker->restart = TRUE;
}

/* All that was refused together is settled one by one, and a good number behind it: at
 * speed again. Where every record is refused, batches would only be refused, too. */
static void
end_singles (KafkaWorker * worker)
{
  if (!worker->sends_singly || worker->n_suspects > 0 || worker->restart
      || worker->n_accepted < worker->n_enough)
    return;
  worker->single = FALSE;
  worker->together_us = g_get_monotonic_time ();
  plan_restart (worker);
}

/* The link carries batches again: brokers that are frozen are to be noticed soon. */
static void
end_patience (KafkaWorker * worker)
{
  KafkaPace pace;

  if (worker->patience == 1 || worker->restart
      || g_get_monotonic_time () < worker->renewed_us + PATIENT_US)
    return;
  pace = kafka_partitions_get_pace (worker->client->partitions);
  if (!kafka_pace_is_well (&pace) || worker->stall.told_us > 0)
    return;
  worker->patience = 1;
  plan_restart (worker);
}

gpointer
kafka_worker_run (gpointer data)
{
  KafkaWorker *worker = data;
  KafkaProducer *producer = worker->producer;
  gpointer clock = kafka_clock_watch (on_clock, worker);

  while (!is_closed (worker)) {
    switch (worker->state) {
      case KAFKA_WORKER_ASKING:
        ask (worker);
        break;
      case KAFKA_WORKER_SENDING:
        kafka_worker_send (worker);
        kafka_worker_watch_partitions (worker);
        check_reachable (worker);
        kafka_worker_ask_limits (worker);
        end_singles (worker);
        end_patience (worker);
        break;
      case KAFKA_WORKER_SETTLING:
        settle_answers (worker);
        break;
      case KAFKA_WORKER_PAUSING:
        if (pause (worker))
          renew (worker);
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
    kafka_worker_watch (worker);
    if (worker->restart && (worker->state == KAFKA_WORKER_ASKING
            || worker->state == KAFKA_WORKER_SENDING))
      begin_restart (worker);
    kafka_worker_deliver_events (worker);
  }

  kafka_clock_unwatch (clock);
  free_client (worker);
  g_mutex_lock (&producer->lock);
  producer->done = TRUE;
  g_cond_broadcast (&producer->cond);
  g_mutex_unlock (&producer->lock);
  kafka_producer_unref (producer);
  return NULL;
}
