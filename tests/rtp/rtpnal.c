/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpnal.h"

#include "hex.h"

static const RtpFormat h264 = { H26X_CODEC_H264, false };
static const RtpFormat h265 = { H26X_CODEC_H265, false };
static const RtpFormat h265_donl = { H26X_CODEC_H265, true };

/* "[6 5 1 8 80]" is a NAL unit with its header; "[(6) 5 1" begins and "(6) 8 80]"
 * ends one whose header, in parentheses, is not in the data; #1 is a decoding order
 * number, +1 a timestamp, * the first slice of a picture */
static void
append_nal (GString * text, H26xCodec codec, const RtpNal * nal)
{
  if (text->len > 0)
    g_string_append (text, ", ");
  if (nal->begins)
    g_string_append (text, "[");
  if (!nal->has_header) {
    g_string_append_printf (text, "(%x", nal->header[0]);
    if (codec == H26X_CODEC_H265)
      g_string_append_printf (text, " %x", nal->header[1]);
    g_string_append (text, ")");
  }
  for (size_t i = 0; i < nal->data.size; i++)
    g_string_append_printf (text, "%s%x", i > 0 || !nal->has_header ? " " : "",
        nal->data.data[i]);
  if (nal->ends)
    g_string_append (text, "]");
  if (nal->has_don)
    g_string_append_printf (text, " #%u", nal->don);
  if (nal->timestamp > 0)
    g_string_append_printf (text, " +%u", nal->timestamp);
  if (nal->nal.first_in_picture)
    g_string_append (text, " *");
}

/* What is true of each NAL unit, however it came */
static void
check_nal (BytesSpan payload, H26xCodec codec, const RtpNal * nal)
{
  const size_t header_size = H26X_NAL_HEADER_SIZE (codec);
  H26xNal described;

  g_assert_true (nal->data.size == 0 || (nal->data.data >= payload.data
          && nal->data.data + nal->data.size <= payload.data + payload.size));
  g_assert_cmpuint (nal->nal.start, ==, 0);
  g_assert_cmpuint (nal->nal.offset, ==, 0);
  g_assert_cmpuint (nal->nal.size, ==, nal->data.size);
  if (nal->has_header) {
    g_assert_true (nal->begins && nal->ends);
    g_assert_cmpuint (nal->data.size, >=, header_size);
    g_assert_cmpmem (nal->data.data, header_size, nal->header, header_size);
  }
  h26x_nal_describe (codec, nal->header, -1, &described);
  g_assert_cmpuint (nal->nal.type, ==, described.type);
  g_assert_cmpuint (nal->nal.kind, ==, described.kind);
  g_assert_cmpuint (nal->nal.layer_id, ==, described.layer_id);
  g_assert_cmpuint (nal->nal.temporal_id, ==, described.temporal_id);
  g_assert_true (nal->begins || !nal->nal.first_in_picture);
}

/* A payload that ends early gives what is there of it: the same NAL units, of
 * which the last may be shorter where it fills the packet */
static void
check_cut (RtpFormat format, BytesSpan payload)
{
  for (size_t size = 0; size < payload.size; size++) {
    const BytesSpan cut = hex_cut (payload, size);
    RtpNalIter it, full;
    RtpNal nal, of_full;
    bool shorter = false;

    rtp_nal_iter_init (&it, format, cut);
    rtp_nal_iter_init (&full, format, payload);
    while (rtp_nal_iter_next (&it, &nal)) {
      check_nal (cut, format.codec, &nal);
      g_assert_false (shorter);
      g_assert_true (rtp_nal_iter_next (&full, &of_full));
      g_assert_cmpint (memcmp (nal.header, of_full.header, 2), ==, 0);
      g_assert_cmpint (nal.begins, ==, of_full.begins);
      g_assert_cmpint (nal.ends, ==, of_full.ends);
      g_assert_cmpint (nal.don, ==, of_full.don);
      g_assert_cmpint (nal.timestamp, ==, of_full.timestamp);
      shorter = nal.data.size < of_full.data.size;
      g_assert_cmpuint (nal.data.size, <=, of_full.data.size);
      g_assert_true (nal.data.size == 0 || memcmp (nal.data.data,
              of_full.data.data, nal.data.size) == 0);
    }
    while (rtp_nal_iter_next (&full, &of_full))
      continue;
    g_assert_true (it.error == RTP_OK || it.error == RTP_TRUNCATED
        || it.error == full.error);
    hex_free (cut);
  }
}

