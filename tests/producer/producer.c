/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdlib.h>
#include <string.h>

#include "kafkaproducer-private.h"

#define TOPIC "t"
#define PATIENCE_US (30 * G_TIME_SPAN_SECOND)

/* A broker in this process, the producer under test, and what it told. */
typedef struct
{
  rd_kafka_t *rk;
  rd_kafka_mock_cluster_t *cluster;
  KafkaConf *conf;
  KafkaProducer *producer;

  GMutex lock;
  GCond cond;
  guint told[KAFKA_EVENT_ERROR + 1];
  char *last_text;
} Bed;

static void
on_event (const KafkaEvent * event, gpointer data)
{
  Bed *bed = data;

  g_mutex_lock (&bed->lock);
  bed->told[event->type]++;
  g_free (bed->last_text);
  bed->last_text = g_strdup (event->text);
  g_cond_broadcast (&bed->cond);
  g_mutex_unlock (&bed->lock);
}

static void
wait_for_event (Bed * bed, KafkaEventType type, guint count)
{
  const gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  g_mutex_lock (&bed->lock);
  while (bed->told[type] < count)
    if (!g_cond_wait_until (&bed->cond, &bed->lock, deadline))
      g_error ("event %d did not come", type);
  g_mutex_unlock (&bed->lock);
}

static void
bed_open (Bed * bed, guint n_partitions)
{
  char why[256];
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();

  *bed = (Bed) {
  0};
  g_mutex_init (&bed->lock);
  g_cond_init (&bed->cond);
  rd_kafka_conf_set (conf, "client.id", "MOCK", NULL, 0);
  rd_kafka_conf_set (conf, "log_level", "0", NULL, 0);
  bed->rk = rd_kafka_new (RD_KAFKA_PRODUCER, conf, why, sizeof (why));
  bed->cluster = rd_kafka_mock_cluster_new (bed->rk, 1);
  if (n_partitions > 0)
    rd_kafka_mock_topic_create (bed->cluster, TOPIC, n_partitions, 1);
  bed->conf = kafka_conf_new ();
  kafka_conf_set (bed->conf, "bootstrap.servers",
      rd_kafka_mock_cluster_bootstraps (bed->cluster));
}

static void
bed_start (Bed * bed, guint64 max_records)
{
  g_autoptr (GError) error = NULL;

  bed->producer = kafka_producer_new (bed->conf, TOPIC, max_records, 1 << 28,
      on_event, bed, &error);
  g_assert_no_error (error);
}

/* Frees the producer and waits until the worker, which may still be waiting for a
 * broker then, has freed all of its own. */
static void
free_producer (KafkaProducer * producer)
{
  const gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  g_atomic_ref_count_inc (&producer->ref_count);
  kafka_producer_free (producer);
  g_mutex_lock (&producer->lock);
  while (!producer->done)
    g_assert_true (g_cond_wait_until (&producer->cond, &producer->lock,
            deadline));
  g_mutex_unlock (&producer->lock);
  kafka_producer_unref (producer);
}

static void
bed_close (Bed * bed)
{
  g_clear_pointer (&bed->producer, free_producer);
  kafka_conf_free (bed->conf);
  rd_kafka_mock_cluster_destroy (bed->cluster);
  rd_kafka_destroy (bed->rk);
  g_free (bed->last_text);
  g_mutex_clear (&bed->lock);
  g_cond_clear (&bed->cond);
}

static KafkaRecord *
numbered (guint n)
{
  char *text = g_strdup_printf ("%u", n);

  return kafka_record_new (g_bytes_new_take (text, strlen (text)));
}

static void
push (Bed * bed, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    g_assert_cmpint (kafka_producer_push (bed->producer, numbered (i), TRUE),
        ==, KAFKA_PUSH_OK);
}

static void
assert_drains (Bed * bed)
{
  g_assert_cmpint (kafka_producer_drain (bed->producer,
          g_get_monotonic_time () + PATIENCE_US), ==, KAFKA_DRAIN_DONE);
}

static KafkaStats
stats_of (Bed * bed)
{
  KafkaStats stats;

  kafka_producer_get_stats (bed->producer, &stats);
  g_assert_cmpuint (stats.enqueued, ==, stats.acknowledged +
      kafka_stats_get_failed (&stats) + stats.dropped + stats.abandoned +
      stats.in_flight);
  return stats;
}

/* Reads what partition 0 holds with a consumer of its own, and asserts that it
 * is 0, 1, 2 ... n-1. */
