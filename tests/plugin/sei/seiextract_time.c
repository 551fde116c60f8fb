/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract: messages that say the time of a frame (MISB ST 0604) */

#include "naltest.h"
#include "padtest.h"

#include <string.h>

#include <gst/video/video-sei.h>

#define UNIX "timestamp/x-unix"
#define OURS "a4b00512d794561186b717406de2f1de"
#define NONE GST_CLOCK_TIME_NONE

/* 2026-11-26, in microseconds, and that in nanoseconds */
#define MICRO G_GUINT64_CONSTANT (1795694400123456)
#define MICRO_NS (1000 * MICRO)
#define NANO (MICRO_NS + 789)

static gchar micro_text[12], nano_text[12];

/* Three messages: ours, and two that say the time, of which the first counts */
static void
init_messages (TestMessage * messages, const guint8 * uuid, guint64 time)
{
  const TestMessage ours = TEST_OURS;

  test_write_time (0x1f, time, micro_text);
  test_write_time (0x1f, NANO, nano_text);
  messages[0] = ours;
  messages[1] = (TestMessage) {
  5, uuid, micro_text, 12};
  messages[2] = (TestMessage) {
  5, test_nano_uuid, nano_text, 12};
}

/* An access unit with these @n messages, the first of them first */
static GstBuffer *
timed_unit (const TestFormat * format, guint number, const guint8 * uuid,
    guint64 time, guint n)
{
  TestMessage messages[3];

  init_messages (messages, uuid, time);
  return test_insert_sei (format, test_access_unit (format, number), messages,
      n);
}

static const guint8 *
micro_uuid (const TestFormat * format)
{
  return format->format.codec == H26X_CODEC_H264 ? test_micro_h264_uuid :
      test_micro_h265_uuid;
}

GST_START_TEST (test_seiextract_time_is_on_video_and_payloads)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_harness ("seiextract", format);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstBuffer *in = timed_unit (format, 0, micro_uuid (format), MICRO, 3);
  GstBuffer *video, *payload;

  /* that of the encoder is better */
  test_add_reference (in, UNIX, 5);
  test_add_reference (in, "timestamp/x-ntp", 99);
  video = gst_harness_push_and_pull (h, gst_buffer_ref (in));
  test_assert_bytes (video, in);
  test_assert_reference (video, UNIX, MICRO_NS);
  test_assert_reference (video, "timestamp/x-ntp", 99);
  test_assert_metas (video, "ours", NULL);
  test_assert_reference (in, UNIX, 5);

  payload = gst_harness_pull (m);
  test_assert_reference (payload, UNIX, MICRO_NS);
  test_assert_reference (payload, "timestamp/x-ntp", 99);
  test_assert_buffer (payload, "ours");
  fail_if (gst_harness_try_pull (m));
  gst_buffer_unref (video);
  gst_buffer_unref (in);

  assert_equals_uint64 (test_stat (h->element, "times"), 2);
  assert_equals_uint64 (test_stat (h->element, "messages"), 1);
  assert_equals_uint64 (test_stat (h->element, "ignored"), 0);
  assert_equals_uint64 (test_stat (h->element, "broken"), 0);

  /* The next access unit says no time */
  video = gst_harness_push_and_pull (h, test_access_unit (format, 1));
  test_assert_reference (video, UNIX, NONE);
  gst_buffer_unref (video);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Each UUID in each codec, as transcoders leave them */
