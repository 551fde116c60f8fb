/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "batch.h"

#include <errno.h>
#include <string.h>

#include "common.h"
#include "jsondup.h"
#include "jsontext.h"

/* what a pipe holds on Linux */
#define FULL_SIZE (64 * 1024)

struct _Batch
{
  GString *lines;
  GPtrArray *records;           /* one for each line */
  GString *json;                /* of one record, to make its line of */
};

static void
free_record (gpointer record)
{
  rd_kafka_message_destroy (record);
}

Batch *
batch_new (void)
{
  Batch *batch = g_new (Batch, 1);

  batch->lines = g_string_new (NULL);
  batch->records = g_ptr_array_new_with_free_func (free_record);
  batch->json = g_string_new (NULL);
  return batch;
}

/* The value as JSON of one line */
static void
append_value (Batch * batch, const char *value, gsize size)
{
  const char *json = value;
  gsize json_size = size;

  json_text_skip_mark (&json, &json_size);
  g_string_set_size (batch->json, json_size);
  json_size = json_text_compact (json, json_size, batch->json->str, json_size);
  if (json_size > 0) {
    tool_append_escaped (batch->lines, batch->json->str, json_size);
  } else {
    g_autofree char *quoted = json_dup_quoted (value, size, &json_size);

    g_string_append (batch->lines, "{\"raw\":");
    tool_append_escaped (batch->lines, quoted, json_size);
    g_string_append_c (batch->lines, '}');
  }
}

void
batch_add (Batch * batch, rd_kafka_message_t * message)
{
  const char *value = message->payload;

  g_string_append (batch->lines, "[Kafka] ");
  if (value)
    append_value (batch, value, json_text_trim (value, message->len));
  else
    g_string_append (batch->lines, "null");
  g_string_append_c (batch->lines, '\n');
  g_ptr_array_add (batch->records, message);
}

gboolean
batch_is_empty (const Batch * batch)
{
  return batch->records->len == 0;
}

gboolean
batch_is_full (const Batch * batch)
{
  return batch->lines->len >= FULL_SIZE;
}

/* As read count the records whose lines are in the first @size bytes. */
static void
store_offsets (const Batch * batch, gsize size)
{
  const char *line = batch->lines->str;
  const char *end = line + size;
  const rd_kafka_message_t *last = NULL;

  for (guint i = 0; (line = memchr (line, '\n', end - line)); i++, line++) {
    const rd_kafka_message_t *record = batch->records->pdata[i];

    if (last && last->partition != record->partition)
      rd_kafka_offset_store (last->rkt, last->partition, last->offset);
    last = record;
  }
  if (last)
    rd_kafka_offset_store (last->rkt, last->partition, last->offset);
}

int
batch_write (Batch * batch)
{
  gsize written;
  const int error = tool_write (batch->lines->str, batch->lines->len,
      &written) ? 0 : errno;

  store_offsets (batch, written);
  g_string_truncate (batch->lines, 0);
  g_ptr_array_set_size (batch->records, 0);
  return error;
}
