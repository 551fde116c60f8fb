/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* JSON lines: each is a record. */

#include <glib/gstdio.h>

#include "bed.h"
#include "forgetful.h"

#define LINES "application/x-ndjson"
#define MAX_LINE (1024 * 1024)

#define UTF8_BOM "\xef\xbb\xbf"

/* Asserts that the topic has the values in @text, which "|" divides. */
static void
assert_values (Bed * bed, const char *text)
{
  g_auto (GStrv) values = g_strsplit (text, "|", 0);
  const guint n = g_strv_length (values);
  Record *records;

  fail_unless_equals_uint64 (bed_stat (bed, "acknowledged"), n);
  records = bed_consume (bed, n);
  for (guint i = 0; i < n; i++)
    fail_unless_equals_string (records[i].value, values[i]);
  bed_free_records (records, n);
}

static void
finish (Bed * bed, const char *values)
{
  bed_finish (bed);
  assert_values (bed, values);
  bed_close (bed);
}

GST_START_TEST (test_kafkasink_line_is_one_record)
{
  Bed bed;
  Record *records;

  bed_open (&bed, LINES, "key={id}");
  bed_play (&bed);
  bed_push_text (&bed, "{\"id\":\"a\"}\n[1]\n{\"id\":\n");
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "acknowledged"), 3);
  records = bed_consume (&bed, 3);
  fail_unless_equals_string (records[0].value, "{\"id\":\"a\"}");
  fail_unless_equals_string (records[0].key, "a");
  assert_header (&records[0], "content-type", "application/json");
  fail_unless_equals_string (records[1].value, "[1]");
  fail_unless (records[1].key == NULL);
  assert_header (&records[1], "content-type", "application/json");
  /* no JSON, but what came */
  fail_unless_equals_string (records[2].value, "{\"id\":");
  assert_header (&records[2], "content-type", "application/octet-stream");
  bed_free_records (records, 3);
  bed_close (&bed);
}

GST_END_TEST;

static GstBuffer *
bytes_buffer (const char *bytes, gsize size)
{
  return size > 0 ? gst_buffer_new_memdup (bytes, size) : gst_buffer_new ();
}

/* Pushes @text in buffers of up to @max bytes, or of any size up to that. */
static void
push_cut (Bed * bed, const char *text, guint max, GRand * rand)
{
  const guint size = strlen (text);

  for (guint i = 0, n; i < size; i += n) {
    n = rand ? (guint) g_rand_int_range (rand, 0, max + 1) : max;
    n = MIN (n, size - i);
    bed_push (bed, bytes_buffer (text + i, n));
  }
}

GST_START_TEST (test_kafkasink_lines_may_be_cut_anywhere)
{
  static const char text[] = UTF8_BOM "{\"a\":1}\r\n\n \t\r\n{\"b\":2}\n\r\n"
      "\"\xc3\xa4\xc3\xb6\"\n  {\"c\":3}\r\nno JSON\r\r\n\n\n{\"d\":4}";
  static const guint cuts[] = { 1000, 1, 2, 3, 7, 4, 12, 20 };
  GRand *rand = __i__ > 4 ? g_rand_new_with_seed (__i__) : NULL;
  Bed bed;

  bed_open (&bed, LINES, "");
  bed_play (&bed);
  push_cut (&bed, text, cuts[__i__], rand);
  finish (&bed, "{\"a\":1}|{\"b\":2}|\"\xc3\xa4\xc3\xb6\"|  {\"c\":3}|"
      "no JSON\r|{\"d\":4}");
  g_clear_pointer (&rand, g_rand_free);
}

GST_END_TEST;

static GstBuffer *
timed (const char *text, GstClockTime pts, gint64 unix_ms)
{
  GstBuffer *buffer = bytes_buffer (text, strlen (text));
  GstCaps *caps = gst_caps_new_empty_simple ("timestamp/x-unix");

  GST_BUFFER_PTS (buffer) = pts;
  gst_buffer_add_reference_timestamp_meta (buffer, caps, unix_ms * GST_MSECOND,
      GST_CLOCK_TIME_NONE);
  gst_caps_unref (caps);
  return buffer;
}

