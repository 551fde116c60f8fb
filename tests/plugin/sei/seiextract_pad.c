/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract: what the request pad "metadata" has, and in which caps */

#include "naltest.h"
#include "padtest.h"

#include <string.h>

#include "timedpayloadpad.h"
#include "timedreception.h"

/* U+FEFF */
#define MARK "\xef\xbb\xbf"

static GstStaticPadTemplate text_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("text/x-raw"));

static void
assert_caps (GstHarness * m, const gchar * name)
{
  GstCaps *caps = gst_pad_get_current_caps (m->sinkpad);

  fail_unless (caps);
  fail_unless_equals_string (gst_structure_get_name (gst_caps_get_structure
          (caps, 0)), name);
  gst_caps_unref (caps);
}

GST_START_TEST (test_seiextract_pad_has_payloads_with_times)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstBuffer *in = test_pad_access_unit (3, "one");
  GstCaps *ntp = gst_caps_new_empty_simple ("timestamp/x-ntp");
  GstBuffer *out, *video;

  in = test_insert_message (test_h264, in, test_uuid, "");
  in = test_insert_message (test_h264, in, test_uuid, "three");
  gst_buffer_add_reference_timestamp_meta (in, ntp, 99, GST_CLOCK_TIME_NONE);
  gst_caps_unref (ntp);
  video = gst_harness_push_and_pull (h, in);

  test_assert_first_events (m);
  assert_caps (m, "meta/x-sei");
  out = gst_harness_try_pull (m);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (out), 160 * GST_MSECOND);
  fail_unless_equals_uint64 (GST_BUFFER_DTS (out), 120 * GST_MSECOND);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (out), 40 * GST_MSECOND);
  fail_unless_equals_uint64 (gst_buffer_get_reference_timestamp_meta (out,
          NULL)->timestamp, 99);

  /* The bytes of the meta and of the buffer are the same */
  GBytes *bytes = gst_sei_buffer_get_meta_bytes (video);
  GstMapInfo map;

  gst_buffer_map (out, &map, GST_MAP_READ);
  fail_unless (map.data == g_bytes_get_data (bytes, NULL));
  gst_buffer_unmap (out, &map);
  g_bytes_unref (bytes);

  test_assert_buffer (out, "one");
  test_assert_buffer (gst_harness_try_pull (m), "");
  test_assert_buffer (gst_harness_try_pull (m), "three");
  fail_if (gst_harness_try_pull (m));
  gst_buffer_unref (video);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
assert_gap (GstHarness * m, GstClockTime expected)
{
  GstEvent *event = test_assert_event (m, GST_EVENT_GAP);
  GstClockTime timestamp, duration;

  gst_event_parse_gap (event, &timestamp, &duration);
  fail_unless_equals_uint64 (timestamp, expected);
  fail_unless_equals_uint64 (duration, 40 * GST_MSECOND);
  gst_event_unref (event);
}

GST_START_TEST (test_seiextract_pad_has_gap_without_message)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);

  gst_harness_push (h, test_pad_access_unit (0, NULL));
  gst_harness_push (h, test_pad_access_unit (1, "x"));

  test_assert_first_events (m);
  assert_gap (m, 40 * GST_MSECOND);
  fail_if (gst_harness_try_pull_event (m));
  test_assert_buffer (gst_harness_try_pull (m), "x");
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* As from an elementary stream. Without a GAP, sinks would not preroll. */
GST_START_TEST (test_seiextract_pad_has_gap_without_pts)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 7 * GST_SECOND;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  for (guint i = 0; i < 4; i++) {
    GstBuffer *in = test_pad_access_unit (10, NULL);

    GST_BUFFER_PTS (in) = GST_CLOCK_TIME_NONE;
    if (i != 2)
      GST_BUFFER_DTS (in) = GST_CLOCK_TIME_NONE;
    gst_harness_push (h, in);
  }

  test_assert_first_events (m);
  assert_gap (m, 7 * GST_SECOND);
  assert_gap (m, 7 * GST_SECOND);
  assert_gap (m, 400 * GST_MSECOND);
  assert_gap (m, 400 * GST_MSECOND);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What a receiver says of an access unit */
static void
set_origin (GstBuffer * buffer)
{
  const TimedReception reception = {.port = 40000,.ssrc = 7 };
  GstCaps *clock = gst_caps_new_empty_simple ("timestamp/x-unix");

  timed_buffer_set_reception (buffer, &reception);
  gst_buffer_add_reference_timestamp_meta (buffer, clock, 99,
      GST_CLOCK_TIME_NONE);
  gst_caps_unref (clock);
}

