/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiinject: what goes into which access unit, and that nothing else changes */

#include "seitest.h"

#include <string.h>

#include <gst/video/video-sei.h>

static gboolean
starts_with (GstBuffer * buffer, gsize offset, GstBuffer * other,
    gsize other_offset, gsize size)
{
  guint8 *a = g_malloc (size);
  guint8 *b = g_malloc (size);
  gboolean equal;

  fail_unless_equals_int (gst_buffer_extract (buffer, offset, a, size), size);
  fail_unless_equals_int (gst_buffer_extract (other, other_offset, b, size),
      size);
  equal = memcmp (a, b, size) == 0;
  g_free (a);
  g_free (b);

  return equal;
}

/* That @out is @in and something more before the slice, which is last */
static void
assert_video_unchanged (GstBuffer * in, GstBuffer * out)
{
  const gsize in_size = gst_buffer_get_size (in);
  const gsize out_size = gst_buffer_get_size (out);
  const gsize head = in_size - TEST_SLICE_SIZE;

  fail_unless (out_size > in_size);
  fail_unless (starts_with (in, 0, out, 0, head));
  fail_unless (starts_with (in, head, out, out_size - TEST_SLICE_SIZE,
          TEST_SLICE_SIZE));
}

GST_START_TEST (test_seiinject_every_format_gets_message)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_harness ("seiinject", format);
  GstBuffer *in = test_access_unit (format, 1);
  GstCaps *ntp = gst_caps_new_empty_simple ("timestamp/x-ntp");

  GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_MARKER);
  GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_DELTA_UNIT);
  GST_BUFFER_OFFSET (in) = 7;
  GST_BUFFER_OFFSET_END (in) = 8;
  gst_buffer_add_reference_timestamp_meta (in, ntp, 99, GST_CLOCK_TIME_NONE);
  test_add_meta (in, test_uuid, "meta");
  gst_caps_unref (ntp);

  g_object_set (h->element, "metadata", "{\"a\":1}", NULL);
  GstBuffer *out = gst_harness_push_and_pull (h, gst_buffer_ref (in));

  assert_video_unchanged (in, out);
  test_assert_messages (format, out, "meta", "{\"a\":1}", NULL);
  test_assert_metas (out, "meta", NULL);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_MARKER));
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DELTA_UNIT));
  fail_unless_equals_uint64 (GST_BUFFER_PTS (out), GST_BUFFER_PTS (in));
  fail_unless_equals_uint64 (GST_BUFFER_DTS (out), GST_BUFFER_DTS (in));
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (out),
      GST_BUFFER_DURATION (in));
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET (out), 7);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET_END (out), 8);
  fail_unless_equals_uint64 (gst_buffer_get_reference_timestamp_meta (out,
          NULL)->timestamp, 99);
  assert_equals_uint64 (test_stat (h->element, "frames"), 1);
  assert_equals_uint64 (test_stat (h->element, "injected"), 2);

  gst_buffer_unref (in);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_nothing_to_inject_passes_same_buffer)
{
  GstHarness *h = test_harness ("seiinject", test_h264);
  const gchar *nothing[] = { NULL, "" };

  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++) {
    GstBuffer *in = test_access_unit (test_h264, i);
    const gsize size = gst_buffer_get_size (in);

    g_object_set (h->element, "metadata", "x", NULL);
    g_object_set (h->element, "metadata", nothing[i], NULL);
    GstBuffer *out = gst_harness_push_and_pull (h, in);

    fail_unless (out == in);
    fail_unless_equals_int (gst_buffer_get_size (out), size);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
set_true (gpointer data)
{
  *(gboolean *) data = TRUE;
}

/* Once the value is another one */
GST_START_TEST (test_seiinject_payload_is_not_kept_behind_its_frame)
{
  GstHarness *h = test_harness ("seiinject", test_h264);
  gboolean freed = FALSE;
  GBytes *payload = g_bytes_new_with_free_func ("x", 1, set_true, &freed);

  g_object_set (h->element, "metadata-bytes", payload, NULL);
  g_bytes_unref (payload);
  gst_buffer_unref (gst_harness_push_and_pull (h,
          test_access_unit (test_h264, 0)));
  fail_if (freed);
  g_object_set (h->element, "metadata", NULL, NULL);
  fail_unless (freed);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_metadata_has_three_views)
{
  GstElement *element = gst_element_factory_make ("seiinject", NULL);
  gchar *text;
  GBytes *bytes;
  GByteArray *array;

  g_object_get (element, "metadata", &text, "metadata-bytes", &bytes,
      "metadata-binary", &array, NULL);
  fail_if (text || bytes || array);

  g_object_set (element, "metadata", "text", NULL);
  g_object_get (element, "metadata", &text, "metadata-bytes", &bytes,
      "metadata-binary", &array, NULL);
  fail_unless_equals_string (text, "text");
  test_assert_payload (bytes, "text");
  assert_equals_int (array->len, 4);
  g_free (text);
  g_bytes_unref (bytes);

  array->data[0] = 0xff;        /* no text any more */
  g_object_set (element, "metadata-binary", array, NULL);
  g_byte_array_unref (array);
  g_object_get (element, "metadata", &text, "metadata-bytes", &bytes, NULL);
  fail_if (text);
  test_assert_payload (bytes, "\xff" "ext");
  g_bytes_unref (bytes);

  bytes = g_bytes_new_static ("bytes", 5);
  g_object_set (element, "metadata-bytes", bytes, NULL);
  g_bytes_unref (bytes);
  g_object_get (element, "metadata", &text, "metadata-binary", &array, NULL);
  fail_unless_equals_string (text, "bytes");
  assert_equals_int (array->len, 5);
  g_free (text);
  g_byte_array_unref (array);

  array = g_byte_array_new ();
  g_object_set (element, "metadata-binary", array, NULL);
  g_byte_array_unref (array);
  g_object_get (element, "metadata", &text, NULL);
  fail_if (text);

  gst_object_unref (element);
}

GST_END_TEST;

static void
count_notify (GObject * object, GParamSpec * pspec, guint * count)
{
  (*count)++;
}

GST_START_TEST (test_seiinject_setting_one_view_notifies_all)
{
  GstElement *element = gst_element_factory_make ("seiinject", NULL);
  guint counts[3] = { 0 };

  g_signal_connect (element, "notify::metadata", G_CALLBACK (count_notify),
      &counts[0]);
  g_signal_connect (element, "notify::metadata-binary",
      G_CALLBACK (count_notify), &counts[1]);
  g_signal_connect (element, "notify::metadata-bytes",
      G_CALLBACK (count_notify), &counts[2]);
  g_object_set (element, "metadata", "x", NULL);
  for (guint i = 0; i < 3; i++)
    assert_equals_int (counts[i], 1);

  gst_object_unref (element);
}

GST_END_TEST;

static GstBuffer *
push (GstHarness * h, const TestFormat * format, guint n, gboolean key)
{
  GstBuffer *buffer = test_access_unit (format, n);

  if (!key)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return gst_harness_push_and_pull (h, buffer);
}

GST_START_TEST (test_seiinject_keyframe_mode_skips_delta_units)
{
  GstHarness *h = test_harness ("seiinject", test_h265);

  gst_util_set_object_arg (G_OBJECT (h->element), "mode", "keyframe");
  g_object_set (h->element, "metadata", "key", NULL);
  for (guint i = 0; i < 6; i++) {
    GstBuffer *out = push (h, test_h265, i, i % 3 == 0);

    test_assert_messages (test_h265, out, i % 3 == 0 ? "key" : NULL, NULL);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_once_mode_injects_once_per_value_set)
{
  GstHarness *h = test_harness ("seiinject", test_h264);

  gst_util_set_object_arg (G_OBJECT (h->element), "mode", "once");
  for (guint i = 0; i < 6; i++) {
    /* The same value, but set again, counts */
    if (i % 3 == 0)
      g_object_set (h->element, "metadata", "once", NULL);
    GstBuffer *out = push (h, test_h264, i, FALSE);

    test_assert_messages (test_h264, out, i % 3 == 0 ? "once" : NULL, NULL);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_once_mode_waits_for_slice)
{
  static const guint8 only_aud[] = { 0, 0, 0, 1, 0x09, 0xf0 };
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *in = gst_buffer_new_memdup (only_aud, sizeof (only_aud));

  gst_util_set_object_arg (G_OBJECT (h->element), "mode", "once");
  g_object_set (h->element, "metadata", "once", NULL);

  GstBuffer *out = gst_harness_push_and_pull (h, in);

  fail_unless (out == in);
  gst_buffer_unref (out);
  assert_equals_uint64 (test_stat (h->element, "no-slice"), 1);

  out = push (h, test_h264, 1, TRUE);
  test_assert_messages (test_h264, out, "once", NULL);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_metas_come_first_and_once_each)
{
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *in = test_access_unit (test_h264, 0);
  guint8 uuid[16];

  test_add_meta (in, test_uuid, "first");
  test_add_meta (in, test_uuid, "second");
  test_add_meta (in, test_uuid, "first");
  test_add_meta (in, test_uuid, "");
  memcpy (uuid, test_uuid, 16);
  gst_buffer_add_video_sei_user_data_unregistered_meta (in, uuid,
      (guint8 *) "second", 6);
  gst_buffer_add_video_sei_user_data_unregistered_meta (in, uuid,
      (guint8 *) "third", 5);
  memcpy (uuid, test_banner_uuid, 16);
  gst_buffer_add_video_sei_user_data_unregistered_meta (in, uuid,
      (guint8 *) "x264", 4);
  g_object_set (h->element, "metadata", "fourth", NULL);

  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_messages (test_h264, out, "first", "second", "", "third",
      "fourth", NULL);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_same_payload_of_other_uuid_is_another)
{
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *in = test_access_unit (test_h264, 0);

  test_add_meta (in, test_other_uuid, "same");
  g_object_set (h->element, "metadata", "same", NULL);

  GstBuffer *out = gst_harness_push_and_pull (h, in);
  SeiList *list = test_read (test_h264, out);

  assert_equals_int (list->len, 2);
  fail_unless (memcmp (sei_list_get (list, 0)->uuid, test_other_uuid, 16) == 0);
  fail_unless (memcmp (sei_list_get (list, 1)->uuid, test_uuid, 16) == 0);
  g_array_unref (list);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_message_in_bitstream_is_not_repeated)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_harness ("seiinject", format);
  GstBuffer *in = test_access_unit (format, 0);

  in = test_insert_message (format, in, test_uuid, "there");
  test_add_meta (in, test_uuid, "there");
  test_add_meta (in, test_uuid, "new");
  g_object_set (h->element, "metadata", "there", NULL);

  GstBuffer *out = gst_harness_push_and_pull (h, in);

  test_assert_messages (format, out, "there", "new", NULL);
  assert_equals_uint64 (test_stat (h->element, "present"), 1);
  assert_equals_uint64 (test_stat (h->element, "repeated"), 1);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A minute if each were compared with each */
GST_START_TEST (test_seiinject_many_messages_take_no_time)
{
  const guint n = 40000;
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *in = test_access_unit (test_h264, 0);
  GstBuffer *out;

  for (guint i = 0; i < n; i++) {
    gchar text[16];

    g_snprintf (text, sizeof (text), "%u", i % (n / 2));
    test_add_meta (in, test_uuid, text);
  }
  out = gst_harness_push_and_pull (h, in);
  assert_equals_uint64 (test_stat (h->element, "injected"), n / 2);

  /* The metas are still on it, and now in the bitstream, too */
  out = gst_harness_push_and_pull (h, out);
  assert_equals_uint64 (test_stat (h->element, "injected"), n / 2);
  assert_equals_uint64 (test_stat (h->element, "present"), n / 2);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_uuid_forms_are_written)
{
  static const gchar *const forms[] = {
    "00010203-0405-0607-0809-0a0b0c0d0e0f",
    "000102030405060708090A0B0C0D0E0F", "0123456789abcdef"
  };
  GstHarness *h = test_harness ("seiinject", test_h264);

  g_object_set (h->element, "metadata", "x", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    const gchar *expected = i < 2 ? (gchar *) test_other_uuid : forms[2];

    g_object_set (h->element, "uuid", forms[i], NULL);
    GstBuffer *out = push (h, test_h264, i, TRUE);
    SeiList *list = test_read (test_h264, out);

    fail_unless (memcmp (sei_list_get (list, 0)->uuid, expected, 16) == 0);
    g_array_unref (list);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

static GstPadProbeReturn
set_metadata (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstElement *element = gst_pad_get_parent_element (pad);
  gchar *text = g_strdup_printf ("%" GST_TIME_FORMAT,
      GST_TIME_ARGS (GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info))));

  g_object_set (element, "metadata", text, NULL);
  g_free (text);
  gst_object_unref (element);

  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_seiinject_property_set_in_probe_goes_into_that_buffer)
{
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstPad *pad = gst_element_get_static_pad (h->element, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, set_metadata, NULL, NULL);
  for (guint i = 0; i < 5; i++) {
    GstBuffer *out = push (h, test_h264, i, TRUE);
    gchar *text = g_strdup_printf ("%" GST_TIME_FORMAT,
        GST_TIME_ARGS (GST_BUFFER_PTS (out)));

    test_assert_messages (test_h264, out, text, NULL);
    g_free (text);
    gst_buffer_unref (out);
  }
  gst_object_unref (pad);
  gst_harness_teardown (h);
}

GST_END_TEST;

static gpointer
keep_setting (gpointer data)
{
  GstHarness *h = data;

  for (guint i = 0; i < 20000; i++) {
    g_object_set (h->element, "metadata", i % 2 ? "aaaaaaaa" : "bbbbbbbb",
        "uuid", i % 3 ? NULL : "a4b00512d794561186b717406de2f1de", NULL);
  }
  return NULL;
}

GST_START_TEST (test_seiinject_property_set_from_thread_is_never_torn)
{
  GstHarness *h = test_harness ("seiinject", test_h264);

  g_object_set (h->element, "metadata", "aaaaaaaa", NULL);
  GThread *thread = g_thread_new ("setter", keep_setting, h);

  for (guint i = 0; i < 2000; i++) {
    GstBuffer *out = push (h, test_h264, i, TRUE);
    SeiList *list = test_read (test_h264, out);
    const gchar *data;

    assert_equals_int (list->len, 1);
    data = g_bytes_get_data (sei_list_get (list, 0)->payload, NULL);
    fail_unless (memcmp (data, "aaaaaaaa", 8) == 0
        || memcmp (data, "bbbbbbbb", 8) == 0);
    fail_unless (memcmp (sei_list_get (list, 0)->uuid, test_uuid, 16) == 0);
    g_array_unref (list);
    gst_buffer_unref (out);
  }
  g_thread_join (thread);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiinject_suite (void)
{
  Suite *s = suite_create ("seiinject");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiinject_every_format_gets_message, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiinject_nothing_to_inject_passes_same_buffer);
  tcase_add_test (tc, test_seiinject_payload_is_not_kept_behind_its_frame);
  tcase_add_test (tc, test_seiinject_metadata_has_three_views);
  tcase_add_test (tc, test_seiinject_setting_one_view_notifies_all);
  tcase_add_test (tc, test_seiinject_keyframe_mode_skips_delta_units);
  tcase_add_test (tc, test_seiinject_once_mode_injects_once_per_value_set);
  tcase_add_test (tc, test_seiinject_once_mode_waits_for_slice);
  tcase_add_test (tc, test_seiinject_metas_come_first_and_once_each);
  tcase_add_test (tc, test_seiinject_same_payload_of_other_uuid_is_another);
  tcase_add_loop_test (tc, test_seiinject_message_in_bitstream_is_not_repeated,
      0, N_TEST_FORMATS);
  tcase_add_test (tc, test_seiinject_many_messages_take_no_time);
  tcase_add_test (tc, test_seiinject_uuid_forms_are_written);
  tcase_add_test (tc,
      test_seiinject_property_set_in_probe_goes_into_that_buffer);
  tcase_add_test (tc, test_seiinject_property_set_from_thread_is_never_torn);

  return s;
}

GST_CHECK_MAIN (seiinject);
