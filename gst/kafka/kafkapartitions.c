/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

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

/* What librdkafka adds to a record in a batch, at most: lengths, times, and the
 * headers of kafkasink's own */
#define RECORD_OVERHEAD 128

/* A batch goes out at linger.ms after its first record. The least that it is open
 * for, so that a backlog makes batches where that is 0. */
#define MIN_OPEN_US (1 * G_TIME_SPAN_MILLISECOND)

/* The batch at hand, and what waits for the next one. */
typedef struct
{
  gboolean proven;              /* it has acknowledged a record of this client */
  guint n_out;                  /* records that a report is owed for */
  guint n_batch;                /* records in the batch, reported or not */
  gsize batch_bytes;
  gint64 open_until_us;
  KafkaRecord *first_held;
  KafkaRecord *last_held;
} Partition;

struct _KafkaPartitions
{
  Partitioner choose;
  gboolean needs_key;
  gint64 sticky_us;             /* how long any partition is the same one */
  gint64 open_us;               /* the same as linger.ms */
  guint max_batch;              /* in records, */
  gsize max_batch_bytes;        /* and in bytes */

  GMutex lock;                  /* of all below */
  GArray *partitions;
  gint32 sticky;                /* the partition that records without key go to */
  gint64 sticky_until_us;
  gboolean may_have_room;       /* a batch was answered since nobody had */
  KafkaRecord *sent;            /* that is to be decided about */
  KafkaRecord *taken;           /* by kafka_partitions_take_held() */
  gint32 taken_from;            /* its partition */
  KafkaHeld held;               /* what was decided */
};

static Partition *
get_partition (KafkaPartitions * self, gint32 i)
{
  return &g_array_index (self->partitions, Partition, i);
}

/* Whether the batch takes another record of @size bytes */
static gboolean
is_open (const KafkaPartitions * self, const Partition * partition, gsize size)
{
  return partition->proven && partition->n_batch < self->max_batch
      && partition->batch_bytes + size + RECORD_OVERHEAD < self->max_batch_bytes
      && g_get_monotonic_time () < partition->open_until_us;
}

static gboolean
has_room (const KafkaPartitions * self, const Partition * partition,
    const KafkaRecord * record)
{
  return partition->n_out == 0 || is_open (self, partition, record->size);
}

static void
add_to_batch (KafkaPartitions * self, gint32 chosen, KafkaRecord * record)
{
  Partition *partition = get_partition (self, chosen);

  record->partition = chosen;
  if (partition->n_out == 0) {
    partition->n_batch = 0;
    partition->batch_bytes = 0;
    partition->open_until_us = g_get_monotonic_time () + self->open_us;
  }
  partition->n_out++;
  partition->n_batch++;
  partition->batch_bytes += record->size + RECORD_OVERHEAD;
}

static void
leave_batch (KafkaPartitions * self, KafkaRecord * record,
    gboolean acknowledged)
{
  Partition *partition;

  if (record->partition < 0)
    return;
  partition = get_partition (self, record->partition);
  partition->proven |= acknowledged;
  if (--partition->n_out == 0)
    self->may_have_room = TRUE;
  record->partition = -1;
}

static void
hold_back (KafkaPartitions * self, Partition * partition, KafkaRecord * record)
{
  record->next_held = NULL;
  if (partition->first_held)
    partition->last_held->next_held = record;
  else
    partition->first_held = record;
  partition->last_held = record;
}

/* Any partition that has room, or -1. The same one for a while, which makes for
 * larger batches. */
static gint32
choose_any (KafkaPartitions * self, const rd_kafka_topic_t * topic, gint32 n,
    const KafkaRecord * record)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (self->sticky >= n || now_us >= self->sticky_until_us) {
    self->sticky =
        rd_kafka_msg_partitioner_random (topic, NULL, 0, n, NULL, NULL);
    self->sticky_until_us = now_us + self->sticky_us;
  }
  for (gint32 i = 0; i < n; i++) {
    const gint32 chosen = (self->sticky + i) % n;

    if (has_room (self, get_partition (self, chosen), record)) {
      self->sticky = chosen;
      return chosen;
    }
  }
  return -1;
}

/* Of the record that is sent: whether it may go to the partition, or is held back */
static KafkaHeld
decide (KafkaPartitions * self, gint32 chosen, KafkaRecord * record)
{
  Partition *partition;

  if (chosen < 0)
    return KAFKA_HELD_NOWHERE;
  partition = get_partition (self, chosen);
  /* the next one of those that are held, for which there was room: that its batch
   * has been closed since must not put it behind the others */
  if (record == self->taken && chosen == self->taken_from)
    return KAFKA_HELD_NOT;
  if (!partition->first_held && has_room (self, partition, record))
    return KAFKA_HELD_NOT;
  hold_back (self, partition, record);
  return KAFKA_HELD_BACK;
}

