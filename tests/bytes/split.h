/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SPLIT_H
#define SPLIT_H

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

/* A copy of some bytes in three blocks of exactly the sizes needed, so that the
 * address sanitizer sees a read that goes too far. Cuts at the same place, at 0
 * or at the end make blocks of no bytes. */
typedef struct {
  BytesSpan spans[3];
  Bytes bytes;
} Split;

static inline void
split_init (Split * split, const uint8_t * data, size_t size, size_t cut1,
    size_t cut2)
{
  const size_t cuts[4] = { 0, cut1, cut2, size };

  g_assert_true (cut1 <= cut2 && cut2 <= size);
  for (unsigned i = 0; i < 3; i++) {
    const size_t n = cuts[i + 1] - cuts[i];
    uint8_t *block = malloc (n);

    if (n > 0)
      memcpy (block, data + cuts[i], n);
    split->spans[i] = (BytesSpan) { block, n };
  }
  bytes_init (&split->bytes, split->spans, 3);
}

static inline void
split_clear (Split * split)
{
  for (unsigned i = 0; i < 3; i++)
    free ((uint8_t *) split->spans[i].data);
}

/* Calls func for the bytes in one, two and three blocks, cut everywhere */
typedef void (*SplitFunc) (const Bytes * bytes, void *user_data);

static inline void
for_each_split (const uint8_t * data, size_t size, SplitFunc func,
    void *user_data)
{
  for (size_t cut1 = 0; cut1 <= size; cut1++) {
    for (size_t cut2 = cut1; cut2 <= size; cut2++) {
      Split split;

      split_init (&split, data, size, cut1, cut2);
      func (&split.bytes, user_data);
      split_clear (&split);
    }
  }
}

/* Bytes that make start codes and emulation prevention likely */
static inline void
fill_nasty (GRand * rand, uint8_t * data, size_t size)
{
  static const uint8_t nasty[] = {
    0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 3, 5, 6, 0x4e, 0x65, 0x80, 0xff
  };

  for (size_t i = 0; i < size; i++)
    data[i] = nasty[g_rand_int_range (rand, 0, sizeof (nasty))];
}

#endif
