/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiinject with inject-roi: regions of interest on frames become messages */

#include "regiontest.h"

#include <string.h>

static GstHarness *
inject_harness (const TestFormat * format, gboolean whole)
{
  GstHarness *h = test_region_harness ("seiinject", format, whole);

  g_object_set (h->element, "inject-roi", TRUE, NULL);
  return h;
}

GST_START_TEST (test_seiinject_regions_become_one_message)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = inject_harness (format, TRUE);
  GstBuffer *in = test_access_unit (format, 0);

  test_add_car (in);
  test_add_dog (in);
  test_add_car (in);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_messages (format, out, TEST_OBJECTS (TEST_CAR ", " TEST_DOG),
      NULL);
  assert_equals_int (test_count_regions (out), 3);
  assert_equals_uint64 (test_stat (h->element, "regions"), 2);
  assert_equals_uint64 (test_stat (h->element, "regions-dropped"), 0);
  assert_equals_uint64 (test_stat (h->element, "injected"), 1);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_regions_stay_where_not_wanted)
{
  GstHarness *h = test_region_harness ("seiinject", test_h264, TRUE);
  GstBuffer *in = test_access_unit (test_h264, 0);
  GstBuffer *out;

  test_add_car (in);
  out = gst_harness_push_and_pull (h, in);
  fail_unless (out == in);
  test_assert_messages (test_h264, out, NULL);
  gst_buffer_unref (out);

  /* nor does a frame without regions get a message */
  g_object_set (h->element, "inject-roi", TRUE, NULL);
  in = test_access_unit (test_h264, 1);
  out = gst_harness_push_and_pull (h, in);
  fail_unless (out == in);
  test_assert_messages (test_h264, out, NULL);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_regions_follow_other_messages)
{
  GstHarness *h = inject_harness (test_h264, TRUE);
  GstBuffer *in = test_access_unit (test_h264, 0);

  g_object_set (h->element, "metadata", "value", NULL);
  test_add_meta (in, test_uuid, "meta");
  test_add_car (in);
  /* outside, and without a size */
  gst_buffer_add_video_region_of_interest_meta (in, "x", 100, 0, 10, 10);
  gst_buffer_add_video_region_of_interest_meta (in, "x", 10, 10, 0, 10);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_messages (test_h264, out, "meta", "value",
      TEST_OBJECTS (TEST_CAR), NULL);
  assert_equals_uint64 (test_stat (h->element, "regions"), 1);
  assert_equals_uint64 (test_stat (h->element, "regions-dropped"), 2);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_regions_that_are_present_are_not_injected)
{
  GstHarness *h = inject_harness (test_h264, TRUE);
  GstBuffer *in = test_access_unit (test_h264, 0);

  test_add_car (in);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  out = gst_harness_push_and_pull (h, out);
  test_assert_messages (test_h264, out, TEST_OBJECTS (TEST_CAR), NULL);
  assert_equals_uint64 (test_stat (h->element, "injected"), 1);
  assert_equals_uint64 (test_stat (h->element, "present"), 1);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_regions_have_uuid)
{
  GstHarness *h = inject_harness (test_h264, TRUE);
  GstBuffer *in = test_access_unit (test_h264, 0);

  g_object_set (h->element, "uuid", "0123456789abcdef", NULL);
  test_add_car (in);
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  SeiList *messages = test_read (test_h264, out);

  assert_equals_int (messages->len, 1);
  fail_unless (memcmp (sei_list_get (messages, 0)->uuid, "0123456789abcdef",
          16) == 0);
  g_array_unref (messages);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_regions_too_large_are_left_out_whole)
{
  const gsize size = strlen (TEST_OBJECTS (TEST_CAR));
  GstHarness *h = inject_harness (test_h264, TRUE);

  g_object_set (h->element, "max-payload", (guint) size, "metadata", "value",
      NULL);
  for (guint i = 0; i < 2; i++) {
    GstBuffer *in = test_access_unit (test_h264, i);

    test_add_car (in);
    if (i == 1)
      test_add_dog (in);
    GstBuffer *out = gst_harness_push_and_pull (h, in);

    if (i == 0)
      test_assert_messages (test_h264, out, "value", TEST_OBJECTS (TEST_CAR),
          NULL);
    else
      test_assert_messages (test_h264, out, "value", NULL);
    assert_equals_uint64 (test_stat (h->element, "regions"), 1);
    assert_equals_uint64 (test_stat (h->element, "regions-dropped"), 2 * i);
    assert_equals_uint64 (test_stat (h->element, "too-large"), i);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

/* One byte cannot say the length of the message */
GST_START_TEST (test_seiinject_regions_too_large_for_length_field_are_left_out)
{
  const TestFormat *format = &test_formats[4];
  GstHarness *h = inject_harness (format, TRUE);
  GstBuffer *in = test_access_unit (format, 0);

  for (guint i = 1; i <= 5; i++)
    gst_buffer_add_video_region_of_interest_meta (in, "x", 10, 10, i, 10);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_messages (format, out, NULL);
  assert_equals_uint64 (test_stat (h->element, "regions"), 0);
  assert_equals_uint64 (test_stat (h->element, "regions-dropped"), 5);
  assert_equals_uint64 (test_stat (h->element, "too-large"), 1);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_regions_without_picture_size_are_reported_once)
{
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBus *bus = gst_bus_new ();

  g_object_set (h->element, "inject-roi", TRUE, NULL);
  gst_element_set_bus (h->element, bus);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *in = test_access_unit (test_h264, i);

    test_add_car (in);
    GstBuffer *out = gst_harness_push_and_pull (h, in);

    test_assert_messages (test_h264, out, NULL);
    gst_buffer_unref (out);
  }
  assert_equals_uint64 (test_stat (h->element, "regions-dropped"), 3);
  test_assert_warns_once (bus, "width and height");
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- NAL unit by NAL unit ------------------------------------------------ */

/* As parsers do, which put all metas on all of them */
GST_START_TEST (test_seiinject_nal_regions_on_all_buffers_are_injected_once)
{
  const TestFormat *format = &test_formats[__i__ == 0 ? 0 : 1];
  GstHarness *h = inject_harness (format, FALSE);

  for (guint n = 0; n < 2; n++) {
    GstBufferList *nals = test_split (format, test_access_unit (format, n));

    for (guint i = 0; i < gst_buffer_list_length (nals); i++) {
      test_add_car (gst_buffer_list_get (nals, i));
      test_add_dog (gst_buffer_list_get (nals, i));
    }
    test_push_nals (h, nals);
    GstBuffer *out = test_join (test_pull_nals (h));

    test_assert_messages (format, out, TEST_OBJECTS (TEST_CAR ", " TEST_DOG),
        NULL);
    gst_buffer_unref (out);
  }
  assert_equals_uint64 (test_stat (h->element, "regions"), 4);
  assert_equals_uint64 (test_stat (h->element, "late"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_regions_behind_slice_are_late)
{
  GstHarness *h = inject_harness (test_h264, FALSE);
  GstBuffer *in = test_access_unit (test_h264, 0);
  GstBufferList *nals = test_split (test_h264, test_append_nal (test_h264, in,
          (const guint8 *) "\x0c\xff\x80", 3));
  const guint n = gst_buffer_list_length (nals);

  test_add_car (gst_buffer_list_get (nals, 0));
  test_add_car (gst_buffer_list_get (nals, n - 1));
  test_add_dog (gst_buffer_list_get (nals, n - 1));
  test_push_nals (h, nals);
  GstBuffer *out = test_join (test_pull_nals (h));

  test_assert_messages (test_h264, out, TEST_OBJECTS (TEST_CAR), NULL);
  assert_equals_uint64 (test_stat (h->element, "regions"), 1);
  assert_equals_uint64 (test_stat (h->element, "late"), 1);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_regions_without_slice_are_counted)
{
  GstHarness *h = inject_harness (test_h264, FALSE);

  for (guint i = 0; i < 2; i++) {
    GstBufferList *nals = test_first_nals (test_split (test_h264,
            test_access_unit (test_h264, i)), 2);

    test_add_car (gst_buffer_list_get (nals, 0));
    test_push_nals (h, nals);
  }
  gst_harness_push_event (h, gst_event_new_eos ());
  assert_equals_uint64 (test_stat (h->element, "no-slice"), 2);
  assert_equals_uint64 (test_stat (h->element, "regions"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- real encoders ------------------------------------------------------- */

static GstPadProbeReturn
note_payload (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstClockTime *times = user_data;
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  const guint n = test_frame_of_payload ((gchar *) map.data, map.size);

  gst_buffer_unmap (buffer, &map);
  fail_if (GST_CLOCK_TIME_IS_VALID (times[n]), "%u came twice", n);
  times[n] = GST_BUFFER_PTS (buffer);
  return GST_PAD_PROBE_OK;
}

#define X264 "x264enc bframes=3 b-adapt=false speed-preset=ultrafast ! "
#define X265 "x265enc speed-preset=ultrafast " \
    "option-string=bframes=3:b-adapt=0:log-level=error ! "
#define TO_RECORDS "seiinject inject-roi=true ! seiextract name=x " \
    "x.metadata ! application/x-json ! fakesink name=records"

static const gchar *const pipelines[] = {
  (X264 "h264parse ! " TO_RECORDS),
  (X264 "h264parse ! video/x-h264,alignment=nal ! " TO_RECORDS),
  (X264 "h264parse ! video/x-h264,stream-format=avc,alignment=nal ! "
      TO_RECORDS),
  (X265 "h265parse ! " TO_RECORDS),
  (X265 "h265parse ! video/x-h265,alignment=nal ! " TO_RECORDS),
};

GST_START_TEST (test_seiinject_regions_of_raw_frames_reach_their_access_units)
{
  GstClockTime times[TEST_N_FRAMES];

  memset (times, 0xff, sizeof (times));
  test_run_detector (pipelines[__i__], "records", note_payload, times);
  for (guint i = 0; i < TEST_N_FRAMES; i++)
    fail_unless_equals_uint64 (times[i] - times[0], i * 40 * GST_MSECOND);
}

GST_END_TEST;

static Suite *
seiinject_regions_suite (void)
{
  Suite *s = suite_create ("seiinject_regions");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiinject_regions_become_one_message, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiinject_regions_stay_where_not_wanted);
  tcase_add_test (tc, test_seiinject_regions_follow_other_messages);
  tcase_add_test (tc, test_seiinject_regions_that_are_present_are_not_injected);
  tcase_add_test (tc, test_seiinject_regions_have_uuid);
  tcase_add_test (tc, test_seiinject_regions_too_large_are_left_out_whole);
  tcase_add_test (tc,
      test_seiinject_regions_too_large_for_length_field_are_left_out);
  tcase_add_test (tc,
      test_seiinject_regions_without_picture_size_are_reported_once);
  tcase_add_loop_test (tc,
      test_seiinject_nal_regions_on_all_buffers_are_injected_once, 0, 2);
  tcase_add_test (tc, test_seiinject_nal_regions_behind_slice_are_late);
  tcase_add_test (tc, test_seiinject_nal_regions_without_slice_are_counted);
  tcase_add_loop_test (tc,
      test_seiinject_regions_of_raw_frames_reach_their_access_units, 0,
      G_N_ELEMENTS (pipelines));

  return s;
}

GST_CHECK_MAIN (seiinject_regions);
