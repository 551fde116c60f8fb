/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The watchdog over the oldest record. A record that waits or moves is well; one that
 * does neither has a cause, which the user is told with what to change. A new client
 * follows where it can help: not where the leader is away, because no client reaches
 * that, and a new one would send again what the leader may have. */

#include <stdlib.h>

#include "kafkaworker.h"

#define MS G_TIME_SPAN_MILLISECOND
#define MAX_INTERVAL_US G_TIME_SPAN_SECOND
/* of stalls, until a new client is tried; and of socket.timeout.ms, in which a leader
 * that is connected and frozen is found out */
#define RESTART_AFTER 5
#define RESTART_AFTER_TIMEOUTS 3
/* a leader that owes an answer for longer is silent */
#define SILENT_US (2 * G_TIME_SPAN_SECOND)
/* an answer held back for less is no reason to wait */
#define QUOTA_MS 1000
#define MIN_RESTART_GAP_US (60 * G_TIME_SPAN_SECOND)
#define MAX_RESTART_GAP_US (600 * G_TIME_SPAN_SECOND)
/* times that a batch is cut off before it is made smaller: once can be a broker that
 * was frozen */
#define MAX_CUT 2
#define MAX_PATIENCE 32

/* Why records wait */
typedef struct
{
  const char *name;
  char *text;
  gboolean is_curable;          /* perhaps, by a new client */
} Cause;

