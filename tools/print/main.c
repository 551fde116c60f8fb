/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* metakafka-print: shows the records of a topic, a line each. */

#include <errno.h>
#include <glib.h>
#include <librdkafka/rdkafka.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "jsondup.h"
#include "kafkacheck.h"

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
  {NULL}
};

#define ASK_TIMEOUT_MS 700
#define ASK_INTERVAL_MS 1000
#define CLOSE_TIMEOUT_MS 3000

/* What was reported, so that it is reported once per change. Used only by the
 * thread that polls. */
typedef struct
{
  gboolean in_doubt;            /* librdkafka misses brokers or the topic */
  gboolean unreachable;
  gboolean topic_missing;
  rd_kafka_resp_err_t error;    /* any other */
  char *why;
  gint64 next_ask_us;           /* monotonic */
} States;

static const char *const settings[][2] = {
  {"auto.offset.reset", "earliest"},
  /* a record counts as read when its line is written */
  {"enable.auto.offset.store", "false"},
  /* a reader that was killed makes room for the next one soon */
  {"session.timeout.ms", "6000"},
  {"fetch.wait.max.ms", "100"},
  /* a topic that is created later is found soon */
  {"topic.metadata.refresh.interval.ms", "2000"},
  {"allow.auto.create.topics", "false"},
  {"reconnect.backoff.max.ms", "2000"},
  /* a broker that is frozen is given up after 10 s, not 60 */
  {"socket.timeout.ms", "10000"},
  {"log.connection.close", "false"}
};

static void
drop_log (const rd_kafka_t * rk, int level, const char *facility,
    const char *text)
{
}

static void
set_reachable (States * states, gboolean reachable, const char *why)
{
  if (states->unreachable == !reachable)
    return;
  states->unreachable = !reachable;
  if (reachable)
    tool_warn ("Kafka answers at %s", opt_bootstrap);
  else
    tool_warn ("Could not reach Kafka at %s (%s): trying until it answers;"
        " check the address, the network and the broker", opt_bootstrap, why);
}

/* Informational. Brokers close idle connections, and a name can have an address
 * where nobody listens before one where the broker does: so ask. */
static void
on_error (rd_kafka_t * rk, int err, const char *reason, void *opaque)
{
  States *states = opaque;

  if (err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    states->in_doubt = TRUE;
  } else {
    g_free (states->why);
    states->why = g_strdup (reason);
  }
}

static void
set_topic_missing (States * states, gboolean missing)
{
  if (states->topic_missing == missing)
    return;
  states->topic_missing = missing;
  if (missing)
    tool_warn ("Kafka at %s has no topic '%s': waiting until somebody creates"
        " it; check the name", opt_bootstrap, opt_topic);
  else
    tool_warn ("Kafka at %s has topic '%s' now", opt_bootstrap, opt_topic);
}

/* librdkafka has no event for a connection or a topic that is there: one must
 * ask. */
static void
ask (rd_kafka_t * rk, States * states)
{
  const gint64 now = g_get_monotonic_time ();
  const struct rd_kafka_metadata *metadata;
  rd_kafka_topic_t *topic;
  rd_kafka_resp_err_t err;

  if (!states->in_doubt && (now < states->next_ask_us
          || (!states->unreachable && !states->topic_missing)))
    return;
  topic = rd_kafka_topic_new (rk, opt_topic, NULL);
  err = rd_kafka_metadata (rk, 0, topic, &metadata, ASK_TIMEOUT_MS);
  rd_kafka_topic_destroy (topic);
  states->in_doubt = FALSE;
  states->next_ask_us = now + ASK_INTERVAL_MS * G_TIME_SPAN_MILLISECOND;
  set_reachable (states, !err, states->why ? states->why : "no answer");
  if (!err) {
    err = metadata->topic_cnt == 1 ? metadata->topics[0].err :
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    rd_kafka_metadata_destroy (metadata);
    /* what else can be is a topic whose leader is being elected */
    if (!err || err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
      set_topic_missing (states, err != 0);
  }
}

static rd_kafka_t *
open_consumer (States * states)
{
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  rd_kafka_topic_partition_list_t *topics;
  rd_kafka_resp_err_t err;
  rd_kafka_t *rk;
  char why[512];

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    if (rd_kafka_conf_set (conf, settings[i][0], settings[i][1], why,
            sizeof (why)) != RD_KAFKA_CONF_OK)
      g_warning ("%s", why);
  rd_kafka_conf_set_opaque (conf, states);
  rd_kafka_conf_set_error_cb (conf, on_error);
  rd_kafka_conf_set_log_cb (conf, drop_log);
  if (rd_kafka_conf_set (conf, "bootstrap.servers", opt_bootstrap, why,
          sizeof (why)) != RD_KAFKA_CONF_OK
      || rd_kafka_conf_set (conf, "group.id", opt_group, why, sizeof (why))
      != RD_KAFKA_CONF_OK
      || !(rk = rd_kafka_new (RD_KAFKA_CONSUMER, conf, why, sizeof (why)))) {
    tool_warn ("%s: check --bootstrap and --group", why);
    rd_kafka_conf_destroy (conf);
    return NULL;
  }
  rd_kafka_poll_set_consumer (rk);
  topics = rd_kafka_topic_partition_list_new (1);
  rd_kafka_topic_partition_list_add (topics, opt_topic, RD_KAFKA_PARTITION_UA);
  err = rd_kafka_subscribe (rk, topics);
  rd_kafka_topic_partition_list_destroy (topics);
  if (err) {
    tool_warn ("%s: check --topic", rd_kafka_err2str (err));
    rd_kafka_destroy (rk);
    return NULL;
  }
  return rk;
}

/* The record's value as one line of JSON. */
static char *
text_of (const rd_kafka_message_t * message)
{
  const char *value = message->payload;
  const gsize size = json_text_trim (value ? value : "", message->len);

  if (!value)
    return g_strdup ("null");
  if (json_text_is_value (value, size))
    return json_dup_compact (value, size, NULL);

  g_autofree char *quoted = json_dup_quoted (value, size, NULL);

  return g_strdup_printf ("{\"raw\":%s}", quoted);
}

/* Returns whether to go on. */
static gboolean
handle_error (States * states, const rd_kafka_message_t * message)
{
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      states->in_doubt = TRUE;
      return TRUE;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      tool_warn ("Kafka at %s does not allow this user to read topic '%s' in"
          " group '%s': ask for the permission READ on both", opt_bootstrap,
          opt_topic, opt_group);
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
      if (message->err != states->error && (message->err > 0
              || message->err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED))
        tool_warn ("%s: going on; if it stays so, look into the broker's log or"
            " give another --group", rd_kafka_message_errstr (message));
      states->error = message->err;
      return TRUE;
  }
}

