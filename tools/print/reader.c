/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "reader.h"

#include "common.h"
#include "kafkaconf.h"
#include "kafkastates.h"
#include "settings.h"
#include "starter.h"

#define MS G_TIME_SPAN_MILLISECOND
#define ASK_TIMEOUT_MS 700
#define ASK_INTERVAL_US (1000 * MS)
/* before the first question: a connection with TLS and a login takes its time */
#define FIRST_ASK_US (2000 * MS)
/* how long a broker may be away that nobody misses yet */
#define PATIENCE_US (5000 * MS)
#define CLOSE_TIMEOUT_MS 3000

struct _Reader
{
  const Options *options;
  void (*finish) (gpointer data);
  gpointer data;                /* for finish() */
  KafkaStates states;
  char *servers;
  char *group;
  rd_kafka_t *rk;
  gboolean is_started;          /* nothing is left to be done before records come */
  gboolean in_doubt;            /* librdkafka misses brokers or the topic */
  gboolean failed;
  char *refusal;                /* to be told behind the records before it */
  rd_kafka_resp_err_t error;    /* any that the states do not know */
  rd_kafka_resp_err_t commit_error;     /* told last */
  Starter *starter;             /* of partitions that are read by themselves */
  int missing;                  /* a partition that is not read, or START_NONE_MISSING */
  gint64 missing_us;            /* monotonic: since when there is one; G_MAXINT64: said */
  gint64 next_ask_us;           /* monotonic */
  GHashTable *at_end;           /* partitions that were read to their end */
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
  topic = rd_kafka_topic_new (reader->rk, reader->options->topic, NULL);
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
check_brokers (Reader * reader, gint64 record_us)
{
  if (g_get_monotonic_time () >= record_us + PATIENCE_US)
    tell (kafka_states_check_brokers (&reader->states, PATIENCE_US));
}

/* Informational, too: librdkafka tries again with the next records. */
static void
on_commit (rd_kafka_t * rk, rd_kafka_resp_err_t err,
    rd_kafka_topic_partition_list_t * offsets, void *opaque)
{
  Reader *reader = opaque;

  if (err == RD_KAFKA_RESP_ERR__NO_OFFSET || err == reader->commit_error)
    return;
  reader->commit_error = err;
  if (err)
    tool_warn ("Group '%s' does not take what was read of it (%s): end its"
        " other readers, or give another --group", reader->group,
        rd_kafka_err2str (err));
}

/* Before another reader of the group goes on with partitions, what was taken of them is
 * finished. librdkafka commits that when it gives them up. */
static void
on_rebalance (rd_kafka_t * rk, rd_kafka_resp_err_t err,
    rd_kafka_topic_partition_list_t * partitions, void *opaque)
{
  const Reader *reader = opaque;
  const gboolean is_gain = err == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
  rd_kafka_error_t *error = NULL;

  if (!is_gain)
    reader->finish (reader->data);
  if (g_strcmp0 (rd_kafka_rebalance_protocol (rk), "COOPERATIVE") == 0)
    error = is_gain ? rd_kafka_incremental_assign (rk, partitions) :
        rd_kafka_incremental_unassign (rk, partitions);
  else
    rd_kafka_assign (rk, is_gain ? partitions : NULL);
  /* of a reader that closes: it keeps nothing anyway */
  if (error)
    rd_kafka_error_destroy (error);
}

/* Returns whether it could. */
static gboolean
subscribe (Reader * reader)
{
  rd_kafka_topic_partition_list_t *topics =
      rd_kafka_topic_partition_list_new (1);
  rd_kafka_resp_err_t err;

  rd_kafka_topic_partition_list_add (topics, reader->options->topic,
      RD_KAFKA_PARTITION_UA);
  err = rd_kafka_subscribe (reader->rk, topics);
  rd_kafka_topic_partition_list_destroy (topics);
  if (err)
    tool_warn ("%s: check --topic", rd_kafka_err2str (err));
  return err == RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* Takes over @conf. Returns TOOL_DONE, or what to exit with. */
static int
open_consumer (Reader * reader, rd_kafka_conf_t * conf)
{
  char why[512];

  reader->servers = kafka_conf_get (conf, "bootstrap.servers");
  reader->group = kafka_conf_get (conf, "group.id");
  kafka_states_init (&reader->states, reader->servers, reader->options->topic,
      KAFKA_ROLE_CONSUMER);
  reader->next_ask_us = g_get_monotonic_time () + FIRST_ASK_US;
  rd_kafka_conf_set_opaque (conf, reader);
  rd_kafka_conf_set_error_cb (conf, on_error);
  rd_kafka_conf_set_stats_cb (conf, on_statistics);
  rd_kafka_conf_set_log_cb (conf, drop_log);
  if (!reader->options->is_assigned)
    rd_kafka_conf_set_rebalance_cb (conf, on_rebalance);
  else if (reader->options->is_committed)
    rd_kafka_conf_set_offset_commit_cb (conf, on_commit);
  reader->rk = rd_kafka_new (RD_KAFKA_CONSUMER, conf, why, sizeof (why));
  if (!reader->rk) {
    rd_kafka_conf_destroy (conf);
    tool_warn ("librdkafka does not accept its settings: %s", why);
    return TOOL_USAGE;
  }
  rd_kafka_poll_set_consumer (reader->rk);
  reader->is_started = !reader->options->is_assigned;
  if (reader->is_started)
    return subscribe (reader) ? TOOL_DONE : TOOL_FAILED;
  reader->starter = starter_new (reader->rk, reader->options, reader->servers);
  return TOOL_DONE;
}

/* Of a reader that could not be opened: nothing comes from its consumer yet. */
static void
free_unopened (Reader * reader)
{
  if (reader->rk)
    rd_kafka_destroy_flags (reader->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  kafka_states_clear (&reader->states);
  g_hash_table_unref (reader->at_end);
  g_free (reader->servers);
  g_free (reader->group);
  g_free (reader->refusal);
  g_free (reader);
}

Reader *
reader_open (const Options * options, void (*finish) (gpointer data),
    gpointer data, int *status)
{
  rd_kafka_conf_t *conf = settings_read (options);
  Reader *reader;

  if (!conf) {
    *status = TOOL_USAGE;
    return NULL;
  }
  reader = g_new0 (Reader, 1);
  reader->options = options;
  reader->finish = finish;
  reader->data = data;
  reader->missing = START_NONE_MISSING;
  reader->at_end = g_hash_table_new (NULL, NULL);
  *status = open_consumer (reader, conf);
  if (*status)
    g_clear_pointer (&reader, free_unopened);
  return reader;
}

const char *
reader_get_servers (const Reader * reader)
{
  return reader->servers;
}

static void
say_forbidden (const Reader * reader)
{
  if (reader->options->is_committed)
    tool_warn ("Kafka at %s does not allow this user to read topic '%s' in"
        " group '%s': ask for the permission READ on both", reader->servers,
        reader->options->topic, reader->group);
  else
    tool_warn ("Kafka at %s does not allow this user to read topic '%s': ask"
        " for the permission READ", reader->servers, reader->options->topic);
}

static void
note_record (Reader * reader)
{
  set_reachable (reader, TRUE);
  tell (kafka_states_set_topic (&reader->states, KAFKA_TOPIC_AVAILABLE));
  reader->error = RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_message_t *
reader_poll (Reader * reader, int timeout_ms)
{
  rd_kafka_message_t *message = rd_kafka_consumer_poll (reader->rk, timeout_ms);

  if (message && !reader->is_started)
    starter_wait (reader->starter);
  if (message && !message->err)
    note_record (reader);
  return message;
}

gboolean
reader_handle_error (Reader * reader, const rd_kafka_message_t * message)
{
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      reader->in_doubt = TRUE;
      return TRUE;
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      g_hash_table_add (reader->at_end, GINT_TO_POINTER (message->partition));
      return TRUE;
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      /* librdkafka looks for the group also where nobody needs it */
      if (!reader->options->is_committed)
        return TRUE;
      /* fall through */
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      say_forbidden (reader);
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
say_missing (Reader * reader)
{
  if (reader->missing == START_NONE_MISSING || reader->missing_us == G_MAXINT64)
    return;
  tool_warn ("Partition %d of topic '%s' has no leader, or its broker does not"
      " answer: it is read as soon as that changes; check its broker",
      reader->missing, reader->options->topic);
  reader->missing_us = G_MAXINT64;
}

/* An election takes a moment, which nobody needs to know of. */
static void
note_missing (Reader * reader, int missing)
{
  const gint64 now = g_get_monotonic_time ();

  if (reader->missing == START_NONE_MISSING)
    reader->missing_us = now;
  reader->missing = missing;
  if (now - PATIENCE_US >= reader->missing_us)
    say_missing (reader);
}

/* Returns whether to go on. */
static gboolean
look_after_start (Reader * reader)
{
  int missing;
  const StartResult result = starter_get_result (reader->starter, &missing);

  note_missing (reader, missing);
  if (result == START_DONE) {
    reader->is_started = TRUE;
    note_record (reader);
  } else if (result == START_FORBIDDEN) {
    say_forbidden (reader);
  }
  return result == START_DONE || result == START_LATER;
}

gboolean
reader_look (Reader * reader, gint64 record_us)
{
  tell (g_steal_pointer (&reader->refusal));
  if (reader->failed || (!reader->is_started && !look_after_start (reader)))
    return FALSE;
  ask (reader);
  check_brokers (reader, record_us);
  return TRUE;
}

gboolean
reader_has_partitions (Reader * reader)
{
  rd_kafka_topic_partition_list_t *partitions;
  gboolean has_some;

  if (rd_kafka_assignment (reader->rk, &partitions))
    return FALSE;
  has_some = partitions->cnt > 0;
  rd_kafka_topic_partition_list_destroy (partitions);
  return has_some;
}

gboolean
reader_is_at_end (Reader * reader)
{
  rd_kafka_topic_partition_list_t *partitions;
  gboolean is_at_end;

  if (!reader->is_started || g_hash_table_size (reader->at_end) == 0
      || rd_kafka_assignment (reader->rk, &partitions))
    return FALSE;
  is_at_end = partitions->cnt > 0;
  for (int i = 0; i < partitions->cnt; i++)
    is_at_end &= g_hash_table_contains (reader->at_end,
        GINT_TO_POINTER (partitions->elems[i].partition));
  rd_kafka_topic_partition_list_destroy (partitions);
  return is_at_end;
}

/* Commits what was shown of partitions that are read by themselves, and says if the group
 * does not take it. Returns whether there was an answer in time. */
static gboolean
commit (Reader * reader)
{
  rd_kafka_queue_t *queue = rd_kafka_queue_new (reader->rk);
  rd_kafka_event_t *event;

  rd_kafka_commit_queue (reader->rk, NULL, queue, NULL, NULL);
  event = rd_kafka_queue_poll (queue, CLOSE_TIMEOUT_MS);
  if (event) {
    on_commit (reader->rk, rd_kafka_event_error (event), NULL, reader);
    rd_kafka_event_destroy (event);
  }
  rd_kafka_queue_destroy (queue);
  return event != NULL;
}

/* Commits what was shown and leaves the group. rd_kafka_consumer_close() would
 * wait for ever for a broker that does not answer (librdkafka's issue 3740).
 * Returns whether it could be closed in time. */
static gboolean
close_consumer (Reader * reader)
{
  rd_kafka_t *rk = reader->rk;
  const gint64 deadline_us = g_get_monotonic_time () + CLOSE_TIMEOUT_MS * MS;
  rd_kafka_queue_t *queue = rd_kafka_queue_new (rk);
  rd_kafka_error_t *error = rd_kafka_consumer_close_queue (rk, queue);
  gboolean closed;

  if (error)
    rd_kafka_error_destroy (error);
  while (!(closed = rd_kafka_consumer_closed (rk))
      && g_get_monotonic_time () < deadline_us) {
    rd_kafka_event_t *event = rd_kafka_queue_poll (queue, 50);

    if (rd_kafka_event_type (event) == RD_KAFKA_EVENT_REBALANCE)
      on_rebalance (rk, rd_kafka_event_error (event),
          rd_kafka_event_topic_partition_list (event), reader);
    rd_kafka_event_destroy (event);
  }
  rd_kafka_queue_destroy (queue);
  return closed;
}

void
reader_close (Reader * reader)
{
  say_missing (reader);
  /* refused at the start, there is nothing to leave */
  if (reader->failed || !reader->options->is_committed)
    return;
  if (!(reader->options->is_assigned ? commit (reader) :
          close_consumer (reader)))
    tool_warn ("Kafka did not answer within %d s: group '%s' may be shown its"
        " last records again; check the broker", CLOSE_TIMEOUT_MS / 1000,
        reader->group);
}
