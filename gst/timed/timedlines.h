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
 * may end without. Empty lines do not count.
 */
typedef struct _TimedLines TimedLines;

TimedLines *timed_lines_new (void);

void timed_lines_free (TimedLines * lines);

/** Adds bytes, which must stay until timed_lines_next() gives no line any more. */
void timed_lines_push (TimedLines * lines, const guint8 * data, gsize size);

/** Gets the next line that is complete.
 * @max_size: of longer lines nothing is kept
 * @line: (out) (transfer full) (nullable): the line; NULL if it is too long
 * Returns: whether there was one */
gboolean timed_lines_next (TimedLines * lines, gsize max_size, GBytes ** line);

/** Whether no line has begun that timed_lines_next() has not given yet. */
gboolean timed_lines_is_empty (TimedLines * lines);

/** Gets the rest as a line, and forgets it.
 * @line: (out) (transfer full) (nullable): as in timed_lines_next()
 * Returns: whether anything was left */
gboolean timed_lines_finish (TimedLines * lines, gsize max_size, GBytes ** line);

G_END_DECLS

#endif
