/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_RECEIVER_H
#define RTP_RECEIVER_H

#include "rtpsockets.h"
#include "rtpsources.h"
#include "rtpstream.h"
#include "rtpwindow.h"

G_BEGIN_DECLS

/**
 * RtpReceiverConfig:
 * @codec: what every stream has in it; RTP_CODEC_UNKNOWN: find it out for each
 * @is_full: whether SEI behind the slices of H.264 are read
 * @latency: for how many nanoseconds a packet waits for those before it
 * @max_streams: how many streams there may be
 */
typedef struct {
  RtpCodec codec;
  gboolean is_full;
  guint64 latency;
  guint max_streams;
} RtpReceiverConfig;

/**
 * RtpReception:
 * @source: addresses and SSRC
 * @codec: what is in it, as far as is known
 * @data: the caller's
 *
 * A stream that is being received.
 */
typedef struct {
  const RtpSource *source;
  RtpCodec codec;
  gpointer data;
} RtpReception;

/**
 * RtpReceiverCallbacks:
 * @access_unit: the SEI of an access unit; @unix_ns is when it was captured by the
 *   sender's clock, nanoseconds since 1970, or 0 if that is not known
 * @packet: (nullable): a packet of a stream that is no video, or of which that is not
 *   known, in the order in which they were sent
 * @end: (nullable): a stream ends, or turns out to be video: what @packet got is all
 *
 * @arrival is in nanoseconds of the clock of rtp_receiver_push(). None of them may
 * call a function here.
 */
typedef struct {
  void (*access_unit) (RtpReception * stream, const RtpAccessUnit * unit,
      guint64 arrival, gint64 unix_ns, gpointer user_data);
  void (*packet) (RtpReception * stream, const RtpPacket * packet,
      BytesSpan datagram, guint64 arrival, gpointer user_data);
  void (*end) (RtpReception * stream, gpointer user_data);
} RtpReceiverCallbacks;

/**
 * RtpStreamTotals:
 * @window: packets
 * @stream: SEI and access units
 * @implausible_times: NTP times, of reports or packets, that were not believed
 */
typedef struct {
  RtpWindowCounts window;
  RtpStreamCounts stream;
  guint64 implausible_times;
} RtpStreamTotals;

/**
 * RtpReceiverCounts:
 * @datagrams: all that came
 * @rtcp: those that were RTCP
 * @no_rtp: those that were neither RTP nor RTCP
 * @at_rtcp_port: those that were RTP, at a port that was opened for RTCP
 * @sources: streams, and packets of none
 * @totals: of all streams, those that have ended included
 */
typedef struct {
  guint64 datagrams;
  guint64 rtcp;
  guint64 no_rtp;
  guint64 at_rtcp_port;
  RtpSourcesCounts sources;
  RtpStreamTotals totals;
} RtpReceiverCounts;

/**
 * RtpSeen:
 * @packets: RTP packets
 * @rtcp: datagrams that were RTCP
 * @no_rtp: datagrams that were neither RTP nor RTCP
 * @at_rtcp_port: RTP packets at a port that was opened for RTCP
 * @unproven: packets of no stream
 * @no_place: packets of streams for which there was no place
 * @sei: SEI NAL units
 * @behind_slices: SEI NAL units that is_full would read
 * @h264, @h265, @mp2t, @klv, @unknown: streams that gave packets, by what is in them
 * @without_sei: those of video that gave no SEI
 *
 * What came in a while.
 */
typedef struct {
  guint64 packets;
  guint64 rtcp;
  guint64 no_rtp;
  guint64 at_rtcp_port;
  guint64 unproven;
  guint64 no_place;
  guint64 sei;
  guint64 behind_slices;
  guint h264;
  guint h265;
  guint mp2t;
  guint klv;
  guint unknown;
  guint without_sei;
} RtpSeen;

/**
 * RtpReceiver:
 *
 * Makes access units of datagrams: finds the streams in them, puts the packets of each
 * in order, and reads the SEI and the times. All functions are for one thread at a
 * time. Times are nanoseconds of a clock that never goes back.
 */
typedef struct _RtpReceiver RtpReceiver;

/** @callbacks: must stay */
RtpReceiver *rtp_receiver_new (const RtpReceiverConfig * config,
    const RtpReceiverCallbacks * callbacks, gpointer user_data);

void rtp_receiver_free (RtpReceiver * receiver);

/** Takes the next datagram to arrive. */
void rtp_receiver_push (RtpReceiver * receiver, const RtpDatagram * datagram,
    guint64 now);

/** Returns when rtp_receiver_advance() has something to do; G_MAXUINT64 if nothing
 * waits */
guint64 rtp_receiver_get_due (RtpReceiver * receiver);

/** Hands out what has waited long enough, and ends streams that are silent. */
void rtp_receiver_advance (RtpReceiver * receiver, guint64 now);

/** Hands out all that waits, because nothing more comes. The streams stay. */
void rtp_receiver_end (RtpReceiver * receiver);

void rtp_receiver_get_counts (RtpReceiver * receiver,
    RtpReceiverCounts * counts);

/** Says what came since the last call. */
void rtp_receiver_look (RtpReceiver * receiver, RtpSeen * seen);

/** Calls @func for every stream. */
void rtp_receiver_foreach (RtpReceiver * receiver,
    void (*func) (const RtpReception * stream, const RtpStreamTotals * totals,
        gpointer user_data), gpointer user_data);

G_END_DECLS

#endif
