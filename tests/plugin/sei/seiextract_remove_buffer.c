/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract remove=true: what becomes of the buffer: its memory, metas, times */

#include "naltest.h"

#include <string.h>

#include <gst/video/video-sei.h>

#define OUR_UUID "a4b00512d794561186b717406de2f1de"

static void
add_video_meta (GstBuffer * buffer, const guint8 * uuid, const gchar * text)
{
  guint8 copy[16];

  memcpy (copy, uuid, 16);
  gst_buffer_add_video_sei_user_data_unregistered_meta (buffer, copy,
      (guint8 *) text, strlen (text));
}

/* The video's metas, as text */
static gchar *
video_metas (GstBuffer * buffer)
{
  GString *text = g_string_new (NULL);
  gpointer state = NULL;
  GstMeta *meta;

  while ((meta = gst_buffer_iterate_meta_filtered (buffer, &state,
              GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE))) {
    const GstVideoSEIUserDataUnregisteredMeta *sei =
        (GstVideoSEIUserDataUnregisteredMeta *) meta;

    g_string_append_len (text, (gchar *) sei->data, sei->size);
    g_string_append_c (text, ';');
  }
  return g_string_free (text, FALSE);
}

GST_START_TEST (test_seiextract_remove_takes_video_metas_of_messages_off)
{
  static const TestMessage messages[] = {
    TEST_BANNER, TEST_OURS, TEST_MESSAGE (test_uuid, "two"), TEST_OTHER
  };
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_remove_harness (format, OUR_UUID);
  GstBuffer *in = test_insert_sei (format, test_access_unit (format, 0),
      messages, 4);
  gchar *text;

  add_video_meta (in, test_uuid, "ours");
  add_video_meta (in, test_banner_uuid, "x264 - core 164");
  add_video_meta (in, test_other_uuid, "ours");
  add_video_meta (in, test_uuid, "two");
  add_video_meta (in, test_uuid, "ours");
  GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

  text = video_metas (out);
  fail_unless_equals_string (text, "x264 - core 164;ours;");
  g_free (text);
  text = video_metas (in);
  fail_unless_equals_string (text, "ours;x264 - core 164;ours;two;ours;");
  g_free (text);
  test_assert_metas (out, "ours", "two", NULL);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_remove_keeps_flags_times_and_metas)
{
  static const TestMessage ours = TEST_OURS;
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_remove_harness (format, "");
  GstBuffer *in = test_insert_sei (format, test_access_unit (format, 5), &ours,
      1);
  GstCaps *ntp = gst_caps_new_empty_simple ("timestamp/x-ntp");
  const gsize size = gst_buffer_get_size (in);

  GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_MARKER | GST_BUFFER_FLAG_DELTA_UNIT);
  GST_BUFFER_OFFSET (in) = 7;
  GST_BUFFER_OFFSET_END (in) = 8;
  gst_buffer_add_reference_timestamp_meta (in, ntp, 99, GST_CLOCK_TIME_NONE);
  gst_caps_unref (ntp);
  test_add_meta (in, test_uuid, "lie");
  GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

  fail_unless (out != in);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_MARKER));
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DELTA_UNIT));
  fail_unless_equals_uint64 (GST_BUFFER_PTS (out), 240 * GST_MSECOND);
  fail_unless_equals_uint64 (GST_BUFFER_DTS (out), 200 * GST_MSECOND);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (out), 40 * GST_MSECOND);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET (out), 7);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET_END (out), 8);
  fail_unless_equals_uint64 (gst_buffer_get_reference_timestamp_meta (out,
          NULL)->timestamp, 99);
  test_assert_metas (out, "ours", NULL);
  /* Who else has the buffer sees nothing of it */
  test_assert_metas (in, "lie", NULL);
  assert_equals_int (gst_buffer_get_size (in), size);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* The bytes of @out that are not in memory of @in */
static gsize
count_copied (GstBuffer * in, GstBuffer * out)
{
  TimedBufferMap a, b;
  gsize n = 0;

  fail_unless (timed_buffer_map (in, &a));
  fail_unless (timed_buffer_map (out, &b));
  for (gsize i = 0; i < b.bytes.n_spans; i++) {
    const BytesSpan *x = &b.bytes.spans[i];
    gboolean shared = FALSE;

    for (gsize j = 0; j < a.bytes.n_spans && !shared; j++) {
      const BytesSpan *y = &a.bytes.spans[j];

      shared = x->data >= y->data && x->data + x->size <= y->data + y->size;
    }
    n += shared ? 0 : x->size;
  }
  timed_buffer_unmap (&a);
  timed_buffer_unmap (&b);

  return n;
}

