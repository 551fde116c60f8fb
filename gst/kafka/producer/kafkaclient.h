/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_CLIENT_H
#define KAFKA_CLIENT_H

#include "kafkaconf.h"
#include "kafkapartitions.h"

G_BEGIN_DECLS

/** How small the batches of a client are. */
typedef enum {
  KAFKA_BATCH_NORMAL,           /* librdkafka's default, or the user's */
  KAFKA_BATCH_SMALL,            /* 125 000 bytes */
  KAFKA_BATCH_TINY,             /* 15 000 bytes */
  KAFKA_BATCH_SINGLE            /* one record, one request at a time */
} KafkaBatch;

/** What a broker says of the topic. */
typedef enum {
  KAFKA_TOPIC_UNKNOWN,          /* nothing yet: no broker answered */
  KAFKA_TOPIC_AVAILABLE,
  KAFKA_TOPIC_MISSING,
  KAFKA_TOPIC_FORBIDDEN
} KafkaTopic;

/**
 * KafkaClientCallbacks:
 * @report: the fate of @record, as given to kafka_client_send()
 * @error: an error that concerns no record; @fatal: this client can do no more
 *
 * Called by kafka_client_poll(), kafka_client_flush() and
 * kafka_client_ask_topic(), in the thread that calls these.
 */
typedef struct {
  void (*report) (KafkaRecord * record, rd_kafka_resp_err_t err,
      rd_kafka_msg_status_t status, gpointer data);
  void (*error) (rd_kafka_resp_err_t err, const char *reason, gboolean fatal,
      gpointer data);
} KafkaClientCallbacks;

/**
 * KafkaClient:
 *
 * One producer instance of librdkafka and its topic. To be used by one thread,
 * except kafka_client_wake().
 */
typedef struct _KafkaClient KafkaClient;

KafkaClient *kafka_client_new (const KafkaConf * conf, KafkaBatch batch,
    const char *topic, const KafkaClientCallbacks * callbacks, gpointer data,
    GError ** error);

/** Gives up everything that is not acknowledged, without reports. */
void kafka_client_free (KafkaClient * client);

/**
 * Hands @record over, which is in no batch yet or was given by
 * kafka_partitions_take_held(). It must stay as it is until its report comes or the client is
 * freed.
 *
 * Returns: with an error nothing is handed over. RD_KAFKA_RESP_ERR__QUEUE_FULL:
 *   nothing can be, before there is a report; what had been held back is again. RD_KAFKA_RESP_ERR__IN_PROGRESS: the
 *   record is held back; kafka_partitions_take_held() gives it when it goes on
 */
rd_kafka_resp_err_t kafka_client_send (KafkaClient * client,
    KafkaRecord * record);

/** Which records may be handed over, and when. Owned by @client. */
KafkaPartitions *kafka_client_get_partitions (KafkaClient * client);

/** Serves the callbacks; waits up to @timeout_ms for the first. */
void kafka_client_poll (KafkaClient * client, int timeout_ms);

/** As kafka_client_poll() until all is reported or @timeout_ms is over, without
 * regard to linger.ms. Cannot be woken. */
void kafka_client_flush (KafkaClient * client, int timeout_ms);

/** Ends the kafka_client_poll() of another thread, or the next one. */
void kafka_client_wake (KafkaClient * client);

/** Asks a broker for the topic and waits up to @timeout_ms for the answer. */
KafkaTopic kafka_client_ask_topic (KafkaClient * client, int timeout_ms);

/** Takes back what no broker has got yet (and, with @in_flight, what one may have
 * got, too): the reports come with the next poll. */
void kafka_client_purge (KafkaClient * client, gboolean in_flight);

/** socket.timeout.ms: how long an answer can take. */
int kafka_client_get_socket_timeout (const KafkaClient * client);

/** The error that has made the client useless, see rd_kafka_fatal_error(). That a
 * batch was refused is none: it does make it useless, but its reports say why.
 * Returns: (transfer full) (nullable): what librdkafka says of it */
char *kafka_client_get_fatal_error (const KafkaClient * client);

/** For tests: librdkafka's instance. */
rd_kafka_t *kafka_client_get_handle (const KafkaClient * client);

G_END_DECLS
#endif
