/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedjoiner.h"

#include "timedjoinpad.h"

/* A frame that waits longer for metadata says so */
#define WAIT_WARNING (5 * G_USEC_PER_SEC)

/* --- the pad ------------------------------------------------------------- */

GstPad *
timed_joiner_request_pad (TimedJoiner * joiner, GstPadTemplate * templ)
{
  g_atomic_int_set (&joiner->is_used, TRUE);
  return timed_request_pad_add (&joiner->pad,
      timed_join_pad_new (templ, "metadata", joiner->join));
}

/* --- waiting ------------------------------------------------------------- */

static gboolean
should_wait (TimedJoiner * joiner, GstPad * pad, TimedWait wait)
{
  if (wait != TIMED_WAIT_AUTO)
    return wait == TIMED_WAIT_ALWAYS;

  return !timed_pad_is_live (joiner->sinkpad, TRUE, &joiner->live)
      && !timed_join_pad_is_live (TIMED_JOIN_PAD (pad));
}

/* In alignment nal the first NAL unit may have a duration of 0. Matroska and RTP
 * have no DTS: there the time covered so far shows how old the next frame may be. */
static void
get_frame (TimedJoiner * joiner, const GstSegment * segment,
    GstBuffer * times, GstClockTime frame_duration, TimedJoinFrame * frame)
{
  GstClockTime duration = GST_BUFFER_DURATION (times);

  if (!GST_CLOCK_TIME_IS_VALID (duration) || duration == 0)
    duration = frame_duration;
  if (!GST_CLOCK_TIME_IS_VALID (duration) || duration == 0)
    duration = 1;

  frame->start = timed_running_time (segment, GST_BUFFER_PTS (times));
  frame->end = frame->start;
  frame->oldest = timed_running_time (segment, GST_BUFFER_DTS (times));
  if (frame->start != TIMED_NO_TIME) {
    frame->end += (gint64) MIN (duration, TIMED_MAX_TIME / 64);

    const gint64 covered =
        timed_cover_add (&joiner->cover, frame->start, frame->end);

    if (frame->oldest == TIMED_NO_TIME)
      frame->oldest = covered;
  } else if (!joiner->cover.begun) {
    /* Elementary streams have DTS that parsers count up, and those are no times
     * of presentation */
    frame->oldest = TIMED_NO_TIME;
  }
}

/* Returns FALSE if it was interrupted. */
static gboolean
wait_for_metadata (TimedJoiner * joiner, const TimedJoinFrame * frame)
{
  GstElement *element = joiner->pad.element;
  TimedJoinWait waited = timed_join_wait (joiner->join, frame, WAIT_WARNING);

  if (waited == TIMED_JOIN_TIMEOUT) {
    GST_ELEMENT_WARNING (element, STREAM, FAILED,
        ("The video waits for metadata on the pad metadata of %s: put a queue "
            "before each of its sink pads, let the metadata have GAP events, or "
            "set wait-metadata=never.", GST_OBJECT_NAME (element)),
        ("nothing of running time %" GST_STIME_FORMAT " or later has come for "
            "5 s", GST_STIME_ARGS (frame->end)));
    waited = timed_join_wait (joiner->join, frame, -1);
  }
  return waited == TIMED_JOIN_READY;
}

gboolean
timed_joiner_take (TimedJoiner * joiner, const GstSegment * segment,
    GstBuffer * times, GstClockTime frame_duration, TimedWait wait,
    GPtrArray * payloads, guint * n_refused)
{
  g_autoptr (GstPad) pad = timed_request_pad_ref (&joiner->pad);
  gboolean ready = TRUE;
  TimedJoinFrame frame;

  *n_refused = 0;
  get_frame (joiner, segment, times, frame_duration, &frame);
  if (pad && should_wait (joiner, pad, wait))
    ready = wait_for_metadata (joiner, &frame);
  if (ready)
    timed_join_take (joiner->join, &frame, payloads, n_refused);
  return ready;
}

/* --- events -------------------------------------------------------------- */

void
timed_joiner_note_event (TimedJoiner * joiner, GstEvent * event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      timed_pad_forget_live (&joiner->live);
      timed_join_set_video_eos (joiner->join, FALSE);
      break;
    case GST_EVENT_SEGMENT:
      timed_cover_clear (&joiner->cover);
      break;
    case GST_EVENT_FLUSH_START:
      timed_join_set_interrupted (joiner->join, TRUE);
      break;
    case GST_EVENT_FLUSH_STOP:
      timed_join_set_interrupted (joiner->join, FALSE);
      timed_join_set_video_eos (joiner->join, FALSE);
      break;
    case GST_EVENT_EOS:
      timed_join_set_video_eos (joiner->join, TRUE);
      break;
    default:
      break;
  }
}

/* A seek in the video is one in the metadata that is joined with it. */
void
timed_joiner_send_upstream (TimedJoiner * joiner, GstEvent * event)
{
  GstPad *pad = timed_request_pad_ref (&joiner->pad);

  if (!pad)
    return;
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK)
    gst_pad_push_event (pad, gst_event_ref (event));
  gst_object_unref (pad);
}

/* --- life cycle ---------------------------------------------------------- */

void
timed_joiner_reset (TimedJoiner * joiner)
{
  GstPad *pad = timed_request_pad_ref (&joiner->pad);

  timed_join_reset (joiner->join);
  timed_cover_clear (&joiner->cover);
  timed_pad_forget_live (&joiner->live);
  g_atomic_int_set (&joiner->is_used, pad != NULL);
  gst_clear_object (&pad);
}

void
timed_joiner_init (TimedJoiner * joiner, GstElement * element, GstPad * sinkpad)
{
  joiner->pad.element = element;
  joiner->sinkpad = sinkpad;
  joiner->join = timed_join_new ();
}

void
timed_joiner_clear (TimedJoiner * joiner)
{
  g_clear_pointer (&joiner->join, timed_join_free);
}
