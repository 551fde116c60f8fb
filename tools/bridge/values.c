/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "values.h"

#include <string.h>

#define KAFKA_PREFIX "kafka-"

static const GOptionEntry *
find_option (const Values * self, const char *name)
{
  const GOptionEntry *entry = self->entries;

  while (!g_str_equal (entry->long_name, name))
    entry++;
  return entry;
}

gboolean
values_are_on_line (const Values * self, const char *option)
{
  const GOptionEntry *entry = find_option (self, option);

  switch (entry->arg) {
    case G_OPTION_ARG_NONE:
      return *(gboolean *) entry->arg_data;
    case G_OPTION_ARG_INT:
      return *(int *) entry->arg_data != VALUES_NOT_GIVEN;
    default:
      return *(gpointer *) entry->arg_data != NULL;
  }
}

static const char *
get_group (const char *option)
{
  return g_str_has_prefix (option, KAFKA_PREFIX) ? CONFIG_KAFKA : CONFIG_BRIDGE;
}

/* The option in the file, in its group */
static const char *
get_key (const char *option)
{
  return g_str_has_prefix (option, KAFKA_PREFIX) ?
      option + strlen (KAFKA_PREFIX) : option;
}

const ConfigEntry *
values_find (const Values * self, const char *option)
{
  if (values_are_on_line (self, option) || !self->file)
    return NULL;
  return config_file_find (self->file, get_group (option), get_key (option));
}

void
values_add_fault (const Values * self, const char *option, const char *text)
{
  const ConfigEntry *entry = values_find (self, option);

  if (entry)
    values_line_fault (self, entry->line, "%s", text);
  else
    config_faults_add (self->faults, text);
}

void
values_fault (const Values * self, const char *option, const char *format, ...)
{
  g_autofree char *name = values_name_option (self, option);
  g_autofree char *text = NULL;
  g_autofree char *sentence = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  sentence = g_strconcat (name, " ", text, NULL);
  values_add_fault (self, option, sentence);
}

char *
values_name_option (const Values * self, const char *option)
{
  return self->file && !values_are_on_line (self, option) ?
      g_strdup (get_key (option)) : g_strconcat ("--", option, NULL);
}

const char *
values_get_text (const Values * self, const char *option, const char *without)
{
  const ConfigEntry *entry = values_find (self, option);

  if (values_are_on_line (self, option))
    return *(char **) find_option (self, option)->arg_data;
  return entry ? entry->value : without;
}

gboolean
values_get_flag (const Values * self, const char *option)
{
  static const char *const yes[] = { "true", "yes", "on", "1", NULL };
  static const char *const no[] = { "false", "no", "off", "0", NULL };
  const ConfigEntry *entry = values_find (self, option);

  if (!entry)
    return values_are_on_line (self, option);
  if (g_strv_contains (yes, entry->value))
    return TRUE;
  if (!g_strv_contains (no, entry->value))
    values_fault (self, option, "'%s' is neither true nor false", entry->value);
  return FALSE;
}

int
values_get_number (const Values * self, const char *option, int min, int max,
    int without, const char *unit)
{
  const ConfigEntry *entry = values_find (self, option);
  g_autofree char *text = NULL;
  gint64 number;

  if (!entry && !values_are_on_line (self, option))
    return without;
  text = entry ? g_strdup (entry->value) :
      g_strdup_printf ("%d", *(int *) find_option (self, option)->arg_data);
  if (g_ascii_string_to_signed (text, 10, min, max, &number, NULL))
    return (int) number;
  values_fault (self, option, "%s is not from %d to %d%s", text, min, max,
      unit);
  return without;
}

gboolean
values_is_kafka_option (const Values * self, const char *key)
{
  for (const GOptionEntry * entry = self->entries; entry->long_name; entry++)
    if (g_str_has_prefix (entry->long_name, KAFKA_PREFIX)
        && g_str_equal (get_key (entry->long_name), key))
      return TRUE;
  return FALSE;
}

gboolean
values_is_kafka_option_in_full (const Values * self, const char *key)
{
  return g_str_has_prefix (key, KAFKA_PREFIX)
      && values_is_kafka_option (self, get_key (key));
}

static gboolean
is_bridge_option (const Values * self, const char *key)
{
  for (const GOptionEntry * entry = self->entries; entry->long_name; entry++)
    if (g_str_equal (entry->long_name, key))
      return !g_str_has_prefix (key, KAFKA_PREFIX);
  return FALSE;
}

void
values_check_names (const Values * self, const char *const *others)
{
  const GPtrArray *lines = config_file_get_entries (self->file);

  for (guint i = 0; i < lines->len; i++) {
    const ConfigEntry *entry = lines->pdata[i];

    if (g_str_equal (entry->group, CONFIG_BRIDGE)
        && (!is_bridge_option (self, entry->key)
            || g_strv_contains (others, entry->key)))
      values_line_fault (self, entry->line, "%s is not known: [bridge] has the"
          " options of metakafka-bridge, without --, and [kafka] those that"
          " begin with --" KAFKA_PREFIX ", without that", entry->key);
  }
}

void
values_error (const Values * self, guint line, const GError * error)
{
  if (line > 0)
    values_line_fault (self, line, "%s", error->message);
  else
    config_faults_add (self->faults, error->message);
}

void
values_check_word (const Values * self, const char *option, const char *word,
    const char *const *known, const char *list)
{
  if (!g_strv_contains (known, word))
    values_fault (self, option, "'%s' is not known: give %s", word, list);
}
