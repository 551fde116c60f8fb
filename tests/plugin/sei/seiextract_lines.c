/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seiextract: the pad "metadata" as application/x-ndjson, and which format a peer
 * gets */

#include "padtest.h"

#include <string.h>

#include <glib/gstdio.h>

#define BYTES "meta/x-sei"
#define JSON "application/x-json"
#define LINES "application/x-ndjson"
#define MARK "\xef\xbb\xbf"     /* U+FEFF */

/* What a payload is as a line */
static const struct
{
  const gchar *payload, *line;
} cases[] = {
  {"{\"a\": 1.0}", "{\"a\": 1.0}\n"},
  {"{\"a\":\n  [1,\r\n2]\t}\r\n \n", "{\"a\":   [1,  2]\t}\n"},
  {"\r\n{}", "  {}\n"}, {MARK "\n{}", " {}\n"},
  {"{\"a\":\"\\n\\r\xe2\x80\xa8\xc2\x85\"}",
      "{\"a\":\"\\n\\r\xe2\x80\xa8\xc2\x85\"}\n"},
  {"two\r\nlines\n", "{\"raw\":\"two\\r\\nlines\"}\n"},
  {"[\n1]", "{\"raw\":\"[\\n1]\"}\n"}, {"{\"a\":\"\n\"}",
      "{\"raw\":\"{\\\"a\\\":\\\"\\n\\\"}\"}\n"},
  {"", "{\"raw\":\"\"}\n"}, {"\n", "{\"raw\":\"\"}\n"},
};

static void
assert_format (GstHarness * m, const gchar * name)
{
  GstCaps *caps = gst_pad_get_current_caps (m->sinkpad);

  fail_unless (caps);
  fail_unless_equals_string (gst_structure_get_name (gst_caps_get_structure
          (caps, 0)), name);
  gst_caps_unref (caps);
}

GST_START_TEST (test_seiextract_lines_are_lines)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_lines_template);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gst_harness_push (h, test_pad_access_unit (i, cases[i].payload));
    test_assert_payload_at (m, cases[i].line, (1 + i) * 40 * GST_MSECOND);
  }
  test_assert_first_events (m);
  assert_format (m, LINES);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_seiextract_lines_may_be_long)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_lines_template);
  g_autofree gchar *large = g_strnfill (100000, 'x');
  g_autofree gchar *payload = g_strdup_printf ("{\n\"a\":\"%s\"\n}", large);
  g_autofree gchar *line = g_strdup_printf ("{ \"a\":\"%s\" }\n", large);

  gst_harness_push (h, test_pad_access_unit (0, payload));
  test_assert_buffer (gst_harness_try_pull (m), line);
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

static const struct
{
  const gchar *peer;            /* its caps */
  const gchar *format;
} peers[] = {
  {LINES, LINES}, {JSON, JSON}, {BYTES, BYTES}, {"ANY", BYTES},
  {JSON ";" LINES, JSON}, {LINES ";" JSON, LINES},
  {"text/x-raw;" LINES ";" JSON, LINES},
  {LINES ";" BYTES, BYTES}, {BYTES ";" LINES, BYTES},
  {JSON ";" LINES ";" BYTES, BYTES},
};

/* One peer that changes its mind again and again gets each time what a new one would
 * get. */
GST_START_TEST (test_seiextract_format_is_what_the_peer_likes_best)
{
  GstHarness *h = test_harness ("seiextract", test_h264);
  GstHarness *m = test_pad_harness (h, &test_any_template);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (peers); i++) {
    const guint n = i * 7 % G_N_ELEMENTS (peers);
    const gchar *format = peers[n].format;

    gst_harness_set_sink_caps_str (m, peers[n].peer);
    fail_unless (gst_harness_push_upstream_event (m,
            gst_event_new_reconfigure ()));
    gst_harness_push (h, test_pad_access_unit (i, "{\n}"));
    assert_format (m, format);
    test_assert_buffer (gst_harness_try_pull (m),
        g_str_equal (format, LINES) ? "{ }\n" : "{\n}");
  }
  test_pad_release (h, m);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- pipelines ----------------------------------------------------------- */

#define VIDEO "videotestsrc num-buffers=%u ! video/x-raw,width=96,height=64 ! " \
  "identity name=raw ! x264enc tune=zerolatency ! h264parse ! "

static GstElement *
launch (const gchar * format, ...)
{
  GError *error = NULL;
  va_list args;

  va_start (args, format);

  g_autofree gchar *line = g_strdup_vprintf (format, args);
  GstElement *pipeline = gst_parse_launch (line, &error);

  va_end (args);
  fail_if (error, "%s: %s", line, error ? error->message : "");
  return pipeline;
}

static void
run (GstElement * pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 50 * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message, "neither EOS nor error");
  fail_unless_equals_string (GST_MESSAGE_TYPE_NAME (message), "eos");
  gst_message_unref (message);
  gst_object_unref (bus);
}

