/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "options.h"

#include <net/if.h>
#include <string.h>

#include "common.h"

#define DEFAULT_HOST "127.0.0.1"
#define DEFAULT_PORT 5000

static const char *opt_host;
static int opt_port = G_MININT;
static const char *opt_output;
static const char *opt_interface;
static int opt_mtu = G_MININT;
static int opt_ttl = G_MININT;
static const char *opt_rtp_times = "none";
static const char *opt_input;
static gboolean opt_loop;
static const char *opt_codec;
static const char *opt_size;
static int opt_bitrate = G_MININT;
static const char *opt_fps;
static int opt_num_buffers = -1;
static const char *opt_stream_id = "cam01";
static const char *opt_session;
static const char *opt_metadata;
static const char *opt_time_member;
static gboolean opt_klv;
static const char *opt_script_data;

const GOptionEntry sender_option_entries[] = {
  {"host", 0, 0, G_OPTION_ARG_STRING, &opt_host,
      "Send to this host, IPv4 preferred (default: 127.0.0.1)", "HOST"},
  {"port", 0, 0, G_OPTION_ARG_INT, &opt_port,
      "Send to this UDP port, 1 to 65535 (default: 5000)", "PORT"},
  {"output", 0, 0, G_OPTION_ARG_STRING, &opt_output,
      "Where to: rtp://HOST:PORT, udp://HOST:PORT or srt://HOST:PORT (MPEG-TS),"
        " or a file (.ts, .mp4, .mkv, .h264, .h265); ${NAME} is an environment"
        " variable (default: rtp of --host and --port)", "URI"},
  {"interface", 0, 0, G_OPTION_ARG_STRING, &opt_interface,
      "Network interface for a multicast group (default: what the system"
        " chooses)", "NAME"},
  {"mtu", 0, 0, G_OPTION_ARG_INT, &opt_mtu,
      "Bytes that a datagram may have, 200 to 65507 (default: 1400)", "BYTES"},
  {"ttl", 0, 0, G_OPTION_ARG_INT, &opt_ttl,
      "Routers that a datagram may pass, 0 to 255 (default: 64, of multicast"
        " 1)", "N"},
  {"rtp-times", 0, 0, G_OPTION_ARG_STRING, &opt_rtp_times,
      "Time of day in RTP: none, rtcp (sender reports at PORT + 1) or all (and"
        " header extensions of RFC 6051) (default: none)", "WHICH"},
  {"input", 0, 0, G_OPTION_ARG_STRING, &opt_input,
      "Video to send, a file, URI or device such as /dev/video0; ${NAME} is an"
        " environment variable (default: test video)", "URI"},
  {"loop", 0, 0, G_OPTION_ARG_NONE, &opt_loop,
      "Send the file of --input again and again", NULL},
  {"codec", 0, 0, G_OPTION_ARG_STRING, &opt_codec,
      "h264 or h265 (default: that of the input, h264 for what is encoded"
        " here)", "CODEC"},
  {"size", 0, 0, G_OPTION_ARG_STRING, &opt_size,
        "Size of what is encoded here (default: 640x360, or that of the input)",
      "WxH"},
  {"bitrate", 0, 0, G_OPTION_ARG_INT, &opt_bitrate,
      "kbit/s of what is encoded here, 1 to 100000 (default: 1000)", "KBIT"},
  {"fps", 0, 0, G_OPTION_ARG_STRING, &opt_fps,
      "Frames per second, N or N/D (default: 30/1)", "FPS"},
  {"num-buffers", 0, 0, G_OPTION_ARG_INT, &opt_num_buffers,
      "Stop after this many frames, -1 for never (default: -1)", "N"},
  {"stream-id", 0, 0, G_OPTION_ARG_STRING, &opt_stream_id,
      "Name of the camera in the JSON (default: cam01)", "NAME"},
  {"session", 0, 0, G_OPTION_ARG_STRING, &opt_session,
      "Add a member session to each object, auto for a random one (default:"
        " none)", "TEXT"},
  {"metadata", 0, 0, G_OPTION_ARG_STRING, &opt_metadata,
      "Send these JSON lines, - for stdin, in place of the test objects"
        " (default: none)", "FILE"},
  {"time-member", 0, 0, G_OPTION_ARG_STRING, &opt_time_member,
      "Member of the JSON lines that says when each is due (default: one line"
        " per frame)", "NAME"},
  {"klv", 0, 0, G_OPTION_ARG_NONE, &opt_klv,
      "Send the telemetry of a test flight beside the video, as KLV (MISB ST"
        " 0601)", NULL},
  {"script-data", 0, 0, G_OPTION_ARG_STRING, &opt_script_data,
      "Send the objects as script data of FLV, as events of this name such as"
        " onTextData, in place of SEI (default: SEI)", "EVENT"},
  {NULL}
};

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