GST_START_TEST (test_seiextract_remove_shares_video)
{
  static const TestMessage messages[] = { TEST_OURS, TEST_OTHER };
  const guint n_memories = __i__;

  for (guint n_messages = 1; n_messages <= 2; n_messages++) {
    GstHarness *h = test_remove_harness (test_h264, OUR_UUID);
    GstBuffer *in = test_access_unit (test_h264, 0);
    GstBuffer *expected = test_insert_sei (test_h264, gst_buffer_copy (in),
        messages + 1, n_messages - 1);
    GByteArray *left = test_sei_nal (test_h264, FALSE, messages + 1, 1);

    in = test_divide (test_insert_sei (test_h264, in, messages, n_messages),
        n_memories);
    GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

    test_assert_bytes (out, expected);
    /* Only the NAL unit that was written again; its start code was there */
    assert_equals_int (count_copied (in, out), n_messages == 1 ? 0 : left->len);
    g_byte_array_unref (left);
    gst_buffer_unref (in);
    gst_buffer_unref (out);
    gst_buffer_unref (expected);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* More memories than a buffer can have: the smallest are joined, those of the end of
 * the slice are not */
GST_START_TEST (test_seiextract_remove_from_16_memories_shares_the_large)
{
  static const TestMessage messages[] = { TEST_OURS, TEST_OTHER };
  GstHarness *h = test_remove_harness (test_h264, OUR_UUID);
  GstBuffer *plain = test_access_unit (test_h264, 0);
  GstBuffer *expected = test_insert_sei (test_h264, gst_buffer_copy (plain),
      messages + 1, 1);
  GstBuffer *whole = test_insert_sei (test_h264, plain, messages, 2);
  const gsize head = gst_buffer_get_size (whole) - TEST_SLICE_SIZE;
  GstBuffer *in = gst_buffer_append (test_divide (gst_buffer_copy_region (whole,
              GST_BUFFER_COPY_ALL, 0, head), 1),
      test_divide (gst_buffer_copy_region (whole, GST_BUFFER_COPY_MEMORY, head,
              -1), 15));

  gst_buffer_unref (whole);
  assert_equals_int (gst_buffer_n_memory (in), 16);
  GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

  test_assert_bytes (out, expected);
  assert_equals_int (gst_buffer_n_memory (out), 16);
  fail_unless (count_copied (in, out) <= head);
  for (guint i = 3; i < 16; i++)
    fail_unless (gst_buffer_peek_memory (out, i) ==
        gst_buffer_peek_memory (in, i));
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_buffer_unref (expected);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_remove_nothing_passes_same_buffer)
{
  static const TestMessage messages[] =
      { TEST_BANNER, TEST_REGISTERED, TEST_OTHER };
  const TestFormat *format = &test_formats[__i__];

  for (guint n = 0; n <= 3; n++) {
    GstHarness *h = test_remove_harness (format, n < 3 ? "" : OUR_UUID);
    GstBuffer *in = test_insert_sei (format, test_access_unit (format, n),
        messages, n);

    add_video_meta (in, test_other_uuid, "other");
    GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

    fail_unless (out == in);
    gst_buffer_unref (in);
    gst_buffer_unref (out);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* Nothing is left of it, but its place in the stream is */
GST_START_TEST (test_seiextract_remove_from_sei_only_leaves_empty_buffer)
{
  static const TestMessage messages[] = { TEST_OURS, TEST_OURS };
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_remove_harness (format, "");
  GstBuffer *whole = test_insert_sei (format, test_access_unit (format, 2),
      messages, 2);
  GstBuffer *plain = test_access_unit (format, 2);
  const gsize offset = gst_buffer_get_size (plain) - TEST_SLICE_SIZE;
  GstBuffer *in = gst_buffer_copy_region (whole, GST_BUFFER_COPY_ALL, offset,
      gst_buffer_get_size (whole) - gst_buffer_get_size (plain));

  GST_BUFFER_PTS (in) = 120 * GST_MSECOND;
  GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_MARKER);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  assert_equals_int (gst_buffer_get_size (out), 0);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (out), 120 * GST_MSECOND);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_MARKER));
  test_assert_metas (out, "ours", "ours", NULL);
  gst_buffer_unref (out);
  gst_buffer_unref (whole);
  gst_buffer_unref (plain);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_remove_can_be_switched_while_it_runs)
{
  static const TestMessage ours = TEST_OURS;
  GstHarness *h = test_harness ("seiextract", test_h264);

  for (guint i = 0; i < 4; i++) {
    GstBuffer *plain = test_access_unit (test_h264, i);
    GstBuffer *in = test_insert_sei (test_h264, gst_buffer_copy (plain), &ours,
        1);

    g_object_set (h->element, "remove", i % 2 == 1, NULL);
    GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

    test_assert_bytes (out, i % 2 == 1 ? plain : in);
    test_assert_metas (out, "ours", NULL);
    gst_buffer_unref (plain);
    gst_buffer_unref (in);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiextract_remove_buffer_suite (void)
{
  Suite *s = suite_create ("seiextract_remove_buffer");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc,
      test_seiextract_remove_takes_video_metas_of_messages_off, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_remove_keeps_flags_times_and_metas,
      0, N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_remove_shares_video, 1, 17);
  tcase_add_test (tc, test_seiextract_remove_from_16_memories_shares_the_large);
  tcase_add_loop_test (tc, test_seiextract_remove_nothing_passes_same_buffer, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc,
      test_seiextract_remove_from_sei_only_leaves_empty_buffer, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_remove_can_be_switched_while_it_runs);

  return s;
}

GST_CHECK_MAIN (seiextract_remove_buffer);
