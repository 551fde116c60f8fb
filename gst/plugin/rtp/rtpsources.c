/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpsources.h"

#include <string.h>

typedef enum
{
  CANDIDATE,                    /* no stream yet */
  REPLACED,                     /* a stream without a place, which ends soon */
  WITHOUT_MESSAGE,
  WITH_MESSAGES,
  N_STATES
} State;

/* Where a sender lists its sources: not by whether there are messages */
typedef enum
{
  OF_CANDIDATES = CANDIDATE,
  OF_REPLACED = REPLACED,
  ALONE,                        /* for all that is known, until another begins */
  BESIDE_OTHERS,                /* has gone on after another began */
  N_KINDS
} Kind;

/* What something comes from. Each list begins with the source that has been silent for
 * longest, or was replaced first. */
typedef struct
{
  RtpFlow flow;
  GQueue sources[N_KINDS];
} Sender;

typedef struct _Held Held;
struct _Held
{
  Held *next;
  gint64 arrival_us;
  gsize size;
  guint16 sequence;
  guint8 data[];
};

/* Streams of one IP address with one SSRC */
typedef struct
{
  RtpSource key;                /* of no ports */
  GQueue streams;
} Namesakes;

typedef struct
{
  RtpSource source;
  State state;
  gboolean has_messages;
  gboolean has_resumed;         /* after it seemed to be replaced */
  gboolean is_waiting;          /* has gone on, but there was no place */
  guint64 last;                 /* which packet of all was its last */
  gint64 last_us;               /* or when it was replaced */
  Sender *sender;
  GList link;                   /* among all of its state */
  GList sender_link;
  Namesakes *namesakes;         /* of a stream */
  GList namesakes_link;

  /* of a candidate */
  gboolean is_refused;          /* a stream, and had no place */
  guint n_held;
  Held *held;
  Held **held_end;
} Source;

struct _RtpSources
{
  guint max_streams;
  const RtpSourcesCallbacks *callbacks;
  gpointer user_data;
  GHashTable *table;            /* of Source */
  GHashTable *senders;          /* of Sender */
  GHashTable *namesakes;        /* of Namesakes */
  GQueue lists[N_STATES];       /* ordered as those of a sender */
  Sender *largest[OF_REPLACED + 1];     /* that with most of the kind, or nearly so */
  gsize held_bytes;
  guint64 n_packets;
  guint n_refused;
  guint64 no_place;
  guint64 unproven;
};

/* Nobody outside knows it, so nobody can choose what falls into one place of a table. */
static guint64 seed;

static guint64
mix (guint64 a, guint64 b)
{
  a = (a ^ b) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return a ^ a >> 32;
}

static guint
flow_hash (gconstpointer key)
{
  const RtpFlow *flow = key;
  guint64 ip[2];

  memcpy (ip, flow->source.ip, sizeof (ip));
  return (guint) mix (mix (mix (seed, ip[0]), ip[1]),
      (guint64) flow->source.port << 16 | flow->port);
}

static gboolean
flow_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (RtpFlow)) == 0;
}

static guint
source_hash (gconstpointer key)
{
  const RtpSource *source = key;

  return (guint) mix (mix (seed, flow_hash (&source->flow)), source->ssrc);
}

static gboolean
source_equal (gconstpointer a, gconstpointer b)
{
  const RtpSource *x = a;
  const RtpSource *y = b;

  return x->ssrc == y->ssrc && flow_equal (&x->flow, &y->flow);
}

static void
to_end (GQueue * list, GList * link)
{
  if (list->tail != link) {
    g_queue_unlink (list, link);
    g_queue_push_tail_link (list, link);
  }
}

static GQueue *
get_sender_list (const Source * s)
{
  const Kind kind = s->state <= REPLACED ? (Kind) s->state :
      s->has_resumed ? BESIDE_OTHERS : ALONE;

  return &s->sender->sources[kind];
}

static void
link_source (RtpSources * self, Source * s, State state)
{
  s->state = state;
  g_queue_push_tail_link (&self->lists[state], &s->link);
  g_queue_push_tail_link (get_sender_list (s), &s->sender_link);
}

