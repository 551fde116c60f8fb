/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstkafkarecord.h"
#include "jsondup.h"
#include "jsontext.h"
#include "jsontime.h"
#include "timedbuffer.h"
#include "timedclock.h"

#include <string.h>

/* A page: what is smaller is copied sooner than it is held */
#define SMALL_SIZE 4096

struct _GstKafkaRecords
{
  GArray *members;              /* of JsonTextMember, that the settings want to know */
  GArray *headers;              /* of KafkaHeader */
  GString *text;                /* of the key, and of headers behind it */
};

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
      || gst_buffer_n_memory (buffer) != 1 || size < SMALL_SIZE)
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

gboolean
gst_kafka_record_is_small (GstBuffer * buffer)
{
  return gst_buffer_n_memory (buffer) == 1
      && gst_buffer_get_size (buffer) < SMALL_SIZE;
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

GstKafkaRecords *
gst_kafka_records_new (void)
{
  GstKafkaRecords *self = g_new (GstKafkaRecords, 1);

  self->members = g_array_new (FALSE, FALSE, sizeof (JsonTextMember));
  self->headers = g_array_new (FALSE, FALSE, sizeof (KafkaHeader));
  self->text = g_string_new (NULL);
  return self;
}

void
gst_kafka_records_free (GstKafkaRecords * self)
{
  g_array_unref (self->members);
  g_array_unref (self->headers);
  g_string_free (self->text, TRUE);
  g_free (self);
}

/* All that the settings want to know of a record, in the order in which it is used */
static void
list_members (GstKafkaRecords * self, const GstKafkaSettings * settings,
    gboolean has_key)
{
  const GArray *headers = settings->headers->headers;

  g_array_set_size (self->members, 0);
  if (settings->timestamp_member) {
    const JsonTextMember member = {.name = settings->timestamp_member };

    g_array_append_val (self->members, member);
  }
  if (settings->key && !has_key)
    kafka_template_list_members (settings->key, self->members);
  for (guint i = 0; headers && i < headers->len; i++)
    kafka_template_list_members (g_array_index (headers, GstKafkaHeader,
            i).value, self->members);
}

/* @value: NULL for what follows in the text */
static void
add_header (GstKafkaRecords * self, const char *name, const char *value,
    gsize size)
{
  const KafkaHeader header = { name, value, size };

  g_array_append_val (self->headers, header);
}

static void
add_headers (GstKafkaRecords * self, const GArray * headers,
    const JsonTextMember ** members)
{
  for (guint i = 0; i < headers->len; i++) {
    const GstKafkaHeader *header = &g_array_index (headers, GstKafkaHeader, i);
    const char *constant = kafka_template_get_constant (header->value);
    const gsize before = self->text->len;

    if (constant)
      add_header (self, header->name, constant, strlen (constant));
    else if (kafka_template_expand (header->value, members, self->text))
      add_header (self, header->name, NULL, self->text->len - before);
    else
      g_string_truncate (self->text, before);
  }
}

static void
add_number (GstKafkaRecords * self, const char *name, guint64 number)
{
  char digits[20];
  guint at = sizeof (digits);

  do
    digits[--at] = '0' + number % 10;
  while ((number /= 10) > 0);
  g_string_append_len (self->text, digits + at, sizeof (digits) - at);
  add_header (self, name, NULL, sizeof (digits) - at);
}

/* @text: where that of the headers begins; it stays there from now on */
static void
find_values (GstKafkaRecords * self, const char *text)
{
  for (guint i = 0; i < self->headers->len; i++) {
    KafkaHeader *header = &g_array_index (self->headers, KafkaHeader, i);

    if (header->value)
      continue;
    header->value = text;
    text += header->size;
  }
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

/* Whether the payload is JSON, which it then is without a mark in front of it */
static gboolean
read_payload (GstKafkaRecords * self, BytesSpan * payload, gboolean any_json)
{
  const char *text = (const char *) payload->data;
  gsize size = payload->size;

  json_text_skip_mark (&text, &size);
  if (!json_text_read_object (text, size,
          (JsonTextMember *) self->members->data, self->members->len)
      && !(any_json && json_text_is_value (text, size)))
    return FALSE;
  *payload = (BytesSpan) {
  (const guint8 *) text, size};
  return TRUE;
}

static void
add_own_headers (GstKafkaRecords * self, gboolean is_json,
    const GstKafkaTimes * times)
{
  const char *type = is_json ? "application/json" : "application/octet-stream";

  add_header (self, "content-type", type, strlen (type));
  if (GST_CLOCK_TIME_IS_VALID (times->pts))
    add_number (self, "pts", times->pts);
  if (times->sei_type != TIMED_NO_SEI_TYPE)
    add_number (self, "sei-type", (guint64) times->sei_type);
}

static void
append_bytes (GString * text, GBytes * bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  g_string_append_len (text, data, size);
}

KafkaRecord *
gst_kafka_records_make (GstKafkaRecords * self, BytesSpan payload,
    GBytes * held, gboolean any_json, const GstKafkaSettings * settings,
    const GstKafkaTimes * times)
{
  KafkaContent content = { 0 };
  const JsonTextMember *members;
  gboolean is_json;

  g_array_set_size (self->headers, 0);
  g_string_truncate (self->text, 0);
  list_members (self, settings, times->key != NULL);
  is_json = read_payload (self, &payload, any_json);
  members = (const JsonTextMember *) self->members->data;
  if (settings->timestamp_member)
    content.timestamp_ms = get_member_time (members++);
  if (times->key)
    append_bytes (self->text, times->key);
  else if (settings->key)
    kafka_template_expand (settings->key, &members, self->text);
  content.key_size = self->text->len;
  if (settings->headers->headers)
    add_headers (self, settings->headers->headers, &members);
  add_own_headers (self, is_json, times);
  find_values (self, self->text->str + content.key_size);
  if (content.key_size > 0)
    content.key = self->text->str;
  content.payload = (const char *) payload.data;
  content.payload_size = payload.size;
  content.headers = (const KafkaHeader *) self->headers->data;
  content.n_headers = self->headers->len;
  return kafka_record_new (&content, held);
}
