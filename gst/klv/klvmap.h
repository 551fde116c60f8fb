/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_MAP_H
#define KLV_MAP_H

#include "klvtables.h"

/* The linear maps of ST 0601 6.3, of items of type KLV_ULIN and KLV_ILIN: a code of
 * @item->size bytes, all of which are used but, of KLV_ILIN, the most negative. */

/** @code: as klv_get_uint() gives it, or klv_get_int() with KLV_ILIN
 * Returns: the number that it means */
double klv_map_decode (const KlvItem * item, int64_t code);

/** Returns: whether the code of a KLV_ILIN means no number */
bool klv_map_is_special (const KlvItem * item, int64_t code);

/** Finds the code that comes nearest.
 * @code: (out): its lowest @item->size bytes count
 * Returns: whether the value is between the bounds */
bool klv_map_encode (const KlvItem * item, double value, int64_t * code);

#endif
