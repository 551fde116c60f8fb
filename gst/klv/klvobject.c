/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvobject.h"

#include <string.h>

#include "klvkey.h"
#include "klvreader.h"
#include "klvset.h"
#include "klvvalue.h"

/* What is the same for all that is in a unit */
typedef struct
{
  JsonOutput *text;
  KlvStyle style;
  KlvJsonReport *report;
  bool is_trial;                /* nothing is shown: which faults are there? */
} Writer;

/* An item that is null, and what its code means */
typedef struct
{
  const KlvItem *item;
  const char *meaning;
  bool is_repeated;             /* it is of one of several */
} Special;

/* A set or a pack, and what is said of it when all its members are written */
typedef struct
{
  const KlvSet *set;
  BytesSpan bytes;
  KlvSurvey *survey;            /* of a set */
  KlvObject object;
  Special specials[KLV_MAX_ITEMS];
  size_t n_specials;
} Scope;

static KlvFault put_value (Writer * self, Scope * scope, const KlvItem * item,
    BytesSpan value);
static void put_set (Writer * self, const KlvSet * set, BytesSpan bytes,
    KlvObject object);

KlvObject
klv_object_begin (JsonOutput * text)
{
  const KlvObject object = { text, false };

  json_output_put_char (text, '{');
  return object;
}

static void
put_comma (KlvObject * object)
{
  if (object->has_members)
    json_output_put_char (object->text, ',');
  object->has_members = true;
}

void
klv_object_put_name (KlvObject * object, const char *name)
{
  put_comma (object);
  json_output_put_char (object->text, '"');
  json_output_put_string (object->text, name);
  json_output_put_string (object->text, "\":");
}

void
klv_object_end (KlvObject * object)
{
  json_output_put_char (object->text, '}');
}

void
klv_object_put_string (KlvObject * object, const char *name, const char *value)
{
  klv_object_put_name (object, name);
  json_output_put_quoted_string (object->text, value);
}

void
klv_object_put_hex (KlvObject * object, const char *name, BytesSpan bytes)
{
  klv_object_put_name (object, name);
  json_output_put_quoted_hex (object->text, bytes);
}

static void
put_tag (JsonOutput * text, uint64_t tag, const uint8_t * key)
{
  const BytesSpan bytes = { key, KLV_KEY_SIZE };

  if (key != NULL)
    json_output_put_hex (text, bytes);
  else
    json_output_put_uint (text, tag);
}

static void
put_tag_name (KlvObject * object, uint64_t tag, const uint8_t * key)
{
  put_comma (object);
  json_output_put_char (object->text, '"');
  put_tag (object->text, tag, key);
  json_output_put_string (object->text, "\":");
}

/* Fields of packs have no tags. */
static void
put_item_name (const Writer * self, const Scope * scope, KlvObject * object,
    const KlvItem * item)
{
  if (self->style == KLV_TAGS && scope->set->kind != KLV_FIELDS) {
    put_tag_name (object, item->tag, item->key);
  } else {
    put_comma (object);
    json_output_put (object->text, item->member, item->member_size);
  }
}

static void
note_special (Scope * scope, const KlvItem * item, const char *meaning)
{
  for (size_t i = 0; i < scope->n_specials; i++)
    if (scope->specials[i].item == item)
      return;
  scope->specials[scope->n_specials++] = (Special) {
  item, meaning, false};
}

/* Of each value of an item that is repeated what it means, so that the array goes with that of
 * the values. */
static void
put_meanings (JsonOutput * text, const Scope * scope, const KlvItem * item)
{
  KlvSetReader reader = klv_set_reader (scope->set, scope->bytes);
  JsonOutput nothing = { NULL, 0, 0 };
  char separator = '[';
  KlvSetItem next;

  while (klv_set_next (&reader, &next)) {
    const char *meaning = NULL;

    if (next.item != item || (next.value.size > 0
            && klv_value_write (&nothing, item, item->type, next.value,
                &meaning) != KLV_FINE))
      continue;
    json_output_put_char (text, separator);
    if (meaning != NULL)
      json_output_put_quoted_string (text, meaning);
    else
      json_output_put_string (text, "null");
    separator = ',';
  }
  json_output_put_char (text, ']');
}

