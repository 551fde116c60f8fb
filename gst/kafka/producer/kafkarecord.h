/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_RECORD_H
#define KAFKA_RECORD_H

#include <glib.h>
#include <librdkafka/rdkafka.h>

G_BEGIN_DECLS

/**
 * KafkaHeader:
 * @name: ends with NUL
 * @value: @size bytes
 */
typedef struct {
  const char *name;
  const char *value;
  gsize size;
} KafkaHeader;

/**
 * KafkaContent:
 * @payload: the record's value, @payload_size bytes; empty is an empty value, never a
 *   tombstone
 * @key: @key_size bytes, or %NULL for a record without key
 * @headers: @n_headers of them, in their order
 * @timestamp_ms: the record's time in milliseconds since 1970, or 0 for the time at which
 *   librdkafka gets it
 *
 * What a record says.
 */
typedef struct {
  const char *payload;
  gsize payload_size;
  const char *key;
  gsize key_size;
  const KafkaHeader *headers;
  guint n_headers;
  gint64 timestamp_ms;
} KafkaContent;

/**
 * KafkaRecord:
 * @content: constant, except for the time until the record is pushed
 *
 * One record on its way to Kafka: one piece of memory, because a record is made in one thread
 * and freed in another. What is below @content belongs to the ring and the producer.
 */
typedef struct {
  KafkaContent content;

  /*< private >*/
  GBytes *held;                 /* what the payload is in, or NULL */
  gsize headers_size;           /* of names and values */
  GList link;
  GList held_link;              /* of KafkaPartitions: where it is held back, */
  gint32 partition;             /* and in whose batch it is, or -1, */
  guint batch;                  /* and in which of them */
  gint64 enqueued_us;           /* monotonic */
  guint out:1;                  /* librdkafka has it and owes a report */
  guint fate_unknown:1;         /* a try may have been persisted */
  guint suspect:1;              /* was in a batch that was refused */
} KafkaRecord;

/** Copies @content.
 * @held: (transfer full) (nullable): what the payload is in, which is not copied then */
KafkaRecord *kafka_record_new (const KafkaContent * content, GBytes * held);
void kafka_record_free (KafkaRecord * record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KafkaRecord, kafka_record_free)

/** The bytes of its key and payload, which is what users are shown. */
static inline gsize
kafka_record_get_size (const KafkaRecord * record)
{
  return record->content.payload_size + record->content.key_size;
}

/* Beyond the bytes themselves, with what librdkafka has of it: the record and librdkafka's
 * message; entries in both, and librdkafka's copy */
#define KAFKA_RECORD_MEMORY 240
#define KAFKA_HEADER_MEMORY 96

/** The bytes of memory that @record takes at most while it waits, which is the most where librdkafka
 * has it, too. */
static inline gsize
kafka_record_get_memory (const KafkaRecord * record)
{
  return kafka_record_get_size (record) + KAFKA_RECORD_MEMORY
      + record->headers_size + record->content.n_headers * KAFKA_HEADER_MEMORY;
}

/** Returns: (transfer full) (nullable): its headers as librdkafka wants them, or %NULL for none */
rd_kafka_headers_t *kafka_record_make_headers (const KafkaRecord * record);

G_END_DECLS
#endif
