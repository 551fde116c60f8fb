/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpsei.h"

#include "hex.h"

/* Feeds packets and checks what becomes of each.
 *
 * steps: "SEQUENCE@TIMESTAMP PAYLOAD", separated by "; "
 * expected: the SEI NAL units that came out, separated by ", "
 * grows: whether the buffer is made as large as need be, up to its capacity
 */
static void
check_buffer (H26xCodec codec, size_t capacity, const char *steps,
    const char *expected, unsigned n_incomplete, unsigned n_too_large,
    bool grows)
{
  g_auto (GStrv) packets = g_strsplit (steps, "; ", -1);
  g_autoptr (GString) found = g_string_new (NULL);
  size_t size = grows ? 0 : capacity;
  uint8_t *buffer = size > 0 ? malloc (size) : NULL;
  RtpSei sei;

  rtp_sei_init (&sei, codec, buffer, size);
  for (char **step = packets; *step != NULL; step++) {
    char *end;
    RtpPacket packet = { 0 };

    packet.sequence = (uint16_t) g_ascii_strtoull (*step, &end, 10);
    packet.timestamp = (uint32_t) g_ascii_strtoull (end + 1, &end, 10);
    packet.payload = hex (end + 1);

    RtpNalIter it;
    RtpNal nal;
    BytesSpan data;
    rtp_nal_iter_init (&it, (RtpFormat) {
        codec, false}, packet.payload);
    while (rtp_nal_iter_next (&it, &nal)) {
      const size_t need = rtp_sei_get_need (&sei, &nal);

      if (need > size && need <= capacity) {
        buffer = realloc (buffer, size = need);
        rtp_sei_set_buffer (&sei, buffer, size);
      }
      const bool is_found = rtp_sei_push (&sei, &packet, &nal, &data);
      if (nal.ends)
        g_assert_cmpuint (rtp_sei_get_size (&sei), ==, 0);
      if (!is_found)
        continue;
      if (found->len > 0)
        g_string_append (found, ", ");
      for (size_t i = 0; i < data.size; i++)
        g_string_append_printf (found, "%s%x", i > 0 ? " " : "", data.data[i]);
    }
    hex_free (packet.payload);
  }
  g_assert_cmpstr (found->str, ==, expected);

  const uint64_t before = sei.n_incomplete;
  const bool is_under_way = rtp_sei_get_size (&sei) > 0;
  rtp_sei_flush (&sei);
  g_assert_cmpuint (rtp_sei_get_size (&sei), ==, 0);
  g_assert_cmpuint (sei.n_incomplete, ==, n_incomplete);
  g_assert_cmpuint (sei.n_incomplete - before, ==, is_under_way);
  g_assert_cmpuint (sei.n_too_large, ==, n_too_large);
  rtp_sei_flush (&sei);
  g_assert_cmpuint (sei.n_incomplete, ==, n_incomplete);
  free (buffer);
}

static void
check (H26xCodec codec, size_t capacity, const char *steps,
    const char *expected, unsigned n_incomplete, unsigned n_too_large)
{
  check_buffer (codec, capacity, steps, expected, n_incomplete, n_too_large,
      false);
  check_buffer (codec, capacity, steps, expected, n_incomplete, n_too_large,
      true);
}

#define H264(...) check (H26X_CODEC_H264, 64, __VA_ARGS__)
#define H265(...) check (H26X_CODEC_H265, 64, __VA_ARGS__)

static void
test_rtpsei_whole (void)
{
  H264 ("1@0 6 5 1 8 80", "6 5 1 8 80", 0, 0);
  H264 ("1@0 65 88; 9@0 6 1; 5@7 18 0 1 9 0 2 6 2 0 2 65 88 0 2 6 3",
      "6 1, 6 2, 6 3", 0, 0);
  H265 ("1@0 4e 1 5; 2@0 50 1 6; 3@0 26 1 af", "4e 1 5, 50 1 6", 0, 0);
  /* no buffer is needed for them */
  check (H26X_CODEC_H264, 0, "1@0 6 5 1 8 80", "6 5 1 8 80", 0, 0);
}

