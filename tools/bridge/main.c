/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* metakafka-bridge: takes the JSON objects out of video streams and publishes them to
 * Kafka:
 *
 *     input(s) ! funnel ! kafkasink
 */

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "broker.h"
#include "common.h"
#include "deadline.h"
#include "gliblog.h"
#include "http.h"
#include "inputs.h"
#include "kafkaconf.h"
#include "notify.h"
#include "options.h"
#include "parse.h"
#include "recordfile.h"
#include "records.h"
#include "reports.h"
#include "stall.h"
#include "uri.h"

/* an EOS that is not through by then waits for a broker */
#define ANNOUNCE_AFTER_MS 1000

/* For so long the bridge waits for who reads --output; kafkasink has its own time. */
#define END_S 30

/* What hangs for longer when nobody waits for it any more, such as a disk, is left alone. */
#define LEAVE_MS 5000

#define STATUS_S 5

typedef struct
{
  Options options;
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *sink;
  GstElement *kafka;            /* the same; NULL: the records go elsewhere */
  InputHost host;
  Inputs *inputs;
  Records records;
  Reports reports;
  Broker broker;
  Http *http;                   /* NULL: nobody asks */
  gint64 started_us;            /* monotonic */
  gint64 started_real_us;       /* the same by the wall clock, as it is today */
  guint64 n_unreadable, n_skipped;      /* messages, at the last look */
  RecordFile file;              /* of --output */
  Stall stall;                  /* likewise */
  guint n_seconds;              /* since the start */
  gboolean is_stopped;          /* by a signal */
  gboolean is_ending;
  guint n_given_up;             /* records that --output did not get in time */
  int status;
} Bridge;

static void
end (Bridge * bridge, int status)
{
  bridge->status = status;
  g_main_loop_quit (bridge->loop);
}

/* --- the end ------------------------------------------------------------------- */

/* Returns: how many records the sink of --output has had */
static guint64
count_written (Bridge * bridge)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 n_written = 0;

  g_object_get (bridge->sink, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "rendered", &n_written);
  return n_written;
}

/* Returns: how many records were made that --output has not got */
static guint
count_missing (Bridge * bridge)
{
  return records_get_n_made (&bridge->records)
      - records_get_n_unreadable (&bridge->records)
      - (guint) count_written (bridge);
}

/* Makes @all of @n, which runs over. */
static void
extend (guint64 * all, guint n)
{
  *all += n - (guint) * all;
}

static void
report_records (Bridge * bridge, gboolean is_end)
{
  extend (&bridge->n_unreadable, records_get_n_unreadable (&bridge->records));
  extend (&bridge->n_skipped, records_get_n_skipped (&bridge->records));
  reports_keyless (&bridge->reports,
      records_get_n_without_key (&bridge->records), bridge->options.key);
  reports_far_off (&bridge->reports, records_get_n_far_off (&bridge->records),
      is_end);
}

/* Returns what to exit with. */
static int
report_end (Bridge * bridge)
{
  report_records (bridge, TRUE);
  reports_skipped (bridge->n_skipped);
  if (bridge->kafka)
    return reports_end (&bridge->reports, bridge->kafka,
        records_get_n_unreadable (&bridge->records), bridge->status);
  if (bridge->options.output)
    return reports_end_output (bridge->options.output, bridge->n_given_up,
        END_S, bridge->status);
  return bridge->status;
}

/* The main thread hangs: what is known is said, and the program ends in this one. */
static void
on_stuck (gpointer data)
{
  Bridge *bridge = data;

  /* else that is why */
  if (bridge->n_given_up == 0)
    tool_warn ("what the bridge reads or writes hangs, and is left as it is:"
        " check disks, and the network");
  _exit (report_end (bridge));
}

