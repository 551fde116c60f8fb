/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RECORD_H
#define RECORD_H

#include <glib.h>
#include <librdkafka/rdkafka.h>

#include "jsoncopy.h"
#include "jsontext.h"

G_BEGIN_DECLS

/**
 * Record:
 * @message: as Kafka has it; NULL of a value alone
 * @time_ms: of the record, since 1970; -1 if it has none
 * @value: (nullable): its value, of @size bytes; NULL if it has none
 * @json: the value, compactly; of size 0 where that is not JSON
 *
 * A record that is looked at. One is used for all of them, one after the other.
 */
typedef struct {
  const rd_kafka_message_t *message;
  gint64 time_ms;
  const char *value;
  gsize size;
  JsonTextValue json;
  /*< private >*/
  GString *text;
  JsonCopy *copy;
} Record;

void record_init (Record * record);
void record_clear (Record * record);

/** Looks at another record.
 * @message: stays while this is looked at */
void record_read (Record * record, const rd_kafka_message_t * message);

/** Looks at a value that is in no message.
 * @value: (nullable): of @size bytes, stays while this is looked at */
void record_read_value (Record * record, const char *value, gsize size);

/** Whether the value is JSON, with or without a byte order mark. */
gboolean record_is_json (const Record * record);

/** Returns: (transfer none): @record->json, made when somebody asks for it */
JsonCopy *record_get_copy (Record * record);

G_END_DECLS
#endif
