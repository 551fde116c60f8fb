/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which partition a record goes to and when, without brokers */

#include <string.h>
#include <time.h>

#include "kafkabatches.h"
#include "kafkaconf.h"
#include "kafkapartitions.h"
#include "records.h"

#define N 50
#define MS G_TIME_SPAN_MILLISECOND

typedef struct
{
  rd_kafka_conf_t *conf;
  KafkaPartitions *partitions;
  guint n_new;                  /* records that were held */
  GPtrArray *records;           /* of KafkaRecord, that are held or out */
} Bed;

static gint64 now_us = G_TIME_SPAN_DAY;

/* The one that the tested code is linked with: time goes by when a test says so. */
gint64
g_get_monotonic_time (void)
{
  return now_us;
}

/* All partitions have this leader. */
static void
set_count (Bed * bed, gint32 n)
{
  gint32 leaders[1000];

  for (gint32 i = 0; i < n; i++)
    leaders[i] = 1;
  kafka_partitions_set_leaders (bed->partitions, leaders, n);
}

/* @settings: (nullable): KEY=VALUE, separated by spaces, over those of the tests: batches of
 * two records, which are gathered for 10 s, and more requests than partitions */
static void
bed_open (Bed * bed, gint32 n, const char *settings)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new ();
  const KafkaPace fast = {.batch_bytes = G_MAXSIZE };
  g_auto (GStrv) pairs = g_strsplit (settings ? settings : "", " ", -1);

  kafka_conf_set (conf, "bootstrap.servers", "localhost:9");
  kafka_conf_set (conf, "linger.ms", "10000");
  kafka_conf_set (conf, "sticky.partitioning.linger.ms", "900000");
  kafka_conf_set (conf, "batch.num.messages", "2");
  kafka_conf_set (conf, "batch.size", "100000");
  kafka_conf_set (conf, "enable.idempotence", "false");
  for (guint i = 0; pairs[i]; i++) {
    char *value = strchr (pairs[i], '=');

    *value++ = '\0';
    kafka_conf_set (conf, pairs[i], value);
  }
  bed->n_new = 0;
  bed->records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) kafka_record_free);
  bed->conf = kafka_conf_build (conf, NULL);
  bed->partitions = kafka_partitions_new (bed->conf);
  kafka_partitions_set_pace (bed->partitions, &fast);
  set_count (bed, n);
}

static void
bed_close (Bed * bed)
{
  kafka_partitions_free (bed->partitions);
  rd_kafka_conf_destroy (bed->conf);
  g_ptr_array_unref (bed->records);
}

/* @partition: of @n, or -1 for a record without key */
static KafkaRecord *
record_of (gint32 partition, gint32 n, gsize size)
{
  g_autofree char *key = NULL;
  KafkaRecord *record;

  if (partition >= 0) {
    do {
      g_free (key);
      key = g_strdup_printf ("%u", g_random_int ());
    } while (rd_kafka_msg_partitioner_murmur2_random (NULL, key, strlen (key),
            n, NULL, NULL) != partition);
  }
  record = record_with (size, key);
  record->enqueued_us = now_us;
  return record;
}

/* Takes over @record. */
static void
hold_this (Bed * bed, KafkaRecord * record)
{
  g_assert_true (hold_record (bed->partitions, record));
  g_ptr_array_add (bed->records, record);
}

static KafkaRecord *
hold (Bed * bed, gint32 partition, gint32 n, gsize size)
{
  KafkaRecord *record = record_of (partition, n, size);

  hold_this (bed, record);
  return record;
}

/* Holds one that nobody has seen for so long. */
static void
hold_since (Bed * bed, gint64 since_us)
{
  KafkaRecord *record = record_of (0, 1, 1);

  record->enqueued_us -= since_us;
  hold_this (bed, record);
}

/* Takes the batch of @n records that goes now, which is all that goes. */
static void
take (Bed * bed, KafkaRecord ** records, guint n)
{
  for (guint i = 0; i < n; i++) {
    records[i] = take_record (bed->partitions);
    g_assert_nonnull (records[i]);
  }
  g_assert_null (take_record (bed->partitions));
}

