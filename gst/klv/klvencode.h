/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_ENCODE_H
#define KLV_ENCODE_H

#include "jsontext.h"
#include "klvtables.h"
#include "klvwriter.h"

/* The bytes of a value of JSON, as its item has them: the way back of klvvalue.h. */

/* Why a value cannot be written, for people */
#define KLV_WRONG_TYPE "wrong type"
#define KLV_OUT_OF_RANGE "out of range"
#define KLV_NO_LABEL "unknown label"
#define KLV_NO_HEX "no hexadecimal digits"
#define KLV_MISSING "missing"
#define KLV_EMPTY "nothing in it"
#define KLV_COMPUTED "is computed"

/**
 * KlvForm:
 * @size: bytes that a value must have; 0: as the tables say
 * @is_copy: whether it seems to have been read: it is written so that it is shown with the same
 *   digits again, whatever size and bounds the tables give it
 */
typedef struct {
  size_t size;
  bool is_copy;
} KlvForm;

/** Writes a value that is made of no others: no set, pack or series. Numbers may be in strings.
 * @type: @item->type, or that of its parts
 * Returns: NULL, or why it cannot be written; then what was written is worth nothing */
const char *klv_encode (BytesWriter * writer, const KlvItem * item, KlvType type,
    const JsonTextValue * value, KlvForm form);

/** Writes the code that means no number.
 * @meaning: a string, as klv_value_write() gives it
 * @size: bytes that it must have; 0: as the tables say
 * Returns: NULL, or why it cannot be written */
const char *klv_encode_special (BytesWriter * writer, const KlvItem * item,
    const JsonTextValue * meaning, size_t size);

/** Finds out in how many bytes IMAPB values are shown with the same digits again, all in the same
 * size.
 * @values: of @n items; those that are no numbers do not matter
 * Returns: what the tables say, if it can be, or the smallest other size; if none can be, what
 *   the tables say */
size_t klv_encode_find_imapb_size (const KlvItem * items,
    const JsonTextValue * values, size_t n);

#endif
