/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* metakafka-print: shows the records of a topic, a line each. */

#include <errno.h>
#include <glib.h>
#include <librdkafka/rdkafka.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "common.h"
#include "kafkacheck.h"
#include "kafkaoptions.h"
#include "kafkastates.h"

static const char *opt_bootstrap = "localhost:9092";
static const char *opt_topic = "rr.metadata.sei";
static const char *opt_group = "rr.sei.demo";

static const GOptionEntry entries[] = {
  {"bootstrap", 0, 0, G_OPTION_ARG_STRING, &opt_bootstrap,
      "Kafka's brokers, HOST:PORT, separated by commas"
        " (default: localhost:9092)", "SERVERS"},
  {"topic", 0, 0, G_OPTION_ARG_STRING, &opt_topic,
      "Topic to read (default: rr.metadata.sei)", "TOPIC"},
  {"group", 0, 0, G_OPTION_ARG_STRING, &opt_group,
      "Consumer group, which remembers what was read"
        " (default: rr.sei.demo)", "GROUP"},
  KAFKA_OPTIONS_ENTRIES,
  {NULL}
};

#define MS G_TIME_SPAN_MILLISECOND
#define ASK_TIMEOUT_MS 700
#define ASK_INTERVAL_US (1000 * MS)
/* before the first question: a connection with TLS and a login takes its time */
#define FIRST_ASK_US (2000 * MS)
/* how long a broker may be away that nobody misses yet */
#define PATIENCE_US (5000 * MS)
#define CLOSE_TIMEOUT_MS 3000

/* Used only by the thread that polls. */
typedef struct
{
  KafkaStates states;
  char *servers;
  char *group;
  rd_kafka_t *rk;
  Batch *batch;
  gboolean in_doubt;            /* librdkafka misses brokers or the topic */
  gboolean failed;
  char *refusal;                /* to be told behind the records before it */
  rd_kafka_resp_err_t error;    /* any that the states do not know */
  gint64 next_ask_us;           /* monotonic */
  gint64 record_us;             /* of the last record */
} Reader;

static const char *const settings[][2] = {
  {"auto.offset.reset", "earliest"},
  /* a reader that was killed makes room for the next one soon */
  {"session.timeout.ms", "6000"},
  {"fetch.wait.max.ms", "100"},
  /* a topic that is created later is found soon */
  {"topic.metadata.refresh.interval.ms", "2000"},
  {"allow.auto.create.topics", "false"},
  {"reconnect.backoff.max.ms", "2000"},
  /* a broker that is frozen is given up after 10 s, not 60 */
  {"socket.timeout.ms", "10000"}
};

/* Whatever is set */
static const char *const always[][2] = {
  /* a record counts as read when its line is written */
  {"enable.auto.offset.store", "false"},
  {"statistics.interval.ms", "1000"}
};

static void
drop_log (const rd_kafka_t * rk, int level, const char *facility,
    const char *text)
{
}

/* Takes over @text. */
static void
tell (char *text)
{
  if (text)
    tool_warn ("%s", text);
  g_free (text);
}

static void
set_reachable (Reader * reader, gboolean reachable)
{
  /* that all is well needs no words at the start */
  const gboolean silent = !reader->states.reachability_known && reachable;
  char *text = kafka_states_set_reachable (&reader->states, reachable);

  if (silent)
    g_free (text);
  else
    tell (text);
}

/* Informational. Brokers close idle connections, and a name can have an address
 * where nobody listens before one where the broker does: so ask. */
static void
on_error (rd_kafka_t * rk, int err, const char *reason, void *opaque)
{
  Reader *reader = opaque;
  gboolean is_final;
  char *text;

  kafka_states_note_error (&reader->states, err, reason);
  if (err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    reader->in_doubt = TRUE;
  } else if (err == RD_KAFKA_RESP_ERR__AUTHENTICATION && !reader->failed) {
    text = kafka_states_note_refusal (&reader->states, reason, &is_final);
    if (text) {
      g_free (reader->refusal);
      reader->refusal = text;
    }
    reader->failed = is_final;
  }
}

static int
on_statistics (rd_kafka_t * rk, char *json, size_t size, void *opaque)
{
  Reader *reader = opaque;

  kafka_states_note_statistics (&reader->states, json, size);
  return 0;
}

/* librdkafka has no event for a connection or a topic that is there: one must
 * ask. */
