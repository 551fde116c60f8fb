/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef BLOCK_H
#define BLOCK_H

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "jsontext.h"

/* A copy of exactly that size, without a terminating NUL: the address sanitizer
 * sees a read that goes too far. Freed with free(). */
static inline char *
block_new (const char *text, size_t size)
{
  char *block = malloc (size);

  if (size > 0)
    memcpy (block, text, size);
  return block;
}

/* Literals of which NULs may be part */
#define TEXT(literal) { literal, sizeof (literal) - 1 }

typedef struct {
  const char *text;
  size_t size;
} Text;

/* Any of the functions that write, bound to its arguments */
typedef size_t (*WriteFunc) (const void *arguments, char *dst, size_t capacity);

/* Writes with every capacity: what fits must be written, no byte beyond, and
 * the size of the whole be returned */
static inline void
check_output (WriteFunc write, const void *arguments, const char *expected,
    size_t size)
{
  g_assert_cmpuint (write (arguments, NULL, 0), ==, size);
  for (size_t capacity = 0; capacity <= size + 1; capacity++) {
    char *dst = malloc (capacity);

    g_assert_cmpuint (write (arguments, dst, capacity), ==, size);
    if (capacity >= size)
      g_assert_cmpmem (dst, size, expected, size);
    else
      g_assert_cmpmem (dst, capacity, expected, capacity);
    free (dst);
  }
}

#endif
