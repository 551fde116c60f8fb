/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseijoiner.h"

#include "gst/sei/seijoinpad.h"

GST_DEBUG_CATEGORY_STATIC (sei_joiner_debug);
#define GST_CAT_DEFAULT sei_joiner_debug

/* A frame that waits longer for metadata says so */
#define WAIT_WARNING (5 * G_USEC_PER_SEC)

/* --- the pad ------------------------------------------------------------- */

/* Returns: (transfer full) (nullable) */
static GstPad *
ref_pad (GstSeiJoiner * joiner)
{
  GstElement *element = joiner->stream->element;

  GST_OBJECT_LOCK (element);
  GstPad *pad = joiner->pad;

  if (pad != NULL)
    gst_object_ref (pad);
  GST_OBJECT_UNLOCK (element);

  return pad;
}

gboolean
gst_sei_joiner_is_used (GstSeiJoiner * joiner)
{
  return g_atomic_int_get (&joiner->is_used);
}

GstPad *
gst_sei_joiner_request_pad (GstSeiJoiner * joiner, GstPadTemplate * templ)
{
  GstElement *element = joiner->stream->element;
  GstPad *pad = ref_pad (joiner);

  if (pad != NULL) {
    GST_WARNING_OBJECT (element, "there is but one pad \"metadata\"");
    gst_object_unref (pad);
    return NULL;
  }

  pad = sei_join_pad_new (templ, "metadata", joiner->join);
  GST_OBJECT_LOCK (element);
  joiner->pad = pad;
  GST_OBJECT_UNLOCK (element);
  g_atomic_int_set (&joiner->is_used, TRUE);
  gst_element_add_pad (element, pad);

  return pad;
}

void
gst_sei_joiner_release_pad (GstSeiJoiner * joiner, GstPad * pad)
{
  GstElement *element = joiner->stream->element;

  GST_OBJECT_LOCK (element);
  joiner->pad = NULL;
  GST_OBJECT_UNLOCK (element);

  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
}

/* --- waiting ------------------------------------------------------------- */

static gboolean
should_wait (GstSeiJoiner * joiner, GstPad * pad, GstSeiInjectWait wait)
{
  if (wait != GST_SEI_INJECT_WAIT_AUTO)
    return wait == GST_SEI_INJECT_WAIT_ALWAYS;

  if (!joiner->knows_live) {
    joiner->is_live = sei_pad_is_live (joiner->stream->sinkpad);
    joiner->knows_live = TRUE;
    GST_DEBUG_OBJECT (joiner->stream->element, "the video is%s live",
        joiner->is_live ? "" : " not");
  }
  return !joiner->is_live && !sei_join_pad_is_live (SEI_JOIN_PAD (pad));
}

/* In alignment nal the first NAL unit may have a duration of 0. Matroska and RTP
 * have no DTS: then what has been covered tells how old the next may be. */
static void
get_frame (GstSeiJoiner * joiner, GstBuffer * times, SeiJoinFrame * frame)
{
  const GstSegment *segment = &joiner->stream->segment;
  GstClockTime duration = GST_BUFFER_DURATION (times);

  if (!GST_CLOCK_TIME_IS_VALID (duration) || duration == 0)
    duration = joiner->stream->frame_duration;
  if (!GST_CLOCK_TIME_IS_VALID (duration) || duration == 0)
    duration = 1;

  frame->start = sei_join_running_time (segment, GST_BUFFER_PTS (times));
  frame->end = frame->start;
  frame->oldest = sei_join_running_time (segment, GST_BUFFER_DTS (times));
  if (frame->start != SEI_JOIN_NO_TIME) {
    frame->end += (gint64) MIN (duration, G_MAXINT64 / 64);

    const gint64 covered =
        sei_cover_add (&joiner->cover, frame->start, frame->end);

    if (frame->oldest == SEI_JOIN_NO_TIME)
      frame->oldest = covered;
  } else if (!joiner->cover.begun) {
    /* Elementary streams have DTS that parsers count up, and those are no times
     * of presentation */
    frame->oldest = SEI_JOIN_NO_TIME;
  }
}

