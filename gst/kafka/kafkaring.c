/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkaring.h"

KafkaRecord *
kafka_record_new (GBytes * payload)
{
  KafkaRecord *record = g_new0 (KafkaRecord, 1);

  record->payload = payload;
  record->link.data = record->held_link.data = record;
  record->partition = -1;
  return record;
}

void
kafka_record_free (KafkaRecord * record)
{
  g_bytes_unref (record->payload);
  g_free (record->key);
  g_clear_pointer (&record->headers, rd_kafka_headers_destroy);
  g_free (record);
}

void
kafka_ring_init (KafkaRing * ring, guint64 max_records, guint64 max_bytes)
{
  *ring = (KafkaRing) {
  .records = G_QUEUE_INIT,.max_records = max_records,.max_bytes = max_bytes};
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
kafka_ring_has_room (const KafkaRing * ring, gsize size)
{
  if (ring->records.length == 0)
    return TRUE;
  return ring->records.length < ring->max_records
      && ring->bytes < ring->max_bytes && size <= ring->max_bytes - ring->bytes;
}

void
kafka_ring_append (KafkaRing * ring, KafkaRecord * record)
{
  record->size = g_bytes_get_size (record->payload) + record->key_size;
  g_queue_push_tail_link (&ring->records, &record->link);
  ring->bytes += record->size;
  if (!ring->next)
    ring->next = &record->link;
}

void
kafka_ring_take_again (KafkaRing * ring, KafkaRecord * record)
{
  g_assert (!record->out);
  record->out = TRUE;
  ring->n_out++;
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
  kafka_ring_take_again (ring, record);
  return record;
}

void
kafka_ring_untake (KafkaRing * ring, KafkaRecord * record)
{
  kafka_ring_reported (ring, record);
  ring->next = &record->link;
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
    ring->next = record->link.next;
  g_queue_unlink (&ring->records, &record->link);
  ring->bytes -= record->size;
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
  return fate_unknown;
}
