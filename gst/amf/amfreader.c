/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "amfreader.h"

#include <math.h>
#include <string.h>

#include "jsonnumber.h"

/* 0000-01-01 and 10000-01-01, in milliseconds since 1970 */
#define MIN_DATE -62167219200000.0
#define MAX_DATE 253402300800000.0

/* Is where a member was taken out of the JSON, which never has it. */
#define GAP '\0'

void
amf_reader_init (AmfReader * reader, BytesSpan data, char *dst, size_t capacity)
{
  reader->data = data;
  reader->offset = 0;
  reader->json = (JsonOutput) {
  .dst = dst,.capacity = capacity};
  reader->status = AMF_OK;
  memset (reader->wrapped, 0, sizeof (reader->wrapped));
  reader->depth = 0;
  reader->n_followed = 0;
  reader->first_gap = SIZE_MAX;
  reader->n_members = 0;
  reader->objects.n_places = 0;
  reader->objects3.n_places = 0;
  reader->n_strings3 = 0;
  reader->n_traits3 = 0;
}

bool
amf_fail (AmfReader * reader, AmfStatus status)
{
  if (reader->status == AMF_OK)
    reader->status = status;
  return false;
}

/* --- bytes ---------------------------------------------------------------- */

BytesSpan
amf_get_rest (const AmfReader * reader)
{
  return (BytesSpan) {
  reader->data.data + reader->offset, reader->data.size - reader->offset};
}

const uint8_t *
amf_take (AmfReader * reader, size_t size)
{
  const uint8_t *bytes = reader->data.data + reader->offset;

  if (size > reader->data.size - reader->offset) {
    amf_fail (reader, AMF_CUT);
    return NULL;
  }
  reader->offset += size;
  return bytes;
}

bool
amf_take_uint (AmfReader * reader, size_t size, uint32_t * value)
{
  const uint8_t *bytes = amf_take (reader, size);

  if (!bytes)
    return false;
  *value = 0;
  for (size_t i = 0; i < size; i++)
    *value = *value << 8 | bytes[i];
  return true;
}

static bool
take_double (AmfReader * reader, double *value)
{
  uint32_t high, low;

  if (!amf_take_uint (reader, 4, &high) || !amf_take_uint (reader, 4, &low))
    return false;

  const uint64_t bits = (uint64_t) high << 32 | low;

  memcpy (value, &bits, sizeof (*value));
  return true;
}

bool
amf_read_number (AmfReader * reader)
{
  char text[JSON_NUMBER_MAX_SIZE];
  double value;

  if (!take_double (reader, &value))
    return false;
  if (isfinite (value))
    json_output_put (&reader->json, text,
        json_number_write_shortest (value, false, text));
  else
    json_output_put_string (&reader->json, "null");
  return true;
}

bool
amf_read_date (AmfReader * reader)
{
  double ms;

  if (!take_double (reader, &ms))
    return false;
  if (ms >= MIN_DATE && ms < MAX_DATE)
    json_output_put_time (&reader->json, (int64_t) floor (ms) * 1000, 3);
  else
    json_output_put_string (&reader->json, "null");
  return true;
}

/* --- references ------------------------------------------------------------ */

AmfPlace *
amf_note_place (AmfReader * reader, AmfPlaces * places, size_t offset)
{
  if (reader->n_followed > 0 || places->n_places++ >= AMF_MAX_REFERENCES)
    return NULL;

  AmfPlace *place = &places->places[places->n_places - 1];

  *place = (AmfPlace) {
  .offset = offset};
  return place;
}

bool
amf_follow (AmfReader * reader, AmfPlaces * places, size_t index,
    size_t position, bool (*read_value) (AmfReader * reader))
{
  const size_t offset = reader->offset;

  if (index >= AMF_MAX_REFERENCES && index < places->n_places)
    return amf_fail (reader, AMF_TOO_LARGE);
  if (index >= places->n_places || places->places[index].end == 0
      || places->places[index].end > position) {
    json_output_put_string (&reader->json, "null");
    return true;
  }
  reader->n_followed++;
  reader->offset = places->places[index].offset;
  const bool ok = read_value (reader);

  reader->offset = offset;
  reader->n_followed--;
  return ok;
}

/* --- objects and arrays ------------------------------------------------------ */

static bool
check_size (AmfReader * reader)
{
  return reader->json.size <= reader->json.capacity
      || amf_fail (reader, AMF_TOO_LARGE);
}

