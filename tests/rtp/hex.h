/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef HEX_H
#define HEX_H

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

/* Bytes of hexadecimal digits with spaces between, in a block of exactly their
 * number, so that the address sanitizer sees a read that goes too far */
static inline BytesSpan
hex (const char *text)
{
  uint8_t bytes[4096];
  size_t n = 0;

  for (char *end; *text != '\0'; text = end) {
    bytes[n++] = (uint8_t) g_ascii_strtoull (text, &end, 16);
    g_assert_true (end != text);
    g_assert_cmpuint (n, <, sizeof (bytes));
    end += strspn (end, " ");
  }

  uint8_t *block = malloc (n);

  if (n > 0)
    memcpy (block, bytes, n);
  return (BytesSpan) { block, n };
}

static inline void
hex_free (BytesSpan span)
{
  free ((uint8_t *) span.data);
}

/* A copy of its first bytes */
static inline BytesSpan
hex_cut (BytesSpan span, size_t size)
{
  uint8_t *block = malloc (size);

  if (size > 0)
    memcpy (block, span.data, size);
  return (BytesSpan) { block, size };
}

static inline void
assert_hex (BytesSpan span, const char *text)
{
  const BytesSpan expected = hex (text);

  g_assert_cmpmem (span.data, span.size, expected.data, expected.size);
  hex_free (expected);
}

#endif
