/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the worker tells: each state once per change, failures at most once a
 * second for each reason. */

#include "kafkaadvice.h"
#include "kafkaproducer-private.h"

#define FAILURE_EVENT_INTERVAL_US G_TIME_SPAN_SECOND

static void
tell (KafkaProducer * producer, KafkaEvent * event)
{
  g_mutex_lock (&producer->lock);
  g_queue_push_tail (&producer->events, event);
  g_mutex_unlock (&producer->lock);
}

void
kafka_worker_tell (KafkaProducer * producer, KafkaEventType type,
    const char *format, ...)
{
  KafkaEvent *event = g_new0 (KafkaEvent, 1);
  va_list args;

  va_start (args, format);
  event->type = type;
  event->text = g_strdup_vprintf (format, args);
  va_end (args);
  tell (producer, event);
}

static gboolean
has_untold (const Worker * w)
{
  for (guint i = 0; i < KAFKA_N_FAILURES; i++)
    if (w->failures[i].untold > 0)
      return TRUE;
  return FALSE;
}

void
kafka_worker_deliver_events (KafkaProducer * producer)
{
  KafkaEvent *event;

  g_mutex_lock (&producer->lock);
  while (!producer->closed && (event = g_queue_pop_head (&producer->events))) {
    producer->telling = TRUE;
    g_mutex_unlock (&producer->lock);
    producer->func (event, producer->data);
    kafka_event_free (event);
    g_mutex_lock (&producer->lock);
    producer->telling = FALSE;
    if (producer->closed)
      g_cond_broadcast (&producer->cond);
  }
  if (producer->untold && !has_untold (&producer->worker)) {
    producer->untold = FALSE;
    g_cond_broadcast (&producer->cond);
  }
  g_mutex_unlock (&producer->lock);
}

void
kafka_worker_stop (KafkaProducer * producer, KafkaError code, char *text)
{
  KafkaEvent *event = g_new0 (KafkaEvent, 1);

  event->type = KAFKA_EVENT_ERROR;
  event->text = text;
  event->error = g_error_new_literal (KAFKA_ERROR, code, text);
  tell (producer, event);
  producer->worker.state = WORKER_STOPPED;
  g_mutex_lock (&producer->lock);
  producer->failed = TRUE;
  g_cond_broadcast (&producer->cond);
  g_mutex_unlock (&producer->lock);
}

void
kafka_worker_set_reachable (KafkaProducer * producer, gboolean reachable)
{
  Worker *w = &producer->worker;
  const char *advice;

  w->was_accepted |= reachable;
  if (reachable) {
    w->in_doubt = FALSE;
    w->n_refused_logins = 0;
    g_clear_pointer (&w->last_error, g_free);
  }
  if (w->reachability_known && w->reachable == reachable)
    return;
  w->reachability_known = TRUE;
  w->reachable = reachable;
  if (reachable) {
    kafka_worker_tell (producer, KAFKA_EVENT_REACHABLE, "Kafka answers at %s",
        producer->servers);
    return;
  }
  advice = kafka_advice_get (w->last_error);
  kafka_worker_tell (producer, KAFKA_EVENT_UNREACHABLE,
      "Could not reach Kafka at %s (%s): records wait until it answers; %s",
      producer->servers, w->last_error ? w->last_error : "no answer",
      advice ? advice : "check the address, the network and the broker");
}

void
kafka_worker_set_topic (KafkaProducer * producer, KafkaTopic state)
{
  Worker *w = &producer->worker;
  const KafkaTopic before = w->topic_state;

  w->topic_state = state;
  if (state == before)
    return;
  switch (state) {
    case KAFKA_TOPIC_MISSING:
      kafka_worker_tell (producer, KAFKA_EVENT_TOPIC_MISSING,
          "Kafka at %s has no topic '%s': records wait until somebody creates"
          " it; check the name", producer->servers, producer->topic);
      break;
    case KAFKA_TOPIC_FORBIDDEN:
      kafka_worker_tell (producer, KAFKA_EVENT_TOPIC_FORBIDDEN,
          "Kafka at %s does not allow this user to write to topic '%s': records"
          " wait until it does; ask for the permissions WRITE and DESCRIBE",
          producer->servers, producer->topic);
      break;
    case KAFKA_TOPIC_AVAILABLE:
      if (before != KAFKA_TOPIC_UNKNOWN)
        kafka_worker_tell (producer, KAFKA_EVENT_TOPIC_AVAILABLE,
            "Topic '%s' is available", producer->topic);
      break;
    case KAFKA_TOPIC_UNKNOWN:
      break;
  }
}

void
kafka_worker_tell_failures (KafkaProducer * producer, gboolean urgent)
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
  Worker *w = &producer->worker;
  const gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < KAFKA_N_FAILURES; i++) {
    KafkaEvent *event;

    if (w->failures[i].untold == 0 || (!urgent && w->failures[i].told_us > 0
            && now_us < w->failures[i].told_us + FAILURE_EVENT_INTERVAL_US))
      continue;
    event = g_new0 (KafkaEvent, 1);
    event->type = KAFKA_EVENT_RECORD_FAILED;
    event->failure = i;
    event->count = w->failures[i].untold;
    event->key = g_steal_pointer (&w->failures[i].key);
    event->key_size = w->failures[i].key_size;
    event->size = w->failures[i].size;
    event->text = g_strdup_printf ("%" G_GUINT64_FORMAT " record(s) for topic"
        " '%s' given up, the last of %" G_GSIZE_FORMAT " bytes: %s",
        event->count, producer->topic, event->size, why[i]);
    tell (producer, event);
    w->failures[i].untold = 0;
    w->failures[i].told_us = now_us;
  }
}

void
kafka_worker_note_failure (KafkaProducer * producer, KafkaFailure failure,
    const KafkaRecord * record)
{
  Worker *w = &producer->worker;

  w->failures[failure].untold++;
  g_mutex_lock (&producer->lock);
  producer->untold = TRUE;
  g_mutex_unlock (&producer->lock);
  g_free (w->failures[failure].key);
  w->failures[failure].key = g_memdup2 (record->key, record->key_size);
  w->failures[failure].key_size = record->key_size;
  w->failures[failure].size = g_bytes_get_size (record->payload);
}
