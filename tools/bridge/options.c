/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "options.h"

#include <string.h>

#include "common.h"
#include "files.h"
#include "http.h"
#include "httpaddress.h"
#include "kafkacheck.h"
#include "kafkaoptions.h"
#include "optioninputs.h"

/* What the command line says, and nothing else */
static struct
{
  const char *config;
  const char *check;
  char **inputs;
  char **ports;
  const char *listen;
  const char *interface;
  const char *codec;
  int latency_ms;
  const char *uuid;
  const char *scan;
  int max_streams;
  const char *bootstrap;
  const char *topic;
  const char *key;
  gboolean add_time;
  const char *output;
  gboolean inspect;
  gboolean verbose;
  const char *http;
  const char *log;
} line = {.latency_ms = VALUES_NOT_GIVEN,.max_streams = VALUES_NOT_GIVEN };

static const GOptionEntry entries[] = {
  {"config", 0, 0, G_OPTION_ARG_FILENAME, &line.config,
      "File with all of this, and the inputs, in [kafka], [bridge] and [camera"
        " NAME]; SIGHUP reads it again", "FILE"},
  {"check", 0, 0, G_OPTION_ARG_FILENAME, &line.check,
      "Say what is wrong with such a file, and end", "FILE"},
  {"input", 'i', 0, G_OPTION_ARG_STRING_ARRAY, &line.inputs,
      "Read this: rtp, udp, srt, rtsp, rtsps, rtmp, rtmps, http, https or file URI, or a"
        " path; NAME is the stream_id of records that have none; @FILE has one"
        " in each line; can be repeated", "[NAME=]URI"},
  {"port", 0, 0, G_OPTION_ARG_STRING_ARRAY, &line.ports,
      "Listen at this UDP port, 1 to 65535, or range of ports, such as"
        " 5000-5009; can be repeated (default: 5000, without --input)", "PORT"},
  {"listen", 0, 0, G_OPTION_ARG_STRING, &line.listen,
      "Listen at this address of the computer, or multicast group (default:"
        " all addresses, IPv6 and IPv4)", "ADDRESS"},
  {"interface", 0, 0, G_OPTION_ARG_STRING, &line.interface,
      "Network interface at which to join the multicast group (default: what"
        " the system chooses)", "NAME"},
  {"codec", 0, 0, G_OPTION_ARG_STRING, &line.codec,
      "What the streams are: h264, h265, or auto for what each turns out to"
        " be (default: auto)", "CODEC"},
  {"latency", 0, 0, G_OPTION_ARG_INT, &line.latency_ms,
      "How long a packet waits for those before it, in milliseconds"
        " (default: 50 for RTP, 200 for RTSP)", "MS"},
  {"uuid", 0, 0, G_OPTION_ARG_STRING, &line.uuid,
        "Take only messages of these UUIDs, with commas between (default: all)",
      "UUIDS"},
  {"scan", 0, 0, G_OPTION_ARG_STRING, &line.scan,
      "Where to look for messages: head, or full, which finds those behind"
        " slices, too (default: head)", "WHERE"},
  {"max-streams", 0, 0, G_OPTION_ARG_INT, &line.max_streams,
      "Take at most so many streams at once (default: 1024)", "N"},
  {"kafka-bootstrap", 0, 0, G_OPTION_ARG_STRING, &line.bootstrap,
      "Kafka's brokers, HOST:PORT, separated by commas"
        " (default: localhost:9092)", "SERVERS"},
  {"kafka-topic", 0, 0, G_OPTION_ARG_STRING, &line.topic,
      "Topic that gets the records (default: rr.metadata.sei)", "TOPIC"},
  {"kafka-key", 0, 0, G_OPTION_ARG_STRING, &line.key,
        "Template of the records' keys: text and {name} for a top-level"
        " member, such as {stream_id} (default: the member seq, else 0)",
      "TEMPLATE"},
  KAFKA_OPTIONS_ENTRIES,
  {"add-time", 0, 0, G_OPTION_ARG_NONE, &line.add_time,
      "Append the member time, when the record was captured", NULL},
  {"output", 0, 0, G_OPTION_ARG_FILENAME, &line.output,
      "Write the records as JSON lines to the end of this file, - for stdout, and"
        " not to Kafka", "FILE"},
  {"inspect", 0, 0, G_OPTION_ARG_NONE, &line.inspect,
      "Show what the inputs have, every second, without Kafka", NULL},
  {"http", 0, 0, G_OPTION_ARG_STRING, &line.http,
      "Show what the bridge does at http://ADDRESS:PORT/, and at /metrics for"
        " Prometheus; the address is 127.0.0.1 where there is none (default:"
        " none)", "[ADDRESS:]PORT"},
  {"log", 0, 0, G_OPTION_ARG_STRING, &line.log,
      "How lines for people are written: text, or json, an object for each"
        " (default: text)", "FORMAT"},
  {"verbose", 'v', 0, G_OPTION_ARG_NONE, &line.verbose,
      "Show every message", NULL},
  {NULL}
};

