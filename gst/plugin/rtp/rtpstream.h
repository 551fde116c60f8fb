/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_STREAM_H
#define RTP_STREAM_H

#include <glib.h>

#include "rtpcodec.h"
#include "rtpsei.h"

G_BEGIN_DECLS

/** Bytes that the SEI of an access unit may have, and a SEI NAL unit in fragments. */
#define RTP_STREAM_MAX_SIZE (1u << 20)

/** Bytes of packets that are kept until the codec is known: a message of that size, in
 * fragments, and more, where all that came may be of one. */
#define RTP_STREAM_MAX_UNDECIDED (RTP_STREAM_MAX_SIZE + (256u << 10))
#define RTP_STREAM_MAX_DOUBTFUL (128u << 10)

/**
 * RtpStreamConfig:
 * @codec: RTP_CODEC_H264 or RTP_CODEC_H265; RTP_CODEC_UNKNOWN to find it out
 * @is_full: whether SEI between and behind the slices of H.264 are read, and an access
 *   unit waits for its end therefore
 * @max_size: RTP_STREAM_MAX_SIZE, or less
 */
typedef struct {
  RtpCodec codec;
  gboolean is_full;
  gsize max_size;
} RtpStreamConfig;

/**
 * RtpAccessUnit:
 * @codec: the standard
 * @data: SEI NAL units in order, with a start code of 4 bytes before each; valid
 *   during the call
 * @timestamp: RTP timestamp
 * @is_key: whether a decoder can begin with the picture, as far as that is known
 * @is_gap: whether packets are missing since the one before
 *
 * What there is of an access unit.
 */
typedef struct {
  H26xCodec codec;
  BytesSpan data;
  guint32 timestamp;
  gboolean is_key;
  gboolean is_gap;
} RtpAccessUnit;

typedef void (*RtpStreamFunc) (const RtpAccessUnit * unit, gpointer user_data);

/**
 * RtpStreamCounts:
 * @access_units: RTP timestamps
 * @sei_nal_units: SEI NAL units that were handed out
 * @incomplete: those of which a part is missing
 * @too_large: those for which @max_size has no room
 * @behind_slices: those between and behind the slices of H.264 that is_full would read
 * @malformed: packets that contradict the payload format
 * @undecided: packets of video that may have had SEI, and had no room until the codec
 *   was known; they are in @other until it is
 * @other: packets with something else: MP2T, KLV, what nothing is known of, and those
 *   of another payload type than the video
 */
typedef struct {
  guint64 access_units;
  guint64 sei_nal_units;
  guint64 incomplete;
  guint64 too_large;
  guint64 behind_slices;
  guint64 malformed;
  guint64 undecided;
  guint64 other;
} RtpStreamCounts;

/**
 * RtpStream:
 * @codec: what is known to be in it
 *
 * Takes the packets of one stream in order, and hands out the SEI in them. Those
 * before the slices of a picture leave as soon as its first slice comes, those behind
 * them at the end of the access unit: with the marker, or with the next. So they are
 * those that seiextract's scan=head finds in the access unit, and in H.265 those
 * between slices, too. SEI behind slices of H.264 begin the next picture, where its
 * first slice follows with the same timestamp: so it is with fields.
 *
 * The memory of a stream grows with the SEI that are under way, and shrinks behind
 * them, also where their end never comes.
 */
typedef struct {
  RtpCodec codec;
  /*< private >*/
  RtpStreamCounts counts;
  RtpStreamConfig config;
  RtpStreamFunc func;
  gpointer user_data;

  /* until the codec is known */
  RtpCodecDetector detector;
  gboolean is_in_hurry;
  GQueue undecided;
  gsize undecided_size;
  guint64 n_dropped[RTP_CODEC_H265 + 1];        /* that may have SEI, if it is the codec */

  gint payload_type;            /* of the video; -1 before the first */
  guint n_foreign;              /* packets of others */

  RtpSei sei;
  guint8 *buffer;               /* of sei */
  gsize buffer_size;

  GByteArray *pending;          /* SEI NAL units */
  guint n_pending;
  guint32 timestamp;            /* of the access unit */
  gboolean has_begun;           /* it has a timestamp */
  gboolean has_slice;           /* of the picture */
  gboolean is_key;
  gboolean gap_behind;          /* packets are missing since the slice */
  gboolean is_gap;              /* since what was handed out last */
} RtpStream;

void rtp_stream_init (RtpStream * stream, const RtpStreamConfig * config,
    RtpStreamFunc func, gpointer user_data);

/** A stream of zeros is clear. */
void rtp_stream_clear (RtpStream * stream);

/** Takes the next packet in order.
 * @is_gap: whether packets before it are missing */
void rtp_stream_push (RtpStream * stream, const RtpPacket * packet,
    gboolean is_gap);

/** Hands out what is pending, because the stream ends or is silent. Where the codec is
 * not known, but all that came is of one, that of it, too. */
void rtp_stream_flush (RtpStream * stream);

/** The codec is to be known soon, because the sender may go on in another stream. Two
 * packets that are of it alone are enough then, or one that is worth as much. */
void rtp_stream_hurry (RtpStream * stream);

/** Gives up all that is not complete, as rtp_stream_flush() does, and what waits for the
 * codec to be known. */
void rtp_stream_give_up (RtpStream * stream);

/** Returns how many bytes it has of packets. */
gsize rtp_stream_get_memory (const RtpStream * stream);

/** Returns what is most likely in it, where that is not known. */
RtpCodec rtp_stream_get_likely_codec (const RtpStream * stream);

/** Returns whether it is known to be H.264 or H.265. */
gboolean rtp_stream_is_video (const RtpStream * stream);

void rtp_stream_get_counts (const RtpStream * stream, RtpStreamCounts * counts);

G_END_DECLS

#endif
