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

/** Says that the stream ended, and that there was nothing to send.
 * @n_buffers: that came
 * @wants_meta: whether their GstSeiMetas were to be sent, or else their lines
 * @is_video: whether they were video */
GstStructure *gst_kafka_messages_no_metadata (guint64 n_buffers,
    gboolean wants_meta, gboolean is_video);

/** The element message for any event but %KAFKA_EVENT_ERROR. */
GstStructure *gst_kafka_messages_from_event (const KafkaEvent * event);

G_END_DECLS
#endif
