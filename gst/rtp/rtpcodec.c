/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpcodec.h"

#include <string.h>

#include "rtpnal.h"
#include "sei.h"

#define DECIDES 6               /* score */

/* What a payload, or a NAL unit in it, says of a codec: more is the weight */
enum
{
  NO = -1,                      /* it contradicts the standard */
  MAYBE,                        /* it is possible, and no more */
  YES
};

#define SPS_WEIGHT 4
#define VPS_WEIGHT DECIDES      /* has 16 bits that are always the same */
#define TS_PACKET_WEIGHT 2

#define TS_PACKET_SIZE 188u

/* The first bits of a NAL unit behind its header. What few of them there are has no
 * emulation prevention where it is valid: that needs two bytes of zeros. */
typedef struct
{
  uint64_t bits;                /* the next is the highest */
  unsigned left;
} Bits;

static Bits
bits_of (BytesSpan content)
{
  Bits bits = { 0, 0 };

  for (; bits.left < 64 && bits.left < 8 * content.size; bits.left += 8)
    bits.bits |= (uint64_t) content.data[bits.left / 8] << (56 - bits.left);
  return bits;
}

/* ue(v) of 9.1 in H.264, 9.2 in H.265. Returns false at the end, or if the number is
 * larger than any that is asked for here. */
static bool
read_ue (Bits * bits, unsigned *value)
{
  unsigned zeros = 0;

  while (zeros < bits->left && !(bits->bits << zeros >> 63))
    zeros++;
  if (zeros > 20 || 2 * zeros + 1 > bits->left)
    return false;
  *value = (unsigned) (bits->bits << zeros >> (63 - zeros)) - 1;
  bits->bits <<= 2 * zeros + 1;
  bits->left -= 2 * zeros + 1;
  return true;
}

static bool
skip_bit (Bits * bits)
{
  if (bits->left == 0)
    return false;
  bits->bits <<= 1;
  bits->left--;
  return true;
}

static BytesSpan
content_of (H26xCodec codec, const RtpNal * nal)
{
  const size_t skip = nal->has_header ? H26X_NAL_HEADER_SIZE (codec) : 0;

  return (BytesSpan) {
  nal->data.data + skip, nal->data.size - skip};
}

/* Whether its messages fill a SEI NAL unit. What is broken may still be one. */
static int
judge_sei (H26xCodec codec, const RtpNal * nal)
{
  SeiReader reader;
  SeiMessage message;
  unsigned n = 0;
  Bytes bytes;

  if (!nal->has_header)
    return MAYBE;
  bytes_init (&bytes, &nal->data, 1);
  sei_reader_init (&reader, &bytes, (H26xFormat) {
      codec, 0}
      , &nal->nal);
  while (sei_reader_next (&reader, &message))
    n++;
  return n > 0 && reader.error == H26X_OK ? YES : MAYBE;
}

/* H.264 7.3.3: first_mb_in_slice, slice_type, pic_parameter_set_id */
static int
judge_slice_264 (BytesSpan content, unsigned type)
{
  Bits bits = bits_of (content);
  unsigned first_mb, slice_type, pps_id;

  if (!read_ue (&bits, &first_mb) || !read_ue (&bits, &slice_type)
      || !read_ue (&bits, &pps_id))
    return NO;
  /* A.3.1: 139 264 macroblocks are the most; in an IDR picture all are I or SI */
  return first_mb < 139264 && slice_type <= 9 && pps_id <= 255
      && (type != 5 || slice_type % 5 == 2 || slice_type % 5 == 4) ? YES : NO;
}

/* H.264 7.3.2.1.1: profile_idc, flags with two zeros behind, level_idc,
 * seq_parameter_set_id; then, by the profile, chroma_format_idc and bit_depth_luma_minus8
 * or log2_max_frame_num_minus4 and pic_order_cnt_type */
