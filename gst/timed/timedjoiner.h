/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_JOINER_H
#define TIMED_JOINER_H

#include "timedcover.h"
#include "timedjoin.h"
#include "timedpads.h"

G_BEGIN_DECLS

/** Whether a frame waits for the metadata that belongs to it. */
typedef enum {
  TIMED_WAIT_AUTO,              /* where neither the video nor the metadata is live */
  TIMED_WAIT_NEVER,
  TIMED_WAIT_ALWAYS             /* also in a live pipeline */
} TimedWait;

/**
 * TimedJoiner:
 *
 * The request pad "metadata" of an element with video, and how what comes in there finds its
 * access units in the video.
 */
typedef struct
{
  /*< private > */
  GstPad *sinkpad;
  TimedJoin *join;
  TimedRequestPad pad;
  gint is_used;                 /* atomic */

  /* streaming thread of the video */
  TimedCover cover;
  gboolean is_live;             /* the video */
  gboolean knows_live;
} TimedJoiner;

/** @element, @sinkpad: (transfer none): where the video comes in; both must live
 *   longer */
void timed_joiner_init (TimedJoiner * joiner, GstElement * element,
    GstPad * sinkpad);

void timed_joiner_clear (TimedJoiner * joiner);

/** Forgets everything that came. */
void timed_joiner_reset (TimedJoiner * joiner);

/** GstElementClass.request_new_pad() and release_pad() */
GstPad *timed_joiner_request_pad (TimedJoiner * joiner,
    GstPadTemplate * templ);
void timed_joiner_release_pad (TimedJoiner * joiner, GstPad * pad);

/** Whether anything may have come: there is a pad, or was one, whose payloads go
 * into their access units all the same. */
gboolean timed_joiner_is_used (TimedJoiner * joiner);

/** Takes what has come for an access unit. Waits first for what must still come, as
 * @wait says, and says so on the bus if that takes long.
 * @segment: of the video
 * @times: those of the access unit
 * @frame_duration: in nanoseconds, for frames that have none; or
 *   GST_CLOCK_TIME_NONE
 * @payloads: (element-type GBytes): is appended to; its free function is
 *   g_bytes_unref()
 * @n_refused: (out): payloads of this access unit that were refused
 * Returns: FALSE if waiting was interrupted */
gboolean timed_joiner_take (TimedJoiner * joiner, const GstSegment * segment,
    GstBuffer * times, GstClockTime frame_duration, TimedWait wait,
    GPtrArray * payloads, guint * n_refused);

/** Ends waiting until timed_joiner_reset(). */
void timed_joiner_interrupt (TimedJoiner * joiner);

/** Does what an event of the video means for what waits; the event stays the
 * caller's.
 * @event: (transfer none): */
void timed_joiner_note_event (TimedJoiner * joiner, GstEvent * event);

/** Sends an event from downstream to where the metadata comes from, if it concerns
 * that as well.
 * @event: (transfer none): */
void timed_joiner_send_upstream (TimedJoiner * joiner, GstEvent * event);

/** The peer of timed_join_get_stats() */
void timed_joiner_get_stats (TimedJoiner * joiner, TimedJoinStats * stats);

G_END_DECLS

#endif
