/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* KafkaProducer when Kafka refuses what it gets: nothing is lost, nothing twice, and
 * the order stays */

#include <string.h>
#include <sys/resource.h>

#include "bed.h"
#include "records.h"

static void
test_faults_fatal_error_restarts_in_order (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 1000);
  assert_drains (&bed);
  /* what a broker says when sequence numbers do not match */
  rd_kafka_mock_push_request_errors (bed.cluster, PRODUCE, 1,
      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  push (&bed, 1000, 2000);
  assert_drains (&bed);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 2000);
  g_assert_cmpuint (stats.restarts, ==, 1);
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_RESTART], "sequence"));
  assert_broker_has (&bed, 2000);
  bed_close (&bed);
}

static void
test_faults_injected_fatal_error_loses_nothing (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 1000);
  assert_drains (&bed);
  rd_kafka_test_fatal_error (bed.producer->worker.client->rk,
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
break_client (Bed * bed, KafkaEventType type)
{
  if (type != KAFKA_EVENT_REACHABLE || bed->told[type] != 1)
    return;
  push (bed, 0, 10);
  rd_kafka_test_fatal_error (bed->producer->worker.client->rk,
      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "injected");
}

/* Records are refused with "Fatal error" before librdkafka tells which one it was. */
static void
test_faults_fatal_error_is_named_whatever_comes_first (void)
{
  Bed bed;

  bed_open (&bed, 1, 1);
  bed.on_event = break_client;
  bed_start (&bed, 100000);
  wait_for_event (&bed, KAFKA_EVENT_RESTART, 1);
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_RESTART], "injected"));
  assert_drains (&bed);
  assert_broker_has (&bed, 10);
  bed_close (&bed);
}

static void
report_next (Bed * bed, rd_kafka_resp_err_t err)
{
  KafkaProducer *producer = bed->producer;
  KafkaClient *client = producer->worker.client;
  KafkaRecord *record;

  g_mutex_lock (&producer->lock);
  record = kafka_ring_take (&producer->ring);
  kafka_ring_sent (&producer->ring, record);
  g_mutex_unlock (&producer->lock);
  client->callbacks.report (record, err, RD_KAFKA_MSG_STATUS_NOT_PERSISTED,
      client->data);
}

static void
refuse_behind_others (Bed * bed, KafkaEventType type)
{
  if (type != KAFKA_EVENT_REACHABLE || bed->told[type] != 1)
    return;
  push (bed, 0, 10);
  report_next (bed, RD_KAFKA_RESP_ERR__PURGE_QUEUE);
  report_next (bed, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  report_next (bed, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
}

/* librdkafka takes back what it has for all brokers when one refuses a batch, and
 * the reports come in any order. */
static void
test_faults_refusal_counts_whatever_comes_first (void)
{
  Bed bed;

  bed_open (&bed, 1, 1);
  bed.on_event = refuse_behind_others;
  bed_start (&bed, 100000);
  wait_for_event (&bed, KAFKA_EVENT_RESTART, 1);
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_RESTART],
          "in 0 s (Broker: Message size too large)"));
  assert_drains (&bed);
  g_assert_cmpuint (stats_of (&bed).restarts, ==, 1);
  g_assert_cmpint (bed.producer->worker.batch, ==, KAFKA_BATCH_SMALL);
  assert_broker_has (&bed, 10);
  bed_close (&bed);
}

