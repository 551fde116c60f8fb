/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiinject misp-time: the time of the frame in the video (MISB ST 0604) */

#include "livetest.h"
#include "naltest.h"

#include <string.h>

#include <gst/video/video-sei.h>

#define UNIX "timestamp/x-unix"
#define NTP "timestamp/x-ntp"

/* RFC 5905: seconds from 1900 to 1970 */
#define NTP_NS (G_GUINT64_CONSTANT (2208988800) * GST_SECOND)

#define NS G_GUINT64_CONSTANT (1795694400123456789)

/* The clock may not be locked, and nothing is known of discontinuities. */
#define STATUS 0x9f

static GstHarness *
time_harness (const TestFormat * format, const gchar * unit)
{
  GstHarness *h = test_harness ("seiinject", format);

  gst_util_set_object_arg (G_OBJECT (h->element), "misp-time", unit);
  return h;
}

static GstBuffer *
timed_unit (const TestFormat * format, guint n, const gchar * clock, guint64 ns)
{
  GstBuffer *buffer = test_access_unit (format, n);

  test_add_reference (buffer, clock, ns);
  return buffer;
}

/* The message that is expected. @text: room for what is in it */
static TestMessage
time_message (const TestFormat * format, const gchar * unit, guint64 ns,
    gchar text[12])
{
  const gboolean is_nano = strcmp (unit, "nano") == 0;
  const TestMessage message = {
    .type = 5,
    .uuid = is_nano ? test_nano_uuid :
        format->format.codec == H26X_CODEC_H264 ? test_micro_h264_uuid :
        test_micro_h265_uuid,
    .content = text,
    .size = 12
  };

  test_write_time (STATUS, is_nano ? ns : ns / 1000, text);
  return message;
}