static void
unlink_source (RtpSources * self, Source * s)
{
  g_queue_unlink (&self->lists[s->state], &s->link);
  g_queue_unlink (get_sender_list (s), &s->sender_link);
}

static void
set_state (RtpSources * self, Source * s, State state)
{
  unlink_source (self, s);
  link_source (self, s, state);
}

static void
note_packet (RtpSources * self, Source * s, gint64 now_us)
{
  s->last = self->n_packets;
  s->last_us = now_us;
  to_end (&self->lists[s->state], &s->link);
  to_end (get_sender_list (s), &s->sender_link);
}

static Sender *
get_sender (RtpSources * self, const RtpFlow * flow)
{
  Sender *sender = g_hash_table_lookup (self->senders, flow);

  if (sender == NULL) {
    sender = g_new0 (Sender, 1);
    sender->flow = *flow;
    g_hash_table_add (self->senders, sender);
  }
  return sender;
}

static RtpSource
without_ports (const RtpFlow * flow, guint32 ssrc)
{
  RtpSource key = {.flow = *flow,.ssrc = ssrc };

  key.flow.source.port = key.flow.port = 0;
  return key;
}

static void
join_namesakes (RtpSources * self, Source * s)
{
  const RtpSource key = without_ports (&s->source.flow, s->source.ssrc);

  s->namesakes = g_hash_table_lookup (self->namesakes, &key);
  if (s->namesakes == NULL) {
    s->namesakes = g_new0 (Namesakes, 1);
    s->namesakes->key = key;
    g_hash_table_add (self->namesakes, s->namesakes);
  }
  g_queue_push_tail_link (&s->namesakes->streams, &s->namesakes_link);
}

static void
leave_namesakes (RtpSources * self, Source * s)
{
  g_queue_unlink (&s->namesakes->streams, &s->namesakes_link);
  if (s->namesakes->streams.length == 0)
    g_hash_table_remove (self->namesakes, &s->namesakes->key);
}

/* What it held is lost, unless it was taken before. */
static void
drop_oldest (RtpSources * self, Source * s)
{
  Held *held = s->held;

  s->held = held->next;
  s->n_held--;
  self->held_bytes -= held->size;
  if (s->is_refused)
    self->no_place++;
  else
    self->unproven++;
  g_free (held);
}

static void
remove_source (RtpSources * self, Source * s)
{
  Sender *sender = s->sender;
  gboolean is_empty = TRUE;

  if (s->state != CANDIDATE) {
    self->callbacks->end (&s->source, self->user_data);
    leave_namesakes (self, s);
  }
  while (s->held != NULL)
    drop_oldest (self, s);
  self->n_refused -= s->is_refused;
  unlink_source (self, s);
  g_hash_table_remove (self->table, &s->source);
  g_free (s);

  for (guint i = 0; i < N_KINDS; i++)
    is_empty = is_empty && sender->sources[i].length == 0;
  if (is_empty) {
    for (guint i = 0; i < G_N_ELEMENTS (self->largest); i++)
      if (self->largest[i] == sender)
        self->largest[i] = NULL;
    g_hash_table_remove (self->senders, &sender->flow);
  }
}

static void
remove_first (RtpSources * self, GQueue * list)
{
  remove_source (self, list->head->data);
}

/* One more is of this sender. */
static void
note_largest (RtpSources * self, Kind kind, Sender * sender)
{
  const Sender *largest = self->largest[kind];

  if (largest == NULL
      || sender->sources[kind].length > largest->sources[kind].length)
    self->largest[kind] = sender;
}

/* Those of the sender that has most of this kind, so that one which floods cannot push
 * out what is another's; NULL if none has two. */
static GQueue *
get_largest (RtpSources * self, Kind kind)
{
  Sender *largest = self->largest[kind];

  return largest != NULL && largest->sources[kind].length > 1 ?
      &largest->sources[kind] : NULL;
}

/* Not the first of a sender, which would be the next to go on if they all do by turns;
 * nor the last, of which packets may be under way. */
