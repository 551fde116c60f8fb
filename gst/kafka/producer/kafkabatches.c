/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkabatches.h"

/* What a request has beside its records, at most: the names of topic and client */
#define REQUEST_OVERHEAD 512

/* What a record takes on the wire beside its own bytes, at most (Kafka's record format 2):
 * three bytes for its length, one of attributes, six for its time, three each for its offset
 * and the lengths of key and value, one for the number of headers; and two lengths
 * for each header. Of a batch that turns out larger librdkafka sends the rest late. */
#define RECORD_OVERHEAD 20
#define HEADER_OVERHEAD 4

/* librdkafka sends an idempotent client's next request for a partition as long as fewer records
 * than this are out, because brokers know the last five requests again */
#define MAX_OUT 5

/* how long before its time the answer to a full batch is expected */
#define EARLY_US (12 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  gint32 id;
  guint n_requests;             /* out, or about to be */
  GQueue idle;                  /* partitions that may go and have nothing gathered; the longest first */
  GQueue waiting;               /* partitions that may go when an answer has come */
} Leader;

typedef struct
{
  guint n_records;
  guint n_out;                  /* that a report is owed for */
  gsize bytes;
  gint64 begun_us;
  gint64 sent_us;               /* at the earliest; 0: it still gets records */
  gboolean is_done;
} Batch;

typedef struct
{
  gint32 id;
  Leader *leader;
  gint64 proven_us;             /* when it last acknowledged a batch, or 0 */
  gint64 answer_us;             /* how long that took */
  gboolean flows;               /* a full batch was waiting then */

  GQueue held;                  /* of KafkaRecord, by held_link: gathered */
  gsize held_bytes;
  gint64 due_us;                /* while it is gathering or awaiting */
  GQueue *place;                /* where it is: a leader's, gathering, awaiting, ready; or NULL */
  GList link;                   /* there */

  guint n_out;                  /* records in its batches */
  Batch batches[MAX_OUT];       /* out, by their number; */
  guint first, n_batches;       /* of these, */
  guint n_open;                 /* and so many are not done */
} Partition;

struct _KafkaBatches
{
  KafkaBatchLimits limits;
  KafkaPace pace;
  GPtrArray *partitions;        /* also those that the topic had before */
  gint32 n;                     /* partitions of the topic */
  GPtrArray *leaders;
  GQueue gathering;             /* partitions that may go, by due_us */
  GQueue awaiting;              /* partitions that have to wait for a time, by due_us */
  GQueue ready;                 /* partitions that have a request to make */
  Partition *current;           /* of which a batch is being handed over */
  Partition *recent;            /* that acknowledged last */
  gboolean hurries;             /* nothing waits for others to join it */
  gboolean makes_way;           /* an answer has, for a batch behind */
  gint64 round_us;              /* since when records have been handed over together, */
  guint n_round;                /* and how many */
  guint next_leader;            /* to get a record without key */
};

static Partition *
get_partition (const KafkaBatches * self, gint32 i)
{
  return g_ptr_array_index (self->partitions, i);
}

static Batch *
get_first_batch (Partition * partition)
{
  return &partition->batches[partition->first];
}

static Batch *
get_last_batch (Partition * partition)
{
  return &partition->batches[(partition->first + partition->n_batches - 1)
      % MAX_OUT];
}

static gsize
get_bytes (const KafkaRecord * record)
{
  return kafka_record_get_size (record) + RECORD_OVERHEAD
      + record->headers_size + record->content.n_headers * HEADER_OVERHEAD;
}

static Leader *
get_leader (KafkaBatches * self, gint32 id)
{
  Leader *leader;

  for (guint i = 0; i < self->leaders->len; i++) {
    leader = g_ptr_array_index (self->leaders, i);
    if (leader->id == id)
      return leader;
  }
  leader = g_new0 (Leader, 1);
  leader->id = id;
  g_ptr_array_add (self->leaders, leader);
  return leader;
}