GST_START_TEST (test_kafkasink_line_has_times_of_where_it_begins)
{
  const gint64 now_ms = g_get_real_time () / 1000;
  static const struct
  {
    const char *value;
    const char *pts;
    gint64 before_ms;
  } expected[] = {
    {"a", "1", 3000}, {"bc", "1", 3000}, {"d", "2", 2000}, {"ef", "2", 2000},
    {"g", NULL, 1000}
  };
  GstBuffer *timed_buffers[] = {
    timed ("a\nb", 1, now_ms - 3000),
    timed ("c\nd\n\ne", 2, now_ms - 2000),
    timed ("", 3, now_ms - 1000),
    timed ("f\r", 3, now_ms - 1000),
    timed ("\ng", GST_CLOCK_TIME_NONE, now_ms - 1000)
  };
  Record *records;
  Bed bed;

  bed_open (&bed, LINES, "");
  bed_play (&bed);
  for (guint i = 0; i < G_N_ELEMENTS (timed_buffers); i++)
    bed_push (&bed, timed_buffers[i]);
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "timestamp-replaced"), 0);
  records = bed_consume (&bed, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    fail_unless_equals_string (records[i].value, expected[i].value);
    assert_header (&records[i], "pts", expected[i].pts);
    fail_unless_equals_int64 (records[i].timestamp_ms,
        now_ms - expected[i].before_ms);
  }
  bed_free_records (records, G_N_ELEMENTS (expected));
  bed_close (&bed);
}

GST_END_TEST;

static void
push_x (Bed * bed, gsize size, const char *end)
{
  char *text = g_malloc (size + strlen (end));

  memset (text, 'x', size);
  memcpy (text + size, end, strlen (end));
  bed_push (bed, gst_buffer_new_wrapped (text, size + strlen (end)));
}

GST_START_TEST (test_kafkasink_line_above_1_mib_is_counted_once)
{
  const gsize sizes[] = { 3, MAX_LINE, MAX_LINE, 3 };
  const GstStructure *s;
  GstMessage *message;
  Record *records;
  guint64 size, count;
  Bed bed;

  bed_open (&bed, LINES, "config=\"c,message.max.bytes=3000000\"");
  bed_play (&bed);
  push_x (&bed, 3, "\n");
  push_x (&bed, MAX_LINE + 1, "\n");
  message = bed_wait (&bed, GST_MESSAGE_ELEMENT, "record-failed");
  s = gst_message_get_structure (message);
  fail_unless_equals_string (gst_structure_get_string (s, "reason"),
      "too-large");
  fail_unless (strstr (gst_structure_get_string (s, "text"), "1 MiB") != NULL);
  fail_unless (gst_structure_get_uint64 (s, "size", &size));
  fail_unless_equals_uint64 (size, MAX_LINE + 1);
  fail_unless (gst_structure_get_uint64 (s, "count", &count));
  fail_unless_equals_uint64 (count, 1);
  fail_if (gst_structure_has_field (s, "key"));
  gst_message_unref (message);

  push_x (&bed, MAX_LINE, "\r\n");
  for (guint i = 0; i < 50; i++)
    push_x (&bed, 100000, "");
  push_x (&bed, 1, "\n");
  push_x (&bed, MAX_LINE, "");
  push_x (&bed, 0, "\r");
  push_x (&bed, 0, "\nxxx\n");
  /* many blanks are blank, too */
  for (guint i = 0; i < 2 * MAX_LINE; i += 65536) {
    GstBuffer *blanks = gst_buffer_new_allocate (NULL, 65536, NULL);

    gst_buffer_memset (blanks, 0, ' ', 65536);
    bed_push (&bed, blanks);
  }
  push_x (&bed, 0, "\n");
  for (guint i = 0; i < 20; i++)
    push_x (&bed, 100000, "");
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "failed-too-large"), 3);
  fail_unless_equals_uint64 (bed_stat (&bed, "acknowledged"), 4);
  records = bed_consume (&bed, G_N_ELEMENTS (sizes));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    fail_unless_equals_int (records[i].value_size, sizes[i]);
    fail_unless_equals_int (strspn (records[i].value, "x"), sizes[i]);
  }
  bed_free_records (records, G_N_ELEMENTS (sizes));
  bed_close (&bed);
}

