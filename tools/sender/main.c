/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* metakafka-sender: live test video with a JSON object in every frame, as RTP. */

#include <gio/gio.h>
#include <gst/gst.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "jsondup.h"

static const char *opt_host = "127.0.0.1";
static int opt_port = 5000;
static const char *opt_stream_id = "cam01";
static const char *opt_fps = "30/1";
static int opt_num_buffers = -1;

static const GOptionEntry entries[] = {
  {"host", 0, 0, G_OPTION_ARG_STRING, &opt_host,
      "Send to this host, IPv4 preferred (default: 127.0.0.1)", "HOST"},
  {"port", 0, 0, G_OPTION_ARG_INT, &opt_port,
      "Send to this UDP port, 1 to 65535 (default: 5000)", "PORT"},
  {"stream-id", 0, 0, G_OPTION_ARG_STRING, &opt_stream_id,
      "Name of the camera in the JSON (default: cam01)", "NAME"},
  {"fps", 0, 0, G_OPTION_ARG_STRING, &opt_fps,
      "Frames per second, N or N/D (default: 30/1)", "FPS"},
  {"num-buffers", 0, 0, G_OPTION_ARG_INT, &opt_num_buffers,
      "Stop after this many frames, -1 for never (default: -1)", "N"},
  {NULL}
};

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *inject;
  guint64 seq;                  /* streaming thread */
  int status;
} Sender;

/* N or N/D, both from 1 to what caps take. */
static gboolean
parse_fps (const char *text, int *n, int *d)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  guint64 number, denominator = 1;

  if (!parts[0]
      || !g_ascii_string_to_unsigned (parts[0], 10, 1, G_MAXINT, &number, NULL)
      || (parts[1] && !g_ascii_string_to_unsigned (parts[1], 10, 1, G_MAXINT,
              &denominator, NULL)))
    return FALSE;
  *n = number;
  *d = denominator;
  return TRUE;
}

/* The host's first IPv4 address, else its first address. */
static char *
resolve (const char *host, gboolean * is_ipv6, GError ** error)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  GList *addresses = g_resolver_lookup_by_name (resolver, host, NULL, error);
  GInetAddress *chosen;
  char *text;

  if (!addresses)
    return NULL;
  chosen = addresses->data;
  for (GList * l = addresses; l; l = l->next) {
    if (g_inet_address_get_family (l->data) == G_SOCKET_FAMILY_IPV4) {
      chosen = l->data;
      break;
    }
  }
  *is_ipv6 = g_inet_address_get_family (chosen) == G_SOCKET_FAMILY_IPV6;
  text = g_inet_address_to_string (chosen);
  g_resolver_free_addresses (addresses);
  return text;
}

/* Whether there is a route to @address: the kernel knows, and nothing is sent. */
static gboolean
check_route (const char *address, GError ** error)
{
  g_autoptr (GSocketAddress) to =
      g_inet_socket_address_new_from_string (address, opt_port);
  g_autoptr (GSocket) s =
      g_socket_new (g_socket_address_get_family (to), G_SOCKET_TYPE_DATAGRAM,
      G_SOCKET_PROTOCOL_UDP, error);

  return s && g_socket_connect (s, to, NULL, error);
}

/* The object of a test frame: as a detector would describe it, but with values that
 * follow from @seq, so that a receiver can check them. @ts_ns is the frame's PTS. */
static char *
make_json (guint64 seq, guint64 ts_ns)
{
  static const char *const labels[] = { "person", "car", "dog", "bicycle" };
  const guint hundredths = 50 + seq % 50;
  /* written as people write numbers: 0.6, not 0.60 and not 0.59999999999999998 */
  const guint digits = hundredths % 10 ? hundredths : hundredths / 10;
  g_autofree char *id = json_dup_quoted (opt_stream_id,
      strlen (opt_stream_id), NULL);

  return g_strdup_printf ("{\"stream_id\": %s, \"seq\": %" G_GUINT64_FORMAT
      ", \"ts_ns\": %" G_GUINT64_FORMAT ", \"objects\": [{\"id\": \"obj-%"
      G_GUINT64_FORMAT "\", \"label\": \"%s\", \"confidence\": 0.%u, \"bbox\": "
      "{\"x\": 0.%u, \"y\": 0.1, \"w\": 0.3, \"h\": 0.3}}], "
      "\"source\": \"seiinject\"}", id, seq, ts_ns, seq % 9999 + 1,
      labels[seq % 4], digits, (guint) (1 + seq % 5));
}

