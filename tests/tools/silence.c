/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Why the bridge has no records, as it tells the user */

#include "silence.h"

#define SECOND G_TIME_SPAN_SECOND

static const char *const one[] = { "udp://[::]:5000", NULL };

static void
see_at (Silence * silence, double seconds, const char *members)
{
  g_autofree char *text = g_strconcat ("rtp-seen", members, ";", NULL);
  GstStructure *seen = gst_structure_from_string (text, NULL);

  g_assert_nonnull (seen);
  silence_take_seen (silence, seen, (gint64) (seconds * SECOND));
  gst_structure_free (seen);
}

/* Returns: (transfer full): what is said after so many seconds, and records */
static char *
explain_at (Silence * silence, double seconds, guint64 n_records,
    const char *const *where, const char *stats_text)
{
  const gint64 now_us = (gint64) (seconds * SECOND);
  g_autoptr (GstStructure) stats = gst_structure_from_string (stats_text, NULL);
  GstStructure *all[] = { stats };

  g_assert_nonnull (stats);
  if (!silence_is_due (silence, n_records, now_us))
    return NULL;
  return silence_explain (silence, where, all, G_N_ELEMENTS (all), now_us);
}

static void
assert_codec_says (const char *codec, const char *members, const char *stats,
    const char *expected)
{
  g_autofree char *text = NULL;
  Silence silence;

  silence_init (&silence, codec, 0);
  see_at (&silence, 5, members);
  text = explain_at (&silence, 5, 0, one, stats);
  silence_clear (&silence);
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
      "H.264 and H.265 without SEI but what encoders write by themselves"
      WRITE);
  assert_says (", h264=(guint)1, behind-slices=(guint64)9", NO_UUIDS,
      "H.264 with SEI behind slices: --scan full reads them");
  assert_says (", mp2t=(guint)1", NO_UUIDS, "MPEG-TS, which is not read: let"
      " the cameras send H.264 or H.265 over RTP without it");
  assert_says (", klv=(guint)1, no-place=(guint64)4", NO_UUIDS,
      "KLV, which is not read: let the cameras write metadata into the video;"
      " no place for more streams: raise --max-streams, or let another bridge"
      " take some of the cameras");
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
  Silence silence;

  silence_init (&silence, "auto", 0);
  see_at (&silence, 7, ", no-rtp=(guint64)3");
  text = explain_at (&silence, 7, 0, two, NO_UUIDS);
  silence_clear (&silence);
  g_assert_true (g_str_has_prefix (text, "2 ports, udp://[::]:5000 to"
          " udp://[::]:5002, have given no records for 7 s. They see"));
}

static void
assert_when (Silence * silence, double seconds, guint64 n_records,
    const char *expected)
{
  g_autofree char *text = explain_at (silence, seconds, n_records, one,
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
  Silence silence;

  silence_init (&silence, "auto", 0);
  /* nothing is known yet */
  assert_when (&silence, 5, 0, NULL);
  see_at (&silence, 5, "");
  assert_when (&silence, 6, 0, "for 6 s. It sees no packets");
  assert_when (&silence, 20, 0, NULL);

  /* what comes is another thing, and then more of it */
  see_at (&silence, 20, ", h264=(guint)1");
  assert_when (&silence, 21, 0, "for 21 s. It sees H.264");
  see_at (&silence, 25, ", h264=(guint)5");
  assert_when (&silence, 40, 0, NULL);

  /* at most every ten seconds */
  see_at (&silence, 40, ", klv=(guint)1");
  assert_when (&silence, 41, 0, "KLV");
  see_at (&silence, 45, ", mp2t=(guint)1");
  assert_when (&silence, 50, 0, NULL);
  assert_when (&silence, 51, 0, "MPEG-TS");
  silence_clear (&silence);
}

/* What came beside the last records is no explanation of why there are no more. */
static void
test_records (void)
{
  Silence silence;

  silence_init (&silence, "auto", 0);
  see_at (&silence, 5, ", h264=(guint)1, sei=(guint64)9");
  assert_when (&silence, 5, 1, NULL);
  assert_when (&silence, 20, 2, NULL);
  see_at (&silence, 22, ", h264=(guint)1, sei=(guint64)2");
  assert_when (&silence, 25, 2, NULL);
  see_at (&silence, 27, ", h264=(guint)1");
  assert_when (&silence, 27, 2, "for 7 s. It sees H.264 without SEI:");

  /* the same again, after records between two looks */
  assert_when (&silence, 38, 3, NULL);
  assert_when (&silence, 47, 3, NULL);
  assert_when (&silence, 49, 3, "for 11 s. It sees H.264 without SEI:");
  silence_clear (&silence);
}

static void
test_encoders (void)
{
  Silence silence;

  silence_init (&silence, "auto", 0);
  see_at (&silence, 5, ", h264=(guint)1, sei=(guint64)1");
  assert_when (&silence, 5, 0, "without SEI but what encoders");
  see_at (&silence, 10, ", h264=(guint)1");
  assert_when (&silence, 20, 0, NULL);
  see_at (&silence, 25, "");
  assert_when (&silence, 30, 0, "no packets");
  see_at (&silence, 35, ", h264=(guint)1");
  assert_when (&silence, 40, 0, "H.264 without SEI:");
  silence_clear (&silence);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/silence/what-comes", test_what_comes);
  g_test_add_func ("/silence/uuids", test_uuids);
  g_test_add_func ("/silence/ports", test_ports);
  g_test_add_func ("/silence/codec", test_codec);
  g_test_add_func ("/silence/records", test_records);
  g_test_add_func ("/silence/when", test_when);
  g_test_add_func ("/silence/encoders", test_encoders);
  return g_test_run ();
}
