/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpnal.h"

#include "rtpread.h"

/* RFC 6184 table 1 */
enum
{
  H264_STAP_A = 24,
  H264_STAP_B,
  H264_MTAP16,
  H264_MTAP24,
  H264_FU_A,
  H264_FU_B
};

/* RFC 7798 4.4 */
enum
{
  H265_AP = 48,
  H265_FU,
  H265_PACI
};

void
rtp_nal_iter_init (RtpNalIter * it, RtpFormat format, BytesSpan payload)
{
  it->error = RTP_OK;
  it->format = format;
  it->next = payload.data;
  it->left = payload.size;
  it->type = 0;
  it->is_first = true;
  it->don = 0;
  if (payload.size == 0)
    return;
  it->type = format.codec == H26X_CODEC_H265 ?
      (payload.data[0] >> 1) & 63u : payload.data[0] & 31u;
}

static bool
fail (RtpNalIter * it, RtpStatus error)
{
  it->error = error;
  it->left = 0;
  return false;
}

/* Takes bytes off the front. Returns NULL, and the iteration is over, if they are
 * not all there. */
static const uint8_t *
take (RtpNalIter * it, size_t size)
{
  const uint8_t *taken = it->next;

  if (size > it->left) {
    fail (it, RTP_TRUNCATED);
    return NULL;
  }
  it->next += size;
  it->left -= size;
  return taken;
}

/* Fills in a NAL unit of size bytes that are all there, and no fewer than its
 * header */
static void
set_whole (const RtpNalIter * it, RtpNal * nal, const uint8_t * data,
    size_t size)
{
  const size_t header_size = H26X_NAL_HEADER_SIZE (it->format.codec);

  nal->header[0] = data[0];
  nal->header[1] = header_size > 1 ? data[1] : 0;
  nal->begins = true;
  nal->ends = true;
  nal->has_header = true;
  nal->data = (BytesSpan) {
  data, size};
  h26x_nal_describe (it->format.codec, data,
      size > header_size ? data[header_size] : -1, &nal->nal);
}

/* Fills in what all that is left is, without header, which is in nal already */
static void
set_rest (RtpNalIter * it, RtpNal * nal)
{
  nal->has_header = false;
  nal->data = (BytesSpan) {
  it->next, it->left};
  h26x_nal_describe (it->format.codec, nal->header,
      nal->begins && it->left > 0 ? it->next[0] : -1, &nal->nal);
  it->left = 0;
}

static bool
next_single (RtpNalIter * it, RtpNal * nal)
{
  if (it->left < H26X_NAL_HEADER_SIZE (it->format.codec))
    return fail (it, RTP_TRUNCATED);
  if (it->format.codec == H26X_CODEC_H264 || !it->format.has_donl) {
    set_whole (it, nal, it->next, it->left);
    it->left = 0;
    return true;
  }

  /* RFC 7798 4.4.1: the number is between header and content */
  const uint8_t *header = take (it, 2);
  const uint8_t *don = take (it, 2);
  if (don == NULL)
    return false;
  nal->header[0] = header[0];
  nal->header[1] = header[1];
  nal->begins = true;
  nal->ends = true;
  nal->has_don = true;
  nal->don = rtp_read_16 (don);
  set_rest (it, nal);
  return true;
}

/* FU-A and FU-B: RFC 6184 5.8; FU: RFC 7798 4.4.3. A fragment that both begins and
 * ends a NAL unit is forbidden, and has all that is needed. */
static bool
next_fragment (RtpNalIter * it, RtpNal * nal)
{
  const bool is_h265 = it->format.codec == H26X_CODEC_H265;
  const size_t size = H26X_NAL_HEADER_SIZE (it->format.codec) + 1;
  const uint8_t *header = take (it, size);

  if (header == NULL)
    return false;

  const uint8_t fu = header[size - 1];
  nal->begins = fu & 0x80;
  nal->ends = fu & 0x40;
  if (is_h265) {
    nal->header[0] = (uint8_t) ((header[0] & 0x81) | (fu & 63) << 1);
    nal->header[1] = header[1];
    nal->has_don = it->format.has_donl && nal->begins;
  } else {
    nal->header[0] = (header[0] & 0xe0) | (fu & 31);
    nal->header[1] = 0;
    nal->has_don = it->type == H264_FU_B;
    /* 5.8: FU-B is used for the first fragment alone */
    if (nal->has_don && !nal->begins)
      return fail (it, RTP_INVALID);
  }
  if (nal->has_don) {
    const uint8_t *don = take (it, 2);

    if (don == NULL)
      return false;
    nal->don = rtp_read_16 (don);
  }
  set_rest (it, nal);
  return true;
}

