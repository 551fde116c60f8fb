/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "destination.h"

#include <gio/gio.h>
#include <string.h>

#include "common.h"

#define TS_PACKET_SIZE 188
#define DEFAULT_MTU 1400
#define SRT_DEFAULT_LATENCY_MS 125
#define RTCP_BYE_MS 100
#define RTMP_END_MS 500

/* The host's first IPv4 address, else its first address. */
static char *
resolve (const char *host, GError ** error)
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
  text = g_inet_address_to_string (chosen);
  g_resolver_free_addresses (addresses);
  return text;
}

/* Whether there is a route to @address: the kernel knows, and nothing is sent. */
static gboolean
check_route (const char *address, guint port, GError ** error)
{
  g_autoptr (GSocketAddress) to =
      g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GSocket) s =
      g_socket_new (g_socket_address_get_family (to), G_SOCKET_TYPE_DATAGRAM,
      G_SOCKET_PROTOCOL_UDP, error);

  return s && g_socket_connect (s, to, NULL, error);
}

static int
init_datagrams (Destination * self, const SenderOptions * options,
    const char *host, int port)
{
  const char *option = options->output ? "--output" : "--host";
  g_autoptr (GError) error = NULL;
  const char *left = "", *right = "";

  self->port = port;
  if (self->kind == DESTINATION_RTP && options->rtp_times != RTP_TIMES_NONE
      && port == 65535)
    return tool_usage ("--rtp-times needs the port behind that of RTP: give a"
        " port below 65535, or --rtp-times none");
  self->address = resolve (host, &error);
  if (!self->address) {
    tool_warn ("%s: check %s %s", error->message, option,
        options->output ? options->output : host);
    return TOOL_FAILED;
  }
  /* a multicast group may have a route by its interface alone */
  if (!options->interface && !check_route (self->address, port, &error)) {
    tool_warn ("%s (%s): check %s and the network", error->message,
        self->address, option);
    return TOOL_FAILED;
  }
  if (strchr (self->address, ':')) {
    left = "[";
    right = "]";
  }
  self->shown = g_strdup_printf ("udp://%s%s%s:%d", left, self->address, right,
      port);
  return TOOL_DONE;
}

/* Whether srtsink knows the parameter, and it is right. */
static gboolean
check_srt_parameter (const char *name, const char *value, const char *shown)
{
  const gsize size = strlen (value);

  if (!strcmp (name, "mode")) {
    if (strcmp (value, "caller") != 0 && strcmp (value, "listener") != 0)
      return tool_usage ("--output %s: mode is %s: give caller or listener",
          shown, value), FALSE;
  } else if (!strcmp (name, "latency")) {
    if (!g_ascii_string_to_unsigned (value, 10, 0, 60000, NULL, NULL))
      return tool_usage ("--output %s: latency is %s: give milliseconds, 0 to"
          " 60000", shown, value), FALSE;
  } else if (!strcmp (name, "passphrase")) {
    if (size < 10 || size > 79)
      return tool_usage ("--output %s: the passphrase has %" G_GSIZE_FORMAT
          " characters: give one of 10 to 79", shown, size), FALSE;
  } else if (!strcmp (name, "pbkeylen")) {
    if (strcmp (value, "16") != 0 && strcmp (value, "24") != 0
        && strcmp (value, "32") != 0)
      return tool_usage ("--output %s: pbkeylen is %s: give 16, 24 or 32",
          shown, value), FALSE;
  } else if (strcmp (name, "streamid") != 0) {
    return tool_usage ("--output %s: %s is unknown: srt takes mode, latency,"
        " passphrase, pbkeylen and streamid", shown, name), FALSE;
  }
  return TRUE;
}

static int
init_srt (Destination * self, const char *host, int port, const char *query,
    const char *shown)
{
  const gboolean has_host = host && *host != '\0';
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer name, value;
  const char *mode;

  self->shown = g_strdup (shown);
  self->query = g_uri_parse_params (query ? query : "", -1, "&",
      G_URI_PARAMS_NONE, &error);
  if (!self->query)
    return tool_usage ("--output %s: %s: give parameters as in"
        " ?mode=listener&latency=200", shown, error->message);
  g_hash_table_iter_init (&iter, self->query);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!check_srt_parameter (name, value, shown))
      return TOOL_USAGE;
  mode = g_hash_table_lookup (self->query, "mode");
  if (!mode)
    mode = has_host ? "caller" : "listener";
  if (!has_host && !strcmp (mode, "caller"))
    return tool_usage ("--output %s calls nobody: give srt://HOST:PORT, or"
        " ?mode=listener", shown);
  self->uri = g_strdup_printf (has_host && strchr (host, ':') ?
      "srt://[%s]:%d?mode=%s" : "srt://%s:%d?mode=%s", has_host ? host : "",
      port, mode);
  return TOOL_DONE;
}