/* --- outputs ---------------------------------------------------------------------- */

/* @input: that reads @path, for sentences */
static gboolean
is_other_file (OptionsReading * r, const char *input, const char *path)
{
  const char *output = r->options->output;

  if (!path || !tool_is_same_file (path, g_str_equal (output, "-") ?
          "/dev/stdout" : output))
    return TRUE;
  values_fault (&r->values, "output",
      "%s is the file that %s reads: give another one", output, input);
  return FALSE;
}

/* Checks that the output is none of the files that are read. */
static void
check_output_file (OptionsReading * r)
{
  const Options *options = r->options;

  for (char **input = r->inputs; input && *input; input++) {
    g_autofree char *name = g_strconcat ("--input ", *input, NULL);

    if (**input == '@' && !is_other_file (r, name, *input + 1))
      return;
  }
  for (guint i = 0; i < options->specs->len; i++) {
    const InputSpec *spec = options->specs->pdata[i];
    g_autofree char *name = option_inputs_name (r, spec);

    if (!is_other_file (r, name, spec->path))
      return;
  }
}

static void
read_key (OptionsReading * r)
{
  g_autoptr (KafkaTemplate) template = NULL;
  g_autoptr (GError) error = NULL;

  r->options->key = values_get_text (&r->values, "kafka-key", NULL);
  if (!r->options->key)
    return;
  /* the command line can ask for a key that is empty */
  if (*r->options->key == '\0' && values_find (&r->values, "kafka-key"))
    values_fault (&r->values, "kafka-key", "needs a template, such as"
        " {stream_id}: without this line, it is the member seq, else 0");
  template = kafka_template_parse (r->options->key, &error);
  if (!template)
    values_add_fault (&r->values, "kafka-key", error->message);
  else if (!kafka_template_get_constant (template))
    r->options->key_template = g_steal_pointer (&template);
}

static void
set_setting (const char *key, const char *value, gpointer data)
{
  gst_structure_set (data, key, G_TYPE_STRING, value, NULL);
}

static void
read_setting (OptionsReading * r, const ConfigEntry * entry)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new_empty ();
  g_autoptr (GError) error = NULL;
  rd_kafka_conf_t *checked;

  if (values_is_kafka_option_in_full (&r->values, entry->key)) {
    values_line_fault (&r->values, entry->line, "%s is not known: leave kafka-"
        " out", entry->key);
    return;
  }
  if (kafka_conf_shows_secret (entry->key, entry->value)) {
    values_line_fault (&r->values, entry->line, "%s=... is a"
        " secret: put it into another file, which config=FILE names, or into"
        " an environment variable: %s=${NAME}", entry->key, entry->key);
    return;
  }
  kafka_conf_set (conf, entry->key, entry->value);
  checked = kafka_conf_build (conf, &error);
  if (!checked) {
    values_error (&r->values, entry->line, error);
    return;
  }
  rd_kafka_conf_destroy (checked);
  set_setting (entry->key, entry->value, r->options->kafka_settings);
}

