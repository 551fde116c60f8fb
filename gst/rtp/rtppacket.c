/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtppacket.h"

#include "rtpread.h"

#define HEADER_SIZE 12u

/* RFC 8285 4.2 and 4.3; the last 4 bits of the second are the application's */
#define PROFILE_ONE_BYTE 0xbedeu
#define PROFILE_TWO_BYTES 0x1000u
#define PROFILE_TWO_BYTES_MASK 0xfff0u

#define PROFILE_ONVIF_REPLAY 0xabacu

/* Whether the packets of a compound fill the datagram (RFC 3550 6.1, A.2). The type alone
 * says little: it is that of RTP of the payload types 64 to 95, with the marker. */
static bool
is_rtcp (const uint8_t * data, size_t size)
{
  size_t offset = 0;

  while (size - offset >= 4) {
    const uint8_t *header = data + offset;
    const size_t length = 4 * ((size_t) rtp_read_16 (header + 2) + 1);

    if (header[0] >> 6 != 2 || header[1] < 192 || header[1] > 223
        || length > size - offset)
      return false;
    offset += length;
  }
  return offset > 0 && offset == size;
}

RtpStatus
rtp_packet_parse (RtpPacket * packet, const uint8_t * data, size_t size)
{
  if (size == 0)
    return RTP_TRUNCATED;
  if (data[0] >> 6 != 2)
    return RTP_INVALID;
  if (is_rtcp (data, size))
    return RTP_IS_RTCP;
  if (size < HEADER_SIZE)
    return RTP_TRUNCATED;

  const bool is_padded = data[0] & 0x20;
  size_t header_size = HEADER_SIZE;

  packet->has_extension = data[0] & 0x10;
  packet->n_csrcs = data[0] & 15;
  packet->csrcs = data + HEADER_SIZE;
  packet->marker = data[1] & 0x80;
  packet->payload_type = data[1] & 0x7f;
  packet->sequence = rtp_read_16 (data + 2);
  packet->timestamp = rtp_read_32 (data + 4);
  packet->ssrc = rtp_read_32 (data + 8);
  packet->extension_profile = 0;
  packet->extension = (BytesSpan) {
  NULL, 0};
  packet->padding = 0;

  header_size += 4 * packet->n_csrcs;
  if (header_size > size)
    return RTP_TRUNCATED;
  if (packet->has_extension) {
    if (size - header_size < 4)
      return RTP_TRUNCATED;

    /* 5.3.1: the length counts words, and not the one that it is in */
    const uint8_t *extension = data + header_size;
    const size_t length = 4 * (size_t) rtp_read_16 (extension + 2);
    header_size += 4;
    if (length > size - header_size)
      return RTP_TRUNCATED;
    packet->extension_profile = rtp_read_16 (extension);
    packet->extension = (BytesSpan) {
    extension + 4, length};
    header_size += length;
  }
  if (is_padded) {
    packet->padding = data[size - 1];
    if (packet->padding > size - header_size)
      return RTP_TRUNCATED;
  }
  packet->payload = (BytesSpan) {
  data + header_size, size - header_size - packet->padding};
  return RTP_OK;
}

uint32_t
rtp_packet_get_csrc (const RtpPacket * packet, unsigned i)
{
  return rtp_read_32 (packet->csrcs + 4 * i);
}

bool
rtp_packet_get_onvif_time (const RtpPacket * packet, uint64_t * ntp)
{
  /* The time, then a word with flags and a sequence number. Some send another
   * header extension behind it. */
  if (packet->extension_profile != PROFILE_ONVIF_REPLAY
      || packet->extension.size < 12)
    return false;
  *ntp = rtp_read_64 (packet->extension.data);
  return true;
}

void
rtp_extension_iter_init (RtpExtensionIter * it, const RtpPacket * packet)
{
  it->error = RTP_OK;
  it->next = packet->extension.data;
  it->left = packet->extension.size;
  it->two_bytes = (packet->extension_profile & PROFILE_TWO_BYTES_MASK)
      == PROFILE_TWO_BYTES;
  if (!it->two_bytes && packet->extension_profile != PROFILE_ONE_BYTE)
    it->left = 0;
}

bool
rtp_extension_iter_next (RtpExtensionIter * it, RtpExtension * extension)
{
  /* 4.2, 4.3: bytes of 0 are padding, anywhere between elements */
  while (it->left > 0 && it->next[0] == 0) {
    it->next++;
    it->left--;
  }
  if (it->left == 0)
    return false;

  size_t header_size = 1;
  size_t size = (it->next[0] & 15u) + 1u;

  extension->id = it->next[0] >> 4;
  if (it->two_bytes) {
    header_size = 2;
    extension->id = it->next[0];
    size = it->left < 2 ? 0 : it->next[1];
  } else if (extension->id == 0 || extension->id == 15) {
    it->error = extension->id == 0 ? RTP_INVALID : RTP_OK;
    it->left = 0;
    return false;
  }
  if (header_size > it->left || size > it->left - header_size) {
    it->error = RTP_TRUNCATED;
    it->left = 0;
    return false;
  }
  extension->data = (BytesSpan) {
  it->next + header_size, size};
  it->next += header_size + size;
  it->left -= header_size + size;
  return true;
}

bool
rtp_extension_get_ntp (const RtpExtension * extension, uint64_t near,
    uint64_t * ntp)
{
  const uint8_t *data = extension->data.data;

  if (extension->data.size == 8) {
    *ntp = rtp_read_64 (data);
    return true;
  }
  if (extension->data.size != 7)
    return false;

  /* The time with these lower 56 bits that is nearest: what is to be added is less
   * than half of what they count. Overflow is that of the NTP era. */
  const uint64_t low = (uint64_t) data[0] << 48
      | (uint64_t) rtp_read_16 (data + 1) << 32 | rtp_read_32 (data + 3);
  const uint64_t ahead = (low - near) & (UINT64_MAX >> 8);

  *ntp = near + ahead;
  if (ahead >> 55)
    *ntp -= (uint64_t) 1 << 56;
  return true;
}
