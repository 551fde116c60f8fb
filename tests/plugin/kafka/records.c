/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a buffer becomes. */

#include <gst/sei/sei.h>

#include "bed.h"
#include "forgetful.h"

static const guint8 uuid[16] = "0123456789abcdef";

GST_START_TEST (test_kafkasink_buffer_is_one_record)
{
  Bed bed;
  Record *records;
  GstBuffer *buffer = text_buffer ("{\"id\":\"k\",\"n\":1.50}");

  bed_open (&bed, "application/x-json", "key=\"{id}/{n}\""
      " headers=\"h,site=(string)north,rack=(int)7,hot=(boolean)true\"");
  bed_play (&bed);
  GST_BUFFER_PTS (buffer) = 5 * GST_SECOND;
  bed_push (&bed, buffer);
  bed_push_text (&bed, "[1]");
  bed_push_text (&bed, "\xff\x00");
  bed_push (&bed, gst_buffer_new ());
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "acknowledged"), 4);

  records = bed_consume (&bed, 4);
  fail_unless_equals_string (records[0].value, "{\"id\":\"k\",\"n\":1.50}");
  fail_unless_equals_string (records[0].key, "k/1.50");
  assert_header (&records[0], "site", "north");
  assert_header (&records[0], "rack", "7");
  assert_header (&records[0], "hot", "true");
  assert_header (&records[0], "content-type", "application/json");
  assert_header (&records[0], "pts", "5000000000");
  /* JSON by its caps, without members; no time */
  assert_header (&records[1], "content-type", "application/json");
  assert_header (&records[1], "pts", NULL);
  fail_unless_equals_string (records[1].key, "/");
  assert_header (&records[2], "content-type", "application/octet-stream");
  /* empty, but no tombstone */
  fail_unless (records[3].value != NULL);
  fail_unless_equals_int (records[3].value_size, 0);
  bed_free_records (records, 4);
  bed_close (&bed);
}

GST_END_TEST;

/* U+FEFF */
#define MARK "\xef\xbb\xbf"

static const struct
{
  const char *caps, *text;
  const char *value, *key, *type;
} marked[] = {
  {NULL, MARK "{\"id\":\"k\"} ", "{\"id\":\"k\"} ", "k", "application/json"},
  {"application/x-json", MARK "[1]", "[1]", NULL, "application/json"},
  {"application/x-ndjson", MARK "{\"id\":1}\n", "{\"id\":1}", "1",
      "application/json"},
  /* two files, one behind the other */
  {"application/x-ndjson", "\n" MARK "{\"id\":2}\r\n", "{\"id\":2}", "2",
      "application/json"},
  {NULL, MARK "[1]", MARK "[1]", NULL, "application/octet-stream"},
  {NULL, MARK "x", MARK "x", NULL, "application/octet-stream"},
  {NULL, MARK, MARK, NULL, "application/octet-stream"},
  {"application/x-json", MARK MARK "{}", MARK MARK "{}", NULL,
      "application/octet-stream"},
};

GST_START_TEST (test_kafkasink_json_has_no_byte_order_mark)
{
  Bed bed;
  Record *records;

  bed_open (&bed, marked[__i__].caps, "key={id}");
  bed_play (&bed);
  bed_push_text (&bed, marked[__i__].text);
  bed_finish (&bed);
  records = bed_consume (&bed, 1);
  fail_unless_equals_string (records[0].value, marked[__i__].value);
  fail_unless_equals_string (records[0].key, marked[__i__].key);
  assert_header (&records[0], "content-type", marked[__i__].type);
  bed_free_records (records, 1);
  bed_close (&bed);
}

GST_END_TEST;

static GstPadProbeReturn
set_key (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  guint *n = data;
  g_autofree char *key = g_strdup_printf ("k%u", (*n)++);
  GstElement *sink = gst_pad_get_parent_element (pad);

  g_object_set (sink, "key", key, NULL);
  gst_object_unref (sink);
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_kafkasink_key_from_probe_goes_for_that_buffer)
{
  Bed bed;
  Record *records;
  GstPad *pad;
  guint n = 0;

  bed_open (&bed, NULL, "");
  pad = gst_element_get_static_pad (bed.sink, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, set_key, &n, NULL);
  gst_object_unref (pad);
  bed_play (&bed);
  for (guint i = 0; i < 50; i++)
    bed_push_text (&bed, "x");
  bed_finish (&bed);
  records = bed_consume (&bed, 50);
  for (guint i = 0; i < 50; i++) {
    g_autofree char *key = g_strdup_printf ("k%u", i);

    fail_unless_equals_string (records[i].key, key);
  }
  bed_free_records (records, 50);
  bed_close (&bed);
}

