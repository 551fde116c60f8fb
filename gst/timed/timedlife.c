/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedlife.h"

void
timed_life_clear (TimedLife * life)
{
  static const TimedLife none = { 0 };

  *life = none;
}

void
timed_life_note (TimedLife * life, gint64 now)
{
  if (life->begun) {
    life->intervals[life->next] = now - life->last;
    life->next = (life->next + 1) % TIMED_LIFE_INTERVALS;
  }
  life->begun = TRUE;
  life->last = now;
}

gint64
timed_life_get_silence (TimedLife * life, gint64 now)
{
  gint64 longest = 0;

  if (!life->begun)
    timed_life_note (life, now);
  for (guint i = 0; i < TIMED_LIFE_INTERVALS; i++)
    longest = MAX (longest, life->intervals[i]);
  return life->last + MAX (TIMED_LIFE_SILENCE, 2 * longest);
}
