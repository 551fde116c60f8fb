/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract: what is read from which access unit, and who is told */

#include "seitest.h"

#include <string.h>

GST_START_TEST (test_seiextract_every_format_has_metas)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_harness ("seiextract", format);
  GstBuffer *in = test_access_unit (format, 0);

  in = test_insert_message (format, in, test_uuid, "one");
  in = test_insert_message (format, in, test_uuid, "two");
  in = test_insert_message (format, in, test_uuid, "");
  GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_MARKER);

  GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

  test_assert_metas (out, "one", "two", "", NULL);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_MARKER));
  fail_unless_equals_uint64 (GST_BUFFER_PTS (out), GST_BUFFER_PTS (in));
  fail_unless_equals_uint64 (GST_BUFFER_DTS (out), GST_BUFFER_DTS (in));
  assert_equals_int (gst_buffer_n_memory (out), gst_buffer_n_memory (in));
  for (guint i = 0; i < gst_buffer_n_memory (in); i++)
    fail_unless (gst_buffer_peek_memory (out, i) ==
        gst_buffer_peek_memory (in, i));
  assert_equals_uint64 (test_stat (h->element, "access-units"), 1);
  assert_equals_uint64 (test_stat (h->element, "messages"), 3);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_without_message_passes_same_buffer)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstBuffer *in = test_access_unit (test_h264, 0);
  GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

  fail_unless (out == in);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_metas_that_came_in_are_removed)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstBuffer *in = test_access_unit (test_h264, 0);

  test_add_meta (in, test_uuid, "lie");
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_metas (out, NULL);
  gst_buffer_unref (out);

  in = test_insert_message (test_h264, test_access_unit (test_h264, 1),
      test_uuid, "truth");
  test_add_meta (in, test_uuid, "lie");
  test_add_meta (in, test_uuid, "truth");
  out = gst_harness_push_and_pull (h, gst_buffer_ref (in));
  test_assert_metas (out, "truth", NULL);
  test_assert_metas (in, "lie", "truth", NULL);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstBuffer *
push_three_uuids (GstHarness * h)
{
  GstBuffer *in = test_access_unit (test_h264, 0);

  in = test_insert_message (test_h264, in, test_banner_uuid, "x264");
  in = test_insert_message (test_h264, in, test_uuid, "ours");
  in = test_insert_message (test_h264, in, test_other_uuid, "other");
  return gst_harness_push_and_pull (h, in);
}

static guint
count_metas (GstBuffer * buffer)
{
  return gst_buffer_get_n_meta (buffer, GST_SEI_META_API_TYPE);
}

GST_START_TEST (test_seiextract_uuid_selects)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstBuffer *out = push_three_uuids (h);

  assert_equals_int (count_metas (out), 2);
  assert_equals_uint64 (test_stat (h->element, "ignored"), 1);
  gst_buffer_unref (out);

  g_object_set (h->element, "uuid", "A4B00512D794561186B717406DE2F1DE", NULL);
  out = push_three_uuids (h);
  test_assert_metas (out, "ours", NULL);
  gst_buffer_unref (out);

  g_object_set (h->element, "uuid",
      "a4b00512-d794-5611-86b7-17406de2f1de, "
      "dc45e9bd-e6d9-48b7-962c-d820d923eeef", NULL);
  out = push_three_uuids (h);
  assert_equals_int (count_metas (out), 2);
  gst_buffer_unref (out);

  g_object_set (h->element, "uuid", "0123456789ab,def", NULL);
  out = push_three_uuids (h);
  assert_equals_int (count_metas (out), 0);
  gst_buffer_unref (out);

  g_object_set (h->element, "uuid", "", NULL);
  out = push_three_uuids (h);
  assert_equals_int (count_metas (out), 2);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_bad_uuid_does_not_start)
{
  GstElement *element = gst_element_factory_make ("seiextract", NULL);
  GstBus *bus = gst_bus_new ();
  GstMessage *message;

  gst_element_set_bus (element, bus);
  g_object_set (element, "uuid", "a4b00512d794561186b717406de2f1de,x", NULL);
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message);
  gst_message_unref (message);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

