/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef LIVE_H
#define LIVE_H

#include <glib.h>

#include "show.h"

G_BEGIN_DECLS

/**
 * Live:
 *
 * Statistics on stderr: at the end, and on a terminal every second, in place of those before.
 */
typedef struct {
  /*< private >*/
  const Show *show;
  gboolean is_redrawn;
  guint n_lines;                /* that are on the terminal, with nothing below */
  guint n_warnings;             /* that had come when they were drawn */
  gint64 start_us, next_us;     /* monotonic */
} Live;

/** @show: may have no statistics: then nothing is said */
void live_init (Live * live, const Show * show);

/** Shows them, if a second has gone by. */
void live_update (Live * live);

/** Shows them for the last time. */
void live_end (Live * live);

G_END_DECLS
#endif
