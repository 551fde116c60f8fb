/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_LINES_H
#define SEI_LINES_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * SeiLines:
 *
 * Divides bytes, as they come, into lines. Lines end with LF or CR LF, the last
 * one may end without; empty ones are none.
 */
typedef struct _SeiLines SeiLines;

SeiLines *sei_lines_new (void);

void sei_lines_free (SeiLines * lines);

/** Adds bytes, which must stay until sei_lines_next() gives no line any more. */
void sei_lines_push (SeiLines * lines, const guint8 * data, gsize size);

/** Gives the next line that is complete.
 * @max_size: of longer lines nothing is kept
 * @line: (out) (transfer full) (nullable): the line; NULL if it is too long
 * Returns: whether there was one */
gboolean sei_lines_next (SeiLines * lines, gsize max_size, GBytes ** line);

/** Whether no line has begun that sei_lines_next() did not give. */
gboolean sei_lines_is_empty (SeiLines * lines);

/** Gives what is left as a line, and forgets it.
 * @line: (out) (transfer full) (nullable): as in sei_lines_next()
 * Returns: whether anything was left */
gboolean sei_lines_finish (SeiLines * lines, gsize max_size, GBytes ** line);

G_END_DECLS

#endif