static void
bound_replaced (RtpSources * self, Sender * newest)
{
  GQueue *all = &self->lists[REPLACED];

  note_largest (self, OF_REPLACED, newest);
  if (all->length > MAX (self->max_streams, 2)) {
    const GQueue *list = get_largest (self, OF_REPLACED);

    remove_source (self, list ? list->tail->prev->data : all->head->data);
  }
}

/* It gives up its place, and what its caller knows of it stays for a while. */
static void
replace (RtpSources * self, Source * s, gint64 now_us)
{
  self->callbacks->replaced (&s->source, self->user_data);
  s->is_waiting = FALSE;
  s->last_us = now_us;
  set_state (self, s, REPLACED);
  bound_replaced (self, s->sender);
}

/* Replaces the streams of the sender that were silent since packet @since. Those that
 * have gone on once live beside others. Each that is looked at leaves its list, so a new
 * stream costs no more than it did to begin those. */
static void
replace_silent (RtpSources * self, Sender * sender, guint64 since,
    gint64 now_us)
{
  GQueue *alone = &sender->sources[ALONE];
  GQueue *beside = &sender->sources[BESIDE_OTHERS];

  while (alone->head && ((Source *) alone->head->data)->last <= since)
    replace (self, alone->head->data, now_us);
  while (beside->head && ((Source *) beside->head->data)->last_us
      <= now_us - RTP_SOURCES_YIELD_US)
    replace (self, beside->head->data, now_us);
}

static gboolean
is_same_ip (const RtpFlow * a, const RtpFlow * b)
{
  return memcmp (a->source.ip, b->source.ip, sizeof (a->source.ip)) == 0;
}

/* Makes room for a stream that is to have a place, or has it already. */
static gboolean
make_room (RtpSources * self, const Source * s, gint64 now_us)
{
  GQueue *without = &self->lists[WITHOUT_MESSAGE];
  GQueue *with = &self->lists[WITH_MESSAGES];
  const guint n_others = without->length + with->length - (s->state > REPLACED);

  if (n_others < self->max_streams)
    return TRUE;
  while (without->length > 0 && without->head->data != s) {
    Source *other = without->head->data;

    self->callbacks->evict (&other->source, self->user_data);
    if (other->state != WITHOUT_MESSAGE)
      continue;
    /* What is known of it stays: it may be a camera, as what comes may be one */
    replace (self, other, now_us);
    return TRUE;
  }
  for (GList * l = with->head; l; l = l->next) {
    Source *other = l->data;

    if (other->last_us > now_us - RTP_SOURCES_RESTART_US)
      break;
    if (other->last_us <= now_us - RTP_SOURCES_YIELD_US
        || is_same_ip (&other->source.flow, &s->source.flow)) {
      remove_source (self, other);
      return TRUE;
    }
  }
  return FALSE;
}

/* What was replaced goes on. Without a place it may be one late packet; with a second,
 * it was not replaced, and takes a place of those that seemed to replace it. */
static gboolean
resume (RtpSources * self, Source * s, gint64 now_us)
{
  const GQueue *alone = &s->sender->sources[ALONE];

  unlink_source (self, s);
  s->has_resumed = TRUE;
  link_source (self, s, s->has_messages ? WITH_MESSAGES : WITHOUT_MESSAGE);
  note_packet (self, s, now_us);
  if (make_room (self, s, now_us))
    return TRUE;
  if (!s->is_waiting) {
    set_state (self, s, REPLACED);
    s->is_waiting = TRUE;
    return TRUE;
  }
  if (alone->head != NULL) {
    replace (self, alone->head->data, now_us);
    return TRUE;
  }
  remove_source (self, s);
  return FALSE;
}

static Source *
add_candidate (RtpSources * self, const RtpSource * key)
{
  Source *s = g_new0 (Source, 1);

  s->source = *key;
  s->sender = get_sender (self, &key->flow);
  s->link.data = s->sender_link.data = s->namesakes_link.data = s;
  s->held_end = &s->held;
  g_hash_table_add (self->table, s);
  link_source (self, s, CANDIDATE);
  return s;
}