GST_END_TEST;

static GstBuffer *
frame_with (const char *first, const char *second)
{
  GstBuffer *frame = text_buffer ("video");
  const char *const texts[] = { first, second };

  for (guint i = 0; i < 2; i++) {
    GBytes *bytes;

    if (!texts[i])
      continue;
    bytes = g_bytes_new (texts[i], strlen (texts[i]));
    gst_sei_buffer_add_meta (frame, uuid, bytes);
    g_bytes_unref (bytes);
  }
  return frame;
}

GST_START_TEST (test_kafkasink_video_means_its_messages)
{
  Bed bed;
  Record *records;

  bed_open (&bed, "video/x-h264,stream-format=byte-stream,alignment=au", "");
  bed_play (&bed);
  bed_push (&bed, frame_with ("1", "2"));
  bed_push (&bed, frame_with (NULL, NULL));
  bed_push (&bed, frame_with ("3", MARK "{}"));
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "enqueued"), 4);
  records = bed_consume (&bed, 4);
  fail_unless_equals_string (records[0].value, "1");
  fail_unless_equals_string (records[1].value, "2");
  fail_unless_equals_string (records[2].value, "3");
  fail_unless_equals_string (records[3].value, "{}");
  bed_free_records (records, 4);
  bed_close (&bed);

  bed_open (&bed, "video/x-h264,stream-format=byte-stream,alignment=au",
      "payload=buffer");
  bed_play (&bed);
  bed_push (&bed, frame_with ("1", "2"));
  bed_finish (&bed);
  records = bed_consume (&bed, 1);
  fail_unless_equals_string (records[0].value, "video");
  bed_free_records (records, 1);
  bed_close (&bed);
}

GST_END_TEST;

static const struct
{
  const char *caps;
  const char *type;
} message_types[] = {
  {"application/x-json", "application/json"},
  {"application/x-ndjson", "application/json"},
  {"video/x-h264", "application/octet-stream"}
};

GST_START_TEST (test_kafkasink_messages_are_json_by_their_caps)
{
  Bed bed;
  Record *records;

  bed_open (&bed, message_types[__i__].caps, "payload=sei-meta");
  bed_play (&bed);
  bed_push (&bed, frame_with ("[1]", "{}"));
  bed_finish (&bed);
  records = bed_consume (&bed, 2);
  fail_unless_equals_string (records[0].value, "[1]");
  assert_header (&records[0], "content-type", message_types[__i__].type);
  assert_header (&records[1], "content-type", "application/json");
  bed_free_records (records, 2);
  bed_close (&bed);
}

GST_END_TEST;

static GstBuffer *
typed (const char *text, guint32 type)
{
  GstBuffer *buffer = text_buffer (text);
  GBytes *bytes = g_bytes_new (text, strlen (text));

  gst_sei_buffer_add_meta_full (buffer, type, uuid, bytes);
  g_bytes_unref (bytes);
  return buffer;
}

/* As metas of a frame, as buffers that seiextract's pad "metadata" has marked, and in
 * lines of these. What is of type 5 has the headers that it always had. */
static const struct
{
  const char *caps;
  const char *properties;
  const char *headers[4];
} typed_inputs[] = {
  {"video/x-h264", "", {NULL, "100", "0", "4294967295"}},
  {"video/x-h264", "payload=buffer", {NULL, NULL, NULL, NULL}},
  {"application/x-json", "", {NULL, "100", "0", "4294967295"}},
  {"meta/x-sei", "", {NULL, "100", "0", "4294967295"}},
  {"application/x-ndjson", "", {NULL, "100", "0", "4294967295"}}
};

GST_START_TEST (test_kafkasink_other_sei_types_are_in_a_header)
{
  static const guint32 types[4] = { 5, 100, 0, G_MAXUINT32 };
  Bed bed;
  Record *records;

  bed_open (&bed, typed_inputs[__i__].caps, typed_inputs[__i__].properties);
  bed_play (&bed);
  for (guint i = 0; i < 4; i++)
    bed_push (&bed, typed ("{}\n", types[i]));
  bed_push_text (&bed, "{}\n");
  bed_finish (&bed);
  records = bed_consume (&bed, 4);
  for (guint i = 0; i < 4; i++) {
    assert_header (&records[i], "sei-type", typed_inputs[__i__].headers[i]);
    assert_header (&records[i], "uuid", NULL);
    fail_unless_equals_int (rd_kafka_header_cnt (records[i].headers),
        typed_inputs[__i__].headers[i] ? 2 : 1);
  }
  bed_free_records (records, 4);
  bed_close (&bed);
}

