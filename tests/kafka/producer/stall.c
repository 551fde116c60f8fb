/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* KafkaProducer when a record neither moves nor fails: the user learns why */

#include <string.h>

#include "bed.h"

#define STALL_MS 500

static void
assert_text (Bed * bed, KafkaEventType type, const char *part)
{
  g_mutex_lock (&bed->lock);
  if (!strstr (bed->texts[type], part))
    g_error ("no '%s' in '%s'", part, bed->texts[type]);
  g_mutex_unlock (&bed->lock);
}

/* Until the cause is the one that is expected: before there are statistics, it can be
 * another one. */
static void
wait_for_cause (Bed * bed, const char *cause)
{
  gboolean found = FALSE;

  for (guint n = 1; !found; n++) {
    wait_for_event (bed, KAFKA_EVENT_STALLED, n);
    g_mutex_lock (&bed->lock);
    found = g_strcmp0 (bed->cause, cause) == 0;
    g_test_message ("%s", bed->texts[KAFKA_EVENT_STALLED]);
    g_mutex_unlock (&bed->lock);
  }
}

static void
open_stalled (Bed * bed, guint n_brokers)
{
  bed_open (bed, n_brokers, 1);
  bed->stall_ms = STALL_MS;
  kafka_conf_set (bed->conf, "topic.metadata.refresh.interval.ms", "200");
}

static void
resume (Bed * bed, guint n)
{
  assert_drains (bed);
  wait_for_event (bed, KAFKA_EVENT_RESUMED, 1);
  g_assert_cmpuint (stats_of (bed).acknowledged, ==, n);
  assert_broker_has (bed, n);
  bed_close (bed);
}

static void
test_stall_without_leader (void)
{
  Bed bed;

  if (rd_kafka_version () >= 0x020500ff) {
    g_test_skip ("the mock cluster of this librdkafka crashes without leaders;"
        " kafka/field.py shows it");
    return;
  }
  open_stalled (&bed, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  assert_drains (&bed);
  rd_kafka_mock_partition_set_leader (bed.cluster, TOPIC, 0, -1);
  push (&bed, 10, 20);
  wait_for_cause (&bed, "leader-unknown");
  assert_text (&bed, KAFKA_EVENT_STALLED, "partition 0 of topic 't' has no");
  rd_kafka_mock_partition_set_leader (bed.cluster, TOPIC, 0, 1);
  resume (&bed, 20);
}

static void
test_stall_with_a_leader_that_is_away (void)
{
  Bed bed;

  open_stalled (&bed, 2);
  rd_kafka_mock_partition_set_leader (bed.cluster, TOPIC, 0, 2);
  kafka_conf_set (bed.conf, "reconnect.backoff.max.ms", "200");
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  assert_drains (&bed);
  rd_kafka_mock_broker_set_down (bed.cluster, 2);
  push (&bed, 10, 20);
  wait_for_cause (&bed, "leader-unreachable");
  assert_text (&bed, KAFKA_EVENT_STALLED, "broker 2");
  g_assert_cmpuint (stats_of (&bed).restarts, ==, 0);
  rd_kafka_mock_broker_set_up (bed.cluster, 2);
  resume (&bed, 20);
}

static void
test_stall_with_no_broker (void)
{
  Bed bed;

  open_stalled (&bed, 1);
  kafka_conf_set (bed.conf, "reconnect.backoff.max.ms", "200");
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  wait_for_cause (&bed, "broker-unreachable");
  rd_kafka_mock_broker_set_up (bed.cluster, 1);
  resume (&bed, 10);
}

static void
test_stall_with_a_leader_that_does_not_answer (void)
{
  Bed bed;

  open_stalled (&bed, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  assert_drains (&bed);
  rd_kafka_mock_broker_set_rtt (bed.cluster, 1, 8000);
  push (&bed, 10, 20);
  wait_for_cause (&bed, "no-answer");
  rd_kafka_mock_broker_set_rtt (bed.cluster, 1, 0);
  resume (&bed, 20);
}

/* The leader answers, but nothing moves, and nobody knows why: a new client */
static void
test_stall_of_unknown_cause_gets_a_new_client (void)
{
  Bed bed;

  open_stalled (&bed, 1);
  kafka_conf_set (bed.conf, "retry.backoff.ms", "100");
  kafka_conf_set (bed.conf, "socket.timeout.ms", "2000");
  for (guint i = 0; i < 2000; i++)
    rd_kafka_mock_push_request_errors (bed.cluster, PRODUCE, 1,
        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  bed_start (&bed, 100000);
  /* most of the time a try is on its way */
  rd_kafka_mock_broker_set_rtt (bed.cluster, 1, 500);
  push (&bed, 0, 10);
  wait_for_event (&bed, KAFKA_EVENT_STALLED, 1);
  wait_for_event (&bed, KAFKA_EVENT_RESTART, 1);
  rd_kafka_mock_clear_request_errors (bed.cluster, PRODUCE);
  rd_kafka_mock_broker_set_rtt (bed.cluster, 1, 0);
  g_assert_cmpuint (stats_of (&bed).maybe_duplicated, ==, 0);
  resume (&bed, 10);
}

/* The leader is connected and frozen, and may have the batch: a new client would store
 * it twice. */
static void
test_stall_of_a_frozen_leader_gets_no_new_client (void)
{
  Bed bed;

  open_stalled (&bed, 1);
  bed.stall_ms = 100;
  kafka_conf_set (bed.conf, "socket.timeout.ms", "60000");
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  assert_drains (&bed);
  rd_kafka_mock_broker_set_rtt (bed.cluster, 1, 4000);
  push (&bed, 10, 20);
  wait_for_cause (&bed, "no-answer");
  /* forty times stall_ms */
  assert_drains (&bed);
  g_assert_cmpuint (stats_of (&bed).restarts, ==, 0);
  rd_kafka_mock_broker_set_rtt (bed.cluster, 1, 0);
  assert_broker_has (&bed, 20);
  bed_close (&bed);
}

/* That a record was given up is no progress. */
static void
test_stall_goes_on_where_records_expire (void)
{
  Bed bed;
  KafkaStats stats;

  open_stalled (&bed, 1);
  kafka_conf_set (bed.conf, "message.timeout.ms", "1500");
  bed_start (&bed, 100000);
  push (&bed, 0, 1);
  assert_drains (&bed);
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  push (&bed, 1, 2);
  wait_for_event (&bed, KAFKA_EVENT_STALLED, 1);
  push (&bed, 2, 10);
  wait_for_event (&bed, KAFKA_EVENT_RECORD_FAILED, 1);
  assert_drains (&bed);
  wait_for_event (&bed, KAFKA_EVENT_RESUMED, 1);
  assert_text (&bed, KAFKA_EVENT_RESUMED, "No record waits any more");
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.failed[KAFKA_FAILURE_TIMED_OUT], ==, 9);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_RESUMED], ==, 1);
  bed_close (&bed);
}

