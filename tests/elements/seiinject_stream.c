/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiinject: memories, caps, events, life cycle and input that is wrong */

#include "seitest.h"

#include <string.h>

/* How many memories of @in are in @out, at the same address */
static guint
count_shared (GstBuffer * in, GstBuffer * out)
{
  SeiBufferMap a, b;
  guint n = 0;

  fail_unless (sei_buffer_map (in, &a));
  fail_unless (sei_buffer_map (out, &b));
  for (gsize i = 0; i < a.bytes.n_spans; i++) {
    for (gsize j = 0; j < b.bytes.n_spans; j++) {
      const SeiSpan *x = &a.bytes.spans[i];
      const SeiSpan *y = &b.bytes.spans[j];

      /* One that was divided starts at the same address and is shorter */
      if (x->data == y->data && x->size >= y->size)
        n++;
    }
  }
  sei_buffer_unmap (&a);
  sei_buffer_unmap (&b);

  return n;
}

GST_START_TEST (test_seiinject_up_to_14_memories_shares_video)
{
  const guint n_memories = __i__;
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *in = test_divide (test_access_unit (test_h264, 0), n_memories);

  g_object_set (h->element, "metadata", "shared", NULL);
  GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

  assert_equals_int (count_shared (in, out), n_memories);
  test_assert_messages (test_h264, out, "shared", NULL);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_16_memories_shares_the_large_ones)
{
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *in = test_divide (test_access_unit (test_h264, 0), 16);
  GstBuffer *big = gst_buffer_new_allocate (NULL, 100000, NULL);

  /* The last memory is a large one: what follows the slice is part of it */
  gst_buffer_memset (big, 0, 0x55, -1);
  gst_buffer_replace_memory (in, 15, gst_buffer_get_memory (big, 0));
  gst_buffer_unref (big);
  g_object_set (h->element, "metadata", "shared", NULL);

  GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

  assert_equals_int (gst_buffer_n_memory (out), 16);
  fail_unless (count_shared (in, out) >= 13);
  fail_unless (gst_buffer_peek_memory (out, 15) ==
      gst_buffer_peek_memory (in, 15));
  test_assert_messages (test_h264, out, "shared", NULL);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_shared_buffer_stays_as_it_was)
{
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *in = test_access_unit (test_h264, 0);
  const gsize size = gst_buffer_get_size (in);

  g_object_set (h->element, "metadata", "x", NULL);
  GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

  fail_unless_equals_int (gst_buffer_get_size (in), size);
  test_assert_messages (test_h264, in, NULL);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_prefix_nal_stays_with_its_slice)
{
  static const guint8 prefix[] = { 0x6e, 0x40, 0x80, 0x07 };
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *in = test_insert_nal (test_h264, test_access_unit (test_h264, 0),
      prefix, sizeof (prefix));
  GstMapInfo map;

  g_object_set (h->element, "metadata", "x", NULL);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  gst_buffer_map (out, &map, GST_MAP_READ);
  const gsize slice = map.size - TEST_SLICE_SIZE;

  fail_unless (memcmp (map.data + slice - sizeof (prefix), prefix,
          sizeof (prefix)) == 0);
  gst_buffer_unmap (out, &map);
  test_assert_messages (test_h264, out, "x", NULL);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_too_large_for_length_field_passes_frame)
{
  const TestFormat format = {
    "video/x-h264,stream-format=avc", {SEI_CODEC_H264, 2}
  };
  GstHarness *h = test_harness ("seiinject", &format);
  GstBuffer *in = test_access_unit (&format, 0);
  gchar *text = g_strnfill (65536, 'x');

  test_add_meta (in, test_uuid, "fits");
  g_object_set (h->element, "metadata", text, NULL);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_messages (&format, out, "fits", NULL);
  assert_equals_uint64 (test_stat (h->element, "too-large"), 1);
  assert_equals_uint64 (test_stat (h->element, "injected"), 1);
  gst_buffer_unref (out);

  in = test_access_unit (&format, 1);
  out = gst_harness_push_and_pull (h, in);
  fail_unless (out == in);
  assert_equals_uint64 (test_stat (h->element, "too-large"), 2);
  gst_buffer_unref (out);

  g_free (text);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_empty_buffer_passes)
{
  GstHarness *h = test_harness ("seiinject", &test_formats[__i__]);
  GstBuffer *in = gst_buffer_new ();

  g_object_set (h->element, "metadata", "x", NULL);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  fail_unless (out == in);
  assert_equals_int (gst_buffer_get_size (out), 0);
  assert_equals_uint64 (test_stat (h->element, "no-slice"), 1);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_cut_access_unit_always_passes)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_harness ("seiinject", format);
  GstBuffer *whole = test_access_unit (format, 0);
  const gsize size = gst_buffer_get_size (whole);

  whole = test_insert_message (format, whole, test_uuid, "there");
  g_object_set (h->element, "metadata", "new", NULL);
  for (gsize cut = 0; cut < size; cut++) {
    GstBuffer *in = gst_buffer_copy_region (whole, GST_BUFFER_COPY_ALL, 0, cut);

    fail_unless_equals_int (gst_harness_push (h, in), GST_FLOW_OK);

    GstBuffer *out = gst_harness_pull (h);

    fail_unless (gst_buffer_get_size (out) >= cut);
    gst_buffer_unref (out);
  }
  assert_equals_uint64 (test_stat (h->element, "frames"), size);
  gst_buffer_unref (whole);
  gst_harness_teardown (h);
}