static void
test_faults_refused_batch_arrives_in_smaller_ones (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  assert_drains (&bed);
  rd_kafka_mock_push_request_errors (bed.cluster, PRODUCE, 1,
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

/* Pushes 0 to 29, and one behind the first ten that is given up. */
static void
push_an_impossible_record (Bed * bed)
{
  KafkaStats stats;

  kafka_conf_set (bed->conf, "linger.ms", "50");
  bed_start (bed, 100000);
  push (bed, 0, 10);
  assert_drains (bed);
  /* the batch is refused, and then the first record of it alone */
  rd_kafka_mock_push_request_errors (bed->cluster, PRODUCE, 2,
      RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP);
  push (bed, 777777, 777778);
  push (bed, 10, 30);
  assert_drains (bed);
  wait_for_event (bed, KAFKA_EVENT_RECORD_FAILED, 1);
  stats = stats_of (bed);
  g_assert_cmpuint (stats.failed[KAFKA_FAILURE_TIMESTAMP], ==, 1);
  g_assert_cmpuint (stats.acknowledged, ==, 30);
}

static void
test_faults_impossible_record_is_given_up_alone (void)
{
  Bed bed;

  bed_open (&bed, 1, 1);
  push_an_impossible_record (&bed);
  g_assert_cmpuint (stats_of (&bed).maybe_duplicated, ==, 0);
  assert_broker_has (&bed, 30);
  bed_close (&bed);
}

static void
test_faults_without_idempotence_refusals_are_the_same (void)
{
  Bed bed;

  bed_open (&bed, 1, 1);
  kafka_conf_set (bed.conf, "enable.idempotence", "false");
  kafka_conf_set (bed.conf, "acks", "1");
  push_an_impossible_record (&bed);
  /* the order is not promised then */
  g_assert_cmpuint (count_records (&bed, 0), ==, 30);
  bed_close (&bed);
}

static void
test_faults_oversized_record_fails_alone (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  g_assert_cmpint (kafka_producer_push (bed.producer,
          record_with (3000000, NULL), TRUE), ==, KAFKA_PUSH_OK);
  push (&bed, 10, 20);
  assert_drains (&bed);
  wait_for_event (&bed, KAFKA_EVENT_RECORD_FAILED, 1);
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_RECORD_FAILED],
          "3000000 bytes"));
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.failed[KAFKA_FAILURE_TOO_LARGE], ==, 1);
  g_assert_cmpuint (stats.acknowledged, ==, 20);
  g_assert_cmpuint (stats.restarts, ==, 0);
  assert_broker_has (&bed, 20);
  bed_close (&bed);
}

/* Of every kind of batch, until the record is alone */
static void
refuse_one_record (Bed * bed, guint n_batches)
{
  for (guint i = 0; i < n_batches; i++)
    rd_kafka_mock_push_request_errors (bed->cluster, PRODUCE, 1,
        RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  push (bed, 0, 1);
  assert_drains (bed);
}

static void
test_faults_batches_are_large_again_after_an_oversized_record (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  bed_start (&bed, 100000);
  for (guint i = 1; i <= 2; i++) {
    refuse_one_record (&bed, 4);
    stats = stats_of (&bed);
    g_assert_cmpuint (stats.failed[KAFKA_FAILURE_TOO_LARGE], ==, i);
    /* as many as it takes until they travel together: twice as many the second time */
    push (&bed, 100 * (i - 1), 100 * (2 * i - 1));
    assert_drains (&bed);
  }
  push (&bed, 300, 310);
  assert_drains (&bed);
  stats = stats_of (&bed);
  /* each time small, tiny, one by one, and back */
  g_assert_cmpuint (stats.restarts, ==, 2 * 4);
  assert_broker_has (&bed, 310);
  bed_close (&bed);
}

static void
test_faults_every_failure_is_told_at_the_end (void)
{
  Bed bed;

  bed_open (&bed, 1, 1);
  bed_start (&bed, 100000);
  for (guint i = 1; i <= 3; i++) {
    kafka_producer_push (bed.producer, record_with (3000000, NULL), TRUE);
    assert_drains (&bed);
    g_assert_cmpuint (bed.n_failed, ==, i);
  }
  bed_close (&bed);
}

static void
test_faults_forbidden_topic_is_told_once (void)
{
  Bed bed;

  bed_open (&bed, 1, 1);
  for (guint i = 0; i < 2; i++)
    rd_kafka_mock_push_request_errors (bed.cluster, PRODUCE, 1,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  assert_drains (&bed);
  wait_for_event (&bed, KAFKA_EVENT_TOPIC_AVAILABLE, 1);
  g_assert_cmpuint (stats_of (&bed).restarts, ==, 2);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_TOPIC_FORBIDDEN], ==, 1);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_RESTART], ==, 0);
  assert_broker_has (&bed, 10);
  bed_close (&bed);
}

