/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "flvtest.h"

/* The element, a stream for it, and its bus */
typedef struct
{
  GstHarness *video;
  GByteArray *bytes;
  GByteArray *wanted;           /* what comes out, room for it */
  GstBus *bus;
} Bed;

static void
bed_open (Bed * bed, const char *object)
{
  bed->video = gst_harness_new_with_padnames ("flvmetainject", "sink", "src");
  gst_harness_set_live (bed->video, FALSE);
  gst_harness_set_src_caps_str (bed->video, "video/x-flv");
  g_object_set (bed->video->element, "metadata", object, NULL);
  bed->bytes = g_byte_array_new ();
  bed->wanted = g_byte_array_new ();
  bed->bus = gst_bus_new ();
  gst_element_set_bus (bed->video->element, bed->bus);
}

static void
bed_close (Bed * bed)
{
  gst_element_set_bus (bed->video->element, NULL);
  gst_object_unref (bed->bus);
  g_byte_array_unref (bed->bytes);
  g_byte_array_unref (bed->wanted);
  gst_harness_teardown (bed->video);
}

static void
bed_push (Bed * bed)
{
  assert_equals_int (gst_harness_push (bed->video, take_bytes (bed->bytes)),
      GST_FLOW_OK);
}

/* A buffer with what is in the bytes that are wanted comes out. */
static void
assert_wanted (Bed * bed)
{
  assert_buffer (gst_harness_try_pull (bed->video), bed->wanted->data,
      bed->wanted->len);
  g_byte_array_set_size (bed->wanted, 0);
}

static void
assert_text (Bed * bed, guint32 timestamp_ms, const char *object)
{
  put_text (bed->wanted, timestamp_ms, "onTextData", object);
  assert_wanted (bed);
}

static void
assert_nothing (Bed * bed)
{
  fail_unless (gst_harness_try_pull (bed->video) == NULL);
}

/* In front of each frame, and of nothing else; one tag in each buffer, however the stream was
 * cut before */
GST_START_TEST (test_flvmetainject_value)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();

  put_file_header (whole);
  put_values (whole, 0, "onMetaData", "{\"width\":320}");
  put_codec_data (whole);
  put_tag (whole, FLV_AUDIO, 5, "\257\1a", 3);
  put_frame (whole, 40);
  for (gsize cut = 0; cut <= whole->len; cut++) {
    Bed bed;

    bed_open (&bed, "{\"a\":1}");
    g_byte_array_append (bed.bytes, whole->data, cut);
    bed_push (&bed);
    g_byte_array_append (bed.bytes, whole->data + cut, whole->len - cut);
    bed_push (&bed);
    put_file_header (bed.wanted);
    assert_wanted (&bed);
    put_values (bed.wanted, 0, "onMetaData", "{\"width\":320}");
    assert_wanted (&bed);
    put_codec_data (bed.wanted);
    assert_wanted (&bed);
    put_tag (bed.wanted, FLV_AUDIO, 5, "\257\1a", 3);
    assert_wanted (&bed);
    assert_text (&bed, 40, "{\"a\":1}");
    put_frame (bed.wanted, 40);
    assert_wanted (&bed);
    assert_nothing (&bed);
    assert_equals_uint64 (get_stat (bed.video->element, "tags"), 5);
    assert_equals_uint64 (get_stat (bed.video->element, "frames"), 1);
    assert_equals_uint64 (get_stat (bed.video->element, "injected"), 1);
    assert_warns (bed.bus, NULL);
    bed_close (&bed);
  }
}

GST_END_TEST;

/* A buffer that is one tag stays the same buffer, with its times; what is put before it has
 * them, too. */
