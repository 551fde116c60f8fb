/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef NOTICE_H
#define NOTICE_H

#include <glib.h>

G_BEGIN_DECLS

/* What can be said again and again, by a camera that breaks off every minute, say: six times
 * at once, then once an hour, so that a day of it is a page. What lasts is said in any case. */

/** All zero: nothing was said. */
typedef struct
{
  gboolean adds_up;             /* each sentence has all that those before had */
  /*< private > */
  guint n_said;                 /* that have not been forgotten */
  gint64 forget_us;             /* when the next one is */
  gboolean is_said;             /* since the last end */
  char *kept;                   /* a sentence that was not said; NULL: none */
  gint64 kept_us;
  guint n_kept;                 /* since one was said */
} Notice;

/** Has something to say.
 * Returns: (transfer full) (nullable): the line; NULL: it is kept for later */
char *notice_say (Notice * notice, const char *text, gint64 now_us);

/** What was to be said is over. What is kept is not said any more.
 * Returns: whether users know that there was something */
gboolean notice_end (Notice * notice);

/** To be called every second or so.
 * Returns: (transfer full) (nullable): what is kept, if it is due: there is room for a line,
 *   or it has lasted for minutes */
char *notice_tick (Notice * notice, gint64 now_us);

/** Returns: (transfer full) (nullable): what is kept */
char *notice_flush (Notice * notice);

void notice_clear (Notice * notice);

G_END_DECLS
#endif
