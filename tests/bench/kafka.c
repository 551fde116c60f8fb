/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a record costs through kafkasink, and without it.
 *
 *     bench-kafka bare|kafkasink|feed SERVERS TOPIC RECORDS SIZE [RATE [READER]]
 *
 * bare is a loop around librdkafka with the settings, keys, headers and payloads
 * of kafkasink; feed pushes the same buffers into fakesink, which is what feeding
 * kafkasink costs. RATE is in records per second; without it, or with 0, as fast as
 * it goes. Prints records per second until all are acknowledged, and nanoseconds of
 * processor time per record. READER are servers, too, from which records are then
 * read: prints of how old they were when they came the median, the 99th percentile
 * and the maximum, in microseconds, instead. */

#include "bench.h"
#include "reader.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <string.h>

#define N_PAYLOADS 64
#define KEY_AT 7
#define KEY_SIZE 10
#define TIME_AT 24
#define TIME_SIZE 16
#define HEAD "{\"seq\":0000000000,\"at\":\"0000000000000000\",\"text\":\""
#define MIN_SIZE 64
#define MAX_SIZE 1000000
#define TOO_LONG (120 * GST_SECOND)
#define FRAME_NS (GST_SECOND / 30)

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

static char *payloads[N_PAYLOADS];
static guint size;
static double rate;             /* 0: as fast as it goes */
static Reader *reader;          /* or NULL */
static gint64 begin_us;
static double begin_cpu_ns;

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

static void
begin (void)
{
  if (reader)
    reader_wait (reader, 1);
  begin_us = g_get_monotonic_time ();
  begin_cpu_ns = bench_cpu_ns ();
}

/* Waits until it is time for record @n, of 1 and so on. */
static void
pace (guint n)
{
  const gint64 left_us = rate > 0 ?
      begin_us + (gint64) (n * 1e6 / rate) - g_get_monotonic_time () : 0;

  if (left_us > 0)
    g_usleep (left_us);
}

static void
end (guint n)
{
  const double cpu_ns = bench_cpu_ns () - begin_cpu_ns;
  const gint64 us = g_get_monotonic_time () - begin_us;

  if (!reader) {
    g_print ("%.0f %.0f\n", n * 1e6 / us, cpu_ns / n);
    return;
  }

  GArray *ages_us = reader_finish (reader, n);

  g_print ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
      g_array_index (ages_us, gint64, n / 2),
      g_array_index (ages_us, gint64, n * 99 / 100),
      g_array_index (ages_us, gint64, n - 1));
  g_array_unref (ages_us);
}

/* --- librdkafka alone -------------------------------------------------------- */

static guint n_acknowledged = 0;

static void
on_report (rd_kafka_t * client, const rd_kafka_message_t * message, void *data)
{
  if (message->err)
    bench_fail ("%s", rd_kafka_err2str (message->err));
  n_acknowledged++;
}

static void
produce (rd_kafka_t * client, rd_kafka_topic_t * topic, guint n)
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

static void
run_bare (const char *servers, const char *topic_name, guint n)
{
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  char why[512];

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    rd_kafka_conf_set (conf, settings[i][0], settings[i][1], NULL, 0);
  rd_kafka_conf_set (conf, "bootstrap.servers", servers, NULL, 0);
  rd_kafka_conf_set_dr_msg_cb (conf, on_report);

  rd_kafka_t *client = rd_kafka_new (RD_KAFKA_PRODUCER, conf, why,
      sizeof (why));

  if (!client)
    bench_fail ("%s", why);

  rd_kafka_topic_t *topic = rd_kafka_topic_new (client, topic_name, NULL);

  produce (client, topic, 0);
  rd_kafka_flush (client, TOO_LONG / GST_MSECOND);
  begin ();
  for (guint i = 1; i <= n; i++) {
    pace (i);
    produce (client, topic, i);
  }
  rd_kafka_flush (client, TOO_LONG / GST_MSECOND);
  if (n_acknowledged != 1 + n)
    bench_fail ("%u of %u records acknowledged", n_acknowledged, 1 + n);
  end (n);
  rd_kafka_topic_destroy (topic);
  rd_kafka_destroy (client);
}

/* --- kafkasink, or fakesink -------------------------------------------------- */

static void
push (GstPad * feed, guint n)
{
  GstBuffer *buffer = gst_buffer_new_memdup (get_payload (n), size);

  GST_BUFFER_PTS (buffer) = n * FRAME_NS;
  if (gst_pad_push (feed, buffer) != GST_FLOW_OK)
    bench_fail ("the sink did not take record %u", n);
}

static guint64
get_acknowledged (GstElement * kafkasink)
{
  GstStructure *stats;
  guint64 n = 0;

  g_object_get (kafkasink, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "acknowledged", &n);
  gst_structure_free (stats);
  return n;
}

static void
run_sink (const char *name, const char *servers, const char *topic, guint n)
{
  const gboolean is_kafka = g_str_equal (name, "kafkasink");
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *sink = gst_element_factory_make (name, NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  if (!sink)
    bench_fail ("there is no %s: GST_PLUGIN_PATH is to name its folder", name);
  gst_bin_add (GST_BIN (pipeline), sink);
  if (is_kafka)
    g_object_set (sink, "bootstrap-servers", servers, "topic", topic, "key",
        "{seq}", "drain-timeout", -1, NULL);
  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);

  GstPad *feed = bench_feed (sink, "application/x-json");

  push (feed, 0);
  while (is_kafka && get_acknowledged (sink) < 1)
    if (gst_bus_timed_pop_filtered (bus, GST_MSECOND, GST_MESSAGE_ERROR))
      bench_fail ("%s cannot publish to %s", name, servers);
  begin ();
  for (guint i = 1; i <= n; i++) {
    pace (i);
    push (feed, i);
  }
  gst_pad_push_event (feed, gst_event_new_eos ());
  message = gst_bus_timed_pop_filtered (bus, TOO_LONG,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (!message || GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS)
    bench_fail ("%s did not end the stream", name);
  if (is_kafka && get_acknowledged (sink) != 1 + n)
    bench_fail ("%" G_GUINT64_FORMAT " of %u records acknowledged",
        get_acknowledged (sink), 1 + n);
  end (n);
  gst_message_unref (message);
  gst_object_unref (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (feed);
  gst_object_unref (pipeline);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  if (argc < 6)
    bench_fail ("usage: bench-kafka bare|kafkasink|feed SERVERS TOPIC RECORDS"
        " SIZE [RATE [READER]]");

  const guint n = g_ascii_strtoull (argv[4], NULL, 10);

  size = CLAMP (g_ascii_strtoull (argv[5], NULL, 10), MIN_SIZE, MAX_SIZE);
  rate = argc > 6 ? g_ascii_strtod (argv[6], NULL) : 0;
  if (argc > 7)
    reader = reader_new (argv[7], argv[3], TIME_AT);
  make_payloads ();
  if (g_str_equal (argv[1], "bare"))
    run_bare (argv[2], argv[3], n);
  else
    run_sink (g_str_equal (argv[1], "feed") ? "fakesink" : argv[1], argv[2],
        argv[3], n);
  for (guint i = 0; i < N_PAYLOADS; i++)
    g_free (payloads[i]);
  return 0;
}