static void
test_rtpsei_fragments (void)
{
  H264 ("1@0 1c 86 5 1; 2@0 1c 46 8 80", "6 5 1 8 80", 0, 0);
  H264 ("1@0 1c 86 5 1; 2@0 1c 6 8; 3@0 1c 6; 4@0 1c 46 80; 5@0 6 9",
      "6 5 1 8 80, 6 9", 0, 0);
  H264 ("1@0 1d 86 0 7 5 1; 2@0 1c 46 8 80", "6 5 1 8 80", 0, 0);
  H264 ("1@0 1c c6 5 1 8 80", "6 5 1 8 80", 0, 0);
  H264 ("65535@0 1c 86 5 1; 0@0 1c 46 8 80", "6 5 1 8 80", 0, 0);
  H264 ("1@0 1c 86 5; 2@0 1c 46 1; 3@0 1c 86 6; 4@0 1c 46 2", "6 5 1, 6 6 2", 0,
      0);
  H265 ("1@0 62 2 a7 5 1; 2@0 62 2 27 8; 3@0 62 2 67 80", "4e 2 5 1 8 80", 0,
      0);
  H265 ("1@0 62 1 a8 5 1; 2@0 62 1 68 80", "50 1 5 1 80", 0, 0);
  /* those of slices are nobody's business */
  H264 ("1@0 7c 5 88; 3@0 7c 85 88; 9@1 7c 5 88; 2@7 7c 45 1", "", 0, 0);
}

static void
test_rtpsei_loss (void)
{
  static const char a[] = "1@0 1c 86 5", b[] = "2@0 1c 6 6", c[] = "3@0 1c 6 7",
      d[] = "4@0 1c 46 8", next[] = "5@0 65 88; 6@1 6 9";
  const char *const parts[] = { a, b, c, d };

  /* any but none of the four parts are lost: one NAL unit is */
  for (unsigned there = 0; there < 16; there++) {
    g_autoptr (GString) steps = g_string_new ("0@0 9 f0");

    for (unsigned i = 0; i < 4; i++)
      if (there >> i & 1)
        g_string_append_printf (steps, "; %s", parts[i]);
    g_string_append_printf (steps, "; %s", next);
    H264 (steps->str, there == 15 ? "6 5 6 7 8, 6 9" : "6 9",
        there > 0 && there < 15, 0);
  }
}

static void
test_rtpsei_loss_between_two (void)
{
  /* the end of one and the start of another */
  H264 ("1@0 1c 86 5; 4@9 1c 6 6; 5@9 1c 46 7; 6@9 6 1", "6 1", 2, 0);
  H265 ("1@0 62 1 a7 5; 4@0 62 1 28 6; 5@0 62 1 68 7; 6@0 4e 1 1", "4e 1 1", 2,
      0);
  /* no start at all, twice */
  H264 ("1@0 1c 6 5; 2@0 1c 46 5; 3@0 1c 46 5; 4@0 6 1", "6 1", 2, 0);
  /* a start where an end should be */
  H264 ("1@0 1c 86 5; 2@0 1c 86 6; 3@0 1c 46 7", "6 6 7", 1, 0);
  H264 ("1@0 1c 86 5; 2@0 6 1; 3@0 1c 46 7", "6 1", 2, 0);
  H264 ("1@0 1c 86 5; 2@0 7c 85 88; 3@0 1c 46 7", "", 2, 0);
  H264 ("1@0 1c 86 5; 2@0 18 0 2 6 1 0 2 6 2", "6 1, 6 2", 1, 0);
  /* in sequence, and of another picture */
  H264 ("1@0 1c 86 5; 2@1 1c 46 7", "", 2, 0);
  /* at the end of all */
  H264 ("1@0 1c 86 5", "", 1, 0);
  H264 ("1@0 1c 6 5", "", 1, 0);
}

static void
test_rtpsei_too_large (void)
{
  static const char steps[] =
      "1@0 1c 86 5 6; 2@0 1c 6 7; 3@0 1c 46 8; 4@0 1c 86 1; 5@0 1c 46 2";

  for (size_t capacity = 0; capacity <= 8; capacity++)
    check (H26X_CODEC_H264, capacity, steps, capacity >= 5 ?
        "6 5 6 7 8, 6 1 2" : capacity >= 3 ? "6 1 2" : "", 0,
        capacity >= 5 ? 0 : capacity >= 3 ? 1 : 2);
  /* one that is too large, and lacks parts, is counted once */
  check (H26X_CODEC_H264, 3, "1@0 1c 86 5 6 7; 9@0 1c 46 8; 10@0 6 1", "6 1", 0,
      1);
  check (H26X_CODEC_H265, 1, "1@0 62 1 a7 5; 2@0 62 1 67 6; 3@0 4e 1 1",
      "4e 1 1", 0, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/rtpsei/" path, func)
  ADD ("whole", test_rtpsei_whole);
  ADD ("fragments", test_rtpsei_fragments);
  ADD ("loss", test_rtpsei_loss);
  ADD ("loss-between", test_rtpsei_loss_between_two);
  ADD ("too-large", test_rtpsei_too_large);
  return g_test_run ();
}
