/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiinject: caps, events and life cycle */

#include "seitest.h"

#include <string.h>

GST_START_TEST (test_seiinject_caps_change_changes_format)
{
  GstHarness *h = gst_harness_new ("seiinject");

  g_object_set (h->element, "metadata", "x", NULL);
  for (guint i = 0; i < 3 * N_TEST_FORMATS; i++) {
    const TestFormat *format = &test_formats[i * 5 % N_TEST_FORMATS];
    gchar *caps = test_caps (format);

    gst_harness_set_src_caps_str (h, caps);
    GstBuffer *out = gst_harness_push_and_pull (h,
        test_access_unit (format, i));

    test_assert_messages (format, out, "x", NULL);
    gst_buffer_unref (out);
    g_free (caps);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

typedef struct
{
  const gchar *caps;
  const gchar *advice;
} Refused;

static const Refused refused[] = {
  {"video/x-h264", "insert h264parse before seiinject"},
  {"video/x-h264,stream-format=byte-stream",
      "insert h264parse before seiinject"},
  {"video/x-h265,stream-format=byte-stream",
      "insert h265parse before seiinject"},
  {"video/x-h265,alignment=au", "insert h265parse before seiinject"},
  {"video/x-h264,stream-format=avc,alignment=au",
      "insert h264parse before seiinject"},
  {"video/x-h264,stream-format=avc,alignment=au,"
        "codec_data=(buffer)01010101fe01", "insert h264parse before seiinject"},
  {"video/x-h264,stream-format=avc,alignment=au,codec_data=(buffer)01010101",
      "insert h264parse before seiinject"},
  {"video/x-h265,stream-format=hvc1,alignment=au,codec_data=(string)no",
      "insert h265parse before seiinject"},
};

/* That there is one error, and that it says this */
static void
assert_advice (GstBus * bus, const gchar * advice)
{
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  GError *error = NULL;

  fail_unless (message);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_FORMAT));
  fail_unless (strstr (error->message, advice), "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  fail_if (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR));
}

GST_START_TEST (test_seiinject_unusable_caps_names_parser_once)
{
  GstHarness *h = gst_harness_new ("seiinject");
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (h->element, bus);
  gst_harness_set_src_caps_str (h, refused[__i__].caps);
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (gst_harness_push (h, test_access_unit (test_h264,
                i)), GST_FLOW_NOT_NEGOTIATED);
  }
  assert_advice (bus, refused[__i__].advice);

  /* Usable caps heal it */
  gchar *caps = test_caps (test_h264);

  gst_harness_set_src_caps_str (h, caps);
  gst_buffer_unref (gst_harness_push_and_pull (h, test_access_unit (test_h264,
              2)));
  g_free (caps);

  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* As from a file */
GST_START_TEST (test_seiinject_without_caps_names_parsers_once)
{
  GstHarness *h = gst_harness_new ("seiinject");
  GstBus *bus = gst_bus_new ();
  GstSegment bytes;

  gst_element_set_bus (h->element, bus);
  gst_segment_init (&bytes, GST_FORMAT_BYTES);
  gst_harness_push_event (h, gst_event_new_stream_start ("file"));
  gst_harness_push_event (h, gst_event_new_segment (&bytes));
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (gst_harness_push (h, test_access_unit (test_h264,
                i)), GST_FLOW_NOT_NEGOTIATED);
  }
  assert_advice (bus, "insert h264parse or h265parse before seiinject");

  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_caps_are_negotiated_across)
{
  static const gchar *const pads[] = { "sink", "src" };

  for (guint i = 0; i < 2; i++) {
    GstHarness *h = gst_harness_new ("seiinject");
    GstPad *pad = gst_element_get_static_pad (h->element, pads[i]);
    GstCaps *expected = gst_caps_from_string
        ("video/x-h265,stream-format=hvc1,alignment=au,width=64");

    if (i == 0)
      gst_harness_set_sink_caps_str (h,
          "video/x-h265,stream-format=hvc1,width=64; video/x-vp8");
    else
      gst_harness_set_src_caps_str (h,
          "video/x-h265,stream-format=hvc1,alignment=au,width=64,"
          "codec_data=(buffer)01010101010101010101010101010101010101010103");
    GstCaps *caps = gst_pad_query_caps (pad, NULL);

    fail_unless (gst_caps_can_intersect (caps, expected));
    assert_equals_int (gst_caps_get_size (caps), 1);
    fail_unless_equals_string (gst_structure_get_string (gst_caps_get_structure
            (caps, 0), "stream-format"), "hvc1");
    gst_caps_unref (caps);
    gst_caps_unref (expected);
    gst_object_unref (pad);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

GST_START_TEST (test_seiinject_has_no_latency_of_its_own)
{
  GstHarness *h = test_harness ("seiinject", test_h264);

  gst_harness_set_upstream_latency (h, 20 * GST_MSECOND);
  fail_unless_equals_uint64 (gst_harness_query_latency (h), 20 * GST_MSECOND);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_events_pass)
{
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstEventType expected[] = { GST_EVENT_STREAM_START, GST_EVENT_CAPS,
    GST_EVENT_SEGMENT, GST_EVENT_GAP, GST_EVENT_FLUSH_START,
    GST_EVENT_FLUSH_STOP, GST_EVENT_SEGMENT, GST_EVENT_EOS
  };
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_object_set (h->element, "metadata", "x", NULL);
  fail_unless (gst_harness_push_event (h, gst_event_new_gap (0, 1)));
  fail_unless (gst_harness_push_event (h, gst_event_new_flush_start ()));
  fail_unless_equals_int (gst_harness_push (h, test_access_unit (test_h264,
              0)), GST_FLOW_FLUSHING);
  fail_unless (gst_harness_push_event (h, gst_event_new_flush_stop (TRUE)));
  fail_unless (gst_harness_push_event (h, gst_event_new_segment (&segment)));

  GstBuffer *out = gst_harness_push_and_pull (h,
      test_access_unit (test_h264, 1));

  test_assert_messages (test_h264, out, "x", NULL);
  gst_buffer_unref (out);
  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  fail_unless_equals_int (gst_harness_push (h, test_access_unit (test_h264,
              2)), GST_FLOW_EOS);

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    GstEvent *event = gst_harness_pull_event (h);

    fail_unless_equals_string (GST_EVENT_TYPE_NAME (event),
        gst_event_type_get_name (expected[i]));
    gst_event_unref (event);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_reused_after_null_is_as_new)
{
  GstHarness *h = test_harness ("seiinject", test_h264);

  gst_util_set_object_arg (G_OBJECT (h->element), "mode", "once");
  g_object_set (h->element, "metadata", "x", NULL);
  for (guint i = 0; i < 2; i++) {
    GstBuffer *out = gst_harness_push_and_pull (h,
        test_access_unit (test_h264, i));

    test_assert_messages (test_h264, out, "x", NULL);
    gst_buffer_unref (out);
    assert_equals_uint64 (test_stat (h->element, "frames"), 1);

    test_restart (h, test_h264);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_without_caps_is_not_negotiated)
{
  GstHarness *h = gst_harness_new ("seiinject");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_stream_start ("no-caps"));
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  fail_unless_equals_int (gst_pad_push (h->srcpad,
          test_access_unit (test_h264, 0)), GST_FLOW_NOT_NEGOTIATED);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_bad_uuid_does_not_start)
{
  static const gchar *const bad[] = {
    "x", "00010203-0405-0607-0809-0a0b0c0d0e0", "0123456789abcde\xc3\xa4",
    "000102030405060708090a0b0c0d0e0f0", "g00102030405060708090a0b0c0d0e0f",
    "--------------------------------", "0123456789abcdefg"
  };
  GstElement *element = gst_element_factory_make ("seiinject", NULL);
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (element, bus);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_object_set (element, "uuid", bad[i], NULL);
    fail_unless_equals_int (gst_element_set_state (element, GST_STATE_PAUSED),
        GST_STATE_CHANGE_FAILURE);

    GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

    fail_unless (message);
    gst_message_unref (message);
    gst_element_set_state (element, GST_STATE_NULL);
  }
  g_object_set (element, "uuid", NULL, NULL);
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_PAUSED),
      GST_STATE_CHANGE_SUCCESS);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

