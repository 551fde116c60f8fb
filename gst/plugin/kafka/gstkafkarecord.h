/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_KAFKA_RECORD_H
#define GST_KAFKA_RECORD_H

#include <gst/base/gstbasesink.h>

#include "gstkafkasettings.h"
#include "kafkaring.h"

G_BEGIN_DECLS

/** The bytes of @buffer, by reference where that is wise. Returns %NULL if the
 * buffer cannot be read. */
GBytes *gst_kafka_record_get_payload (GstBuffer * buffer);

/** Makes a record. It has a time only if timestamp-member names a member that says
 * one, and that is within the bounds of timed_is_near_now().
 * @payload: (transfer full): its value, less a byte order mark in front of JSON
 * @any_json: whether every JSON value is taken for JSON, or objects alone
 * @settings: those of key, headers and time; the headers content-type, pts and sei-type
 *   are added
 * @key: (transfer none) (nullable): its key in place of that of @settings
 * @pts: in nanoseconds, or GST_CLOCK_TIME_NONE
 * @sei_type: as TimedPayload says */
KafkaRecord *gst_kafka_record_new (GBytes * payload, gboolean any_json,
    const GstKafkaSettings * settings, GBytes * key, GstClockTime pts,
    gint64 sei_type);

G_END_DECLS
#endif
