/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* metakafka-bridge: takes the JSON objects out of RTP streams and publishes them
 * to Kafka:
 *
 *     rtpseisrc ! seiextract ! funnel ! kafkasink
 */

#include <sys/resource.h>

#include "common.h"
#include "kafkaoptions.h"
#include "records.h"
#include "reports.h"
#include "rtp.h"

/* an EOS that is not through by then waits for a broker */
#define ANNOUNCE_AFTER_MS 1000

#define DEFAULT_PORT "5000"

/* what rtpseisrc takes */
#define MAX_STREAMS 65536
#define MAX_LATENCY_MS 10000

static char **opt_ports = NULL;
static RtpOptions opt_rtp = {
  .codec = "auto",.latency_ms = 50,.scan = "head",.max_streams = 1024
};

static const char *opt_bootstrap = "localhost:9092";
static const char *opt_topic = "rr.metadata.sei";
static const char *opt_key = NULL;
static gboolean opt_verbose = FALSE;

static const GOptionEntry entries[] = {
  {"port", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_ports,
      "Listen at this UDP port, 1 to 65535, or range of ports, such as"
        " 5000-5009; can be repeated (default: 5000)", "PORT"},
  {"listen", 0, 0, G_OPTION_ARG_STRING, &opt_rtp.listen,
      "Listen at this address of the computer, or multicast group (default:"
        " all addresses, IPv6 and IPv4)", "ADDRESS"},
  {"interface", 0, 0, G_OPTION_ARG_STRING, &opt_rtp.interface,
      "Network interface at which to join the multicast group (default: what"
        " the system chooses)", "NAME"},
  {"codec", 0, 0, G_OPTION_ARG_STRING, &opt_rtp.codec,
      "What the streams are: h264, h265, or auto for what each turns out to"
        " be (default: auto)", "CODEC"},
  {"latency", 0, 0, G_OPTION_ARG_INT, &opt_rtp.latency_ms,
      "How long a packet waits for those before it, in milliseconds"
        " (default: 50)", "MS"},
  {"uuid", 0, 0, G_OPTION_ARG_STRING, &opt_rtp.uuid,
        "Take only messages of these UUIDs, with commas between (default: all)",
      "UUIDS"},
  {"scan", 0, 0, G_OPTION_ARG_STRING, &opt_rtp.scan,
      "Where to look for messages: head, or full, which finds those behind"
        " slices, too (default: head)", "WHERE"},
  {"max-streams", 0, 0, G_OPTION_ARG_INT, &opt_rtp.max_streams,
      "Take at most so many streams at once (default: 1024)", "N"},
  {"kafka-bootstrap", 0, 0, G_OPTION_ARG_STRING, &opt_bootstrap,
      "Kafka's brokers, HOST:PORT, separated by commas"
        " (default: localhost:9092)", "SERVERS"},
  {"kafka-topic", 0, 0, G_OPTION_ARG_STRING, &opt_topic,
      "Topic that gets the records (default: rr.metadata.sei)", "TOPIC"},
  {"kafka-key", 0, 0, G_OPTION_ARG_STRING, &opt_key,
        "Template of the records' keys: text and {name} for a top-level"
        " member, such as {stream_id} (default: the member seq, else 0)",
      "TEMPLATE"},
  KAFKA_OPTIONS_ENTRIES,
  {"verbose", 'v', 0, G_OPTION_ARG_NONE, &opt_verbose,
      "Show every message", NULL},
  {NULL}
};

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *kafka;
  RtpInput *input;
  Records records;
  Reports reports;
  int status;
} Bridge;

static guint64
get_n_records (const Bridge * bridge)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 n = 0;

  g_object_get (bridge->kafka, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "enqueued", &n);
  return n;
}

static gboolean
on_second (gpointer data)
{
  Bridge *bridge = data;
  g_autofree char *text =
      rtp_input_explain (bridge->input, get_n_records (bridge));

  if (text)
    tool_warn ("%s", text);
  return G_SOURCE_CONTINUE;
}

static void
end (Bridge * bridge, int status)
{
  bridge->status = status;
  g_main_loop_quit (bridge->loop);
}

