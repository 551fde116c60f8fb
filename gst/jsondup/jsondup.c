/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsondup.h"

#include <string.h>

/* Writes into memory of about the right size, and again if more is needed. @write is a
 * call whose last two arguments, the memory and its size, are left open. */
#define DUP(length, likely_size, write, ...) G_STMT_START {            \
  const gsize capacity = likely_size;                                        \
  char *result = g_malloc (capacity + 1);                              \
  const gsize n = write (__VA_ARGS__, result, capacity);               \
                                                                       \
  if (n != capacity)                                                   \
    result = g_realloc (result, n + 1);                                \
  if (n > capacity)                                                    \
    write (__VA_ARGS__, result, n);                                    \
  result[n] = '\0';                                                    \
  if (length)                                                          \
    *(length) = n;                                                     \
  return result;                                                       \
} G_STMT_END

char *
json_dup_quoted (const char *bytes, gsize size, gsize * length)
{
  /* as it is, between quotes */
  DUP (length, size + 2, json_text_quote, bytes, size);
}

/* json_text_unquote() for every type */
static size_t
unquote (const JsonTextValue * value, char *dst, size_t capacity)
{
  if (value->type == JSON_TEXT_STRING)
    return json_text_unquote (value, dst, capacity);
  if (capacity > 0)
    memcpy (dst, value->text, MIN (value->size, capacity));
  return value->size;
}

char *
json_dup_unquoted (const JsonTextValue * value, gsize * length)
{
  DUP (length, value->size, unquote, value);
}
