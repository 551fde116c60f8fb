/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The time that a camera writes into its frames is that of their records. */

#include "bed.h"

#define N_FRAMES 20

/* On raw frames, in steps of 7 ms */
static GstPadProbeReturn
capture (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  gint64 *ms = data;
  GstBuffer *buffer =
      gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstCaps *caps = gst_caps_new_empty_simple ("timestamp/x-unix");

  gst_buffer_add_reference_timestamp_meta (buffer, caps, *ms * GST_MSECOND,
      GST_CLOCK_TIME_NONE);
  gst_caps_unref (caps);
  *ms += 7;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

/* Payloads on a pad of their own, or metas on the video */
static const char *const ways[] = { "name=x x.metadata", "" };

/* MPEG-TS carries the video, and no metas. */
GST_START_TEST (test_kafkasink_time_is_that_in_the_video)
{
  const gint64 hour_ago_ms = g_get_real_time () / 1000 - 3600 * 1000;
  gint64 ms = hour_ago_ms;
  Bed bed;

  bed_open (&bed, NULL, "");
  g_autofree char *line = g_strdup_printf ("videotestsrc num-buffers=%u ! "
      "video/x-raw,width=64,height=64,framerate=25/1 ! identity name=raw ! "
      "x264enc tune=zerolatency speed-preset=ultrafast ! seiinject "
      "misp-time=micro metadata=hello ! mpegtsmux ! tsdemux ! h264parse ! "
      "seiextract %s", N_FRAMES, ways[__i__]);

  bed_run (&bed, line, capture, &ms);

  Record *records = bed_consume (&bed, N_FRAMES);

  for (guint i = 0; i < N_FRAMES; i++) {
    fail_unless_equals_string (records[i].value, "hello");
    fail_unless_equals_int64 (records[i].timestamp_ms, hour_ago_ms + 7 * i);
  }
  bed_free_records (records, N_FRAMES);
  bed_close (&bed);
}

GST_END_TEST;

static Suite *
times_suite (void)
{
  Suite *s = suite_create ("times");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_kafkasink_time_is_that_in_the_video, 0,
      G_N_ELEMENTS (ways));

  return s;
}

GST_CHECK_MAIN (times);
