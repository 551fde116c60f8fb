/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The pad "metadata" of seiinject: which payload goes into which access unit.
 * Everything is live here, so nobody waits: what is to be there has come. */

#include "joinedtest.h"

#include <string.h>

#define JSON "application/x-json"
#define LINES "application/x-ndjson"

GST_START_TEST (test_seiinject_join_goes_by_running_time)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, FALSE);

  test_push_payload (m, "a", 40);
  test_push_payload (m, "b", 79);
  test_push_segment (m, GST_FORMAT_TIME, 10 * GST_SECOND, 80 * GST_MSECOND);
  test_push_payload (m, "c", 10000);
  test_push_payload (m, "e", 10040);
  test_push_payload (m, "d", 10039);

  test_assert_frame (h, 0, "a", "b", NULL);
  test_assert_frame (h, 1, "c", "d", NULL);
  test_push_segment (h, GST_FORMAT_TIME, 20 * 40 * GST_MSECOND,
      120 * GST_MSECOND);
  test_assert_frame (h, 19, "e", NULL);
  assert_equals_uint64 (test_stat (h->element, "received"), 5);
  assert_equals_uint64 (test_stat (h->element, "injected"), 5);
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* 0: buffers without PTS, 1: a segment that is not in TIME */
GST_START_TEST (test_seiinject_join_without_time_goes_one_by_one)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, FALSE);

  if (__i__ == 1)
    test_push_segment (m, GST_FORMAT_BYTES, 0, 0);
  test_push_payload (m, "a", __i__ == 1 ? 1000 : TEST_NO_MS);
  test_push_payload (m, "b", __i__ == 1 ? 0 : TEST_NO_MS);
  test_assert_frame (h, 0, "a", NULL);
  test_assert_frame (h, 1, "b", NULL);
  test_assert_frame (h, 2, NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_access_unit_without_slice_takes_none)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, FALSE);
  GstBuffer *in = test_access_unit (test_h264, 0);

  test_push_payload (m, "a", TEST_NO_MS);
  gst_buffer_resize (in, 0, gst_buffer_get_size (in) - TEST_SLICE_SIZE);
  gst_buffer_unref (gst_harness_push_and_pull (h, in));
  test_assert_frame (h, 1, "a", NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_buffers_are_payloads_as_they_are)
{
  static const gchar *const caps[] = {
    JSON, "meta/x-sei", "text/x-raw,format=utf8", "application/octet-stream"
  };

  for (guint i = 0; i < G_N_ELEMENTS (caps); i++) {
    GstHarness *h = test_video_harness (TRUE);
    GstHarness *m = test_joined_harness (h, caps[i], FALSE);

    test_push_payload (m, " {\"a\":\n1}\r\n\n", 40);
    test_push_payload (m, "", 41);
    test_assert_frame (h, 0, " {\"a\":\n1}\r\n\n", "", NULL);
    test_joined_teardown (h, m);
  }
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_lines_may_be_cut_anywhere)
{
  static const gchar text[] = "{\"n\":1}\r\n\n\r\n two \nlast";

  for (gsize cut = 0; cut < sizeof (text); cut++) {
    GstHarness *h = test_video_harness (TRUE);
    GstHarness *m = test_joined_harness (h, LINES, FALSE);
    gchar *first = g_strndup (text, cut);

    test_push_payload (m, first, TEST_NO_MS);
    test_push_payload (m, text + cut, TEST_NO_MS);
    gst_harness_push_event (m, gst_event_new_eos ());
    test_assert_frame (h, 0, "{\"n\":1}", NULL);
    test_assert_frame (h, 1, " two ", NULL);
    test_assert_frame (h, 2, "last", NULL);
    test_assert_frame (h, 3, NULL);
    g_free (first);
    test_joined_teardown (h, m);
  }
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_line_has_time_of_where_it_begins)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, LINES, FALSE);

  test_push_payload (m, "one\ntw", 40);
  test_push_payload (m, "o\nthree\n\r", 80);
  test_push_payload (m, "\nfour\n", 120);
  test_assert_frame (h, 0, "one", "two", NULL);
  test_assert_frame (h, 1, "three", NULL);
  test_assert_frame (h, 2, "four", NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_caps_can_change)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, LINES, FALSE);

  test_push_payload (m, "a\nb\n", 40);
  gst_harness_set_src_caps_str (m, JSON);
  test_push_payload (m, "c\nd\n", 41);
  gst_harness_set_src_caps_str (m, LINES);
  test_push_payload (m, "e\nf\n", 42);
  test_assert_frame (h, 0, "a", "b", "c\nd\n", "e", "f", NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_line_above_bound_keeps_its_place)
{
  const gsize size = 16 * 1024 * 1024 + 1;
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, LINES, FALSE);
  gchar *line = g_strnfill (size, 'x');

  test_push_payload (m, "a\n", TEST_NO_MS);
  test_push_payload (m, line, TEST_NO_MS);
  test_push_payload (m, "\nb\n", TEST_NO_MS);
  test_assert_frame (h, 0, "a", NULL);
  test_assert_frame (h, 1, NULL);
  assert_equals_uint64 (test_stat (h->element, "too-large"), 1);
  test_assert_frame (h, 2, "b", NULL);
  g_free (line);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_order_is_metas_pad_property)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, FALSE);
  GstBuffer *in = test_insert_message (test_h264,
      test_access_unit (test_h264, 0), test_uuid, "there");

  test_add_meta (in, test_uuid, "meta");
  test_add_meta (in, test_uuid, "both");
  test_push_payload (m, "both", 40);
  test_push_payload (m, "there", 40);
  test_push_payload (m, "pad", 40);
  test_push_payload (m, "pad", 40);
  g_object_set (h->element, "metadata", "property", NULL);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_messages (test_h264, out, "there", "meta", "both", "pad",
      "property", NULL);
  assert_equals_uint64 (test_stat (h->element, "injected"), 4);
  gst_buffer_unref (out);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_has_uuid_of_property)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, FALSE);

  g_object_set (h->element, "uuid", "000102030405060708090a0b0c0d0e0f", NULL);
  test_push_payload (m, "a", 40);
  GstBuffer *out = test_push_frame (h, 0);
  SeiList *list = test_read (test_h264, out);

  assert_equals_int (list->len, 1);
  fail_unless (memcmp (sei_list_get (list, 0)->uuid, test_other_uuid, 16) == 0);
  g_array_unref (list);
  gst_buffer_unref (out);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_there_is_one_pad)
{
  GstHarness *h = test_video_harness (TRUE);
  GstPadTemplate *templ = gst_element_get_pad_template (h->element, "metadata");

  for (guint i = 0; i < 2; i++) {
    GstHarness *m = test_joined_harness (h, JSON, FALSE);

    /* GStreamer itself complains first where this comes through its functions */
    fail_if (GST_ELEMENT_GET_CLASS (h->element)->request_new_pad (h->element,
            templ, "metadata", NULL));
    test_push_payload (m, "a", TEST_NO_MS);
    gst_harness_teardown (m);
    /* what has come is not lost */
    test_assert_frame (h, i, "a", NULL);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A link without a pad, as behind a demuxer, must not take it for a text track. */
GST_START_TEST (test_seiinject_join_pad_is_given_by_name_alone)
{
  GstHarness *h = test_video_harness (TRUE);
  GstPadTemplate *templ = gst_element_get_pad_template (h->element, "metadata");
  GstPad *pad;

  fail_if (gst_element_request_pad (h->element, templ, NULL, NULL));
  pad = gst_element_request_pad (h->element, templ, "metadata", NULL);
  fail_unless (pad);
  gst_element_release_request_pad (h->element, pad);
  gst_object_unref (pad);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_another_pad_begins_anew)
{
  GstHarness *h = test_video_harness (TRUE);

  for (guint i = 0; i < 2; i++) {
    GstHarness *m = test_joined_harness (h, LINES, FALSE);

    assert_equals_uint64 (test_stat (h->element, "unused"), i);
    test_push_payload (m, "a\nhal", TEST_NO_MS);
    gst_harness_push_event (m, gst_event_new_eos ());
    test_assert_frame (h, 2 * i, "a", NULL);
    gst_harness_teardown (m);
  }
  test_assert_frame (h, 4, "hal", NULL);
  test_assert_frame (h, 5, NULL);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_without_caps_is_told)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = gst_harness_new_with_element (h->element, "metadata", NULL);
  GstBus *bus = gst_bus_new ();
  GError *error;

  gst_element_set_bus (h->element, bus);
  gst_pad_push_event (m->srcpad, gst_event_new_stream_start ("metadata"));
  test_push_segment (m, GST_FORMAT_BYTES, 0, 0);
  fail_unless_equals_int (gst_harness_push (m, test_payload ("a", 0)),
      GST_FLOW_NOT_NEGOTIATED);
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, "application/x-json"),
      "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_events_go_nowhere)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, FALSE);
  const guint before = gst_harness_events_received (h);

  gst_harness_push_event (m,
      gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "x", NULL)));
  gst_harness_push_event (m, gst_event_new_gap (0, GST_SECOND));
  gst_harness_push_event (m, gst_event_new_flush_start ());
  gst_harness_push_event (m, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (m, gst_event_new_custom
      (GST_EVENT_CUSTOM_DOWNSTREAM_OOB, gst_structure_new_empty ("x")));
  fail_unless (gst_harness_push_event (m, gst_event_new_eos ()));
  assert_equals_int (gst_harness_events_received (h), before);
  test_assert_frame (h, 0, NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_seek_goes_to_both)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, FALSE);
  const guint h_before = gst_harness_upstream_events_received (h);
  const guint m_before = gst_harness_upstream_events_received (m);

  gst_harness_push_upstream_event (h, gst_event_new_qos (GST_QOS_TYPE_THROTTLE,
          1, 0, 0));
  assert_equals_int (gst_harness_upstream_events_received (h), h_before + 1);
  assert_equals_int (gst_harness_upstream_events_received (m), m_before);
  gst_harness_push_upstream_event (h, gst_event_new_seek (1, GST_FORMAT_TIME,
          GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0));
  assert_equals_int (gst_harness_upstream_events_received (h), h_before + 2);
  assert_equals_int (gst_harness_upstream_events_received (m), m_before + 1);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_after_videos_end_answers_eos)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, JSON, FALSE);

  test_push_payload (m, "a", TEST_NO_MS);
  test_push_payload (m, "b", 1000);
  gst_harness_push_event (h, gst_event_new_eos ());
  assert_equals_uint64 (test_stat (h->element, "received"), 2);
  assert_equals_uint64 (test_stat (h->element, "unused"), 2);
  fail_unless_equals_int (gst_harness_push (m, test_payload ("c", 0)),
      GST_FLOW_EOS);

  /* a flush makes it begin again */
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  test_push_segment (h, GST_FORMAT_TIME, 0, 0);
  test_push_payload (m, "d", 40);
  test_assert_frame (h, 0, "d", NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_flush_of_metadata_forgets_it)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, LINES, FALSE);

  test_push_payload (m, "a\nb", 40);
  gst_harness_push_event (m, gst_event_new_flush_start ());
  fail_unless_equals_int (gst_harness_push (m, test_payload ("c\n", 40)),
      GST_FLOW_FLUSHING);
  gst_harness_push_event (m, gst_event_new_flush_stop (TRUE));
  test_push_segment (m, GST_FORMAT_TIME, 0, 0);
  test_push_payload (m, "d\n", 40);
  test_assert_frame (h, 0, "d", NULL);
  test_joined_teardown (h, m);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_join_reused_after_null_is_as_new)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, LINES, FALSE);

  for (guint i = 0; i < 2; i++) {
    test_push_payload (m, "left\nhal", 80);
    gst_harness_push_event (h, gst_event_new_eos ());
    gst_harness_push_event (m, gst_event_new_eos ());
    test_restart (h, test_h264);
    assert_equals_uint64 (test_stat (h->element, "received"), 0);
    assert_equals_uint64 (test_stat (h->element, "unused"), 0);
    gst_pad_push_event (m->srcpad, gst_event_new_flush_stop (TRUE));
    gst_pad_push_event (m->srcpad, gst_event_new_stream_start ("again"));
    gst_harness_set_src_caps_str (m, LINES);
    test_push_segment (m, GST_FORMAT_TIME, 0, 0);
    test_push_payload (m, "new\n", 80);
    test_assert_frame (h, 1, "new", NULL);
  }
  test_joined_teardown (h, m);
}