static int
judge_sps_264 (BytesSpan content)
{
  static const uint8_t low_profiles[] = { 66, 77, 88 };
  static const uint8_t high_profiles[] = {
    44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 144, 244
  };
  unsigned sps_id, first, second;

  if (content.size < 4)
    return NO;

  Bits bits = bits_of ((BytesSpan) {
        content.data + 3, content.size - 3
      }
  );
  if ((content.data[1] & 3) != 0 || content.data[2] < 9 || content.data[2] > 62
      || !read_ue (&bits, &sps_id) || !read_ue (&bits, &first))
    return NO;

  const bool is_low =
      memchr (low_profiles, content.data[0], sizeof (low_profiles)) != NULL;
  const bool is_high =
      memchr (high_profiles, content.data[0], sizeof (high_profiles)) != NULL;
  /* separate_colour_plane_flag */
  if (is_high && first == 3 && !skip_bit (&bits))
    return NO;
  if (!read_ue (&bits, &second))
    return NO;
  return sps_id <= 31 && ((is_low && first <= 12 && second <= 2)
      || (is_high && first <= 3 && second <= 6)) ? SPS_WEIGHT : NO;
}

/* pic_parameter_set_id and seq_parameter_set_id, which are the first of both
 * standards' (7.3.2.2, 7.3.2.3.1). They are too little to speak for a codec: all
 * packets of an audio stream can look like that. */
static int
judge_pps (BytesSpan content, unsigned max_pps_id, unsigned max_sps_id)
{
  Bits bits = bits_of (content);
  unsigned pps_id, sps_id;

  return read_ue (&bits, &pps_id) && read_ue (&bits, &sps_id)
      && pps_id <= max_pps_id && sps_id <= max_sps_id ? MAYBE : NO;
}

/* Types 2 to 4, 12 and 14 are what headers of H.265 look like; those have 1 to 7 in
 * the byte behind. */
static int
judge_264 (const RtpNal * nal)
{
  const BytesSpan content = content_of (H26X_CODEC_H264, nal);
  const unsigned ref_idc = nal->header[0] >> 5 & 3;
  const unsigned type = nal->nal.type;
  const uint8_t first = content.size > 0 ? content.data[0] : 0;
  const bool is_whole = nal->begins && nal->ends;

  if (nal->header[0] & 0x80)
    return NO;
  /* 7.4.1: nal_ref_idc is 0 for some, and not for others */
  if ((type == 6 || (type >= 9 && type <= 12)) ? ref_idc > 0 :
      (type == 5 || type == 7 || type == 8) && ref_idc == 0)
    return NO;

  switch (type) {
    case 1:
    case 5:
      return nal->begins ? judge_slice_264 (content, type) : YES;
    case 2:
    case 3:
    case 4:
    case 14:
      return !nal->begins || first >= 8 || (type == 14 && first == 0) ? MAYBE :
          NO;
    case 6:
      return judge_sei (H26X_CODEC_H264, nal);
    case 7:
      return is_whole ? judge_sps_264 (content) : MAYBE;
    case 8:
      if (!is_whole)
        return MAYBE;
      return first >= 8 ? judge_pps (content, 255, 31) : NO;
    case 9:
      /* primary_pic_type and trailing bits */
      return is_whole && content.size == 1 && (first & 31) == 16 ? YES : NO;
    case 10:
    case 11:
      return is_whole && content.size == 0 ? MAYBE : NO;
    case 12:
      return !nal->begins || first >= 0x80 ? MAYBE : NO;
    case 13:
    case 15:
    case 19:
    case 20:
    case 21:
      return MAYBE;
    default:
      return NO;
  }
}

/* H.265 7.3.2.1: vps_max_sub_layers_minus1 and vps_reserved_0xffff_16bits */
static int
judge_vps (BytesSpan content)
{
  return content.size >= 5 && (content.data[1] >> 1 & 7) <= 6
      && content.data[2] == 0xff && content.data[3] == 0xff ? VPS_WEIGHT : NO;
}

/* H.265 7.3.2.2 and 7.3.3: sps_max_sub_layers_minus1, general_profile_space, and
 * general_profile_idc, whose compatibility flag is set */