static void
cause_clear (Cause * cause)
{
  g_free (cause->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cause, cause_clear);

/* --- What the client knows of the partition ------------------------------ */

void
kafka_worker_forget_view (KafkaWorker * worker)
{
  g_clear_pointer (&worker->stall.view, kafka_view_free);
  worker->stall.n_cut = 0;
  worker->stall.blind_us = g_get_monotonic_time ();
}

/* Whether requests to a broker that was connected had no answer in time */
static gboolean
timed_out_between (const KafkaBrokerStatistics * before,
    const KafkaBrokerStatistics * now)
{
  return before && now && before->id == now->id && before->is_up
      && now->n_timeouts > before->n_timeouts;
}

void
kafka_worker_take_view (KafkaWorker * worker, const char *json, gsize size)
{
  const gint64 patience_us = MIN (worker->stall_us / 4,
      worker->socket_timeout_ms * MS / 2);
  KafkaStall *stall = &worker->stall;
  KafkaView *view;

  kafka_states_note_statistics (&worker->states, json, size);
  /* the rest is read only where something does not move */
  if (stall->partition < 0 || stall->since_us == 0
      || g_get_monotonic_time () - stall->since_us < patience_us)
    return;
  view = kafka_view_new (json, size, worker->topic, stall->partition);
  if (view && stall->view && timed_out_between (stall->view->leader,
          view->leader))
    stall->n_cut++;
  g_clear_pointer (&stall->view, kafka_view_free);
  stall->view = view;
}

/* --- Causes -------------------------------------------------------------- */

/* Sets @cause, and returns that it was found. */
static gboolean
G_GNUC_PRINTF (3, 4)
set_cause (Cause * cause, const char *name, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  cause->name = name;
  cause->text = g_strdup_vprintf (format, args);
  va_end (args);
  return TRUE;
}

/* "partition 3 of topic 't'" */
static char *
describe_partition (const KafkaWorker * worker)
{
  return g_strdup_printf ("partition %d of topic '%s'", worker->stall.partition,
      worker->topic);
}

static gboolean
find_format (const KafkaWorker * worker, Cause * cause)
{
  if (!worker->format_refused)
    return FALSE;
  return set_cause (cause, "message-format", "Kafka at %s takes these records"
      " neither compressed nor uncompressed (%s); the message format of topic"
      " '%s' is too old for headers, or for an idempotent producer: raise its"
      " message.format.version. They are tried again every 10 minutes",
      worker->servers, worker->reason, worker->topic);
}

static gboolean
find_unreachable (const KafkaWorker * worker, Cause * cause)
{
  if (worker->states.reachable)
    return FALSE;
  cause->name = worker->states.n_refusals > 0 ? "credentials-refused" :
      worker->states.trouble == KAFKA_TROUBLE_SILENT ? "no-answer" :
      "broker-unreachable";
  cause->text = kafka_states_describe_unreachable (&worker->states);
  return TRUE;
}

static gboolean
find_topic (const KafkaWorker * worker, Cause * cause)
{
  cause->text = kafka_states_describe_topic (&worker->states);
  cause->name = worker->states.topic_state == KAFKA_TOPIC_FORBIDDEN ?
      "topic-forbidden" : "topic-missing";
  return cause->text != NULL;
}

static gboolean
find_quota (const KafkaWorker * worker, gint64 now_us, Cause * cause)
{
  const KafkaStall *stall = &worker->stall;

  if (stall->throttle_ms < QUOTA_MS || now_us > stall->throttled_us
      + stall->throttle_ms * MS + worker->stall_us)
    return FALSE;
  return set_cause (cause, "quota", "a quota of Kafka at %s holds back its"
      " answers, the last one by %d ms; raise producer_byte_rate or"
      " request_percentage for this user or client.id", worker->servers,
      stall->throttle_ms);
}

static gboolean
find_absent_leader (const KafkaWorker * worker,
    const KafkaBrokerStatistics * leader, Cause * cause)
{
  g_autofree char *partition = describe_partition (worker);
  g_autofree char *why = NULL;

  if (!leader)
    return set_cause (cause, "leader-unknown", "%s has no leader; see whether"
        " the brokers that have its replicas are running", partition);
  if (!leader->is_up) {
    why = kafka_states_describe_broker (&worker->states, leader->id,
        leader->address);
    if (why)
      return set_cause (cause, "leader-unreachable",
          "the leader of %s cannot be" " reached: %s", partition, why);
    return set_cause (cause, "leader-unreachable",
        "the leader of %s, broker %" G_GINT64_FORMAT
        " at %s, cannot be reached; check that broker and the"
        " network, and that its advertised.listeners name an address that this"
        " host can reach", partition, leader->id, leader->address);
  }
  return FALSE;
}

static gboolean
is_silent (const KafkaBrokerStatistics * leader)
{
  return leader->n_waiting > 0 && (leader->silent_us < 0
      || leader->silent_us > SILENT_US);
}

static gboolean
find_silent_leader (const KafkaWorker * worker,
    const KafkaBrokerStatistics * leader, Cause * cause)
{
  g_autofree char *partition = describe_partition (worker);

  if (!leader || !is_silent (leader))
    return FALSE;
  return set_cause (cause, "no-answer", "the leader of %s, broker %"
      G_GINT64_FORMAT " at %s, has not answered for %" G_GINT64_FORMAT
      " s; see whether the broker is stopped or overloaded, or the link too"
      " slow", partition, leader->id, leader->address,
      leader->silent_us / G_TIME_SPAN_SECOND);
}

/* Asks a broker. */
static gboolean
find_replicas (const KafkaWorker * worker, Cause * cause)
{
  static const char *const name[] = { "min.insync.replicas", NULL };
  g_autofree char *partition = describe_partition (worker);
  g_auto (GStrv) required = NULL;
  int n_replicas, n_in_sync;

  if (!worker->waits_for_replicas
      || !kafka_client_ask_replicas (worker->client, worker->stall.partition,
          KAFKA_ASK_TIMEOUT_MS, &n_replicas, &n_in_sync)
      || n_in_sync == n_replicas)
    return FALSE;
  required = kafka_client_ask_settings (worker->client, name,
      KAFKA_ASK_TIMEOUT_MS);
  if (required && n_in_sync >= atoi (*required))
    return FALSE;
  /* this user may not ask for the setting: it is the likely cause */
  cause->is_curable = !required;
  return set_cause (cause, "not-enough-replicas", "%d of the %d replicas of %s"
      " are in sync, and min.insync.replicas%s%s %s for more; start the"
      " brokers that are missing, or lower min.insync.replicas", n_in_sync,
      n_replicas, partition, required ? "=" : "", required ? *required : "",
      required ? "asks" : "may ask");
}

/* May wait for a broker's answer. */
static void
find_cause (const KafkaWorker * worker, gint64 now_us, Cause * cause)
{
  const KafkaView *view = worker->stall.view;

  /* what is known of the topic is old while no broker answers */
  if (find_format (worker, cause) || find_unreachable (worker, cause)
      || find_topic (worker, cause))
    return;
  cause->is_curable = TRUE;
  if (view && find_absent_leader (worker, view->leader, cause))
    return;
  if (find_quota (worker, now_us, cause)) {
    cause->is_curable = FALSE;
    return;
  }
  if (view && (find_silent_leader (worker, view->leader, cause)
          || find_replicas (worker, cause)))
    return;
  set_cause (cause, "unknown", "Kafka at %s answers, and does not acknowledge"
      " them; see the logs of its brokers", worker->servers);
}

/* --- The watchdog -------------------------------------------------------- */

/* Looks at the oldest record. Returns for how long it has been the oldest; 0 if
 * nothing waits. */
static gint64
look (KafkaWorker * worker, gint64 now_us)
{
  KafkaProducer *producer = worker->producer;
  KafkaStall *stall = &worker->stall;
  gint64 since_us = 0;
  KafkaRecord *oldest;
  gboolean any_is_out;

  g_mutex_lock (&producer->lock);
  oldest = kafka_ring_get_oldest (&producer->ring, &since_us);
  any_is_out = oldest && producer->ring.n_out > 0;
  g_mutex_unlock (&producer->lock);
  /* this thread alone takes records away */
  stall->partition = any_is_out ?
      kafka_partitions_find (worker->client->partitions, oldest) : -1;
  if (since_us != stall->since_us)
    kafka_worker_forget_view (worker);
  stall->since_us = since_us;
  return oldest ? now_us - since_us : 0;
}

static void
tell (KafkaWorker * worker, gint64 now_us, gint64 waited_us)
{
  KafkaStall *stall = &worker->stall;
  g_auto (Cause) cause = { NULL };
  const KafkaBrokerStatistics *leader;
  guint64 n_waiting;

  /* what changes to and fro is not worth a line each time */
  if (stall->cause && now_us < stall->found_us + worker->stall_us)
    return;
  stall->found_us = now_us;
  find_cause (worker, now_us, &cause);
  /* the statistics may say more soon */
  if (g_str_equal (cause.name, "unknown") && !stall->view
      && now_us < stall->blind_us + 2 * worker->view_ms * MS) {
    stall->found_us = 0;
    return;
  }
  if (stall->cause && (g_str_equal (cause.name, stall->cause)
          || g_str_equal (cause.name, "unknown")))
    return;
  g_mutex_lock (&worker->producer->lock);
  n_waiting = kafka_ring_n_records (&worker->producer->ring);
  g_mutex_unlock (&worker->producer->lock);
  g_free (stall->cause);
  stall->cause = g_strdup (cause.name);
  stall->is_curable = cause.is_curable;
  leader = stall->view ? stall->view->leader : NULL;
  kafka_worker_post_stall (worker, KAFKA_EVENT_STALLED, cause.name,
      leader ? leader->address : NULL, waited_us,
      g_strdup_printf ("%" G_GUINT64_FORMAT " records wait, the oldest for %"
          G_GINT64_FORMAT " s: %s", n_waiting, waited_us / G_TIME_SPAN_SECOND,
          cause.text));
}

static guint64
count_acknowledged (KafkaWorker * worker)
{
  guint64 count;

  g_mutex_lock (&worker->producer->lock);
  count = worker->producer->stats.acknowledged;
  g_mutex_unlock (&worker->producer->lock);
  return count;
}

static void
begin_stall (KafkaWorker * worker)
{
  KafkaStall *stall = &worker->stall;

  stall->told_us = stall->since_us;
  stall->n_acknowledged = count_acknowledged (worker);
  stall->restart_us = stall->since_us + MAX (RESTART_AFTER * worker->stall_us,
      RESTART_AFTER_TIMEOUTS * worker->patience
      * worker->socket_timeout_ms * MS);
  stall->restart_gap_us = MIN_RESTART_GAP_US;
}

/* A record that was given up has not moved: the next one has waited as long. */
static void
end_stall (KafkaWorker * worker, gint64 now_us)
{
  KafkaStall *stall = &worker->stall;
  const gint64 waited_us = now_us - stall->told_us;
  const gboolean moves = count_acknowledged (worker) > stall->n_acknowledged;

  if (!moves && stall->since_us > 0)
    return;
  stall->told_us = 0;
  g_clear_pointer (&stall->cause, g_free);
  kafka_worker_post_stall (worker, KAFKA_EVENT_RESUMED, NULL, NULL, waited_us,
      g_strdup_printf ("%s, after %" G_GINT64_FORMAT " s", moves ?
          "Records move again" : "No record waits any more",
          waited_us / G_TIME_SPAN_SECOND));
}

/* Whether a new client could get further than this one, and would not send again what
 * the leader may have and would recognise from this one */
static gboolean
would_help (const KafkaWorker * worker)
{
  const KafkaView *view = worker->stall.view;

  if (worker->state != KAFKA_WORKER_SENDING || !worker->stall.is_curable
      || !view)
    return FALSE;
  /* records that expired count as acknowledged */
  if (!view->was_sent_to && !worker->may_expire)
    return TRUE;
  return view->leader && view->leader->is_up && !is_silent (view->leader);
}

static void
try_new_client (KafkaWorker * worker, gint64 now_us)
{
  KafkaStall *stall = &worker->stall;

  if (now_us < stall->restart_us || !would_help (worker))
    return;
  stall->restart_us = now_us + stall->restart_gap_us;
  stall->restart_gap_us = MIN (2 * stall->restart_gap_us, MAX_RESTART_GAP_US);
  kafka_worker_want_restart (worker, "no record was acknowledged for long");
}

/* The leader answers, but not to this batch, which was cut off and sent again: the link
 * cannot carry it within socket.timeout.ms, or the broker cannot store it. */
static void
try_smaller_batches (KafkaWorker * worker)
{
  KafkaPace pace;

  if (worker->stall.n_cut < MAX_CUT || worker->state != KAFKA_WORKER_SENDING)
    return;
  worker->stall.n_cut = 0;
  pace = kafka_partitions_get_pace (worker->client->partitions);
  if (!kafka_pace_can_shrink (&pace) && worker->patience >= MAX_PATIENCE)
    return;
  kafka_pace_cut (&pace);
  kafka_partitions_set_pace (worker->client->partitions, &pace);
  worker->patience = MIN (2 * worker->patience, MAX_PATIENCE);
  kafka_worker_want_restart (worker, "requests take longer than"
      " socket.timeout.ms, and are made smaller");
  worker->cut = TRUE;
}

void
kafka_worker_watch (KafkaWorker * worker)
{
  const gint64 now_us = g_get_monotonic_time ();
  KafkaStall *stall = &worker->stall;
  gint64 waited_us;

  if (now_us < stall->next_us || worker->state == KAFKA_WORKER_STOPPED)
    return;
  stall->next_us = now_us + MIN (worker->stall_us / 4, MAX_INTERVAL_US);
  waited_us = look (worker, now_us);
  if (stall->told_us > 0 && stall->told_us != stall->since_us)
    end_stall (worker, now_us);
  try_smaller_batches (worker);
  if (waited_us == 0 || (waited_us < worker->stall_us
          && !worker->format_refused))
    return;
  if (stall->told_us == 0)
    begin_stall (worker);
  /* a new client has to find out first */
  if (worker->state == KAFKA_WORKER_ASKING
      || worker->state == KAFKA_WORKER_SENDING || worker->format_refused)
    tell (worker, now_us, waited_us);
  try_new_client (worker, now_us);
}
