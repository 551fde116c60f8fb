/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_JOIN_H
#define SEI_JOIN_H

#include <gst/gst.h>

#include "seilist.h"

G_BEGIN_DECLS

/* Payloads and gaps that stand for a time that is not known */
#define SEI_JOIN_NO_TIME G_MININT64

/* Payloads, and bytes in them, that may be ahead of the video */
#define SEI_JOIN_MAX_PAYLOADS 10000
#define SEI_JOIN_MAX_BYTES (16 * 1024 * 1024)

/**
 * SeiJoin:
 *
 * Payloads of one thread that wait for their access units in another.
 *
 * Times are running times in nanoseconds, which may be negative. A payload with a
 * time goes into the access unit whose span it is in, or into the next if it is
 * older than every access unit still to come. One without goes into the next
 * access unit that has none of these yet.
 *
 * One thread pushes, one thread waits and takes; all other functions are for any
 * thread.
 */
typedef struct _SeiJoin SeiJoin;

/**
 * SeiJoinFrame:
 * @start: when the access unit is presented, or SEI_JOIN_NO_TIME
 * @end: when the next one may be; more than @start
 * @oldest: no access unit from here on is presented earlier (its decoding time,
 *   or what SeiCover says); or SEI_JOIN_NO_TIME
 */
typedef struct {
  gint64 start;
  gint64 end;
  gint64 oldest;
} SeiJoinFrame;

/** Counted since sei_join_reset(): payloads that were @received, @dropped because
 * too many were ahead of the video, @unused when the video ended or at a flush. */
typedef struct {
  guint64 received;
  guint64 dropped;
  guint64 unused;
} SeiJoinStats;

/** Returns: the running time, or SEI_JOIN_NO_TIME without a time or in a segment
 *   that is not in TIME */
gint64 sei_join_running_time (const GstSegment * segment, GstClockTime time);

SeiJoin *sei_join_new (void);

void sei_join_free (SeiJoin * join);

/** Forgets everything, but for whether it is linked. */
void sei_join_reset (SeiJoin * join);

/* --- the payloads' side --- */

/** Adds a payload. If too many are ahead, waits for room (@block), or drops it.
 * @payload: (transfer full) (nullable): NULL for one that was refused: it has its
 *   place, but nothing is in it
 * Returns: GST_FLOW_OK, also if it was dropped; GST_FLOW_FLUSHING;
 *   GST_FLOW_EOS if the video has ended */
GstFlowReturn sei_join_push (SeiJoin * join, GBytes * payload, gint64 time,
    gboolean block);

/** Says that no payload of an earlier time will come. */
void sei_join_advance (SeiJoin * join, gint64 time);

/** Says that no payload will come at all, or that it was not so. */
void sei_join_set_eos (SeiJoin * join, gboolean eos);

/** Begins a flush, after which sei_join_push() does not wait, or ends it, after
 * which nothing of what was before is left. */
void sei_join_set_flushing (SeiJoin * join, gboolean flushing);

/** Whether anybody is there to push. At first nobody is. */
void sei_join_set_linked (SeiJoin * join, gboolean linked);

/* --- the video's side --- */

typedef enum {
  SEI_JOIN_READY,               /* what belongs into the frame is there */
  SEI_JOIN_INTERRUPTED,
  SEI_JOIN_TIMEOUT
} SeiJoinWait;

/** Waits until all that belongs into @frame is there: a payload or gap of a later
 * time has come, or one without time; or none will, or too many are ahead.
 * @timeout_us: microseconds, or -1 for ever */
SeiJoinWait sei_join_wait (SeiJoin * join, const SeiJoinFrame * frame,
    gint64 timeout_us);

/** Ends waiting at once, until set to FALSE again. */
void sei_join_set_interrupted (SeiJoin * join, gboolean interrupted);

/** Takes what is there for @frame and appends it to @list.
 * @n_refused: (out): payloads in their places that were refused */
void sei_join_take (SeiJoin * join, const SeiJoinFrame * frame,
    const guint8 * uuid, SeiList * list, guint * n_refused);

/** Says that no frame will come, or that it was not so. Payloads that are still
 * there when the video ends are counted as unused. */
void sei_join_set_video_eos (SeiJoin * join, gboolean eos);

void sei_join_get_stats (SeiJoin * join, SeiJoinStats * stats);

G_END_DECLS

#endif
