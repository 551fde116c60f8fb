/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "lines.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "common.h"
#include "jsontext.h"

#define MAX_TOLD 10
#define MAX_WAITING 10000

struct _Lines
{
  char *name;                   /* for people */
  char *path;                   /* that the thread opens */
  FILE *file;
  gboolean is_live;
  guint64 number;               /* of the last line, from 1 */
  guint n_passes;
  guint64 n_wrong;              /* atomic is not needed: one thread reads */
  char *buffer;                 /* LINES_MAX_SIZE + 1 */
  GMutex lock;
  GCond taken;
  GQueue waiting;               /* of Line, under lock */
};

/* Returns: FALSE at the end of the file
 * @size: (out): LINES_MAX_SIZE + 1 if the line is longer than that */
static gboolean
read_line (Lines * self, gsize * size)
{
  int c;

  *size = 0;
  while ((c = getc_unlocked (self->file)) != EOF && c != '\n')
    if (*size <= LINES_MAX_SIZE)
      self->buffer[(*size)++] = c;
  self->number++;
  return c != EOF || *size > 0;
}

void
lines_complain (Lines * self, const char *what)
{
  if (self->n_passes > 0)
    return;
  if (++self->n_wrong <= MAX_TOLD)
    tool_warn ("%s:%" G_GUINT64_FORMAT ": %s", self->name, self->number, what);
  if (self->n_wrong == MAX_TOLD + 1)
    tool_warn ("%s: further lines that are wrong are only counted", self->name);
}

guint64
lines_get_wrong (Lines * self)
{
  return self->n_wrong;
}

static gboolean
read_next (Lines * self, Line * line)
{
  const char *text;
  gsize size;

  while (read_line (self, &size)) {
    *line = (Line) {
    NULL};
    if (size > LINES_MAX_SIZE) {
      lines_complain (self, "longer than 65536 bytes, the most that goes"
          " with a frame: left out; make it shorter");
      return TRUE;
    }
    text = self->buffer;
    if (self->number == 1)
      json_text_skip_mark (&text, &size);
    size = json_text_trim (text, size);
    while (size > 0 && strchr (" \t\r", *text)) {
      text++;
      size--;
    }
    if (size == 0)
      continue;
    if (json_text_is_object (text, size)) {
      line->text = g_strndup (text, size);
      line->size = size;
    } else {
      lines_complain (self, "not a JSON object: left out; each line is to be"
          " one, such as {\"a\": 1}");
    }
    return TRUE;
  }
  return FALSE;
}

/* Waits while too many lines wait. */
static gpointer
read_live (gpointer data)
{
  Lines *self = data;
  Line line;

  if (!self->file && !(self->file = fopen (self->path, "r"))) {
    tool_warn ("%s: %s: no metadata from there; check --metadata", self->name,
        g_strerror (errno));
    return NULL;
  }
  while (read_next (self, &line)) {
    if (!line.text)
      continue;
    g_mutex_lock (&self->lock);
    while (self->waiting.length >= MAX_WAITING)
      g_cond_wait (&self->taken, &self->lock);
    g_queue_push_tail (&self->waiting, g_memdup2 (&line, sizeof (line)));
    g_mutex_unlock (&self->lock);
  }
  return NULL;
}

Lines *
lines_open (const char *path, GError ** error)
{
  const gboolean is_stdin = !strcmp (path, "-");
  const gboolean is_live = is_stdin || (g_file_test (path, G_FILE_TEST_EXISTS)
      && !g_file_test (path, G_FILE_TEST_IS_REGULAR)
      && !g_file_test (path, G_FILE_TEST_IS_DIR));
  FILE *file = is_stdin ? stdin : is_live ? NULL : fopen (path, "r");
  Lines *self;

  if (file && g_file_test (path, G_FILE_TEST_IS_DIR)) {
    fclose (file);
    file = NULL;
    errno = EISDIR;
  }
  if (!file && !is_live) {
    const int saved = errno;

    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved),
        "%s: %s: check --metadata", path, g_strerror (saved));
    return NULL;
  }
  self = g_new0 (Lines, 1);
  self->name = g_strdup (is_stdin ? "stdin" : path);
  self->path = g_strdup (path);
  self->file = file;
  self->is_live = is_live;
  self->buffer = g_malloc (LINES_MAX_SIZE + 1);
  g_mutex_init (&self->lock);
  g_cond_init (&self->taken);
  g_queue_init (&self->waiting);
  if (is_live)
    g_thread_unref (g_thread_new ("lines", read_live, self));
  return self;
}

void
lines_close (Lines * self)
{
  if (self->is_live)
    return;
  fclose (self->file);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->taken);
  g_free (self->name);
  g_free (self->path);
  g_free (self->buffer);
  g_free (self);
}

gboolean
lines_are_live (const Lines * self)
{
  return self->is_live;
}

gboolean
lines_next (Lines * self, Line * line)
{
  Line *first;

  if (!self->is_live)
    return read_next (self, line);
  g_mutex_lock (&self->lock);
  first = g_queue_pop_head (&self->waiting);
  g_cond_signal (&self->taken);
  g_mutex_unlock (&self->lock);
  if (!first)
    return FALSE;
  *line = *first;
  g_free (first);
  return TRUE;
}

void
lines_rewind (Lines * self)
{
  if (self->is_live)
    return;
  rewind (self->file);
  self->number = 0;
  self->n_passes++;
}
