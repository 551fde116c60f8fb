/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_STATES_H
#define KAFKA_STATES_H

#include <glib.h>
#include <librdkafka/rdkafka.h>

#include "kafkaadvice.h"

G_BEGIN_DECLS

/* What a client knows of its brokers and its topic, and the sentences for it: each once
 * per change. */

/** What a broker says of the topic. */
typedef enum {
  KAFKA_TOPIC_UNKNOWN,          /* nothing yet: no broker answered */
  KAFKA_TOPIC_AVAILABLE,
  KAFKA_TOPIC_MISSING,
  KAFKA_TOPIC_FORBIDDEN
} KafkaTopic;

/** Who speaks. */
typedef enum {
  KAFKA_ROLE_PRODUCER,
  KAFKA_ROLE_CONSUMER
} KafkaRole;

/**
 * KafkaStates:
 * @reachable: a broker answers
 * @reachability_known: whether @reachable says anything yet
 * @topic_state: the last state of the topic
 * @last_error: (nullable): of a connection to the bootstrap servers, since a broker
 *   answered
 * @trouble: what kind of error that is
 * @advice: (nullable): what to do about @last_error
 * @n_refusals: logins that were refused since then
 *
 * To be used by one thread.
 */
typedef struct {
  gboolean reachable;
  gboolean reachability_known;
  KafkaTopic topic_state;
  char *last_error;
  KafkaTrouble trouble;
  const char *advice;
  guint n_refusals;

  /*< private >*/
  char *servers;
  char *topic;
  KafkaRole role;
  gboolean was_reachable;
  gboolean was_explained;       /* the last sentence named an error */
  const char *told;             /* its advice */
  GPtrArray *brokers;           /* that are none of these, and had an error */
} KafkaStates;

/** @servers: bootstrap.servers; @topic: its name */
void kafka_states_init (KafkaStates * states, const char *servers,
    const char *topic, KafkaRole role);
void kafka_states_clear (KafkaStates * states);

/** Takes the arguments of librdkafka's error_cb. An error of a bootstrap server is the
 * reason that kafka_states_set_reachable() names; one of another broker is kept for
 * kafka_states_describe_broker(). */
void kafka_states_note_error (KafkaStates * states, rd_kafka_resp_err_t err,
    const char *reason);

/** Takes whether a broker answers.
 * Returns: (transfer full) (nullable): what to tell the user: that this has changed,
 *   or that no broker answers for another reason than the one told last */
char *kafka_states_set_reachable (KafkaStates * states, gboolean reachable);

/** Takes what a broker says of the topic. Only a producer waits for a permission.
 * Returns: (transfer full) (nullable): what to tell the user, if that has changed */
char *kafka_states_set_topic (KafkaStates * states, KafkaTopic topic_state);

/** Says why the topic cannot be used.
 * Returns: (transfer full) (nullable): a sentence; NULL if nothing is known to be wrong */
char *kafka_states_describe_topic (const KafkaStates * states);

/** Says why no broker answers, while none does.
 * Returns: (transfer full): a sentence */
char *kafka_states_describe_unreachable (const KafkaStates * states);

/** Says why a broker cannot be used at the address that it advertises.
 * @id: of the broker, or -1
 * @address: (nullable): HOST:PORT
 * Returns: (transfer full) (nullable): a sentence; NULL if no error of this broker is
 *   known, or if its address is that of a bootstrap server */
char *kafka_states_describe_broker (const KafkaStates * states, int id,
    const char *address);

/** Takes that this broker can be used: its errors are forgotten. */
void kafka_states_broker_answers (KafkaStates * states, int id,
    const char *address);

/** Takes the statistics of librdkafka: no event says that a broker can be used again.
 * @json: as for stats_cb */
void kafka_states_note_statistics (KafkaStates * states, const char *json,
    gsize size);

/** Looks for a broker that could not be used for @patience_us at the address that it
 * advertises, while others answer, or for one that can be used again.
 * Returns: (transfer full) (nullable): what to tell the user, once per change */
char *kafka_states_check_brokers (KafkaStates * states, gint64 patience_us);

/** Takes that a login was refused.
 * @is_final: (out): whether to stop: two were refused, and none was ever accepted
 * Returns: (transfer full) (nullable): what to tell the user, at the second in a row */
char *kafka_states_note_refusal (KafkaStates * states, const char *reason,
    gboolean * is_final);

G_END_DECLS
#endif
