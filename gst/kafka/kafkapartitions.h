/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_PARTITIONS_H
#define KAFKA_PARTITIONS_H

#include "kafkaring.h"

G_BEGIN_DECLS

/**
 * KafkaPartitions:
 *
 * Which partition a record goes to, and whether it may go there now. It is
 * librdkafka's partitioner, and chooses as the setting `partitioner` says.
 *
 * Each partition gets one batch; what comes after it is held back until all of the
 * batch is reported. So nothing waits in librdkafka behind a batch without answer:
 * it would keep a thread busy until socket.timeout.ms. And a partition that does not
 * answer holds up no other one.
 *
 * The first record of each partition travels alone. Order and "once" rest on the
 * brokers: of an idempotent client whose batch they refused they take no later one.
 * But a partition that has nothing of the client so far takes any batch as the
 * first. If a second one arrives when the first was refused, because the leader was
 * not ready, say, then it overtakes, and librdkafka even concludes that the first
 * one was persisted, which then is lost.
 *
 * For one thread, except that librdkafka may choose in threads of its own.
 */
typedef struct _KafkaPartitions KafkaPartitions;

/** Takes over the settings of @conf that concern partitions. Must outlive the
 * instance that is made of @conf. */
KafkaPartitions *kafka_partitions_new (rd_kafka_conf_t * conf);
void kafka_partitions_free (KafkaPartitions * self);

typedef enum {
  KAFKA_HELD_NOT,
  KAFKA_HELD_BACK,              /* kafka_partitions_take_held() gives it back */
  KAFKA_HELD_NOWHERE            /* no partition may get it: try again */
} KafkaHeld;

/** Before @record goes to rd_kafka_producev(), as its opaque, too. */
void kafka_partitions_begin (KafkaPartitions * self, KafkaRecord * record);

/** And after that. Returns whether it was held back: then it has failed, as for a
 * partition that does not exist. */
KafkaHeld kafka_partitions_end (KafkaPartitions * self, KafkaRecord * record,
    gboolean failed);

/** Whether every partition has a batch to answer for that takes no more: then there
 * is nothing to do for any record before a report. */
gboolean kafka_partitions_are_busy (KafkaPartitions * self);

/** Returns a record that was held back and may go now, or %NULL. */
KafkaRecord *kafka_partitions_take_held (KafkaPartitions * self);

/** Holds the record of the last kafka_partitions_take_held() again, as the next one
 * of its partition. */
void kafka_partitions_put_back (KafkaPartitions * self);

/** There is a report for @record. @acknowledged: Kafka has it */
void kafka_partitions_reported (KafkaPartitions * self, KafkaRecord * record,
    gboolean acknowledged);

G_END_DECLS
#endif
