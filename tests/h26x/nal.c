/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "nal.h"

#include "split.h"

#define MAX_NALS 64

static const H26xFormat h264_stream = { H26X_CODEC_H264, 0 };
static const H26xFormat h265_stream = { H26X_CODEC_H265, 0 };

/* What a walk must give: what of a H26xNal does not follow from its header */
typedef struct
{
  H26xFormat format;
  H26xStatus error;
  unsigned n_nals;
  struct
  {
    size_t start, offset, size;
  } nals[MAX_NALS];
} Expected;

static void
check_walk (const Bytes * bytes, void *user_data)
{
  const Expected *expected = user_data;
  H26xNalIter it, peeking;
  H26xNal nal, peeked;
  unsigned n = 0;

  h26x_nal_iter_init (&it, bytes, expected->format);
  h26x_nal_iter_init (&peeking, bytes, expected->format);
  while (h26x_nal_iter_next (&it, &nal)) {
    g_assert_cmpuint (n, <, expected->n_nals);
    g_assert_cmpuint (nal.start, ==, expected->nals[n].start);
    g_assert_cmpuint (nal.offset, ==, expected->nals[n].offset);
    g_assert_cmpuint (nal.size, ==, expected->nals[n].size);

    for (unsigned i = 0; i < 2; i++) {
      g_assert_true (h26x_nal_iter_peek (&peeking, &peeked));
      g_assert_cmpuint (peeked.start, ==, nal.start);
      g_assert_cmpuint (peeked.offset, ==, nal.offset);
      g_assert_cmpuint (peeked.size, ==,
          expected->format.length_size == 0 ? 0 : nal.size);
      g_assert_cmpuint (peeked.kind, ==, nal.kind);
      g_assert_cmpuint (peeked.type, ==, nal.type);
      g_assert_cmpuint (peeked.layer_id, ==, nal.layer_id);
      g_assert_cmpuint (peeked.temporal_id, ==, nal.temporal_id);
    }
    h26x_nal_iter_finish (&peeking, &peeked);
    g_assert_cmpuint (peeked.size, ==, nal.size);
    n++;
  }
  g_assert_cmpuint (n, ==, expected->n_nals);
  g_assert_cmpint (it.error, ==, expected->error);
  g_assert_false (h26x_nal_iter_next (&it, &nal));
  g_assert_cmpint (it.error, ==, expected->error);
  g_assert_false (h26x_nal_iter_peek (&peeking, &peeked));
  g_assert_cmpint (peeking.error, ==, expected->error);
}

static void
expect_nal (Expected * expected, size_t start, size_t offset, size_t size)
{
  g_assert_cmpuint (expected->n_nals, <, MAX_NALS);
  expected->nals[expected->n_nals].start = start;
  expected->nals[expected->n_nals].offset = offset;
  expected->nals[expected->n_nals].size = size;
  expected->n_nals++;
}

/* Annex B the slow way, as written in B.1.1 and B.1.2 */
static void
expect_byte_stream (Expected * expected, const uint8_t * data, size_t size)
{
  const size_t header = expected->format.codec == H26X_CODEC_H265 ? 2 : 1;
  size_t at = 0;

  while (at + 3 <= size) {
    if (memcmp (data + at, "\0\0\1", 3) != 0) {
      at++;
      continue;
    }

    const size_t start = at > 0 && data[at - 1] == 0 ? at - 1 : at;
    const size_t offset = at + 3;
    size_t next = offset;
    while (next + 3 <= size && memcmp (data + next, "\0\0\1", 3) != 0)
      next++;
    size_t end = next + 3 <= size ? next : size;
    at = end;
    while (end > offset && data[end - 1] == 0)
      end--;
    if (end - offset >= header)
      expect_nal (expected, start, offset, end - offset);
  }
}

static void
expect_length_prefixed (Expected * expected, const uint8_t * data, size_t size)
{
  const size_t header = expected->format.codec == H26X_CODEC_H265 ? 2 : 1;
  const size_t length_size = expected->format.length_size;

  for (size_t at = 0; at < size;) {
    uint64_t length = 0;

    if (size - at < length_size) {
      expected->error = H26X_TRUNCATED;
      return;
    }
    for (size_t i = 0; i < length_size; i++)
      length = length * 256 + data[at + i];
    if (length > size - at - length_size) {
      expected->error = H26X_TRUNCATED;
      return;
    }
    if (length >= header)
      expect_nal (expected, at, at + length_size, length);
    at += length_size + length;
  }
}

