/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_TEXT_H
#define KLV_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

/** Writes as much as there is room for, and leaves @text->size alone. */
void klv_text_put_cut (KlvText * text, const char *bytes, size_t size);

/* inline, because there are so many of them, and most are short */
static inline void
klv_text_put (KlvText * text, const char *bytes, size_t size)
{
  if (text->size < text->capacity && size <= text->capacity - text->size)
    memcpy (text->dst + text->size, bytes, size);
  else
    klv_text_put_cut (text, bytes, size);
  text->size += size;
}

/** @string: with a terminating NUL, which is not written */
static inline void
klv_text_put_string (KlvText * text, const char *string)
{
  klv_text_put (text, string, strlen (string));
}

/** @string: needs no escapes; is written in quotes */
void klv_text_put_quoted_string (KlvText * text, const char *string);

static inline void
klv_text_put_char (KlvText * text, char c)
{
  if (text->size < text->capacity)
    text->dst[text->size] = c;
  text->size++;
}

/** Writes bytes as a string of JSON, as json_text_quote() does. */
void klv_text_put_quoted (KlvText * text, BytesSpan bytes);

/** Writes lower-case hexadecimal digits. */
void klv_text_put_hex (KlvText * text, BytesSpan bytes);

/** Writes them in quotes. */
void klv_text_put_quoted_hex (KlvText * text, BytesSpan bytes);

/** Writes base64 with padding (RFC 4648 4), in quotes. */
void klv_text_put_quoted_base64 (KlvText * text, BytesSpan bytes);

void klv_text_put_uint (KlvText * text, uint64_t value);
void klv_text_put_int (KlvText * text, int64_t value);

/** Writes 8-4-4-4-12 hexadecimal digits (RFC 4122 3). */
void klv_text_put_uuid (KlvText * text, const uint8_t * uuid);

/** Writes a date-time of RFC 3339 in UTC, with microseconds, in quotes.
 * @us: since 1970, before the year 10000 */
void klv_text_put_time (KlvText * text, uint64_t us);

#endif
