/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtppacket.h"

#include "hex.h"

#define FIXED "12 34 01 02 03 04 ca fe ba be"

static RtpStatus
parse (RtpPacket * packet, const char *text)
{
  const BytesSpan data = hex (text);
  const RtpStatus status = rtp_packet_parse (packet, data.data, data.size);

  hex_free (data);
  return status;
}

static void
test_rtppacket_of_every_form (void)
{
  static const struct
  {
    const char *packet, *payload, *csrcs, *extension;
    unsigned profile, payload_type, padding;
    bool marker;
  } cases[] = {
    {"80 60 " FIXED, "", "", "", 0, 96, 0, false},
    {"80 e0 " FIXED " 9", "9", "", "", 0, 96, 0, true},
    {"80 21 " FIXED " 9 8", "9 8", "", "", 0, 33, 0, false},
    {"80 7f " FIXED " 9 8", "9 8", "", "", 0, 127, 0, false},
    {"80 ff " FIXED " 9 8", "9 8", "", "", 0, 127, 0, true},
    /* the types beside those of RTCP */
    {"80 bf " FIXED " 9 8", "9 8", "", "", 0, 63, 0, true},
    {"81 60 " FIXED " 1 2 3 4 9", "9", "1 2 3 4", "", 0, 96, 0, false},
    {"82 60 " FIXED " 1 2 3 4 5 6 7 8 9", "9", "1 2 3 4 5 6 7 8", "", 0, 96, 0,
        false},
    {"90 60 " FIXED " be de 0 0 9", "9", "", "", 0xbede, 96, 0, false},
    {"90 60 " FIXED " be de 0 1 10 5 0 0 9", "9", "", "10 5 0 0", 0xbede, 96, 0,
        false},
    {"91 60 " FIXED " 1 2 3 4 ab ac 0 1 6 7 8 9 a", "a", "1 2 3 4", "6 7 8 9",
        0xabac, 96, 0, false},
    {"a0 60 " FIXED " 9 0 2", "9", "", "", 0, 96, 2, false},
    {"a0 60 " FIXED " 9 8 1", "9 8", "", "", 0, 96, 1, false},
    {"a0 60 " FIXED " 0 0 3", "", "", "", 0, 96, 3, false},
    /* wrong, and harmless */
    {"a0 60 " FIXED " 9 8 0", "9 8 0", "", "", 0, 96, 0, false},
    {"b1 60 " FIXED " 1 2 3 4 ab ac 0 1 6 7 8 9 a b 2", "a", "1 2 3 4",
        "6 7 8 9", 0xabac, 96, 2, false},
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    const BytesSpan data = hex (cases[i].packet);
    RtpPacket packet;

    g_assert_cmpint (rtp_packet_parse (&packet, data.data, data.size), ==,
        RTP_OK);
    g_assert_cmpuint (packet.payload_type, ==, cases[i].payload_type);
    g_assert_cmpint (packet.marker, ==, cases[i].marker);
    g_assert_cmpuint (packet.sequence, ==, 0x1234);
    g_assert_cmpuint (packet.timestamp, ==, 0x01020304);
    g_assert_cmpuint (packet.ssrc, ==, 0xcafebabe);
    g_assert_cmpuint (packet.padding, ==, cases[i].padding);
    assert_hex (packet.payload, cases[i].payload);
    assert_hex ((BytesSpan) {
        packet.csrcs, 4 * packet.n_csrcs}, cases[i].csrcs);
    g_assert_cmpint (packet.has_extension, ==, data.data[0] >> 4 & 1);
    g_assert_cmpuint (packet.extension_profile, ==, cases[i].profile);
    assert_hex (packet.extension, cases[i].extension);
    hex_free (data);
  }
}

static void
test_rtppacket_csrcs (void)
{
  const BytesSpan data = hex ("82 60 " FIXED " 1 2 3 4 ff fe fd fc");
  RtpPacket packet;

  g_assert_cmpint (rtp_packet_parse (&packet, data.data, data.size), ==,
      RTP_OK);
  g_assert_cmpuint (packet.n_csrcs, ==, 2);
  g_assert_cmpuint (rtp_packet_get_csrc (&packet, 0), ==, 0x01020304);
  g_assert_cmpuint (rtp_packet_get_csrc (&packet, 1), ==, 0xfffefdfc);
  hex_free (data);
}

