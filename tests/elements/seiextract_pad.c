/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract: the request pad "metadata" */

#include "seitest.h"

#include <string.h>

#include "gst/sei/seijson.h"

static GstStaticPadTemplate any_src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static GstStaticPadTemplate json_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-json"));

static GstStaticPadTemplate both_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("application/x-json; meta/x-sei"));

static GstStaticPadTemplate text_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("text/x-raw"));

static GstStaticPadTemplate any_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

/* A harness on the pad "metadata" of the element of @h */
static GstHarness *
metadata_harness (GstHarness * h, GstStaticPadTemplate * templ)
{
  return gst_harness_new_full (h->element, &any_src_template, NULL, templ,
      "metadata");
}

/* Requested pads are the harness's to release */
static void
release (GstHarness * h, GstHarness * m)
{
  GstPad *pad = gst_pad_get_peer (m->sinkpad);

  gst_element_release_request_pad (h->element, pad);
  gst_object_unref (pad);
  gst_harness_teardown (m);
}

static GstBuffer *
access_unit (guint n, const gchar * payload)
{
  GstBuffer *buffer = test_access_unit (test_h264, n);

  return payload != NULL ?
      test_insert_message (test_h264, buffer, test_uuid, payload) : buffer;
}

static void
assert_payload (GstBuffer * buffer, const gchar * text)
{
  gchar *data;
  gsize size;

  fail_unless (buffer != NULL);
  gst_buffer_extract_dup (buffer, 0, -1, (gpointer *) & data, &size);
  fail_unless (size == strlen (text) && memcmp (data, text, size) == 0,
      "payload '%.*s', expected '%s'", (int) size, data, text);
  g_free (data);
  gst_buffer_unref (buffer);
}

static GstEvent *
assert_event (GstHarness * m, GstEventType type)
{
  GstEvent *event = gst_harness_try_pull_event (m);

  fail_unless (event != NULL, "no %s", gst_event_type_get_name (type));
  fail_unless_equals_string (GST_EVENT_TYPE_NAME (event),
      gst_event_type_get_name (type));
  return event;
}

static void
assert_caps (GstHarness * m, const gchar * name)
{
  GstCaps *caps = gst_pad_get_current_caps (m->sinkpad);

  fail_unless (caps != NULL);
  fail_unless_equals_string (gst_structure_get_name (gst_caps_get_structure
          (caps, 0)), name);
  gst_caps_unref (caps);
}

static void
assert_first_events (GstHarness * m)
{
  GstEvent *event = assert_event (m, GST_EVENT_STREAM_START);
  const gchar *id;
  GstStreamFlags flags;
  guint group_id;

  gst_event_parse_stream_start (event, &id);
  gst_event_parse_stream_flags (event, &flags);
  fail_unless (g_str_has_suffix (id, "/metadata"), "%s", id);
  assert_equals_int (flags, GST_STREAM_FLAG_SPARSE);
  fail_unless (gst_event_parse_group_id (event, &group_id));
  gst_event_unref (event);
  gst_event_unref (assert_event (m, GST_EVENT_CAPS));
  gst_event_unref (assert_event (m, GST_EVENT_SEGMENT));
}

