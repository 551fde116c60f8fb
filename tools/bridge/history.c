/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "history.h"

static gint64
slot_of (gint64 now_us)
{
  return now_us / (HISTORY_SLOT_S * G_TIME_SPAN_SECOND);
}

void
history_init (History * self, gint64 now_us)
{
  *self = (History) {
  .first = slot_of (now_us),.last = slot_of (now_us)};
}

/* Empties the slots that have begun since the last call. */
static void
advance (History * self, gint64 now_us)
{
  const gint64 now = slot_of (now_us);

  /* all of them are empty after that */
  self->last = MAX (self->last, now - HISTORY_SLOTS);
  while (self->last < now)
    self->counts[++self->last % HISTORY_SLOTS] = 0;
}

void
history_add (History * self, guint n, gint64 now_us)
{
  advance (self, now_us);
  self->counts[self->last % HISTORY_SLOTS] += n;
}

guint
history_read (History * self, gint64 now_us, guint * counts)
{
  gint64 slot;
  guint n = 0;

  advance (self, now_us);
  slot = MAX (self->first + 1, self->last - (HISTORY_SLOTS - 1));
  while (slot < self->last)
    counts[n++] = self->counts[slot++ % HISTORY_SLOTS];
  return n;
}