static void
report (Bed * bed, KafkaRecord ** records, guint n, gboolean acknowledged)
{
  if (acknowledged)
    kafka_partitions_acknowledged (bed->partitions, records, n);
  for (guint i = 0; i < n; i++) {
    if (!acknowledged)
      kafka_partitions_reported (bed->partitions, records[i]);
    g_assert_cmpint (records[i]->partition, ==, -1);
    g_ptr_array_remove_fast (bed->records, records[i]);
  }
}

static gint64
get_wait (Bed * bed)
{
  gboolean any_is_idle;
  const gint64 due_us =
      kafka_partitions_get_due (bed->partitions, &any_is_idle);

  return due_us == G_MAXINT64 ? -1 : due_us - now_us;
}

static gboolean
any_is_idle (Bed * bed)
{
  gboolean idle;

  kafka_partitions_get_due (bed->partitions, &idle);
  return idle;
}

/* What goes from now on does not go together with what went before. */
static void
end_round (void)
{
  now_us += 10000 * MS;
}

/* Sends one record to every partition, so that its batches may be larger. */
static void
prove (Bed * bed, guint n)
{
  KafkaRecord *record;

  for (guint i = 0; i < n; i++) {
    g_assert_true (any_is_idle (bed));
    hold (bed, i, n, 1);
    take (bed, &record, 1);
    g_assert_cmpint (record->partition, ==, i);
    report (bed, &record, 1, TRUE);
    end_round ();
  }
  g_assert_cmpint (get_wait (bed), ==, -1);
}

static void
test_partitions_give_back_all_in_order (void)
{
  Bed bed;
  KafkaRecord *held[N][5], *batch[2 * N];
  guint n_taken[N] = { 0 };

  bed_open (&bed, N, NULL);
  prove (&bed, N);
  for (guint i = 0; i < 5 * N; i++)
    held[i % N][i / N] = hold (&bed, i % N, N, 1);
  g_assert_false (any_is_idle (&bed));
  /* five are held for each partition: two, two, one */
  for (guint round = 0; round < 3; round++) {
    const guint n = round < 2 ? 2 * N : N;

    if (round == 2)
      now_us += 10000 * MS;
    take (&bed, batch, n);
    for (guint i = 0; i < n; i++)
      g_assert_true (batch[i] ==
          held[batch[i]->partition][n_taken[batch[i]->partition]++]);
    /* a batch is over when all of it is reported */
    report (&bed, batch + 1, n - 1, TRUE);
    if (n > N)
      g_assert_cmpint (n_taken[batch[0]->partition], ==, 2 * round + 2);
    report (&bed, batch, 1, TRUE);
  }
  end_round ();
  g_assert_true (any_is_idle (&bed));
  bed_close (&bed);
}

static void
test_partitions_have_one_batch_out (void)
{
  Bed bed;
  KafkaRecord *out[2], *next[2];

  bed_open (&bed, 1, NULL);
  prove (&bed, 1);
  for (guint i = 0; i < 4; i++)
    hold (&bed, 0, 1, 1);
  take (&bed, out, 2);
  now_us += 20000 * MS;
  kafka_partitions_hurry (bed.partitions);
  g_assert_null (take_record (bed.partitions));
  report (&bed, out, 1, TRUE);
  g_assert_null (take_record (bed.partitions));
  g_assert_cmpint (get_wait (&bed), ==, -1);
  report (&bed, out + 1, 1, TRUE);
  take (&bed, next, 2);
  report (&bed, next, 2, TRUE);
  bed_close (&bed);
}

