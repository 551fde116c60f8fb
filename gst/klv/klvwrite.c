/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvwrite.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "jsontext.h"
#include "klvchecksum.h"
#include "klvcrc.h"
#include "klvdigits.h"
#include "klvkey.h"
#include "klvleftout.h"
#include "klvmembers.h"
#include "klvunit.h"

/* What says how the unit is to be written */
enum
{
  HEAD_TYPE,
  HEAD_STANDARD,
  HEAD_UL,
  HEAD_TS_NS,
  HEAD_CHECKSUM,
  HEAD_RAW,
  HEAD_HEX,
  N_HEAD
};

static const JsonTextMember head_names[N_HEAD] = {
  {.name = "type"}, {.name = "standard"}, {.name = "ul"}, {.name = "ts_ns"},
  {.name = "checksum"}, {.name = "raw"}, {.name = "hex"}
};

/* What the bridge adds, too */
static const char *const others[] =
    { "type", "standard", "ul", "ts_ns", "hex", "time",
  "checksum", "raw", "stream_id", "bridge_ts_ns", "sender_ts_ns", NULL
};

/* Enough for any integer of 64 bits */
#define NUMBER_SIZE 24

static bool
says (const JsonTextMember * member, const char *text)
{
  return member->found && member->value.type == JSON_TEXT_STRING
      && klv_is_name (member->value.text + 1, member->value.size - 2, text);
}

static void
leave_out (KlvWriteReport * report, const JsonTextMember * member,
    const char *reason)
{
  const KlvPath path = { NULL, member->name, strlen (member->name) };

  klv_leave_out (report, &path, reason);
}

static JsonTextValue
get_number (char *text, uint64_t number)
{
  const int size = snprintf (text, NUMBER_SIZE, "%" PRIu64, number);
  const JsonTextValue value = { JSON_TEXT_NUMBER, text, size };

  return value;
}

static size_t
give_up (KlvWriteReport * report, const char *reason)
{
  report->reason = reason;
  return 0;
}

/* Writes the bytes that the member `raw` has.
 * Returns: whether they are a unit, and no more */
static bool
put_raw (BytesWriter * writer, const JsonTextValue * raw)
{
  uint8_t start[KLV_UNIT_MAX_HEAD];
  BytesWriter probe = { start, sizeof (start), 0 };
  const bool is_hex = klv_put_hex (&probe, raw);

  if (!is_hex) {
    probe.size = 0;
    if (!klv_put_base64 (&probe, raw))
      return false;
  }

  const size_t n_start =
      probe.size < sizeof (start) ? probe.size : sizeof (start);
  size_t unit_size;

  if (klv_unit_look (start, n_start, SIZE_MAX, &unit_size) == KLV_UNIT_NONE
      || unit_size != probe.size)
    return false;
  return is_hex ? klv_put_hex (writer, raw) : klv_put_base64 (writer, raw);
}

/* Reads the member `ul`. Returns: whether it is a key */
static bool
read_key (const JsonTextMember * member, uint8_t * key)
{
  BytesWriter writer = { key, KLV_KEY_SIZE, 0 };

  return member->found && klv_put_hex (&writer, &member->value)
      && writer.size == KLV_KEY_SIZE
      && memcmp (key, KLV_KEY_START, sizeof (KLV_KEY_START)) == 0;
}

/* Finds the set that the object is of, and its key: `standard` says which, and `ul` which of
 * several of that name.
 * @key: (inout): what `ul` says, if @has_key; the key to write */
static const KlvSet *
find_set (const JsonTextMember * standard, uint8_t * key, bool has_key)
{
  const KlvSet *set = has_key ? klv_set_of_key (key) : NULL;

  if (set != NULL && (!standard->found || says (standard, set->standard)))
    return set;
  if (!standard->found)
    set = klv_set_of_standard ("ST 0601", strlen ("ST 0601"));
  else if (standard->value.type == JSON_TEXT_STRING)
    set = klv_set_of_standard (standard->value.text + 1,
        standard->value.size - 2);
  else
    set = NULL;
  if (set != NULL)
    memcpy (key, set->ul, KLV_KEY_SIZE);
  return set;
}

/* Writes a value that is there as bytes: of a set that the tables do not know, or of one whose text
 * would have been too long, and which has some then.
 * Returns: whether it is */
static bool
put_hex (BytesWriter * writer, const KlvSet * set, const JsonTextMember * hex)
{
  const size_t begin = writer->size;

  if (!hex->found || !klv_put_hex (writer, &hex->value)
      || (set != NULL && writer->size == begin)) {
    writer->size = begin;
    return false;
  }
  klv_insert_length (writer, begin);
  return true;
}

/* It is the last item, and of all that is before its value. */
static void
put_checksum (BytesWriter * writer, const KlvItem * item)
{
  klv_put_oid (writer, item->tag);
  klv_put_ber (writer, item->write_size);
  bytes_put_uint (writer, 0, item->write_size);
}

