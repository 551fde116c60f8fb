/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_KAFKA_MESSAGES_H
#define GST_KAFKA_MESSAGES_H

#include <gst/gst.h>

#include "kafkaproducer.h"

G_BEGIN_DECLS

/** The producer's statistics and the sink's own count as a structure; times in
 * nanoseconds. */
GstStructure *gst_kafka_messages_stats (const KafkaStats * stats,
    guint64 timestamp_replaced);

/** Posts the same, and a sentence that says what became of all records, as the
 * element message "delivery-summary". */
void gst_kafka_messages_post_summary (GstElement * sink, const char *topic,
    const KafkaStats * stats, guint64 timestamp_replaced);

/** Posts @event, which is not KAFKA_EVENT_ERROR, as an element message. */
void gst_kafka_messages_post (GstElement * sink, const char *topic,
    const KafkaEvent * event);

G_END_DECLS
#endif
