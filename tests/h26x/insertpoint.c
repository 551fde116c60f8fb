/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "nal.h"

#include <sys/mman.h>
#include <unistd.h>

#include "split.h"

static const H26xFormat h264_stream = { H26X_CODEC_H264, 0 };
static const H26xFormat h265_stream = { H26X_CODEC_H265, 0 };

typedef struct
{
  H26xFormat format;
  H26xStatus status;
  H26xInsertPoint point;
} Expected;

static void
check_point (const Bytes * bytes, void *user_data)
{
  const Expected *expected = user_data;
  H26xInsertPoint point;

  g_assert_cmpint (h26x_find_insert_point (bytes, expected->format, &point), ==,
      expected->status);
  if (expected->status == H26X_OK) {
    g_assert_cmpuint (point.offset, ==, expected->point.offset);
    g_assert_cmpuint (point.layer_id, ==, expected->point.layer_id);
    g_assert_cmpuint (point.temporal_id, ==, expected->point.temporal_id);
  }
}

#define CHECK(format, status, offset, layer_id, temporal_id, ...) \
G_STMT_START { \
  static const uint8_t data_[] = { __VA_ARGS__ }; \
  Expected expected_ = { format, status, { offset, layer_id, temporal_id } }; \
  for_each_split (data_, sizeof (data_), check_point, &expected_); \
} G_STMT_END

#define AUD264 0, 0, 0, 1, 9, 0xf0
#define SPS264 0, 0, 0, 1, 0x67, 0x42
#define PPS264 0, 0, 1, 0x68, 0xce
#define SEI264 0, 0, 1, 6, 1, 1, 0x20, 0x80
#define PREFIX264 0, 0, 1, 0x6e, 0x40, 0x80
#define IDR264 0, 0, 0, 1, 0x65, 0x88
#define SLICE264 0, 0, 1, 0x41, 0x9a

static void
test_insertpoint_is_behind_all_before_the_slice (void)
{
  CHECK (h264_stream, H26X_OK, 0, 0, 0, IDR264);
  CHECK (h264_stream, H26X_OK, 25, 0, 0, AUD264, SPS264, PPS264, SEI264,
      IDR264);
  CHECK (h264_stream, H26X_OK, 14, 0, 0, AUD264, SEI264, SLICE264, SLICE264);
  /* Data partition A is a slice, too */
  CHECK (h264_stream, H26X_OK, 6, 0, 0, AUD264, 0, 0, 1, 2, 9);
  /* Zeros behind a NAL unit stay with it */
  CHECK (h264_stream, H26X_OK, 8, 0, 0, AUD264, 0, 0, IDR264);
}

static void
test_insertpoint_is_before_the_prefix_of_the_slice (void)
{
  CHECK (h264_stream, H26X_OK, 6, 0, 0, AUD264, PREFIX264, SLICE264);
  CHECK (h264_stream, H26X_OK, 6, 0, 0, AUD264, PREFIX264, PREFIX264, SLICE264);
  CHECK (h264_stream, H26X_OK, 7, 0, 0, AUD264, 0, 0, PREFIX264, SLICE264);
  /* Only one that the slice follows counts */
  CHECK (h264_stream, H26X_OK, 20, 0, 0, AUD264, PREFIX264, SEI264, SLICE264);
  CHECK (h264_stream, H26X_OK, 14, 0, 0, PREFIX264, SEI264, PREFIX264,
      SLICE264);
}

static void
test_insertpoint_takes_the_ids_of_the_slice (void)
{
  CHECK (h265_stream, H26X_OK, 13, 0, 0,
      0, 0, 0, 1, 0x46, 1, 0x50, 0, 0, 1, 0x4e, 1, 0x80, 0, 0, 1, 0x26, 1,
      0xaf);
  CHECK (h265_stream, H26X_OK, 0, 0, 3, 0, 0, 1, 2, 4, 0xaf, 0, 0, 1, 2, 5, 9);
  CHECK (h265_stream, H26X_OK, 7, 33, 5, 0, 0, 0, 1, 0x46, 1, 0x50,
      0, 0, 0, 1, 3, 0x0e, 0xaf);
  /* A suffix SEI or an end of sequence is no slice */
  CHECK (h265_stream, H26X_NO_SLICE, 0, 0, 0,
      0, 0, 1, 0x50, 1, 0x80, 0, 0, 1, 0x48, 1);
}