static void
compute (Expected * expected, H26xFormat format, const uint8_t * data,
    size_t size)
{
  *expected = (Expected) {
  .format = format};
  if (format.length_size == 0)
    expect_byte_stream (expected, data, size);
  else
    expect_length_prefixed (expected, data, size);
}

/* What is written here against what the slow way finds, against the real thing
 * in all splits; then every cut of it */
static void
check_all (H26xFormat format, H26xStatus error, const size_t *nals,
    unsigned n_nals, const uint8_t * data, size_t size)
{
  Expected expected;

  compute (&expected, format, data, size);
  g_assert_cmpint (expected.error, ==, error);
  g_assert_cmpuint (expected.n_nals, ==, n_nals);
  for (unsigned i = 0; i < n_nals; i++) {
    g_assert_cmpuint (expected.nals[i].start, ==, nals[3 * i]);
    g_assert_cmpuint (expected.nals[i].offset, ==, nals[3 * i + 1]);
    g_assert_cmpuint (expected.nals[i].size, ==, nals[3 * i + 2]);
  }
  for_each_split (data, size, check_walk, &expected);

  for (size_t cut = 0; cut < size; cut++) {
    compute (&expected, format, data, cut);
    for (size_t middle = 0; middle <= cut; middle++) {
      Split split;

      split_init (&split, data, cut, middle, cut);
      check_walk (&split.bytes, &expected);
      split_clear (&split);
    }
  }
}

/* nals: start, offset and size of each */
#define CHECK(format, error, nals, ...) G_STMT_START { \
  static const uint8_t data_[] = { __VA_ARGS__ }; \
  static const size_t nals_[] = nals; \
  check_all (format, error, nals_, G_N_ELEMENTS (nals_) / 3, data_, \
      sizeof (data_)); \
} G_STMT_END
#define LIST(...) { __VA_ARGS__ }
#define NONE { 0 }

static void
test_nal_start_codes_of_3_and_4_bytes (void)
{
  CHECK (h264_stream, H26X_OK, LIST (0, 3, 1), 0, 0, 1, 0x65);
  CHECK (h264_stream, H26X_OK, LIST (0, 4, 2), 0, 0, 0, 1, 0x65, 9);
  CHECK (h264_stream, H26X_OK, LIST (0, 4, 2, 6, 9, 3, 12, 16, 1, 17, 20, 2),
      0, 0, 0, 1, 9, 0xf0, 0, 0, 1, 0x67, 1, 1, 0, 0, 0, 1, 0x68, 0, 0, 1, 0x65,
      0x88);
  CHECK (h265_stream, H26X_OK, LIST (0, 4, 3, 7, 10, 3, 13, 17, 2),
      0, 0, 0, 1, 0x46, 1, 0x50, 0, 0, 1, 0x40, 1, 12, 0, 0, 0, 1, 0x26, 1);
}

static void
test_nal_zeros_behind_are_not_content (void)
{
  CHECK (h264_stream, H26X_OK, LIST (0, 3, 2, 7, 11, 2),
      0, 0, 1, 9, 0xf0, 0, 0, 0, 0, 0, 1, 0x65, 0x88, 0, 0, 0, 0);
  CHECK (h264_stream, H26X_OK, LIST (0, 3, 1), 0, 0, 1, 0x65, 0);
  CHECK (h265_stream, H26X_OK, LIST (0, 3, 3), 0, 0, 1, 0x26, 1, 9, 0, 0);
}

static void
test_nal_zeros_within_are_content (void)
{
  CHECK (h264_stream, H26X_OK, LIST (0, 3, 12, 15, 18, 1),
      0, 0, 1, 0x65, 0, 0, 3, 1, 0, 1, 0, 0, 3, 0, 1, 0, 0, 1, 0x41);
}

static void
test_nal_garbage_before_first_is_passed_over (void)
{
  CHECK (h264_stream, H26X_OK, LIST (5, 8, 1), 0x65, 1, 0, 1, 2, 0, 0, 1, 0x65);
  CHECK (h264_stream, H26X_OK, LIST (3, 7, 1), 0, 0, 0, 0, 0, 0, 1, 0x65);
  CHECK (h264_stream, H26X_OK, NONE, 0x65, 1, 0, 0, 2, 1, 0, 0);
}

