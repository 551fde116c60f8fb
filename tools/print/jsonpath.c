/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonpath.h"

#include <string.h>

#include "path.h"

/* JsonPath finds members by their names. The other steps are made here: JsonPath (1.6)
 * complains of an index that an array lacks, takes what has no parts for its own part, and
 * does not look for a name of any depth within what it has found, and takes the name '*' for
 * all names. It also reads behind the end of an expression that breaks off, so only what is
 * understood here gets there. */
typedef enum
{
  STEP_NONE,                    /* behind the last names */
  STEP_MEMBERS,
  STEP_STAR,                    /* the member of this name */
  STEP_ELEMENTS,
  STEP_ELEMENT,
  STEP_ANY_DEPTH
} Step;

typedef struct
{
  JsonPath *names;              /* or NULL: none before the step */
  Step step;
  guint index;                  /* of STEP_ELEMENT */
  char *name;                   /* of STEP_ANY_DEPTH */
} Piece;

struct _Jsonpath
{
  GArray *pieces;               /* the last one has STEP_NONE */
};

static void
clear_piece (gpointer data)
{
  Piece *piece = data;

  g_clear_object (&piece->names);
  g_free (piece->name);
}

/* Takes the names that were read, and empties them. Takes over @name. */
static void
add_piece (Jsonpath * path, GString * names, Step step, guint index, char *name)
{
  Piece piece = {.step = step,.index = index,.name = name };

  if (names->len > 0) {
    g_string_prepend_c (names, '$');
    piece.names = json_path_new ();
    json_path_compile (piece.names, names->str, NULL);
    g_string_truncate (names, 0);
  }
  g_array_append_val (path->pieces, piece);
}

/* [N]. Returns its size, or 0. */
static gsize
read_index (const char *text, guint * index)
{
  const gsize n_digits = strspn (text + 1, "0123456789");

  /* nine digits fit */
  if (*text != '[' || n_digits == 0 || n_digits > 9
      || text[1 + n_digits] != ']')
    return 0;
  *index = g_ascii_strtoull (text + 1, NULL, 10);
  return n_digits + 2;
}

/* .NAME, ..NAME or ['NAME']. Returns its size, or 0. */
static gsize
measure_name (const char *text)
{
  if (g_str_has_prefix (text, "['")) {
    const char *quote = strchr (text + 2, '\'');

    return quote && quote > text + 2 && quote[1] == ']' ? quote + 2 - text : 0;
  } else {
    const gsize n_dots = strspn (text, ".");
    const gsize size = strcspn (text + n_dots, ".[*'");

    return n_dots >= 1 && n_dots <= 2 && size > 0 ? n_dots + size : 0;
  }
}

/* Returns the size of the step that @text begins with, or 0 if there is none. */
static gsize
read_step (Jsonpath * path, GString * names, const char *text)
{
  static const struct
  {
    const char *text;
    Step step;
  } all[] = {
    {".*", STEP_MEMBERS}, {"['*']", STEP_STAR}, {"[*]", STEP_ELEMENTS}
  };
  guint index;
  gsize size;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    if (g_str_has_prefix (text, all[i].text)) {
      add_piece (path, names, all[i].step, 0, NULL);
      return strlen (all[i].text);
    }
  }
  size = read_index (text, &index);
  if (size > 0) {
    add_piece (path, names, STEP_ELEMENT, index, NULL);
    return size;
  }
  size = measure_name (text);
  if (size > 0 && text[1] == '.')
    add_piece (path, names, STEP_ANY_DEPTH, 0, g_strndup (text + 2, size - 2));
  else
    g_string_append_len (names, text, size);
  return size;
}

Jsonpath *
jsonpath_new (const char *text, GError ** error)
{
  g_autoptr (Jsonpath) path = g_new (Jsonpath, 1);
  g_autoptr (GString) names = g_string_new (NULL);
  const char *next = text + 1;

  path->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_array_set_clear_func (path->pieces, clear_piece);
  while (*next != '\0') {
    const gsize size = read_step (path, names, next);

    if (size == 0) {
      g_set_error (error, PATH_ERROR, 0, "'%s' is no JSONPath from '%s' on:"
          " write steps of .NAME, ['NAME'], ..NAME, .*, [*] or [N]", text,
          next);
      return NULL;
    }
    next += size;
  }
  add_piece (path, names, STEP_NONE, 0, NULL);
  return g_steal_pointer (&path);
}

