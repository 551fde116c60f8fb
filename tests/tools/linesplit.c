/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* JSON lines in any pieces, divided into JSON objects; and how they are known */

#include "linesplit.h"

#include <string.h>

#include <glib/gstdio.h>
#include <gst/base/gsttypefindhelper.h>
#include <gst/check/check.h>
#include <gst/check/gstharness.h>

#include "parse.h"

static GstHarness *
new_harness (void)
{
  GstHarness *h = gst_harness_new ("linesplit");

  gst_harness_set_src_caps_str (h, "application/x-ndjson");
  return h;
}

/* A buffer of a size, at a PTS in ms, or without one if that is negative */
static GstBuffer *
new_buffer (const gchar * text, gsize size, gint pts)
{
  GstBuffer *buffer = size > 0 ?
      gst_buffer_new_wrapped (g_memdup2 (text, size), size) : gst_buffer_new ();

  if (pts >= 0)
    GST_BUFFER_PTS (buffer) = (guint) pts *GST_MSECOND;
  return buffer;
}

static void
push (GstHarness * h, const gchar * text, gsize size, gint pts)
{
  fail_unless_equals_int (gst_harness_push (h, new_buffer (text, size, pts)),
      GST_FLOW_OK);
}

/* Returns: what has come, each buffer in brackets, with "@ms" behind it if it has a PTS
 * and "!" before it if it has a discontinuity that is not the first */
static gchar *
pull_all (GstHarness * h)
{
  GString *text = g_string_new (NULL);
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (h))) {
    GstMapInfo map;

    fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
    if (GST_BUFFER_IS_DISCONT (buffer) && text->len > 0)
      g_string_append_c (text, '!');
    g_string_append_printf (text, "[%.*s]", (int) map.size,
        (const gchar *) map.data);
    if (GST_BUFFER_PTS_IS_VALID (buffer))
      g_string_append_printf (text, "@%u",
          (guint) (GST_BUFFER_PTS (buffer) / GST_MSECOND));
    gst_buffer_unmap (buffer, &map);
    gst_buffer_unref (buffer);
  }
  return g_string_free (text, FALSE);
}

/* Ends the stream, and the harness. */
static gchar *
end (GstHarness * h)
{
  gchar *text;

  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  text = pull_all (h);
  gst_harness_teardown (h);
  return text;
}

#define MARK "\xef\xbb\xbf"
#define LINES(text, expected) { text, sizeof (text) - 1, expected }

static const struct
{
  const gchar *text;
  gsize size;
  const gchar *expected;
} cases[] = {
  LINES ("", ""),
  LINES ("{\"a\":1}\n{\"b\":0.6}\n", "[{\"a\":1}][{\"b\":0.6}]"),
  LINES ("{\"a\":1}\r\n{}\r\n", "[{\"a\":1}][{}]"),
  LINES ("{\"a\":1}\n{\"b\":2}", "[{\"a\":1}][{\"b\":2}]"),
  LINES ("\n \t\r\n\n{}\n\n{\"a\":1}\n \n", "[{}][{\"a\":1}]"),
  LINES (MARK "{\"a\":1}\n" MARK "{\"b\":1}\n", "[{\"a\":1}][{\"b\":1}]"),
  LINES (MARK, ""),
  /* as seiextract has it */
  LINES (" { \"a\" : [ 1, {} ] } \t\n", "[ { \"a\" : [ 1, {} ] }]"),
  LINES ("{\"a\":1}\0\n{\"b\":1}\0\0 \r\n", "[{\"a\":1}][{\"b\":1}]"),
  LINES ("[1]\n17\n\"x\"\nnull\n", "[{\"raw\":\"[1]\"}][{\"raw\":\"17\"}]"
      "[{\"raw\":\"\\\"x\\\"\"}][{\"raw\":\"null\"}]"),
  LINES ("{\"a\":1} {\"b\":1}\n{\"a\"\n", "[{\"raw\":\"{\\\"a\\\":1}"
      " {\\\"b\\\":1}\"}][{\"raw\":\"{\\\"a\\\"\"}]"),
  LINES ("hello\r\nw\0rld\xff\n", "[{\"raw\":\"hello\"}]"
      "[{\"raw\":\"w\xef\xbf\xbdrld\xef\xbf\xbd\"}]"),
  LINES ("\0\n", "[{\"raw\":\"\"}]"),
  LINES ("a\rb\n", "[{\"raw\":\"a\\rb\"}]"),
};

