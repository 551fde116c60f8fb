/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract: events, flow and life of the request pad "metadata" */

#include "padtest.h"

GST_START_TEST (test_seiextract_pad_requested_late_has_its_events)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m;

  gst_harness_push (h, test_pad_access_unit (0, "before"));
  for (guint i = 0; i < 3; i++) {
    m = test_pad_harness (h, i % 2 ? &test_json_template : &test_any_template);
    gst_harness_push (h, test_pad_access_unit (1 + i, "{}"));
    test_assert_first_events (m);
    test_assert_buffer (gst_harness_try_pull (m), "{}");
    test_pad_release (h, m);
    fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (9,
                "{}")), GST_FLOW_OK);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_there_is_but_one)
{
  GstElement *element = gst_element_factory_make ("seiextract", NULL);
  GstPad *pad = gst_element_request_pad_simple (element, "metadata");

  fail_unless (pad);
  fail_unless (gst_element_request_pad (element,
          gst_element_get_pad_template (element, "metadata"), NULL, NULL) ==
      NULL);
  gst_element_release_request_pad (element, pad);
  gst_object_unref (pad);
  pad = gst_element_request_pad_simple (element, "metadata");
  fail_unless (pad);
  gst_object_unref (pad);
  gst_object_unref (element);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_flush_and_eos)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstSegment segment;
  const GstSegment *parsed;
  GstEvent *event;

  gst_harness_push (h, test_pad_access_unit (0, "x"));
  test_assert_first_events (m);
  gst_harness_push_event (h, gst_event_new_flush_start ());
  fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (1,
              "lost")), GST_FLOW_FLUSHING);
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 7;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (2, "y")),
      GST_FLOW_OK);
  gst_harness_push_event (h, gst_event_new_gap (200 * GST_MSECOND, 1));
  gst_harness_push_event (h, gst_event_new_eos ());

  gst_event_unref (test_assert_event (m, GST_EVENT_FLUSH_START));
  gst_event_unref (test_assert_event (m, GST_EVENT_FLUSH_STOP));
  event = test_assert_event (m, GST_EVENT_SEGMENT);
  gst_event_parse_segment (event, &parsed);
  fail_unless_equals_uint64 (parsed->start, 7);
  gst_event_unref (event);
  gst_event_unref (test_assert_event (m, GST_EVENT_GAP));
  gst_event_unref (test_assert_event (m, GST_EVENT_EOS));
  fail_if (gst_harness_try_pull_event (m));
  test_assert_buffer (gst_harness_try_pull (m), "x");
  test_assert_buffer (gst_harness_try_pull (m), "y");
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_eos_without_data_has_stream_start)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);

  gst_harness_push_event (h, gst_event_new_eos ());
  test_assert_first_events (m);
  gst_event_unref (test_assert_event (m, GST_EVENT_EOS));
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_new_segment_and_stream)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstSegment segment;
  GstEvent *event;
  const gchar *id;

  gst_harness_push (h, test_pad_access_unit (0, "x"));
  test_assert_first_events (m);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_stream_start ("other"));
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  gst_harness_push (h, test_pad_access_unit (1, "y"));
  event = test_assert_event (m, GST_EVENT_STREAM_START);
  gst_event_parse_stream_start (event, &id);
  fail_unless_equals_string (id, "other/metadata");
  gst_event_unref (event);
  gst_event_unref (test_assert_event (m, GST_EVENT_SEGMENT));
  fail_if (gst_harness_try_pull_event (m));
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A segment without a stream, and a stream without a segment */
GST_START_TEST (test_seiextract_pad_new_segment_or_stream)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstSegment segment;

  gst_harness_push (h, test_pad_access_unit (0, "x"));
  test_assert_first_events (m);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.base = 5;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  gst_harness_push (h, test_pad_access_unit (1, "y"));
  gst_event_unref (test_assert_event (m, GST_EVENT_SEGMENT));
  fail_if (gst_harness_try_pull_event (m));
  gst_harness_push_event (h, gst_event_new_stream_start ("other"));
  gst_harness_push (h, test_pad_access_unit (2, "z"));
  gst_event_unref (test_assert_event (m, GST_EVENT_STREAM_START));
  fail_if (gst_harness_try_pull_event (m));
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_tags_stay_with_video)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);

  gst_harness_push (h, test_pad_access_unit (0, "x"));
  test_assert_first_events (m);
  gst_harness_push_event (h, gst_event_new_tag (gst_tag_list_new
          (GST_TAG_VIDEO_CODEC, "H.264", NULL)));
  gst_harness_push (h, test_pad_access_unit (1, "y"));
  fail_if (gst_harness_try_pull_event (m));
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_alone_is_enough)
{
  GstHarness *h = gst_harness_new_with_padnames ("seiextract", "sink", NULL);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  gchar *caps = test_caps (test_h264);

  gst_harness_set_src_caps_str (h, caps);
  for (guint i = 0; i < 4; i++) {
    fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (i,
                i % 2 ? "x" : NULL)), GST_FLOW_OK);
  }
  test_assert_buffer (gst_harness_try_pull (m), "x");
  test_assert_buffer (gst_harness_try_pull (m), "x");
  g_free (caps);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_unlinked_does_not_stop_video)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstPad *pad = gst_element_request_pad_simple (h->element, "metadata");

  for (guint i = 0; i < 3; i++)
    gst_buffer_unref (gst_harness_push_and_pull (h, test_pad_access_unit (i,
                "x")));
  gst_element_release_request_pad (h->element, pad);
  gst_object_unref (pad);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