static void
test_insertpoint_in_length_prefixed_formats (void)
{
  const H26xFormat avc1 = { H26X_CODEC_H264, 1 };
  const H26xFormat avc2 = { H26X_CODEC_H264, 2 };
  const H26xFormat avc4 = { H26X_CODEC_H264, 4 };
  const H26xFormat hvc2 = { H26X_CODEC_H265, 2 };

  CHECK (avc1, H26X_OK, 3, 0, 0, 2, 9, 0xf0, 2, 0x65, 0x88);
  CHECK (avc2, H26X_OK, 4, 0, 0, 0, 2, 9, 0xf0, 0, 2, 0x6e, 1, 0, 2, 0x65,
      0x88);
  CHECK (avc4, H26X_OK, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x65);
  CHECK (hvc2, H26X_OK, 5, 1, 2, 0, 3, 0x46, 1, 0x50, 0, 2, 0x02, 0x0b);
  /* Lengths behind the slice do not matter */
  CHECK (avc1, H26X_OK, 0, 0, 0, 2, 0x65, 0x88, 200);
  CHECK (avc1, H26X_TRUNCATED, 0, 0, 0, 2, 9, 0xf0, 200, 0x65);
  CHECK (avc4, H26X_TRUNCATED, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x65);
  CHECK (avc4, H26X_TRUNCATED, 0, 0, 0, 0, 0, 0);
}

static void
test_insertpoint_without_slice_is_none (void)
{
  const H26xFormat avc4 = { H26X_CODEC_H264, 4 };

  CHECK (h264_stream, H26X_NO_SLICE, 0, 0, 0, AUD264, SPS264, PPS264, SEI264);
  CHECK (h264_stream, H26X_NO_SLICE, 0, 0, 0, AUD264, PREFIX264, 0, 0, 1);
  CHECK (h264_stream, H26X_NO_SLICE, 0, 0, 0, 0x65, 0x65, 0x65);
  CHECK (avc4, H26X_NO_SLICE, 0, 0, 0, 0, 0, 0, 2, 9, 0xf0, 0, 0, 0, 0);

  Bytes none;
  Expected expected = { h264_stream, H26X_NO_SLICE, {0, 0, 0} };
  bytes_init (&none, NULL, 0);
  check_point (&none, &expected);
  expected.format = avc4;
  check_point (&none, &expected);
}

/* The slice's data is in memory that cannot be read */
static void
test_insertpoint_reads_one_byte_behind_the_header (void)
{
  static const uint8_t h264[] = { AUD264, SEI264, IDR264 };
  static const uint8_t h265[] = { 0, 0, 0, 1, 0x46, 1, 0x50, 0, 0, 1, 0x26, 1 };
  static const uint8_t trail_n[] = { 0, 0, 1, 0, 1 };
  static const uint8_t avc[] = { 0, 2, 9, 0xf0, 0x10, 0, 0x65 };
  const struct
  {
    const uint8_t *data;
    size_t size;
    Expected expected;
  } cases[] = {
    /* less the byte behind the header */
    {h264, sizeof (h264) - 1, {h264_stream, H26X_OK, {14, 0, 0}
            }
        },
    {h265, sizeof (h265), {h265_stream, H26X_OK, {7, 0, 0}
            }
        },
    {trail_n, sizeof (trail_n), {h265_stream, H26X_OK, {0, 0, 0}
            }
        },
    {avc, sizeof (avc), {{H26X_CODEC_H264, 2}, H26X_OK, {4, 0, 0}
            }
        }
  };
  const size_t page = (size_t) sysconf (_SC_PAGESIZE);
  uint8_t *pages = mmap (NULL, 2 * page, PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  g_assert_true (pages != MAP_FAILED);
  g_assert_cmpint (mprotect (pages + page, page, PROT_NONE), ==, 0);

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    Expected expected = cases[i].expected;
    uint8_t *data = pages + page - cases[i].size - 1;
    const BytesSpan one[] = { {data, cases[i].size + 1 + page} };
    const BytesSpan two[] = { {data, cases[i].size + 1}, {pages + page, page} };
    Bytes bytes;

    memcpy (data, cases[i].data, cases[i].size);
    bytes_init (&bytes, one, 1);
    check_point (&bytes, &expected);
    bytes_init (&bytes, two, 2);
    check_point (&bytes, &expected);
  }
  munmap (pages, 2 * page);
}

/* An access unit with something between any two parts, cut at every byte: the
 * point is there as soon as the slice's header is, and never changes */
static void
test_insertpoint_of_cut_input (void)
{
  static const uint8_t data[] = { AUD264, SPS264, PREFIX264, SLICE264 };
  const size_t header_end = 6 + 6 + 6 + 4;

  for (size_t cut = 0; cut <= sizeof (data); cut++) {
    Expected expected = { h264_stream, H26X_OK, {12, 0, 0}
    };

    if (cut < header_end)
      expected.status = H26X_NO_SLICE;
    for_each_split (data, cut, check_point, &expected);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/insertpoint/" path, func)
  ADD ("behind-all", test_insertpoint_is_behind_all_before_the_slice);
  ADD ("before-prefix", test_insertpoint_is_before_the_prefix_of_the_slice);
  ADD ("ids", test_insertpoint_takes_the_ids_of_the_slice);
  ADD ("length-prefixed", test_insertpoint_in_length_prefixed_formats);
  ADD ("no-slice", test_insertpoint_without_slice_is_none);
  ADD ("one-byte-behind", test_insertpoint_reads_one_byte_behind_the_header);
  ADD ("cut-input", test_insertpoint_of_cut_input);
  return g_test_run ();
}
