/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The elements in pipelines with real encoders, parsers and payloaders. Each
 * raw frame gets a meta that says its number before the encoder, and the number
 * has to be on the right frame at the end, decode order or not. */

#include "seitest.h"

#include <string.h>

#define N_FRAMES 40

typedef struct
{
  guint n_frames;
  guint n_buffers;
  guint n_decoded;
  GstClockTime pts[N_FRAMES];   /* of the frame that came out with a number */
} Run;

static GstPadProbeReturn
number_frame (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Run *run = user_data;
  gchar *text = g_strdup_printf ("{\"n\":%u}", run->n_frames++);
  GBytes *payload = g_bytes_new_take (text, strlen (text));

  fail_unless (gst_sei_pad_probe_info_add_meta (info, test_uuid, payload));
  g_bytes_unref (payload);

  return GST_PAD_PROBE_OK;
}

static void
note_payload (Run * run, GstClockTime pts, const gchar * text, gsize size)
{
  gchar *number;
  guint n;

  fail_unless (size > 6 && memcmp (text, "{\"n\":", 5) == 0
      && text[size - 1] == '}', "payload '%.*s'", (int) size, text);
  number = g_strndup (text + 5, size - 6);
  n = atoi (number);
  g_free (number);

  fail_unless (n < N_FRAMES && !GST_CLOCK_TIME_IS_VALID (run->pts[n]));
  run->pts[n] = pts;
}

static GstPadProbeReturn
note_meta (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GBytes *payload = gst_sei_buffer_get_meta_bytes (buffer);
  Run *run = user_data;

  run->n_buffers++;
  fail_unless (payload, "buffer %u has no meta", run->n_buffers);
  assert_equals_int (gst_buffer_get_n_meta (buffer, GST_SEI_META_API_TYPE), 1);
  note_payload (run, GST_BUFFER_PTS (buffer), g_bytes_get_data (payload, NULL),
      g_bytes_get_size (payload));
  g_bytes_unref (payload);

  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
note_buffer (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Run *run = user_data;
  GstMapInfo map;

  run->n_buffers++;
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  note_payload (run, GST_BUFFER_PTS (buffer), (gchar *) map.data, map.size);
  gst_buffer_unmap (buffer, &map);

  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
count_frame (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Run *run = user_data;

  run->n_decoded++;

  return GST_PAD_PROBE_OK;
}

static void
run_until_eos (GstElement * pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 50 * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message, "neither EOS nor error");
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    GError *error;

    gst_message_parse_error (message, &error, NULL);
    fail ("%s", error->message);
  }
  gst_message_unref (message);
  fail_unless_equals_int (gst_element_set_state (pipeline, GST_STATE_NULL),
      GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (bus);
}

static void
add_probe (GstElement * pipeline, const gchar * name, const gchar * pad_name,
    GstPadProbeCallback probe, Run * run)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstPad *pad;

  if (!element)
    return;
  pad = gst_element_get_static_pad (element, pad_name);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, probe, run, NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
}

#define X264 "x264enc bframes=3 b-adapt=false speed-preset=ultrafast"
#define X265 "x265enc speed-preset=ultrafast option-string=bframes=3:b-adapt=0:log-level=error"

/* What is between the raw frames and the end. An element "video" has metas on
 * its sink pad, an element "payloads" payloads. */
static const gchar *const pipelines[] = {
  (X264 " ! h264parse ! seiinject ! seiextract ! fakesink name=video"),
  (X264
      " ! seiinject ! h264parse ! video/x-h264,stream-format=avc ! seiextract "
      "! fakesink name=video"),
  (X264
      " ! h264parse ! video/x-h264,stream-format=avc3 ! seiinject ! h264parse "
      "! seiextract name=x x.metadata ! fakesink name=payloads"),
  (X264
      " ! h264parse ! seiinject ! h264parse ! mpegtsmux ! tsdemux ! h264parse "
      "! seiextract ! fakesink name=video"),
  (X264 " ! h264parse ! seiinject ! rtph264pay ! rtph264depay ! seiextract "
      "! fakesink name=video"),
  (X264 " ! h264parse ! seiinject ! h264parse ! matroskamux ! matroskademux "
      "! h264parse ! seiextract ! fakesink name=video"),
  ("openh264enc ! h264parse ! seiinject ! seiextract ! fakesink name=video"),
  (X265 " ! h265parse ! seiinject ! seiextract ! fakesink name=video"),
  (X265
      " ! h265parse ! video/x-h265,stream-format=hvc1 ! seiinject ! h265parse "
      "! video/x-h265,stream-format=byte-stream ! seiextract name=x "
      "x.metadata ! application/x-json ! fakesink name=payloads"),
  (X265
      " ! h265parse ! video/x-h265,stream-format=hvc1 ! seiinject ! rtph265pay "
      "! rtph265depay ! h265parse ! seiextract ! fakesink name=video"),
  /* The meta goes through a decoder and another encoder */
  (X264 " ! h264parse ! seiinject ! h264parse ! avdec_h264 ! " X264
      " ! h264parse ! seiinject ! seiextract ! fakesink name=video"),
};