static void
hold (RtpSources * self, Source * s, guint16 sequence, const guint8 * data,
    gsize size, gint64 now_us)
{
  Held *held = g_malloc (sizeof (*held) + size);

  *held = (Held) {
  .arrival_us = now_us,.size = size,.sequence = sequence};
  memcpy (held->data, data, size);
  if (s->held == NULL)
    s->held_end = &s->held;
  *s->held_end = held;
  s->held_end = &held->next;
  self->held_bytes += size;
  if (++s->n_held > RTP_SOURCES_MAX_HELD)
    drop_oldest (self, s);
}

static void
bound_candidates (RtpSources * self, Sender * newest)
{
  GQueue *all = &self->lists[CANDIDATE];

  note_largest (self, OF_CANDIDATES, newest);
  while (all->length > RTP_SOURCES_MAX_CANDIDATES
      || self->held_bytes > RTP_SOURCES_MAX_HELD_BYTES) {
    GQueue *list = get_largest (self, OF_CANDIDATES);

    remove_first (self, list ? list : all);
  }
}

/* Gives what was held, if it is near what proved the stream and not noise of before. */
static void
give_held (RtpSources * self, Source * s, guint16 sequence)
{
  Held *held = g_steal_pointer (&s->held);

  s->n_held = 0;
  while (held != NULL) {
    Held *next = held->next;

    self->held_bytes -= held->size;
    if ((guint16) (sequence - held->sequence + 64) < 128)
      self->callbacks->packet (&s->source, held->data, held->size,
          held->arrival_us, self->user_data);
    else
      self->unproven++;
    g_free (held);
    held = next;
  }
}

/* Whether two packets have come that were sent one behind the other */
static gboolean
is_proven (const Source * s, guint16 sequence)
{
  for (const Held * held = s->held; held != NULL; held = held->next)
    if ((guint16) (held->sequence + 1) == sequence
        || (guint16) (sequence + 1) == held->sequence)
      return TRUE;
  return s->is_refused;
}

static gboolean
become_stream (RtpSources * self, Source * s, guint16 sequence, gint64 now_us)
{
  if (!is_proven (s, sequence))
    return FALSE;
  replace_silent (self, s->sender, s->last, now_us);
  if (!make_room (self, s, now_us)) {
    self->n_refused += !s->is_refused;
    s->is_refused = TRUE;
    return FALSE;
  }
  self->n_refused -= s->is_refused;
  s->is_refused = FALSE;
  set_state (self, s, WITHOUT_MESSAGE);
  join_namesakes (self, s);
  note_packet (self, s, now_us);
  self->callbacks->begin (&s->source, self->user_data);
  give_held (self, s, sequence);
  return TRUE;
}

RtpSource *
rtp_sources_push (RtpSources * self, const RtpFlow * flow, guint32 ssrc,
    guint16 sequence, const guint8 * data, gsize size, gint64 now_us)
{
  const RtpSource key = {.flow = *flow,.ssrc = ssrc };
  Source *s = g_hash_table_lookup (self->table, &key);

  self->n_packets++;
  if (s != NULL && s->state > REPLACED) {
    note_packet (self, s, now_us);
    return &s->source;
  }
  if (s != NULL && s->state == REPLACED) {
    if (resume (self, s, now_us))
      return &s->source;
    s = NULL;
  }
  if (s == NULL)
    s = add_candidate (self, &key);
  else if (become_stream (self, s, sequence, now_us))
    return &s->source;
  note_packet (self, s, now_us);
  hold (self, s, sequence, data, size, now_us);
  bound_candidates (self, s->sender);
  return NULL;
}

void
rtp_sources_note_message (RtpSources * self, RtpSource * source)
{
  Source *s = (Source *) source;

  if (s->has_messages)
    return;
  s->has_messages = TRUE;
  if (s->state != WITHOUT_MESSAGE)
    return;
  /* Behind others that were heard while its packet waited: by so much later it ends */
  g_queue_unlink (&self->lists[WITHOUT_MESSAGE], &s->link);
  s->state = WITH_MESSAGES;
  g_queue_push_tail_link (&self->lists[WITH_MESSAGES], &s->link);
}

