/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_JOINER_H
#define TIMED_JOINER_H

#include "timedcover.h"
#include "timedjoin.h"
#include "timedpads.h"

G_BEGIN_DECLS

/** Whether a frame waits for the metadata that belongs to it. Where one of both is
 * live, it waits no longer than the latency allows. */
typedef enum {
  TIMED_WAIT_AUTO,              /* where both are live or neither is */
  TIMED_WAIT_NEVER,
  TIMED_WAIT_ALWAYS             /* also where only one is live */
} TimedWait;

/**
 * TimedJoiner:
 * @pad: the request pad "metadata"
 * @join: the payloads that came in there; interrupted, it waits no more until
 *   timed_joiner_reset()
 * @is_used: (atomic): whether anything may have come: there is a pad, or was one,
 *   whose payloads go into their access units all the same
 *
 * How metadata from a pad of its own finds its access units in the video of an element.
 *
 * Lock order: OBJECT_LOCK of the element, then that of @join.
 */
typedef struct
{
  TimedRequestPad pad;
  TimedJoin *join;
  gint is_used;

  /*< private > */
  GstPad *sinkpad;

  /* streaming thread of the video */
  TimedCover cover;
  gint64 last_start;            /* of the access unit before, or TIMED_NO_TIME */
  gint64 interval;              /* about the least between two; 0: not known yet */
  gint64 reorder;               /* the most from decoding to presentation */
  gboolean segment_changed;     /* and no access unit came since */
  gboolean warned_of_metadata;

  /* OBJECT_LOCK */
  gint64 latency;               /* what is added */
  gint64 upstream;              /* the least latency of the video, if that is live */
  gboolean is_live;             /* the video */
  gboolean upstream_known;      /* these two are */
  guint n_forgotten;            /* how often they were not known any more */
  gboolean warned_of_max;
} TimedJoiner;

/** @element, @sinkpad: (transfer none): where the video comes in; both must live
 *   longer */
void timed_joiner_init (TimedJoiner * joiner, GstElement * element,
    GstPad * sinkpad);

void timed_joiner_clear (TimedJoiner * joiner);

/** Forgets everything that came. */
void timed_joiner_reset (TimedJoiner * joiner);

/** Makes the pad, unless there is one: GstElementClass.request_new_pad(). */
GstPad *timed_joiner_request_pad (TimedJoiner * joiner,
    GstPadTemplate * templ);

/** Says how long an access unit of live video may wait, in nanoseconds: from when it is
 * in time on, which is its running time and the latency of the video so far.
 * Returns: whether it was another one, so that a LATENCY message must tell of it */
gboolean timed_joiner_set_latency (TimedJoiner * joiner, GstClockTime latency);

/** Whether the video is live; for the streaming thread. */
gboolean timed_joiner_is_live (TimedJoiner * joiner);

/** Answers a LATENCY query from downstream: that of upstream, and for live video the
 * own one.
 * Returns: FALSE if upstream does not answer */
gboolean timed_joiner_query_latency (TimedJoiner * joiner, GstQuery * query);

/** Takes what has come for an access unit. Waits first for what must still come, as
 * @wait says, and says so on the bus if that takes long where nothing is live.
 * @segment: of the video
 * @times: those of the access unit
 * @frame_duration: in nanoseconds, for frames that have none; or
 *   GST_CLOCK_TIME_NONE
 * @payloads: (element-type TimedPayload): is appended to; as timed_payloads_new()
 *   makes it
 * Returns: FALSE if waiting was interrupted */
gboolean timed_joiner_take (TimedJoiner * joiner, const GstSegment * segment,
    GstBuffer * times, GstClockTime frame_duration, TimedWait wait,
    GArray * payloads, TimedJoinTaken * taken);

/** Reports payloads that did not go into their own access unit, and the latency that they would
 * have needed; they are counted already. For the streaming thread.
 * @category: of the element */
void timed_joiner_warn (TimedJoiner * joiner, const TimedJoinTaken * taken,
    GstDebugCategory * category);

/** Says that the element may have another clock or base time, which is so when it goes to
 * PLAYING, so that what waits looks at the clock anew. */
void timed_joiner_change_clock (TimedJoiner * joiner);

/** Does what an event of the video means for what waits; the event stays the
 * caller's.
 * @event: (transfer none): */
void timed_joiner_note_event (TimedJoiner * joiner, GstEvent * event);

/** Does what an event from downstream means for what waits, and sends it to where the
 * metadata comes from, if it concerns that as well.
 * @event: (transfer none): */
void timed_joiner_send_upstream (TimedJoiner * joiner, GstEvent * event);

G_END_DECLS

#endif