/* Each partition gets its share, and what nobody has room for is left. */
static void
test_partitions_any_with_room_gets_a_record_without_key (void)
{
  Bed bed;
  KafkaRecord *batch[2 * N], *next[3];
  g_autoptr (KafkaRecord) one_more = record_of (-1, N, 1);
  guint n_of[N] = { 0 };

  bed_open (&bed, N, NULL);
  prove (&bed, N);
  for (guint i = 0; i < 2 * N; i++)
    hold (&bed, -1, N, 1);
  take (&bed, batch, 2 * N);
  for (guint i = 0; i < 2 * N; i++) {
    n_of[batch[i]->partition]++;
    /* the same one for a while */
    if (i % 2 == 1)
      g_assert_cmpint (batch[i]->partition, ==, batch[i - 1]->partition);
  }
  for (guint i = 0; i < N; i++)
    g_assert_cmpuint (n_of[i], ==, 2);

  /* the one that answered last gets a batch in advance, no other */
  report (&bed, batch + 20, 2, TRUE);
  hold (&bed, -1, N, 1);
  hold (&bed, -1, N, 1);
  take (&bed, next, 2);
  hold (&bed, -1, N, 1);
  hold (&bed, -1, N, 1);
  g_assert_false (hold_record (bed.partitions, one_more));
  g_assert_null (take_record (bed.partitions));
  report (&bed, next, 2, TRUE);
  take (&bed, next, 2);
  report (&bed, next, 2, TRUE);
  for (guint i = 0; i < 2 * N; i += 2)
    if (i != 20)
      report (&bed, batch + i, 2, TRUE);
  bed_close (&bed);
}

static void
test_partitions_batch_goes_when_it_is_full_or_old (void)
{
  Bed bed;
  KafkaRecord *batch[3];

  bed_open (&bed, N, "batch.num.messages=3 batch.size=100000");
  prove (&bed, N);
  hold (&bed, 0, N, 1);
  now_us += 4000 * MS;
  hold (&bed, 1, N, 1);
  hold (&bed, 0, N, 1);
  g_assert_cmpint (get_wait (&bed), ==, 6000 * MS);
  g_assert_null (take_record (bed.partitions));
  /* by number */
  hold (&bed, 0, N, 1);
  take (&bed, batch, 3);
  report (&bed, batch, 3, TRUE);
  /* by time */
  g_assert_cmpint (get_wait (&bed), ==, 10000 * MS);
  now_us += 10000 * MS - 1;
  g_assert_null (take_record (bed.partitions));
  now_us++;
  take (&bed, batch, 1);
  report (&bed, batch, 1, TRUE);
  /* by size: what does not fit any more is the next one's */
  hold (&bed, 2, N, 60000);
  g_assert_null (take_record (bed.partitions));
  hold (&bed, 2, N, 60000);
  take (&bed, batch, 1);
  report (&bed, batch, 1, TRUE);
  g_assert_null (take_record (bed.partitions));
  /* and what waited as long as the first may goes with the next answer */
  now_us += 10000 * MS;
  take (&bed, batch, 1);
  report (&bed, batch, 1, TRUE);
  hold (&bed, 3, N, 1);
  kafka_partitions_hurry (bed.partitions);
  take (&bed, batch, 1);
  report (&bed, batch, 1, TRUE);
  bed_close (&bed);
}

/* One wake-up for many partitions */
static void
test_partitions_go_along_with_the_first (void)
{
  Bed bed;
  KafkaRecord *batch[2];

  bed_open (&bed, N, NULL);
  prove (&bed, N);
  hold (&bed, 0, N, 1);
  now_us += 5000 * MS;
  hold (&bed, 1, N, 1);
  now_us += 1;
  hold (&bed, 2, N, 1);
  now_us += 5000 * MS - 2;
  g_assert_null (take_record (bed.partitions));
  now_us++;
  take (&bed, batch, 2);
  g_assert_cmpint (batch[0]->partition, ==, 0);
  g_assert_cmpint (batch[1]->partition, ==, 1);
  g_assert_cmpint (get_wait (&bed), ==, 5000 * MS + 1);
  report (&bed, batch, 2, TRUE);
  now_us += 5000 * MS + 1;
  take (&bed, batch, 1);
  report (&bed, batch, 1, TRUE);
  bed_close (&bed);
}