/* librdkafka's callback. Returns what does not exist for a record that is held back.
 * What librdkafka has already it may ask about again, in a thread of its own: when
 * the topic had no partitions for a while. */
static gint32
choose (const rd_kafka_topic_t * topic, const void *key, size_t key_size,
    gint32 n, void *data, void *opaque)
{
  KafkaPartitions *self = data;
  KafkaRecord *record = opaque;
  gint32 chosen;

  g_mutex_lock (&self->lock);
  if (self->partitions->len < (guint) n)
    g_array_set_size (self->partitions, n);
  leave_batch (self, record, FALSE);
  if (self->choose && (key || !self->needs_key))
    chosen = self->choose (topic, key, key_size, n, NULL, NULL);
  else
    chosen = choose_any (self, topic, n, record);

  if (record == self->sent) {
    self->held = decide (self, chosen, record);
    self->sent = NULL;
    if (self->held != KAFKA_HELD_NOT)
      chosen = n;
  } else if (chosen < 0) {
    chosen = self->sticky;
  }
  if (chosen < n)
    add_to_batch (self, chosen, record);
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

  for (gsize i = 0; i < G_N_ELEMENTS (partitioners); i++) {
    if (g_str_equal (name, partitioners[i].name)) {
      self->choose = partitioners[i].choose;
      self->needs_key = partitioners[i].needs_key;
    }
  }
  self->open_us = MAX (get_number (conf, "linger.ms")
      * G_TIME_SPAN_MILLISECOND, MIN_OPEN_US);
  self->max_batch = get_number (conf, "batch.num.messages");
  self->max_batch_bytes = get_number (conf, "batch.size");
  self->sticky_us = get_number (conf, "sticky.partitioning.linger.ms")
      * G_TIME_SPAN_MILLISECOND;
  /* or librdkafka would choose for records without key */
  rd_kafka_conf_set (conf, "sticky.partitioning.linger.ms", "0", NULL, 0);
  g_mutex_init (&self->lock);
  self->partitions = g_array_new (FALSE, TRUE, sizeof (Partition));
  rd_kafka_topic_conf_set_partitioner_cb (topic, choose);
  rd_kafka_topic_conf_set_opaque (topic, self);
  return self;
}

void
kafka_partitions_free (KafkaPartitions * self)
{
  g_array_unref (self->partitions);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
kafka_partitions_begin (KafkaPartitions * self, KafkaRecord * record)
{
  g_mutex_lock (&self->lock);
  record->partition = -1;
  self->sent = record;
  self->held = KAFKA_HELD_NOT;
  g_mutex_unlock (&self->lock);
}

KafkaHeld
kafka_partitions_end (KafkaPartitions * self, KafkaRecord * record,
    gboolean failed)
{
  KafkaHeld held;

  g_mutex_lock (&self->lock);
  if (failed)
    leave_batch (self, record, FALSE);
  held = failed ? self->held : KAFKA_HELD_NOT;
  g_mutex_unlock (&self->lock);
  return held;
}

gboolean
kafka_partitions_are_busy (KafkaPartitions * self)
{
  gboolean busy;

  g_mutex_lock (&self->lock);
  busy = self->partitions->len > 0;
  for (guint i = 0; busy && i < self->partitions->len; i++) {
    const Partition *partition = get_partition (self, i);

    busy = partition->n_out > 0 && !is_open (self, partition, 0);
  }
  g_mutex_unlock (&self->lock);
  return busy;
}

KafkaRecord *
kafka_partitions_take_held (KafkaPartitions * self)
{
  KafkaRecord *record = NULL;

  g_mutex_lock (&self->lock);
  for (gint32 i = 0; self->may_have_room && !record
      && i < (gint32) self->partitions->len; i++) {
    Partition *partition = get_partition (self, i);

    if (partition->first_held
        && has_room (self, partition, partition->first_held)) {
      record = partition->first_held;
      partition->first_held = record->next_held;
      self->taken_from = i;
    }
  }
  if (!record)
    self->may_have_room = FALSE;
  self->taken = record;
  g_mutex_unlock (&self->lock);
  return record;
}

void
kafka_partitions_put_back (KafkaPartitions * self)
{
  Partition *partition;

  g_mutex_lock (&self->lock);
  partition = get_partition (self, self->taken_from);
  self->taken->next_held = partition->first_held;
  if (!partition->first_held)
    partition->last_held = self->taken;
  partition->first_held = self->taken;
  g_mutex_unlock (&self->lock);
}

void
kafka_partitions_reported (KafkaPartitions * self, KafkaRecord * record,
    gboolean acknowledged)
{
  g_mutex_lock (&self->lock);
  leave_batch (self, record, acknowledged);
  g_mutex_unlock (&self->lock);
}
