/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* KafkaProducer when brokers refuse what is nobody's fault, or every record */

#include <string.h>

#include "bed.h"

#define INIT_PRODUCER_ID 22

static void
refuse (Bed * bed, gint16 api, guint n, rd_kafka_resp_err_t err)
{
  for (guint i = 0; i < n; i++)
    rd_kafka_mock_push_request_errors (bed->cluster, api, 1, err);
}

static void
test_refusals_compression_costs_no_record (gconstpointer data)
{
  const rd_kafka_resp_err_t err = GPOINTER_TO_INT (data);
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  refuse (&bed, PRODUCE, 1, err);
  bed_start (&bed, 100000);
  push (&bed, 0, 500);
  assert_drains (&bed);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 500);
  g_assert_cmpuint (stats.restarts, ==, 1);
  g_assert_cmpuint (stats.maybe_duplicated, ==, 0);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_COMPRESSION], ==, 1);
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_COMPRESSION],
          "set compression.type"));
  g_assert_cmpuint (bed.told[KAFKA_EVENT_STALLED], ==, 0);
  assert_broker_has (&bed, 500);
  bed_close (&bed);
}

/* Neither lz4 nor none: the message format is too old. */
static void
test_refusals_message_format_is_waited_for (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  refuse (&bed, PRODUCE, 10, RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT);
  bed_start (&bed, 100000);
  push (&bed, 0, 50);
  wait_for_event (&bed, KAFKA_EVENT_STALLED, 1);
  g_assert_cmpstr (bed.cause, ==, "message-format");
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_STALLED],
          "message format of topic 't' is too old for headers"));
  /* nothing is thrown away, and nothing more is tried for a while */
  g_assert_cmpint (kafka_producer_drain (bed.producer,
          g_get_monotonic_time () + 3 * G_TIME_SPAN_SECOND), ==,
      KAFKA_DRAIN_TIMED_OUT);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.in_flight, ==, 50);
  g_assert_cmpuint (stats.restarts, ==, 2);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_COMPRESSION], ==, 1);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_STALLED], ==, 1);
  bed_close (&bed);
}

/* What a broker says to every record when the host's clock is ahead */
static void
test_refusals_of_every_record_need_few_clients (void)
{
  enum
  { N_REFUSED = 1000 };
  Bed bed;
  KafkaStats stats;
  gint64 began_us;

  bed_open (&bed, 1, 4);
  refuse (&bed, PRODUCE, N_REFUSED, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP);
  bed_start (&bed, 100000);
  began_us = g_get_monotonic_time ();
  push (&bed, 0, N_REFUSED + 500);
  assert_drains (&bed);
  stats = stats_of (&bed);
  g_test_message ("%.0f records/s", stats.enqueued * 1e6
      / (g_get_monotonic_time () - began_us));
  /* those that made up the first batches were refused twice */
  g_assert_cmpuint (stats.failed[KAFKA_FAILURE_TIMESTAMP], >, N_REFUSED / 2);
  g_assert_cmpuint (stats.acknowledged + stats.failed[KAFKA_FAILURE_TIMESTAMP],
      ==, stats.enqueued);
  /* one by one, and back */
  g_assert_cmpuint (stats.restarts, <=, 2);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_RESTART], ==, 1);
  bed_close (&bed);
}

/* A record that is refused here and there costs two clients once, not each time. */
static void
test_refusals_here_and_there_need_few_clients (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  kafka_conf_set (bed.conf, "linger.ms", "1");
  bed_start (&bed, 100000);
  for (guint i = 0; i < 20; i++) {
    push (&bed, 200 * i, 200 * (i + 1));
    assert_drains (&bed);
    /* in a batch, of which it could be any; or alone, which is the end of it */
    refuse (&bed, PRODUCE, 1, RD_KAFKA_RESP_ERR_INVALID_RECORD);
    push (&bed, 999999, 1000000);
    assert_drains (&bed);
  }
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged + stats.failed[KAFKA_FAILURE_REFUSED],
      ==, 4020);
  g_assert_cmpuint (stats.acknowledged, >=, 4000);
  g_assert_cmpuint (stats.failed[KAFKA_FAILURE_REFUSED], >, 10);
  /* to single mode and back, for 100, 200 and 400 in a row */
  g_assert_cmpuint (stats.restarts, <=, 6);
  g_assert_cmpuint (count_records (&bed, 0), ==, stats.acknowledged);
  bed_close (&bed);
}

/* Nor does a drain tell of each one. */
static void
test_refusals_in_a_drain_are_told_together (void)
{
  Bed bed;

  bed_open (&bed, 1, 4);
  refuse (&bed, PRODUCE, 400, RD_KAFKA_RESP_ERR_INVALID_RECORD);
  bed_start (&bed, 100000);
  push (&bed, 0, 300);
  assert_drains (&bed);
  g_assert_cmpuint (bed.n_failed, ==,
      stats_of (&bed).failed[KAFKA_FAILURE_REFUSED]);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_RECORD_FAILED], <, 30);
  bed_close (&bed);
}

