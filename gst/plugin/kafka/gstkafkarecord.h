/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_KAFKA_RECORD_H
#define GST_KAFKA_RECORD_H

#include <gst/gst.h>

#include "kafkakey.h"
#include "kafkaring.h"

G_BEGIN_DECLS

/** The bytes of @buffer, by reference where that is wise. Returns %NULL if the
 * buffer cannot be read. */
GBytes *gst_kafka_record_get_payload (GstBuffer * buffer);

/** Makes a record without time.
 * @payload: (transfer full): its value
 * @any_json: whether every JSON value is taken for JSON, or objects alone
 * @key: (nullable): template of the key
 * @headers: (nullable): constant headers; content-type and pts are added
 * @pts: in nanoseconds, or GST_CLOCK_TIME_NONE */
KafkaRecord *gst_kafka_record_new (GBytes * payload, gboolean any_json,
    const KafkaKey * key, const GstStructure * headers, GstClockTime pts);

G_END_DECLS
#endif
