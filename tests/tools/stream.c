/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A file as an input: whether anything still reads it */

#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>

#include "inputclass.h"
#include "parse.h"

static const InputSettings settings = {
  .content = {.scan = "head"},
  .latency_ms = -1,
};

static GstPadProbeReturn
hold_buffer (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GAsyncQueue *held = data;

  g_async_queue_push (held, GINT_TO_POINTER (TRUE));
  return GST_PAD_PROBE_OK;
}

static void
wait_for_end (GstElement * pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);

  fail_unless (gst_message_has_name (message, "content-ended"));
  gst_message_unref (message);
}

/* A demuxer whose error nobody hears looks like one that is at its end. */
GST_START_TEST (a_file_that_nothing_reads_any_more_is_dead)
{
  g_autofree char *path = NULL;
  const int fd = g_file_open_tmp ("XXXXXX.jsonl", &path, NULL);
  g_autoptr (GAsyncQueue) held = g_async_queue_new ();
  InputSpec spec = {.kind = INPUT_FILE,.path = path,.shown = path };
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *bin = gst_bin_new (NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  Content *content = content_new (GST_BIN (bin), &settings.content, "file",
      FALSE);
  GstPad *pad;
  gpointer source;
  gulong probe;

  fail_unless (g_file_set_contents (path, "{\"a\":1}\n", -1, NULL));
  g_close (fd, NULL);
  bridge_parse_register ();
  g_object_set (sink, "async", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), bin, sink, NULL);
  source = stream_class.open (&spec, &settings, GST_BIN (bin), content, NULL);
  fail_unless (source != NULL);
  fail_unless (gst_element_link (bin, sink));
  pad = gst_element_get_static_pad (sink, "sink");
  probe = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK
      | GST_PAD_PROBE_TYPE_BUFFER, hold_buffer, held, NULL);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_async_queue_pop (held);
  fail_if (stream_class.is_dead (source));
  gst_pad_remove_probe (pad, probe);
  wait_for_end (pipeline);
  /* its thread has a few steps to go */
  while (!stream_class.is_dead (source))
    g_thread_yield ();

  gst_element_set_state (pipeline, GST_STATE_NULL);
  stream_class.close (source);
  content_free (content);
  gst_object_unref (pad);
  gst_object_unref (pipeline);
  g_unlink (path);
}

GST_END_TEST;

static Suite *
stream_suite (void)
{
  Suite *suite = suite_create ("stream");
  TCase *tc = tcase_create ("files");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, a_file_that_nothing_reads_any_more_is_dead);
  return suite;
}

GST_CHECK_MAIN (stream);
