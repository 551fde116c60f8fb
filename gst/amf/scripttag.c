/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "scripttag.h"

#include <string.h>

#include "amf0.h"
#include "amfwrite.h"
#include "jsontext.h"

/* The most that one byte of AMF takes in JSON: false, as the last of 16 million elements of an
 * array that is an object, "12345678":false, */
#define MAX_GROWTH 17
#define HEAD_SIZE 256
/* what references may make of a small body */
#define MIN_ROOM 65536

_Static_assert (JSON_TEXT_MAX_DEPTH <= AMF_MAX_DEPTH,
    "what is written can be read");

static BytesSpan
span_of (const char *string)
{
  return (BytesSpan) {
  (const uint8_t *) string, strlen (string)};
}

static bool
is_called (BytesSpan name, const char *wanted)
{
  return name.size == strlen (wanted)
      && memcmp (name.data, wanted, name.size) == 0;
}

bool
script_event_get_name (BytesSpan body, BytesSpan * name)
{
  return amf0_find_string (body, name) > 0;
}

size_t
script_event_get_max_size (BytesSpan body)
{
  const size_t size = HEAD_SIZE + MAX_GROWTH * body.size;

  return size > MIN_ROOM ? size : MIN_ROOM;
}

static void
put_head (JsonOutput * json, BytesSpan name, uint32_t timestamp_ms)
{
  json_output_put_string (json, "{\"type\":\"flv\",\"event\":");
  json_output_put_quoted (json, (const char *) name.data, name.size);
  json_output_put_string (json, ",\"timestamp_ms\":");
  json_output_put_uint (json, timestamp_ms);
  json_output_put_string (json, ",\"args\":[");
}

static bool
read_argument (AmfReader * reader)
{
  return amf0_read_value (reader) && amf_end_value (reader);
}

/* @n_arguments: (out): without the event that @setDataFrame names */
static bool
read_arguments (AmfReader * reader, BytesSpan name, size_t *n_arguments)
{
  BytesSpan string;

  if (is_called (name, "@setDataFrame")
      && amf0_find_string (amf_get_rest (reader), &string) > 0
      && !read_argument (reader))
    return false;
  for (*n_arguments = 0; reader->offset < reader->data.size; (*n_arguments)++)
    if (!read_argument (reader))
      return false;
  return true;
}

static BytesSpan
find_object (const AmfReader * reader)
{
  for (size_t i = 0; i < AMF_N_WRAPPED; i++) {
    const BytesSpan string = reader->wrapped[i];

    if (string.data
        && json_text_is_object ((const char *) string.data, string.size))
      return string;
  }
  return (BytesSpan) {
  NULL, 0};
}

AmfStatus
script_event_read (AmfReader * reader, BytesSpan body, uint32_t timestamp_ms,
    ScriptEvent * event, char *dst, size_t capacity)
{
  JsonOutput *json = &reader->json;
  size_t n_arguments;

  *event = (ScriptEvent) {
  .json_size = 0};
  amf_reader_init (reader, body, dst, capacity);
  reader->offset = amf0_find_string (body, &event->name);
  if (reader->offset == 0)
    return AMF_NO_NAME;
  put_head (json, event->name, timestamp_ms);
  if (!read_arguments (reader, event->name, &n_arguments))
    return reader->status;
  if (n_arguments > 0)
    json->size--;
  json_output_put_string (json, "]}");
  if (json->size > json->capacity)
    return AMF_TOO_LARGE;
  event->json_size = json->size;
  if (n_arguments == 1)
    event->object = find_object (reader);
  return AMF_OK;
}

void
script_event_write_text (BytesWriter * writer, BytesSpan name, BytesSpan object)
{
  const bool is_metadata = is_called (name, "onMetaData");

  amf_put_string (writer, name);
  amf_put_object (writer);
  amf_put_name (writer, span_of (is_metadata ? "metakafka" : "text"));
  amf_put_string (writer, object);
  if (!is_metadata) {
    amf_put_name (writer, span_of ("language"));
    amf_put_string (writer, span_of ("json"));
  }
  amf_put_object_end (writer);
}

bool
script_event_write_members (BytesWriter * writer, BytesSpan name,
    BytesSpan object)
{
  const JsonTextValue value = { JSON_TEXT_OBJECT, (const char *) object.data,
    object.size
  };

  amf_put_string (writer, name);
  return amf_put_value (writer, &value);
}