GST_START_TEST (test_flvmetainject_keeps_buffers)
{
  GstBuffer *buffer, *out;
  Bed bed;

  bed_open (&bed, "{\"a\":1}");
  put_frame (bed.bytes, 40);
  buffer = take_bytes (bed.bytes);
  GST_BUFFER_PTS (buffer) = GST_SECOND;
  GST_BUFFER_DTS (buffer) = GST_SECOND / 2;
  gst_buffer_ref (buffer);
  gst_harness_push (bed.video, buffer);
  out = gst_harness_pull (bed.video);
  assert_equals_uint64 (GST_BUFFER_PTS (out), GST_SECOND);
  assert_equals_uint64 (GST_BUFFER_DTS (out), GST_SECOND / 2);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_DELTA_UNIT));
  gst_buffer_unref (out);
  out = gst_harness_pull (bed.video);
  fail_unless (out == buffer);
  gst_buffer_unref (out);
  gst_buffer_unref (buffer);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_flvmetainject_event_and_style)
{
  Bed bed;

  bed_open (&bed, "{\"a\":1,\"b\":[true]}");
  g_object_set (bed.video->element, "event", "onMetaData", NULL);
  put_frame (bed.bytes, 40);
  bed_push (&bed);
  put_text (bed.wanted, 40, "onMetaData", "{\"a\":1,\"b\":[true]}");
  assert_wanted (&bed);
  gst_buffer_unref (gst_harness_pull (bed.video));
  gst_util_set_object_arg (G_OBJECT (bed.video->element), "style", "amf");
  put_frame (bed.bytes, 80);
  bed_push (&bed);
  put_values (bed.wanted, 80, "onMetaData", "{\"a\":1,\"b\":[true]}");
  assert_wanted (&bed);
  bed_close (&bed);
}

GST_END_TEST;