RtpSource *
rtp_sources_find (RtpSources * self, const RtpFlow * flow, guint32 ssrc)
{
  /* The ports of RTCP are those of RTP, or those behind (RFC 3550 11) */
  static const guint16 ahead[][2] = { {0, 0}, {1, 1}, {1, 0}, {0, 1} };
  RtpSource key = without_ports (flow, ssrc);
  const Namesakes *namesakes = g_hash_table_lookup (self->namesakes, &key);

  if (namesakes == NULL)
    return NULL;
  if (namesakes->streams.length == 1)
    return namesakes->streams.head->data;
  for (guint i = 0; i < G_N_ELEMENTS (ahead); i++) {
    Source *s;

    key.flow.source.port = (guint16) (flow->source.port - ahead[i][0]);
    key.flow.port = (guint16) (flow->port - ahead[i][1]);
    s = g_hash_table_lookup (self->table, &key);
    if (s != NULL && s->state != CANDIDATE)
      return &s->source;
  }
  return NULL;
}

void
rtp_sources_bye (RtpSources * self, RtpSource * source, gint64 now_us)
{
  Source *s = (Source *) source;

  if (s->state != REPLACED)
    replace (self, s, now_us);
}

static void
expire_list (RtpSources * self, State state, gint64 oldest_us)
{
  GQueue *list = &self->lists[state];

  while (list->head && ((Source *) list->head->data)->last_us <= oldest_us)
    remove_first (self, list);
}

void
rtp_sources_expire (RtpSources * self, gint64 now_us)
{
  for (State state = CANDIDATE; state < N_STATES; state++)
    expire_list (self, state, now_us - (state == REPLACED ?
            RTP_SOURCES_YIELD_US : RTP_SOURCES_SILENCE_US));
}

void
rtp_sources_get_counts (RtpSources * self, RtpSourcesCounts * counts)
{
  *counts = (RtpSourcesCounts) {
  .streams = self->lists[WITHOUT_MESSAGE].length
        + self->lists[WITH_MESSAGES].length,.replaced =
        self->lists[REPLACED].length,.refused = self->n_refused,.no_place =
        self->no_place,.unproven = self->unproven};
}

void
rtp_sources_foreach (RtpSources * self,
    void (*func) (RtpSource * source, gpointer user_data), gpointer user_data)
{
  /* What was replaced goes first, as it was sent first. One that moves on to those
   * with messages has been there by then. */
  static const State states[] = { REPLACED, WITH_MESSAGES, WITHOUT_MESSAGE };
  GList *next;

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    for (GList * l = self->lists[states[i]].head; l; l = next) {
      next = l->next;
      func (&((Source *) l->data)->source, user_data);
    }
}

RtpSources *
rtp_sources_new (guint max_streams, const RtpSourcesCallbacks * callbacks,
    gpointer user_data)
{
  RtpSources *self = g_new0 (RtpSources, 1);
  static gsize is_seeded = 0;

  if (g_once_init_enter (&is_seeded)) {
    seed = (guint64) g_random_int () << 32 | g_random_int ();
    g_once_init_leave (&is_seeded, 1);
  }
  self->max_streams = max_streams;
  self->callbacks = callbacks;
  self->user_data = user_data;
  self->table = g_hash_table_new (source_hash, source_equal);
  self->senders = g_hash_table_new_full (flow_hash, flow_equal, g_free, NULL);
  self->namesakes =
      g_hash_table_new_full (source_hash, source_equal, g_free, NULL);
  return self;
}

void
rtp_sources_forget_candidates (RtpSources * self)
{
  while (self->lists[CANDIDATE].length > 0)
    remove_first (self, &self->lists[CANDIDATE]);
}

void
rtp_sources_free (RtpSources * self)
{
  for (State state = CANDIDATE; state < N_STATES; state++)
    while (self->lists[state].length > 0)
      remove_first (self, &self->lists[state]);
  g_hash_table_unref (self->table);
  g_hash_table_unref (self->senders);
  g_hash_table_unref (self->namesakes);
  g_free (self);
}