GST_START_TEST (test_seiextract_pad_has_payloads_with_times)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = metadata_harness (h, &any_template);
  GstBuffer *in = access_unit (3, "one");
  GstCaps *ntp = gst_caps_new_empty_simple ("timestamp/x-ntp");
  GstBuffer *out, *video;

  in = test_insert_message (test_h264, in, test_uuid, "");
  in = test_insert_message (test_h264, in, test_uuid, "three");
  gst_buffer_add_reference_timestamp_meta (in, ntp, 99, GST_CLOCK_TIME_NONE);
  gst_caps_unref (ntp);
  video = gst_harness_push_and_pull (h, in);

  assert_first_events (m);
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

  assert_payload (out, "one");
  assert_payload (gst_harness_try_pull (m), "");
  assert_payload (gst_harness_try_pull (m), "three");
  fail_unless (gst_harness_try_pull (m) == NULL);
  gst_buffer_unref (video);
  release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_has_gap_without_message)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = metadata_harness (h, &any_template);
  GstBuffer *untimed = access_unit (2, NULL);
  GstClockTime timestamp, duration;
  GstEvent *event;

  gst_harness_push (h, access_unit (0, NULL));
  gst_harness_push (h, access_unit (1, "x"));
  GST_BUFFER_PTS (untimed) = GST_CLOCK_TIME_NONE;
  gst_harness_push (h, untimed);

  assert_first_events (m);
  event = assert_event (m, GST_EVENT_GAP);
  gst_event_parse_gap (event, &timestamp, &duration);
  fail_unless_equals_uint64 (timestamp, 40 * GST_MSECOND);
  fail_unless_equals_uint64 (duration, 40 * GST_MSECOND);
  gst_event_unref (event);
  fail_unless (gst_harness_try_pull_event (m) == NULL);
  assert_payload (gst_harness_try_pull (m), "x");
  release (h, m);
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
  GstHarness *m = metadata_harness (h, &any_template);
  GstPad *src = gst_element_get_static_pad (h->element, "src");
  GstPad *metadata = gst_pad_get_peer (m->sinkpad);
  GString *order = g_string_new (NULL);

  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER, note_order, order, NULL);
  gst_pad_add_probe (metadata, GST_PAD_PROBE_TYPE_BUFFER, note_order, order,
      NULL);
  gst_harness_push (h, access_unit (0, "x"));
  gst_harness_push (h, access_unit (1, "y"));
  fail_unless_equals_string (order->str, "smsm");
  g_string_free (order, TRUE);
  gst_object_unref (metadata);
  gst_object_unref (src);
  release (h, m);
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
  };
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = metadata_harness (h, &json_template);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gst_harness_push (h, access_unit (i, cases[i].payload));
    assert_payload (gst_harness_try_pull (m), cases[i].json);
  }
  assert_first_events (m);
  assert_caps (m, "application/x-json");
  release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_json_loses_terminating_nul)
{
  GBytes *payload = g_bytes_new_static ("{}\0\0", 4);
  GBytes *json = sei_payload_to_json (payload);

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
  GstHarness *m = metadata_harness (h, &both_template);

  gst_harness_push (h, access_unit (0, "text"));
  assert_caps (m, "meta/x-sei");
  assert_payload (gst_harness_try_pull (m), "text");
  release (h, m);

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
  GstHarness *m = metadata_harness (h, &any_template);
  GstPad *pad = gst_pad_get_peer (m->sinkpad);

  gst_harness_push (h, access_unit (0, "text"));
  assert_caps (m, "meta/x-sei");
  assert_payload (gst_harness_try_pull (m), "text");

  /* The same peer, of another opinion */
  gst_harness_set_sink_caps_str (m, "application/x-json");
  fail_unless (gst_harness_push_upstream_event (m,
          gst_event_new_reconfigure ()));
  gst_harness_push (h, access_unit (1, "text"));
  assert_caps (m, "application/x-json");
  assert_payload (gst_harness_try_pull (m), "{\"raw\":\"text\"}");

  /* Another peer */
  GstPad *sink = gst_pad_new_from_static_template (&both_template, "sink");
  GstCaps *caps;

  gst_pad_unlink (pad, m->sinkpad);
  gst_pad_set_active (sink, TRUE);
  fail_unless_equals_int (gst_pad_link (pad, sink), GST_PAD_LINK_OK);
  gst_harness_push (h, access_unit (2, NULL));
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

GST_START_TEST (test_seiextract_pad_requested_late_has_its_events)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m;

  gst_harness_push (h, access_unit (0, "before"));
  for (guint i = 0; i < 3; i++) {
    m = metadata_harness (h, i % 2 ? &json_template : &any_template);
    gst_harness_push (h, access_unit (1 + i, "{}"));
    assert_first_events (m);
    assert_payload (gst_harness_try_pull (m), "{}");
    release (h, m);
    fail_unless_equals_int (gst_harness_push (h, access_unit (9, "{}")),
        GST_FLOW_OK);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_there_is_but_one)
{
  GstElement *element = gst_element_factory_make ("seiextract", NULL);
  GstPad *pad = gst_element_request_pad_simple (element, "metadata");

  fail_unless (pad != NULL);
  fail_unless (gst_element_request_pad (element,
          gst_element_get_pad_template (element, "metadata"), NULL, NULL) ==
      NULL);
  gst_element_release_request_pad (element, pad);
  gst_object_unref (pad);
  pad = gst_element_request_pad_simple (element, "metadata");
  fail_unless (pad != NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_flush_and_eos)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = metadata_harness (h, &any_template);
  GstSegment segment;
  const GstSegment *parsed;
  GstEvent *event;

  gst_harness_push (h, access_unit (0, "x"));
  assert_first_events (m);
  gst_harness_push_event (h, gst_event_new_flush_start ());
  fail_unless_equals_int (gst_harness_push (h, access_unit (1, "lost")),
      GST_FLOW_FLUSHING);
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 7;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  fail_unless_equals_int (gst_harness_push (h, access_unit (2, "y")),
      GST_FLOW_OK);
  gst_harness_push_event (h, gst_event_new_gap (200 * GST_MSECOND, 1));
  gst_harness_push_event (h, gst_event_new_eos ());

  gst_event_unref (assert_event (m, GST_EVENT_FLUSH_START));
  gst_event_unref (assert_event (m, GST_EVENT_FLUSH_STOP));
  event = assert_event (m, GST_EVENT_SEGMENT);
  gst_event_parse_segment (event, &parsed);
  fail_unless_equals_uint64 (parsed->start, 7);
  gst_event_unref (event);
  gst_event_unref (assert_event (m, GST_EVENT_GAP));
  gst_event_unref (assert_event (m, GST_EVENT_EOS));
  fail_unless (gst_harness_try_pull_event (m) == NULL);
  assert_payload (gst_harness_try_pull (m), "x");
  assert_payload (gst_harness_try_pull (m), "y");
  release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_eos_without_data_has_stream_start)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = metadata_harness (h, &any_template);

  gst_harness_push_event (h, gst_event_new_eos ());
  assert_first_events (m);
  gst_event_unref (assert_event (m, GST_EVENT_EOS));
  release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_new_segment_and_stream)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = metadata_harness (h, &any_template);
  GstSegment segment;
  GstEvent *event;
  const gchar *id;

  gst_harness_push (h, access_unit (0, "x"));
  assert_first_events (m);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_stream_start ("other"));
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  gst_harness_push (h, access_unit (1, "y"));
  event = assert_event (m, GST_EVENT_STREAM_START);
  gst_event_parse_stream_start (event, &id);
  fail_unless_equals_string (id, "other/metadata");
  gst_event_unref (event);
  gst_event_unref (assert_event (m, GST_EVENT_SEGMENT));
  fail_unless (gst_harness_try_pull_event (m) == NULL);
  release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_tags_stay_with_video)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = metadata_harness (h, &any_template);

  gst_harness_push (h, access_unit (0, "x"));
  assert_first_events (m);
  gst_harness_push_event (h, gst_event_new_tag (gst_tag_list_new
          (GST_TAG_VIDEO_CODEC, "H.264", NULL)));
  gst_harness_push (h, access_unit (1, "y"));
  fail_unless (gst_harness_try_pull_event (m) == NULL);
  release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_alone_is_enough)
{
  GstHarness *h = gst_harness_new_with_padnames ("seiextract", "sink", NULL);
  GstHarness *m = metadata_harness (h, &any_template);
  gchar *caps = test_caps (test_h264);

  gst_harness_set_src_caps_str (h, caps);
  for (guint i = 0; i < 4; i++) {
    fail_unless_equals_int (gst_harness_push (h, access_unit (i,
                i % 2 ? "x" : NULL)), GST_FLOW_OK);
  }
  assert_payload (gst_harness_try_pull (m), "x");
  assert_payload (gst_harness_try_pull (m), "x");
  g_free (caps);
  release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_unlinked_does_not_stop_video)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstPad *pad = gst_element_request_pad_simple (h->element, "metadata");

  for (guint i = 0; i < 3; i++)
    gst_buffer_unref (gst_harness_push_and_pull (h, access_unit (i, "x")));
  gst_element_release_request_pad (h->element, pad);
  gst_object_unref (pad);
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
  GstPad *sink = gst_pad_new_from_static_template (&both_template, "sink");

  gst_pad_set_chain_function_full (sink, return_flow,
      GINT_TO_POINTER (cases[i].metadata), NULL);
  gst_pad_set_active (sink, TRUE);
  fail_unless_equals_int (gst_pad_link (pad, sink), GST_PAD_LINK_OK);
  fail_unless_equals_int (gst_harness_push (h, access_unit (0, "x")),
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
  GstHarness *m = metadata_harness (h, &any_template);
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
  fail_unless (gst_harness_try_pull_upstream_event (h) == NULL);
  release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_pad_survives_null)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = metadata_harness (h, &any_template);
  gchar *caps = test_caps (test_h264);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push (h, access_unit (0, "x"));
  assert_first_events (m);
  assert_payload (gst_harness_try_pull (m), "x");

  gst_element_set_state (h->element, GST_STATE_NULL);
  gst_element_set_state (h->element, GST_STATE_PLAYING);
  gst_pad_push_event (h->srcpad, gst_event_new_flush_stop (TRUE));
  gst_pad_push_event (h->srcpad, gst_event_new_stream_start ("again"));
  gst_pad_push_event (h->srcpad,
      gst_event_new_caps (gst_caps_from_string (caps)));
  gst_pad_push_event (h->srcpad, gst_event_new_segment (&segment));
  fail_unless_equals_int (gst_harness_push (h, access_unit (1, "y")),
      GST_FLOW_OK);
  assert_equals_uint64 (test_stat (h->element, "access-units"), 1);
  gst_event_unref (assert_event (m, GST_EVENT_FLUSH_STOP));
  assert_first_events (m);
  assert_payload (gst_harness_try_pull (m), "y");

  g_free (caps);
  release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

