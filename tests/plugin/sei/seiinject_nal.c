/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiinject, NAL by NAL: messages are buffers of their own */

#include "joinedtest.h"
#include "naltest.h"

/* Delimiter, SPS, PPS, slice, as parsers divide them */
#define N_NALS 4
#define SLICE 3                 /* where it is */

static GstBufferList *
split_unit (const TestFormat * format, guint n)
{
  return test_split (format, test_access_unit (format, n));
}

/* The flag DELTA_UNIT on each, as parsers set it where the slice is none of a key
 * frame */
static void
set_delta (GstBufferList * list)
{
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    GST_BUFFER_FLAG_SET (gst_buffer_list_get_writable (list, i),
        GST_BUFFER_FLAG_DELTA_UNIT);
}

/* The buffers that come of those. Takes @list. */
static GstBufferList *
push_and_pull (GstHarness * h, GstBufferList * list)
{
  test_push_nals (h, list);
  return test_pull_nals (h);
}

/* That @out has the buffers of @in themselves, and before the one at @place one
 * more. Returns that one. */
static GstBuffer *
assert_one_more (GstBufferList * in, GstBufferList * out, guint place)
{
  assert_equals_int (gst_buffer_list_length (out),
      gst_buffer_list_length (in) + 1);
  for (guint i = 0; i < gst_buffer_list_length (in); i++)
    fail_unless (gst_buffer_list_get (out, i < place ? i : i + 1)
        == gst_buffer_list_get (in, i));
  return gst_buffer_list_get (out, place);
}