GST_END_TEST;

static GstBuffer *
timed (const char *reference, GstClockTime ns)
{
  GstBuffer *buffer = text_buffer ("x");
  GstCaps *caps = gst_caps_new_empty_simple (reference);

  gst_buffer_add_reference_timestamp_meta (buffer, caps, ns,
      GST_CLOCK_TIME_NONE);
  gst_caps_unref (caps);
  return buffer;
}

static void
assert_is_now (gint64 ms)
{
  fail_unless (ABS (ms - g_get_real_time () / 1000) < 60000);
}

GST_START_TEST (test_kafkasink_timestamp_is_that_of_capture)
{
  const gint64 minute_ns = 60 * GST_SECOND;
  const gint64 now_ns = g_get_real_time () * 1000;
  Bed bed;
  Record *records;

  bed_open (&bed, NULL, "");
  bed_play (&bed);
  bed_push (&bed, timed ("timestamp/x-unix", now_ns - 60 * minute_ns));
  bed_push (&bed, timed ("timestamp/x-ntp", now_ns - 60 * minute_ns +
          G_GINT64_CONSTANT (2208988800) * GST_SECOND));
  bed_push (&bed, timed ("timestamp/x-unix", now_ns + 5 * minute_ns));
  bed_push (&bed, timed ("timestamp/x-unix", now_ns - 25 * 60 * minute_ns));
  bed_push (&bed, timed ("timestamp/x-unix", now_ns + 11 * minute_ns));
  bed_push_text (&bed, "x");
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "timestamp-replaced"), 3);
  records = bed_consume (&bed, 6);
  fail_unless_equals_int64 (records[0].timestamp_ms,
      (now_ns - 60 * minute_ns) / GST_MSECOND);
  fail_unless_equals_int64 (records[1].timestamp_ms,
      (now_ns - 60 * minute_ns) / GST_MSECOND);
  fail_unless_equals_int64 (records[2].timestamp_ms,
      (now_ns + 5 * minute_ns) / GST_MSECOND);
  for (guint i = 3; i < 6; i++)
    assert_is_now (records[i].timestamp_ms);
  bed_free_records (records, 6);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_live_time_is_the_wall_clock)
{
  Bed bed;
  Record *records;
  GstBuffer *buffer = text_buffer ("x");

  bed_open (&bed, NULL, "");
  g_object_set (bed.source, "is-live", TRUE, NULL);
  bed_play (&bed);
  fail_unless (gst_element_get_state (bed.pipeline, NULL, NULL, PATIENCE)
      != GST_STATE_CHANGE_FAILURE);
  /* an hour after the pipeline's start, which was just now: too far ahead */
  GST_BUFFER_PTS (buffer) = 3600 * GST_SECOND;
  bed_push (&bed, buffer);
  /* five minutes after it */
  buffer = text_buffer ("x");
  GST_BUFFER_PTS (buffer) = 300 * GST_SECOND;
  bed_push (&bed, buffer);
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "timestamp-replaced"), 1);
  records = bed_consume (&bed, 2);
  assert_is_now (records[0].timestamp_ms);
  assert_is_now (records[1].timestamp_ms - 300000);
  bed_free_records (records, 2);
  bed_close (&bed);
}

GST_END_TEST;

