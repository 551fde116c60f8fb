/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_KAFKA_MESSAGES_H
#define GST_KAFKA_MESSAGES_H

#include <gst/gst.h>

#include "kafkaproducer.h"

G_BEGIN_DECLS

/* What users read of the delivery, as structures that are theirs; the element messages
 * still lack the field `topic`. */

/** What the property `stats` shows. */
GstStructure *gst_kafka_messages_stats (const KafkaStats * stats,
    guint64 timestamp_replaced);

/** The same as an element message, with a sentence. */
GstStructure *gst_kafka_messages_summary (const KafkaStats * stats,
    guint64 timestamp_replaced);

/** The element message for any event but %KAFKA_EVENT_ERROR. */
GstStructure *gst_kafka_messages_from_event (const KafkaEvent * event);

G_END_DECLS
#endif
