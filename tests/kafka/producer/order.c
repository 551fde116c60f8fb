/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What could overtake a batch that Kafka refuses does not. The mock cluster takes
 * batches in whatever order they come, as a partition of real Kafka does before it
 * knows the client. */

#include "bed.h"
#include "records.h"

/* Answers slowly from now on, and to the first batches with an error */
static void
open_slow (Bed * bed, guint n_partitions, rd_kafka_resp_err_t error)
{
  bed_open (bed, 1, n_partitions);
  kafka_conf_set (bed->conf, "retry.backoff.ms", "10");
  /* librdkafka waits with a batch that is not full */
  kafka_conf_set (bed->conf, "batch.num.messages", "3");
  bed_start (bed, 1000);
  wait_for_event (bed, KAFKA_EVENT_REACHABLE, 1);
  rd_kafka_mock_broker_set_rtt (bed->cluster, 1, 200);
  for (guint i = 0; i < n_partitions; i++)
    rd_kafka_mock_push_request_errors (bed->cluster, PRODUCE, 1, error);
}

/* Pushes 0, 1, 2 ... n-1 a few at a time, so that a batch goes out while another
 * one is not answered yet. */
static void
push_steadily (Bed * bed, guint n)
{
  for (guint i = 0; i < n; i += 10) {
    push (bed, i, i + 10);
    kafka_producer_drain (bed->producer,
        g_get_monotonic_time () + 50 * G_TIME_SPAN_MILLISECOND);
  }
  rd_kafka_mock_broker_set_rtt (bed->cluster, 1, 0);
  assert_drains (bed);
}

/* Of a partition whose leader is not ready yet, librdkafka would take the first
 * batch for persisted when the second one is */
