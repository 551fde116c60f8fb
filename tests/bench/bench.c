/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

GstPad *
bench_feed (GstElement * element, const char *caps)
{
  GstPad *src = gst_pad_new ("src", GST_PAD_SRC);
  GstPad *sink = gst_element_get_static_pad (element, "sink");
  GstCaps *parsed = gst_caps_from_string (caps);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_set_active (src, TRUE);
  if (gst_pad_link (src, sink) != GST_PAD_LINK_OK)
    bench_fail ("cannot link %s", GST_ELEMENT_NAME (element));
  gst_pad_push_event (src, gst_event_new_stream_start ("bench"));
  if (!gst_pad_push_event (src, gst_event_new_caps (parsed)))
    bench_fail ("%s does not take %s", GST_ELEMENT_NAME (element), caps);
  gst_pad_push_event (src, gst_event_new_segment (&segment));
  gst_caps_unref (parsed);
  gst_object_unref (sink);
  return src;
}

double
bench_cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

#define MAX_TURN_NS 5e6

/* Looks at the clock so seldom that it does not count, whatever is measured. Returns nanoseconds
 * for doing it once. */
static double
run_turn (const BenchRival * rival, double turn_ns)
{
  const double begin_ns = bench_cpu_ns ();
  double ns;
  guint64 n = 0;

  do {
    for (guint64 more = MAX (n, 1); more > 0; more--, n++)
      rival->run (rival->data);
    ns = bench_cpu_ns () - begin_ns;
  } while (ns < turn_ns);
  return ns / n;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

void
bench_compete (const BenchRival * rivals, guint n, double total_ms)
{
  const double total_ns = total_ms * 1e6;
  const double turn_ns = MIN (MAX_TURN_NS, total_ns);
  GPtrArray *turns =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (turns, g_array_new (FALSE, FALSE, sizeof (double)));
  for (double ns = 0; ns < total_ns; ns += turn_ns) {
    for (guint i = 0; i < n; i++) {
      const double each = run_turn (&rivals[i], turn_ns);

      g_array_append_val (((GArray *) turns->pdata[i]), each);
    }
  }
  for (guint i = 0; i < n; i++) {
    GArray *found = turns->pdata[i];

    g_array_sort (found, compare);
    g_print ("%s %.0f\n", rivals[i].name,
        g_array_index (found, double, found->len / 2));
  }
  g_ptr_array_unref (turns);
}

void
bench_fail (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fputc ('\n', stderr);
  exit (1);
}