typedef struct
{
  const char *payload, *nals;
  RtpStatus error;
} Case;

static void
check (RtpFormat format, const Case * cases, unsigned n)
{
  for (unsigned i = 0; i < n; i++) {
    const BytesSpan payload = hex (cases[i].payload);
    GString *found = g_string_new (NULL);
    RtpNalIter it;
    RtpNal nal;

    rtp_nal_iter_init (&it, format, payload);
    while (rtp_nal_iter_next (&it, &nal)) {
      check_nal (payload, format.codec, &nal);
      append_nal (found, format.codec, &nal);
    }
    g_assert_cmpstr (found->str, ==, cases[i].nals);
    g_assert_cmpint (it.error, ==, cases[i].error);
    g_assert_false (rtp_nal_iter_next (&it, &nal));
    g_assert_cmpint (it.error, ==, cases[i].error);
    check_cut (format, payload);
    g_string_free (found, TRUE);
    hex_free (payload);
  }
}

static void
test_rtpnal_h264_single (void)
{
  static const Case cases[] = {
    {"", "", RTP_OK},
    {"6 5 1 8 80", "[6 5 1 8 80]", RTP_OK},
    {"65 88 84", "[65 88 84] *", RTP_OK},
    {"65 48 84", "[65 48 84]", RTP_OK},
    {"9", "[9]", RTP_OK},
    {"17 1", "[17 1]", RTP_OK},
    {"0 1", "", RTP_INVALID},
    {"1e 1", "", RTP_INVALID},
    {"ff 1", "", RTP_INVALID},
  };

  check (h264, cases, G_N_ELEMENTS (cases));
}

static void
test_rtpnal_h264_stap (void)
{
  static const Case cases[] = {
    {"78 0 2 67 42 0 2 68 ce 0 5 6 5 1 8 80",
        "[67 42], [68 ce], [6 5 1 8 80]", RTP_OK},
    {"18 0 1 9", "[9]", RTP_OK},
    {"18", "", RTP_OK},
    {"18 0 0 0 1 9", "[9]", RTP_OK},
    {"18 0 1 9 0", "[9]", RTP_TRUNCATED},
    {"18 0 1 9 0 3 6 5", "[9]", RTP_TRUNCATED},
    {"18 ff ff 6", "", RTP_TRUNCATED},
    {"79 0 7 0 1 9 0 2 65 88", "[9] #7, [65 88] #8 *", RTP_OK},
    {"79 ff ff 0 1 9 0 2 65 88", "[9] #65535, [65 88] #0 *", RTP_OK},
    {"79 0", "", RTP_TRUNCATED},
  };

  check (h264, cases, G_N_ELEMENTS (cases));
}

static void
test_rtpnal_h264_mtap (void)
{
  static const Case cases[] = {
    {"7a 0 7 0 2 0 0 0 6 80 0 2 1 1 2 65 88",
        "[6 80] #7, [65 88] #8 +258 *", RTP_OK},
    {"7b ff ff 0 2 2 1 2 3 6 80 0 1 0 0 0 0 9",
        "[6 80] #1 +66051, [9] #65535", RTP_OK},
    {"7a 0 7 0 2 0 0", "", RTP_TRUNCATED},
    {"7a 0 7 0 2 0 0 0 6", "", RTP_TRUNCATED},
    {"7b 0 7 0 0 0 0 0 0 0 1 0 0 0 0 9", "[9] #7", RTP_OK},
  };

  check (h264, cases, G_N_ELEMENTS (cases));
}

