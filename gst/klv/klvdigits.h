/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_DIGITS_H
#define KLV_DIGITS_H

#include <stdbool.h>

#include "jsontext.h"
#include "klvwriter.h"

/* Bytes that JSON shows as text. Where a function returns false, what it has written is worth
 * nothing. */

/** Writes what pairs of hexadecimal digits say.
 * Returns: whether @value is a string of nothing else */
bool klv_put_hex (BytesWriter * writer, const JsonTextValue * value);

/** Writes what base64 says (RFC 4648 4).
 * Returns: whether @value is a string of nothing else, with its padding */
bool klv_put_base64 (BytesWriter * writer, const JsonTextValue * value);

/** Writes the 16 bytes of a UUID, of 32 hexadecimal digits with dashes anywhere.
 * Returns: whether @value is a string of nothing else */
bool klv_put_uuid (BytesWriter * writer, const JsonTextValue * value);

#endif
