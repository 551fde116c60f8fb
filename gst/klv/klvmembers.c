/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvmembers.h"

#include <string.h>

#include "jsonparts.h"
#include "klvdigits.h"
#include "klvencode.h"
#include "klvkey.h"
#include "klvleftout.h"
#include "klvreader.h"

/* What a unit may have of which the object says nothing */
#define TIME "precision_time_stamp"
#define VERSION "uas_datalink_ls_version_number"

/* What is the same for all that is in a unit */
typedef struct
{
  BytesWriter *writer;
  bool is_copy;
  bool has_order;               /* the members are in the order of the items */
  KlvWriteReport *report;
} Writer;

/* The members of an object. Recursion ends, as no set of the tables is in itself. */
typedef struct
{
  const KlvSet *set;
  const KlvPath *path;
  JsonTextValue values[KLV_MAX_ITEMS];  /* by number of the item; no text: it has none */
  JsonTextValue specials[KLV_MAX_ITEMS];        /* what is null means, likewise */
  uint8_t order[KLV_MAX_ITEMS]; /* numbers of the items that have values */
  size_t n;
  JsonTextValue unknown;
  JsonTextValue errors;
  KlvType user_type;            /* what a KLV_USER_DATA is */
} Scope;

/* A part of the value cannot be written, and was named already */
static const char named[] = "";

static const char *put_value (Writer * self, const Scope * scope,
    const KlvPath * path, const KlvItem * item, KlvType type,
    const JsonTextValue * value, size_t size);

/* --- members ------------------------------------------------------------- */

static KlvPath
get_path (const KlvPath * parent, const JsonTextValue * name)
{
  const KlvPath path = { parent, name->text + 1, name->size - 2 };

  return path;
}

static KlvPath
get_item_path (const KlvPath * parent, const KlvItem * item)
{
  const KlvPath path = { parent, item->name, strlen (item->name) };

  return path;
}

/* A name with its escapes resolved; @size is more than that of @text if it is none of ours */
typedef struct
{
  char text[KLV_MAX_NAME_SIZE];
  size_t size;
} Name;

static void
read_name (Name * name, const JsonTextValue * string)
{
  name->text[0] = '\0';
  name->size = json_text_unquote (string, name->text, sizeof (name->text));
}

static bool
is_name (const Name * name, const char *text)
{
  return klv_is_name (name->text, name->size, text);
}

static bool
is_one_of (const Name * name, const char *const *names)
{
  for (; names != NULL && *names != NULL; names++)
    if (name->text[0] == **names && is_name (name, *names))
      return true;
  return false;
}

/* Members mostly have the order of the items, so it is looked for behind the one before.
 * @next: (inout): number of the item to begin with */
static const KlvItem *
find_item (const KlvSet * set, const Name * name, size_t *next)
{
  for (size_t i = 0; i < set->n_items; i++) {
    const KlvItem *item = &set->items[(*next + i) % set->n_items];

    if (item->name[0] == name->text[0] && is_name (name, item->name)) {
      *next = item - set->items + 1;
      return item;
    }
  }
  return NULL;
}

static void
set_value (Scope * scope, const KlvItem * item, const JsonTextValue * value)
{
  const size_t i = item - scope->set->items;

  if (scope->values[i].text == NULL)
    scope->order[scope->n++] = i;
  scope->values[i] = *value;
}

static void
read_specials (Scope * scope, const JsonTextValue * specials)
{
  JsonTextValue string, meaning;
  JsonParts parts;
  size_t next = 0;
  Name name;

  json_parts_init (&parts, specials);
  while (specials->type == JSON_TEXT_OBJECT
      && json_parts_next (&parts, &string, &meaning)) {
    read_name (&name, &string);
    const KlvItem *item = find_item (scope->set, &name, &next);

    if (item != NULL)
      scope->specials[item - scope->set->items] = meaning;
  }
}

static void
read_member (Writer * self, Scope * scope, const JsonTextValue * string,
    const JsonTextValue * value, const char *const *others, size_t *next)
{
  const KlvPath path = get_path (scope->path, string);
  const KlvItem *item;
  Name name;

  read_name (&name, string);
  if (is_one_of (&name, others))
    return;
  item = find_item (scope->set, &name, next);
  if (item != NULL && !klv_item_is_checksum (item))
    set_value (scope, item, value);
  else if (item != NULL)
    klv_leave_out (self->report, &path, KLV_COMPUTED);
  else if (is_name (&name, "special"))
    read_specials (scope, value);
  else if (is_name (&name, "unknown") && scope->set->kind != KLV_FIELDS)
    scope->unknown = *value;
  else if (is_name (&name, "errors") && scope->set->kind != KLV_FIELDS)
    scope->errors = *value;
  else
    klv_leave_out (self->report, &path, "unknown name");
}

