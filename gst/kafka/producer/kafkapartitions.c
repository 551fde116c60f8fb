/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkaconf.h"
#include "kafkapartitions.h"

typedef gint32 (*Partitioner) (const rd_kafka_topic_t * topic,
    const void *key, size_t key_size, gint32 n, void *topic_opaque,
    void *opaque);

/* librdkafka's, by the names that the setting `partitioner` has for them */
static const struct
{
  const char *name;
  Partitioner choose;           /* NULL: the key does not count */
  gboolean needs_key;           /* any partition will do for a record without */
} partitioners[] = {
  {"murmur2_random", rd_kafka_msg_partitioner_murmur2_random, TRUE},
  {"murmur2", rd_kafka_msg_partitioner_murmur2, FALSE},
  {"consistent_random", rd_kafka_msg_partitioner_consistent_random, TRUE},
  {"consistent", rd_kafka_msg_partitioner_consistent, FALSE},
  {"fnv1a_random", rd_kafka_msg_partitioner_fnv1a_random, TRUE},
  {"fnv1a", rd_kafka_msg_partitioner_fnv1a, FALSE},
  {"random", NULL, FALSE}
};

/* What librdkafka counts towards batch.size beyond the bytes themselves, at most: the
 * request with the names of topic and client; and the lengths and time of a record,
 * and lengths of a header. A batch that it would split sends its rest too late. */
#define BATCH_OVERHEAD 512
#define RECORD_OVERHEAD 40
#define HEADER_OVERHEAD 10

/* The least that linger.ms can be, so that a backlog makes batches. librdkafka must
 * not send before that either: what joins the batch later would be a second one. */
#define MIN_LINGER_MS 0.5

/* The batch at hand, and what waits for the next one. */
typedef struct
{
  gint32 id;
  gint64 proven_us;             /* when it last acknowledged a record, or 0 */
  guint n_out;                  /* records that a report is owed for */
  guint n_batch;                /* records in the batch, reported or not */
  gsize batch_bytes;
  gint64 open_until_us;         /* at the latest */
  GQueue held;                  /* of KafkaRecord, by held_link */
  GQueue *place;                /* idle, open, or NULL: the batch is closed */
  GList link;                   /* there */
  gboolean is_ready;
  GList ready_link;
} Partition;

struct _KafkaPartitions
{
  Partitioner partitioner;
  gboolean needs_key;
  gint64 sticky_us;             /* how long any partition is the same one */
  gint64 open_us;               /* the same as linger.ms */
  guint max_batch;              /* in records */

  GMutex lock;                  /* of all below */
  KafkaPace pace;
  GPtrArray *partitions;        /* also those that the topic had before */
  gint32 n;                     /* partitions of the topic */
  GQueue idle;                  /* have nothing out; the longest first */
  GQueue open;                  /* their batches take more; the oldest first */
  GQueue ready;                 /* all that hold records and are idle, and others */
  Partition *sticky;            /* that records without key go to */
  gint64 sticky_until_us;
  GThread *sender;              /* the thread that sends */
};

static Partition *
get_partition (KafkaPartitions * self, gint32 i)
{
  return g_ptr_array_index (self->partitions, i);
}