static gboolean
on_too_late (gpointer data)
{
  Bridge *bridge = data;

  bridge->n_given_up = count_missing (bridge);
  end (bridge, inputs_have_failed (bridge->inputs) ? TOOL_FAILED : TOOL_DONE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_still_there (gpointer data)
{
  Bridge *bridge = data;
  const guint n = count_missing (bridge);

  if (n > 0)
    reports_waiting_output (bridge->options.output, n, END_S);
  return G_SOURCE_REMOVE;
}

/* It waits until Kafka has all, so it is not for the main loop. */
static void
send_eos (GstElement * sink, gpointer data)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  g_autoptr (GstEvent) start =
      gst_pad_get_sticky_event (pad, GST_EVENT_STREAM_START, 0);

  if (!start)
    gst_pad_send_event (pad, gst_event_new_stream_start ("metakafka-bridge"));
  gst_pad_send_event (pad, gst_event_new_eos ());
}

static void
on_over (gpointer data)
{
  Bridge *bridge = data;

  if (bridge->is_ending || !inputs_are_over (bridge->inputs))
    return;
  bridge->is_ending = TRUE;
  notify_stopping ();
  /* else the last one still shows what there was */
  if (bridge->options.inputs.content.inspect && !bridge->is_stopped) {
    inputs_tick (bridge->inputs);
    inspect_print (bridge->options.inputs.content.inspect);
  }
  gst_element_call_async (bridge->sink, send_eos, NULL, NULL);
  if (bridge->kafka)
    g_timeout_add (ANNOUNCE_AFTER_MS, reports_waiting, bridge->kafka);
  if (bridge->options.output) {
    g_timeout_add (ANNOUNCE_AFTER_MS, on_still_there, bridge);
    g_timeout_add_seconds (END_S, on_too_late, bridge);
  }
}

static void
on_signal (gpointer data)
{
  Bridge *bridge = data;

  tool_say ("[Bridge] Shutting down...");
  bridge->is_stopped = TRUE;
  inputs_end (bridge->inputs);
}

static void
on_reload (gpointer data)
{
  Bridge *bridge = data;
  const char *path = config_file_get_path (bridge->options.file);
  Options fresh;

  if (bridge->is_stopped || bridge->is_ending) {
    tool_warn ("the bridge ends, and does not read %s again: start it anew",
        path);
    return;
  }
  notify_reloading ();
  if (options_reload (&bridge->options, &fresh)) {
    const InputsChange change = inputs_change (bridge->inputs, fresh.specs);

    tool_say ("[Bridge] %s: %u new, %u changed, %u gone, %u as before", path,
        change.n_new, change.n_changed, change.n_gone, change.n_same);
  } else {
    tool_warn ("%s is not taken: the bridge goes on with what it had; correct"
        " it, and send SIGHUP again", path);
  }
  options_clear (&fresh);
  notify_ready ();
}

/* --- messages ------------------------------------------------------------------- */

/* Returns what to exit with. */
static int
tell_error (GError * error, const char *options)
{
  g_autofree char *text = tool_hide_passwords (error->message);

  tool_warn ("%s%s%s", text, options ? "; see " : "", options ? options : "");
  return g_error_matches (error, GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_SETTINGS) ? TOOL_USAGE : TOOL_FAILED;
}

/* Returns what to exit with. */
static int
tell_output_error (Bridge * bridge, const GError * error, const char *debug)
{
  g_autofree char *text = record_file_explain (&bridge->file, error, debug);

  tool_warn ("%s", text);
  return TOOL_FAILED;
}

static void
handle_error (Bridge * bridge, Input * input, GstMessage * message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *debug = NULL;

  gst_message_parse_error (message, &error, &debug);
  if (GST_MESSAGE_SRC (message) == GST_OBJECT (bridge->sink)
      && bridge->options.output)
    end (bridge, tell_output_error (bridge, error, debug));
  else if (!input || (input_get_spec (input) == bridge->options.ports
          && !input_is_ending (input)))
    end (bridge, tell_error (error, input ? input_get_options (input,
                GST_MESSAGE_SRC (message)) : NULL));
  else
    input_handle_error (input, error, debug);
}

static void
handle_warning (Input * input, GstMessage * message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *debug = NULL;

  gst_message_parse_warning (message, &error, &debug);
  if (input)
    input_handle_warning (input, error, debug);
  else
    tool_warn ("%s", error->message);
}

static void
handle_state (Bridge * bridge, const GstStructure * state)
{
  reports_state (&bridge->reports, state);
  broker_take (&bridge->broker, state);
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  Bridge *bridge = data;
  GstObject *source = GST_MESSAGE_SRC (message);

  /* of an attempt that is over */
  if (source != GST_OBJECT (bridge->pipeline)
      && !gst_object_has_as_ancestor (source, GST_OBJECT (bridge->pipeline)))
    return G_SOURCE_CONTINUE;
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      end (bridge, inputs_have_failed (bridge->inputs) ? TOOL_FAILED :
          TOOL_DONE);
      break;
    case GST_MESSAGE_ERROR:
      handle_error (bridge, inputs_find (bridge->inputs, source), message);
      break;
    case GST_MESSAGE_WARNING:
      handle_warning (inputs_find (bridge->inputs, source), message);
      break;
    case GST_MESSAGE_ELEMENT:{
      Input *input = inputs_find (bridge->inputs, source);

      if (input)
        input_handle_message (input, message);
      else if (source == GST_OBJECT (bridge->kafka))
        handle_state (bridge, gst_message_get_structure (message));
      break;
    }
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (bridge->pipeline));
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static void
tell_status (Bridge * bridge)
{
  g_autofree char *inputs = inputs_summarize (bridge->inputs);
  g_autofree char *delivery = bridge->kafka ?
      reports_summarize (&bridge->reports, bridge->kafka) : g_strdup_printf
      ("%u records", records_get_n_made (&bridge->records));
  g_autofree char *text = g_strconcat (inputs, "; ", delivery, NULL);

  notify_status (text);
}

/* Returns: (transfer full): where the records go, for users. What kafkasink refuses only then may
 * be a URI. */
static char *
describe_target (const Options * options)
{
  g_autofree char *kafka = NULL;

  if (options->inspect)
    return g_strdup ("inspecting");
  if (options->output)
    return g_strdup_printf ("records -> %s", options->output);
  kafka = g_strdup_printf ("Kafka -> %s topic=%s", options->bootstrap,
      options->topic);
  return tool_hide_passwords (kafka);
}

static void
get_delivery (Bridge * bridge, Status * status)
{
  const char *text;

  g_object_get (bridge->kafka, "stats", &status->delivery,
      "max-queued-messages", &status->max_records,
      "max-queued-bytes", &status->max_bytes, NULL);
  broker_take_acknowledged (&bridge->broker, status_get_count (status,
          "acknowledged"));
  status->broker = broker_get_state (&bridge->broker, &text);
  status->broker_text = g_strdup (text);
}

/* Whether the sink writes a record at this moment, or waits until it can */
static gboolean
is_writing (Bridge * bridge)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (bridge->sink, "sink");
  GRecMutex *lock = GST_PAD_GET_STREAM_LOCK (pad);

  if (!g_rec_mutex_trylock (lock))
    return TRUE;
  g_rec_mutex_unlock (lock);
  return FALSE;
}