/* Files and cameras give any time there is; UBSAN sees sums that overflow */
GST_START_TEST (test_kafkasink_far_times_are_replaced)
{
  static const GstClockTime far_times[] = {
    G_MAXINT64 / 4, G_MAXINT64 - 1, G_MAXINT64, (GstClockTime) G_MAXINT64 + 1,
    GST_CLOCK_TIME_NONE - 1
  };
  const guint n = 3 * G_N_ELEMENTS (far_times);
  Bed bed;
  Record *records;

  bed_open (&bed, NULL, "");
  g_object_set (bed.source, "is-live", TRUE, NULL);
  bed_play (&bed);
  fail_unless (gst_element_get_state (bed.pipeline, NULL, NULL, PATIENCE)
      != GST_STATE_CHANGE_FAILURE);
  for (guint i = 0; i < G_N_ELEMENTS (far_times); i++) {
    GstBuffer *buffer = text_buffer ("x");

    GST_BUFFER_PTS (buffer) = far_times[i];
    bed_push (&bed, buffer);
    bed_push (&bed, timed ("timestamp/x-unix", far_times[i]));
    bed_push (&bed, timed ("timestamp/x-ntp", far_times[i]));
  }
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "timestamp-replaced"), n);
  records = bed_consume (&bed, n);
  for (guint i = 0; i < n; i++)
    assert_is_now (records[i].timestamp_ms);
  bed_free_records (records, n);
  bed_close (&bed);
}

GST_END_TEST;

/* A payload whose member at says @ms in nanoseconds, or @text, which may be NULL;
 * its buffer was captured @minutes ago, or at no time that is known. */
static GstBuffer *
saying (gint64 ms, const char *text, gint64 minutes)
{
  g_autofree char *json = text ? g_strdup_printf ("{\"at\":%s}", text) :
      g_strdup_printf ("{\"at\":1,\"at\":%" G_GINT64_FORMAT "987654}", ms);
  GstBuffer *buffer = text_buffer (json);
  GstCaps *caps = gst_caps_new_empty_simple ("timestamp/x-unix");

  if (minutes > 0)
    gst_buffer_add_reference_timestamp_meta (buffer, caps,
        g_get_real_time () * 1000 - minutes * 60 * GST_SECOND,
        GST_CLOCK_TIME_NONE);
  gst_caps_unref (caps);
  return buffer;
}

static char *
format_time (gint64 ms, const char *format)
{
  GDateTime *time = g_date_time_new_from_unix_utc (ms / 1000);
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");

  g_date_time_unref (time);
  return g_strdup_printf (format, text, (int) (ms % 1000));
}

GST_START_TEST (test_kafkasink_member_says_the_time)
{
  const gint64 ms = g_get_real_time () / 1000 - 3600000;
  g_autofree char *s = g_strdup_printf ("%" G_GINT64_FORMAT, ms / 1000);
  g_autofree char *fraction = g_strdup_printf ("%" G_GINT64_FORMAT ".%03d",
      ms / 1000, (int) (ms % 1000));
  g_autofree char *quoted = g_strdup_printf ("\"%" G_GINT64_FORMAT "999\"", ms);
  g_autofree char *exponent = g_strdup_printf ("%" G_GINT64_FORMAT "e-3", ms);
  g_autofree char *utc = format_time (ms, "\"%s.%03dZ\"");
  g_autofree char *offset =
      format_time (ms + 19800000, "\"%s.%03d0000001\\u002b05:30\"");
  const guint n = 7;
  Bed bed;
  Record *records;

  bed_open (&bed, NULL, __i__ == 0 ? "timestamp-member=at" :
      "timestamp-member=at timestamp=broker");
  bed_play (&bed);
  bed_push (&bed, saying (ms, NULL, 5));
  bed_push (&bed, saying (0, fraction, 5));
  bed_push (&bed, saying (0, quoted, 5));
  bed_push (&bed, saying (0, exponent, 5));
  bed_push (&bed, saying (0, utc, 0));
  bed_push (&bed, saying (0, offset, 0));
  bed_push (&bed, saying (0, s, 0));
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "timestamp-replaced"), 0);
  records = bed_consume (&bed, n);
  for (guint i = 0; i < n - 1; i++)
    fail_unless_equals_int64 (records[i].timestamp_ms, ms);
  fail_unless_equals_int64 (records[n - 1].timestamp_ms, ms / 1000 * 1000);
  bed_free_records (records, n);
  bed_close (&bed);
}

GST_END_TEST;

