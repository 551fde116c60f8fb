/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_SET_H
#define KLV_SET_H

#include "klvreader.h"
#include "klvtables.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * KlvSetItem:
 * @item: what the tables say of it; NULL: they do not know it
 * @tag: of an item of a local set
 * @key: of an item of a universal set, KLV_KEY_SIZE bytes; else NULL
 * @value: its bytes, in place
 */
typedef struct {
  const KlvItem *item;
  uint64_t tag;
  const uint8_t *key;
  BytesSpan value;
} KlvSetItem;

/**
 * KlvSetReader:
 *
 * Walks through the items of a local set (ST 0107 6.3) or a universal set (SMPTE ST 336 8).
 * Zero bytes that a local set ends with are no items.
 */
typedef struct {
  /*< private >*/
  KlvReader reader;
  const KlvSet *set;
  const uint8_t *start;         /* of the item that was read last, or of the next one */
  const uint8_t *end;           /* of the set */
  bool has_tags;                /* in front of what is next */
  bool number_is_next;
  bool is_no_padding;
} KlvSetReader;

/** @bytes: the value of the set
 * @set: KLV_LOCAL_SET or KLV_UNIVERSAL_SET */
KlvSetReader klv_set_reader (const KlvSet * set, BytesSpan bytes);

/** Reads the next item.
 * Returns: false at the end, and where the rest is no item: klv_set_get_rest() */
bool klv_set_next (KlvSetReader * reader, KlvSetItem * item);

/** Returns: what follows the last item and is none: it is cut, or its length is wrong. Of no
 * bytes if the set is right. Behind the last klv_set_next(). */
BytesSpan klv_set_get_rest (const KlvSetReader * reader);

#ifdef __cplusplus
}
#endif
#endif