static void
get_output (Bridge * bridge, Status * status)
{
  status->output = bridge->options.output;
  status->n_waiting = count_missing (bridge);
  status->stalled_s = stall_look (&bridge->stall, is_writing (bridge),
      count_written (bridge), status->taken_us);
}

/* When it started by the wall clock of today, which may have been wrong then. What the two clocks
 * are read apart is no other time: many count how often it changes. */
static gint64
get_started_real (Bridge * bridge, const Status * status)
{
  const gint64 us =
      status->taken_real_us - (status->taken_us - bridge->started_us);

  if (ABS (us - bridge->started_real_us) > G_TIME_SPAN_SECOND)
    bridge->started_real_us = us;
  return bridge->started_real_us;
}

static void
show_status (Bridge * bridge)
{
  Status *status;

  if (!bridge->http)
    return;
  status = status_new ();
  status->started_real_us = get_started_real (bridge, status);
  status->kafka_version = rd_kafka_version_str ();
  status->target = describe_target (&bridge->options);
  status->is_ending = bridge->is_ending || bridge->is_stopped;
  status->n_unreadable = bridge->n_unreadable;
  if (bridge->kafka)
    get_delivery (bridge, status);
  if (bridge->options.output)
    get_output (bridge, status);
  inputs_get_status (bridge->inputs, status);
  http_take_status (bridge->http, status);
}

