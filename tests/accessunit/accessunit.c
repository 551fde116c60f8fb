/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Where access units begin in a stream that comes NAL unit by NAL unit */

#include <string.h>

#include "accessunit.h"
#include "nals.h"

/* Takes @buffer. */
static gboolean
next_buffer (AccessUnit * unit, const TestFormat * format, GstBuffer * buffer)
{
  TimedBufferMap map;
  gboolean begins;

  fail_unless (timed_buffer_map (buffer, &map));
  begins = access_unit_next (unit, buffer, &map.bytes, format->format);
  timed_buffer_unmap (&map);
  gst_buffer_unref (buffer);

  return begins;
}

static gboolean
next (AccessUnit * unit, const TestFormat * format, const gchar * text)
{
  return next_buffer (unit, format, nal_buffer (format, text));
}

/* Buffers for nal_buffer(), with a | before those that begin an access unit */
static const struct
{
  H26xCodec codec;
  const gchar *name;
  const gchar *buffers;
} streams[] = {
  {H26X_CODEC_H264, "markers",
      "|sps pps slice* |slice* |slice slice2* |aud sei slice* |slice"},
  {H26X_CODEC_H264, "markers without slices", "|sps* |sei* |slice*"},
  {H26X_CODEC_H264, "redundant pictures between markers",
      "|slice* |slice slice2 slice slice2* |slice*"},
  {H26X_CODEC_H264, "redundant pictures between markers, with times",
      "|slice*@0 |slice@40 slice2@40 slice@40 slice2* |slice*@80"},
  {H26X_CODEC_H264, "first slices", "|slice slice2 |slice |slice slice2"},
  {H26X_CODEC_H264, "data partitions",
      "|slice-a slice-b slice-c |slice-a slice-b"},
  {H26X_CODEC_H264, "times",
      "|slice@0 slice2@0 |slice2@40 slice2@40 slice2 |slice2@20"},
  {H26X_CODEC_H264, "times of what is first",
      "|sps@0 slice slice2 |aud@40 slice |slice@80 slice2"},
  {H26X_CODEC_H264, "times before a slice that was lost",
      "|sps@0 pps@0 slice@0 |sps@40 pps |slice@80"},
  {H26X_CODEC_H264, "NAL units that are first",
      "|slice |aud slice |sps slice |pps slice |sei slice |prefix slice |aud"},
  {H26X_CODEC_H264, "NAL units that are not",
      "|slice filler auxiliary extension slice2 |aud filler slice"},
  {H26X_CODEC_H264, "prefixes between markers",
      "|prefix slice* |prefix slice prefix slice2* |prefix slice prefix slice2"},
  {H26X_CODEC_H264, "prefixes, times, and the first marker",
      "|prefix@0 slice prefix slice2* |prefix@40 slice prefix slice2*"},
  {H26X_CODEC_H264, "prefixes and times",
      "|prefix@0 slice@0 prefix@0 slice2@0 |prefix@40 slice@40 prefix@40"},
  {H26X_CODEC_H264, "prefixes and times of what is first",
      "|sps@0 prefix slice prefix slice2 |prefix@40 slice prefix slice2"},
  {H26X_CODEC_H264, "prefixes of fields of one time",
      "|prefix@0 slice@0 prefix@0 slice@0 |prefix@40 slice@40 prefix@40"},
  {H26X_CODEC_H264, "prefixes and delimiters",
      "|aud@0 prefix slice prefix slice2 |aud@40 prefix slice prefix slice2"},
  {H26X_CODEC_H264, "prefixes with nothing to go by",
      "|prefix slice |prefix slice2 |prefix slice |slice"},
  {H26X_CODEC_H264, "fields",
      "|aud@0 slice@0 |slice@0 |aud@40 slice@40 |slice"},
  {H26X_CODEC_H264, "fields with a marker each",
      "|slice*@0 |slice*@0 |slice*@40 |slice*@40"},
  {H26X_CODEC_H264, "ends",
      "|slice end end-of-stream |slice2 end |sps slice end-of-stream |slice2"},
  {H26X_CODEC_H264, "ends behind markers",
      "|slice* end |slice2* end* |slice2* end end-of-stream |slice2"},
  {H26X_CODEC_H264, "empty buffers", "|slice none none* |slice none@8 slice2*"},
  {H26X_CODEC_H264, "empty buffers behind the end",
      "|slice* none |slice* none none |slice end none |slice2"},
  {H26X_CODEC_H264, "empty buffers at the beginning", "none |slice* |slice*"},
  {H26X_CODEC_H265, "markers",
      "|vps sps pps slice* |slice slice2 suffix* |slice* |slice"},
  {H26X_CODEC_H265, "first slices",
      "|slice slice2 |slice slice-layer suffix |slice"},
  {H26X_CODEC_H265, "times", "|aud@0 slice@0 slice2@0 |slice2@40 slice2"},
  {H26X_CODEC_H265, "NAL units that are first",
      "|slice |aud slice |vps slice |sps slice |pps slice |sei slice suffix"},
  {H26X_CODEC_H265, "NAL units that are not",
      "|slice suffix filler slice2 |slice slice-layer"},
  {H26X_CODEC_H265, "ends",
      "|slice end end-of-stream |slice2 end |vps slice* end |slice2"},
};

