/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RECORDS_H
#define RECORDS_H

#include <string.h>

#include "kafkarecord.h"

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

#endif