/* librdkafka would send the rest later, as another request. */
static void
test_partitions_batch_takes_no_longer_than_librdkafka_waits (void)
{
  Bed bed;
  KafkaRecord *batch[20], *first;
  gint64 until_us;

  bed_open (&bed, 1, "linger.ms=20 batch.num.messages=1000"
      " enable.idempotence=true");
  prove (&bed, 1);
  for (guint i = 0; i < 20; i++)
    hold (&bed, 0, 1, 1);
  now_us += 20 * MS;
  g_assert_cmpuint (kafka_partitions_take (bed.partitions, batch, 20,
          &until_us), ==, 20);
  g_assert_cmpint (until_us, ==, now_us + 5 * MS);
  first = batch[10];
  kafka_partitions_untake (bed.partitions, batch + 10, 10);
  now_us = until_us;
  g_assert_null (take_record (bed.partitions));
  report (&bed, batch, 10, TRUE);
  take (&bed, batch, 10);
  g_assert_true (batch[0] == first);
  report (&bed, batch, 10, TRUE);
  bed_close (&bed);
}

/* Headers count, and no record is too large. */
static void
test_partitions_headers_fill_a_batch (void)
{
  Bed bed;
  g_autofree char *value = g_strnfill (60000, 'x');
  const KafkaHeader header = { "h", value, 60000 };
  KafkaRecord *batch[1];

  bed_open (&bed, 1, "batch.num.messages=100");
  prove (&bed, 1);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (KafkaRecord) bare = record_of (0, 1, i == 2 ? 200000 : 1);
    KafkaContent content = bare->content;
    KafkaRecord *record;

    content.headers = &header;
    content.n_headers = 1;
    record = kafka_record_new (&content, NULL);
    record->enqueued_us = now_us;
    hold_this (&bed, record);
  }
  for (guint i = 0; i < 3; i++) {
    take (&bed, batch, 1);
    report (&bed, batch, 1, TRUE);
  }
  bed_close (&bed);
}

/* What is on the wire, and not much more: 300 bytes with two headers take 351 there. */
static void
test_partitions_count_real_sizes (void)
{
  Bed bed;
  const KafkaHeader headers[] = {
    {"content-type", "application/json", 16}, {"pts", "1234567890", 10}
  };
  guint n = 0;
  KafkaRecord *record;

  bed_open (&bed, 1, "batch.num.messages=100000 batch.size=1000000");
  prove (&bed, 1);
  for (guint i = 0; i < 3000; i++) {
    g_autoptr (KafkaRecord) bare = record_of (0, 1, 290);
    KafkaContent content = bare->content;

    content.headers = headers;
    content.n_headers = 2;
    record = kafka_record_new (&content, NULL);
    record->enqueued_us = now_us;
    hold_this (&bed, record);
  }
  while (take_record (bed.partitions))
    n++;
  g_assert_cmpuint (n, <, 1000000 / 350);
  g_assert_cmpuint (n, >, 1000000 / 380);
  bed_close (&bed);
}

/* A leader gets so many requests as librdkafka sends it; who has to wait gathers, and
 * goes in the order in which it came to it. */
