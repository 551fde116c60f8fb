/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_COVER_H
#define TIMED_COVER_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Access units that may precede one in decoding order and follow it in output
 * order (H.264 A.3.1, max_num_reorder_frames; H.265 7.4.3.2.1,
 * sps_max_num_reorder_pics). */
#define TIMED_COVER_MAX_REORDER 16

/**
 * TimedCover:
 * @begun: whether an access unit was added
 *
 * Which time the access units of a stream have covered so far, in decoding order.
 * In a stream without decoding times this shows how old the next access units may be.
 * An access unit covers the time from its start to its end, which are running times
 * in nanoseconds.
 */
typedef struct {
  gboolean begun;
  /*< private > */
  gint64 first;                 /* nothing before is covered */
  gint64 frontier;              /* all from there to here is, but for the last gap */
  gint64 gap_start;
  gint64 gap_end;
  guint n_ahead;
  struct {
    gint64 start;
    gint64 end;
  } ahead[TIMED_COVER_MAX_REORDER + 1];   /* behind a gap, by time */
} TimedCover;

/** Forgets the stream. A TimedCover of zeros needs no other initialization. */
void timed_cover_clear (TimedCover * cover);

/** Returns: a time; neither an access unit with these times nor one behind it is
 *   presented earlier. In a stream without reordering it is the end of the access unit
 *   before. A gap that nothing fills holds the time back until 16 access units, or the
 *   duration of 16, have passed. */
gint64 timed_cover_get_oldest (TimedCover * cover, gint64 start, gint64 end);

/** Adds the next access unit. */
void timed_cover_add (TimedCover * cover, gint64 start, gint64 end);

/** Whether an access unit that was added covers a time. */
gboolean timed_cover_has (const TimedCover * cover, gint64 time);

/** Returns: a time; none from it on is covered. G_MININT64 if nothing was added */
gint64 timed_cover_get_end (const TimedCover * cover);

G_END_DECLS

#endif