GST_END_TEST;

static gint end;

static gpointer
flush (gpointer pad)
{
  while (!g_atomic_int_get (&end)) {
    gst_pad_send_event (pad, gst_event_new_flush_start ());
    gst_pad_send_event (pad, gst_event_new_flush_stop (TRUE));
  }
  return NULL;
}

/* A pad is open as soon as it begins to become active. */
GST_START_TEST (test_seiinject_metadata_is_flushed_while_it_becomes_active)
{
  GstElement *element = gst_check_setup_element ("seiinject");
  GstPad *pad = gst_element_request_pad_simple (element, "metadata");
  GThread *thread = g_thread_new ("flush", flush, pad);

  for (guint i = 0; i < 50000; i++) {
    GstCaps *caps = gst_caps_new_empty_simple ("application/x-ndjson");

    gst_element_set_state (element, GST_STATE_PAUSED);
    gst_pad_send_event (pad, gst_event_new_stream_start ("x"));
    gst_pad_send_event (pad, gst_event_new_caps (caps));
    gst_caps_unref (caps);
    gst_element_set_state (element, GST_STATE_READY);
  }
  g_atomic_int_set (&end, TRUE);
  g_thread_join (thread);
  gst_element_release_request_pad (element, pad);
  gst_object_unref (pad);
  gst_check_teardown_element (element);
}

GST_END_TEST;

static Suite *
seiinject_life_suite (void)
{
  Suite *s = suite_create ("seiinject-life");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_seiinject_caps_change_changes_format);
  tcase_add_loop_test (tc, test_seiinject_unusable_caps_names_parser_once, 0,
      G_N_ELEMENTS (refused));
  tcase_add_test (tc, test_seiinject_without_caps_names_parsers_once);
  tcase_add_test (tc, test_seiinject_caps_are_negotiated_across);
  tcase_add_test (tc, test_seiinject_has_no_latency_of_its_own);
  tcase_add_test (tc, test_seiinject_events_pass);
  tcase_add_test (tc, test_seiinject_reused_after_null_is_as_new);
  tcase_add_test (tc, test_seiinject_without_caps_is_not_negotiated);
  tcase_add_test (tc, test_seiinject_bad_uuid_does_not_start);
  tcase_add_test (tc,
      test_seiinject_metadata_is_flushed_while_it_becomes_active);

  return s;
}

GST_CHECK_MAIN (seiinject_life);
