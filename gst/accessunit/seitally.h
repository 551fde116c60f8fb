/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_TALLY_H
#define SEI_TALLY_H

#include <glib.h>

#include "sei.h"

G_BEGIN_DECLS

/** UUIDs that are counted at a time */
#define SEI_TALLY_PLACES 128

/** UUIDs that sei_tally_get_most() gives at most */
#define SEI_TALLY_MOST 16

/**
 * SeiTallyPlace:
 * @uuid: a UUID
 * @count: how often it came, and what had its place before
 * @inherited: how much of @count was there when it got the place
 */
typedef struct {
  guint8 uuid[SEI_UUID_SIZE];
  guint64 count;
  guint64 inherited;
} SeiTallyPlace;

/**
 * SeiTally:
 * @total: UUIDs that came
 *
 * Which UUIDs come most often, in memory that has a bound. Up to SEI_TALLY_PLACES
 * different ones are counted exactly. From then on a new one gets the place of the
 * rarest and inherits its count (the Space-Saving algorithm of Metwally and others): so
 * every UUID that is more than 1/SEI_TALLY_PLACES of all has a place, whatever else
 * comes. Zeros are an empty one.
 */
typedef struct {
  guint64 total;
  /*< private >*/
  guint n;
  SeiTallyPlace places[SEI_TALLY_PLACES];
} SeiTally;

void sei_tally_add (SeiTally * tally, const guint8 * uuid);

/**
 * SeiTallyEntry:
 * @uuid: a UUID, which belongs to the tally
 * @count: how often it came at least
 */
typedef struct {
  const guint8 *uuid;
  guint64 count;
} SeiTallyEntry;

/** Finds the UUIDs of which most are known to have come.
 * @most: (out): room for SEI_TALLY_MOST, the most frequent first
 * Returns: how many there are */
guint sei_tally_get_most (const SeiTally * tally, SeiTallyEntry * most);

G_END_DECLS

#endif
