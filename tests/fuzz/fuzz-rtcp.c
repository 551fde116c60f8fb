/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* RTCP: sender reports and BYEs, compared with what a simple reader finds.
 *
 * Input: bytes of a compound packet */

#include "fuzz.h"
#include "rtcp.h"

static unsigned
read_number (const uint8_t * p)
{
  return (unsigned) p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static void
check_report (RtcpIter * it, RtcpKind kind, const uint8_t * source)
{
  RtcpReport report;

  CHECK (rtcp_iter_next (it, &report));
  CHECK (report.kind == kind && report.ssrc == read_number (source));
  if (kind == RTCP_SENDER_REPORT) {
    CHECK (report.ntp >> 32 == read_number (source + 4));
    CHECK ((uint32_t) report.ntp == read_number (source + 8));
    CHECK (report.timestamp == read_number (source + 12));
  } else {
    CHECK (report.ntp == 0 && report.timestamp == 0);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  RtcpIter it;
  RtcpReport report;
  bool is_broken = false;

  rtcp_iter_init (&it, data, size);
  while (size > 0 && !is_broken) {
    const unsigned words = size < 4 ? 0 : data[2] * 256u + data[3];
    const unsigned count = data[0] & 31u;

    is_broken = size < 4 || data[0] < 0x80 || data[0] > 0xbf
        || data[1] < 192 || data[1] > 223 || size / 4 < words + 1;
    if (is_broken)
      break;
    if (data[1] == 200) {
      is_broken = words < 6 + 6 * count;
      if (!is_broken)
        check_report (&it, RTCP_SENDER_REPORT, data + 4);
    } else if (data[1] == 203) {
      is_broken = words < count;
      for (unsigned i = 0; !is_broken && i < count; i++)
        check_report (&it, RTCP_BYE, data + 4 + 4 * i);
    }
    size -= 4 + 4 * words;
    data += 4 + 4 * words;
  }
  CHECK (!rtcp_iter_next (&it, &report));
  CHECK ((it.error != RTP_OK) == is_broken);
  CHECK (!rtcp_iter_next (&it, &report));
  return 0;
}