typedef struct
{
  Bed bed;                      /* first: what the event function gets */
  rd_kafka_resp_err_t err;
  gboolean fatal;
} FatalBed;

static void
report_errors (Bed * bed, KafkaEventType type)
{
  FatalBed *fatal_bed = (FatalBed *) bed;
  KafkaClient *client;

  if (type != KAFKA_EVENT_UNREACHABLE)
    return;
  client = bed->producer->worker.client;
  /* of logins, the second one that is refused */
  for (guint i = 0; i < 2; i++)
    client->callbacks.error (fatal_bed->err, "injected", fatal_bed->fatal,
        client->data);
}

static void
test_faults_error_that_ends_all_has_its_code (void)
{
  static const struct
  {
    rd_kafka_resp_err_t err;
    gboolean fatal;
    KafkaError code;
  } errors[] = {
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, FALSE, KAFKA_ERROR_CREDENTIALS},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, TRUE,
        KAFKA_ERROR_FORBIDDEN},
    {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, TRUE, KAFKA_ERROR_UNSUPPORTED}
  };

  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++) {
    FatalBed fatal_bed;
    Bed *bed = &fatal_bed.bed;

    bed_open (bed, 1, 1);
    rd_kafka_mock_broker_set_down (bed->cluster, 1);
    fatal_bed.err = errors[i].err;
    fatal_bed.fatal = errors[i].fatal;
    bed->on_event = report_errors;
    bed_start (bed, 100000);
    wait_for_event (bed, KAFKA_EVENT_ERROR, 1);
    g_assert_error (bed->error, KAFKA_ERROR, (int) errors[i].code);
    g_assert_cmpstr (bed->error->message, ==, bed->texts[KAFKA_EVENT_ERROR]);
    g_assert_nonnull (strstr (bed->error->message, "(injected)"));
    g_assert_cmpint (kafka_producer_drain (bed->producer, -1), ==,
        KAFKA_DRAIN_DONE);
    bed_close (bed);
    g_assert_cmpuint (bed->told[KAFKA_EVENT_ERROR], ==, 1);
  }
}

static void
test_faults_moving_leader_changes_nothing (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 3, 1);
  bed_start (&bed, 100000);
  for (guint i = 0; i < 12; i++) {
    g_assert_cmpint (rd_kafka_mock_partition_set_leader (bed.cluster, TOPIC, 0,
            1 + i % 3), ==, RD_KAFKA_RESP_ERR_NO_ERROR);
    push (&bed, 500 * i, 500 * (i + 1));
    if (i % 4 == 0)
      assert_drains (&bed);
  }
  assert_drains (&bed);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 6000);
  g_assert_cmpuint (stats.maybe_duplicated, ==, 0);
  assert_broker_has (&bed, 6000);
  bed_close (&bed);
}

static void
test_faults_passing_errors_change_nothing (void)
{
  static const rd_kafka_resp_err_t errors[] = {
    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
    RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
    RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR
  };
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  kafka_conf_set (bed.conf, "retry.backoff.ms", "10");
  bed_start (&bed, 100000);
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    rd_kafka_mock_push_request_errors (bed.cluster, PRODUCE, 3, errors[i],
        errors[i], errors[i]);
    push (&bed, 200 * i, 200 * (i + 1));
    assert_drains (&bed);
  }
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 200 * G_N_ELEMENTS (errors));
  g_assert_cmpuint (stats.maybe_duplicated, ==, 0);
  assert_broker_has (&bed, 200 * G_N_ELEMENTS (errors));
  bed_close (&bed);
}

