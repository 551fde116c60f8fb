/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_CLOCK_H
#define TIMED_CLOCK_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* What time it is, and was: running times, and Unix times of what was captured. */

/** A running time that is not known */
#define TIMED_NO_TIME G_MININT64

/** No running time is further from 0, in nanoseconds: 73 years. Sums and differences
 * of a few of them do not overflow. */
#define TIMED_MAX_TIME (G_MAXINT64 / 4)

/** The running time of a time in a segment. Files may have any time, up to 2^64: it
 * is brought within TIMED_MAX_TIME.
 * Returns: nanoseconds, negative for a time before the segment; TIMED_NO_TIME
 *   without a time, or in a segment that is not in TIME */
gint64 timed_running_time (const GstSegment * segment, GstClockTime time);

/** The running time at which the clock of an element is.
 * Returns: nanoseconds, negative before its base time; TIMED_NO_TIME if it neither plays nor
 *   is to play, or without a clock or a base time */
gint64 timed_element_running_time (GstElement * element);

/** Whether a record of this time, in milliseconds since 1970, is plausible now: within 24
 * hours before and 10 minutes after the wall clock. Brokers of Kafka refuse the future,
 * and delete the past as soon as they have it. */
gboolean timed_is_near_now (gint64 ms);

/** When a buffer was captured, as well as can be known: its GstReferenceTimestampMeta in
 * timestamp/x-unix or timestamp/x-ntp, else, of a live source, the wall clock of its
 * running time.
 * @element: whose clock and base time are those of the pipeline
 * @segment: (nullable): of @buffer; %NULL if its source is not live
 * Returns: nanoseconds since 1970, or TIMED_NO_TIME if there is neither */
gint64 timed_capture_ns (GstBuffer * buffer, GstElement * element,
    const GstSegment * segment);

/** The same for a record.
 * Returns: milliseconds since 1970, or -1 if timed_capture_ns() does not know it, or if
 *   that is not timed_is_near_now() */
gint64 timed_capture_ms (GstBuffer * buffer, GstElement * element,
    const GstSegment * segment);

/** Makes a writable buffer say that it was captured @ms milliseconds since 1970: it has a
 * GstReferenceTimestampMeta in timestamp/x-unix that says so to the millisecond. One that
 * says something else goes. */
void timed_set_capture_ms (GstBuffer * buffer, gint64 ms);

/** The same to the nanosecond. A buffer that says so already is not copied.
 * @buffer: (transfer full) (nullable):
 * @ns: G_MAXINT64 at most
 * Returns: (transfer full) (nullable): NULL if @buffer is, or if others hold it and its
 *   memory cannot be copied */
GstBuffer *timed_set_capture_ns (GstBuffer * buffer, guint64 ns);

G_END_DECLS

#endif