GST_START_TEST (test_seiextract_time_of_the_other_codec_is_read)
{
  static const guint8 *const uuids[] = {
    test_micro_h264_uuid, test_micro_h265_uuid, test_nano_uuid
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (uuids); i++) {
    const TestFormat *format = &test_formats[i % 2];
    const guint64 time = uuids[i / 2] == test_nano_uuid ? NANO : MICRO;
    GstHarness *h = test_harness ("seiextract", format);
    GstBuffer *out = gst_harness_push_and_pull (h, timed_unit (format, 0,
            uuids[i / 2], time, 2));

    test_assert_reference (out, UNIX, time == NANO ? NANO : MICRO_NS);
    gst_buffer_unref (out);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* x265 puts its UUID in front of what FFmpeg hands over. */
GST_START_TEST (test_seiextract_time_that_x265_has_wrapped_is_read)
{
  static const guint8 x265_uuid[16] = {
    0x2c, 0xa2, 0xde, 0x09, 0xb5, 0x17, 0x47, 0xdb,
    0xbb, 0x55, 0xa4, 0xfe, 0x7f, 0xc2, 0xfc, 0x4e
  };
  GstHarness *h = test_harness ("seiextract", test_h265);
  gchar content[28];
  TestMessage message = { 5, x265_uuid, content, sizeof (content) };

  memcpy (content, test_micro_h264_uuid, 16);
  test_write_time (0x1f, MICRO, content + 16);

  GstBuffer *out = gst_harness_push_and_pull (h, test_insert_sei (test_h265,
          test_access_unit (test_h265, 0), &message, 1));

  test_assert_reference (out, UNIX, MICRO_NS);
  test_assert_metas (out, NULL);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* From the buffer on that has the message */
GST_START_TEST (test_seiextract_time_nal_is_on_all_buffers_behind_it)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_nal_harness ("seiextract", format);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstBuffer *payload;

  for (guint n = 0; n < 3; n++) {
    /* that of access unit 1 says no time */
    GstBufferList *list = test_split (format, timed_unit (format, n,
            micro_uuid (format), MICRO + n, n == 1 ? 1 : 3));

    assert_equals_int (gst_buffer_list_length (list), 5);
    test_push_nals (h, list);
    list = test_pull_nals (h);
    assert_equals_int (gst_buffer_list_length (list), 5);
    for (guint i = 0; i < 5; i++)
      test_assert_reference (gst_buffer_list_get (list, i), UNIX,
          n == 1 || i < 3 ? NONE : MICRO_NS + 1000 * n);
    gst_buffer_list_unref (list);
    payload = gst_harness_pull (m);
    test_assert_reference (payload, UNIX, n == 1 ? NONE : MICRO_NS + 1000 * n);
    test_assert_buffer (payload, "ours");
  }
  assert_equals_uint64 (test_stat (h->element, "times"), 4);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Where no slice comes, payloads have the time all the same; also those of a stream
 * that ends. */
GST_START_TEST (test_seiextract_time_nal_without_slice_is_on_payloads)
{
  GstHarness *h = test_nal_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstBuffer *payload;

  g_object_set (h->element, "remove", __i__ == 1, NULL);
  for (guint n = 0; n < 2; n++) {
    test_push_nals (h, test_first_nals (test_split (test_h264,
                timed_unit (test_h264, n, test_micro_h264_uuid, MICRO + n, 3)),
            4));
    if (n == 1)
      gst_harness_push_event (h, gst_event_new_eos ());
    for (guint i = 0; i < n; i++) {
      payload = gst_harness_pull (m);
      test_assert_reference (payload, UNIX, MICRO_NS + 1000 * i);
      test_assert_buffer (payload, "ours");
    }
  }
  payload = gst_harness_pull (m);
  test_assert_reference (payload, UNIX, MICRO_NS + 1000);
  test_assert_buffer (payload, "ours");
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* The video goes nowhere, so nothing is done to it. */
GST_START_TEST (test_seiextract_time_unlinked_is_on_payloads)
{
  const gboolean nal = __i__ == 1;
  g_autofree gchar *caps = nal ? test_nal_caps (test_h264) :
      test_caps (test_h264);
  GstHarness *h = gst_harness_new_with_padnames ("seiextract", "sink", NULL);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstBuffer *in = timed_unit (test_h264, 0, test_micro_h264_uuid, MICRO, 3);
  GstBuffer *payload;

  gst_harness_set_src_caps_str (h, caps);
  if (nal)
    test_push_nals (h, test_split (test_h264, gst_buffer_ref (in)));
  else
    fail_unless_equals_int (gst_harness_push (h, gst_buffer_ref (in)),
        GST_FLOW_OK);
  test_assert_reference (in, UNIX, NONE);
  payload = gst_harness_pull (m);
  test_assert_reference (payload, UNIX, MICRO_NS);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (payload), GST_BUFFER_PTS (in));
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (payload), 40 * GST_MSECOND);
  test_assert_buffer (payload, "ours");
  gst_buffer_unref (in);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Too short, too long, a wrong marker */
GST_START_TEST (test_seiextract_time_that_is_wrong_is_broken)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  gchar text[13] = { 0 };
  TestMessage message = { 5, test_micro_h264_uuid, text, 12 };

  for (guint i = 0; i < 3; i++) {
    g_object_set (h->element, "remove", i == 2, NULL);
    test_write_time (0x1f, MICRO, text);
    message.size = i == 0 ? 11 : i == 1 ? 13 : 12;
    if (i == 2)
      text[6] = 0;

    GstBuffer *in = test_insert_sei (test_h264, test_access_unit (test_h264, i),
        &message, 1);

    test_add_reference (in, UNIX, 5);
    GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

    /* what else is known of it stays, and so does the message */
    test_assert_reference (out, UNIX, 5);
    test_assert_bytes (out, in);
    assert_equals_uint64 (test_stat (h->element, "broken"), i + 1);
    gst_buffer_unref (in);
    gst_buffer_unref (out);
  }
  assert_equals_uint64 (test_stat (h->element, "times"), 0);
  assert_equals_uint64 (test_stat (h->element, "messages"), 0);
  assert_equals_uint64 (test_stat (h->element, "ignored"), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

static const struct
{
  const gchar *uuid, *types;
  guint n_messages, n_ignored;
} selections[] = {
  {OURS, "5", 1, 0},
  {"00000000000000000000000000000001", "5", 0, 1},
  {"", "100", 0, 0},
  /* by name: the message, too */
  {"MISPmicrosectime", "5", 1, 1},
};

GST_START_TEST (test_seiextract_time_is_read_whatever_is_selected)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstBuffer *out;

  g_object_set (h->element, "uuid", selections[__i__].uuid,
      "payload-types", selections[__i__].types, NULL);
  out = gst_harness_push_and_pull (h, timed_unit (test_h264, 0,
          test_micro_h264_uuid, MICRO, 2));
  test_assert_reference (out, UNIX, MICRO_NS);
  assert_equals_uint64 (test_stat (h->element, "times"), 1);
  assert_equals_uint64 (test_stat (h->element, "messages"),
      selections[__i__].n_messages);
  assert_equals_uint64 (test_stat (h->element, "ignored"),
      selections[__i__].n_ignored);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What uuid selects is cut out, and a time is no exception. */
GST_START_TEST (test_seiextract_time_is_removed_as_any_message)
{
  static const struct
  {
    const gchar *uuid;
    guint left;                 /* bits: which messages */
  } cases[] = {
    {"", 0}, {OURS, 6}, {"MISPmicrosectime", 5},
    {"a8687dd4-d759-3758-a5ce-f0338b6545f1", 5},
    {"cf848278-ee23-306c-9265-e8fef22fb8b8", 3}
  };
  const TestFormat *format = &test_formats[__i__];
  const gboolean is_h264 = format->format.codec == H26X_CODEC_H264;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstHarness *h = test_remove_harness (format, cases[i].uuid);
    TestMessage messages[3], left[3];
    GstBuffer *expected = test_access_unit (format, i);
    GstBuffer *out;
    guint n = 0;

    if (i == (is_h264 ? 3 : 2)) {
      gst_buffer_unref (expected);
      gst_harness_teardown (h);
      continue;
    }
    init_messages (messages, micro_uuid (format), MICRO);
    for (guint k = 0; k < 3; k++) {
      if (cases[i].left & (1 << k))
        left[n++] = messages[k];
    }
    expected = test_insert_sei (format, expected, left, n);
    out = gst_harness_push_and_pull (h, timed_unit (format, i,
            micro_uuid (format), MICRO, 3));
    test_assert_bytes (out, expected);
    test_assert_reference (out, UNIX, MICRO_NS);
    gst_buffer_unref (out);
    gst_buffer_unref (expected);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* A parser may have attached the message: nobody is to write it again. */
GST_START_TEST (test_seiextract_time_is_removed_with_its_video_meta)
{
  for (guint i = 0; i < 2; i++) {
    GstHarness *h = test_remove_harness (test_h264, i == 0 ? "" : OURS);
    GstBuffer *in = timed_unit (test_h264, 0, test_micro_h264_uuid, MICRO, 2);
    guint8 uuid[16];
    GstBuffer *out;

    memcpy (uuid, test_micro_h264_uuid, sizeof (uuid));
    gst_buffer_add_video_sei_user_data_unregistered_meta (in, uuid,
        (guint8 *) micro_text, 12);
    out = gst_harness_push_and_pull (h, in);
    assert_equals_int (gst_buffer_get_n_meta (out,
            GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE), i);
    gst_buffer_unref (out);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* In alignment nal nothing is left of the buffer that has it. */
GST_START_TEST (test_seiextract_time_nal_removed_is_on_the_slice)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_nal_harness ("seiextract", format);
  GstBufferList *list;

  g_object_set (h->element, "remove", TRUE, NULL);
  test_push_nals (h, test_split (format, timed_unit (format, 0,
              micro_uuid (format), MICRO, 3)));
  list = test_pull_nals (h);
  assert_equals_int (gst_buffer_list_length (list), 4);
  for (guint i = 0; i < 4; i++)
    test_assert_reference (gst_buffer_list_get (list, i), UNIX,
        i < 3 ? NONE : MICRO_NS);
  gst_buffer_list_unref (list);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Two in a row: the second finds everything as it should be. */
GST_START_TEST (test_seiextract_time_that_is_there_copies_nothing)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstBuffer *in = timed_unit (test_h264, 0, test_micro_h264_uuid, MICRO, 3);
  GstBuffer *out;

  gst_buffer_ref (in);
  g_object_set (h->element, "uuid", "0000000000000000", NULL);
  out = gst_harness_push_and_pull (h, in);
  fail_if (out == in);
  gst_buffer_unref (in);
  gst_buffer_ref (out);
  in = out;
  out = gst_harness_push_and_pull (h, in);
  fail_unless (out == in);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiextract_time_suite (void)
{
  Suite *s = suite_create ("seiextract_time");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiextract_time_is_on_video_and_payloads, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_time_of_the_other_codec_is_read);
  tcase_add_test (tc, test_seiextract_time_that_x265_has_wrapped_is_read);
  tcase_add_loop_test (tc, test_seiextract_time_nal_is_on_all_buffers_behind_it,
      0, N_TEST_FORMATS);
  tcase_add_loop_test (tc,
      test_seiextract_time_nal_without_slice_is_on_payloads, 0, 2);
  tcase_add_loop_test (tc, test_seiextract_time_unlinked_is_on_payloads, 0, 2);
  tcase_add_test (tc, test_seiextract_time_that_is_wrong_is_broken);
  tcase_add_loop_test (tc, test_seiextract_time_is_read_whatever_is_selected, 0,
      G_N_ELEMENTS (selections));
  tcase_add_loop_test (tc, test_seiextract_time_is_removed_as_any_message, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_time_is_removed_with_its_video_meta);
  tcase_add_loop_test (tc, test_seiextract_time_nal_removed_is_on_the_slice, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_time_that_is_there_copies_nothing);

  return s;
}

GST_CHECK_MAIN (seiextract_time);
