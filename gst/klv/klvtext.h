/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_TEXT_H
#define KLV_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

/**
 * KlvText:
 * @dst: gets the text; may be NULL if @capacity is 0
 * @capacity: bytes that it has
 * @size: bytes that the text takes; where that is more than @capacity, it is not all
 *   there
 *
 * JSON that is being written.
 */
typedef struct {
  char *dst;
  size_t capacity;
  size_t size;
} KlvText;

void klv_text_put (KlvText * text, const char *bytes, size_t size);

/** @string: with a terminating NUL, which is not written */
void klv_text_put_string (KlvText * text, const char *string);

void klv_text_put_char (KlvText * text, char c);

/** Writes bytes as a string of JSON, as json_text_quote() does. */
void klv_text_put_quoted (KlvText * text, BytesSpan bytes);

/** Writes lower-case hexadecimal digits. */
void klv_text_put_hex (KlvText * text, BytesSpan bytes);

/** Writes base64 with padding (RFC 4648 4). */
void klv_text_put_base64 (KlvText * text, BytesSpan bytes);

void klv_text_put_uint (KlvText * text, uint64_t value);
void klv_text_put_int (KlvText * text, int64_t value);

/** Writes 8-4-4-4-12 hexadecimal digits (RFC 4122 3). */
void klv_text_put_uuid (KlvText * text, const uint8_t * uuid);

/** Writes a date-time of RFC 3339 in UTC, with microseconds, in quotes.
 * @us: since 1970, before the year 10000 */
void klv_text_put_time (KlvText * text, uint64_t us);

#endif
