/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* SEI messages, compared with what a simple reader finds, and a NAL unit written
 * again without some of them.
 *
 * Input: format, division, bytes of an access unit */

#include <limits.h>

#include "fuzz.h"

/* A NAL unit behind its header, without emulation prevention (7.3.1) */
typedef struct
{
  uint8_t *data;
  size_t size;
  size_t offset;
} Rbsp;

static Rbsp
rbsp_new (const uint8_t * data, size_t size)
{
  Rbsp rbsp = {.data = malloc (size) };
  unsigned zeros = 0;

  for (size_t i = 0; i < size; i++) {
    if (zeros >= 2 && data[i] == 3) {
      zeros = 0;
      continue;
    }
    zeros = data[i] == 0 ? zeros + 1 : 0;
    rbsp.data[rbsp.size++] = data[i];
  }
  return rbsp;
}

/* more_rbsp_data(), for messages of whole bytes and zeros behind the 80 */
static bool
rbsp_has_more (const Rbsp * rbsp)
{
  if (rbsp->offset == rbsp->size)
    return false;
  if (rbsp->data[rbsp->offset] != 0x80)
    return true;
  for (size_t i = rbsp->offset + 1; i < rbsp->size; i++)
    if (rbsp->data[i] != 0)
      return true;
  return false;
}

static bool
rbsp_read_sum (Rbsp * rbsp, size_t *sum)
{
  *sum = 0;
  while (rbsp->offset < rbsp->size) {
    const uint8_t byte = rbsp->data[rbsp->offset++];

    *sum += byte;
    if (byte != 0xff)
      return true;
  }
  return false;
}

/* Reads the payload in pieces of n bytes, too */
static void
check_payload (const SeiMessage * message, const uint8_t * expected, size_t n)
{
  uint8_t *copy = malloc (message->size);

  CHECK (sei_message_copy (message, 0, copy, message->size) == message->size);
  CHECK (message->size == 0 || memcmp (copy, expected, message->size) == 0);
  for (size_t skip = 0; skip < message->size; skip += n) {
    const size_t left = message->size - skip;
    const size_t size = left < n ? left : n;

    memset (copy, 0xaa, size);
    CHECK (sei_message_copy (message, skip, copy, n < left ? n : left) == size);
    CHECK (memcmp (copy, expected + skip, size) == 0);
  }
  CHECK (sei_message_copy (message, message->size, copy, 1) == 0);
  CHECK (sei_message_copy (message, SIZE_MAX, copy, 1) == 0);
  free (copy);
}

/* Writes the NAL unit without the ranges. What is left is content of expected. */
static void
check_without (const Bytes * many, H26xFormat format, const H26xNal * nal,
    const SeiRange * cuts, size_t n_cuts, const Rbsp * expected)
{
  const size_t header_size = H26X_NAL_HEADER_SIZE (format.codec);
  const size_t prefix_size = format.length_size + header_size;
  size_t written, again, from = 0, used = 0;
  const H26xStatus status = sei_write_without (format, many, nal, cuts, n_cuts,
      NULL, 0, &written);

  if (status != H26X_OK) {
    /* Only emulation prevention that was missing makes it longer */
    CHECK (status == H26X_TOO_LARGE && written == 0);
    CHECK (format.length_size == 1 || format.length_size == 2);
    return;
  }

  uint8_t *dst = malloc (written);
  CHECK (sei_write_without (format, many, nal, cuts, n_cuts, dst, written,
          &again) == H26X_OK && again == written);
  CHECK (written >= prefix_size);

  size_t nal_size = 0;
  for (unsigned i = 0; i < format.length_size; i++)
    nal_size = nal_size << 8 | dst[i];
  CHECK (format.length_size == 0 || nal_size == written - format.length_size);
  for (size_t i = prefix_size + 2; i < written; i++)
    CHECK (dst[i - 2] != 0 || dst[i - 1] != 0 || dst[i] >= 3);

  Rbsp left = rbsp_new (dst + prefix_size, written - prefix_size);
  for (size_t i = 0; i <= n_cuts; i++) {
    const size_t to = i < n_cuts ? cuts[i].start - header_size : expected->size;

    CHECK (left.size - used >= to - from);
    CHECK (to == from
        || memcmp (left.data + used, expected->data + from, to - from) == 0);
    used += to - from;
    if (i < n_cuts)
      from = cuts[i].end - header_size;
  }
  CHECK (used == left.size);
  free (left.data);
  free (dst);
}

