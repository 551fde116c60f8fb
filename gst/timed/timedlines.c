/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedlines.h"

#include <string.h>

/* The byte order mark of UTF-8 */
static const guint8 mark[] = { 0xef, 0xbb, 0xbf };

struct _TimedLines
{
  GByteArray *kept;             /* of the line at hand; empty if it is too long */
  gsize size;                   /* of the line at hand, with the CR of CR LF */
  guint8 last;                  /* its last byte */
  gboolean blank;               /* all of it is white space */
  gboolean began_before;        /* in an earlier push */
  gboolean at_start;            /* nothing came but the beginning of a mark, */
  guint n_mark;                 /* of which these are so many bytes */
  const guint8 *data;           /* what was pushed and not read */
  gsize left;
};

static void
begin_line (TimedLines * lines)
{
  g_byte_array_set_size (lines->kept, 0);
  lines->size = 0;
  lines->blank = TRUE;
  lines->began_before = FALSE;
}

TimedLines *
timed_lines_new (void)
{
  TimedLines *lines = g_new0 (TimedLines, 1);

  lines->kept = g_byte_array_new ();
  timed_lines_reset (lines);
  return lines;
}

void
timed_lines_free (TimedLines * lines)
{
  g_byte_array_unref (lines->kept);
  g_free (lines);
}

gboolean
timed_lines_reset (TimedLines * lines)
{
  const gboolean rest = lines->n_mark > 0 || !lines->blank;

  begin_line (lines);
  lines->at_start = TRUE;
  lines->n_mark = 0;
  lines->left = 0;
  return rest;
}

void
timed_lines_push (TimedLines * lines, const guint8 * data, gsize size)
{
  lines->data = data;
  lines->left = size;
  lines->began_before = lines->size > 0 || lines->n_mark > 0;
}

gboolean
timed_lines_began_before (TimedLines * lines)
{
  return lines->began_before;
}

static gboolean
is_blank (const guint8 * data, gsize size)
{
  gsize i = 0;

  while (i < size && (data[i] == ' ' || data[i] == '\t' || data[i] == '\r'))
    i++;
  return i == size;
}

/* Keeps the CR of CR LF in mind, which does not count */
static void
append (TimedLines * lines, const guint8 * data, gsize size, gsize max_size)
{
  const gsize limit = max_size < G_MAXSIZE ? max_size + 1 : max_size;
  const gboolean all_kept = lines->kept->len == lines->size;

  if (size == 0)
    return;
  if (all_kept && size <= limit && lines->size <= limit - size)
    g_byte_array_append (lines->kept, data, size);
  else
    g_byte_array_set_size (lines->kept, 0);
  lines->size += size;
  lines->last = data[size - 1];
  lines->blank = lines->blank && is_blank (data, size);
}

static void
append_left (TimedLines * lines, gsize size, gsize max_size)
{
  append (lines, lines->data, size, max_size);
  lines->data += size;
  lines->left -= size;
}

/* What looked like a mark, and is none, belongs to the line. */
static void
skip_mark (TimedLines * lines, gsize max_size)
{
  while (lines->at_start && lines->left > 0) {
    if (*lines->data != mark[lines->n_mark]) {
      lines->at_start = FALSE;
      append (lines, mark, lines->n_mark, max_size);
      lines->n_mark = 0;
      return;
    }
    lines->data++;
    lines->left--;
    if (++lines->n_mark == sizeof (mark)) {
      lines->at_start = FALSE;
      lines->n_mark = 0;
      lines->began_before = FALSE;
    }
  }
}

/* Ends the line at hand. Returns whether it counts. */
static gboolean
end_line (TimedLines * lines, gsize max_size, TimedLine * line)
{
  const gboolean counts = !lines->blank;
  const gboolean all_kept = lines->kept->len == lines->size;
  const gsize size = lines->size - (lines->last == '\r' ? 1 : 0);

  if (counts) {
    line->bytes = all_kept && size <= max_size ?
        g_bytes_new (lines->kept->data, size) : NULL;
    line->size = size;
    line->began_before = lines->began_before;
  }
  begin_line (lines);
  return counts;
}

gboolean
timed_lines_finish (TimedLines * lines, gsize max_size, TimedLine * line)
{
  gboolean counts;

  append (lines, mark, lines->n_mark, max_size);
  lines->began_before = TRUE;
  counts = end_line (lines, max_size, line);
  timed_lines_reset (lines);
  return counts;
}

gboolean
timed_lines_next (TimedLines * lines, gsize max_size, TimedLine * line)
{
  const guint8 *end;

  skip_mark (lines, max_size);
  while (lines->left > 0 && (end = memchr (lines->data, '\n', lines->left))) {
    append_left (lines, (gsize) (end - lines->data), max_size);
    lines->data++;
    lines->left--;
    if (end_line (lines, max_size, line))
      return TRUE;
  }
  append_left (lines, lines->left, max_size);
  return FALSE;
}
