/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* campaign --seconds N [--seed S] [--verbose]
 *
 * kafkasink in a pipeline, and librdkafka's mock cluster with every trouble that it
 * can make, at random: refused batches, a topic that goes and comes, leaders that
 * move or are none, brokers that are down or slow; meanwhile flushes and state
 * changes. It goes in rounds, each with settings of its own. At the end of a round
 * the troubles stop, and the topic is read:
 *
 *  - each acknowledged record is there: no more are missing than were given up,
 *    dropped, abandoned or flushed before the sink had them;
 *  - the records of a key are there in order. A record that is there twice counts
 *    where it is first, because the mock cluster does not recognise what a client
 *    repeats. Nor does it, as Kafka does, refuse what comes behind a batch that it has
 *    refused, so a partition has one batch out: chaos has more, with a real Kafka;
 *  - no more are there twice than maybe-duplicated says, unless answers were lost
 *    in that round: librdkafka then repeats what Kafka would recognise;
 *  - records wait or move: when none moved for stall-timeout and a little longer, the
 *    sink has said so;
 *  - the counts add up at every moment; at EOS nothing is in flight, and nothing was
 *    abandoned unless the stream was flushed; only refused records failed.
 *
 * The seed decides what is done, but not what comes of it. Exits 1 at the first
 * thing that is wrong, with what was done in that round. */

#include <gst/gst.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOPIC "t"
#define N_BROKERS 3
#define N_PARTITIONS 4
#define N_KEYS 16

/* Of the mock cluster's requests */
#define PRODUCE 0
#define INIT_PRODUCER_ID 22

/* What the sink must have done with everything once the troubles stopped. It pauses
 * for at most a minute between two clients. */
#define PATIENCE_S 150

#define SOCKET_TIMEOUT_MS 3000

/* From this one on librdkafka crashes where its mock cluster does what no broker does,
 * and answers with an error of the topic and its partitions; and the mock cluster
 * itself where a partition has no leader. */
#define STRICT_VERSION 0x020100ff

/* A sink on a busy machine may say later than after stall-timeout that nothing moves. */
#define LATE_US (5 * G_TIME_SPAN_SECOND)

typedef struct
{
  GByteArray *seen;             /* of each record, how often it was read */
  gint64 last[N_KEYS];          /* the last record that was read first */
  guint n_pushed;
  guint n_twice;
  guint n_refusals;             /* that were made ready */
  gboolean flushed;
  gboolean compression_refused;
  gboolean loses_answers;
  gboolean drops;
  gboolean ended;               /* with EOS */
  gint64 stall_us;
  gint64 moved_us;              /* when a record last left, or none was there */
  gboolean stalled;             /* as the sink says */
  guint64 enqueued, acknowledged, failed, dropped, abandoned, in_flight,
      maybe_duplicated, restarts;
} Round;

static GRand *dice;
static gboolean verbose;
static guint seed;

static rd_kafka_t *mock_client;
static rd_kafka_mock_cluster_t *cluster;
static GstElement *pipeline, *source, *sink;
static GstBus *bus;

static GPtrArray *rounds;
static Round *now;
static GString *story;          /* what was done in this round */
static gint64 offsets[N_PARTITIONS];    /* of what was not read yet */
static guint64 n_all, n_read;

static guint
roll (guint n)
{
  return g_rand_int_range (dice, 0, n);
}

G_GNUC_PRINTF (1, 2)
     static void tell (const char *format, ...)
{
  const gsize before = story->len;
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (story, format, args);
  va_end (args);
  g_string_append_c (story, '\n');
  if (verbose)
    fputs (story->str + before, stdout);
}

G_GNUC_PRINTF (1, 2)
     G_GNUC_NORETURN static void fail (const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  printf ("%s\nround %u of seed %u: %s\n", story->str, rounds->len, seed, what);
  fflush (stdout);
  _exit (1);
}

static void
on_alarm (int number)
{
  static const char what[] = "\nnothing goes on any more\n";

  /* what was done last is all that can be said now */
  if (write (1, story->str, story->len) < 0
      || write (1, what, sizeof (what) - 1) < 0)
    _exit (2);
  _exit (1);
}

/* -------- what the sink says -------- */

