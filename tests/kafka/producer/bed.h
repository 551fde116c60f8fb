/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef BED_H
#define BED_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "kafkaworker.h"

#define TOPIC "t"
#define PATIENCE_US (30 * G_TIME_SPAN_SECOND)

/* Of the mock cluster's requests */
#define PRODUCE 0

/* Brokers in this process, the producer under test, and what it told. */
typedef struct _Bed Bed;
struct _Bed
{
  rd_kafka_t *rk;
  rd_kafka_mock_cluster_t *cluster;
  KafkaConf *conf;
  int stall_ms;
  KafkaProducer *producer;
  /* called with each event, in the producer's thread; set before bed_start() */
  void (*on_event) (Bed * bed, KafkaEventType type);

  GMutex lock;
  GCond cond;
  guint told[KAFKA_EVENT_ERROR + 1];
  const char *cause;            /* of the last KAFKA_EVENT_STALLED */
  guint n_partitions;           /* of the last event that has them */
  guint64 n_failed;             /* records that were told to be given up */
  char *texts[KAFKA_EVENT_ERROR + 1];   /* of the last event of each type */
  GError *error;                /* of KAFKA_EVENT_ERROR */
};

/* @n_partitions: 0 for no topic */
void bed_open (Bed * bed, guint n_brokers, guint n_partitions);
void bed_start (Bed * bed, guint64 max_records);
void bed_close (Bed * bed);

/* Until @count events of this type have been told */
void wait_for_event (Bed * bed, KafkaEventType type, guint count);

/* A record whose payload is a number. @key: (nullable) */
KafkaRecord *numbered_with_key (guint n, const char *key);
KafkaRecord *numbered (guint n);

/* Pushes those from @from to @to - 1. */
void push (Bed * bed, guint from, guint to);
void assert_drains (Bed * bed);

/* Asserts that the counts add up. */
KafkaStats stats_of (Bed * bed);

/* Until @count records were acknowledged; unlike assert_drains(), does not end the
 * time in which they wait for others. */
void wait_until_acknowledged (Bed * bed, guint count);

/* How many records @partition holds */
guint count_records (Bed * bed, guint partition);

/* Reads what partition 0 holds with a consumer of its own, and asserts that it is
 * 0, 1, 2 ... n-1. */
void assert_broker_has (Bed * bed, guint n);

#endif
