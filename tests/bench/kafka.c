/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a record costs through kafkasink, and without it.
 *
 *     bench-kafka bare|kafkasink|feed SERVERS TOPIC SIZE [READER]
 *
 * bare is a loop around librdkafka with the settings, keys, headers and payloads
 * of kafkasink; feed pushes the same buffers into fakesink, which is what feeding
 * kafkasink costs. It says "ready" when a first record is acknowledged, and obeys the
 * lines that it reads: "RECORDS RATE TURNS" sends so many in each turn, so many in a
 * second, or with 0 as fast as it goes. It answers, when all are acknowledged, with
 * records per second and nanoseconds of processor time per record. READER are servers,
 * too, from which they are then read: for each turn, which follow each other without a
 * pause, it answers with the median, the 99th percentile and the maximum of how old
 * records were when they came, in microseconds, instead. */

#include "bench.h"
#include "reader.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_PAYLOADS 64
#define KEY_AT 7
#define KEY_SIZE 10
#define TIME_AT 24
#define TIME_SIZE 16
#define HEAD "{\"seq\":0000000000,\"at\":\"0000000000000000\",\"text\":\""
#define MIN_SIZE 64
#define MAX_SIZE 1000000
#define PATIENCE_US (300 * G_TIME_SPAN_SECOND)
#define FRAME_NS (GST_SECOND / 30)
/* so seldom that looking whether all are acknowledged costs nothing */
#define POLL_US 1000

/* as kafkasink sets them, and a bound for the queue instead of its own */
static const char *const settings[][2] = {
  {"enable.idempotence", "true"},
  {"message.timeout.ms", "0"},
  {"socket.timeout.ms", "10000"},
  {"partitioner", "murmur2_random"},
  {"linger.ms", "5"},
  {"compression.type", "lz4"},
  {"socket.keepalive.enable", "true"},
  {"reconnect.backoff.max.ms", "2000"},
  {"queue.buffering.max.messages", "100000"},
};

/* One of the ways to Kafka */
typedef struct
{
  const char *name;
  void (*open) (const char *servers, const char *topic);
  void (*send) (guint n);
    guint64 (*count_acknowledged) (void);
  void (*close) (void);
} Way;

static char *payloads[N_PAYLOADS];
static guint size;
static Reader *reader;          /* or NULL */

static void
make_payloads (void)
{
  GRand *random = g_rand_new_with_seed (1);

  for (guint i = 0; i < N_PAYLOADS; i++) {
    payloads[i] = g_malloc (size + 1);
    memcpy (payloads[i], HEAD, strlen (HEAD));
    for (guint at = strlen (HEAD); at < size - 2; at++)
      payloads[i][at] = g_rand_int_range (random, 'a', 'z' + 1);
    memcpy (payloads[i] + size - 2, "\"}", 3);
  }
  g_rand_free (random);
}

/* {"seq":1000000000,"at":"..."}, whose first number is the key */
static const char *
get_payload (guint n)
{
  char *payload = payloads[n % N_PAYLOADS];
  char digits[TIME_SIZE + 1];

  g_snprintf (digits, sizeof (digits), "%u", 1000000000 + n);
  memcpy (payload + KEY_AT, digits, KEY_SIZE);
  if (reader) {
    g_snprintf (digits, sizeof (digits), "%016" G_GINT64_FORMAT,
        g_get_monotonic_time ());
    memcpy (payload + TIME_AT, digits, TIME_SIZE);
  }
  return payload;
}

/* --- librdkafka alone -------------------------------------------------------- */

static rd_kafka_t *client;
static rd_kafka_topic_t *topic;
static guint64 n_reports = 0;

static void
on_report (rd_kafka_t * rk, const rd_kafka_message_t * message, void *data)
{
  if (message->err)
    bench_fail ("%s", rd_kafka_err2str (message->err));
  n_reports++;
}

static void
bare_open (const char *servers, const char *topic_name)
{
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  char why[512];

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    rd_kafka_conf_set (conf, settings[i][0], settings[i][1], NULL, 0);
  rd_kafka_conf_set (conf, "bootstrap.servers", servers, NULL, 0);
  rd_kafka_conf_set_dr_msg_cb (conf, on_report);
  client = rd_kafka_new (RD_KAFKA_PRODUCER, conf, why, sizeof (why));
  if (!client)
    bench_fail ("%s", why);
  topic = rd_kafka_topic_new (client, topic_name, NULL);
}

