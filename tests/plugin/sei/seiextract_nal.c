/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract, NAL by NAL: which buffer has the metas, and what the pad has */

#include "naltest.h"
#include "padtest.h"

static const TestMessage ours[] = {
  TEST_OURS, TEST_MESSAGE (test_uuid, "two"), TEST_MESSAGE (test_uuid, "three")
};

/* Delimiter, SPS, PPS, @n_messages SEI NAL units, two slices */
static GstBufferList *
split_unit (const TestFormat * format, guint n, guint n_messages)
{
  static const guint8 h264_slice[] = { 0x65, 0x44, 0x55, 0x66 };
  static const guint8 h265_slice[] = { 0x26, 0x01, 0x44, 0x55 };
  GstBuffer *buffer = test_access_unit (format, n);

  for (guint i = 0; i < n_messages; i++)
    buffer = test_insert_sei (format, buffer, &ours[i], 1);

  return test_split (format, test_append_nal (format, buffer,
          format->format.codec == H26X_CODEC_H264 ? h264_slice : h265_slice,
          4));
}

/* What a parser or depayloader says about where access units are */
typedef enum
{
  PTS_ON_FIRST,                 /* h264parse, h265parse; and MARKER */
  PTS_ON_ALL,                   /* rtph264depay; and MARKER */
  NO_MARKER,                    /* just PTS_ON_FIRST */
  NOTHING,
  N_STYLES
} Style;

static void
set_style (GstBufferList * list, Style style)
{
  const GstClockTime pts = GST_BUFFER_PTS (gst_buffer_list_get (list, 0));

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstBuffer *buffer = gst_buffer_list_get_writable (list, i);

    if (style == PTS_ON_ALL)
      GST_BUFFER_PTS (buffer) = pts;
    if (style == NOTHING)
      GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
    if (style == NO_MARKER || style == NOTHING)
      GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_MARKER);
  }
}

