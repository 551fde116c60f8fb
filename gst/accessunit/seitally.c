/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seitally.h"

#include <string.h>

/* Returns: the place that the UUID has, or else, where none is free, the rarest; NULL
 * where one is free */
static SeiTallyPlace *
find_place (SeiTally * tally, const guint8 * uuid)
{
  SeiTallyPlace *rarest = &tally->places[0];

  for (guint i = 0; i < tally->n; i++) {
    SeiTallyPlace *place = &tally->places[i];

    if (memcmp (place->uuid, uuid, SEI_UUID_SIZE) == 0)
      return place;
    if (place->count < rarest->count)
      rarest = place;
  }
  return tally->n == SEI_TALLY_PLACES ? rarest : NULL;
}

void
sei_tally_add (SeiTally * tally, const guint8 * uuid)
{
  SeiTallyPlace *place = find_place (tally, uuid);

  if (!place)
    place = &tally->places[tally->n++];
  if (place->count == 0 || memcmp (place->uuid, uuid, SEI_UUID_SIZE) != 0) {
    memcpy (place->uuid, uuid, SEI_UUID_SIZE);
    place->inherited = place->count;
  }
  place->count++;
  tally->total++;
}

guint
sei_tally_get_most (const SeiTally * tally, SeiTallyEntry * most)
{
  guint n = 0;

  for (guint i = 0; i < tally->n; i++) {
    const SeiTallyPlace *place = &tally->places[i];
    const guint64 count = place->count - place->inherited;
    guint at = n;

    while (at > 0 && most[at - 1].count < count)
      at--;
    if (at == SEI_TALLY_MOST)
      continue;
    n = MIN (n + 1, SEI_TALLY_MOST);
    memmove (&most[at + 1], &most[at], (n - 1 - at) * sizeof (*most));
    most[at].uuid = place->uuid;
    most[at].count = count;
  }
  return n;
}