static void
ask (Reader * reader)
{
  const gint64 now = g_get_monotonic_time ();
  const KafkaStates *states = &reader->states;
  const struct rd_kafka_metadata *metadata;
  rd_kafka_topic_t *topic;
  rd_kafka_resp_err_t err;

  if (!reader->in_doubt && (now < reader->next_ask_us
          || (states->reachable && states->topic_state != KAFKA_TOPIC_MISSING)))
    return;
  topic = rd_kafka_topic_new (reader->rk, opt_topic, NULL);
  err = rd_kafka_metadata (reader->rk, 0, topic, &metadata, ASK_TIMEOUT_MS);
  rd_kafka_topic_destroy (topic);
  reader->in_doubt = FALSE;
  reader->next_ask_us = now + ASK_INTERVAL_US;
  set_reachable (reader, !err);
  if (!err) {
    err = metadata->topic_cnt == 1 ? metadata->topics[0].err :
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    rd_kafka_metadata_destroy (metadata);
    /* what else can be is a topic whose leader is being elected */
    if (!err || err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
      tell (kafka_states_set_topic (&reader->states,
              err ? KAFKA_TOPIC_MISSING : KAFKA_TOPIC_AVAILABLE));
  }
}

/* Others answer, and no record comes: says which broker cannot be used. */
static void
check_brokers (Reader * reader)
{
  if (g_get_monotonic_time () >= reader->record_us + PATIENCE_US)
    tell (kafka_states_check_brokers (&reader->states, PATIENCE_US));
}

static void
set_setting (const char *key, const char *value, gpointer data)
{
  kafka_conf_set (data, key, value);
}

/* Returns: (nullable): NULL after saying what is wrong with the settings */
static rd_kafka_conf_t *
read_settings (void)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new_empty ();
  g_autoptr (GError) error = NULL;
  rd_kafka_conf_t *rd_conf;

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    kafka_conf_set (conf, settings[i][0], settings[i][1]);
  kafka_conf_set (conf, "bootstrap.servers", opt_bootstrap);
  kafka_conf_set (conf, "group.id", opt_group);
  if (kafka_options_file && !kafka_conf_load (conf, kafka_options_file, &error)) {
    tool_warn ("%s", error->message);
    return NULL;
  }
  if (!kafka_options_foreach (set_setting, conf))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (always); i++)
    kafka_conf_set (conf, always[i][0], always[i][1]);
  rd_conf = kafka_conf_build (conf, &error);
  if (rd_conf && kafka_check_settings (rd_conf, &error))
    return rd_conf;
  tool_warn ("%s", error->message);
  if (rd_conf)
    rd_kafka_conf_destroy (rd_conf);
  return NULL;
}

/* Takes over @conf. Returns TOOL_DONE, or what to exit with. */
static int
open_consumer (Reader * reader, rd_kafka_conf_t * conf)
{
  rd_kafka_topic_partition_list_t *topics;
  rd_kafka_resp_err_t err;
  char why[512];

  reader->servers = kafka_conf_get (conf, "bootstrap.servers");
  reader->group = kafka_conf_get (conf, "group.id");
  kafka_states_init (&reader->states, reader->servers, opt_topic,
      KAFKA_ROLE_CONSUMER);
  reader->next_ask_us = g_get_monotonic_time () + FIRST_ASK_US;
  rd_kafka_conf_set_opaque (conf, reader);
  rd_kafka_conf_set_error_cb (conf, on_error);
  rd_kafka_conf_set_stats_cb (conf, on_statistics);
  rd_kafka_conf_set_log_cb (conf, drop_log);
  reader->rk = rd_kafka_new (RD_KAFKA_CONSUMER, conf, why, sizeof (why));
  if (!reader->rk) {
    rd_kafka_conf_destroy (conf);
    tool_warn ("librdkafka does not accept its settings: %s", why);
    return TOOL_USAGE;
  }
  rd_kafka_poll_set_consumer (reader->rk);
  topics = rd_kafka_topic_partition_list_new (1);
  rd_kafka_topic_partition_list_add (topics, opt_topic, RD_KAFKA_PARTITION_UA);
  err = rd_kafka_subscribe (reader->rk, topics);
  rd_kafka_topic_partition_list_destroy (topics);
  if (err) {
    tool_warn ("%s: check --topic", rd_kafka_err2str (err));
    return TOOL_FAILED;
  }
  return TOOL_DONE;
}

/* Returns whether to go on. */
static gboolean
handle_error (Reader * reader, const rd_kafka_message_t * message)
{
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      reader->in_doubt = TRUE;
      return TRUE;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      tool_warn ("Kafka at %s does not allow this user to read topic '%s' in"
          " group '%s': ask for the permission READ on both", reader->servers,
          opt_topic, reader->group);
      return FALSE;
    case RD_KAFKA_RESP_ERR__FATAL:
      tool_warn ("%s: correct the settings and start again",
          rd_kafka_message_errstr (message));
      return FALSE;
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
      return TRUE;              /* brokers that are just starting */
    default:
      /* librdkafka goes on by itself; ask() reports its own errors */
      if (message->err != reader->error && (message->err > 0
              || message->err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED))
        tool_warn ("%s: going on; if it stays so, look into the broker's log or"
            " give another --group", rd_kafka_message_errstr (message));
      reader->error = message->err;
      return TRUE;
  }
}

