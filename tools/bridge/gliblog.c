/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gliblog.h"

#include <string.h>

#include "common.h"
#include "notice.h"

/* What is worth a line. Of the rest, G_MESSAGES_DEBUG chooses. */
#define SAID (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING \
    | G_LOG_LEVEL_MESSAGE)

/* What comes from outside may be part of a message, and so there may be any number of kinds:
 * one more is of one kind with all others. */
#define MAX_KINDS 100
#define OTHERS ""

static GMutex lock;
static GHashTable *notices;     /* of kinds; under lock */

static void
notice_free (gpointer notice)
{
  notice_clear (notice);
  g_free (notice);
}

/* Returns: (transfer full): the letters of @text: its numbers make it no other kind */
static char *
get_kind (const char *text)
{
  GString *kind = g_string_new (NULL);

  for (; *text; text++)
    if (g_ascii_isalpha (*text))
      g_string_append_c (kind, *text);
  return g_string_free (kind, FALSE);
}

/* Returns: (transfer none) */
static Notice *
get_notice (const char *text)
{
  g_autofree char *kind = get_kind (text);
  Notice *notice = g_hash_table_lookup (notices, kind);

  if (notice)
    return notice;
  if (g_hash_table_size (notices) >= MAX_KINDS) {
    g_free (kind);
    kind = g_strdup (OTHERS);
    notice = g_hash_table_lookup (notices, kind);
  }
  if (!notice) {
    notice = g_new0 (Notice, 1);
    g_hash_table_insert (notices, g_steal_pointer (&kind), notice);
  }
  return notice;
}

/* Returns: (transfer full): the value of a field, which may have no NUL */
static char *
dup_field (const GLogField * fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, key))
      return fields[i].length < 0 ? g_strdup (fields[i].value) :
          g_strndup (fields[i].value, fields[i].length);
  return NULL;
}

/* A #GLogWriterFunc. What is fatal GLib ends the program for by itself. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField * fields, gsize n_fields,
    gpointer data)
{
  g_autofree char *domain = NULL, *message = NULL, *text = NULL;
  char *line;

  if (!(level & SAID))
    return g_log_writer_default (level, fields, n_fields, data);
  domain = dup_field (fields, n_fields, "GLIB_DOMAIN");
  message = dup_field (fields, n_fields, "MESSAGE");
  text = g_strdup_printf ("a library, %s, says: %s; report it if anything else"
      " is wrong", domain ? domain : "without a name", message ? message : "");
  g_mutex_lock (&lock);
  line = notice_say (get_notice (text), text, g_get_monotonic_time ());
  g_mutex_unlock (&lock);
  tool_warn_take (line);
  return G_LOG_WRITER_HANDLED;
}

void
glib_log_take (void)
{
  if (g_getenv ("G_DEBUG"))
    return;
  notices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      notice_free);
  g_log_set_writer_func (write_log, NULL, NULL);
}

void
glib_log_tick (void)
{
  g_autoptr (GPtrArray) due = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer notice;

  if (!notices)
    return;
  g_mutex_lock (&lock);
  g_hash_table_iter_init (&iter, notices);
  while (g_hash_table_iter_next (&iter, NULL, &notice))
    g_ptr_array_add (due, notice_tick (notice, g_get_monotonic_time ()));
  g_mutex_unlock (&lock);
  for (guint i = 0; i < due->len; i++)
    tool_warn_take (due->pdata[i]);
}
