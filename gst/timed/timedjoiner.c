/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedjoiner.h"

#include "timedjoinpad.h"
#include "timedwarn.h"

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

/* --- latency -------------------------------------------------------------- */

/* With OBJECT_LOCK */
static gint64
get_delay (TimedJoiner * joiner)
{
  return joiner->upstream + joiner->latency;
}

gboolean
timed_joiner_set_latency (TimedJoiner * joiner, GstClockTime latency)
{
  GstElement *element = joiner->pad.element;
  const gint64 time = MIN (latency, (GstClockTime) TIMED_MAX_TIME);

  GST_OBJECT_LOCK (element);
  const gboolean changed = joiner->latency != time;

  joiner->latency = time;
  timed_join_set_delay (joiner->join, get_delay (joiner));
  GST_OBJECT_UNLOCK (element);
  return changed;
}

static void
forget_upstream (TimedJoiner * joiner)
{
  GstElement *element = joiner->pad.element;

  GST_OBJECT_LOCK (element);
  joiner->upstream_known = FALSE;
  joiner->n_forgotten++;
  GST_OBJECT_UNLOCK (element);
}

/* Asks upstream, and remembers the answer unless it was forgotten meanwhile. Upstream
 * that does not answer is not live. */
static gboolean
query_upstream (TimedJoiner * joiner, GstQuery * query)
{
  GstElement *element = joiner->pad.element;
  GstClockTime min = 0;
  gboolean live = FALSE;

  GST_OBJECT_LOCK (element);
  const guint n_forgotten = joiner->n_forgotten;

  GST_OBJECT_UNLOCK (element);
  const gboolean answered = gst_pad_peer_query (joiner->sinkpad, query);

  if (answered)
    gst_query_parse_latency (query, &live, &min, NULL);
  GST_OBJECT_LOCK (element);
  joiner->is_live = live;
  joiner->upstream = live ? MIN (min, (GstClockTime) TIMED_MAX_TIME) : 0;
  joiner->upstream_known = joiner->n_forgotten == n_forgotten;
  timed_join_set_delay (joiner->join, get_delay (joiner));
  GST_OBJECT_UNLOCK (element);
  return answered;
}

/* Returns whether the video is live.
 * @delay: (out): by how much video that is in time may be behind the clock when it
 *   leaves */
static gboolean
ask_upstream (TimedJoiner * joiner, gint64 * delay)
{
  GstElement *element = joiner->pad.element;

  GST_OBJECT_LOCK (element);
  const gboolean known = joiner->upstream_known;

  GST_OBJECT_UNLOCK (element);
  if (!known) {
    g_autoptr (GstQuery) query = gst_query_new_latency ();

    query_upstream (joiner, query);
  }
  GST_OBJECT_LOCK (element);
  const gboolean is_live = joiner->is_live;

  *delay = get_delay (joiner);
  GST_OBJECT_UNLOCK (element);
  return is_live;
}

gboolean
timed_joiner_is_live (TimedJoiner * joiner)
{
  gint64 delay;

  return ask_upstream (joiner, &delay);
}

/* An access unit that is held here keeps upstream from handing over the next one. */
static void
warn_of_max (TimedJoiner * joiner, GstClockTime latency, GstClockTime max)
{
  GstElement *element = joiner->pad.element;

  GST_OBJECT_LOCK (element);
  const gboolean warned = joiner->warned_of_max;

  joiner->warned_of_max = TRUE;
  GST_OBJECT_UNLOCK (element);
  if (!warned)
    GST_ELEMENT_WARNING (element, CORE, CLOCK,
        ("The video before %s cannot wait for metadata as long as its latency says: "
            "put a queue with a max-size-time of at least %" G_GUINT64_FORMAT
            " (nanoseconds), max-size-buffers=0 and max-size-bytes=0 before its pad "
            "sink.", GST_OBJECT_NAME (element), latency),
        ("upstream holds %" GST_TIME_FORMAT " at most", GST_TIME_ARGS (max)));
}

