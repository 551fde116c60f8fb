/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_OUTPUT_H
#define JSON_OUTPUT_H

#include <stddef.h>
#include <string.h>

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

#endif