static guint64
get (const GstStructure * stats, const char *name)
{
  guint64 value;

  if (!gst_structure_get_uint64 (stats, name, &value))
    fail ("no %s", name);
  return value;
}

static void
read_stats (void)
{
  const guint64 n_left = now->enqueued - now->in_flight;
  GstStructure *stats;

  g_object_get (sink, "stats", &stats, NULL);
  now->enqueued = get (stats, "enqueued");
  now->acknowledged = get (stats, "acknowledged");
  now->failed = get (stats, "failed");
  now->dropped = get (stats, "dropped");
  now->abandoned = get (stats, "abandoned");
  now->in_flight = get (stats, "in-flight");
  now->maybe_duplicated = get (stats, "maybe-duplicated");
  now->restarts = get (stats, "restarts");
  if (now->enqueued != now->acknowledged + now->failed + now->dropped
      + now->abandoned + now->in_flight || now->enqueued > now->n_pushed) {
    g_autofree char *text = gst_structure_to_string (stats);

    fail ("%u records were pushed, but %s", now->n_pushed, text);
  }
  gst_structure_free (stats);
  if (now->in_flight == 0 || now->enqueued - now->in_flight != n_left)
    now->moved_us = g_get_monotonic_time ();
}

static void
check_silence (void)
{
  const gint64 us = g_get_monotonic_time () - now->moved_us;

  if (!now->stalled && us > now->stall_us + LATE_US)
    fail ("%" G_GUINT64_FORMAT " records have not moved for %" G_GINT64_FORMAT
        " s, in silence", now->in_flight, us / G_TIME_SPAN_SECOND);
}

/* Returns whether it is EOS. */
static gboolean
take_message (GstMessage * message)
{
  const gboolean eos = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autofree char *debug = NULL;
    GError *error;

    gst_message_parse_error (message, &error, &debug);
    fail ("%s (%s)", error->message, debug);
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
    const GstStructure *structure = gst_message_get_structure (message);

    tell ("    %s: %s", gst_structure_get_name (structure),
        gst_structure_get_string (structure, "text"));
    if (gst_structure_has_name (structure, "delivery-stalled"))
      now->stalled = TRUE;
    else if (gst_structure_has_name (structure, "delivery-resumed"))
      now->stalled = FALSE;
  }
  gst_message_unref (message);
  return eos;
}

static void
take_messages (void)
{
  GstMessage *message;

  while ((message = gst_bus_pop (bus)))
    take_message (message);
}

/* -------- what is done -------- */

static void
push_records (void)
{
  const guint n = 1 + roll (roll (4) ? 40 : 800);

  tell ("pushes %u", n);
  for (guint i = 0; i < n; i++) {
    const guint8 none = 0;
    GstFlowReturn ret;
    GstBuffer *buffer;
    char *text = g_strdup_printf ("{\"k\":\"%u\",\"r\":%u,\"n\":%u,"
        "\"text\":\"%.*s\"}", roll (N_KEYS), rounds->len, now->n_pushed,
        (int) roll (200), "...................................................."
        ".................................................................."
        "..................................................................");

    g_byte_array_append (now->seen, &none, 1);
    now->n_pushed++;
    buffer = gst_buffer_new_wrapped (text, strlen (text));
    g_signal_emit_by_name (source, "push-buffer", buffer, &ret);
    gst_buffer_unref (buffer);
    if (ret != GST_FLOW_OK)
      fail ("appsrc says %s", gst_flow_get_name (ret));
  }
}

/* Whether a batch was refused because of its records or not, none of these says that
 * it was taken: the mock cluster would have to have it. */
static void
refuse_batches (void)
{
  static const rd_kafka_resp_err_t errors[] = {
    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
    RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
    RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
    RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
    RD_KAFKA_RESP_ERR_INVALID_MSG,
    RD_KAFKA_RESP_ERR_UNKNOWN,
    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
    RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID,
    RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
    RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
    RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
    RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP,
    RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
    RD_KAFKA_RESP_ERR_INVALID_RECORD,
    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED,
    RD_KAFKA_RESP_ERR_PRODUCER_FENCED
  };
  const rd_kafka_resp_err_t error = errors[roll (G_N_ELEMENTS (errors))];
  const guint n = 1 + roll (4);

  tell ("refuses %u batches with %s", n, rd_kafka_err2name (error));
  for (guint i = 0; i < n; i++)
    rd_kafka_mock_push_request_errors (cluster, PRODUCE, 1, error);
  now->n_refusals += n;
}