/* Runs raw frames with numbers through @elements. */
static void
run_numbers (const gchar * elements, Run * run)
{
  gchar *line = g_strdup_printf ("videotestsrc num-buffers=%u ! "
      "video/x-raw,width=96,height=64,framerate=25/1 ! identity name=raw ! %s",
      N_FRAMES, elements);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);

  fail_if (error, "%s", error ? error->message : "");
  memset (run, 0, sizeof (*run));
  memset (run->pts, 0xff, sizeof (run->pts));
  add_probe (pipeline, "raw", "src", number_frame, run);
  add_probe (pipeline, "video", "sink", note_meta, run);
  add_probe (pipeline, "payloads", "sink", note_buffer, run);
  add_probe (pipeline, "frames", "sink", count_frame, run);
  run_until_eos (pipeline);

  assert_equals_int (run->n_frames, N_FRAMES);
  assert_equals_int (run->n_buffers, N_FRAMES);
  for (guint i = 0; i < N_FRAMES; i++)
    fail_unless (GST_CLOCK_TIME_IS_VALID (run->pts[i]), "no %u: %s", i, line);

  gst_object_unref (pipeline);
  g_free (line);
}

GST_START_TEST (test_pipeline_numbers_arrive_on_their_frames)
{
  Run run;

  run_numbers (pipelines[__i__], &run);
  /* Containers move times, but keep the order of presentation */
  for (guint i = 1; i < N_FRAMES; i++)
    fail_unless (run.pts[i] > run.pts[i - 1], "%u at %" GST_TIME_FORMAT
        ", then %" GST_TIME_FORMAT, i, GST_TIME_ARGS (run.pts[i - 1]),
        GST_TIME_ARGS (run.pts[i]));
}

GST_END_TEST;

#define INJECT_264 X264 \
  " aud=true ! h264parse ! video/x-h264,alignment=au ! seiinject ! h264parse ! "
#define INJECT_265 X265 \
  " ! h265parse ! video/x-h265,alignment=au ! seiinject ! h265parse ! "
#define PAYLOADS " x.metadata ! fakesink name=payloads"

/* An element "frames" has as many decoded frames as there were before. */
static const gchar *const nal_pipelines[] = {
  (INJECT_264 "video/x-h264,stream-format=byte-stream,alignment=nal ! "
      "seiextract name=x" PAYLOADS),
  (INJECT_264 "video/x-h264,stream-format=avc,alignment=nal ! "
      "seiextract name=x" PAYLOADS),
  (X264 " ! h264parse ! video/x-h264,alignment=nal ! seiinject ! "
      "seiextract name=x" PAYLOADS),
  (X264 " ! h264parse ! video/x-h264,stream-format=avc,alignment=nal ! "
      "seiinject ! seiextract name=x" PAYLOADS),
  (X265 " ! h265parse ! video/x-h265,alignment=nal ! seiinject ! "
      "seiextract name=x" PAYLOADS),
  (INJECT_264 "rtph264pay ! rtph264depay ! video/x-h264,"
      "stream-format=byte-stream,alignment=nal ! seiextract name=x" PAYLOADS),
  (INJECT_265 "video/x-h265,stream-format=byte-stream,alignment=nal ! "
      "seiextract name=x" PAYLOADS),
  (INJECT_265 "video/x-h265,stream-format=hvc1,alignment=nal ! "
      "seiextract name=x" PAYLOADS),
  (X264 " ! video/x-h264,stream-format=byte-stream ! h264parse "
      "! video/x-h264,stream-format=byte-stream,alignment=nal "
      "! seiinject ! tee name=t ! queue ! h264parse ! avdec_h264 "
      "! fakesink name=frames "
      "t. ! queue ! seiextract name=x x.metadata ! queue "
      "! fakesink name=payloads"),
  (X265 " ! video/x-h265,stream-format=byte-stream ! h265parse "
      "! video/x-h265,stream-format=byte-stream,alignment=nal "
      "! seiinject ! tee name=t ! queue ! h265parse ! avdec_h265 "
      "! fakesink name=frames "
      "t. ! queue ! seiextract name=x x.metadata ! queue "
      "! fakesink name=payloads"),
  (INJECT_264 "video/x-h264,stream-format=byte-stream,alignment=nal ! "
      "seiextract name=x remove=true ! queue ! h264parse ! avdec_h264 ! "
      "fakesink name=frames x.metadata ! queue ! fakesink name=payloads"),
  (INJECT_265 "video/x-h265,stream-format=byte-stream,alignment=nal ! "
      "seiextract name=x remove=true ! queue ! h265parse ! avdec_h265 ! "
      "fakesink name=frames x.metadata ! queue ! fakesink name=payloads"),
};

