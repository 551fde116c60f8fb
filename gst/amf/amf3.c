/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Clauses are those of "Action Message Format - AMF 3" (Adobe, 2013). */

#include "amf3.h"

/* 3.1 */
enum
{
  UNDEFINED, NULL_VALUE, FALSE_VALUE, TRUE_VALUE, INTEGER, DOUBLE, STRING,
  XML_DOCUMENT, DATE, ARRAY, OBJECT, XML, BYTE_ARRAY
};

/* 3.12: what is before the name of a class */
#define IS_INLINE 1
#define HAS_INLINE_TRAITS 2
#define IS_EXTERNALIZABLE 4
#define IS_DYNAMIC 8
#define N_MEMBERS_SHIFT 4

/* 1.3.1: up to 4 bytes, of which the last has 8 bits */
static bool
take_u29 (AmfReader * reader, uint32_t * value)
{
  uint32_t byte;

  *value = 0;
  for (unsigned i = 0; i < 4; i++) {
    if (!amf_take_uint (reader, 1, &byte))
      return false;
    if (i == 3) {
      *value = *value << 8 | byte;
      break;
    }
    *value = *value << 7 | (byte & 0x7f);
    if (byte < 0x80)
      break;
  }
  return true;
}

/* 1.3.2
 * @string: (out): @string->data is NULL if it refers to none */
static bool
read_string (AmfReader * reader, BytesSpan * string)
{
  uint32_t header;

  if (!take_u29 (reader, &header))
    return false;

  const size_t index = header >> 1;

  if ((header & IS_INLINE) == 0) {
    if (index >= AMF_MAX_REFERENCES && index < reader->n_strings3)
      return amf_fail (reader, AMF_TOO_LARGE);
    *string = index < reader->n_strings3 ? reader->strings3[index] : (BytesSpan) {
    NULL, 0};
    return true;
  }
  *string = (BytesSpan) {
  amf_take (reader, index), index};
  if (!string->data)
    return false;
  /* the empty one is never referred to */
  if (string->size > 0 && reader->n_followed == 0
      && reader->n_strings3++ < AMF_MAX_REFERENCES)
    reader->strings3[reader->n_strings3 - 1] = *string;
  return true;
}

static void
put_string (AmfReader * reader, BytesSpan string)
{
  if (string.data)
    json_output_put_quoted (&reader->json, (const char *) string.data,
        string.size);
  else
    json_output_put_string (&reader->json, "null");
}

/* A string that is somewhere else, or that is read again later; @offset moves behind it. */
static bool
read_string_at (AmfReader * reader, size_t *offset, BytesSpan * string)
{
  const size_t here = reader->offset;

  reader->offset = *offset;
  reader->n_followed++;
  const bool ok = read_string (reader, string);

  reader->n_followed--;
  *offset = reader->offset;
  reader->offset = here;
  return ok;
}

/* Finds the string that comes next, if one does. */
static void
find_wrapped (AmfReader * reader, BytesSpan * wrapped)
{
  size_t offset = reader->offset + 1;
  BytesSpan string;

  if (reader->offset < reader->data.size
      && reader->data.data[reader->offset] == STRING
      && read_string_at (reader, &offset, &string))
    *wrapped = string;
}

static bool
read_member (AmfReader * reader, AmfScope * scope, BytesSpan name)
{
  BytesSpan *wrapped = amf_get_wrapped (reader, name);

  if (wrapped)
    find_wrapped (reader, wrapped);
  return amf_begin_member (reader, scope, name) && amf3_read_value (reader)
      && amf_end_value (reader);
}

/* Members that say their names, up to an empty one */
static bool
read_named_members (AmfReader * reader, AmfScope * scope, BytesSpan name)
{
  while (name.size > 0)
    if (!read_member (reader, scope, name) || !read_string (reader, &name))
      return false;
  return true;
}

static bool
read_traits (AmfReader * reader, uint32_t header, AmfTraits * traits)
{
  BytesSpan name;

  if ((header & HAS_INLINE_TRAITS) == 0) {
    const size_t index = header >> 2;

    if (index >= AMF_MAX_REFERENCES && index < reader->n_traits3)
      return amf_fail (reader, AMF_TOO_LARGE);
    if (index >= reader->n_traits3)
      return amf_fail (reader, AMF_UNKNOWN);
    *traits = reader->traits3[index];
    return true;
  }
  if ((header & IS_EXTERNALIZABLE) != 0)
    return amf_fail (reader, AMF_UNKNOWN);
  /* the name of the class */
  if (!read_string (reader, &name))
    return false;
  *traits = (AmfTraits) {
  reader->offset, header};
  for (uint32_t n = header >> N_MEMBERS_SHIFT; n > 0; n--)
    if (!read_string (reader, &name))
      return false;
  if (reader->n_followed == 0 && reader->n_traits3++ < AMF_MAX_REFERENCES)
    reader->traits3[reader->n_traits3 - 1] = *traits;
  return true;
}