count_payload (GstElement * element, GBytes * payload, guint * n)
{
  (*n)++;
}

/* Both pads are there, and nobody is behind them */
GST_START_TEST (test_seiextract_pads_unlinked_need_signal_or_messages)
{
  GstHarness *h = gst_harness_new_with_padnames ("seiextract", "sink", NULL);
  GstPad *pad = gst_element_request_pad_simple (h->element, "metadata");
  GstBus *bus = gst_bus_new ();
  guint n_payloads = 0;

  gst_element_set_bus (h->element, bus);
  for (guint nal = 0; nal < 2; nal++) {
    gchar *caps = nal ? test_nal_caps (test_h264) : test_caps (test_h264);

    gst_harness_set_src_caps_str (h, caps);
    g_free (caps);
    for (guint i = 0; i < 8; i++) {
      const gboolean signal = i & 1;
      const gboolean messages = (i & 2) != 0;
      const guint n_before = n_payloads;
      GstMessage *message;
      gulong id = i & 4 ? g_signal_connect (h->element, "new-payload",
          G_CALLBACK (count_payload), &n_payloads) : 0;

      g_object_set (h->element, "signal-new-metadata", signal, "post-messages",
          messages, NULL);
      fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (i,
                  "x")), i > 0 ? GST_FLOW_OK : GST_FLOW_NOT_LINKED);
      message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
      fail_unless_equals_int (message != NULL, messages);
      fail_unless_equals_int (n_payloads - n_before, id ? 1 : 0);
      if (message)
        gst_message_unref (message);
      if (id)
        g_signal_handler_disconnect (h->element, id);
    }
  }
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_element_release_request_pad (h->element, pad);
  gst_object_unref (pad);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_linked_again_has_data_again)
{
  GstHarness *h = gst_harness_new_with_padnames ("seiextract", "sink", NULL);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstPad *pad = gst_pad_get_peer (m->sinkpad);
  gchar *caps = test_caps (test_h264);

  gst_harness_set_src_caps_str (h, caps);
  g_free (caps);
  gst_pad_unlink (pad, m->sinkpad);
  fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (0,
              "lost")), GST_FLOW_NOT_LINKED);
  gst_pad_link (pad, m->sinkpad);
  fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (1, "x")),
      GST_FLOW_OK);
  test_assert_first_events (m);
  test_assert_buffer (gst_harness_try_pull (m), "x");
  gst_object_unref (pad);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstFlowReturn
return_flow (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  gst_buffer_unref (buffer);
  return GPOINTER_TO_INT (pad->chaindata);
}

GST_START_TEST (test_seiextract_pad_flow_is_combined)
{
  static const struct
  {
    GstFlowReturn metadata, expected;
  } cases[] = {
    {GST_FLOW_OK, GST_FLOW_OK}, {GST_FLOW_EOS, GST_FLOW_OK},
    {GST_FLOW_FLUSHING, GST_FLOW_FLUSHING}, {GST_FLOW_ERROR, GST_FLOW_ERROR}
  };
  const guint i = __i__;
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstPad *pad = gst_element_request_pad_simple (h->element, "metadata");
  GstPad *sink = gst_pad_new_from_static_template (&test_both_template, "sink");

  gst_pad_set_chain_function_full (sink, return_flow,
      GINT_TO_POINTER (cases[i].metadata), NULL);
  gst_pad_set_active (sink, TRUE);
  fail_unless_equals_int (gst_pad_link (pad, sink), GST_PAD_LINK_OK);
  fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (0, "x")),
      cases[i].expected);
  gst_pad_unlink (pad, sink);
  gst_object_unref (sink);
  gst_element_release_request_pad (h->element, pad);
  gst_object_unref (pad);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_answers_latency_and_keeps_qos)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstQuery *query = gst_query_new_latency ();
  GstEvent *event;
  GstClockTime min;

  gst_harness_set_upstream_latency (h, 20 * GST_MSECOND);
  fail_unless (gst_pad_peer_query (m->sinkpad, query));
  gst_query_parse_latency (query, NULL, &min, NULL);
  fail_unless_equals_uint64 (min, 20 * GST_MSECOND);
  gst_query_unref (query);

  while ((event = gst_harness_try_pull_upstream_event (h)))
    gst_event_unref (event);
  gst_harness_push_upstream_event (m, gst_event_new_reconfigure ());
  gst_harness_push_upstream_event (m,
      gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 2.0, 1, 0));
  fail_if (gst_harness_try_pull_upstream_event (h));
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_survives_null)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);

  gst_harness_push (h, test_pad_access_unit (0, "x"));
  test_assert_first_events (m);
  test_assert_buffer (gst_harness_try_pull (m), "x");

  test_restart (h, test_h264);
  fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (1, "y")),
      GST_FLOW_OK);
  assert_equals_uint64 (test_stat (h->element, "access-units"), 1);
  gst_event_unref (test_assert_event (m, GST_EVENT_FLUSH_STOP));
  test_assert_first_events (m);
  test_assert_buffer (gst_harness_try_pull (m), "y");

  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* It loses its events with that. */