GST_START_TEST (test_pipeline_nal_by_nal_numbers_have_times_of_frames)
{
  Run run;

  run_numbers (nal_pipelines[__i__], &run);
  for (guint i = 1; i < N_FRAMES; i++)
    fail_unless_equals_uint64 (run.pts[i] - run.pts[0], i * 40 * GST_MSECOND);
  if (strstr (nal_pipelines[__i__], "name=frames"))
    assert_equals_int (run.n_decoded, N_FRAMES);
}

GST_END_TEST;

#define NORTH "metadata=\"{\\\"camera\\\":\\\"north\\\"}\""

/* The launch lines of the documentation, but for the file that one writes */
static const gchar *const documented[] = {
  ("videotestsrc num-buffers=90 ! x264enc ! h264parse ! seiinject " NORTH
      " ! h264parse ! mp4mux ! fakesink"),
  ("videotestsrc num-buffers=90 ! x264enc ! h264parse ! seiinject " NORTH
      " ! seiextract name=x ! queue ! avdec_h264 ! fakesink "
      "x.metadata ! queue ! application/x-json ! fakesink name=payloads"),
  ("videotestsrc num-buffers=90 ! x265enc ! h265parse ! seiinject "
      "metadata=hello ! seiextract post-messages=true ! fakesink"),
};

static GstPadProbeReturn
expect_north (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  static const gchar expected[] = "{\"camera\":\"north\"}";
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Run *run = user_data;

  assert_equals_int (gst_buffer_get_size (buffer), strlen (expected));
  fail_unless (gst_buffer_memcmp (buffer, 0, expected, strlen (expected)) == 0);
  run->n_buffers++;

  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_pipeline_documented_lines_run)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (documented[__i__], &error);
  Run run = { 0 };

  fail_if (error, "%s", error ? error->message : "");
  add_probe (pipeline, "payloads", "sink", expect_north, &run);
  run_until_eos (pipeline);
  assert_equals_int (run.n_buffers, __i__ == 1 ? 90 : 0);
  gst_object_unref (pipeline);
}

GST_END_TEST;

static GstPadProbeReturn
expect_own (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstElement *sink = gst_pad_get_parent_element (pad);
  const gchar *own = GST_OBJECT_NAME (sink);
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Run *run = user_data;

  assert_equals_int (gst_buffer_get_size (buffer), strlen (own));
  fail_unless (gst_buffer_memcmp (buffer, 0, own, strlen (own)) == 0);
  g_atomic_int_inc (&run->n_buffers);
  gst_object_unref (sink);

  return GST_PAD_PROBE_OK;
}

/* In threads of their own */
GST_START_TEST (test_pipeline_two_instances_do_not_mix)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch ("videotestsrc num-buffers=40 ! "
      "video/x-raw,width=96,height=64,framerate=25/1 ! tee name=t "
      "t. ! queue ! " X264 " tune=zerolatency ! seiinject metadata=a "
      "! seiextract name=x x.metadata ! fakesink name=a "
      "t. ! queue ! " X264 " tune=zerolatency ! seiinject metadata=bb "
      "! seiextract name=y y.metadata ! fakesink name=bb", &error);
  Run run = { 0 };

  fail_if (error, "%s", error ? error->message : "");
  add_probe (pipeline, "a", "sink", expect_own, &run);
  add_probe (pipeline, "bb", "sink", expect_own, &run);
  run_until_eos (pipeline);
  assert_equals_int (run.n_buffers, 2 * N_FRAMES);
  gst_object_unref (pipeline);
}

GST_END_TEST;

static Suite *
pipeline_suite (void)
{
  Suite *s = suite_create ("pipeline");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_pipeline_numbers_arrive_on_their_frames, 0,
      G_N_ELEMENTS (pipelines));
  tcase_add_loop_test (tc,
      test_pipeline_nal_by_nal_numbers_have_times_of_frames, 0,
      G_N_ELEMENTS (nal_pipelines));
  tcase_add_loop_test (tc, test_pipeline_documented_lines_run, 0,
      G_N_ELEMENTS (documented));
  tcase_add_test (tc, test_pipeline_two_instances_do_not_mix);

  return s;
}

GST_CHECK_MAIN (pipeline);