/* What cannot go is counted; the frame comes. */
GST_START_TEST (test_flvmetainject_refuses)
{
  static const struct
  {
    const char *object, *style, *stat;
  } cases[] = {
    {"hello", "text", "refused"}, {"[1]", "text", "refused"},
    {"{\"a\":1e999}", "amf", "refused"}, {"{\"a\":\"12345\"}", "text",
        "too-large"},
    {"{\"a\":\"12345\"}", "amf", "too-large"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Bed bed;

    bed_open (&bed, cases[i].object);
    g_object_set (bed.video->element, "max-size", 12, NULL);
    gst_util_set_object_arg (G_OBJECT (bed.video->element), "style",
        cases[i].style);
    put_frame (bed.bytes, 40);
    bed_push (&bed);
    put_frame (bed.wanted, 40);
    assert_wanted (&bed);
    assert_nothing (&bed);
    assert_equals_uint64 (get_stat (bed.video->element, cases[i].stat), 1);
    assert_equals_uint64 (get_stat (bed.video->element, "injected"), 0);
    bed_close (&bed);
  }
}

GST_END_TEST;

/* Sizes and places in a file are wrong with more in it. */
GST_START_TEST (test_flvmetainject_warns_of_places)
{
  static const struct
  {
    const char *members;
    gboolean is_wrong;
  } cases[] = {
    {"{\"duration\":1,\"filesize\":2}", TRUE},
    {"{\"keyframes\":{\"filepositions\":[1]}}", TRUE},
    {"{\"duration\":1}", FALSE}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Bed bed;

    bed_open (&bed, "{}");
    put_values (bed.bytes, 0, "onMetaData", cases[i].members);
    put_values (bed.bytes, 0, "onMetaData", cases[i].members);
    bed_push (&bed);
    assert_warns (bed.bus, cases[i].is_wrong ? "streamable=true" : NULL);
    bed_close (&bed);
    /* nothing is put into it */
    bed_open (&bed, NULL);
    put_values (bed.bytes, 0, "onMetaData", cases[i].members);
    bed_push (&bed);
    assert_warns (bed.bus, NULL);
    bed_close (&bed);
  }
}

GST_END_TEST;

/* What is no FLV passes, and is told of once. */
GST_START_TEST (test_flvmetainject_no_flv)
{
  Bed bed;

  bed_open (&bed, "{}");
  for (guint i = 0; i < 2; i++) {
    put_data (bed.bytes, "Gabcdefghijkl", 13);
    bed_push (&bed);
    put_data (bed.wanted, "Gabcdefghijkl", 13);
    assert_wanted (&bed);
  }
  assert_warns (bed.bus, "is no FLV");
  bed_close (&bed);
}

GST_END_TEST;

/* The rest of a tag that is cut passes before the end. */
GST_START_TEST (test_flvmetainject_rest)
{
  Bed bed;

  bed_open (&bed, "{}");
  put_data (bed.bytes, "\11\0\0", 3);
  bed_push (&bed);
  assert_nothing (&bed);
  gst_harness_push_event (bed.video, gst_event_new_eos ());
  put_data (bed.wanted, "\11\0\0", 3);
  assert_wanted (&bed);
  bed_close (&bed);
}

GST_END_TEST;

/* A tag goes on behind a segment. */
GST_START_TEST (test_flvmetainject_segment_within_a_tag)
{
  GstSegment segment;
  GstBuffer *whole;
  Bed bed;

  bed_open (&bed, "{\"a\":1}");
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  put_frame (bed.bytes, 40);
  whole = take_bytes (bed.bytes);
  gst_harness_push (bed.video, gst_buffer_copy_region (whole,
          GST_BUFFER_COPY_ALL, 0, 5));
  gst_harness_push_event (bed.video, gst_event_new_segment (&segment));
  gst_harness_push (bed.video, gst_buffer_copy_region (whole,
          GST_BUFFER_COPY_ALL, 5, -1));
  assert_text (&bed, 40, "{\"a\":1}");
  put_frame (bed.wanted, 40);
  assert_wanted (&bed);
  gst_buffer_unref (whole);
  bed_close (&bed);
}

GST_END_TEST;

/* --- the pad "metadata" ----------------------------------------------------------- */

static void
push_object (GstHarness * h, const char *object, GstClockTime pts)
{
  GstBuffer *buffer = gst_buffer_new_memdup (object, strlen (object));

  GST_BUFFER_PTS (buffer) = pts;
  assert_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
}

static GstHarness *
open_metadata (Bed * bed)
{
  GstHarness *h =
      gst_harness_new_with_element (bed->video->element, "metadata", NULL);

  gst_harness_set_live (h, FALSE);
  gst_harness_set_src_caps_str (h, "application/x-json");
  return h;
}

/* By the times of buffers, and of tags where buffers have none */
GST_START_TEST (test_flvmetainject_joins_by_time)
{
  for (guint has_times = 0; has_times < 2; has_times++) {
    GstHarness *metadata;
    GstSegment segment;
    Bed bed;

    bed_open (&bed, NULL);
    metadata = open_metadata (&bed);
    push_object (metadata, "{\"a\":0}", 0);
    push_object (metadata, "{\"a\":1}", 45 * GST_MSECOND);
    push_object (metadata, "{\"a\":2}", 50 * GST_MSECOND);
    push_object (metadata, "{\"a\":3}", 120 * GST_MSECOND);
    gst_harness_push_event (metadata, gst_event_new_eos ());
    gst_segment_init (&segment, has_times ? GST_FORMAT_TIME : GST_FORMAT_BYTES);
    gst_harness_push_event (bed.video, gst_event_new_segment (&segment));
    for (guint i = 0; i < 4; i++) {
      GstBuffer *buffer;

      put_frame (bed.bytes, (has_times ? 1000 : 0) + 40 * i);
      buffer = take_bytes (bed.bytes);
      if (has_times) {
        GST_BUFFER_PTS (buffer) = 40 * i * GST_MSECOND;
        GST_BUFFER_DURATION (buffer) = 40 * GST_MSECOND;
      }
      gst_harness_push (bed.video, buffer);
    }

    const guint32 offset = has_times ? 1000 : 0;

    assert_text (&bed, offset, "{\"a\":0}");
    put_frame (bed.wanted, offset);
    assert_wanted (&bed);
    assert_text (&bed, offset + 40, "{\"a\":1}");
    assert_text (&bed, offset + 40, "{\"a\":2}");
    put_frame (bed.wanted, offset + 40);
    assert_wanted (&bed);
    put_frame (bed.wanted, offset + 80);
    assert_wanted (&bed);
    assert_text (&bed, offset + 120, "{\"a\":3}");
    put_frame (bed.wanted, offset + 120);
    assert_wanted (&bed);
    assert_nothing (&bed);
    assert_equals_uint64 (get_stat (bed.video->element, "received"), 4);
    gst_harness_teardown (metadata);
    bed_close (&bed);
  }
}

GST_END_TEST;

/* Frames are there in the order in which they are decoded. Buffers of flvmux have that time, in
 * nanoseconds, and none before the segment; tags begin at 0; all in them is cut to
 * milliseconds. */
GST_START_TEST (test_flvmetainject_joins_when_frames_are_shown)
{
  static const guint shown[] = { 0, 3, 1, 2, 6, 4, 5 };
  const GstClockTime start = 5 * GST_SECOND;

  for (guint has_times = 0; has_times < 2; has_times++) {
    GstHarness *metadata;
    GstSegment segment;
    Bed bed;

    bed_open (&bed, NULL);
    metadata = open_metadata (&bed);
    for (guint i = 0; i < G_N_ELEMENTS (shown); i++) {
      g_autofree gchar *object = g_strdup_printf ("{\"a\":%u}", i);

      /* in a file, the first one is shown as late as its tag says */
      push_object (metadata, object,
          (i + (has_times ? 0 : 2)) * GST_SECOND / 30);
    }
    gst_harness_push_event (metadata, gst_event_new_eos ());
    gst_segment_init (&segment, has_times ? GST_FORMAT_TIME : GST_FORMAT_BYTES);
    segment.start = segment.position = has_times ? start : 0;
    gst_harness_push_event (bed.video, gst_event_new_segment (&segment));
    for (guint i = 0; i < G_N_ELEMENTS (shown); i++) {
      const guint tag_ms = i * 1000 / 30;
      const guint delay_ms = (shown[i] + 2) * 1000 / 30 - tag_ms;
      g_autofree gchar *object = g_strdup_printf ("{\"a\":%u}", shown[i]);
      GstBuffer *buffer;

      put_delayed_frame (bed.bytes, tag_ms, delay_ms);
      buffer = take_bytes (bed.bytes);
      if (has_times && i >= 2)
        GST_BUFFER_PTS (buffer) = start + (i - 2) * GST_SECOND / 30;
      gst_harness_push (bed.video, buffer);
      assert_text (&bed, tag_ms, object);
      put_delayed_frame (bed.wanted, tag_ms, delay_ms);
      assert_wanted (&bed);
    }
    assert_nothing (&bed);
    gst_harness_teardown (metadata);
    bed_close (&bed);
  }
}

GST_END_TEST;

/* flvmux cuts the times at which the first frames are decoded, which would be before 0, to 0, and
 * gives their buffers none. How long frames are shown is in onMetaData until tags say so. */
GST_START_TEST (test_flvmetainject_joins_where_times_are_cut)
{
  static const struct
  {
    guint tag_ms, delay_ms, shown;
  } frames[] = {
    {0, 0, 0}, {0, 120, 3}, {0, 40, 1}, {40, 40, 2}, {80, 160, 6}, {120, 40, 4},
    {160, 40, 5}
  };

  for (guint has_times = 0; has_times < 2; has_times++) {
    GstHarness *metadata;
    GstSegment segment;
    Bed bed;

    bed_open (&bed, NULL);
    metadata = open_metadata (&bed);
    for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
      g_autofree gchar *object = g_strdup_printf ("{\"a\":%u}", i);

      push_object (metadata, object, (40 * i + 15) * GST_MSECOND);
    }
    gst_harness_push_event (metadata, gst_event_new_eos ());
    gst_segment_init (&segment, has_times ? GST_FORMAT_TIME : GST_FORMAT_BYTES);
    gst_harness_push_event (bed.video, gst_event_new_segment (&segment));
    put_values (bed.bytes, 0, "onMetaData", "{\"framerate\":25}");
    bed_push (&bed);
    gst_buffer_unref (gst_harness_pull (bed.video));
    for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
      g_autofree gchar *object =
          g_strdup_printf ("{\"a\":%u}", frames[i].shown);
      GstBuffer *buffer;

      put_delayed_frame (bed.bytes, frames[i].tag_ms, frames[i].delay_ms);
      buffer = take_bytes (bed.bytes);
      if (has_times && i >= 2)
        GST_BUFFER_PTS (buffer) = frames[i].tag_ms * GST_MSECOND;
      gst_harness_push (bed.video, buffer);
      assert_text (&bed, frames[i].tag_ms, object);
      put_delayed_frame (bed.wanted, frames[i].tag_ms, frames[i].delay_ms);
      assert_wanted (&bed);
    }
    assert_nothing (&bed);
    gst_harness_teardown (metadata);
    bed_close (&bed);
  }
}

