/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedjoin.h"

typedef struct
{
  GBytes *payload;              /* NULL: refused */
  gint64 time;
} Entry;

struct _TimedJoin
{
  GMutex lock;                  /* innermost: nothing is called with it held */
  GCond changed;                /* whatever anybody may wait for */

  GQueue timed;                 /* of Entry, by time */
  GQueue untimed;               /* of Entry, as they came */
  gsize size;                   /* bytes in both */
  gint64 position;              /* no payload of an earlier time will come */
  gboolean eos;
  gboolean flushing;
  gboolean linked;
  gboolean interrupted;
  gboolean video_eos;
  TimedJoinStats stats;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->payload, g_bytes_unref);
  g_free (entry);
}

static gsize
entry_size (const Entry * entry)
{
  return entry->payload ? g_bytes_get_size (entry->payload) : 0;
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
  join->size = 0;
}

/* One that is larger than the bound alone has to pass */
static gboolean
is_full (const TimedJoin * join)
{
  return n_queued (join) >= TIMED_JOIN_MAX_PAYLOADS
      || join->size >= TIMED_JOIN_MAX_BYTES;
}

TimedJoin *
timed_join_new (void)
{
  TimedJoin *join = g_new0 (TimedJoin, 1);

  g_mutex_init (&join->lock);
  g_cond_init (&join->changed);
  g_queue_init (&join->timed);
  g_queue_init (&join->untimed);
  join->position = TIMED_NO_TIME;

  return join;
}

void
timed_join_free (TimedJoin * join)
{
  clear_queues (join);
  g_mutex_clear (&join->lock);
  g_cond_clear (&join->changed);
  g_free (join);
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
  join->position = TIMED_NO_TIME;
  join->eos = FALSE;
  join->flushing = FALSE;
  join->interrupted = FALSE;
  join->video_eos = FALSE;
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
add (TimedJoin * join, GBytes * payload, gint64 time)
{
  Entry *entry = g_new (Entry, 1);

  entry->payload = payload;
  entry->time = time;
  join->size += entry_size (entry);
  join->stats.received++;
  if (time == TIMED_NO_TIME) {
    g_queue_push_tail (&join->untimed, entry);
  } else {
    insert_by_time (&join->timed, entry);
    join->position = MAX (join->position, time);
  }
  g_cond_broadcast (&join->changed);
}

GstFlowReturn
timed_join_push (TimedJoin * join, GBytes * payload, gint64 time,
    gboolean block)
{
  GstFlowReturn ret = GST_FLOW_OK;

  g_mutex_lock (&join->lock);
  while (block && is_full (join) && !join->flushing && !join->video_eos)
    g_cond_wait (&join->changed, &join->lock);

  if (join->flushing) {
    ret = GST_FLOW_FLUSHING;
  } else if (join->video_eos) {
    ret = GST_FLOW_EOS;
  } else if (is_full (join)) {
    join->stats.dropped++;
  } else {
    add (join, payload, time);
    payload = NULL;
  }
  g_mutex_unlock (&join->lock);
  g_clear_pointer (&payload, g_bytes_unref);

  return ret;
}

void
timed_join_advance (TimedJoin * join, gint64 time)
{
  g_mutex_lock (&join->lock);
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
    join->position = TIMED_NO_TIME;
    join->eos = FALSE;
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
timed_join_set_interrupted (TimedJoin * join, gboolean interrupted)
{
  set_flag (join, &join->interrupted, interrupted);
}

static gboolean
belongs_to (const Entry * entry, const TimedJoinFrame * frame)
{
  if (frame->oldest != TIMED_NO_TIME && entry->time < frame->oldest)
    return TRUE;
  return frame->start != TIMED_NO_TIME && entry->time >= frame->start
      && entry->time < frame->end;
}

static void
take_link (TimedJoin * join, GQueue * queue, GList * link,
    GPtrArray * payloads, guint * n_refused)
{
  Entry *entry = link->data;

  if (entry->payload)
    g_ptr_array_add (payloads, g_bytes_ref (entry->payload));
  else
    (*n_refused)++;
  join->size -= entry_size (entry);
  entry_free (entry);
  g_queue_delete_link (queue, link);
}

void
timed_join_take (TimedJoin * join, const TimedJoinFrame * frame,
    GPtrArray * payloads, guint * n_refused)
{
  *n_refused = 0;
  g_mutex_lock (&join->lock);
  if (has_time (frame)) {
    const gint64 last = MAX (frame->end, frame->oldest);
    GList *link = join->timed.head;

    while (link && ((Entry *) link->data)->time < last) {
      GList *next = link->next;

      if (belongs_to (link->data, frame))
        take_link (join, &join->timed, link, payloads, n_refused);
      link = next;
    }
  } else if (join->timed.head && !join->untimed.head) {
    /* Without any time, one by one is the best guess */
    take_link (join, &join->timed, join->timed.head, payloads, n_refused);
  }
  if (join->untimed.head)
    take_link (join, &join->untimed, join->untimed.head, payloads, n_refused);
  g_cond_broadcast (&join->changed);
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
