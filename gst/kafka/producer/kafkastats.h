/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_STATS_H
#define KAFKA_STATS_H

#include <glib.h>

G_BEGIN_DECLS

/** Why a record was given up. */
typedef enum {
  KAFKA_FAILURE_TOO_LARGE,      /* larger than the client or the topic allows */
  KAFKA_FAILURE_TIMESTAMP,      /* the broker refused its time */
  KAFKA_FAILURE_TIMED_OUT,      /* message.timeout.ms, where one was set */
  KAFKA_FAILURE_REFUSED,        /* any other refusal of this very record */
  KAFKA_N_FAILURES
} KafkaFailure;

/** A short name with dashes, as in "too-large". */
const char *kafka_failure_to_string (KafkaFailure failure);

/* Latencies from 0 to 2^40 microseconds, 8 buckets for each power of two: exact
 * to an eighth. */
#define KAFKA_LATENCY_BUCKETS (8 * 40)

/**
 * KafkaStats:
 * @enqueued: records offered to the producer
 * @acknowledged: records that Kafka has
 * @failed: records given up, by reason
 * @dropped: records refused because the queue was full
 * @abandoned: records given up at shutdown or in a flush; they may still arrive
 * @in_flight: records whose fate is open
 * @in_flight_bytes: their keys and payloads
 * @acknowledged_bytes: keys and payloads that Kafka has
 * @blocked: times that a caller waited because the queue was full
 * @restarts: times that the client was replaced
 * @maybe_duplicated: records sent again after a try of unknown fate
 *
 * What became of the records. Always enqueued = acknowledged + failed + dropped
 * + abandoned + in_flight.
 */
typedef struct {
  guint64 enqueued;
  guint64 acknowledged;
  guint64 failed[KAFKA_N_FAILURES];
  guint64 dropped;
  guint64 abandoned;
  guint64 in_flight;
  guint64 in_flight_bytes;
  guint64 acknowledged_bytes;
  guint64 blocked;
  guint64 restarts;
  guint64 maybe_duplicated;

  /*< private >*/
  guint64 latency[KAFKA_LATENCY_BUCKETS];
  guint64 latency_max_us;
  guint64 latency_sum_us;
} KafkaStats;

/** Counts one acknowledgement that took @latency_us microseconds. */
void kafka_stats_add_latency (KafkaStats * stats, gint64 latency_us);

/** The latency in microseconds that @percent of the acknowledged records did not
 * exceed: 100 for the exact maximum, less for an upper bound within an eighth. */
guint64 kafka_stats_get_latency (const KafkaStats * stats, double percent);

/** How many of the acknowledged records took less than @us microseconds: a power of two from 8
 * on, or %G_MAXUINT64 for all of them. */
guint64 kafka_stats_count_faster (const KafkaStats * stats, guint64 us);

/** Sum of all reasons. */
guint64 kafka_stats_get_failed (const KafkaStats * stats);

G_END_DECLS
#endif
