/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a detector attaches to raw frames becomes records, without any code. */

#include "bed.h"

#include <gst/video/video.h>

#define N_FRAMES 40

static GstPadProbeReturn
detect (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  guint *n = data;
  GstBuffer *buffer =
      gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstVideoRegionOfInterestMeta *meta =
      gst_buffer_add_video_region_of_interest_meta (buffer, "car", *n, 10, 20,
      30);

  meta->id = (*n)++;
  gst_video_region_of_interest_meta_add_param (meta,
      gst_structure_new ("detection", "confidence", G_TYPE_DOUBLE, 0.6, NULL));
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

/* Which frame a record is about */
static guint
get_number (const Record * record)
{
  guint n;

  fail_unless (sscanf (record->value, "{\"objects\": [{\"id\": \"obj-%u\"", &n)
      == 1, "%s", record->value);
  fail_unless (n < N_FRAMES);

  g_autofree char *x = n == 0 ? g_strdup ("0") : g_strdup_printf ("0.%02u", n);

  if (n > 0 && n % 10 == 0)
    x[3] = '\0';

  g_autofree char *expected = g_strdup_printf ("{\"objects\": [{\"id\": "
      "\"obj-%u\", \"label\": \"car\", \"confidence\": 0.6, \"bbox\": "
      "{\"x\": %s, \"y\": 0.1, \"w\": 0.2, \"h\": 0.3}}]}", n, x);

  fail_unless_equals_string (record->value, expected);
  return n;
}

static gint64
get_pts (const Record * record)
{
  const void *value;
  gsize size;

  fail_unless (rd_kafka_header_get_last (record->headers, "pts", &value,
          &size) == RD_KAFKA_RESP_ERR_NO_ERROR);
  return g_ascii_strtoll (value, NULL, 10);
}

GST_START_TEST (test_kafkasink_regions_of_a_detector_are_records)
{
  Bed bed;
  gint64 pts[N_FRAMES];
  guint n = 0;

  bed_open (&bed, NULL, "");
  g_autofree char *line = g_strdup_printf ("videotestsrc num-buffers=%u ! "
      "video/x-raw,width=100,height=100,framerate=25/1 ! identity name=raw ! "
      "x264enc bframes=3 b-adapt=false speed-preset=ultrafast ! h264parse ! "
      "seiinject inject-roi=true ! seiextract name=x x.metadata", N_FRAMES);

  bed_run (&bed, line, detect, &n);

  Record *records = bed_consume (&bed, N_FRAMES);

  memset (pts, 0xff, sizeof (pts));
  for (guint i = 0; i < N_FRAMES; i++)
    pts[get_number (&records[i])] = get_pts (&records[i]);
  for (guint i = 0; i < N_FRAMES; i++)
    fail_unless_equals_int64 (pts[i] - pts[0], i * 40 * GST_MSECOND);
  bed_free_records (records, N_FRAMES);
  bed_close (&bed);
}

GST_END_TEST;

static Suite *
regions_suite (void)
{
  Suite *s = suite_create ("regions");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_kafkasink_regions_of_a_detector_are_records);

  return s;
}

GST_CHECK_MAIN (regions);