GST_START_TEST (test_seiinject_time_is_the_reference_of_the_buffer)
{
  static const gchar *const units[] = { "micro", "nano" };
  const TestFormat *format = &test_formats[__i__];

  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    GstHarness *h = time_harness (format, units[i]);
    gchar text[12];
    const TestMessage expected = time_message (format, units[i], NS, text);
    GstBuffer *in = test_insert_sei (format, test_access_unit (format, 0),
        &expected, 1);
    GstBuffer *out = gst_harness_push_and_pull (h, timed_unit (format, 0, UNIX,
            NS));

    test_assert_bytes (out, in);
    test_assert_reference (out, UNIX, NS);
    gst_buffer_unref (out);
    out = gst_harness_push_and_pull (h, timed_unit (format, 0, NTP,
            NS + NTP_NS));
    test_assert_bytes (out, in);
    assert_equals_uint64 (test_stat (h->element, "injected"), 2);
    gst_buffer_unref (out);
    gst_buffer_unref (in);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* In a buffer of its own, with what comes from elsewhere behind it */
GST_START_TEST (test_seiinject_time_nal_is_that_of_the_access_unit)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = test_nal_harness ("seiinject", format);
  gchar text[12];
  const TestMessage time = time_message (format, "micro", NS, text);
  const TestMessage ours = TEST_OURS;
  GstBuffer *expected = test_insert_sei (format, test_access_unit (format, 0),
      &time, 1);

  expected = test_insert_sei (format, expected, &ours, 1);
  gst_util_set_object_arg (G_OBJECT (h->element), "misp-time", "micro");
  g_object_set (h->element, "metadata", "ours", NULL);
  /* just the first buffer says the time */
  test_push_nals (h, test_split (format, timed_unit (format, 0, UNIX, NS)));

  GstBufferList *list = test_pull_nals (h);

  assert_equals_int (gst_buffer_list_length (list), 5);
  GstBuffer *joined = test_join (list);

  test_assert_bytes (joined, expected);
  gst_buffer_unref (joined);
  gst_buffer_unref (expected);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* That what comes of @buffer is @buffer. Takes it. */
static void
assert_untouched (GstHarness * h, GstBuffer * buffer)
{
  GstBuffer *out = gst_harness_push_and_pull (h, buffer);

  fail_unless (out == buffer);
  gst_buffer_unref (out);
}

GST_START_TEST (test_seiinject_time_that_is_there_stays)
{
  const TestFormat *format = &test_formats[__i__];
  GstHarness *h = time_harness (format, "micro");
  gchar text[12];
  TestMessage present = time_message (format, "nano", 5, text);

  assert_untouched (h, test_insert_sei (format, timed_unit (format, 0, UNIX,
              NS), &present, 1));
  assert_equals_uint64 (test_stat (h->element, "injected"), 0);
  assert_equals_uint64 (test_stat (h->element, "present"), 1);

  /* also in a buffer before the slice */
  GstHarness *nal = test_nal_harness ("seiinject", format);

  gst_util_set_object_arg (G_OBJECT (nal->element), "misp-time", "nano");
  present = time_message (format, "micro", 5, text);
  test_push_nals (nal, test_split (format, test_insert_sei (format,
              timed_unit (format, 0, UNIX, NS), &present, 1)));

  GstBufferList *list = test_pull_nals (nal);

  assert_equals_int (gst_buffer_list_length (list), 5);
  assert_equals_uint64 (test_stat (nal->element, "present"), 1);
  gst_buffer_list_unref (list);
  gst_harness_teardown (nal);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_time_is_not_written_unasked)
{
  GstHarness *h = test_harness ("seiinject", test_h264);
  GstBuffer *out;

  assert_untouched (h, timed_unit (test_h264, 0, UNIX, NS));

  /* it can be turned on and off while the stream runs */
  gst_util_set_object_arg (G_OBJECT (h->element), "misp-time", "micro");
  out = gst_harness_push_and_pull (h, timed_unit (test_h264, 1, UNIX, NS));
  gst_buffer_unref (out);
  assert_equals_uint64 (test_stat (h->element, "injected"), 1);
  gst_util_set_object_arg (G_OBJECT (h->element), "misp-time", "none");
  assert_untouched (h, timed_unit (test_h264, 2, UNIX, NS));
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiinject_time_without_slice_has_no_place)
{
  static const guint8 only_aud[] = { 0, 0, 0, 1, 0x09, 0xf0 };
  GstHarness *h = time_harness (test_h264, "micro");

  assert_untouched (h, gst_buffer_new_memdup (only_aud, sizeof (only_aud)));
  assert_equals_uint64 (test_stat (h->element, "no-slice"), 1);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Nanoseconds since 1970 in the only message. Takes @buffer. */
static gint64
take_time (const TestFormat * format, GstBuffer * buffer)
{
  g_autoptr (SeiList) list = test_read (format, buffer);

  assert_equals_int (list->len, 1);

  gsize size;
  const guint8 *bytes =
      g_bytes_get_data (sei_list_get (list, 0)->payload, &size);
  guint64 us = 0;

  assert_equals_int (size, 12);
  for (guint i = 1; i < 12; i++) {
    if (i % 3 != 0)
      us = us << 8 | bytes[i];
  }
  gst_buffer_unref (buffer);
  return (gint64) us *1000;
}

/* A file says nothing of when it was captured. */
GST_START_TEST (test_seiinject_time_of_no_live_source_is_now)
{
  GstHarness *h = time_harness (test_h264, "micro");
  const gint64 before = g_get_real_time () * 1000;

  gst_harness_set_live (h, FALSE);
  for (guint n = 0; n < 2; n++) {
    /* nor does a clock that is wrong since before 1970 */
    GstBuffer *in = n == 0 ? test_access_unit (test_h264, 0) :
        timed_unit (test_h264, 0, NTP, 5);
    const gint64 time = take_time (test_h264, gst_harness_push_and_pull (h,
            in));

    fail_unless (time >= before);
    fail_unless (time <= g_get_real_time () * 1000);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A camera's frame was captured at its running time, in whichever alignment: the clock
 * is 60 s later. */
GST_START_TEST
    (test_seiinject_time_of_a_live_source_is_that_of_its_running_time) {
  const gboolean nal = __i__ == 1;
  GstHarness *h = nal ? test_nal_harness ("seiinject", test_h264) :
      test_harness ("seiinject", test_h264);

  gst_util_set_object_arg (G_OBJECT (h->element), "misp-time", "micro");
  gst_harness_set_live (h, TRUE);
  test_live_set_time (h, 60040);

  const gint64 before = g_get_real_time () * 1000 - 60 * GST_SECOND;

  /* PTS 40 ms */
  if (nal)
    test_push_nals (h, test_split (test_h264, test_access_unit (test_h264, 0)));
  else
    gst_harness_push (h, test_access_unit (test_h264, 0));

  const gint64 time = take_time (test_h264, nal ?
      test_join (test_pull_nals (h)) : gst_harness_pull (h));

  fail_unless (time >= before);
  fail_unless (time <= g_get_real_time () * 1000 - 60 * GST_SECOND);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Back to what it was, and to when it was */
GST_START_TEST (test_seiinject_time_is_what_seiextract_reads)
{
  static const struct
  {
    const gchar *unit;
    guint64 ns;
  } cases[] = { {"micro", NS / 1000 * 1000}, {"nano", NS} };
  const TestFormat *format = &test_formats[__i__];
  g_autofree gchar *au = test_caps (format);
  g_autofree gchar *nals = test_nal_caps (format);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++) {
    const gboolean nal = i % 2 == 1;
    g_autofree gchar *line = g_strdup_printf ("seiinject misp-time=%s ! "
        "seiextract remove=true", cases[i / 2].unit);
    GstHarness *h = gst_harness_new_parse (line);
    GstBuffer *in = timed_unit (format, 0, UNIX, NS);
    GstBufferList *list;
    GstBuffer *joined;

    gst_harness_set_src_caps_str (h, nal ? nals : au);
    if (nal)
      test_push_nals (h, test_split (format, gst_buffer_ref (in)));
    else
      gst_harness_push (h, gst_buffer_ref (in));
    list = test_pull_nals (h);
    test_assert_reference (gst_buffer_list_get (list,
            gst_buffer_list_length (list) - 1), UNIX, cases[i / 2].ns);
    joined = test_join (list);
    test_assert_bytes (joined, in);
    gst_buffer_unref (joined);
    gst_buffer_unref (in);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* --- GStreamer as a witness ------------------------------------------------- */

/* What one of the metas says that a parser has attached. Returns FALSE without. */
static gboolean
read_meta (GstBuffer * buffer, guint8 * status, guint64 * time)
{
  GstMeta *meta;
  gpointer state = NULL;

  while ((meta = gst_buffer_iterate_meta_filtered (buffer, &state,
              GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE))) {
    if (gst_video_sei_user_data_unregistered_parse_precision_time_stamp (
            (GstVideoSEIUserDataUnregisteredMeta *) meta, status, time))
      return TRUE;
  }
  return FALSE;
}

/* It reads each of the three UUIDs, in whatever codec. */
GST_START_TEST (test_seiinject_time_is_read_by_gstreamer)
{
  const gboolean is_nano = __i__ % 2 == 1;
  const TestFormat *format = __i__ / 2 == 0 ? test_h264 : test_h265;
  GstHarness *h = time_harness (format, is_nano ? "nano" : "micro");
  GstBuffer *out = gst_harness_push_and_pull (h, timed_unit (format, 0, UNIX,
          NS));
  g_autoptr (SeiList) list = test_read (format, out);
  const SeiItem *item = sei_list_get (list, 0);
  guint8 uuid[16];
  guint8 status = 0;
  guint64 time = 0;
  gsize size;
  gconstpointer data = g_bytes_get_data (item->payload, &size);

  memcpy (uuid, item->uuid, sizeof (uuid));
  gst_buffer_add_video_sei_user_data_unregistered_meta (out, uuid,
      (guint8 *) data, size);
  fail_unless (read_meta (out, &status, &time));
  assert_equals_int (status, STATUS);
  fail_unless_equals_uint64 (time, is_nano ? NS : NS / 1000);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Real video: its parser finds the time. */
GST_START_TEST (test_seiinject_time_is_found_by_h264parse)
{
  GstHarness *h = gst_harness_new_parse ("x264enc tune=zerolatency ! "
      "seiinject misp-time=micro ! h264parse");
  guint n = 0;
  GstBuffer *out;

  gst_harness_set_src_caps_str (h,
      "video/x-raw,format=I420,width=64,height=64,framerate=25/1");
  for (guint i = 0; i < 5; i++) {
    GstBuffer *in = gst_buffer_new_allocate (NULL, 64 * 64 * 3 / 2, NULL);

    gst_buffer_memset (in, 0, (guint8) (16 * i), -1);
    GST_BUFFER_PTS (in) = i * 40 * GST_MSECOND;
    GST_BUFFER_DURATION (in) = 40 * GST_MSECOND;
    test_add_reference (in, UNIX, NS + i * GST_MSECOND);
    fail_unless_equals_int (gst_harness_push (h, in), GST_FLOW_OK);
  }
  gst_harness_push_event (h, gst_event_new_eos ());
  while ((out = gst_harness_try_pull (h))) {
    guint8 status;
    guint64 time;

    fail_unless (read_meta (out, &status, &time));
    fail_unless_equals_uint64 (time, NS / 1000 + 1000 * n);
    gst_buffer_unref (out);
    n++;
  }
  assert_equals_int (n, 5);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
seiinject_time_suite (void)
{
  Suite *s = suite_create ("seiinject_time");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_seiinject_time_is_the_reference_of_the_buffer,
      0, N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiinject_time_nal_is_that_of_the_access_unit,
      0, N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiinject_time_that_is_there_stays, 0,
      N_TEST_FORMATS);
  tcase_add_test (tc, test_seiinject_time_is_not_written_unasked);
  tcase_add_test (tc, test_seiinject_time_without_slice_has_no_place);
  tcase_add_test (tc, test_seiinject_time_of_no_live_source_is_now);
  tcase_add_loop_test (tc,
      test_seiinject_time_of_a_live_source_is_that_of_its_running_time, 0, 2);
  tcase_add_loop_test (tc, test_seiinject_time_is_what_seiextract_reads, 0,
      N_TEST_FORMATS);
  tcase_add_loop_test (tc, test_seiinject_time_is_read_by_gstreamer, 0, 4);
  tcase_add_test (tc, test_seiinject_time_is_found_by_h264parse);

  return s;
}

GST_CHECK_MAIN (seiinject_time);
