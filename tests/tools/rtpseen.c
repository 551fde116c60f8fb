/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Why the bridge has no records, as it tells the user */

#include "rtpseen.h"

#define SECOND G_TIME_SPAN_SECOND

static const char *const one[] = { "udp://[::]:5000", NULL };

/* An input, and what is said about it */
typedef struct
{
  RtpSeen seen;
  Silence silence;
} Input;

static void
init (Input * input, const char *codec)
{
  silence_init (&input->silence, 0);
  rtp_seen_init (&input->seen, codec);
}

static void
see_at (Input * input, double seconds, const char *members)
{
  g_autofree char *text = g_strconcat ("rtp-seen", members, ";", NULL);
  GstStructure *seen = gst_structure_from_string (text, NULL);

  g_assert_nonnull (seen);
  rtp_seen_take (&input->seen, seen, &input->silence,
      (gint64) (seconds * SECOND));
  gst_structure_free (seen);
}

/* Returns: (transfer full): what is said after so many seconds, and records */
static char *
explain_at (Input * input, double seconds, guint64 n_records,
    const char *const *where, const char *stats_text)
{
  const gint64 now_us = (gint64) (seconds * SECOND);
  g_autoptr (GstStructure) stats = gst_structure_from_string (stats_text, NULL);
  GstStructure *all[] = { stats };
  Explanation explanation;
  char *text;

  g_assert_nonnull (stats);
  silence_take_records (&input->silence, n_records, now_us);
  if (!silence_is_due (&input->silence, now_us)
      || !rtp_seen_is_of_silence (&input->seen, &input->silence, now_us))
    return NULL;
  explanation_init (&explanation);
  rtp_seen_explain (&input->seen, &explanation, all, G_N_ELEMENTS (all), FALSE);
  text = silence_tell (&input->silence, &explanation, where, now_us);
  explanation_clear (&explanation);
  return text;
}

static void
assert_codec_says (const char *codec, const char *members, const char *stats,
    const char *expected)
{
  g_autofree char *text = NULL;
  Input input;

  init (&input, codec);
  see_at (&input, 5, members);
  text = explain_at (&input, 5, 0, one, stats);
  rtp_seen_clear (&input.seen);
  g_assert_nonnull (text);
  g_assert_true (g_str_has_prefix (text,
          "udp://[::]:5000 has given no records for 5 s. It sees "));
  g_assert_cmpstr (text + strlen ("udp://[::]:5000 has given no records for"
          " 5 s. It sees "), ==, expected);
}

static void
assert_says (const char *members, const char *stats, const char *expected)
{
  assert_codec_says ("auto", members, stats, expected);
}

#define NO_UUIDS "stats;"
#define UUIDS "stats, ignored-uuids=(structure)<" \
    "[ignored, uuid=(string)\"aa\", count=(guint64)7]," \
    "[ignored, uuid=(string)\"bb\", count=(guint64)1]>;"
#define WRITE ": let the cameras write metadata into the video as SEI" \
    " (user_data_unregistered), and let nothing on the way remove it"

static void
test_what_comes (void)
{
  assert_says ("", NO_UUIDS, "no packets of RTP: check the address and port"
      " that the cameras send to, and the firewall");
  assert_says (", h264=(guint)2", NO_UUIDS, "H.264 without SEI" WRITE);
  assert_says (", h265=(guint)1", NO_UUIDS, "H.265 without SEI" WRITE);
  assert_says (", h264=(guint)1, h265=(guint)1, sei=(guint64)9", NO_UUIDS,
      "H.264 and H.265 with no SEI but times, or what encoders write by"
      " themselves" WRITE);
  assert_says (", h264=(guint)1, behind-slices=(guint64)9", NO_UUIDS,
      "H.264 with SEI behind slices: --scan full reads them");
  assert_says (", mp2t=(guint)1, no-place=(guint64)4", NO_UUIDS,
      "MPEG-TS in which nothing is known: let the cameras send H.264, H.265 or"
      " KLV in it; no place for more streams: raise --max-streams, or let another"
      " bridge take some of the cameras");
  assert_says (", unknown=(guint)1", NO_UUIDS, "RTP that is neither H.264 nor"
      " H.265: check what the cameras send, and set --codec if it is one of"
      " them");
  assert_says (", rtcp=(guint64)2", NO_UUIDS, "RTCP, but no RTP: check which"
      " port the cameras send their video to, and the firewall");
  assert_says (", at-rtcp-port=(guint64)1", NO_UUIDS, "RTP at the port behind,"
      " which is for RTCP: let the cameras send to the port itself");
  assert_says (", no-rtp=(guint64)3, unproven=(guint64)1", NO_UUIDS,
      "datagrams that are not RTP (3): let the cameras send RTP, and check what"
      " else sends here; RTP packets that belong to no stream (1): check what"
      " else sends here");
}

static void
test_uuids (void)
{
  const char *const expected = "messages of UUIDs that --uuid does not select"
      " (7 of aa, 1 of bb): --uuid aa,bb takes them";

  assert_says (", h264=(guint)1, sei=(guint64)8", UUIDS, expected);
  assert_says (", h265=(guint)1, sei=(guint64)8", "stats, broken=(guint64)3;",
      "broken SEI (3): check what writes them, or changes them on the way");
  /* those of video that has gone */
  assert_says (", h264=(guint)1", UUIDS, "H.264 without SEI" WRITE);
}