GST_END_TEST;

/* Without a broker, in the middle of a buffer whose lines are too many */
static void
open_blocked (Bed * bed)
{
  bed_open (bed, LINES, "max-queued-messages=3 stop-timeout=0");
  rd_kafka_mock_broker_set_down (bed->cluster, 1);
  bed_play (bed);
  bed_push_text (bed, "1\n2\n3\n4\n5\n6\n7\n8\n9\nbeg");
  while (bed_stat (bed, "blocked") == 0)
    g_thread_yield ();
}

GST_START_TEST (test_kafkasink_blocked_lines_go_on_after_pause)
{
  Bed bed;

  open_blocked (&bed);
  for (guint i = 0; i < 3; i++) {
    gst_element_set_state (bed.pipeline, GST_STATE_PAUSED);
    gst_element_get_state (bed.pipeline, NULL, NULL, PATIENCE);
    if (i == 2)
      rd_kafka_mock_broker_set_up (bed.cluster, 1);
    gst_element_set_state (bed.pipeline, GST_STATE_PLAYING);
  }
  bed_push_text (&bed, "un\n");
  finish (&bed, "1|2|3|4|5|6|7|8|9|begun");
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_flush_drops_the_lines_of_its_buffer)
{
  Bed bed;

  open_blocked (&bed);
  gst_element_send_event (bed.source, gst_event_new_flush_start ());
  gst_element_send_event (bed.source, gst_event_new_flush_stop (TRUE));
  rd_kafka_mock_broker_set_up (bed.cluster, 1);
  bed_push_text (&bed, "un\n");
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "abandoned"), 1);
  assert_values (&bed, "1|2|3|un");
  bed_close (&bed);
}

GST_END_TEST;

static void
wait_for_records (Bed * bed, guint n)
{
  while (bed_stat (bed, "enqueued") < n)
    g_thread_yield ();
}

GST_START_TEST (test_kafkasink_flush_and_ready_drop_the_line_begun)
{
  Bed bed;

  bed_open (&bed, LINES, "");
  bed_play (&bed);
  bed_push_text (&bed, "one\nbeg");
  wait_for_records (&bed, 1);
  gst_element_send_event (bed.source, gst_event_new_flush_start ());
  gst_element_send_event (bed.source, gst_event_new_flush_stop (TRUE));
  bed_push_text (&bed, UTF8_BOM "two\nbeg");
  wait_for_records (&bed, 2);
  gst_element_set_state (bed.pipeline, GST_STATE_READY);
  fail_unless_equals_uint64 (bed_stat (&bed, "enqueued"), 2);
  bed_play (&bed);
  bed_push_text (&bed, UTF8_BOM "three");
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "enqueued"), 1);
  gst_element_set_state (bed.pipeline, GST_STATE_NULL);
  bed_play (&bed);
  bed_push_text (&bed, "four\nfive");
  bed_finish (&bed);
  fail_unless_equals_uint64 (bed_stat (&bed, "enqueued"), 2);
  bed_close (&bed);
}

GST_END_TEST;

/* What follows would make another line of it. */
GST_START_TEST (test_kafkasink_discontinuity_drops_the_line_begun)
{
  GstBuffer *buffer = text_buffer ("{\"b\":2}\n{\"c\":");
  Bed bed;

  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  bed_open (&bed, LINES, "");
  bed_play (&bed);
  bed_push_text (&bed, "{\"a\":1}\n{\"a\":");
  bed_push (&bed, buffer);
  bed_push_text (&bed, "3}\n");
  buffer = text_buffer ("{\"d\":4}\n");
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  bed_push (&bed, buffer);
  finish (&bed, "{\"a\":1}|{\"b\":2}|{\"c\":3}|{\"d\":4}");
}