static void
test_nal_empty_is_passed_over (void)
{
  CHECK (h264_stream, H26X_OK, NONE, 0, 0, 1);
  CHECK (h264_stream, H26X_OK, NONE, 0, 0, 1, 0, 0, 0);
  CHECK (h264_stream, H26X_OK, LIST (3, 6, 1), 0, 0, 1, 0, 0, 1, 0x65);
  CHECK (h264_stream, H26X_OK, LIST (4, 8, 1), 0, 0, 1, 0, 0, 0, 0, 1, 0x65, 0,
      0, 1, 0, 0);
  CHECK (h265_stream, H26X_OK, LIST (4, 7, 2), 0, 0, 1, 0x26, 0, 0, 1, 0x26, 1,
      0, 0, 1, 0x26);
  CHECK (h265_stream, H26X_OK, NONE, 0, 0, 1, 0x26, 0, 0, 0);
}

/* Header bytes that are zero are content all the same */
static void
test_nal_header_of_zeros_is_a_header (void)
{
  CHECK (h264_stream, H26X_OK, LIST (0, 3, 2, 5, 8, 4), 0, 0, 1, 0, 1, 0, 0, 1,
      0, 0, 3, 1);
  CHECK (h265_stream, H26X_OK, LIST (0, 3, 2, 5, 8, 3, 11, 14, 3), 0, 0, 1, 0,
      1, 0, 0, 1, 0x26, 0, 7, 0, 0, 1, 0, 0, 2);
  CHECK (h265_stream, H26X_OK, LIST (0, 3, 3), 0, 0, 1, 0x26, 0, 1);
}

static void
test_nal_lengths_of_1_2_and_4_bytes (void)
{
  const H26xFormat avc1 = { H26X_CODEC_H264, 1 };
  const H26xFormat avc2 = { H26X_CODEC_H264, 2 };
  const H26xFormat avc4 = { H26X_CODEC_H264, 4 };
  const H26xFormat hvc4 = { H26X_CODEC_H265, 4 };

  CHECK (avc1, H26X_OK, LIST (0, 1, 2, 3, 4, 1), 2, 9, 0xf0, 1, 0x65);
  CHECK (avc2, H26X_OK, LIST (0, 2, 2, 4, 6, 1), 0, 2, 9, 0, 0, 1, 0x65);
  CHECK (avc4, H26X_OK, LIST (0, 4, 5, 9, 13, 1), 0, 0, 0, 5, 6, 0, 0, 1, 0, 0,
      0, 0, 1, 0x65);
  /* A length of 1 looks like a start code */
  CHECK (hvc4, H26X_OK, LIST (9, 13, 2), 0, 0, 0, 1, 0x26, 0, 0, 0, 0, 0, 0, 0,
      2, 0x26, 1);
}

static void
test_nal_length_beyond_the_end_is_truncated (void)
{
  const H26xFormat avc1 = { H26X_CODEC_H264, 1 };
  const H26xFormat avc2 = { H26X_CODEC_H264, 2 };
  const H26xFormat avc4 = { H26X_CODEC_H264, 4 };

  CHECK (avc1, H26X_TRUNCATED, NONE, 1);
  CHECK (avc1, H26X_TRUNCATED, LIST (0, 1, 1), 1, 0x65, 255, 0x65);
  CHECK (avc2, H26X_TRUNCATED, LIST (0, 2, 1), 0, 1, 0x65, 0);
  CHECK (avc2, H26X_TRUNCATED, NONE, 0xff, 0xff, 0x65, 0);
  CHECK (avc4, H26X_TRUNCATED, NONE, 0xff, 0xff, 0xff, 0xff, 0x65, 0);
  CHECK (avc4, H26X_TRUNCATED, NONE, 0x7f, 0xff, 0xff, 0xff, 0x65, 0);
  CHECK (avc4, H26X_TRUNCATED, LIST (0, 4, 1), 0, 0, 0, 1, 0x65, 0xff, 0xff,
      0xff, 0xfc, 0x65);
}

static void
test_nal_length_size_of_no_standard_is_invalid (void)
{
  static const unsigned sizes[] = { 3, 5, 8, 255, G_MAXUINT };
  static const uint8_t data[] = { 0, 0, 1, 0x65, 0, 0, 1, 0x65, 0 };

  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    Expected expected = {
      .format = {H26X_CODEC_H264, sizes[i]},.error = H26X_INVALID
    };
    for_each_split (data, sizeof (data), check_walk, &expected);
  }
}

