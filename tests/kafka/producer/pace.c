/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How large batches are on links of any speed, without brokers */

#include "kafkapace.h"

#define TIMEOUT_US (10 * G_TIME_SPAN_SECOND)
#define MAX_BYTES 1000000

/* Sends batches as large as they may be. Returns the longest that one was under way. */
static gint64
send_all (KafkaPace * pace, guint n, gint64 bytes_per_s, gint64 latency_us)
{
  gint64 longest_us = 0;

  for (guint i = 0; i < n; i++) {
    const gint64 us = latency_us
        + pace->batch_bytes * G_TIME_SPAN_SECOND / bytes_per_s;

    longest_us = MAX (longest_us, us);
    kafka_pace_answered (pace, pace->batch_bytes, us);
  }
  return longest_us;
}

static void
test_pace_fast_link_gets_whole_batches (void)
{
  KafkaPace pace;

  kafka_pace_init (&pace, MAX_BYTES, TIMEOUT_US);
  send_all (&pace, 10, 100000000, 1000);
  g_assert_cmpuint (pace.batch_bytes, ==, MAX_BYTES);
}

/* Brokers can take seconds to answer whatever the size: because of slow followers, or
 * of hundreds of partitions at one connection. */
static void
test_pace_far_broker_gets_whole_batches (void)
{
  KafkaPace pace;

  kafka_pace_init (&pace, MAX_BYTES, TIMEOUT_US);
  send_all (&pace, 25, 100000000, 3 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (pace.batch_bytes, ==, MAX_BYTES);
}

static void
test_pace_broker_that_becomes_slow_keeps_whole_batches (void)
{
  KafkaPace pace;

  kafka_pace_init (&pace, MAX_BYTES, TIMEOUT_US);
  send_all (&pace, 10, 100000000, 10000);
  for (guint i = 0; i < 100; i++) {
    send_all (&pace, 4, 100000000, 3 * G_TIME_SPAN_SECOND);
    send_all (&pace, 6, 100000000, 20000);
    g_assert_cmpuint (pace.batch_bytes, ==, MAX_BYTES);
  }
}

/* What waits long for other partitions is not made small for it. */
static void
test_pace_crowd_keeps_batches (void)
{
  KafkaPace pace;

  kafka_pace_init (&pace, MAX_BYTES, TIMEOUT_US);
  send_all (&pace, 1000, 100000000, 20 * G_TIME_SPAN_SECOND);
  g_assert_true (kafka_pace_is_well (&pace));
}

static void
test_pace_slow_link_is_never_cut_off (void)
{
  static const gint64 speeds[] = { 2500, 10000, 40000, 100000, 1000000 };

  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++) {
    KafkaPace pace;

    kafka_pace_init (&pace, MAX_BYTES, TIMEOUT_US);
    g_assert_cmpint (send_all (&pace, 1000, speeds[i], 50000), <, TIMEOUT_US);
    /* and it is used: no batch is sent in a moment */
    g_assert_cmpuint (pace.batch_bytes * 2, >=, MIN (speeds[i], MAX_BYTES));
  }
}

static void
test_pace_follows_the_link (void)
{
  KafkaPace pace;

  kafka_pace_init (&pace, MAX_BYTES, TIMEOUT_US);
  send_all (&pace, 20, 100000000, 1000);
  /* the batch that is under way when it becomes slow is cut off */
  kafka_pace_cut (&pace);
  g_assert_cmpint (send_all (&pace, 20, 40000, 1000), <, TIMEOUT_US);
  kafka_pace_cut (&pace);
  kafka_pace_cut (&pace);
  g_assert_false (kafka_pace_is_well (&pace));
  send_all (&pace, 20, 100000000, 1000);
  g_assert_cmpuint (pace.batch_bytes, ==, MAX_BYTES);
}

/* A broker that was frozen once is no slow link. */
static void
test_pace_recovers_from_a_pause (void)
{
  KafkaPace pace;

  kafka_pace_init (&pace, MAX_BYTES, TIMEOUT_US);
  send_all (&pace, 20, 100000000, 1000);
  kafka_pace_answered (&pace, 300, 9 * G_TIME_SPAN_SECOND);
  send_all (&pace, 12, 100000000, 1000);
  g_assert_cmpuint (pace.batch_bytes, ==, MAX_BYTES);
}

static void
test_pace_ends_somewhere (void)
{
  KafkaPace pace;
  guint n = 0;

  kafka_pace_init (&pace, MAX_BYTES, TIMEOUT_US);
  for (; kafka_pace_can_shrink (&pace); n++)
    kafka_pace_cut (&pace);
  g_assert_cmpuint (n, <, 5);
  g_assert_cmpuint (pace.batch_bytes, >, 0);

  /* one that the user set smaller */
  kafka_pace_init (&pace, 500, TIMEOUT_US);
  g_assert_false (kafka_pace_can_shrink (&pace));
  kafka_pace_cut (&pace);
  send_all (&pace, 10, 100000000, 1000);
  g_assert_cmpuint (pace.batch_bytes, ==, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pace/fast-link-gets-whole-batches",
      test_pace_fast_link_gets_whole_batches);
  g_test_add_func ("/pace/far-broker-gets-whole-batches",
      test_pace_far_broker_gets_whole_batches);
  g_test_add_func ("/pace/broker-that-becomes-slow-keeps-whole-batches",
      test_pace_broker_that_becomes_slow_keeps_whole_batches);
  g_test_add_func ("/pace/crowd-keeps-batches", test_pace_crowd_keeps_batches);
  g_test_add_func ("/pace/slow-link-is-never-cut-off",
      test_pace_slow_link_is_never_cut_off);
  g_test_add_func ("/pace/follows-the-link", test_pace_follows_the_link);
  g_test_add_func ("/pace/recovers-from-a-pause",
      test_pace_recovers_from_a_pause);
  g_test_add_func ("/pace/ends-somewhere", test_pace_ends_somewhere);
  return g_test_run ();
}
