/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "jsondup.h"
#include "kafkaconf.h"
#include "kafkakey.h"

typedef struct
{
  char *text;
  gboolean is_member;           /* text is the name of a member */
} Part;

struct _KafkaKey
{
  gatomicrefcount ref_count;
  GArray *parts;                /* of Part */
};

static void
clear_part (gpointer data)
{
  g_free (((Part *) data)->text);
}

static void
add_part (KafkaKey * key, GString * text, gboolean is_member)
{
  const Part part = { g_strndup (text->str, text->len), is_member };

  g_array_append_val (key->parts, part);
  g_string_truncate (text, 0);
}

KafkaKey *
kafka_key_parse (const char *text, GError ** error)
{
  KafkaKey *key = g_new (KafkaKey, 1);
  g_autoptr (GString) part = g_string_new (NULL);
  gboolean in_member = FALSE;

  g_atomic_ref_count_init (&key->ref_count);
  key->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (key->parts, clear_part);

  for (const char *c = text; *c; c++) {
    if (!in_member && (*c == '{' || *c == '}') && c[1] == *c) {
      g_string_append_c (part, *c++);
    } else if (*c == (in_member ? '}' : '{')) {
      add_part (key, part, in_member);
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
    kafka_key_unref (key);
    return NULL;
  }
  add_part (key, part, FALSE);
  return key;
}

KafkaKey *
kafka_key_ref (KafkaKey * key)
{
  g_atomic_ref_count_inc (&key->ref_count);
  return key;
}

void
kafka_key_unref (KafkaKey * key)
{
  if (!g_atomic_ref_count_dec (&key->ref_count))
    return;
  g_array_unref (key->parts);
  g_free (key);
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

  for (guint i = 0; i < key->parts->len; i++) {
    const Part *part = &g_array_index (key->parts, Part, i);

    if (part->is_member)
      append_member (result, part->text, json, size);
    else
      g_string_append (result, part->text);
  }
  *key_size = result->len;
  return g_string_free (result, result->len == 0);
}