static void
put_specials (const Writer * self, Scope * scope)
{
  if (scope->n_specials == 0)
    return;
  klv_object_put_name (&scope->object, "special");
  KlvObject specials = klv_object_begin (self->text);
  for (size_t i = 0; i < scope->n_specials; i++) {
    const Special *special = &scope->specials[i];

    put_item_name (self, scope, &specials, special->item);
    if (special->is_repeated)
      put_meanings (self->text, scope, special->item);
    else
      json_output_put_quoted_string (self->text, special->meaning);
  }
  klv_object_end (&specials);
}

static bool
is_number (KlvType type)
{
  return type == KLV_OID || type == KLV_BER;
}

/* Reads what belongs to a field: a number tells by itself where it ends. */
static BytesSpan
read_field (KlvReader * reader, const KlvItem * field, size_t pack_size)
{
  const uint8_t *start = reader->next;
  BytesSpan value = { start, 0 };

  switch (field->size) {
    case KLV_SIZE_REST:
      if (!is_number (field->type))
        return klv_read_rest (reader);
      if (field->type == KLV_OID)
        klv_read_oid (reader);
      else
        klv_read_ber (reader);
      value.size = reader->next - start;
      return value;
    case KLV_SIZE_PART:
      return klv_read_part (reader);
    case KLV_SIZE_HALF:
      return klv_read_bytes (reader, pack_size / 2);
    default:
      return klv_read_bytes (reader, field->size);
  }
}

/* A pack may end after any of its fields: those that follow are left out. */
static KlvFault
put_pack (Writer * self, const KlvSet * pack, BytesSpan bytes)
{
  KlvReader reader = klv_reader (bytes.data, bytes.size);
  Scope scope;

  scope.set = pack;
  scope.bytes = bytes;
  scope.object = klv_object_begin (self->text);
  scope.n_specials = 0;
  for (size_t i = 0; i < pack->n_items; i++) {
    const KlvItem *field = &pack->items[i];

    if (reader.left == 0 && !field->is_one_if_absent)
      break;
    put_item_name (self, &scope, &scope.object, field);
    if (reader.left == 0) {
      json_output_put_char (self->text, '1');
      break;
    }
    const BytesSpan value = read_field (&reader, field, bytes.size);
    if (reader.failed || put_value (self, &scope, field, value) != KLV_FINE)
      return KLV_CUT;
  }
  put_specials (self, &scope);
  klv_object_end (&scope.object);
  return reader.left > 0 ? KLV_SURPLUS : KLV_FINE;
}

static KlvFault
put_user_data (Writer * self, const Scope * scope, const KlvItem * item,
    BytesSpan value)
{
  KlvType type = scope->survey->user_type;
  const char *special;

  if ((type == KLV_INT || type == KLV_UINT) && value.size > 8)
    type = KLV_HEX;
  return klv_value_write (self->text, item, type, value, &special);
}

/* A value, or a part of a series */
static KlvFault
put_typed (Writer * self, Scope * scope, const KlvItem * item, KlvType type,
    BytesSpan value)
{
  const char *special = NULL;
  KlvFault fault;

  /* ST 0107 6.3.4: unknown, or no longer known */
  if (value.size == 0) {
    json_output_put_string (self->text, "null");
    return KLV_FINE;
  }
  switch (type) {
    case KLV_SET:
      /* What is wrong in it, it says itself. */
      if (!self->is_trial)
        put_set (self, item->set, value, klv_object_begin (self->text));
      return KLV_FINE;
    case KLV_PACK:
      return put_pack (self, item->set, value);
    case KLV_USER_DATA:
      return put_user_data (self, scope, item, value);
    default:
      fault = klv_value_write (self->text, item, type, value, &special);
  }
  if (fault == KLV_FINE && special != NULL)
    note_special (scope, item, special);
  return fault;
}