/* What is set here goes into this very buffer. */
static GstPadProbeReturn
on_frame (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Sender *sender = data;
  const GstClockTime pts = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));
  g_autofree char *json = make_json (sender->seq++,
      GST_CLOCK_TIME_IS_VALID (pts) ? pts : 0);

  g_object_set (sender->inject, "metadata", json, NULL);
  return GST_PAD_PROBE_OK;
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  Sender *sender = data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      tool_say ("[Sender] EOS");
      g_main_loop_quit (sender->loop);
      break;
    case GST_MESSAGE_ERROR:{
      g_autoptr (GError) error = NULL;

      gst_message_parse_error (message, &error, NULL);
      tool_warn ("%s: stopped; try again, or look closer with GST_DEBUG=3",
          error->message);
      sender->status = TOOL_FAILED;
      g_main_loop_quit (sender->loop);
      break;
    }
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (sender->pipeline));
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static void
on_signal (gpointer data)
{
  Sender *sender = data;

  tool_say ("[Sender] Shutting down...");
  gst_element_send_event (sender->pipeline, gst_event_new_eos ());
}

static GstElement *
make_pipeline (int fps_n, int fps_d, GError ** error)
{
  g_autofree char *description = NULL;

  /* A key frame every second at 30 frames per second, and parameter sets with
   * it, so that a receiver can begin at any time. */
  description = g_strdup_printf ("videotestsrc is-live=true num-buffers=%d !"
      " video/x-raw,format=I420,width=640,height=360,framerate=%d/%d !"
      " x264enc tune=zerolatency speed-preset=superfast key-int-max=30"
      " bitrate=1000 ! h264parse ! seiinject name=inject !"
      " rtph264pay config-interval=1 ! udpsink name=sink",
      opt_num_buffers, fps_n, fps_d);
  return gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS,
      error);
}

static int
run (Sender * sender, const char *address, int fps_n, int fps_d)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstBus) bus = NULL;

  sender->pipeline = make_pipeline (fps_n, fps_d, &error);
  if (!sender->pipeline) {
    tool_warn ("%s: install the GStreamer plugins good, bad and ugly, and set"
        " GST_PLUGIN_PATH to the folder that has libgstmetakafka.so",
        error->message);
    return TOOL_FAILED;
  }
  sink = gst_bin_get_by_name (GST_BIN (sender->pipeline), "sink");
  g_object_set (sink, "host", address, "port", opt_port, NULL);
  sender->inject = gst_bin_get_by_name (GST_BIN (sender->pipeline), "inject");
  pad = gst_element_get_static_pad (sender->inject, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, sender, NULL);
  bus = gst_element_get_bus (sender->pipeline);
  gst_bus_add_watch (bus, on_message, sender);
  sender->loop = g_main_loop_new (NULL, FALSE);
  tool_on_signals (on_signal, sender);

  gst_element_set_state (sender->pipeline, GST_STATE_PLAYING);
  g_main_loop_run (sender->loop);
  gst_element_set_state (sender->pipeline, GST_STATE_NULL);

  gst_bus_remove_watch (bus);
  g_main_loop_unref (sender->loop);
  gst_object_unref (sender->inject);
  gst_object_unref (sender->pipeline);
  return sender->status;
}

int
main (int argc, char **argv)
{
  Sender sender = { NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  g_autofree char *frames = NULL;
  gboolean is_ipv6;
  int fps_n, fps_d, status;

  if (!tool_start (&argc, &argv, "metakafka-sender",
          "Sends live test video as RTP/H.264, with a JSON object as SEI in"
          " every frame.", entries, gst_init_get_option_group (),
          TOOL_OUTPUT_NEVER_BLOCK, &status))
    return status;
  if (!tool_check_port (opt_port))
    return tool_usage ("--port %d is not a UDP port: give 1 to 65535",
        opt_port);
  if (*opt_host == '\0')
    return tool_usage ("--host needs the name or address of a host");
  if (!parse_fps (opt_fps, &fps_n, &fps_d))
    return tool_usage ("--fps %s is not a frame rate: give N or N/D, such as"
        " 30 or 30000/1001", opt_fps);
  if (opt_num_buffers < -1)
    return tool_usage ("--num-buffers %d is not a number of frames: give 0 or"
        " more, or -1 to send for ever", opt_num_buffers);

  address = resolve (opt_host, &is_ipv6, &error);
  if (!address) {
    tool_warn ("%s: check --host %s", error->message, opt_host);
    return TOOL_FAILED;
  }
  if (!check_route (address, &error)) {
    tool_warn ("%s (%s): check --host and the network", error->message,
        address);
    return TOOL_FAILED;
  }
  frames = opt_num_buffers < 0 ? g_strdup ("∞") :
      g_strdup_printf ("%d", opt_num_buffers);
  tool_say ("[Sender] RTP/H264 → udp://%s%s%s:%d , stream_id=%s,"
      " num-buffers=%s", is_ipv6 ? "[" : "", address, is_ipv6 ? "]" : "",
      opt_port, opt_stream_id, frames);
  if (opt_num_buffers == 0) {
    tool_say ("[Sender] EOS");
    return TOOL_DONE;
  }
  return run (&sender, address, fps_n, fps_d);
}
