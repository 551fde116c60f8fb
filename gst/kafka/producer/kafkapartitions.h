/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_PARTITIONS_H
#define KAFKA_PARTITIONS_H

#include "kafkapace.h"
#include "kafkarecord.h"

G_BEGIN_DECLS

/**
 * KafkaPartitions:
 *
 * Which partition a record goes to, and whether it may go there now. It is also
 * librdkafka's partitioner, and chooses as the setting `partitioner` says.
 *
 * When a record goes is KafkaBatches' affair. Until then it is held back, in order: nothing
 * waits in librdkafka behind a batch without answer, where it would keep a thread busy until
 * socket.timeout.ms; and a partition that does not answer holds up no other one.
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
 * For one thread, except that librdkafka may choose in threads of its own. What is
 * called for each record takes no longer because there are many partitions.
 */
typedef struct _KafkaPartitions KafkaPartitions;

/** Takes over the settings of @conf that concern partitions. Must outlive the
 * instance that is made of @conf. */
KafkaPartitions *kafka_partitions_new (rd_kafka_conf_t * conf);
void kafka_partitions_free (KafkaPartitions * self);

/** The topic has @n partitions with these leaders, by the number of the partition; -1 is one
 * that has none. No record is held before this is known. To be called in the thread that
 * sends. */
void kafka_partitions_set_leaders (KafkaPartitions * self,
    const gint32 * leaders, gint32 n);

/** The topic is away: when it is back, it may be another one of the same name. */
void kafka_partitions_doubt (KafkaPartitions * self);

/** Returns: how many the topic has, or 0 if that is not known yet */
gint32 kafka_partitions_get_count (KafkaPartitions * self);

/** Holds @n records, which are in no batch, until kafka_partitions_take() gives them back.
 * Returns: how many: no partition may get the next one before there is a report */
guint kafka_partitions_hold (KafkaPartitions * self, KafkaRecord ** records,
    guint n);

/** Gives up to @n records that are to be sent now, in this order; each is in the batch of
 * record->partition. A record goes to rd_kafka_producev() as its opaque, too, which refuses
 * it with RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION when the number of partitions has changed.
 * @until_us: (out): how long they may be handed over; those that are late go back
 * Returns: how many */
guint kafka_partitions_take (KafkaPartitions * self, KafkaRecord ** records,
    guint n, gint64 * until_us);

/** Holds the last @n records that were taken again, of which librdkafka has none. */
void kafka_partitions_untake (KafkaPartitions * self, KafkaRecord ** records,
    guint n);

/** Returns: whether an answer has made way for a batch that librdkafka has already, and that it would
 * keep longer; once for each */
gboolean kafka_partitions_take_way (KafkaPartitions * self);

/** Nothing that is held waits for other records. */
void kafka_partitions_hurry (KafkaPartitions * self);

/** Returns when kafka_partitions_take() may have a record (monotonic, in the past or not); G_MAXINT64:
 * not before a report.
 * @any_is_idle: (out): there is something to do for a record that comes before that */
gint64 kafka_partitions_get_due (KafkaPartitions * self,
    gboolean * any_is_idle);

/** Kafka has @n records. */
void kafka_partitions_acknowledged (KafkaPartitions * self,
    KafkaRecord ** records, guint n);

/** There is a report for @record, which Kafka may not have. */
void kafka_partitions_reported (KafkaPartitions * self, KafkaRecord * record);

/** The partition that @record is out for, or else the one that @record may wait for: whose batch is out
 * for longest; -1 if none is out. */
gint32 kafka_partitions_find (KafkaPartitions * self,
    const KafkaRecord * record);

/** What the answers so far have shown, for the next client of the same brokers. */
KafkaPace kafka_partitions_get_pace (KafkaPartitions * self);
void kafka_partitions_set_pace (KafkaPartitions * self,
    const KafkaPace * pace);

G_END_DECLS
#endif
