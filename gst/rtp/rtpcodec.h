/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_CODEC_H
#define RTP_CODEC_H

#include <stdbool.h>

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a stream has in it. */
typedef enum {
  RTP_CODEC_UNKNOWN,            /* not decided, or something else */
  RTP_CODEC_H264,               /* RFC 6184 */
  RTP_CODEC_H265,               /* RFC 7798 */
  RTP_CODEC_MP2T,               /* MPEG transport stream packets (RFC 2250) */
  RTP_CODEC_KLV                 /* SMPTE 336M (RFC 6597) */
} RtpCodec;

/**
 * RtpCodecDetector:
 *
 * Finds out by its payloads what a stream has in it, where no session description
 * says so. Each payload that can be of one codec alone speaks for it and against the
 * others, parameter sets more than others; one that can be of none speaks against
 * all; one that can be of several says nothing. Decided is what has a clear lead: for
 * video from the start of a group of pictures its parameter sets, from the middle a
 * few pictures; for MP2T and KLV usually one packet. Random bytes do not decide.
 */
typedef struct {
  /*< private >*/
  RtpCodec codec;
  int scores[RTP_CODEC_KLV + 1];
  bool is_contradicted[RTP_CODEC_KLV + 1];
} RtpCodecDetector;

void rtp_codec_init (RtpCodecDetector * detector);

/** Takes the payload of the next packet. Returns the codec, which does not change
 * once it is known. */
RtpCodec rtp_codec_push (RtpCodecDetector * detector, BytesSpan payload);

/** Returns whether all that came may be of one codec of video. */
bool rtp_codec_may_be_video (const RtpCodecDetector * detector);

/** Returns what the stream has in it if no more comes: the codec that so many payloads
 * speak for, or one that has more weight, and none against.
 * @votes: at least 1 */
RtpCodec rtp_codec_guess (const RtpCodecDetector * detector, int votes);

#ifdef __cplusplus
}
#endif
#endif
