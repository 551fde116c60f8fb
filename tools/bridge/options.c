/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "options.h"

#include <string.h>

#include "common.h"
#include "files.h"
#include "kafkaoptions.h"

#define DEFAULT_PORT "5000"

/* what rtpseisrc takes */
#define MAX_STREAMS 65536
#define MAX_LATENCY_MS 10000

/* not given, and nothing that anybody would write */
#define NO_LATENCY G_MININT

static Options opt = {
  .inputs = {.content = {.scan = "head"},.codec = "auto",.latency_ms =
      NO_LATENCY,.max_streams = 1024},
  .bootstrap = "localhost:9092",
  .topic = "rr.metadata.sei",
};

static char **opt_inputs = NULL;
static char **opt_ports = NULL;
static const char *opt_listen = NULL;

static const GOptionEntry entries[] = {
  {"input", 'i', 0, G_OPTION_ARG_STRING_ARRAY, &opt_inputs,
      "Read this: rtp, udp, srt, rtsp, rtsps, rtmp, rtmps, http, https or file URI, or a"
        " path; NAME is the stream_id of records that have none; @FILE has one"
        " in each line; can be repeated", "[NAME=]URI"},
  {"port", 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_ports,
      "Listen at this UDP port, 1 to 65535, or range of ports, such as"
        " 5000-5009; can be repeated (default: 5000, without --input)", "PORT"},
  {"listen", 0, 0, G_OPTION_ARG_STRING, &opt_listen,
      "Listen at this address of the computer, or multicast group (default:"
        " all addresses, IPv6 and IPv4)", "ADDRESS"},
  {"interface", 0, 0, G_OPTION_ARG_STRING, &opt.inputs.interface,
      "Network interface at which to join the multicast group (default: what"
        " the system chooses)", "NAME"},
  {"codec", 0, 0, G_OPTION_ARG_STRING, &opt.inputs.codec,
      "What the streams are: h264, h265, or auto for what each turns out to"
        " be (default: auto)", "CODEC"},
  {"latency", 0, 0, G_OPTION_ARG_INT, &opt.inputs.latency_ms,
      "How long a packet waits for those before it, in milliseconds"
        " (default: 50 for RTP, 200 for RTSP)", "MS"},
  {"uuid", 0, 0, G_OPTION_ARG_STRING, &opt.inputs.content.uuid,
        "Take only messages of these UUIDs, with commas between (default: all)",
      "UUIDS"},
  {"scan", 0, 0, G_OPTION_ARG_STRING, &opt.inputs.content.scan,
      "Where to look for messages: head, or full, which finds those behind"
        " slices, too (default: head)", "WHERE"},
  {"max-streams", 0, 0, G_OPTION_ARG_INT, &opt.inputs.max_streams,
      "Take at most so many streams at once (default: 1024)", "N"},
  {"kafka-bootstrap", 0, 0, G_OPTION_ARG_STRING, &opt.bootstrap,
      "Kafka's brokers, HOST:PORT, separated by commas"
        " (default: localhost:9092)", "SERVERS"},
  {"kafka-topic", 0, 0, G_OPTION_ARG_STRING, &opt.topic,
      "Topic that gets the records (default: rr.metadata.sei)", "TOPIC"},
  {"kafka-key", 0, 0, G_OPTION_ARG_STRING, &opt.key,
        "Template of the records' keys: text and {name} for a top-level"
        " member, such as {stream_id} (default: the member seq, else 0)",
      "TEMPLATE"},
  KAFKA_OPTIONS_ENTRIES,
  {"add-time", 0, 0, G_OPTION_ARG_NONE, &opt.add_time,
      "Append the member time, when the record was captured", NULL},
  {"output", 0, 0, G_OPTION_ARG_FILENAME, &opt.output,
      "Write the records as JSON lines to the end of this file, - for stdout, and"
        " not to Kafka", "FILE"},
  {"inspect", 0, 0, G_OPTION_ARG_NONE, &opt.inspect,
      "Show what the inputs have, every second, without Kafka", NULL},
  {"verbose", 'v', 0, G_OPTION_ARG_NONE, &opt.verbose,
      "Show every message", NULL},
  {NULL}
};

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


/* Returns: (transfer full): the input of --port and --listen */
static InputSpec *
make_ports (const char *ports)
{
  InputSpec *spec = g_new0 (InputSpec, 1);

  spec->kind = INPUT_RTP;
  spec->is_listener = TRUE;
  spec->host = g_strdup (opt_listen);
  spec->port = g_strdup (ports);
  spec->shown = g_strdup_printf (opt_listen && strchr (opt_listen, ':') ?
      "rtp://[%s]:%s" : "rtp://%s:%s", opt_listen ? opt_listen : "[::]", ports);
  return spec;
}

/* Fills in the inputs. Returns whether nothing is wrong with them. */
static gboolean
read_inputs (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *ports = NULL;

  opt.specs = g_ptr_array_new_with_free_func ((GDestroyNotify) input_spec_free);
  if (opt_ports || !opt_inputs) {
    ports = join_ports ();
    if (!ports)
      return FALSE;
    opt.ports = make_ports (ports);
    g_ptr_array_add (opt.specs, opt.ports);
  }
  for (char **input = opt_inputs; input && *input; input++)
    if (!input_specs_load (*input, opt.specs, &error))
      break;
  if (!error)
    input_specs_check_names (opt.specs, &error);
  if (error)
    tool_usage ("%s", error->message);
  return !error;
}

