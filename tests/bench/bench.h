/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef BENCH_H
#define BENCH_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * bench_feed:
 * @element: (transfer none): an element with a sink pad "sink"
 * @caps: the stream's, as text
 *
 * Returns: (transfer full): a source pad that is linked to @element and has pushed
 *     the events that come before the first buffer
 */
GstPad *bench_feed (GstElement * element, const char *caps);

/**
 * bench_cpu_ns:
 *
 * Returns: the processor time of all threads of the process so far
 */
double bench_cpu_ns (void);

/**
 * bench_fail:
 *
 * Prints why and ends the process with status 1.
 */
void bench_fail (const char *format, ...) G_GNUC_PRINTF (1, 2) G_GNUC_NORETURN;

G_END_DECLS

#endif
