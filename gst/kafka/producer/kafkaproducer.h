/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_PRODUCER_H
#define KAFKA_PRODUCER_H

#include "kafkaconf.h"
#include "kafkaring.h"
#include "kafkastats.h"

G_BEGIN_DECLS

/** What a producer reports, each once per change. */
typedef enum {
  KAFKA_EVENT_REACHABLE,        /* a broker answers */
  KAFKA_EVENT_UNREACHABLE,      /* none does; records wait */
  KAFKA_EVENT_TOPIC_AVAILABLE,  /* after the next two */
  KAFKA_EVENT_TOPIC_MISSING,    /* records wait */
  KAFKA_EVENT_TOPIC_FORBIDDEN,  /* records wait */
  KAFKA_EVENT_PARTITIONS,       /* the topic has more now, or fewer */
  KAFKA_EVENT_CREDENTIALS,      /* refused now, accepted before; records wait */
  KAFKA_EVENT_RESTART,          /* the client is replaced; at most once a minute */
  KAFKA_EVENT_STALLED,          /* the oldest record does not move; or why is new */
  KAFKA_EVENT_RESUMED,          /* it does again */
  KAFKA_EVENT_COMPRESSION,      /* refused: records go on uncompressed */
  KAFKA_EVENT_CLOCK,            /* the wall clock went back, or was never set */
  KAFKA_EVENT_RECORD_FAILED,    /* one or more were given up */
  KAFKA_EVENT_DROPPED,          /* the ring was full; at most once a second */
  KAFKA_EVENT_ERROR             /* the end: nothing is sent any more */
} KafkaEventType;

/**
 * KafkaEvent:
 * @text: one sentence for the user, which says what to do
 * @failure: with %KAFKA_EVENT_RECORD_FAILED: why
 * @count: with %KAFKA_EVENT_RECORD_FAILED and %KAFKA_EVENT_DROPPED: records since the
 *   last such event
 * @key: (nullable): with %KAFKA_EVENT_RECORD_FAILED: the last one's key
 * @key_size: bytes of @key
 * @size: with %KAFKA_EVENT_RECORD_FAILED: the last one's payload in bytes
 * @n_partitions: with %KAFKA_EVENT_REACHABLE, %KAFKA_EVENT_TOPIC_AVAILABLE and
 *   %KAFKA_EVENT_PARTITIONS: that the topic has; 0 if that is not known, because it is
 *   missing or forbidden: the second event tells it then
 * @cause: (nullable): with %KAFKA_EVENT_STALLED: one of broker-unreachable,
 *   leader-unreachable, leader-unknown, no-answer, not-enough-replicas, quota,
 *   topic-missing, topic-forbidden, credentials-refused, message-format, unknown
 * @broker: (nullable): with %KAFKA_EVENT_STALLED: HOST:PORT of the partition's leader
 * @waited_us: with %KAFKA_EVENT_STALLED and %KAFKA_EVENT_RESUMED: how long the oldest
 *   record has waited, or did
 * @error: (nullable): with %KAFKA_EVENT_ERROR: @text as a message; its code is
 *   %KAFKA_ERROR_CREDENTIALS, %KAFKA_ERROR_FORBIDDEN or %KAFKA_ERROR_UNSUPPORTED
 */
typedef struct {
  KafkaEventType type;
  char *text;
  KafkaFailure failure;
  guint64 count;
  char *key;
  gsize key_size;
  gsize size;
  guint n_partitions;
  const char *cause;
  char *broker;
  gint64 waited_us;
  GError *error;
} KafkaEvent;

/** Called in the producer's thread, without locks held. */
typedef void (*KafkaEventFunc) (const KafkaEvent * event, gpointer data);

/**
 * KafkaProducer:
 *
 * Delivers records to one topic: none lost, none twice, in order for each key,
 * whatever becomes of brokers, topic and client, for as long as it lives.
 *
 * A record stays in the ring until librdkafka reports that Kafka has it. When
 * librdkafka gives records back instead, there is one answer, *restart in
 * order*: wait for what is still unanswered, make a new client, and send the
 * ring again from its oldest record.
 *
 * All functions may be called from any thread.
 */
typedef struct _KafkaProducer KafkaProducer;

typedef enum {
  KAFKA_PUSH_OK,                /* the record is in the ring */
  KAFKA_PUSH_DROPPED,           /* the ring was full, the record is freed */
  KAFKA_PUSH_INTERRUPTED,       /* the record is still the caller's */
  KAFKA_PUSH_FAILED             /* after KAFKA_EVENT_ERROR; still the caller's */
} KafkaPush;

typedef enum {
  KAFKA_DRAIN_DONE,             /* the ring is empty */
  KAFKA_DRAIN_TIMED_OUT,
  KAFKA_DRAIN_INTERRUPTED,
  KAFKA_DRAIN_FAILED            /* after KAFKA_EVENT_ERROR */
} KafkaDrain;

/**
 * Checks all settings and begins to connect; no broker need be there.
 * @conf: copied; must have bootstrap.servers
 * @max_records, @max_memory: the bounds of the ring; see kafka_record_get_memory()
 * @stall_ms: how long the oldest record may wait until %KAFKA_EVENT_STALLED; five times
 *   that, until a new client is tried
 * @func: never called after kafka_producer_close() has returned
 * Returns: %NULL with @error set if a setting is wrong
 */
KafkaProducer *kafka_producer_new (const KafkaConf * conf, const char *topic,
    guint64 max_records, guint64 max_memory, int stall_ms, KafkaEventFunc func,
    gpointer data, GError ** error);

/** To be closed first, with kafka_producer_close(). A thread that uses a producer which
 * another one can close takes a reference. The last one frees the records that are
 * left, which calls out to their owners: give it back without locks held. */
KafkaProducer *kafka_producer_ref (KafkaProducer * producer);
void kafka_producer_unref (KafkaProducer * producer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KafkaProducer, kafka_producer_unref)

/** Puts @record into the ring. When that is full, waits if @block is set and
 * drops it otherwise. */
KafkaPush kafka_producer_push (KafkaProducer * producer, KafkaRecord * record,
    gboolean block);

/** Counts @record, which kafka_producer_push() has left to the caller, as abandoned,
 * and frees it. */
void kafka_producer_abandon (KafkaProducer * producer, KafkaRecord * record);

/** Counts a record that the caller cannot even make as offered and given up, and
 * reports it as the others.
 * @size: bytes that its payload would have
 * @why: static text: what is wrong, and what to do
 */
void kafka_producer_refuse (KafkaProducer * producer, KafkaFailure failure,
    gsize size, const char *why);

/** While set, kafka_producer_push() and kafka_producer_drain() do not wait, and
 * those that do return. */
void kafka_producer_set_interrupted (KafkaProducer * producer,
    gboolean interrupted);

/** Waits until the fate of every record is settled and reported.
 * @deadline_us: monotonic time to give up at, or -1 to wait for ever */
KafkaDrain kafka_producer_drain (KafkaProducer * producer, gint64 deadline_us);

/** Waits up to @timeout_ms (-1: for ever) as kafka_producer_drain() does, then
 * counts what is left as abandoned. The statistics are final then. librdkafka's
 * instance may take longer to go, in the background. */
void kafka_producer_close (KafkaProducer * producer, int timeout_ms);

void kafka_producer_get_stats (KafkaProducer * producer, KafkaStats * stats);

G_END_DECLS
#endif