static void
test_rtppacket_that_is_none (void)
{
  static const struct
  {
    const char *packet;
    RtpStatus status;
  } cases[] = {
    {"", RTP_TRUNCATED},
    {"80", RTP_TRUNCATED},
    {"80 60 12 34 01 02 03 04 ca fe ba", RTP_TRUNCATED},
    /* versions 0, 1 and 3: STUN, DTLS, text, an MPEG-TS packet */
    {"0 1 0 0 21 12 a4 42 1 2 3 4 5 6 7 8 9 a b c", RTP_INVALID},
    {"16 fe fd 0 0 0 0 0 0 0 0 0 0", RTP_INVALID},
    {"47 40 0 10 0 0 b0 d 0 1 c1 0 0", RTP_INVALID},
    {"7b 22 61 22 3a 31 7d 20 20 20 20 20", RTP_INVALID},
    {"c0 60 " FIXED, RTP_INVALID},
    {"81 60 " FIXED " 1 2 3", RTP_TRUNCATED},
    {"8f 60 " FIXED " 1 2 3 4", RTP_TRUNCATED},
    {"90 60 " FIXED " be de 0", RTP_TRUNCATED},
    {"90 60 " FIXED " be de 0 1 1 2 3", RTP_TRUNCATED},
    {"90 60 " FIXED " be de ff ff 1 2 3 4", RTP_TRUNCATED},
    {"a0 60 " FIXED " 9 8 4", RTP_TRUNCATED},
    {"a0 60 " FIXED " ff", RTP_TRUNCATED},
    {"b0 60 " FIXED " be de 0 1 1 2 3 4 2", RTP_TRUNCATED},
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    RtpPacket packet;

    g_assert_cmpint (parse (&packet, cases[i].packet), ==, cases[i].status);
  }
}

/* RTCP fills the datagram; its types alone are those of RTP, too. */
static void
test_rtppacket_tells_rtcp (void)
{
  for (unsigned type = 0; type <= 255; type++) {
    const bool is_of_rtcp = type >= 192 && type <= 223;
    const uint8_t rtp[12] = { 0x80, (uint8_t) type };
    const uint8_t rtcp[20] = { 0x80, (uint8_t) type, 0, 2,
      [12] = 0x80, (uint8_t) type, 0, 1
    };
    RtpPacket packet;

    for (size_t size = 2; size <= sizeof (rtp); size++)
      g_assert_cmpint (rtp_packet_parse (&packet, rtp, size), ==,
          is_of_rtcp && size == 4 ? RTP_IS_RTCP :
          size < sizeof (rtp) ? RTP_TRUNCATED : RTP_OK);
    for (size_t size = 4; size <= sizeof (rtcp); size++)
      g_assert_cmpint (rtp_packet_parse (&packet, rtcp, size), ==,
          is_of_rtcp && (size == 12 || size == 20) ? RTP_IS_RTCP :
          size < 12 ? RTP_TRUNCATED : RTP_OK);
  }
}

/* What is cut is too short up to where the payload begins */
static void
test_rtppacket_cut (void)
{
  const BytesSpan data = hex ("92 60 " FIXED " 1 2 3 4 5 6 7 8"
      " be de 0 2 10 5 0 0 20 6 0 0 9 9 9");

  for (size_t size = 0; size <= data.size; size++) {
    const BytesSpan cut = hex_cut (data, size);
    RtpPacket packet;

    g_assert_cmpint (rtp_packet_parse (&packet, cut.data, cut.size), ==,
        size < data.size - 3 ? RTP_TRUNCATED : RTP_OK);
    if (size >= data.size - 3)
      g_assert_cmpuint (packet.payload.size, ==, size - (data.size - 3));
    hex_free (cut);
  }
  hex_free (data);
}

/* elements: "ID:BYTES, ID:BYTES, ..." */
static void
check_elements (unsigned profile, const char *extension, const char *elements,
    RtpStatus error)
{
  const BytesSpan data = hex (extension);
  const RtpPacket packet = {
    .has_extension = true,
    .extension_profile = (uint16_t) profile,
    .extension = data
  };
  GString *found = g_string_new (NULL);
  RtpExtensionIter it;
  RtpExtension element;

  rtp_extension_iter_init (&it, &packet);
  while (rtp_extension_iter_next (&it, &element)) {
    g_string_append_printf (found, "%s%u:", found->len > 0 ? ", " : "",
        element.id);
    for (size_t i = 0; i < element.data.size; i++)
      g_string_append_printf (found, "%s%x", i > 0 ? " " : "",
          element.data.data[i]);
  }
  g_assert_cmpstr (found->str, ==, elements);
  g_assert_cmpint (it.error, ==, error);
  g_assert_false (rtp_extension_iter_next (&it, &element));
  g_assert_cmpint (it.error, ==, error);
  g_string_free (found, TRUE);
  hex_free (data);
}

