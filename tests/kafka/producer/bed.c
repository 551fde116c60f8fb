/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bed.h"

#include <stdlib.h>
#include <string.h>

static void
on_event (const KafkaEvent * event, gpointer data)
{
  Bed *bed = data;

  g_mutex_lock (&bed->lock);
  bed->told[event->type]++;
  bed->n_failed += event->count;
  g_free (bed->texts[event->type]);
  bed->texts[event->type] = g_strdup (event->text);
  if (event->n_partitions)
    bed->n_partitions = event->n_partitions;
  if (event->cause)
    bed->cause = event->cause;
  if (event->error)
    bed->error = g_error_copy (event->error);
  g_cond_broadcast (&bed->cond);
  g_mutex_unlock (&bed->lock);
  if (bed->on_event)
    bed->on_event (bed, event->type);
}

void
wait_for_event (Bed * bed, KafkaEventType type, guint count)
{
  const gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  g_mutex_lock (&bed->lock);
  while (bed->told[type] < count)
    if (!g_cond_wait_until (&bed->cond, &bed->lock, deadline))
      g_error ("event %d did not come", type);
  g_mutex_unlock (&bed->lock);
}

void
bed_open (Bed * bed, guint n_brokers, guint n_partitions)
{
  char why[256];
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();

  memset (bed, 0, sizeof (*bed));
  g_mutex_init (&bed->lock);
  g_cond_init (&bed->cond);
  rd_kafka_conf_set (conf, "client.id", "MOCK", NULL, 0);
  rd_kafka_conf_set (conf, "log_level", "0", NULL, 0);
  bed->rk = rd_kafka_new (RD_KAFKA_PRODUCER, conf, why, sizeof (why));
  bed->cluster = rd_kafka_mock_cluster_new (bed->rk, n_brokers);
  if (n_partitions > 0)
    rd_kafka_mock_topic_create (bed->cluster, TOPIC, n_partitions, n_brokers);
  bed->conf = kafka_conf_new ();
  bed->stall_ms = 30000;
  kafka_conf_set (bed->conf, "bootstrap.servers",
      rd_kafka_mock_cluster_bootstraps (bed->cluster));
}

void
bed_start (Bed * bed, guint64 max_records)
{
  g_autoptr (GError) error = NULL;

  /* no event is told before there is a producer to do something with */
  g_mutex_lock (&bed->lock);
  bed->producer = kafka_producer_new (bed->conf, TOPIC, max_records, 1 << 28,
      bed->stall_ms, on_event, bed, &error);
  g_mutex_unlock (&bed->lock);
  g_assert_no_error (error);
}

/* Frees the producer and waits until the worker, which may still be waiting for a
 * broker then, has freed all of its own. */
static void
free_producer (KafkaProducer * producer)
{
  const gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  kafka_producer_close (producer, 0);
  g_mutex_lock (&producer->lock);
  while (!producer->done)
    g_assert_true (g_cond_wait_until (&producer->cond, &producer->lock,
            deadline));
  g_mutex_unlock (&producer->lock);
  kafka_producer_unref (producer);
}

void
bed_close (Bed * bed)
{
  g_clear_pointer (&bed->producer, free_producer);
  kafka_conf_free (bed->conf);
  rd_kafka_mock_cluster_destroy (bed->cluster);
  rd_kafka_destroy (bed->rk);
  for (guint i = 0; i <= KAFKA_EVENT_ERROR; i++)
    g_free (bed->texts[i]);
  g_clear_error (&bed->error);
  g_mutex_clear (&bed->lock);
  g_cond_clear (&bed->cond);
}

KafkaRecord *
numbered_with_key (guint n, const char *key)
{
  g_autofree char *text = g_strdup_printf ("%u", n);
  const KafkaContent content = {
    .payload = text,
    .payload_size = strlen (text),
    .key = key,
    .key_size = key ? strlen (key) : 0
  };

  return kafka_record_new (&content, NULL);
}

KafkaRecord *
numbered (guint n)
{
  return numbered_with_key (n, NULL);
}

void
push (Bed * bed, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    g_assert_cmpint (kafka_producer_push (bed->producer, numbered (i), TRUE),
        ==, KAFKA_PUSH_OK);
}

void
assert_drains (Bed * bed)
{
  g_assert_cmpint (kafka_producer_drain (bed->producer,
          g_get_monotonic_time () + PATIENCE_US), ==, KAFKA_DRAIN_DONE);
}

KafkaStats
stats_of (Bed * bed)
{
  KafkaStats stats;

  kafka_producer_get_stats (bed->producer, &stats);
  g_assert_cmpuint (stats.enqueued, ==, stats.acknowledged +
      kafka_stats_get_failed (&stats) + stats.dropped + stats.abandoned +
      stats.in_flight);
  return stats;
}

void
wait_until_acknowledged (Bed * bed, guint count)
{
  const gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  while (stats_of (bed).acknowledged < count) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_thread_yield ();
  }
}

static rd_kafka_t *
open_reader (Bed * bed)
{
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  char why[256];

  rd_kafka_conf_set (conf, "bootstrap.servers",
      rd_kafka_mock_cluster_bootstraps (bed->cluster), NULL, 0);
  rd_kafka_conf_set (conf, "group.id", "reader", NULL, 0);
  rd_kafka_conf_set (conf, "fetch.wait.max.ms", "10", NULL, 0);
  return rd_kafka_new (RD_KAFKA_CONSUMER, conf, why, sizeof (why));
}

guint
count_records (Bed * bed, guint partition)
{
  rd_kafka_t *reader = open_reader (bed);
  gint64 low, high;

  g_assert_cmpint (rd_kafka_query_watermark_offsets (reader, TOPIC, partition,
          &low, &high, 10000), ==, 0);
  rd_kafka_destroy (reader);
  return high - low;
}

void
assert_broker_has (Bed * bed, guint n)
{
  rd_kafka_topic_partition_list_t *parts =
      rd_kafka_topic_partition_list_new (1);
  rd_kafka_t *consumer = open_reader (bed);

  g_assert_cmpint (count_records (bed, 0), ==, n);
  rd_kafka_topic_partition_list_add (parts, TOPIC, 0)->offset = 0;
  rd_kafka_assign (consumer, parts);
  for (guint i = 0; i < n;) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll (consumer, 10000);

    g_assert_nonnull (message);
    if (!message->err) {
      g_autofree char *text = g_strndup (message->payload, message->len);

      g_assert_cmpint (atoi (text), ==, i);
      i++;
    }
    rd_kafka_message_destroy (message);
  }
  rd_kafka_topic_partition_list_destroy (parts);
  rd_kafka_consumer_close (consumer);
  rd_kafka_destroy (consumer);
}