static void
test_stall_is_none_while_records_move (void)
{
  Bed bed;

  open_stalled (&bed, 1);
  bed.stall_ms = 3000;
  kafka_conf_set (bed.conf, "batch.num.messages", "5");
  bed_start (&bed, 100000);
  push (&bed, 0, 1);
  assert_drains (&bed);
  /* the last record waits for longer than stall_ms */
  rd_kafka_mock_broker_set_rtt (bed.cluster, 1, 100);
  push (&bed, 1, 300);
  assert_drains (&bed);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_STALLED], ==, 0);
  bed_close (&bed);
}

/* A record waits for others as long as the user wants. */
static void
test_stall_is_none_while_records_linger (void)
{
  Bed bed;

  open_stalled (&bed, 1);
  bed.stall_ms = 3000;
  kafka_conf_set (bed.conf, "linger.ms", "5000");
  bed_start (&bed, 100000);
  push (&bed, 0, 1);
  wait_until_acknowledged (&bed, 1);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_STALLED], ==, 0);
  bed_close (&bed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stall/without-leader", test_stall_without_leader);
  g_test_add_func ("/stall/with-a-leader-that-is-away",
      test_stall_with_a_leader_that_is_away);
  g_test_add_func ("/stall/with-no-broker", test_stall_with_no_broker);
  g_test_add_func ("/stall/with-a-leader-that-does-not-answer",
      test_stall_with_a_leader_that_does_not_answer);
  g_test_add_func ("/stall/of-unknown-cause-gets-a-new-client",
      test_stall_of_unknown_cause_gets_a_new_client);
  g_test_add_func ("/stall/of-a-frozen-leader-gets-no-new-client",
      test_stall_of_a_frozen_leader_gets_no_new_client);
  g_test_add_func ("/stall/goes-on-where-records-expire",
      test_stall_goes_on_where_records_expire);
  g_test_add_func ("/stall/is-none-while-records-move",
      test_stall_is_none_while_records_move);
  g_test_add_func ("/stall/is-none-while-records-linger",
      test_stall_is_none_while_records_linger);
  return g_test_run ();
}
