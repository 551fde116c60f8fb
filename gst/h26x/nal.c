/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "nal.h"

#include <string.h>

/* The zero bytes that [begin, end) ends with */
static size_t
count_zeros_before (const uint8_t * begin, const uint8_t * end)
{
  const uint8_t *p = end;

  while (p > begin && p[-1] == 0)
    p--;
  return (size_t) (end - p);
}

/* Moves the cursor behind the next start code prefix, or to the end of all.
 *
 * start: offset of the start code, its zero_byte included. Any zero before the
 *   prefix qualifies: a NAL unit does not end with one (7.4.1), so it is
 *   zero_byte, leading_zero_8bits or trailing_zero_8bits of Annex B.
 * content_end: offset behind the last byte before it that is not zero, not less
 *   than where the cursor was
 */
static void
find_start_code (BytesCursor * cursor, size_t *start, size_t *content_end)
{
  const Bytes *bytes = cursor->bytes;
  size_t zeros = 0;             /* right before the part of the span at hand */

  for (; cursor->span < bytes->n_spans; cursor->span++, cursor->in_span = 0) {
    const BytesSpan *span = &bytes->spans[cursor->span];
    const size_t left = span->size - cursor->in_span;
    if (left == 0)
      continue;

    const uint8_t *begin = span->data + cursor->in_span;
    const uint8_t *end = begin + left;
    const uint8_t *p = begin;

    while (p < end && (p = memchr (p, 1, (size_t) (end - p)))) {
      /* Two looks decide about nearly every 01; the exact count comes after */
      if ((p == begin || p[-1] == 0) && (p - begin < 2 || p[-2] == 0)) {
        size_t before = count_zeros_before (begin, p);
        if (before == (size_t) (p - begin))
          before += zeros;

        if (before >= 2) {
          const size_t at = cursor->offset + (size_t) (p - begin);

          *start = at - (before > 2 ? 3 : 2);
          *content_end = at - before;
          cursor->in_span += (size_t) (p - begin) + 1;
          cursor->offset = at + 1;
          return;
        }
      }
      /* A start code that ends with 01 has no other 01 in its last 3 bytes */
      if (end - p <= 3)
        break;
      p += 3;
    }

    const size_t before = count_zeros_before (begin, end);
    zeros = before == left ? zeros + before : before;
    cursor->offset += left;
  }
  *start = cursor->offset;
  *content_end = cursor->offset - zeros;
}

/* Whether the zero bytes right before the cursor are content of a NAL unit in a
 * byte stream: not if they belong to a start code or trailing_zero_8bits */
static bool
zeros_are_content (BytesCursor cursor, size_t zeros)
{
  int byte;

  while ((byte = bytes_cursor_next (&cursor)) == 0)
    zeros++;
  return byte > 1 || (byte == 1 && zeros == 1);
}

/* As h26x_nal_describe(), where the compiler may inline it */
static void
describe (H26xCodec codec, const uint8_t * header, int next, H26xNal * nal)
{
  if (codec == H26X_CODEC_H265) {
    /* H.265 7.3.1.2 and table 7-1 */
    nal->type = (header[0] >> 1) & 63u;
    nal->layer_id = (header[0] & 1u) << 5 | header[1] >> 3;
    /* 7.4.2.2 forbids a nuh_temporal_id_plus1 of 0 */
    nal->temporal_id = (header[1] & 7) > 0 ? (header[1] & 7u) - 1 : 0;
    if (nal->type <= 31)
      nal->kind = H26X_NAL_SLICE;
    else if (nal->type == 36 || nal->type == 37)
      nal->kind = H26X_NAL_END;
    else if (nal->type == 39)
      nal->kind = H26X_NAL_SEI;
    else if (nal->type == 40)
      nal->kind = H26X_NAL_SEI_SUFFIX;
    else
      nal->kind = H26X_NAL_OTHER;
  } else {
    /* H.264 7.3.1 and table 7-1 */
    nal->type = header[0] & 31u;
    nal->layer_id = 0;
    nal->temporal_id = 0;
    if (nal->type >= 1 && nal->type <= 5)
      nal->kind = H26X_NAL_SLICE;
    else if (nal->type == 6)
      nal->kind = H26X_NAL_SEI;
    else if (nal->type == 10 || nal->type == 11)
      nal->kind = H26X_NAL_END;
    else if (nal->type == 14)
      nal->kind = H26X_NAL_SLICE_PREFIX;
    else
      nal->kind = H26X_NAL_OTHER;
  }

  /* A flag, and a number whose shortest code, 1, is for 0: both are this bit. In
   * H.264 data partitions B and C (3, 4) begin with another number. */
  nal->first_in_picture = nal->kind == H26X_NAL_SLICE && next >= 0x80
      && (codec == H26X_CODEC_H265 || (nal->type != 3 && nal->type != 4));
  /* svc_extension_flag, then idr_flag if that is 1, or else non_idr_flag */
  nal->prefix_of_idr = nal->kind == H26X_NAL_SLICE_PREFIX && next >= 0
      && (next >> 6 == 3 || next >> 6 == 0);
}

void
h26x_nal_describe (H26xCodec codec, const uint8_t * header, int next,
    H26xNal * nal)
{
  describe (codec, header, next, nal);
}

/* Reads the header at the cursor in a byte stream. Returns false if the NAL unit ends
 * within it. Reads on behind the header only where its last byte is zero, which valid
 * streams avoid. */
