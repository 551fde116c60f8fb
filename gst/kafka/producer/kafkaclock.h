/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KAFKA_CLOCK_H
#define KAFKA_CLOCK_H

#include <glib.h>

G_BEGIN_DECLS

/** @step_us: by how much the wall clock has gone forward (or back, below 0) against the
 * monotonic one, since the last call
 * @is_set: it shows a time that it can have; false before the year 2020 */
typedef void (*KafkaClockFunc) (gint64 step_us, gboolean is_set, gpointer data);

/**
 * Watches the wall clock, which librdkafka's threads wait by: after a step back they
 * sleep until the old time. @func is called in a thread of its own, for a step back of
 * more than 2 s within about a second, and at first and whenever @is_set changes.
 * Returns: to be given to kafka_clock_unwatch()
 */
gpointer kafka_clock_watch (KafkaClockFunc func, gpointer data);

/** @func is not called any more when this returns. It must not be called by @func, nor
 * with a lock held that @func takes. */
void kafka_clock_unwatch (gpointer watch);

G_END_DECLS
#endif
