/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvjson.h"

#include <string.h>

#include "jsonscan.h"
#include "klvchecksum.h"
#include "klvcrc.h"
#include "klvkey.h"
#include "klvobject.h"
#include "klvreader.h"

/* 9999-12-31T23:59:59.999999Z, the last date-time of RFC 3339 */
#define LAST_TIME_US UINT64_C (253402300799999999)

static void
put_stream_id (KlvObject * object, const KlvJsonSettings * settings)
{
  if (settings->stream_id.data == NULL)
    return;
  klv_object_put_name (object, "stream_id");
  json_output_put_quoted (object->text, (const char *) settings->stream_id.data,
      settings->stream_id.size);
}

static void
put_raw (KlvObject * object, const KlvJsonSettings * settings, BytesSpan unit)
{
  if (settings->raw == KLV_RAW_NONE)
    return;
  klv_object_put_name (object, "raw");
  if (settings->raw == KLV_RAW_HEX)
    json_output_put_quoted_hex (object->text, unit);
  else
    json_output_put_quoted_base64 (object->text, unit);
}

/* Whether it can be shown: JSON of ours has no NUL */
static bool
is_text (BytesSpan bytes)
{
  const char *next = (const char *) bytes.data;
  size_t left = bytes.size;

  while (left > 0) {
    const size_t n = *next != '\0' ? json_scan_utf8 (next, left) : 0;

    if (n == 0)
      return false;
    next += n;
    left -= n;
  }
  return true;
}

/* Some put text where KLV should be, and writers in C the NUL at its end. */
static void
put_other (KlvObject * object, BytesSpan bytes)
{
  BytesSpan text = bytes;

  while (text.size > 0 && text.data[text.size - 1] == '\0')
    text.size--;
  if (text.size > 0 && is_text (text)) {
    klv_object_put_string (object, "type", "text");
    klv_object_put_name (object, "text");
    json_output_put_quoted (object->text, (const char *) text.data, text.size);
  } else {
    klv_object_put_string (object, "type", "data");
    klv_object_put_hex (object, "hex", bytes);
  }
}

/* A checksum is of all that is before it in the unit, its tag and length included. */
static const char *
check (const KlvSet * set, BytesSpan unit, const KlvSurvey * survey)
{
  const BytesSpan sum = survey->sum;

  if (survey->checksum == NULL)
    return klv_set_find_checksum (set) != NULL ? "missing" : "none";

  const size_t n_before = sum.data - unit.data;
  KlvReader reader = klv_reader (sum.data, sum.size);
  const bool is_right = survey->checksum->type == KLV_CHECKSUM ? sum.size == 2
      && klv_read_uint (&reader, 2) == klv_checksum (unit.data, n_before)
      : sum.size == 4
      && klv_read_uint (&reader, 4) == klv_crc32 (unit.data, n_before);
  return is_right ? "valid" : "wrong";
}

static void
read_time (BytesSpan time, KlvJsonReport * report)
{
  KlvReader reader = klv_reader (time.data, time.size);

  report->has_time = time.size > 0;
  if (report->has_time)
    report->time_us = klv_read_uint (&reader, time.size);
}

static void
put_time (KlvObject * object, const KlvJsonReport * report)
{
  if (report->has_time && report->time_us <= INT64_MAX / 1000) {
    klv_object_put_name (object, "ts_ns");
    json_output_put_uint (object->text, report->time_us * 1000);
  }
  if (report->has_time && report->time_us <= LAST_TIME_US) {
    klv_object_put_name (object, "time");
    json_output_put_time (object->text, report->time_us, 6);
  }
}

/* Adds the items, or what is in their place if their text would be too long. */
static void
put_items (KlvObject * object, const KlvSet * set, BytesSpan value,
    KlvSurvey * survey, KlvStyle style, KlvJsonReport * report)
{
  JsonOutput *text = object->text;
  const size_t begin = text->size;
  const KlvJsonReport before = *report;

  klv_object_put_items (object, set, value, survey, style, report);
  if (text->size - begin <= KLV_JSON_MAX_ITEMS_SIZE)
    return;
  text->size = begin;
  *report = before;
  report->n_errors++;
  klv_object_put_hex (object, "hex", value);
  klv_object_put_name (object, "errors");
  json_output_put_string (text, "[{\"reason\":\"its text is too long\"}]");
}

static void
put_unit (KlvObject * object, const KlvJsonSettings * settings,
    KlvJsonReport * report, BytesSpan unit, BytesSpan value)
{
  const KlvSet *set = klv_set_of_key (unit.data);

  klv_object_put_string (object, "type", "klv");
  klv_object_put_string (object, "standard", set ? set->standard : "unknown");
  klv_object_put_hex (object, "ul", (BytesSpan) {
      unit.data, KLV_KEY_SIZE});
  if (set == NULL) {
    klv_object_put_string (object, "checksum", "none");
    klv_object_put_hex (object, "hex", value);
    put_raw (object, settings, unit);
    return;
  }

  KlvSurvey survey;
  klv_survey (&survey, set, value);
  const char *checksum = check (set, unit, &survey);
  report->has_wrong_checksum = strcmp (checksum, "wrong") == 0;
  read_time (survey.time, report);
  put_time (object, report);
  klv_object_put_string (object, "checksum", checksum);
  put_items (object, set, value, &survey, settings->style, report);
  put_raw (object, settings, unit);
}

/* Finds the value of a unit. Returns: whether it is one. */
static bool
read_unit (BytesSpan unit, BytesSpan * value)
{
  KlvReader reader = klv_reader (unit.data, unit.size);
  const BytesSpan key = klv_read_bytes (&reader, KLV_KEY_SIZE);

  *value = klv_read_part (&reader);
  return !reader.failed && reader.left == 0
      && memcmp (key.data, KLV_KEY_START, sizeof (KLV_KEY_START)) == 0;
}

size_t
klv_json_write (BytesSpan unit, const KlvJsonSettings * settings,
    KlvJsonReport * report, char *dst, size_t capacity)
{
  JsonOutput text = { dst, capacity, 0 };
  KlvObject object = klv_object_begin (&text);
  BytesSpan value;

  memset (report, 0, sizeof (*report));
  put_stream_id (&object, settings);
  if (read_unit (unit, &value))
    put_unit (&object, settings, report, unit, value);
  else
    put_other (&object, unit);
  klv_object_end (&object);
  return text.size;
}
