/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "jsontext.h"
#include "kafkaconf.h"
#include "kafkatemplate.h"

/* Text and names of members in turn, beginning and ending with text. */
static void
add_part (KafkaTemplate * template, GString * part)
{
  g_ptr_array_add (template, g_strdup (part->str));
  g_string_truncate (part, 0);
}

KafkaTemplate *
kafka_template_parse (const char *text, GError ** error)
{
  g_autoptr (KafkaTemplate) template = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) part = g_string_new (NULL);
  gboolean in_member = FALSE;

  for (const char *c = text; *c; c++) {
    if (!in_member && (*c == '{' || *c == '}') && c[1] == *c) {
      g_string_append_c (part, *c++);
    } else if (*c == (in_member ? '}' : '{')) {
      add_part (template, part);
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
  add_part (template, part);
  return g_steal_pointer (&template);
}

KafkaTemplate *
kafka_template_new_constant (const char *text)
{
  KafkaTemplate *template = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (template, g_strdup (text));
  return template;
}

const char *
kafka_template_get_constant (const KafkaTemplate * template)
{
  return template->len == 1 ? g_ptr_array_index (template, 0) : NULL;
}

gboolean
kafka_template_has_plain_names (const KafkaTemplate * template)
{
  for (guint i = 1; i < template->len; i += 2) {
    const char *name = g_ptr_array_index (template, i);

    if (*name == '\0'
        || name[strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.-")])
      return FALSE;
  }
  return TRUE;
}

void
kafka_template_list_members (const KafkaTemplate * template, GArray * members)
{
  for (guint i = 1; i < template->len; i += 2) {
    const JsonTextMember member = {.name = g_ptr_array_index (template, i) };

    g_array_append_val (members, member);
  }
}

static void
append_value (GString * result, const JsonTextValue * value)
{
  const gsize before = result->len;

  if (value->type != JSON_TEXT_STRING) {
    g_string_append_len (result, value->text, value->size);
    return;
  }
  g_string_set_size (result, before + value->size);
  g_string_truncate (result, before + json_text_unquote (value,
          result->str + before, value->size));
}

gboolean
kafka_template_expand (const KafkaTemplate * template,
    const JsonTextMember ** members, GString * result)
{
  gboolean is_whole = TRUE;

  for (guint i = 0; i < template->len; i++) {
    if (i % 2 == 0) {
      const char *text = g_ptr_array_index (template, i);

      if (*text)
        g_string_append (result, text);
      continue;
    }
    if ((*members)->found)
      append_value (result, &(*members)->value);
    else
      is_whole = FALSE;
    (*members)++;
  }
  return is_whole;
}
