/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "kafkaring.h"

void
kafka_ring_init (KafkaRing * ring, guint64 max_records, guint64 max_memory)
{
  memset (ring, 0, sizeof (*ring));
  ring->max_records = max_records;
  ring->max_memory = max_memory;
}

void
kafka_ring_clear (KafkaRing * ring)
{
  KafkaRecord *record;

  while ((record = g_queue_peek_head (&ring->records))) {
    kafka_ring_remove (ring, record);
    kafka_record_free (record);
  }
}

gboolean
kafka_ring_has_room (const KafkaRing * ring, const KafkaRecord * record)
{
  if (ring->records.length == 0)
    return TRUE;
  return ring->records.length < ring->max_records
      && ring->memory < ring->max_memory
      && kafka_record_get_memory (record) <= ring->max_memory - ring->memory;
}

guint64
kafka_ring_get_room (const KafkaRing * ring)
{
  const guint64 n = ring->records.length;
  const guint64 by_number = ring->max_records - MIN (ring->max_records, n);
  const guint64 memory = ring->max_memory - MIN (ring->max_memory,
      ring->memory);

  return n > 0 ? MIN (by_number, memory / (ring->memory / n)) : by_number;
}

void
kafka_ring_append (KafkaRing * ring, KafkaRecord * record)
{
  g_queue_push_tail_link (&ring->records, &record->link);
  ring->bytes += kafka_record_get_size (record);
  ring->memory += kafka_record_get_memory (record);
  ring->n_new++;
  if (!ring->next)
    ring->next = &record->link;
}

KafkaRecord *
kafka_ring_take (KafkaRing * ring)
{
  KafkaRecord *record;

  if (!ring->next)
    return NULL;
  record = ring->next->data;
  record->partition = -1;
  ring->next = ring->next->next;
  ring->n_new--;
  return record;
}

void
kafka_ring_untake (KafkaRing * ring, KafkaRecord * record)
{
  ring->next = &record->link;
  ring->n_new++;
}

void
kafka_ring_sent (KafkaRing * ring, KafkaRecord * record)
{
  g_assert (!record->out);
  record->out = TRUE;
  ring->n_out++;
}

void
kafka_ring_reported (KafkaRing * ring, KafkaRecord * record)
{
  g_assert (record->out);
  record->out = FALSE;
  ring->n_out--;
}

void
kafka_ring_remove (KafkaRing * ring, KafkaRecord * record)
{
  if (record->out)
    kafka_ring_reported (ring, record);
  if (ring->next == &record->link)
    kafka_ring_take (ring);
  if (ring->records.head == &record->link)
    ring->oldest_us = 0;
  g_queue_unlink (&ring->records, &record->link);
  ring->bytes -= kafka_record_get_size (record);
  ring->memory -= kafka_record_get_memory (record);
}

guint
kafka_ring_rewind (KafkaRing * ring)
{
  guint fate_unknown = 0;

  for (GList * l = ring->records.head; l; l = l->next) {
    KafkaRecord *record = l->data;

    /* no report at all says as little as POSSIBLY_PERSISTED */
    if (record->out) {
      kafka_ring_reported (ring, record);
      record->fate_unknown = TRUE;
    }
    if (record->fate_unknown)
      fate_unknown++;
    record->fate_unknown = FALSE;
  }
  ring->next = ring->records.head;
  ring->n_new = ring->records.length;
  return fate_unknown;
}

KafkaRecord *
kafka_ring_get_oldest (KafkaRing * ring, gint64 * since_us)
{
  KafkaRecord *oldest = g_queue_peek_head (&ring->records);

  if (!oldest)
    return NULL;
  if (ring->oldest_us == 0)
    ring->oldest_us = g_get_monotonic_time ();
  *since_us = ring->oldest_us;
  return oldest;
}