static void
test_partitions_wait_for_their_leader (void)
{
  Bed bed;
  KafkaRecord *out[20], *record;

  bed_open (&bed, N, "max.in.flight.requests.per.connection=4"
      " batch.num.messages=1000");
  prove (&bed, N);
  for (guint i = 0; i < 20; i++) {
    hold (&bed, 49 - i, N, 1);
    now_us++;
  }
  now_us += 10000 * MS;
  take (&bed, out, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (out[i]->partition, ==, 49 - i);
  for (guint i = 0; i < 20; i++)
    hold (&bed, 49 - i, N, 1);
  hold (&bed, 10, N, 1);
  now_us += 10000 * MS;
  g_assert_null (take_record (bed.partitions));

  for (guint i = 5; i < 20; i++) {
    report (&bed, out + i - 5, 1, TRUE);
    out[i] = take_record (bed.partitions);
    g_assert_cmpint (out[i]->partition, ==, 49 - i);
    record = take_record (bed.partitions);
    g_assert_cmpint (record->partition, ==, 49 - i);
    g_assert_null (take_record (bed.partitions));
    report (&bed, &record, 1, TRUE);
  }
  bed_close (&bed);
}

/* One that does not answer holds up no partition of another. */
static void
test_partitions_leaders_are_independent (void)
{
  Bed bed;
  gint32 leaders[N];
  KafkaRecord *out[12];

  bed_open (&bed, N, "max.in.flight.requests.per.connection=4");
  prove (&bed, N);
  for (guint i = 0; i < N; i++)
    leaders[i] = i < 20 ? 1 : i < 40 ? 2 : -1;
  kafka_partitions_set_leaders (bed.partitions, leaders, N);
  for (guint i = 0; i < N; i++)
    hold (&bed, i, N, 1);
  now_us += 10000 * MS;
  {
    guint n_of[3] = { 0 };
    KafkaRecord *record;

    while ((record = take_record (bed.partitions))) {
      n_of[record->partition < 20 ? 0 : record->partition < 40 ? 1 : 2]++;
      record->link.data = record;
      if (record->partition < 12)
        out[record->partition] = record;
    }
    g_assert_cmpuint (n_of[0], ==, 5);
    g_assert_cmpuint (n_of[1], ==, 5);
    /* librdkafka keeps what has no leader */
    g_assert_cmpuint (n_of[2], ==, 10);
  }
  /* they get another leader, with what is out and what waits */
  for (guint i = 0; i < 20; i++)
    leaders[i] = 3;
  kafka_partitions_set_leaders (bed.partitions, leaders, N);
  g_assert_null (take_record (bed.partitions));
  report (&bed, out, 1, TRUE);
  take (&bed, out, 1);
  g_assert_cmpint (out[0]->partition, ==, 5);
  bed_close (&bed);
}

/* Where records go together, nobody wakes for the first of the next ones, and none waits
 * longer for that. */
static void
test_partitions_come_in_rounds (void)
{
  Bed bed;
  KafkaRecord *out[2];

  bed_open (&bed, 1, "batch.num.messages=100");
  prove (&bed, 1);
  for (guint i = 0; i < 2; i++)
    hold (&bed, 0, 1, 1);
  g_assert_cmpint (get_wait (&bed), ==, 10000 * MS);
  now_us += 10000 * MS;
  take (&bed, out, 2);
  report (&bed, out, 2, TRUE);
  g_assert_false (any_is_idle (&bed));
  g_assert_cmpint (get_wait (&bed), ==, 10000 * MS);

  /* seen at the end of the round: the older one goes, and takes the other along */
  now_us += 10000 * MS;
  hold_since (&bed, 6000 * MS);
  hold_since (&bed, 1000 * MS);
  take (&bed, out, 2);
  report (&bed, out, 2, TRUE);

  /* seen at the end of the round, and young */
  now_us += 10000 * MS;
  hold_since (&bed, 4000 * MS);
  g_assert_cmpint (get_wait (&bed), ==, 6000 * MS);
  g_assert_null (take_record (bed.partitions));
  now_us += 6000 * MS;
  take (&bed, out, 1);
  report (&bed, out, 1, TRUE);

  /* a single record is no round */
  g_assert_true (any_is_idle (&bed));
  g_assert_cmpint (get_wait (&bed), ==, -1);
  bed_close (&bed);
}

/* As librdkafka, which sends the next request while fewer than five records are out */
static void
test_partitions_few_records_wait_for_no_answer (void)
{
  Bed bed;
  KafkaRecord *out[7];

  bed_open (&bed, 1, "enable.idempotence=true batch.num.messages=3");
  hold (&bed, 0, 1, 1);
  hold (&bed, 0, 1, 1);
  kafka_partitions_hurry (bed.partitions);
  /* but not before the partition is proven */
  take (&bed, out, 1);
  report (&bed, out, 1, TRUE);
  kafka_partitions_hurry (bed.partitions);
  take (&bed, out, 1);
  end_round ();
  g_assert_true (any_is_idle (&bed));
  for (guint i = 0; i < 3; i++)
    hold (&bed, 0, 1, 1);
  take (&bed, out + 1, 3);
  end_round ();
  g_assert_true (any_is_idle (&bed));
  for (guint i = 0; i < 4; i++)
    hold (&bed, 0, 1, 1);
  take (&bed, out + 4, 3);
  g_assert_false (any_is_idle (&bed));
  kafka_partitions_hurry (bed.partitions);
  g_assert_null (take_record (bed.partitions));
  /* three are out, and one goes */
  report (&bed, out, 4, TRUE);
  g_assert_false (any_is_idle (&bed));
  kafka_partitions_hurry (bed.partitions);
  take (&bed, out, 1);
  report (&bed, out + 4, 3, TRUE);
  report (&bed, out, 1, TRUE);

  /* and so it is as soon as there are so few left of a large batch */
  for (guint i = 0; i < 2; i++) {
    hold (&bed, 0, 1, 1);
    hold (&bed, 0, 1, 1);
    hold (&bed, 0, 1, 1);
  }
  take (&bed, out, 6);
  g_assert_false (any_is_idle (&bed));
  report (&bed, out, 2, TRUE);
  end_round ();
  g_assert_true (any_is_idle (&bed));
  report (&bed, out + 2, 4, TRUE);
  bed_close (&bed);
}

/* While full batches wait, the next one is there when the answer comes. */
static void
test_partitions_backlog_does_not_wait_for_the_answer (void)
{
  Bed bed;
  KafkaRecord *out[20], *next[20];

  bed_open (&bed, 1, "enable.idempotence=true batch.num.messages=10");
  prove (&bed, 1);
  for (guint i = 0; i < 60; i++)
    hold (&bed, 0, 1, 1);
  /* of a broker that is silent from the start nothing waits in librdkafka */
  take (&bed, out, 10);
  now_us += 100 * MS;
  g_assert_null (take_record (bed.partitions));
  report (&bed, out, 10, TRUE);
  take (&bed, out, 10);
  g_assert_cmpint (get_wait (&bed), ==, 88 * MS);
  now_us += 88 * MS;
  take (&bed, next, 10);
  now_us += 12 * MS;
  g_assert_null (take_record (bed.partitions));
  report (&bed, out, 10, TRUE);
  /* from the answer before on, and not from when it was handed over */
  g_assert_cmpint (get_wait (&bed), ==, 88 * MS);
  now_us += 100 * MS;
  report (&bed, next, 10, TRUE);
  take (&bed, out, 10);
  now_us += 88 * MS;
  take (&bed, next, 10);
  report (&bed, out, 10, FALSE);
  now_us += 200 * MS;
  g_assert_null (take_record (bed.partitions));
  report (&bed, next, 10, FALSE);
  /* the first one travels alone again */
  take (&bed, next, 1);
  report (&bed, next, 1, TRUE);
  bed_close (&bed);
}

/* Partitions are added: what is held for a key stays in order, and goes where the
 * key goes from now on. */
static void
test_partitions_new_ones_get_what_is_held (void)
{
  Bed bed;
  KafkaRecord *first, *record, *batch[N];
  KafkaRecord *held[2 * N];

  bed_open (&bed, 1, NULL);
  hold (&bed, 0, 1, 1);
  take (&bed, &first, 1);
  for (guint i = 0; i < 2 * N; i++)
    held[i] = hold (&bed, i % N, N, 1);
  set_count (&bed, N);
  /* the first one of each is alone, and one has a batch out already */
  take (&bed, batch, N - 1);
  for (guint i = 0; i < N - 1; i++)
    g_assert_true (batch[i] == held[batch[i]->partition]);
  report (&bed, &first, 1, FALSE);
  take (&bed, &first, 1);
  g_assert_true (first == held[0]);
  report (&bed, &first, 1, TRUE);
  report (&bed, batch, N - 1, TRUE);
  now_us += 10000 * MS;
  for (guint i = 0; i < N; i++) {
    record = take_record (bed.partitions);
    g_assert_true (record == held[N + record->partition]);
    report (&bed, &record, 1, TRUE);
  }
  g_assert_null (take_record (bed.partitions));
  bed_close (&bed);
}

/* The number changes in the middle of a batch. */
static void
test_partitions_number_changes_in_a_batch (void)
{
  Bed bed;
  KafkaRecord *held[4], *record;

  bed_open (&bed, 2, "batch.num.messages=4");
  prove (&bed, 2);
  for (guint i = 0; i < 4; i++)
    held[i] = hold (&bed, 1, 2, 1);
  record = take_record (bed.partitions);
  g_assert_true (record == held[0]);
  set_count (&bed, 1);
  report (&bed, &record, 1, TRUE);
  for (guint i = 1; i < 4; i++) {
    kafka_partitions_hurry (bed.partitions);
    record = take_record (bed.partitions);
    g_assert_true (record == held[i]);
    g_assert_cmpint (record->partition, ==, 0);
    if (i == 1)
      g_assert_null (take_record (bed.partitions));
    report (&bed, &record, 1, TRUE);
  }
  bed_close (&bed);
}

static void
assert_first_alone (Bed * bed, gboolean alone)
{
  KafkaRecord *batch[2];

  hold (bed, 0, 1, 1);
  hold (bed, 0, 1, 1);
  take (bed, batch, alone ? 1 : 2);
  report (bed, batch, alone ? 1 : 2, TRUE);
  if (!alone)
    return;
  kafka_partitions_hurry (bed->partitions);
  take (bed, batch, 1);
  report (bed, batch, 1, TRUE);
}

/* What a partition knows of the client: brokers forget it after a day without
 * records, and a topic that is made again has nothing of it. */
static void
test_partitions_are_proven_for_half_a_day (void)
{
  Bed bed;
  KafkaRecord *refused;

  bed_open (&bed, 1, NULL);
  assert_first_alone (&bed, TRUE);
  assert_first_alone (&bed, FALSE);
  now_us += 11 * G_TIME_SPAN_HOUR;
  assert_first_alone (&bed, FALSE);
  now_us += 13 * G_TIME_SPAN_HOUR;
  assert_first_alone (&bed, TRUE);
  assert_first_alone (&bed, FALSE);

  hold (&bed, 0, 1, 1);
  kafka_partitions_hurry (bed.partitions);
  take (&bed, &refused, 1);
  report (&bed, &refused, 1, FALSE);
  assert_first_alone (&bed, TRUE);

  set_count (&bed, 2);
  set_count (&bed, 1);
  assert_first_alone (&bed, TRUE);
  bed_close (&bed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/partitions/" path, func)
  ADD ("give-back-all-in-order", test_partitions_give_back_all_in_order);
  ADD ("have-one-batch-out", test_partitions_have_one_batch_out);
  ADD ("any-with-room-gets-a-record-without-key",
      test_partitions_any_with_room_gets_a_record_without_key);
  ADD ("batch-goes-when-it-is-full-or-old",
      test_partitions_batch_goes_when_it_is_full_or_old);
  ADD ("go-along-with-the-first", test_partitions_go_along_with_the_first);
  ADD ("batch-takes-no-longer-than-librdkafka-waits",
      test_partitions_batch_takes_no_longer_than_librdkafka_waits);
  ADD ("headers-fill-a-batch", test_partitions_headers_fill_a_batch);
  ADD ("count-real-sizes", test_partitions_count_real_sizes);
  ADD ("wait-for-their-leader", test_partitions_wait_for_their_leader);
  ADD ("leaders-are-independent", test_partitions_leaders_are_independent);
  ADD ("come-in-rounds", test_partitions_come_in_rounds);
  ADD ("few-records-wait-for-no-answer",
      test_partitions_few_records_wait_for_no_answer);
  ADD ("backlog-does-not-wait-for-the-answer",
      test_partitions_backlog_does_not_wait_for_the_answer);
  ADD ("new-ones-get-what-is-held", test_partitions_new_ones_get_what_is_held);
  ADD ("number-changes-in-a-batch", test_partitions_number_changes_in_a_batch);
  ADD ("are-proven-for-half-a-day", test_partitions_are_proven_for_half_a_day);
#undef ADD
  return g_test_run ();
}
