/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "record.h"

#include "jsonscan.h"

void
record_init (Record * record)
{
  *record = (Record) {
    .text = g_string_new (NULL)
  };
}

static void
forget (Record * record)
{
  g_clear_pointer (&record->copy, json_copy_free);
  record->json.size = 0;
  record->message = NULL;
  record->time_ms = -1;
}

void
record_clear (Record * record)
{
  forget (record);
  g_string_free (record->text, TRUE);
}

/* As json_text_compact(), which does not say what it is */
static gboolean
compact (const char *text, gsize size, GString * dst, JsonTextValue * json)
{
  JsonOutput output;
  JsonScan scan;

  g_string_set_size (dst, size);
  output = (JsonOutput) {
  dst->str, size, 0};
  json_scan_init (&scan, text, size);
  if (!json_scan_value (&scan, &output))
    return FALSE;
  *json = (JsonTextValue) {
  scan.type, dst->str, output.size};
  return json_scan_next (&scan) == JSON_TOKEN_END;
}

void
record_read_value (Record * record, const char *value, gsize size)
{
  forget (record);
  record->value = value;
  record->size = size;
  size = value ? json_text_trim (value, size) : 0;
  if (size == 0)
    return;
  json_text_skip_mark (&value, &size);
  if (!compact (value, size, record->text, &record->json))
    record->json.size = 0;
}

static gint64
get_time_ms (const rd_kafka_message_t * message)
{
  rd_kafka_timestamp_type_t type;
  const gint64 ms = rd_kafka_message_timestamp (message, &type);

  return type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || ms < 0 ? -1 : ms;
}

void
record_read (Record * record, const rd_kafka_message_t * message)
{
  record_read_value (record, message->payload, message->len);
  record->message = message;
  record->time_ms = get_time_ms (message);
}

gboolean
record_is_json (const Record * record)
{
  return record->json.size > 0;
}

JsonCopy *
record_get_copy (Record * record)
{
  if (!record->copy)
    record->copy = json_copy_new (&record->json);
  return record->copy;
}