static int
judge_sps_265 (BytesSpan content)
{
  if (content.size < 12 || (content.data[0] >> 1 & 7) > 6)
    return NO;

  const unsigned space = content.data[1] >> 6;
  const unsigned profile = content.data[1] & 31;

  if (space > 0 || profile == 0 || profile > 15)
    return MAYBE;
  return content.data[2 + profile / 8] >> (7 - profile % 8) & 1 ? SPS_WEIGHT :
      MAYBE;
}

static int
judge_265 (const RtpNal * nal)
{
  const BytesSpan content = content_of (H26X_CODEC_H265, nal);
  const bool is_whole = nal->begins && nal->ends;
  const unsigned type = nal->nal.type;
  int verdict;

  /* 7.4.2.2: forbidden_zero_bit, nuh_temporal_id_plus1. No stream has as many layers
   * as all slices of H.264 would be in. */
  if (nal->header[0] & 0x81 || (nal->header[1] & 7) == 0)
    return NO;
  /* IRAP pictures, VPS, SPS, ends of sequence and bitstream are in no higher
   * sub-layer; TSA and STSA are in one */
  if (((type >= 16 && type <= 21) || type == 32 || type == 33 || type == 36
          || type == 37) && nal->nal.temporal_id > 0)
    return NO;
  if (type >= 2 && type <= 5 && nal->nal.layer_id == 0
      && nal->nal.temporal_id == 0)
    return NO;

  if (type <= 9 || (type >= 16 && type <= 21)) {
    verdict = content.size > 0 ? YES : NO;
  } else {
    switch (type) {
      case 32:
        verdict = is_whole ? judge_vps (content) : MAYBE;
        break;
      case 33:
        verdict = is_whole ? judge_sps_265 (content) : MAYBE;
        break;
      case 34:
        verdict = is_whole ? judge_pps (content, 63, 15) : MAYBE;
        break;
      case 35:
        /* pic_type and trailing bits */
        verdict = is_whole && content.size == 1
            && (content.data[0] & 31) == 16 ? YES : NO;
        break;
      case 36:
      case 37:
        verdict = is_whole && content.size == 0 ? MAYBE : NO;
        break;
      case 38:
        verdict = !nal->begins || (content.size > 0
            && content.data[0] >= 0x80) ? MAYBE : NO;
        break;
      case 39:
      case 40:
        verdict = judge_sei (H26X_CODEC_H265, nal);
        break;
      case 62:
      case 63:
        /* Dolby Vision. In H.264 the same two bytes are a fragment of a slice. */
        verdict = nal->header[1] == 1 ? MAYBE : NO;
        break;
      default:
        verdict = NO;
        break;
    }
  }
  return verdict > MAYBE && nal->nal.layer_id > 0 ? MAYBE : verdict;
}

/* The header that packets of several NAL units, or of a part of one, begin with */
static int
judge_header (H26xCodec codec, BytesSpan payload)
{
  const uint8_t *p = payload.data;

  if (p[0] & 0x80)
    return NO;
  if (codec == H26X_CODEC_H265) {
    if (payload.size < 2 || p[0] & 1 || (p[1] & 7) == 0)
      return NO;
    /* RFC 7798 4.4.3: not both S and E */
    return p[0] >> 1 == 49 && (payload.size < 4 || (p[2] & 0xc0) == 0xc0) ?
        NO : MAYBE;
  }
  /* RFC 6184 5.8: nor here, and R is 0 */
  return ((p[0] & 31) == 28 || (p[0] & 31) == 29)
      && (payload.size < 3 || (p[1] & 0xc0) == 0xc0 || p[1] & 0x20) ? NO :
      MAYBE;
}

static int
judge (H26xCodec codec, BytesSpan payload)
{
  int verdict = judge_header (codec, payload);
  bool any = false;
  RtpNalIter it;
  RtpNal nal;

  rtp_nal_iter_init (&it, (RtpFormat) {
      codec, false}, payload);
  while (verdict != NO && rtp_nal_iter_next (&it, &nal)) {
    const int of_nal =
        codec == H26X_CODEC_H265 ? judge_265 (&nal) : judge_264 (&nal);

    any = true;
    verdict = of_nal == NO ? NO : verdict + of_nal;
  }
  return any && it.error == RTP_OK ? verdict : NO;
}