static Partition *
partition_new (gint32 id)
{
  Partition *partition = g_new0 (Partition, 1);

  partition->id = id;
  partition->link.data = partition->ready_link.data = partition;
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

static void
move_to (Partition * partition, GQueue * place)
{
  if (partition->place)
    g_queue_unlink (partition->place, &partition->link);
  partition->place = place;
  if (place)
    g_queue_push_tail_link (place, &partition->link);
}

/* Every batch is open for the same time, so the oldest one is closed first. */
static void
close_old_batches (KafkaPartitions * self, gint64 now_us)
{
  Partition *oldest;

  while ((oldest = g_queue_peek_head (&self->open))
      && now_us >= oldest->open_until_us)
    move_to (oldest, NULL);
}

static gsize
get_batch_bytes (const KafkaRecord * record)
{
  return kafka_record_get_size (record) + RECORD_OVERHEAD
      + record->headers_size + record->content.n_headers * HEADER_OVERHEAD;
}

static gboolean
fits (const KafkaPartitions * self, const Partition * partition, gsize bytes)
{
  return partition->n_batch < self->max_batch
      && partition->batch_bytes + bytes < self->pace.batch_bytes;
}

/* A batch that has no room for a record is closed, so nobody asks it again. */
static gboolean
has_room (KafkaPartitions * self, Partition * partition,
    const KafkaRecord * record)
{
  if (partition->place == &self->open
      && !fits (self, partition, get_batch_bytes (record)))
    move_to (partition, NULL);
  return partition->place != NULL;
}

static gboolean
is_proven (const Partition * partition, gint64 now_us)
{
  return partition->proven_us > 0
      && now_us - partition->proven_us < KAFKA_PROOF_US;
}

static void
join_batch (KafkaPartitions * self, Partition * partition,
    KafkaRecord * record, gint64 now_us)
{
  record->partition = partition->id;
  if (partition->n_out == 0) {
    partition->n_batch = 0;
    partition->batch_bytes = BATCH_OVERHEAD;
    partition->open_until_us = now_us + self->open_us;
    move_to (partition, is_proven (partition, now_us) ? &self->open : NULL);
  }
  partition->n_out++;
  partition->n_batch++;
  partition->batch_bytes += get_batch_bytes (record);
  if (partition->place && !fits (self, partition, RECORD_OVERHEAD))
    move_to (partition, NULL);
}

static void
make_ready (KafkaPartitions * self, Partition * partition)
{
  if (partition->is_ready || g_queue_is_empty (&partition->held))
    return;
  partition->is_ready = TRUE;
  g_queue_push_tail_link (&self->ready, &partition->ready_link);
}

static void
leave_batch (KafkaPartitions * self, KafkaRecord * record,
    gboolean acknowledged)
{
  Partition *partition;

  if (record->partition < 0)
    return;
  partition = get_partition (self, record->partition);
  record->partition = -1;
  if (!acknowledged)
    partition->proven_us = 0;
  if (--partition->n_out > 0)
    return;
  if (acknowledged) {
    const gint64 now_us = g_get_monotonic_time ();

    partition->proven_us = now_us;
    kafka_pace_answered (&self->pace, partition->batch_bytes,
        MAX (now_us - partition->open_until_us, 0));
  }
  if (partition->id >= self->n)
    return;
  move_to (partition, &self->idle);
  make_ready (self, partition);
}

static gboolean
any_will_do (const KafkaPartitions * self, const KafkaRecord * record)
{
  return !self->partitioner || (self->needs_key
      && record->content.key_size == 0);
}

/* The partition that @record belongs to: its key's, or the one it has already */
static gint32
choose (const KafkaPartitions * self, const KafkaRecord * record)
{
  if (any_will_do (self, record))
    return record->partition % self->n;
  return self->partitioner (NULL, record->content.key,
      record->content.key_size, self->n, NULL, NULL);
}

/* Any partition that has room, or NULL. The same one for a while, which makes for
 * larger batches. */
static Partition *
choose_any (KafkaPartitions * self, const KafkaRecord * record, gint64 now_us)
{
  Partition *chosen = self->sticky;

  if (chosen && now_us < self->sticky_until_us
      && has_room (self, chosen, record))
    return chosen;
  chosen = g_queue_peek_head (&self->idle);
  while (!chosen && (chosen = g_queue_peek_tail (&self->open)))
    if (!has_room (self, chosen, record))
      chosen = NULL;
  self->sticky = chosen;
  self->sticky_until_us = now_us + self->sticky_us;
  return chosen;
}

/* The topic has @n partitions now. What is held back for a key goes where the key
 * goes from now on, in the order in which it was. */
static void
set_count (KafkaPartitions * self, gint32 n)
{
  /* so that not all clients begin with the same partition */
  const gint32 first = g_random_int_range (0, n);
  GQueue held = G_QUEUE_INIT;
  GList *link;

  for (guint i = 0; i < self->partitions->len; i++) {
    Partition *partition = get_partition (self, i);

    /* it may be another topic of the same name */
    partition->proven_us = 0;
    while ((link = g_queue_pop_head_link (&partition->held))) {
      ((KafkaRecord *) link->data)->partition = i;
      g_queue_push_tail_link (&held, link);
    }
    if (partition->id >= n)
      move_to (partition, NULL);
  }
  while (self->partitions->len < (guint) n)
    g_ptr_array_add (self->partitions, partition_new (self->partitions->len));
  for (gint32 i = 0; i < n; i++) {
    Partition *partition = get_partition (self, (first + i) % n);

    if (partition->n_out == 0)
      move_to (partition, &self->idle);
  }
  self->n = n;
  self->sticky = NULL;
  while ((link = g_queue_pop_head_link (&held))) {
    KafkaRecord *record = link->data;
    Partition *partition = get_partition (self, choose (self, record));

    record->partition = -1;
    g_queue_push_tail_link (&partition->held, link);
    make_ready (self, partition);
  }
}

/* librdkafka's callback: the partition that the record was admitted to. If that is
 * not the right one any more, a record that is being sent is held back, as the next
 * one, and librdkafka gets the number of a partition that does not exist. What
 * librdkafka has already it may ask about again, in a thread of its own: when the
 * topic had no partitions for a while. */
static gint32
on_choose (const rd_kafka_topic_t * topic, const void *key, size_t key_size,
    gint32 n, void *data, void *opaque)
{
  KafkaPartitions *self = data;
  KafkaRecord *record = opaque;
  gint32 chosen;

  g_mutex_lock (&self->lock);
  if (n != self->n)
    set_count (self, n);
  chosen = choose (self, record);
  if (chosen != record->partition) {
    leave_batch (self, record, FALSE);
    if (g_thread_self () == self->sender) {
      g_queue_push_head_link (&get_partition (self, chosen)->held,
          &record->held_link);
      make_ready (self, get_partition (self, chosen));
      chosen = n;
    } else {
      join_batch (self, get_partition (self, chosen), record,
          g_get_monotonic_time ());
    }
  }
  g_mutex_unlock (&self->lock);
  return chosen;
}

static double
get_number (const rd_kafka_conf_t * conf, const char *key)
{
  g_autofree char *value = kafka_conf_get (conf, key);

  return g_ascii_strtod (value, NULL);
}

KafkaPartitions *
kafka_partitions_new (rd_kafka_conf_t * conf)
{
  KafkaPartitions *self = g_new0 (KafkaPartitions, 1);
  rd_kafka_topic_conf_t *topic = rd_kafka_conf_get_default_topic_conf (conf);
  g_autofree char *name = kafka_conf_get (conf, "partitioner");
  double linger_ms;

  for (gsize i = 0; i < G_N_ELEMENTS (partitioners); i++) {
    if (g_str_equal (name, partitioners[i].name)) {
      self->partitioner = partitioners[i].choose;
      self->needs_key = partitioners[i].needs_key;
    }
  }
  linger_ms = get_number (conf, "linger.ms");
  if (linger_ms < MIN_LINGER_MS) {
    linger_ms = MIN_LINGER_MS;
    rd_kafka_conf_set (conf, "linger.ms", G_STRINGIFY (MIN_LINGER_MS), NULL, 0);
  }
  self->open_us = linger_ms * G_TIME_SPAN_MILLISECOND;
  self->max_batch = get_number (conf, "batch.num.messages");
  kafka_pace_init (&self->pace, get_number (conf, "batch.size"),
      get_number (conf, "socket.timeout.ms") * G_TIME_SPAN_MILLISECOND);
  self->sticky_us = get_number (conf, "sticky.partitioning.linger.ms")
      * G_TIME_SPAN_MILLISECOND;
  /* or librdkafka would choose for records without key */
  rd_kafka_conf_set (conf, "sticky.partitioning.linger.ms", "0", NULL, 0);
  g_mutex_init (&self->lock);
  self->partitions = g_ptr_array_new_with_free_func (partition_free);
  rd_kafka_topic_conf_set_partitioner_cb (topic, on_choose);
  rd_kafka_topic_conf_set_opaque (topic, self);
  return self;
}

void
kafka_partitions_free (KafkaPartitions * self)
{
  g_ptr_array_unref (self->partitions);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
kafka_partitions_set_count (KafkaPartitions * self, gint32 n)
{
  g_mutex_lock (&self->lock);
  self->sender = g_thread_self ();
  if (n != self->n)
    set_count (self, n);
  g_mutex_unlock (&self->lock);
}

gint32
kafka_partitions_get_count (KafkaPartitions * self)
{
  gint32 n;

  g_mutex_lock (&self->lock);
  n = self->n;
  g_mutex_unlock (&self->lock);
  return n;
}

KafkaAdmission
kafka_partitions_admit (KafkaPartitions * self, KafkaRecord * record)
{
  const gint64 now_us = g_get_monotonic_time ();
  KafkaAdmission admission = KAFKA_NO_ROOM;
  Partition *partition = NULL;

  g_mutex_lock (&self->lock);
  close_old_batches (self, now_us);
  if (any_will_do (self, record))
    partition = choose_any (self, record, now_us);
  else if (self->n > 0)
    partition = get_partition (self, choose (self, record));

  if (partition && g_queue_is_empty (&partition->held)
      && has_room (self, partition, record)) {
    join_batch (self, partition, record, now_us);
    admission = KAFKA_ADMITTED;
  } else if (partition) {
    g_queue_push_tail_link (&partition->held, &record->held_link);
    admission = KAFKA_HELD_BACK;
  }
  g_mutex_unlock (&self->lock);
  return admission;
}

KafkaRecord *
kafka_partitions_take_held (KafkaPartitions * self)
{
  const gint64 now_us = g_get_monotonic_time ();
  KafkaRecord *record = NULL;
  Partition *partition;

  g_mutex_lock (&self->lock);
  close_old_batches (self, now_us);
  while (!record && (partition = g_queue_peek_head (&self->ready))) {
    record = g_queue_peek_head (&partition->held);
    if (record && has_room (self, partition, record)) {
      g_queue_unlink (&partition->held, &record->held_link);
      join_batch (self, partition, record, now_us);
    } else {
      /* until its batch is answered */
      g_queue_unlink (&self->ready, &partition->ready_link);
      partition->is_ready = FALSE;
      record = NULL;
    }
  }
  g_mutex_unlock (&self->lock);
  return record;
}

void
kafka_partitions_close_batches (KafkaPartitions * self)
{
  g_mutex_lock (&self->lock);
  close_old_batches (self, G_MAXINT64);
  g_mutex_unlock (&self->lock);
}

gboolean
kafka_partitions_are_busy (KafkaPartitions * self)
{
  gboolean busy;

  g_mutex_lock (&self->lock);
  close_old_batches (self, g_get_monotonic_time ());
  busy = self->n > 0 && g_queue_is_empty (&self->idle)
      && g_queue_is_empty (&self->open);
  g_mutex_unlock (&self->lock);
  return busy;
}

void
kafka_partitions_acknowledged (KafkaPartitions * self, KafkaRecord ** records,
    guint n)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < n; i++)
    leave_batch (self, records[i], TRUE);
  g_mutex_unlock (&self->lock);
}

void
kafka_partitions_reported (KafkaPartitions * self, KafkaRecord * record)
{
  g_mutex_lock (&self->lock);
  leave_batch (self, record, FALSE);
  g_mutex_unlock (&self->lock);
}

gint32
kafka_partitions_find (KafkaPartitions * self, const KafkaRecord * record)
{
  gint32 partition;

  g_mutex_lock (&self->lock);
  partition = record->partition;
  g_mutex_unlock (&self->lock);
  return partition;
}

KafkaPace
kafka_partitions_get_pace (KafkaPartitions * self)
{
  KafkaPace pace;

  g_mutex_lock (&self->lock);
  pace = self->pace;
  g_mutex_unlock (&self->lock);
  return pace;
}

void
kafka_partitions_set_pace (KafkaPartitions * self, const KafkaPace * pace)
{
  g_mutex_lock (&self->lock);
  self->pace.batch_bytes = MIN (pace->batch_bytes, self->pace.max_bytes);
  g_mutex_unlock (&self->lock);
}
