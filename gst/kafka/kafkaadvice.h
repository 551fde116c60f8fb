/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_ADVICE_H
#define KAFKA_ADVICE_H

#include <glib.h>
#include <librdkafka/rdkafka.h>

G_BEGIN_DECLS

/** What is wrong with the way to a broker, from what says least to what says most. */
typedef enum {
  KAFKA_TROUBLE_UNREACHED,      /* nobody answers */
  KAFKA_TROUBLE_SILENT,         /* Kafka was there, and answers no more */
  KAFKA_TROUBLE_MUTE,           /* somebody takes connections and says nothing */
  KAFKA_TROUBLE_UNRESOLVED,     /* the host name has no address */
  KAFKA_TROUBLE_ANSWERED        /* by something that is not Kafka, or wants more */
} KafkaTrouble;

/** What @err and @reason, from librdkafka, say of the way to a broker. */
KafkaTrouble kafka_advice_get_trouble (rd_kafka_resp_err_t err,
    const char *reason);

/** What a user can do about a broker that cannot be used.
 * @reason: (nullable): what librdkafka says of it
 * Returns: (nullable): part of a sentence, or NULL if @reason says nothing that
 *   there is an advice for */
const char *kafka_advice_get (const char *reason);

/** Whether the advice is but a guess of librdkafka's, from a connection that a broker ended
 * early: where others worked with the same settings, it is wrong. */
gboolean kafka_advice_is_guess (const char *reason);

G_END_DECLS
#endif