static void
test_rtpnal_h264_fu (void)
{
  static const Case cases[] = {
    {"7c 85 88 84", "[(65) 88 84 *", RTP_OK},
    {"7c 5 88 84", "(65) 88 84", RTP_OK},
    {"7c 45 88 84", "(65) 88 84]", RTP_OK},
    {"1c 86 5 20", "[(6) 5 20", RTP_OK},
    {"1c 46 80", "(6) 80]", RTP_OK},
    {"1c c6 5 20", "[(6) 5 20]", RTP_OK},
    {"1c 86", "[(6)", RTP_OK},
    {"1c", "", RTP_TRUNCATED},
    {"1d 86 1 2 5 20", "[(6) 5 20 #258", RTP_OK},
    {"1d 86 1", "", RTP_TRUNCATED},
    {"1d 6 1 2 5 20", "", RTP_INVALID},
  };

  check (h264, cases, G_N_ELEMENTS (cases));
}

static void
test_rtpnal_h265 (void)
{
  static const Case cases[] = {
    {"4e 1 5 1 8 80", "[4e 1 5 1 8 80]", RTP_OK},
    {"26 1 af", "[26 1 af] *", RTP_OK},
    {"26 1 2f", "[26 1 2f]", RTP_OK},
    {"7c 1 19", "[7c 1 19]", RTP_OK},
    {"26", "", RTP_TRUNCATED},
    {"60 1 0 2 46 1 0 4 50 1 5 80 0 3 26 1 af",
        "[46 1], [50 1 5 80], [26 1 af] *", RTP_OK},
    {"60 1 0 1 46 0 2 46 1", "[46 1]", RTP_OK},
    {"60 1", "", RTP_OK},
    {"60 1 0 2 46 1 0", "[46 1]", RTP_TRUNCATED},
    {"60 1 0 3 46 1", "", RTP_TRUNCATED},
    {"62 2 93 af 1", "[(26 2) af 1 *", RTP_OK},
    {"62 2 13 af 1", "(26 2) af 1", RTP_OK},
    {"62 2 53 af 1", "(26 2) af 1]", RTP_OK},
    {"63 a a7 5 1", "[(4f a) 5 1", RTP_OK},
    {"62 1 e8 80", "[(50 1) 80]", RTP_OK},
    {"62 1", "", RTP_TRUNCATED},
    {"64 1 26 1 0 1 2 3", "", RTP_OK},
  };

  check (h265, cases, G_N_ELEMENTS (cases));
}

static void
test_rtpnal_h265_with_decoding_order (void)
{
  static const Case cases[] = {
    {"4e 1 0 7 5 1 8 80", "[(4e 1) 5 1 8 80] #7", RTP_OK},
    {"26 1 0 7 af", "[(26 1) af] #7 *", RTP_OK},
    {"4e 1 0", "", RTP_TRUNCATED},
    {"60 1 0 7 0 2 46 1 0 0 4 50 1 5 80 2 0 3 26 1 af",
        "[46 1] #7, [50 1 5 80] #8, [26 1 af] #11 *", RTP_OK},
    {"60 1 ff ff 0 2 46 1 0 0 2 46 1", "[46 1] #65535, [46 1] #0", RTP_OK},
    {"60 1 0 7 0 0 1 0 2 46 1", "[46 1] #9", RTP_OK},
    {"60 1 0 7 0 2 46 1 0", "[46 1] #7", RTP_TRUNCATED},
    {"60 1 0", "", RTP_TRUNCATED},
    {"62 2 93 0 7 af 1", "[(26 2) af 1 #7 *", RTP_OK},
    {"62 2 13 af 1", "(26 2) af 1", RTP_OK},
    {"62 2 53 af 1", "(26 2) af 1]", RTP_OK},
    {"62 2 93 0", "", RTP_TRUNCATED},
  };

  check (h265_donl, cases, G_N_ELEMENTS (cases));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/rtpnal/" path, func)
  ADD ("h264-single", test_rtpnal_h264_single);
  ADD ("h264-stap", test_rtpnal_h264_stap);
  ADD ("h264-mtap", test_rtpnal_h264_mtap);
  ADD ("h264-fu", test_rtpnal_h264_fu);
  ADD ("h265", test_rtpnal_h265);
  ADD ("h265-donl", test_rtpnal_h265_with_decoding_order);
  return g_test_run ();
}
