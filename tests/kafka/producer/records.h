/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RECORDS_H
#define RECORDS_H

#include <string.h>

#include "kafkapartitions.h"

/* A record with a payload of @size bytes. @key: (nullable) */
static inline KafkaRecord *
record_with (gsize size, const char *key)
{
  g_autofree char *payload = g_malloc0 (size);
  const KafkaContent content = {
    .payload = payload,
    .payload_size = size,
    .key = key,
    .key_size = key ? strlen (key) : 0
  };

  return kafka_record_new (&content, NULL);
}

/* Returns: whether a partition takes it */
static inline gboolean
hold_record (KafkaPartitions * partitions, KafkaRecord * record)
{
  return kafka_partitions_hold (partitions, &record, 1) == 1;
}

/* Returns: (nullable): the next one that goes now */
static inline KafkaRecord *
take_record (KafkaPartitions * partitions)
{
  KafkaRecord *record;
  gint64 until_us;

  return kafka_partitions_take (partitions, &record, 1, &until_us) == 1 ?
      record : NULL;
}

#endif
