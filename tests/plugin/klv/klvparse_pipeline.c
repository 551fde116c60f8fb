/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The 60 units of made_packets.bin, in MPEG-TS, in pieces of a file, and over RTP */

#include <glib/gstdio.h>
#include <gst/check/check.h>
#include <string.h>

#define N_UNITS 60
#define UNIT_SIZE 228

static gchar *
vector (const gchar * name)
{
  return g_build_filename (g_getenv ("METAKAFKA_SRC"), "tests", "klv",
      "vectors", name, NULL);
}

typedef struct
{
  gchar *expected;
  guint n_units;
  guint n_wrong;
} Run;

static void
on_handoff (GstElement * sink, GstBuffer * buffer, GstPad * pad, Run * run)
{
  if (run->n_units >= N_UNITS || gst_buffer_get_size (buffer) != UNIT_SIZE
      || gst_buffer_memcmp (buffer, 0, run->expected + run->n_units * UNIT_SIZE,
          UNIT_SIZE) != 0)
    run->n_wrong++;
  run->n_units++;
}

/* Runs a pipeline, whose sink has the handoffs, to its end. @text: with the place of the
 * file as %s */
static Run
run_pipeline (const gchar * text, const gchar * file)
{
  g_autofree gchar *path = vector (file);
  g_autofree gchar *packets = vector ("made_packets.bin");
  g_autofree gchar *launch = g_strdup_printf (text, path);
  GstElement *pipeline = gst_parse_launch (launch, NULL);
  GstElement *sink;
  GstMessage *message;
  Run run = { 0 };
  gsize size;

  fail_unless (pipeline != NULL, "%s", launch);
  fail_unless (g_file_get_contents (packets, &run.expected, &size, NULL));
  assert_equals_uint64 (size, N_UNITS * UNIT_SIZE);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_handoff), &run);
  gst_object_unref (sink);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (GST_ELEMENT_BUS (pipeline),
      GST_CLOCK_TIME_NONE, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  fail_unless (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS,
      "%" GST_PTR_FORMAT, message);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  g_free (run.expected);
  return run;
}

static void
assert_all (Run run)
{
  assert_equals_int (run.n_units, N_UNITS);
  assert_equals_int (run.n_wrong, 0);
}

#define SINK "fakesink name=sink signal-handoffs=true sync=false async=false"

static const gchar *const ts_files[] = {
  "made_async06.ts", "made_async06_split.ts", "made_async06_three_in_one.ts",
  "made_sync15.ts", "made_sync15_no_registration.ts",
  "made_sync15_three_cells.ts", "made_sync15_fragmented.ts"
};

#define N_ASYNC_FILES 3
#define N_TS_FILES 7

GST_START_TEST (test_klvparse_mpegts)
{
  assert_all (run_pipeline ("filesrc location=\"%s\" ! tsdemux ! meta/x-klv "
          "! klvparse ! " SINK, ts_files[__i__]));
}

GST_END_TEST;

GST_START_TEST (test_klvparse_mpegts_behind_the_filter)
{
  assert_all (run_pipeline ("filesrc location=\"%s\" ! video/mpegts "
          "! klvtsfilter ! tsdemux ! meta/x-klv ! klvparse ! " SINK,
          ts_files[__i__]));
}

GST_END_TEST;

/* What tsdemux of GStreamer 1.22 does not find without the filter */
GST_START_TEST (test_klvtsfilter_mpegts)
{
  static const gchar *const files[] = {
    "made_sync15.ts", "made_sync15_no_registration.ts",
    "made_sync15_three_cells.ts", "made_sync15_fragmented.ts"
  };

  assert_all (run_pipeline ("filesrc location=\"%s\" blocksize=1000 "
          "! klvtsfilter ! tsdemux ! meta/x-klv ! klvparse ! " SINK,
          files[__i__]));
}

GST_END_TEST;

static gsize
find_unit (const gchar * ts, gsize size, guint n)
{
  gsize at = 0;

  for (; memcmp (ts + at, "\x06\x0e\x2b\x34", 4) != 0 || n-- > 0; at++)
    fail_unless (at + 4 < size);
  return at;
}

/* A cell that is said to be longer than the PES packet, and cells without anything: from
 * 1.26 on, tsdemux ends the pipeline at the one, and does not end at the others. */