GST_END_TEST;

static Suite *
seiinject_join_suite (void)
{
  Suite *s = suite_create ("seiinject-join");
  TCase *tc = tcase_create ("join");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_seiinject_join_goes_by_running_time);
  tcase_add_loop_test (tc, test_seiinject_join_without_time_goes_one_by_one,
      0, 2);
  tcase_add_test (tc, test_seiinject_join_access_unit_without_slice_takes_none);
  tcase_add_test (tc, test_seiinject_join_buffers_are_payloads_as_they_are);
  tcase_add_test (tc, test_seiinject_join_lines_may_be_cut_anywhere);
  tcase_add_test (tc, test_seiinject_join_line_has_time_of_where_it_begins);
  tcase_add_test (tc, test_seiinject_join_caps_can_change);
  tcase_add_test (tc, test_seiinject_join_line_above_bound_keeps_its_place);
  tcase_add_test (tc, test_seiinject_join_order_is_metas_pad_property);
  tcase_add_test (tc, test_seiinject_join_has_uuid_of_property);
  tcase_add_test (tc, test_seiinject_join_there_is_one_pad);
  tcase_add_test (tc, test_seiinject_join_pad_is_given_by_name_alone);
  tcase_add_test (tc, test_seiinject_join_another_pad_begins_anew);
  tcase_add_test (tc, test_seiinject_join_without_caps_is_told);
  tcase_add_test (tc, test_seiinject_join_events_go_nowhere);
  tcase_add_test (tc, test_seiinject_join_seek_goes_to_both);
  tcase_add_test (tc, test_seiinject_join_after_videos_end_answers_eos);
  tcase_add_test (tc, test_seiinject_join_flush_of_metadata_forgets_it);
  tcase_add_test (tc, test_seiinject_join_reused_after_null_is_as_new);

  return s;
}

GST_CHECK_MAIN (seiinject_join);