/* Once: what is refused uncompressed as well waits for a user. */
static void
refuse_compression (void)
{
  const rd_kafka_resp_err_t error = roll (2) ?
      RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT :
      RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE;

  if (now->compression_refused)
    return;
  now->compression_refused = TRUE;
  tell ("refuses a batch with %s", rd_kafka_err2name (error));
  rd_kafka_mock_push_request_errors (cluster, PRODUCE, 1, error);
}

static void
refuse_producer_ids (void)
{
  static const rd_kafka_resp_err_t errors[] = {
    RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
    RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
    RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED
  };
  const rd_kafka_resp_err_t error = errors[roll (G_N_ELEMENTS (errors))];

  /* who was never allowed to write ends with an error */
  if (error == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED
      && now->acknowledged == 0)
    return;
  tell ("refuses the next producer id with %s", rd_kafka_err2name (error));
  rd_kafka_mock_push_request_errors (cluster, INIT_PRODUCER_ID, 1, error);
}

static void
set_topic_error (void)
{
  static const rd_kafka_resp_err_t errors[] = {
    RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE
  };
  const rd_kafka_resp_err_t error = errors[roll (G_N_ELEMENTS (errors))];

  if (rd_kafka_version () >= STRICT_VERSION)
    return;
  tell ("the topic is %s", rd_kafka_err2name (error));
  rd_kafka_mock_topic_set_error (cluster, TOPIC, error);
  /* those who do not ask are told as well */
  if (error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    rd_kafka_mock_push_request_errors (cluster, PRODUCE, 2, error, error);
}

static void
clear_topic_error (void)
{
  tell ("the topic is well");
  rd_kafka_mock_topic_set_error (cluster, TOPIC, RD_KAFKA_RESP_ERR_NO_ERROR);
}

static void
set_leader (int partition, int broker)
{
  rd_kafka_mock_partition_set_leader (cluster, TOPIC, partition, broker);
}

static void
move_leader (void)
{
  const int partition = roll (N_PARTITIONS);
  int broker = roll (4) ? (int) roll (N_BROKERS) + 1 : -1;

  if (broker < 0 && rd_kafka_version () >= STRICT_VERSION)
    broker = 1;
  tell ("partition %d has leader %d", partition, broker);
  set_leader (partition, broker);
}

static void
set_rtt (void)
{
  const int broker = roll (N_BROKERS) + 1;
  const int ms = now->loses_answers && roll (3) == 0 ? SOCKET_TIMEOUT_MS + 500 :
      (int) roll (150);

  tell ("broker %d answers after %d ms", broker, ms);
  rd_kafka_mock_broker_set_rtt (cluster, broker, ms);
}

static void
take_broker_down (void)
{
  const int broker = roll (N_BROKERS) + 1;

  if (!now->loses_answers)
    return;
  tell ("broker %d is down", broker);
  rd_kafka_mock_broker_set_down (cluster, broker);
}

static void
cut_connections (void)
{
  if (!now->loses_answers)
    return;
  tell ("the next two batches cost their connections");
  rd_kafka_mock_push_request_errors (cluster, PRODUCE, 2,
      RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TRANSPORT);
}

static void
take_brokers_up (void)
{
  tell ("all brokers are up");
  for (int i = 1; i <= N_BROKERS; i++)
    rd_kafka_mock_broker_set_up (cluster, i);
}

static void
flush (void)
{
  tell ("flushes");
  now->flushed = TRUE;
  gst_element_send_event (source, gst_event_new_flush_start ());
  gst_element_send_event (source, gst_event_new_flush_stop (TRUE));
}

static void
set_state (GstState state)
{
  tell ("goes to %s", gst_element_state_get_name (state));
  if (gst_element_set_state (pipeline, state) == GST_STATE_CHANGE_FAILURE)
    fail ("cannot go to %s", gst_element_state_get_name (state));
}

static void
pause_and_play (void)
{
  set_state (GST_STATE_PAUSED);
  if (roll (2))
    push_records ();
  set_state (GST_STATE_PLAYING);
}

static void
let_time_pass (void)
{
  /* seldom for long enough that something must be said */
  g_usleep (1000 * (roll (30) ? roll (300) : 8000));
}

static const struct
{
  guint weight;
  void (*act) (void);
} actions[] = {
  {30, push_records},
  {25, let_time_pass},
  {8, refuse_batches},
  {1, refuse_compression},
  {2, refuse_producer_ids},
  {4, move_leader},
  {2, set_topic_error},
  {5, clear_topic_error},
  {3, set_rtt},
  {3, take_broker_down},
  {4, take_brokers_up},
  {2, cut_connections},
  {1, flush},
  {2, pause_and_play}
};

static void
act (void)
{
  guint sum = 0, left;

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    sum += actions[i].weight;
  left = roll (sum);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    if (left < actions[i].weight) {
      actions[i].act ();
      return;
    }
    left -= actions[i].weight;
  }
}