static void
test_order_first_batch_is_not_lost (void)
{
  Bed bed;

  open_slow (&bed, 1, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  push_steadily (&bed, 100);
  g_assert_cmpuint (stats_of (&bed).acknowledged, ==, 100);
  assert_broker_has (&bed, 100);
  bed_close (&bed);
}

static void
test_order_first_batch_is_not_overtaken (void)
{
  Bed bed;
  KafkaStats stats;

  open_slow (&bed, 1, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  push_steadily (&bed, 100);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 100);
  g_assert_cmpuint (stats.maybe_duplicated, ==, 0);
  assert_broker_has (&bed, 100);
  bed_close (&bed);
}

static void
test_order_records_without_key_are_not_lost (void)
{
  Bed bed;
  guint n = 0;

  open_slow (&bed, 7, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  push_steadily (&bed, 200);
  for (guint i = 0; i < 7; i++)
    n += count_records (&bed, i);
  g_assert_cmpuint (n, ==, 200);
  bed_close (&bed);
}

typedef struct
{
  guint n_acknowledged;
  guint n_refused;
  guint n_returned;             /* and not persisted */
} Reports;

static void
on_accepted (KafkaRecord ** records, guint n, gpointer data)
{
  ((Reports *) data)->n_acknowledged += n;
  for (guint i = 0; i < n; i++)
    kafka_record_free (records[i]);
}

static void
on_report (KafkaRecord * record, rd_kafka_resp_err_t err,
    rd_kafka_msg_status_t status, gpointer data)
{
  Reports *reports = data;

  if (err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
    reports->n_refused++;
  else if (status == RD_KAFKA_MSG_STATUS_NOT_PERSISTED)
    reports->n_returned++;
  kafka_record_free (record);
}

static void
on_error (rd_kafka_resp_err_t err, const char *reason, gboolean fatal,
    gpointer data)
{
}

static void
on_statistics (const char *json, gsize size, gpointer data)
{
}

static void
on_throttled (const char *broker, int ms, gpointer data)
{
}

static const KafkaClientCallbacks callbacks = {
  on_accepted, on_report, on_error, on_statistics, on_throttled
};

/* A record whose key puts it into @partition of @n */
static KafkaRecord *
keyed (guint partition, guint n)
{
  char key[] = "a";

  while (rd_kafka_msg_partitioner_murmur2_random (NULL, key, 1, n, NULL, NULL)
      != (gint32) partition)
    key[0]++;
  return numbered_with_key (partition, key);
}

/* As the worker does. Returns: how many are handed over now */
static guint
send_held (KafkaClient * client)
{
  KafkaRecord *record;
  guint n;

  kafka_partitions_hurry (client->partitions);
  for (n = 0; (record = take_record (client->partitions)); n++)
    g_assert_cmpint (kafka_client_send (client, record), ==, 0);
  return n;
}

static guint
send_new (KafkaClient * client, KafkaRecord * record)
{
  g_assert_true (hold_record (client->partitions, record));
  return send_held (client);
}

static KafkaClient *
open_client (Bed * bed, Reports * reports, guint n_partitions)
{
  const KafkaClientOptions options = {.patience = 1,.view_ms = 1000 };
  KafkaClient *client;

  bed_open (bed, 1, n_partitions);
  kafka_conf_set (bed->conf, "linger.ms", "1000");
  client = kafka_client_new (bed->conf, &options, TOPIC, &callbacks, reports,
      NULL);
  while (kafka_client_ask_topic (client, 1000) != KAFKA_TOPIC_AVAILABLE);
  g_assert_cmpuint (send_new (client, numbered (0)), ==, 1);
  return client;
}

/* Its partition has acknowledged @record. */
static void
prove (KafkaPartitions * partitions, KafkaRecord * record)
{
  g_assert_true (hold_record (partitions, record));
  kafka_partitions_hurry (partitions);
  g_assert_true (take_record (partitions) == record);
  g_assert_null (take_record (partitions));
  kafka_partitions_acknowledged (partitions, &record, 1);
  kafka_record_free (record);
}

static void
test_order_first_record_travels_alone (void)
{
  Bed bed;
  Reports reports = { 0 };
  KafkaClient *client = open_client (&bed, &reports, 1);

  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (send_new (client, keyed (0, 1)), ==, 0);
  while (reports.n_acknowledged == 0)
    kafka_client_flush (client, 100);
  g_assert_cmpuint (send_held (client), ==, 2);
  while (reports.n_acknowledged < 3)
    kafka_client_flush (client, 100);
  g_assert_cmpuint (count_records (&bed, 0), ==, 3);
  kafka_client_free (client);
  bed_close (&bed);
}

/* The number of partitions changes between the choice and librdkafka's question. */
static void
test_order_new_number_of_partitions_keeps_the_order (void)
{
  Bed bed;
  Reports reports = { 0 };
  KafkaClient *client = open_client (&bed, &reports, 2);
  KafkaPartitions *partitions = client->partitions;
  const gint32 leaders[3] = { 1, 1, 1 };
  KafkaRecord *records[3], *taken[9];
  gint64 until_us;

  while (reports.n_acknowledged == 0)
    kafka_client_flush (client, 100);
  kafka_partitions_set_leaders (partitions, leaders, 3);
  prove (partitions, keyed (2, 3));
  for (guint i = 0; i < 3; i++) {
    records[i] = keyed (2, 3);
    g_assert_true (hold_record (partitions, records[i]));
  }
  kafka_partitions_hurry (partitions);
  g_assert_cmpuint (kafka_partitions_take (partitions, taken, 9,
          &until_us), ==, 3);
  g_assert_cmpmem (taken, 3 * sizeof (*taken), records, sizeof (records));
  g_assert_cmpint (kafka_client_send (client, records[0]), ==,
      RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);
  kafka_partitions_untake (partitions, taken, 3);
  for (guint i = 0; i < 3; i++) {
    kafka_partitions_hurry (partitions);
    g_assert_true (take_record (partitions) == records[i]);
    g_assert_cmpint (records[i]->partition, <, 2);
    g_assert_cmpint (kafka_client_send (client, records[i]), ==, 0);
    while (reports.n_acknowledged < i + 2)
      kafka_client_flush (client, 100);
  }
  g_assert_null (take_record (partitions));
  g_assert_cmpuint (count_records (&bed, 0) + count_records (&bed, 1), ==, 4);
  kafka_client_free (client);
  bed_close (&bed);
}

/* However late the worker sees the report of the batch that was refused */
static void
test_order_nothing_is_sent_behind_a_refusal (void)
{
  Bed bed;
  Reports reports = { 0 };
  KafkaClient *client = open_client (&bed, &reports, 1);
  KafkaRecord *records[100];
  guint n = 1;

  while (reports.n_acknowledged == 0)
    kafka_client_flush (client, 100);

  rd_kafka_mock_broker_set_rtt (bed.cluster, 1, 200);
  rd_kafka_mock_push_request_errors (bed.cluster, PRODUCE, 1,
      RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  for (; n <= 100; n++)
    g_assert_true (hold_record (client->partitions, numbered (n)));
  kafka_partitions_hurry (client->partitions);
  for (guint i = 0; i < 100; i++)
    records[i] = take_record (client->partitions);
  for (guint i = 0; i < 100; i++) {
    g_assert_cmpint (kafka_client_send (client, records[i]), ==, 0);
    /* ten go out, and the others of the batch behind them */
    if (i == 9)
      kafka_client_flush (client, 50);
  }
  /* until librdkafka has sent all that it is going to */
  kafka_client_flush (client, 1000);
  rd_kafka_purge (client->rk, RD_KAFKA_PURGE_F_QUEUE |
      RD_KAFKA_PURGE_F_INFLIGHT);
  while (reports.n_acknowledged + reports.n_refused + reports.n_returned < n)
    kafka_client_poll (client, 100);
  g_assert_cmpuint (reports.n_acknowledged, ==, 1);
  g_assert_cmpuint (reports.n_refused, ==, 10);
  rd_kafka_mock_broker_set_rtt (bed.cluster, 1, 0);
  assert_broker_has (&bed, 1);
  kafka_client_free (client);
  bed_close (&bed);
}

/* More than goes into one batch, so that it is held back and goes on many times */
static void
test_order_backlog_stays_in_order (void)
{
  Bed bed;

  bed_open (&bed, 1, 1);
  kafka_conf_set (bed.conf, "linger.ms", "1");
  /* librdkafka's queue is not the one that counts */
  kafka_conf_set (bed.conf, "queue.buffering.max.messages", "1");
  bed_start (&bed, 100000);
  for (guint i = 0; i < 30000; i++) {
    kafka_producer_push (bed.producer, numbered_with_key (i, "k"), TRUE);
  }
  assert_drains (&bed);
  g_assert_cmpuint (stats_of (&bed).restarts, ==, 0);
  assert_broker_has (&bed, 30000);
  bed_close (&bed);
}

static void
test_order_silent_partition_holds_up_no_other (void)
{
  Bed bed;

  bed_open (&bed, 2, 2);
  for (guint i = 0; i < 2; i++)
    rd_kafka_mock_partition_set_leader (bed.cluster, TOPIC, i, i + 1);
  bed_start (&bed, 1000);
  wait_for_event (&bed, KAFKA_EVENT_REACHABLE, 1);
  rd_kafka_mock_broker_set_rtt (bed.cluster, 2, 2 * PATIENCE_US / 1000);
  kafka_producer_push (bed.producer, keyed (1, 2), TRUE);
  /* one after the other, each when the one before has arrived */
  for (guint n = 1; n <= 20; n++) {
    kafka_producer_push (bed.producer, keyed (0, 2), TRUE);
    kafka_producer_push (bed.producer, keyed (1, 2), TRUE);
    wait_until_acknowledged (&bed, n);
  }
  g_assert_cmpuint (count_records (&bed, 0), ==, 20);
  rd_kafka_mock_broker_set_rtt (bed.cluster, 2, 0);
  rd_kafka_mock_broker_set_down (bed.cluster, 2);
  rd_kafka_mock_broker_set_up (bed.cluster, 2);
  assert_drains (&bed);
  bed_close (&bed);
}

/* A batch that librdkafka has sent takes no more records, however long handing over takes: what
 * is refused could be overtaken by them. */
static void
test_order_one_batch_is_out (void)
{
  Bed bed;

  bed_open (&bed, 1, 1);
  /* the mock cluster does not refuse what comes behind a batch that it has refused */
  kafka_conf_set (bed.conf, "max.in.flight.requests.per.connection", "1");
  /* all that is pushed goes together when it is to drain */
  kafka_conf_set (bed.conf, "linger.ms", "60000");
  kafka_conf_set (bed.conf, "retry.backoff.ms", "5");
  bed_start (&bed, 100000);
  /* batches grow */
  push (&bed, 0, 20000);
  assert_drains (&bed);
  for (guint i = 5; i < 15; i++) {
    rd_kafka_mock_push_request_errors (bed.cluster, PRODUCE, 1,
        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
    push (&bed, 4000 * i, 4000 * (i + 1));
    assert_drains (&bed);
  }
  g_assert_cmpuint (stats_of (&bed).acknowledged, ==, 60000);
  assert_broker_has (&bed, 60000);
  bed_close (&bed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/order/first-batch-is-not-lost",
      test_order_first_batch_is_not_lost);
  g_test_add_func ("/order/first-batch-is-not-overtaken",
      test_order_first_batch_is_not_overtaken);
  g_test_add_func ("/order/records-without-key-are-not-lost",
      test_order_records_without_key_are_not_lost);
  g_test_add_func ("/order/first-record-travels-alone",
      test_order_first_record_travels_alone);
  g_test_add_func ("/order/backlog-stays-in-order",
      test_order_backlog_stays_in_order);
  g_test_add_func ("/order/silent-partition-holds-up-no-other",
      test_order_silent_partition_holds_up_no_other);
  g_test_add_func ("/order/new-number-of-partitions-keeps-the-order",
      test_order_new_number_of_partitions_keeps_the_order);
  g_test_add_func ("/order/nothing-is-sent-behind-a-refusal",
      test_order_nothing_is_sent_behind_a_refusal);
  g_test_add_func ("/order/one-batch-is-out", test_order_one_batch_is_out);
  return g_test_run ();
}