static void
check_stream (const TestFormat * format, guint n)
{
  gchar **texts = g_strsplit (streams[n].buffers, " ", -1);
  gboolean has_slice = FALSE;
  AccessUnit unit = { NULL };

  for (guint i = 0; texts[i]; i++) {
    const gboolean begins = texts[i][0] == '|';
    const gchar *text = texts[i] + begins;

    has_slice = (has_slice && !begins) || g_str_has_prefix (text, "slice");
    fail_unless (next (&unit, format, text) == begins,
        "%s: buffer %u, %s, begins an access unit or not", streams[n].name, i,
        text);
    fail_unless (unit.has_slice == has_slice,
        "%s: buffer %u, %s, has a slice or not", streams[n].name, i, text);
  }
  access_unit_clear (&unit);
  g_strfreev (texts);
}

GST_START_TEST (test_accessunit_begins_where_an_access_unit_does)
{
  for (guint i = 0; i < N_TEST_FORMATS; i++) {
    if (test_formats[i].format.codec == streams[__i__].codec)
      check_stream (&test_formats[i], __i__);
  }
}

GST_END_TEST;

static void
assert_times (const AccessUnit * unit, GstClockTime pts)
{
  assert_equals_uint64 (GST_BUFFER_PTS (unit->times), pts);
  assert_equals_int (gst_buffer_get_size (unit->times), 0);
}

GST_START_TEST (test_accessunit_times_are_those_of_its_first_buffer)
{
  AccessUnit unit = { NULL };

  next (&unit, test_h264, "sps@40");
  next (&unit, test_h264, "slice");
  next (&unit, test_h264, "end");
  assert_times (&unit, 40 * GST_MSECOND);
  next (&unit, test_h264, "slice@120");
  next (&unit, test_h264, "slice2");
  assert_times (&unit, 120 * GST_MSECOND);
  next (&unit, test_h264, "slice");
  assert_times (&unit, GST_CLOCK_TIME_NONE);
  next (&unit, test_h264, "slice2@160");
  assert_times (&unit, GST_CLOCK_TIME_NONE);
  access_unit_clear (&unit);
}

GST_END_TEST;

/* As from an elementary stream; the first marker comes with the second slice */
GST_START_TEST (test_accessunit_prefixes_go_by_dts_without_pts)
{
  static const gchar *const texts[] = { "prefix", "slice", "prefix", "slice2" };
  AccessUnit unit = { NULL };

  for (guint i = 0; i < 12; i++) {
    GstBuffer *buffer = nal_buffer (test_h264, texts[i % 4]);

    GST_BUFFER_DTS (buffer) = i / 4 * 40 * GST_MSECOND;
    fail_unless (next_buffer (&unit, test_h264, buffer) == (i % 4 == 0));
  }
  access_unit_clear (&unit);
}

GST_END_TEST;