/* The header of an aggregation packet */
static bool
begin_aggregate (RtpNalIter * it)
{
  const uint8_t *don;

  it->is_first = false;
  if (take (it, H26X_NAL_HEADER_SIZE (it->format.codec)) == NULL)
    return false;
  /* STAP-B and MTAP: the number that all count from. In H.265 the first NAL unit has
   * its own, of the same size and at the same place. */
  if (it->format.codec == H26X_CODEC_H265 ? it->format.has_donl
      : it->type != H264_STAP_A) {
    don = take (it, 2);
    if (don == NULL)
      return false;
    it->don = rtp_read_16 (don);
  }
  return true;
}

/* STAP: RFC 6184 5.7.1; MTAP: 5.7.2; AP: RFC 7798 4.4.2 */
static bool
next_aggregated (RtpNalIter * it, RtpNal * nal)
{
  const bool is_h265 = it->format.codec == H26X_CODEC_H265;
  const bool is_mtap = !is_h265 && it->type >= H264_MTAP16;
  bool is_first = it->is_first;

  if (is_first && !begin_aggregate (it))
    return false;
  while (it->left > 0) {
    const uint8_t *p;

    /* DOND of H.265: that of the NAL unit before, less 1 */
    if (is_h265 && it->format.has_donl && !is_first) {
      if ((p = take (it, 1)) == NULL)
        return false;
      it->don = (uint16_t) (it->don + p[0] + 1);
    }
    if ((p = take (it, 2)) == NULL)
      return false;
    size_t size = rtp_read_16 (p);

    nal->has_don = is_h265 ? it->format.has_donl : it->type != H264_STAP_A;
    nal->don = it->don;
    if (is_mtap) {
      if ((p = take (it, it->type == H264_MTAP16 ? 3 : 4)) == NULL)
        return false;
      nal->don = (uint16_t) (it->don + p[0]);
      nal->timestamp = rtp_read_16 (p + 1);
      if (it->type == H264_MTAP24)
        nal->timestamp = nal->timestamp << 8 | p[3];
    } else if (!is_h265) {
      /* STAP-B: each has the next number */
      it->don++;
    }

    if ((p = take (it, size)) == NULL)
      return false;
    if (size >= H26X_NAL_HEADER_SIZE (it->format.codec)) {
      set_whole (it, nal, p, size);
      return true;
    }
    is_first = false;
  }
  return false;
}

static bool
next (RtpNalIter * it, RtpNal * nal)
{
  if (it->format.codec == H26X_CODEC_H265) {
    switch (it->type) {
      case H265_FU:
        return next_fragment (it, nal);
      case H265_AP:
        return next_aggregated (it, nal);
      case H265_PACI:
        it->left = 0;
        return false;
      default:
        return next_single (it, nal);
    }
  }
  switch (it->type) {
    case H264_FU_A:
    case H264_FU_B:
      return next_fragment (it, nal);
    case H264_STAP_A:
    case H264_STAP_B:
    case H264_MTAP16:
    case H264_MTAP24:
      return next_aggregated (it, nal);
    case 0:
    case 30:
    case 31:
      /* reserved: table 1 */
      return fail (it, RTP_INVALID);
    default:
      return next_single (it, nal);
  }
}

bool
rtp_nal_iter_next (RtpNalIter * it, RtpNal * nal)
{
  if (it->left == 0)
    return false;
  nal->nal.start = 0;
  nal->nal.offset = 0;
  nal->timestamp = 0;
  nal->has_don = false;
  nal->don = 0;
  if (!next (it, nal))
    return false;
  nal->nal.size = nal->data.size;
  return true;
}