static void
test_refusals_of_times_name_the_clock (void)
{
  Bed bed;
  KafkaRecord *record = numbered (0);

  bed_open (&bed, 1, 1);
  refuse (&bed, PRODUCE, 2, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP);
  bed_start (&bed, 100000);
  record->content.timestamp_ms = g_get_real_time () / 1000 + 1000;
  kafka_producer_push (bed.producer, record, TRUE);
  assert_drains (&bed);
  g_test_message ("%s", bed.texts[KAFKA_EVENT_RECORD_FAILED]);
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_RECORD_FAILED],
          "as too far ahead (message.timestamp.after.max.ms"));
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_RECORD_FAILED], "clock"));
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_RECORD_FAILED],
          "timestamp=broker"));

  refuse (&bed, PRODUCE, 2, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP);
  record = numbered (1);
  record->content.timestamp_ms = 1000000000000;
  kafka_producer_push (bed.producer, record, TRUE);
  assert_drains (&bed);
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_RECORD_FAILED],
          "2001-09-09T01:46:40Z, as too far behind"
          " (message.timestamp.before.max.ms"));

  /* a record without time gets the host's */
  refuse (&bed, PRODUCE, 2, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP);
  push (&bed, 2, 3);
  assert_drains (&bed);
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_RECORD_FAILED],
          "as too far ahead"));
  bed_close (&bed);
}

/* The user's only topic is taken from it: the next client gets no producer id. */
static void
test_refusals_of_permission_are_waited_for (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  bed_start (&bed, 100000);
  push (&bed, 0, 10);
  assert_drains (&bed);
  refuse (&bed, PRODUCE, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  refuse (&bed, INIT_PRODUCER_ID, 2,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
  push (&bed, 10, 20);
  assert_drains (&bed);
  wait_for_event (&bed, KAFKA_EVENT_TOPIC_AVAILABLE, 1);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.acknowledged, ==, 20);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_TOPIC_FORBIDDEN], ==, 1);
  g_assert_cmpuint (bed.told[KAFKA_EVENT_ERROR], ==, 0);
  assert_broker_has (&bed, 20);
  bed_close (&bed);
}

static void
test_refusals_of_permission_end_what_never_had_it (void)
{
  Bed bed;

  bed_open (&bed, 1, 1);
  refuse (&bed, INIT_PRODUCER_ID, 1,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
  bed_start (&bed, 100000);
  wait_for_event (&bed, KAFKA_EVENT_ERROR, 1);
  g_assert_error (bed.error, KAFKA_ERROR, KAFKA_ERROR_FORBIDDEN);
  g_assert_nonnull (strstr (bed.error->message, "WRITE on topic 't'"));
  g_assert_nonnull (strstr (bed.error->message, "IDEMPOTENT_WRITE"));
  bed_close (&bed);
}

static void
test_refusals_for_want_of_room_are_told (void)
{
  Bed bed;
  KafkaStats stats;

  bed_open (&bed, 1, 1);
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_start (&bed, 10);
  for (guint i = 0; i < 25; i++)
    kafka_producer_push (bed.producer, numbered (i), FALSE);
  wait_for_event (&bed, KAFKA_EVENT_DROPPED, 1);
  stats = stats_of (&bed);
  g_assert_cmpuint (stats.dropped, ==, 15);
  g_assert_cmpuint (stats.in_flight, ==, 10);
  g_assert_nonnull (strstr (bed.texts[KAFKA_EVENT_DROPPED], "dropped"));
  bed_close (&bed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/refusals/compression-of-event-hubs-costs-no-record",
      GINT_TO_POINTER (RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT),
      test_refusals_compression_costs_no_record);
  g_test_add_data_func ("/refusals/compression-costs-no-record",
      GINT_TO_POINTER (RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE),
      test_refusals_compression_costs_no_record);
  g_test_add_func ("/refusals/message-format-is-waited-for",
      test_refusals_message_format_is_waited_for);
  g_test_add_func ("/refusals/of-every-record-need-few-clients",
      test_refusals_of_every_record_need_few_clients);
  g_test_add_func ("/refusals/here-and-there-need-few-clients",
      test_refusals_here_and_there_need_few_clients);
  g_test_add_func ("/refusals/in-a-drain-are-told-together",
      test_refusals_in_a_drain_are_told_together);
  g_test_add_func ("/refusals/of-times-name-the-clock",
      test_refusals_of_times_name_the_clock);
  g_test_add_func ("/refusals/of-permission-are-waited-for",
      test_refusals_of_permission_are_waited_for);
  g_test_add_func ("/refusals/of-permission-end-what-never-had-it",
      test_refusals_of_permission_end_what_never_had_it);
  g_test_add_func ("/refusals/for-want-of-room-are-told",
      test_refusals_for_want_of_room_are_told);
  return g_test_run ();
}