void
jsonpath_free (Jsonpath * path)
{
  g_array_unref (path->pieces);
  g_free (path);
}

/* On the way through a copy */
typedef struct
{
  const Jsonpath *path;
  JsonCopy *copy;
    gboolean (*func) (const JsonTextValue * value, gpointer data);
  gpointer data;
} Walk;

/* The functions below return whether to go on. */

static gboolean follow (const Walk * walk, guint i, JsonNode * node);

static gboolean
follow_elements (const Walk * walk, guint i, JsonArray * array)
{
  const guint n = json_array_get_length (array);
  gboolean go_on = TRUE;

  for (guint k = 0; go_on && k < n; k++)
    go_on = follow (walk, i, json_array_get_element (array, k));
  return go_on;
}

static gboolean
follow_members (const Walk * walk, guint i, JsonObject * object)
{
  gboolean go_on = TRUE;
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init_ordered (&iter, object);
  while (go_on && json_object_iter_next_ordered (&iter, &name, &member))
    go_on = follow (walk, i, member);
  return go_on;
}

static gboolean
follow_star (const Walk * walk, guint i, JsonObject * object)
{
  JsonNode *member = json_object_get_member (object, "*");

  return !member || follow (walk, i, member);
}

static gboolean
follow_any_depth (const Walk * walk, guint i, JsonNode * node,
    const char *wanted)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  gboolean go_on = TRUE;

  if (JSON_NODE_HOLDS_OBJECT (node)) {
    json_object_iter_init_ordered (&iter, json_node_get_object (node));
    while (go_on && json_object_iter_next_ordered (&iter, &name, &member)) {
      go_on = strcmp (name, wanted) != 0 || follow (walk, i, member);
      go_on = go_on && follow_any_depth (walk, i, member, wanted);
    }
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);
    const guint n = json_array_get_length (array);

    for (guint k = 0; go_on && k < n; k++)
      go_on = follow_any_depth (walk, i, json_array_get_element (array, k),
          wanted);
  }
  return go_on;
}

/* From a node that the names of piece @i have led to */
static gboolean
make_step (const Walk * walk, guint i, JsonNode * node)
{
  const Piece *piece = &g_array_index (walk->path->pieces, Piece, i);

  switch (piece->step) {
    case STEP_NONE:
      return walk->func (json_copy_get_text (walk->copy, node), walk->data);
    case STEP_MEMBERS:
      return !JSON_NODE_HOLDS_OBJECT (node)
          || follow_members (walk, i + 1, json_node_get_object (node));
    case STEP_STAR:
      return !JSON_NODE_HOLDS_OBJECT (node)
          || follow_star (walk, i + 1, json_node_get_object (node));
    case STEP_ELEMENTS:
      return !JSON_NODE_HOLDS_ARRAY (node)
          || follow_elements (walk, i + 1, json_node_get_array (node));
    case STEP_ELEMENT:
      return !JSON_NODE_HOLDS_ARRAY (node)
          || piece->index >= json_array_get_length (json_node_get_array (node))
          || follow (walk, i + 1,
          json_array_get_element (json_node_get_array (node), piece->index));
    case STEP_ANY_DEPTH:
      return follow_any_depth (walk, i + 1, node, piece->name);
  }
  return TRUE;
}

/* @i: of a piece */
static gboolean
follow (const Walk * walk, guint i, JsonNode * node)
{
  const Piece *piece = &g_array_index (walk->path->pieces, Piece, i);
  JsonNode *found;
  JsonArray *nodes;
  gboolean go_on = TRUE;

  if (!piece->names)
    return make_step (walk, i, node);
  found = json_path_match (piece->names, node);
  nodes = json_node_get_array (found);
  for (guint k = 0; go_on && k < json_array_get_length (nodes); k++)
    go_on = make_step (walk, i, json_array_get_element (nodes, k));
  json_node_unref (found);
  return go_on;
}

void
jsonpath_foreach (const Jsonpath * path, JsonCopy * copy,
    gboolean (*func) (const JsonTextValue * value, gpointer data),
    gpointer data)
{
  const Walk walk = { path, copy, func, data };

  follow (&walk, 0, json_copy_get_root (copy));
}