GST_START_TEST (test_linesplit_cut_anywhere_gives_each_object)
{
  const gchar *text = cases[__i__].text;
  const gsize size = cases[__i__].size;

  for (gsize one = 0; one <= size; one++)
    for (gsize two = one; two <= size; two++) {
      GstHarness *h = new_harness ();
      g_autofree gchar *result = NULL;

      push (h, text, one, -1);
      push (h, text + one, two - one, -1);
      push (h, text + two, size - two, -1);
      result = end (h);
      fail_unless_equals_string (result, cases[__i__].expected);
    }
}

GST_END_TEST;

GST_START_TEST (test_linesplit_gives_json_without_times)
{
  GstHarness *h = new_harness ();
  g_autoptr (GstCaps) caps = NULL;
  g_autofree gchar *name = NULL;
  g_autofree gchar *result = NULL;

  push (h, "{}\n", 3, -1);
  caps = gst_pad_get_current_caps (h->sinkpad);
  name = gst_caps_to_string (caps);
  fail_unless_equals_string (name, "application/x-json");
  result = end (h);
  fail_unless_equals_string (result, "[{}]");
}

GST_END_TEST;

GST_START_TEST (test_linesplit_line_has_the_times_of_where_it_began)
{
  GstHarness *h = new_harness ();
  g_autofree gchar *result = NULL;

  push (h, "{\"a\":1}\n{\"b\":", 13, 40);
  push (h, "[", 1, 80);
  push (h, "]}\n{}\n{", 7, 120);
  push (h, "}", 1, -1);
  push (h, "\n{}", 3, -1);
  push (h, "\n", 1, 160);
  result = end (h);
  fail_unless_equals_string (result, "[{\"a\":1}]@40[{\"b\":[]}]@40[{}]@120"
      "[{}]@120[{}]");
}

GST_END_TEST;

/* filesrc's first buffer has a time, which says nothing about lines */
GST_START_TEST (test_linesplit_segment_in_bytes_has_no_times)
{
  GstHarness *h = new_harness ();
  g_autofree gchar *result = NULL;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  fail_unless (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  push (h, "{}\n{", 4, 0);
  push (h, "}", 1, 40);
  result = end (h);
  fail_unless_equals_string (result, "[{}][{}]");
}

GST_END_TEST;

GST_START_TEST (test_linesplit_line_leaves_with_its_end)
{
  GstHarness *h = new_harness ();

  push (h, "{\"a\":1}", 7, -1);
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 0);
  push (h, "\n", 1, -1);
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 1);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
push_long (GstHarness * h, gsize size, gsize piece)
{
  g_autofree gchar *text = g_strnfill (size, 'x');

  text[0] = '"';
  text[size - 1] = '"';
  for (gsize at = 0; at < size; at += piece)
    push (h, text + at, MIN (piece, size - at), -1);
}

static guint64
get_too_long (GstHarness * h)
{
  guint64 n;

  g_object_get (h->element, "too-long", &n, NULL);
  return n;
}

