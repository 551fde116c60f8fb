/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract remove=true, NAL by NAL: buffers of which nothing is left */

#include "naltest.h"
#include "padtest.h"

#include <string.h>

#include <gst/video/video-sei.h>

static const TestMessage ours[] = { TEST_OURS };
static const TestMessage other[] = { TEST_OTHER };
static const TestMessage both[] = { TEST_OURS, TEST_OTHER };

#define OUR_UUID "a4b00512d794561186b717406de2f1de"

static GstHarness *
nal_harness (const TestFormat * format)
{
  GstHarness *h = test_nal_harness ("seiextract", format);

  g_object_set (h->element, "remove", TRUE, "uuid", OUR_UUID, NULL);
  return h;
}

/* An access unit from the NAL unit at @from on; that has the times and DISCONT. */
static GstBufferList *
split_from (const TestFormat * format, GstBuffer * buffer, guint from)
{
  GstBufferList *list = test_split (format, gst_buffer_ref (buffer));

  gst_buffer_list_remove (list, 0, from);
  GstBuffer *first = gst_buffer_list_get_writable (list, 0);

  gst_buffer_copy_into (first, buffer, GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  GST_BUFFER_FLAG_SET (first, GST_BUFFER_FLAG_DISCONT);
  gst_buffer_unref (buffer);

  return list;
}

/* Times, flags and size of the buffer in @list */
static void
assert_buffer (GstBufferList * list, guint i, GstClockTime pts,
    GstBufferFlags flags, gsize size)
{
  GstBuffer *buffer = gst_buffer_list_get (list, i);

  fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), pts);
  fail_unless_equals_uint64 (GST_BUFFER_DTS (buffer),
      GST_CLOCK_TIME_IS_VALID (pts) ? pts - 40 * GST_MSECOND : pts);
  fail_unless_equals_int (GST_BUFFER_FLAGS (buffer) &
      ~GST_BUFFER_FLAG_TAG_MEMORY, flags);
  assert_equals_int (gst_buffer_get_size (buffer), size);
}

static gsize
sei_size (const TestFormat * format, const TestMessage * messages, guint n)
{
  GByteArray *nal = test_sei_nal (format, FALSE, messages, n);
  const gsize size = nal->len +
      (format->format.length_size > 0 ? format->format.length_size : 4);

  g_byte_array_unref (nal);

  return size;
}

