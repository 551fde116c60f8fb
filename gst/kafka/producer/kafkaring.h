/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_RING_H
#define KAFKA_RING_H

#include "kafkarecord.h"

G_BEGIN_DECLS

/**
 * KafkaRing:
 *
 * Every record that was accepted and whose fate is open, in the order in which
 * it was accepted. Records leave it in any order, because partitions are
 * acknowledged independently; the ring is therefore a list whose links sit in
 * the records. Not thread-safe: its owner locks, but what is out concerns the thread
 * that takes records alone.
 */
typedef struct {
  GQueue records;
  GList *next;                  /* first record that was not taken, */
  guint n_new;                  /* and so many follow */
  guint n_out;
  gint64 oldest_us;             /* since when the first one is the first; 0: unknown */
  guint64 bytes;                /* of keys and payloads */
  guint64 memory;
  guint64 max_records;
  guint64 max_memory;
} KafkaRing;

void kafka_ring_init (KafkaRing * ring, guint64 max_records,
    guint64 max_memory);
void kafka_ring_clear (KafkaRing * ring);

/** Whether @record may be appended. One that is larger than the bound itself may be
 * once the ring is empty: it would wait for ever. */
gboolean kafka_ring_has_room (const KafkaRing * ring,
    const KafkaRecord * record);

/** Returns how many records it has room for, if they are as large as those that are there. */
guint64 kafka_ring_get_room (const KafkaRing * ring);

/** Takes over @record, which stays as it is from now on. */
void kafka_ring_append (KafkaRing * ring, KafkaRecord * record);

/** Returns the first record that was not taken, and takes it; or %NULL. */
KafkaRecord *kafka_ring_take (KafkaRing * ring);

/** Takes back the record that kafka_ring_take() gave last. */
void kafka_ring_untake (KafkaRing * ring, KafkaRecord * record);

/** @record is out: librdkafka has it. */
void kafka_ring_sent (KafkaRing * ring, KafkaRecord * record);

/** A report came for @record: it is not out any more, but stays. kafka_ring_take()
 * gives it only after kafka_ring_rewind(). */
void kafka_ring_reported (KafkaRing * ring, KafkaRecord * record);

/** The fate of @record is settled. It is the caller's again. */
void kafka_ring_remove (KafkaRing * ring, KafkaRecord * record);

/** Begins again with the oldest record; none is taken, nor out. Returns the number of
 * records that may have been persisted by an earlier try. */
guint kafka_ring_rewind (KafkaRing * ring);

/** Returns the oldest record, and in @since_us (monotonic) since when it waits as such,
 * or %NULL. It changes whenever records move. */
KafkaRecord *kafka_ring_get_oldest (KafkaRing * ring, gint64 * since_us);

#define kafka_ring_n_records(ring) ((ring)->records.length)
#define kafka_ring_is_empty(ring) ((ring)->records.length == 0)

G_END_DECLS
#endif
