/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sei.h"

#include "split.h"

#define MAX_MESSAGES 40
#define MAX_SIZE 600

typedef struct
{
  unsigned type;
  size_t size, start, end;
  uint8_t payload[MAX_SIZE];
} Message;

typedef struct
{
  H26xFormat format;
  H26xNal nal;
  H26xStatus error;
  unsigned n_messages;
  Message messages[MAX_MESSAGES];
} Expected;

static const H26xFormat h264_stream = { H26X_CODEC_H264, 0 };
static const H26xFormat h265_stream = { H26X_CODEC_H265, 0 };

/* Sum of bytes as in 7.3.2.3.1; false where the bytes end before it does */
static gboolean
read_sum (const uint8_t * rbsp, size_t size, size_t *at, size_t *sum)
{
  *sum = 0;
  while (*at < size && rbsp[*at] == 0xff) {
    *sum += 255;
    (*at)++;
  }
  if (*at == size)
    return FALSE;
  *sum += rbsp[(*at)++];
  return TRUE;
}

/* The slow way: all of the RBSP first, then the messages in it */
static void
compute (Expected * expected, H26xFormat format, const H26xNal * nal,
    const uint8_t * data)
{
  const size_t header = format.codec == H26X_CODEC_H265 ? 2 : 1;
  const size_t nal_end = nal->offset + nal->size;
  uint8_t rbsp[MAX_SIZE];
  size_t size = 0;
  unsigned zeros = 0;

  expected->format = format;
  expected->nal = *nal;
  expected->error = H26X_OK;
  expected->n_messages = 0;

  for (size_t i = nal->offset + header; i < nal_end; i++) {
    if (zeros >= 2 && data[i] == 3) {
      zeros = 0;
      continue;
    }
    zeros = data[i] == 0 ? zeros + 1 : 0;
    rbsp[size++] = data[i];
  }
  for (size_t at = 0; at < size;) {
    Message *message = &expected->messages[expected->n_messages];
    size_t behind = at + 1;
    size_t type;

    while (rbsp[at] == 0x80 && behind < size && rbsp[behind] == 0)
      behind++;
    if (rbsp[at] == 0x80 && behind == size)
      return;

    g_assert_cmpuint (expected->n_messages, <, MAX_MESSAGES);
    message->start = header + at;
    if (!read_sum (rbsp, size, &at, &type)
        || !read_sum (rbsp, size, &at, &message->size)
        || message->size > size - at) {
      expected->error = H26X_TRUNCATED;
      return;
    }
    message->type = (unsigned) type;
    memcpy (message->payload, rbsp + at, message->size);
    at += message->size;
    message->end = header + at;
    expected->n_messages++;
  }
}

static void
check_copy (const SeiMessage * message, const Message * expected)
{
  const size_t size = expected->size;

  for (size_t skip = 0; skip <= size + 1; skip += skip < 6 ? 1 : size / 4 + 1) {
    const size_t left = skip < size ? size - skip : 0;

    for (size_t n = 0; n <= left + 1; n += n < 4 ? 1 : size / 4 + 1) {
      uint8_t *dst = malloc (n);

      g_assert_cmpuint (sei_message_copy (message, skip, dst, n), ==,
          MIN (n, left));
      if (MIN (n, left) > 0)
        g_assert_cmpint (memcmp (dst, expected->payload + skip, MIN (n, left)),
            ==, 0);
      free (dst);
    }
  }
  g_assert_cmpuint (sei_message_copy (message, SIZE_MAX, NULL, SIZE_MAX), ==,
      0);
}

static void
check_read (const Bytes * bytes, void *user_data)
{
  const Expected *expected = user_data;
  SeiReader reader;
  SeiMessage message;
  unsigned n = 0;

  sei_reader_init (&reader, bytes, expected->format, &expected->nal);
  while (sei_reader_next (&reader, &message)) {
    g_assert_cmpuint (n, <, expected->n_messages);
    g_assert_cmpuint (message.type, ==, expected->messages[n].type);
    g_assert_cmpuint (message.size, ==, expected->messages[n].size);
    g_assert_cmpuint (message.start, ==, expected->messages[n].start);
    g_assert_cmpuint (message.end, ==, expected->messages[n].end);
    check_copy (&message, &expected->messages[n]);
    n++;
  }
  g_assert_cmpuint (n, ==, expected->n_messages);
  g_assert_cmpint (reader.error, ==, expected->error);
  g_assert_false (sei_reader_next (&reader, &message));
  g_assert_cmpint (reader.error, ==, expected->error);
}

static H26xNal
sei_nal (H26xFormat format, size_t offset, size_t size)
{
  return (H26xNal) {
  .offset = offset,.size = size,.kind = H26X_NAL_SEI,.type =
        format.codec == H26X_CODEC_H265 ? 39 : 6};
}