/* Of GStreamer's muxers only that of MPEG-TS takes KLV. */
static int
check_klv (const Destination * self, const SenderOptions * options)
{
  if (!options->klv || self->kind == DESTINATION_TS)
    return TOOL_DONE;
  if (self->kind == DESTINATION_RTMP)
    return tool_usage ("--output %s takes no KLV: leave --klv out, or give"
        " rtp://, udp:// or srt://", self->shown);
  return tool_usage ("--output %s is a file that takes no KLV: leave --klv out,"
      " or give a name that ends with .ts", self->shown);
}

/* GStreamer writes H.264 alone into FLV. */
static void
init_flv (Destination * self, DestinationKind kind)
{
  self->kind = kind;
  self->codec = SENDER_CODEC_H264;
}

static gboolean
has_flv (const Destination * self)
{
  return self->kind == DESTINATION_RTMP || self->kind == DESTINATION_FLV;
}

static int
init_rtmp (Destination * self, const SenderOptions * options, const char *uri)
{
  g_autoptr (GError) error = NULL;

  init_flv (self, DESTINATION_RTMP);
  self->uri = g_strdup (uri);
  self->shown = g_strdup (options->output);
  if (!tool_uri_check_rtmp (options->output_uri, &error))
    return tool_usage ("--output %s", error->message);
  return check_klv (self, options);
}

static int
init_file (Destination * self, const SenderOptions * options, const char *path)
{
  static const struct
  {
    const char *suffix;
    DestinationKind kind;
    SenderCodec codec;
  } formats[] = {
    {".ts", DESTINATION_TS, SENDER_CODEC_ANY},
    {".mp4", DESTINATION_MP4, SENDER_CODEC_ANY},
    {".mkv", DESTINATION_MKV, SENDER_CODEC_ANY},
    {".flv", DESTINATION_FLV, SENDER_CODEC_H264},
    {".h264", DESTINATION_ELEMENTARY, SENDER_CODEC_H264},
    {".264", DESTINATION_ELEMENTARY, SENDER_CODEC_H264},
    {".h265", DESTINATION_ELEMENTARY, SENDER_CODEC_H265},
    {".265", DESTINATION_ELEMENTARY, SENDER_CODEC_H265},
  };
  g_autofree char *lower = g_ascii_strdown (path, -1);

  self->path = g_strdup (path);
  self->shown = g_strdup (tool_uri_has_variable (options->output_uri) ?
      options->output : path);
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (g_str_has_suffix (lower, formats[i].suffix)) {
      self->kind = formats[i].kind;
      self->codec = formats[i].codec;
      return check_klv (self, options);
    }
  }
  return tool_usage ("--output %s is no kind of file that is known: give a name"
      " that ends with .ts, .mp4, .mkv, .flv, .h264 or .h265", self->shown);
}

static int
init_uri (Destination * self, const SenderOptions * options, const char *uri)
{
  const char *shown = options->output;
  const char *scheme = options->output_uri->scheme;
  g_autofree char *host = NULL;
  g_autofree char *path = NULL;
  g_autofree char *query = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_uri;
  int port = -1;

  if (!strcmp (scheme, "file")) {
    path = g_filename_from_uri (uri, NULL, &error);
    return path ? init_file (self, options, path) :
        tool_usage ("--output %s: %s: give file:///PATH", shown,
        error->message);
  }
  if (!strcmp (scheme, "rtmp") || !strcmp (scheme, "rtmps"))
    return init_rtmp (self, options, uri);
  if (!strcmp (scheme, "rtp"))
    self->kind = DESTINATION_RTP;
  else if (!strcmp (scheme, "udp"))
    self->kind = DESTINATION_UDP;
  else if (!strcmp (scheme, "srt"))
    self->kind = DESTINATION_SRT;
  else
    return tool_usage ("--output %s: %s is unknown: give rtp, udp, srt or rtmp,"
        " or a file", shown, scheme);
  is_uri = g_uri_split (uri, G_URI_FLAGS_NON_DNS | G_URI_FLAGS_ENCODED_QUERY,
      NULL, NULL, &host, &port, NULL, &query, NULL, NULL);
  if (!is_uri || !tool_check_port (port)
      || (self->kind != DESTINATION_SRT && (!host || *host == '\0')))
    return tool_usage ("--output %s is not %s://HOST:PORT: give a host, an IPv6"
        " address in brackets, and a port from 1 to 65535", shown, scheme);
  return self->kind == DESTINATION_SRT ? init_srt (self, host, port, query,
      shown) : init_datagrams (self, options, host, port);
}