GST_END_TEST;

/* Times go on where 32 bits begin anew. */
GST_START_TEST (test_flvmetainject_joins_after_a_round)
{
  const guint64 round = G_GUINT64_CONSTANT (1) << 32;
  GstHarness *metadata;
  GstSegment segment;
  Bed bed;

  bed_open (&bed, NULL);
  metadata = open_metadata (&bed);
  for (guint i = 0; i < 3; i++) {
    g_autofree gchar *object = g_strdup_printf ("{\"a\":%u}", i);

    push_object (metadata, object, (round - 16 + 40 * i) * GST_MSECOND);
  }
  gst_harness_push_event (metadata, gst_event_new_eos ());
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (bed.video, gst_event_new_segment (&segment));
  for (guint i = 0; i < 3; i++) {
    const guint32 timestamp_ms = round - 16 + 40 * i;
    g_autofree gchar *object = g_strdup_printf ("{\"a\":%u}", i);

    put_frame (bed.bytes, timestamp_ms);
    bed_push (&bed);
    assert_text (&bed, timestamp_ms, object);
    put_frame (bed.wanted, timestamp_ms);
    assert_wanted (&bed);
  }
  gst_harness_teardown (metadata);
  bed_close (&bed);
}

GST_END_TEST;

/* The latency is that of upstream and the own one. */
GST_START_TEST (test_flvmetainject_latency)
{
  Bed bed;

  bed_open (&bed, NULL);
  gst_harness_set_live (bed.video, TRUE);
  gst_harness_set_upstream_latency (bed.video, 20 * GST_MSECOND);
  assert_equals_uint64 (gst_harness_query_latency (bed.video),
      20 * GST_MSECOND);
  g_object_set (bed.video->element, "latency", 300, NULL);
  assert_equals_uint64 (gst_harness_query_latency (bed.video),
      320 * GST_MSECOND);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_flvmetainject_flush_and_again)
{
  GstSegment segment;
  Bed bed;

  bed_open (&bed, "{}");
  put_data (bed.bytes, "\11\0\0", 3);
  bed_push (&bed);
  gst_harness_push_event (bed.video, gst_event_new_flush_start ());
  gst_harness_push_event (bed.video, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (bed.video, gst_event_new_segment (&segment));
  put_frame (bed.bytes, 1);
  bed_push (&bed);
  assert_text (&bed, 1, "{}");
  put_frame (bed.wanted, 1);
  assert_wanted (&bed);

  put_data (bed.bytes, "\11\0\0", 3);
  bed_push (&bed);
  gst_element_set_state (bed.video->element, GST_STATE_READY);
  gst_harness_play (bed.video);
  gst_harness_set_src_caps_str (bed.video, "video/x-flv");
  put_frame (bed.bytes, 2);
  bed_push (&bed);
  assert_text (&bed, 2, "{}");
  assert_equals_uint64 (get_stat (bed.video->element, "tags"), 1);
  bed_close (&bed);
}

GST_END_TEST;

static Suite *
flvmetainject_suite (void)
{
  Suite *s = suite_create ("flvmetainject");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_flvmetainject_value);
  tcase_add_test (tc, test_flvmetainject_keeps_buffers);
  tcase_add_test (tc, test_flvmetainject_event_and_style);
  tcase_add_test (tc, test_flvmetainject_refuses);
  tcase_add_test (tc, test_flvmetainject_warns_of_places);
  tcase_add_test (tc, test_flvmetainject_no_flv);
  tcase_add_test (tc, test_flvmetainject_rest);
  tcase_add_test (tc, test_flvmetainject_segment_within_a_tag);
  tcase_add_test (tc, test_flvmetainject_joins_by_time);
  tcase_add_test (tc, test_flvmetainject_joins_when_frames_are_shown);
  tcase_add_test (tc, test_flvmetainject_joins_where_times_are_cut);
  tcase_add_test (tc, test_flvmetainject_joins_after_a_round);
  tcase_add_test (tc, test_flvmetainject_latency);
  tcase_add_test (tc, test_flvmetainject_flush_and_again);

  return s;
}

GST_CHECK_MAIN (flvmetainject);
