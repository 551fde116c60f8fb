/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* metakafka-bridge: takes the JSON objects out of RTP streams and publishes them
 * to Kafka. */

#include "common.h"
#include "input.h"
#include "kafkaoptions.h"
#include "records.h"
#include "reports.h"

/* an EOS that is not through by then waits for a broker */
#define ANNOUNCE_AFTER_MS 1000

static int opt_port = 5000;
static const char *opt_bootstrap = "localhost:9092";
static const char *opt_topic = "rr.metadata.sei";
static const char *opt_key = NULL;
static gboolean opt_verbose = FALSE;

static const GOptionEntry entries[] = {
  {"port", 0, 0, G_OPTION_ARG_INT, &opt_port,
      "Listen at this UDP port, 1 to 65535 (default: 5000)", "PORT"},
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
  GstElement *keeper;
  GstElement *kafka;
  Input *input;
  Records records;
  Reports reports;
  int status;
} Bridge;

static gboolean
on_second (gpointer data)
{
  Bridge *bridge = data;

  reports_losses (&bridge->reports,
      bridge->input->kind->describe_losses (bridge->input, FALSE), FALSE);
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
tell_error (Bridge * bridge, GstMessage * message, const char *why)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  tool_warn ("%s", why ? why : error->message);
  return GST_MESSAGE_SRC (message) == GST_OBJECT (bridge->kafka)
      && g_error_matches (error, GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_SETTINGS) ? TOOL_USAGE : TOOL_FAILED;
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  Bridge *bridge = data;
  Input *input = bridge->input;
  g_autoptr (GError) error = NULL;
  g_autofree char *why = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      end (bridge, TOOL_DONE);
      break;
    case GST_MESSAGE_ERROR:
      if (!input->kind->handle_message (input, message, &why) || why)
        end (bridge, tell_error (bridge, message, why));
      break;
    case GST_MESSAGE_WARNING:
      if (input->kind->handle_message (input, message, &why))
        break;
      gst_message_parse_warning (message, &error, NULL);
      tool_warn ("%s", error->message);
      break;
    case GST_MESSAGE_ELEMENT:
      if (GST_MESSAGE_SRC (message) == GST_OBJECT (bridge->kafka))
        reports_state (&bridge->reports, gst_message_get_structure (message));
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
  bridge->input->kind->end (bridge->input);
  gst_element_send_event (bridge->keeper, gst_event_new_eos ());
  g_timeout_add (ANNOUNCE_AFTER_MS, reports_waiting, bridge->kafka);
}

static void
set_setting (const char *key, const char *value, gpointer data)
{
  gst_structure_set (data, key, G_TYPE_STRING, value, NULL);
}

static gboolean
make_pipeline (Bridge * bridge, const GstStructure * config, GError ** error)
{
  g_autofree char *uri = g_strdup_printf ("rtp://0.0.0.0:%d", opt_port);
  g_autoptr (GstElement) funnel = NULL;

  /* This appsrc sends nothing. It keeps the funnel from EOS while there is no
   * stream, and takes EOS through it when the pipeline ends. */
  bridge->pipeline = gst_parse_launch_full ("appsrc name=keeper format=time"
      " caps=application/x-json ! funnel name=funnel ! kafkasink name=kafka"
      " overflow=drop stop-timeout=0 drain-timeout=30000", NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (!bridge->pipeline)
    return FALSE;
  funnel = gst_bin_get_by_name (GST_BIN (bridge->pipeline), "funnel");
  bridge->keeper = gst_bin_get_by_name (GST_BIN (bridge->pipeline), "keeper");
  bridge->kafka = gst_bin_get_by_name (GST_BIN (bridge->pipeline), "kafka");
  g_object_set (bridge->kafka, "bootstrap-servers", opt_bootstrap,
      "topic", opt_topic, "key", opt_key ? opt_key : "0",
      "config-file", kafka_options_file, "config", config, NULL);
  records_start (&bridge->records, bridge->kafka, opt_verbose, !opt_key);
  bridge->input = input_open (uri, bridge->pipeline, funnel, error);
  return bridge->input != NULL;
}

static int
run (Bridge * bridge, const GstStructure * config)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  Input *input;

  if (!make_pipeline (bridge, config, &error)) {
    tool_warn ("%s: install the GStreamer plugins base, good and bad, and set"
        " GST_PLUGIN_PATH to the folder that has libgstmetakafka.so",
        error->message);
    return TOOL_FAILED;
  }
  input = bridge->input;
  bus = gst_element_get_bus (bridge->pipeline);
  gst_bus_add_watch (bus, on_message, bridge);
  bridge->loop = g_main_loop_new (NULL, FALSE);
  tool_on_signals (on_signal, bridge);

  tool_say ("[Bridge] Kafka -> %s topic=%s", opt_bootstrap, opt_topic);
  /* the port is bound, and the settings are checked, in READY */
  if (gst_element_set_state (bridge->pipeline, GST_STATE_READY)
      != GST_STATE_CHANGE_FAILURE) {
    g_autofree char *what = input->kind->describe (input);

    tool_say ("[Bridge] %s", what);
    gst_element_set_state (bridge->pipeline, GST_STATE_PLAYING);
    g_timeout_add_seconds (1, on_second, bridge);
  }
  g_main_loop_run (bridge->loop);
  input->kind->end (input);
  gst_element_set_state (bridge->pipeline, GST_STATE_NULL);
  reports_losses (&bridge->reports,
      input->kind->describe_losses (input, TRUE), TRUE);
  bridge->status = reports_end (&bridge->reports, bridge->kafka,
      bridge->records.n_unreadable, bridge->status);

  gst_bus_remove_watch (bus);
  g_main_loop_unref (bridge->loop);
  input->kind->close (input);
  gst_object_unref (bridge->keeper);
  gst_object_unref (bridge->kafka);
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
    return tool_usage ("--port %d is not a UDP port: give 1 to 65535",
        opt_port);
  if (*opt_bootstrap == '\0')
    return tool_usage ("--kafka-bootstrap needs HOST:PORT of a broker");
  if (*opt_topic == '\0')
    return tool_usage ("--kafka-topic needs the name of a topic");
  if (kafka_options_file && *kafka_options_file == '\0')
    return tool_usage ("--kafka-config needs the name of a file");
  config = gst_structure_new_empty ("config");
  if (!kafka_options_foreach (set_setting, config))
    return TOOL_USAGE;
  return run (&bridge, config);
}