static bool
read_header (const BytesCursor * cursor, H26xCodec codec, H26xNal * nal)
{
  const size_t size = H26X_NAL_HEADER_SIZE (codec);
  uint8_t room[3];
  size_t found;
  const uint8_t *header = bytes_cursor_look (cursor, size + 1, room, &found);

  if (found < size)
    return false;
  if (header[size - 1] == 0) {
    BytesCursor behind = *cursor;

    bytes_cursor_skip (&behind, size);
    if (!zeros_are_content (behind, header[0] == 0 ? size : 1))
      return false;
  }
  describe (codec, header, found > size ? header[size] : -1, nal);
  return true;
}

bool
h26x_nal_begins_access_unit (H26xCodec codec, const H26xNal * nal)
{
  if (nal->layer_id > 0)
    return false;
  if (nal->kind == H26X_NAL_SLICE)
    return nal->first_in_picture;
  return codec == H26X_CODEC_H264 ?
      (nal->type >= 6 && nal->type <= 9) || (nal->type >= 14 && nal->type <= 18)
      : (nal->type >= 32 && nal->type <= 35) || nal->type == 39
      || (nal->type >= 41 && nal->type <= 44)
      || (nal->type >= 48 && nal->type <= 55);
}

/* Between calls the cursor of a byte stream is behind the start code of the NAL
 * unit that comes next, or at the end; with length fields it is before the
 * length field. */
void
h26x_nal_iter_init (H26xNalIter * it, const Bytes * bytes, H26xFormat format)
{
  size_t content_end;

  it->error = H26X_OK;
  it->format = format;
  it->next_start = 0;
  bytes_cursor_init (&it->cursor, bytes, 0);

  switch (format.length_size) {
    case 0:
      find_start_code (&it->cursor, &it->next_start, &content_end);
      break;
    case 1:
    case 2:
    case 4:
      break;
    default:
      it->error = H26X_INVALID;
      break;
  }
}

static bool
peek_byte_stream (H26xNalIter * it, H26xNal * nal)
{
  const Bytes *bytes = it->cursor.bytes;
  size_t content_end;

  while (it->cursor.offset < bytes->size) {
    if (read_header (&it->cursor, it->format.codec, nal)) {
      nal->start = it->next_start;
      nal->offset = it->cursor.offset;
      nal->size = 0;
      return true;
    }
    find_start_code (&it->cursor, &it->next_start, &content_end);
  }
  return false;
}

static bool
peek_length_prefixed (H26xNalIter * it, H26xNal * nal)
{
  const Bytes *bytes = it->cursor.bytes;
  const size_t length_size = it->format.length_size;
  const size_t header_size = H26X_NAL_HEADER_SIZE (it->format.codec);

  while (it->cursor.offset < bytes->size) {
    /* the length field, the header and the byte behind it */
    uint8_t room[4 + 2 + 1];
    size_t size = 0, found;
    const uint8_t *field = bytes_cursor_look (&it->cursor,
        length_size + header_size + 1, room, &found);
    const uint8_t *header = field + length_size;

    if (found < length_size) {
      it->error = H26X_TRUNCATED;
      return false;
    }
    while (field < header)
      size = size << 8 | *field++;
    if (size > bytes->size - it->cursor.offset - length_size) {
      it->error = H26X_TRUNCATED;
      return false;
    }

    if (size >= header_size) {
      /* What is behind a header that is all there is, is another's */
      describe (it->format.codec, header,
          size > header_size ? header[header_size] : -1, nal);
      nal->start = it->cursor.offset;
      nal->offset = it->cursor.offset + length_size;
      nal->size = size;
      return true;
    }
    bytes_cursor_skip (&it->cursor, length_size + size);
  }
  return false;
}

bool
h26x_nal_iter_peek (H26xNalIter * it, H26xNal * nal)
{
  if (it->error != H26X_OK)
    return false;
  return it->format.length_size == 0 ?
      peek_byte_stream (it, nal) : peek_length_prefixed (it, nal);
}

void
h26x_nal_iter_finish (H26xNalIter * it, H26xNal * nal)
{
  if (it->format.length_size == 0) {
    size_t content_end;

    find_start_code (&it->cursor, &it->next_start, &content_end);
    nal->size = content_end - nal->offset;
  } else {
    bytes_cursor_skip (&it->cursor, it->format.length_size + nal->size);
  }
}

bool
h26x_nal_iter_next (H26xNalIter * it, H26xNal * nal)
{
  if (!h26x_nal_iter_peek (it, nal))
    return false;
  h26x_nal_iter_finish (it, nal);
  return true;
}

void
h26x_nal_iter_skip_to (H26xNalIter * it, size_t offset)
{
  size_t content_end;

  if (it->format.length_size > 0 || offset <= it->cursor.offset)
    return;
  bytes_cursor_skip (&it->cursor, offset - it->cursor.offset);
  find_start_code (&it->cursor, &it->next_start, &content_end);
}

H26xStatus
h26x_find_insert_point (const Bytes * bytes, H26xFormat format,
    H26xInsertPoint * point)
{
  H26xNalIter it;
  H26xNal nal;
  bool after_prefix = false;
  size_t prefix_start = 0;

  h26x_nal_iter_init (&it, bytes, format);
  while (h26x_nal_iter_peek (&it, &nal)) {
    if (nal.kind == H26X_NAL_SLICE) {
      point->offset = after_prefix ? prefix_start : nal.start;
      point->layer_id = nal.layer_id;
      point->temporal_id = nal.temporal_id;
      return H26X_OK;
    }
    if (nal.kind != H26X_NAL_SLICE_PREFIX) {
      after_prefix = false;
    } else if (!after_prefix) {
      after_prefix = true;
      prefix_start = nal.start;
    }
    h26x_nal_iter_finish (&it, &nal);
  }
  return it.error != H26X_OK ? it.error : H26X_NO_SLICE;
}
