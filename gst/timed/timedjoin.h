/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_JOIN_H
#define TIMED_JOIN_H

#include "timedbuffer.h"

G_BEGIN_DECLS

/* Payloads, and bytes in them, that may be ahead of the video */
#define TIMED_JOIN_MAX_PAYLOADS 10000
#define TIMED_JOIN_MAX_BYTES (16 * 1024 * 1024)

/**
 * TimedJoin:
 *
 * Payloads that one thread pushes and that wait for their access units in another.
 *
 * Times are running times in nanoseconds, which may be negative. A payload that has a
 * time goes into the access unit whose span it falls into, or into the next one if it
 * is older than every access unit to come. A payload that has no time goes into the
 * next access unit; each access unit takes one of these.
 *
 * One thread pushes, one thread waits and takes; all other functions are for any
 * thread.
 */
typedef struct _TimedJoin TimedJoin;

/**
 * TimedJoinFrame:
 * @start: when the access unit is presented, or TIMED_NO_TIME
 * @end: when the next one may be; more than @start
 * @oldest: no access unit from here on is presented earlier (its decoding time,
 *   or what TimedCover says); or TIMED_NO_TIME
 */
typedef struct {
  gint64 start;
  gint64 end;
  gint64 oldest;
} TimedJoinFrame;

/** Counted since timed_join_reset(): payloads that were @received; @dropped because
 * too many were ahead of the video; @unused when the video ended or was flushed. */
typedef struct {
  guint64 received;
  guint64 dropped;
  guint64 unused;
} TimedJoinStats;

TimedJoin *timed_join_new (void);

void timed_join_free (TimedJoin * join);

/** Forgets everything except whether it is linked. */
void timed_join_reset (TimedJoin * join);

/* --- the payloads' side --- */

/** Adds a payload. If too many are ahead, waits for room (@block), or drops it.
 * @payload: (transfer full) (nullable): NULL for a payload that was refused: it
 *   takes a place and is counted there
 * Returns: GST_FLOW_OK, also if it was dropped; GST_FLOW_FLUSHING;
 *   GST_FLOW_EOS if the video has ended */
GstFlowReturn timed_join_push (TimedJoin * join, GBytes * payload, gint64 time,
    gboolean block);

/** Says that no payload of an earlier time will come. */
void timed_join_advance (TimedJoin * join, gint64 time);

/** Says whether the payloads have ended. */
void timed_join_set_eos (TimedJoin * join, gboolean eos);

/** Begins a flush, after which timed_join_push() does not wait, or ends it, after
 * which nothing of what was before is left. */
void timed_join_set_flushing (TimedJoin * join, gboolean flushing);

/** Says whether somebody is there to push. At first nobody is. */
void timed_join_set_linked (TimedJoin * join, gboolean linked);

/* --- the video's side --- */

typedef enum {
  TIMED_JOIN_READY,             /* everything that belongs into the frame is there */
  TIMED_JOIN_INTERRUPTED,
  TIMED_JOIN_TIMEOUT
} TimedJoinWait;

/** Waits until everything that belongs into @frame is there: a payload or gap of a
 * later time has come, or a payload without time; or no more will come; or too many
 * are ahead.
 * @timeout_us: microseconds, or -1 for ever */
TimedJoinWait timed_join_wait (TimedJoin * join, const TimedJoinFrame * frame,
    gint64 timeout_us);

/** Ends waiting at once, until set to FALSE again. */
void timed_join_set_interrupted (TimedJoin * join, gboolean interrupted);

/** Takes the payloads that are there for @frame and appends them to @payloads.
 * @payloads: (element-type GBytes): its free function is g_bytes_unref()
 * @n_refused: (out): payloads that were refused and would have had their place here */
void timed_join_take (TimedJoin * join, const TimedJoinFrame * frame,
    GPtrArray * payloads, guint * n_refused);

/** Says whether the video has ended. Payloads that are still there at its end are
 * counted as unused. */
void timed_join_set_video_eos (TimedJoin * join, gboolean eos);

void timed_join_get_stats (TimedJoin * join, TimedJoinStats * stats);

G_END_DECLS

#endif