/* In all splits, then cut at every byte. The first byte of data is not of the
 * NAL unit, nor is the last. */
static void
check_all (H26xFormat format, H26xStatus error, unsigned n_messages,
    const unsigned *types, const size_t *sizes, const uint8_t * data,
    size_t size)
{
  Expected expected;
  H26xNal nal = sei_nal (format, 1, size - 2);
  const size_t header = format.codec == H26X_CODEC_H265 ? 2 : 1;

  compute (&expected, format, &nal, data);
  g_assert_cmpint (expected.error, ==, error);
  g_assert_cmpuint (expected.n_messages, ==, n_messages);
  for (unsigned i = 0; i < n_messages; i++) {
    g_assert_cmpuint (expected.messages[i].type, ==, types[i]);
    g_assert_cmpuint (expected.messages[i].size, ==, sizes[i]);
  }
  for_each_split (data, size, check_read, &expected);

  for (size_t cut = header; cut < size - 2; cut++) {
    nal.size = cut;
    compute (&expected, format, &nal, data);
    for (size_t middle = 0; middle <= cut + 1; middle++) {
      Split split;

      split_init (&split, data, cut + 1, middle, cut + 1);
      check_read (&split.bytes, &expected);
      split_clear (&split);
    }
  }
}

#define LIST(...) { __VA_ARGS__ }
#define CHECK(format, error, n, types, sizes, ...) G_STMT_START { \
  static const uint8_t data_[] = { 0xee, __VA_ARGS__, 0xee }; \
  static const unsigned types_[] = types; \
  static const size_t sizes_[] = sizes; \
  check_all (format, error, n, types_, sizes_, data_, sizeof (data_)); \
} G_STMT_END

#define UUID 0xa4, 0xb0, 5, 0x12, 0xd7, 0x94, 0x56, 0x11, 0x86, 0xb7, 0x17, \
    0x40, 0x6d, 0xe2, 0xf1, 0xde

static void
test_seireader_one_message (void)
{
  CHECK (h264_stream, H26X_OK, 1, LIST (5), LIST (18),
      6, 5, 18, UUID, '{', '}', 0x80);
  CHECK (h265_stream, H26X_OK, 1, LIST (5), LIST (16),
      0x4e, 1, 5, 16, UUID, 0x80);
  /* Emulation prevention does not begin in the header: 7.3.1.1 */
  CHECK (h265_stream, H26X_OK, 1, LIST (0), LIST (3),
      0x4e, 0, 0, 3, 1, 2, 3, 0x80);
}

static void
test_seireader_several_messages (void)
{
  CHECK (h264_stream, H26X_OK, 4, LIST (0, 5, 1, 5), LIST (1, 17, 2, 16),
      6, 0, 1, 0x80, 5, 17, UUID, 7, 1, 2, 3, 3, 5, 16, UUID, 0x80);
  CHECK (h265_stream, H26X_OK, 3, LIST (137, 144, 132), LIST (2, 1, 0),
      0x4e, 1, 137, 2, 9, 9, 144, 1, 7, 132, 0, 0x80);
}

static void
test_seireader_sizes_of_zero (void)
{
  CHECK (h264_stream, H26X_OK, 1, LIST (9), LIST (0), 6, 9, 0, 0x80);
  CHECK (h264_stream, H26X_OK, 0, LIST (0), LIST (0), 6, 0x80);
  CHECK (h264_stream, H26X_OK, 3, LIST (0, 0, 0), LIST (0, 0, 0),
      6, 0, 0, 3, 0, 0, 3, 0, 0, 0x80);
  CHECK (h264_stream, H26X_OK, 2, LIST (128, 128), LIST (0, 0),
      6, 0x80, 0, 0x80, 0, 0x80);
}

static void
test_seireader_types_and_sizes_of_several_bytes (void)
{
  static uint8_t data[1 + 4 + 255 + 3 + 7];
  const unsigned types[] = { 255, 525 };
  const size_t sizes[] = { 255, 3 };
  const uint8_t first[] = { 0xee, 6, 0xff, 0, 0xff, 0 };
  const uint8_t second[] = { 0xff, 0xff, 15, 3, 0, 0, 1, 0x80, 0xee };

  memcpy (data, first, sizeof (first));
  memset (data + sizeof (first), 0xff, 255);
  memcpy (data + sizeof (first) + 255, second, sizeof (second));

  Expected expected;
  H26xNal nal = sei_nal (h264_stream, 1, sizeof (data) - 2);
  compute (&expected, h264_stream, &nal, data);
  g_assert_cmpuint (expected.n_messages, ==, 2);
  for (unsigned i = 0; i < 2; i++) {
    g_assert_cmpuint (expected.messages[i].type, ==, types[i]);
    g_assert_cmpuint (expected.messages[i].size, ==, sizes[i]);
  }
  for (size_t cut1 = 0; cut1 <= sizeof (data); cut1++) {
    Split split;

    split_init (&split, data, sizeof (data), cut1, MIN (cut1 + 2,
            sizeof (data)));
    check_read (&split.bytes, &expected);
    split_clear (&split);
  }
}