static void
assert_broker_has (Bed * bed, guint n)
{
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  rd_kafka_topic_partition_list_t *parts =
      rd_kafka_topic_partition_list_new (1);
  rd_kafka_t *consumer;
  char why[256];
  gint64 low, high;

  rd_kafka_conf_set (conf, "bootstrap.servers",
      rd_kafka_mock_cluster_bootstraps (bed->cluster), NULL, 0);
  rd_kafka_conf_set (conf, "group.id", "reader", NULL, 0);
  rd_kafka_conf_set (conf, "fetch.wait.max.ms", "10", NULL, 0);
  consumer = rd_kafka_new (RD_KAFKA_CONSUMER, conf, why, sizeof (why));
  g_assert_cmpint (rd_kafka_query_watermark_offsets (consumer, TOPIC, 0, &low,
          &high, 10000), ==, 0);
  g_assert_cmpint (high, ==, n);
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

static void
test_producer_delivers_in_order (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 5000);
  assert_drains (&bed);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 5000);
  g_assert_cmpuint (stats.restarts, ==, 0);
  g_assert_cmpuint (stats.maybe_duplicated, ==, 0);
  g_assert_cmpuint (kafka_stats_get_latency (&stats, 50), >, 0);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_REACHABLE], ==, 1);
  assert_broker_has (&bed, 5000);
  bed_close (&bed);
}

static void
test_producer_starts_without_broker (void)
{
  Bed bed;

  bed_open (&bed, 1);
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 100);
  wait_for_event (&bed, KAFKA_EVENT_UNREACHABLE, 1);
  g_assert_nonnull (strstr (bed.last_text, "Could not reach Kafka"));
  g_assert_cmpint (kafka_producer_drain (bed.producer,
          g_get_monotonic_time () + 1000), ==, KAFKA_DRAIN_TIMED_OUT);
  rd_kafka_mock_broker_set_up (bed.cluster, 1);
  assert_drains (&bed);
  wait_for_event (&bed, KAFKA_EVENT_REACHABLE, 1);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_UNREACHABLE], ==, 1);
  assert_broker_has (&bed, 100);
  bed_close (&bed);
}

static void
test_producer_waits_for_the_topic (void)
{
  Bed bed;

  bed_open (&bed, 0);
  rd_kafka_mock_topic_set_error (bed.cluster, TOPIC,
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  bed_start (&bed, 100000);
  push (&bed, 0, 100);
  wait_for_event (&bed, KAFKA_EVENT_TOPIC_MISSING, 1);
  g_assert_cmpuint (stats_of (&bed).in_flight, ==, 100);
  rd_kafka_mock_topic_set_error (bed.cluster, TOPIC,
      RD_KAFKA_RESP_ERR_NO_ERROR);
  assert_drains (&bed);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_TOPIC_MISSING], ==, 1);
  g_assert_cmpuint (stats_of (&bed).acknowledged, ==, 100);
  bed_close (&bed);
}

static void
test_producer_fatal_error_restarts_in_order (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 1000);
  assert_drains (&bed);
  /* what a broker says when sequence numbers do not match */
  rd_kafka_mock_push_request_errors (bed.cluster, 0, 1,
      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  push (&bed, 1000, 2000);
  assert_drains (&bed);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 2000);
  g_assert_cmpuint (stats.restarts, ==, 1);
  assert_broker_has (&bed, 2000);
  bed_close (&bed);
}

static void
test_producer_injected_fatal_error_loses_nothing (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 1000);
  assert_drains (&bed);
  rd_kafka_test_fatal_error (kafka_client_get_handle (bed.producer->client),
      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "injected");
  push (&bed, 1000, 2000);
  assert_drains (&bed);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 2000);
  g_assert_cmpuint (stats.restarts, ==, 1);
  g_assert_cmpuint (stats.maybe_duplicated, ==, 0);
  assert_broker_has (&bed, 2000);
  bed_close (&bed);
}

static void
test_producer_refused_batch_arrives_in_smaller_ones (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  assert_drains (&bed);
  rd_kafka_mock_push_request_errors (bed.cluster, 0, 1,
      RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  push (&bed, 10, 500);
  assert_drains (&bed);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 500);
  g_assert_cmpuint (stats.restarts, ==, 1);
  g_assert_cmpuint (stats.maybe_duplicated, ==, 0);
  assert_broker_has (&bed, 500);
  bed_close (&bed);
}

static void
test_producer_impossible_record_is_given_up_alone (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1);
  kafka_conf_set (bed.conf, "linger.ms", "50");
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  assert_drains (&bed);
  /* the batch is refused, and then the first record of it alone */
  rd_kafka_mock_push_request_errors (bed.cluster, 0, 2,
      RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP);
  push (&bed, 777777, 777778);
  push (&bed, 10, 30);
  assert_drains (&bed);
  wait_for_event (&bed, KAFKA_EVENT_RECORD_FAILED, 1);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.failed[KAFKA_FAILURE_TIMESTAMP], ==, 1);
  g_assert_cmpuint (stats.acknowledged, ==, 30);
  g_assert_cmpuint (stats.maybe_duplicated, ==, 0);
  assert_broker_has (&bed, 30);
  bed_close (&bed);
}

