/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_JOIN_H
#define TIMED_JOIN_H

#include "timedbuffer.h"
#include "timedcover.h"

G_BEGIN_DECLS

/* Payloads, and bytes in them, that may wait for the video */
#define TIMED_JOIN_MAX_PAYLOADS 10000
#define TIMED_JOIN_MAX_BYTES (16 * 1024 * 1024)

/* A stall of live video that is made up afterwards, with every payload in its own
 * access unit, in nanoseconds */
#define TIMED_JOIN_MAX_STALL (5 * (gint64) GST_SECOND)

/** How far the time of a live payload may be ahead of the clock, in nanoseconds. */
#define TIMED_JOIN_MAX_AHEAD (5 * (gint64) GST_SECOND)

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
 * A live payload, one whose source is live, always has a time. No source that is live
 * is held up: where there are too many payloads, the oldest ones are dropped.
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

/**
 * TimedJoinRules:
 * @max_live: live payloads that one access unit takes, the newest; 0 for any number
 * @drop_late: whether a payload is dropped that came after its access unit had left,
 *   instead of going into the next one
 */
typedef struct {
  guint max_live;
  gboolean drop_late;
} TimedJoinRules;

/** Counted since timed_join_reset(): payloads that were @received; @dropped, because
 * too many waited for the video or were for one access unit; @missed, because they
 * came after their access unit had left; @unused when the video ended or was flushed. */
typedef struct {
  guint64 received;
  guint64 dropped;
  guint64 missed;
  guint64 unused;
} TimedJoinStats;

TimedJoin *timed_join_new (void);

void timed_join_free (TimedJoin * join);

/** Forgets everything except whether it is linked, and the rules. */
void timed_join_reset (TimedJoin * join);

/* --- the payloads' side --- */

/** Adds a payload. If too many are ahead, waits for room.
 * @payload: (transfer none): its bytes are NULL if it was refused: it takes a place
 *   and is counted there
 * @time: or TIMED_NO_TIME
 * @now: a sign of life, or TIMED_NO_TIME without a clock
 * Returns: GST_FLOW_OK; GST_FLOW_FLUSHING; GST_FLOW_EOS if the video has ended */
GstFlowReturn timed_join_push (TimedJoin * join, const TimedPayload * payload,
    gint64 time, gint64 now);

/** Whether a live payload says nothing of when those behind it come, because its time is
 * more than TIMED_JOIN_MAX_AHEAD after @now. */
gboolean timed_join_is_too_far_ahead (gint64 time, gint64 now);

/** Adds a live payload. If too many wait, drops the oldest, but first those that are too
 * far ahead.
 * @payload: (transfer none): as in timed_join_push()
 * @time: TIMED_NO_TIME: it gets the time @now
 * @now: TIMED_NO_TIME without a clock: a payload that has no time then goes into the
 *   next access unit
 * Returns: as timed_join_push() */
GstFlowReturn timed_join_push_live (TimedJoin * join,
    const TimedPayload * payload, gint64 time, gint64 now);

/** Says that no payload of an earlier time will come. That is not believed of a live
 * source if @time is too far ahead.
 * @now: a sign of life, or TIMED_NO_TIME without a clock */
void timed_join_advance (TimedJoin * join, gint64 time, gint64 now,
    gboolean live);

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

/** The same, but until @until at most. A clock that cannot call is not waited for:
 * TIMED_JOIN_READY. TIMED_JOIN_TIMEOUT may come too early. */
TimedJoinWait timed_join_wait_clock (TimedJoin * join,
    const TimedJoinFrame * frame, GstClock * clock, GstClockTime until);

/** Ends timed_join_wait_clock() with TIMED_JOIN_TIMEOUT, because what the clock says may
 * have another meaning now. */
void timed_join_ring (TimedJoin * join);

/** Ends waiting at once, until set to FALSE again. */
void timed_join_set_interrupted (TimedJoin * join, gboolean interrupted);

/** Returns: the running time from which on the source is silent, and nobody waits for it
 *   any more (TimedLife) */
gint64 timed_join_get_silence (TimedJoin * join, gint64 now);

void timed_join_set_rules (TimedJoin * join, const TimedJoinRules * rules);

/** Says by how much video that is in time is behind the clock when it leaves. */
void timed_join_set_delay (TimedJoin * join, gint64 delay);

/**
 * TimedJoinTaken:
 * @n_refused: payloads that were refused and would have had their place here
 * @n_missed: payloads that came after their access unit had left
 * @n_dropped: payloads that were dropped since the access unit before
 * @missed_by: at most so long after their own times came those that were missed, in
 *   nanoseconds; TIMED_NO_TIME where that is not known
 */
typedef struct {
  guint n_refused;
  guint n_missed;
  guint n_dropped;
  gint64 missed_by;
} TimedJoinTaken;

/** Takes the payloads that are there for @frame and appends them to @payloads.
 * @before: (nullable): what the access units before this one have covered
 * @payloads: (element-type TimedPayload): as timed_payloads_new() makes it */
void timed_join_take (TimedJoin * join, const TimedJoinFrame * frame,
    const TimedCover * before, GArray * payloads, TimedJoinTaken * taken);

/** Says that the running time of the video begins anew: live payloads of before have no
 * access unit to come, and say nothing of what will come. */
void timed_join_begin_anew (TimedJoin * join);

/** Says whether the video has ended. Payloads that are still there at its end are
 * counted as unused. */
void timed_join_set_video_eos (TimedJoin * join, gboolean eos);

void timed_join_get_stats (TimedJoin * join, TimedJoinStats * stats);

G_END_DECLS

#endif
