/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkaworker.h"

#define MS G_TIME_SPAN_MILLISECOND
/* between two polls, so that reports are not kept waiting by a long queue */
#define SEND_AT_ONCE 256
/* with a lock held; so many are worth waking for even where others are gathered, or waited
 * for */
#define TAKE_AT_ONCE 64
#define HOLD_AT_ONCE 4096
/* in which librdkafka sends what it has */
#define FLUSH_MS 1
/* between two looks at all that is not told by an event */
#define MAX_WAIT_MS 1000

/* Takes up to TAKE_AT_ONCE new records; returns how many */
static guint
take (KafkaWorker * worker, KafkaRecord ** records)
{
  KafkaProducer *producer = worker->producer;
  guint n = 0;

  g_mutex_lock (&producer->lock);
  while (n < TAKE_AT_ONCE && !producer->closed
      && (records[n] = kafka_ring_take (&producer->ring)))
    n++;
  g_mutex_unlock (&producer->lock);
  return n;
}

static void
untake (KafkaWorker * worker, KafkaRecord ** records, guint n)
{
  KafkaProducer *producer = worker->producer;

  g_mutex_lock (&producer->lock);
  while (n > 0)
    kafka_ring_untake (&producer->ring, records[--n]);
  g_mutex_unlock (&producer->lock);
}

/* Holds what is new until it is to be sent.
 * @more: (out): there is still more
 * Returns: FALSE if no partition takes it */
static gboolean
hold_new (KafkaWorker * worker, gboolean * more)
{
  KafkaPartitions *partitions = worker->client->partitions;
  KafkaRecord *records[TAKE_AT_ONCE];
  guint n = TAKE_AT_ONCE;

  *more = FALSE;
  for (guint n_held = 0; n == TAKE_AT_ONCE && n_held < HOLD_AT_ONCE;) {
    guint n_here;

    n = take (worker, records);
    n_here = kafka_partitions_hold (partitions, records, n);
    if (n_here < n) {
      untake (worker, records + n_here, n - n_here);
      return FALSE;
    }
    n_held += n;
  }
  *more = n == TAKE_AT_ONCE;
  return TRUE;
}

/* Hands @record over, which is in a batch. Returns FALSE if it belongs to another partition. */
static gboolean
hand_over (KafkaWorker * worker, KafkaRecord * record)
{
  rd_kafka_resp_err_t err;

  kafka_ring_sent (&worker->producer->ring, record);
  err = kafka_client_send (worker->client, record);
  if (err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) {
    kafka_ring_reported (&worker->producer->ring, record);
    return FALSE;
  }
  /* what produce() itself refuses was in no batch */
  if (err)
    kafka_worker_settle (worker, record, err,
        RD_KAFKA_MSG_STATUS_NOT_PERSISTED, TRUE);
  return TRUE;
}

/* Returns: how many records have been handed over; those that are left where a restart comes
 * are forgotten with the client */
static guint
send_held (KafkaWorker * worker)
{
  KafkaPartitions *partitions = worker->client->partitions;
  KafkaRecord *records[TAKE_AT_ONCE];
  guint n = TAKE_AT_ONCE, n_sent = 0;
  gint64 until_us;

  while (n == TAKE_AT_ONCE && n_sent < SEND_AT_ONCE && !worker->restart) {
    n = kafka_partitions_take (partitions, records, TAKE_AT_ONCE, &until_us);
    for (guint i = 0; i < n && !worker->restart; i++) {
      if (g_get_monotonic_time () >= until_us
          || !hand_over (worker, records[i])) {
        kafka_partitions_untake (partitions, records + i, n - i);
        break;
      }
      n_sent++;
    }
  }
  return n_sent;
}

/* Whether a thread waits for the ring to shrink: what is gathered gets no larger then. */
static gboolean
is_waited_for (KafkaWorker * worker)
{
  gboolean is_waited_for;

  g_mutex_lock (&worker->producer->lock);
  is_waited_for = worker->producer->n_waiting > 0;
  g_mutex_unlock (&worker->producer->lock);
  return is_waited_for;
}

/* Waits for reports, until there is something to send, or a record for which this is
 * worth waking.
 * @is_stuck: no partition takes those that there are
 * @was_waited_for: and nothing is gathered any more */
static void
wait_for_work (KafkaWorker * worker, gboolean is_stuck, gboolean was_waited_for)
{
  KafkaProducer *producer = worker->producer;
  gboolean any_is_idle;
  const gint64 due_us = kafka_partitions_get_due (worker->client->partitions,
      &any_is_idle);
  const gint64 left_us = due_us - g_get_monotonic_time ();
  int timeout_ms = CLAMP ((left_us + MS - 1) / MS, 0, MAX_WAIT_MS);

  g_mutex_lock (&producer->lock);
  if (producer->closed || (!is_stuck && producer->ring.n_new > 0)
      || (producer->n_waiting > 0 && !was_waited_for))
    timeout_ms = 0;
  else
    producer->wake_at = producer->ring.n_new + (any_is_idle && !is_stuck ? 1 :
        CLAMP (kafka_ring_get_room (&producer->ring) / 2, 1, TAKE_AT_ONCE));
  g_mutex_unlock (&producer->lock);
  kafka_client_poll (worker->client, timeout_ms);
  kafka_worker_wake_waiting (worker);
}

/* Makes librdkafka send what it has. */
static void
flush (KafkaWorker * worker)
{
  worker->has_sent = FALSE;
  kafka_client_flush (worker->client, FLUSH_MS);
  kafka_worker_wake_waiting (worker);
}

void
kafka_worker_send (KafkaWorker * worker)
{
  KafkaPartitions *partitions = worker->client->partitions;
  gboolean more;
  const gboolean is_stuck = !hold_new (worker, &more);
  const gboolean was_waited_for = is_waited_for (worker);
  guint n;

  if (was_waited_for)
    kafka_partitions_hurry (partitions);
  /* what an answer has made way for goes before there is more of it */
  if (kafka_partitions_take_way (partitions))
    flush (worker);
  n = send_held (worker);
  worker->has_sent |= n > 0;
  if (n >= SEND_AT_ONCE || more || worker->restart) {
    kafka_client_poll (worker->client, 0);
    kafka_worker_wake_waiting (worker);
  } else if (kafka_partitions_take_way (partitions) || worker->has_sent) {
    flush (worker);
  } else {
    wait_for_work (worker, is_stuck, was_waited_for);
  }
}