static KlvFault
put_series (Writer * self, Scope * scope, const KlvItem * item, BytesSpan value)
{
  KlvReader reader = klv_reader (value.data, value.size);
  char separator = '[';

  if (value.size == 0)
    return put_typed (self, scope, item, item->part_type, value);
  while (reader.left > 0) {
    const BytesSpan part = klv_read_part (&reader);
    KlvFault fault;

    if (reader.failed)
      return KLV_CUT;
    json_output_put_char (self->text, separator);
    fault = put_typed (self, scope, item, item->part_type, part);
    if (fault != KLV_FINE)
      return KLV_CUT;
    separator = ',';
  }
  json_output_put_char (self->text, ']');
  return KLV_FINE;
}

static KlvFault
put_value (Writer * self, Scope * scope, const KlvItem * item, BytesSpan value)
{
  if (item->type == KLV_SERIES)
    return put_series (self, scope, item, value);
  return put_typed (self, scope, item, item->type, value);
}

/* A checksum is told of the unit, and its number to nobody. */
static bool
is_shown (const KlvSetItem * item)
{
  return item->item != NULL && !klv_item_is_checksum (item->item);
}

/* Writes a value, or nothing if it cannot be. Returns: whether it can. */
static bool
put_or_undo (Writer * self, Scope * scope, const KlvSetItem * item,
    char separator)
{
  const size_t size = self->text->size, n_specials = scope->n_specials;
  const KlvJsonReport report = *self->report;

  if (separator != '\0')
    json_output_put_char (self->text, separator);
  if (put_value (self, scope, item->item, item->value) == KLV_FINE)
    return true;
  self->text->size = size;
  scope->n_specials = n_specials;
  *self->report = report;
  return false;
}

/* Writes an item, and as an array those behind it that repeat it.
 * @behind: the items behind it
 * @n: how many there are
 * Returns: how many were written */
static size_t
put_item (Writer * self, Scope * scope, const KlvSetItem * first,
    const KlvSetReader * behind, size_t n)
{
  const size_t size = self->text->size, n_specials = scope->n_specials;
  const bool has_members = scope->object.has_members;
  size_t n_written = 0;

  put_item_name (self, scope, &scope->object, first->item);
  if (n == 1) {
    n_written = put_or_undo (self, scope, first, '\0');
  } else {
    KlvSetReader reader = *behind;
    KlvSetItem item = *first;

    do {
      if (item.item == first->item)
        n_written += put_or_undo (self, scope, &item,
            n_written == 0 ? '[' : ',');
    } while (klv_set_next (&reader, &item));
    json_output_put_char (self->text, ']');
    if (scope->n_specials > n_specials)
      scope->specials[n_specials].is_repeated = true;
  }
  if (n_written == 0) {
    self->text->size = size;
    scope->object.has_members = has_members;
  }
  return n_written;
}

/* Items that the tables do not know, by tag or key */
typedef struct
{
  KlvSetItem items[KLV_MAX_UNKNOWN];
  size_t n;
} Unknown;

static bool
is_same (const KlvSetItem * a, const KlvSetItem * b)
{
  return a->tag == b->tag && (a->key == NULL
      || memcmp (a->key, b->key, KLV_KEY_SIZE) == 0);
}

/* Returns: whether it was among them before; if not, it is now, if there is room: @has_room */
static bool
remember (Unknown * unknown, const KlvSetItem * item, bool *has_room)
{
  *has_room = true;
  for (size_t i = 0; i < unknown->n; i++)
    if (is_same (&unknown->items[i], item))
      return true;
  *has_room = unknown->n < KLV_MAX_UNKNOWN;
  if (*has_room)
    unknown->items[unknown->n++] = *item;
  return false;
}

