/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_VIEW_H
#define KAFKA_VIEW_H

#include "kafkastatistics.h"

G_BEGIN_DECLS

/**
 * KafkaView:
 * @leader: (nullable): of the partition
 * @was_sent_to: the partition may have what it has not acknowledged
 *
 * What a client knows of a partition.
 */
typedef struct {
  KafkaBrokerStatistics *leader;
  gboolean was_sent_to;
} KafkaView;

/** @json: @size bytes of statistics
 * Returns: (nullable) (transfer full): %NULL if they know no such partition */
KafkaView *kafka_view_new (const char *json, gsize size, const char *topic,
    gint32 partition);
void kafka_view_free (KafkaView * view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KafkaView, kafka_view_free)

G_END_DECLS
#endif