static void
note_record (Reader * reader)
{
  set_reachable (reader, TRUE);
  tell (kafka_states_set_topic (&reader->states, KAFKA_TOPIC_AVAILABLE));
  reader->error = RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* Takes the records that wait. If none does, it waits a moment for one.
 * Returns: (nullable): what comes behind them and is none */
static rd_kafka_message_t *
take_records (Reader * reader)
{
  rd_kafka_message_t *message = rd_kafka_consumer_poll (reader->rk, 100);

  while (message && !message->err) {
    note_record (reader);
    batch_add (reader->batch, message);
    if (batch_is_full (reader->batch))
      return NULL;
    message = rd_kafka_consumer_poll (reader->rk, 0);
  }
  return message;
}

/* Returns whether to go on. */
static gboolean
show_records (Reader * reader)
{
  int error;

  if (batch_is_empty (reader->batch))
    return TRUE;
  reader->record_us = g_get_monotonic_time ();
  error = batch_write (reader->batch);
  if (error && !tool_interrupted () && !tool_output_closed ()) {
    tool_warn ("Could not write to stdout (%s): make room there or send it"
        " elsewhere, and start again", g_strerror (error));
    return FALSE;
  }
  return TRUE;
}

static int
run (Reader * reader)
{
  while (!tool_interrupted () && !tool_output_closed ()) {
    rd_kafka_message_t *message = take_records (reader);
    gboolean go_on = show_records (reader);

    tell (g_steal_pointer (&reader->refusal));
    if (message) {
      go_on = go_on && handle_error (reader, message);
      rd_kafka_message_destroy (message);
    }
    if (!go_on || reader->failed)
      return TOOL_FAILED;
    ask (reader);
    check_brokers (reader);
  }
  return TOOL_DONE;
}

/* Commits what was shown and leaves the group. rd_kafka_consumer_close() would
 * wait for ever for a broker that does not answer (librdkafka's issue 3740).
 * Returns whether it could be closed in time. */
static gboolean
close_consumer (rd_kafka_t * rk)
{
  const gint64 deadline_us = g_get_monotonic_time () + CLOSE_TIMEOUT_MS * MS;
  rd_kafka_queue_t *queue = rd_kafka_queue_new (rk);
  rd_kafka_error_t *error = rd_kafka_consumer_close_queue (rk, queue);
  gboolean closed;

  if (error)
    rd_kafka_error_destroy (error);
  while (!(closed = rd_kafka_consumer_closed (rk))
      && g_get_monotonic_time () < deadline_us) {
    rd_kafka_event_t *event = rd_kafka_queue_poll (queue, 50);

    if (event)
      rd_kafka_event_destroy (event);
  }
  rd_kafka_queue_destroy (queue);
  return closed;
}

int
main (int argc, char **argv)
{
  Reader reader = { {FALSE} };
  g_autoptr (GError) error = NULL;
  rd_kafka_conf_t *conf;
  int status;

  if (!tool_start (&argc, &argv, "metakafka-print",
          "Shows the records of a Kafka topic, a line each.", entries, NULL,
          TOOL_OUTPUT_BLOCK, &status))
    return status;
  if (*opt_bootstrap == '\0')
    return tool_usage ("--bootstrap needs HOST:PORT of a broker");
  if (*opt_topic == '\0')
    return tool_usage ("--topic needs the name of a topic");
  if (kafka_options_file && *kafka_options_file == '\0')
    return tool_usage ("--kafka-config needs the name of a file");
  if (!kafka_check_bootstrap_servers (opt_bootstrap, &error))
    return tool_usage ("--bootstrap: %s", error->message);
  if (!kafka_check_topic (opt_topic, &error))
    return tool_usage ("--topic: %s", error->message);
  if (*opt_group == '\0')
    return tool_usage ("--group needs a name");
  conf = read_settings ();
  if (!conf)
    return TOOL_USAGE;

  reader.batch = batch_new ();
  tool_catch_signals ();
  status = open_consumer (&reader, conf);
  if (status)
    return status;
  tool_say ("[Kafka] subscribed to %s @ %s", opt_topic, reader.servers);
  status = run (&reader);
  if (tool_interrupted ())
    tool_say ("[Kafka] interrupted, closing…");
  /* refused at the start, there is nothing to leave */
  if (!reader.failed && !close_consumer (reader.rk))
    tool_warn ("Kafka did not answer within %d s: group '%s' may be shown its"
        " last records again; check the broker", CLOSE_TIMEOUT_MS / 1000,
        reader.group);
  /* librdkafka 2.0.2 waits for ever in rd_kafka_destroy() if the topic is gone, and its
   * threads still run: nothing must be torn down under them */
  _exit (status);
}