static Partition *
partition_new (gint32 id, Leader * leader)
{
  Partition *partition = g_new0 (Partition, 1);

  partition->id = id;
  partition->leader = leader;
  partition->link.data = partition;
  return partition;
}

/* What it holds is in no list from now on. */
static void
partition_free (gpointer data)
{
  Partition *partition = data;

  while (g_queue_pop_head_link (&partition->held));
  g_free (partition);
}

KafkaBatches *
kafka_batches_new (const KafkaBatchLimits * limits, const KafkaPace * pace)
{
  KafkaBatches *self = g_new0 (KafkaBatches, 1);

  self->limits = *limits;
  self->pace = *pace;
  self->partitions = g_ptr_array_new_with_free_func (partition_free);
  self->leaders = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
kafka_batches_free (KafkaBatches * self)
{
  g_ptr_array_unref (self->partitions);
  g_ptr_array_unref (self->leaders);
  g_free (self);
}

KafkaPace *
kafka_batches_get_pace (KafkaBatches * self)
{
  return &self->pace;
}

static void
move_to (Partition * partition, GQueue * place)
{
  if (partition->place)
    g_queue_unlink (partition->place, &partition->link);
  partition->place = place;
  if (place)
    g_queue_push_tail_link (place, &partition->link);
}

static gboolean
is_proven (const Partition * partition, gint64 now_us)
{
  return partition->proven_us > 0
      && now_us - partition->proven_us < KAFKA_PROOF_US;
}

/* Whether a batch of @n records and @bytes takes another record */
static gboolean
fits (const KafkaBatches * self, const Partition * partition, guint n,
    gsize bytes, gint64 now_us)
{
  return n < (is_proven (partition, now_us) ? self->limits.max_records : 1)
      && bytes < self->pace.batch_bytes;
}

/* Whether what is gathered fills a batch */
static gboolean
is_full (const KafkaBatches * self, const Partition * partition, gint64 now_us)
{
  return !fits (self, partition, partition->held.length,
      REQUEST_OVERHEAD + partition->held_bytes, now_us);
}

/* Librdkafka keeps what has no leader, and no other waits for that. */
static gboolean
has_request (const KafkaBatches * self, const Leader * leader)
{
  return leader->id < 0 || leader->n_requests < self->limits.max_requests;
}

/* From when on the next batch may go; G_MAXINT64: not before a report */
static gint64
get_start (const KafkaBatches * self, Partition * partition, gint64 now_us)
{
  if (partition->n_batches == 0)
    return 0;
  if (!self->limits.is_pipelined || partition->n_batches == MAX_OUT
      || !is_proven (partition, now_us))
    return G_MAXINT64;
  if (partition->n_out < MAX_OUT)
    return 0;
  if (partition->n_batches > 1 || !partition->flows
      || !is_full (self, partition, now_us))
    return G_MAXINT64;
  return get_first_batch (partition)->sent_us + partition->answer_us - EARLY_US;
}

static void
make_ready (KafkaBatches * self, Partition * partition)
{
  partition->leader->n_requests++;
  move_to (partition, &self->ready);
}

/* @place: gathering or awaiting; nearly all come in the order of their time. */
static void
wait_until (Partition * partition, GQueue * place, gint64 due_us)
{
  GList *before;

  move_to (partition, NULL);
  partition->due_us = due_us;
  before = place->tail;
  while (before && ((Partition *) before->data)->due_us > due_us)
    before = before->prev;
  g_queue_insert_after_link (place, before, &partition->link);
  partition->place = place;
}

/* Puts @partition where it belongs after something has changed. */
static void
put (KafkaBatches * self, Partition * partition, gint64 now_us)
{
  const KafkaRecord *first = partition->held.head ?
      partition->held.head->data : NULL;
  Leader *leader = partition->leader;
  const gint64 start_us = get_start (self, partition, now_us);
  gint64 due_us = 0;

  if (partition->id >= self->n || partition == self->current
      || partition->place == &self->ready
      || partition->place == &leader->waiting)
    return;
  if (!first) {
    partition->flows = FALSE;
    move_to (partition, start_us == 0 ? &leader->idle : NULL);
    return;
  }
  if (!self->hurries && !is_full (self, partition, now_us)
      && now_us < first->enqueued_us + self->limits.gather_us / 2)
    due_us = first->enqueued_us + self->limits.gather_us;
  if (start_us == G_MAXINT64)
    move_to (partition, NULL);
  else if (start_us > now_us)
    wait_until (partition, &self->awaiting, start_us);
  else if (due_us > now_us)
    wait_until (partition, &self->gathering, due_us);
  else if (has_request (self, leader) && g_queue_is_empty (&leader->waiting))
    make_ready (self, partition);
  else
    move_to (partition, &leader->waiting);
}

static void
end_wait (KafkaBatches * self, Leader * leader)
{
  while (!g_queue_is_empty (&leader->waiting) && has_request (self, leader))
    make_ready (self, g_queue_peek_head (&leader->waiting));
}

/* All of @batch is reported. */
static void
finish (KafkaBatches * self, Partition * partition, Batch * batch,
    gboolean acknowledged, gint64 now_us)
{
  Leader *leader = partition->leader;
  const gboolean was_first = batch == get_first_batch (partition);

  batch->is_done = TRUE;
  partition->n_open--;
  leader->n_requests--;
  if (acknowledged) {
    partition->proven_us = now_us;
    partition->answer_us = MAX (now_us - batch->sent_us, 0);
    partition->flows = is_full (self, partition, now_us);
    kafka_pace_answered (&self->pace, batch->bytes, partition->answer_us);
    if (partition->id < self->n)
      self->recent = partition;
  }
  while (partition->n_batches > 0 && get_first_batch (partition)->is_done) {
    partition->first = (partition->first + 1) % MAX_OUT;
    partition->n_batches--;
  }
  /* one that was behind it goes out with this answer */
  if (was_first && partition->n_batches > 0) {
    batch = get_first_batch (partition);
    if (batch->sent_us > 0)
      batch->sent_us = MAX (batch->sent_us, now_us);
    self->makes_way = TRUE;
  }
  put (self, partition, now_us);
  end_wait (self, leader);
}

static Batch *
begin (Partition * partition, gint64 now_us)
{
  Batch *batch;

  partition->n_batches++;
  partition->n_open++;
  batch = get_last_batch (partition);
  *batch = (Batch) {
  .bytes = REQUEST_OVERHEAD,.begun_us = now_us};
  return batch;
}

static void
end (KafkaBatches * self, gint64 now_us)
{
  Partition *partition = g_steal_pointer (&self->current);
  Batch *batch = get_last_batch (partition);

  batch->sent_us = now_us;
  if (batch->n_out == 0)
    finish (self, partition, batch, FALSE, now_us);
  else
    put (self, partition, now_us);
}

static void
join (Partition * partition, Batch * batch, KafkaRecord * record)
{
  record->partition = partition->id;
  record->batch = batch - partition->batches;
  partition->n_out++;
  batch->n_records++;
  batch->n_out++;
  batch->bytes += get_bytes (record);
}

static void
part (Partition * partition, Batch * batch, KafkaRecord * record)
{
  record->partition = -1;
  partition->n_out--;
  batch->n_out--;
}

static KafkaRecord *
pop_held (Partition * partition)
{
  GList *link = g_queue_pop_head_link (&partition->held);

  partition->held_bytes -= get_bytes (link->data);
  return link->data;
}

/* Removes it from where it waits for the next batch. */
static void
withdraw (KafkaBatches * self, Partition * partition, gint64 now_us)
{
  if (partition == self->current)
    end (self, now_us);
  if (partition->place == &self->ready)
    partition->leader->n_requests--;
  move_to (partition, NULL);
}

void
kafka_batches_set_count (KafkaBatches * self, gint32 n, GQueue * held,
    gint64 now_us)
{
  /* so that not all clients begin with the same partition */
  const gint32 first = g_random_int_range (0, n);

  self->n = n;
  self->recent = NULL;
  for (guint i = 0; i < self->partitions->len; i++) {
    Partition *partition = get_partition (self, i);

    /* it may be another topic of the same name */
    partition->proven_us = 0;
    withdraw (self, partition, now_us);
    while (!g_queue_is_empty (&partition->held)) {
      KafkaRecord *record = pop_held (partition);

      record->partition = i;
      g_queue_push_tail_link (held, &record->held_link);
    }
  }
  while (self->partitions->len < (guint) n)
    g_ptr_array_add (self->partitions,
        partition_new (self->partitions->len, get_leader (self, -1)));
  for (gint32 i = 0; i < n; i++)
    put (self, get_partition (self, (first + i) % n), now_us);
  for (guint i = 0; i < self->leaders->len; i++)
    end_wait (self, g_ptr_array_index (self->leaders, i));
}

void
kafka_batches_set_leader (KafkaBatches * self, gint32 i, gint32 id,
    gint64 now_us)
{
  Partition *partition = get_partition (self, i);
  Leader *before = partition->leader;
  Leader *after = get_leader (self, id);

  if (after == before)
    return;
  if (partition->place != &self->gathering)
    withdraw (self, partition, now_us);
  before->n_requests -= partition->n_open;
  after->n_requests += partition->n_open;
  partition->leader = after;
  if (!partition->place)
    put (self, partition, now_us);
  end_wait (self, before);
}

static void
gather (KafkaBatches * self, Partition * partition, KafkaRecord * record,
    gint64 now_us)
{
  record->partition = -1;
  partition->held_bytes += get_bytes (record);
  if (partition->place != &self->gathering || is_full (self, partition, now_us))
    put (self, partition, now_us);
}

void
kafka_batches_add (KafkaBatches * self, gint32 i, KafkaRecord * record,
    gint64 now_us)
{
  Partition *partition = get_partition (self, i);

  g_queue_push_tail_link (&partition->held, &record->held_link);
  gather (self, partition, record, now_us);
}

static gboolean
has_room (const KafkaBatches * self, const Partition * partition,
    const KafkaRecord * record, gint64 now_us)
{
  return fits (self, partition, partition->held.length, REQUEST_OVERHEAD
      + partition->held_bytes + get_bytes (record), now_us)
      || partition->held.length == 0;
}

/* Returns: (nullable): the partition that has been idle for longest, of the leader whose
 * turn it is among those that take a request; one without leader is the last resort */
static Partition *
find_idle (KafkaBatches * self)
{
  Partition *without_leader = NULL;

  for (guint i = 0; i < self->leaders->len; i++) {
    Leader *leader = self->leaders->pdata[self->next_leader++
        % self->leaders->len];

    if (leader->id < 0)
      without_leader = g_queue_peek_head (&leader->idle);
    else if (has_request (self, leader) && !g_queue_is_empty (&leader->idle))
      return g_queue_peek_head (&leader->idle);
  }
  return without_leader;
}

/* All leaders have enough: what comes goes out next where the last answer came from.
 * Returns: (nullable) */
static Partition *
find_next (const KafkaBatches * self, const KafkaRecord * record, gint64 now_us)
{
  Leader *leader = self->recent ? self->recent->leader : NULL;
  Partition *next;

  if (!leader)
    return NULL;
  next = g_queue_peek_head (&leader->waiting);
  if (next && has_room (self, next, record, now_us))
    return next;
  next = g_queue_peek_head (&leader->idle);
  if (next)
    return next;
  return has_room (self, self->recent, record, now_us) ? self->recent : NULL;
}

gint32
kafka_batches_find_room (KafkaBatches * self, gint32 sticky,
    const KafkaRecord * record, gint64 now_us)
{
  Partition *partition = sticky >= 0 ? get_partition (self, sticky) : NULL;

  /* of one that has something out already nobody knows when it goes on */
  if (partition && partition->place
      && has_room (self, partition, record, now_us))
    return sticky;
  partition = find_idle (self);
  if (!partition)
    partition = find_next (self, record, now_us);
  /* what is gathered cannot become larger */
  if (!partition)
    kafka_batches_hurry (self, now_us);
  return partition ? partition->id : -1;
}

/* A record is handed over. Those within half of the time for which records are gathered are one
 * round. */
static void
count_in_round (KafkaBatches * self, gint64 now_us)
{
  if (now_us >= self->round_us + self->limits.gather_us / 2) {
    self->round_us = now_us;
    self->n_round = 0;
  }
  self->n_round++;
}

/* Returns: when the next round is, where rounds are of several records, or else 0: the thread
 * need not wake for the first record of each */
static gint64
get_next_round (const KafkaBatches * self)
{
  return self->n_round > 1 ? self->round_us + self->limits.gather_us : 0;
}

/* From when on librdkafka may send what it has of @batch, which is the last one of @partition:
 * G_MAXINT64 where it waits for an answer anyway */
static gint64
get_end (const KafkaBatches * self, const Partition * partition,
    const Batch * batch)
{
  return partition->n_batches == 1 ?
      batch->begun_us + self->limits.hand_over_us : G_MAXINT64;
}

/* Whether @batch, which is the last one of @partition, is to have @record, too */
static gboolean
takes (const KafkaBatches * self, const Partition * partition,
    const Batch * batch, const KafkaRecord * record, gint64 now_us)
{
  if (batch->n_records == 0)
    return TRUE;
  if (now_us >= get_end (self, partition, batch))
    return FALSE;
  return fits (self, partition, batch->n_records,
      batch->bytes + get_bytes (record), now_us);
}

/* Returns: when the first of @place is due; G_MAXINT64: there is none */
static gint64
get_first_due (const GQueue * place)
{
  return place->head ? ((Partition *) place->head->data)->due_us : G_MAXINT64;
}

/* Ends the wait of those that are due until @until_us. */
static void
end_wait_in (KafkaBatches * self, GQueue * place, gint64 until_us,
    gint64 now_us)
{
  while (place->head && get_first_due (place) <= until_us) {
    Partition *partition = place->head->data;

    move_to (partition, NULL);
    put (self, partition, now_us);
  }
}

static void
end_gathering (KafkaBatches * self, gint64 until_us, gint64 now_us)
{
  self->hurries = TRUE;
  end_wait_in (self, &self->gathering, until_us, now_us);
  self->hurries = FALSE;
}

/* Where one goes, those go along that have waited half of the time, so that the thread need not wake
 * for each of many partitions. */
static void
end_waits (KafkaBatches * self, gint64 now_us)
{
  end_wait_in (self, &self->awaiting, now_us, now_us);
  if (get_first_due (&self->gathering) <= now_us)
    end_gathering (self, now_us + self->limits.gather_us / 2, now_us);
}

KafkaRecord *
kafka_batches_take (KafkaBatches * self, gint64 now_us)
{
  Partition *partition;

  end_waits (self, now_us);
  while (self->current || !g_queue_is_empty (&self->ready)) {
    const KafkaRecord *next;
    Batch *batch;

    if (!self->current) {
      self->current = g_queue_peek_head (&self->ready);
      move_to (self->current, NULL);
      begin (self->current, now_us);
    }
    partition = self->current;
    batch = get_last_batch (partition);
    next = partition->held.head ? partition->held.head->data : NULL;
    if (next && takes (self, partition, batch, next, now_us)) {
      join (partition, batch, pop_held (partition));
      count_in_round (self, now_us);
      return (KafkaRecord *) next;
    }
    end (self, now_us);
  }
  return NULL;
}

gint64
kafka_batches_get_end (const KafkaBatches * self, const KafkaRecord * record)
{
  Partition *partition = get_partition (self, record->partition);

  return get_end (self, partition, &partition->batches[record->batch]);
}

void
kafka_batches_untake (KafkaBatches * self, gint32 i, KafkaRecord * record,
    gint64 now_us)
{
  Partition *before = get_partition (self, record->partition);
  Partition *partition = get_partition (self, i);
  Batch *batch = &before->batches[record->batch];

  part (before, batch, record);
  batch->n_records--;
  batch->bytes -= get_bytes (record);
  /* one that goes back as a whole begins anew, if it still may */
  if (batch->n_records == 0 && before == self->current)
    end (self, now_us);
  else if (batch->n_out == 0 && batch->sent_us > 0)
    finish (self, before, batch, FALSE, now_us);
  g_queue_push_head_link (&partition->held, &record->held_link);
  partition->held_bytes += get_bytes (record);
  put (self, partition, now_us);
}

void
kafka_batches_join (KafkaBatches * self, gint32 i, KafkaRecord * record,
    gint64 now_us)
{
  Partition *partition = get_partition (self, i);
  Batch *batch;

  if (partition->n_batches == 0) {
    withdraw (self, partition, now_us);
    partition->leader->n_requests++;
    begin (partition, now_us)->sent_us = now_us;
  }
  batch = get_last_batch (partition);
  if (batch->is_done) {
    batch->is_done = FALSE;
    partition->n_open++;
    partition->leader->n_requests++;
  }
  join (partition, batch, record);
  put (self, partition, now_us);
}

/* It is proven no more. What was about to go may have to wait. */
static void
doubt (KafkaBatches * self, Partition * partition, gint64 now_us)
{
  if (partition->proven_us == 0)
    return;
  partition->proven_us = 0;
  if (!partition->place)
    return;
  withdraw (self, partition, now_us);
  put (self, partition, now_us);
  end_wait (self, partition->leader);
}

void
kafka_batches_leave (KafkaBatches * self, KafkaRecord * record,
    gboolean acknowledged, gint64 now_us)
{
  Partition *partition;
  Batch *batch;

  if (record->partition < 0)
    return;
  partition = get_partition (self, record->partition);
  batch = &partition->batches[record->batch];
  part (partition, batch, record);
  if (!acknowledged)
    doubt (self, partition, now_us);
  if (batch->n_out == 0 && batch->sent_us > 0)
    finish (self, partition, batch, acknowledged, now_us);
  else if (partition->n_out < MAX_OUT && !partition->place)
    put (self, partition, now_us);
}

void
kafka_batches_hurry (KafkaBatches * self, gint64 now_us)
{
  end_gathering (self, G_MAXINT64, now_us);
}

void
kafka_batches_doubt (KafkaBatches * self, gint64 now_us)
{
  for (guint i = 0; i < self->partitions->len; i++)
    doubt (self, get_partition (self, i), now_us);
}

gboolean
kafka_batches_take_way (KafkaBatches * self)
{
  const gboolean makes_way = self->makes_way && !self->current;

  self->makes_way &= !makes_way;
  return makes_way;
}

gint64
kafka_batches_get_due (const KafkaBatches * self, gint64 now_us)
{
  const gint64 round_us = get_next_round (self);
  const gint64 due_us = MIN (get_first_due (&self->gathering),
      get_first_due (&self->awaiting));

  if (self->current || self->ready.head)
    return 0;
  return now_us < round_us ? MIN (due_us, round_us) : due_us;
}

gboolean
kafka_batches_any_is_idle (const KafkaBatches * self, gint64 now_us)
{
  /* what comes now need not be seen before these go */
  if (!g_queue_is_empty ((GQueue *) & self->gathering)
      || now_us < get_next_round (self))
    return FALSE;
  for (guint i = 0; i < self->leaders->len; i++) {
    const Leader *leader = g_ptr_array_index (self->leaders, i);

    if (has_request (self, leader)
        && !g_queue_is_empty ((GQueue *) & leader->idle))
      return TRUE;
  }
  return FALSE;
}

gint32
kafka_batches_find_oldest (const KafkaBatches * self)
{
  const Batch *oldest = NULL;
  gint32 found = -1;

  for (guint i = 0; i < self->partitions->len; i++) {
    Partition *partition = get_partition (self, i);
    const Batch *first = get_first_batch (partition);

    if (partition->n_batches > 0
        && (!oldest || first->begun_us < oldest->begun_us)) {
      oldest = first;
      found = i;
    }
  }
  return found;
}
