/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* KafkaProducer where nothing is refused */

#include <string.h>

#include "bed.h"

static void
test_producer_delivers_in_order (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 5000);
  assert_drains (&bed);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 5000);
  g_assert_cmpuint (stats.restarts, ==, 0);
  g_assert_cmpuint (stats.maybe_duplicated, ==, 0);
  g_assert_cmpuint (kafka_stats_get_latency (&stats, 50), >, 0);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_REACHABLE], ==, 1);
  g_assert_cmpuint (bed.n_partitions, ==, 1);
  assert_broker_has (&bed, 5000);
  bed_close (&bed);
}

static void
test_producer_starts_without_broker (void)
{
  Bed bed;

  bed_open (&bed, 1, 1);
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 100);
  wait_for_event (&bed, KAFKA_EVENT_UNREACHABLE, 1);
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_UNREACHABLE],
          "Could not reach Kafka"));
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

  bed_open (&bed, 1, 3);
  rd_kafka_mock_topic_set_error (bed.cluster, TOPIC,
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  bed_start (&bed, 100000);
  push (&bed, 0, 100);
  wait_for_event (&bed, KAFKA_EVENT_TOPIC_MISSING, 1);
  g_assert_cmpuint (stats_of (&bed).in_flight, ==, 100);
  /* the broker is reachable, and nobody knows yet how many there will be */
  wait_for_event (&bed, KAFKA_EVENT_REACHABLE, 1);
  g_assert_cmpuint (bed.n_partitions, ==, 0);
  rd_kafka_mock_topic_set_error (bed.cluster, TOPIC,
      RD_KAFKA_RESP_ERR_NO_ERROR);
  assert_drains (&bed);
  wait_for_event (&bed, KAFKA_EVENT_TOPIC_AVAILABLE, 1);
  g_assert_cmpuint (bed.n_partitions, ==, 3);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_TOPIC_MISSING], ==, 1);
  g_assert_cmpuint (stats_of (&bed).acknowledged, ==, 100);
  bed_close (&bed);
}

static void
test_producer_reports_what_the_caller_refuses (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_start (&bed, 100000);
  kafka_producer_refuse (bed.producer, KAFKA_FAILURE_TOO_LARGE, 1234,
      "longer than a line");
  wait_for_event (&bed, KAFKA_EVENT_RECORD_FAILED, 1);
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_RECORD_FAILED],
          "1234 bytes: longer than a line"));
  assert_drains (&bed);

  rd_kafka_mock_broker_set_up (bed.cluster, 1);
  push (&bed, 0, 10);
  for (guint i = 0; i < 1000; i++)
    kafka_producer_refuse (bed.producer, KAFKA_FAILURE_TOO_LARGE, i, "long");
  push (&bed, 10, 20);
  assert_drains (&bed);
  g_assert_cmpuint (bed.n_failed, ==, 1001);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 20);
  g_assert_cmpuint (stats.failed[KAFKA_FAILURE_TOO_LARGE], ==, 1001);
  assert_broker_has (&bed, 20);
  bed_close (&bed);
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
test_producer_full_queue_drops_or_blocks (void)
{
  Bed bed;
  KafkaStats stats;
  GThread *thread;

  bed_open (&bed, 1, 1);
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
  g_assert_cmpuint (stats.in_flight_bytes, ==, 3);
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

  bed_open (&bed, 1, 1);
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

  g_assert_null (kafka_producer_new (conf, TOPIC, 1, 1, 30000, NULL, NULL,
          &error));
  g_assert_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS);
  g_clear_error (&error);
  kafka_conf_set (conf, "bootstrap.servers", "localhost:9");
  g_assert_null (kafka_producer_new (conf, "a b", 1, 1, 30000, NULL, NULL,
          &error));
  g_assert_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS);
  g_clear_error (&error);
  /* passes every check of its own, but not together with the others */
  kafka_conf_set (conf, "acks", "0");
  g_assert_null (kafka_producer_new (conf, TOPIC, 1, 1, 30000, NULL, NULL,
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
  g_test_add_func ("/producer/reports-what-the-caller-refuses",
      test_producer_reports_what_the_caller_refuses);
  g_test_add_func ("/producer/full-queue-drops-or-blocks",
      test_producer_full_queue_drops_or_blocks);
  g_test_add_func ("/producer/close-abandons-what-is-left",
      test_producer_close_abandons_what_is_left);
  g_test_add_func ("/producer/wrong-settings-are-refused",
      test_producer_wrong_settings_are_refused);
  return g_test_run ();
}
