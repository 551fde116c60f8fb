/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_PARTITIONS_H
#define KAFKA_PARTITIONS_H

#include "kafkapace.h"
#include "kafkaring.h"

G_BEGIN_DECLS

/** How long an acknowledgement proves that a partition knows the client. Brokers
 * forget a producer id after 24 h without records (producer.id.expiration.ms). */
#define KAFKA_PROOF_US (12 * G_TIME_SPAN_HOUR)

/**
 * KafkaPartitions:
 *
 * Which partition a record goes to, and whether it may go there now. It is also
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
 * one was persisted, which then is lost. A partition has nothing of the client again
 * when it was idle for a day or its topic was made anew, so what it has is taken for
 * granted for KAFKA_PROOF_US, and until something about the topic changes.
 *
 * Batches are as large as KafkaPace says.
 *
 * For one thread, except that librdkafka may choose in threads of its own. What is
 * called for each record takes no longer because there are many partitions.
 */
typedef struct _KafkaPartitions KafkaPartitions;

/** Takes over the settings of @conf that concern partitions. Must outlive the
 * instance that is made of @conf. */
KafkaPartitions *kafka_partitions_new (rd_kafka_conf_t * conf);
void kafka_partitions_free (KafkaPartitions * self);

/** The topic has @n partitions. Nothing is admitted before this is known. To be
 * called in the thread that sends. */
void kafka_partitions_set_count (KafkaPartitions * self, gint32 n);

/** Returns: how many the topic has, or 0 if that is not known yet */
gint32 kafka_partitions_get_count (KafkaPartitions * self);

typedef enum {
  KAFKA_ADMITTED,               /* is in the batch of record->partition; to be sent */
  KAFKA_HELD_BACK,              /* kafka_partitions_take_held() gives it back */
  KAFKA_NO_ROOM                 /* no partition may get it: try again */
} KafkaAdmission;

/** Decides about @record, which is in no batch. It goes to rd_kafka_producev() as its
 * opaque, too; that fails, and the record is held back and in no batch, where the
 * number of partitions has changed. */
KafkaAdmission kafka_partitions_admit (KafkaPartitions * self,
    KafkaRecord * record);

/** Returns a record that was held back and is admitted now, or %NULL. */
KafkaRecord *kafka_partitions_take_held (KafkaPartitions * self);

/** librdkafka sends what it has: nothing joins that any more. */
void kafka_partitions_close_batches (KafkaPartitions * self);

/** Whether every partition has a batch to answer for that takes no more: then there
 * is nothing to do for any record before a report. */
gboolean kafka_partitions_are_busy (KafkaPartitions * self);

/** Kafka has @n records. */
void kafka_partitions_acknowledged (KafkaPartitions * self,
    KafkaRecord ** records, guint n);

/** There is a report for @record, which Kafka may not have. */
void kafka_partitions_reported (KafkaPartitions * self, KafkaRecord * record);

/** The partition that @record, which is out, goes to; -1 if it is not decided. */
gint32 kafka_partitions_find (KafkaPartitions * self,
    const KafkaRecord * record);

/** What the answers so far have shown, for the next client of the same brokers. */
KafkaPace kafka_partitions_get_pace (KafkaPartitions * self);
void kafka_partitions_set_pace (KafkaPartitions * self,
    const KafkaPace * pace);

G_END_DECLS
#endif