static void
stop_troubles (void)
{
  tell ("no more troubles");
  rd_kafka_mock_clear_request_errors (cluster, PRODUCE);
  rd_kafka_mock_clear_request_errors (cluster, INIT_PRODUCER_ID);
  rd_kafka_mock_topic_set_error (cluster, TOPIC, RD_KAFKA_RESP_ERR_NO_ERROR);
  for (int i = 1; i <= N_BROKERS; i++) {
    rd_kafka_mock_broker_set_up (cluster, i);
    rd_kafka_mock_broker_set_rtt (cluster, i, 0);
  }
  for (int i = 0; i < N_PARTITIONS; i++)
    set_leader (i, i % N_BROKERS + 1);
}

/* -------- what is there -------- */

static void
take_record (const rd_kafka_message_t * message)
{
  g_autofree char *text = g_strndup (message->payload, message->len);
  guint key, number, n;
  guint8 *seen;
  Round *round;

  if (sscanf (text, "{\"k\":\"%u\",\"r\":%u,\"n\":%u,", &key, &number, &n) != 3
      || key >= N_KEYS || number < 1 || number > rounds->len)
    fail ("a strange record: %s", text);
  round = g_ptr_array_index (rounds, number - 1);
  if (n >= round->n_pushed)
    fail ("record %u of round %u was never pushed", n, number);
  n_read++;
  seen = &round->seen->data[n];
  if (*seen == 0) {
    if (n < round->last[key])
      fail ("record %u of round %u is behind %" G_GINT64_FORMAT, n, number,
          round->last[key]);
    round->last[key] = n;
  } else {
    round->n_twice++;
  }
  if (*seen < G_MAXUINT8)
    ++ * seen;
}

/* What is new since it was read last */
static void
read_topic (void)
{
  rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new
      (N_PARTITIONS);
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  gint64 ends[N_PARTITIONS];
  gint64 n_left = 0;
  rd_kafka_t *reader;
  char why[256];

  rd_kafka_conf_set (conf, "bootstrap.servers",
      rd_kafka_mock_cluster_bootstraps (cluster), NULL, 0);
  rd_kafka_conf_set (conf, "group.id", "reader", NULL, 0);
  rd_kafka_conf_set (conf, "fetch.wait.max.ms", "10", NULL, 0);
  rd_kafka_conf_set (conf, "check.crcs", "true", NULL, 0);
  rd_kafka_conf_set (conf, "log_level", "0", NULL, 0);
  reader = rd_kafka_new (RD_KAFKA_CONSUMER, conf, why, sizeof (why));
  for (int i = 0; i < N_PARTITIONS; i++) {
    gint64 low;

    if (rd_kafka_query_watermark_offsets (reader, TOPIC, i, &low, &ends[i],
            1000 * PATIENCE_S) != 0)
      fail ("partition %d cannot be read", i);
    if (low > offsets[i])
      fail ("the mock cluster forgot records: make the rounds shorter");
    n_left += ends[i] - offsets[i];
    rd_kafka_topic_partition_list_add (all, TOPIC, i)->offset = offsets[i];
  }
  rd_kafka_assign (reader, all);
  while (n_left > 0) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll (reader,
        1000 * PATIENCE_S);

    if (message == NULL)
      fail ("the topic cannot be read any more");
    if (message->err == 0 && message->offset < ends[message->partition]) {
      take_record (message);
      offsets[message->partition] = message->offset + 1;
      n_left--;
    }
    rd_kafka_message_destroy (message);
  }
  rd_kafka_topic_partition_list_destroy (all);
  rd_kafka_consumer_close (reader);
  rd_kafka_destroy (reader);
}

