/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "format.h"

#include <string.h>

#include "colour.h"
#include "common.h"
#include "jsondup.h"
#include "jsonoutput.h"
#include "jsonscan.h"

/* The last millisecond of the year 9999 */
#define MAX_MS G_GINT64_CONSTANT (253402300799999)

typedef struct
{
  const char *name;
  const char *value;            /* NULL if there is none */
  gsize size;
} Header;

/* Returns whether there is a header of this index. */
static gboolean
get_header (const Record * record, guint index, Header * header)
{
  rd_kafka_headers_t *headers;
  const void *value;

  if (rd_kafka_message_headers (record->message, &headers)
      || rd_kafka_header_get_all (headers, index, &header->name, &value,
          &header->size))
    return FALSE;
  header->value = value;
  return TRUE;
}

/* Whether text can show these very bytes */
static gboolean
is_text (const char *bytes, gsize size)
{
  return g_utf8_validate_len (bytes, size, NULL);
}

/* --- the value -------------------------------------------------------------- */

/* Without what the value ends with and is no part of it */
static gsize
trim_value (const Record * record)
{
  return json_text_trim (record->value, record->size);
}

/* The value as JSON. @made: gets it where it is not in the record already */
static JsonTextValue
get_json (const Format * format, Record * record, GString * made)
{
  if (record_is_json (record) && !format->fields)
    return record->json;
  if (!record->value) {
    g_string_append (made, "null");
  } else if (format->fields) {
    fields_append (format->fields, record, made);
  } else {
    g_autofree char *quoted = json_dup_quoted (record->value,
        trim_value (record), NULL);

    g_string_append_printf (made, "{\"raw\":%s}", quoted);
  }
  return (JsonTextValue) {
  JSON_TEXT_OBJECT, made->str, made->len};
}

/* --- text ------------------------------------------------------------------- */

/* As a string of JSON, but each byte that is not part of valid UTF-8, and NUL, as \xHH */
static void
append_bytes (GString * text, const char *bytes, gsize size)
{
  const char *end = bytes + size;

  g_string_append_c (text, '"');
  while (bytes < end) {
    const gsize n = json_scan_unescaped (bytes, end - bytes);

    tool_append_escaped (text, bytes, n);
    bytes += n;
    if (bytes == end)
      break;
    if (*bytes != 0 && (*bytes & 0x80) == 0) {
      g_autofree char *quoted = json_dup_quoted (bytes, 1, NULL);

      g_string_append_len (text, quoted + 1, strlen (quoted) - 2);
    } else {
      g_string_append_printf (text, "\\x%02x", (guchar) bytes[0]);
    }
    bytes++;
  }
  g_string_append_c (text, '"');
}

static void
append_bytes_or_null (GString * text, const char *bytes, gsize size)
{
  if (bytes)
    append_bytes (text, bytes, size);
  else
    g_string_append (text, "null");
}

static void
append_time (GString * text, gint64 ms)
{
  char quoted[64];
  JsonOutput output = { quoted, sizeof (quoted), 0 };

  if (ms < 0 || ms > MAX_MS) {
    g_string_append_c (text, '-');
    return;
  }
  json_output_put_time (&output, ms * 1000, 3);
  g_string_append_len (text, quoted + 1, output.size - 2);
}

static void
append_headers (GString * text, const Record * record)
{
  Header header;

  g_string_append_c (text, '{');
  for (guint i = 0; get_header (record, i, &header); i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    append_bytes (text, header.name, strlen (header.name));
    g_string_append_c (text, ':');
    append_bytes_or_null (text, header.value, header.size);
  }
  g_string_append_c (text, '}');
}

static void
begin_colour (const Format * format, GString * text, const char *colour)
{
  if (format->has_colour)
    g_string_append (text, colour);
}

static void
end_column (const Format * format, GString * text)
{
  if (format->has_colour)
    g_string_append (text, COLOUR_NONE);
  g_string_append_c (text, ' ');
}

static void
append_columns (const Format * format, const Record * record, GString * text)
{
  const rd_kafka_message_t *message = record->message;

  begin_colour (format, text, COLOUR_FAINT);
  g_string_append (text, "[Kafka]");
  end_column (format, text);
  if (format->has_time) {
    begin_colour (format, text, COLOUR_CYAN);
    append_time (text, record->time_ms);
    end_column (format, text);
  }
  if (format->has_key) {
    begin_colour (format, text, COLOUR_CYAN);
    append_bytes_or_null (text, message->key, message->key_len);
    end_column (format, text);
  }
  if (format->has_headers) {
    begin_colour (format, text, COLOUR_FAINT);
    append_headers (text, record);
    end_column (format, text);
  }
}

