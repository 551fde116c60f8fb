/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef LINES_H
#define LINES_H

#include <glib.h>

G_BEGIN_DECLS

/* JSON lines of a file, or of stdin while it is open. */

/** Longer lines are not sent: seiinject's max-payload, and what decoders take. */
#define LINES_MAX_SIZE 65536

typedef struct {
  char *text;                   /* one JSON object; NULL: the line is none */
  gsize size;
} Line;

typedef struct _Lines Lines;

/** Opens a file.
 * @path: or "-" for stdin, which is read in a thread as it comes, and so is a file
 *   that is a pipe
 * Returns: NULL with @error if it cannot be read */
Lines *lines_open (const char *path, GError ** error);

/** Ends the use. A thread that reads is left to the end of the program. */
void lines_close (Lines * self);

/** Whether lines come when somebody writes them. */
gboolean lines_are_live (const Lines * self);

/** Takes the next line; if they are live, the next that is there. Lines of white space
 * are passed over. One that is no JSON object is told the first time, and given as a
 * line without text, because it had a place.
 * @line: (out): text is (transfer full)
 * Returns: FALSE if there is none, or none as yet */
gboolean lines_next (Lines * self, Line * line);

/** From the first line again. If they are live, they go on. */
void lines_rewind (Lines * self);

/** Says what is wrong with the line that lines_next() gave last, once and not more
 * often than people can read. */
void lines_complain (Lines * self, const char *what);

/** How many lines lines_complain() was called for, in the first pass. */
guint64 lines_get_wrong (Lines * self);

G_END_DECLS
#endif
