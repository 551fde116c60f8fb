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