/* It counts them, and says so once. */
GST_START_TEST (test_linesplit_long_lines_are_left_out_with_a_warning)
{
  GstHarness *h = new_harness ();
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *result = NULL;

  gst_element_set_bus (h->element, bus);
  push (h, "{}\n", 3, -1);
  push_long (h, LINE_SPLIT_MAX_SIZE, 70000);
  push (h, "\r\n", 2, -1);
  fail_unless_equals_int (gst_harness_buffers_in_queue (h), 2);
  result = pull_all (h);
  fail_unless (g_str_has_prefix (result, "[{}][{\"raw\":\"\\\"xxx"));
  fail_unless_equals_uint64 (get_too_long (h), 0);

  push_long (h, LINE_SPLIT_MAX_SIZE + 1, LINE_SPLIT_MAX_SIZE + 1);
  push (h, "\n", 1, -1);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  fail_unless (message != NULL);
  gst_message_parse_warning (message, &error, NULL);
  fail_unless_equals_string (error->message, "A line of 1048577 bytes is left"
      " out, because it has more than 1048576: write each JSON object on a line"
      " of its own.");
  push_long (h, 3 * LINE_SPLIT_MAX_SIZE, 70000);
  push (h, "\n{\"a\":1}\n", 9, -1);
  push_long (h, LINE_SPLIT_MAX_SIZE + 1, 70000);
  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  fail_unless_equals_uint64 (get_too_long (h), 3);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING) == NULL);
  gst_element_set_bus (h->element, NULL);
  g_free (result);
  result = pull_all (h);
  fail_unless_equals_string (result, "[{\"a\":1}]");
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Halves of two lines are no line. */
GST_START_TEST (test_linesplit_discontinuity_tears_no_line_together)
{
  GstHarness *h = new_harness ();
  GstBuffer *buffer = new_buffer ("\"b\":1}\n{\"c\":1}\n", 15, -1);
  g_autofree gchar *result = NULL;

  push (h, "{}\n{\"a\":1,", 10, -1);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
  result = end (h);
  fail_unless_equals_string (result, "[{}]![{\"raw\":\"\\\"b\\\":1}\"}]"
      "[{\"c\":1}]");
}

GST_END_TEST;

GST_START_TEST (test_linesplit_flush_forgets_what_is_left)
{
  GstHarness *h = new_harness ();
  g_autofree gchar *result = NULL;
  GstSegment segment;

  push (h, "{\"a\":", 5, 40);
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push (h, "{}\n", 3, 80);
  result = end (h);
  fail_unless_equals_string (result, "[{}]@80");
}

GST_END_TEST;

GST_START_TEST (test_linesplit_starts_anew_after_ready)
{
  GstHarness *h = new_harness ();
  g_autofree gchar *result = NULL;
  GstSegment segment;

  push_long (h, LINE_SPLIT_MAX_SIZE + 1, LINE_SPLIT_MAX_SIZE);
  push (h, "\n{\"a\":", 6, 40);
  fail_unless_equals_uint64 (get_too_long (h), 1);
  gst_element_set_state (h->element, GST_STATE_READY);
  gst_element_set_state (h->element, GST_STATE_PLAYING);
  gst_harness_push_event (h, gst_event_new_stream_start ("again"));
  gst_harness_set_src_caps_str (h, "application/x-ndjson");
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push (h, "{}\n", 3, 80);
  fail_unless_equals_uint64 (get_too_long (h), 0);
  result = end (h);
  fail_unless_equals_string (result, "[{}]@80");
}

GST_END_TEST;

GST_START_TEST (test_linesplit_refused_buffer_ends_the_call)
{
  GstHarness *h = new_harness ();
  g_autofree gchar *result = NULL;
  GstBuffer *buffer;

  push (h, "{}\n{\"a\"", 7, -1);
  gst_buffer_unref (gst_harness_pull (h));
  GST_PAD_SET_FLUSHING (h->sinkpad);
  fail_unless_equals_int (gst_harness_push (h,
          new_buffer (":1}\n{}\n{\"b\":1}\n{", 16, -1)), GST_FLOW_FLUSHING);
  GST_PAD_UNSET_FLUSHING (h->sinkpad);
  push (h, "{\"c\":1}\n{}\n", 11, -1);
  buffer = gst_harness_pull (h);
  fail_unless (GST_BUFFER_IS_DISCONT (buffer));
  fail_unless (gst_buffer_memcmp (buffer, 0, "{\"c\":1}", 7) == 0);
  gst_buffer_unref (buffer);
  result = end (h);
  fail_unless_equals_string (result, "[{}]");
}

GST_END_TEST;

/* --- how JSON lines are known -------------------------------------------- */

