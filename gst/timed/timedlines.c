/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedlines.h"

#include <string.h>

struct _TimedLines
{
  GByteArray *begun;            /* of the line at hand, from pushes before */
  gboolean too_long;            /* and so not kept */
  const guint8 *data;           /* what was pushed and not read */
  gsize size;
};

TimedLines *
timed_lines_new (void)
{
  TimedLines *lines = g_new0 (TimedLines, 1);

  lines->begun = g_byte_array_new ();
  return lines;
}

void
timed_lines_free (TimedLines * lines)
{
  g_byte_array_unref (lines->begun);
  g_free (lines);
}

void
timed_lines_push (TimedLines * lines, const guint8 * data, gsize size)
{
  lines->data = data;
  lines->size = size;
}

gboolean
timed_lines_is_empty (TimedLines * lines)
{
  return lines->begun->len == 0 && !lines->too_long;
}

/* Keeps the CR of CR LF in mind, which does not count */
static void
append (TimedLines * lines, gsize size, gsize max_size)
{
  const gsize limit = max_size < G_MAXSIZE ? max_size + 1 : max_size;

  if (lines->too_long || size > limit || lines->begun->len > limit - size) {
    lines->too_long = TRUE;
    g_byte_array_set_size (lines->begun, 0);
  } else {
    g_byte_array_append (lines->begun, lines->data, size);
  }
  lines->data += size;
  lines->size -= size;
}

gboolean
timed_lines_finish (TimedLines * lines, gsize max_size, GBytes ** line)
{
  const guint8 *data = lines->begun->data;
  gsize size = lines->begun->len;
  gboolean too_long = lines->too_long;

  if (size > 0 && data[size - 1] == '\r')
    size--;
  too_long |= size > max_size;
  *line = !too_long && size > 0 ? g_bytes_new (data, size) : NULL;

  lines->too_long = FALSE;
  g_byte_array_set_size (lines->begun, 0);

  return too_long || size > 0;
}

gboolean
timed_lines_next (TimedLines * lines, gsize max_size, GBytes ** line)
{
  const guint8 *end;

  while (lines->size > 0 && (end = memchr (lines->data, '\n', lines->size))) {
    append (lines, (gsize) (end - lines->data), max_size);
    lines->data++;
    lines->size--;
    if (timed_lines_finish (lines, max_size, line))
      return TRUE;
  }
  append (lines, lines->size, max_size);
  *line = NULL;

  return FALSE;
}