int
destination_init (Destination * self, const SenderOptions * options)
{
  g_autofree char *uri = options->output_uri ?
      tool_uri_expand (options->output_uri) : NULL;
  int status;

  *self = (Destination) {
  .kind = DESTINATION_RTP};
  if (!uri)
    status = init_datagrams (self, options, options->host, options->port);
  else if (options->output_uri->scheme)
    status = init_uri (self, options, uri);
  else
    status = init_file (self, options, uri);
  if (status == TOOL_DONE && options->script_data && !has_flv (self))
    return tool_usage ("--output %s takes no script data: leave --script-data"
        " out, or give rtmp://HOST/APPLICATION/STREAM or a name that ends with"
        " .flv", self->shown);
  if (status == TOOL_DONE && self->codec != SENDER_CODEC_ANY
      && options->codec != SENDER_CODEC_ANY && options->codec != self->codec)
    return
        tool_usage ("--output %s takes %s: give --codec %s, or another"
        " output", self->shown, sender_codec_name (self->codec),
        self->codec == SENDER_CODEC_H265 ? "h265" : "h264");
  return status;
}

void
destination_clear (Destination * self)
{
  g_free (self->shown);
  g_free (self->address);
  g_free (self->uri);
  g_free (self->path);
  if (self->query)
    g_hash_table_unref (self->query);
}

gboolean
destination_is_file (const Destination * self)
{
  return self->path != NULL;
}

char *
destination_format (const Destination * self, SenderCodec codec, gboolean klv)
{
  static const char *const names[] = {
    [DESTINATION_RTP] = "RTP",
    [DESTINATION_UDP] = "MPEG-TS",
    [DESTINATION_SRT] = "MPEG-TS",
    [DESTINATION_RTMP] = "FLV",
    [DESTINATION_FLV] = "FLV",
    [DESTINATION_TS] = "MPEG-TS",
    [DESTINATION_MP4] = "MP4",
    [DESTINATION_MKV] = "Matroska"
  };

  if (self->kind == DESTINATION_ELEMENTARY)
    return g_strdup (sender_codec_name (codec));
  return g_strdup_printf ("%s/%s%s", names[self->kind],
      sender_codec_name (codec), klv ? "+KLV" : "");
}

/* A stream of RTP. There may be two, to the same port: a receiver knows them by SSRC and
 * payload type, and that they belong together by the CNAME that rtpbin gives both.
 * @session: its number in rtpbin
 * @prefix: of the names of its elements */
static char *
describe_rtp (const SenderOptions * options, const char *pay, int session,
    const char *prefix, const char *waits)
{
  if (options->rtp_times == RTP_TIMES_NONE)
    return g_strdup_printf ("%s name=%spay ! udpsink name=%ssink %s", pay,
        prefix, prefix, waits);
  /* The payloader adds the extensions that the caps behind it have (RFC 8285), and
   * rtpbin writes the time into them. */
  return g_strdup_printf ("%s name=%spay %s ! rtp.send_rtp_sink_%d"
      " rtp.send_rtp_src_%d ! udpsink name=%ssink %s rtp.send_rtcp_src_%d !"
      " udpsink name=%srtcp sync=false async=false", pay, prefix,
      options->rtp_times == RTP_TIMES_ALL ? "! application/x-rtp,"
      "extmap-1=(string)urn:ietf:params:rtp-hdrext:ntp-64" : "", session,
      session, prefix, waits, session, prefix);
}