/* Returns FALSE if it was interrupted. */
static gboolean
wait_for_metadata (GstSeiJoiner * joiner, const SeiJoinFrame * frame)
{
  GstElement *element = joiner->stream->element;
  SeiJoinWait waited = sei_join_wait (joiner->join, frame, WAIT_WARNING);

  if (waited == SEI_JOIN_TIMEOUT) {
    GST_ELEMENT_WARNING (element, STREAM, FAILED,
        ("The video waits for metadata on the pad metadata of %s: put a queue "
            "before each of its sink pads, let the metadata have GAP events, or "
            "set wait-metadata=never.", GST_OBJECT_NAME (element)),
        ("nothing of running time %" GST_STIME_FORMAT " or later has come for "
            "5 s", GST_STIME_ARGS (frame->end)));
    waited = sei_join_wait (joiner->join, frame, -1);
  }
  return waited == SEI_JOIN_READY;
}

gboolean
gst_sei_joiner_append (GstSeiJoiner * joiner, GstBuffer * times,
    const guint8 * uuid, GstSeiInjectWait wait, SeiList * list,
    guint * n_refused)
{
  GstPad *pad = ref_pad (joiner);
  gboolean ready = TRUE;
  SeiJoinFrame frame;

  *n_refused = 0;
  get_frame (joiner, times, &frame);
  if (pad != NULL && should_wait (joiner, pad, wait))
    ready = wait_for_metadata (joiner, &frame);
  gst_clear_object (&pad);
  if (ready)
    sei_join_take (joiner->join, &frame, uuid, list, n_refused);

  return ready;
}

void
gst_sei_joiner_interrupt (GstSeiJoiner * joiner)
{
  sei_join_set_interrupted (joiner->join, TRUE);
}

/* --- events -------------------------------------------------------------- */

void
gst_sei_joiner_note_event (GstSeiJoiner * joiner, GstEvent * event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      joiner->knows_live = FALSE;
      sei_join_set_video_eos (joiner->join, FALSE);
      break;
    case GST_EVENT_SEGMENT:
      sei_cover_clear (&joiner->cover);
      break;
    case GST_EVENT_FLUSH_START:
      sei_join_set_interrupted (joiner->join, TRUE);
      break;
    case GST_EVENT_FLUSH_STOP:
      sei_join_set_interrupted (joiner->join, FALSE);
      sei_join_set_video_eos (joiner->join, FALSE);
      break;
    case GST_EVENT_EOS:
      sei_join_set_video_eos (joiner->join, TRUE);
      break;
    default:
      break;
  }
}

/* What is joined with the video is sought with it. */
void
gst_sei_joiner_send_upstream (GstSeiJoiner * joiner, GstEvent * event)
{
  GstPad *pad = ref_pad (joiner);

  if (pad == NULL)
    return;
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK)
    gst_pad_push_event (pad, gst_event_ref (event));
  gst_object_unref (pad);
}

/* --- life cycle ---------------------------------------------------------- */

void
gst_sei_joiner_get_stats (GstSeiJoiner * joiner, SeiJoinStats * stats)
{
  sei_join_get_stats (joiner->join, stats);
}

void
gst_sei_joiner_reset (GstSeiJoiner * joiner)
{
  GstPad *pad = ref_pad (joiner);

  sei_join_reset (joiner->join);
  sei_cover_clear (&joiner->cover);
  joiner->knows_live = FALSE;
  g_atomic_int_set (&joiner->is_used, pad != NULL);
  gst_clear_object (&pad);
}

void
gst_sei_joiner_init (GstSeiJoiner * joiner, GstSeiStream * stream)
{
  GST_DEBUG_CATEGORY_INIT (sei_joiner_debug, "seijoiner", 0,
      "Metadata joined with video in seiinject");
  joiner->stream = stream;
  joiner->join = sei_join_new ();
}

void
gst_sei_joiner_clear (GstSeiJoiner * joiner)
{
  g_clear_pointer (&joiner->join, sei_join_free);
}
