/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_LINES_H
#define TIMED_LINES_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * TimedLines:
 *
 * Divides bytes, as they come, into lines. Lines end with LF or CR LF; the last one
 * may end without. Lines of nothing but white space do not count, nor does a byte order
 * mark of UTF-8 at the very start.
 */
typedef struct _TimedLines TimedLines;

/**
 * TimedLine:
 * @bytes: (transfer full) (nullable): the line without its end; NULL if it is too long
 * @size: how long it is, also where it is too long
 * @began_before: whether it began in an earlier push than the one that completed it
 */
typedef struct {
  GBytes *bytes;
  gsize size;
  gboolean began_before;
} TimedLine;

TimedLines *timed_lines_new (void);

void timed_lines_free (TimedLines * lines);

/** Adds bytes, which must stay until timed_lines_next() gives no line any more, or
 * until timed_lines_reset(). */
void timed_lines_push (TimedLines * lines, const guint8 * data, gsize size);

/** Gets the next line that is complete.
 * @max_size: of longer lines nothing is kept
 * @line: (out): as it was if there is none
 * Returns: whether there was one */
gboolean timed_lines_next (TimedLines * lines, gsize max_size, TimedLine * line);

/** Whether a line is begun that timed_lines_next() has not given yet, and began in an
 * earlier push than the last one. */
gboolean timed_lines_began_before (TimedLines * lines);

/** Gets the rest as a line, and begins anew.
 * @line: (out): as in timed_lines_next()
 * Returns: whether anything was left */
gboolean timed_lines_finish (TimedLines * lines, gsize max_size,
    TimedLine * line);

/** Forgets the rest, and begins anew.
 * Returns: whether anything was left */
gboolean timed_lines_reset (TimedLines * lines);

G_END_DECLS

#endif
