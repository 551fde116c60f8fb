/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What users learn of the worker: each state once per change, failures at most once a
 * second for each reason. */

#include "kafkaworker.h"

/* for failures, each reason on its own, and for records that are dropped */
#define COUNT_INTERVAL_US G_TIME_SPAN_SECOND
#define RESTART_INTERVAL_US (60 * G_TIME_SPAN_SECOND)
#define OLD_MS 300000

void
kafka_event_free (KafkaEvent * event)
{
  g_free (event->text);
  g_free (event->key);
  g_free (event->broker);
  g_clear_error (&event->error);
  g_free (event);
}

/* Takes over @text. The event is still the queue's. */
static KafkaEvent *
post (KafkaWorker * worker, KafkaEventType type, char *text)
{
  KafkaEvent *event = g_new0 (KafkaEvent, 1);

  event->type = type;
  event->text = text;
  g_queue_push_tail (&worker->events, event);
  return event;
}

void
kafka_worker_post (KafkaWorker * worker, KafkaEventType type,
    const char *format, ...)
{
  va_list args;

  va_start (args, format);
  post (worker, type, g_strdup_vprintf (format, args));
  va_end (args);
}

/* In RFC 3339. Returns: (transfer full) */
static char *
format_time (gint64 ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (ms / 1000);

  return time ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") :
      g_strdup_printf ("%" G_GINT64_FORMAT " ms", ms);
}

static gboolean
is_due (gint64 * posted_us, gint64 interval_us)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (*posted_us > 0 && now_us < *posted_us + interval_us)
    return FALSE;
  *posted_us = now_us;
  return TRUE;
}

/* What the topic's limit is that @timestamp_ms exceeds: of this host's records, those far
 * from its own clock are behind, and those by its clock ahead.
 * Returns: (transfer full) */
static char *
explain_timestamp (const KafkaWorker * worker, gint64 timestamp_ms)
{
  const gint64 now_ms = g_get_real_time () / 1000;
  const gboolean is_old = timestamp_ms < now_ms - OLD_MS;
  const char *limit = worker->limits ? worker->limits[is_old ? 1 : 0] : "";
  g_autofree char *time = format_time (timestamp_ms);
  g_autofree char *now = format_time (now_ms);

  return g_strdup_printf ("the broker refused its time, %s, as too far %s"
      " (message.timestamp.%s.max.ms%s%s); by this host it is %s: check the"
      " clock, or set timestamp=broker and the topic's"
      " message.timestamp.type=LogAppendTime", time,
      is_old ? "behind" : "ahead", is_old ? "before" : "after",
      *limit ? "=" : "", limit, now);
}

void
kafka_worker_ask_limits (KafkaWorker * worker)
{
  static const char *const names[] = {
    "message.timestamp.after.max.ms", "message.timestamp.before.max.ms", NULL
  };

  if (worker->limits
      || worker->failures[KAFKA_FAILURE_TIMESTAMP].timestamp_ms == 0
      || !is_due (&worker->asked_limits_us, RESTART_INTERVAL_US))
    return;
  worker->limits = kafka_client_ask_settings (worker->client, names,
      KAFKA_ASK_TIMEOUT_MS);
}

static char *
explain (const KafkaWorker * worker, KafkaFailure failure)
{
  static const char *const why[KAFKA_N_FAILURES] = {
    [KAFKA_FAILURE_TOO_LARGE] = "larger than allowed; raise the topic's"
        " max.message.bytes and librdkafka's message.max.bytes, or send less",
    [KAFKA_FAILURE_TIMED_OUT] = "not acknowledged within message.timeout.ms;"
        " leave it at 0 to wait for ever",
    [KAFKA_FAILURE_REFUSED] = "refused by the broker; its log says why"
  };

  const KafkaFailures *failures = &worker->failures[failure];

  if (failures->why)
    return g_strdup (failures->why);
  return failure == KAFKA_FAILURE_TIMESTAMP ?
      explain_timestamp (worker, failures->timestamp_ms) :
      g_strdup (why[failure]);
}

/* With the producer's lock held. @urgent: now, however short the last time is ago */
static void
post_failures (KafkaWorker * worker, gboolean urgent)
{
  for (guint i = 0; i < KAFKA_N_FAILURES; i++) {
    KafkaFailures *failures = &worker->failures[i];
    g_autofree char *why = NULL;
    KafkaEvent *event;

    if (failures->count == 0
        || !(is_due (&failures->posted_us, COUNT_INTERVAL_US) || urgent))
      continue;
    why = explain (worker, i);
    event = post (worker, KAFKA_EVENT_RECORD_FAILED,
        g_strdup_printf ("%" G_GUINT64_FORMAT " record(s) for topic '%s' given"
            " up, the last of %" G_GSIZE_FORMAT " bytes: %s", failures->count,
            worker->topic, failures->size, why));
    event->failure = i;
    event->count = failures->count;
    event->key = g_steal_pointer (&failures->key);
    event->key_size = failures->key_size;
    event->size = failures->size;
    worker->n_owed -= failures->count;
    failures->count = 0;
  }
}

static void
post_dropped (KafkaWorker * worker, gboolean urgent)
{
  const guint64 count = worker->producer->stats.dropped - worker->n_dropped;

  if (count == 0 || !(is_due (&worker->dropped_posted_us, COUNT_INTERVAL_US)
          || urgent))
    return;
  post (worker, KAFKA_EVENT_DROPPED,
      g_strdup_printf ("%" G_GUINT64_FORMAT " record(s) for topic '%s' dropped,"
          " because the queue was full: raise max-queued-messages and"
          " max-queued-bytes, or see why Kafka does not take them", count,
          worker->topic))->count = count;
  worker->n_dropped += count;
}

