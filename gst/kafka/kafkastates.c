/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "kafkastates.h"
#include "kafkastatistics.h"

#define DEFAULT_PORT "9092"

/* A broker that is not a bootstrap server, and had an error */
typedef struct
{
  int id;                       /* or -1: the error did not name it */
  char *address;                /* as it advertises it */
  rd_kafka_resp_err_t err;
  char *cause;
  gint64 since_us;              /* monotonic, of its first error */
  gboolean told;
  gboolean answers;             /* again, and the user is to be told */
} Broker;

static void
broker_free (gpointer data)
{
  Broker *broker = data;

  g_free (broker->address);
  g_free (broker->cause);
  g_free (broker);
}

void
kafka_states_init (KafkaStates * states, const char *servers,
    const char *topic, KafkaRole role)
{
  *states = (KafkaStates) {
  .servers = g_strdup (servers),.topic = g_strdup (topic),.role =
        role,.brokers = g_ptr_array_new_with_free_func (broker_free),};
}

void
kafka_states_clear (KafkaStates * states)
{
  g_free (states->servers);
  g_free (states->topic);
  g_free (states->last_error);
  g_ptr_array_unref (states->brokers);
}

/* --- Errors of connections ----------------------------------------------- */

/* Returns: (transfer full): HOST:PORT of @server, which may have PROTOCOL:// in front, an
 * address of IPv6 without its brackets, and the port librdkafka takes where there is none */
static char *
address_of (const char *server)
{
  const char *host = strstr (server, "://");
  const char *bracket;
  const char *colon;

  host = host ? host + 3 : server;
  bracket = strchr (host, ']');
  if (*host == '[' && bracket)
    return g_strdup_printf ("%.*s%s", (int) (bracket - host - 1), host + 1,
        bracket[1] == ':' ? bracket + 1 : ":" DEFAULT_PORT);
  colon = strrchr (host, ':');
  return g_strconcat (host, colon ? NULL : ":" DEFAULT_PORT, NULL);
}

