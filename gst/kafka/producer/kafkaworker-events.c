/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What users learn of the worker: each state once per change, failures at most once a
 * second for each reason. */

#include "kafkaworker.h"

#define FAILURE_EVENT_INTERVAL_US G_TIME_SPAN_SECOND

void
kafka_event_free (KafkaEvent * event)
{
  g_free (event->text);
  g_free (event->key);
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

/* With the producer's lock held. @urgent: now, however short the last time is ago */
static void
post_failures (KafkaWorker * worker, gboolean urgent)
{
  static const char *const why[KAFKA_N_FAILURES] = {
    [KAFKA_FAILURE_TOO_LARGE] = "larger than allowed; raise the topic's"
        " max.message.bytes and librdkafka's message.max.bytes, or send less",
    [KAFKA_FAILURE_TIMESTAMP] = "its timestamp was refused; check the clocks"
        " and the topic's message.timestamp settings",
    [KAFKA_FAILURE_TIMED_OUT] = "not acknowledged within message.timeout.ms;"
        " leave it at 0 to wait for ever",
    [KAFKA_FAILURE_REFUSED] = "refused by the broker; its log says why"
  };
  const gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < KAFKA_N_FAILURES; i++) {
    KafkaFailures *failures = &worker->failures[i];
    KafkaEvent *event;

    if (failures->count == 0 || (!urgent && failures->posted_us > 0
            && now_us < failures->posted_us + FAILURE_EVENT_INTERVAL_US))
      continue;
    event = post (worker, KAFKA_EVENT_RECORD_FAILED,
        g_strdup_printf ("%" G_GUINT64_FORMAT " record(s) for topic '%s' given"
            " up, the last of %" G_GSIZE_FORMAT " bytes: %s", failures->count,
            worker->topic, failures->size,
            failures->why ? failures->why : why[i]));
    event->failure = i;
    event->count = failures->count;
    event->key = g_steal_pointer (&failures->key);
    event->key_size = failures->key_size;
    event->size = failures->size;
    worker->n_owed -= failures->count;
    failures->count = 0;
    failures->posted_us = now_us;
  }
}

void
kafka_worker_deliver_events (KafkaWorker * worker)
{
  KafkaProducer *producer = worker->producer;
  KafkaEvent *event;

  g_mutex_lock (&producer->lock);
  post_failures (worker, producer->n_draining > 0);
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

void
kafka_worker_set_reachable (KafkaWorker * worker, gboolean reachable)
{
  char *text;

  worker->was_accepted |= reachable;
  if (reachable) {
    worker->in_doubt = FALSE;
    worker->n_refused_logins = 0;
  }
  text = kafka_states_set_reachable (&worker->states, reachable);
  if (text)
    post (worker, reachable ? KAFKA_EVENT_REACHABLE : KAFKA_EVENT_UNREACHABLE,
        text);
}

void
kafka_worker_set_topic (KafkaWorker * worker, KafkaTopic state)
{
  static const KafkaEventType types[] = {
    [KAFKA_TOPIC_AVAILABLE] = KAFKA_EVENT_TOPIC_AVAILABLE,
    [KAFKA_TOPIC_MISSING] = KAFKA_EVENT_TOPIC_MISSING,
    [KAFKA_TOPIC_FORBIDDEN] = KAFKA_EVENT_TOPIC_FORBIDDEN,
  };
  char *text = kafka_states_set_topic (&worker->states, state);

  if (text)
    post (worker, types[state], text);
}

void
kafka_worker_note_failure (KafkaWorker * worker, KafkaFailure failure,
    const char *key, gsize key_size, gsize size, const char *why)
{
  KafkaFailures *failures = &worker->failures[failure];

  failures->count++;
  worker->n_owed++;
  worker->producer->owes_event = TRUE;
  g_free (failures->key);
  failures->key = g_memdup2 (key, key_size);
  failures->key_size = key_size;
  failures->size = size;
  failures->why = why;
}