static void
post_clock (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;

  if (!producer->clock_changed)
    return;
  producer->clock_changed = FALSE;
  if (producer->clock_step_us < 0)
    kafka_worker_post (worker, KAFKA_EVENT_CLOCK,
        "The wall clock of this host went back by %" G_GINT64_FORMAT " s:"
        " delivery continues, but new records carry earlier times than old"
        " ones; synchronise the clock with NTP",
        -producer->clock_step_us / G_TIME_SPAN_SECOND);
  producer->clock_step_us = 0;
  if (producer->clock_unset)
    kafka_worker_post (worker, KAFKA_EVENT_CLOCK,
        "The wall clock of this host shows a time before 2020: Kafka deletes"
        " records that are so old, and no certificate is valid yet; set the"
        " clock, or let NTP do it");
}

void
kafka_worker_deliver_events (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;
  KafkaEvent *event;
  gboolean urgent;

  g_mutex_lock (&producer->lock);
  /* for this alone somebody waits */
  urgent = producer->n_draining > 0 && kafka_ring_is_empty (&producer->ring);
  post_failures (worker, urgent);
  post_dropped (worker, urgent);
  post_clock (worker);
  while (!producer->closed && (event = g_queue_pop_head (&worker->events))) {
    producer->in_event = TRUE;
    g_mutex_unlock (&producer->lock);
    worker->func (event, worker->data);
    kafka_event_free (event);
    g_mutex_lock (&producer->lock);
    producer->in_event = FALSE;
    if (producer->closed)
      g_cond_broadcast (&producer->cond);
  }
  if (producer->owes_event && worker->n_owed == 0) {
    producer->owes_event = FALSE;
    g_cond_broadcast (&producer->cond);
  }
  g_mutex_unlock (&producer->lock);
}

void
kafka_worker_post_restart (KafkaWorker * worker, int pause_s)
{
  if (!is_due (&worker->restart_posted_us, RESTART_INTERVAL_US))
    return;
  kafka_worker_post (worker, KAFKA_EVENT_RESTART,
      "The connection to Kafka at %s is renewed in %d s (%s), and the records"
      " that wait are sent again in order", worker->servers, pause_s,
      worker->reason);
}

void
kafka_worker_post_stall (KafkaWorker * worker, KafkaEventType type,
    const char *cause, const char *broker, gint64 waited_us, char *text)
{
  KafkaEvent *event = post (worker, type, text);

  event->cause = cause;
  event->broker = g_strdup (broker);
  event->waited_us = waited_us;
}

void
kafka_worker_stop (KafkaWorker * worker, KafkaError code, char *text)
{
  KafkaProducer *producer = worker->producer;

  post (worker, KAFKA_EVENT_ERROR, text)->error =
      g_error_new_literal (KAFKA_ERROR, code, text);
  worker->state = KAFKA_WORKER_STOPPED;
  g_mutex_lock (&producer->lock);
  producer->failed = TRUE;
  g_cond_broadcast (&producer->cond);
  g_mutex_unlock (&producer->lock);
}

/* A state in which records are sent */
static void
post_with_count (KafkaWorker * worker, KafkaEventType type, char *text)
{
  worker->n_partitions =
      (guint) kafka_partitions_get_count (worker->client->partitions);
  post (worker, type, text)->n_partitions = worker->n_partitions;
}

void
kafka_worker_set_reachable (KafkaWorker * worker, gboolean reachable)
{
  char *text = kafka_states_set_reachable (&worker->states, reachable);

  if (reachable)
    worker->in_doubt = FALSE;
  if (text && reachable)
    post_with_count (worker, KAFKA_EVENT_REACHABLE, text);
  else if (text)
    post (worker, KAFKA_EVENT_UNREACHABLE, text);
}

void
kafka_worker_set_topic (KafkaWorker * worker, KafkaTopic state)
{
  static const KafkaEventType types[] = {
    [KAFKA_TOPIC_MISSING] = KAFKA_EVENT_TOPIC_MISSING,
    [KAFKA_TOPIC_FORBIDDEN] = KAFKA_EVENT_TOPIC_FORBIDDEN,
  };
  char *text = kafka_states_set_topic (&worker->states, state);

  if (text && state == KAFKA_TOPIC_AVAILABLE)
    post_with_count (worker, KAFKA_EVENT_TOPIC_AVAILABLE, text);
  else if (text)
    post (worker, types[state], text);
}

void
kafka_worker_watch_partitions (KafkaWorker * worker)
{
  const guint n = kafka_partitions_get_count (worker->client->partitions);

  if (worker->n_partitions == 0 || n == worker->n_partitions)
    return;
  post_with_count (worker, KAFKA_EVENT_PARTITIONS,
      g_strdup_printf
      ("Topic '%s' has %u partitions now, and had %u: new records"
          " of a key can be in another partition than those before, so that"
          " consumers may read them in another order", worker->topic, n,
          worker->n_partitions));
}

void
kafka_worker_note_failure (KafkaWorker * worker, KafkaFailure failure,
    const KafkaRecord * record, gsize size, const char *why)
{
  KafkaFailures *failures = &worker->failures[failure];

  failures->count++;
  worker->n_owed++;
  worker->producer->owes_event = TRUE;
  g_clear_pointer (&failures->key, g_free);
  failures->key_size = 0;
  if (record) {
    failures->key = g_memdup2 (record->content.key, record->content.key_size);
    failures->key_size = record->content.key_size;
    /* librdkafka gives the others the time at which it gets them */
    failures->timestamp_ms =
        record->content.timestamp_ms ? record->
        content.timestamp_ms : g_get_real_time () / 1000;
  }
  failures->size = size;
  failures->why = why;
}
