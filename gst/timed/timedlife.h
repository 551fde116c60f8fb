/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_LIFE_H
#define TIMED_LIFE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* The shortest time after which a source counts as silent, in nanoseconds */
#define TIMED_LIFE_SILENCE ((gint64) GST_SECOND)

/* Intervals that are remembered */
#define TIMED_LIFE_INTERVALS 8

/**
 * TimedLife:
 *
 * The signs of life of a source, and when it must count as silent: later than
 * TIMED_LIFE_SILENCE, or twice the longest of its last intervals, after the last sign.
 * Times are in nanoseconds.
 */
typedef struct {
  /*< private >*/
  gboolean begun;
  gint64 last;
  gint64 intervals[TIMED_LIFE_INTERVALS];
  guint next;                   /* the oldest interval */
} TimedLife;

/** Forgets the source. A TimedLife of zeros needs no other initialization. */
void timed_life_clear (TimedLife * life);

/** Notes a sign of life. */
void timed_life_note (TimedLife * life, gint64 now);

/** Returns: from when on the source is silent if it gives no sign until then. One that
 *   has never given any is expected from @now on. */
gint64 timed_life_get_silence (TimedLife * life, gint64 now);

G_END_DECLS

#endif
