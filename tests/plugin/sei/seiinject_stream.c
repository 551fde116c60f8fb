/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiinject: memories, sizes, several in a row, and input that is wrong */

#include "joinedtest.h"

#include <string.h>

/* How many memories of @in are in @out, at the same address */
static guint
count_shared (GstBuffer * in, GstBuffer * out)
{
  TimedBufferMap a, b;
  guint n = 0;

  fail_unless (timed_buffer_map (in, &a));
  fail_unless (timed_buffer_map (out, &b));
  for (gsize i = 0; i < a.bytes.n_spans; i++) {
    for (gsize j = 0; j < b.bytes.n_spans; j++) {
      const BytesSpan *x = &a.bytes.spans[i];
      const BytesSpan *y = &b.bytes.spans[j];

      /* One that was divided starts at the same address and is shorter */
      if (x->data == y->data && x->size >= y->size)
        n++;
    }
  }
  timed_buffer_unmap (&a);
  timed_buffer_unmap (&b);

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
    "video/x-h264,stream-format=avc", {H26X_CODEC_H264, 2}
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

/* One payload of each way in, of @size bytes and different from the others */
static GstBuffer *
push_sizes (GstHarness * h, GstHarness * m, gsize size)
{
  GstBuffer *in = test_access_unit (test_h264, 0);
  gchar *payload = g_strnfill (size, 'a');

  test_add_meta (in, test_uuid, payload);
  payload[0] = 'b';
  test_push_payload (m, payload, TEST_NO_MS);
  payload[0] = 'c';
  g_object_set (h->element, "metadata", payload, NULL);
  g_free (payload);

  return gst_harness_push_and_pull (h, in);
}

GST_START_TEST (test_seiinject_larger_than_max_payload_is_left_out)
{
  GstHarness *h = test_video_harness (TRUE);
  GstHarness *m = test_joined_harness (h, "application/x-json", FALSE);
  guint max_payload;

  g_object_get (h->element, "max-payload", &max_payload, NULL);
  assert_equals_int (max_payload, 65536);
  gst_buffer_unref (push_sizes (h, m, 65536));
  assert_equals_uint64 (test_stat (h->element, "injected"), 3);
  GstBuffer *out = push_sizes (h, m, 65537);

  test_assert_messages (test_h264, out, NULL);
  gst_buffer_unref (out);
  assert_equals_uint64 (test_stat (h->element, "too-large"), 3);

  g_object_set (h->element, "max-payload", 2, NULL);
  out = push_sizes (h, m, 2);
  test_assert_messages (test_h264, out, "aa", "ba", "ca", NULL);
  gst_buffer_unref (out);
  gst_buffer_unref (push_sizes (h, m, 3));
  assert_equals_uint64 (test_stat (h->element, "too-large"), 6);

  g_object_set (h->element, "max-payload", 0, NULL);
  gst_buffer_unref (push_sizes (h, m, 1000000));
  assert_equals_uint64 (test_stat (h->element, "too-large"), 6);
  assert_equals_uint64 (test_stat (h->element, "injected"), 9);
  test_joined_teardown (h, m);
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
  tcase_add_test (tc, test_seiinject_larger_than_max_payload_is_left_out);
  tcase_add_loop_test (tc, test_seiinject_empty_buffer_passes, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiinject_cut_access_unit_always_passes, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiinject_buffer_list_gets_message_in_each);
  tcase_add_test (tc, test_seiinject_two_in_a_row_inject_both);

  return s;
}

GST_CHECK_MAIN (seiinject_stream);