static gboolean
is_bootstrap (const KafkaStates * states, const char *address)
{
  g_auto (GStrv) list = g_strsplit (states->servers, ",", -1);

  for (guint i = 0; list[i]; i++) {
    g_autofree char *server = address_of (g_strstrip (list[i]));

    if (g_ascii_strcasecmp (server, address) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Reads "[PROTOCOL://]HOST:PORT[/ID]: CAUSE (after 3ms in state CONNECT)", where ID is a
 * number or "bootstrap"; what librdkafka calls by its task has "GroupCoordinator: " in
 * front, and no ID.
 * Returns: (transfer full) (nullable): NULL if @reason names no broker */
static Broker *
read_reason (rd_kafka_resp_err_t err, const char *reason)
{
  static GRegex *form = NULL;
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *id = NULL;
  g_autofree char *server = NULL;
  Broker *broker;

  if (g_once_init_enter (&form))
    g_once_init_leave (&form, g_regex_new ("^(?:\\w+: )?"
            "((?:\\w+://)?\\S+:\\d+)(?:/(\\d+|bootstrap))?: "
            "(.*?)(?: \\(after \\d+ms in state [^()]*(?:\\(s\\) suppressed)?\\))?$",
            G_REGEX_DOTALL | G_REGEX_RAW, 0, NULL));
  if (!g_regex_match (form, reason, 0, &match))
    return NULL;
  broker = g_new0 (Broker, 1);
  server = g_match_info_fetch (match, 1);
  id = g_match_info_fetch (match, 2);
  broker->id = id && g_ascii_isdigit (*id) ?
      (int) g_ascii_strtoll (id, NULL, 10) : -1;
  broker->address = address_of (server);
  broker->err = err;
  broker->cause = g_match_info_fetch (match, 3);
  broker->since_us = g_get_monotonic_time ();
  return broker;
}

static gboolean
is_broker (const Broker * broker, int id, const char *address)
{
  if (id >= 0 && broker->id >= 0)
    return broker->id == id;
  return address && g_ascii_strcasecmp (broker->address, address) == 0;
}

/* Returns: (nullable): the broker, and its place in @index */
static Broker *
find_broker (const KafkaStates * states, int id, const char *address,
    guint * index)
{
  g_autofree char *plain = address ? address_of (address) : NULL;

  for (guint i = 0; i < states->brokers->len; i++) {
    Broker *broker = states->brokers->pdata[i];

    if (is_broker (broker, id, plain)) {
      *index = i;
      return broker;
    }
  }
  return NULL;
}

/* Takes over @broker. What says more about the same address stays, whatever follows
 * from it. */
static void
keep_broker (KafkaStates * states, Broker * broker)
{
  guint i;
  Broker *known = find_broker (states, broker->id, broker->address, &i);

  if (!known) {
    g_ptr_array_add (states->brokers, broker);
    return;
  }
  if (broker->id < 0)
    broker->id = known->id;
  broker->told = known->told;
  if (!known->answers)
    broker->since_us = known->since_us;
  if (g_ascii_strcasecmp (known->address, broker->address) == 0
      && !known->answers && !kafka_advice_is_guess (known->cause)
      && kafka_advice_get_trouble (known->err,
          known->cause) > kafka_advice_get_trouble (broker->err,
          broker->cause)) {
    known->id = broker->id;
    broker_free (broker);
    return;
  }
  broker_free (known);
  states->brokers->pdata[i] = broker;
}

/* @trouble and @advice: of @reason */
static void
keep_last_error (KafkaStates * states, const char *reason,
    KafkaTrouble trouble, const char *advice)
{
  g_free (states->last_error);
  states->last_error = g_strdup (reason);
  states->trouble = trouble;
  states->advice = advice;
}

void
kafka_states_note_error (KafkaStates * states, rd_kafka_resp_err_t err,
    const char *reason)
{
  KafkaTrouble trouble = kafka_advice_get_trouble (err, reason);
  const char *advice = kafka_advice_get (reason);
  gboolean is_other;
  Broker *broker;

  /* follows from the others */
  if (err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    return;
  broker = read_reason (err, reason);
  is_other = broker && !is_bootstrap (states, broker->address);
  /* a connection that was up says nothing against the address: brokers end, and close
   * what is idle */
  if (is_other && (advice || !strstr (reason, "in state UP")))
    keep_broker (states, broker);
  else if (broker)
    broker_free (broker);
  /* a broker that ends, or that is frozen, wants nothing more than before */
  if (states->was_reachable && (kafka_advice_is_guess (reason)
          || trouble == KAFKA_TROUBLE_MUTE)) {
    trouble = trouble == KAFKA_TROUBLE_MUTE ? KAFKA_TROUBLE_SILENT :
        KAFKA_TROUBLE_UNREACHED;
    advice = NULL;
  }
  /* what says more stays, whatever follows from it; of two servers the one that says the
   * same as before */
  if (!states->last_error || (!is_other && (!states->advice
              || states->advice == advice || states->trouble < trouble)))
    keep_last_error (states, reason, trouble, advice);
}

/* Returns: (transfer full): which it is, to begin a sentence with */
static char *
name_broker (const KafkaStates * states, const Broker * broker)
{
  g_autofree char *who = broker->id >= 0 ?
      g_strdup_printf ("broker %d", broker->id) : g_strdup ("a broker");

  return g_strdup_printf ("%s of Kafka at %s", who, states->servers);
}

/* Returns: (transfer full): why it cannot be used */
static char *
describe (const KafkaStates * states, const Broker * broker)
{
  g_autofree char *who = name_broker (states, broker);
  const char *advice;

  switch (kafka_advice_get_trouble (broker->err, broker->cause)) {
    case KAFKA_TROUBLE_UNRESOLVED:
      return g_strdup_printf ("%s advertises the address %s,"
          " which does not resolve (%s): let the broker's advertised.listeners"
          " name an address that this host can reach, or make the name resolve"
          " here", who, broker->address, broker->cause);
    case KAFKA_TROUBLE_ANSWERED:
      advice = kafka_advice_get (broker->cause);
      return g_strdup_printf ("%s advertises the address %s,"
          " which cannot be used with these settings (%s): %s", who,
          broker->address, broker->cause, advice ? advice :
          "check the broker's advertised.listeners");
    default:
      return g_strdup_printf ("%s advertises the address %s,"
          " which cannot be reached (%s): check that broker and the network, or"
          " let its advertised.listeners name an address that this host can"
          " reach", who, broker->address, broker->cause);
  }
}

char *
kafka_states_describe_broker (const KafkaStates * states, int id,
    const char *address)
{
  guint i;
  const Broker *broker = find_broker (states, id, address, &i);

  return broker && !broker->answers ? describe (states, broker) : NULL;
}

void
kafka_states_broker_answers (KafkaStates * states, int id, const char *address)
{
  guint i;
  Broker *broker = find_broker (states, id, address, &i);

  if (broker && !broker->told) {
    g_ptr_array_remove_index (states->brokers, i);
  } else if (broker) {
    broker->answers = TRUE;
    if (address) {
      g_free (broker->address);
      broker->address = address_of (address);
    }
  }
}

void
kafka_states_note_statistics (KafkaStates * states, const char *json,
    gsize size)
{
  g_autoptr (GPtrArray) all = NULL;

  if (states->brokers->len == 0)
    return;
  all = kafka_statistics_get_brokers (json, size);
  for (guint n = 0; n < all->len; n++) {
    const KafkaBrokerStatistics *known = all->pdata[n];
    guint i;
    Broker *broker = find_broker (states, known->id, known->address, &i);

    if (broker && broker->id < 0)
      broker->id = known->id;
    if (known->is_up)
      kafka_states_broker_answers (states, known->id, known->address);
  }
}

char *
kafka_states_check_brokers (KafkaStates * states, gint64 patience_us)
{
  const gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < states->brokers->len; i++) {
    Broker *broker = states->brokers->pdata[i];
    char *text;

    if (broker->answers) {
      g_autofree char *who = name_broker (states, broker);

      *who = g_ascii_toupper (*who);
      text = g_strdup_printf ("%s answers at %s", who, broker->address);
      g_ptr_array_remove_index (states->brokers, i);
      return text;
    }
    if (!broker->told && states->reachable
        && now_us >= broker->since_us + patience_us) {
      broker->told = TRUE;
      text = describe (states, broker);
      *text = g_ascii_toupper (*text);
      return text;
    }
  }
  return NULL;
}

/* --- Whether a broker answers -------------------------------------------- */

char *
kafka_states_describe_unreachable (const KafkaStates * states)
{
  const char *wait = states->role == KAFKA_ROLE_PRODUCER ?
      "records wait" : "trying";
  const char *why = states->last_error;
  const char *advice = states->advice;

  /* a server that takes no connection, or one that takes it and is silent */
  if (!why)
    return g_strdup_printf ("Kafka at %s does not answer: %s until it does;"
        " check the address, the network and the broker", states->servers,
        wait);
  switch (states->trouble) {
    case KAFKA_TROUBLE_SILENT:
      return g_strdup_printf ("Kafka at %s does not answer (%s): %s until it"
          " does; see whether the broker is stopped or overloaded, or the link"
          " too slow", states->servers, why, wait);
    case KAFKA_TROUBLE_MUTE:
    case KAFKA_TROUBLE_ANSWERED:
      return g_strdup_printf ("Could not talk to Kafka at %s (%s): %s until"
          " that works; %s", states->servers, why, wait, advice ? advice :
          "check the port, and the settings for TLS and logins");
    case KAFKA_TROUBLE_UNRESOLVED:
      return g_strdup_printf ("Could not find the host of Kafka at %s (%s): %s"
          " until its name resolves; check the name, and the system's DNS",
          states->servers, why, wait);
    default:
      return g_strdup_printf ("Could not reach Kafka at %s (%s): %s until it"
          " answers; %s", states->servers, why, wait, advice ? advice :
          "check the address, the network and the broker");
  }
}

char *
kafka_states_set_reachable (KafkaStates * states, gboolean reachable)
{
  const gboolean changed =
      !states->reachability_known || states->reachable != reachable;

  states->reachability_known = TRUE;
  states->reachable = reachable;
  if (reachable) {
    keep_last_error (states, NULL, KAFKA_TROUBLE_UNREACHED, NULL);
    states->was_reachable = TRUE;
    states->n_refusals = 0;
    /* after an outage each gets its time */
    for (guint i = 0; changed && i < states->brokers->len; i++)
      ((Broker *) states->brokers->pdata[i])->since_us =
          g_get_monotonic_time ();
    return changed ? g_strdup_printf ("Kafka answers at %s", states->servers) :
        NULL;
  }
  /* a cause that shows later is another one, if nothing ever worked */
  if (!changed && (states->was_reachable || !states->last_error
          || (states->was_explained && (!states->advice
                  || states->advice == states->told))))
    return NULL;
  states->was_explained = states->last_error != NULL;
  states->told = states->advice;
  return kafka_states_describe_unreachable (states);
}

char *
kafka_states_note_refusal (KafkaStates * states, const char *reason,
    gboolean * is_final)
{
  const char *advice = kafka_advice_get (reason);

  *is_final = FALSE;
  if (++states->n_refusals != 2)
    return NULL;
  if (states->was_reachable)
    return g_strdup_printf ("Kafka at %s no longer accepts the credentials"
        " (%s): %s; renew them", states->servers, reason,
        states->role == KAFKA_ROLE_PRODUCER ?
        "records wait and the login is tried again" :
        "the login is tried again");
  *is_final = TRUE;
  return g_strdup_printf ("Kafka at %s does not accept the credentials (%s):"
      " %s", states->servers, reason, advice ? advice :
      "check sasl.mechanism, sasl.username and sasl.password");
}

/* --- The topic ----------------------------------------------------------- */

char *
kafka_states_describe_topic (const KafkaStates * states)
{
  switch (states->topic_state) {
    case KAFKA_TOPIC_MISSING:
      return g_strdup_printf ("Kafka at %s has no topic '%s': %s until somebody"
          " creates it; check the name", states->servers, states->topic,
          states->role == KAFKA_ROLE_PRODUCER ? "records wait" : "waiting");
    case KAFKA_TOPIC_FORBIDDEN:
      return g_strdup_printf ("Kafka at %s does not allow this user to write to"
          " topic '%s': records wait until it does; ask for the permissions"
          " WRITE and DESCRIBE", states->servers, states->topic);
    case KAFKA_TOPIC_AVAILABLE:
    case KAFKA_TOPIC_UNKNOWN:
      break;
  }
  return NULL;
}

char *
kafka_states_set_topic (KafkaStates * states, KafkaTopic topic_state)
{
  const KafkaTopic before = states->topic_state;

  states->topic_state = topic_state;
  if (topic_state == before)
    return NULL;
  if (topic_state == KAFKA_TOPIC_AVAILABLE && before != KAFKA_TOPIC_UNKNOWN)
    return g_strdup_printf ("Topic '%s' is available", states->topic);
  return kafka_states_describe_topic (states);
}
