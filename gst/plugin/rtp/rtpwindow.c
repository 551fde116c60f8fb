/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpwindow.h"

#include <string.h>

/* Packets that may come before the first of a stream */
#define BEGINNING (RTP_WINDOW_MAX_PACKETS / 2)

/* RTP_SEQ_MAX_REPEATED duplicates, and some between them that were lost at first */
#define MAX_REPEATED (2 * RTP_SEQ_MAX_REPEATED)

typedef struct _RtpWindowCopy
{
  guint64 arrival;
  guint16 sequence;
  gboolean is_duplicate;
  gsize size;
  guint8 data[];
} Copy;

static Copy *
copy_new (const RtpPacket * packet, BytesSpan datagram, guint64 now)
{
  Copy *copy = g_malloc (sizeof (*copy) + datagram.size);

  copy->arrival = now;
  copy->sequence = packet->sequence;
  copy->is_duplicate = FALSE;
  copy->size = datagram.size;
  memcpy (copy->data, datagram.data, datagram.size);
  return copy;
}

void
rtp_window_init (RtpWindow * window, guint64 latency, RtpWindowFunc func,
    gpointer user_data)
{
  *window = (RtpWindow) {
  .func = func,.user_data = user_data,.latency = latency};
  rtp_seq_init (&window->seq);
  g_queue_init (&window->repeated);
}

/* It was noise */
static void
drop_jump (RtpWindow * window)
{
  if (window->jump == NULL)
    return;
  window->counts.late++;
  g_clear_pointer (&window->jump, g_free);
}

static void
drop_repeated (RtpWindow * window)
{
  Copy *copy;

  while ((copy = g_queue_pop_head (&window->repeated))) {
    if (copy->is_duplicate)
      window->counts.duplicates++;
    else
      window->counts.late++;
    g_free (copy);
  }
}

void
rtp_window_clear (RtpWindow * window)
{
  for (guint i = 0; window->held != NULL && i < RTP_WINDOW_MAX_PACKETS; i++)
    g_free (window->held[i]);
  g_clear_pointer (&window->held, g_free);
  window->n_held = 0;
  window->n_bytes = 0;
  drop_jump (window);
  drop_repeated (window);
}

/* --- passing on ----------------------------------------------------------- */

static void
pass (RtpWindow * window, const RtpPacket * packet, BytesSpan datagram,
    guint64 arrival)
{
  const gboolean is_gap = window->is_gap;

  window->is_gap = FALSE;
  window->is_beginning = FALSE;
  window->next++;
  window->func (packet, datagram, arrival, is_gap, window->user_data);
}

/* copy: (transfer full) */
static void
pass_copy (RtpWindow * window, Copy * copy)
{
  const BytesSpan datagram = { copy->data, copy->size };
  RtpPacket packet;

  /* As it was read when it came */
  if (rtp_packet_parse (&packet, copy->data, copy->size) == RTP_OK)
    pass (window, &packet, datagram, copy->arrival);
  g_free (copy);
}

/* Passes over numbers that have not come */
static void
skip_to (RtpWindow * window, guint64 number)
{
  if (number <= window->next)
    return;
  /* How many there were before the first, nobody knows */
  if (!window->is_beginning) {
    window->counts.lost += number - window->next;
    window->is_gap = TRUE;
  }
  window->next = number;
}

static Copy **
get_slot (const RtpWindow * window, guint64 number)
{
  return &window->held[number % RTP_WINDOW_MAX_PACKETS];
}

/* Passes on all that waits below a number, and what follows that without a gap */
static void
advance_to (RtpWindow * window, guint64 number)
{
  while (window->n_held > 0) {
    guint64 first = window->next;

    while (*get_slot (window, first) == NULL)
      first++;
    if (first > number && first > window->next)
      break;

    Copy *copy = *get_slot (window, first);
    *get_slot (window, first) = NULL;
    window->n_held--;
    window->n_bytes -= copy->size;
    skip_to (window, first);
    pass_copy (window, copy);
  }
  skip_to (window, number);

  window->since = G_MAXUINT64;
  for (guint i = 0; window->n_held > 0 && i < RTP_WINDOW_MAX_PACKETS; i++)
    if (window->held[i] != NULL)
      window->since = MIN (window->since, window->held[i]->arrival);
}

gsize
rtp_window_get_memory (const RtpWindow * window)
{
  gsize n_bytes = window->n_bytes;

  if (window->jump != NULL)
    n_bytes += window->jump->size;
  for (const GList * l = window->repeated.head; l != NULL; l = l->next)
    n_bytes += ((const Copy *) l->data)->size;
  return n_bytes;
}

guint64
rtp_window_get_due (const RtpWindow * window)
{
  return window->n_held > 0 ? window->since + window->latency : G_MAXUINT64;
}

void
rtp_window_advance (RtpWindow * window, guint64 now)
{
  guint64 number = window->next;

  if (now < rtp_window_get_due (window))
    return;
  /* What is missing before a packet has been missing since that came */
  for (guint64 i = window->next; i <= window->newest; i++) {
    const Copy *copy = *get_slot (window, i);

    if (copy != NULL && now >= copy->arrival + window->latency)
      number = i;
  }
  advance_to (window, number);
}

void
rtp_window_pass (RtpWindow * window)
{
  if (window->n_held > 0)
    advance_to (window, window->newest);
}

void
rtp_window_begin (RtpWindow * window)
{
  if (window->is_beginning)
    rtp_window_pass (window);
}

