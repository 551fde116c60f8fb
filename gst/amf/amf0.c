/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Clauses are those of "Action Message Format - AMF 0" (Adobe, 2007). */

#include "amf0.h"

#include "amf3.h"

static bool
take_string (AmfReader * reader, size_t size_bytes, BytesSpan * string)
{
  uint32_t size;

  if (!amf_take_uint (reader, size_bytes, &size))
    return false;
  *string = (BytesSpan) {
  amf_take (reader, size), size};
  return string->data != NULL;
}

size_t
amf0_find_string (BytesSpan data, BytesSpan * string)
{
  const bool is_long = data.size > 0 && data.data[0] == AMF0_LONG_STRING;
  const size_t head = is_long ? 5 : 3;
  size_t size = 0;

  if (data.size < head || (!is_long && data.data[0] != AMF0_STRING))
    return 0;
  for (size_t i = 1; i < head; i++)
    size = size << 8 | data.data[i];
  if (size > data.size - head)
    return 0;
  *string = (BytesSpan) {
  data.data + head, size};
  return head + size;
}

/* 2.5: up to an empty name with the type object-end, which counts also where there is a
 * number of members */
static bool
read_members (AmfReader * reader, AmfPlace * place)
{
  AmfScope scope;
  BytesSpan name;

  if (!amf_open (reader, &scope, place, '{'))
    return false;
  while (take_string (reader, 2, &name)) {
    const BytesSpan rest = amf_get_rest (reader);
    BytesSpan *wrapped;

    if (name.size == 0 && rest.size > 0 && rest.data[0] == AMF0_OBJECT_END) {
      reader->offset++;
      return amf_close (reader, &scope, '}');
    }
    wrapped = amf_get_wrapped (reader, name);
    if (wrapped)
      amf0_find_string (rest, wrapped);
    if (!amf_begin_member (reader, &scope, name) || !amf0_read_value (reader)
        || !amf_end_value (reader))
      return false;
  }
  return false;
}

/* 2.12 */
static bool
read_strict_array (AmfReader * reader, AmfPlace * place)
{
  AmfScope scope;
  uint32_t count;

  if (!amf_take_uint (reader, 4, &count)
      || !amf_open (reader, &scope, place, '['))
    return false;
  for (; count > 0; count--)
    if (!amf0_read_value (reader) || !amf_end_value (reader))
      return false;
  return amf_close (reader, &scope, ']');
}

static bool
read_text (AmfReader * reader, size_t size_bytes)
{
  BytesSpan text;

  if (!take_string (reader, size_bytes, &text))
    return false;
  json_output_put_quoted (&reader->json, (const char *) text.data, text.size);
  return true;
}

static bool
put_literal (AmfReader * reader, const char *literal)
{
  json_output_put_string (&reader->json, literal);
  return true;
}

static bool
read_reference (AmfReader * reader)
{
  const size_t position = reader->offset;
  uint32_t index;

  return amf_take_uint (reader, 2, &index)
      && amf_follow (reader, &reader->objects, index, position,
      amf0_read_value);
}

bool
amf0_read_value (AmfReader * reader)
{
  const size_t offset = reader->offset;
  BytesSpan class_name;
  uint32_t type, value;

  if (!amf_take_uint (reader, 1, &type))
    return false;
  switch (type) {
    case AMF0_NUMBER:
      return amf_read_number (reader);
    case AMF0_BOOLEAN:
      return amf_take_uint (reader, 1, &value)
          && put_literal (reader, value != 0 ? "true" : "false");
    case AMF0_STRING:
      return read_text (reader, 2);
    case AMF0_LONG_STRING:
    case AMF0_XML:
      return read_text (reader, 4);
    case AMF0_MOVIECLIP:
    case AMF0_NULL:
    case AMF0_UNDEFINED:
    case AMF0_UNSUPPORTED:
    case AMF0_RECORDSET:
      return put_literal (reader, "null");
    case AMF0_REFERENCE:
      return read_reference (reader);
    case AMF0_OBJECT:
      return read_members (reader,
          amf_note_place (reader, &reader->objects, offset));
    case AMF0_ECMA_ARRAY:      /* 2.10: the number of members is a hint */
      return amf_take_uint (reader, 4, &value)
          && read_members (reader,
          amf_note_place (reader, &reader->objects, offset));
    case AMF0_TYPED_OBJECT:
      return take_string (reader, 2, &class_name)
          && read_members (reader,
          amf_note_place (reader, &reader->objects, offset));
    case AMF0_STRICT_ARRAY:
      return read_strict_array (reader,
          amf_note_place (reader, &reader->objects, offset));
    case AMF0_DATE:            /* 2.13: the time zone is reserved */
      return amf_read_date (reader) && amf_take_uint (reader, 2, &value);
    case AMF0_AVMPLUS:
      return amf3_read_value (reader);
    default:
      return amf_fail (reader, AMF_UNKNOWN);
  }
}