/* The number of transport stream packets that a payload consists of */
static int
count_ts_packets (BytesSpan payload)
{
  if (payload.size % TS_PACKET_SIZE > 0)
    return 0;
  for (size_t i = 0; i < payload.size; i += TS_PACKET_SIZE)
    if (payload.data[i] != 0x47)
      return 0;
  return (int) (payload.size / TS_PACKET_SIZE);
}

/* SMPTE 336M: a universal label (SMPTE 298M), of 16 bytes, and a length */
static bool
begins_with_key (BytesSpan payload)
{
  static const uint8_t label[] = { 0x06, 0x0e, 0x2b, 0x34 };

  return payload.size > 16 && memcmp (payload.data, label, sizeof (label)) == 0;
}

void
rtp_codec_init (RtpCodecDetector * detector)
{
  *detector = (RtpCodecDetector) {
  .codec = RTP_CODEC_UNKNOWN};
}

bool
rtp_codec_may_be_video (const RtpCodecDetector * detector)
{
  return !detector->is_contradicted[RTP_CODEC_H264]
      || !detector->is_contradicted[RTP_CODEC_H265];
}

RtpCodec
rtp_codec_guess (const RtpCodecDetector * detector, int votes)
{
  if (detector->codec != RTP_CODEC_UNKNOWN)
    return detector->codec;
  for (unsigned i = RTP_CODEC_H264; i <= RTP_CODEC_KLV; i++)
    if (detector->scores[i] >= votes && !detector->is_contradicted[i])
      return (RtpCodec) i;
  return RTP_CODEC_UNKNOWN;
}

/* What a payload says of each codec */
static void
judge_payload (BytesSpan payload, int verdicts[RTP_CODEC_KLV + 1])
{
  const int n_ts_packets = count_ts_packets (payload);

  for (unsigned i = RTP_CODEC_UNKNOWN; i <= RTP_CODEC_KLV; i++)
    verdicts[i] = NO;
  if (begins_with_key (payload)) {
    verdicts[RTP_CODEC_KLV] = DECIDES;
  } else if (n_ts_packets > 0) {
    verdicts[RTP_CODEC_MP2T] = TS_PACKET_WEIGHT * n_ts_packets;
  } else {
    verdicts[RTP_CODEC_H264] = judge (H26X_CODEC_H264, payload);
    verdicts[RTP_CODEC_H265] = judge (H26X_CODEC_H265, payload);
  }
}

RtpCodec
rtp_codec_push (RtpCodecDetector * detector, BytesSpan payload)
{
  int verdicts[RTP_CODEC_KLV + 1];
  RtpCodec codec = RTP_CODEC_UNKNOWN;
  unsigned n_possible = 0;

  if (detector->codec != RTP_CODEC_UNKNOWN || payload.size == 0)
    return detector->codec;

  judge_payload (payload, verdicts);
  for (unsigned i = RTP_CODEC_H264; i <= RTP_CODEC_KLV; i++) {
    if (verdicts[i] == NO)
      detector->is_contradicted[i] = true;
    else
      n_possible++;
    if (verdicts[i] > MAYBE)
      codec = (RtpCodec) i;
  }
  if (n_possible > 1 || (n_possible == 1 && codec == RTP_CODEC_UNKNOWN))
    return RTP_CODEC_UNKNOWN;

  const int weight = n_possible > 0 ? verdicts[codec] : 1;
  for (unsigned i = RTP_CODEC_H264; i <= RTP_CODEC_KLV; i++) {
    detector->scores[i] += i == codec ? weight : -weight;
    if (detector->scores[i] < 0)
      detector->scores[i] = 0;
  }
  if (codec != RTP_CODEC_UNKNOWN && detector->scores[codec] >= DECIDES)
    detector->codec = codec;
  return detector->codec;
}
