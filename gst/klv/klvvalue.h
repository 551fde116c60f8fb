/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_VALUE_H
#define KLV_VALUE_H

#include "klvtables.h"
#include "jsonoutput.h"

/** The most bytes of a KLV_BITS: each bit of it becomes a number of JSON, so more would make more of
 * a unit than anybody wants. */
#define KLV_BITS_MAX_SIZE 128

/** Why a value cannot be. */
typedef enum {
  KLV_FINE,
  KLV_WRONG_SIZE,
  KLV_CUT,                      /* a part of it is */
  KLV_SURPLUS                   /* bytes follow the last field */
} KlvFault;

/** Writes the JSON of a value that is made of no others: no set, pack or series.
 * @type: @item->type, or that of its parts
 * @value: at least one byte
 * @special: (out): what its code means, if that is no number and null was written; not set
 *   otherwise
 * Returns: whether it can be; if not, what was written is worth nothing */
KlvFault klv_value_write (JsonOutput * text, const KlvItem * item, KlvType type,
    BytesSpan value, const char **special);

/** Writes how many bytes a value may have, for people, such as "1 to 8" or "4".
 * @item: whose values can be KLV_WRONG_SIZE */
void klv_value_put_sizes (JsonOutput * text, const KlvItem * item);

#endif
