/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_KAFKA_LINES_H
#define GST_KAFKA_LINES_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Of a line, in bytes */
#define GST_KAFKA_LINES_MAX_SIZE (1024 * 1024)

/* Those that are remembered, so that a new one a minute takes no memory for ever */
#define GST_KAFKA_LINES_MAX_STREAMS 1000

/**
 * GstKafkaTimes:
 * @pts: in nanoseconds, or GST_CLOCK_TIME_NONE
 * @timestamp_ms: milliseconds since 1970, or 0 to leave it to librdkafka
 * @replaced: the wall clock stands in for a time that is unknown or too far away
 * @sei_type: as TimedPayload says
 * @key: (nullable): the key that the buffer came with; else it is that of the settings
 *
 * The times, and what else records have from a buffer beside their payloads.
 */
typedef struct {
  GstClockTime pts;
  gint64 timestamp_ms;
  gboolean replaced;
  gint64 sei_type;
  GBytes *key;
} GstKafkaTimes;

void gst_kafka_times_clear (GstKafkaTimes * times);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GstKafkaTimes, gst_kafka_times_clear)

/**
 * GstKafkaLine:
 * @bytes: (transfer full) (nullable): NULL if it is too long
 * @size: how long it is, also where it is too long
 * @times: (transfer full): of the buffer in which it began
 */
typedef struct {
  GBytes *bytes;
  gsize size;
  GstKafkaTimes times;
} GstKafkaLine;

/**
 * GstKafkaLines:
 *
 * Divides the buffers of several streams, which come by turns as behind a funnel,
 * into lines. For the streaming thread.
 */
typedef struct _GstKafkaLines GstKafkaLines;

GstKafkaLines *gst_kafka_lines_new (void);
void gst_kafka_lines_free (GstKafkaLines * lines);

/** What is pushed from now on is of another stream.
 * @stream: its name; NULL for none: nothing is pushed before the next one is known */
void gst_kafka_lines_select (GstKafkaLines * lines, const char *stream);
gboolean gst_kafka_lines_is_selected (GstKafkaLines * lines);

/** Adds bytes of the selected stream, which must stay until gst_kafka_lines_next() gives
 * no line any more, or until the lines are freed. */
void gst_kafka_lines_push (GstKafkaLines * lines, const guint8 * data,
    gsize size, const GstKafkaTimes * times);

/** Gets the next line that is complete, or that ended without LF. */
gboolean gst_kafka_lines_next (GstKafkaLines * lines, GstKafkaLine * line);

/** Forgets the line that is begun in the selected stream.
 * Returns: whether there was one */
gboolean gst_kafka_lines_reset (GstKafkaLines * lines);

/** The selected stream has no more lines. */
void gst_kafka_lines_end (GstKafkaLines * lines);

/** No stream has. */
void gst_kafka_lines_end_all (GstKafkaLines * lines);

G_END_DECLS
#endif