/* Of several items 1 it is the last that counts. */
static KlvType
get_user_type (const Scope * scope)
{
  static const KlvForm one_byte = { 1, true };
  const KlvItem *item = klv_set_find_tag (scope->set, 1);
  const JsonTextValue *value = &scope->values[item - scope->set->items];
  KlvType type = KLV_HEX;
  JsonTextValue name, part = *value;
  JsonParts parts = { 0 };
  uint8_t id;

  if (value->type == JSON_TEXT_ARRAY)
    json_parts_init (&parts, value);
  do {
    BytesWriter writer = { &id, 1, 0 };

    if (part.text != NULL
        && klv_encode (&writer, item, item->type, &part, one_byte) == NULL)
      type = klv_user_type (id);
  } while (value->type == JSON_TEXT_ARRAY
      && json_parts_next (&parts, &name, &part));
  return type;
}

static void
read_members (Writer * self, Scope * scope, const KlvSet * set,
    const KlvPath * path, const JsonTextValue * object,
    const char *const *others)
{
  JsonTextValue name, value;
  JsonParts parts;
  size_t next = 0;

  scope->set = set;
  scope->path = path;
  memset (scope->values, 0, set->n_items * sizeof (*scope->values));
  memset (scope->specials, 0, set->n_items * sizeof (*scope->specials));
  scope->n = 0;
  scope->unknown.text = NULL;
  scope->errors.text = NULL;
  json_parts_init (&parts, object);
  while (json_parts_next (&parts, &name, &value))
    read_member (self, scope, &name, &value, others, &next);
  for (size_t i = 0; i < set->n_items; i++)
    if (set->items[i].type == KLV_USER_DATA)
      scope->user_type = get_user_type (scope);
}

/* --- values -------------------------------------------------------------- */

static bool
is_one (const JsonTextValue * value)
{
  return value->size == 1 && *value->text == '1';
}

/* How many fields are written: a pack may end after any. */
static size_t
count_fields (const Scope * scope)
{
  const KlvSet *pack = scope->set;
  size_t n = pack->n_items;

  while (n > 0 && (scope->values[n - 1].text == NULL
          || (pack->items[n - 1].is_one_if_absent
              && is_one (&scope->values[n - 1]))))
    n--;
  return n;
}

static const char *
put_field (Writer * self, const Scope * scope, const KlvPath * path,
    const KlvItem * field, const JsonTextValue * value, size_t half_size)
{
  const size_t begin = self->writer->size;
  const char *fault;

  switch (field->size) {
    case KLV_SIZE_REST:
      return put_value (self, scope, path, field, field->type, value, 0);
    case KLV_SIZE_PART:
      fault = value->text == NULL ? NULL
          : put_value (self, scope, path, field, field->type, value, 0);
      klv_insert_length (self->writer, begin);
      return fault;
    case KLV_SIZE_HALF:
      return put_value (self, scope, path, field, field->type, value,
          half_size);
    default:
      return put_value (self, scope, path, field, field->type, value,
          field->size);
  }
}

static const char *
put_pack (Writer * self, const KlvPath * path, const KlvSet * pack,
    const JsonTextValue * object)
{
  size_t n, half_size = 0;
  Scope scope;

  read_members (self, &scope, pack, path, object, NULL);
  n = count_fields (&scope);
  /* halves are there both, and of the same size */
  if (pack->items[0].size == KLV_SIZE_HALF && n > 0) {
    n = pack->n_items;
    half_size = klv_encode_find_imapb_size (pack->items, scope.values,
        self->is_copy ? n : 0);
  }
  for (size_t i = 0; i < n; i++) {
    const KlvItem *field = &pack->items[i];
    const KlvPath field_path = get_item_path (path, field);
    const char *fault = scope.values[i].text == NULL
        && field->size != KLV_SIZE_PART ? KLV_MISSING
        : put_field (self, &scope, &field_path, field, &scope.values[i],
        half_size);

    if (fault == NULL)
      continue;
    if (fault != named)
      klv_leave_out (self->report, &field_path, fault);
    return named;
  }
  return NULL;
}