static const struct
{
  const gchar *text;
  gboolean is_known;
} texts[] = {
  {"{\"a\":1}\n", TRUE},
  {"{\"a\":1}", TRUE},
  {"{}", TRUE},
  {"\n\r\n  {\"a\":1}\r\n{\"b\":1}\r\n", TRUE},
  {MARK "{\"a\":1}\n", TRUE},
  {"{\"a\":1}\nwhatever\n", TRUE},
  /* the beginning of one, as a crash leaves it */
  {"{\"a\":1", TRUE},
  {"{", TRUE},
  /* a JSON document of several lines, and other JSON */
  {"{\n  \"a\": 1\n}\n", FALSE},
  {"{\"a\":\n1}\n", FALSE},
  {"[{\"a\":1}]\n", FALSE},
  {"17\n", FALSE},
  {"\"a\"\n", FALSE},
  /* no JSON */
  {"{\"a\":1}{\"b\":1}\n", FALSE},
  {"{a:1}\n", FALSE},
  {"hello\n", FALSE},
  {"\n\n", FALSE},
  {" ", FALSE},
  {"\x47{\"a\":1}\n", FALSE},
};

/* What an element "typefind" or parsebin, called p, gives of a file */
typedef struct
{
  GstElement *pipeline;
  gchar *path;
  gchar *caps;                  /* NULL: nothing */
  GString *result;              /* what the caps of linesplit have */
} Run;

static void
on_have_type (GstElement * typefind, guint probability, GstCaps * caps,
    gpointer data)
{
  ((Run *) data)->caps = gst_caps_to_string (caps);
}

static gboolean
on_autoplug_continue (GstElement * parsebin, GstPad * pad, GstCaps * caps,
    gpointer data)
{
  return !gst_structure_has_name (gst_caps_get_structure (caps, 0),
      "application/x-ndjson");
}

static void
on_pad_added (GstElement * parsebin, GstPad * pad, gpointer data)
{
  Run *run = data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstElement) split =
      gst_bin_get_by_name (GST_BIN (run->pipeline), "split");

  run->caps = gst_caps_to_string (caps);
  gst_element_link_pads (parsebin, GST_PAD_NAME (pad), split, "sink");
}

static void
on_handoff (GstElement * sink, GstBuffer * buffer, GstPad * pad, gpointer data)
{
  GstMapInfo map;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_string_append_len (((Run *) data)->result, (const gchar *) map.data,
      map.size);
  gst_buffer_unmap (buffer, &map);
}

/* line: with the elements p, and sink with handoffs */
static void
run_file (Run * run, const gchar * line, const gchar * text, gsize size)
{
  g_autofree gchar *all = NULL;
  g_autoptr (GstElement) p = NULL, sink = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;
  const gint fd = g_file_open_tmp ("linesplit-XXXXXX", &run->path, NULL);

  fail_unless (fd >= 0 && g_close (fd, NULL));
  fail_unless (g_file_set_contents (run->path, text, (gssize) size, NULL));
  all = g_strdup_printf ("filesrc location=%s blocksize=5000 ! %s", run->path,
      line);
  run->pipeline = gst_parse_launch (all, NULL);
  fail_unless (run->pipeline != NULL, "%s", all);
  run->caps = NULL;
  run->result = g_string_new (NULL);
  p = gst_bin_get_by_name (GST_BIN (run->pipeline), "p");
  if (g_signal_lookup ("have-type", G_OBJECT_TYPE (p))) {
    g_signal_connect (p, "have-type", G_CALLBACK (on_have_type), run);
  } else {
    g_signal_connect (p, "autoplug-continue",
        G_CALLBACK (on_autoplug_continue), run);
    g_signal_connect (p, "pad-added", G_CALLBACK (on_pad_added), run);
  }
  sink = gst_bin_get_by_name (GST_BIN (run->pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), run);
  bus = gst_element_get_bus (run->pipeline);
  gst_element_set_state (run->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "%s", all);
  gst_element_set_state (run->pipeline, GST_STATE_NULL);
}

static void
run_clear (Run * run)
{
  g_unlink (run->path);
  g_free (run->path);
  g_free (run->caps);
  g_string_free (run->result, TRUE);
  gst_object_unref (run->pipeline);
}

GST_START_TEST (test_typefind_knows_json_lines)
{
  const gchar *text = texts[__i__].text;
  Run run;

  run_file (&run, "typefind name=p ! fakesink name=sink", text, strlen (text));
  fail_unless ((g_strcmp0 (run.caps, "application/x-ndjson") == 0)
      == texts[__i__].is_known, "'%s' is %s", text, run.caps);
  run_clear (&run);
}