GST_START_TEST (test_seiextract_nal_remove_leaves_other_nal_units)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = nal_harness (format);

  for (guint n = 0; n < 3; n++) {
    GstBuffer *in = test_access_unit (format, n);
    GstBuffer *expected = test_insert_sei (format, gst_buffer_copy (in), other,
        1);

    expected = test_insert_sei (format, expected, other, 1);
    in = test_insert_sei (format, in, ours, 1);
    in = test_insert_sei (format, in, both, 2);
    in = test_insert_sei (format, in, ours, 1);
    in = test_insert_sei (format, in, other, 1);
    GstBufferList *list = test_split (format, in);
    GstBuffer *delimiter = gst_buffer_list_get (list, 0);

    test_push_nals (h, gst_buffer_list_ref (list));
    GstBufferList *out = test_pull_nals (h);

    assert_equals_int (gst_buffer_list_length (out), 6);
    fail_unless (gst_buffer_list_get (out, 0) == delimiter);
    assert_buffer (out, 3, GST_CLOCK_TIME_NONE, 0, sei_size (format, other, 1));
    assert_buffer (out, 5, GST_CLOCK_TIME_NONE, GST_BUFFER_FLAG_MARKER,
        TEST_SLICE_SIZE);
    test_assert_metas (gst_buffer_list_get (out, 3), NULL);
    test_assert_metas (gst_buffer_list_get (out, 5), "ours", "ours", "ours",
        NULL);
    GstBuffer *joined = test_join (out);

    test_assert_bytes (joined, expected);
    gst_buffer_unref (joined);
    gst_buffer_unref (expected);
    gst_buffer_list_unref (list);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_remove_next_inherits_times)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = nal_harness (format);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstBufferList *list;
  GstBuffer *in;

  /* SEI, SEI, slice */
  in = test_insert_sei (format, test_access_unit (format, 0), ours, 1);
  in = test_insert_sei (format, in, ours, 1);
  test_push_nals (h, split_from (format, in, 3));
  list = test_pull_nals (h);
  assert_equals_int (gst_buffer_list_length (list), 1);
  assert_buffer (list, 0, 40 * GST_MSECOND,
      GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_MARKER, TEST_SLICE_SIZE);
  test_assert_metas (gst_buffer_list_get (list, 0), "ours", "ours", NULL);
  gst_buffer_list_unref (list);
  test_assert_payload_at (m, "ours", 40 * GST_MSECOND);
  test_assert_payload_at (m, "ours", 40 * GST_MSECOND);

  /* SEI, SEI of which something is left, slice */
  in = test_insert_sei (format, test_access_unit (format, 1), ours, 1);
  in = test_insert_sei (format, in, both, 2);
  test_push_nals (h, split_from (format, in, 3));
  list = test_pull_nals (h);
  assert_equals_int (gst_buffer_list_length (list), 2);
  assert_buffer (list, 0, 80 * GST_MSECOND, GST_BUFFER_FLAG_DISCONT,
      sei_size (format, other, 1));
  assert_buffer (list, 1, GST_CLOCK_TIME_NONE, GST_BUFFER_FLAG_MARKER,
      TEST_SLICE_SIZE);
  gst_buffer_list_unref (list);
  test_assert_payload_at (m, "ours", 80 * GST_MSECOND);
  test_assert_payload_at (m, "ours", 80 * GST_MSECOND);
  fail_if (gst_harness_try_pull (m));
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What has times of its own keeps them. */
GST_START_TEST (test_seiextract_nal_remove_overrides_no_times)
{
  GstHarness *h = nal_harness (test_h264);
  GstBuffer *in = test_insert_sei (test_h264, test_access_unit (test_h264, 0),
      ours, 1);
  GstBufferList *list = split_from (test_h264, in, 3);
  GstBuffer *slice = gst_buffer_list_get_writable (list, 1);

  GST_BUFFER_PTS (slice) = 50 * GST_MSECOND;
  GST_BUFFER_DTS (slice) = 10 * GST_MSECOND;
  test_push_nals (h, list);
  list = test_pull_nals (h);
  assert_equals_int (gst_buffer_list_length (list), 1);
  assert_buffer (list, 0, 50 * GST_MSECOND,
      GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_MARKER, TEST_SLICE_SIZE);
  gst_buffer_list_unref (list);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* The MARKER is on it, so it has to stay. */
GST_START_TEST (test_seiextract_nal_remove_suffix_stays_empty)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h;
  GstHarness *m;

  if (format->format.codec != H26X_CODEC_H265)
    return;
  h = nal_harness (format);
  m = test_pad_harness (h, &test_any_template);
  for (guint n = 0; n < 2; n++) {
    GstBuffer *in = test_access_unit (format, n);
    GstBuffer *expected = gst_buffer_copy (in);

    test_push_nals (h, test_split (format, test_append_sei (format, in, ours,
                1)));
    GstBufferList *list = test_pull_nals (h);

    assert_equals_int (gst_buffer_list_length (list), 5);
    assert_buffer (list, 4, GST_CLOCK_TIME_NONE, GST_BUFFER_FLAG_MARKER, 0);
    test_assert_metas (gst_buffer_list_get (list, 4), "ours", NULL);
    GstBuffer *out = test_join (list);

    test_assert_bytes (out, expected);
    gst_buffer_unref (out);
    gst_buffer_unref (expected);
    test_assert_payload_at (m, "ours", (n + 1) * 40 * GST_MSECOND);
  }
  assert_equals_uint64 (test_stat (h->element, "access-units"), 2);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_remove_empty_buffer_passes)
{
  GstHarness *h = nal_harness (test_h264);
  GstBuffer *in = gst_buffer_new ();
  GstBuffer *out;

  GST_BUFFER_PTS (in) = 40 * GST_MSECOND;
  out = gst_harness_push_and_pull (h, gst_buffer_ref (in));
  fail_unless (out == in);
  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* How an access unit of SEI only may end */
typedef enum
{
  MARKER,
  FLUSH,
  RESTART,
  N_ENDS
} End;

/* Its times are not those of the next one */
GST_START_TEST (test_seiextract_nal_remove_next_unit_inherits_no_times)
{
  const End end = __i__;
  GstHarness *h = nal_harness (test_h264);
  GstBuffer *in = test_insert_sei (test_h264, test_access_unit (test_h264, 0),
      ours, 1);
  GstBufferList *list = test_first_nals (split_from (test_h264, in, 3), 1);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  if (end == MARKER)
    GST_BUFFER_FLAG_SET (gst_buffer_list_get_writable (list, 0),
        GST_BUFFER_FLAG_MARKER);
  test_push_nals (h, list);
  fail_if (gst_harness_try_pull (h));
  if (end == FLUSH) {
    gst_harness_push_event (h, gst_event_new_flush_start ());
    gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
    gst_harness_push_event (h, gst_event_new_segment (&segment));
  } else if (end == RESTART) {
    test_nal_restart (h, test_h264);
  }

  in = test_access_unit (test_h264, 1);
  GST_BUFFER_PTS (in) = GST_BUFFER_DTS (in) = GST_CLOCK_TIME_NONE;
  test_push_nals (h, test_split (test_h264, in));
  list = test_pull_nals (h);
  assert_equals_int (gst_buffer_list_length (list), 4);
  fail_unless (!GST_BUFFER_PTS_IS_VALID (gst_buffer_list_get (list, 0)));
  fail_unless (!GST_BUFFER_DTS_IS_VALID (gst_buffer_list_get (list, 0)));
  gst_buffer_list_unref (list);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* That something is missing before it is true of the next one, too. */
GST_START_TEST (test_seiextract_nal_remove_next_unit_inherits_discont)
{
  GstHarness *h = nal_harness (test_h264);
  GstBuffer *in = test_insert_sei (test_h264, test_access_unit (test_h264, 0),
      ours, 1);
  GstBufferList *list = test_first_nals (split_from (test_h264, in, 3), 1);

  GST_BUFFER_FLAG_SET (gst_buffer_list_get_writable (list, 0),
      GST_BUFFER_FLAG_MARKER);
  test_push_nals (h, list);
  test_push_nals (h, test_split (test_h264, test_access_unit (test_h264, 1)));
  list = test_pull_nals (h);
  assert_equals_int (gst_buffer_list_length (list), 4);
  assert_buffer (list, 0, 80 * GST_MSECOND, GST_BUFFER_FLAG_DISCONT, 6);
  gst_buffer_list_unref (list);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_remove_eos_drops_it)
{
  GstHarness *h = nal_harness (test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);
  GstBuffer *in = test_insert_sei (test_h264, test_access_unit (test_h264, 0),
      ours, 1);

  test_push_nals (h, test_first_nals (split_from (test_h264, in, 3), 1));
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_if (gst_harness_try_pull (h));
  test_assert_payload_at (m, "ours", 40 * GST_MSECOND);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* As a parser that divides access units copies them, and what is encoded again or
 * goes to seiinject would have the message from there */
GST_START_TEST (test_seiextract_nal_remove_takes_video_metas_off_slice)
{
  GstHarness *h = nal_harness (test_h264);
  GstBufferList *list = test_split (test_h264, test_insert_sei (test_h264,
          test_access_unit (test_h264, 0), both, 2));
  guint8 uuid[16];

  for (guint i = 0; i < gst_buffer_list_length (list); i++) {
    GstBuffer *buffer = gst_buffer_list_get_writable (list, i);

    memcpy (uuid, test_uuid, 16);
    gst_buffer_add_video_sei_user_data_unregistered_meta (buffer, uuid,
        (guint8 *) "ours", 4);
    memcpy (uuid, test_other_uuid, 16);
    gst_buffer_add_video_sei_user_data_unregistered_meta (buffer, uuid,
        (guint8 *) "other", 5);
  }
  test_push_nals (h, list);
  list = test_pull_nals (h);
  assert_equals_int (gst_buffer_list_length (list), 5);
  for (guint i = 3; i < 5; i++)
    assert_equals_int (gst_buffer_get_n_meta (gst_buffer_list_get (list, i),
            GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE), 1);
  gst_buffer_list_unref (list);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_nal_remove_undoes_seiinject)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = gst_harness_new_parse ("seiinject metadata=x ! "
      "seiextract remove=true");
  gchar *caps = test_nal_caps (format);

  gst_harness_set_src_caps_str (h, caps);
  for (guint n = 0; n < 3; n++) {
    /* From the delimiter on, or the slice alone */
    GstBuffer *in = test_access_unit (format, n);
    GstBufferList *list = split_from (format, in, n == 1 ? 3 : 0);
    const guint n_nals = gst_buffer_list_length (list);

    test_push_nals (h, gst_buffer_list_ref (list));
    GstBufferList *out = test_pull_nals (h);

    assert_equals_int (gst_buffer_list_length (out), n_nals);
    for (guint i = 0; i < n_nals; i++) {
      GstBuffer *before = gst_buffer_list_get (list, i);
      GstBuffer *after = gst_buffer_list_get (out, i);

      test_assert_bytes (after, before);
      assert_buffer (out, i, GST_BUFFER_PTS (before), GST_BUFFER_FLAGS (before)
          & ~GST_BUFFER_FLAG_TAG_MEMORY, gst_buffer_get_size (before));
    }
    test_assert_metas (gst_buffer_list_get (out, n_nals - 1), "x", NULL);
    gst_buffer_list_unref (out);
    gst_buffer_list_unref (list);
  }
  g_free (caps);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiextract_nal_remove_suite (void)
{
  Suite *s = suite_create ("seiextract_nal_remove");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiextract_nal_remove_leaves_other_nal_units, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiextract_nal_remove_next_inherits_times, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_nal_remove_overrides_no_times);
  tcase_add_loop_test (tc, test_seiextract_nal_remove_suffix_stays_empty, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiextract_nal_remove_empty_buffer_passes);
  tcase_add_loop_test (tc,
      test_seiextract_nal_remove_next_unit_inherits_no_times, 0, N_ENDS);
  tcase_add_test (tc, test_seiextract_nal_remove_next_unit_inherits_discont);
  tcase_add_test (tc, test_seiextract_nal_remove_eos_drops_it);
  tcase_add_test (tc, test_seiextract_nal_remove_takes_video_metas_off_slice);
  tcase_add_loop_test (tc, test_seiextract_nal_remove_undoes_seiinject, 0,
      N_TEST_FORMATS);

  return s;
}

GST_CHECK_MAIN (seiextract_nal_remove);