static const char *
put_series (Writer * self, const Scope * scope, const KlvPath * path,
    const KlvItem * item, const JsonTextValue * value)
{
  JsonTextValue name, part;
  JsonParts parts;

  if (value->type != JSON_TEXT_ARRAY)
    return KLV_WRONG_TYPE;
  json_parts_init (&parts, value);
  while (json_parts_next (&parts, &name, &part)) {
    const size_t begin = self->writer->size;
    const char *fault =
        put_value (self, scope, path, item, item->part_type, &part, 0);

    if (fault == NULL) {
      klv_insert_length (self->writer, begin);
      continue;
    }
    self->writer->size = begin;
    if (fault != named)
      klv_leave_out (self->report, path, fault);
  }
  return NULL;
}

static const char *
put_null (Writer * self, const Scope * scope, const KlvItem * item, size_t size)
{
  const JsonTextValue *meaning = &scope->specials[item - scope->set->items];

  if (meaning->text != NULL && meaning->type != JSON_TEXT_NULL)
    return klv_encode_special (self->writer, item, meaning, size);
  /* ST 0107 6.3.4: no bytes */
  return size == 0 ? NULL : KLV_MISSING;
}

static const char *put_set (Writer * self, const KlvPath * path,
    const KlvSet * set, const JsonTextValue * object);

static const char *
put_some (Writer * self, const Scope * scope, const KlvPath * path,
    const KlvItem * item, KlvType type, const JsonTextValue * value,
    size_t size)
{
  switch (type) {
    case KLV_SET:
      return put_set (self, path, item->set, value);
    case KLV_PACK:
      return value->type == JSON_TEXT_OBJECT
          ? put_pack (self, path, item->set, value) : KLV_WRONG_TYPE;
    case KLV_SERIES:
      return put_series (self, scope, path, item, value);
    case KLV_USER_DATA:
      type = scope->user_type;
      /* fall through */
    default:
    return klv_encode (self->writer, item, type, value, (KlvForm) {
        size, self->is_copy}
      );
  }
}

/* What has no bytes is unknown, so only null becomes that. */
static const char *
put_value (Writer * self, const Scope * scope, const KlvPath * path,
    const KlvItem * item, KlvType type, const JsonTextValue * value,
    size_t size)
{
  const size_t begin = self->writer->size;
  const size_t n_left_out = self->report->n_left_out;
  const char *fault;

  if (value->type == JSON_TEXT_NULL)
    return put_null (self, scope, item, size);
  fault = put_some (self, scope, path, item, type, value, size);
  if (fault != NULL || self->writer->size > begin)
    return fault;
  return self->report->n_left_out > n_left_out ? named : KLV_EMPTY;
}

/* --- sets ---------------------------------------------------------------- */

static bool
has_part_of_type (const JsonTextValue * array, JsonTextType type)
{
  JsonTextValue name, part;
  JsonParts parts;

  json_parts_init (&parts, array);
  while (json_parts_next (&parts, &name, &part))
    if (part.type == type)
      return true;
  return false;
}

/* Whether an array is of values of an item that is repeated, and not a value itself: the parts
 * of those are no arrays, and only those of a series may be null. */
static bool
is_repeated (const KlvItem * item, const JsonTextValue * value)
{
  if (value->type != JSON_TEXT_ARRAY)
    return false;
  switch (item->type) {
    case KLV_SERIES:
      return has_part_of_type (value, JSON_TEXT_ARRAY);
    case KLV_OIDS:
    case KLV_BITS:
    case KLV_RGB:
      return has_part_of_type (value, JSON_TEXT_ARRAY)
          || has_part_of_type (value, JSON_TEXT_NULL);
    default:
      return true;
  }
}

static void
put_tag (Writer * self, const KlvSet * set, const KlvItem * item)
{
  const BytesSpan key = { item->key, KLV_KEY_SIZE };

  if (set->kind == KLV_LOCAL_SET)
    klv_put_oid (self->writer, item->tag);
  else
    bytes_put (self->writer, key);
}