gboolean
timed_joiner_query_latency (TimedJoiner * joiner, GstQuery * query)
{
  GstElement *element = joiner->pad.element;
  GstClockTime min, max;
  gboolean live;

  if (!query_upstream (joiner, query))
    return FALSE;
  GST_OBJECT_LOCK (element);
  const GstClockTime latency = joiner->latency;

  GST_OBJECT_UNLOCK (element);
  gst_query_parse_latency (query, &live, &min, &max);
  if (!live || latency == 0)
    return TRUE;
  min += latency;
  gst_query_set_latency (query, live, min, max);
  if (GST_CLOCK_TIME_IS_VALID (max) && max < min)
    warn_of_max (joiner, latency, max);
  return TRUE;
}

/* --- waiting ------------------------------------------------------------- */

typedef enum
{
  WAIT_NOT,
  WAIT_FOR_METADATA,            /* however long it takes */
  WAIT_FOR_CLOCK                /* and no longer */
} Waiting;

/* Metadata that a user believes to be live, and GStreamer does not */
static void
warn_of_metadata (TimedJoiner * joiner, GstPad * pad)
{
  GstElement *element = joiner->pad.element;
  TimedJoinStats stats;

  GST_OBJECT_LOCK (element);
  const gboolean may_wait = joiner->latency > 0;

  GST_OBJECT_UNLOCK (element);
  if (joiner->warned_of_metadata || !may_wait || !gst_pad_is_linked (pad))
    return;
  timed_join_get_stats (joiner->join, &stats);
  if (stats.received == 0)
    return;
  GST_ELEMENT_WARNING (element, CORE, CLOCK,
      ("The latency of %s has no effect, because its metadata does not come from a live "
          "source: set is-live=true at an appsrc, or wait-metadata=always.",
          GST_OBJECT_NAME (element)), (NULL));
  joiner->warned_of_metadata = TRUE;
}

/* @delay: (out): as in ask_upstream() */
static Waiting
get_waiting (TimedJoiner * joiner, GstPad * pad, TimedWait wait, gint64 * delay)
{
  if (wait == TIMED_WAIT_NEVER)
    return WAIT_NOT;

  const gboolean video = ask_upstream (joiner, delay);
  const gboolean metadata = timed_join_pad_is_live (TIMED_JOIN_PAD (pad));

  if (!video && !metadata)
    return WAIT_FOR_METADATA;
  if (video && !metadata && wait == TIMED_WAIT_AUTO)
    warn_of_metadata (joiner, pad);
  /* Nothing allows to wait where the delay is 0, not even for a frame that is early. */
  return ((video && metadata) || wait == TIMED_WAIT_ALWAYS) && *delay > 0 ?
      WAIT_FOR_CLOCK : WAIT_NOT;
}

/* How long an access unit is presented. Cameras whose stream does not say so leave the
 * distance from one to the next. */
static gint64
get_duration (TimedJoiner * joiner, gint64 start, GstClockTime duration,
    GstClockTime frame_duration)
{
  if (joiner->last_start != TIMED_NO_TIME && joiner->last_start != start) {
    const gint64 distance = ABS (start - joiner->last_start);

    /* with B-frames, only some are next to each other */
    joiner->interval = joiner->interval == 0 ? distance :
        MIN (distance, joiner->interval + joiner->interval / 8 + 1);
  }
  joiner->last_start = start;

  /* In alignment nal the first NAL unit may have a duration of 0. */
  if (!GST_CLOCK_TIME_IS_VALID (duration) || duration == 0)
    duration = frame_duration;
  if (!GST_CLOCK_TIME_IS_VALID (duration) || duration == 0)
    duration = MAX (joiner->interval, 1);
  return MIN (duration, (GstClockTime) TIMED_MAX_TIME / 64);
}

/* Forgets the access units so far. */
static void
forget_times (TimedJoiner * joiner)
{
  timed_cover_clear (&joiner->cover);
  joiner->last_start = TIMED_NO_TIME;
  joiner->interval = 0;
  joiner->reorder = 0;
}

