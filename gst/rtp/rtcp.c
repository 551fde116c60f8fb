/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtcp.h"

#include "rtpread.h"

#define TYPE_SENDER_REPORT 200
#define TYPE_BYE 203

#define HEADER_SIZE 4u

void
rtcp_iter_init (RtcpIter * it, const uint8_t * data, size_t size)
{
  it->error = RTP_OK;
  it->next = data;
  it->left = size;
  it->n_sources = 0;
}

/* Reads the packet that comes next. What is padded is its end, which nothing here
 * looks at. */
static RtpStatus
read_packet (RtcpIter * it, RtcpReport * report, bool *found)
{
  if (it->next[0] >> 6 != 2)
    return RTP_INVALID;
  if (it->left < HEADER_SIZE)
    return RTP_TRUNCATED;
  if (it->next[1] < 192 || it->next[1] > 223)
    return RTP_INVALID;

  const uint8_t *packet = it->next;
  const unsigned count = packet[0] & 31;
  const size_t size = HEADER_SIZE + 4 * (size_t) rtp_read_16 (packet + 2);
  if (size > it->left)
    return RTP_TRUNCATED;
  it->next += size;
  it->left -= size;

  if (packet[1] == TYPE_SENDER_REPORT) {
    /* 6.4.1: the source, its times, two counters, and 24 bytes for each of those
     * of which it reports the reception */
    if (size < HEADER_SIZE + 24 + 24 * count)
      return RTP_TRUNCATED;
    report->kind = RTCP_SENDER_REPORT;
    report->ssrc = rtp_read_32 (packet + 4);
    report->ntp = rtp_read_64 (packet + 8);
    report->timestamp = rtp_read_32 (packet + 16);
    *found = true;
  } else if (packet[1] == TYPE_BYE) {
    if (size < HEADER_SIZE + 4 * count)
      return RTP_TRUNCATED;
    it->sources = packet + HEADER_SIZE;
    it->n_sources = count;
  }
  return RTP_OK;
}

bool
rtcp_iter_next (RtcpIter * it, RtcpReport * report)
{
  bool found = false;

  while (it->n_sources == 0) {
    if (it->error != RTP_OK || it->left == 0)
      return false;
    it->error = read_packet (it, report, &found);
    if (found)
      return true;
  }

  report->kind = RTCP_BYE;
  report->ssrc = rtp_read_32 (it->sources);
  report->ntp = 0;
  report->timestamp = 0;
  it->sources += 4;
  it->n_sources--;
  return true;
}
