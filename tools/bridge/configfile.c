/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "configfile.h"

#include <string.h>

#include "jsontext.h"
#include "uri.h"

struct _ConfigFile
{
  char *path;
  GPtrArray *entries;           /* of ConfigEntry */
};

/* While it is read */
typedef struct
{
  ConfigFile *file;
  GPtrArray *faults;
  GKeyFile *keys;               /* for the values */
  GHashTable *seen;             /* of groups and of their keys: the line of each */
  const char *group;            /* of ours that the line is in; NULL: of none, or of one that
                                   is there already */
  char *header;                 /* the same, as GKeyFile has it */
  const char *camera;
  guint header_line;            /* of a camera without a key so far; else 0 */
  guint line;
} Reading;

static void
free_entry (gpointer data)
{
  ConfigEntry *entry = data;

  g_free ((char *) entry->camera);
  g_free ((char *) entry->key);
  g_free ((char *) entry->value);
  g_free (entry);
}

/* --- what is wrong --------------------------------------------------------------- */

static void
free_fault (gpointer data)
{
  ConfigFault *fault = data;

  g_free (fault->text);
  g_free (fault);
}

GPtrArray *
config_faults_new (void)
{
  return g_ptr_array_new_with_free_func (free_fault);
}

/* @text: (transfer full) */
static void
add_fault (GPtrArray * faults, guint line, char *text)
{
  ConfigFault *fault = g_new (ConfigFault, 1);

  *fault = (ConfigFault) {
  line, text};
  g_ptr_array_add (faults, fault);
}

void
config_faults_add (GPtrArray * faults, const char *text)
{
  add_fault (faults, 0, g_strdup (text));
}

static int
compare_faults (gconstpointer a, gconstpointer b)
{
  const ConfigFault *first = *(ConfigFault * const *) a;
  const ConfigFault *second = *(ConfigFault * const *) b;

  return first->line < second->line ? -1 : first->line > second->line;
}

void
config_faults_sort (GPtrArray * faults)
{
  /* which leaves those of one line in their order */
  g_ptr_array_sort (faults, compare_faults);
}

void
config_file_fault (const ConfigFile * self, GPtrArray * faults, guint line,
    const char *format, ...)
{
  g_autofree char *written = NULL;
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  written = g_strdup_vprintf (format, args);
  va_end (args);
  /* a URI may be in the wrong place */
  text = tool_hide_passwords (written);
  add_fault (faults, line, line > 0 ?
      g_strdup_printf ("%s:%u: %s", self->path, line, text) :
      g_strdup_printf ("%s: %s", self->path, text));
}

/* --- what GKeyFile says ---------------------------------------------------------- */

static gboolean
is_right (const char *text, gsize size)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();

  return g_key_file_load_from_data (keys, text, size, G_KEY_FILE_NONE, NULL);
}

/* GKeyFile names no line: it is the first one with which it reads no further. */
static guint
find_fault (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n_right = 0, n_wrong = g_strv_length (lines);

  while (n_wrong - n_right > 1) {
    const guint n = n_right + (n_wrong - n_right) / 2;
    const char *end = text;

    for (guint i = 0; i < n; i++)
      end += strlen (lines[i]) + 1;
    if (is_right (text, end - text))
      n_right = n;
    else
      n_wrong = n;
  }
  return n_wrong;
}

static void
tell_bad_line (const ConfigFile * self, const char *text, GPtrArray * faults)
{
  config_file_fault (self, faults, find_fault (text),
      "this is neither [kafka], [bridge], [camera NAME], nor KEY=VALUE below"
      " one of these, nor a comment, which begins with #: correct it");
}

/* --- lines ------------------------------------------------------------------------ */

static void
add (Reading * r, char *key, char *value, guint line)
{
  ConfigEntry *entry = g_new (ConfigEntry, 1);

  *entry = (ConfigEntry) {
  r->group, g_strdup (r->camera), key, value, line};
  g_ptr_array_add (r->file->entries, entry);
}

/* A camera that says nothing is known by its header. */
static void
end_group (Reading * r)
{
  if (r->header_line > 0)
    add (r, NULL, NULL, r->header_line);
  r->header_line = 0;
}

/* Returns whether there was none of that @name before. @name: (transfer full) */
static gboolean
is_first (Reading * r, char *name, const char *shown)
{
  const guint before = GPOINTER_TO_UINT (g_hash_table_lookup (r->seen, name));

  if (before == 0) {
    g_hash_table_insert (r->seen, name, GUINT_TO_POINTER (r->line));
    return TRUE;
  }
  g_free (name);
  config_file_fault (r->file, r->faults, r->line,
      "%s is there already, at line %u: delete one of them", shown, before);
  return FALSE;
}

static const char *
find_group (Reading * r)
{
  static const char camera[] = CONFIG_CAMERA " ";

  r->camera = NULL;
  if (g_str_equal (r->header, CONFIG_KAFKA))
    return CONFIG_KAFKA;
  if (g_str_equal (r->header, CONFIG_BRIDGE))
    return CONFIG_BRIDGE;
  if (!g_str_has_prefix (r->header, camera))
    return NULL;
  r->camera = r->header + strlen (camera);
  while (g_ascii_isspace (*r->camera))
    r->camera++;
  return CONFIG_CAMERA;
}