static gpointer
keep_requesting (gpointer data)
{
  GstHarness *h = data;

  for (guint i = 0; i < 500; i++)
    release (h, metadata_harness (h, i % 2 ? &json_template : &any_template));
  return NULL;
}

GST_START_TEST (test_seiextract_pad_can_come_and_go_while_data_flows)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GThread *thread = g_thread_new ("requester", keep_requesting, h);

  for (guint i = 0; i < 3000; i++) {
    fail_unless_equals_int (gst_harness_push (h, access_unit (i, "x")),
        GST_FLOW_OK);
    gst_buffer_unref (gst_harness_pull (h));
  }
  g_thread_join (thread);
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
  tcase_add_test (tc, test_seiextract_src_is_pushed_first);
  tcase_add_test (tc, test_seiextract_pad_json_peer_gets_objects);
  tcase_add_test (tc, test_seiextract_json_loses_terminating_nul);
  tcase_add_test (tc, test_seiextract_pad_other_peers_get_bytes);
  tcase_add_test (tc, test_seiextract_pad_is_renegotiated);
  tcase_add_test (tc, test_seiextract_pad_requested_late_has_its_events);
  tcase_add_test (tc, test_seiextract_pad_there_is_but_one);
  tcase_add_test (tc, test_seiextract_pad_flush_and_eos);
  tcase_add_test (tc, test_seiextract_pad_eos_without_data_has_stream_start);
  tcase_add_test (tc, test_seiextract_pad_new_segment_and_stream);
  tcase_add_test (tc, test_seiextract_pad_tags_stay_with_video);
  tcase_add_test (tc, test_seiextract_pad_alone_is_enough);
  tcase_add_test (tc, test_seiextract_pad_unlinked_does_not_stop_video);
  tcase_add_loop_test (tc, test_seiextract_pad_flow_is_combined, 0, 4);
  tcase_add_test (tc, test_seiextract_pad_answers_latency_and_keeps_qos);
  tcase_add_test (tc, test_seiextract_pad_survives_null);
  tcase_add_test (tc, test_seiextract_pad_can_come_and_go_while_data_flows);

  return s;
}

GST_CHECK_MAIN (seiextract_pad);