GST_START_TEST (test_seiextract_nal_first_slice_has_metas)
{
  const TestFormat *format = &test_formats[__i__];

  for (Style style = 0; style < N_STYLES; style++) {
    GstHarness *h = test_nal_harness ("seiextract", format);

    for (guint n = 0; n < 4; n++) {
      const guint n_messages = n % 3;
      GstBufferList *in = split_unit (format, n, n_messages);
      const guint n_buffers = gst_buffer_list_length (in);

      assert_equals_int (n_buffers, 5 + n_messages);
      set_style (in, style);
      test_push_nals (h, gst_buffer_list_ref (in));
      GstBufferList *out = test_pull_nals (h);

      assert_equals_int (gst_buffer_list_length (out), n_buffers);
      for (guint i = 0; i < n_buffers; i++) {
        GstBuffer *before = gst_buffer_list_get (in, i);
        GstBuffer *after = gst_buffer_list_get (out, i);

        if (i != 3 + n_messages || n_messages == 0)
          fail_unless (after == before);
        else if (n_messages == 1)
          test_assert_metas (after, "ours", NULL);
        else
          test_assert_metas (after, "ours", "two", NULL);
        fail_unless (gst_buffer_peek_memory (after, 0) ==
            gst_buffer_peek_memory (before, 0));
        fail_unless_equals_uint64 (GST_BUFFER_PTS (after),
            GST_BUFFER_PTS (before));
        fail_unless_equals_int (GST_BUFFER_FLAGS (after) &
            ~GST_BUFFER_FLAG_TAG_MEMORY,
            GST_BUFFER_FLAGS (before) & ~GST_BUFFER_FLAG_TAG_MEMORY);
      }
      gst_buffer_list_unref (in);
      gst_buffer_list_unref (out);
    }
    assert_equals_uint64 (test_stat (h->element, "access-units"), 4);
    assert_equals_uint64 (test_stat (h->element, "messages"), 3);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_metas_that_came_in_are_removed)
{
  GstHarness *h = test_nal_harness ("seiextract", test_h264);
  GstBufferList *list = split_unit (test_h264, 0, 1);

  /* As a parser that divides access units copies them */
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    test_add_meta (gst_buffer_list_get_writable (list, i), test_uuid, "ours");
  test_push_nals (h, list);
  list = test_pull_nals (h);
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    test_assert_metas (gst_buffer_list_get (list, i), i == 4 ? "ours" : NULL,
        NULL);
  gst_buffer_list_unref (list);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_pad_has_times_of_access_unit)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_nal_harness ("seiextract", format);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstCaps *ntp = gst_caps_new_empty_simple ("timestamp/x-ntp");
  GstBufferList *list = split_unit (format, 0, 2);
  GstClockTime timestamp, duration;
  GstBuffer *out;

  gst_buffer_add_reference_timestamp_meta (gst_buffer_list_get_writable (list,
          0), ntp, 99, GST_CLOCK_TIME_NONE);
  gst_caps_unref (ntp);
  test_push_nals (h, list);
  out = gst_harness_try_pull (m);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (out), 40 * GST_MSECOND);
  fail_unless_equals_uint64 (GST_BUFFER_DTS (out), 0);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (out), 40 * GST_MSECOND);
  fail_unless_equals_uint64 (gst_buffer_get_reference_timestamp_meta (out,
          NULL)->timestamp, 99);
  test_assert_buffer (out, "ours");
  test_assert_payload_at (m, "two", 40 * GST_MSECOND);

  /* One GAP, with the first slice */
  test_assert_first_events (m);
  list = split_unit (format, 1, 0);
  test_push_nals (h, test_first_nals (gst_buffer_list_copy (list), 3));
  fail_if (gst_harness_try_pull_event (m));
  gst_buffer_list_remove (list, 0, 3);
  test_push_nals (h, list);
  GstEvent *event = test_assert_event (m, GST_EVENT_GAP);

  gst_event_parse_gap (event, &timestamp, &duration);
  fail_unless_equals_uint64 (timestamp, 80 * GST_MSECOND);
  fail_unless_equals_uint64 (duration, 40 * GST_MSECOND);
  gst_event_unref (event);

  test_push_nals (h, split_unit (format, 2, 1));
  test_assert_payload_at (m, "ours", 120 * GST_MSECOND);
  fail_if (gst_harness_try_pull_event (m));
  fail_if (gst_harness_try_pull (m));
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* As h264parse has it */
GST_START_TEST (test_seiextract_nal_duration_may_be_that_of_slice)
{
  GstHarness *h = test_nal_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);

  for (guint n = 0; n < 2; n++) {
    GstBufferList *list = split_unit (test_h264, n, n);
    GstClockTime duration;

    for (guint i = 0; i < gst_buffer_list_length (list); i++)
      GST_BUFFER_DURATION (gst_buffer_list_get_writable (list, i)) =
          i == 3 + n ? 40 * GST_MSECOND : 0;
    test_push_nals (h, list);
    if (n == 0) {
      test_assert_first_events (m);
      GstEvent *event = test_assert_event (m, GST_EVENT_GAP);

      gst_event_parse_gap (event, NULL, &duration);
      gst_event_unref (event);
    } else {
      GstBuffer *buffer = gst_harness_try_pull (m);

      duration = GST_BUFFER_DURATION (buffer);
      gst_buffer_unref (buffer);
    }
    fail_unless_equals_uint64 (duration, 40 * GST_MSECOND);
  }
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_suffix_has_its_own_metas)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h, *m;
  GstBufferList *list;
  GstBuffer *in;

  if (format->format.codec != H26X_CODEC_H265)
    return;
  h = test_nal_harness ("seiextract", format);
  m = test_pad_harness (h, &test_any_template);
  for (guint n = 0; n < 2; n++) {
    in = test_insert_sei (format, test_access_unit (format, n), ours, 1 - n);
    in = test_append_sei (format, in, &ours[1], 2);
    test_push_nals (h, test_split (format, in));
    list = test_pull_nals (h);
    assert_equals_int (gst_buffer_list_length (list), 6 - n);
    test_assert_metas (gst_buffer_list_get (list, 4 - n), n ? NULL : "ours",
        NULL);
    test_assert_metas (gst_buffer_list_get (list, 5 - n), "two", "three", NULL);
    gst_buffer_list_unref (list);
    if (n == 0)
      test_assert_payload_at (m, "ours", 40 * GST_MSECOND);
    test_assert_payload_at (m, "two", (n + 1) * 40 * GST_MSECOND);
    test_assert_payload_at (m, "three", (n + 1) * 40 * GST_MSECOND);
    fail_if (gst_harness_try_pull (m));
  }
  assert_equals_uint64 (test_stat (h->element, "access-units"), 2);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Its slices were lost, or never were */