/* WxH, both even because I420 has chroma of half the size, and as x265 takes them. */
static gboolean
parse_size (const char *text, int *width, int *height)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", 2);
  guint64 w, h;

  if (!parts[0] || !parts[1]
      || !g_ascii_string_to_unsigned (parts[0], 10, 64, 8192, &w, NULL)
      || !g_ascii_string_to_unsigned (parts[1], 10, 32, 8192, &h, NULL)
      || w % 2 != 0 || h % 2 != 0)
    return FALSE;
  *width = w;
  *height = h;
  return TRUE;
}

/* The number of an option, or @fallback if it was not given. */
static gboolean
take_number (const char *option, const char *what, int given, int min, int max,
    int fallback, int *result)
{
  if (given != G_MININT && (given < min || given > max)) {
    tool_usage ("%s %d is not %s: give %d to %d", option, given, what, min,
        max);
    return FALSE;
  }
  *result = given == G_MININT ? fallback : given;
  return TRUE;
}

static gboolean
check_choices (SenderOptions * options)
{
  if (!opt_codec)
    options->codec = SENDER_CODEC_ANY;
  else if (!strcmp (opt_codec, "h264"))
    options->codec = SENDER_CODEC_H264;
  else if (!strcmp (opt_codec, "h265"))
    options->codec = SENDER_CODEC_H265;
  else
    return tool_usage ("--codec %s is unknown: give h264 or h265",
        opt_codec), FALSE;

  if (!strcmp (opt_rtp_times, "none"))
    options->rtp_times = RTP_TIMES_NONE;
  else if (!strcmp (opt_rtp_times, "rtcp"))
    options->rtp_times = RTP_TIMES_RTCP;
  else if (!strcmp (opt_rtp_times, "all"))
    options->rtp_times = RTP_TIMES_ALL;
  else
    return tool_usage ("--rtp-times %s is unknown: give none, rtcp or all",
        opt_rtp_times), FALSE;
  return TRUE;
}

static gboolean
check_numbers (SenderOptions * options)
{
  const char *fps = opt_fps ? opt_fps : "30/1";

  options->port = opt_port == G_MININT ? DEFAULT_PORT : opt_port;
  if (!tool_check_port (options->port)) {
    tool_usage ("--port %d is not a UDP port: give 1 to 65535", options->port);
    return FALSE;
  }
  options->has_fps = opt_fps != NULL;
  if (!parse_fps (fps, &options->fps_n, &options->fps_d)) {
    tool_usage ("--fps %s is not a frame rate: give N or N/D, such as 30 or"
        " 30000/1001", fps);
    return FALSE;
  }
  options->num_buffers = opt_num_buffers;
  if (opt_num_buffers < -1) {
    tool_usage ("--num-buffers %d is not a number of frames: give 0 or more, or"
        " -1 to send for ever", opt_num_buffers);
    return FALSE;
  }
  if (opt_size && !parse_size (opt_size, &options->width, &options->height)) {
    tool_usage
        ("--size %s is not a size: give WIDTHxHEIGHT in even numbers from"
        " 64x32 to 8192x8192, such as 1280x720", opt_size);
    return FALSE;
  }
  return take_number ("--bitrate", "a rate in kbit/s", opt_bitrate, 1, 100000,
      0, &options->bitrate)
      && take_number ("--mtu", "a size of datagrams", opt_mtu, 200, 65507,
      0, &options->mtu)
      && take_number ("--ttl", "a number of routers", opt_ttl, 0, 255,
      -1, &options->ttl);
}

