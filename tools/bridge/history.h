/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef HISTORY_H
#define HISTORY_H

#include <glib.h>

G_BEGIN_DECLS

/* How many records there were in the last ten minutes, in slots of ten seconds. */

#define HISTORY_SLOTS 60
#define HISTORY_SLOT_S 10

/** To be used by one thread. */
typedef struct
{
  /*< private > */
  guint counts[HISTORY_SLOTS];  /* of the slot n: at n modulo HISTORY_SLOTS */
  gint64 first, last;           /* slots since the clock began: the first, and the one now */
} History;

/** @now_us: of a monotonic clock, here and below */
void history_init (History * history, gint64 now_us);

/** Adds @n records that have just come. */
void history_add (History * history, guint n, gint64 now_us);

/** Reads the slots that are complete, the oldest first. The first of all is not among them: it
 * began in the middle.
 * @counts: (out): of HISTORY_SLOTS
 * Returns: how many there are */
guint history_read (History * history, gint64 now_us, guint * counts);

G_END_DECLS
#endif
