/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_KAFKA_RECORD_H
#define GST_KAFKA_RECORD_H

#include <gst/base/gstbasesink.h>

#include "bytes.h"
#include "gstkafkalines.h"
#include "gstkafkasettings.h"
#include "kafkarecord.h"

G_BEGIN_DECLS

/** Whether to copy the bytes of @buffer costs less than to hold it, and gst_buffer_map() copies
 * nothing. */
gboolean gst_kafka_record_is_small (GstBuffer * buffer);

/** The bytes of @buffer, by reference where that is wise. Returns %NULL if the
 * buffer cannot be read. */
GBytes *gst_kafka_record_get_payload (GstBuffer * buffer);

/**
 * GstKafkaRecords:
 *
 * Makes records, each of which needs one piece of memory alone. For one thread.
 */
typedef struct _GstKafkaRecords GstKafkaRecords;

GstKafkaRecords *gst_kafka_records_new (void);
void gst_kafka_records_free (GstKafkaRecords * self);

/** Makes a record. It has a time only if timestamp-member names a member that says
 * one, and that is within the bounds of timed_is_near_now().
 * @payload: its value, less a byte order mark in front of JSON
 * @held: (transfer full) (nullable): what @payload is in, which is not copied then
 * @any_json: whether every JSON value is taken for JSON, or objects alone
 * @settings: those of key, headers and time; the headers content-type, pts and sei-type
 *   are added
 * @times: of these pts, sei_type and key, in place of that of @settings */
KafkaRecord *gst_kafka_records_make (GstKafkaRecords * self,
    BytesSpan payload, GBytes * held, gboolean any_json,
    const GstKafkaSettings * settings, const GstKafkaTimes * times);

G_END_DECLS
#endif