static void
end (GstElement * pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

static GstPad *
get_pad (GstElement * pipeline, const gchar * element, const gchar * pad)
{
  g_autoptr (GstElement) found =
      gst_bin_get_by_name (GST_BIN (pipeline), element);

  return gst_element_get_static_pad (found, pad);
}

static const struct
{
  const gchar *elements;
  const gchar *format;
} outputs[] = {
  {"x.metadata ! fakesink", BYTES},
  {"x.metadata ! filesink location=/dev/null", BYTES},
  {"x.metadata ! queue ! appsink wait-on-eos=false", BYTES},
  {"x.metadata ! appsink wait-on-eos=false caps=" LINES, LINES},
  {"x.metadata ! " LINES " ! fakesink", LINES},
  {"x.metadata ! queue ! " LINES " ! appsink wait-on-eos=false", LINES},
  {"x.metadata ! " JSON " ! fakesink", JSON},
  {"x.metadata ! capsfilter caps=\"" LINES ";" JSON "\" ! fakesink", LINES},
  {"x.metadata ! capsfilter caps=\"" JSON ";" LINES "\" ! fakesink", JSON},
  {"x. ! queue ! seiinject name=i ! fakesink x.metadata ! queue ! i.metadata",
      BYTES},
  {"x. ! queue ! seiinject name=i ! fakesink x.metadata ! queue ! " LINES
        " ! i.metadata", LINES},
};

GST_START_TEST (test_seiextract_format_is_that_of_the_pipeline)
{
  GstElement *pipeline = launch (VIDEO "seiinject metadata={} ! seiextract"
      " name=x %s", 3, outputs[__i__].elements);
  GstCaps *caps;
  GstPad *pad;

  run (pipeline);
  pad = get_pad (pipeline, "x", "metadata");
  caps = gst_pad_get_current_caps (pad);
  fail_unless (caps);
  fail_unless_equals_string (gst_structure_get_name (gst_caps_get_structure
          (caps, 0)), outputs[__i__].format);
  gst_caps_unref (caps);
  gst_object_unref (pad);
  end (pipeline);
}

GST_END_TEST;

static GstPadProbeReturn
add_payload (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  guint *n = user_data;
  const gchar *text = cases[(*n)++].payload;
  GBytes *payload = g_bytes_new_static (text, strlen (text));

  fail_unless (gst_sei_pad_probe_info_add_meta (info, test_uuid, payload));
  g_bytes_unref (payload);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
note_lines (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  gpointer state = NULL;
  GstSeiMeta *meta;

  while ((meta = gst_sei_buffer_iterate_meta (GST_PAD_PROBE_INFO_BUFFER (info),
              &state))) {
    gsize size;
    const gchar *text = g_bytes_get_data (meta->payload, &size);

    g_string_append_len (user_data, text, size);
    g_string_append_c (user_data, '\n');
  }
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_seiextract_file_of_lines_can_be_injected)
{
  g_autofree gchar *folder = g_dir_make_tmp ("seiextract-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "x.jsonl", NULL);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GString) injected = g_string_new (NULL);
  g_autofree gchar *written = NULL;
  GstElement *pipeline;
  GstPad *pad;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_string_append (expected, cases[i].line);

  pipeline = launch (VIDEO "seiinject ! seiextract name=x x.metadata ! " LINES
      " ! filesink location=%s", G_N_ELEMENTS (cases), path);
  pad = get_pad (pipeline, "raw", "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, add_payload, &n, NULL);
  gst_object_unref (pad);
  run (pipeline);
  end (pipeline);
  fail_unless (g_file_get_contents (path, &written, NULL, NULL));
  fail_unless_equals_string (written, expected->str);

  pipeline = launch (VIDEO "seiinject name=i ! seiextract ! fakesink name=end"
      " filesrc location=%s ! " LINES " ! i.metadata", G_N_ELEMENTS (cases),
      path);
  pad = get_pad (pipeline, "end", "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, note_lines, injected,
      NULL);
  gst_object_unref (pad);
  run (pipeline);
  end (pipeline);
  fail_unless_equals_string (injected->str, expected->str);

  g_unlink (path);
  g_rmdir (folder);
}

GST_END_TEST;

static Suite *
seiextract_lines_suite (void)
{
  Suite *s = suite_create ("seiextract_lines");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_seiextract_lines_are_lines);
  tcase_add_test (tc, test_seiextract_lines_may_be_long);
  tcase_add_test (tc, test_seiextract_format_is_what_the_peer_likes_best);
  tcase_add_loop_test (tc, test_seiextract_format_is_that_of_the_pipeline, 0,
      G_N_ELEMENTS (outputs));
  tcase_add_test (tc, test_seiextract_file_of_lines_can_be_injected);

  return s;
}

GST_CHECK_MAIN (seiextract_lines);
