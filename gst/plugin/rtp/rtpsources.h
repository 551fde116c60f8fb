/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_SOURCES_H
#define RTP_SOURCES_H

#include "rtpaddress.h"

G_BEGIN_DECLS

/** How many streams there may be, unless the user says otherwise. */
#define RTP_SOURCES_DEFAULT_MAX 1024

/** After so much silence a stream ends. */
#define RTP_SOURCES_SILENCE_US (60 * G_TIME_SPAN_SECOND)

/** After so much silence it does not keep its place from others, and one that has
 * said goodbye, or that another of the same sender has replaced, ends. */
#define RTP_SOURCES_YIELD_US (5 * G_TIME_SPAN_SECOND)

/** After so much silence it does not keep its place from others of the same IP
 * address: a sender that has started again usually has another port. */
#define RTP_SOURCES_RESTART_US (2 * G_TIME_SPAN_SECOND)

/** How much is remembered of those that have not proven to be streams. */
#define RTP_SOURCES_MAX_CANDIDATES 1024
#define RTP_SOURCES_MAX_HELD 16 /* packets for each of them */
#define RTP_SOURCES_MAX_HELD_BYTES (4 * 1024 * 1024)    /* for all of them */

/**
 * RtpSources:
 *
 * Which streams there are. A stream is what has one source address and port, one local
 * port and one SSRC. It begins when two packets in sequence prove it (RFC 3550 A.1), in
 * either order and with a few others between them. What came before that is held and not
 * lost: noise has another SSRC each time, or another sequence number.
 *
 * A sender is what sends from one socket to one port here. It may have several streams
 * at once. One that falls silent while another of the same sender begins is taken for
 * replaced: it gives its place to that and ends soon, unless it goes on. There are as
 * many of those as places, at least two; of more, the sender that has most of them
 * loses one.
 *
 * Times are those of arrival, in microseconds of any clock that never goes back. All
 * functions are for one thread at a time.
 */
typedef struct _RtpSources RtpSources;

/**
 * RtpSource:
 * @flow: where its packets come from, and to
 * @ssrc: its SSRC
 * @stream: the caller's
 *
 * A stream. It is valid until its end has been told.
 */
typedef struct {
  RtpFlow flow;
  guint32 ssrc;
  gpointer stream;
} RtpSource;

/**
 * RtpSourcesCallbacks:
 * @begin: a stream begins; sets @source->stream
 * @packet: a packet of it that was held, in the order of arrival; before
 *   rtp_sources_push() returns with the next
 * @evict: a stream without a message is to lose its place to another: what has not
 *   been looked at yet may be one
 * @replaced: a stream gives up its place; it may go on
 * @end: a stream ends; frees @source->stream
 *
 * They may call rtp_sources_note_message(), and nothing else here.
 */
typedef struct {
  void (*begin) (RtpSource * source, gpointer user_data);
  void (*packet) (RtpSource * source, const guint8 * data, gsize size,
      gint64 arrival_us, gpointer user_data);
  void (*evict) (RtpSource * source, gpointer user_data);
  void (*replaced) (RtpSource * source, gpointer user_data);
  void (*end) (RtpSource * source, gpointer user_data);
} RtpSourcesCallbacks;

/**
 * RtpSourcesCounts:
 * @streams: streams that have a place
 * @replaced: streams that end soon, beside those
 * @refused: streams that would be there if there were more places
 * @no_place: packets of such streams, which are lost
 * @unproven: packets that were of no stream
 */
typedef struct {
  guint streams;
  guint replaced;
  guint refused;
  guint64 no_place;
  guint64 unproven;
} RtpSourcesCounts;

/** @max_streams: at least 1
 * @callbacks: must stay */
RtpSources *rtp_sources_new (guint max_streams,
    const RtpSourcesCallbacks * callbacks, gpointer user_data);

/** Ends all streams. */
void rtp_sources_free (RtpSources * sources);

/** Gives up what has not proven to be a stream. */
void rtp_sources_forget_candidates (RtpSources * sources);

/**
 * Takes the next RTP packet to arrive.
 *
 * When all places are taken, the stream gives up its own that has been silent for
 * longest among those without a message, or else one goes that has been silent for
 * RTP_SOURCES_YIELD_US. The former is replaced and may go on, so that cameras that
 * begin at once get to their messages.
 *
 * Returns: (transfer none) (nullable): its stream; NULL if it is held, because it has
 *   not proven to be of one, or there is no place
 */
RtpSource *rtp_sources_push (RtpSources * sources, const RtpFlow * flow,
    guint32 ssrc, guint16 sequence, const guint8 * data, gsize size,
    gint64 now_us);

/** The stream has given a message, which is what keeps it its place. */
void rtp_sources_note_message (RtpSources * sources, RtpSource * source);

/**
 * Finds the stream of a sender report or BYE. It may come from the port of the stream
 * or the next, and to the port of the stream or the next; or from any other to any other
 * if no second stream of that IP address has the same SSRC.
 *
 * Returns: (transfer none) (nullable): the stream
 */
RtpSource *rtp_sources_find (RtpSources * sources, const RtpFlow * flow,
    guint32 ssrc);

/** The stream has said goodbye: ends it soon, unless it goes on. What was under way may
 * still arrive. */
void rtp_sources_bye (RtpSources * sources, RtpSource * source, gint64 now_us);

/** Ends what has been silent for too long. To be called every second or so. */
void rtp_sources_expire (RtpSources * sources, gint64 now_us);

void rtp_sources_get_counts (RtpSources * sources, RtpSourcesCounts * counts);

/** Calls @func for every stream. It may call rtp_sources_note_message(). */
void rtp_sources_foreach (RtpSources * sources,
    void (*func) (RtpSource * source, gpointer user_data), gpointer user_data);

G_END_DECLS

#endif