static void
test_rtppacket_one_byte_elements (void)
{
  const unsigned p = 0xbede;

  check_elements (p, "", "", RTP_OK);
  check_elements (p, "0 0 0 0", "", RTP_OK);
  check_elements (p, "10 5 0 0", "1:5", RTP_OK);
  check_elements (p, "0 12 5 6 7 e0 9 0", "1:5 6 7, 14:9", RTP_OK);
  check_elements (p, "3f 1 2 3 4 5 6 7 8 9 a b c d e f 10 0 0 0",
      "3:1 2 3 4 5 6 7 8 9 a b c d e f 10", RTP_OK);
  /* 4.2: 15 ends it, and so does 0 with a length, which is wrong */
  check_elements (p, "10 5 f0 6 20 7", "1:5", RTP_OK);
  check_elements (p, "10 5 1 6 20 7", "1:5", RTP_INVALID);
  check_elements (p, "10 5 12 6", "1:5", RTP_TRUNCATED);
  check_elements (p, "10", "", RTP_TRUNCATED);
}

static void
test_rtppacket_two_byte_elements (void)
{
  for (unsigned appbits = 0; appbits <= 15; appbits++) {
    const unsigned p = 0x1000 + appbits;

    check_elements (p, "", "", RTP_OK);
    check_elements (p, "1 0 0 0", "1:", RTP_OK);
    check_elements (p, "1 1 5 0 0 ff 2 6 7", "1:5, 255:6 7", RTP_OK);
    check_elements (p, "f 1 6 10 1 7", "15:6, 16:7", RTP_OK);
    check_elements (p, "1 1 5 2 2 6", "1:5", RTP_TRUNCATED);
    check_elements (p, "1 1 5 2", "1:5", RTP_TRUNCATED);
  }
  check_elements (0x1010, "1 1 5 0", "", RTP_OK);
  check_elements (0x0fff, "1 1 5 0", "", RTP_OK);
  check_elements (0xabac, "10 5 0 0", "", RTP_OK);
}

static void
test_rtppacket_ntp_times (void)
{
  const uint64_t day = (uint64_t) 86400 << 32;
  const uint64_t now = 0xedcba98712345678;
  const uint64_t times[] = {
    now, now + 1, now - 1, now + 96 * day, now - 96 * day, now + day,
    0xedffffffffffffff, 0xee00000000000000
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (times); i++) {
    uint8_t bytes[9];
    RtpExtension element = { 1, {bytes, 8} };
    uint64_t ntp = 0;

    for (unsigned k = 0; k < 8; k++)
      bytes[k] = (uint8_t) (times[i] >> (56 - 8 * k));
    g_assert_true (rtp_extension_get_ntp (&element, 0, &ntp));
    g_assert_cmphex (ntp, ==, times[i]);
    element.data = (BytesSpan) {
    bytes + 1, 7};
    g_assert_true (rtp_extension_get_ntp (&element, now, &ntp));
    g_assert_cmphex (ntp, ==, times[i]);
    for (size_t size = 0; size <= 9; size++) {
      element.data.size = size;
      if (size != 7 && size != 8)
        g_assert_false (rtp_extension_get_ntp (&element, now, &ntp));
    }
  }
}

static void
test_rtppacket_onvif_time (void)
{
  static const struct
  {
    const char *extension;
    bool expected;
  } cases[] = {
    {"ab ac 0 3 1 2 3 4 5 6 7 8 e0 1 0 0", true},
    {"ab ac 0 4 1 2 3 4 5 6 7 8 e0 1 0 0 9 9 9 9", true},
    {"ab ac 0 2 1 2 3 4 5 6 7 8", false},
    {"be de 0 3 1 2 3 4 5 6 7 8 e0 1 0 0", false}
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strconcat ("90 60 " FIXED " ",
        cases[i].extension, NULL);
    const BytesSpan data = hex (text);
    RtpPacket packet;
    uint64_t ntp = 0;

    g_assert_cmpint (rtp_packet_parse (&packet, data.data, data.size), ==,
        RTP_OK);
    g_assert_cmpint (rtp_packet_get_onvif_time (&packet, &ntp), ==,
        cases[i].expected);
    g_assert_cmphex (ntp, ==, cases[i].expected ? 0x0102030405060708 : 0);
    hex_free (data);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/rtppacket/" path, func)
  ADD ("forms", test_rtppacket_of_every_form);
  ADD ("csrcs", test_rtppacket_csrcs);
  ADD ("none", test_rtppacket_that_is_none);
  ADD ("rtcp", test_rtppacket_tells_rtcp);
  ADD ("cut", test_rtppacket_cut);
  ADD ("one-byte-elements", test_rtppacket_one_byte_elements);
  ADD ("two-byte-elements", test_rtppacket_two_byte_elements);
  ADD ("ntp", test_rtppacket_ntp_times);
  ADD ("onvif", test_rtppacket_onvif_time);
  return g_test_run ();
}