/* A segment that does not go on where the one before ended is of another stream. */
static void
check_segment (TimedJoiner * joiner, gint64 start, gint64 duration)
{
  if (joiner->segment_changed && joiner->cover.begun
      && start < timed_cover_get_end (&joiner->cover) - duration / 2)
    forget_times (joiner);
  joiner->segment_changed = FALSE;
}

/* Matroska and RTP have no DTS: there the time covered so far shows how old the next
 * frame may be.
 * @due: (out): when the frame should be here, or TIMED_NO_TIME */
static void
get_frame (TimedJoiner * joiner, const GstSegment * segment,
    GstBuffer * times, GstClockTime frame_duration, TimedJoinFrame * frame,
    gint64 * due)
{
  frame->start = timed_running_time (segment, GST_BUFFER_PTS (times));
  frame->end = frame->start;
  frame->oldest = timed_running_time (segment, GST_BUFFER_DTS (times));
  if (frame->start != TIMED_NO_TIME) {
    const gint64 duration = get_duration (joiner, frame->start,
        GST_BUFFER_DURATION (times), frame_duration);

    check_segment (joiner, frame->start, duration);
    frame->end += duration;
    *due = frame->oldest != TIMED_NO_TIME ? frame->oldest : frame->start;
    joiner->reorder = MAX (joiner->reorder, frame->start - *due);

    const gint64 covered =
        timed_cover_get_oldest (&joiner->cover, frame->start, frame->end);

    if (frame->oldest == TIMED_NO_TIME)
      frame->oldest = covered;
    /* What is between two frames that follow each other belongs to the later one. */
    if (covered < frame->start && frame->start - covered <= duration / 2)
      frame->start = covered;
  } else {
    /* Elementary streams have DTS that parsers count up, and those are no times
     * of presentation */
    if (!joiner->cover.begun)
      frame->oldest = TIMED_NO_TIME;
    *due = frame->oldest;
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

/* Waits, but not beyond the running time @until, nor for a source that is silent. What
 * the clock says counts again whenever it calls: the base time may be another then.
 * Returns FALSE if it was interrupted. */
static gboolean
wait_for_clock (TimedJoiner * joiner, const TimedJoinFrame * frame,
    gint64 until)
{
  GstElement *element = joiner->pad.element;
  TimedJoinWait waited = TIMED_JOIN_TIMEOUT;

  while (waited == TIMED_JOIN_TIMEOUT) {
    const gint64 now = timed_element_running_time (element);
    g_autoptr (GstClock) clock = gst_element_get_clock (element);

    if (!clock || now == TIMED_NO_TIME)
      return TRUE;

    const gint64 end = MIN (until, timed_join_get_silence (joiner->join, now));

    if (end <= now)
      return TRUE;
    waited = timed_join_wait_clock (joiner->join, frame, clock,
        gst_element_get_base_time (element) + end);
  }
  return waited == TIMED_JOIN_READY;
}

static gboolean
wait_as_needed (TimedJoiner * joiner, const TimedJoinFrame * frame, gint64 due,
    TimedWait wait)
{
  g_autoptr (GstPad) pad = timed_request_pad_ref (&joiner->pad);
  gint64 delay = 0;

  switch (pad ? get_waiting (joiner, pad, wait, &delay) : WAIT_NOT) {
    case WAIT_FOR_METADATA:
      return wait_for_metadata (joiner, frame);
    case WAIT_FOR_CLOCK:
      return due == TIMED_NO_TIME
          || wait_for_clock (joiner, frame, due + delay);
    default:
      return TRUE;
  }
}

gboolean
timed_joiner_take (TimedJoiner * joiner, const GstSegment * segment,
    GstBuffer * times, GstClockTime frame_duration, TimedWait wait,
    GArray * payloads, TimedJoinTaken * taken)
{
  TimedJoinFrame frame;
  gint64 due;

  get_frame (joiner, segment, times, frame_duration, &frame, &due);
  if (!wait_as_needed (joiner, &frame, due, wait))
    return FALSE;
  timed_join_take (joiner->join, &frame, &joiner->cover, payloads, taken);
  if (frame.start != TIMED_NO_TIME)
    timed_cover_add (&joiner->cover, frame.start, frame.end);
  return TRUE;
}

/* --- what was missed -------------------------------------------------------- */

/* Returns: the latency that payloads would have needed to be in time that came so long
 * after their own times, in nanoseconds */
static gint64
get_latency_for (TimedJoiner * joiner, gint64 missed_by)
{
  GstElement *element = joiner->pad.element;

  GST_OBJECT_LOCK (element);
  const gint64 latency =
      MAX (missed_by + joiner->reorder - joiner->upstream, 0);

  GST_OBJECT_UNLOCK (element);
  return latency;
}

void
timed_joiner_warn (TimedJoiner * joiner, const TimedJoinTaken * taken,
    GstDebugCategory * category)
{
  GstElement *element = joiner->pad.element;
  TimedJoinStats now;

  if (taken->n_missed == 0 && taken->n_dropped == 0)
    return;
  timed_join_get_stats (joiner->join, &now);
  if (taken->missed_by != TIMED_NO_TIME)
    TIMED_CAT_WARN (category, element, taken->n_missed, now.missed,
        "metadata came after its frame had left (%" G_GUINT64_FORMAT
        " so far); it would have needed a latency of at least %"
        G_GINT64_FORMAT " ms", now.missed,
        get_latency_for (joiner, taken->missed_by) / GST_MSECOND + 1);
  else
    TIMED_CAT_WARN (category, element, taken->n_missed, now.missed,
        "metadata came after its frame had left (%" G_GUINT64_FORMAT " so far)",
        now.missed);
  TIMED_CAT_WARN (category, element, taken->n_dropped, now.dropped,
      "live metadata was dropped: it was more than max-per-frame allows for a frame, "
      "or waited too long for the video (%" G_GUINT64_FORMAT " so far)",
      now.dropped);
}

/* --- events -------------------------------------------------------------- */

void
timed_joiner_change_clock (TimedJoiner * joiner)
{
  timed_join_ring (joiner->join);
}

void
timed_joiner_note_event (TimedJoiner * joiner, GstEvent * event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      forget_upstream (joiner);
      timed_join_set_video_eos (joiner->join, FALSE);
      break;
    case GST_EVENT_SEGMENT:
      joiner->segment_changed = TRUE;
      break;
    case GST_EVENT_FLUSH_START:
      timed_join_set_interrupted (joiner->join, TRUE);
      break;
    case GST_EVENT_FLUSH_STOP:
      forget_times (joiner);
      timed_join_begin_anew (joiner->join);
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

/* A seek in the video is one in the metadata that is joined with it. With a LATENCY event
 * the pipeline has asked anew, and the answer may be another. */
void
timed_joiner_send_upstream (TimedJoiner * joiner, GstEvent * event)
{
  g_autoptr (GstPad) pad = timed_request_pad_ref (&joiner->pad);

  if (GST_EVENT_TYPE (event) == GST_EVENT_LATENCY)
    forget_upstream (joiner);
  else if (pad && GST_EVENT_TYPE (event) == GST_EVENT_SEEK)
    gst_pad_push_event (pad, gst_event_ref (event));
}

/* --- life cycle ---------------------------------------------------------- */

void
timed_joiner_reset (TimedJoiner * joiner)
{
  GstPad *pad = timed_request_pad_ref (&joiner->pad);

  timed_join_reset (joiner->join);
  forget_times (joiner);
  forget_upstream (joiner);
  joiner->warned_of_metadata = FALSE;
  GST_OBJECT_LOCK (joiner->pad.element);
  joiner->warned_of_max = FALSE;
  GST_OBJECT_UNLOCK (joiner->pad.element);
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
