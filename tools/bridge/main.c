/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* metakafka-bridge: takes the JSON objects out of RTP streams and publishes them
 * to Kafka. */

#include <gst/gst.h>
#include <string.h>

#include "records.h"
#include "rtp.h"
#include "common.h"
#include "kafkaconf.h"

#define SHOWN_CHARACTERS 120
#define DRAIN_TIMEOUT_MS 30000
/* an EOS that is not through by then waits for a broker */
#define ANNOUNCE_AFTER_MS 1000
#define REPORT_INTERVAL_US (10 * G_TIME_SPAN_SECOND)

static int opt_port = 5000;
static const char *opt_bootstrap = "localhost:9092";
static const char *opt_topic = "rr.metadata.sei";
static const char *opt_key = NULL;
static const char *opt_config_file = NULL;
static char **opt_settings = NULL;
static gboolean opt_verbose = FALSE;

static const GOptionEntry entries[] = {
  {"port", 0, 0, G_OPTION_ARG_INT, &opt_port,
      "Listen at this UDP port, 1 to 65535 (default: 5000)", "PORT"},
  {"kafka-bootstrap", 0, 0, G_OPTION_ARG_STRING, &opt_bootstrap,
      "Kafka's brokers, HOST:PORT with commas between"
        " (default: localhost:9092)", "SERVERS"},
  {"kafka-topic", 0, 0, G_OPTION_ARG_STRING, &opt_topic,
      "Topic that gets the records (default: rr.metadata.sei)", "TOPIC"},
  {"kafka-key", 0, 0, G_OPTION_ARG_STRING, &opt_key,
        "Template of the records' keys: text and {name} for a top-level"
        " member, such as {stream_id} (default: the member seq, else 0)",
      "TEMPLATE"},
  {"kafka-config", 0, 0, G_OPTION_ARG_FILENAME, &opt_config_file,
        "File with lines of KEY=VALUE for librdkafka; the place for secrets",
      "FILE"},
  {"kafka-setting", 'X', 0, G_OPTION_ARG_STRING_ARRAY, &opt_settings,
      "A setting of librdkafka, over those of the file; ${NAME} as VALUE is"
        " an environment variable; can be given again", "KEY=VALUE"},
  {"verbose", 'v', 0, G_OPTION_ARG_NONE, &opt_verbose,
      "Show every message", NULL},
  {NULL}
};

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *udp;
  GstElement *keeper;
  GstElement *kafka;
  BridgeStreams *streams;
  int status;

  /* streaming thread, with the sink pad's stream lock */
  gboolean key_is_seq;
  guint64 n_unreadable;

  /* main loop */
  gboolean was_unreachable;
  char *told_losses;
  gint64 told_us;
} Bridge;

/* The first characters of what came, fit for a terminal. */
static char *
shorten (const char *text, gsize size)
{
  g_autofree char *valid = g_utf8_make_valid (text, size);
  const gboolean longer = g_utf8_strlen (valid, -1) > SHOWN_CHARACTERS;
  g_autofree char *start = g_utf8_substring (valid, 0,
      longer ? SHOWN_CHARACTERS : -1);
  g_autofree char *escaped = tool_escape (start, -1);

  return g_strconcat (escaped, longer ? "..." : "", NULL);
}

