/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef BED_H
#define BED_H

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#define TOPIC "t"
#define PATIENCE (30 * GST_SECOND)

/* A broker in this process, and a pipeline `appsrc ! kafkasink` that publishes to
 * its topic t of one partition. */
typedef struct {
  rd_kafka_t *rk;
  rd_kafka_mock_cluster_t *cluster;
  GstElement *pipeline;
  GstElement *source;
  GstElement *sink;
  GstBus *bus;
} Bed;

/** @caps, @properties: of the source and of kafkasink, as in gst-launch-1.0 */
void bed_open (Bed * bed, const char *caps, const char *properties);
void bed_close (Bed * bed);

/** Goes to PLAYING. */
void bed_play (Bed * bed);

/** Runs this line to its end, with a kafkasink for the same topic behind it.
 * @on_frame gets the buffers of its element "raw". */
void bed_run (Bed * bed, const char *line, GstPadProbeCallback on_frame,
    gpointer data);
void bed_push (Bed * bed, GstBuffer * buffer);
void bed_push_text (Bed * bed, const char *text);

/** Ends the stream and waits for EOS, for which everything is acknowledged. */
void bed_finish (Bed * bed);

/** Waits for the element message of this name, or for one of @type if it is NULL.
 * The caller owns it. */
GstMessage *bed_wait (Bed * bed, GstMessageType type, const char *name);

/** A field of stats; asserts that the counts add up. */
guint64 bed_stat (Bed * bed, const char *name);

/** One record as a consumer sees it. @key and @value are NULL where there is none. */
typedef struct {
  char *key;
  gsize key_size;
  char *value;
  gsize value_size;
  gint64 timestamp_ms;
  rd_kafka_headers_t *headers;
} Record;

/** The first @n records, to be freed with bed_free_records(). */
Record *bed_consume (Bed * bed, guint n);
void bed_free_records (Record * records, guint n);

GstBuffer *text_buffer (const char *text);

/** @text: NULL if the header is not there */
void assert_header (const Record * record, const char *name, const char *text);

#endif