/* 25 hours behind, 11 minutes ahead, and no time at all */
GST_START_TEST (test_kafkasink_member_without_a_time_is_counted)
{
  const gint64 now_ms = g_get_real_time () / 1000;
  const char *const no_times[] = {
    "null", "true", "\"\"", "\"soon\"", "[1]", "{\"at\":1}", "-1", "0", "1e3",
    "1e400", "99999999999999999999999", "\"2026-11-26\"",
    "\"\\u0000\"", "9223372036854775807"
  };
  const guint n = 2 * (G_N_ELEMENTS (no_times) + 2) + 4;
  Bed bed;
  Record *records;

  bed_open (&bed, NULL, __i__ == 0 ? "timestamp-member=at" :
      "timestamp-member=at timestamp=broker");
  bed_play (&bed);
  for (gint64 minutes = 0; minutes <= 5; minutes += 5) {
    bed_push (&bed, saying (now_ms - 25 * 3600000, NULL, minutes));
    bed_push (&bed, saying (now_ms + 11 * 60000, NULL, minutes));
    for (gsize i = 0; i < G_N_ELEMENTS (no_times); i++)
      bed_push (&bed, saying (0, no_times[i], minutes));
  }
  bed_push_text (&bed, "{\"when\":{\"at\":1}}");
  bed_push_text (&bed, "[{\"at\":1}]");
  bed_push_text (&bed, "\xff{\"at\":1}");
  bed_push (&bed, gst_buffer_new ());
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "timestamp-replaced"), n);
  records = bed_consume (&bed, n);
  for (guint i = 0; i < n; i++)
    if (__i__ == 0 && i >= n / 2 - 2 && i < n - 4)
      assert_is_now (records[i].timestamp_ms + 5 * 60000);
    else
      assert_is_now (records[i].timestamp_ms);
  bed_free_records (records, n);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_timestamp_member_changes_while_playing)
{
  const gint64 ms = g_get_real_time () / 1000 - 3600000;
  g_autofree char *json = g_strdup_printf ("{\"a.b\":%" G_GINT64_FORMAT
      ",\"\":%" G_GINT64_FORMAT "}", ms, ms);
  const char *const names[] = { NULL, "a.b", "" };
  Bed bed;
  Record *records;

  bed_open (&bed, NULL, "");
  bed_play (&bed);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_object_set (bed.sink, "timestamp-member", names[i], NULL);
    bed_push_text (&bed, json);
    while (bed_stat (&bed, "enqueued") <= i)
      g_thread_yield ();
  }
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "timestamp-replaced"), 2);
  records = bed_consume (&bed, 3);
  assert_is_now (records[0].timestamp_ms);
  fail_unless_equals_int64 (records[1].timestamp_ms, ms);
  assert_is_now (records[2].timestamp_ms);
  bed_free_records (records, 3);
  bed_close (&bed);
}

GST_END_TEST;

static GstPadProbeReturn
count_latency_query (GstPad * pad, GstPadProbeInfo * info, gpointer count)
{
  if (GST_QUERY_TYPE (GST_PAD_PROBE_INFO_QUERY (info)) == GST_QUERY_LATENCY)
    ++ * (guint *) count;
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
refuse_latency_query (GstPad * pad, GstPadProbeInfo * info, gpointer count)
{
  count_latency_query (pad, info, count);
  return GST_QUERY_TYPE (GST_PAD_PROBE_INFO_QUERY (info)) == GST_QUERY_LATENCY ?
      GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

/* As a funnel has it, whenever a buffer comes from another branch */
static void
push_in_stream (GstHarness * h, const char *id)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_stream_start (id));
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  fail_unless_equals_int (gst_harness_push (h, text_buffer ("x")), GST_FLOW_OK);
}