static H26xNal
read_only_nal (const uint8_t * data, size_t size, H26xFormat format)
{
  H26xNalIter it;
  H26xNal nal;
  Split split;

  split_init (&split, data, size, 0, 0);
  h26x_nal_iter_init (&it, &split.bytes, format);
  g_assert_true (h26x_nal_iter_next (&it, &nal));
  split_clear (&split);
  return nal;
}

static void
test_nal_kinds_of_h264 (void)
{
  for (unsigned type = 0; type < 32; type++) {
    const uint8_t data[] = { 0, 0, 1, (uint8_t) (0x60 | type), 0x80 };
    const H26xNal nal = read_only_nal (data, sizeof (data), h264_stream);
    H26xNalKind kind = H26X_NAL_OTHER;

    if (type >= 1 && type <= 5)
      kind = H26X_NAL_SLICE;
    if (type == 6)
      kind = H26X_NAL_SEI;
    if (type == 10 || type == 11)
      kind = H26X_NAL_END;
    if (type == 14)
      kind = H26X_NAL_SLICE_PREFIX;
    g_assert_cmpuint (nal.type, ==, type);
    g_assert_cmpint (nal.kind, ==, kind);
    g_assert_cmpuint (nal.layer_id, ==, 0);
    g_assert_cmpuint (nal.temporal_id, ==, 0);
  }
}

static void
test_nal_kinds_and_ids_of_h265 (void)
{
  for (unsigned type = 0; type < 64; type++) {
    for (unsigned layer_id = 0; layer_id < 64; layer_id++) {
      for (unsigned plus1 = 0; plus1 < 8; plus1++) {
        const uint8_t data[] = {
          0, 0, 1, (uint8_t) (type << 1 | layer_id >> 5),
          (uint8_t) ((layer_id & 31) << 3 | plus1), 0x80
        };
        const H26xNal nal = read_only_nal (data, sizeof (data), h265_stream);
        H26xNalKind kind = H26X_NAL_OTHER;

        if (type <= 31)
          kind = H26X_NAL_SLICE;
        if (type == 36 || type == 37)
          kind = H26X_NAL_END;
        if (type == 39)
          kind = H26X_NAL_SEI;
        if (type == 40)
          kind = H26X_NAL_SEI_SUFFIX;
        g_assert_cmpuint (nal.type, ==, type);
        g_assert_cmpint (nal.kind, ==, kind);
        g_assert_cmpuint (nal.layer_id, ==, layer_id);
        g_assert_cmpuint (nal.temporal_id, ==, plus1 > 0 ? plus1 - 1 : 0);
      }
    }
  }
}

static void
test_nal_random_bytes_as_the_slow_way (void)
{
  static const unsigned length_sizes[] = { 0, 0, 0, 1, 2, 4 };
  GRand *rand = g_rand_new_with_seed (20240501);

  for (unsigned round = 0; round < 20000; round++) {
    const H26xFormat format = {
      round % 2 == 0 ? H26X_CODEC_H264 : H26X_CODEC_H265,
      length_sizes[g_rand_int_range (rand, 0, G_N_ELEMENTS (length_sizes))]
    };
    uint8_t data[60];
    const size_t size = (size_t) g_rand_int_range (rand, 0, sizeof (data) + 1);
    const size_t cut2 = (size_t) g_rand_int_range (rand, 0, (gint) size + 1);
    const size_t cut1 = (size_t) g_rand_int_range (rand, 0, (gint) cut2 + 1);
    Expected expected;
    Split split;

    fill_nasty (rand, data, size);
    compute (&expected, format, data, size);
    split_init (&split, data, size, cut1, cut2);
    check_walk (&split.bytes, &expected);
    split_clear (&split);
  }
  g_rand_free (rand);
}

static H26xNal
first_nal (H26xFormat format, const uint8_t * data, size_t size)
{
  const BytesSpan span = { data, size };
  Bytes bytes;
  H26xNalIter it;
  H26xNal nal;

  bytes_init (&bytes, &span, 1);
  h26x_nal_iter_init (&it, &bytes, format);
  g_assert_true (h26x_nal_iter_next (&it, &nal));
  return nal;
}