/* 3.12: members that the traits name, then those that say their names */
static bool
read_object (AmfReader * reader, uint32_t header, AmfPlace * place)
{
  AmfTraits traits;
  AmfScope scope;
  BytesSpan name;

  if (!read_traits (reader, header, &traits)
      || !amf_open (reader, &scope, place, '{'))
    return false;
  for (uint32_t n = traits.header >> N_MEMBERS_SHIFT; n > 0; n--)
    if (!read_string_at (reader, &traits.offset, &name)
        || !read_member (reader, &scope, name))
      return false;
  if ((traits.header & IS_DYNAMIC) != 0 && !(read_string (reader, &name)
          && read_named_members (reader, &scope, name)))
    return false;
  return amf_close (reader, &scope, '}');
}

static bool
read_elements (AmfReader * reader, uint32_t count)
{
  for (; count > 0; count--)
    if (!amf3_read_value (reader) || !amf_end_value (reader))
      return false;
  return true;
}

/* Elements that are members are called as ECMAScript calls them: by their index. */
static bool
read_numbered_members (AmfReader * reader, AmfScope * scope, uint32_t count)
{
  for (uint32_t i = 0; i < count; i++) {
    char digits[20];
    JsonOutput text = {.dst = digits,.capacity = sizeof (digits) };

    json_output_put_uint (&text, i);
    if (!read_member (reader, scope, (BytesSpan) {
            (const uint8_t *) digits, text.size}
        ))
      return false;
  }
  return true;
}

/* 3.11: members with a name, up to an empty one, and then elements. Where there are members, it
 * is an object of JSON. */
static bool
read_array (AmfReader * reader, uint32_t count, AmfPlace * place)
{
  AmfScope scope;
  BytesSpan name;

  if (!read_string (reader, &name))
    return false;
  if (name.size == 0)
    return amf_open (reader, &scope, place, '[')
        && read_elements (reader, count) && amf_close (reader, &scope, ']');
  return amf_open (reader, &scope, place, '{')
      && read_named_members (reader, &scope, name)
      && read_numbered_members (reader, &scope, count)
      && amf_close (reader, &scope, '}');
}

static bool
read_bytes (AmfReader * reader, size_t size, uint32_t type)
{
  const uint8_t *bytes = amf_take (reader, size);
  const BytesSpan span = { bytes, size };

  if (!bytes)
    return false;
  if (type == BYTE_ARRAY)
    json_output_put_quoted_hex (&reader->json, span);
  else
    json_output_put_quoted (&reader->json, (const char *) span.data, span.size);
  return true;
}

/* What begins with a reference, or with what is there in its place
 * @offset: of the type */
static bool
read_complex (AmfReader * reader, uint32_t type, size_t offset)
{
  uint32_t header;

  if (!take_u29 (reader, &header))
    return false;
  if ((header & IS_INLINE) == 0)
    return amf_follow (reader, &reader->objects3, header >> 1,
        offset, amf3_read_value);

  AmfPlace *place = amf_note_place (reader, &reader->objects3, offset);

  if (type == ARRAY)
    return read_array (reader, header >> 1, place);
  if (type == OBJECT)
    return read_object (reader, header, place);

  const bool ok = type == DATE ? amf_read_date (reader) :
      read_bytes (reader, header >> 1, type);

  if (place)
    place->end = reader->offset;
  return ok;
}

static bool
put_literal (AmfReader * reader, const char *literal)
{
  json_output_put_string (&reader->json, literal);
  return true;
}

bool
amf3_read_value (AmfReader * reader)
{
  const size_t offset = reader->offset;
  uint32_t type, value;
  BytesSpan string;

  if (!amf_take_uint (reader, 1, &type))
    return false;
  switch (type) {
    case UNDEFINED:
    case NULL_VALUE:
      return put_literal (reader, "null");
    case FALSE_VALUE:
      return put_literal (reader, "false");
    case TRUE_VALUE:
      return put_literal (reader, "true");
    case INTEGER:              /* 3.6: of 29 bits, the first of which is the sign */
      if (!take_u29 (reader, &value))
        return false;
      json_output_put_int (&reader->json,
          (int64_t) value - (value >= 1u << 28 ? 1 << 29 : 0));
      return true;
    case DOUBLE:
      return amf_read_number (reader);
    case STRING:
      if (!read_string (reader, &string))
        return false;
      put_string (reader, string);
      return true;
    case XML_DOCUMENT:
    case DATE:
    case ARRAY:
    case OBJECT:
    case XML:
    case BYTE_ARRAY:
      return read_complex (reader, type, offset);
    default:
      return amf_fail (reader, AMF_UNKNOWN);
  }
}