/* That the next @n buffers say the same */
static void
assert_origins (GstHarness * m, guint n)
{
  for (guint i = 0; i < n; i++) {
    GstBuffer *out = gst_harness_try_pull (m);
    const TimedReception *reception = timed_buffer_get_reception (out);

    fail_unless (reception);
    assert_equals_int (reception->port, 40000);
    assert_equals_uint64 (reception->ssrc, 7);
    assert_equals_uint64 (gst_buffer_get_reference_timestamp_meta (out,
            NULL)->timestamp, 99);
    gst_buffer_unref (out);
  }
}

static GstStaticPadTemplate *const templates[] = {
  &test_any_template, &test_json_template, &test_lines_template
};

/* With a message that has a type to say, too */
static const TestMessage three[] = {
  TEST_OURS, {100, NULL, "{\"a\":1}", 7}, TEST_OTHER
};

GST_START_TEST (test_seiextract_pad_says_where_payloads_came_from)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, templates[__i__]);
  GstBuffer *in = test_insert_sei (test_h264, test_pad_access_unit (0, NULL),
      three, 3);

  g_object_set (h->element, "payload-types", "5,100", NULL);
  set_origin (in);
  gst_harness_push (h, in);
  assert_origins (m, 3);

  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_pad_says_where_payloads_came_from)
{
  GstHarness *h = test_nal_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, templates[__i__]);

  g_object_set (h->element, "payload-types", "5,100", NULL);
  for (guint n = 0; n < 2; n++) {
    GstBufferList *list = test_split (test_h264, test_insert_sei (test_h264,
            test_pad_access_unit (n, NULL), three, 3));

    set_origin (gst_buffer_list_get_writable (list, 0));
    /* The slice of the second one is lost */
    if (n == 1)
      list = test_first_nals (list, gst_buffer_list_length (list) - 1);
    test_push_nals (h, list);
    if (n == 1)
      gst_harness_push_event (h, gst_event_new_eos ());
    assert_origins (m, 3);
  }

  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstPadProbeReturn
note_order (GstPad * pad, GstPadProbeInfo * info, gpointer order)
{
  g_string_append_c (order, GST_PAD_NAME (pad)[0]);
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_seiextract_src_is_pushed_first)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstPad *src = gst_element_get_static_pad (h->element, "src");
  GstPad *metadata = gst_pad_get_peer (m->sinkpad);
  GString *order = g_string_new (NULL);

  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER, note_order, order, NULL);
  gst_pad_add_probe (metadata, GST_PAD_PROBE_TYPE_BUFFER, note_order, order,
      NULL);
  gst_harness_push (h, test_pad_access_unit (0, "x"));
  gst_harness_push (h, test_pad_access_unit (1, "y"));
  fail_unless_equals_string (order->str, "smsm");
  g_string_free (order, TRUE);
  gst_object_unref (metadata);
  gst_object_unref (src);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_json_peer_gets_objects)
{
  static const struct
  {
    const gchar *payload, *json;
  } cases[] = {
    {"{\"a\": 1.0}", "{\"a\": 1.0}"}, {"{}\n \t", "{}"}, {" {}", " {}"},
    {"text", "{\"raw\":\"text\"}"}, {"[1]", "{\"raw\":\"[1]\"}"},
    {"{\"a\":", "{\"raw\":\"{\\\"a\\\":\"}"}, {"", "{\"raw\":\"\"}"},
    {"\xff", "{\"raw\":\"\xef\xbf\xbd\"}"},
    /* a byte order mark is no part of an object, but of anything else */
    {MARK "{\"a\": 1.0}", "{\"a\": 1.0}"}, {MARK " {}\n", " {}"},
    {MARK "text", "{\"raw\":\"" MARK "text\"}"}, {MARK,
        "{\"raw\":\"" MARK "\"}"},
    {MARK "[1]", "{\"raw\":\"" MARK "[1]\"}"},
    {MARK MARK "{}", "{\"raw\":\"" MARK MARK "{}\"}"},
    {" " MARK "{}", "{\"raw\":\" " MARK "{}\"}"},
    {"{" MARK "}", "{\"raw\":\"{" MARK "}\"}"},
    {"{\"a\":\"" MARK "\"}", "{\"a\":\"" MARK "\"}"},
  };
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_json_template);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gst_harness_push (h, test_pad_access_unit (i, cases[i].payload));
    test_assert_buffer (gst_harness_try_pull (m), cases[i].json);
  }
  test_assert_first_events (m);
  assert_caps (m, "application/x-json");
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_json_of_bytes_has_no_nul)
{
  static const struct
  {
    const gchar *payload;
    gsize size;
    const gchar *json;
  } cases[] = {
    {"\0", 1, "{\"raw\":\"\"}"},
    {"\0a\0b\0", 5, "{\"raw\":\"\xef\xbf\xbd" "a\xef\xbf\xbd" "b\"}"},
    {"{\"a\":\"\0\"}", 9, "{\"raw\":\"{\\\"a\\\":\\\"\xef\xbf\xbd\\\"}\"}"},
    {"{\"a\":\"\\u0000\"}", 14, "{\"a\":\"\\u0000\"}"},
    {MARK "{}\0\n\0", 8, "{}"}, {MARK "\0{}", 6,
        "{\"raw\":\"" MARK "\xef\xbf\xbd{}\"}"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GBytes *payload = g_bytes_new_static (cases[i].payload, cases[i].size);
    GBytes *json = timed_payload_to_json (payload);

    test_assert_payload (json, cases[i].json);
    g_bytes_unref (json);
    g_bytes_unref (payload);
  }
}

GST_END_TEST;

GST_START_TEST (test_seiextract_json_loses_terminating_nul)
{
  GBytes *payload = g_bytes_new_static ("{}\0\0", 4);
  GBytes *json = timed_payload_to_json (payload);

  test_assert_payload (json, "{}");
  fail_unless (g_bytes_get_data (json, NULL) ==
      g_bytes_get_data (payload, NULL));
  g_bytes_unref (json);
  g_bytes_unref (payload);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_other_peers_get_bytes)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_both_template);

  gst_harness_push (h, test_pad_access_unit (0, "text"));
  assert_caps (m, "meta/x-sei");
  test_assert_buffer (gst_harness_try_pull (m), "text");
  test_pad_release (h, m);

  /* To one that takes neither, it cannot be linked */
  GstPad *pad = gst_element_request_pad_simple (h->element, "metadata");
  GstPad *sink = gst_pad_new_from_static_template (&text_template, "sink");

  fail_unless_equals_int (gst_pad_link (pad, sink), GST_PAD_LINK_NOFORMAT);
  gst_object_unref (sink);
  gst_element_release_request_pad (h->element, pad);
  gst_object_unref (pad);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_is_renegotiated)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstPad *pad = gst_pad_get_peer (m->sinkpad);

  gst_harness_push (h, test_pad_access_unit (0, "text"));
  assert_caps (m, "meta/x-sei");
  test_assert_buffer (gst_harness_try_pull (m), "text");

  /* The same peer, of another opinion */
  gst_harness_set_sink_caps_str (m, "application/x-json");
  fail_unless (gst_harness_push_upstream_event (m,
          gst_event_new_reconfigure ()));
  gst_harness_push (h, test_pad_access_unit (1, "text"));
  assert_caps (m, "application/x-json");
  test_assert_buffer (gst_harness_try_pull (m), "{\"raw\":\"text\"}");

  /* Another peer */
  GstPad *sink = gst_pad_new_from_static_template (&test_both_template, "sink");
  GstCaps *caps;

  gst_pad_unlink (pad, m->sinkpad);
  gst_pad_set_active (sink, TRUE);
  fail_unless_equals_int (gst_pad_link (pad, sink), GST_PAD_LINK_OK);
  gst_harness_push (h, test_pad_access_unit (2, NULL));
  caps = gst_pad_get_current_caps (sink);
  fail_unless (gst_structure_has_name (gst_caps_get_structure (caps, 0),
          "meta/x-sei"));
  gst_caps_unref (caps);
  gst_pad_unlink (pad, sink);
  gst_object_unref (sink);

  gst_element_release_request_pad (h->element, pad);
  gst_object_unref (pad);
  gst_harness_teardown (m);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiextract_pad_suite (void)
{
  Suite *s = suite_create ("seiextract_pad");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_seiextract_pad_has_payloads_with_times);
  tcase_add_test (tc, test_seiextract_pad_has_gap_without_message);
  tcase_add_test (tc, test_seiextract_pad_has_gap_without_pts);
  tcase_add_loop_test (tc, test_seiextract_pad_says_where_payloads_came_from, 0,
      G_N_ELEMENTS (templates));
  tcase_add_loop_test (tc,
      test_seiextract_nal_pad_says_where_payloads_came_from, 0,
      G_N_ELEMENTS (templates));
  tcase_add_test (tc, test_seiextract_src_is_pushed_first);
  tcase_add_test (tc, test_seiextract_pad_json_peer_gets_objects);
  tcase_add_test (tc, test_seiextract_json_of_bytes_has_no_nul);
  tcase_add_test (tc, test_seiextract_json_loses_terminating_nul);
  tcase_add_test (tc, test_seiextract_pad_other_peers_get_bytes);
  tcase_add_test (tc, test_seiextract_pad_is_renegotiated);

  return s;
}

GST_CHECK_MAIN (seiextract_pad);