static char *
describe_rtp_video (const SenderOptions * options, SenderCodec codec,
    const char *waits)
{
  /* Parameter sets with each key frame, so that a receiver can begin at any time. */
  g_autofree char *stream = describe_rtp (options,
      codec == SENDER_CODEC_H265 ? "rtph265pay config-interval=1" :
      "rtph264pay config-interval=1", 0, "", waits);

  /* The time of day is that at which a frame was due, not that of its packets. */
  return g_strdup_printf ("%s %s", stream,
      options->rtp_times == RTP_TIMES_NONE ? "" :
      "rtpbin name=rtp rtcp-sync-send-time=false");
}

/* What is written into a file at its end would be wrong with script data in it. */
static char *
describe_flv (const SenderOptions * options, gboolean is_live, const char *sink)
{
  const char *script = options->script_data ?
      "! flvmetainject name=script" : "";

  return g_strdup_printf ("h264parse ! flvmux streamable=%s %s ! %s name=sink"
      " async=false", is_live || options->script_data ? "true" : "false",
      script, sink);
}

static char *
describe_video (const Destination * self, const SenderOptions * options,
    SenderCodec codec, const char *waits)
{
  const char *parse = codec == SENDER_CODEC_H265 ? "h265parse" : "h264parse";
  const int mtu = options->mtu ? options->mtu : DEFAULT_MTU;

  switch (self->kind) {
    case DESTINATION_RTP:
      return describe_rtp_video (options, codec, waits);
    case DESTINATION_UDP:
      return g_strdup_printf ("mpegtsmux name=mux alignment=%d ! udpsink"
          " name=sink sync=false async=false", MAX (mtu / TS_PACKET_SIZE, 1));
    case DESTINATION_SRT:
      return g_strdup ("mpegtsmux name=mux alignment=7 ! srtsink name=sink"
          " sync=false async=false");
    case DESTINATION_RTMP:
      return describe_flv (options, TRUE, "rtmp2sink sync=false");
    case DESTINATION_FLV:
      return describe_flv (options, FALSE, "filesink");
    case DESTINATION_TS:
      return g_strdup ("mpegtsmux name=mux ! filesink name=sink async=false");
    case DESTINATION_MP4:
      return g_strdup_printf ("%s ! mp4mux ! filesink name=sink async=false",
          parse);
    case DESTINATION_MKV:
      return g_strdup_printf ("%s ! matroskamux ! filesink name=sink"
          " async=false", parse);
    case DESTINATION_ELEMENTARY:
      break;
  }
  return g_strdup ("filesink name=sink async=false");
}

/* A thread of its own, because the muxer takes a packet when it has the video of that time,
 * and sinks wait for each other when they start: both come from one thread. So the queue
 * has no bound of its own, and holds no more than frames are out of order. */
static char *
describe_klv (const Destination * self, const SenderOptions * options,
    const char *waits)
{
  g_autofree char *end = self->kind != DESTINATION_RTP ? g_strdup ("mux.") :
      describe_rtp (options, "rtpklvpay pt=97", 1, "klv", waits);

  return g_strdup_printf ("jsontoklv name=klv ! queue max-size-buffers=0"
      " max-size-bytes=0 max-size-time=0 ! %s", end);
}

char *
destination_describe (const Destination * self, const SenderOptions * options,
    SenderCodec codec, gboolean is_paced)
{
  const char *waits = is_paced ? "sync=false async=false" : "";
  g_autofree char *video = describe_video (self, options, codec, waits);
  g_autofree char *klv =
      options->klv ? describe_klv (self, options, waits) : g_strdup ("");

  return g_strdup_printf ("%s %s", video, klv);
}

static void
set_up_datagrams (const Destination * self, const SenderOptions * options,
    GstElement * sink, int port)
{
  g_object_set (sink, "host", self->address, "port", port, NULL);
  if (options->interface)
    g_object_set (sink, "multicast-iface", options->interface, NULL);
  if (options->ttl >= 0)
    g_object_set (sink, "ttl", options->ttl, "ttl-mc", options->ttl, NULL);
}

