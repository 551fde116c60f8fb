/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "gstkafkarecord.h"
#include "gstkafkasettings.h"
#include "jsontext.h"

typedef struct
{
  GstBuffer *buffer;
  GstMapInfo map;
} MappedBuffer;

static void
mapped_buffer_free (gpointer data)
{
  MappedBuffer *mapped = data;

  gst_buffer_unmap (mapped->buffer, &mapped->map);
  gst_buffer_unref (mapped->buffer);
  g_free (mapped);
}

/* Whether to hold @buffer would hold back a pool's buffer, so that the pool runs dry
 * in an outage and stops the pipeline, or much more bytes than count: those around a
 * part of a memory. Below a page, and for several memories, a copy is cheaper. */
static gboolean
is_to_be_copied (GstBuffer * buffer)
{
  const gsize size = gst_buffer_get_size (buffer);
  GstMemory *memory;

  if (buffer->pool || gst_buffer_get_parent_buffer_meta (buffer)
      || gst_buffer_n_memory (buffer) != 1 || size < 4096)
    return TRUE;
  for (memory = gst_buffer_peek_memory (buffer, 0); memory->parent;)
    memory = memory->parent;
  return memory->maxsize > size + size / 4;
}

/* Returns: (nullable): %NULL if a memory cannot be read */
static GBytes *
copy (GstBuffer * buffer)
{
  const gsize size = gst_buffer_get_size (buffer);
  g_autofree guint8 *data = g_malloc (size);
  gsize used = 0;

  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    GstMapInfo map;

    if (!gst_memory_map (memory, &map, GST_MAP_READ))
      return NULL;
    if (map.size > 0)
      memcpy (data + used, map.data, map.size);
    used += map.size;
    gst_memory_unmap (memory, &map);
  }
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

GBytes *
gst_kafka_record_get_payload (GstBuffer * buffer)
{
  MappedBuffer *mapped;

  if (is_to_be_copied (buffer))
    return copy (buffer);
  mapped = g_new (MappedBuffer, 1);
  if (!gst_buffer_map (buffer, &mapped->map, GST_MAP_READ)) {
    g_free (mapped);
    return NULL;
  }
  mapped->buffer = gst_buffer_ref (buffer);
  return g_bytes_new_with_free_func (mapped->map.data, mapped->map.size,
      mapped_buffer_free, mapped);
}

static void
add_headers (KafkaRecord * record, const GstStructure * constant,
    const char *content_type, GstClockTime pts)
{
  const int n = constant ? gst_structure_n_fields (constant) : 0;

  for (int i = 0; i < n; i++) {
    const char *name = gst_structure_nth_field_name (constant, i);
    g_autofree char *text = gst_kafka_settings_to_text (gst_structure_get_value
        (constant, name));

    if (text)
      kafka_record_add_header (record, name, text);
  }
  kafka_record_add_header (record, "content-type", content_type);
  if (GST_CLOCK_TIME_IS_VALID (pts)) {
    char text[32];

    g_snprintf (text, sizeof (text), "%" G_GUINT64_FORMAT, pts);
    kafka_record_add_header (record, "pts", text);
  }
}

KafkaRecord *
gst_kafka_record_new (GBytes * payload, gboolean any_json,
    const KafkaKey * key, const GstStructure * headers, GstClockTime pts)
{
  KafkaRecord *record = kafka_record_new (payload);
  gsize size;
  const char *text = g_bytes_get_data (payload, &size);
  const gboolean is_object = text && json_text_is_object (text, size);
  const gboolean is_json = is_object || (any_json && text
      && json_text_is_value (text, size));

  if (key)
    record->key = kafka_key_expand (key, is_object ? text : NULL, size,
        &record->key_size);
  add_headers (record, headers,
      is_json ? "application/json" : "application/octet-stream", pts);
  return record;
}