static void
set_setting (const char *key, const char *value, gpointer data)
{
  gst_structure_set (data, key, G_TYPE_STRING, value, NULL);
}

/* kafkasink's own is lz4, which KafkaJS and aiokafka cannot read without more packages. */
static void
choose_compression (void)
{
  if (!kafka_options_have ("compression.type")
      && !kafka_options_have ("compression.codec"))
    set_setting ("compression.type", "gzip", opt.config);
}

/* Returns whether nothing is wrong with what is about inputs. */
static gboolean
check_inputs (void)
{
  static const char *const codecs[] = { "auto", "h264", "h265", NULL };
  static const char *const scans[] = { "head", "full", NULL };

  if (!read_inputs ())
    return FALSE;
  if (!g_strv_contains (codecs, opt.inputs.codec))
    tool_usage ("--codec '%s' is not known: give auto, h264 or h265",
        opt.inputs.codec);
  else if (!g_strv_contains (scans, opt.inputs.content.scan))
    tool_usage ("--scan '%s' is not known: give head or full",
        opt.inputs.content.scan);
  else if (opt.inputs.max_streams < 1 || opt.inputs.max_streams > MAX_STREAMS)
    tool_usage ("--max-streams %d is not from 1 to %d",
        opt.inputs.max_streams, MAX_STREAMS);
  else if (opt.inputs.latency_ms != NO_LATENCY && (opt.inputs.latency_ms < 0
          || opt.inputs.latency_ms > MAX_LATENCY_MS))
    tool_usage ("--latency %d is not from 0 to %d ms", opt.inputs.latency_ms,
        MAX_LATENCY_MS);
  else if (opt_listen && *opt_listen == '\0')
    tool_usage ("--listen needs an address of this computer, or a multicast"
        " group");
  else if (opt_listen && !opt.ports)
    tool_usage ("--listen %s is for --port: give the address in the URI of"
        " --input", opt_listen);
  else if (opt.inputs.interface && *opt.inputs.interface == '\0')
    tool_usage ("--interface needs the name of a network interface");
  else if (opt.inputs.interface && !opt_listen && !opt_inputs)
    tool_usage ("--interface %s is for a multicast group: give one with"
        " --listen", opt.inputs.interface);
  else if (opt.inputs.content.uuid && *opt.inputs.content.uuid == '\0')
    tool_usage ("--uuid needs one or more UUIDs");
  else
    return TRUE;
  return FALSE;
}

static gboolean
is_other_file (const char *input, const char *path)
{
  const char *output = g_str_equal (opt.output, "-") ? "/dev/stdout" :
      opt.output;

  if (!path || !tool_is_same_file (path, output))
    return TRUE;
  tool_usage ("--output %s is the file that --input %s reads: give another one",
      opt.output, input);
  return FALSE;
}

/* Returns whether the output is none of the files that are read. */
static gboolean
check_output_file (void)
{
  if (!opt.output)
    return TRUE;
  for (char **input = opt_inputs; input && *input; input++)
    if (**input == '@' && !is_other_file (*input, *input + 1))
      return FALSE;
  for (guint i = 0; i < opt.specs->len; i++) {
    const InputSpec *spec = opt.specs->pdata[i];

    if (!is_other_file (spec->shown, spec->path))
      return FALSE;
  }
  return TRUE;
}

/* Returns whether nothing is wrong with --kafka-key. */
static gboolean
read_key (void)
{
  g_autoptr (KafkaTemplate) template = NULL;
  g_autoptr (GError) error = NULL;

  if (!opt.key)
    return TRUE;
  template = kafka_template_parse (opt.key, &error);
  if (!template)
    tool_usage ("%s", error->message);
  else if (!kafka_template_get_constant (template))
    opt.key_template = g_steal_pointer (&template);
  return !error;
}

/* Returns whether nothing is wrong with what is about Kafka. */
static gboolean
check_outputs (void)
{
  if (*opt.bootstrap == '\0')
    tool_usage ("--kafka-bootstrap needs HOST:PORT of a broker");
  else if (*opt.topic == '\0')
    tool_usage ("--kafka-topic needs the name of a topic");
  else if (kafka_options_file && *kafka_options_file == '\0')
    tool_usage ("--kafka-config needs the name of a file");
  else if (opt.output && *opt.output == '\0')
    tool_usage ("--output needs the name of a file, or -");
  else if (opt.output && opt.inspect)
    tool_usage ("--output and --inspect exclude each other: --inspect gives no"
        " records");
  else
    return check_output_file () && read_key ()
        && kafka_options_foreach (set_setting, opt.config);
  return FALSE;
}

gboolean
options_read (Options * options, int *argc, char ***argv, int *status)
{
  gboolean is_right;

  if (!tool_start (argc, argv, "metakafka-bridge",
          "Takes the metadata out of streams, which is in the SEI of H.264 and H.265,"
          " in KLV or in JSON lines, and publishes each message as a Kafka record,"
          " a JSON object.", entries,
          gst_init_get_option_group (), TOOL_OUTPUT_NEVER_BLOCK, status))
    return FALSE;
  *status = TOOL_USAGE;
  opt.config = gst_structure_new_empty ("config");
  opt.config_file = kafka_options_file;
  is_right = check_inputs () && check_outputs ();
  choose_compression ();
  *options = opt;
  return is_right;
}

void
options_clear (Options * options)
{
  g_clear_pointer (&options->specs, g_ptr_array_unref);
  g_clear_pointer (&options->key_template, g_ptr_array_unref);
  g_clear_pointer (&options->config, gst_structure_free);
}
