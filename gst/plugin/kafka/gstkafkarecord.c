/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstkafkarecord.h"
#include "jsondup.h"
#include "jsontext.h"
#include "jsontime.h"
#include "timedbuffer.h"
#include "timedclock.h"

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
  TimedBufferMap map;
  guint8 *data;

  if (!timed_buffer_map (buffer, &map))
    return NULL;
  data = g_malloc (map.bytes.size);
  bytes_copy (&map.bytes, 0, data, map.bytes.size);
  timed_buffer_unmap (&map);
  return g_bytes_new_take (data, map.bytes.size);
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

/* All that the settings want to know of a record, in the order in which it is used */
static GArray *
list_members (const GstKafkaSettings * settings, gboolean has_key)
{
  GArray *members = g_array_new (FALSE, FALSE, sizeof (JsonTextMember));
  const GArray *headers = settings->headers->headers;

  if (settings->timestamp_member) {
    const JsonTextMember member = {.name = settings->timestamp_member };

    g_array_append_val (members, member);
  }
  if (settings->key && !has_key)
    kafka_template_list_members (settings->key, members);
  for (guint i = 0; headers && i < headers->len; i++)
    kafka_template_list_members (g_array_index (headers, GstKafkaHeader,
            i).value, members);
  return members;
}

static void
set_key (KafkaRecord * record, GBytes * key)
{
  const char *bytes = g_bytes_get_data (key, &record->key_size);

  record->key = g_memdup2 (bytes, record->key_size);
}

static void
expand_key (KafkaRecord * record, const KafkaTemplate * template,
    const JsonTextMember ** members)
{
  GString *key = g_string_new (NULL);

  kafka_template_expand (template, members, key);
  record->key_size = key->len;
  record->key = g_string_free (key, key->len == 0);
}

static void
add_headers (KafkaRecord * record, const GArray * headers,
    const JsonTextMember ** members)
{
  g_autoptr (GString) text = NULL;

  for (guint i = 0; i < headers->len; i++) {
    const GstKafkaHeader *header = &g_array_index (headers, GstKafkaHeader, i);
    const char *constant = kafka_template_get_constant (header->value);

    if (constant) {
      kafka_record_add_header (record, header->name, constant, -1);
      continue;
    }
    if (!text)
      text = g_string_new (NULL);
    g_string_truncate (text, 0);
    if (kafka_template_expand (header->value, members, text))
      kafka_record_add_header (record, header->name, text->str, text->len);
  }
}

static void
add_number (KafkaRecord * record, const char *name, guint64 number)
{
  char text[32];

  g_snprintf (text, sizeof (text), "%" G_GUINT64_FORMAT, number);
  kafka_record_add_header (record, name, text, -1);
}

/* Returns milliseconds since 1970, or 0 for none that is plausible */
static gint64
get_member_time (const JsonTextMember * member)
{
  int64_t ms;

  if (!member->found)
    return 0;

  gsize length;
  g_autofree char *text = json_dup_unquoted (&member->value, &length);

  return json_time_to_ms (text, length, &ms) && ms > 0
      && timed_is_near_now (ms) ? ms : 0;
}

/* The last @size bytes of @bytes, which it takes over */
static GBytes *
take_end (GBytes * bytes, gsize size)
{
  GBytes *end =
      g_bytes_new_from_bytes (bytes, g_bytes_get_size (bytes) - size, size);

  g_bytes_unref (bytes);
  return end;
}

KafkaRecord *
gst_kafka_record_new (GBytes * payload, gboolean any_json,
    const GstKafkaSettings * settings, GBytes * key, GstClockTime pts,
    gint64 sei_type)
{
  gsize size;
  const char *text = g_bytes_get_data (payload, &size);
  const gboolean is_marked = json_text_skip_mark (&text, &size);
  g_autoptr (GArray) wanted = list_members (settings, key != NULL);
  const JsonTextMember *members = (const JsonTextMember *) wanted->data;
  const gboolean is_json = json_text_read_object (text, size,
      (JsonTextMember *) wanted->data, wanted->len) || (any_json
      && json_text_is_value (text, size));
  KafkaRecord *record = kafka_record_new (is_json && is_marked ?
      take_end (payload, size) : payload);

  if (settings->timestamp_member)
    record->timestamp_ms = get_member_time (members++);
  if (key)
    set_key (record, key);
  else if (settings->key)
    expand_key (record, settings->key, &members);
  if (settings->headers->headers)
    add_headers (record, settings->headers->headers, &members);
  kafka_record_add_header (record, "content-type",
      is_json ? "application/json" : "application/octet-stream", -1);
  if (GST_CLOCK_TIME_IS_VALID (pts))
    add_number (record, "pts", pts);
  if (sei_type != TIMED_NO_SEI_TYPE)
    add_number (record, "sei-type", (guint64) sei_type);
  return record;
}