GST_END_TEST;

/* Runs the sink of a bed without its pipeline. */
static GstHarness *
run_alone (Bed * bed, const char *caps)
{
  GstHarness *h;

  gst_object_ref (bed->sink);
  gst_bin_remove (GST_BIN (bed->pipeline), bed->sink);
  gst_element_set_bus (bed->sink, bed->bus);
  h = gst_harness_new_with_element (bed->sink, "sink", NULL);
  gst_object_unref (bed->sink);
  if (caps)
    gst_harness_set_src_caps_str (h, caps);
  return h;
}

static GstHarness *
harness (Bed * bed, const char *caps)
{
  bed_open (bed, NULL, "");
  return run_alone (bed, caps);
}

static void
push (GstHarness * h, const char *text)
{
  fail_unless_equals_int (gst_harness_push (h, text_buffer (text)),
      GST_FLOW_OK);
}

static void
close_harness (Bed * bed, GstHarness * h)
{
  gst_harness_teardown (h);
  /* messages hold the sink, which holds the bus */
  gst_bus_set_flushing (bed->bus, TRUE);
  bed_close (bed);
}

static void
end_harness (Bed * bed, GstHarness * h, const char *values)
{
  gst_harness_push_event (h, gst_event_new_eos ());
  assert_values (bed, values);
  close_harness (bed, h);
}

static void
push_in_stream (GstHarness * h, const char *id, guint group,
    const char *caps_string, const char *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_string);
  GstEvent *start = gst_event_new_stream_start (id);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_event_set_group_id (start, group);
  gst_harness_push_event (h, start);
  gst_harness_push_event (h, gst_event_new_caps (caps));
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push (h, text);
}

GST_START_TEST (test_kafkasink_segments_and_gaps_do_not_end_a_line)
{
  GstSegment segment;
  Bed bed;
  GstHarness *h = harness (&bed, LINES);

  push (h, "beg");
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = GST_SECOND;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  gst_harness_push_event (h, gst_event_new_gap (GST_SECOND, GST_SECOND));
  gst_harness_set_src_caps_str (h, LINES ",x=1");
  push (h, "un\n");
  end_harness (&bed, h, "begun");
}

GST_END_TEST;

/* Whether the next buffer says so, or not */
GST_START_TEST (test_kafkasink_flush_drops_the_line_of_every_stream)
{
  Bed bed;
  GstHarness *h = harness (&bed, LINES);

  push_in_stream (h, "a", 1, LINES, "one\na");
  push_in_stream (h, "b", 2, LINES, "b");
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  push_in_stream (h, "b", 2, LINES, "two\n");
  push_in_stream (h, "a", 1, LINES, "three");
  end_harness (&bed, h, "one|two|three");
}

GST_END_TEST;

/* As where a file is played again and again */
GST_START_TEST (test_kafkasink_segment_done_ends_the_last_line)
{
  Bed bed;
  GstHarness *h = harness (&bed, LINES);
  GstBuffer *again = text_buffer ("c\nd");

  GST_BUFFER_FLAG_SET (again, GST_BUFFER_FLAG_DISCONT);
  push (h, "a\nb");
  gst_harness_push_event (h, gst_event_new_segment_done (GST_FORMAT_TIME, 1));
  gst_harness_push (h, again);
  gst_harness_push_event (h, gst_event_new_segment_done (GST_FORMAT_TIME, 1));
  end_harness (&bed, h, "a|b|c|d");
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_other_caps_end_the_last_line)
{
  Bed bed;
  GstHarness *h = harness (&bed, LINES);

  push (h, "a\n{\"last\":1}");
  gst_harness_set_src_caps_str (h, "application/x-json");
  push (h, "b\nc");
  gst_harness_set_src_caps_str (h, LINES);
  push (h, "d\ne");
  gst_harness_set_src_caps_str (h, "video/x-h264");
  end_harness (&bed, h, "a|{\"last\":1}|b\nc|d|e");
}

GST_END_TEST;