GST_END_TEST;

/* UUID of 16 times 'u', then "end" */
#define MESSAGE_END 0x05, 0x13, 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', \
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'e', 'n', 'd'

GST_START_TEST (test_seiextract_h265_suffix_is_read)
{
  static const guint8 suffix[] = { 0x50, 0x01, MESSAGE_END, 0x80 };

  for (guint i = 0; i < N_TEST_FORMATS; i++) {
    const TestFormat *format = &test_formats[i];
    GstHarness *h;
    GstBuffer *in, *out;

    if (format->format.codec != H26X_CODEC_H265)
      continue;
    h = test_harness ("seiextract", format);
    in = test_insert_message (format, test_access_unit (format, 0), test_uuid,
        "prefix");
    in = test_append_nal (format, in, suffix, sizeof (suffix));
    out = gst_harness_push_and_pull (h, in);
    assert_equals_int (count_metas (out), 2);
    gst_buffer_unref (out);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

GST_START_TEST (test_seiextract_reads_on_behind_broken_messages)
{
  /* A payloadSize that exceeds the NAL unit */
  static const guint8 too_long[] = { 0x06, 0x05, 0x7f, 1, 2, 3, 0x80 };
  /* user_data_unregistered shorter than a UUID, then a good one, in one NAL */
  static const guint8 too_short[] =
      { 0x06, 0x05, 0x02, 1, 2, MESSAGE_END, 0x80 };
  /* Nothing but the header */
  static const guint8 empty[] = { 0x06 };
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h;
  GstBuffer *in, *out;

  if (format->format.codec != H26X_CODEC_H264)
    return;

  h = test_harness ("seiextract", format);
  in = test_access_unit (format, 0);
  in = test_insert_nal (format, in, too_long, sizeof (too_long));
  in = test_insert_nal (format, in, too_short, sizeof (too_short));
  in = test_insert_nal (format, in, empty, sizeof (empty));
  in = test_insert_message (format, in, test_uuid, "last");
  out = gst_harness_push_and_pull (h, in);

  gpointer state = NULL;

  assert_equals_int (count_metas (out), 2);
  test_assert_payload (gst_sei_buffer_iterate_meta (out, &state)->payload,
      "end");
  test_assert_payload (gst_sei_buffer_iterate_meta (out, &state)->payload,
      "last");
  fail_unless (test_stat (h->element, "broken") >= 2);
  assert_equals_uint64 (test_stat (h->element, "messages"), 2);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_cut_access_unit_always_passes)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_harness ("seiextract", format);
  GstBuffer *whole = test_insert_message (format, test_access_unit (format, 0),
      test_uuid, "cut me");
  const gsize size = gst_buffer_get_size (whole);

  for (gsize cut = 0; cut < size; cut++) {
    GstBuffer *in = gst_buffer_copy_region (whole, GST_BUFFER_COPY_ALL, 0, cut);
    GstBuffer *out;

    if (cut % 3 == 1)
      in = test_divide (in, 1 + cut % 16);
    fail_unless_equals_int (gst_harness_push (h, in), GST_FLOW_OK);
    out = gst_harness_pull (h);
    assert_equals_int (gst_buffer_get_size (out), cut);
    gst_buffer_unref (out);
  }
  assert_equals_uint64 (test_stat (h->element, "access-units"), size);
  gst_buffer_unref (whole);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
on_new_metadata (GstElement * element, guint size, gpointer data,
    GPtrArray * payloads)
{
  assert_equals_int (((const gchar *) data)[size], '\0');
  g_ptr_array_add (payloads, g_strdup (data));
}

GST_START_TEST (test_seiextract_signal_has_nul_behind_data)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GPtrArray *payloads = g_ptr_array_new_with_free_func (g_free);

  g_signal_connect (h->element, "new-metadata", G_CALLBACK (on_new_metadata),
      payloads);
  for (guint i = 0; i < 2; i++) {
    GstBuffer *in = test_access_unit (test_h264, i);

    g_object_set (h->element, "signal-new-metadata", i == 1, NULL);
    in = test_insert_message (test_h264, in, test_uuid, "text");
    in = test_insert_message (test_h264, in, test_uuid, "");
    gst_buffer_unref (gst_harness_push_and_pull (h, in));
  }
  assert_equals_int (payloads->len, 2);
  fail_unless_equals_string (g_ptr_array_index (payloads, 0), "text");
  fail_unless_equals_string (g_ptr_array_index (payloads, 1), "");
  g_ptr_array_unref (payloads);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
on_new_payload (GstElement * element, GBytes * payload, GPtrArray * payloads)
{
  g_ptr_array_add (payloads, g_bytes_ref (payload));
}

GST_START_TEST (test_seiextract_signal_has_the_bytes_of_the_meta)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GPtrArray *payloads =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GstBuffer *in = test_access_unit (test_h264, 0);
  gulong id = g_signal_connect (h->element, "new-payload",
      G_CALLBACK (on_new_payload), payloads);

  in = test_insert_message (test_h264, in, test_uuid, "text");
  in = test_insert_message (test_h264, in, test_uuid, "");
  in = gst_harness_push_and_pull (h, in);
  assert_equals_int (payloads->len, 2);
  fail_unless (g_ptr_array_index (payloads, 0) ==
      gst_sei_buffer_get_meta (in)->payload);
  test_assert_payload (g_ptr_array_index (payloads, 0), "text");
  test_assert_payload (g_ptr_array_index (payloads, 1), "");
  gst_buffer_unref (in);

  g_signal_handler_disconnect (h->element, id);
  in = test_insert_message (test_h264, test_access_unit (test_h264, 1),
      test_uuid, "unheard");
  gst_buffer_unref (gst_harness_push_and_pull (h, in));
  assert_equals_int (payloads->len, 2);
  g_ptr_array_unref (payloads);
  gst_harness_teardown (h);
}

GST_END_TEST;

static guint64
get_uint64 (const GstStructure * structure, const gchar * name)
{
  guint64 value = 0;

  fail_unless (gst_structure_get_uint64 (structure, name, &value));
  return value;
}

GST_START_TEST (test_seiextract_posts_messages)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstBus *bus = gst_bus_new ();
  GstBuffer *in = test_insert_message (test_h264, test_access_unit (test_h264,
          1), test_uuid, "{}");
  GstSegment segment;
  GstMessage *message;
  GBytes *payload;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 60 * GST_MSECOND;
  segment.time = GST_SECOND;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  gst_element_set_bus (h->element, bus);
  g_object_set (h->element, "post-messages", TRUE, NULL);
  gst_buffer_unref (gst_harness_push_and_pull (h, in));

  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
  fail_unless (message);

  const GstStructure *s = gst_message_get_structure (message);

  fail_unless (gst_structure_has_name (s, "sei-metadata"));
  fail_unless_equals_string (gst_structure_get_string (s, "uuid"),
      "a4b00512-d794-5611-86b7-17406de2f1de");
  gst_structure_get (s, "payload", G_TYPE_BYTES, &payload, NULL);
  test_assert_payload (payload, "{}");
  g_bytes_unref (payload);
  fail_unless_equals_uint64 (get_uint64 (s, "timestamp"), 80 * GST_MSECOND);
  fail_unless_equals_uint64 (get_uint64 (s, "duration"), 40 * GST_MSECOND);
  fail_unless_equals_uint64 (get_uint64 (s, "running-time"), 20 * GST_MSECOND);
  fail_unless_equals_uint64 (get_uint64 (s, "stream-time"),
      GST_SECOND + 20 * GST_MSECOND);
  gst_message_unref (message);

  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_unlinked_src_needs_signal_or_messages)
{
  GstHarness *h = gst_harness_new_with_padnames ("seiextract", "sink", NULL);
  gchar *caps = test_caps (test_h264);

  gst_harness_set_src_caps_str (h, caps);
  fail_unless_equals_int (gst_harness_push (h, test_access_unit (test_h264,
              0)), GST_FLOW_NOT_LINKED);
  g_object_set (h->element, "post-messages", TRUE, NULL);
  fail_unless_equals_int (gst_harness_push (h, test_access_unit (test_h264,
              1)), GST_FLOW_OK);
  g_object_set (h->element, "post-messages", FALSE, "signal-new-metadata", TRUE,
      NULL);
  fail_unless_equals_int (gst_harness_push (h, test_access_unit (test_h264,
              2)), GST_FLOW_OK);
  g_object_set (h->element, "signal-new-metadata", FALSE, NULL);
  fail_unless_equals_int (gst_harness_push (h, test_access_unit (test_h264,
              3)), GST_FLOW_NOT_LINKED);
  g_free (caps);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_caps_change_changes_format)
{
  GstHarness *h = gst_harness_new ("seiextract");

  for (guint i = 0; i < 3 * N_TEST_FORMATS; i++) {
    const TestFormat *format = &test_formats[i * 5 % N_TEST_FORMATS];
    gchar *caps = test_caps (format);

    gst_harness_set_src_caps_str (h, caps);
    GstBuffer *out = gst_harness_push_and_pull (h, test_insert_message (format,
            test_access_unit (format, i), test_uuid, "x"));

    test_assert_metas (out, "x", NULL);
    gst_buffer_unref (out);
    g_free (caps);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_caps_without_alignment_names_parser)
{
  GstHarness *h = gst_harness_new ("seiextract");
  GstBus *bus = gst_bus_new ();
  GError *error = NULL;
  GstMessage *message;

  gst_element_set_bus (h->element, bus);
  gst_harness_set_src_caps_str (h, "video/x-h265,stream-format=byte-stream");
  fail_unless_equals_int (gst_harness_push (h, test_access_unit (test_h265,
              0)), GST_FLOW_NOT_NEGOTIATED);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, "insert h265parse before seiextract"));
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_two_in_a_row_see_the_same)
{
  GstHarness *h = gst_harness_new_parse ("seiextract ! seiextract");
  gchar *caps = test_caps (test_h264);

  gst_harness_set_src_caps_str (h, caps);
  GstBuffer *out = gst_harness_push_and_pull (h, test_insert_message
      (test_h264, test_access_unit (test_h264, 0), test_uuid, "x"));

  test_assert_metas (out, "x", NULL);
  gst_buffer_unref (out);
  g_free (caps);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_then_seiinject_repeats_nothing)
{
  GstHarness *h = gst_harness_new_parse ("seiextract ! seiinject");
  gchar *caps = test_caps (test_h264);
  GstBuffer *in = test_insert_message (test_h264, test_access_unit (test_h264,
          0), test_uuid, "x");

  gst_harness_set_src_caps_str (h, caps);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_messages (test_h264, out, "x", NULL);
  gst_buffer_unref (out);
  g_free (caps);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiextract_suite (void)
{
  Suite *s = suite_create ("seiextract");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiextract_every_format_has_metas, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_without_message_passes_same_buffer);
  tcase_add_test (tc, test_seiextract_metas_that_came_in_are_removed);
  tcase_add_test (tc, test_seiextract_uuid_selects);
  tcase_add_test (tc, test_seiextract_bad_uuid_does_not_start);
  tcase_add_test (tc, test_seiextract_h265_suffix_is_read);
  tcase_add_loop_test (tc, test_seiextract_reads_on_behind_broken_messages, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_cut_access_unit_always_passes, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_signal_has_nul_behind_data);
  tcase_add_test (tc, test_seiextract_signal_has_the_bytes_of_the_meta);
  tcase_add_test (tc, test_seiextract_posts_messages);
  tcase_add_test (tc, test_seiextract_unlinked_src_needs_signal_or_messages);
  tcase_add_test (tc, test_seiextract_caps_change_changes_format);
  tcase_add_test (tc, test_seiextract_caps_without_alignment_names_parser);
  tcase_add_test (tc, test_seiextract_two_in_a_row_see_the_same);
  tcase_add_test (tc, test_seiextract_then_seiinject_repeats_nothing);

  return s;
}

GST_CHECK_MAIN (seiextract);