static void
test_nal_first_in_picture (void)
{
  for (unsigned type = 0; type < 64; type++) {
    for (unsigned first = 0; first < 2; first++) {
      const uint8_t bit = first ? 0x80 : 0x40;
      const uint8_t h264[] = { 0, 0, 1, type & 31, bit, 0x55 };
      const uint8_t h265[] = { 0, 0, 1, type << 1, 1, bit, 0x55 };

      g_assert_cmpint (first_nal (h264_stream, h264,
              sizeof (h264)).first_in_picture, ==, first
          && ((type & 31) == 1 || (type & 31) == 2 || (type & 31) == 5));
      g_assert_cmpint (first_nal (h265_stream, h265,
              sizeof (h265)).first_in_picture, ==, first && type <= 31);
    }
  }

  /* a header and nothing behind it, in front of another NAL unit */
  const uint8_t lengths[] = { 1, 0x65, 0x80, 0x65 };

  g_assert_false (first_nal ((H26xFormat) {
          H26X_CODEC_H264, 1}, lengths, sizeof (lengths)).first_in_picture);
}

static void
test_nal_prefix_of_idr (void)
{
  /* SVC: idr_flag; MVC: non_idr_flag; priority_id behind them is whatever it is */
  static const struct
  {
    uint8_t header;
    uint8_t extension;
    bool idr;
  } prefixes[] = {
    {0x6e, 0xc0, true}, {0x6e, 0xff, true}, {0x6e, 0x80, false},
    {0x4e, 0xbf, false}, {0x6e, 0x00, true}, {0x6e, 0x3f, true},
    {0x6e, 0x40, false}, {0x6e, 0x7f, false}, {0x65, 0xc0, false}
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    const uint8_t data[] = {
      0, 0, 1, prefixes[i].header, prefixes[i].extension, 0x80, 0x07
    };

    g_assert_cmpint (first_nal (h264_stream, data,
            sizeof (data)).prefix_of_idr, ==, prefixes[i].idr);
    /* cut behind the header */
    g_assert_false (first_nal (h264_stream, data, 4).prefix_of_idr);
  }

  const uint8_t h265[] = { 0, 0, 1, 14 << 1, 1, 0xc0 };
  const uint8_t lengths[] = { 1, 0x6e, 0xc0, 0x80 };

  g_assert_false (first_nal (h265_stream, h265, sizeof (h265)).prefix_of_idr);
  g_assert_false (first_nal ((H26xFormat) {
          H26X_CODEC_H264, 1}
          , lengths, sizeof (lengths)).prefix_of_idr);
}

static void
test_nal_begins_access_unit (void)
{
  for (unsigned type = 0; type < 64; type++) {
    for (unsigned layer = 0; layer < 2; layer++) {
      const uint8_t h264[] = { 0, 0, 1, type & 31, 0x80, 0x55 };
      const uint8_t h265[] = { 0, 0, 1, type << 1, layer << 3 | 1, 0x80, 0x55 };
      const unsigned t = type & 31;
      H26xNal nal = first_nal (h264_stream, h264, sizeof (h264));

      g_assert_cmpint (h26x_nal_begins_access_unit (H26X_CODEC_H264, &nal), ==,
          t == 1 || t == 2 || (t >= 5 && t <= 9) || (t >= 14 && t <= 18));
      nal = first_nal (h265_stream, h265, sizeof (h265));
      g_assert_cmpint (h26x_nal_begins_access_unit (H26X_CODEC_H265, &nal), ==,
          layer == 0 && (type <= 35 || type == 39 || (type >= 41 && type <= 44)
              || (type >= 48 && type <= 55)));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/nal/" path, func)
  ADD ("start-codes", test_nal_start_codes_of_3_and_4_bytes);
  ADD ("zeros-behind", test_nal_zeros_behind_are_not_content);
  ADD ("zeros-within", test_nal_zeros_within_are_content);
  ADD ("garbage-before-first", test_nal_garbage_before_first_is_passed_over);
  ADD ("empty", test_nal_empty_is_passed_over);
  ADD ("header-of-zeros", test_nal_header_of_zeros_is_a_header);
  ADD ("lengths", test_nal_lengths_of_1_2_and_4_bytes);
  ADD ("length-beyond-the-end", test_nal_length_beyond_the_end_is_truncated);
  ADD ("length-size-invalid", test_nal_length_size_of_no_standard_is_invalid);
  ADD ("kinds-of-h264", test_nal_kinds_of_h264);
  ADD ("kinds-and-ids-of-h265", test_nal_kinds_and_ids_of_h265);
  ADD ("random-bytes", test_nal_random_bytes_as_the_slow_way);
  ADD ("first-in-picture", test_nal_first_in_picture);
  ADD ("prefix-of-idr", test_nal_prefix_of_idr);
  ADD ("begins-access-unit", test_nal_begins_access_unit);
  return g_test_run ();
}
