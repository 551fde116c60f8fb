/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Messages that FFmpeg gave libx265 to write (-udu_sei): x265's UUID is in front of
 * theirs. */

#include <string.h>

#include <gst/video/video-sei.h>

#include "naltest.h"

static const guint8 x265_uuid[16] = {
  0x2c, 0xa2, 0xde, 0x09, 0xb5, 0x17, 0x47, 0xdb,
  0xbb, 0x55, 0xa4, 0xfe, 0x7f, 0xc2, 0xfc, 0x4e
};

#define OURS "\xa4\xb0\x05\x12\xd7\x94\x56\x11\x86\xb7\x17\x40\x6d\xe2\xf1\xde"
#define X265 "\x2c\xa2\xde\x09\xb5\x17\x47\xdb\xbb\x55\xa4\xfe\x7f\xc2\xfc\x4e"

static const TestMessage ours = TEST_MESSAGE (x265_uuid, OURS "ours");
static const TestMessage banner =
TEST_MESSAGE (x265_uuid, X265 "x265 (build 199)");

GST_START_TEST (test_wrapped_is_read_as_it_was_given)
{
  static const gchar *const uuids[] = {
    "", "a4b00512d794561186b717406de2f1de", "2ca2de09b51747dbbb55a4fe7fc2fc4e"
  };
  const TestFormat *format = &test_formats[__i__];
  const TestMessage both[] = { banner, ours };

  for (guint i = 0; i < G_N_ELEMENTS (uuids); i++) {
    GstHarness *h = test_harness ("seiextract", format);
    GstBuffer *in = test_insert_sei (format, test_access_unit (format, 0), both,
        2);
    GstBuffer *out;

    g_object_set (h->element, "uuid", uuids[i], NULL);
    out = gst_harness_push_and_pull (h, gst_buffer_ref (in));
    test_assert_bytes (out, in);
    if (i < 2) {
      test_assert_metas (out, "ours", NULL);
    } else {
      const GstSeiMeta *meta = gst_sei_buffer_get_meta (out);

      fail_unless (memcmp (meta->uuid, x265_uuid, 16) == 0);
      test_assert_payload (meta->payload, "x265 (build 199)");
    }
    assert_equals_uint64 (test_stat (h->element, "messages"), 1);
    assert_equals_uint64 (test_stat (h->element, "ignored"), 1);
    gst_buffer_unref (in);
    gst_buffer_unref (out);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

static void
add_video_meta (GstBuffer * buffer, const TestMessage * message)
{
  guint8 uuid[16];

  memcpy (uuid, message->uuid, 16);
  gst_buffer_add_video_sei_user_data_unregistered_meta (buffer, uuid,
      (guint8 *) message->content, message->size);
}

static guint
count_video_metas (GstBuffer * buffer)
{
  return gst_buffer_get_n_meta (buffer,
      GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE);
}

/* The banner stays, in the bitstream as on the buffer. */
GST_START_TEST (test_wrapped_is_removed)
{
  const TestFormat *format = &test_formats[__i__];
  const TestMessage both[] = { ours, banner };
  GstHarness *h = test_remove_harness (format,
      "a4b00512d794561186b717406de2f1de");
  GstBuffer *in = test_access_unit (format, 0);
  GstBuffer *expected = test_insert_sei (format, gst_buffer_copy (in), &banner,
      1);

  in = test_insert_sei (format, in, both, 2);
  in = test_insert_sei (format, in, &ours, 1);
  add_video_meta (in, &ours);
  add_video_meta (in, &banner);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_bytes (out, expected);
  test_assert_metas (out, "ours", "ours", NULL);
  assert_equals_int (count_video_metas (out), 1);
  gst_buffer_unref (expected);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Whichever of the two has x265's UUID in front */
/* Text under a UUID of text might be text that somebody has written, but not where the
 * UUID is asked for. */
GST_START_TEST (test_wrapped_is_removed_under_the_uuid_that_is_asked_for)
{
  static const TestMessage text =
      TEST_MESSAGE (x265_uuid, "0123456789abcdefhello");
  GstHarness *h = test_remove_harness (test_h264, "0123456789abcdef");
  GstBuffer *in = test_access_unit (test_h264, 0);
  GstBuffer *expected = gst_buffer_copy (in);

  in = test_insert_sei (test_h264, in, &text, 1);
  add_video_meta (in, &text);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_bytes (out, expected);
  test_assert_payload (gst_sei_meta_get_payload (gst_sei_buffer_get_meta (out)),
      "hello");
  assert_equals_int (count_video_metas (out), 0);
  gst_buffer_unref (expected);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_wrapped_is_not_injected_again)
{
  static const TestMessage plain = TEST_OURS;
  const TestMessage *const there = __i__ & 1 ? &plain : &ours;
  const TestMessage *const given = __i__ & 2 ? &plain : &ours;
  GstHarness *h = test_harness ("seiinject", test_h265);
  GstBuffer *in = test_insert_sei (test_h265, test_access_unit (test_h265, 0),
      there, 1);
  GstBuffer *expected = gst_buffer_copy (in);
  GBytes *payload = g_bytes_new (given->content, given->size);

  gst_sei_buffer_add_meta (in, given->uuid, payload);
  add_video_meta (in, given);
  add_video_meta (in, &banner);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_bytes (out, expected);
  assert_equals_uint64 (test_stat (h->element, "injected"), 0);
  assert_equals_uint64 (test_stat (h->element, "present"), 1);
  g_bytes_unref (payload);
  gst_buffer_unref (expected);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What a meta says is written as it is; what a parser has read, as it was given. */
GST_START_TEST (test_wrapped_meta_is_written_as_it_is)
{
  static const TestMessage plain = TEST_OURS;
  GstHarness *h = test_harness ("seiinject", test_h265);

  for (guint i = 0; i < 2; i++) {
    GstBuffer *in = test_access_unit (test_h265, i);
    GstBuffer *expected = test_insert_sei (test_h265, gst_buffer_copy (in),
        i == 0 ? &ours : &plain, 1);
    GBytes *payload = g_bytes_new (ours.content, ours.size);

    if (i == 0)
      gst_sei_buffer_add_meta (in, ours.uuid, payload);
    else
      add_video_meta (in, &ours);
    GstBuffer *out = gst_harness_push_and_pull (h, in);

    test_assert_bytes (out, expected);
    g_bytes_unref (payload);
    gst_buffer_unref (expected);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
wrapped_suite (void)
{
  Suite *s = suite_create ("wrapped");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_wrapped_is_read_as_it_was_given, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_wrapped_is_removed, 0, N_TEST_FORMATS);
  tcase_add_test (tc, test_wrapped_is_removed_under_the_uuid_that_is_asked_for);
  tcase_add_loop_test (tc, test_wrapped_is_not_injected_again, 0, 4);
  tcase_add_test (tc, test_wrapped_meta_is_written_as_it_is);

  return s;
}

GST_CHECK_MAIN (wrapped);
