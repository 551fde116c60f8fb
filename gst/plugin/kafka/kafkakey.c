/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "jsondup.h"
#include "kafkaconf.h"
#include "kafkakey.h"

/* Text and names of members in turn, beginning and ending with text. */
static void
add_part (KafkaKey * key, GString * part)
{
  g_ptr_array_add (key, g_strdup (part->str));
  g_string_truncate (part, 0);
}

KafkaKey *
kafka_key_parse (const char *text, GError ** error)
{
  g_autoptr (KafkaKey) key = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) part = g_string_new (NULL);
  gboolean in_member = FALSE;

  for (const char *c = text; *c; c++) {
    if (!in_member && (*c == '{' || *c == '}') && c[1] == *c) {
      g_string_append_c (part, *c++);
    } else if (*c == (in_member ? '}' : '{')) {
      add_part (key, part);
      in_member = !in_member;
    } else if (*c == '{' || *c == '}') {
      in_member = TRUE;
      break;
    } else {
      g_string_append_c (part, *c);
    }
  }
  if (in_member) {
    g_set_error (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        "The braces of the key template '%s' do not match: write {name} for a"
        " member, {{ and }} for braces", text);
    return NULL;
  }
  add_part (key, part);
  return g_steal_pointer (&key);
}

static void
append_member (GString * key, const char *name, const char *json, gsize size)
{
  JsonTextValue value;

  if (!json || !json_text_find (json, size, name, &value))
    return;

  gsize length;
  g_autofree char *text = json_dup_unquoted (&value, &length);

  g_string_append_len (key, text, length);
}

char *
kafka_key_expand (const KafkaKey * key, const char *json, gsize size,
    gsize * key_size)
{
  GString *result = g_string_new (NULL);

  for (guint i = 0; i < key->len; i++) {
    if (i % 2 == 0)
      g_string_append (result, g_ptr_array_index (key, i));
    else
      append_member (result, g_ptr_array_index (key, i), json, size);
  }
  *key_size = result->len;
  return g_string_free (result, result->len == 0);
}