GST_START_TEST (test_seiextract_pad_activated_again_has_its_events)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstPad *pad = gst_pad_get_peer (m->sinkpad);

  for (guint i = 0; i < 3; i++) {
    gst_harness_push (h, test_pad_access_unit (2 * i, "x"));
    test_assert_first_events (m);
    test_assert_buffer (gst_harness_try_pull (m), "x");
    gst_harness_push (h, test_pad_access_unit (2 * i + 1, "y"));
    test_assert_buffer (gst_harness_try_pull (m), "y");
    fail_if (gst_harness_try_pull_event (m));
    gst_pad_set_active (pad, FALSE);
    gst_pad_set_active (pad, TRUE);
  }
  gst_object_unref (pad);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstFlowReturn
count_buffer (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  g_atomic_int_inc ((gint *) pad->chaindata);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gpointer
keep_requesting (gpointer data)
{
  GstHarness *h = data;
  gint n_buffers = 0;

  for (guint i = 0; i < 1000 || n_buffers == 0; i++) {
    GstPad *pad = gst_element_request_pad_simple (h->element, "metadata");
    GstPad *sink =
        gst_pad_new_from_static_template (i %
        2 ? &test_json_template : &test_any_template, "sink");

    gst_pad_set_chain_function_full (sink, count_buffer, &n_buffers, NULL);
    gst_pad_set_active (sink, TRUE);
    fail_unless_equals_int (gst_pad_link (pad, sink), GST_PAD_LINK_OK);
    g_thread_yield ();
    gst_element_release_request_pad (h->element, pad);
    gst_pad_set_active (sink, FALSE);
    gst_object_unref (pad);
    gst_object_unref (sink);
  }
  return NULL;
}

GST_START_TEST (test_seiextract_pad_can_come_and_go_while_data_flows)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GThread *thread = g_thread_new ("requester", keep_requesting, h);

  for (guint i = 0; i < 3000; i++) {
    fail_unless_equals_int (gst_harness_push (h, test_pad_access_unit (i, "x")),
        GST_FLOW_OK);
    gst_buffer_unref (gst_harness_pull (h));
  }
  g_thread_join (thread);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiextract_life_suite (void)
{
  Suite *s = suite_create ("seiextract_life");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_seiextract_pad_requested_late_has_its_events);
  tcase_add_test (tc, test_seiextract_pad_there_is_but_one);
  tcase_add_test (tc, test_seiextract_pad_flush_and_eos);
  tcase_add_test (tc, test_seiextract_pad_eos_without_data_has_stream_start);
  tcase_add_test (tc, test_seiextract_pad_new_segment_and_stream);
  tcase_add_test (tc, test_seiextract_pad_new_segment_or_stream);
  tcase_add_test (tc, test_seiextract_pad_tags_stay_with_video);
  tcase_add_test (tc, test_seiextract_pad_alone_is_enough);
  tcase_add_test (tc, test_seiextract_pad_unlinked_does_not_stop_video);
  tcase_add_test (tc, test_seiextract_pads_unlinked_need_signal_or_messages);
  tcase_add_test (tc, test_seiextract_pad_linked_again_has_data_again);
  tcase_add_loop_test (tc, test_seiextract_pad_flow_is_combined, 0, 4);
  tcase_add_test (tc, test_seiextract_pad_answers_latency_and_keeps_qos);
  tcase_add_test (tc, test_seiextract_pad_survives_null);
  tcase_add_test (tc, test_seiextract_pad_activated_again_has_its_events);
  tcase_add_test (tc, test_seiextract_pad_can_come_and_go_while_data_flows);

  return s;
}

GST_CHECK_MAIN (seiextract_life);
