/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_VIEW_H
#define KAFKA_VIEW_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * KafkaView:
 * @leader: the broker that leads the partition, or -1 while none does
 * @address: (nullable): HOST:PORT that it advertises
 * @is_up: it is connected and takes requests
 * @state_us: for how long it has been so, or not
 * @connects: how often it was connected to
 * @n_timeouts: requests to it that had no answer within socket.timeout.ms
 * @n_waiting: requests that it owes an answer for, or that are not out yet
 * @silent_us: since its last answer; -1 if there was none
 * @was_sent_to: more records were sent to the partition than it acknowledged
 *
 * What librdkafka's statistics (its STATISTICS.md) say of a partition and its leader.
 */
typedef struct {
  gint64 leader;
  char *address;
  gboolean is_up;
  gint64 state_us;
  gint64 connects;
  gint64 n_timeouts;
  gint64 n_waiting;
  gint64 silent_us;
  gboolean was_sent_to;
} KafkaView;

/** @json: @size bytes of statistics.
 * Returns: (nullable) (transfer full): %NULL if they know no such partition */
KafkaView *kafka_view_new (const char *json, gsize size, const char *topic,
    gint32 partition);
void kafka_view_free (KafkaView * view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KafkaView, kafka_view_free)

G_END_DECLS
#endif