/* @line: "[NAME]", with blanks behind it at most */
static void
read_header (Reading * r, const char *line)
{
  g_autofree char *shown = NULL;

  end_group (r);
  g_free (r->header);
  r->header = g_strndup (line + 1, strcspn (line, "]") - 1);
  r->group = find_group (r);
  shown = r->camera ? g_strdup_printf ("[" CONFIG_CAMERA " %s]", r->camera) :
      g_strdup_printf ("[%s]", r->header);
  if (!r->group)
    config_file_fault (r->file, r->faults, r->line, "%s is not known: write"
        " [kafka], [bridge] or [camera NAME]", shown);
  else if (!is_first (r, g_strdup (shown), shown))
    r->group = NULL;
  else if (r->camera)
    r->header_line = r->line;
}

/* GKeyFile takes blanks at the end of a line along, which nobody sees.
 * Returns: (transfer full) (nullable): NULL: it cannot be read */
static char *
get_value (Reading * r, const char *key)
{
  g_autofree char *raw = g_key_file_get_value (r->keys, r->header, key, NULL);
  g_autofree char *value = NULL;
  g_autoptr (GError) error = NULL;

  if (!raw)
    return NULL;
  g_key_file_set_value (r->keys, r->header, key, g_strchomp (raw));
  value = g_key_file_get_string (r->keys, r->header, key, &error);
  return error ? NULL : g_steal_pointer (&value);
}

static void
read_value (Reading * r, const char *line)
{
  g_autofree char *key = g_strndup (line, strcspn (line, "="));
  g_autofree char *value = NULL;

  r->header_line = 0;
  g_strchomp (key);
  /* that the group is not known, or there already, was said */
  if (!r->group || !is_first (r, g_strconcat (r->header, "\n", key, NULL), key))
    return;
  value = get_value (r, key);
  if (strchr (key, '['))
    config_file_fault (r->file, r->faults, r->line, "%s is not known: there are"
        " no values for languages", key);
  else if (value)
    add (r, g_steal_pointer (&key), g_steal_pointer (&value), r->line);
  else
    config_file_fault (r->file, r->faults, r->line, "%s has a value that is no"
        " UTF-8, or has a \\ that is none of \\\\ \\s \\n \\t \\r: correct it",
        key);
}

static void
read_lines (Reading * r, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++) {
    const char *line = g_strchug (lines[i]);

    r->line = i + 1;
    if (*line == '[')
      read_header (r, line);
    else if (*line != '#' && *line != '\0')
      read_value (r, line);
  }
  end_group (r);
}

/* Whether it is a pipe or the like, which may have no end */
static gboolean
is_stream (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS)
      && !g_file_test (path, G_FILE_TEST_IS_REGULAR)
      && !g_file_test (path, G_FILE_TEST_IS_DIR);
}

ConfigFile *
config_file_load (const char *path, GPtrArray * faults)
{
  g_autoptr (ConfigFile) self = g_new0 (ConfigFile, 1);
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  Reading reading = { self, faults, keys, seen };
  const char *rest;
  gsize size;

  self->path = g_strdup (path);
  self->entries = g_ptr_array_new_with_free_func (free_entry);
  if (is_stream (path)) {
    config_file_fault (self, faults, 0, "This is no file, and can be read only"
        " once, but SIGHUP reads it again: give a file");
    return NULL;
  }
  if (!g_file_get_contents (path, &text, &size, &error)) {
    config_file_fault (self, faults, 0, "Could not read the configuration: %s."
        " Check the file's name and permissions", error->message);
    return NULL;
  }
  rest = text;
  json_text_skip_mark (&rest, &size);
  if (memchr (rest, '\0', size)) {
    config_file_fault (self, faults, 0, "This is no text: it has a NUL");
    return NULL;
  }
  if (!g_key_file_load_from_data (keys, rest, size, G_KEY_FILE_NONE, NULL)) {
    tell_bad_line (self, rest, faults);
    return NULL;
  }
  read_lines (&reading, rest);
  g_free (reading.header);
  return g_steal_pointer (&self);
}

void
config_file_free (ConfigFile * self)
{
  g_ptr_array_unref (self->entries);
  g_free (self->path);
  g_free (self);
}

const char *
config_file_get_path (const ConfigFile * self)
{
  return self->path;
}

const GPtrArray *
config_file_get_entries (const ConfigFile * self)
{
  return self->entries;
}

const ConfigEntry *
config_file_find (const ConfigFile * self, const char *group, const char *key)
{
  for (guint i = 0; i < self->entries->len; i++) {
    const ConfigEntry *entry = self->entries->pdata[i];

    if (!entry->camera && g_str_equal (entry->group, group)
        && g_str_equal (entry->key, key))
      return entry;
  }
  return NULL;
}
