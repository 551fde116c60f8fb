/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_BATCHES_H
#define KAFKA_BATCHES_H

#include "kafkapace.h"
#include "kafkarecord.h"

G_BEGIN_DECLS

/** How long an acknowledgement proves that a partition knows the client. Brokers
 * forget a producer id after 24 h without records (producer.id.expiration.ms). */
#define KAFKA_PROOF_US (12 * G_TIME_SPAN_HOUR)

/**
 * KafkaBatchLimits:
 * @gather_us: how long the first record of a batch waits for others
 * @hand_over_us: how long handing over a batch may take, before librdkafka makes a request of what
 *   it has
 * @max_records: of a batch
 * @max_requests: that librdkafka makes for a leader before it has an answer
 * @is_pipelined: several batches of a partition may be out
 */
typedef struct {
  gint64 gather_us;
  gint64 hand_over_us;
  guint max_records;
  guint max_requests;
  gboolean is_pipelined;
} KafkaBatchLimits;

/**
 * KafkaBatches:
 *
 * When the records of each partition are handed over. They are gathered in order, until the
 * first one has waited for @gather_us or they fill a batch; then all go out at once,
 * as one request, which is why no more are handed over than librdkafka waits for.
 *
 * A leader has so many batches as librdkafka sends it before it answers, and no more: what
 * waits in librdkafka could not grow any more, and here it does. Partitions that
 * have to wait go in the order in which they came to it.
 *
 * A partition has one batch out, with these exceptions, if it is proven to know the client
 * (see KafkaPartitions). librdkafka sends another one as long as fewer than five records
 * are out; so may this. And while full batches wait, the next one is handed over shortly before
 * the answer is due, so that it goes out with the answer. That takes an answered batch
 * before: of a broker that fell silent, nothing waits in librdkafka, which would keep
 * a core busy.
 *
 * Where several records go together, the next ones are looked at when they are due, so that
 * the thread need not wake for the first of them.
 *
 * What is called for each record takes no longer because there are many partitions. Not
 * thread-safe.
 */
typedef struct _KafkaBatches KafkaBatches;

KafkaBatches *kafka_batches_new (const KafkaBatchLimits * limits,
    const KafkaPace * pace);
void kafka_batches_free (KafkaBatches * self);

/** How large batches are, to read and to change. */
KafkaPace *kafka_batches_get_pace (KafkaBatches * self);

/** There are @n partitions now, of which none is proven. Returns in @held all that was
 * gathered, by held_link, in the order of each partition, which is in record->partition. */
void kafka_batches_set_count (KafkaBatches * self, gint32 n, GQueue * held,
    gint64 now_us);

/** @leader: of a partition, or -1 */
void kafka_batches_set_leader (KafkaBatches * self, gint32 partition,
    gint32 leader, gint64 now_us);

/** Gathers @record, which is in no batch, as the last of its partition. */
void kafka_batches_add (KafkaBatches * self, gint32 partition,
    KafkaRecord * record, gint64 now_us);

/** Returns: a partition whose next batch a record without key can join: @sticky (or -1) if possible,
 * else one that can go now, else what goes next to the leader that answered last; -1 if that
 * is full. */
gint32 kafka_batches_find_room (KafkaBatches * self, gint32 sticky,
    const KafkaRecord * record, gint64 now_us);

/** Returns a record, which is in the batch of record->partition and to be handed over
 * now, or %NULL. */
KafkaRecord *kafka_batches_take (KafkaBatches * self, gint64 now_us);

/** Returns: until when @record, which was taken, may be handed over: librdkafka may send the
 * others of its batch then */
gint64 kafka_batches_get_end (const KafkaBatches * self,
    const KafkaRecord * record);

/** Gathers @record, which was taken and is not handed over, as the first one of @partition. */
void kafka_batches_untake (KafkaBatches * self, gint32 partition,
    KafkaRecord * record, gint64 now_us);

/** librdkafka has @record, which is in no batch, for this partition already. */
void kafka_batches_join (KafkaBatches * self, gint32 partition,
    KafkaRecord * record, gint64 now_us);

/** @record, which is in a batch, is out of it. */
void kafka_batches_leave (KafkaBatches * self, KafkaRecord * record,
    gboolean acknowledged, gint64 now_us);

/** Nothing that is gathered waits for more. */
void kafka_batches_hurry (KafkaBatches * self, gint64 now_us);

/** No partition is proven any more. */
void kafka_batches_doubt (KafkaBatches * self, gint64 now_us);

/** Returns: whether an answer has made way for a batch that is handed over already, since the last
 * call that said so; not while another one is being handed over */
gboolean kafka_batches_take_way (KafkaBatches * self);

/** Returns: until when nobody need look: when kafka_batches_take() has a record without a report
 * before, or may have one that comes until then; a time in the past, or G_MAXINT64 for never */
gint64 kafka_batches_get_due (const KafkaBatches * self, gint64 now_us);

/** Returns: the partition whose batch is out for longest, or -1 */
gint32 kafka_batches_find_oldest (const KafkaBatches * self);

/** Returns: whether a record that comes before kafka_batches_get_due() is to be gathered at once */
gboolean kafka_batches_any_is_idle (const KafkaBatches * self, gint64 now_us);

G_END_DECLS
#endif
