/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedjoin.h"

#include "timedlife.h"

typedef struct
{
  TimedPayload payload;         /* no bytes: refused */
  gint64 time;
  gint64 came;                  /* when it came, or TIMED_NO_TIME */
  gboolean live;
} Entry;

/* Before every time: where no clock says when a live payload came */
#define BEFORE_ALL (-TIMED_MAX_TIME)

struct _TimedJoin
{
  GMutex lock;                  /* innermost: nothing is called with it held */
  GCond changed;                /* whatever anybody may wait for */

  GQueue timed;                 /* of Entry, by time */
  GQueue untimed;               /* of Entry, as they came */
  guint n_live;                 /* in timed */
  gsize size;                   /* bytes in both */
  gint64 position;              /* no payload of an earlier time will come */
  TimedLife life;               /* of the source */
  gboolean live;                /* the source, when it was heard last */
  gint64 delay;                 /* of the video */
  TimedJoinRules rules;
  gboolean eos;
  gboolean flushing;
  gboolean linked;
  gboolean interrupted;
  gboolean video_eos;
  gboolean rings;               /* the clock has called */
  guint n_dropped;              /* not told yet */
  TimedJoinStats stats;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->payload.bytes, g_bytes_unref);
  g_free (entry);
}

static gsize
entry_size (const Entry * entry)
{
  return entry->payload.bytes ? g_bytes_get_size (entry->payload.bytes) : 0;
}

static guint
n_queued (const TimedJoin * join)
{
  return join->timed.length + join->untimed.length;
}

static void
clear_queues (TimedJoin * join)
{
  join->stats.unused += n_queued (join);
  g_queue_clear_full (&join->timed, entry_free);
  g_queue_clear_full (&join->untimed, entry_free);
  join->n_live = 0;
  join->size = 0;
}

static void
remove_link (TimedJoin * join, GQueue * queue, GList * link)
{
  Entry *entry = link->data;

  join->size -= entry_size (entry);
  join->n_live -= entry->live;
  entry_free (entry);
  g_queue_delete_link (queue, link);
}

/* One that is larger than the bound alone has to pass */
static gboolean
is_full (const TimedJoin * join)
{
  return n_queued (join) >= TIMED_JOIN_MAX_PAYLOADS
      || join->size >= TIMED_JOIN_MAX_BYTES;
}

/* Forgets what the payloads so far have said of those to come. */
static void
forget_position (TimedJoin * join)
{
  join->position = TIMED_NO_TIME;
  join->eos = FALSE;
  timed_life_clear (&join->life);
}

static void
join_clear (gpointer data)
{
  TimedJoin *join = data;

  /* a clock's thread may be the last that has it */
  g_mutex_lock (&join->lock);
  clear_queues (join);
  g_mutex_unlock (&join->lock);
  g_mutex_clear (&join->lock);
  g_cond_clear (&join->changed);
}

/* Counted, because a clock may still call when it is freed */
TimedJoin *
timed_join_new (void)
{
  TimedJoin *join = g_atomic_rc_box_new0 (TimedJoin);

  g_mutex_init (&join->lock);
  g_cond_init (&join->changed);
  g_queue_init (&join->timed);
  g_queue_init (&join->untimed);
  forget_position (join);

  return join;
}

void
timed_join_free (TimedJoin * join)
{
  g_atomic_rc_box_release_full (join, join_clear);
}

/* Takes the lock, sets one of the flags and wakes every thread that waits */
static void
set_flag (TimedJoin * join, gboolean * flag, gboolean value)
{
  g_mutex_lock (&join->lock);
  *flag = value;
  g_cond_broadcast (&join->changed);
  g_mutex_unlock (&join->lock);
}

void
timed_join_reset (TimedJoin * join)
{
  static const TimedJoinStats none = { 0 };

  g_mutex_lock (&join->lock);
  clear_queues (join);
  forget_position (join);
  join->flushing = FALSE;
  join->interrupted = FALSE;
  join->video_eos = FALSE;
  join->n_dropped = 0;
  join->stats = none;
  g_cond_broadcast (&join->changed);
  g_mutex_unlock (&join->lock);
}

/* --- the payloads' side -------------------------------------------------- */

static void
insert_by_time (GQueue * queue, Entry * entry)
{
  GList *before = queue->tail;

  while (before && ((Entry *) before->data)->time > entry->time)
    before = before->prev;
  if (before)
    g_queue_insert_after (queue, before, entry);
  else
    g_queue_push_head (queue, entry);
}

static void
drop (TimedJoin * join)
{
  join->stats.dropped++;
  join->n_dropped++;
}