/* The text of an option, which is not to be empty */
static gboolean
check_text (const char *option, const char *text, const char *what)
{
  if (text && *text == '\0') {
    tool_usage ("%s needs %s", option, what);
    return FALSE;
  }
  return TRUE;
}

/* @uri: (out): what @text says, or NULL if it is not given */
static gboolean
read_uri (const char *option, const char *text, const char *what,
    ToolUri ** uri)
{
  g_autoptr (GError) error = NULL;

  *uri = NULL;
  if (!text)
    return TRUE;
  if (!check_text (option, text, what))
    return FALSE;
  *uri = tool_uri_new (text, &error);
  if (*uri && tool_uri_check_secrets (*uri, NULL, &error))
    return TRUE;
  tool_usage ("%s: %s", option, error->message);
  return FALSE;
}

static gboolean
check_texts (SenderOptions * options)
{
  if (!check_text ("--host", opt_host, "the name or address of a host")
      || !read_uri ("--output", opt_output,
          "rtp://HOST:PORT, udp://HOST:PORT, srt://HOST:PORT,"
          " rtmp://HOST/APPLICATION/STREAM or a file", &options->output_uri)
      || !check_text ("--interface", opt_interface, "the name of an interface")
      || !read_uri ("--input", opt_input, "a file, URI or device",
          &options->input_uri)
      || !check_text ("--session", opt_session, "a text, or auto")
      || !check_text ("--script-data", opt_script_data, "the name of an event")
      || !check_text ("--metadata", opt_metadata, "a file, or - for stdin")
      || !check_text ("--time-member", opt_time_member, "the name of a member"))
    return FALSE;
  options->host = opt_host ? opt_host : DEFAULT_HOST;
  options->output = opt_output;
  options->interface = opt_interface;
  options->input = opt_input;
  options->stream_id = opt_stream_id;
  options->session = opt_session;
  options->metadata = opt_metadata;
  options->time_member = opt_time_member;
  options->loop = opt_loop;
  options->klv = opt_klv;
  options->script_data = opt_script_data;
  return TRUE;
}

/* What makes no sense together */
static gboolean
check_together (void)
{
  if (opt_output && (opt_host || opt_port != G_MININT)) {
    tool_usage ("--output says where to: leave --host and --port out");
    return FALSE;
  }
  if (opt_loop && !opt_input) {
    tool_usage ("--loop needs a file to repeat: add --input FILE");
    return FALSE;
  }
  if (opt_loop && !strcmp (opt_input, "-")) {
    tool_usage ("--loop needs a file: --input - has no end to begin again"
        " from");
    return FALSE;
  }
  if (opt_input && opt_metadata && !strcmp (opt_input, "-")
      && !strcmp (opt_metadata, "-")) {
    tool_usage ("--input - and --metadata - cannot both read stdin: give a file"
        " for one of them");
    return FALSE;
  }
  if (opt_interface && if_nametoindex (opt_interface) == 0) {
    tool_usage ("--interface %s: there is no such network interface:"
        " \"ip link\" lists those that are", opt_interface);
    return FALSE;
  }
  if (opt_time_member && !opt_metadata) {
    tool_usage ("--time-member needs lines with times: add --metadata FILE");
    return FALSE;
  }
  if (opt_time_member && !strcmp (opt_metadata, "-")) {
    tool_usage ("--time-member needs a file: lines from stdin go into the frame"
        " that is next, so leave it out, or give --metadata FILE");
    return FALSE;
  }
  return TRUE;
}

gboolean
sender_options_check (SenderOptions * options)
{
  return check_texts (options) && check_numbers (options)
      && check_choices (options) && check_together ();
}

void
sender_options_clear (SenderOptions * options)
{
  g_clear_pointer (&options->output_uri, tool_uri_free);
  g_clear_pointer (&options->input_uri, tool_uri_free);
}

const char *
sender_codec_name (SenderCodec codec)
{
  return codec == SENDER_CODEC_H265 ? "H265" : "H264";
}