/* As they come through a funnel */
GST_START_TEST (test_kafkasink_lines_of_streams_stay_apart)
{
  Bed bed;
  GstHarness *h = harness (&bed, NULL);

  push_in_stream (h, "a", 1, LINES, "a1\na");
  push_in_stream (h, "b", 2, LINES, "b");
  push_in_stream (h, "c", 3, "application/x-json", "c\nc");
  push_in_stream (h, "a", 1, LINES, "2\n");
  push_in_stream (h, "b", 2, LINES, "1\nb2");
  push_in_stream (h, "a", 1, LINES, "a3\na");
  /* another source of the same file */
  push_in_stream (h, "a", 4, LINES, "A1\n");
  push_in_stream (h, "a", 1, LINES, "4\n");
  end_harness (&bed, h, "a1|c\nc|a2|b1|a3|A1|a4|b2");
}

GST_END_TEST;

/* More streams than are kept apart, each of which ends without LF */
GST_START_TEST (test_kafkasink_streams_without_end_lose_no_line)
{
  Bed bed;
  GstHarness *h = harness (&bed, NULL);

  for (guint i = 0; i < 2500; i++) {
    g_autofree char *id = g_strdup_printf ("%u", i);

    push_in_stream (h, id, 1, LINES, "x");
    if (i == 2400)
      fail_unless_equals_uint64 (bed_stat (&bed, "enqueued"), 2000);
  }
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_unless_equals_uint64 (bed_stat (&bed, "acknowledged"), 2500);
  close_harness (&bed, h);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_payload_buffer_divides_no_lines)
{
  Bed bed;

  bed_open (&bed, LINES, "payload=buffer");
  bed_play (&bed);
  bed_push_text (&bed, "a\nb");
  bed_push_text (&bed, "c\n");
  finish (&bed, "a\nb|c\n");
}

GST_END_TEST;

static void
run_until_eos (const char *line)
{
  GstElement *pipeline = gst_parse_launch (line, NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, PATIENCE,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

GST_START_TEST (test_kafkasink_lines_of_seiextract_are_records)
{
  static const struct
  {
    const char *filter;
    const char *value, *type;
  } cases[] = {
    {"", "{\n}", "application/json"},
    {" ! application/x-json", "{\n}", "application/json"},
    {" ! " LINES, "{ }", "application/json"},
  };
  Record *records;
  Bed bed;

  bed_open (&bed, NULL, "");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *line = g_strdup_printf ("videotestsrc num-buffers=2"
        " ! video/x-raw,width=96,height=64 ! x264enc ! h264parse ! seiinject"
        " metadata=\"{\n}\" ! seiextract name=x x.metadata%s ! kafkasink topic="
        TOPIC " bootstrap-servers=%s", cases[i].filter,
        rd_kafka_mock_cluster_bootstraps (bed.cluster));

    run_until_eos (line);
  }
  records = bed_consume (&bed, 2 * G_N_ELEMENTS (cases));
  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++) {
    fail_unless_equals_string (records[i].value, cases[i / 2].value);
    assert_header (&records[i], "content-type", cases[i / 2].type);
  }
  bed_free_records (records, 2 * G_N_ELEMENTS (cases));
  bed_close (&bed);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_lines_of_a_file_are_records)
{
  g_autofree char *folder = g_dir_make_tmp ("kafkasink-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.ndjson", NULL);
  g_autofree char *line = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  Record *records;
  Bed bed;

  for (guint i = 0; i < 300; i++)
    g_string_append_printf (text, "{\"seq\":%u,\"more\":\"%0*u\"}\n", i, 60, i);
  fail_unless (g_file_set_contents (path, text->str, text->len, NULL));
  bed_open (&bed, NULL, "");
  line = g_strdup_printf ("filesrc location=%s ! " LINES " ! kafkasink topic="
      TOPIC " key={seq} bootstrap-servers=%s", path,
      rd_kafka_mock_cluster_bootstraps (bed.cluster));
  run_until_eos (line);

  records = bed_consume (&bed, 300);
  for (guint i = 0; i < 300; i++) {
    g_autofree char *key = g_strdup_printf ("%u", i);

    fail_unless_equals_string (records[i].key, key);
    assert_header (&records[i], "content-type", "application/json");
  }
  bed_free_records (records, 300);
  bed_close (&bed);
  g_unlink (path);
  g_rmdir (folder);
}