/* kafkasink's own is lz4, which KafkaJS and aiokafka cannot read without more packages. */
static void
choose_compression (Options * options)
{
  static const char *const names[] =
      { "compression.type", "compression.codec" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (gst_structure_has_field (options->kafka_settings, names[i])
        || (options->kafka_file
            && kafka_options_file_has (options->kafka_file, names[i])))
      return;
  set_setting (names[0], "gzip", options->kafka_settings);
}

/* Returns whether nothing is wrong with -X. */
static gboolean
read_kafka_settings (OptionsReading * r)
{
  const GPtrArray *lines = r->options->file ?
      config_file_get_entries (r->options->file) : NULL;
  gboolean is_right;

  r->options->kafka_settings = gst_structure_new_empty ("config");
  for (guint i = 0; lines && i < lines->len; i++) {
    const ConfigEntry *entry = lines->pdata[i];

    if (g_str_equal (entry->group, CONFIG_KAFKA)
        && !values_is_kafka_option (&r->values, entry->key))
      read_setting (r, entry);
  }
  is_right = kafka_options_foreach (set_setting, r->options->kafka_settings);
  choose_compression (r->options);
  return is_right;
}

/* What kafkasink would refuse at the start only, and would not name a line for */
static void
check_kafka_settings (OptionsReading * r)
{
  const Options *options = r->options;
  g_autoptr (KafkaConf) conf = kafka_conf_new ();
  g_autoptr (GError) error = NULL;
  rd_kafka_conf_t *built;

  /* a pipe can be read only once */
  if (options->kafka_file && (!g_file_test (options->kafka_file,
              G_FILE_TEST_EXISTS) || g_file_test (options->kafka_file,
              G_FILE_TEST_IS_REGULAR))
      && !kafka_conf_load (conf, options->kafka_file, &error)) {
    values_add_fault (&r->values, "kafka-config", error->message);
    return;
  }
  kafka_conf_set (conf, "bootstrap.servers", options->bootstrap);
  for (int i = 0; i < gst_structure_n_fields (options->kafka_settings); i++) {
    const char *key = gst_structure_nth_field_name (options->kafka_settings, i);

    kafka_conf_set (conf, key, gst_structure_get_string
        (options->kafka_settings, key));
  }
  built = kafka_conf_build (conf, &error);
  if (built && !kafka_check_settings (built, &error))
    values_line_fault (&r->values, 0, "%s", error->message);
  else if (!built)
    values_add_fault (&r->values, "kafka-config", error->message);
  if (built)
    rd_kafka_conf_destroy (built);
}

/* Where the records go, if that is Kafka: what it is called there */
static void
check_kafka (OptionsReading * r)
{
  const Options *options = r->options;
  const guint n_faults = r->values.faults->len;
  g_autoptr (GError) error = NULL;

  /* that was said */
  if (*options->bootstrap == '\0' || *options->topic == '\0'
      || (options->kafka_file && *options->kafka_file == '\0'))
    return;
  if (!kafka_check_bootstrap_servers (options->bootstrap, &error))
    values_add_fault (&r->values, "kafka-bootstrap", error->message);
  g_clear_error (&error);
  if (!kafka_check_topic (options->topic, &error))
    values_add_fault (&r->values, "kafka-topic", error->message);
  if (r->values.faults->len == n_faults)
    check_kafka_settings (r);
}

static void
read_http (OptionsReading * r)
{
  const char *text = values_get_text (&r->values, "http", NULL);

  if (!text)
    return;
  r->options->http = http_address_parse (text);
  if (!r->options->http)
    values_fault (&r->values, "http", "'%s' is not an address and a port: give"
        " such as 127.0.0.1:9464, [::1]:9464 or 9464", text);
  else if (!http_is_built ())
    values_fault (&r->values, "http", "needs libsoup and json-glib, which this"
        " program was built without: build it with -Dhttp=enabled");
}

static void
read_outputs (OptionsReading * r)
{
  static const char *const logs[] = { "text", "json", NULL };
  g_autofree char *inspect = values_name_option (&r->values, "inspect");
  Options *options = r->options;

  options->bootstrap =
      values_get_text (&r->values, "kafka-bootstrap", "localhost:9092");
  options->topic =
      values_get_text (&r->values, "kafka-topic", "rr.metadata.sei");
  options->kafka_file = values_get_text (&r->values, "kafka-config", NULL);
  options->output = values_get_text (&r->values, "output", NULL);
  options->inspect = values_get_flag (&r->values, "inspect");
  options->add_time = values_get_flag (&r->values, "add-time");
  options->verbose = values_get_flag (&r->values, "verbose");
  values_check_word (&r->values, "log", options->log, logs, "text or json");
  if (*options->bootstrap == '\0')
    values_fault (&r->values, "kafka-bootstrap", "needs HOST:PORT of a broker");
  if (*options->topic == '\0')
    values_fault (&r->values, "kafka-topic", "needs the name of a topic");
  if (options->kafka_file && *options->kafka_file == '\0')
    values_fault (&r->values, "kafka-config", "needs the name of a file");
  if (options->output && *options->output == '\0')
    values_fault (&r->values, "output", "needs the name of a file, or -");
  else if (options->output && options->inspect)
    values_fault (&r->values, "output",
        "and %s exclude each other: %s gives no records", inspect, inspect);
  else if (options->output)
    check_output_file (r);
  read_key (r);
  read_http (r);
}

/* What there is only where it runs, so it is checked early only for a file, which is to be
 * refused as a whole */
static void
check_file (OptionsReading * r)
{
  static const char *const of_line[] = {
    "config", "check", "input", "kafka-setting", NULL
  };
  const Options *options = r->options;
  g_autoptr (GError) error = NULL;

  values_check_names (&r->values, of_line);
  if (!options->output && !options->inspect)
    check_kafka (r);
  if (!content_check (&options->inputs.content, &error))
    values_add_fault (&r->values, "uuid", error->message);
}

/* Reads all but the command line itself.
 * @faults: of config_faults_new(): what is wrong is appended
 * Returns: whether nothing is; else what is not in @faults was said */
static gboolean
read_all (Options * options, GPtrArray * faults)
{
  const char *path = line.check ? line.check : line.config;
  OptionsReading reading = { options, {entries, NULL, faults}, line.inputs,
  line.ports
  };
  gboolean is_right = TRUE;

  *options = (Options) {
  0};
  if (path && *path == '\0')
    values_fault (&reading.values, line.check ? "check" : "config",
        "needs the name of a file");
  else if (path)
    options->file = config_file_load (path, faults);
  reading.values.file = options->file;
  /* for what is wrong with a file, too */
  options->log = values_get_text (&reading.values, "log", "text");
  if (path && !options->file)
    return FALSE;
  option_inputs_read (&reading);
  read_outputs (&reading);
  if (faults->len == 0 || options->file)
    is_right = read_kafka_settings (&reading);
  if (options->file && is_right)
    check_file (&reading);
  return is_right && faults->len == 0;
}

/* One fault of a command line is enough. */
static void
tell_faults (const Options * options, GPtrArray * faults)
{
  if (faults->len == 0)
    return;
  config_faults_sort (faults);
  if (!line.config && !line.check)
    tool_usage ("%s", ((const ConfigFault *) faults->pdata[0])->text);
  else
    for (guint i = 0; i < faults->len; i++)
      tool_warn ("%s", ((const ConfigFault *) faults->pdata[i])->text);
}

/* Whether the last --log is json. GOption keeps nothing of a line that it refuses, and that it
 * does is one of the lines that are JSON. */
static gboolean
asks_for_json (char **arguments)
{
  const char *log = "";

  for (; *arguments && !g_str_equal (*arguments, "--"); arguments++)
    if (g_str_equal (*arguments, "--log") && arguments[1])
      log = arguments[1];
    else if (g_str_has_prefix (*arguments, "--log="))
      log = *arguments + strlen ("--log=");
  return g_str_equal (log, "json");
}

gboolean
options_read (Options * options, int *argc, char ***argv, int *status)
{
  g_autoptr (GPtrArray) faults = config_faults_new ();
  gboolean is_right;

  if (asks_for_json (*argv))
    tool_output_set_json ();
  if (!tool_start (argc, argv, "metakafka-bridge",
          "Takes the metadata out of streams, which is in the SEI of H.264 and H.265,"
          " in KLV or in JSON lines, and publishes each message as a Kafka record,"
          " a JSON object.", entries,
          gst_init_get_option_group (), TOOL_OUTPUT_NEVER_BLOCK, status))
    return FALSE;
  is_right = read_all (options, faults);
  if (g_str_equal (options->log, "json"))
    tool_output_set_json ();
  tell_faults (options, faults);
  *status = is_right ? TOOL_DONE : TOOL_USAGE;
  if (is_right && line.check)
    tool_say ("%s: nothing is wrong with it", line.check);
  return is_right && !line.check;
}

/* --- once more -------------------------------------------------------------------- */

/* What options_reload() can change */
static gboolean
is_about_inputs (const ConfigEntry * entry)
{
  return entry->camera || (g_str_equal (entry->group, CONFIG_BRIDGE)
      && (g_str_equal (entry->key, "port")
          || g_str_equal (entry->key, "listen")));
}

/* Says which lines of @file are not in @other. */
static void
tell_waiting (const ConfigFile * file, const ConfigFile * other,
    gboolean is_gone)
{
  const GPtrArray *lines = config_file_get_entries (file);

  for (guint i = 0; i < lines->len; i++) {
    const ConfigEntry *entry = lines->pdata[i], *same;

    if (is_about_inputs (entry))
      continue;
    same = config_file_find (other, entry->group, entry->key);
    if (is_gone && !same)
      tool_warn ("%s: without %s, the bridge goes on as before until it is"
          " started again", config_file_get_path (file), entry->key);
    else if (!is_gone && (!same || !g_str_equal (same->value, entry->value)))
      tool_warn ("%s:%u: %s changes when the bridge is started again",
          config_file_get_path (file), entry->line, entry->key);
  }
}

gboolean
options_reload (const Options * running, Options * fresh)
{
  g_autoptr (GPtrArray) faults = config_faults_new ();
  const gboolean is_right = read_all (fresh, faults);

  tell_faults (fresh, faults);
  if (is_right) {
    tell_waiting (fresh->file, running->file, FALSE);
    tell_waiting (running->file, fresh->file, TRUE);
  }
  return is_right;
}

void
options_clear (Options * options)
{
  g_clear_pointer (&options->specs, g_ptr_array_unref);
  g_clear_pointer (&options->key_template, g_ptr_array_unref);
  g_clear_pointer (&options->kafka_settings, gst_structure_free);
  g_clear_object (&options->http);
  g_clear_pointer (&options->file, config_file_free);
}
