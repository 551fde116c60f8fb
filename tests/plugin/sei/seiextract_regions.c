/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract with extract-roi: objects in messages become regions of interest on frames */

#include "regiontest.h"

#include <string.h>

static GstHarness *
extract_harness (const TestFormat * format, gboolean whole)
{
  GstHarness *h = test_region_harness ("seiextract", format, whole);

  g_object_set (h->element, "extract-roi", TRUE, NULL);
  return h;
}

static GstBuffer *
access_unit (const TestFormat * format, const gchar * payload)
{
  return test_insert_message (format, test_access_unit (format, 0), test_uuid,
      payload);
}

GST_START_TEST (test_seiextract_objects_become_regions)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = extract_harness (format, TRUE);
  GstBuffer *out = gst_harness_push_and_pull (h, access_unit (format,
          TEST_OBJECTS (TEST_CAR ", " TEST_DOG)));
  const GstVideoRegionOfInterestMeta *meta =
      gst_buffer_get_video_region_of_interest_meta_id (out, 7);

  assert_equals_int (test_count_regions (out), 2);
  fail_unless (meta);
  fail_unless_equals_string (g_quark_to_string (meta->roi_type), "car");
  fail_unless (meta->x == 10 && meta->y == 20 && meta->w == 30
      && meta->h == 30);
  test_assert_metas (out, TEST_OBJECTS (TEST_CAR ", " TEST_DOG), NULL);
  assert_equals_uint64 (test_stat (h->element, "regions"), 2);
  assert_equals_uint64 (test_stat (h->element, "regions-dropped"), 0);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* An object that does not move is on each frame. */