GST_END_TEST;

/* Whether more comes is unknown here, as it is in a network. */
static gboolean
is_known (const gchar * text, gsize size)
{
  g_autoptr (GstBuffer) buffer = new_buffer (text, size, -1);
  g_autoptr (GstCaps) caps =
      gst_type_find_helper_for_buffer (NULL, buffer, NULL);

  return caps && gst_structure_has_name (gst_caps_get_structure (caps, 0),
      "application/x-ndjson");
}

GST_START_TEST (test_typefind_knows_the_beginning_of_a_long_line)
{
  static const gchar line[] = "{\"a\":[-1.5e+3, true,null,{\"x\\\"y\\\\\":"
      "\"\\u00e4\xc3\xa4\\\\\"}],\"b\":{},\"c\":false}";

  for (gsize size = 1; size < sizeof (line); size++)
    fail_unless (is_known (line, size), "%.*s", (int) size, line);
}

GST_END_TEST;

GST_START_TEST (test_typefind_knows_what_does_not_begin_a_line)
{
  static const gchar *const lines[] = { "{\"a\":[1}", "{\"a\":tr ue", "{\"a\"=",
    "{\"a\":\"x\ty", "{\"a\":1}x", "{\"a\":\"x\"\"y\"", "{,", "{\"a\":\x01"
  };

  fail_if (is_known (lines[__i__], strlen (lines[__i__])), "%s", lines[__i__]);
}

GST_END_TEST;

/* parsebin gives its pad these caps, and the bytes reach linesplit. */
GST_START_TEST (test_linesplit_behind_parsebin_gives_the_objects_of_a_file)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new (NULL);
  Run run;

  /* a file of one long line, and one of many short ones */
  for (guint i = 0; i < (__i__ == 0 ? 1 : 3000); i++) {
    g_autofree gchar *filler = g_strnfill (__i__ == 0 ? 300000 : i % 90, 'y');
    g_autofree gchar *object =
        g_strdup_printf ("{\"n\":%u,\"x\":\"%s\"}", i, filler);

    g_string_append_printf (text, "%s\n", object);
    g_string_append (expected, object);
  }
  run_file (&run, "parsebin name=p linesplit name=split ! "
      "application/x-json ! fakesink name=sink signal-handoffs=true", text->str,
      text->len);
  fail_unless_equals_string (run.caps, "application/x-ndjson");
  fail_unless (g_string_equal (run.result, expected));
  run_clear (&run);
}

GST_END_TEST;

static Suite *
linesplit_suite (void)
{
  Suite *s = suite_create ("linesplit");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  bridge_parse_register ();
  tcase_add_loop_test (tc, test_linesplit_cut_anywhere_gives_each_object, 0,
      G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_linesplit_gives_json_without_times);
  tcase_add_test (tc, test_linesplit_line_has_the_times_of_where_it_began);
  tcase_add_test (tc, test_linesplit_segment_in_bytes_has_no_times);
  tcase_add_test (tc, test_linesplit_line_leaves_with_its_end);
  tcase_add_test (tc, test_linesplit_long_lines_are_left_out_with_a_warning);
  tcase_add_test (tc, test_linesplit_discontinuity_tears_no_line_together);
  tcase_add_test (tc, test_linesplit_flush_forgets_what_is_left);
  tcase_add_test (tc, test_linesplit_starts_anew_after_ready);
  tcase_add_test (tc, test_linesplit_refused_buffer_ends_the_call);
  tcase_add_loop_test (tc, test_typefind_knows_json_lines, 0,
      G_N_ELEMENTS (texts));
  tcase_add_test (tc, test_typefind_knows_the_beginning_of_a_long_line);
  tcase_add_loop_test (tc, test_typefind_knows_what_does_not_begin_a_line, 0,
      8);
  tcase_add_loop_test (tc,
      test_linesplit_behind_parsebin_gives_the_objects_of_a_file, 0, 2);
  return s;
}

GST_CHECK_MAIN (linesplit);
