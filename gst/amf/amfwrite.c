/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Clauses are those of "Action Message Format - AMF 0" (Adobe, 2007). */

#include "amfwrite.h"

#include <string.h>

#include "amf0.h"
#include "jsonnumber.h"
#include "jsonparts.h"

#define MAX_SHORT_SIZE 0xffff

static void
put_type (BytesWriter * writer, Amf0Type type)
{
  bytes_put_uint (writer, type, 1);
}

void
amf_put_string (BytesWriter * writer, BytesSpan string)
{
  const bool is_long = string.size > MAX_SHORT_SIZE;

  put_type (writer, is_long ? AMF0_LONG_STRING : AMF0_STRING);
  bytes_put_uint (writer, string.size, is_long ? 4 : 2);
  bytes_put (writer, string);
}

void
amf_put_object (BytesWriter * writer)
{
  put_type (writer, AMF0_OBJECT);
}

void
amf_put_name (BytesWriter * writer, BytesSpan name)
{
  bytes_put_uint (writer, name.size, 2);
  bytes_put (writer, name);
}

void
amf_put_object_end (BytesWriter * writer)
{
  bytes_put_uint (writer, 0, 2);
  put_type (writer, AMF0_OBJECT_END);
}

/* Writes what a string of JSON says, and its size before it. */
static size_t
put_unquoted (BytesWriter * writer, const JsonTextValue * string,
    size_t size_bytes)
{
  const size_t size = json_text_unquote (string, NULL, 0);

  bytes_put_uint (writer, size, size_bytes);

  const size_t room = writer->size < writer->capacity ?
      writer->capacity - writer->size : 0;

  json_text_unquote (string,
      room > 0 ? (char *) writer->dst + writer->size : NULL, room);
  writer->size += size;
  return size;
}

static void
put_text (BytesWriter * writer, const JsonTextValue * string)
{
  const bool is_long = json_text_unquote (string, NULL, 0) > MAX_SHORT_SIZE;

  put_type (writer, is_long ? AMF0_LONG_STRING : AMF0_STRING);
  put_unquoted (writer, string, is_long ? 4 : 2);
}

static bool
put_number (BytesWriter * writer, const JsonTextValue * number)
{
  double value;
  uint64_t bits;

  if (!json_number_read (number->text, number->size, &value))
    return false;
  memcpy (&bits, &value, sizeof (bits));
  put_type (writer, AMF0_NUMBER);
  bytes_put_uint (writer, bits, 8);
  return true;
}

static bool
put_members (BytesWriter * writer, const JsonTextValue * object)
{
  JsonParts parts;
  JsonTextValue name, value;

  amf_put_object (writer);
  json_parts_init (&parts, object);
  while (json_parts_next (&parts, &name, &value))
    if (put_unquoted (writer, &name, 2) > MAX_SHORT_SIZE
        || !amf_put_value (writer, &value))
      return false;
  amf_put_object_end (writer);
  return true;
}

/* 2.12: the number of elements is known at the end. */
static bool
put_elements (BytesWriter * writer, const JsonTextValue * array)
{
  JsonParts parts;
  JsonTextValue name, value;
  uint32_t count = 0;

  json_parts_init (&parts, array);
  while (json_parts_next (&parts, &name, &value))
    count++;
  put_type (writer, AMF0_STRICT_ARRAY);
  bytes_put_uint (writer, count, 4);
  json_parts_init (&parts, array);
  while (json_parts_next (&parts, &name, &value))
    if (!amf_put_value (writer, &value))
      return false;
  return true;
}

bool
amf_put_value (BytesWriter * writer, const JsonTextValue * value)
{
  switch (value->type) {
    case JSON_TEXT_OBJECT:
      return put_members (writer, value);
    case JSON_TEXT_ARRAY:
      return put_elements (writer, value);
    case JSON_TEXT_STRING:
      put_text (writer, value);
      return true;
    case JSON_TEXT_NUMBER:
      return put_number (writer, value);
    case JSON_TEXT_NULL:
      put_type (writer, AMF0_NULL);
      return true;
    default:
      put_type (writer, AMF0_BOOLEAN);
      bytes_put_uint (writer, value->type == JSON_TEXT_TRUE, 1);
      return true;
  }
}