static void
set_up_srt (const Destination * self, GstElement * sink)
{
  GHashTableIter iter;
  gpointer name, value;

  /* newer ones would call for ever, and say nothing */
  g_object_set (sink, "uri", self->uri, "auto-reconnect", FALSE, NULL);
  g_hash_table_iter_init (&iter, self->query);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (strcmp (name, "mode") != 0)
      gst_util_set_object_arg (G_OBJECT (sink), name, value);
}

/* What ends the stream is that the connection ends, some time after the last frame: rtmp2src
 * may drop that if the end is right behind it. */
static void
set_up_rtmp (const Destination * self, GstElement * sink)
{
  g_object_set (sink, "location", self->uri, "stop-commands", 0, NULL);
}

static GstElement *
find_element (GstBin * bin, const char *prefix, const char *name)
{
  g_autofree char *whole = g_strconcat (prefix, name, NULL);

  return gst_bin_get_by_name (bin, whole);
}

/* @prefix: as describe_rtp() has it */
static void
set_up_stream (const Destination * self, const SenderOptions * options,
    GstBin * bin, const char *prefix)
{
  g_autoptr (GstElement) sink = find_element (bin, prefix, "sink");
  g_autoptr (GstElement) pay = find_element (bin, prefix, "pay");
  g_autoptr (GstElement) rtcp = find_element (bin, prefix, "rtcp");

  set_up_datagrams (self, options, sink, self->port);
  if (pay && options->mtu)
    g_object_set (pay, "mtu", options->mtu, NULL);
  if (rtcp) {
    set_up_datagrams (self, options, rtcp, self->port + 1);
    /* The end does not wait for it: rtpsession does not always end its RTCP, when its
     * source has gone with the BYE. */
    GST_OBJECT_FLAG_UNSET (rtcp, GST_ELEMENT_FLAG_SINK);
  }
}

void
destination_set_up (const Destination * self, const SenderOptions * options,
    GstBin * bin)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (bin, "sink");
  g_autoptr (GstElement) script = gst_bin_get_by_name (bin, "script");

  if (script)
    g_object_set (script, "event", options->script_data, NULL);
  if (destination_is_file (self))
    g_object_set (sink, "location", self->path, NULL);
  else if (self->kind == DESTINATION_RTMP)
    set_up_rtmp (self, sink);
  else if (self->kind == DESTINATION_SRT)
    set_up_srt (self, sink);
  else
    set_up_stream (self, options, bin, "");
  if (self->kind == DESTINATION_RTP && options->klv)
    set_up_stream (self, options, bin, "klv");
}

/* The statistics of srtsink, those of the caller or of each caller, which are in a
 * GValueArray */
static void
read_srt_stats (GstBin * bin, guint64 * bytes, int *latency_ms)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (bin, "sink");
  g_autoptr (GstStructure) stats = NULL;
  const GValue *value;
  const GValueArray *callers = NULL;

  *bytes = 0;
  *latency_ms = 0;
  g_object_get (sink, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "bytes-sent-total", bytes);
  gst_structure_get_int (stats, "negotiated-latency-ms", latency_ms);
  value = gst_structure_get_value (stats, "callers");
  if (value && !strcmp (G_VALUE_TYPE_NAME (value), "GValueArray"))
    callers = g_value_get_boxed (value);
  for (guint i = 0; callers && i < callers->n_values; i++) {
    int ms = 0;

    if (gst_structure_get_int (g_value_get_boxed (&callers->values[i]),
            "negotiated-latency-ms", &ms))
      *latency_ms = MAX (*latency_ms, ms);
  }
}

guint
destination_linger_ms (const Destination * self, GstBin * bin)
{
  guint64 bytes;
  int latency_ms;

  g_autoptr (GstElement) rtcp = gst_bin_get_by_name (bin, "rtcp");

  if (self->kind == DESTINATION_RTMP)
    return RTMP_END_MS;
  if (self->kind != DESTINATION_SRT)
    return rtcp ? RTCP_BYE_MS : 0;
  read_srt_stats (bin, &bytes, &latency_ms);
  return 3 * (latency_ms > 0 ? latency_ms : SRT_DEFAULT_LATENCY_MS);
}

gboolean
destination_is_waiting (const Destination * self, GstBin * bin)
{
  guint64 bytes;
  int latency_ms;

  if (self->kind != DESTINATION_SRT)
    return FALSE;
  read_srt_stats (bin, &bytes, &latency_ms);
  return bytes == 0;
}
