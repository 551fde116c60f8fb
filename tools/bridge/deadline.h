/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef DEADLINE_H
#define DEADLINE_H

#include <glib.h>

G_BEGIN_DECLS

/* Calls a function when it is time for it, whatever other threads wait for: a main loop
 * cannot, while it waits itself for a disk, a pipe or a camera. */

typedef struct _Deadline Deadline;

/** Called in a thread of the deadline's own, where it can set another. */
typedef void (*DeadlineFunc) (gpointer data);

/** @data: passed to all functions */
Deadline *deadline_new (gpointer data);

/** Calls @func once in @ms milliseconds, in place of what was set before. For any thread. A
 * function that it calls sets nothing if another thread did so since it was called. */
void deadline_set (Deadline * self, guint ms, DeadlineFunc func);

/** Calls nothing any more; what it calls now is over when it returns. */
void deadline_free (Deadline * self);

G_END_DECLS
#endif