/* A string; of one that is repeated, an array of them */
static void
put_unknown_item (Writer * self, const KlvSetItem * first, KlvSetReader reader)
{
  const size_t start = self->text->size;
  KlvSetReader ahead = reader;
  KlvSetItem item;
  bool is_repeated = false;

  while (!is_repeated && klv_set_next (&ahead, &item))
    is_repeated = item.item == NULL && is_same (&item, first);
  if (is_repeated)
    json_output_put_char (self->text, '[');
  item = *first;
  do {
    if (item.item != NULL || !is_same (&item, first))
      continue;
    if (self->text->size > start + 1)
      json_output_put_char (self->text, ',');
    json_output_put_quoted_hex (self->text, item.value);
  } while (is_repeated && klv_set_next (&reader, &item));
  if (is_repeated)
    json_output_put_char (self->text, ']');
}

static void
put_unknown (Writer * self, Scope * scope)
{
  KlvSetReader reader = klv_set_reader (scope->set, scope->bytes);
  Unknown unknown;
  KlvSetItem item;

  unknown.n = 0;
  klv_object_put_name (&scope->object, "unknown");
  KlvObject object = klv_object_begin (self->text);
  while (klv_set_next (&reader, &item)) {
    bool has_room;

    if (item.item != NULL || remember (&unknown, &item, &has_room)
        || !has_room)
      continue;
    put_tag_name (&object, item.tag, item.key);
    put_unknown_item (self, &item, reader);
  }
  klv_object_end (&object);
}

static void
put_reason (JsonOutput * text, KlvFault fault, const KlvSetItem * item)
{
  switch (fault) {
    case KLV_WRONG_SIZE:
      json_output_put_uint (text, item->value.size);
      json_output_put_string (text,
          item->value.size == 1 ? " byte, wanted " : " bytes, wanted ");
      klv_value_put_sizes (text, item->item);
      break;
    case KLV_CUT:
      json_output_put_string (text, "a part is cut, or its length is wrong");
      break;
    case KLV_SURPLUS:
      json_output_put_string (text, "more bytes than the last part has");
      break;
    default:
      json_output_put_string (text, "more than 256 unknown tags");
  }
}

static void
put_error (Writer * self, const KlvSetItem * item, KlvFault fault)
{
  KlvObject error = klv_object_begin (self->text);

  klv_object_put_name (&error, "tag");
  if (item->key != NULL)
    json_output_put_char (self->text, '"');
  put_tag (self->text, item->tag, item->key);
  if (item->key != NULL)
    json_output_put_char (self->text, '"');
  klv_object_put_name (&error, "reason");
  json_output_put_char (self->text, '"');
  put_reason (self->text, fault, item);
  json_output_put_char (self->text, '"');
  klv_object_put_hex (&error, "hex", item->value);
  klv_object_end (&error);
}

/* Whether the value cannot be, found out by writing it once more where nobody reads it */
static KlvFault
try_value (Writer * self, Scope * scope, const KlvItem * item, BytesSpan value)
{
  JsonOutput nothing = { NULL, 0, 0 };
  Writer trial = *self;
  const size_t n_specials = scope->n_specials;
  KlvFault fault;

  trial.text = &nothing;
  trial.is_trial = true;
  fault = put_value (&trial, scope, item, value);
  scope->n_specials = n_specials;
  return fault;
}