bool
amf_open (AmfReader * reader, AmfScope * scope, AmfPlace * place, char bracket)
{
  if (reader->depth == AMF_MAX_DEPTH)
    return amf_fail (reader, AMF_TOO_DEEP);
  reader->depth++;
  *scope = (AmfScope) {
  .place = place,.first = reader->n_members,.member = AMF_MAX_MEMBERS};
  json_output_put_char (&reader->json, bracket);
  return check_size (reader);
}

bool
amf_end_value (AmfReader * reader)
{
  json_output_put_char (&reader->json, ',');
  return check_size (reader);
}

/* Closes up the gaps that members have left: of all objects at once, so that reading takes no
 * longer than writing all that there is room for. */
static void
close_gaps (AmfReader * reader)
{
  JsonOutput *json = &reader->json;
  size_t kept = reader->first_gap;

  for (size_t next = kept; next < json->size;) {
    const char *text = json->dst + next;
    const char *gap = memchr (text, GAP, json->size - next);
    const size_t n = gap ? (size_t) (gap - text) : json->size - next;

    memmove (json->dst + kept, text, n);
    kept += n;
    for (next += n; next < json->size && json->dst[next] == GAP; next++);
  }
  json->size = kept;
  reader->first_gap = SIZE_MAX;
}

bool
amf_close (AmfReader * reader, const AmfScope * scope, char bracket)
{
  JsonOutput *json = &reader->json;

  if (json->dst[json->size - 1] == ',')
    json->size--;
  json_output_put_char (json, bracket);
  reader->depth--;
  reader->n_members = scope->first;
  if (scope->place)
    scope->place->end = reader->offset;
  if (!check_size (reader))
    return false;
  if (reader->depth == 0 && reader->first_gap < json->size)
    close_gaps (reader);
  return true;
}

/* FNV-1a */
static uint32_t
get_hash (const char *text, size_t size)
{
  uint32_t hash = 2166136261u;

  for (size_t i = 0; i < size; i++)
    hash = (hash ^ (uint8_t) text[i]) * 16777619u;
  return hash;
}

/* Returns an index, or n_members if there is none. */
static size_t
find_member (const AmfReader * reader, const AmfScope * scope,
    const AmfMember * wanted, uint32_t hash)
{
  const char *json = reader->json.dst;
  size_t i;

  for (i = scope->first; i < reader->n_members; i++)
    if (reader->hashes[i] == hash
        && reader->members[i].name_size == wanted->name_size
        && memcmp (json + reader->members[i].begin, json + wanted->begin,
            wanted->name_size) == 0)
      break;
  return i;
}

/* Takes a member out of the JSON. */
static void
remove_member (AmfReader * reader, const AmfMember * member)
{
  memset (reader->json.dst + member->begin, GAP, member->end - member->begin);
  if (member->begin < reader->first_gap)
    reader->first_gap = member->begin;
}

static bool
is_called (BytesSpan name, const char *wanted)
{
  return name.size == strlen (wanted)
      && memcmp (name.data, wanted, name.size) == 0;
}

BytesSpan *
amf_get_wrapped (AmfReader * reader, BytesSpan name)
{
  static const char *const names[AMF_N_WRAPPED] = { "metakafka", "text" };

  if (reader->depth > 1 || reader->n_followed > 0)
    return NULL;
  for (size_t i = 0; i < AMF_N_WRAPPED; i++)
    if (is_called (name, names[i])) {
      reader->wrapped[i] = (BytesSpan) {
      NULL, 0};
      return &reader->wrapped[i];
    }
  return NULL;
}

bool
amf_begin_member (AmfReader * reader, AmfScope * scope, BytesSpan name)
{
  JsonOutput *json = &reader->json;
  AmfMember member = {.begin = json->size };

  if (scope->member < AMF_MAX_MEMBERS)
    reader->members[scope->member].end = member.begin;
  json_output_put_quoted (json, (const char *) name.data, name.size);
  member.name_size = json->size - member.begin;
  json_output_put_char (json, ':');
  if (!check_size (reader))
    return false;

  const uint32_t hash = get_hash (json->dst + member.begin, member.name_size);

  scope->member = find_member (reader, scope, &member, hash);
  if (scope->member < reader->n_members)
    remove_member (reader, &reader->members[scope->member]);
  else if (reader->n_members < AMF_MAX_MEMBERS)
    reader->n_members++;
  if (scope->member < AMF_MAX_MEMBERS) {
    reader->hashes[scope->member] = hash;
    reader->members[scope->member] = member;
  }
  return true;
}