static void
compute_checksum (const BytesWriter * writer, const KlvItem * item)
{
  const size_t n_before = writer->size - item->write_size;
  BytesWriter value = { writer->dst, writer->capacity, n_before };

  if (writer->size > writer->capacity)
    return;
  bytes_put_uint (&value, item->type == KLV_CHECKSUM
      ? klv_checksum (writer->dst, n_before)
      : klv_crc32 (writer->dst, n_before), item->write_size);
}

/* A unit that had none when it was read gets none. */
static bool
wants_checksum (const JsonTextMember * member)
{
  return !says (member, "missing") && !says (member, "none");
}

static JsonTextValue
get_time (const JsonTextMember * ts_ns, const KlvWriteSettings * settings,
    bool is_wanted, char *text, KlvWriteReport * report)
{
  const JsonTextValue none = { JSON_TEXT_NULL, NULL, 0 };
  int64_t ns;

  if (ts_ns->found) {
    if (json_text_to_int64 (&ts_ns->value, &ns) && ns >= 0)
      return get_number (text, ns / 1000);
    leave_out (report, ts_ns, "no time");
  }
  return is_wanted ? get_number (text, settings->time_us) : none;
}

/* Where the head ends if it has the order of klvjson.h; NULL: it has not, as objects that went
 * through a table or a map, so that their order means nothing */
static const char *
find_head_end (const JsonTextMember * head)
{
  static const uint8_t order[] = { HEAD_TYPE, HEAD_STANDARD, HEAD_UL,
    HEAD_CHECKSUM
  };
  const char *end = NULL;

  for (size_t i = 0; i < sizeof (order); i++) {
    const JsonTextMember *member = &head[order[i]];

    if (!member->found || (end != NULL && member->value.text < end))
      return NULL;
    end = member->value.text;
  }
  return end;
}

static size_t
put_set (BytesWriter * writer, const KlvSet * set, const JsonTextValue * object,
    const JsonTextMember * head, bool has_key,
    const KlvWriteSettings * settings, KlvWriteReport * report)
{
  const size_t begin = writer->size;
  const bool is_0601 = strcmp (set->standard, "ST 0601") == 0;
  const KlvItem *checksum =
      wants_checksum (&head[HEAD_CHECKSUM]) ? klv_set_find_checksum (set) :
      NULL;
  char time[NUMBER_SIZE], version[NUMBER_SIZE];
  const KlvRoot root = {
    .others = others,
    .is_copy = has_key,
    .head_end = find_head_end (head),
    .time = get_time (&head[HEAD_TS_NS], settings, is_0601, time, report),
    .version = get_number (version, settings->version)
  };

  klv_members_write (writer, set, object, &root, report);
  if (checksum != NULL)
    put_checksum (writer, checksum);
  klv_insert_length (writer, begin);
  if (checksum != NULL)
    compute_checksum (writer, checksum);
  return writer->size;
}

/* In a row of a database null is what is not there. */
static void
forget_nulls (JsonTextMember * head)
{
  for (size_t i = 0; i < N_HEAD; i++)
    if (head[i].found && head[i].value.type == JSON_TEXT_NULL)
      head[i].found = false;
}

size_t
klv_write (const char *json, size_t size, const KlvWriteSettings * settings,
    KlvWriteReport * report, uint8_t * dst, size_t capacity)
{
  BytesWriter writer = { dst, capacity, 0 };
  JsonTextMember head[N_HEAD];
  uint8_t key[KLV_KEY_SIZE];

  memset (report, 0, sizeof (*report));
  memcpy (head, head_names, sizeof (head));
  json_text_skip_mark (&json, &size);
  size = json_text_trim (json, size);
  if (!json_text_read_object (json, size, head, N_HEAD))
    return give_up (report, "it is no JSON object");
  forget_nulls (head);

  if (head[HEAD_RAW].found) {
    if (put_raw (&writer, &head[HEAD_RAW].value))
      return writer.size;
    leave_out (report, &head[HEAD_RAW], "no unit of KLV");
    writer.size = 0;
  }
  if (says (&head[HEAD_TYPE], "text") || says (&head[HEAD_TYPE], "data"))
    return give_up (report, "its type says that it never was KLV");

  const bool has_key = read_key (&head[HEAD_UL], key);
  if (head[HEAD_UL].found && !has_key)
    leave_out (report, &head[HEAD_UL], "no key");

  const bool is_unknown = says (&head[HEAD_STANDARD], "unknown");
  const KlvSet *set =
      is_unknown ? NULL : find_set (&head[HEAD_STANDARD], key, has_key);
  if (set == NULL && !(is_unknown && has_key))
    return give_up (report, "its standard is not known");
  const BytesSpan key_bytes = { key, sizeof (key) };
  bytes_put (&writer, key_bytes);
  if (has_key && put_hex (&writer, set, &head[HEAD_HEX]))
    return writer.size;
  if (head[HEAD_HEX].found)
    leave_out (report, &head[HEAD_HEX],
        has_key ? "no hexadecimal digits" : "no key");
  if (set == NULL)
    return give_up (report, "its standard is not known, and it has no member "
        "\"hex\" of hexadecimal digits");

  const JsonTextValue object = { JSON_TEXT_OBJECT, json, size };
  return put_set (&writer, set, &object, head, has_key, settings, report);
}
