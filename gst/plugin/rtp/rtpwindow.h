/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_WINDOW_H
#define RTP_WINDOW_H

#include <glib.h>

#include "rtppacket.h"
#include "rtpseq.h"

G_BEGIN_DECLS

/** As many packets may wait. One that is missing for longer than so many would be taken
 * for noise if it came (RTP_SEQ_MAX_BEHIND). */
#define RTP_WINDOW_MAX_PACKETS (RTP_SEQ_MAX_BEHIND + 1)

/** As many bytes may wait, and a packet. */
#define RTP_WINDOW_MAX_BYTES (2u << 20)

/** Behind a silence of more nanoseconds, and of more than the latency, a number that was
 * there before is of a sender that has started again. */
#define RTP_WINDOW_SILENCE G_GUINT64_CONSTANT (1000000000)

/** Takes the next packet, in the order in which they were sent.
 * @datagram: all bytes of @packet; they are valid during the call
 * @arrival: when it came
 * @is_gap: whether packets before it are missing, or the sender has started again */
typedef void (*RtpWindowFunc) (const RtpPacket * packet, BytesSpan datagram,
    guint64 arrival, gboolean is_gap, gpointer user_data);

/**
 * RtpWindowCounts:
 * @received: all packets
 * @lost: packets that had not come when those behind them were passed on
 * @late: packets that came then, or have a number that fits nothing
 * @duplicates: packets that were there before
 * @reordered: packets that came behind newer ones, and in time
 * @restarts: how often the sender has started again, or jumped
 */
typedef struct {
  guint64 received;
  guint64 lost;
  guint64 late;
  guint64 duplicates;
  guint64 reordered;
  guint64 restarts;
} RtpWindowCounts;

/**
 * RtpWindow:
 * @counts: what there was; a packet that may be one of a sender that starts again is
 *   counted as late or as a duplicate with the next that is not
 *
 * Puts the packets of one stream in the order of their sequence numbers. One that is
 * next is passed on as it is given, without a copy. One behind a gap is copied, and
 * waits until those before it have come or have been missing for the latency. So does
 * the first of a stream, because others may have overtaken those before it.
 */
typedef struct {
  RtpWindowCounts counts;
  /*< private >*/
  RtpWindowFunc func;
  gpointer user_data;
  guint64 latency;
  RtpSeq seq;
  guint64 base;                 /* what seq's numbers count from */
  guint64 next;                 /* number to be passed on next; 0 before the first */
  guint64 newest;
  guint64 last_arrival;
  guint64 since;                /* when the first of those held came */
  struct _RtpWindowCopy **held; /* by number; NULL before the first */
  guint n_held;
  gsize n_bytes;
  struct _RtpWindowCopy *jump;  /* the next may prove it */
  GQueue repeated;              /* so may others these */
  gboolean is_gap;
  gboolean is_beginning;
} RtpWindow;

/** @latency: for how many nanoseconds a packet waits for others at most; 0: never */
void rtp_window_init (RtpWindow * window, guint64 latency, RtpWindowFunc func,
    gpointer user_data);

/** Forgets what waits. A window of zeros is clear. */
void rtp_window_clear (RtpWindow * window);

/**
 * Takes the next packet to arrive. Passes on what has waited long enough by then.
 *
 * @datagram: all bytes of @packet
 * @now: when it came: nanoseconds of a clock that does not go back
 */
void rtp_window_push (RtpWindow * window, const RtpPacket * packet,
    BytesSpan datagram, guint64 now);

/** Returns how many bytes it has of packets. */
gsize rtp_window_get_memory (const RtpWindow * window);

/** Returns when rtp_window_advance() has something to do, by the clock of
 * rtp_window_push(); G_MAXUINT64 if nothing waits */
guint64 rtp_window_get_due (const RtpWindow * window);

/** Passes on what has waited long enough. */
void rtp_window_advance (RtpWindow * window, guint64 now);

/** Passes on what waits at the beginning of a stream, where nothing says that packets
 * before it are missing. */
void rtp_window_begin (RtpWindow * window);

/** Passes on all that waits for others, though these may still come. */
void rtp_window_pass (RtpWindow * window);

/** Passes on all that waits, because the stream ends. */
void rtp_window_flush (RtpWindow * window);

G_END_DECLS

#endif