/* On kafkasink's sink pad: makes the record of what came out of the video. */
static GstPadProbeReturn
on_payload (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Bridge *bridge = data;
  GstBuffer *in = GST_PAD_PROBE_INFO_BUFFER (info);
  g_autoptr (GstClock) clock = gst_element_get_clock (bridge->pipeline);
  BridgeRecord record;
  GstBuffer *out;
  GstMapInfo map;

  if (!gst_buffer_map (in, &map, GST_MAP_READ)) {
    bridge->n_unreadable++;
    return GST_PAD_PROBE_DROP;
  }
  bridge_record_init (&record, (const char *) map.data, map.size,
      clock ? gst_clock_get_time (clock) : 0);
  if (opt_verbose) {
    g_autofree char *text = shorten ((const char *) map.data, map.size);

    tool_say ("[Bridge][EXTRACT] %s", text);
  }
  gst_buffer_unmap (in, &map);

  /* what is set here goes for this very buffer */
  if (!opt_key && record.has_seq != bridge->key_is_seq) {
    bridge->key_is_seq = record.has_seq;
    g_object_set (bridge->kafka, "key", record.has_seq ? "{seq}" : "0", NULL);
  }
  if (opt_verbose) {
    g_autofree char *seq = tool_escape (record.seq, -1);

    tool_say ("[Bridge][KAFKA] sent seq=%s sender_ts_ns=%" G_GINT64_FORMAT,
        seq, record.sender_ts_ns);
  }

  out = gst_buffer_new_wrapped (g_steal_pointer (&record.value),
      record.value_size);
  gst_buffer_copy_into (out, in, GST_BUFFER_COPY_METADATA, 0, -1);
  bridge_record_clear (&record);
  gst_buffer_unref (in);
  GST_PAD_PROBE_INFO_DATA (info) = out;
  return GST_PAD_PROBE_OK;
}

/* What was lost, if there is more of it than was told: at most once in a while,
 * whatever arrives. */
static void
tell_losses (Bridge * bridge, gboolean last)
{
  const gint64 now_us = g_get_monotonic_time ();
  g_autofree char *losses = NULL;

  if (!last && bridge->told_us > 0
      && now_us < bridge->told_us + REPORT_INTERVAL_US)
    return;
  losses = bridge_streams_describe_losses (bridge->streams);
  if (g_strcmp0 (losses, bridge->told_losses) == 0)
    return;
  tool_warn ("lost since the start: %s", losses);
  g_free (bridge->told_losses);
  bridge->told_losses = g_steal_pointer (&losses);
  bridge->told_us = now_us;
}

static gboolean
on_second (gpointer data)
{
  Bridge *bridge = data;

  tell_losses (bridge, FALSE);
  bridge_streams_expire (bridge->streams);
  return G_SOURCE_CONTINUE;
}

static void
end (Bridge * bridge, int status)
{
  bridge->status = status;
  g_main_loop_quit (bridge->loop);
}

/* A state of the delivery, as kafkasink posts it: once per change. */
static void
tell_state (Bridge * bridge, const GstStructure * s)
{
  const char *text = gst_structure_get_string (s, "text");

  /* refused credentials are a warning as well, and the end is told otherwise */
  if (!text || gst_structure_has_name (s, "credentials-refused")
      || gst_structure_has_name (s, "delivery-summary"))
    return;
  if (gst_structure_has_name (s, "broker-reachable")) {
    /* that all is well needs no words at the start */
    if (!bridge->was_unreachable)
      return;
    bridge->was_unreachable = FALSE;
  } else if (gst_structure_has_name (s, "broker-unreachable")) {
    bridge->was_unreachable = TRUE;
  }
  tool_warn ("%s", text);
}

