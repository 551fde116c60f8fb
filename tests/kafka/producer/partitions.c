/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which partition a record goes to and when, without brokers */

#include <string.h>
#include <time.h>

#include "kafkaconf.h"
#include "kafkapartitions.h"
#include "records.h"

#define N 50

static gint64 later_us;

/* The one that kafkapartitions.c is linked with */
gint64
g_get_monotonic_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_TIME_SPAN_SECOND + now.tv_nsec / 1000 + later_us;
}

/* Batches of two, which are open until they are full, or for @linger_ms */
static KafkaPartitions *
open_lingering (rd_kafka_conf_t ** rk_conf, gint32 n, const char *linger_ms)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new ();
  const KafkaPace fast = {.batch_bytes = G_MAXSIZE };
  KafkaPartitions *partitions;

  kafka_conf_set (conf, "bootstrap.servers", "localhost:9");
  kafka_conf_set (conf, "linger.ms", linger_ms);
  kafka_conf_set (conf, "sticky.partitioning.linger.ms", "900000");
  kafka_conf_set (conf, "batch.num.messages", "2");
  kafka_conf_set (conf, "batch.size", "100000");
  *rk_conf = kafka_conf_build (conf, NULL);
  partitions = kafka_partitions_new (*rk_conf);
  kafka_partitions_set_pace (partitions, &fast);
  kafka_partitions_set_count (partitions, n);
  return partitions;
}

static KafkaPartitions *
open_partitions (rd_kafka_conf_t ** rk_conf, gint32 n)
{
  return open_lingering (rk_conf, n, "900000");
}

static KafkaRecord *
record_of (gint32 partition, gint32 n, gsize size)
{
  g_autofree char *key = NULL;

  if (partition < 0)
    return record_with (size, NULL);
  do {
    g_free (key);
    key = g_strdup_printf ("%u", g_random_int ());
  } while (rd_kafka_msg_partitioner_murmur2_random (NULL, key, strlen (key), n,
          NULL, NULL) != partition);
  return record_with (size, key);
}

static void
report (KafkaPartitions * partitions, KafkaRecord * record,
    gboolean acknowledged)
{
  if (acknowledged)
    kafka_partitions_acknowledged (partitions, &record, 1);
  else
    kafka_partitions_reported (partitions, record);
  g_assert_cmpint (record->partition, ==, -1);
  kafka_record_free (record);
}

/* Sends one record to every partition, so that its batches may be larger. */
static void
prove (KafkaPartitions * partitions)
{
  KafkaRecord *records[N];

  for (guint i = 0; i < N; i++) {
    records[i] = record_of (i, N, 1);
    g_assert_false (kafka_partitions_are_busy (partitions));
    g_assert_cmpint (kafka_partitions_admit (partitions, records[i]), ==,
        KAFKA_ADMITTED);
    g_assert_cmpint (records[i]->partition, ==, i);
  }
  g_assert_true (kafka_partitions_are_busy (partitions));
  for (guint i = 0; i < N; i++)
    report (partitions, records[i], TRUE);
  g_assert_false (kafka_partitions_are_busy (partitions));
}

static void
test_partitions_hold_records_and_give_them_all_in_order (void)
{
  rd_kafka_conf_t *conf;
  KafkaPartitions *partitions = open_partitions (&conf, N);
  KafkaRecord *sent[N][2], *held[N][5], *record;
  guint n_taken[N] = { 0 };

  prove (partitions);
  for (guint i = 0; i < 2 * N; i++) {
    g_assert_false (kafka_partitions_are_busy (partitions));
    record = sent[i % N][i / N] = record_of (i % N, N, 1);
    g_assert_cmpint (kafka_partitions_admit (partitions, record), ==,
        KAFKA_ADMITTED);
  }
  g_assert_true (kafka_partitions_are_busy (partitions));
  for (guint i = 0; i < 5 * N; i++) {
    record = held[i % N][i / N] = record_of (i % N, N, 1);
    g_assert_cmpint (kafka_partitions_admit (partitions, record), ==,
        KAFKA_HELD_BACK);
  }
  g_assert_null (kafka_partitions_take_held (partitions));

  /* a batch is over when all of it is reported */
  for (guint i = 0; i < N; i++)
    report (partitions, sent[i][0], TRUE);
  g_assert_null (kafka_partitions_take_held (partitions));
  for (guint i = 0; i < N; i++)
    report (partitions, sent[i][1], TRUE);
  /* five are held for each partition: two, two, one */
  for (guint round = 0; round < 3; round++) {
    KafkaRecord *batch[2 * N];
    guint n = 0;

    while ((record = kafka_partitions_take_held (partitions))) {
      g_assert_true (record ==
          held[record->partition][n_taken[record->partition]++]);
      batch[n++] = record;
    }
    g_assert_cmpuint (n, ==, round < 2 ? 2 * N : N);
    g_assert_cmpint (kafka_partitions_are_busy (partitions), ==, round < 2);
    for (guint i = 0; i < n; i++)
      report (partitions, batch[i], TRUE);
  }
  kafka_partitions_free (partitions);
  rd_kafka_conf_destroy (conf);
}

