/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_TIME_H
#define KAFKA_TIME_H

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

/** When @buffer was captured, as well as can be known: its
 * GstReferenceTimestampMeta in Unix or NTP time, else with @live the wall clock
 * of its running time.
 * Returns: milliseconds since 1970, or -1 if there is neither, or if it is not
 *   within 24 hours before and 10 minutes after the wall clock: brokers refuse
 *   the future, and delete the past as soon as they have it */
gint64 kafka_time_of_capture (GstBaseSink * sink, GstBuffer * buffer,
    gboolean live);

G_END_DECLS
#endif