static void
test_seireader_emulation_prevention (void)
{
  CHECK (h264_stream, H26X_OK, 1, LIST (5), LIST (9),
      6, 5, 9, 0, 0, 3, 0, 0, 3, 1, 0, 0, 3, 3, 9, 0x80);
  /* 03 that is content, and 00 00 03 over the border of two messages */
  CHECK (h264_stream, H26X_OK, 2, LIST (5, 1), LIST (5, 2),
      6, 5, 5, 3, 0, 3, 0, 0, 3, 1, 2, 0, 3, 0x80);
  CHECK (h264_stream, H26X_OK, 1, LIST (5), LIST (3), 6, 5, 3, 9, 0, 0, 0x80);
  /* payloadSize of 0, then content that would be 00 00 02 */
  CHECK (h264_stream, H26X_OK, 2, LIST (0, 2), LIST (0, 1),
      6, 0, 0, 3, 2, 1, 9, 0x80);
  CHECK (h265_stream, H26X_OK, 1, LIST (255), LIST (4),
      0x4e, 1, 0xff, 0, 4, 0, 0, 3, 0, 0, 0x80);
}

static void
test_seireader_without_trailing_bits (void)
{
  CHECK (h264_stream, H26X_OK, 1, LIST (5), LIST (2), 6, 5, 2, 8, 9);
  CHECK (h264_stream, H26X_OK, 1, LIST (5), LIST (2), 6, 5, 2, 8, 0x80);
  CHECK (h264_stream, H26X_OK, 1, LIST (5), LIST (3), 6, 5, 3, 8, 0, 0, 3);
  CHECK (h264_stream, H26X_OK, 0, LIST (0), LIST (0), 6);
}

static void
test_seireader_zeros_behind_trailing_bits (void)
{
  CHECK (h264_stream, H26X_OK, 1, LIST (5), LIST (1), 6, 5, 1, 8, 0x80, 0, 0,
      0);
  CHECK (h264_stream, H26X_OK, 1, LIST (5), LIST (1), 6, 5, 1, 8, 0x80, 0, 0, 3,
      0, 0, 3);
}

static void
test_seireader_size_beyond_the_end_is_truncated (void)
{
  CHECK (h264_stream, H26X_TRUNCATED, 0, LIST (0), LIST (0), 6, 5, 3, 1, 2);
  CHECK (h264_stream, H26X_TRUNCATED, 0, LIST (0), LIST (0), 6, 5, 255, 1,
      0x80);
  CHECK (h264_stream, H26X_TRUNCATED, 1, LIST (1), LIST (1), 6, 1, 1, 9, 5,
      0xff, 0xff, 0xff, 0xff, 7, 1, 2, 0x80);
  /* Enough bytes, but one is emulation prevention */
  CHECK (h264_stream, H26X_TRUNCATED, 0, LIST (0), LIST (0),
      6, 5, 6, 1, 0, 0, 3, 0, 0x80);
  /* No end of a sum */
  CHECK (h264_stream, H26X_TRUNCATED, 0, LIST (0), LIST (0), 6, 0xff, 0xff);
  CHECK (h264_stream, H26X_TRUNCATED, 0, LIST (0), LIST (0), 6, 5, 0xff);
  CHECK (h264_stream, H26X_TRUNCATED, 0, LIST (0), LIST (0), 6, 5);
}

/* The largest payloadType that fits, and one more: 16 MiB of FF */
static void
test_seireader_type_beyond_unsigned_is_invalid (void)
{
  static uint8_t ff[4096];
  const size_t n_ff = G_MAXUINT / 255;
  const size_t n_spans = n_ff / sizeof (ff) + 4;
  BytesSpan *spans = g_new0 (BytesSpan, n_spans);
  static const uint8_t header = 6;
  static const uint8_t fits[] = { 0, 2, 7, 8, 0x80 };
  static const uint8_t too_large[] = { 1, 2, 7, 8, 0x80 };

  G_STATIC_ASSERT (G_MAXUINT % 255 == 0);
  memset (ff, 0xff, sizeof (ff));
  spans[0] = (BytesSpan) {
  &header, 1};
  size_t n = 1;
  for (size_t left = n_ff; left > 0; n++) {
    spans[n] = (BytesSpan) {
    ff, MIN (left, sizeof (ff))};
    left -= spans[n].size;
  }

  for (unsigned i = 0; i < 2; i++) {
    Bytes bytes;
    SeiReader reader;
    SeiMessage message;

    spans[n] = (BytesSpan) {
    i == 0 ? fits : too_large, sizeof (fits)};
    bytes_init (&bytes, spans, n + 1);
    const H26xNal nal = sei_nal (h264_stream, 0, bytes.size);
    sei_reader_init (&reader, &bytes, h264_stream, &nal);
    if (i == 0) {
      g_assert_true (sei_reader_next (&reader, &message));
      g_assert_cmpuint (message.type, ==, G_MAXUINT);
      g_assert_cmpuint (message.size, ==, 2);
    }
    g_assert_false (sei_reader_next (&reader, &message));
    g_assert_cmpint (reader.error, ==, i == 0 ? H26X_OK : H26X_INVALID);
  }
  g_free (spans);
}