/* Returns what to exit with. */
static int
tell_error (const Bridge * bridge, GstMessage * message)
{
  const char *options = rtp_input_get_options (bridge->input,
      GST_MESSAGE_SRC (message));
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  tool_warn ("%s%s%s", error->message, options ? "; see " : "",
      options ? options : "");
  return g_error_matches (error, GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_SETTINGS) ? TOOL_USAGE : TOOL_FAILED;
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  Bridge *bridge = data;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      end (bridge, TOOL_DONE);
      break;
    case GST_MESSAGE_ERROR:
      end (bridge, tell_error (bridge, message));
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      tool_warn ("%s", error->message);
      break;
    case GST_MESSAGE_ELEMENT:
      if (GST_MESSAGE_SRC (message) == GST_OBJECT (bridge->kafka))
        reports_state (&bridge->reports, gst_message_get_structure (message));
      else
        rtp_input_handle_message (bridge->input, message);
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (bridge->pipeline));
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static void
on_signal (gpointer data)
{
  Bridge *bridge = data;

  tool_say ("[Bridge] Shutting down...");
  rtp_input_end (bridge->input);
  g_timeout_add (ANNOUNCE_AFTER_MS, reports_waiting, bridge->kafka);
}

static void
set_setting (const char *key, const char *value, gpointer data)
{
  gst_structure_set (data, key, G_TYPE_STRING, value, NULL);
}

/* To each payload, in kafkasink's streaming thread */
static GstPadProbeReturn
on_payload (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GST_PAD_PROBE_INFO_DATA (info) = records_make (data, NULL, pad,
      GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_INFO_DATA (info) ? GST_PAD_PROBE_OK :
      GST_PAD_PROBE_HANDLED;
}

static void
start_records (Bridge * bridge)
{
  const RecordsSettings settings = {
    .is_verbose = opt_verbose,
    .key_is_seq = !opt_key
  };
  g_autoptr (GstPad) pad = gst_element_get_static_pad (bridge->kafka, "sink");

  records_init (&bridge->records, &settings, bridge->kafka);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_payload,
      &bridge->records, NULL);
}

static gboolean
make_pipeline (Bridge * bridge, const GstStructure * config, GError ** error)
{
  g_autoptr (GstElement) funnel = NULL;

  bridge->pipeline = gst_parse_launch_full ("funnel name=funnel !"
      " kafkasink name=kafka overflow=drop stop-timeout=0 drain-timeout=30000",
      NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (!bridge->pipeline)
    return FALSE;
  funnel = gst_bin_get_by_name (GST_BIN (bridge->pipeline), "funnel");
  bridge->kafka = gst_bin_get_by_name (GST_BIN (bridge->pipeline), "kafka");
  g_object_set (bridge->kafka, "bootstrap-servers", opt_bootstrap,
      "topic", opt_topic, "key", opt_key ? opt_key : "0",
      "config-file", kafka_options_file, "config", config, NULL);
  bridge->reports.has_key = opt_key != NULL;
  start_records (bridge);
  bridge->input = rtp_input_new (&opt_rtp, bridge->pipeline, funnel, error);
  return bridge->input != NULL;
}

static int
run (Bridge * bridge, const GstStructure * config)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;

  if (!make_pipeline (bridge, config, &error)) {
    tool_warn ("%s: install GStreamer, and set GST_PLUGIN_PATH to the folder"
        " that has libgstmetakafka.so", error->message);
    return TOOL_FAILED;
  }
  bus = gst_element_get_bus (bridge->pipeline);
  gst_bus_add_watch (bus, on_message, bridge);
  bridge->loop = g_main_loop_new (NULL, FALSE);
  tool_on_signals (on_signal, bridge);

  tool_say ("[Bridge] Kafka -> %s topic=%s", opt_bootstrap, opt_topic);
  /* the ports are bound, and the settings are checked, by then */
  if (gst_element_set_state (bridge->pipeline, GST_STATE_PAUSED)
      != GST_STATE_CHANGE_FAILURE) {
    g_autofree char *what = rtp_input_describe (bridge->input);

    tool_say ("[Bridge] %s", what);
    gst_element_set_state (bridge->pipeline, GST_STATE_PLAYING);
    g_timeout_add_seconds (1, on_second, bridge);
  }
  g_main_loop_run (bridge->loop);
  gst_element_set_state (bridge->pipeline, GST_STATE_NULL);
  bridge->status = reports_end (&bridge->reports, bridge->kafka,
      records_get_n_unreadable (&bridge->records), bridge->status);

  gst_bus_remove_watch (bus);
  g_main_loop_unref (bridge->loop);
  rtp_input_free (bridge->input);
  gst_object_unref (bridge->kafka);
  gst_object_unref (bridge->pipeline);
  return bridge->status;
}

