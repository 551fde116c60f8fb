/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsoncopy.h"

#include "jsonname.h"
#include "jsonparts.h"

struct _JsonCopy
{
  JsonNode *root;
  GArray *texts;                /* of JsonTextValue: of all nodes */
  GHashTable *containers;       /* JsonObject or JsonArray: index of its text */
};

static JsonNode *copy_value (JsonCopy * copy, const JsonTextValue * value);

static JsonNode *
copy_object (JsonCopy * copy, const JsonTextValue * value, guint index)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonTextValue name, member;
  JsonParts parts;

  json_parts_init (&parts, value);
  while (json_parts_next (&parts, &name, &member)) {
    g_autofree char *text = json_name_dup (&name);

    json_object_set_member (object, text, copy_value (copy, &member));
  }
  g_hash_table_insert (copy->containers, object, GUINT_TO_POINTER (index));
  json_node_take_object (node, object);
  return node;
}

static JsonNode *
copy_array (JsonCopy * copy, const JsonTextValue * value, guint index)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();
  JsonTextValue name, element;
  JsonParts parts;

  json_parts_init (&parts, value);
  while (json_parts_next (&parts, &name, &element))
    json_array_add_element (array, copy_value (copy, &element));
  g_hash_table_insert (copy->containers, array, GUINT_TO_POINTER (index));
  json_node_take_array (node, array);
  return node;
}

static JsonNode *
copy_value (JsonCopy * copy, const JsonTextValue * value)
{
  const guint index = copy->texts->len;
  JsonNode *node;

  g_array_append_vals (copy->texts, value, 1);
  switch (value->type) {
    case JSON_TEXT_OBJECT:
      return copy_object (copy, value, index);
    case JSON_TEXT_ARRAY:
      return copy_array (copy, value, index);
    default:
      node = json_node_new (JSON_NODE_VALUE);
      json_node_set_int (node, index);
      return node;
  }
}

JsonCopy *
json_copy_new (const JsonTextValue * json)
{
  JsonCopy *copy = g_new (JsonCopy, 1);

  copy->texts = g_array_new (FALSE, FALSE, sizeof (JsonTextValue));
  copy->containers = g_hash_table_new (NULL, NULL);
  copy->root = copy_value (copy, json);
  return copy;
}

void
json_copy_free (JsonCopy * copy)
{
  json_node_unref (copy->root);
  g_hash_table_unref (copy->containers);
  g_array_unref (copy->texts);
  g_free (copy);
}

JsonNode *
json_copy_get_root (JsonCopy * copy)
{
  return copy->root;
}

/* A node that JsonPath finds is a copy, but has the object or array of the one that it
 * was made of. */
const JsonTextValue *
json_copy_get_text (JsonCopy * copy, JsonNode * node)
{
  guint index;

  if (JSON_NODE_HOLDS_VALUE (node))
    index = json_node_get_int (node);
  else
    index = GPOINTER_TO_UINT (g_hash_table_lookup (copy->containers,
            JSON_NODE_HOLDS_OBJECT (node) ?
            (gpointer) json_node_get_object (node) :
            (gpointer) json_node_get_array (node)));
  return &g_array_index (copy->texts, JsonTextValue, index);
}
