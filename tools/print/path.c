/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "path.h"

#include <string.h>

#include "jsonparts.h"
#include "jsonpath.h"

struct _Path
{
  char **names;                 /* or NULL */
  Jsonpath *jsonpath;           /* or NULL */
};

/* *INDENT-OFF*: indent puts blanks into the name, and moves what follows */
G_DEFINE_QUARK (metakafka-path-error, path_error)
/* *INDENT-ON* */

Path *
path_new (const char *text, GError ** error)
{
  g_autoptr (Path) path = g_new0 (Path, 1);

  if (*text == '$') {
    path->jsonpath = jsonpath_new (text, error);
    return path->jsonpath ? g_steal_pointer (&path) : NULL;
  }
  path->names = g_strsplit (text, ".", -1);
  for (char **name = path->names; *name; name++)
    g_strstrip (*name);
  if (!path->names[0]
      || g_strv_contains ((const char *const *) path->names, "")) {
    g_set_error (error, PATH_ERROR, 0,
        "'%s' lacks a name: write names of"
        " members with a dot between, as in objects.label", text);
    return NULL;
  }
  return g_steal_pointer (&path);
}

void
path_free (Path * path)
{
  g_strfreev (path->names);
  g_clear_pointer (&path->jsonpath, jsonpath_free);
  g_free (path);
}

char **
path_get_names (const Path * path)
{
  return path->names;
}

/* Returns whether to go on. */
static gboolean
follow (const JsonTextValue * value, char *const *names, PathFunc func,
    gpointer data)
{
  JsonTextValue name, part;
  gboolean go_on = TRUE;
  JsonParts parts;

  if (!*names)
    return func (value, data);
  if (value->type == JSON_TEXT_OBJECT
      && json_text_find (value->text, value->size, *names, &part))
    return follow (&part, names + 1, func, data);
  if (value->type == JSON_TEXT_ARRAY) {
    json_parts_init (&parts, value);
    while (go_on && json_parts_next (&parts, &name, &part))
      go_on = follow (&part, names, func, data);
  }
  return go_on;
}

void
path_foreach (const Path * path, Record * record, PathFunc func, gpointer data)
{
  if (!record_is_json (record))
    return;
  if (path->names)
    follow (&record->json, path->names, func, data);
  else
    jsonpath_foreach (path->jsonpath, record_get_copy (record), func, data);
}

gsize
path_measure (const char *text, const char *ends)
{
  const gboolean has_brackets = text[strspn (text, " \f\n\r\t\v")] == '$';
  gboolean quoted = FALSE;
  gsize n = 0;

  while (text[n] != '\0' && (quoted || !strchr (ends, text[n]))) {
    const char *bracket = text + n;

    if (has_brackets && strncmp (bracket, "['", 2) == 0)
      quoted = TRUE;
    else if (strncmp (bracket, "']", 2) == 0)
      quoted = FALSE;
    n++;
  }
  return n;
}
