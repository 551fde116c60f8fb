/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpcodec.h"

#include "hex.h"

/* Payloads of one kind each, separated by "; ". What they decide, taken over and
 * over, at most n times; n is the number that it takes. 0: none decides */
typedef struct
{
  const char *payloads;
  RtpCodec codec;
  unsigned n;
} Case;

static void
check (const Case * c)
{
  g_auto (GStrv) texts = g_strsplit (c->payloads, "; ", -1);
  RtpCodecDetector detector;
  RtpCodec codec = RTP_CODEC_UNKNOWN;
  unsigned n = 0;

  rtp_codec_init (&detector);
  while (codec == RTP_CODEC_UNKNOWN && n < 1000) {
    const BytesSpan payload = hex (texts[n++ % g_strv_length (texts)]);

    codec = rtp_codec_push (&detector, payload);
    hex_free (payload);
  }
  if (codec != c->codec)
    g_error ("\"%s\": %d", c->payloads, codec);
  if (n != (codec == RTP_CODEC_UNKNOWN ? 1000 : c->n))
    g_error ("\"%s\": after %u", c->payloads, n);
  g_assert_cmpint (rtp_codec_push (&detector, (BytesSpan) {
          NULL, 0}
      ), ==, codec);
}

#define SPS264 "67 4d 40 1f e9 81"
#define PPS264 "68 ef 38 80"
#define VPS265 "40 1 c 1 ff ff 1 60 0 0 3 0"
#define SPS265 "42 1 1 1 60 0 0 3 0 90 0 0 3 0 0"
#define PPS265 "44 1 c1 72 b4 62 40"