GST_END_TEST;

GST_START_TEST (test_kafkasink_lines_that_cannot_be_read_are_an_error)
{
  GstAllocator *allocator = forgetful_new ();
  GstBuffer *buffer = gst_buffer_new ();
  GstMessage *message;
  GError *error;
  Bed bed;

  gst_buffer_append_memory (buffer, forgetful_memory (allocator, 0, "x\n", 2));
  bed_open (&bed, LINES, "");
  bed_play (&bed);
  bed_push (&bed, buffer);
  message = bed_wait (&bed, GST_MESSAGE_ERROR, NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_READ));
  g_error_free (error);
  gst_message_unref (message);
  bed_close (&bed);
  gst_object_unref (allocator);
}

GST_END_TEST;

/* Of the mock cluster's requests */
#define INIT_PRODUCER_ID 22

GST_START_TEST (test_kafkasink_lines_after_an_error_are_refused)
{
  GstFlowReturn ret = GST_FLOW_OK;
  Bed bed;
  GstHarness *h;

  bed_open (&bed, NULL, "");
  rd_kafka_mock_set_apiversion (bed.cluster, INIT_PRODUCER_ID, -1, -1);
  h = run_alone (&bed, LINES);
  while (ret == GST_FLOW_OK)
    ret = gst_harness_push (h, text_buffer ("1\n2\n3\n4\nbeg"));
  /* whose lines are in memory that is gone */
  for (guint i = 0; i < 3; i++) {
    fail_unless_equals_int (ret, GST_FLOW_ERROR);
    ret = gst_harness_push (h, text_buffer ("1\n2\n3\n4\nbeg"));
  }
  bed_stat (&bed, "enqueued");
  close_harness (&bed, h);
}

GST_END_TEST;

static Suite *
lines_suite (void)
{
  Suite *s = suite_create ("lines");
  TCase *tc = tcase_create ("general");

  tcase_set_timeout (tc, 120);
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_kafkasink_line_is_one_record);
  tcase_add_loop_test (tc, test_kafkasink_lines_may_be_cut_anywhere, 0, 8);
  tcase_add_test (tc, test_kafkasink_line_has_times_of_where_it_begins);
  tcase_add_test (tc, test_kafkasink_line_above_1_mib_is_counted_once);
  tcase_add_test (tc, test_kafkasink_blocked_lines_go_on_after_pause);
  tcase_add_test (tc, test_kafkasink_flush_drops_the_lines_of_its_buffer);
  tcase_add_test (tc, test_kafkasink_flush_and_ready_drop_the_line_begun);
  tcase_add_test (tc, test_kafkasink_discontinuity_drops_the_line_begun);
  tcase_add_test (tc, test_kafkasink_segments_and_gaps_do_not_end_a_line);
  tcase_add_test (tc, test_kafkasink_flush_drops_the_line_of_every_stream);
  tcase_add_test (tc, test_kafkasink_segment_done_ends_the_last_line);
  tcase_add_test (tc, test_kafkasink_other_caps_end_the_last_line);
  tcase_add_test (tc, test_kafkasink_lines_of_streams_stay_apart);
  tcase_add_test (tc, test_kafkasink_streams_without_end_lose_no_line);
  tcase_add_test (tc, test_kafkasink_payload_buffer_divides_no_lines);
  tcase_add_test (tc, test_kafkasink_lines_of_seiextract_are_records);
  tcase_add_test (tc, test_kafkasink_lines_of_a_file_are_records);
  tcase_add_test (tc, test_kafkasink_lines_that_cannot_be_read_are_an_error);
  tcase_add_test (tc, test_kafkasink_lines_after_an_error_are_refused);
  return s;
}

GST_CHECK_MAIN (lines);
