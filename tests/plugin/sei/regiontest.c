/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "regiontest.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 96
#define HEIGHT 64

static void
add (GstBuffer * buffer, const gchar * label, gint id, guint x, guint y,
    guint w, guint h)
{
  gst_buffer_add_video_region_of_interest_meta (buffer, label, x, y, w,
      h)->id = id;
}

void
test_add_car (GstBuffer * buffer)
{
  add (buffer, "car", 7, 10, 20, 30, 30);
}

void
test_add_dog (GstBuffer * buffer)
{
  add (buffer, "dog", 0, 0, 0, 100, 50);
}

guint
test_count_regions (GstBuffer * buffer)
{
  return gst_buffer_get_n_meta (buffer,
      GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE);
}

GstHarness *
test_region_harness (const gchar * element, const TestFormat * format,
    gboolean whole)
{
  GstHarness *h = gst_harness_new (element);
  gchar *caps = whole ? test_caps (format) : test_nal_caps (format);
  gchar *sized = g_strconcat (caps, ",width=100,height=50", NULL);

  gst_harness_set_src_caps_str (h, sized);
  g_free (sized);
  g_free (caps);

  return h;
}

/* --- pipelines ----------------------------------------------------------- */

static GstPadProbeReturn
detect (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  guint *n = user_data;
  GstBuffer *buffer =
      gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));

  add (buffer, "frame", *n, *n, 20, 10, 10);
  (*n)++;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static void
add_probe (GstElement * pipeline, const gchar * name, const gchar * pad_name,
    GstPadProbeCallback probe, gpointer user_data)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, probe, user_data, NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
}

void
test_run_detector (const gchar * elements, const gchar * name,
    GstPadProbeCallback probe, gpointer user_data)
{
  gchar *line = g_strdup_printf ("videotestsrc num-buffers=%u ! video/x-raw,"
      "width=%u,height=%u,framerate=25/1 ! identity name=raw ! %s",
      TEST_N_FRAMES, WIDTH, HEIGHT, elements);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  guint n = 0;

  fail_if (error, "%s", error ? error->message : "");
  add_probe (pipeline, "raw", "src", detect, &n);
  add_probe (pipeline, name, "sink", probe, user_data);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS,
      "%s of %s", message ? GST_MESSAGE_TYPE_NAME (message) : "nothing", line);
  assert_equals_int (n, TEST_N_FRAMES);
  gst_message_unref (message);
  gst_object_unref (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  g_free (line);
}

guint
test_frame_of_payload (const gchar * text, gsize size)
{
  gchar *copy = g_strndup (text, size);
  gdouble x;
  guint n;

  fail_unless (sscanf (copy, "{\"objects\": [{\"id\": \"obj-%u\", \"label\": "
          "\"frame\", \"bbox\": {\"x\": %lf, \"y\": 0.3125, \"w\": 0.1042, "
          "\"h\": 0.1563}}]}", &n, &x) == 2, "%s", copy);
  assert_equals_int ((guint) (x * WIDTH + 0.5), n);
  fail_unless (n < TEST_N_FRAMES);
  g_free (copy);

  return n;
}