static void
check_round (const Round * round)
{
  guint n_missing = 0;

  for (guint i = 0; i < round->n_pushed; i++)
    n_missing += round->seen->data[i] == 0;
  if (n_missing > round->failed + round->dropped + round->abandoned
      + (round->n_pushed - round->enqueued))
    fail ("%u records are not there", n_missing);
  if (!round->loses_answers && round->n_twice > round->maybe_duplicated)
    fail ("%u records are there twice, %" G_GUINT64_FORMAT " were expected",
        round->n_twice, round->maybe_duplicated);
  if (round->in_flight != 0)
    fail ("%" G_GUINT64_FORMAT " records are in flight at the end",
        round->in_flight);
  if (round->failed > round->n_refusals)
    fail ("%" G_GUINT64_FORMAT " records failed, but %u were refused",
        round->failed, round->n_refusals);
  if (!round->drops && round->dropped != 0)
    fail ("%" G_GUINT64_FORMAT " records were dropped", round->dropped);
  if (round->ended && !round->flushed
      && (round->abandoned != 0 || round->enqueued != round->n_pushed))
    fail ("%" G_GUINT64_FORMAT " records were abandoned, %" G_GUINT64_FORMAT
        " of %u came in", round->abandoned, round->enqueued, round->n_pushed);
}

/* -------- rounds -------- */

static Round *
round_new (void)
{
  Round *round = g_new0 (Round, 1);

  round->seen = g_byte_array_new ();
  for (guint i = 0; i < N_KEYS; i++)
    round->last[i] = -1;
  round->loses_answers = roll (2);
  round->drops = roll (4) == 0;
  return round;
}

static void
round_free (gpointer data)
{
  Round *round = data;

  g_byte_array_unref (round->seen);
  g_free (round);
}

static void
configure (void)
{
  static const guint bounds[] = { 20, 1000, 100000 };
  static const int lingers[] = { 0, 5, 50 };
  static const guint stalls_ms[] = { 500, 2000, 30000 };
  static const char *compressions[] = { "none", "lz4", "gzip" };
  const guint bound = bounds[roll (G_N_ELEMENTS (bounds))];
  const int linger = lingers[roll (G_N_ELEMENTS (lingers))];
  const char *compression = compressions[roll (G_N_ELEMENTS (compressions))];
  const guint stall_ms = stalls_ms[roll (G_N_ELEMENTS (stalls_ms))];
  const int stop_timeout = roll (2) ? 0 : 1000;
  GstStructure *config = gst_structure_new ("config",
      "linger.ms", G_TYPE_INT, linger,
      "max.in.flight.requests.per.connection", G_TYPE_INT, 1,
      "compression.type", G_TYPE_STRING, compression,
      "socket.timeout.ms", G_TYPE_INT, SOCKET_TIMEOUT_MS,
      "reconnect.backoff.max.ms", G_TYPE_INT, 500, NULL);

  now->stall_us = stall_ms * G_TIME_SPAN_MILLISECOND;
  tell ("round %u: bound %u, %s, linger %d, %s, stop-timeout %d, stall-timeout"
      " %u, %s", rounds->len, bound, now->drops ? "drops" : "blocks", linger,
      compression, stop_timeout, stall_ms,
      now->loses_answers ? "loses answers" : "all are answered");
  g_object_set (sink, "config", config, "max-queued-messages", (guint64) bound,
      "stop-timeout", stop_timeout, "stall-timeout", stall_ms, NULL);
  gst_util_set_object_arg (G_OBJECT (sink), "overflow",
      now->drops ? "drop" : "block");
  gst_structure_free (config);
}

static void
wait_for_eos (void)
{
  const gint64 deadline = g_get_monotonic_time () + PATIENCE_S
      * G_TIME_SPAN_SECOND;
  gboolean ended = FALSE;

  tell ("ends the stream");
  while (TRUE) {
    GstMessage *message = gst_bus_timed_pop (bus, GST_SECOND);

    read_stats ();
    if (message)
      ended = take_message (message);
    check_silence ();
    if (ended)
      return;
    if (g_get_monotonic_time () > deadline)
      fail ("%" G_GUINT64_FORMAT " records are still in flight",
          now->in_flight);
  }
}

