/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* metakafka-print: shows the records of a topic, a line each. */

#include <glib.h>
#include <librdkafka/rdkafka.h>
#include <string.h>

#include "common.h"
#include "jsontext.h"

static const char *opt_bootstrap = "localhost:9092";
static const char *opt_topic = "rr.metadata.sei";
static const char *opt_group = "rr.sei.demo";

static const GOptionEntry entries[] = {
  {"bootstrap", 0, 0, G_OPTION_ARG_STRING, &opt_bootstrap,
      "Kafka's brokers, HOST:PORT with commas between"
        " (default: localhost:9092)", "SERVERS"},
  {"topic", 0, 0, G_OPTION_ARG_STRING, &opt_topic,
      "Topic to read (default: rr.metadata.sei)", "TOPIC"},
  {"group", 0, 0, G_OPTION_ARG_STRING, &opt_group,
      "Consumer group, which remembers what was read"
        " (default: rr.sei.demo)", "GROUP"},
  {NULL}
};

#define ASK_TIMEOUT_MS 700

/* What was told, so that it is told once per change. Touched by polling alone. */
typedef struct
{
  gboolean in_doubt;            /* librdkafka says that brokers are down */
  gboolean unreachable;
  gboolean topic_missing;
  char *why;
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

/* There is no event for a connection that is there: only a question tells. */
static void
check_reachable (rd_kafka_t * rk, States * states)
{
  const struct rd_kafka_metadata *metadata;
  gboolean reachable;

  if (!states->in_doubt && !states->unreachable)
    return;
  reachable = rd_kafka_metadata (rk, 0, NULL, &metadata, ASK_TIMEOUT_MS) == 0;
  if (reachable)
    rd_kafka_metadata_destroy (metadata);
  states->in_doubt = FALSE;
  set_reachable (states, reachable, states->why ? states->why : "no answer");
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
  g_autofree char *json = NULL;
  gsize length;

  if (!value)
    return g_strdup ("null");
  if (json_text_is_value (value, size)) {
    length = json_text_compact (value, size, NULL, 0);
    json = g_malloc (length);
    json_text_compact (value, size, json, length);
    return tool_escape (json, length);
  }
  length = json_text_quote (value, size, NULL, 0);
  json = g_malloc (length + 1);
  json_text_quote (value, size, json, length);
  json[length] = '\0';
  {
    g_autofree char *escaped = tool_escape (json, length);

    return g_strdup_printf ("{\"raw\":%s}", escaped);
  }
}

/* Returns whether to go on. */
static gboolean
handle_error (States * states, const rd_kafka_message_t * message)
{
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      set_reachable (states, TRUE, NULL);
      if (!states->topic_missing)
        tool_warn ("Kafka at %s has no topic '%s': waiting until somebody"
            " creates it; check the name", opt_bootstrap, opt_topic);
      states->topic_missing = TRUE;
      return TRUE;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      tool_warn ("Kafka at %s does not allow this user to read topic '%s' in"
          " group '%s': ask for the permission READ on both", opt_bootstrap,
          opt_topic, opt_group);
      return FALSE;
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      tool_warn ("%s: correct the settings and start again",
          rd_kafka_message_errstr (message));
      return FALSE;
    default:
      /* librdkafka goes on by itself */
      return TRUE;
  }
}

static int
run (rd_kafka_t * rk, States * states)
{
  while (!tool_interrupted () && !tool_output_closed ()) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll (rk, 100);
    gboolean go_on = TRUE;

    check_reachable (rk, states);
    if (!message)
      continue;
    if (message->err) {
      go_on = handle_error (states, message);
    } else {
      g_autofree char *text = text_of (message);

      set_reachable (states, TRUE, NULL);
      states->topic_missing = FALSE;
      tool_say ("[Kafka] %s", text);
      if (!tool_output_closed ())
        rd_kafka_offset_store (message->rkt, message->partition,
            message->offset);
    }
    rd_kafka_message_destroy (message);
    if (!go_on)
      return TOOL_FAILED;
  }
  return TOOL_DONE;
}

int
main (int argc, char **argv)
{
  States states = { FALSE };
  rd_kafka_t *rk;
  int status;

  if (!tool_start (&argc, &argv, "metakafka-print",
          "Shows the records of a Kafka topic, a line each.", entries, NULL,
          TOOL_OUTPUT_BLOCK, &status))
    return status;
  if (!tool_check_bootstrap (opt_bootstrap))
    return tool_usage ("--bootstrap %s does not name brokers: give HOST:PORT,"
        " several with commas between", opt_bootstrap);
  if (!tool_check_topic (opt_topic))
    return tool_usage ("--topic %s is no name of a topic: use 1 to 249 of the"
        " characters a-z A-Z 0-9 . _ -", opt_topic);
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
  rd_kafka_consumer_close (rk);
  rd_kafka_destroy (rk);
  g_free (states.why);
  return status;
}