/* Each partition gets its share, and what nobody has room for is left. */
static void
test_partitions_any_with_room_gets_a_record_without_key (void)
{
  rd_kafka_conf_t *conf;
  KafkaPartitions *partitions = open_partitions (&conf, N);
  KafkaRecord *records[2 * N];
  KafkaRecord *one_more = record_of (-1, N, 1);
  guint n_of[N] = { 0 };

  prove (partitions);
  for (guint i = 0; i < 2 * N; i++) {
    records[i] = record_of (-1, N, 1);
    g_assert_cmpint (kafka_partitions_admit (partitions, records[i]), ==,
        KAFKA_ADMITTED);
    n_of[records[i]->partition]++;
    /* the same one for a while */
    if (i % 2 == 1)
      g_assert_cmpint (records[i]->partition, ==, records[i - 1]->partition);
  }
  for (guint i = 0; i < N; i++)
    g_assert_cmpuint (n_of[i], ==, 2);
  g_assert_true (kafka_partitions_are_busy (partitions));
  g_assert_cmpint (kafka_partitions_admit (partitions, one_more), ==,
      KAFKA_NO_ROOM);

  for (guint i = 20; i < 22; i++)
    report (partitions, records[i], TRUE);
  g_assert_cmpint (kafka_partitions_admit (partitions, one_more), ==,
      KAFKA_ADMITTED);
  report (partitions, one_more, TRUE);
  for (guint i = 0; i < 2 * N; i++)
    if (i / 2 != 10)
      report (partitions, records[i], TRUE);
  kafka_partitions_free (partitions);
  rd_kafka_conf_destroy (conf);
}

static void
test_partitions_batch_is_closed_by_bytes (void)
{
  rd_kafka_conf_t *conf;
  KafkaPartitions *partitions = open_partitions (&conf, 1);
  KafkaRecord *first = record_of (0, 1, 1);
  KafkaRecord *large[2] = { record_of (0, 1, 60000), record_of (0, 1, 60000) };

  g_assert_cmpint (kafka_partitions_admit (partitions, first), ==,
      KAFKA_ADMITTED);
  report (partitions, first, TRUE);
  g_assert_cmpint (kafka_partitions_admit (partitions, large[0]), ==,
      KAFKA_ADMITTED);
  g_assert_false (kafka_partitions_are_busy (partitions));
  g_assert_cmpint (kafka_partitions_admit (partitions, large[1]), ==,
      KAFKA_HELD_BACK);
  g_assert_true (kafka_partitions_are_busy (partitions));
  report (partitions, large[0], TRUE);
  g_assert_true (kafka_partitions_take_held (partitions) == large[1]);
  report (partitions, large[1], TRUE);
  kafka_partitions_free (partitions);
  rd_kafka_conf_destroy (conf);
}

/* Replaces the record by one with the header. */
static void
add_header (KafkaRecord ** record, const char *name, const char *value)
{
  const KafkaHeader header = { name, value, strlen (value) };
  KafkaContent content = (*record)->content;
  KafkaRecord *with;

  content.headers = &header;
  content.n_headers = 1;
  with = kafka_record_new (&content, NULL);
  kafka_record_free (*record);
  *record = with;
}

/* Headers count, and the first record cannot be too large. */
static void
test_partitions_headers_fill_a_batch (void)
{
  rd_kafka_conf_t *conf;
  KafkaPartitions *partitions = open_partitions (&conf, 1);
  g_autofree char *value = g_strnfill (60000, 'x');
  KafkaRecord *records[4];

  for (guint i = 0; i < 4; i++) {
    records[i] = record_of (0, 1, i == 3 ? 200000 : 1);
    if (i > 0)
      add_header (&records[i], "h", value);
    g_assert_cmpint (kafka_partitions_admit (partitions, records[i]), ==,
        i == 0 ? KAFKA_ADMITTED : KAFKA_HELD_BACK);
  }
  for (guint i = 0; i < 4; i++) {
    report (partitions, records[i], TRUE);
    g_assert_true (kafka_partitions_take_held (partitions) ==
        (i < 3 ? records[i + 1] : NULL));
    g_assert_null (kafka_partitions_take_held (partitions));
  }
  kafka_partitions_free (partitions);
  rd_kafka_conf_destroy (conf);
}

static void
test_partitions_batch_is_closed_by_time (void)
{
  rd_kafka_conf_t *conf;
  KafkaPartitions *partitions = open_lingering (&conf, N, "0");
  const gint64 deadline_us = g_get_monotonic_time ()
      + 30 * G_TIME_SPAN_SECOND;
  KafkaRecord *records[N], *late;

  prove (partitions);
  for (guint i = 0; i < N; i++) {
    records[i] = record_of (i, N, 1);
    g_assert_cmpint (kafka_partitions_admit (partitions, records[i]), ==,
        KAFKA_ADMITTED);
  }
  while (!kafka_partitions_are_busy (partitions))
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
  late = record_of (7, N, 1);
  g_assert_cmpint (kafka_partitions_admit (partitions, late), ==,
      KAFKA_HELD_BACK);
  for (guint i = 0; i < N; i++) {
    g_assert_null (kafka_partitions_take_held (partitions));
    report (partitions, records[(8 + i) % N], TRUE);
  }
  g_assert_true (kafka_partitions_take_held (partitions) == late);
  report (partitions, late, TRUE);
  kafka_partitions_free (partitions);
  rd_kafka_conf_destroy (conf);
}