/* Returns: whether the item is written */
static bool
put_item (Writer * self, const Scope * scope, const KlvItem * item,
    const JsonTextValue * value, bool has_tag)
{
  const size_t start = self->writer->size;
  const KlvPath path = get_item_path (scope->path, item);

  if (has_tag)
    put_tag (self, scope->set, item);

  const size_t begin = self->writer->size;
  const char *fault = !has_tag && value->type == JSON_TEXT_NULL ? KLV_MISSING
      : put_value (self, scope, &path, item, item->type, value, 0);

  if (fault == NULL) {
    if (has_tag)
      klv_insert_length (self->writer, begin);
    self->report->n_items++;
    return true;
  }
  if (fault != named)
    klv_leave_out (self->report, &path, fault);
  self->writer->size = start;
  return false;
}

/* @number_is_next: (inout): whether the first value that is written has no tag */
static void
put_items (Writer * self, Scope * scope, size_t i, bool *number_is_next)
{
  const KlvItem *item = &scope->set->items[i];
  const JsonTextValue *value = &scope->values[i];
  const JsonTextValue special = scope->specials[i];
  JsonTextValue name, part;
  JsonParts parts, meanings;

  if (!is_repeated (item, value)) {
    if (put_item (self, scope, item, value, !*number_is_next))
      *number_is_next = false;
    return;
  }
  json_parts_init (&parts, value);
  if (special.type == JSON_TEXT_ARRAY)
    json_parts_init (&meanings, &special);
  while (json_parts_next (&parts, &name, &part)) {
    if (special.type == JSON_TEXT_ARRAY
        && !json_parts_next (&meanings, &name, &scope->specials[i]))
      scope->specials[i].text = NULL;
    if (put_item (self, scope, item, &part, !*number_is_next))
      *number_is_next = false;
  }
}

/* Writes a tag, or key, as JSON has it.
 * Returns: NULL, or why it cannot be written */
static const char *
put_tag_text (Writer * self, const KlvSet * set, const JsonTextValue * text)
{
  uint8_t bytes[KLV_KEY_SIZE];
  BytesWriter tag = { bytes, sizeof (bytes), 0 };
  const KlvItem *item;

  if (set->kind == KLV_LOCAL_SET) {
    if (klv_encode (&tag, NULL, KLV_OID, text, (KlvForm) {
            0, true}
        ) != NULL)
      return "no tag";
    KlvReader reader = klv_reader (bytes, tag.size);
    item = klv_set_find_tag (set, klv_read_oid (&reader));
  } else {
    if (!klv_put_hex (&tag, text) || tag.size != KLV_KEY_SIZE)
      return "no key";
    item = klv_set_find_key (set, bytes);
  }
  if (item != NULL && klv_item_is_checksum (item))
    return KLV_COMPUTED;

  const BytesSpan written = { bytes, tag.size };
  bytes_put (self->writer, written);
  return NULL;
}

/* Writes an item of which the bytes are there.
 * Returns: NULL, or why it cannot be written */
static const char *
put_hex_item (Writer * self, const KlvSet * set, const JsonTextValue * tag,
    const JsonTextValue * hex)
{
  BytesWriter *writer = self->writer;
  const size_t start = writer->size;
  const char *fault = put_tag_text (self, set, tag);
  const size_t begin = writer->size;

  if (fault == NULL && hex->type != JSON_TEXT_NULL
      && !klv_put_hex (writer, hex))
    fault = KLV_NO_HEX;
  if (fault == NULL) {
    klv_insert_length (writer, begin);
    self->report->n_items++;
  } else {
    writer->size = start;
  }
  return fault;
}

static void
put_unknown (Writer * self, const Scope * scope)
{
  const KlvPath parent = { scope->path, "unknown", strlen ("unknown") };
  JsonTextValue name, value, unused, part;
  JsonParts members, parts;

  json_parts_init (&members, &scope->unknown);
  while (scope->unknown.type == JSON_TEXT_OBJECT
      && json_parts_next (&members, &name, &value)) {
    const KlvPath path = get_path (&parent, &name);
    const char *fault = NULL;

    if (value.type != JSON_TEXT_ARRAY) {
      fault = put_hex_item (self, scope->set, &name, &value);
    } else {
      json_parts_init (&parts, &value);
      while (!fault && json_parts_next (&parts, &unused, &part))
        fault = put_hex_item (self, scope->set, &name, &part);
    }
    if (fault)
      klv_leave_out (self->report, &path, fault);
  }
}

