/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkabatches.h"
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

/* What librdkafka waits before it makes a request of what it has, if nobody flushes, and how long
 * handing over a batch may take: what came later would be a second request, and could overtake
 * the first one. In between, the thread may have lost the processor. */
#define LINGER_MS 10
#define HAND_OVER_MS 5

/* of an idempotent librdkafka at one connection */
#define MAX_IN_FLIGHT 5

struct _KafkaPartitions
{
  Partitioner partitioner;
  gboolean needs_key;
  gint64 sticky_us;             /* how long any partition is the same one */

  GMutex lock;                  /* of all below */
  KafkaBatches *batches;
  gint32 n;                     /* partitions of the topic */
  gint32 sticky;                /* that records without key go to, or -1 */
  gint64 sticky_until_us;
  GThread *sender;              /* the thread that sends */
};

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

/* Any partition that has room, or -1. The same one for a while, which makes for
 * larger batches. */
static gint32
choose_any (KafkaPartitions * self, const KafkaRecord * record, gint64 now_us)
{
  const gint32 sticky = now_us < self->sticky_until_us ? self->sticky : -1;
  const gint32 chosen = kafka_batches_find_room (self->batches, sticky, record,
      now_us);

  if (chosen != sticky || chosen < 0) {
    self->sticky = chosen;
    self->sticky_until_us = now_us + self->sticky_us;
  }
  return chosen;
}

/* The topic has @n partitions now. What is held back for a key goes where the key
 * goes from now on, in the order in which it was. */
static void
set_count (KafkaPartitions * self, gint32 n)
{
  const gint64 now_us = g_get_monotonic_time ();
  GQueue held = G_QUEUE_INIT;
  GList *link;

  self->n = n;
  self->sticky = -1;
  kafka_batches_set_count (self->batches, n, &held, now_us);
  while ((link = g_queue_pop_head_link (&held)))
    kafka_batches_add (self->batches, choose (self, link->data), link->data,
        now_us);
}

