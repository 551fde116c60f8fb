/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "reader.h"

#include "bench.h"

#include <librdkafka/rdkafka.h>
#include <string.h>

#define DIGITS 16
#define ASK_MS 5000
#define PATIENCE_US (60 * G_TIME_SPAN_SECOND)

struct _Reader
{
  rd_kafka_t *client;
  gsize at;
  GThread *thread;
  gint ends;

  GMutex lock;
  GCond cond;
  GArray *ages_us;              /* of gint64 */
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

/* Where the ends are is asked now, so that nothing that comes later is missed. */
static void
assign_ends (rd_kafka_t * client, const char *name)
{
  rd_kafka_topic_t *topic = rd_kafka_topic_new (client, name, NULL);
  const struct rd_kafka_metadata *metadata;
  rd_kafka_topic_partition_list_t *list;

  if (rd_kafka_metadata (client, 0, topic, &metadata, ASK_MS)
      || metadata->topic_cnt == 0 || metadata->topics[0].partition_cnt == 0)
    bench_fail ("no topic %s", name);
  list = rd_kafka_topic_partition_list_new (1);
  for (int i = 0; i < metadata->topics[0].partition_cnt; i++) {
    int64_t first, end;

    if (rd_kafka_query_watermark_offsets (client, name, i, &first, &end,
            ASK_MS))
      bench_fail ("partition %d of %s cannot be read", i, name);
    rd_kafka_topic_partition_list_add (list, name, i)->offset = end;
  }
  rd_kafka_assign (client, list);
  rd_kafka_topic_partition_list_destroy (list);
  rd_kafka_metadata_destroy (metadata);
  rd_kafka_topic_destroy (topic);
}

static void
take (Reader * reader, const rd_kafka_message_t * message)
{
  const gint64 now_us = g_get_monotonic_time ();
  char digits[DIGITS + 1] = "";

  if (message->err || message->len < reader->at + DIGITS)
    bench_fail ("a record cannot be read");
  memcpy (digits, (const char *) message->payload + reader->at, DIGITS);

  const gint64 age_us = now_us - g_ascii_strtoll (digits, NULL, 10);

  g_mutex_lock (&reader->lock);
  g_array_append_val (reader->ages_us, age_us);
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
reader_new (const char *servers, const char *topic, gsize at)
{
  Reader *reader = g_new0 (Reader, 1);

  reader->client = make_client (servers);
  reader->at = at;
  reader->ages_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_mutex_init (&reader->lock);
  g_cond_init (&reader->cond);
  assign_ends (reader->client, topic);
  reader->thread = g_thread_new ("reader", run, reader);
  return reader;
}

void
reader_wait (Reader * reader, guint n)
{
  const gint64 deadline_us = g_get_monotonic_time () + PATIENCE_US;

  g_mutex_lock (&reader->lock);
  while (reader->ages_us->len < n)
    if (!g_cond_wait_until (&reader->cond, &reader->lock, deadline_us))
      bench_fail ("%u of %u records came", reader->ages_us->len, n);
  g_array_set_size (reader->ages_us, 0);
  g_mutex_unlock (&reader->lock);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

GArray *
reader_finish (Reader * reader, guint n)
{
  const gint64 deadline_us = g_get_monotonic_time () + PATIENCE_US;
  GArray *ages_us = reader->ages_us;

  g_mutex_lock (&reader->lock);
  while (ages_us->len < n)
    if (!g_cond_wait_until (&reader->cond, &reader->lock, deadline_us))
      bench_fail ("%u of %u records came", ages_us->len, n);
  g_mutex_unlock (&reader->lock);
  g_atomic_int_set (&reader->ends, TRUE);
  g_thread_join (reader->thread);
  rd_kafka_consumer_close (reader->client);
  rd_kafka_destroy (reader->client);
  g_mutex_clear (&reader->lock);
  g_cond_clear (&reader->cond);
  g_free (reader);
  g_array_sort (ages_us, compare);
  return ages_us;
}