GST_START_TEST (test_seiinject_nal_message_is_before_the_slice)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_nal_harness ("seiinject", format);

  g_object_set (h->element, "metadata", "x", NULL);
  for (guint n = 0; n < 3; n++) {
    GstBufferList *in = split_unit (format, n);
    GstBufferList *out = push_and_pull (h, gst_buffer_list_ref (in));
    GstBuffer *ours = assert_one_more (in, out, SLICE);

    test_assert_messages (format, ours, "x", NULL);
    fail_unless (GST_BUFFER_FLAG_IS_SET (ours, GST_BUFFER_FLAG_DELTA_UNIT));
    fail_if (GST_BUFFER_FLAG_IS_SET (ours, GST_BUFFER_FLAG_MARKER));
    gst_buffer_list_unref (in);
    gst_buffer_list_unref (out);
  }
  assert_equals_uint64 (test_stat (h->element, "frames"), 3);
  assert_equals_uint64 (test_stat (h->element, "injected"), 3);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_message_has_times_of_what_it_precedes)
{
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBufferList *in = split_unit (test_h264, 0);
  GstBuffer *slice = gst_buffer_list_get_writable (in, SLICE);

  /* as rtph264depay gives it to every NAL unit */
  GST_BUFFER_PTS (slice) = 40 * GST_MSECOND;
  GST_BUFFER_DTS (slice) = 7;
  GST_BUFFER_DURATION (slice) = 40 * GST_MSECOND;
  g_object_set (h->element, "metadata", "x", NULL);
  GstBufferList *out = push_and_pull (h, gst_buffer_list_ref (in));
  GstBuffer *ours = assert_one_more (in, out, SLICE);

  fail_unless_equals_uint64 (GST_BUFFER_PTS (ours), 40 * GST_MSECOND);
  fail_unless_equals_uint64 (GST_BUFFER_DTS (ours), 7);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (ours), 0);
  gst_buffer_list_unref (out);

  /* as parsers do: just the first has any */
  gst_buffer_list_unref (in);
  in = split_unit (test_h264, 1);
  out = push_and_pull (h, gst_buffer_list_ref (in));
  ours = assert_one_more (in, out, SLICE);
  fail_if (GST_BUFFER_PTS_IS_VALID (ours));
  fail_if (GST_BUFFER_DTS_IS_VALID (ours));
  fail_if (GST_BUFFER_DURATION_IS_VALID (ours));
  gst_buffer_list_unref (in);
  gst_buffer_list_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_slice_that_comes_first_keeps_its_times)
{
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBuffer *in = test_access_unit (test_h264, 5);

  /* no delimiter, no parameter sets */
  gst_buffer_resize (in, gst_buffer_get_size (in) - TEST_SLICE_SIZE, -1);
  GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_DISCONT);
  GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_MARKER);
  g_object_set (h->element, "metadata", "x", NULL);
  fail_unless_equals_int (gst_harness_push (h, in), GST_FLOW_OK);
  GstBuffer *ours = gst_harness_pull (h);
  GstBuffer *out = gst_harness_pull (h);

  fail_unless (out == in);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (ours), GST_BUFFER_PTS (in));
  fail_unless_equals_uint64 (GST_BUFFER_DTS (ours), GST_BUFFER_DTS (in));
  /* There is one discontinuity, not two */
  fail_unless (GST_BUFFER_FLAG_IS_SET (ours, GST_BUFFER_FLAG_DISCONT));
  fail_if (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DISCONT));
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_MARKER));
  fail_if (GST_BUFFER_FLAG_IS_SET (ours, GST_BUFFER_FLAG_MARKER));
  gst_buffer_unref (ours);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_prefix_stays_with_its_slice)
{
  static const guint8 prefix[] = { 0x6e, 0x40, 0x80 };
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBufferList *in = test_split (test_h264, test_insert_nal (test_h264,
          test_access_unit (test_h264, 0), prefix, sizeof (prefix)));

  g_object_set (h->element, "metadata", "x", NULL);
  GstBufferList *out = push_and_pull (h, gst_buffer_list_ref (in));

  assert_equals_int (gst_buffer_list_length (in), N_NALS + 1);
  test_assert_messages (test_h264, assert_one_more (in, out, SLICE), "x", NULL);
  gst_buffer_list_unref (in);
  gst_buffer_list_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_more_slices_get_none)
{
  static const guint8 slice[] = { 0x65, 0x44, 0x55, 0x66 };
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBufferList *in = test_split (test_h264, test_append_nal (test_h264,
          test_access_unit (test_h264, 0), slice, sizeof (slice)));

  g_object_set (h->element, "metadata", "x", NULL);
  GstBufferList *out = push_and_pull (h, gst_buffer_list_ref (in));

  assert_one_more (in, out, SLICE);
  gst_buffer_list_unref (in);
  gst_buffer_list_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_metas_of_all_buffers_go_in_once)
{
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBufferList *in = split_unit (test_h264, 0);

  test_add_meta (gst_buffer_list_get_writable (in, 0), test_uuid, "a");
  test_add_meta (gst_buffer_list_get_writable (in, 1), test_uuid, "a");
  test_add_meta (gst_buffer_list_get_writable (in, 1), test_uuid, "b");
  test_add_meta (gst_buffer_list_get_writable (in, SLICE), test_uuid, "b");
  test_add_meta (gst_buffer_list_get_writable (in, SLICE), test_uuid, "c");
  GstBufferList *out = push_and_pull (h, gst_buffer_list_ref (in));
  GstBuffer *ours = assert_one_more (in, out, SLICE);

  test_assert_messages (test_h264, ours, "a", "b", "c", NULL);
  test_assert_metas (ours, NULL);
  gst_buffer_list_unref (in);
  gst_buffer_list_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_message_before_is_not_repeated)
{
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBuffer *unit = test_access_unit (test_h264, 0);

  unit = test_insert_message (test_h264, unit, test_uuid, "there");
  GstBufferList *in = test_split (test_h264, unit);

  test_add_meta (gst_buffer_list_get_writable (in, 0), test_uuid, "there");
  GstBufferList *out = push_and_pull (h, gst_buffer_list_ref (in));

  assert_equals_int (gst_buffer_list_length (out), N_NALS + 1);
  assert_equals_uint64 (test_stat (h->element, "present"), 1);
  assert_equals_uint64 (test_stat (h->element, "injected"), 0);
  gst_buffer_list_unref (in);
  gst_buffer_list_unref (out);

  /* in the next it is not there */
  in = split_unit (test_h264, 1);
  test_add_meta (gst_buffer_list_get_writable (in, 0), test_uuid, "there");
  out = push_and_pull (h, gst_buffer_list_ref (in));
  test_assert_messages (test_h264, assert_one_more (in, out, SLICE), "there",
      NULL);
  gst_buffer_list_unref (in);
  gst_buffer_list_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_metas_behind_the_slice_are_late)
{
  static const guint8 slice[] = { 0x65, 0x44, 0x55, 0x66 };
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBufferList *in = test_split (test_h264, test_append_nal (test_h264,
          test_access_unit (test_h264, 0), slice, sizeof (slice)));

  test_add_meta (gst_buffer_list_get_writable (in, SLICE), test_uuid, "a");
  test_add_meta (gst_buffer_list_get_writable (in, SLICE + 1), test_uuid, "a");
  test_add_meta (gst_buffer_list_get_writable (in, SLICE + 1), test_uuid, "b");
  /* A message that the access unit has is not late, whatever it came from */
  test_add_meta (gst_buffer_list_get_writable (in, SLICE + 1), test_uuid, "v");
  g_object_set (h->element, "metadata", "v", NULL);
  GstBufferList *out = push_and_pull (h, gst_buffer_list_ref (in));

  test_assert_messages (test_h264, assert_one_more (in, out, SLICE), "a", "v",
      NULL);
  assert_equals_uint64 (test_stat (h->element, "late"), 1);
  gst_buffer_list_unref (in);
  gst_buffer_list_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_without_slice_nothing_moves_to_next)
{
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBufferList *in = split_unit (test_h264, 0);

  test_add_meta (gst_buffer_list_get_writable (in, 0), test_uuid, "lost");
  in = test_first_nals (in, SLICE);
  GST_BUFFER_FLAG_SET (gst_buffer_list_get_writable (in, SLICE - 1),
      GST_BUFFER_FLAG_MARKER);
  GstBufferList *out = push_and_pull (h, in);

  assert_equals_int (gst_buffer_list_length (out), SLICE);
  gst_buffer_list_unref (out);
  out = push_and_pull (h, split_unit (test_h264, 1));
  assert_equals_int (gst_buffer_list_length (out), N_NALS);
  assert_equals_uint64 (test_stat (h->element, "no-slice"), 1);
  gst_buffer_list_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* 0: flush, 1: EOS, 2: other caps, 3: NULL */
GST_START_TEST (test_seiinject_nal_access_unit_may_be_cut_off)
{
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBufferList *in = split_unit (test_h264, 0);
  GstSegment segment;

  test_add_meta (gst_buffer_list_get_writable (in, 0), test_uuid, "lost");
  test_push_nals (h, test_first_nals (in, 2));
  gst_buffer_list_unref (test_pull_nals (h));

  gst_segment_init (&segment, GST_FORMAT_TIME);
  if (__i__ == 1)
    gst_harness_push_event (h, gst_event_new_eos ());
  if (__i__ < 2) {
    gst_harness_push_event (h, gst_event_new_flush_start ());
    gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
    gst_harness_push_event (h, gst_event_new_segment (&segment));
  } else if (__i__ == 2) {
    gchar *caps = test_nal_caps (test_h265);

    gst_harness_set_src_caps_str (h, caps);
    g_free (caps);
  } else {
    test_nal_restart (h, test_h264);
  }
  assert_equals_uint64 (test_stat (h->element, "no-slice"), __i__ < 3);

  /* the first of these does not begin with what is left of the one before */
  const TestFormat *format = __i__ == 2 ? test_h265 : test_h264;
  GstBufferList *out = push_and_pull (h, split_unit (format, 0));

  assert_equals_int (gst_buffer_list_length (out), N_NALS);
  assert_equals_uint64 (test_stat (h->element, "frames"), __i__ < 3 ? 2 : 1);
  gst_buffer_list_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_alignment_can_change)
{
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  gchar *nal_caps = test_nal_caps (test_h264);
  gchar *au_caps = test_caps (test_h264);

  g_object_set (h->element, "metadata", "x", NULL);
  for (guint n = 0; n < 4; n += 2) {
    gst_harness_set_src_caps_str (h, nal_caps);
    GstBufferList *out = push_and_pull (h, split_unit (test_h264, n));

    assert_equals_int (gst_buffer_list_length (out), N_NALS + 1);
    gst_buffer_list_unref (out);

    gst_harness_set_src_caps_str (h, au_caps);
    GstBuffer *whole = gst_harness_push_and_pull (h,
        test_access_unit (test_h264, n + 1));

    test_assert_messages (test_h264, whole, "x", NULL);
    gst_buffer_unref (whole);
  }
  assert_equals_uint64 (test_stat (h->element, "frames"), 4);
  g_free (nal_caps);
  g_free (au_caps);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_modes_go_by_access_units)
{
  static const gchar *const modes[] = { "every-frame", "keyframe", "once" };
  static const guint expected[] = { 6, 2, 1 };
  GstHarness *h = test_nal_harness ("seiinject", test_h264);

  gst_util_set_object_arg (G_OBJECT (h->element), "mode", modes[__i__]);
  g_object_set (h->element, "metadata", "x", NULL);
  for (guint n = 0; n < 6; n++) {
    GstBufferList *in = split_unit (test_h264, n);

    if (n % 3 != 0)
      set_delta (in);
    gst_buffer_list_unref (push_and_pull (h, in));
  }
  assert_equals_uint64 (test_stat (h->element, "injected"), expected[__i__]);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Parsers flag a prefix NAL unit as a delta unit, also that of a key frame. */
GST_START_TEST (test_seiinject_nal_keyframe_mode_reads_the_prefix)
{
  static const guint8 idr[] = { 0x6e, 0xc0, 0x80, 0x07 };
  static const guint8 other[] = { 0x6e, 0x80, 0x80, 0x07 };
  GstHarness *h = test_nal_harness ("seiinject", test_h264);

  gst_util_set_object_arg (G_OBJECT (h->element), "mode", "keyframe");
  g_object_set (h->element, "metadata", "x", NULL);
  for (guint n = 0; n < 6; n++) {
    GstBufferList *in = test_split (test_h264, test_insert_nal (test_h264,
            test_access_unit (test_h264, n), n % 3 == 0 ? idr : other, 4));

    set_delta (in);
    GstBufferList *out = push_and_pull (h, gst_buffer_list_ref (in));

    if (n % 3 == 0)
      assert_one_more (in, out, SLICE);
    else
      assert_equals_int (gst_buffer_list_length (out), N_NALS + 1);
    gst_buffer_list_unref (in);
    gst_buffer_list_unref (out);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_pad_goes_by_time_of_first)
{
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstHarness *m = test_joined_harness (h, "application/x-json", TRUE);

  test_push_payload (m, "b", 80);
  test_push_payload (m, "a", 40);
  test_push_payload (m, "a2", 79);
  for (guint n = 0; n < 2; n++) {
    GstBufferList *in = split_unit (test_h264, n);
    GstBufferList *out = push_and_pull (h, gst_buffer_list_ref (in));

    test_assert_messages (test_h264, assert_one_more (in, out, SLICE),
        n == 0 ? "a" : "b", n == 0 ? "a2" : NULL, NULL);
    gst_buffer_list_unref (in);
    gst_buffer_list_unref (out);
  }
  test_joined_teardown (h, m);
}

GST_END_TEST;

/* Some say alignment=nal of what has more than that in a buffer. */
GST_START_TEST (test_seiinject_nal_buffer_of_several_has_it_inside)
{
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBuffer *in = test_access_unit (test_h264, 0);

  GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_MARKER);
  g_object_set (h->element, "metadata", "x", NULL);
  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_messages (test_h264, out, "x", NULL);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_MARKER));
  assert_equals_int (gst_harness_buffers_in_queue (h), 0);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nal_buffer_list_is_as_buffers)
{
  GstHarness *h = test_nal_harness ("seiinject", test_h265);

  g_object_set (h->element, "metadata", "x", NULL);
  fail_unless_equals_int (gst_pad_push_list (h->srcpad, split_unit (test_h265,
              0)), GST_FLOW_OK);
  GstBufferList *out = test_pull_nals (h);

  assert_equals_int (gst_buffer_list_length (out), N_NALS + 1);
  test_assert_messages (test_h265, gst_buffer_list_get (out, SLICE), "x", NULL);
  gst_buffer_list_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstFlowReturn
refuse (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  gst_buffer_unref (buffer);
  return GST_FLOW_EOS;
}

GST_START_TEST (test_seiinject_nal_flow_of_message_ends_push)
{
  GstHarness *h = test_nal_harness ("seiinject", test_h264);
  GstBufferList *in = split_unit (test_h264, 0);
  GstBuffer *slice = gst_buffer_ref (gst_buffer_list_get (in, SLICE));

  g_object_set (h->element, "metadata", "x", NULL);
  test_push_nals (h, test_first_nals (in, SLICE));
  gst_pad_set_chain_function (h->sinkpad, refuse);
  fail_unless_equals_int (gst_harness_push (h, slice), GST_FLOW_EOS);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiinject_nal_suite (void)
{
  Suite *s = suite_create ("seiinject-nal");
  TCase *tc = tcase_create ("nal");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiinject_nal_message_is_before_the_slice, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiinject_nal_message_has_times_of_what_it_precedes);
  tcase_add_test (tc,
      test_seiinject_nal_slice_that_comes_first_keeps_its_times);
  tcase_add_test (tc, test_seiinject_nal_prefix_stays_with_its_slice);
  tcase_add_test (tc, test_seiinject_nal_more_slices_get_none);
  tcase_add_test (tc, test_seiinject_nal_metas_of_all_buffers_go_in_once);
  tcase_add_test (tc, test_seiinject_nal_message_before_is_not_repeated);
  tcase_add_test (tc, test_seiinject_nal_metas_behind_the_slice_are_late);
  tcase_add_test (tc, test_seiinject_nal_without_slice_nothing_moves_to_next);
  tcase_add_loop_test (tc, test_seiinject_nal_access_unit_may_be_cut_off, 0, 4);
  tcase_add_test (tc, test_seiinject_nal_alignment_can_change);
  tcase_add_loop_test (tc, test_seiinject_nal_modes_go_by_access_units, 0, 3);
  tcase_add_test (tc, test_seiinject_nal_keyframe_mode_reads_the_prefix);
  tcase_add_test (tc, test_seiinject_nal_pad_goes_by_time_of_first);
  tcase_add_test (tc, test_seiinject_nal_buffer_of_several_has_it_inside);
  tcase_add_test (tc, test_seiinject_nal_buffer_list_is_as_buffers);
  tcase_add_test (tc, test_seiinject_nal_flow_of_message_ends_push);

  return s;
}

GST_CHECK_MAIN (seiinject_nal);
