/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_OUTPUT_H
#define JSON_OUTPUT_H

#include <stddef.h>
#include <string.h>

#include "bytes.h"

/**
 * JsonOutput:
 * @dst: gets the text; may be NULL if @capacity is 0
 * @capacity: bytes that it has
 * @size: bytes that the text takes; where that is more than @capacity, it is not all
 *   there
 *
 * JSON that is being written. What was written last is taken back by setting @size to what it
 * was before.
 */
typedef struct {
  char *dst;
  size_t capacity;
  size_t size;
} JsonOutput;

/** Writes as much as there is room for, and leaves @output->size alone. */
void json_output_put_cut (JsonOutput * output, const char *text, size_t size);

/* inline, because there are so many of them, and most are short */
static inline void
json_output_put (JsonOutput * output, const char *text, size_t size)
{
  if (output->size < output->capacity
      && size <= output->capacity - output->size)
    memcpy (output->dst + output->size, text, size);
  else
    json_output_put_cut (output, text, size);
  output->size += size;
}

/** @string: with a terminating NUL, which is not written */
static inline void
json_output_put_string (JsonOutput * output, const char *string)
{
  json_output_put (output, string, strlen (string));
}

static inline void
json_output_put_char (JsonOutput * output, char c)
{
  if (output->size < output->capacity)
    output->dst[output->size] = c;
  output->size++;
}

/** Writes bytes as a string, as json_text_quote() does. */
void json_output_put_quoted (JsonOutput * output, const char *bytes,
    size_t size);

/** @string: needs no escapes; is written in quotes */
void json_output_put_quoted_string (JsonOutput * output, const char *string);

/** Writes lower-case hexadecimal digits. */
void json_output_put_hex (JsonOutput * output, BytesSpan bytes);

/** Writes them in quotes. */
void json_output_put_quoted_hex (JsonOutput * output, BytesSpan bytes);

/** Writes base64 with padding (RFC 4648 4), in quotes. */
void json_output_put_quoted_base64 (JsonOutput * output, BytesSpan bytes);

void json_output_put_uint (JsonOutput * output, uint64_t value);
void json_output_put_int (JsonOutput * output, int64_t value);

/** Writes 8-4-4-4-12 hexadecimal digits (RFC 4122 3). */
void json_output_put_uuid (JsonOutput * output, const uint8_t * uuid);

/** Writes a date-time of RFC 3339 in UTC, in quotes.
 * @us: microseconds since 1970, of the years 0 to 9999
 * @decimals: of the second: 3 or 6; what is finer is cut off */
void json_output_put_time (JsonOutput * output, int64_t us, unsigned decimals);

#endif
