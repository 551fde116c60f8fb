/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* sei_write_without(): a SEI NAL unit without some of its messages */

#include "sei.h"

#include "split.h"

#define MAX_SIZE 4096

typedef struct
{
  H26xFormat format;
  size_t size;
  size_t n_cuts;
  SeiRange cuts[8];
  const uint8_t *expected;
  size_t expected_size;
} Case;

static void
check_write (const Bytes * bytes, void *user_data)
{
  const Case *c = user_data;
  const H26xNal nal = {.offset = 1,.size = c->size,.kind = H26X_NAL_SEI };
  size_t written = 1;

  g_assert_cmpint (sei_write_without (c->format, bytes, &nal, c->cuts,
          c->n_cuts, NULL, 0, &written), ==, H26X_OK);
  g_assert_cmpuint (written, ==, c->expected_size);

  uint8_t *dst = malloc (written);

  g_assert_cmpint (sei_write_without (c->format, bytes, &nal, c->cuts,
          c->n_cuts, dst, written, &written), ==, H26X_OK);
  g_assert_cmpmem (dst, written, c->expected, c->expected_size);
  free (dst);
}

/* Bytes of hexadecimal digits with spaces between */
static size_t
parse (const char *text, uint8_t * bytes)
{
  size_t n = 0;

  for (char *end; *text != '\0'; text = end)
    bytes[n++] = (uint8_t) g_ascii_strtoull (text, &end, 16);
  return n;
}

/* cuts: START-END, with spaces between */
static void
check (H26xCodec codec, unsigned length_size, const char *cuts,
    const char *input, const char *output)
{
  uint8_t in[64] = { 0xee }, out[64];
  Case c = {.format = {codec, length_size},.expected = out };

  c.size = parse (input, in + 1);
  in[c.size + 1] = 0xee;
  c.expected_size = parse (output, out);
  for (char *end; *cuts != '\0'; cuts = end) {
    c.cuts[c.n_cuts].start = g_ascii_strtoull (cuts, &end, 10);
    c.cuts[c.n_cuts++].end = g_ascii_strtoull (end + 1, &end, 10);
  }
  for_each_split (in, c.size + 2, check_write, &c);
}

static void
test_without_cuts_is_the_same (void)
{
  check (H26X_CODEC_H264, 0, "", "6 5 2 8 9 80", "6 5 2 8 9 80");
  check (H26X_CODEC_H264, 0, "3-3", "6 5 4 0 0 3 1 7 80", "6 5 4 0 0 3 1 7 80");
}

static void
test_without_leaves_the_others (void)
{
  static const char three[] = "6 5 1 8 4 1 9 9 0 80";

  check (H26X_CODEC_H264, 0, "1-4", three, "6 4 1 9 9 0 80");
  check (H26X_CODEC_H264, 0, "4-7", three, "6 5 1 8 9 0 80");
  check (H26X_CODEC_H264, 0, "7-9", three, "6 5 1 8 4 1 9 80");
  check (H26X_CODEC_H264, 0, "1-4 7-9", three, "6 4 1 9 80");
  check (H26X_CODEC_H264, 0, "1-4 4-9", three, "6 80");
}

static void
test_without_mends_emulation_prevention_at_the_seam (void)
{
  /* what follows is no longer <= 3 */
  check (H26X_CODEC_H264, 0, "5-8", "6 4 2 0 0 3 1 1 7 5 1 9 80",
      "6 4 2 0 0 5 1 9 80");
  /* what follows is now <= 3 */
  check (H26X_CODEC_H264, 0, "5-8", "6 4 2 0 0 5 1 7 1 1 9 80",
      "6 4 2 0 0 3 1 1 9 80");
}

static void
test_without_keeps_zeros_at_the_end (void)
{
  /* as they are behind cabac_zero_words */
  check (H26X_CODEC_H264, 0, "1-4", "6 5 1 8 80 0 0 3", "6 80 0 0 3");
  check (H26X_CODEC_H264, 0, "1-4", "6 5 1 8 80 0 0 3 0 0 3",
      "6 80 0 0 3 0 0 3");
  check (H26X_CODEC_H265, 2, "2-5", "4e 1 5 1 8 0 0 3 0 0",
      "0 8 4e 1 0 0 3 0 0 3");
}

static void
test_without_writes_lengths (void)
{
  check (H26X_CODEC_H264, 1, "1-4", "6 5 1 8 4 0 80", "4 6 4 0 80");
  check (H26X_CODEC_H265, 2, "2-5", "4e 1 5 1 8 4 0 80", "0 5 4e 1 4 0 80");
  check (H26X_CODEC_H265, 4, "2-5", "50 a 5 1 8 4 0 80", "0 0 0 5 50 a 4 0 80");
}

static void
test_without_that_does_not_fit_is_too_large (void)
{
  uint8_t data[260];
  BytesSpan span = { data, sizeof (data) };
  Bytes bytes;
  H26xNal nal = {.size = sizeof (data) };
  const SeiRange cut = { 1, 2 };
  size_t written;

  /* without emulation prevention, which it gets now and no longer fits */
  memset (data, 0, sizeof (data));
  bytes_init (&bytes, &span, 1);
  g_assert_cmpint (sei_write_without ((H26xFormat) {
          H26X_CODEC_H264, 1}
          , &bytes, &nal, &cut, 1, NULL, 0, &written), ==, H26X_TOO_LARGE);
  g_assert_cmpuint (written, ==, 0);
  g_assert_cmpint (sei_write_without ((H26xFormat) {
          H26X_CODEC_H264, 3}
          , &bytes, &nal, &cut, 1, NULL, 0, &written), ==, H26X_INVALID);
}

static void
test_without_in_a_large_nal_unit (void)
{
  static uint8_t data[MAX_SIZE];
  static uint8_t expected[MAX_SIZE];
  BytesSpan span = { data, sizeof (data) };
  Bytes bytes;
  H26xNal nal = {.size = sizeof (data) };
  const SeiRange cuts[] = { {100, 356}, {356, 400}, {2000, 3001} };
  size_t written, n = 0;

  for (size_t i = 0; i < MAX_SIZE; i++) {
    data[i] = (uint8_t) (4 + i % 251);
    if (i < 100 || (i >= 400 && i < 2000) || i >= 3001)
      expected[n++] = data[i];
  }
  bytes_init (&bytes, &span, 1);

  uint8_t dst[MAX_SIZE];

  g_assert_cmpint (sei_write_without ((H26xFormat) {
          H26X_CODEC_H264, 0}
          , &bytes, &nal, cuts, 3, dst, sizeof (dst), &written), ==, H26X_OK);
  g_assert_cmpmem (dst, written, expected, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/without/nothing", test_without_cuts_is_the_same);
  g_test_add_func ("/without/others", test_without_leaves_the_others);
  g_test_add_func ("/without/seam",
      test_without_mends_emulation_prevention_at_the_seam);
  g_test_add_func ("/without/zeros", test_without_keeps_zeros_at_the_end);
  g_test_add_func ("/without/lengths", test_without_writes_lengths);
  g_test_add_func ("/without/too-large",
      test_without_that_does_not_fit_is_too_large);
  g_test_add_func ("/without/large", test_without_in_a_large_nal_unit);
  return g_test_run ();
}
