/* Prints the metadata of every frame:
 * cc embed.c -o embed $(pkg-config --cflags --libs gstsei-1.0 gstreamer-1.0) */
#include <gst/gst.h>
#include <gst/sei/sei.h>

static void
on_frame (GstElement * sink, GstBuffer * frame, GstPad * pad, gpointer data)
{
  gpointer state = NULL;
  GstSeiMeta *meta;
  gsize size;

  while ((meta = gst_sei_buffer_iterate_meta (frame, &state))) {
    const char *text = g_bytes_get_data (meta->payload, &size);

    g_print ("%.*s\n", (int) size, text);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  GstElement *pipeline = gst_parse_launch ("videotestsrc num-buffers=5 !"
      " x264enc ! h264parse ! seiinject metadata=hello ! seiextract !"
      " fakesink name=sink signal-handoffs=true", NULL);
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");

  g_signal_connect (sink, "handoff", G_CALLBACK (on_frame), NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (gst_bus_timed_pop_filtered (pipeline->bus,
          GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  return 0;
}