static void
add (TimedJoin * join, const TimedPayload * payload, gint64 time, gint64 came,
    gboolean live)
{
  Entry *entry = g_new (Entry, 1);

  entry->payload = *payload;
  if (payload->bytes)
    g_bytes_ref (payload->bytes);
  entry->time = time;
  entry->came = came;
  entry->live = live;
  join->size += entry_size (entry);
  join->n_live += live;
  if (time == TIMED_NO_TIME) {
    g_queue_push_tail (&join->untimed, entry);
  } else {
    insert_by_time (&join->timed, entry);
    if (!live || !timed_join_is_too_far_ahead (time, came))
      join->position = MAX (join->position, time);
  }
  g_cond_broadcast (&join->changed);
}

/* With the lock: the source has given something. */
static void
hear (TimedJoin * join, gint64 now, gboolean live)
{
  join->live = live;
  if (now != TIMED_NO_TIME)
    timed_life_note (&join->life, now);
}

GstFlowReturn
timed_join_push (TimedJoin * join, const TimedPayload * payload, gint64 time,
    gint64 now)
{
  GstFlowReturn ret = GST_FLOW_OK;

  g_mutex_lock (&join->lock);
  while (is_full (join) && !join->flushing && !join->video_eos)
    g_cond_wait (&join->changed, &join->lock);

  if (join->flushing) {
    ret = GST_FLOW_FLUSHING;
  } else if (join->video_eos) {
    ret = GST_FLOW_EOS;
  } else {
    join->stats.received++;
    hear (join, now, FALSE);
    add (join, payload, time, TIMED_NO_TIME, FALSE);
  }
  g_mutex_unlock (&join->lock);

  return ret;
}

gboolean
timed_join_is_too_far_ahead (gint64 time, gint64 now)
{
  return time != TIMED_NO_TIME && now != TIMED_NO_TIME
      && time > now + TIMED_JOIN_MAX_AHEAD;
}

/* A live payload that must go: the oldest, if there is no room, or if its access unit
 * should have come long ago and the next one would not take it either. One for which
 * nobody knows when it is due goes before that. */
static GList *
find_excess (TimedJoin * join, gint64 now)
{
  GList *link = join->timed.tail;

  if (link && is_full (join) && ((Entry *) link->data)->live
      && timed_join_is_too_far_ahead (((Entry *) link->data)->time, now))
    return link;
  link = join->timed.head;
  while (link && !((Entry *) link->data)->live)
    link = link->next;
  if (!link || is_full (join))
    return link;
  if (now == TIMED_NO_TIME || join->rules.max_live == 0
      || join->n_live < join->rules.max_live)
    return NULL;
  return ((Entry *) link->data)->time <
      now - join->delay - TIMED_JOIN_MAX_STALL ? link : NULL;
}

static void
add_live (TimedJoin * join, const TimedPayload * payload, gint64 time,
    gint64 now)
{
  GList *excess;

  join->stats.received++;
  while ((excess = find_excess (join, now))) {
    remove_link (join, &join->timed, excess);
    drop (join);
  }
  hear (join, now, TRUE);
  if (time == TIMED_NO_TIME)
    time = now != TIMED_NO_TIME ? now : BEFORE_ALL;
  add (join, payload, time, now, TRUE);
}

GstFlowReturn
timed_join_push_live (TimedJoin * join, const TimedPayload * payload,
    gint64 time, gint64 now)
{
  GstFlowReturn ret = GST_FLOW_OK;

  g_mutex_lock (&join->lock);
  if (join->flushing)
    ret = GST_FLOW_FLUSHING;
  else if (join->video_eos)
    ret = GST_FLOW_EOS;
  else
    add_live (join, payload, time, now);
  g_mutex_unlock (&join->lock);

  return ret;
}

void
timed_join_advance (TimedJoin * join, gint64 time, gint64 now, gboolean live)
{
  g_mutex_lock (&join->lock);
  hear (join, now, live);
  if (!live || !timed_join_is_too_far_ahead (time, now))
    join->position = MAX (join->position, time);
  g_cond_broadcast (&join->changed);
  g_mutex_unlock (&join->lock);
}

void
timed_join_set_eos (TimedJoin * join, gboolean eos)
{
  set_flag (join, &join->eos, eos);
}

void
timed_join_set_flushing (TimedJoin * join, gboolean flushing)
{
  g_mutex_lock (&join->lock);
  join->flushing = flushing;
  if (!flushing) {
    clear_queues (join);
    forget_position (join);
  }
  g_cond_broadcast (&join->changed);
  g_mutex_unlock (&join->lock);
}

void
timed_join_set_linked (TimedJoin * join, gboolean linked)
{
  set_flag (join, &join->linked, linked);
}

