/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_VALUE_H
#define KLV_VALUE_H

#include "klvtables.h"
#include "klvtext.h"

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
KlvFault klv_value_write (KlvText * text, const KlvItem * item, KlvType type,
    BytesSpan value, const char **special);

/** Returns: how many bytes a value of @type has, for people, such as "1 to 8" or "4"; NULL: any
 * @number: (out caller-allocates): where it may be written, 4 bytes */
const char *klv_value_get_sizes (const KlvItem * item, KlvType type,
    char *number);

#endif