static void
test_rtpcodec_h264 (void)
{
  static const Case cases[] = {
    {SPS264 "; " PPS264 "; 7c 85 88 84 1; 7c 5 1 2", RTP_CODEC_H264, 4},
    {"78 0 2 9 f0 0 6 " SPS264 " 0 4 " PPS264 "; 65 88 84 0", RTP_CODEC_H264,
        2},
    /* 12 bits of 4:4:4, which has one more flag */
    {"67 f4 0 28 90 52 80 10; 65 88 84 0; 65 88 84 0", RTP_CODEC_H264, 3},
    /* an audio stream of Opus, each packet of which could be a PPS */
    {"48 83 1; 48 99 2", RTP_CODEC_UNKNOWN, 0},
    {SPS264 "; 7c 85 88 84 1; 7c 5 1 2", RTP_CODEC_H264, 3},
    /* from the middle: slices in one packet, in fragments, with delimiters */
    {"41 9a 21 6c", RTP_CODEC_H264, 6},
    {"5c 81 9a 21 6c; 5c 1 1 2; 5c 41 3", RTP_CODEC_H264, 6},
    {"9 f0; 41 9a 21 6c", RTP_CODEC_H264, 6},
    {"18 0 2 9 f0 0 4 41 9a 21 6c", RTP_CODEC_H264, 3},
    /* a middle of a slice that might be Dolby Vision says nothing */
    {"7c 81 9a 21 6c; 7c 1 1 2; 7c 41 3", RTP_CODEC_H264, 9},
    {"7c 1 1 2", RTP_CODEC_UNKNOWN, 0},
    /* SEI that might be a slice of H.265 in a sub-layer */
    {"6 5 11 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 9 80", RTP_CODEC_UNKNOWN, 0},
    {"6 5 11 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 9 80; 41 9a 21 6c", RTP_CODEC_H264,
        12},
    {"6 1 1 9 80; 41 9a 21 6c", RTP_CODEC_H264, 6},
    /* data partitions, prefix NAL units and slices of SVC are possible */
    {"42 9a 21; 43 88; 6e 40 80; 74 40 80 1; 41 9a 21", RTP_CODEC_H264, 30},
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

static void
test_rtpcodec_h265 (void)
{
  static const Case cases[] = {
    {VPS265 "; " SPS265 "; " PPS265 "; 26 1 af 9 9", RTP_CODEC_H265, 1},
    {"60 1 0 f " SPS265 " 0 7 " PPS265 " 0 4 2 1 d0 9 0 4 2 1 50 9",
        RTP_CODEC_H265, 1},
    {SPS265 "; 62 1 93 af 9; 62 1 13 9", RTP_CODEC_H265, 3},
    {SPS265 "; " PPS265 "; 26 1 af 9 9", RTP_CODEC_H265, 4},
    /* from the middle; 28, 6 and 2 are PPS, SEI and partition A in H.264 */
    {"2 1 d0 9 9", RTP_CODEC_H265, 6},
    {"28 1 af 9 9", RTP_CODEC_H265, 6},
    {"62 1 81 d0 9; 62 1 1 9 9; 62 1 41 9 9", RTP_CODEC_H265, 6},
    {"46 1 10; 4e 1 84 1 9 80; 2 1 d0 9 9", RTP_CODEC_H265, 6},
    {"6 2 d0 9 9; 2 1 d0 9 9", RTP_CODEC_H265, 12},
    {"62 3 83 d0 9; 62 3 3 9 9; 62 3 43 9 9", RTP_CODEC_H265, 6},
    /* Dolby Vision */
    {"2 1 d0 9 9; 7c 1 19 8", RTP_CODEC_H265, 11},
    /* a second layer alone */
    {"2 9 d0 9 9", RTP_CODEC_UNKNOWN, 0},
    {"2 1 d0 9 9; 2 9 d0 9 9", RTP_CODEC_H265, 11},
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

static void
test_rtpcodec_contradiction (void)
{
  static const Case cases[] = {
    {"41 9a 21 6c; 2 1 d0 9 9", RTP_CODEC_UNKNOWN, 0},
    {"41 9a 21 6c; 80 1 2 3", RTP_CODEC_UNKNOWN, 0},
    {"41 9a 21 6c; 41 9a 21 6c; 2 1 d0 9 9", RTP_CODEC_H264, 14},
    /* AAC, VP8, Opus, text, silence of G.711, forbidden bits */
    {"0 10 3 a8 21 1a 94", RTP_CODEC_UNKNOWN, 0},
    {"10 50 3d 0 9d 1 2a", RTP_CODEC_UNKNOWN, 0},
    {"78 b 49 28 9c", RTP_CODEC_UNKNOWN, 0},
    {"7b 22 61 22 3a 31 7d", RTP_CODEC_UNKNOWN, 0},
    {"3c 3f 78 6d 6c 20 3e", RTP_CODEC_UNKNOWN, 0},
    {"ff ff ff ff", RTP_CODEC_UNKNOWN, 0},
    {"7f 7f 7f 7f", RTP_CODEC_UNKNOWN, 0},
    {"d5 d5 d5 d5", RTP_CODEC_UNKNOWN, 0},
    {"0 0 0 0", RTP_CODEC_UNKNOWN, 0},
    /* what is not one of these in all its parts */
    {"7c e1 9a 21; 7c a1 9a 21", RTP_CODEC_UNKNOWN, 0},
    {"62 1 c1 9 9", RTP_CODEC_UNKNOWN, 0},
    {"18 0 2 9 f0 0 5 41 9a 21 6c", RTP_CODEC_UNKNOWN, 0},
    {"67 4d 41 1f e9; 67 4d 40 3f e9; 67 1 40 1f e9", RTP_CODEC_UNKNOWN, 0},
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

static void
test_rtpcodec_ts (void)
{
  uint8_t data[7 * 188];

  memset (data, 0x1f, sizeof (data));
  for (size_t i = 0; i < sizeof (data); i += 188)
    data[i] = 0x47;
  for (unsigned n = 1; n <= 7; n++) {
    const unsigned needed = n >= 3 ? 1 : n == 2 ? 2 : 3;
    RtpCodecDetector detector;

    rtp_codec_init (&detector);
    for (unsigned i = 1; i <= needed; i++)
      g_assert_cmpint (rtp_codec_push (&detector, (BytesSpan) {
              data, n * 188}), ==,
        i == needed ? RTP_CODEC_MP2T : RTP_CODEC_UNKNOWN);
    rtp_codec_init (&detector);
    for (unsigned i = 0; i < 10; i++)
      g_assert_cmpint (rtp_codec_push (&detector, (BytesSpan) {
              data, n * 188 - 1}), ==, RTP_CODEC_UNKNOWN);
    data[188 * (n - 1)] = 0x46;
    for (unsigned i = 0; i < 10; i++)
      g_assert_cmpint (rtp_codec_push (&detector, (BytesSpan) {
              data, n * 188}), ==, RTP_CODEC_UNKNOWN);
    data[188 * (n - 1)] = 0x47;
  }
}

static void
test_rtpcodec_klv (void)
{
  static const Case cases[] = {
    {"6 e 2b 34 2 b 1 1 e 1 3 1 1 0 0 0 2 1 2", RTP_CODEC_KLV, 1},
    /* what follows in fragments has no key */
    {"1 2 3; 80 1; 6 e 2b 34 2 b 1 1 e 1 3 1 1 0 0 0 2 1 2", RTP_CODEC_KLV, 3},
    {"6 e 2b 34 2 b 1 1 e 1 3 1 1 0 0 0", RTP_CODEC_UNKNOWN, 0},
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

/* What too few packets to decide are taken for in the end */
static void
test_rtpcodec_guess (void)
{
  static const struct
  {
    const char *payloads;
    RtpCodec codec;
  } cases[] = {
    {"41 9a 21 6c", RTP_CODEC_H264},
    {"6 5 1 9 80; 65 88 84 0", RTP_CODEC_H264},
    {"4e 1 5 1 9 80; 2 1 d0 9", RTP_CODEC_H265},
    {"47", RTP_CODEC_UNKNOWN},
    /* it can be of both, or of none, or only most of it is of one */
    {"6 5 1 9 80", RTP_CODEC_UNKNOWN},
    {"ff", RTP_CODEC_UNKNOWN},
    {"41 9a 21 6c; ff; 41 9a 21 6c; 41 9a 21 6c", RTP_CODEC_UNKNOWN},
    {"4e 1 5 1 9 80; 2 1 d0 9; 41 9a 21 6c", RTP_CODEC_UNKNOWN},
    {SPS264 "; " PPS264 "; 65 88 84 0", RTP_CODEC_H264}
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) texts = g_strsplit (cases[i].payloads, "; ", -1);
    RtpCodecDetector detector;

    rtp_codec_init (&detector);
    g_assert_cmpint (rtp_codec_guess (&detector, 1), ==, RTP_CODEC_UNKNOWN);
    for (char **text = texts; *text != NULL; text++) {
      const BytesSpan payload = hex (*text);

      rtp_codec_push (&detector, payload);
      hex_free (payload);
    }
    if (rtp_codec_guess (&detector, 1) != cases[i].codec)
      g_error ("\"%s\"", cases[i].payloads);
    /* two slices are enough for two votes, and one is not */
    g_assert_cmpint (rtp_codec_guess (&detector, 2), ==,
        i <= 1 ? RTP_CODEC_UNKNOWN : cases[i].codec);
  }
}

/* 64 sources of noise, an hour of 21 packets a second each */
static void
test_rtpcodec_noise_decides_nothing (void)
{
  GRand *rand = g_rand_new_with_seed (1);
  unsigned n_decided = 0;

  for (unsigned source = 0; source < 64; source++) {
    RtpCodecDetector detector;

    rtp_codec_init (&detector);
    for (unsigned i = 0; i < 21 * 3600; i++) {
      uint8_t payload[64];
      const int size = g_rand_int_range (rand, 1, sizeof (payload) + 1);

      for (int k = 0; k < size; k += 4) {
        const uint32_t random = g_rand_int (rand);

        memcpy (payload + k, &random, 4);
      }
      rtp_codec_push (&detector, (BytesSpan) {
          payload, (size_t) size});
    }
    n_decided += rtp_codec_push (&detector, (BytesSpan) {
        NULL, 0}) != RTP_CODEC_UNKNOWN;
  }
  g_assert_cmpuint (n_decided, ==, 0);
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/rtpcodec/" path, func)
  ADD ("h264", test_rtpcodec_h264);
  ADD ("h265", test_rtpcodec_h265);
  ADD ("guess", test_rtpcodec_guess);
  ADD ("contradiction", test_rtpcodec_contradiction);
  ADD ("mp2t", test_rtpcodec_ts);
  ADD ("klv", test_rtpcodec_klv);
  ADD ("noise", test_rtpcodec_noise_decides_nothing);
  return g_test_run ();
}