static void
test_ports (void)
{
  const char *const two[] = { "udp://[::]:5000", "udp://[::]:5002", NULL };
  g_autofree char *text = NULL;
  Input input;

  init (&input, "auto");
  see_at (&input, 7, ", no-rtp=(guint64)3");
  text = explain_at (&input, 7, 0, two, NO_UUIDS);
  rtp_seen_clear (&input.seen);
  g_assert_true (g_str_has_prefix (text, "2 ports, udp://[::]:5000 to"
          " udp://[::]:5002, have given no records for 7 s. They see"));
}

static void
assert_when (Input * input, double seconds, guint64 n_records,
    const char *expected)
{
  g_autofree char *text = explain_at (input, seconds, n_records, one,
      NO_UUIDS);

  if (!expected) {
    g_assert_null (text);
    return;
  }
  g_assert_nonnull (text);
  g_assert_nonnull (strstr (text, expected));
}

static void
test_codec (void)
{
  assert_codec_says ("h265", ", h265=(guint)1", NO_UUIDS, "H.265 without SEI:"
      " check that it is --codec h265, let the cameras write metadata into the"
      " video as SEI (user_data_unregistered), and let nothing on the way remove"
      " it");
}

static void
test_when (void)
{
  Input input;

  init (&input, "auto");
  /* nothing is known yet */
  assert_when (&input, 5, 0, NULL);
  see_at (&input, 5, "");
  assert_when (&input, 6, 0, "for 6 s. It sees no packets");
  assert_when (&input, 20, 0, NULL);

  /* what comes is another thing, and then more of it */
  see_at (&input, 20, ", h264=(guint)1");
  assert_when (&input, 21, 0, "for 21 s. It sees H.264");
  see_at (&input, 25, ", h264=(guint)5");
  assert_when (&input, 40, 0, NULL);

  /* at most every ten seconds */
  see_at (&input, 40, ", unknown=(guint)1");
  assert_when (&input, 41, 0, "RTP that is neither");
  see_at (&input, 45, ", mp2t=(guint)1");
  assert_when (&input, 50, 0, NULL);
  assert_when (&input, 51, 0, "MPEG-TS");
  rtp_seen_clear (&input.seen);
}

/* What came beside the last records is no explanation of why there are no more. */
static void
test_records (void)
{
  Input input;

  init (&input, "auto");
  see_at (&input, 5, ", h264=(guint)1, sei=(guint64)9");
  assert_when (&input, 5, 1, NULL);
  assert_when (&input, 20, 2, NULL);
  see_at (&input, 22, ", h264=(guint)1, sei=(guint64)2");
  assert_when (&input, 25, 2, NULL);
  see_at (&input, 27, ", h264=(guint)1");
  assert_when (&input, 27, 2, "for 7 s. It sees H.264 without SEI:");

  /* the same again, after records between two looks */
  assert_when (&input, 38, 3, NULL);
  assert_when (&input, 47, 3, NULL);
  assert_when (&input, 49, 3, "for 11 s. It sees H.264 without SEI:");
  rtp_seen_clear (&input.seen);
}

static void
test_end (void)
{
  static const char *const two[] = { "udp://[::]:1", "udp://[::]:2", NULL };
  g_autofree char *of_one = silence_tell_end (one);
  g_autofree char *of_two = silence_tell_end (two);
  Input input;

  g_assert_cmpstr (of_one, ==, "udp://[::]:5000 gives records");
  g_assert_cmpstr (of_two, ==,
      "2 ports, udp://[::]:1 to udp://[::]:2, give records");

  init (&input, "auto");
  g_assert_false (silence_take_records (&input.silence, 1, 1 * SECOND));
  see_at (&input, 10, "");
  assert_when (&input, 10, 1, "no packets of RTP: ");
  g_assert_false (silence_take_records (&input.silence, 1, 11 * SECOND));
  g_assert_true (silence_take_records (&input.silence, 2, 12 * SECOND));
  /* once */
  g_assert_false (silence_take_records (&input.silence, 3, 13 * SECOND));
  rtp_seen_clear (&input.seen);
}

static void
test_encoders (void)
{
  Input input;

  init (&input, "auto");
  see_at (&input, 5, ", h264=(guint)1, sei=(guint64)1");
  assert_when (&input, 5, 0, "with no SEI but times, or what encoders");
  see_at (&input, 10, ", h264=(guint)1");
  assert_when (&input, 20, 0, NULL);
  see_at (&input, 25, "");
  assert_when (&input, 30, 0,
      "no packets of RTP any more: check that what sent");
  see_at (&input, 35, ", h264=(guint)1");
  assert_when (&input, 40, 0, "H.264 without SEI:");
  rtp_seen_clear (&input.seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/rtpseen/what-comes", test_what_comes);
  g_test_add_func ("/rtpseen/uuids", test_uuids);
  g_test_add_func ("/rtpseen/ports", test_ports);
  g_test_add_func ("/rtpseen/codec", test_codec);
  g_test_add_func ("/rtpseen/records", test_records);
  g_test_add_func ("/rtpseen/when", test_when);
  g_test_add_func ("/rtpseen/end", test_end);
  g_test_add_func ("/rtpseen/encoders", test_encoders);
  return g_test_run ();
}