/* Partitions are added: what is held for a key stays in order, and goes where the
 * key goes from now on. */
static void
test_partitions_new_ones_get_what_is_held (void)
{
  rd_kafka_conf_t *conf;
  KafkaPartitions *partitions = open_partitions (&conf, 1);
  KafkaRecord *first = record_of (0, 1, 1), *record;
  KafkaRecord *held[2 * N];
  guint n = 0;

  g_assert_cmpint (kafka_partitions_admit (partitions, first), ==,
      KAFKA_ADMITTED);
  for (guint i = 0; i < 2 * N; i++) {
    held[i] = record_of (i % N, N, 1);
    g_assert_cmpint (kafka_partitions_admit (partitions, held[i]), ==,
        KAFKA_HELD_BACK);
  }
  kafka_partitions_set_count (partitions, N);
  while ((record = kafka_partitions_take_held (partitions))) {
    g_assert_true (record == held[record->partition]);
    n++;
  }
  /* the first one of each is alone, and one has a batch out already */
  g_assert_cmpuint (n, ==, N - 1);
  report (partitions, first, FALSE);
  g_assert_true (kafka_partitions_take_held (partitions) == held[0]);
  g_assert_null (kafka_partitions_take_held (partitions));
  for (guint i = 0; i < N; i++)
    report (partitions, held[i], TRUE);
  for (n = N; (record = kafka_partitions_take_held (partitions)); n++) {
    g_assert_true (record == held[N + record->partition]);
    report (partitions, record, TRUE);
  }
  g_assert_cmpuint (n, ==, 2 * N);
  kafka_partitions_free (partitions);
  rd_kafka_conf_destroy (conf);
}

static void
assert_first_alone (KafkaPartitions * partitions, gboolean alone)
{
  KafkaRecord *first = record_of (0, 1, 1);
  KafkaRecord *second = record_of (0, 1, 1);

  g_assert_cmpint (kafka_partitions_admit (partitions, first), ==,
      KAFKA_ADMITTED);
  g_assert_cmpint (kafka_partitions_admit (partitions, second), ==,
      alone ? KAFKA_HELD_BACK : KAFKA_ADMITTED);
  report (partitions, first, TRUE);
  if (alone)
    g_assert_true (kafka_partitions_take_held (partitions) == second);
  report (partitions, second, TRUE);
}

/* What a partition knows of the client: brokers forget it after a day without
 * records, and a topic that is made again has nothing of it. */
static void
test_partitions_are_proven_for_half_a_day (void)
{
  rd_kafka_conf_t *conf;
  KafkaPartitions *partitions = open_partitions (&conf, 1);
  KafkaRecord *refused = record_of (0, 1, 1);

  assert_first_alone (partitions, TRUE);
  assert_first_alone (partitions, FALSE);
  later_us += 11 * G_TIME_SPAN_HOUR;
  assert_first_alone (partitions, FALSE);
  later_us += 13 * G_TIME_SPAN_HOUR;
  assert_first_alone (partitions, TRUE);
  assert_first_alone (partitions, FALSE);

  g_assert_cmpint (kafka_partitions_admit (partitions, refused), ==,
      KAFKA_ADMITTED);
  report (partitions, refused, FALSE);
  assert_first_alone (partitions, TRUE);

  kafka_partitions_set_count (partitions, 2);
  kafka_partitions_set_count (partitions, 1);
  assert_first_alone (partitions, TRUE);
  kafka_partitions_free (partitions);
  rd_kafka_conf_destroy (conf);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/partitions/hold-records-and-give-them-all-in-order",
      test_partitions_hold_records_and_give_them_all_in_order);
  g_test_add_func ("/partitions/any-with-room-gets-a-record-without-key",
      test_partitions_any_with_room_gets_a_record_without_key);
  g_test_add_func ("/partitions/batch-is-closed-by-bytes",
      test_partitions_batch_is_closed_by_bytes);
  g_test_add_func ("/partitions/headers-fill-a-batch",
      test_partitions_headers_fill_a_batch);
  g_test_add_func ("/partitions/batch-is-closed-by-time",
      test_partitions_batch_is_closed_by_time);
  g_test_add_func ("/partitions/new-ones-get-what-is-held",
      test_partitions_new_ones_get_what_is_held);
  g_test_add_func ("/partitions/are-proven-for-half-a-day",
      test_partitions_are_proven_for_half_a_day);
  return g_test_run ();
}
