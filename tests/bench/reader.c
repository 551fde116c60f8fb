/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "reader.h"

#include "bench.h"

#include <librdkafka/rdkafka.h>
#include <string.h>

#define NUMBER_DIGITS 10
#define TIME_DIGITS 16
#define ASK_MS 5000
#define PATIENCE_US (300 * G_TIME_SPAN_SECOND)
#define RETRY_US 10000

struct _Reader
{
  rd_kafka_t *client;
  gsize number_at, time_at;
  GThread *thread;
  gint ends;

  GMutex lock;
  GCond cond;
  GArray *records;
};

static void
set (rd_kafka_conf_t * conf, const char *key, const char *value)
{
  char why[256];

  if (rd_kafka_conf_set (conf, key, value, why, sizeof (why)))
    bench_fail ("%s", why);
}

static rd_kafka_t *
make_client (const char *servers)
{
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  char why[256];

  set (conf, "bootstrap.servers", servers);
  set (conf, "group.id", "bench");
  set (conf, "enable.auto.commit", "false");
  set (conf, "fetch.wait.max.ms", "100");

  rd_kafka_t *client = rd_kafka_new (RD_KAFKA_CONSUMER, conf, why,
      sizeof (why));

  if (!client)
    bench_fail ("%s", why);
  rd_kafka_poll_set_consumer (client);
  return client;
}

/* A topic that was made a moment ago has no partitions yet, and they no leaders. */
static void
retry (gint64 deadline_us, const char *topic, rd_kafka_resp_err_t error)
{
  if (g_get_monotonic_time () > deadline_us)
    bench_fail ("%s cannot be read: %s", topic, rd_kafka_err2str (error));
  g_usleep (RETRY_US);
}

static int
ask_n_partitions (rd_kafka_t * client, const char *name, gint64 deadline_us)
{
  rd_kafka_topic_t *topic = rd_kafka_topic_new (client, name, NULL);
  int n = 0;

  while (n == 0) {
    const struct rd_kafka_metadata *metadata;
    const rd_kafka_resp_err_t error =
        rd_kafka_metadata (client, 0, topic, &metadata, ASK_MS);

    if (!error) {
      n = metadata->topics[0].partition_cnt;
      rd_kafka_metadata_destroy (metadata);
    }
    if (n == 0)
      retry (deadline_us, name, error);
  }
  rd_kafka_topic_destroy (topic);
  return n;
}

static gint64
ask_end (rd_kafka_t * client, const char *name, int partition,
    gint64 deadline_us)
{
  rd_kafka_resp_err_t error;
  int64_t first, end;

  while ((error = rd_kafka_query_watermark_offsets (client, name, partition,
              &first, &end, ASK_MS)))
    retry (deadline_us, name, error);
  return end;
}

/* Where the ends are is asked now, so that nothing that comes later is missed. */
static void
assign_ends (rd_kafka_t * client, const char *name)
{
  const gint64 deadline_us = g_get_monotonic_time () + PATIENCE_US;
  const int n = ask_n_partitions (client, name, deadline_us);
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new (n);

  for (int i = 0; i < n; i++)
    rd_kafka_topic_partition_list_add (list, name, i)->offset =
        ask_end (client, name, i, deadline_us);
  rd_kafka_assign (client, list);
  rd_kafka_topic_partition_list_destroy (list);
}

static gint64
parse (const rd_kafka_message_t * message, gsize at, gsize n_digits)
{
  char digits[TIME_DIGITS + 1] = "";

  if (message->err || message->len < at + n_digits)
    bench_fail ("a record cannot be read");
  memcpy (digits, (const char *) message->payload + at, n_digits);
  return g_ascii_strtoll (digits, NULL, 10);
}

static void
take (Reader * reader, const rd_kafka_message_t * message)
{
  const gint64 now_us = g_get_monotonic_time ();
  const ReaderRecord record = {
    .number = parse (message, reader->number_at, NUMBER_DIGITS),
    .age_us = now_us - parse (message, reader->time_at, TIME_DIGITS)
  };

  g_mutex_lock (&reader->lock);
  g_array_append_val (reader->records, record);
  g_cond_broadcast (&reader->cond);
  g_mutex_unlock (&reader->lock);
}

static gpointer
run (gpointer data)
{
  Reader *reader = data;
  rd_kafka_message_t *message;

  while (!g_atomic_int_get (&reader->ends)) {
    message = rd_kafka_consumer_poll (reader->client, 100);
    if (message)
      take (reader, message);
    if (message)
      rd_kafka_message_destroy (message);
  }
  return NULL;
}

Reader *
reader_new (const char *servers, const char *topic, gsize number_at,
    gsize time_at)
{
  Reader *reader = g_new0 (Reader, 1);

  reader->client = make_client (servers);
  reader->number_at = number_at;
  reader->time_at = time_at;
  reader->records = g_array_new (FALSE, FALSE, sizeof (ReaderRecord));
  g_mutex_init (&reader->lock);
  g_cond_init (&reader->cond);
  assign_ends (reader->client, topic);
  reader->thread = g_thread_new ("reader", run, reader);
  return reader;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const ReaderRecord *x = a, *y = b;

  return (x->number > y->number) - (x->number < y->number);
}

GArray *
reader_take (Reader * reader, guint n)
{
  const gint64 deadline_us = g_get_monotonic_time () + PATIENCE_US;
  GArray *records;

  g_mutex_lock (&reader->lock);
  while (reader->records->len < n)
    if (!g_cond_wait_until (&reader->cond, &reader->lock, deadline_us))
      bench_fail ("%u of %u records came", reader->records->len, n);
  records = reader->records;
  reader->records = g_array_new (FALSE, FALSE, sizeof (ReaderRecord));
  g_mutex_unlock (&reader->lock);
  if (records->len > n)
    bench_fail ("%u records came, but %u were sent", records->len, n);
  g_array_sort (records, compare);
  return records;
}

void
reader_free (Reader * reader)
{
  g_atomic_int_set (&reader->ends, TRUE);
  g_thread_join (reader->thread);
  rd_kafka_consumer_close (reader->client);
  rd_kafka_destroy (reader->client);
  g_array_unref (reader->records);
  g_mutex_clear (&reader->lock);
  g_cond_clear (&reader->cond);
  g_free (reader);
}