static gboolean
on_second (gpointer data)
{
  Bridge *bridge = data;

  if (bridge->n_seconds++ % STATUS_S == 0)
    tell_status (bridge);

  inputs_tick (bridge->inputs);
  reports_tick (&bridge->reports);
  glib_log_tick ();
  report_records (bridge, FALSE);
  show_status (bridge);
  if (bridge->options.inputs.content.inspect) {
    inspect_print (bridge->options.inputs.content.inspect);
    /* there is nothing else to do */
    if (tool_output_closed ())
      end (bridge, TOOL_DONE);
  }
  return G_SOURCE_CONTINUE;
}

/* --- the pipeline ---------------------------------------------------------------- */

/* Returns: the key of records that bring none along */
static const char *
get_constant_key (const Options * options)
{
  return options->key && !options->key_template ? options->key : "0";
}

static GstElement *
make_kafka (Bridge * bridge, GError ** error)
{
  const Options *options = &bridge->options;
  GstElement *kafka = gst_parse_launch_full ("kafkasink overflow=drop"
      " stop-timeout=0 drain-timeout=30000 async=false", NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);

  if (kafka)
    g_object_set (kafka, "bootstrap-servers", options->bootstrap,
        "topic", options->topic, "key", get_constant_key (options),
        "config-file", options->kafka_file, "config", options->kafka_settings,
        NULL);
  return bridge->kafka = kafka;
}

