/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sei.h"

/* What each target has. libFuzzer's main() calls it, or that of replay.c. */
int LLVMFuzzerTestOneInput (const uint8_t * data, size_t size);

/* What must hold for any input. Stays in builds without assertions. */
#define CHECK(condition) do {                                           \
  if (!(condition)) {                                                   \
    fprintf (stderr, "%s:%d: %s: not true: %s\n", __FILE__, __LINE__,   \
        __func__, #condition);                                          \
    abort ();                                                           \
  }                                                                     \
} while (0)

/* What is left of an input */
typedef struct {
  const uint8_t *data;
  size_t size;
} FuzzInput;

/* The next byte, or 0 at the end */
uint8_t fuzz_take_byte (FuzzInput * input);

/* The next bytes, or all that are left if they are fewer */
FuzzInput fuzz_take (FuzzInput * input, size_t size);

/* Bit 0: the codec; bits 1 and 2: length fields of 0, 1, 2, 4 bytes */
H26xFormat fuzz_format (uint8_t byte);

#define FUZZ_MAX_PARTS 16

/* Divides bytes into up to FUZZ_MAX_PARTS parts, of which some may be empty.
 * Returns how many; ends: the offset behind each. */
unsigned fuzz_divide (size_t size, uint8_t division,
    size_t ends[FUZZ_MAX_PARTS]);

/* A copy of bytes in blocks of exactly the sizes needed, so that the address
 * sanitizer sees a read that goes too far */
typedef struct {
  Bytes bytes;
  BytesSpan spans[FUZZ_MAX_PARTS];
} FuzzSpans;

void fuzz_spans_init (FuzzSpans * spans, FuzzInput input, uint8_t division);
void fuzz_spans_clear (FuzzSpans * spans);

#define FUZZ_ONE_PART 0         /* the division that does not divide */

#endif