/* and not again if nobody can say */
GST_START_TEST (test_kafkasink_asks_once_for_each_stream_whether_it_is_live)
{
  GstElement *sink = gst_check_setup_element ("kafkasink");
  GstHarness *h;
  guint n = 0;

  /* nobody listens */
  g_object_set (sink, "topic", TOPIC, "bootstrap-servers", "127.0.0.1:1",
      "stop-timeout", 0, NULL);
  h = gst_harness_new_with_element (sink, "sink", NULL);
  gst_pad_add_probe (h->srcpad, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM |
      GST_PAD_PROBE_TYPE_PUSH, __i__ == 0 ? count_latency_query :
      refuse_latency_query, &n, NULL);
  for (guint i = 0; i < 10; i++)
    push_in_stream (h, "a");
  fail_unless_equals_int (n, 1);
  for (guint i = 0; i < 10; i++)
    push_in_stream (h, i % 2 ? "a" : "b");
  fail_unless_equals_int (n, 2);

  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  push_in_stream (h, "a");
  fail_unless_equals_int (n, 3);
  gst_element_set_state (sink, GST_STATE_READY);
  gst_element_set_state (sink, GST_STATE_PLAYING);
  push_in_stream (h, "a");
  push_in_stream (h, "a");
  fail_unless_equals_int (n, 4);
  gst_harness_teardown (h);
  gst_object_unref (sink);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_any_memory_arrives_whole)
{
  Bed bed;
  Record *records;
  GstBuffer *several = text_buffer ("a");
  GstBufferPool *pool = gst_buffer_pool_new ();
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstBuffer *pooled;
  g_autofree char *large = g_strnfill (100000, 'y');

  gst_buffer_append_memory (several, gst_allocator_alloc (NULL, 0, NULL));
  gst_buffer_append (several, text_buffer ("b"));
  gst_buffer_append (several, text_buffer ("c"));
  gst_buffer_pool_config_set_params (config, NULL, 10000, 2, 2);
  gst_buffer_pool_set_config (pool, config);
  gst_buffer_pool_set_active (pool, TRUE);

  bed_open (&bed, NULL, "");
  bed_play (&bed);
  bed_push (&bed, several);
  bed_push_text (&bed, large);
  /* a pool of two, of which the sink may keep its last: a third comes only once the
   * first is given back, which must be before Kafka has it */
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  for (guint i = 0; i < 5; i++) {
    fail_unless (gst_buffer_pool_acquire_buffer (pool, &pooled, NULL) ==
        GST_FLOW_OK);
    gst_buffer_memset (pooled, 0, 'z', 10000);
    bed_push (&bed, pooled);
  }
  rd_kafka_mock_broker_set_up (bed.cluster, 1);
  bed_finish (&bed);
  records = bed_consume (&bed, 7);
  fail_unless_equals_string (records[0].value, "abc");
  fail_unless_equals_string (records[1].value, large);
  for (guint i = 2; i < 7; i++)
    fail_unless_equals_int (strspn (records[i].value, "z"), 10000);
  bed_free_records (records, 7);
  bed_close (&bed);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
}

GST_END_TEST;

static void
set_true (gpointer freed)
{
  g_atomic_int_set ((gint *) freed, TRUE);
}