/* --- the video's side ---------------------------------------------------- */

static gboolean
has_time (const TimedJoinFrame * frame)
{
  return frame->start != TIMED_NO_TIME || frame->oldest != TIMED_NO_TIME;
}

static gboolean
is_ready (const TimedJoin * join, const TimedJoinFrame * frame)
{
  if (join->eos || !join->linked || is_full (join)
      || join->untimed.head)
    return TRUE;
  if (!has_time (frame))
    return join->timed.head != NULL;
  return join->position >= MAX (frame->end, frame->oldest);
}

TimedJoinWait
timed_join_wait (TimedJoin * join, const TimedJoinFrame * frame,
    gint64 timeout_us)
{
  const gint64 until = g_get_monotonic_time () + timeout_us;
  TimedJoinWait result = TIMED_JOIN_READY;

  g_mutex_lock (&join->lock);
  while (!join->interrupted && !is_ready (join, frame)
      && result == TIMED_JOIN_READY) {
    if (timeout_us < 0)
      g_cond_wait (&join->changed, &join->lock);
    else if (!g_cond_wait_until (&join->changed, &join->lock, until))
      result = TIMED_JOIN_TIMEOUT;
  }
  if (join->interrupted)
    result = TIMED_JOIN_INTERRUPTED;
  g_mutex_unlock (&join->lock);

  return result;
}

void
timed_join_ring (TimedJoin * join)
{
  set_flag (join, &join->rings, TRUE);
}

/* It may be a clock of before, which calls although nobody waits for it any more: then
 * the waiting ends too early, and whoever waits asks the clock again. */
static gboolean
on_clock (GstClock * clock, GstClockTime time, GstClockID id, gpointer join)
{
  timed_join_ring (join);
  return TRUE;
}

TimedJoinWait
timed_join_wait_clock (TimedJoin * join, const TimedJoinFrame * frame,
    GstClock * clock, GstClockTime until)
{
  TimedJoinWait result = timed_join_wait (join, frame, 0);

  if (result != TIMED_JOIN_TIMEOUT)
    return result;
  if (!GST_CLOCK_GET_CLASS (clock)->wait_async)
    return TIMED_JOIN_READY;

  GstClockID id = gst_clock_new_single_shot_id (clock, until);

  if (gst_clock_id_wait_async (id, on_clock, g_atomic_rc_box_acquire (join),
          (GDestroyNotify) timed_join_free) == GST_CLOCK_OK) {
    g_mutex_lock (&join->lock);
    while (!join->interrupted && !join->rings && !is_ready (join, frame))
      g_cond_wait (&join->changed, &join->lock);
    join->rings = FALSE;
    if (join->interrupted)
      result = TIMED_JOIN_INTERRUPTED;
    else if (is_ready (join, frame))
      result = TIMED_JOIN_READY;
    g_mutex_unlock (&join->lock);
  } else {
    result = TIMED_JOIN_READY;
  }
  gst_clock_id_unschedule (id);
  gst_clock_id_unref (id);

  return result;
}

gint64
timed_join_get_silence (TimedJoin * join, gint64 now)
{
  g_mutex_lock (&join->lock);
  const gint64 silence = timed_life_get_silence (&join->life, now);

  g_mutex_unlock (&join->lock);
  return silence;
}

void
timed_join_set_rules (TimedJoin * join, const TimedJoinRules * rules)
{
  g_mutex_lock (&join->lock);
  join->rules = *rules;
  g_mutex_unlock (&join->lock);
}

void
timed_join_set_delay (TimedJoin * join, gint64 delay)
{
  g_mutex_lock (&join->lock);
  join->delay = delay;
  g_mutex_unlock (&join->lock);
}

void
timed_join_set_interrupted (TimedJoin * join, gboolean interrupted)
{
  set_flag (join, &join->interrupted, interrupted);
}

static gboolean
is_within (const Entry * entry, const TimedJoinFrame * frame)
{
  return frame->start != TIMED_NO_TIME && entry->time >= frame->start
      && entry->time < frame->end;
}

/* Whether a payload came after its own access unit, one before @frame, had left */
static gboolean
is_late (const Entry * entry, const TimedJoinFrame * frame,
    const TimedCover * before)
{
  return entry->time != BEFORE_ALL && before
      && timed_cover_has (before, entry->time) && !is_within (entry, frame);
}

/* Whether a payload that has a time goes into the access unit. Where the video has no
 * times, what is live does. */