GST_START_TEST (test_seiextract_every_frame_gets_its_regions)
{
  GstHarness *h = extract_harness (test_h264, TRUE);

  for (guint i = 1; i <= 3; i++) {
    GstBuffer *out = gst_harness_push_and_pull (h, access_unit (test_h264,
            TEST_OBJECTS (TEST_CAR)));

    assert_equals_int (test_count_regions (out), 1);
    assert_equals_uint64 (test_stat (h->element, "regions"), i);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_objects_stay_text_where_not_wanted)
{
  GstHarness *h = test_region_harness ("seiextract", test_h264, TRUE);
  GstBuffer *out = gst_harness_push_and_pull (h, access_unit (test_h264,
          TEST_OBJECTS (TEST_CAR)));

  assert_equals_int (test_count_regions (out), 0);
  assert_equals_uint64 (test_stat (h->element, "regions"), 0);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_regions_are_not_doubled)
{
  GstHarness *h = extract_harness (test_h264, TRUE);
  GstBuffer *in = access_unit (test_h264, TEST_OBJECTS (TEST_CAR));

  in = test_insert_message (test_h264, in, test_uuid,
      TEST_OBJECTS (TEST_DOG ", " TEST_CAR));
  test_add_car (in);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  assert_equals_int (test_count_regions (out), 2);
  assert_equals_uint64 (test_stat (h->element, "regions"), 1);
  out = gst_harness_push_and_pull (h, out);
  assert_equals_int (test_count_regions (out), 2);
  assert_equals_uint64 (test_stat (h->element, "regions"), 1);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_regions_of_unselected_messages_are_not_attached)
{
  GstHarness *h = extract_harness (test_h264, TRUE);
  GstBuffer *in = access_unit (test_h264, TEST_OBJECTS (TEST_CAR));

  g_object_set (h->element, "uuid", "0123456789abcdef", NULL);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  assert_equals_int (test_count_regions (out), 0);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_malformed_objects_are_counted)
{
  GstHarness *h = extract_harness (test_h264, TRUE);
  static const gchar *const payloads[] = {
    TEST_OBJECTS ("1, " TEST_CAR ", {}, {\"bbox\": {\"x\": 0}}"),
    "{\"objects\": 5}",
    "{\"objects\": [",
    "\xff",
  };

  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++) {
    GstBuffer *out = gst_harness_push_and_pull (h, access_unit (test_h264,
            payloads[i]));

    assert_equals_int (test_count_regions (out), i == 0 ? 1 : 0);
    test_assert_metas (out, payloads[i], NULL);
    gst_buffer_unref (out);
  }
  assert_equals_uint64 (test_stat (h->element, "regions"), 1);
  assert_equals_uint64 (test_stat (h->element, "regions-dropped"), 4);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_regions_without_picture_size_are_reported_once)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstBus *bus = gst_bus_new ();

  g_object_set (h->element, "extract-roi", TRUE, NULL);
  gst_element_set_bus (h->element, bus);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *out = gst_harness_push_and_pull (h, access_unit (test_h264,
            TEST_OBJECTS (TEST_CAR)));

    assert_equals_int (test_count_regions (out), 0);
    gst_buffer_unref (out);
  }
  assert_equals_uint64 (test_stat (h->element, "regions-dropped"), 3);
  test_assert_warns_once (bus, "width and height");
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_regions_are_on_the_first_slice)
{
  GstHarness *h = extract_harness (test_h264, FALSE);
  GstBufferList *nals;
  guint n;

  test_push_nals (h, test_split (test_h264, access_unit (test_h264,
              TEST_OBJECTS (TEST_CAR))));
  nals = test_pull_nals (h);
  n = gst_buffer_list_length (nals);
  for (guint i = 0; i < n; i++)
    assert_equals_int (test_count_regions (gst_buffer_list_get (nals, i)),
        i == n - 1 ? 1 : 0);
  gst_buffer_list_unref (nals);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- real encoders and decoders ------------------------------------------ */


static GstPadProbeReturn
check_frame (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  const guint n = *(guint *) user_data;
  const GstVideoRegionOfInterestMeta *meta =
      gst_buffer_get_video_region_of_interest_meta (buffer);

  assert_equals_int (test_count_regions (buffer), 1);
  fail_unless_equals_string (g_quark_to_string (meta->roi_type), "frame");
  assert_equals_int (meta->id, n);
  fail_unless (meta->x == n && meta->y == 20 && meta->w == 10 && meta->h == 10);
  *(guint *) user_data = n + 1;
  return GST_PAD_PROBE_OK;
}

#define X264 "x264enc bframes=3 b-adapt=false speed-preset=ultrafast ! " \
    "h264parse ! "
#define X265 "x265enc speed-preset=ultrafast " \
    "option-string=bframes=3:b-adapt=0:log-level=error ! h265parse ! "
#define INJECT "seiinject inject-roi=true ! "
#define EXTRACT "seiextract extract-roi=true ! "
/* drops all metas */
#define TRANSPORT_264 "h264parse ! mpegtsmux ! tsdemux ! h264parse ! "
#define TRANSPORT_265 "h265parse ! mpegtsmux ! tsdemux ! h265parse ! "
#define FRAMES_264 "h264parse ! avdec_h264 ! fakesink name=frames"
#define FRAMES_265 "h265parse ! avdec_h265 ! fakesink name=frames"

static const gchar *const pipelines[] = {
  (X264 INJECT TRANSPORT_264 EXTRACT FRAMES_264),
  (X264 INJECT TRANSPORT_264 "video/x-h264,alignment=nal ! " EXTRACT
      FRAMES_264),
  (X265 INJECT TRANSPORT_265 EXTRACT FRAMES_265),
  /* the metas of the raw frames are there already */
  (X264 INJECT EXTRACT FRAMES_264),
  (X264 INJECT EXTRACT EXTRACT FRAMES_264),
  (X265 INJECT EXTRACT FRAMES_265),
};

GST_START_TEST (test_seiextract_regions_come_out_of_decoders_on_their_frames)
{
  guint n = 0;

  test_run_detector (pipelines[__i__], "frames", check_frame, &n);
  assert_equals_int (n, TEST_N_FRAMES);
}

GST_END_TEST;

static Suite *
seiextract_regions_suite (void)
{
  Suite *s = suite_create ("seiextract_regions");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiextract_objects_become_regions, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_every_frame_gets_its_regions);
  tcase_add_test (tc, test_seiextract_objects_stay_text_where_not_wanted);
  tcase_add_test (tc, test_seiextract_regions_are_not_doubled);
  tcase_add_test (tc,
      test_seiextract_regions_of_unselected_messages_are_not_attached);
  tcase_add_test (tc, test_seiextract_malformed_objects_are_counted);
  tcase_add_test (tc,
      test_seiextract_regions_without_picture_size_are_reported_once);
  tcase_add_test (tc, test_seiextract_nal_regions_are_on_the_first_slice);
  tcase_add_loop_test (tc,
      test_seiextract_regions_come_out_of_decoders_on_their_frames, 0,
      G_N_ELEMENTS (pipelines));

  return s;
}

GST_CHECK_MAIN (seiextract_regions);
