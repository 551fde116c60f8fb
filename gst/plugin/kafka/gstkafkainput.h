/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_KAFKA_INPUT_H
#define GST_KAFKA_INPUT_H

#include <gst/base/gstbasesink.h>

#include "gstkafkasettings.h"
#include "kafkarecord.h"

G_BEGIN_DECLS

/**
 * GstKafkaInputFuncs:
 * @publish: takes over a record. @replaced: the wall clock stands in for its time
 * @refuse: counts a record that nobody can take. @advice: what the user can do
 *
 * What becomes of the records. The streaming thread calls them without a lock; what is
 * not GST_FLOW_OK ends the buffer.
 */
typedef struct {
  GstFlowReturn (*publish) (GstBaseSink * sink, KafkaRecord * record,
      gboolean replaced, const GstKafkaSettings * settings);
  GstFlowReturn (*refuse) (GstBaseSink * sink, gsize size, const char *advice);
} GstKafkaInputFuncs;

/** Makes the meta by which a buffer brings a key known to everybody. */
void gst_kafka_input_register_meta (void);

/**
 * GstKafkaInput:
 *
 * What comes to the pad, from PAUSED to READY, and which records it is: the metas on a
 * buffer, its lines, or the buffer as it is, with their times. For the streaming thread.
 */
typedef struct _GstKafkaInput GstKafkaInput;

/** @sink: outlives it */
GstKafkaInput *gst_kafka_input_new (GstBaseSink * sink,
    const GstKafkaInputFuncs * funcs);
void gst_kafka_input_free (GstKafkaInput * input);

void gst_kafka_input_set_caps (GstKafkaInput * input, const GstCaps * caps);
void gst_kafka_input_event (GstKafkaInput * input, GstEvent * event);

/** Makes records of @buffer, and of lines that are complete since the last one. */
GstFlowReturn gst_kafka_input_render (GstKafkaInput * input,
    GstBuffer * buffer, const GstKafkaSettings * settings);

/** Makes records of the lines that no LF has ended: there is no more. */
GstFlowReturn gst_kafka_input_finish (GstKafkaInput * input,
    const GstKafkaSettings * settings);

/** The message that says why all that came makes no record. */
GstStructure *gst_kafka_input_explain_none (GstKafkaInput * input,
    const GstKafkaSettings * settings);

G_END_DECLS
#endif
