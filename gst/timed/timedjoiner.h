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
 * @pad: the request pad "metadata"
 * @join: the payloads that came in there; interrupted, it waits no more until
 *   timed_joiner_reset()
 * @is_used: (atomic): whether anything may have come: there is a pad, or was one,
 *   whose payloads go into their access units all the same
 *
 * How metadata from a pad of its own finds its access units in the video of an element.
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
  gint live;                    /* the video: see timed_pad_is_live() */
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

/** Does what an event of the video means for what waits; the event stays the
 * caller's.
 * @event: (transfer none): */
void timed_joiner_note_event (TimedJoiner * joiner, GstEvent * event);

/** Sends an event from downstream to where the metadata comes from, if it concerns
 * that as well.
 * @event: (transfer none): */
void timed_joiner_send_upstream (TimedJoiner * joiner, GstEvent * event);

G_END_DECLS

#endif