/* Returns whether to go on. */
static gboolean
show (States * states, const rd_kafka_message_t * message)
{
  g_autofree char *text = text_of (message);

  set_reachable (states, TRUE, NULL);
  set_topic_missing (states, FALSE);
  states->error = RD_KAFKA_RESP_ERR_NO_ERROR;
  if (tool_say ("[Kafka] %s", text)) {
    rd_kafka_offset_store (message->rkt, message->partition, message->offset);
  } else {
    const int error = errno;

    if (!tool_interrupted () && !tool_output_closed ()) {
      tool_warn ("Could not write to stdout (%s): make room there or send it"
          " elsewhere, and start again", g_strerror (error));
      return FALSE;
    }
  }
  return TRUE;
}

static int
run (rd_kafka_t * rk, States * states)
{
  while (!tool_interrupted () && !tool_output_closed ()) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll (rk, 100);
    gboolean go_on;

    ask (rk, states);
    if (!message)
      continue;
    go_on = message->err ? handle_error (states, message)
        : show (states, message);
    rd_kafka_message_destroy (message);
    if (!go_on)
      return TOOL_FAILED;
  }
  return TOOL_DONE;
}

/* Commits what was shown and leaves the group. rd_kafka_consumer_close() would
 * wait for ever for a broker that does not answer (librdkafka's issue 3740), and
 * rd_kafka_destroy() after it. Returns whether it could be closed in time. */
static gboolean
close_consumer (rd_kafka_t * rk)
{
  const gint64 deadline_us = g_get_monotonic_time ()
      + CLOSE_TIMEOUT_MS * G_TIME_SPAN_MILLISECOND;
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
  if (closed)
    rd_kafka_destroy (rk);
  return closed;
}

int
main (int argc, char **argv)
{
  States states = { FALSE };
  g_autoptr (GError) error = NULL;
  rd_kafka_t *rk;
  int status;

  if (!tool_start (&argc, &argv, "metakafka-print",
          "Shows the records of a Kafka topic, a line each.", entries, NULL,
          TOOL_OUTPUT_BLOCK, &status))
    return status;
  if (!kafka_check_bootstrap_servers (opt_bootstrap, &error))
    return tool_usage ("--bootstrap: %s", error->message);
  if (!kafka_check_topic (opt_topic, &error))
    return tool_usage ("--topic: %s", error->message);
  if (*opt_group == '\0')
    return tool_usage ("--group needs a name");

  tool_catch_signals ();
  rk = open_consumer (&states);
  if (!rk)
    return TOOL_FAILED;
  tool_say ("[Kafka] subscribed to %s @ %s", opt_topic, opt_bootstrap);
  status = run (rk, &states);
  if (tool_interrupted ())
    tool_say ("[Kafka] interrupted, closing…");
  if (!close_consumer (rk)) {
    tool_warn ("Kafka did not answer within %d s: group '%s' may be shown its"
        " last records again; check the broker", CLOSE_TIMEOUT_MS / 1000,
        opt_group);
    /* librdkafka's threads still run: nothing must be torn down under them */
    _exit (status);
  }
  g_free (states.why);
  return status;
}
