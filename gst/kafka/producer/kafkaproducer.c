/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkaworker.h"

/* How long kafka_producer_close() waits for librdkafka's instance to go. It goes
 * in milliseconds, unless it waits for a broker that does not answer. */
#define DONE_WAIT_US (250 * G_TIME_SPAN_MILLISECOND)

KafkaProducer *
kafka_producer_new (const KafkaConf * conf, const char *topic,
    guint64 max_records, guint64 max_memory, int stall_ms, KafkaEventFunc func,
    gpointer data, GError ** error)
{
  KafkaProducer *producer = g_new0 (KafkaProducer, 1);

  g_atomic_ref_count_init (&producer->ref_count);
  g_mutex_init (&producer->lock);
  g_cond_init (&producer->cond);
  kafka_ring_init (&producer->ring, max_records, max_memory);
  if (!kafka_worker_init (&producer->worker, producer, conf, topic, stall_ms,
          func, data, error)) {
    kafka_producer_unref (producer);
    return NULL;
  }
  kafka_producer_ref (producer);
  producer->thread = g_thread_new ("kafka-producer", kafka_worker_run,
      &producer->worker);
  return producer;
}

KafkaProducer *
kafka_producer_ref (KafkaProducer * producer)
{
  g_atomic_ref_count_inc (&producer->ref_count);
  return producer;
}

void
kafka_producer_unref (KafkaProducer * producer)
{
  if (!g_atomic_ref_count_dec (&producer->ref_count))
    return;
  kafka_ring_clear (&producer->ring);
  kafka_worker_clear (&producer->worker);
  g_cond_clear (&producer->cond);
  g_mutex_clear (&producer->lock);
  g_free (producer);
}

KafkaPush
kafka_producer_push (KafkaProducer * producer, KafkaRecord * record,
    gboolean block)
{
  KafkaPush result = KAFKA_PUSH_OK;
  gboolean waited = FALSE;

  g_mutex_lock (&producer->lock);
  while (!producer->failed && !producer->closed
      && !kafka_ring_has_room (&producer->ring, record)
      && block && !producer->interrupted) {
    if (!waited) {
      producer->stats.blocked++;
      kafka_worker_wake (&producer->worker);
    }
    waited = TRUE;
    producer->n_waiting++;
    g_cond_wait (&producer->cond, &producer->lock);
    producer->n_waiting--;
  }
  if (producer->failed) {
    result = KAFKA_PUSH_FAILED;
  } else if (producer->closed) {
    result = KAFKA_PUSH_INTERRUPTED;
  } else if (kafka_ring_has_room (&producer->ring, record)) {
    producer->stats.enqueued++;
    record->enqueued_us = g_get_monotonic_time ();
    kafka_ring_append (&producer->ring, record);
    if (producer->wake_at > 0 && producer->ring.n_new >= producer->wake_at)
      kafka_worker_wake (&producer->worker);
  } else if (block) {
    result = KAFKA_PUSH_INTERRUPTED;
  } else {
    result = KAFKA_PUSH_DROPPED;
    producer->stats.enqueued++;
    producer->stats.dropped++;
  }
  g_mutex_unlock (&producer->lock);

  if (result == KAFKA_PUSH_DROPPED)
    kafka_record_free (record);
  return result;
}

void
kafka_producer_abandon (KafkaProducer * producer, KafkaRecord * record)
{
  g_mutex_lock (&producer->lock);
  producer->stats.enqueued++;
  producer->stats.abandoned++;
  g_mutex_unlock (&producer->lock);
  kafka_record_free (record);
}

void
kafka_producer_refuse (KafkaProducer * producer, KafkaFailure failure,
    gsize size, const char *why)
{
  g_mutex_lock (&producer->lock);
  producer->stats.enqueued++;
  producer->stats.failed[failure]++;
  kafka_worker_note_failure (&producer->worker, failure, NULL, size, why);
  kafka_worker_wake (&producer->worker);
  g_mutex_unlock (&producer->lock);
}

void
kafka_producer_set_interrupted (KafkaProducer * producer, gboolean interrupted)
{
  g_mutex_lock (&producer->lock);
  producer->interrupted = interrupted;
  g_cond_broadcast (&producer->cond);
  g_mutex_unlock (&producer->lock);
}

static gboolean
is_settled (const KafkaProducer * producer)
{
  return kafka_ring_is_empty (&producer->ring) && !producer->owes_event;
}

/* With the lock held. @interruptible: kafka_producer_set_interrupted() ends it */
static KafkaDrain
drain (KafkaProducer * producer, gint64 deadline_us, gboolean interruptible)
{
  KafkaDrain result = KAFKA_DRAIN_DONE;

  producer->n_waiting++;
  producer->n_draining++;
  if (!is_settled (producer))
    kafka_worker_wake (&producer->worker);
  while (!is_settled (producer) && result == KAFKA_DRAIN_DONE) {
    if (producer->failed)
      result = KAFKA_DRAIN_FAILED;
    else if (producer->closed || (interruptible && producer->interrupted))
      result = KAFKA_DRAIN_INTERRUPTED;
    else if (deadline_us < 0)
      g_cond_wait (&producer->cond, &producer->lock);
    else if (!g_cond_wait_until (&producer->cond, &producer->lock, deadline_us)
        && !is_settled (producer))
      result = KAFKA_DRAIN_TIMED_OUT;
  }
  producer->n_draining--;
  producer->n_waiting--;
  return result;
}

KafkaDrain
kafka_producer_drain (KafkaProducer * producer, gint64 deadline_us)
{
  KafkaDrain result;

  g_mutex_lock (&producer->lock);
  result = drain (producer, deadline_us, TRUE);
  g_mutex_unlock (&producer->lock);
  return result;
}

void
kafka_producer_close (KafkaProducer * producer, int timeout_ms)
{
  const gint64 now_us = g_get_monotonic_time ();

  g_mutex_lock (&producer->lock);
  if (producer->closed)
    goto out;
  if (timeout_ms != 0)
    drain (producer, timeout_ms < 0 ? -1 : now_us +
        timeout_ms * G_TIME_SPAN_MILLISECOND, FALSE);
  producer->closed = TRUE;
  producer->stats.abandoned += kafka_ring_n_records (&producer->ring);
  kafka_worker_wake (&producer->worker);
  if (producer->thread != g_thread_self ()) {
    const gint64 deadline_us = g_get_monotonic_time () + DONE_WAIT_US;

    while (producer->in_event)
      g_cond_wait (&producer->cond, &producer->lock);
    while (!producer->done && g_cond_wait_until (&producer->cond,
            &producer->lock, deadline_us));
  }
  /* not joined: the worker ends by itself and frees what it uses */
  g_clear_pointer (&producer->thread, g_thread_unref);
out:
  g_mutex_unlock (&producer->lock);
}

void
kafka_producer_get_stats (KafkaProducer * producer, KafkaStats * stats)
{
  g_mutex_lock (&producer->lock);
  *stats = producer->stats;
  if (!producer->closed) {
    stats->in_flight = kafka_ring_n_records (&producer->ring);
    stats->in_flight_bytes = producer->ring.bytes;
  }
  g_mutex_unlock (&producer->lock);
}