/* Returns what to exit with. */
static int
tell_error (Bridge * bridge, GstMessage * message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *debug = NULL;

  gst_message_parse_error (message, &error, &debug);
  /* udpsrc says why in its details alone */
  if (GST_MESSAGE_SRC (message) == GST_OBJECT (bridge->udp))
    tool_warn ("Could not listen at UDP port %d (%s): end the program that uses"
        " it, or give another --port", opt_port, debug ? debug + strcspn (debug,
            "\n") + (strchr (debug, '\n') != NULL) : error->message);
  else
    tool_warn ("%s", error->message);
  return GST_MESSAGE_SRC (message) == GST_OBJECT (bridge->kafka)
      && g_error_matches (error, GST_RESOURCE_ERROR,
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
      if (bridge_streams_handle_message (bridge->streams, message))
        break;
      end (bridge, tell_error (bridge, message));
      break;
    case GST_MESSAGE_WARNING:
      if (bridge_streams_handle_message (bridge->streams, message))
        break;
      gst_message_parse_warning (message, &error, NULL);
      tool_warn ("%s", error->message);
      break;
    case GST_MESSAGE_ELEMENT:
      if (GST_MESSAGE_SRC (message) == GST_OBJECT (bridge->kafka))
        tell_state (bridge, gst_message_get_structure (message));
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (bridge->pipeline));
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static guint64
get_stat (Bridge * bridge, const char *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value = 0;

  g_object_get (bridge->kafka, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, name, &value);
  return value;
}

static gboolean
announce_wait (gpointer data)
{
  Bridge *bridge = data;

  tool_warn ("waiting up to %d s until Kafka has the last %" G_GUINT64_FORMAT
      " records; end at once with another signal", DRAIN_TIMEOUT_MS / 1000,
      get_stat (bridge, "in-flight"));
  return G_SOURCE_REMOVE;
}

static void
on_signal (gpointer data)
{
  Bridge *bridge = data;

  tool_say ("[Bridge] Shutting down...");
  bridge_streams_end (bridge->streams);
  gst_element_send_event (bridge->keeper, gst_event_new_eos ());
  g_timeout_add (ANNOUNCE_AFTER_MS, announce_wait, bridge);
}

/* The counts are final once the pipeline is in READY. */
static int
get_final_status (Bridge * bridge)
{
  const guint64 lost = get_stat (bridge, "failed") +
      get_stat (bridge, "dropped") + get_stat (bridge, "abandoned") +
      bridge->n_unreadable;

  if (lost == 0)
    return bridge->status;
  tool_warn ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " records did not"
      " reach Kafka: %" G_GUINT64_FORMAT " refused, %" G_GUINT64_FORMAT
      " dropped because the queue was full, %" G_GUINT64_FORMAT
      " given up at the end, %" G_GUINT64_FORMAT " unreadable", lost,
      get_stat (bridge, "enqueued") + bridge->n_unreadable,
      get_stat (bridge, "failed"), get_stat (bridge, "dropped"),
      get_stat (bridge, "abandoned"), bridge->n_unreadable);
  return bridge->status == TOOL_DONE ? TOOL_UNDELIVERED : bridge->status;
}

/* Sets what -X gave. Returns FALSE after saying what is wrong. */
static gboolean
parse_settings (GstStructure * config)
{
  for (guint i = 0; opt_settings && opt_settings[i]; i++) {
    g_auto (GStrv) pair = g_strsplit (opt_settings[i], "=", 2);

    /* the text itself is not shown: it may be a secret */
    if (!pair[0] || *pair[0] == '\0' || !pair[1]) {
      tool_usage ("-X number %u is not of the form KEY=VALUE: give it as in"
          " -X linger.ms=50", i + 1);
      return FALSE;
    }
    if (kafka_conf_shows_secret (pair[0], pair[1])) {
      tool_usage ("-X %s=... shows a secret to everybody who can list"
          " processes: put it into the file that --kafka-config names, or into"
          " an environment variable: -X '%s=${NAME}'", pair[0], pair[0]);
      return FALSE;
    }
    gst_structure_set (config, pair[0], G_TYPE_STRING, pair[1], NULL);
  }
  return TRUE;
}