static void
test_seireader_bad_nal_is_invalid (void)
{
  static const uint8_t data[] = { 0x4e, 1, 5, 1, 9, 0x80 };
  const struct
  {
    H26xFormat format;
    H26xNal nal;
  } cases[] = {
    {h264_stream, {.size = sizeof (data),.kind = H26X_NAL_SLICE}
        },
    {h264_stream, {.size = sizeof (data),.kind = H26X_NAL_OTHER}
        },
    {h264_stream, {.size = 0,.kind = H26X_NAL_SEI}
        },
    {h265_stream, {.size = 1,.kind = H26X_NAL_SEI}
        },
    {h265_stream, {.size = sizeof (data) + 1,.kind = H26X_NAL_SEI}
        },
    {h265_stream, {.offset = 1,.size = sizeof (data),.kind = H26X_NAL_SEI}
        },
    {h265_stream, {.offset = 7,.size = 2,.kind = H26X_NAL_SEI}
        },
    {h265_stream, {.offset = 2,.size = SIZE_MAX,.kind = H26X_NAL_SEI}
        },
    {h265_stream, {.offset = SIZE_MAX,.size = 2,.kind = H26X_NAL_SEI}
        }
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    Expected *expected = g_new0 (Expected, 1);

    expected->format = cases[i].format;
    expected->nal = cases[i].nal;
    expected->error = H26X_INVALID;
    for_each_split (data, sizeof (data), check_read, expected);
    g_free (expected);
  }
}

static void
test_seireader_suffix_sei_is_read (void)
{
  static const uint8_t data[] = { 0x50, 1, 5, 2, 8, 9, 0x80 };
  Expected *expected = g_new0 (Expected, 1);
  const H26xNal nal = {
    .size = sizeof (data),.kind = H26X_NAL_SEI_SUFFIX,.type = 40
  };

  compute (expected, h265_stream, &nal, data);
  g_assert_cmpuint (expected->n_messages, ==, 1);
  for_each_split (data, sizeof (data), check_read, expected);
  g_free (expected);
}

static void
test_seireader_random_bytes_as_the_slow_way (void)
{
  GRand *rand = g_rand_new_with_seed (20240502);
  Expected *expected = g_new0 (Expected, 1);

  for (unsigned round = 0; round < 50000; round++) {
    const H26xFormat format = round % 2 == 0 ? h264_stream : h265_stream;
    uint8_t data[48];
    const size_t size = (size_t) g_rand_int_range (rand, 3, sizeof (data) + 1);
    const size_t cut2 = (size_t) g_rand_int_range (rand, 0, (gint) size + 1);
    const size_t cut1 = (size_t) g_rand_int_range (rand, 0, (gint) cut2 + 1);
    const H26xNal nal = sei_nal (format, 1, size - 1);
    Split split;

    fill_nasty (rand, data, size);
    compute (expected, format, &nal, data);
    split_init (&split, data, size, cut1, cut2);
    check_read (&split.bytes, expected);
    split_clear (&split);
  }
  g_free (expected);
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/seireader/" path, func)
  ADD ("one-message", test_seireader_one_message);
  ADD ("several-messages", test_seireader_several_messages);
  ADD ("sizes-of-zero", test_seireader_sizes_of_zero);
  ADD ("large-type-and-size", test_seireader_types_and_sizes_of_several_bytes);
  ADD ("emulation-prevention", test_seireader_emulation_prevention);
  ADD ("no-trailing-bits", test_seireader_without_trailing_bits);
  ADD ("zeros-behind", test_seireader_zeros_behind_trailing_bits);
  ADD ("truncated", test_seireader_size_beyond_the_end_is_truncated);
  ADD ("type-overflow", test_seireader_type_beyond_unsigned_is_invalid);
  ADD ("bad-nal", test_seireader_bad_nal_is_invalid);
  ADD ("suffix-sei", test_seireader_suffix_sei_is_read);
  ADD ("random-bytes", test_seireader_random_bytes_as_the_slow_way);
  return g_test_run ();
}