/* What could not be shown, but by its tag */
static void
put_errors (Writer * self, const Scope * scope)
{
  const KlvPath path = { scope->path, "errors", strlen ("errors") };
  JsonTextValue unused, error, string, value;
  JsonParts errors, members;
  Name name;

  json_parts_init (&errors, &scope->errors);
  while (scope->errors.type == JSON_TEXT_ARRAY
      && json_parts_next (&errors, &unused, &error)) {
    JsonTextValue tag = {.type = JSON_TEXT_NULL }, hex = tag;

    json_parts_init (&members, &error);
    while (error.type == JSON_TEXT_OBJECT
        && json_parts_next (&members, &string, &value)) {
      read_name (&name, &string);
      if (is_name (&name, "tag"))
        tag = value;
      else if (is_name (&name, "hex"))
        hex = value;
    }

    const char *fault = hex.type == JSON_TEXT_NULL ? KLV_MISSING
        : put_hex_item (self, scope->set, &tag, &hex);
    if (fault)
      klv_leave_out (self->report, &path, fault);
  }
}

static void
sort_by_tag (Scope * scope)
{
  scope->n = 0;
  for (size_t i = 0; i < scope->set->n_items; i++)
    if (scope->values[i].text != NULL)
      scope->order[scope->n++] = i;
}

static const char *
put_scope (Writer * self, Scope * scope)
{
  const KlvSet *set = scope->set;
  bool number_is_next = set->has_number;

  if (set->kind == KLV_LOCAL_SET && !self->has_order)
    sort_by_tag (scope);
  if (number_is_next) {
    const KlvPath path = get_item_path (scope->path, &set->items[0]);

    /* it is the first of the items, and nothing is read without it */
    if (scope->values[0].text != NULL)
      put_items (self, scope, 0, &number_is_next);
    else
      klv_leave_out (self->report, &path, KLV_MISSING);
    if (number_is_next)
      return named;
  }
  for (size_t i = 0; i < scope->n; i++)
    if (!set->has_number || scope->order[i] > 0)
      put_items (self, scope, scope->order[i], &number_is_next);
  if (scope->unknown.text != NULL)
    put_unknown (self, scope);
  if (scope->errors.text != NULL)
    put_errors (self, scope);
  return NULL;
}

static const char *
put_set (Writer * self, const KlvPath * path, const KlvSet * set,
    const JsonTextValue * object)
{
  Scope scope;

  if (object->type != JSON_TEXT_OBJECT)
    return KLV_WRONG_TYPE;
  read_members (self, &scope, set, path, object, NULL);
  return put_scope (self, &scope);
}

/* Returns: whether there is no value, or none that can be written */
static bool
needs_default (Writer * self, const Scope * scope, const KlvItem * item)
{
  const JsonTextValue *value = &scope->values[item - scope->set->items];
  const KlvPath path = get_item_path (NULL, item);
  BytesWriter nothing = { NULL, 0, 0 };

  if (value->text == NULL)
    return true;
  /* a row of a database has null for what it has not */
  if (value->type == JSON_TEXT_NULL)
    return !self->is_copy;
  if (value->type == JSON_TEXT_ARRAY)
    return false;
  const char *fault = klv_encode (&nothing, item, item->type, value,
      (KlvForm) {
        0, self->is_copy
      });
  if (fault != NULL)
    klv_leave_out (self->report, &path, fault);
  return fault != NULL;
}

static void
set_default (Writer * self, Scope * scope, const char *name,
    const JsonTextValue * value)
{
  const KlvItem *item = klv_set_find_name (scope->set, name, strlen (name));

  if (item != NULL && value->text != NULL && needs_default (self, scope, item))
    set_value (scope, item, value);
}

/* The time comes first, the version behind what there is. */
static void
set_defaults (Writer * self, Scope * scope, const KlvRoot * root)
{
  const size_t n = scope->n;

  set_default (self, scope, TIME, &root->time);
  if (scope->n > n) {
    const uint8_t time = scope->order[n];

    memmove (scope->order + 1, scope->order, n);
    scope->order[0] = time;
  }
  set_default (self, scope, VERSION, &root->version);
}

void
klv_members_write (BytesWriter * writer, const KlvSet * set,
    const JsonTextValue * object, const KlvRoot * root, KlvWriteReport * report)
{
  Writer self = { writer, root->is_copy, false, report };
  Scope scope;

  read_members (&self, &scope, set, NULL, object, root->others);
  self.has_order = root->is_copy && root->head_end != NULL && (scope.n == 0
      || scope.values[scope.order[0]].text > root->head_end);
  set_defaults (&self, &scope, root);
  put_scope (&self, &scope);
}