void
rtp_window_flush (RtpWindow * window)
{
  rtp_window_pass (window);
  drop_jump (window);
  drop_repeated (window);
}

/* --- arrivals -------------------------------------------------------------- */

/* Passes on a packet whose place is still ahead, or holds it there */
static void
place (RtpWindow * window, const RtpPacket * packet, BytesSpan datagram,
    guint64 number, guint64 now)
{
  if (window->next == 0) {
    window->next = window->latency > 0 ? number - BEGINNING : number;
    window->is_beginning = TRUE;
  }
  window->newest = MAX (window->newest, number);
  /* Nothing waits that could come no more */
  if (number >= window->next + RTP_WINDOW_MAX_PACKETS)
    advance_to (window, number - RTP_WINDOW_MAX_PACKETS + 1);
  if (window->latency == 0)
    advance_to (window, number);

  if (number == window->next) {
    pass (window, packet, datagram, now);
    if (window->n_held > 0)
      advance_to (window, window->next);
  } else {
    if (window->held == NULL)
      window->held = g_new0 (Copy *, RTP_WINDOW_MAX_PACKETS);
    if (window->n_held++ == 0)
      window->since = now;
    window->n_bytes += datagram.size;
    *get_slot (window, number) = copy_new (packet, datagram, now);
    while (window->n_bytes > RTP_WINDOW_MAX_BYTES)
      advance_to (window, window->next + 1);
  }
}

/* Keeps a packet that is of no use, unless others prove a new start */
static void
keep_repeated (RtpWindow * window, const RtpPacket * packet,
    BytesSpan datagram, guint64 now, gboolean is_duplicate)
{
  const Copy *last = g_queue_peek_tail (&window->repeated);

  if (last != NULL && (guint16) (packet->sequence - last->sequence - 1)
      > RTP_SEQ_MAX_BEHIND)
    drop_repeated (window);

  Copy *copy = copy_new (packet, datagram, now);
  copy->is_duplicate = is_duplicate;
  g_queue_push_tail (&window->repeated, copy);
  if (window->repeated.length > MAX_REPEATED) {
    Copy *first = g_queue_pop_head (&window->repeated);

    if (first->is_duplicate)
      window->counts.duplicates++;
    else
      window->counts.late++;
    g_free (first);
  }
}

/* The sender has started again, or jumped: the packet follows those that were kept */
static void
restart (RtpWindow * window, const RtpPacket * packet, BytesSpan datagram,
    guint64 number, guint64 now)
{
  GQueue kept = G_QUEUE_INIT;
  Copy *copy;

  if (window->jump != NULL
      && (guint16) (window->jump->sequence + 1) == packet->sequence) {
    g_queue_push_tail (&kept, g_steal_pointer (&window->jump));
  } else {
    kept = window->repeated;
    g_queue_init (&window->repeated);
  }
  rtp_window_flush (window);

  window->counts.restarts++;
  window->next = 0;
  while ((copy = g_queue_pop_head (&kept))) {
    const guint64 of_copy =
        number - (guint16) (packet->sequence - copy->sequence);

    if (window->next == 0) {
      window->next = of_copy;
      window->is_gap = TRUE;
    }
    skip_to (window, of_copy);
    pass_copy (window, copy);
  }
  if (window->next == 0) {
    window->next = number;
    window->is_gap = TRUE;
  }
  skip_to (window, number);
  pass (window, packet, datagram, now);
  window->newest = number;
}

/* Whether a packet behind a silence begins a stream: it has a number from before, and
 * nothing waits for that any more */
static gboolean
is_begun_again (const RtpWindow * window, const RtpPacket * packet, guint64 now)
{
  const guint64 silence = MAX (RTP_WINDOW_SILENCE, window->latency);

  return window->next > 0 && now > window->last_arrival + silence
      && (guint16) (window->newest - window->base - packet->sequence)
      <= RTP_SEQ_MAX_BEHIND;
}

static void
begin_again (RtpWindow * window)
{
  rtp_window_flush (window);
  rtp_seq_init (&window->seq);
  window->base = window->newest;
  window->next = 0;
  window->is_gap = TRUE;
  window->counts.restarts++;
}

void
rtp_window_push (RtpWindow * window, const RtpPacket * packet,
    BytesSpan datagram, guint64 now)
{
  guint64 number;

  window->counts.received++;
  if (is_begun_again (window, packet, now))
    begin_again (window);
  window->last_arrival = now;

  const RtpSeqStatus status = rtp_seq_push (&window->seq, packet->sequence,
      packet->timestamp, &number);
  number += window->base;

  switch (status) {
    case RTP_SEQ_NEW:
      drop_jump (window);
      drop_repeated (window);
      place (window, packet, datagram, number, now);
      break;
    case RTP_SEQ_LATE:
      if (number >= window->next) {
        window->counts.reordered++;
        place (window, packet, datagram, number, now);
      } else {
        keep_repeated (window, packet, datagram, now, FALSE);
      }
      break;
    case RTP_SEQ_DUPLICATE:
      keep_repeated (window, packet, datagram, now, TRUE);
      break;
    case RTP_SEQ_JUMP:
      drop_jump (window);
      window->jump = copy_new (packet, datagram, now);
      break;
    case RTP_SEQ_RESTART:
      restart (window, packet, datagram, number, now);
      break;
  }
  if (window->n_held > 0)
    rtp_window_advance (window, now);
}
