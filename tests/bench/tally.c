/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What became of the frames that bench-cameras sent.
 *
 *     bench-tally SERVERS TOPIC STREAMS FIRST END
 *
 * Reads the topic, which has one partition, while records arrive: the broker may
 * forget them. SIGINT ends it, when it has all that the topic holds by then. Prints
 * how many of the frames FIRST to END - 1 of the cameras have a record and how many
 * have several, how many records the broker had forgotten, and the percentiles of
 * bridge_ts_ns - ts_ns in microseconds, or -1 where records have no bridge_ts_ns. */

#include "bench.h"

#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTITION 0

/* Large and seldom answers, so that the broker and its host are left in peace */
static const char *const settings[][2] = {
  {"group.id", "bench"},
  {"auto.offset.reset", "earliest"},
  {"enable.auto.commit", "false"},
  {"fetch.wait.max.ms", "200"},
  {"fetch.min.bytes", "1000000"},
};

static volatile sig_atomic_t ending;

static guint n_streams, first, end;
static guint8 *n_records;       /* of each frame of each stream */
static GArray *delays_us;
static gint64 next_offset;
static guint64 n_forgotten;

static void
on_signal (int number)
{
  ending = 1;
}

static rd_kafka_t *
open_topic (const char *servers, const char *topic)
{
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new (1);
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  char text[256];
  rd_kafka_t *rk;

  rd_kafka_conf_set (conf, "bootstrap.servers", servers, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (rd_kafka_conf_set (conf, settings[i][0], settings[i][1], text,
            sizeof (text)) != RD_KAFKA_CONF_OK)
      bench_fail ("%s", text);
  rk = rd_kafka_new (RD_KAFKA_CONSUMER, conf, text, sizeof (text));
  if (rk == NULL)
    bench_fail ("%s", text);
  rd_kafka_topic_partition_list_add (list, topic, PARTITION)->offset = 0;
  rd_kafka_assign (rk, list);
  rd_kafka_topic_partition_list_destroy (list);
  return rk;
}

/* -1 if there is none. name: with quotes and colon, of a number or the digits in
 * a string */
static gint64
get_number (const char *text, const char *name)
{
  const char *at = strstr (text, name);

  if (at == NULL)
    return -1;
  at += strlen (name);
  return g_ascii_strtoll (at + strcspn (at, "0123456789"), NULL, 10);
}

static void
count_record (const rd_kafka_message_t * message)
{
  char *text = g_strndup (message->payload, message->len);
  const gint64 stream = get_number (text, "\"stream_id\":");
  const gint64 seq = get_number (text, "\"seq\":");
  const gint64 sent_ns = get_number (text, "\"ts_ns\":");
  const gint64 handed_ns = get_number (text, "\"bridge_ts_ns\":");
  const gint64 delay_us = (handed_ns - sent_ns) / 1000;

  n_forgotten += message->offset - next_offset;
  next_offset = message->offset + 1;
  if (stream >= 0 && stream < n_streams && seq >= first && seq < end) {
    guint8 *n = &n_records[stream * (end - first) + seq - first];

    *n = MIN (*n + 1, 2);
    if (handed_ns >= 0)
      g_array_append_val (delays_us, delay_us);
  }
  g_free (text);
}

/* Every record before this offset is there now. */
static gint64
get_end (rd_kafka_t * rk, const char *topic)
{
  int64_t low, high;

  if (rd_kafka_query_watermark_offsets (rk, topic, PARTITION, &low, &high,
          10000) != RD_KAFKA_RESP_ERR_NO_ERROR)
    bench_fail ("the broker does not say how many records it has");
  return high;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static gint64
get_percentile (double percent)
{
  if (delays_us->len == 0)
    return -1;
  return g_array_index (delays_us, gint64,
      (guint) ((delays_us->len - 1) * percent / 100));
}

int
main (int argc, char **argv)
{
  guint64 n_frames, n_found = 0, n_twice = 0;
  gint64 end_offset = G_MAXINT64;
  rd_kafka_t *rk;

  if (argc != 6)
    bench_fail ("usage: bench-tally SERVERS TOPIC STREAMS FIRST END");
  n_streams = atoi (argv[3]);
  first = atoi (argv[4]);
  end = atoi (argv[5]);
  n_frames = (guint64) n_streams *(end - first);
  n_records = g_new0 (guint8, n_frames);
  delays_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  signal (SIGINT, on_signal);

  rk = open_topic (argv[1], argv[2]);
  while (next_offset < end_offset) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll (rk, 100);

    if (message != NULL && message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
      count_record (message);
    if (message != NULL)
      rd_kafka_message_destroy (message);
    if (ending && end_offset == G_MAXINT64)
      end_offset = get_end (rk, argv[2]);
  }

  for (guint64 i = 0; i < n_frames; i++) {
    n_found += n_records[i] > 0;
    n_twice += n_records[i] > 1;
  }
  g_array_sort (delays_us, compare);
  printf ("found %" G_GUINT64_FORMAT " twice %" G_GUINT64_FORMAT " forgotten %"
      G_GUINT64_FORMAT " p50_us %" G_GINT64_FORMAT " p99_us %" G_GINT64_FORMAT
      " max_us %" G_GINT64_FORMAT "\n", n_found, n_twice, n_forgotten,
      get_percentile (50), get_percentile (99), get_percentile (100));
  rd_kafka_destroy (rk);
  return 0;
}