GST_START_TEST (test_seiextract_nal_without_slice_pad_has_payloads)
{
  const TestFormat *format = &test_formats[__i__];

  for (Style style = PTS_ON_FIRST; style < NO_MARKER; style++) {
    GstHarness *h = test_nal_harness ("seiextract", format);
    GstHarness *m = test_pad_harness (h, &test_any_template);
    GstBufferList *list = test_first_nals (split_unit (format, 0, 2), 5);

    set_style (list, style);
    GST_BUFFER_FLAG_SET (gst_buffer_list_get_writable (list, 4),
        GST_BUFFER_FLAG_MARKER);
    test_push_nals (h, list);
    list = split_unit (format, 1, 1);
    set_style (list, style);
    test_push_nals (h, list);
    test_assert_payload_at (m, "ours", 40 * GST_MSECOND);
    test_assert_payload_at (m, "two", 40 * GST_MSECOND);
    test_assert_payload_at (m, "ours", 80 * GST_MSECOND);
    list = test_pull_nals (h);
    test_assert_metas (gst_buffer_list_get (list, 5 + 4), "ours", NULL);
    gst_buffer_list_unref (list);

    /* Nothing comes behind it */
    list = test_first_nals (split_unit (format, 2, 1), 4);
    set_style (list, style);
    test_push_nals (h, list);
    fail_if (gst_harness_try_pull (m));
    gst_harness_push_event (h, gst_event_new_eos ());
    test_assert_payload_at (m, "ours", 120 * GST_MSECOND);
    assert_equals_uint64 (test_stat (h->element, "access-units"), 3);
    test_pad_release (h, m);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* The packets with the slices, and so the MARKER, were lost */
GST_START_TEST (test_seiextract_nal_lost_slice_moves_nothing_to_next)
{
  GstHarness *h = test_nal_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstBufferList *list = test_first_nals (split_unit (test_h264, 0, 1), 4);

  set_style (list, PTS_ON_ALL);
  test_push_nals (h, list);
  list = split_unit (test_h264, 1, 2);
  set_style (list, PTS_ON_ALL);
  test_push_nals (h, list);
  test_assert_payload_at (m, "ours", 40 * GST_MSECOND);
  test_assert_payload_at (m, "ours", 80 * GST_MSECOND);
  test_assert_payload_at (m, "two", 80 * GST_MSECOND);
  list = test_pull_nals (h);
  test_assert_metas (gst_buffer_list_get (list, 4 + 5), "ours", "two", NULL);
  gst_buffer_list_unref (list);
  assert_equals_uint64 (test_stat (h->element, "access-units"), 2);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_flush_forgets_access_unit)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_nal_harness ("seiextract", format);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstBufferList *list;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  test_push_nals (h, test_first_nals (split_unit (format, 0, 2), 5));
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  gst_buffer_list_unref (test_pull_nals (h));

  /* Without any PTS: none of before the flush either */
  list = split_unit (format, 1, 1);
  set_style (list, NOTHING);
  test_push_nals (h, list);
  test_assert_payload_at (m, "ours", GST_CLOCK_TIME_NONE);
  fail_if (gst_harness_try_pull (m));
  list = test_pull_nals (h);
  test_assert_metas (gst_buffer_list_get (list, 4), "ours", NULL);
  gst_buffer_list_unref (list);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_restart_forgets_access_unit)
{
  GstHarness *h = test_nal_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);

  test_push_nals (h, test_first_nals (split_unit (test_h264, 0, 2), 5));
  test_nal_restart (h, test_h264);
  test_push_nals (h, split_unit (test_h264, 3, 1));
  test_assert_payload_at (m, "ours", 160 * GST_MSECOND);
  fail_if (gst_harness_try_pull (m));
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
set_caps (GstHarness * h, gchar * caps)
{
  gst_harness_set_src_caps_str (h, caps);
  g_free (caps);
}

GST_START_TEST (test_seiextract_nal_alignment_can_change)
{
  GstHarness *h = gst_harness_new ("seiextract");
  GstHarness *m = test_pad_harness (h, &test_any_template);

  for (guint i = 0; i < 2 * N_TEST_FORMATS; i++) {
    const TestFormat *format = &test_formats[i * 5 % N_TEST_FORMATS];
    const GstClockTime pts = (i + 1) * 40 * GST_MSECOND;
    GstBufferList *list;

    set_caps (h, test_nal_caps (format));
    test_push_nals (h, split_unit (format, i, 1));
    list = test_pull_nals (h);
    test_assert_metas (gst_buffer_list_get (list, 4), "ours", NULL);
    gst_buffer_list_unref (list);
    test_assert_payload_at (m, "ours", pts);

    /* What the access unit that ended has left is not the next one's */
    test_push_nals (h, test_first_nals (split_unit (format, i, 2), 5));
    gst_buffer_list_unref (test_pull_nals (h));
    set_caps (h, test_caps (format));
    GstBuffer *out = gst_harness_push_and_pull (h, test_join (split_unit
            (format, i + 1, 1)));

    test_assert_metas (out, "ours", NULL);
    gst_buffer_unref (out);
    test_assert_payload_at (m, "ours", pts);
    test_assert_payload_at (m, "two", pts);
    test_assert_payload_at (m, "ours", pts + 40 * GST_MSECOND);
    fail_if (gst_harness_try_pull (m));
  }
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* h264parse sends caps when it has read a new SPS, with the delimiter and its PTS
 * gone before */
GST_START_TEST (test_seiextract_nal_caps_inside_access_unit_keep_its_times)
{
  GstHarness *h = test_nal_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  gchar *caps = test_nal_caps (test_h264);
  GstBufferList *list = split_unit (test_h264, 0, 1);

  test_push_nals (h, test_first_nals (gst_buffer_list_copy (list), 1));
  set_caps (h, g_strconcat (caps, ",width=64,height=64", NULL));
  gst_buffer_list_remove (list, 0, 1);
  test_push_nals (h, list);
  test_assert_payload_at (m, "ours", 40 * GST_MSECOND);
  assert_equals_uint64 (test_stat (h->element, "access-units"), 1);
  g_free (caps);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_gap_inside_access_unit_passes)
{
  GstHarness *h = test_nal_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstBufferList *list = split_unit (test_h264, 0, 1);

  test_push_nals (h, test_first_nals (gst_buffer_list_copy (list), 4));
  gst_harness_push_event (h, gst_event_new_gap (0, 1));
  gst_buffer_list_remove (list, 0, 4);
  test_push_nals (h, list);
  test_assert_first_events (m);
  gst_event_unref (test_assert_event (m, GST_EVENT_GAP));
  fail_if (gst_harness_try_pull_event (m));
  test_assert_payload_at (m, "ours", 40 * GST_MSECOND);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_buffer_list_is_as_buffers)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_nal_harness ("seiextract", format);
  GstHarness *m = test_pad_harness (h, &test_any_template);

  for (guint n = 0; n < 3; n++) {
    GstBufferList *in = split_unit (format, n, 2);
    GstBuffer *expected = test_join (gst_buffer_list_ref (in));

    fail_unless_equals_int (gst_pad_push_list (h->srcpad, in), GST_FLOW_OK);
    GstBufferList *list = test_pull_nals (h);

    assert_equals_int (gst_buffer_list_length (list), 7);
    test_assert_metas (gst_buffer_list_get (list, 5), "ours", "two", NULL);
    fail_unless (GST_BUFFER_FLAG_IS_SET (gst_buffer_list_get (list, 6),
            GST_BUFFER_FLAG_MARKER));
    GstBuffer *out = test_join (list);

    test_assert_bytes (out, expected);
    gst_buffer_unref (out);
    gst_buffer_unref (expected);
    test_assert_payload_at (m, "ours", (n + 1) * 40 * GST_MSECOND);
    test_assert_payload_at (m, "two", (n + 1) * 40 * GST_MSECOND);
  }
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiextract_nal_suite (void)
{
  Suite *s = suite_create ("seiextract_nal");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiextract_nal_first_slice_has_metas, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_nal_metas_that_came_in_are_removed);
  tcase_add_loop_test (tc, test_seiextract_nal_pad_has_times_of_access_unit, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_nal_duration_may_be_that_of_slice);
  tcase_add_loop_test (tc, test_seiextract_nal_suffix_has_its_own_metas, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_nal_without_slice_pad_has_payloads,
      0, N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_nal_lost_slice_moves_nothing_to_next);
  tcase_add_loop_test (tc, test_seiextract_nal_flush_forgets_access_unit, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_nal_restart_forgets_access_unit);
  tcase_add_test (tc, test_seiextract_nal_alignment_can_change);
  tcase_add_test (tc,
      test_seiextract_nal_caps_inside_access_unit_keep_its_times);
  tcase_add_test (tc, test_seiextract_nal_gap_inside_access_unit_passes);
  tcase_add_loop_test (tc, test_seiextract_nal_buffer_list_is_as_buffers, 0,
      N_TEST_FORMATS);

  return s;
}

GST_CHECK_MAIN (seiextract_nal);
