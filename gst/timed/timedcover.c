/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedcover.h"

void
timed_cover_clear (TimedCover * cover)
{
  cover->begun = FALSE;
  cover->n_ahead = 0;
  cover->gap_start = cover->gap_end = 0;
}

static void
remove_first (TimedCover * cover)
{
  cover->frontier = MAX (cover->frontier, cover->ahead[0].end);
  cover->n_ahead--;
  for (guint i = 0; i < cover->n_ahead; i++)
    cover->ahead[i] = cover->ahead[i + 1];
}

/* Moves the frontier over all that is next to it. A gap of less than half an
 * access unit has no place for another: it is rounding, or jitter. */
static void
advance (TimedCover * cover)
{
  while (cover->n_ahead > 0
      && cover->ahead[0].start - cover->frontier <=
      (cover->ahead[0].end - cover->ahead[0].start) / 2)
    remove_first (cover);
}

/* Moves the frontier over a gap that nothing will fill any more. */
static void
skip_gap (TimedCover * cover, gint64 end)
{
  if (end <= cover->frontier)
    return;
  if (cover->gap_end != cover->frontier)
    cover->gap_start = cover->frontier;
  cover->gap_end = end;
  cover->frontier = end;
}

static void
insert (TimedCover * cover, gint64 start, gint64 end)
{
  guint at = cover->n_ahead;

  for (; at > 0 && cover->ahead[at - 1].start > start; at--)
    cover->ahead[at] = cover->ahead[at - 1];
  cover->ahead[at].start = start;
  cover->ahead[at].end = end;
  cover->n_ahead++;
}

gint64
timed_cover_get_oldest (TimedCover * cover, gint64 start, gint64 end)
{
  const gint64 depth = TIMED_COVER_MAX_REORDER * (end - start);

  if (!cover->begun)
    return start;
  while (cover->n_ahead > 0 && cover->ahead[0].start <= start - depth) {
    skip_gap (cover, cover->ahead[0].start);
    advance (cover);
  }
  skip_gap (cover, start - depth);
  advance (cover);
  return cover->frontier;
}

void
timed_cover_add (TimedCover * cover, gint64 start, gint64 end)
{
  cover->frontier = timed_cover_get_oldest (cover, start, end);
  cover->first = cover->begun ? MIN (cover->first, start) : start;
  cover->begun = TRUE;
  insert (cover, start, end);
  advance (cover);
  /* More than can be ahead of an access unit that is still to come: the gap stays */
  if (cover->n_ahead > TIMED_COVER_MAX_REORDER) {
    skip_gap (cover, cover->ahead[0].start);
    advance (cover);
  }
}

gboolean
timed_cover_has (const TimedCover * cover, gint64 time)
{
  if (!cover->begun || time < cover->first)
    return FALSE;
  if (time >= cover->gap_start && time < cover->gap_end)
    return FALSE;
  if (time < cover->frontier)
    return TRUE;
  for (guint i = 0; i < cover->n_ahead; i++)
    if (time >= cover->ahead[i].start && time < cover->ahead[i].end)
      return TRUE;
  return FALSE;
}

gint64
timed_cover_get_end (const TimedCover * cover)
{
  gint64 end = cover->begun ? cover->frontier : G_MININT64;

  for (guint i = 0; i < cover->n_ahead; i++)
    end = MAX (end, cover->ahead[i].end);
  return end;
}
