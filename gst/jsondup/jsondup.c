/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsondup.h"

#include <string.h>

/* Measures, allocates, writes. @write is a call whose last two arguments, the
 * memory and its size, are left open. */
#define DUP(length, write, ...) G_STMT_START {                         \
  const gsize n = write (__VA_ARGS__, NULL, 0);                        \
  char *result = g_malloc (n + 1);                                     \
                                                                       \
  write (__VA_ARGS__, result, n);                                      \
  result[n] = '\0';                                                    \
  if (length)                                                          \
    *(length) = n;                                                     \
  return result;                                                       \
} G_STMT_END

char *
json_dup_compact (const char *text, gsize size, gsize * length)
{
  DUP (length, json_text_compact, text, size);
}

char *
json_dup_quoted (const char *bytes, gsize size, gsize * length)
{
  DUP (length, json_text_quote, bytes, size);
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
  DUP (length, unquote, value);
}

char *
json_dup_edited (const char *object, gsize size, const char *const *remove,
    const char *append, gsize * length)
{
  DUP (length, json_text_edit, object, size, remove, append);
}