static void
bare_send (guint n)
{
  const char *payload = get_payload (n);
  char pts[24];
  rd_kafka_resp_err_t error;

  g_snprintf (pts, sizeof (pts), "%" G_GUINT64_FORMAT, n * FRAME_NS);
  do {
    error = rd_kafka_producev (client, RD_KAFKA_V_RKT (topic),
        RD_KAFKA_V_VALUE ((void *) payload, size),
        RD_KAFKA_V_KEY (payload + KEY_AT, KEY_SIZE),
        RD_KAFKA_V_TIMESTAMP (g_get_real_time () / 1000),
        RD_KAFKA_V_HEADER ("content-type", "application/json", -1),
        RD_KAFKA_V_HEADER ("pts", pts, -1),
        RD_KAFKA_V_MSGFLAGS (RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    rd_kafka_poll (client, error ? 1 : 0);
  } while (error == RD_KAFKA_RESP_ERR__QUEUE_FULL);
  if (error)
    bench_fail ("%s", rd_kafka_err2str (error));
}

static guint64
bare_count_acknowledged (void)
{
  rd_kafka_poll (client, 0);
  return n_reports;
}

static void
bare_close (void)
{
  rd_kafka_topic_destroy (topic);
  rd_kafka_destroy (client);
}

/* --- kafkasink, or fakesink -------------------------------------------------- */

static GstElement *pipeline, *sink;
static GstPad *feed;
static guint64 n_pushed = 0;

static void
sink_open (const char *name)
{
  pipeline = gst_pipeline_new (NULL);
  sink = gst_element_factory_make (name, NULL);
  if (!sink)
    bench_fail ("there is no %s: GST_PLUGIN_PATH is to name its folder", name);
  gst_bin_add (GST_BIN (pipeline), sink);
  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
}

static void
sink_play (void)
{
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  feed = bench_feed (sink, "application/x-json");
}

static void
kafkasink_open (const char *servers, const char *topic_name)
{
  sink_open ("kafkasink");
  g_object_set (sink, "bootstrap-servers", servers, "topic", topic_name, "key",
      "{seq}", "drain-timeout", -1, NULL);
  sink_play ();
}

static void
feed_open (const char *servers, const char *topic_name)
{
  sink_open ("fakesink");
  sink_play ();
}

static void
sink_send (guint n)
{
  GstBuffer *buffer = gst_buffer_new_memdup (get_payload (n), size);

  GST_BUFFER_PTS (buffer) = n * FRAME_NS;
  if (gst_pad_push (feed, buffer) != GST_FLOW_OK)
    bench_fail ("the sink did not take record %u", n);
  n_pushed++;
}

static guint64
kafkasink_count_acknowledged (void)
{
  GstStructure *stats;
  guint64 n = 0;

  g_object_get (sink, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "acknowledged", &n);
  gst_structure_free (stats);
  return n;
}

static guint64
feed_count_acknowledged (void)
{
  return n_pushed;
}

static void
sink_close (void)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (feed);
  gst_object_unref (pipeline);
}

/* --- how it is measured ------------------------------------------------------ */

static const Way ways[] = {
  {"bare", bare_open, bare_send, bare_count_acknowledged, bare_close},
  {"kafkasink", kafkasink_open, sink_send, kafkasink_count_acknowledged,
      sink_close},
  {"feed", feed_open, sink_send, feed_count_acknowledged, sink_close}
};

/* Sends @n records after those before, at @rate, until all are acknowledged. */
static void
send_records (const Way * way, guint n, double rate)
{
  static guint n_sent = 0;
  const gint64 begin_us = g_get_monotonic_time ();

  for (guint i = 1; i <= n; i++) {
    const gint64 left_us = rate > 0 ?
        begin_us + (gint64) (i * 1e6 / rate) - g_get_monotonic_time () : 0;

    if (left_us > 0)
      g_usleep (left_us);
    way->send (++n_sent);
  }

  const gint64 deadline_us = g_get_monotonic_time () + PATIENCE_US;

  while (way->count_acknowledged () < n_sent) {
    if (g_get_monotonic_time () > deadline_us)
      bench_fail ("%" G_GUINT64_FORMAT " of %u records acknowledged",
          way->count_acknowledged (), n_sent);
    g_usleep (POLL_US);
  }
}

static void
measure_speed (const Way * way, guint n, double rate)
{
  const gint64 begin_us = g_get_monotonic_time ();
  const double begin_cpu_ns = bench_cpu_ns ();

  send_records (way, n, rate);

  const double cpu_ns = bench_cpu_ns () - begin_cpu_ns;
  const gint64 us = g_get_monotonic_time () - begin_us;

  printf ("%.0f %.0f\n", n * 1e6 / us, cpu_ns / n);
}

static int
compare_ages (gconstpointer a, gconstpointer b)
{
  const ReaderRecord *x = a, *y = b;

  return (x->age_us > y->age_us) - (x->age_us < y->age_us);
}

static void
measure_ages (const Way * way, guint n, double rate, guint n_turns)
{
  send_records (way, n * n_turns, rate);

  GArray *records = reader_take (reader, n * n_turns);

  for (guint i = 0; i < n_turns; i++) {
    ReaderRecord *turn = &g_array_index (records, ReaderRecord, i * n);

    qsort (turn, n, sizeof (*turn), compare_ages);
    printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
        turn[n / 2].age_us, turn[n * 99 / 100].age_us, turn[n - 1].age_us);
  }
  g_array_unref (records);
}

static void
serve (const Way * way)
{
  char line[64];
  double rate;
  guint n, n_turns;

  while (fgets (line, sizeof (line), stdin)) {
    if (sscanf (line, "%u %lf %u", &n, &rate, &n_turns) != 3 || n == 0)
      bench_fail ("RECORDS RATE TURNS, not %s", line);
    if (reader)
      measure_ages (way, n, rate, n_turns);
    for (guint i = 0; !reader && i < n_turns; i++)
      measure_speed (way, n, rate);
  }
}

int
main (int argc, char **argv)
{
  const Way *way = NULL;

  gst_init (&argc, &argv);
  for (guint i = 0; argc > 4 && i < G_N_ELEMENTS (ways); i++)
    if (g_str_equal (argv[1], ways[i].name))
      way = &ways[i];
  if (!way)
    bench_fail ("usage: bench-kafka bare|kafkasink|feed SERVERS TOPIC SIZE"
        " [READER]");

  size = CLAMP (g_ascii_strtoull (argv[4], NULL, 10), MIN_SIZE, MAX_SIZE);
  if (argc > 5)
    reader = reader_new (argv[5], argv[3], KEY_AT, TIME_AT);
  make_payloads ();
  setlinebuf (stdout);
  way->open (argv[2], argv[3]);
  send_records (way, 1, 0);
  if (reader)
    g_array_unref (reader_take (reader, 1));
  puts ("ready");
  serve (way);
  way->close ();
  if (reader)
    reader_free (reader);
  for (guint i = 0; i < N_PAYLOADS; i++)
    g_free (payloads[i]);
  return 0;
}
