/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef BROKER_H
#define BROKER_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* How it stands with Kafka: what is left of all that kafkasink has posted. */

/** The worst first */
typedef enum {
  BROKER_CREDENTIALS_REFUSED,
  BROKER_UNREACHABLE,
  BROKER_TOPIC_FORBIDDEN,
  BROKER_TOPIC_MISSING,
  BROKER_STALLED,               /* records wait although a broker answers */
  BROKER_UNKNOWN,               /* nothing was posted yet */
  BROKER_REACHABLE,             /* all is well */
  BROKER_N_STATES
} BrokerState;

/** All zero: nothing is known. */
typedef struct
{
  /*< private > */
  gboolean is_known;
  char *texts[BROKER_STALLED + 1];      /* of what is wrong; NULL: that is not */
  guint64 n_acknowledged;
} Broker;

void broker_clear (Broker * broker);

/** Takes an element message of kafkasink. */
void broker_take (Broker * broker, const GstStructure * message);

/** Takes how many records Kafka has acknowledged so far: what is acknowledged was accepted. */
void broker_take_acknowledged (Broker * broker, guint64 n);

/** @text: (out) (transfer none) (nullable): the sentence for users; %NULL: nothing is wrong
 * Returns: the worst of what holds now */
BrokerState broker_get_state (const Broker * broker, const char **text);

/** Returns: a name with dashes, as in "topic-missing" */
const char *broker_state_get_name (BrokerState state);

G_END_DECLS
#endif
