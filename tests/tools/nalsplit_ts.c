/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* nalsplit behind tsdemux */

#include <string.h>

#include <glib/gstdio.h>
#include <gst/check/check.h>
#include <gst/sei/sei.h>

#include "nal.h"
#include "parse.h"

/* --- MPEG-TS ----------------------------------------------------------------- */

static const guint8 uuid[16] = { 0xa4, 0xb0, 0, 0, 1, 0, 0, 0, 9 };

#define N_FRAMES 40

/* Each frame says its PTS. */
static GstPadProbeReturn
add_time (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GstBuffer *buffer =
      gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  gchar *text = g_strdup_printf ("%" G_GUINT64_FORMAT, GST_BUFFER_PTS (buffer));
  g_autoptr (GBytes) payload = g_bytes_new_take (text, strlen (text));

  gst_sei_buffer_add_meta (buffer, uuid, payload);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static void
append_buffer (GstElement * sink, GstBuffer * buffer, GstPad * pad,
    gpointer data)
{
  GstMapInfo map;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_byte_array_append (data, map.data, (guint) map.size);
  gst_buffer_unmap (buffer, &map);
}

static void
take_payload (GstElement * sink, GstBuffer * buffer, GstPad * pad,
    gpointer data)
{
  g_ptr_array_add (data, gst_buffer_ref (buffer));
}

/* Runs a pipeline to its end. func: (scope call): handler for the buffers that come to
 * its element "sink" */
static void
run (const gchar * line, GCallback func, gpointer data)
{
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, NULL);
  g_autoptr (GstElement) sink = NULL, encoder = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  fail_unless (pipeline != NULL, "%s", line);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_object_set (sink, "signal-handoffs", TRUE, "sync", FALSE, "async", FALSE,
      NULL);
  g_signal_connect (sink, "handoff", func, data);
  encoder = gst_bin_get_by_name (GST_BIN (pipeline), "encoder");
  if (encoder) {
    g_autoptr (GstPad) pad = gst_element_get_static_pad (encoder, "sink");

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, add_time, NULL, NULL);
  }
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL
      && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS, "%s", line);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Returns: (transfer full): the payloads of an MPEG-TS, buffers with their times */
static GPtrArray *
read_payloads (const guint8 * data, gsize size)
{
  GPtrArray *payloads =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  g_autofree gchar *path = NULL, *line = NULL;
  const gint fd = g_file_open_tmp ("nalsplit-XXXXXX", &path, NULL);

  fail_unless (fd >= 0 && g_close (fd, NULL));
  fail_unless (g_file_set_contents (path, (const gchar *) data, (gssize) size,
          NULL));
  line = g_strdup_printf ("filesrc location=%s blocksize=1316 !"
      " video/mpegts,systemstream=true ! tsdemux ! nalsplit ! seiextract name=x"
      " x.metadata ! fakesink name=sink", path);
  run (line, G_CALLBACK (take_payload), payloads);
  g_unlink (path);
  return payloads;
}

/* Each has the time that it says, but for one difference; a tick is 11 us. */
static void
assert_times (GPtrArray * payloads)
{
  gint64 difference = 0;

  for (guint i = 0; i < payloads->len; i++) {
    GstBuffer *buffer = payloads->pdata[i];
    gchar text[32] = "";
    gint64 here;

    fail_unless (GST_BUFFER_PTS_IS_VALID (buffer));
    gst_buffer_extract (buffer, 0, text, sizeof (text) - 1);
    here = (gint64) (GST_BUFFER_PTS (buffer)
        - g_ascii_strtoull (text, NULL, 10));
    if (i == 0)
      difference = here;
    fail_unless (ABS (here - difference) < 20 * GST_USECOND,
        "payload %u: %" G_GINT64_FORMAT " ns", i, here - difference);
  }
}

static GByteArray *
make_ts (H26xCodec codec)
{
  static const gchar *const encoders[] = {
    "x264enc name=encoder bframes=2 b-adapt=false threads=1 key-int-max=10"
        " option-string=slices=3",
    "x265enc name=encoder key-int-max=10 speed-preset=superfast"
        " option-string=pools=1:bframes=2:b-adapt=0:slices=3"
  };
  GByteArray *ts = g_byte_array_new ();
  g_autofree gchar *line = g_strdup_printf ("videotestsrc num-buffers=%u"
      " pattern=snow ! video/x-raw,width=160,height=96,framerate=25/1 ! %s !"
      " %sparse ! seiinject ! mpegtsmux ! fakesink name=sink", N_FRAMES,
      encoders[codec], codec == H26X_CODEC_H265 ? "h265" : "h264");

  run (line, G_CALLBACK (append_buffer), ts);
  return ts;
}

GST_START_TEST (test_nalsplit_behind_tsdemux_gives_each_message_its_time)
{
  g_autoptr (GByteArray) ts = make_ts (__i__);
  g_autoptr (GPtrArray) payloads = read_payloads (ts->data, ts->len);

  fail_unless_equals_int (payloads->len, N_FRAMES);
  assert_times (payloads);
}

GST_END_TEST;

/* A receiver that joins in the middle of a group of pictures needs the tables of
 * MPEG-TS, but no parameter sets. */
GST_START_TEST (test_nalsplit_behind_tsdemux_joins_before_parameter_sets)
{
  g_autoptr (GByteArray) ts = make_ts (__i__);
  g_autoptr (GByteArray) joined = g_byte_array_new ();
  g_autoptr (GPtrArray) payloads = NULL;
  const guint from = ts->len / 188 / 2 * 188;

  /* mpegtsmux begins with PAT and PMT */
  g_byte_array_append (joined, ts->data, 188 * 2);
  g_byte_array_append (joined, ts->data + from, ts->len - from);
  payloads = read_payloads (joined->data, joined->len);
  /* The frames are about equally large */
  fail_unless (payloads->len > N_FRAMES / 2 - 6
      && payloads->len < N_FRAMES / 2 + 6, "%u", payloads->len);
  assert_times (payloads);
}

GST_END_TEST;

static Suite *
nalsplit_ts_suite (void)
{
  Suite *s = suite_create ("nalsplit_ts");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 120);
  bridge_parse_register ();
  tcase_add_loop_test (tc,
      test_nalsplit_behind_tsdemux_gives_each_message_its_time, 0, 2);
  tcase_add_loop_test (tc,
      test_nalsplit_behind_tsdemux_joins_before_parameter_sets, 0, 2);
  return s;
}

GST_CHECK_MAIN (nalsplit_ts);