static void
test_producer_oversized_record_fails_alone (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  g_assert_cmpint (kafka_producer_push (bed.producer,
          kafka_record_new (g_bytes_new_take (g_malloc0 (3000000), 3000000)),
          TRUE), ==, KAFKA_PUSH_OK);
  push (&bed, 10, 20);
  assert_drains (&bed);
  wait_for_event (&bed, KAFKA_EVENT_RECORD_FAILED, 1);
  g_assert_nonnull (strstr (bed.last_text, "3000000 bytes"));
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.failed[KAFKA_FAILURE_TOO_LARGE], ==, 1);
  g_assert_cmpuint (stats.acknowledged, ==, 20);
  g_assert_cmpuint (stats.restarts, ==, 0);
  assert_broker_has (&bed, 20);
  bed_close (&bed);
}

static gpointer
push_one (gpointer data)
{
  Bed *bed = data;
  KafkaRecord *record = numbered (0);
  KafkaPush result = kafka_producer_push (bed->producer, record, TRUE);

  if (result == KAFKA_PUSH_INTERRUPTED)
    kafka_record_free (record);
  return GINT_TO_POINTER (result);
}

static void
wait_until_blocked (Bed * bed)
{
  const gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  while (stats_of (bed).blocked == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_thread_yield ();
  }
}

static void
test_producer_full_queue_drops_or_blocks (void)
{
  Bed bed;
  KafkaStats stats;
  GThread *thread;

  bed_open (&bed, 1);
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_start (&bed, 3);
  push (&bed, 0, 3);
  g_assert_cmpint (kafka_producer_push (bed.producer, numbered (9), FALSE), ==,
      KAFKA_PUSH_DROPPED);
  thread = g_thread_new ("push", push_one, &bed);
  wait_until_blocked (&bed);
  kafka_producer_set_interrupted (bed.producer, TRUE);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==,
      KAFKA_PUSH_INTERRUPTED);
  kafka_producer_set_interrupted (bed.producer, FALSE);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.enqueued, ==, 4);
  g_assert_cmpuint (stats.dropped, ==, 1);
  g_assert_cmpuint (stats.blocked, ==, 1);

  rd_kafka_mock_broker_set_up (bed.cluster, 1);
  push (&bed, 3, 50);
  assert_drains (&bed);
  assert_broker_has (&bed, 50);
  bed_close (&bed);
}

static void
test_producer_close_abandons_what_is_left (void)
{
  Bed bed;
  KafkaStats stats;
  gint64 before;

  bed_open (&bed, 1);
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_start (&bed, 100);
  push (&bed, 0, 30);
  before = g_get_monotonic_time ();
  kafka_producer_close (bed.producer, 0);
  g_assert_cmpint (g_get_monotonic_time () - before, <, G_TIME_SPAN_SECOND);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.abandoned, ==, 30);
  g_assert_cmpuint (stats.in_flight, ==, 0);
  bed_close (&bed);
}

static void
test_producer_wrong_settings_are_refused (void)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (kafka_producer_new (conf, TOPIC, 1, 1, on_event, NULL,
          &error));
  g_assert_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS);
  g_clear_error (&error);
  kafka_conf_set (conf, "bootstrap.servers", "localhost:9");
  g_assert_null (kafka_producer_new (conf, "a b", 1, 1, on_event, NULL,
          &error));
  g_assert_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS);
  g_clear_error (&error);
  /* passes every check of its own, but not together with the others */
  kafka_conf_set (conf, "acks", "0");
  g_assert_null (kafka_producer_new (conf, TOPIC, 1, 1, on_event, NULL,
          &error));
  g_assert_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/producer/delivers-in-order",
      test_producer_delivers_in_order);
  g_test_add_func ("/producer/starts-without-broker",
      test_producer_starts_without_broker);
  g_test_add_func ("/producer/waits-for-the-topic",
      test_producer_waits_for_the_topic);
  g_test_add_func ("/producer/fatal-error-restarts-in-order",
      test_producer_fatal_error_restarts_in_order);
  g_test_add_func ("/producer/injected-fatal-error-loses-nothing",
      test_producer_injected_fatal_error_loses_nothing);
  g_test_add_func ("/producer/refused-batch-arrives-in-smaller-ones",
      test_producer_refused_batch_arrives_in_smaller_ones);
  g_test_add_func ("/producer/impossible-record-is-given-up-alone",
      test_producer_impossible_record_is_given_up_alone);
  g_test_add_func ("/producer/oversized-record-fails-alone",
      test_producer_oversized_record_fails_alone);
  g_test_add_func ("/producer/full-queue-drops-or-blocks",
      test_producer_full_queue_drops_or_blocks);
  g_test_add_func ("/producer/close-abandons-what-is-left",
      test_producer_close_abandons_what_is_left);
  g_test_add_func ("/producer/wrong-settings-are-refused",
      test_producer_wrong_settings_are_refused);
  return g_test_run ();
}
