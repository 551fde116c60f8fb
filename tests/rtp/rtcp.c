/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtcp.h"

#include "hex.h"

#define BLOCK " 1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 4 5 5 5 5 6 6 6 6"
#define SR_BODY " ca fe ba be 1 2 3 4 5 6 7 8 9 a b c 0 0 0 1 0 0 0 2"
#define SR "80 c8 0 6" SR_BODY
#define SR_ONE "81 c8 0 c" SR_BODY BLOCK
#define SAID_SR "SR cafebabe 102030405060708 90a0b0c"
#define RR "80 c9 0 1 ca fe ba be"
#define SDES " 81 ca 0 3 ca fe ba be 1 2 61 62 0 0 0 0"
#define BYE " 81 cb 0 1 ca fe ba be"

static void
check (BytesSpan data, const char *reports, RtpStatus error)
{
  GString *found = g_string_new (NULL);
  RtcpReport report;
  RtcpIter it;

  rtcp_iter_init (&it, data.data, data.size);
  while (rtcp_iter_next (&it, &report)) {
    g_string_append (found, found->len > 0 ? ", " : "");
    if (report.kind == RTCP_BYE)
      g_string_append_printf (found, "BYE %x", report.ssrc);
    else
      g_string_append_printf (found, "SR %x %" G_GINT64_MODIFIER "x %x",
          report.ssrc, report.ntp, report.timestamp);
  }
  g_assert_cmpstr (found->str, ==, reports);
  g_assert_cmpint (it.error, ==, error);
  g_assert_false (rtcp_iter_next (&it, &report));
  g_assert_cmpint (it.error, ==, error);
  g_string_free (found, TRUE);
}

static void
test_rtcp_gives_reports_and_byes (void)
{
  static const struct
  {
    const char *packet, *reports;
    RtpStatus error;
  } cases[] = {
    {"", "", RTP_OK},
    {RR, "", RTP_OK},
    {SR, SAID_SR, RTP_OK},
    {SR_ONE, SAID_SR, RTP_OK},
    {SR SDES, SAID_SR, RTP_OK},
    {SR SDES BYE, SAID_SR ", BYE cafebabe", RTP_OK},
    {RR SDES BYE, "BYE cafebabe", RTP_OK},
    /* a BYE alone, of two sources with a reason, of none */
    {"81 cb 0 1 1 2 3 4", "BYE 1020304", RTP_OK},
    {"82 cb 0 3 1 2 3 4 5 6 7 8 3 61 62 63", "BYE 1020304, BYE 5060708",
        RTP_OK},
    {"80 cb 0 0 " SR, SAID_SR, RTP_OK},
    /* feedback, extended reports, profile-specific words behind the blocks */
    {"81 cd 0 2 1 2 3 4 5 6 7 8 80 cf 0 1 1 2 3 4 " SR, SAID_SR, RTP_OK},
    {"80 c8 0 7" SR_BODY " 9 9 9 9" BYE, SAID_SR ", BYE cafebabe", RTP_OK},
    /* padding in the last one */
    {SR " a1 cb 0 2 ca fe ba be 0 0 0 4", SAID_SR ", BYE cafebabe", RTP_OK},
    {SR " 0 0 0 0", SAID_SR, RTP_INVALID},
    {SR " 80", SAID_SR, RTP_TRUNCATED},
    {SR " 80 60 0 0", SAID_SR, RTP_INVALID},
    {SR " 80 e0 0 0", SAID_SR, RTP_INVALID},
    {SR " 81 cb 0 2 ca fe ba be", SAID_SR, RTP_TRUNCATED},
    {"82 cb 0 1 1 2 3 4", "", RTP_TRUNCATED},
    {"80 c8 0 5 ca fe ba be 1 2 3 4 5 6 7 8 9 a b c 0 0 0 1", "",
        RTP_TRUNCATED},
    {"82 c8 0 c" SR_BODY BLOCK, "", RTP_TRUNCATED},
    {"81 c8 ff ff" SR_BODY BLOCK, "", RTP_TRUNCATED},
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++) {
    const BytesSpan data = hex (cases[i].packet);

    check (data, cases[i].reports, cases[i].error);
    hex_free (data);
  }
}

/* A report is given as soon as it is whole, whatever is cut behind it */
static void
test_rtcp_cut (void)
{
  const BytesSpan data = hex (SR_ONE SDES BYE);

  for (size_t size = 0; size <= data.size; size++) {
    const BytesSpan cut = hex_cut (data, size);
    const bool is_whole = size == 0 || size == 52 || size == 68 || size == 76;

    check (cut, size < 52 ? "" : size < 76 ? SAID_SR : SAID_SR
        ", BYE cafebabe", is_whole ? RTP_OK : RTP_TRUNCATED);
    hex_free (cut);
  }
  g_assert_cmpuint (data.size, ==, 76);
  hex_free (data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/reports", test_rtcp_gives_reports_and_byes);
  g_test_add_func ("/rtcp/cut", test_rtcp_cut);
  return g_test_run ();
}