static void
put_errors (Writer * self, Scope * scope)
{
  KlvSetReader reader = klv_set_reader (scope->set, scope->bytes);
  const size_t start = self->text->size;
  const KlvObject object = scope->object;
  Unknown unknown;
  KlvSetItem item;
  size_t n = 0;

  unknown.n = 0;
  klv_object_put_name (&scope->object, "errors");
  while (klv_set_next (&reader, &item)) {
    bool has_room = true;
    KlvFault fault = KLV_FINE;

    if (is_shown (&item))
      fault = try_value (self, scope, item.item, item.value);
    else if (item.item == NULL)
      remember (&unknown, &item, &has_room);
    if (fault == KLV_FINE && has_room)
      continue;
    json_output_put_char (self->text, n++ == 0 ? '[' : ',');
    put_error (self, &item, fault);
  }

  const BytesSpan rest = klv_set_get_rest (&reader);
  if (rest.size > 0) {
    json_output_put_char (self->text, n++ == 0 ? '[' : ',');
    KlvObject error = klv_object_begin (self->text);
    klv_object_put_name (&error, "reason");
    json_output_put_string (self->text,
        "\"an item is cut, or its length is wrong\"");
    klv_object_put_hex (&error, "hex", rest);
    klv_object_end (&error);
  }
  if (n > 0) {
    json_output_put_char (self->text, ']');
  } else {
    self->text->size = start;
    scope->object = object;
  }
  self->report->n_errors += n;
}

void
klv_survey (KlvSurvey * survey, const KlvSet * set, BytesSpan bytes)
{
  KlvSetReader reader = klv_set_reader (set, bytes);
  KlvSetItem item;

  memset (survey->counts, 0, set->n_items * sizeof (*survey->counts));
  survey->n_wanted = 0;
  survey->time.size = 0;
  survey->checksum = NULL;
  survey->user_type = KLV_HEX;
  while (klv_set_next (&reader, &item)) {
    if (item.tag == 1 && item.value.size == 1)
      survey->user_type = klv_user_type (item.value.data[0]);
    if (is_shown (&item)) {
      survey->counts[item.item - set->items]++;
      survey->n_wanted++;
      if (item.item->type == KLV_TIME_US && survey->time.size == 0
          && item.value.size <= 8
          && strcmp (item.item->name, "precision_time_stamp") == 0)
        survey->time = item.value;
    } else if (item.item != NULL) {
      survey->checksum = item.item;
      survey->sum = item.value;
    }
  }
}

/* Adds the items of a set to an object that has been begun. */
static void
put_items (Writer * self, Scope * scope)
{
  const KlvSet *set = scope->set;
  KlvSurvey *survey = scope->survey;
  KlvSetReader reader = klv_set_reader (set, scope->bytes);
  size_t n_written = 0, n_unknown = 0;
  KlvSetItem item;

  while (klv_set_next (&reader, &item)) {
    if (item.item == NULL)
      n_unknown++;
    if (!is_shown (&item) || survey->counts[item.item - set->items] == 0)
      continue;
    n_written += put_item (self, scope, &item, &reader,
        survey->counts[item.item - set->items]);
    survey->counts[item.item - set->items] = 0;
  }
  put_specials (self, scope);
  if (n_unknown > 0)
    put_unknown (self, scope);
  if (n_written < survey->n_wanted || n_unknown > KLV_MAX_UNKNOWN
      || klv_set_get_rest (&reader).size > 0)
    put_errors (self, scope);
  self->report->n_items += n_written;
  self->report->n_unknown_items += n_unknown;
}

static void
put_set (Writer * self, const KlvSet * set, BytesSpan bytes, KlvObject object)
{
  KlvSurvey survey;
  Scope scope;

  klv_survey (&survey, set, bytes);
  scope.set = set;
  scope.bytes = bytes;
  scope.survey = &survey;
  scope.object = object;
  scope.n_specials = 0;
  put_items (self, &scope);
  klv_object_end (&scope.object);
}

void
klv_object_put_items (KlvObject * object, const KlvSet * set, BytesSpan bytes,
    KlvSurvey * survey, KlvStyle style, KlvJsonReport * report)
{
  Writer self = { object->text, style, report, false };
  Scope scope;

  scope.set = set;
  scope.bytes = bytes;
  scope.survey = survey;
  scope.object = *object;
  scope.n_specials = 0;
  put_items (&self, &scope);
  *object = scope.object;
}