static gboolean
make_pipeline (Bridge * bridge, const GstStructure * config, GError ** error)
{
  g_autofree char *description = NULL;
  g_autoptr (GstElement) receiver = NULL, funnel = NULL;
  g_autoptr (GstPad) pad = NULL;

  /* The second appsrc sends nothing. It keeps the funnel from EOS while there is
   * no stream, and takes EOS through it when the pipeline ends. */
  description =
      g_strdup_printf ("udpsrc name=udp address=0.0.0.0 port=%d reuse=false"
      " buffer-size=8388608 ! appsink name=receiver sync=false async=false"
      " enable-last-sample=false"
      "  appsrc name=keeper format=time caps=application/x-json !"
      " funnel name=funnel ! kafkasink name=kafka overflow=drop"
      " stop-timeout=0 drain-timeout=%d", opt_port, DRAIN_TIMEOUT_MS);
  bridge->pipeline =
      gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS,
      error);
  if (!bridge->pipeline)
    return FALSE;
  receiver = gst_bin_get_by_name (GST_BIN (bridge->pipeline), "receiver");
  funnel = gst_bin_get_by_name (GST_BIN (bridge->pipeline), "funnel");
  bridge->udp = gst_bin_get_by_name (GST_BIN (bridge->pipeline), "udp");
  bridge->keeper = gst_bin_get_by_name (GST_BIN (bridge->pipeline), "keeper");
  bridge->kafka = gst_bin_get_by_name (GST_BIN (bridge->pipeline), "kafka");
  g_object_set (bridge->kafka, "bootstrap-servers", opt_bootstrap,
      "topic", opt_topic, "key", opt_key ? opt_key : "0",
      "config-file", opt_config_file, "config", config, NULL);
  pad = gst_element_get_static_pad (bridge->kafka, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_payload, bridge, NULL);
  bridge->streams = bridge_streams_new (bridge->pipeline, bridge->udp,
      GST_APP_SINK (receiver), funnel);
  return TRUE;
}

static int
run (Bridge * bridge, const GstStructure * config)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;

  if (!make_pipeline (bridge, config, &error)) {
    tool_warn ("%s: install the GStreamer plugins base, good and bad, and let"
        " GST_PLUGIN_PATH name the folder of libgstmetakafka.so",
        error->message);
    return TOOL_FAILED;
  }
  bus = gst_element_get_bus (bridge->pipeline);
  gst_bus_add_watch (bus, on_message, bridge);
  bridge->loop = g_main_loop_new (NULL, FALSE);
  tool_on_signals (on_signal, bridge);

  tool_say ("[Bridge] Kafka -> %s topic=%s", opt_bootstrap, opt_topic);
  /* the port is bound, and the settings are checked, in READY */
  if (gst_element_set_state (bridge->pipeline, GST_STATE_READY)
      != GST_STATE_CHANGE_FAILURE) {
    tool_say ("[Bridge] listening udp://0.0.0.0:%d", opt_port);
    gst_element_set_state (bridge->pipeline, GST_STATE_PLAYING);
    g_timeout_add_seconds (1, on_second, bridge);
  }
  g_main_loop_run (bridge->loop);
  bridge_streams_end (bridge->streams);
  gst_element_set_state (bridge->pipeline, GST_STATE_NULL);
  tell_losses (bridge, TRUE);
  if (tool_output_lost () > 0)
    tool_warn ("%" G_GUINT64_FORMAT " lines were not shown, because nobody read"
        " stdout; the records are not concerned", tool_output_lost ());
  bridge->status = get_final_status (bridge);

  gst_bus_remove_watch (bus);
  g_main_loop_unref (bridge->loop);
  gst_object_unref (bridge->udp);
  gst_object_unref (bridge->keeper);
  gst_object_unref (bridge->kafka);
  bridge_streams_free (bridge->streams);
  g_free (bridge->told_losses);
  gst_object_unref (bridge->pipeline);
  return bridge->status;
}

int
main (int argc, char **argv)
{
  g_autoptr (GstStructure) config = NULL;
  Bridge bridge = { NULL };
  int status;

  if (!tool_start (&argc, &argv, "metakafka-bridge",
          "Takes the JSON objects out of the SEI of RTP/H.264 streams and"
          " publishes each as a Kafka record.", entries,
          gst_init_get_option_group (), TOOL_OUTPUT_NEVER_BLOCK, &status))
    return status;
  if (!tool_check_port (opt_port))
    return tool_usage ("--port %d is no UDP port: give 1 to 65535", opt_port);
  config = gst_structure_new_empty ("config");
  if (!parse_settings (config))
    return TOOL_USAGE;
  return run (&bridge, config);
}