/* Returns: what takes the records; NULL if there is an @error */
static GstElement *
make_sink (Bridge * bridge, GError ** error)
{
  if (bridge->options.inspect)
    return gst_parse_launch_full ("fakesink async=false", NULL,
        GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (!bridge->options.output)
    return make_kafka (bridge, error);
  return record_file_make_sink (&bridge->file, error);
}

static void
begin_records (Bridge * bridge)
{
  const RecordsSettings settings = {
    .is_verbose = bridge->options.verbose,
    .key_is_seq = bridge->kafka && bridge->options.key == NULL,
    .key = bridge->kafka ? bridge->options.key_template : NULL,
    .needs_time = bridge->kafka || bridge->options.add_time,
    .has_time = bridge->options.add_time,
    .has_newline = bridge->options.output != NULL,
  };

  records_init (&bridge->records, &settings, bridge->sink);
}

static gboolean
make_pipeline (Bridge * bridge, GError ** error)
{
  GstElement *funnel = gst_parse_launch_full ("funnel", NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);

  if (!funnel)
    return FALSE;
  bridge->pipeline = gst_pipeline_new (NULL);
  gst_bin_add (GST_BIN (bridge->pipeline), funnel);
  bridge->sink = make_sink (bridge, error);
  if (!bridge->sink)
    return FALSE;
  gst_bin_add (GST_BIN (bridge->pipeline), bridge->sink);
  gst_element_link (funnel, bridge->sink);
  begin_records (bridge);
  bridge->host = (InputHost) {
  &bridge->options.inputs, &bridge->records, GST_BIN (bridge->pipeline),
        funnel, bridge->kafka, bridge->http != NULL, on_over, bridge};
  bridge->inputs = inputs_new (bridge->options.specs, &bridge->host);
  return TRUE;
}

/* Returns whether the elements are there that it needs, and take their settings. */
static gboolean
begin (Bridge * bridge, GError ** error)
{
  if (!content_check (&bridge->options.inputs.content, error))
    return FALSE;
  /* The settings are checked by then. No input is there yet, because one that fails would
   * keep the others from PLAYING. */
  if (gst_element_set_state (bridge->pipeline, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE)
    return TRUE;
  if (!inputs_open (bridge->inputs, error))
    return FALSE;
  /* and the ports are bound */
  inputs_describe (bridge->inputs);
  notify_ready ();
  g_timeout_add_seconds (1, on_second, bridge);
  return TRUE;
}

/* Returns what to exit with. */
static int
tell_why_not (GError * error)
{
  if (error->domain == GST_RESOURCE_ERROR)
    return tell_error (error, "--uuid");
  tool_warn ("%s: install GStreamer, and set GST_PLUGIN_PATH to the folder"
      " that has libgstmetakafka.so", error->message);
  return TOOL_FAILED;
}

static int
run (Bridge * bridge)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autofree char *target = NULL;
  Deadline *deadline;

  if (!make_pipeline (bridge, &error))
    return tell_why_not (error);
  bridge->reports.has_key = bridge->options.key != NULL;
  bus = gst_element_get_bus (bridge->pipeline);
  gst_bus_add_watch (bus, on_message, bridge);
  bridge->loop = g_main_loop_new (NULL, FALSE);
  tool_on_signals (on_signal, bridge);

  target = describe_target (&bridge->options);
  tool_say ("[Bridge] %s", target);
  if (bridge->http)
    tool_say ("[Bridge] status at %s", http_get_uri (bridge->http));
  if (begin (bridge, &error)) {
    g_main_loop_run (bridge->loop);
  } else {
    bridge->status = tell_why_not (error);
  }
  deadline = deadline_new (LEAVE_MS, on_stuck, bridge);
  gst_element_set_state (bridge->pipeline, GST_STATE_NULL);
  inputs_free (bridge->inputs);
  deadline_free (deadline);
  bridge->status = report_end (bridge);

  gst_bus_remove_watch (bus);
  g_main_loop_unref (bridge->loop);
  gst_object_unref (bridge->pipeline);
  broker_clear (&bridge->broker);
  return bridge->status;
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

/* Returns whether there is a place for the records. */
static gboolean
open_output (Bridge * bridge)
{
  g_autoptr (GError) error = NULL;

  if (bridge->options.output
      && !record_file_open (&bridge->file, bridge->options.output, &error))
    tool_warn ("%s", error->message);
  return !error;
}

/* Returns whether those who ask can be answered, if they are to be. */
static gboolean
open_http (Bridge * bridge)
{
  g_autoptr (GError) error = NULL;

  bridge->started_us = g_get_monotonic_time ();
  if (bridge->options.http)
    bridge->http = http_new (bridge->options.http, &error);
  if (error)
    tool_warn ("%s", error->message);
  return !error;
}

/* @how: SIG_BLOCK, or SIG_UNBLOCK: what has come since then comes now */
static void
hold_hangup (int how)
{
  sigset_t hangup;

  sigemptyset (&hangup);
  sigaddset (&hangup, SIGHUP);
  pthread_sigmask (how, &hangup, NULL);
}

int
main (int argc, char **argv)
{
  Bridge bridge = {.file = {.fd = -1} };
  int status;

  /* it ends the bridge, or does not, as the options say, and GStreamer may look at all of its
   * plugins before these are read */
  hold_hangup (SIG_BLOCK);
  glib_log_take ();
  if (options_read (&bridge.options, &argc, &argv, &status)) {
    if (bridge.options.file)
      tool_on_reload (on_reload, &bridge);
    hold_hangup (SIG_UNBLOCK);
    raise_file_limit ();
    bridge_parse_register ();
    if (bridge.options.inspect)
      bridge.options.inputs.content.inspect = inspect_new ();
    status = open_output (&bridge) && open_http (&bridge) ? run (&bridge) :
        TOOL_FAILED;
  }
  g_clear_pointer (&bridge.http, http_free);
  record_file_close (&bridge.file);
  g_clear_pointer (&bridge.options.inputs.content.inspect, inspect_free);
  options_clear (&bridge.options);
  return status;
}