static void
append_text (const Format * format, Record * record, GString * text)
{
  g_autoptr (GString) made = g_string_new (NULL);
  const JsonTextValue json = get_json (format, record, made);

  append_columns (format, record, text);
  if (format->has_colour)
    colour_append_json (text, json.text, json.size);
  else
    tool_append_escaped (text, json.text, json.size);
}

/* --- JSON ------------------------------------------------------------------- */

/* A member, and beside it NAME_base64 where the text does not have all of the bytes.
 * @bytes: (nullable) */
static void
append_member (GString * text, const char *name, const char *bytes, gsize size)
{
  g_autofree char *quoted = NULL;

  if (!bytes) {
    g_string_append_printf (text, "\"%s\":null", name);
    return;
  }
  quoted = json_dup_quoted (bytes, size, NULL);
  g_string_append_printf (text, "\"%s\":%s", name, quoted);
  if (!is_text (bytes, size)) {
    g_autofree char *base64 = g_base64_encode ((const guchar *) bytes, size);

    g_string_append_printf (text, ",\"%s_base64\":\"%s\"", name, base64);
  }
}

static void
append_header_list (GString * text, const Record * record)
{
  Header header;

  g_string_append (text, ",\"headers\":[");
  for (guint i = 0; get_header (record, i, &header); i++) {
    g_string_append (text, i > 0 ? ",{" : "{");
    append_member (text, "name", header.name, strlen (header.name));
    g_string_append_c (text, ',');
    append_member (text, "value", header.value, header.size);
    g_string_append_c (text, '}');
  }
  g_string_append_c (text, ']');
}

/* What {"raw":"..."} does not say of a value that is not JSON */
static void
append_lost_bytes (const Format * format, const Record * record, GString * text)
{
  const char *bytes = record->value;
  const gsize size = record->size;
  g_autofree char *base64 = NULL;

  if (!bytes || record_is_json (record) || format->fields
      || (trim_value (record) == size && is_text (bytes, size)))
    return;
  base64 = g_base64_encode ((const guchar *) bytes, size);
  g_string_append_printf (text, ",\"value_base64\":\"%s\"", base64);
}

static void
append_object (const Format * format, Record * record, GString * text)
{
  const rd_kafka_message_t *message = record->message;
  g_autoptr (GString) made = g_string_new (NULL);
  const JsonTextValue json = get_json (format, record, made);

  g_string_append_printf (text,
      "{\"topic\":\"%s\",\"partition\":%d,\"offset\":%" G_GINT64_FORMAT
      ",\"timestamp\":", rd_kafka_topic_name (message->rkt), message->partition,
      message->offset);
  if (record->time_ms >= 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT ",", record->time_ms);
  else
    g_string_append (text, "null,");
  append_member (text, "key", message->key, message->key_len);
  append_header_list (text, record);
  g_string_append (text, ",\"value\":");
  g_string_append_len (text, json.text, json.size);
  append_lost_bytes (format, record, text);
  /* the JSON text null is a value */
  if (!record->value)
    g_string_append (text, ",\"tombstone\":true");
  g_string_append_c (text, '}');
}

static void
append_json (const Format * format, Record * record, GString * text)
{
  g_autoptr (GString) line = NULL;

  if (!format->is_escaped) {
    append_object (format, record, text);
    return;
  }
  line = g_string_new (NULL);
  append_object (format, record, line);
  tool_append_escaped (text, line->str, line->len);
}

/* --- bytes ------------------------------------------------------------------ */

static void
append_raw (const Format * format, Record * record, GString * text)
{
  if (record->value && format->fields)
    fields_append (format->fields, record, text);
  else if (record->value)
    g_string_append_len (text, record->value, record->size);
}

void
format_append (const Format * format, Record * record, GString * text)
{
  switch (format->type) {
    case FORMAT_TEXT:
      append_text (format, record, text);
      break;
    case FORMAT_JSON:
      append_json (format, record, text);
      break;
    case FORMAT_RAW:
      append_raw (format, record, text);
      break;
  }
  g_string_append_c (text, '\n');
}