#define MAX_CUTS 8

static void
check_sei (FuzzInput in, const Bytes * one, const Bytes * many,
    H26xFormat format, const H26xNal * nal, uint8_t division)
{
  const size_t header_size = H26X_NAL_HEADER_SIZE (format.codec);
  Rbsp rbsp = rbsp_new (in.data + nal->offset + header_size,
      nal->size - header_size);
  SeiReader reader, apart;
  SeiMessage message, other;
  SeiRange cuts[MAX_CUTS];
  size_t type, size, n_cuts = 0, n = 0;

  sei_reader_init (&reader, one, format, nal);
  sei_reader_init (&apart, many, format, nal);
  while (sei_reader_next (&reader, &message)) {
    CHECK (rbsp_has_more (&rbsp));
    CHECK (message.start == header_size + rbsp.offset);
    CHECK (rbsp_read_sum (&rbsp, &type) && rbsp_read_sum (&rbsp, &size));
    CHECK (message.type == type && message.size == size);
    CHECK (size <= rbsp.size - rbsp.offset);

    CHECK (sei_reader_next (&apart, &other));
    CHECK (message.type == other.type && message.size == other.size);
    CHECK (message.start == other.start && message.end == other.end);

    /* Every piece is looked for from the beginning: not too many of them */
    const size_t piece = 1 + division % 32 + size / 64;
    check_payload (&message, rbsp.data + rbsp.offset, piece);
    check_payload (&other, rbsp.data + rbsp.offset, piece);

    rbsp.offset += size;
    CHECK (message.end == header_size + rbsp.offset);
    if (n_cuts < MAX_CUTS && (division >> (n % 8) & 1)) {
      cuts[n_cuts].start = message.start;
      cuts[n_cuts++].end = message.end;
    }
    n++;
  }
  CHECK (!sei_reader_next (&apart, &other) && apart.error == reader.error);
  CHECK (!sei_reader_next (&reader, &message));
  if (reader.error == H26X_OK)
    CHECK (!rbsp_has_more (&rbsp));
  else
    CHECK (rbsp_has_more (&rbsp) && (!rbsp_read_sum (&rbsp, &type)
            || type > UINT_MAX || !rbsp_read_sum (&rbsp, &size)
            || size > rbsp.size - rbsp.offset));
  check_without (many, format, nal, cuts, n_cuts, &rbsp);
  free (rbsp.data);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  FuzzInput in = { data, size };
  const H26xFormat format = fuzz_format (fuzz_take_byte (&in));
  const uint8_t division = fuzz_take_byte (&in);
  FuzzSpans one, many;
  H26xNalIter it;
  H26xNal nal;

  fuzz_spans_init (&one, in, FUZZ_ONE_PART);
  fuzz_spans_init (&many, in, division);
  h26x_nal_iter_init (&it, &many.bytes, format);
  while (h26x_nal_iter_next (&it, &nal)) {
    if (nal.kind == H26X_NAL_SEI || nal.kind == H26X_NAL_SEI_SUFFIX) {
      check_sei (in, &one.bytes, &many.bytes, format, &nal, division);
    } else {
      SeiReader reader;
      SeiMessage message;

      sei_reader_init (&reader, &many.bytes, format, &nal);
      CHECK (!sei_reader_next (&reader, &message));
      CHECK (reader.error == H26X_INVALID);
    }
  }
  fuzz_spans_clear (&many);
  fuzz_spans_clear (&one);
  return 0;
}