static gboolean
is_port (const char *text)
{
  return g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, NULL, NULL);
}

/* Whether it is a port, or a range of ports */
static gboolean
check_ports (const char *text)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", 2);

  if (!ends[0] || !is_port (ends[0]))
    return FALSE;
  return !ends[1] || (is_port (ends[1]) && atoi (ends[0]) <= atoi (ends[1]));
}

/* Returns: (transfer full) (nullable): all --port, as rtpseisrc takes them; NULL after
 * saying what is wrong with one */
static char *
join_ports (void)
{
  if (!opt_ports)
    return g_strdup (DEFAULT_PORT);
  for (char **port = opt_ports; *port; port++)
    if (!check_ports (*port)) {
      tool_usage ("--port '%s' is not a UDP port: give 1 to 65535, or a range"
          " such as 5000-5009", *port);
      return NULL;
    }
  return g_strjoinv (",", opt_ports);
}

/* Many ports need many descriptors. The limit that systems begin with is for programs
 * with select(2), which there is none of here. */
static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit);
  }
}

int
main (int argc, char **argv)
{
  static const char *const codecs[] = { "auto", "h264", "h265", NULL };
  static const char *const scans[] = { "head", "full", NULL };
  g_autoptr (GstStructure) config = NULL;
  g_autofree char *ports = NULL;
  Bridge bridge = { NULL };
  int status;

  if (!tool_start (&argc, &argv, "metakafka-bridge",
          "Takes the JSON objects out of the SEI of H.264 and H.265 streams over RTP and"
          " publishes each as a Kafka record.", entries,
          gst_init_get_option_group (), TOOL_OUTPUT_NEVER_BLOCK, &status))
    return status;
  opt_rtp.ports = ports = join_ports ();
  if (!ports)
    return TOOL_USAGE;
  if (!g_strv_contains (codecs, opt_rtp.codec))
    return tool_usage ("--codec '%s' is not known: give auto, h264 or h265",
        opt_rtp.codec);
  if (!g_strv_contains (scans, opt_rtp.scan))
    return tool_usage ("--scan '%s' is not known: give head or full",
        opt_rtp.scan);
  if (opt_rtp.max_streams < 1 || opt_rtp.max_streams > MAX_STREAMS)
    return tool_usage ("--max-streams %d is not from 1 to %d",
        opt_rtp.max_streams, MAX_STREAMS);
  if (opt_rtp.latency_ms < 0 || opt_rtp.latency_ms > MAX_LATENCY_MS)
    return tool_usage ("--latency %d is not from 0 to %d ms",
        opt_rtp.latency_ms, MAX_LATENCY_MS);
  if (opt_rtp.listen && *opt_rtp.listen == '\0')
    return tool_usage ("--listen needs an address of this computer, or a"
        " multicast group");
  if (opt_rtp.interface && *opt_rtp.interface == '\0')
    return tool_usage ("--interface needs the name of a network interface");
  if (opt_rtp.interface && !opt_rtp.listen)
    return tool_usage ("--interface %s is for a multicast group: give one with"
        " --listen", opt_rtp.interface);
  if (opt_rtp.uuid && *opt_rtp.uuid == '\0')
    return tool_usage ("--uuid needs one or more UUIDs");
  if (*opt_bootstrap == '\0')
    return tool_usage ("--kafka-bootstrap needs HOST:PORT of a broker");
  if (*opt_topic == '\0')
    return tool_usage ("--kafka-topic needs the name of a topic");
  if (kafka_options_file && *kafka_options_file == '\0')
    return tool_usage ("--kafka-config needs the name of a file");
  config = gst_structure_new_empty ("config");
  if (!kafka_options_foreach (set_setting, config))
    return TOOL_USAGE;
  raise_file_limit ();
  return run (&bridge, config);
}