GST_END_TEST;

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

GST_START_TEST (test_seiinject_unusable_caps_names_parser_once)
{
  GstHarness *h = gst_harness_new ("seiinject");
  GstBus *bus = gst_bus_new ();
  GError *error = NULL;

  gst_element_set_bus (h->element, bus);
  gst_harness_set_src_caps_str (h, refused[__i__].caps);
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (gst_harness_push (h, test_access_unit (test_h264,
                i)), GST_FLOW_NOT_NEGOTIATED);
  }

  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_FORMAT));
  fail_unless (strstr (error->message, refused[__i__].advice) != NULL,
      "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR) == NULL);

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

GST_START_TEST (test_seiinject_buffer_list_gets_message_in_each)
{
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstPad *pad = gst_element_get_static_pad (h->element, "sink");
  GstBufferList *list = gst_buffer_list_new ();

  for (guint i = 0; i < 3; i++)
    gst_buffer_list_add (list, test_access_unit (test_h264, i));
  g_object_set (h->element, "metadata", "x", NULL);
  fail_unless_equals_int (gst_pad_push_list (h->srcpad, list), GST_FLOW_OK);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *out = gst_harness_pull (h);

    test_assert_messages (test_h264, out, "x", NULL);
    gst_buffer_unref (out);
  }
  gst_object_unref (pad);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_two_in_a_row_inject_both)
{
  GstHarness *h =
      gst_harness_new_parse ("seiinject metadata=one ! seiinject metadata=two "
      "! seiinject metadata=one");
  gchar *caps = test_caps (test_h264);

  gst_harness_set_src_caps_str (h, caps);
  GstBuffer *out = gst_harness_push_and_pull (h,
      test_access_unit (test_h264, 0));

  test_assert_messages (test_h264, out, "one", "two", NULL);
  gst_buffer_unref (out);
  g_free (caps);
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

    fail_unless (message != NULL);
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

static Suite *
seiinject_stream_suite (void)
{
  Suite *s = suite_create ("seiinject_stream");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiinject_up_to_14_memories_shares_video, 1,
      15);
  tcase_add_test (tc, test_seiinject_16_memories_shares_the_large_ones);
  tcase_add_test (tc, test_seiinject_shared_buffer_stays_as_it_was);
  tcase_add_test (tc, test_seiinject_prefix_nal_stays_with_its_slice);
  tcase_add_test (tc, test_seiinject_too_large_for_length_field_passes_frame);
  tcase_add_loop_test (tc, test_seiinject_empty_buffer_passes, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiinject_cut_access_unit_always_passes, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiinject_caps_change_changes_format);
  tcase_add_loop_test (tc, test_seiinject_unusable_caps_names_parser_once, 0,
      G_N_ELEMENTS (refused));
  tcase_add_test (tc, test_seiinject_caps_are_negotiated_across);
  tcase_add_test (tc, test_seiinject_has_no_latency_of_its_own);
  tcase_add_test (tc, test_seiinject_events_pass);
  tcase_add_test (tc, test_seiinject_buffer_list_gets_message_in_each);
  tcase_add_test (tc, test_seiinject_two_in_a_row_inject_both);
  tcase_add_test (tc, test_seiinject_reused_after_null_is_as_new);
  tcase_add_test (tc, test_seiinject_without_caps_is_not_negotiated);
  tcase_add_test (tc, test_seiinject_bad_uuid_does_not_start);

  return s;
}

GST_CHECK_MAIN (seiinject_stream);
