/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_CLIENT_H
#define KAFKA_CLIENT_H

#include "kafkaconf.h"
#include "kafkapartitions.h"
#include "kafkastates.h"

G_BEGIN_DECLS

/** How small the batches of a client are. */
typedef enum {
  KAFKA_BATCH_NORMAL,           /* librdkafka's default, or the user's */
  KAFKA_BATCH_SMALL,            /* 125 000 bytes */
  KAFKA_BATCH_TINY,             /* 15 000 bytes */
  KAFKA_BATCH_SINGLE            /* one record, one request at a time */
} KafkaBatch;

/**
 * KafkaClientCallbacks:
 * @accepted: @n records that Kafka has, as given to kafka_client_send(), which are the
 *   caller's again
 * @report: the fate of @record, of which that is not all
 * @error: an error that concerns no record; @fatal: this client can do no more
 * @statistics: @size bytes of JSON; see kafka_view_new()
 * @throttled: the cluster's quotas make @broker answer @ms later than it could
 *
 * Called in the thread that polls.
 */
typedef struct {
  void (*accepted) (KafkaRecord ** records, guint n, gpointer data);
  void (*report) (KafkaRecord * record, rd_kafka_resp_err_t err,
      rd_kafka_msg_status_t status, gpointer data);
  void (*error) (rd_kafka_resp_err_t err, const char *reason, gboolean fatal,
      gpointer data);
  void (*statistics) (const char *json, gsize size, gpointer data);
  void (*throttled) (const char *broker, int ms, gpointer data);
} KafkaClientCallbacks;

/**
 * KafkaClientOptions:
 * @batch: how small its batches are
 * @uncompressed: whatever the settings say
 * @patience: times socket.timeout.ms: how long an answer may take
 * @pace: (nullable): what an earlier client has learnt
 * @view_ms: how often there are statistics, at least
 */
typedef struct {
  KafkaBatch batch;
  gboolean uncompressed;
  guint patience;
  const KafkaPace *pace;
  int view_ms;
} KafkaClientOptions;

/**
 * KafkaClient:
 * @rk: to purge
 * @queue: of reports and errors; rd_kafka_queue_yield() ends the poll of another
 *   thread, or the next one
 * @partitions: which records may be handed over, and when
 * @socket_timeout_ms: how long an answer can take
 *
 * One producer instance of librdkafka and its topic. To be used by one thread.
 */
typedef struct {
  rd_kafka_t *rk;
  rd_kafka_topic_t *topic;
  rd_kafka_queue_t *queue;
  KafkaPartitions *partitions;
  int socket_timeout_ms;

  /*< private >*/
  KafkaClientCallbacks callbacks;
  gpointer data;
  GPtrArray *accepted;          /* of KafkaRecord, since the last callback */
} KafkaClient;

KafkaClient *kafka_client_new (const KafkaConf * conf,
    const KafkaClientOptions * options, const char *topic,
    const KafkaClientCallbacks * callbacks, gpointer data, GError ** error);

/** Gives up everything that is not acknowledged, without reports. */
void kafka_client_free (KafkaClient * client);

/**
 * Hands @record over, which is in a batch of the client's partitions. It must stay as
 * it is until its report comes or the client is freed.
 *
 * Returns: with an error nothing is handed over, and the record is in no batch.
 *   RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION: it still is, and is to be given to
 *   kafka_partitions_untake(), because the topic has got more partitions, or fewer
 */
rd_kafka_resp_err_t kafka_client_send (KafkaClient * client,
    KafkaRecord * record);

/** Calls the callbacks, after a wait of up to @timeout_ms for a reason to. */
void kafka_client_poll (KafkaClient * client, int timeout_ms);

/** The same until nothing is out, with no wait for batches to become full. */
void kafka_client_flush (KafkaClient * client, int timeout_ms);

/** Asks a broker for the topic and waits up to @timeout_ms for the answer. */
KafkaTopic kafka_client_ask_topic (KafkaClient * client, int timeout_ms);

/** Asks a broker for the replicas of a partition and waits up to @timeout_ms.
 * Returns: whether there was an answer */
gboolean kafka_client_ask_replicas (KafkaClient * client, gint32 partition,
    int timeout_ms, int *n_replicas, int *n_in_sync);

/** Asks a broker for settings of the topic and waits up to @timeout_ms.
 * @names: of the settings, the last followed by %NULL
 * Returns: (nullable) (transfer full): their values in the same order, "" for one that
 *   the broker does not have; %NULL if it does not answer, or the user may not ask */
GStrv kafka_client_ask_settings (KafkaClient * client,
    const char *const *names, int timeout_ms);

/** Makes librdkafka's threads, and the one that polls, look at the clock again. To be
 * called from any thread, while no other one frees the client. */
void kafka_client_wake (KafkaClient * client);

/** The error that has made the client useless, see rd_kafka_fatal_error(). That a
 * batch was refused does not count: that makes it useless, too, but reports say why.
 * Returns: (transfer full) (nullable): what librdkafka says of it */
char *kafka_client_get_fatal_error (const KafkaClient * client);

G_END_DECLS
#endif