GST_START_TEST (test_kafkasink_holds_no_more_than_it_counts)
{
  const gsize large = 5 * 1024 * 1024;
  const gsize size = 5000;
  g_autofree char *bytes = g_strnfill (large, 'x');
  gint freed[4] = { FALSE, FALSE, FALSE, FALSE };
  GstBuffer *whole, *parent, *child;
  Record *records;
  Bed bed;

  bed_open (&bed, NULL, "");
  rd_kafka_mock_broker_set_down (bed.cluster, 1);
  bed_play (&bed);
  /* part of a memory, by the memory itself, by one it is shared from, and by its
   * buffer; and nearly all of it */
  bed_push (&bed, gst_buffer_new_wrapped_full (0, bytes, large, 7, size,
          &freed[0], set_true));
  whole = gst_buffer_new_wrapped_full (0, bytes, large, 0, large, &freed[1],
      set_true);
  bed_push (&bed, gst_buffer_copy_region (whole, GST_BUFFER_COPY_MEMORY, 9,
          size));
  gst_buffer_unref (whole);
  parent = gst_buffer_new_wrapped_full (0, bytes, large, 0, large, &freed[2],
      set_true);
  child = gst_buffer_new_wrapped (g_strnfill (size, 'x'), size);
  gst_buffer_add_parent_buffer_meta (child, parent);
  gst_buffer_unref (parent);
  bed_push (&bed, child);
  bed_push (&bed, gst_buffer_new_wrapped_full (0, bytes, size + 100, 50, size,
          &freed[3], set_true));
  /* the sink keeps its last */
  bed_push_text (&bed, "x");
  for (guint i = 0; i < 3; i++)
    while (!g_atomic_int_get (&freed[i]))
      g_thread_yield ();
  while (bed_stat (&bed, "in-flight") < 5)
    g_thread_yield ();
  fail_if (g_atomic_int_get (&freed[3]));

  rd_kafka_mock_broker_set_up (bed.cluster, 1);
  bed_finish (&bed);
  records = bed_consume (&bed, 5);
  for (guint i = 0; i < 4; i++)
    fail_unless_equals_int (strspn (records[i].value, "x"), size);
  bed_free_records (records, 5);
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_memory_that_cannot_be_read_is_an_error)
{
  static const guint8 zeros[10000] = { 0 };
  const gsize sizes[] = { 10, sizeof (zeros), 10 };
  GstAllocator *allocator = forgetful_new ();

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    GstBuffer *buffer = gst_buffer_new ();
    GstMessage *message;
    GError *error;
    Bed bed;

    if (i == 2)
      gst_buffer_append (buffer, text_buffer ("readable"));
    gst_buffer_append_memory (buffer,
        forgetful_memory (allocator, 0, zeros, sizes[i]));
    bed_open (&bed, NULL, "");
    bed_play (&bed);
    bed_push (&bed, buffer);
    message = bed_wait (&bed, GST_MESSAGE_ERROR, NULL);
    gst_message_parse_error (message, &error, NULL);
    fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_READ));
    g_error_free (error);
    gst_message_unref (message);
    fail_unless_equals_uint64 (bed_stat (&bed, "enqueued"), 0);
    bed_close (&bed);
  }
  gst_object_unref (allocator);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_latencies_have_a_histogram)
{
  static const guint n = 100;
  GstStructure *stats, *counts;
  guint64 before = 0;
  Bed bed;

  bed_open (&bed, "application/x-json", "");
  bed_play (&bed);
  for (guint i = 0; i < n; i++)
    bed_push_text (&bed, "[1]");
  bed_finish (&bed);
  g_object_get (bed.sink, "stats", &stats, NULL);
  fail_unless (gst_structure_get (stats,
          "latency-histogram", GST_TYPE_STRUCTURE, &counts, NULL));
  /* below 2^8 to 2^26 us, and all */
  fail_unless_equals_int (gst_structure_n_fields (counts), 20);
  fail_unless (gst_structure_has_field (counts, "below-67108864us"));
  for (guint i = 0; i < 20; i++) {
    const char *name = gst_structure_nth_field_name (counts, i);
    guint64 count = 0;

    fail_unless (i < 19 ? atoi (name + strlen ("below-")) == 256 << i
        : g_str_equal (name, "all"));
    fail_unless (gst_structure_get_uint64 (counts, name, &count));
    fail_unless (count >= before);
    before = count;
    /* the longest is below the first bound that counts all */
    fail_unless_equals_int (count == n,
        i == 19
        || bed_stat (&bed, "latency-max") < (G_GUINT64_CONSTANT (256000) << i));
  }
  fail_unless (bed_stat (&bed, "latency-sum") >= bed_stat (&bed,
          "latency-max"));
  fail_unless (bed_stat (&bed, "latency-sum") <= n * bed_stat (&bed,
          "latency-max"));
  gst_structure_free (counts);
  gst_structure_free (stats);
  bed_close (&bed);
}

GST_END_TEST;

static Suite *
records_suite (void)
{
  Suite *s = suite_create ("records");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_kafkasink_buffer_is_one_record);
  tcase_add_loop_test (tc, test_kafkasink_json_has_no_byte_order_mark, 0,
      G_N_ELEMENTS (marked));
  tcase_add_test (tc, test_kafkasink_key_from_probe_goes_for_that_buffer);
  tcase_add_test (tc, test_kafkasink_video_means_its_messages);
  tcase_add_loop_test (tc, test_kafkasink_messages_are_json_by_their_caps, 0,
      G_N_ELEMENTS (message_types));
  tcase_add_loop_test (tc, test_kafkasink_other_sei_types_are_in_a_header, 0,
      G_N_ELEMENTS (typed_inputs));
  tcase_add_test (tc, test_kafkasink_timestamp_is_that_of_capture);
  tcase_add_test (tc, test_kafkasink_live_time_is_the_wall_clock);
  tcase_add_test (tc, test_kafkasink_far_times_are_replaced);
  tcase_add_loop_test (tc, test_kafkasink_member_says_the_time, 0, 2);
  tcase_add_loop_test (tc, test_kafkasink_member_without_a_time_is_counted, 0,
      2);
  tcase_add_test (tc, test_kafkasink_timestamp_member_changes_while_playing);
  tcase_add_loop_test (tc,
      test_kafkasink_asks_once_for_each_stream_whether_it_is_live, 0, 2);
  tcase_add_test (tc, test_kafkasink_any_memory_arrives_whole);
  tcase_add_test (tc, test_kafkasink_holds_no_more_than_it_counts);
  tcase_add_test (tc, test_kafkasink_memory_that_cannot_be_read_is_an_error);
  tcase_add_test (tc, test_kafkasink_latencies_have_a_histogram);
  return s;
}

GST_CHECK_MAIN (records);