GST_START_TEST (test_klvtsfilter_malformed_cells)
{
  g_autofree gchar *path = vector ("made_sync15.ts");
  g_autofree gchar *folder = g_dir_make_tmp ("klvtsfilter-XXXXXX", NULL);
  g_autofree gchar *changed = g_build_filename (folder, "changed.ts", NULL);
  g_autofree gchar *text = g_strdup_printf ("filesrc location=\"%s\" "
      "! klvtsfilter ! tsdemux ! meta/x-klv ! " SINK, changed);
  g_autofree gchar *ts = NULL;
  gsize size;

  fail_unless (g_file_get_contents (path, &ts, &size, NULL));
  for (guint n = 20; n < 30; n += __i__ == 0 ? 10 : 1)
    memset (ts + find_unit (ts, size, n) - 2, __i__ == 0 ? 0xff : 0, 2);
  fail_unless (g_file_set_contents (changed, ts, size, NULL));
  assert_equals_int (run_pipeline (text, "made_sync15.ts").n_units, N_UNITS);
  g_remove (changed);
  g_rmdir (folder);
}

GST_END_TEST;

GST_START_TEST (test_klvparse_file_in_pieces)
{
  for (guint size = 1; size < 4096; size = size * 2 + 1) {
    g_autofree gchar *text = g_strdup_printf ("filesrc location=\"%%s\" "
        "blocksize=%u ! meta/x-klv ! klvparse ! " SINK, size);

    assert_all (run_pipeline (text, "made_packets.bin"));
  }
}

GST_END_TEST;

/* Behind a file, which has no times: those behind the elements get some, or none, but a segment
 * that counts bytes they could not read. */
GST_START_TEST (test_klvparse_file_to_others)
{
  static const gchar *const ways[] = {
    "klvparse ! mpegtsmux ! tsdemux ! meta/x-klv ! klvparse",
    "klvtojson ! jsontoklv ! mpegtsmux ! tsdemux ! meta/x-klv ! klvparse",
    "klvparse ! rtpklvpay ! rtpklvdepay"
  };
  g_autofree gchar *text = g_strdup_printf ("filesrc location=\"%%s\" ! %s ! "
      SINK, ways[__i__]);

  assert_all (run_pipeline (text, "made_packets.bin"));
}

GST_END_TEST;

/* Three units in a buffer: without klvparse nothing arrives, which is why it is here. */
GST_START_TEST (test_klvparse_rtp)
{
  g_autofree gchar *text = g_strdup_printf ("filesrc location=\"%%s\" ! "
      "tsdemux ! meta/x-klv ! %s ! rtpklvpay mtu=200 ! rtpklvdepay ! " SINK,
      __i__ == 0 ? "identity" : "klvparse");
  const Run run = run_pipeline (text, "made_async06_three_in_one.ts");

  if (__i__ == 1)
    assert_all (run);
  fail_if (__i__ == 0 && run.n_units > 0);
}

GST_END_TEST;

/* What jsontoklv makes of klvtojson's objects is the same bytes. */
GST_START_TEST (test_klvparse_to_json_and_back)
{
  assert_all (run_pipeline ("filesrc location=\"%s\" ! tsdemux ! meta/x-klv "
          "! klvtojson ! jsontoklv ! " SINK, "made_async06.ts"));
}

GST_END_TEST;

static Suite *
klvparse_pipeline_suite (void)
{
  Suite *s = suite_create ("klvparse_pipeline");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_klvparse_mpegts, 0, N_ASYNC_FILES);
  tcase_add_loop_test (tc, test_klvparse_mpegts_behind_the_filter, 0,
      N_TS_FILES);
  tcase_add_loop_test (tc, test_klvtsfilter_mpegts, 0, 4);
  tcase_add_loop_test (tc, test_klvtsfilter_malformed_cells, 0, 2);
  tcase_add_test (tc, test_klvparse_file_in_pieces);
  tcase_add_loop_test (tc, test_klvparse_file_to_others, 0, 3);
  tcase_add_loop_test (tc, test_klvparse_rtp, 0, 2);
  tcase_add_test (tc, test_klvparse_to_json_and_back);

  return s;
}

GST_CHECK_MAIN (klvparse_pipeline);