static gboolean
belongs_to (const Entry * entry, const TimedJoinFrame * frame,
    const TimedCover * before)
{
  if (!has_time (frame))
    return entry->live;
  if (frame->oldest != TIMED_NO_TIME && entry->time < frame->oldest)
    return TRUE;
  return is_within (entry, frame) || is_late (entry, frame, before);
}

/* No payload from this time on goes into the access unit. */
static gint64
get_end (const TimedJoinFrame * frame, const TimedCover * before)
{
  const gint64 covered = before ? timed_cover_get_end (before) : TIMED_NO_TIME;

  return has_time (frame) ? MAX (MAX (frame->end, frame->oldest), covered) :
      G_MAXINT64;
}

static void
take_link (TimedJoin * join, GQueue * queue, GList * link,
    GArray * payloads, TimedJoinTaken * taken)
{
  const Entry *entry = link->data;

  if (entry->payload.bytes)
    timed_payloads_add (payloads, &entry->payload);
  else
    taken->n_refused++;
  remove_link (join, queue, link);
}

/* How many live payloads are too many for the access unit: the oldest of them */
static guint
count_excess (TimedJoin * join, const TimedJoinFrame * frame,
    const TimedCover * before)
{
  const gint64 end = get_end (frame, before);
  guint n = 0;

  if (join->rules.max_live == 0 || join->n_live <= join->rules.max_live)
    return 0;
  for (GList * link = join->timed.head; link; link = link->next) {
    const Entry *entry = link->data;

    if (entry->time >= end)
      break;
    n += entry->live && belongs_to (entry, frame, before)
        && !(join->rules.drop_late && is_late (entry, frame, before));
  }
  return n > join->rules.max_live ? n - join->rules.max_live : 0;
}

static void
count_missed (const Entry * entry, TimedJoinTaken * taken)
{
  taken->n_missed++;
  if (entry->came != TIMED_NO_TIME)
    taken->missed_by = MAX (taken->missed_by, entry->came - entry->time);
}

static void
take_timed (TimedJoin * join, const TimedJoinFrame * frame,
    const TimedCover * before, GArray * payloads, TimedJoinTaken * taken)
{
  const gint64 end = get_end (frame, before);
  guint n_excess = count_excess (join, frame, before);
  GList *link = join->timed.head;

  while (link && ((Entry *) link->data)->time < end) {
    GList *next = link->next;
    const Entry *entry = link->data;

    if (belongs_to (entry, frame, before)) {
      const gboolean late = is_late (entry, frame, before);

      if (late && join->rules.drop_late) {
        count_missed (entry, taken);
        remove_link (join, &join->timed, link);
      } else if (entry->live && n_excess > 0) {
        n_excess--;
        drop (join);
        remove_link (join, &join->timed, link);
      } else {
        if (late)
          count_missed (entry, taken);
        take_link (join, &join->timed, link, payloads, taken);
      }
    }
    link = next;
  }
}

void
timed_join_take (TimedJoin * join, const TimedJoinFrame * frame,
    const TimedCover * before, GArray * payloads, TimedJoinTaken * taken)
{
  static const TimedJoinTaken none = {.missed_by = TIMED_NO_TIME };

  *taken = none;
  g_mutex_lock (&join->lock);
  take_timed (join, frame, before, payloads, taken);
  /* Without any time, one by one is the best guess */
  if (!has_time (frame) && join->timed.head && !join->untimed.head)
    take_link (join, &join->timed, join->timed.head, payloads, taken);
  if (join->untimed.head)
    take_link (join, &join->untimed, join->untimed.head, payloads, taken);
  join->stats.missed += taken->n_missed;
  taken->n_dropped = join->n_dropped;
  join->n_dropped = 0;
  g_cond_broadcast (&join->changed);
  g_mutex_unlock (&join->lock);
}

void
timed_join_begin_anew (TimedJoin * join)
{
  g_mutex_lock (&join->lock);
  for (GList * link = join->timed.head, *next; link; link = next) {
    next = link->next;
    if (((Entry *) link->data)->live) {
      remove_link (join, &join->timed, link);
      join->stats.unused++;
    }
  }
  if (join->live)
    join->position = TIMED_NO_TIME;
  timed_life_clear (&join->life);
  g_mutex_unlock (&join->lock);
}

void
timed_join_set_video_eos (TimedJoin * join, gboolean eos)
{
  g_mutex_lock (&join->lock);
  join->video_eos = eos;
  if (eos)
    clear_queues (join);
  g_cond_broadcast (&join->changed);
  g_mutex_unlock (&join->lock);
}

void
timed_join_get_stats (TimedJoin * join, TimedJoinStats * stats)
{
  g_mutex_lock (&join->lock);
  *stats = join->stats;
  g_mutex_unlock (&join->lock);
}