static void
do_round (void)
{
  const guint n = 10 + roll (70);
  GstFlowReturn ret;

  g_string_truncate (story, 0);
  now = round_new ();
  g_ptr_array_add (rounds, now);
  configure ();
  now->moved_us = g_get_monotonic_time ();
  set_state (GST_STATE_PLAYING);
  for (guint i = 0; i < n; i++) {
    alarm (2 * PATIENCE_S);
    act ();
    read_stats ();
    take_messages ();
    check_silence ();
  }
  now->ended = roll (3) > 0;
  if (now->ended) {
    stop_troubles ();
    g_signal_emit_by_name (source, "end-of-stream", &ret);
    wait_for_eos ();
  }
  set_state (roll (2) ? GST_STATE_READY : GST_STATE_NULL);
  read_stats ();
  take_messages ();
  if (!now->ended)
    stop_troubles ();
  read_topic ();
  check_round (now);
  n_all += now->n_pushed;
  printf ("round %u: %u records, %" G_GUINT64_FORMAT " acknowledged, %"
      G_GUINT64_FORMAT " failed, %" G_GUINT64_FORMAT " dropped, %"
      G_GUINT64_FORMAT " abandoned, %u twice, %" G_GUINT64_FORMAT
      " restarts\n", rounds->len, now->n_pushed, now->acknowledged,
      now->failed, now->dropped, now->abandoned, now->n_twice, now->restarts);
  fflush (stdout);
}

static void
open_all (void)
{
  g_autofree char *line = NULL;
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  GError *error = NULL;
  char why[256];

  rd_kafka_conf_set (conf, "log_level", "0", NULL, 0);
  mock_client = rd_kafka_new (RD_KAFKA_PRODUCER, conf, why, sizeof (why));
  cluster = rd_kafka_mock_cluster_new (mock_client, N_BROKERS);
  rd_kafka_mock_topic_create (cluster, TOPIC, N_PARTITIONS, N_BROKERS);
  line = g_strdup_printf ("appsrc name=source format=time max-bytes=0"
      " caps=application/x-json ! kafkasink name=sink topic=" TOPIC
      " key={k} drain-timeout=-1 bootstrap-servers=%s",
      rd_kafka_mock_cluster_bootstraps (cluster));
  pipeline = gst_parse_launch (line, &error);
  if (!pipeline)
    g_error ("%s", error->message);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  bus = gst_element_get_bus (pipeline);
}

static void
close_all (void)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (source);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  rd_kafka_mock_cluster_destroy (cluster);
  rd_kafka_destroy (mock_client);
}

int
main (int argc, char **argv)
{
  gint seconds = 40, chosen = -1;
  const GOptionEntry entries[] = {
    {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "for so long", "N"},
    {"seed", 0, 0, G_OPTION_ARG_INT, &chosen, "what to do", "S"},
    {"verbose", 0, 0, G_OPTION_ARG_NONE, &verbose, "print all of it", NULL},
    {NULL}
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GError *error = NULL;
  gint64 end;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "campaign: %s\n", error->message);
    return 2;
  }
  seed = chosen >= 0 ? (guint) chosen : g_random_int () % 1000000;
  printf ("seed %u\n", seed);
  dice = g_rand_new_with_seed (seed);
  story = g_string_new (NULL);
  rounds = g_ptr_array_new_with_free_func (round_free);
  signal (SIGALRM, on_alarm);
  end = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
  open_all ();
  do
    do_round ();
  while (g_get_monotonic_time () < end);
  /* what was abandoned may have arrived late */
  read_topic ();
  for (guint i = 0; i < rounds->len; i++)
    check_round (g_ptr_array_index (rounds, i));
  printf ("%u rounds, %" G_GUINT64_FORMAT " records, %" G_GUINT64_FORMAT
      " of them read\n", rounds->len, n_all, n_read);
  close_all ();
  g_ptr_array_unref (rounds);
  g_string_free (story, TRUE);
  g_rand_free (dice);
  return 0;
}
