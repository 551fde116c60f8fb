/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* NAL units, and the place for another one.
 *
 * Input: format, division, bytes of an access unit */

#include "fuzz.h"

static void
check_equal (const H26xNal * a, const H26xNal * b)
{
  CHECK (a->start == b->start && a->offset == b->offset && a->size == b->size);
  CHECK (a->kind == b->kind && a->type == b->type);
  CHECK (a->layer_id == b->layer_id && a->temporal_id == b->temporal_id);
  CHECK (a->first_in_picture == b->first_in_picture);
}

/* Looks for 00 00 01 from a place on. Returns where it is, or the size. */
static size_t
find_start_code (FuzzInput in, size_t at)
{
  for (; at + 3 <= in.size; at++)
    if (in.data[at] == 0 && in.data[at + 1] == 0 && in.data[at + 2] == 1)
      return at;
  return in.size;
}

/* The NAL unit that Annex B.1 gives behind the place, without any cleverness */
static bool
find_nal (FuzzInput in, size_t at, size_t header_size, H26xNal * nal)
{
  while ((at = find_start_code (in, at)) < in.size) {
    nal->start = at > 0 && in.data[at - 1] == 0 ? at - 1 : at;
    nal->offset = at += 3;

    size_t end = find_start_code (in, at);
    while (end > at && in.data[end - 1] == 0)
      end--;
    nal->size = end - at;
    if (nal->size >= header_size)
      return true;
  }
  return false;
}

/* What is true of each NAL unit; end: offset behind the one before */
static void
check_nal (FuzzInput in, H26xFormat format, const H26xNal * nal, size_t end)
{
  const size_t header_size = H26X_NAL_HEADER_SIZE (format.codec);

  CHECK (nal->start >= end && nal->start < nal->offset);
  CHECK (nal->offset <= in.size && nal->size <= in.size - nal->offset);
  CHECK (nal->size >= header_size);
  CHECK (!nal->first_in_picture || nal->kind == H26X_NAL_SLICE);
  CHECK (nal->kind != H26X_NAL_SEI_SUFFIX
      || !h26x_nal_begins_access_unit (format.codec, nal));

  if (format.length_size == 0) {
    H26xNal naive;

    CHECK (find_nal (in, end, header_size, &naive));
    CHECK (naive.start == nal->start && naive.offset == nal->offset);
    CHECK (naive.size == nal->size);
  } else {
    size_t size = 0;

    CHECK (nal->offset - nal->start == format.length_size);
    for (size_t i = nal->start; i < nal->offset; i++)
      size = size << 8 | in.data[i];
    CHECK (size == nal->size);
  }
}

/* Walks in all ways at once */
static void
check_walk (FuzzInput in, const Bytes * one, const Bytes * many,
    H26xFormat format)
{
  H26xNalIter next, apart, peeking;
  H26xNal nal, other, peeked;
  size_t end = 0;

  h26x_nal_iter_init (&next, one, format);
  h26x_nal_iter_init (&apart, many, format);
  h26x_nal_iter_init (&peeking, many, format);
  while (h26x_nal_iter_next (&next, &nal)) {
    check_nal (in, format, &nal, end);
    end = nal.offset + nal.size;

    CHECK (h26x_nal_iter_next (&apart, &other));
    check_equal (&other, &nal);

    CHECK (h26x_nal_iter_peek (&peeking, &other));
    CHECK (h26x_nal_iter_peek (&peeking, &peeked));
    check_equal (&other, &peeked);
    CHECK (peeked.size == (format.length_size > 0 ? nal.size : 0));
    h26x_nal_iter_finish (&peeking, &peeked);
    check_equal (&peeked, &nal);
  }
  CHECK (!h26x_nal_iter_next (&apart, &other) && apart.error == next.error);
  CHECK (!h26x_nal_iter_peek (&peeking, &peeked)
      && peeking.error == next.error);
  if (format.length_size == 0) {
    CHECK (next.error == H26X_OK);
    CHECK (!find_nal (in, end, H26X_NAL_HEADER_SIZE (format.codec), &nal));
  }
}

/* Puts a message there, and looks for it and for all that was there before */
static void
check_insert (FuzzInput in, const Bytes * many, H26xFormat format,
    const H26xInsertPoint * point)
{
  static const uint8_t uuid[SEI_UUID_SIZE] = { 1, 0, 0, 1, 0, 0, 0, 0, 2 };
  uint8_t message[64];
  size_t size;
  H26xNalIter before, after;
  H26xNal nal, moved;
  bool found = false;

  CHECK (sei_write_message (format, point, 5, uuid, uuid, 5, message,
          sizeof (message), &size) == H26X_OK);

  uint8_t *data = malloc (in.size + size);
  memcpy (data, in.data, point->offset);
  memcpy (data + point->offset, message, size);
  memcpy (data + point->offset + size, in.data + point->offset,
      in.size - point->offset);

  const BytesSpan span = { data, in.size + size };
  Bytes bytes;
  bytes_init (&bytes, &span, 1);
  h26x_nal_iter_init (&before, many, format);
  h26x_nal_iter_init (&after, &bytes, format);
  while (h26x_nal_iter_next (&after, &moved)) {
    if (moved.start == point->offset) {
      SeiReader reader;
      SeiMessage read;
      uint8_t payload[SEI_UUID_SIZE + 5];

      CHECK (!found && moved.kind == H26X_NAL_SEI);
      CHECK (moved.layer_id == point->layer_id);
      CHECK (moved.temporal_id == point->temporal_id);
      sei_reader_init (&reader, &bytes, format, &moved);
      CHECK (sei_reader_next (&reader, &read));
      CHECK (read.type == SEI_TYPE_USER_DATA_UNREGISTERED);
      CHECK (read.size == sizeof (payload));
      sei_message_copy (&read, 0, payload, sizeof (payload));
      CHECK (memcmp (payload, uuid, SEI_UUID_SIZE) == 0);
      CHECK (memcmp (payload + SEI_UUID_SIZE, uuid, 5) == 0);
      CHECK (!sei_reader_next (&reader, &read) && reader.error == H26X_OK);
      found = true;
      continue;
    }
    CHECK (found || moved.kind != H26X_NAL_SLICE);
    CHECK (h26x_nal_iter_next (&before, &nal));
    nal.start += found ? size : 0;
    nal.offset += found ? size : 0;
    check_equal (&moved, &nal);
  }
  CHECK (found);
  CHECK (!h26x_nal_iter_next (&before, &nal) && before.error == after.error);
  free (data);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  FuzzInput in = { data, size };
  const H26xFormat format = fuzz_format (fuzz_take_byte (&in));
  const uint8_t division = fuzz_take_byte (&in);
  FuzzSpans one, many;
  H26xInsertPoint point = { 0 }, other = { 0 };

  fuzz_spans_init (&one, in, FUZZ_ONE_PART);
  fuzz_spans_init (&many, in, division);

  check_walk (in, &one.bytes, &many.bytes, format);

  const H26xStatus status = h26x_find_insert_point (&one.bytes, format, &point);
  CHECK (h26x_find_insert_point (&many.bytes, format, &other) == status);
  if (status == H26X_OK) {
    CHECK (point.offset <= in.size && point.offset == other.offset);
    CHECK (point.layer_id == other.layer_id);
    CHECK (point.temporal_id == other.temporal_id);
    check_insert (in, &many.bytes, format, &point);
  }
  fuzz_spans_clear (&many);
  fuzz_spans_clear (&one);
  return 0;
}
