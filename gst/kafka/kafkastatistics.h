/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_STATISTICS_H
#define KAFKA_STATISTICS_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * KafkaBrokerStatistics:
 * @id: of the broker, or -1 for a bootstrap server that nothing more is known of
 * @address: HOST:PORT that it advertises
 * @is_up: it is connected and takes requests
 * @n_timeouts: requests to it that had no answer within socket.timeout.ms
 * @n_waiting: requests that it owes an answer for, or that are not out yet
 * @silent_us: since its last answer; -1 if there was none
 */
typedef struct {
  gint64 id;
  char *address;
  gboolean is_up;
  gint64 n_timeouts;
  gint64 n_waiting;
  gint64 silent_us;
} KafkaBrokerStatistics;

void kafka_broker_statistics_free (KafkaBrokerStatistics * broker);

/** Reads what the statistics of librdkafka (its STATISTICS.md) say of brokers.
 * @json: @size bytes, as stats_cb gets them
 * Returns: (transfer full): of KafkaBrokerStatistics */
GPtrArray *kafka_statistics_get_brokers (const char *json, gsize size);

/** What they say of a partition.
 * @leader: (out): the id of its leader, or -1
 * @was_sent_to: (out): more records were sent to it than it acknowledged. What was sent
 *   twice counts twice, so this says yes rather than no
 * Returns: whether they know it */
gboolean kafka_statistics_find_partition (const char *json, gsize size,
    const char *topic, gint32 partition, gint64 * leader,
    gboolean * was_sent_to);

/** Returns: (transfer full) (element-type gint32): the ids of the leaders of all partitions of @topic, by
 * their numbers; -1 for one that has none */
GArray *kafka_statistics_get_leaders (const char *json, gsize size,
    const char *topic);

G_END_DECLS
#endif