static double
get_cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
      + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Whether the next record wakes the worker */
static gboolean
is_asleep (Bed * bed)
{
  gboolean asleep;

  g_mutex_lock (&bed->producer->lock);
  asleep = bed->producer->wake_at == 1;
  g_mutex_unlock (&bed->producer->lock);
  return asleep;
}

static void
test_faults_silent_broker_costs_nothing (void)
{
  Bed bed;
  KafkaStats stats;
  KafkaClient *client;
  gboolean any_is_idle;
  gint64 deadline_us;
  double before;

  bed_open (&bed, 1, 3);
  kafka_conf_set (bed.conf, "batch.num.messages", "10");
  bed_start (&bed, 100000);
  push (&bed, 0, 100);
  assert_drains (&bed);
  rd_kafka_mock_broker_set_rtt (bed.cluster, 1, 8000);
  before = get_cpu_seconds ();
  push (&bed, 100, 1000);
  g_assert_cmpint (kafka_producer_drain (bed.producer,
          g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND), ==,
      KAFKA_DRAIN_TIMED_OUT);
  /* a record that cannot be handed over is not worth waking for */
  client = bed.producer->worker.client;
  g_assert_cmpint (kafka_partitions_get_due (client->partitions, &any_is_idle),
      ==, G_MAXINT64);
  g_assert_false (any_is_idle);
  g_assert_false (is_asleep (&bed));
  /* librdkafka alone takes all of a core */
  g_assert_cmpfloat (get_cpu_seconds () - before, <, 2.5);
  rd_kafka_mock_broker_set_rtt (bed.cluster, 1, 0);
  assert_drains (&bed);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 1000);
  g_assert_cmpuint (stats.maybe_duplicated, ==, 0);

  /* and any other is */
  deadline_us = g_get_monotonic_time () + PATIENCE_US;
  while (!is_asleep (&bed)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    g_thread_yield ();
  }
  bed_close (&bed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/faults/fatal-error-restarts-in-order",
      test_faults_fatal_error_restarts_in_order);
  g_test_add_func ("/faults/injected-fatal-error-loses-nothing",
      test_faults_injected_fatal_error_loses_nothing);
  g_test_add_func ("/faults/fatal-error-is-named-whatever-comes-first",
      test_faults_fatal_error_is_named_whatever_comes_first);
  g_test_add_func ("/faults/refusal-counts-whatever-comes-first",
      test_faults_refusal_counts_whatever_comes_first);
  g_test_add_func ("/faults/refused-batch-arrives-in-smaller-ones",
      test_faults_refused_batch_arrives_in_smaller_ones);
  g_test_add_func ("/faults/impossible-record-is-given-up-alone",
      test_faults_impossible_record_is_given_up_alone);
  g_test_add_func ("/faults/without-idempotence-refusals-are-the-same",
      test_faults_without_idempotence_refusals_are_the_same);
  g_test_add_func ("/faults/oversized-record-fails-alone",
      test_faults_oversized_record_fails_alone);
  g_test_add_func ("/faults/batches-are-large-again-after-an-oversized-record",
      test_faults_batches_are_large_again_after_an_oversized_record);
  g_test_add_func ("/faults/every-failure-is-told-at-the-end",
      test_faults_every_failure_is_told_at_the_end);
  g_test_add_func ("/faults/forbidden-topic-is-told-once",
      test_faults_forbidden_topic_is_told_once);
  g_test_add_func ("/faults/error-that-ends-all-has-its-code",
      test_faults_error_that_ends_all_has_its_code);
  g_test_add_func ("/faults/moving-leader-changes-nothing",
      test_faults_moving_leader_changes_nothing);
  g_test_add_func ("/faults/passing-errors-change-nothing",
      test_faults_passing_errors_change_nothing);
  g_test_add_func ("/faults/silent-broker-costs-nothing",
      test_faults_silent_broker_costs_nothing);
  return g_test_run ();
}
