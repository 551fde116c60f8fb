/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkarecord.h"

#include <string.h>

static gsize
get_headers_size (const KafkaContent * content)
{
  gsize size = 0;

  for (guint i = 0; i < content->n_headers; i++)
    size += strlen (content->headers[i].name) + content->headers[i].size;
  return size;
}

/* Returns: where the copy is, behind which @end is from now on */
static char *
append (char **end, const void *bytes, gsize size)
{
  char *copy = *end;

  if (size > 0)
    memcpy (copy, bytes, size);
  *end += size;
  return copy;
}

/* Puts what @record, a copy of @content, points to behind it. */
static void
copy_content (KafkaRecord * record, const KafkaContent * content)
{
  KafkaHeader *headers = (KafkaHeader *) (record + 1);
  char *end = (char *) (headers + content->n_headers);

  record->content.headers = headers;
  for (guint i = 0; i < content->n_headers; i++) {
    const KafkaHeader *header = &content->headers[i];

    headers[i].name = append (&end, header->name, strlen (header->name) + 1);
    headers[i].value = append (&end, header->value, header->size);
    headers[i].size = header->size;
  }
  if (content->key)
    record->content.key = append (&end, content->key, content->key_size);
  if (!record->held)
    record->content.payload = append (&end, content->payload,
        content->payload_size);
}

KafkaRecord *
kafka_record_new (const KafkaContent * content, GBytes * held)
{
  const gsize headers_size = get_headers_size (content);
  const gsize entries = content->n_headers * (sizeof (KafkaHeader) + 1);
  const gsize size = sizeof (KafkaRecord) + entries + headers_size
      + content->key_size + (held ? 0 : content->payload_size);
  KafkaRecord *record = g_malloc (size);

  memset (record, 0, sizeof (*record));
  record->content = *content;
  record->held = held;
  record->headers_size = headers_size;
  record->link.data = record->held_link.data = record;
  record->partition = -1;
  copy_content (record, content);
  return record;
}

void
kafka_record_free (KafkaRecord * record)
{
  g_clear_pointer (&record->held, g_bytes_unref);
  g_free (record);
}

rd_kafka_headers_t *
kafka_record_make_headers (const KafkaRecord * record)
{
  const KafkaContent *content = &record->content;
  rd_kafka_headers_t *headers;

  if (content->n_headers == 0)
    return NULL;
  headers = rd_kafka_headers_new (content->n_headers);
  for (guint i = 0; i < content->n_headers; i++)
    rd_kafka_header_add (headers, content->headers[i].name, -1,
        content->headers[i].value, content->headers[i].size);
  return headers;
}
