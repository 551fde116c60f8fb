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
 * BenchRival:
 * @name: what it is called in the output
 * @run: does it once
 *
 * One of the things that are measured beside each other.
 */
typedef struct
{
  const char *name;
  void (*run) (gpointer data);
  gpointer data;
} BenchRival;

/**
 * bench_compete:
 *
 * Lets all do it again and again, in turns of some milliseconds, for @total_ms each. Prints
 * the median of the turns as lines of a name and nanoseconds of processor time.
 */
void bench_compete (const BenchRival * rivals, guint n, double total_ms);

/**
 * bench_fail:
 *
 * Prints why and ends the process with status 1.
 */
void bench_fail (const char *format, ...) G_GNUC_PRINTF (1, 2) G_GNUC_NORETURN;

G_END_DECLS

#endif
