/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_UNIT_H
#define KLV_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "klvkey.h"
#include "klvreader.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The longest key and length that a unit begins with. */
#define KLV_UNIT_MAX_HEAD (KLV_KEY_SIZE + KLV_BER_MAX_SIZE)

/** What bytes begin with. */
typedef enum {
  KLV_UNIT_NONE,                /* no label, or a length that cannot be */
  KLV_UNIT_CUT,                 /* a unit that goes on behind them */
  KLV_UNIT_WHOLE
} KlvUnitState;

/** Says whether a unit (SMPTE ST 336: key, length, value) is at the front of some bytes.
 * A key is a universal label: what does not begin as one does is none.
 * @max_size: a unit of more bytes is none
 * @unit_size: (out): bytes of the unit; 0 if there is none, or if its length is cut */
KlvUnitState klv_unit_look (const uint8_t * data, size_t size, size_t max_size,
    size_t *unit_size);

/** Whether bytes are the first ones of a universal label, as far as they go: there may be
 * none. */
bool klv_unit_begins (const uint8_t * data, size_t size);

/** Whether a universal label begins here, of which the first 4 bytes are there. */
bool klv_unit_is_label (const uint8_t * data, size_t size);

/** Finds the next universal label.
 * Returns: where it begins, though the bytes may end in it; @size if there is none */
size_t klv_unit_find (const uint8_t * data, size_t size);

/** Finds the next label behind a unit that is given up, whose label is at the front. Labels
 * that klv_unit_may_hold() are in it, and begin no unit; one of a group that is cut may be
 * of the next.
 * Returns: as klv_unit_find() */
size_t klv_unit_find_behind (const uint8_t * data, size_t size);

/** Finds the next unit of the same key as the one at the front. No set holds one of its
 * own kind, so the length of a unit that does is wrong.
 * @size: at least KLV_KEY_SIZE
 * Returns: as klv_unit_find() */
size_t klv_unit_find_same (const uint8_t * data, size_t size);

/** Whether a unit may have this label within its value. If it is a group, a set or a pack,
 * labels of elements (as the items of a universal set have them) and labels that are values
 * may be in it. A universal set may have those sets in it that the tables say, as that of
 * EG 0104 has the security set.
 * @key: KLV_KEY_SIZE bytes
 * @label: @size bytes, at least 5; if it is cut, it may be that of an item */
bool klv_unit_may_hold (const uint8_t * key, const uint8_t * label,
    size_t size);

#ifdef __cplusplus
}
#endif
#endif
