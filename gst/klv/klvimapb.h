/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_IMAPB_H
#define KLV_IMAPB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* MISB ST 1201: a number between two bounds, mapped to an integer of 1 to 8 bytes. A
 * code with the highest bit set is no number (ST 1201 table 2), but for 80 00 ..., which
 * the upper bound comes to where the range is a power of two. Codes that no number between
 * the bounds has are numbers beyond them. */

/** @min, @max: what the item's standard says, @min below @max
 * @size: 1 to 8; nothing else is a code
 * @value: (out): the number; the infinity or NaN that the code means, or NaN
 * Returns: whether the code is a number; if not it is a special value */
bool klv_imapb_decode (double min, double max, const uint8_t * bytes,
    size_t size, double *value);

/** Rounds down, as ST 1201 does. Infinities and NaN have codes of their own.
 * @size: 1 to 8
 * @bytes: (out): @size bytes
 * Returns: whether the value is between the bounds, or has a code of its own */
bool klv_imapb_encode (double min, double max, double value, uint8_t * bytes,
    size_t size);

/** klv_imapb_encode() of a finite number, and of what codes mean beyond the bounds: the code that
 * klv_imapb_decode() takes for @value, or for the number below it.
 * Returns: whether there is one */
bool klv_imapb_find_code (double min, double max, double value,
    uint8_t * bytes, size_t size);

/** Returns: the binary logarithm of what two neighbouring codes differ by */
int klv_imapb_resolution (double min, double max, size_t size);

/** Returns: what a code that is no number is called, such as "positive_infinity"
 * @first: its first byte */
const char *klv_imapb_special (uint8_t first);

/** Returns: the first byte of the code that is called so, @size bytes, all other bytes of which
 * are 0; 0: none is */
uint8_t klv_imapb_special_code (const char *name, size_t size);

#ifdef __cplusplus
}
#endif
#endif