/* librdkafka's callback: the partition that the record was admitted to. If that is
 * not the right one any more, a record that is being sent is refused: librdkafka gets the
 * number of a partition that does not exist. What librdkafka has already it may ask about
 * again, in a thread of its own: when the topic had no partitions for a while. */
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
    if (g_thread_self () == self->sender) {
      chosen = n;
    } else {
      const gint64 now_us = g_get_monotonic_time ();

      kafka_batches_leave (self->batches, record, FALSE, now_us);
      kafka_batches_join (self->batches, chosen, record, now_us);
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

/* Takes over the settings about batches. A batch that was gathered does not wait once more: a
 * flush sends it. */
static KafkaBatches *
make_batches (rd_kafka_conf_t * conf)
{
  const double in_flight = get_number (conf,
      "max.in.flight.requests.per.connection");
  g_autofree char *idempotent = kafka_conf_get (conf, "enable.idempotence");
  const gboolean is_idempotent = g_str_equal (idempotent, "true");
  const KafkaBatchLimits limits = {
    .gather_us = get_number (conf, "linger.ms") * G_TIME_SPAN_MILLISECOND,
    .hand_over_us = HAND_OVER_MS * G_TIME_SPAN_MILLISECOND,
    .max_records = get_number (conf, "batch.num.messages"),
    /* and one that is made already, and waits */
    .max_requests = 1 + (is_idempotent ? MIN (in_flight, MAX_IN_FLIGHT) :
        in_flight),
    /* one would go while a refused one before it waits for its next try */
    .is_pipelined = is_idempotent && in_flight > 1
  };
  KafkaPace pace;

  rd_kafka_conf_set (conf, "linger.ms", G_STRINGIFY (LINGER_MS), NULL, 0);
  kafka_pace_init (&pace, get_number (conf, "batch.size"),
      get_number (conf, "socket.timeout.ms") * G_TIME_SPAN_MILLISECOND);
  return kafka_batches_new (&limits, &pace);
}

KafkaPartitions *
kafka_partitions_new (rd_kafka_conf_t * conf)
{
  KafkaPartitions *self = g_new0 (KafkaPartitions, 1);
  rd_kafka_topic_conf_t *topic = rd_kafka_conf_get_default_topic_conf (conf);
  g_autofree char *name = kafka_conf_get (conf, "partitioner");

  for (gsize i = 0; i < G_N_ELEMENTS (partitioners); i++) {
    if (g_str_equal (name, partitioners[i].name)) {
      self->partitioner = partitioners[i].choose;
      self->needs_key = partitioners[i].needs_key;
    }
  }
  self->sticky = -1;
  self->sticky_us = get_number (conf, "sticky.partitioning.linger.ms")
      * G_TIME_SPAN_MILLISECOND;
  /* or librdkafka would choose for records without key */
  rd_kafka_conf_set (conf, "sticky.partitioning.linger.ms", "0", NULL, 0);
  g_mutex_init (&self->lock);
  self->batches = make_batches (conf);
  rd_kafka_topic_conf_set_partitioner_cb (topic, on_choose);
  rd_kafka_topic_conf_set_opaque (topic, self);
  return self;
}

void
kafka_partitions_free (KafkaPartitions * self)
{
  kafka_batches_free (self->batches);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
kafka_partitions_set_leaders (KafkaPartitions * self, const gint32 * leaders,
    gint32 n)
{
  const gint64 now_us = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  self->sender = g_thread_self ();
  if (n != self->n && n > 0)
    set_count (self, n);
  for (gint32 i = 0; i < n; i++)
    kafka_batches_set_leader (self->batches, i, leaders[i], now_us);
  g_mutex_unlock (&self->lock);
}

void
kafka_partitions_doubt (KafkaPartitions * self)
{
  g_mutex_lock (&self->lock);
  kafka_batches_doubt (self->batches, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);
}

gboolean
kafka_partitions_take_way (KafkaPartitions * self)
{
  gboolean makes_way;

  g_mutex_lock (&self->lock);
  makes_way = kafka_batches_take_way (self->batches);
  g_mutex_unlock (&self->lock);
  return makes_way;
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

static gboolean
hold (KafkaPartitions * self, KafkaRecord * record, gint64 now_us)
{
  gint32 chosen = -1;

  if (any_will_do (self, record))
    chosen = choose_any (self, record, now_us);
  else if (self->n > 0)
    chosen = choose (self, record);
  if (chosen >= 0)
    kafka_batches_add (self->batches, chosen, record, now_us);
  return chosen >= 0;
}

guint
kafka_partitions_hold (KafkaPartitions * self, KafkaRecord ** records, guint n)
{
  const gint64 now_us = g_get_monotonic_time ();
  guint n_held = 0;

  g_mutex_lock (&self->lock);
  while (n_held < n && hold (self, records[n_held], now_us))
    n_held++;
  g_mutex_unlock (&self->lock);
  return n_held;
}

guint
kafka_partitions_take (KafkaPartitions * self, KafkaRecord ** records, guint n,
    gint64 * until_us)
{
  const gint64 now_us = g_get_monotonic_time ();
  guint n_taken = 0;

  *until_us = G_MAXINT64;
  g_mutex_lock (&self->lock);
  while (n_taken < n
      && (records[n_taken] = kafka_batches_take (self->batches, now_us))) {
    *until_us = MIN (*until_us, kafka_batches_get_end (self->batches,
            records[n_taken]));
    n_taken++;
  }
  g_mutex_unlock (&self->lock);
  return n_taken;
}

void
kafka_partitions_untake (KafkaPartitions * self, KafkaRecord ** records,
    guint n)
{
  const gint64 now_us = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  while (n > 0) {
    KafkaRecord *record = records[--n];

    kafka_batches_untake (self->batches, choose (self, record), record, now_us);
  }
  g_mutex_unlock (&self->lock);
}

void
kafka_partitions_hurry (KafkaPartitions * self)
{
  g_mutex_lock (&self->lock);
  kafka_batches_hurry (self->batches, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);
}

gint64
kafka_partitions_get_due (KafkaPartitions * self, gboolean * any_is_idle)
{
  const gint64 now_us = g_get_monotonic_time ();
  gint64 due_us;

  g_mutex_lock (&self->lock);
  due_us = kafka_batches_get_due (self->batches, now_us);
  *any_is_idle = kafka_batches_any_is_idle (self->batches, now_us);
  g_mutex_unlock (&self->lock);
  return due_us;
}

void
kafka_partitions_acknowledged (KafkaPartitions * self, KafkaRecord ** records,
    guint n)
{
  const gint64 now_us = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < n; i++)
    kafka_batches_leave (self->batches, records[i], TRUE, now_us);
  g_mutex_unlock (&self->lock);
}

void
kafka_partitions_reported (KafkaPartitions * self, KafkaRecord * record)
{
  g_mutex_lock (&self->lock);
  kafka_batches_leave (self->batches, record, FALSE, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);
}

gint32
kafka_partitions_find (KafkaPartitions * self, const KafkaRecord * record)
{
  gint32 partition;

  g_mutex_lock (&self->lock);
  partition = record->partition >= 0 ? record->partition :
      kafka_batches_find_oldest (self->batches);
  g_mutex_unlock (&self->lock);
  return partition;
}

KafkaPace
kafka_partitions_get_pace (KafkaPartitions * self)
{
  KafkaPace pace;

  g_mutex_lock (&self->lock);
  pace = *kafka_batches_get_pace (self->batches);
  g_mutex_unlock (&self->lock);
  return pace;
}

void
kafka_partitions_set_pace (KafkaPartitions * self, const KafkaPace * pace)
{
  KafkaPace *mine = kafka_batches_get_pace (self->batches);

  g_mutex_lock (&self->lock);
  mine->batch_bytes = MIN (pace->batch_bytes, mine->max_bytes);
  g_mutex_unlock (&self->lock);
}
