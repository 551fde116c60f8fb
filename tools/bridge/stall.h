/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef STALL_H
#define STALL_H

#include <glib.h>

G_BEGIN_DECLS

/* Whether what reads --output, or its disk, still takes records. */

/** All zero: nothing was seen. */
typedef struct
{
  /*< private > */
  guint64 n_written;            /* at the last look */
  gint64 since_us;              /* it has taken nothing more */
} Stall;

/** To be called every second or so.
 * @is_busy: a record is being written
 * @n_written: records so far
 * @now_us: monotonic
 * Returns: for how many seconds it has taken nothing, although there was something; 0: it takes
 *   what there is, or has not for less than five seconds */
guint stall_look (Stall * stall, gboolean is_busy, guint64 n_written,
    gint64 now_us);

G_END_DECLS
#endif
