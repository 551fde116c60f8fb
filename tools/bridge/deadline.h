/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef DEADLINE_H
#define DEADLINE_H

#include <glib.h>

G_BEGIN_DECLS

/* Calls a function when it is time for it, in a thread of its own: a main loop cannot,
 * while it waits itself for a disk, a pipe or a camera. */

typedef struct _Deadline Deadline;

/** Calls @func with @data once, in @ms milliseconds. */
Deadline *deadline_new (guint ms, void (*func) (gpointer data), gpointer data);

/** Calls nothing any more; what it calls now is over when it returns. */
void deadline_free (Deadline * self);

G_END_DECLS
#endif
