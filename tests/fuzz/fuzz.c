/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "fuzz.h"

uint8_t
fuzz_take_byte (FuzzInput * input)
{
  if (input->size == 0)
    return 0;
  input->size--;
  return *input->data++;
}

FuzzInput
fuzz_take (FuzzInput * input, size_t size)
{
  FuzzInput taken = { input->data, size < input->size ? size : input->size };

  input->size -= taken.size;
  if (taken.size > 0)
    input->data += taken.size;
  return taken;
}

H26xFormat
fuzz_format (uint8_t byte)
{
  static const unsigned length_sizes[4] = { 0, 1, 2, 4 };

  const H26xFormat format = {
    .codec = byte & 1 ? H26X_CODEC_H265 : H26X_CODEC_H264,
    .length_size = length_sizes[byte >> 1 & 3]
  };
  return format;
}

/* Bits 0 to 3: how many parts; 4 and 5: how they lie; 6 and 7: where */
unsigned
fuzz_divide (size_t size, uint8_t division, size_t ends[FUZZ_MAX_PARTS])
{
  const unsigned n = (division & 15u) + 1;
  const unsigned how = division >> 4 & 3;
  uint32_t random = 1 + (division >> 6);

  for (unsigned i = 0; i + 1 < n; i++) {
    random = random * 1664525u + 1013904223u;
    const size_t at = (random >> 8) % (size + 1);

    switch (how) {
      case 0:                  /* anywhere */
        ends[i] = at;
        break;
      case 1:                  /* anywhere, with empty parts */
        ends[i] = i % 2 == 1 ? ends[i - 1] : at;
        break;
      default:                 /* byte by byte, from somewhere or the start */
        ends[i] = i > 0 ? ends[i - 1] + 1 : how == 2 ? at : 1;
        break;
    }
    if (ends[i] > size)
      ends[i] = size;
    for (unsigned j = i; j > 0 && ends[j - 1] > ends[j]; j--) {
      const size_t end = ends[j];

      ends[j] = ends[j - 1];
      ends[j - 1] = end;
    }
  }
  ends[n - 1] = size;
  return n;
}

void
fuzz_spans_init (FuzzSpans * spans, FuzzInput input, uint8_t division)
{
  size_t ends[FUZZ_MAX_PARTS];
  const unsigned n = fuzz_divide (input.size, division, ends);
  size_t begin = 0;

  for (unsigned i = 0; i < n; i++) {
    const size_t size = ends[i] - begin;
    uint8_t *block = malloc (size);

    if (size > 0)
      memcpy (block, input.data + begin, size);
    spans->spans[i].data = block;
    spans->spans[i].size = size;
    begin = ends[i];
  }
  bytes_init (&spans->bytes, spans->spans, n);
}

void
fuzz_spans_clear (FuzzSpans * spans)
{
  for (size_t i = 0; i < spans->bytes.n_spans; i++)
    free ((uint8_t *) spans->spans[i].data);
}
