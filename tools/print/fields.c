/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "fields.h"

#include <string.h>

#include "jsondup.h"
#include "jsonparts.h"
#include "path.h"

/* A member that is shown, or some of whose members are */
typedef struct
{
  char *name;                   /* NULL of the record itself */
  gboolean is_whole;
  GPtrArray *members;           /* of Member */
} Member;

/* A JSONPath */
typedef struct
{
  char *name;                   /* as a string of JSON */
  Path *path;
} Search;

struct _Fields
{
  Member *record;
  GPtrArray *searches;          /* of Search */
};

static void
member_free (gpointer data)
{
  Member *member = data;

  g_ptr_array_unref (member->members);
  g_free (member->name);
  g_free (member);
}

static Member *
member_new (const char *name)
{
  Member *member = g_new0 (Member, 1);

  member->name = g_strdup (name);
  member->members = g_ptr_array_new_with_free_func (member_free);
  return member;
}

static void
search_free (gpointer data)
{
  Search *search = data;

  path_free (search->path);
  g_free (search->name);
  g_free (search);
}

static const Member *
find (const Member * member, const char *name, gsize size)
{
  for (guint i = 0; i < member->members->len; i++) {
    const Member *found = member->members->pdata[i];

    if (strlen (found->name) == size && memcmp (found->name, name, size) == 0)
      return found;
  }
  return NULL;
}

static void
add_names (Member * member, char *const *names)
{
  for (; *names; names++) {
    Member *next = (Member *) find (member, *names, strlen (*names));

    if (!next) {
      next = member_new (*names);
      g_ptr_array_add (member->members, next);
    }
    member = next;
  }
  member->is_whole = TRUE;
}

static gboolean
has_search (const Fields * fields, const char *name)
{
  for (guint i = 0; i < fields->searches->len; i++)
    if (strcmp (((const Search *) fields->searches->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

/* Twice the same name would be an object that programs read differently. Takes over @path. */
static void
add_search (Fields * fields, const char *text, Path * path)
{
  g_autofree char *name = json_dup_quoted (text, strlen (text), NULL);
  Search *search;

  if (has_search (fields, name)) {
    path_free (path);
    return;
  }
  search = g_new (Search, 1);
  search->name = g_steal_pointer (&name);
  search->path = path;
  g_ptr_array_add (fields->searches, search);
}

static gboolean
add_path (Fields * fields, const char *text, GError ** error)
{
  g_autoptr (Path) path = path_new (text, error);

  if (!path)
    return FALSE;
  if (path_get_names (path))
    add_names (fields->record, path_get_names (path));
  else
    add_search (fields, text, g_steal_pointer (&path));
  return TRUE;
}

Fields *
fields_new (const char *text, GError ** error)
{
  g_autoptr (Fields) fields = g_new (Fields, 1);
  gsize size;

  fields->record = member_new (NULL);
  fields->searches = g_ptr_array_new_with_free_func (search_free);
  for (;; text += size + 1) {
    g_autofree char *path = NULL;

    size = path_measure (text, ",");
    path = g_strstrip (g_strndup (text, size));
    if (!add_path (fields, path, error))
      return NULL;
    if (text[size] == '\0')
      return g_steal_pointer (&fields);
  }
}

void
fields_free (Fields * fields)
{
  member_free (fields->record);
  g_ptr_array_unref (fields->searches);
  g_free (fields);
}

static const Member *
find_quoted (const Member * member, const JsonTextValue * name)
{
  g_autofree char *unquoted = NULL;
  gsize size;

  if (!memchr (name->text, '\\', name->size))
    return find (member, name->text + 1, name->size - 2);
  unquoted = json_dup_unquoted (name, &size);
  return find (member, unquoted, size);
}

/* The functions below append what there is of a value. */

static void append_value (const Member * member, const JsonTextValue * value,
    GString * text);

/* Whether anything of @value is shown: it is whole, or has parts */
static gboolean
is_shown (const Member * member, const JsonTextValue * value)
{
  return member && (member->is_whole || value->type == JSON_TEXT_OBJECT
      || value->type == JSON_TEXT_ARRAY);
}

static void
append_comma (GString * text)
{
  const char last = text->str[text->len - 1];

  if (last != '{' && last != '[')
    g_string_append_c (text, ',');
}

static void
append_object (const Member * member, const JsonTextValue * object,
    GString * text)
{
  JsonTextValue name, value;
  JsonParts parts;

  g_string_append_c (text, '{');
  json_parts_init (&parts, object);
  while (json_parts_next (&parts, &name, &value)) {
    const Member *found = find_quoted (member, &name);

    if (is_shown (found, &value)) {
      append_comma (text);
      g_string_append_len (text, name.text, name.size);
      g_string_append_c (text, ':');
      append_value (found, &value, text);
    }
  }
  g_string_append_c (text, '}');
}

static void
append_array (const Member * member, const JsonTextValue * array,
    GString * text)
{
  JsonTextValue name, element;
  JsonParts parts;

  g_string_append_c (text, '[');
  json_parts_init (&parts, array);
  while (json_parts_next (&parts, &name, &element)) {
    if (is_shown (member, &element)) {
      append_comma (text);
      append_value (member, &element, text);
    }
  }
  g_string_append_c (text, ']');
}

static void
append_value (const Member * member, const JsonTextValue * value,
    GString * text)
{
  if (member->is_whole)
    g_string_append_len (text, value->text, value->size);
  else if (value->type == JSON_TEXT_OBJECT)
    append_object (member, value, text);
  else
    append_array (member, value, text);
}

static gboolean
append_found (const JsonTextValue * value, gpointer data)
{
  GString *text = data;

  append_comma (text);
  g_string_append_len (text, value->text, value->size);
  return TRUE;
}

/* Members behind those that an object has */
static void
append_searches (const Fields * fields, Record * record, GString * text)
{
  g_string_truncate (text, text->len - 1);
  for (guint i = 0; i < fields->searches->len; i++) {
    const Search *search = fields->searches->pdata[i];

    append_comma (text);
    g_string_append_printf (text, "%s:[", search->name);
    path_foreach (search->path, record, append_found, text);
    g_string_append_c (text, ']');
  }
  g_string_append_c (text, '}');
}

void
fields_append (const Fields * fields, Record * record, GString * text)
{
  const JsonTextType type = record_is_json (record) ? record->json.type :
      JSON_TEXT_NULL;

  /* an array has no place for members of searches */
  if (type == JSON_TEXT_ARRAY && fields->searches->len == 0) {
    append_array (fields->record, &record->json, text);
    return;
  }
  if (type == JSON_TEXT_OBJECT)
    append_object (fields->record, &record->json, text);
  else
    g_string_append (text, "{}");
  append_searches (fields, record, text);
}