GST_START_TEST (test_accessunit_times_without_pts_are_those_of_a_later_buffer)
{
  AccessUnit unit = { NULL };

  next (&unit, test_h264, "sps");
  assert_times (&unit, GST_CLOCK_TIME_NONE);
  next (&unit, test_h264, "pps@40");
  assert_times (&unit, 40 * GST_MSECOND);
  next (&unit, test_h264, "slice@40");
  assert_times (&unit, 40 * GST_MSECOND);
  access_unit_clear (&unit);
}

GST_END_TEST;

GST_START_TEST (test_accessunit_copied_times_are_in_every_clock)
{
  GstCaps *ntp = gst_caps_from_string ("timestamp/x-ntp");
  GstCaps *unix_time = gst_caps_from_string ("timestamp/x-unix");
  GstBuffer *frame = nal_buffer (test_h264, "slice*@40");
  GstReferenceTimestampMeta *meta;
  GstBuffer *times;

  GST_BUFFER_DTS (frame) = 20 * GST_MSECOND;
  GST_BUFFER_DURATION (frame) = 30 * GST_MSECOND;
  gst_buffer_add_reference_timestamp_meta (frame, ntp, 7, 8);
  gst_buffer_add_reference_timestamp_meta (frame, unix_time, 9,
      GST_CLOCK_TIME_NONE);
  test_add_meta (frame, test_uuid, "one");
  times = timed_buffer_copy_times (frame);

  assert_equals_uint64 (GST_BUFFER_PTS (times), 40 * GST_MSECOND);
  assert_equals_uint64 (GST_BUFFER_DTS (times), 20 * GST_MSECOND);
  assert_equals_uint64 (GST_BUFFER_DURATION (times), 30 * GST_MSECOND);
  meta = gst_buffer_get_reference_timestamp_meta (times, ntp);
  assert_equals_uint64 (meta->timestamp, 7);
  assert_equals_uint64 (meta->duration, 8);
  meta = gst_buffer_get_reference_timestamp_meta (times, unix_time);
  assert_equals_uint64 (meta->timestamp, 9);
  assert_equals_uint64 (meta->duration, GST_CLOCK_TIME_NONE);
  assert_equals_int (gst_buffer_get_size (times), 0);
  test_assert_metas (times, NULL);
  gst_buffer_unref (times);
  gst_buffer_unref (frame);
  gst_caps_unref (unix_time);
  gst_caps_unref (ntp);
}

GST_END_TEST;

GST_START_TEST (test_accessunit_cleared_forgets_the_stream)
{
  AccessUnit unit = { NULL };

  next (&unit, test_h264, "slice*");
  access_unit_clear (&unit);
  fail_if (unit.times);
  fail_if (unit.has_slice);

  fail_unless (next (&unit, test_h264, "end"));
  access_unit_clear (&unit);
  /* That there were markers is forgotten, too */
  fail_unless (next (&unit, test_h264, "slice"));
  fail_unless (next (&unit, test_h264, "slice"));
  access_unit_clear (&unit);
  access_unit_clear (&unit);
}

GST_END_TEST;

GST_START_TEST (test_accessunit_several_nal_units_in_a_buffer_are_seen)
{
  AccessUnit unit = { NULL };

  fail_unless (next (&unit, test_h264, "sps+pps"));
  fail_if (unit.has_slice);
  fail_if (next (&unit, test_h264, "sei+slice+filler"));
  fail_unless (unit.has_slice);
  fail_unless (next (&unit, test_h264, "aud+sps"));
  fail_if (unit.has_slice);
  access_unit_clear (&unit);
}

GST_END_TEST;

static Suite *
accessunit_suite (void)
{
  Suite *s = suite_create ("accessunit");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_accessunit_begins_where_an_access_unit_does, 0,
      G_N_ELEMENTS (streams));
  tcase_add_test (tc, test_accessunit_times_are_those_of_its_first_buffer);
  tcase_add_test (tc,
      test_accessunit_times_without_pts_are_those_of_a_later_buffer);
  tcase_add_test (tc, test_accessunit_prefixes_go_by_dts_without_pts);
  tcase_add_test (tc, test_accessunit_copied_times_are_in_every_clock);
  tcase_add_test (tc, test_accessunit_cleared_forgets_the_stream);
  tcase_add_test (tc, test_accessunit_several_nal_units_in_a_buffer_are_seen);

  return s;
}

GST_CHECK_MAIN (accessunit);
