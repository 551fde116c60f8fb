/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "optioninputs.h"

#include <stdlib.h>
#include <string.h>

#include "portclash.h"

#define DEFAULT_PORT "5000"

/* what rtpseisrc takes */
#define MAX_STREAMS 65536
#define DEFAULT_STREAMS 1024
#define MAX_LATENCY_MS 10000

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

/* Returns: (transfer full): what --port has, or port in the file, with commas between */
static GStrv
list_ports (const OptionsReading * r)
{
  const ConfigEntry *entry = values_find (&r->values, "port");
  GStrv ports;

  if (!entry)
    return g_strdupv (r->ports);
  ports = g_strsplit (entry->value, ",", -1);
  for (char **port = ports; *port; port++)
    g_strstrip (*port);
  return ports;
}

/* Returns: (transfer full) (nullable): all --port, as rtpseisrc takes them; NULL if one is
 * wrong */
static char *
join_ports (OptionsReading * r)
{
  g_auto (GStrv) ports = list_ports (r);

  if (!ports)
    return g_strdup (DEFAULT_PORT);
  if (!*ports) {
    values_fault (&r->values, "port", "needs a UDP port, 1 to 65535, or a range"
        " such as 5000-5009");
    return NULL;
  }
  for (char **port = ports; *port; port++)
    if (!check_ports (*port)) {
      values_fault (&r->values, "port",
          "'%s' is not a UDP port: give 1 to 65535, or a range"
          " such as 5000-5009", *port);
      return NULL;
    }
  return g_strjoinv (",", ports);
}

/* Returns: (transfer full): the input of --port and --listen */
static InputSpec *
make_ports (const char *ports, const char *address)
{
  InputSpec *spec = input_spec_new ();

  spec->kind = INPUT_RTP;
  spec->is_listener = TRUE;
  spec->host = g_strdup (address);
  spec->port = g_strdup (ports);
  spec->shown = g_strdup_printf (address && strchr (address, ':') ?
      "rtp://[%s]:%s" : "rtp://%s:%s", address ? address : "[::]", ports);
  return spec;
}

static void
read_ports (OptionsReading * r)
{
  const ConfigEntry *entry = values_find (&r->values, "port");
  g_autofree char *ports = join_ports (r);
  InputSpec *spec;

  if (!ports)
    return;
  spec = make_ports (ports, values_get_text (&r->values, "listen", NULL));
  spec->line = entry ? entry->line : 0;
  r->options->ports = spec;
  g_ptr_array_add (r->options->specs, spec);
}

static void
read_arguments (OptionsReading * r)
{
  g_autoptr (GError) error = NULL;

  for (char **input = r->inputs; input && *input; input++)
    if (!input_specs_load (*input, r->options->specs, &error))
      break;
  if (error)
    values_error (&r->values, 0, error);
}

/* Reads one line of a camera. */
static void
read_camera_line (OptionsReading * r, const ConfigEntry * entry,
    const ConfigEntry ** uri, ThinSettings * thin)
{
  if (!entry->key)
    return;
  if (g_str_equal (entry->key, "uri")) {
    *uri = entry;
  } else if (g_str_equal (entry->key, "every")) {
    if (!thin_parse_every (entry->value, thin))
      values_line_fault (&r->values, entry->line, "every '%s' is not a"
          " number from 1 on: give that of the messages of which one becomes"
          " a record", entry->value);
  } else if (g_str_equal (entry->key, "rate")) {
    if (!thin_parse_rate (entry->value, thin))
      values_line_fault (&r->values, entry->line, "rate '%s' is not from"
          " 0.0001/s to 1000000/s: give the records of a second, such as 10/s"
          " or 0.5/s", entry->value);
  } else {
    values_line_fault (&r->values, entry->line, "%s is not known: a camera"
        " has uri, every and rate", entry->key);
  }
}

/* @lines: of the file
 * @first: that of a camera
 * Returns: the first behind those of that camera */
static guint
read_camera (OptionsReading * r, const GPtrArray * lines, guint first)
{
  const ConfigEntry *entry = lines->pdata[first], *uri = NULL;
  const char *name = entry->camera;
  const guint first_line = entry->line;
  g_autoptr (GError) error = NULL;
  ThinSettings thin = { 0 };
  InputSpec *spec;
  guint i = first;

  do {
    read_camera_line (r, entry, &uri, &thin);
    entry = ++i < lines->len ? lines->pdata[i] : NULL;
  } while (entry && g_strcmp0 (entry->camera, name) == 0);
  if (!uri || *uri->value == '\0') {
    values_line_fault (&r->values, uri ? uri->line : first_line,
        "[camera %s] has no uri: add uri=URI, such as"
        " uri=rtsp://192.0.2.7/stream", name);
    return i;
  }
  spec = input_spec_parse_camera (name, uri->value, uri->line, &error);
  if (spec) {
    spec->thin = thin;
    g_ptr_array_add (r->options->specs, spec);
  } else {
    values_error (&r->values, uri->line, error);
  }
  return i;
}

static void
read_cameras (OptionsReading * r)
{
  const GPtrArray *lines = r->options->file ?
      config_file_get_entries (r->options->file) : NULL;

  for (guint i = 0; lines && i < lines->len;)
    if (((ConfigEntry *) lines->pdata[i])->camera)
      i = read_camera (r, lines, i);
    else
      i++;
}

char *
option_inputs_name (const OptionsReading * r, const InputSpec * spec)
{
  if (spec == r->options->ports)
    return g_strdup (spec->line > 0 ? "port" : "--port");
  return spec->line > 0 ?
      g_strdup_printf ("[" CONFIG_CAMERA " %s]", spec->name) :
      g_strconcat ("--input ", spec->shown, NULL);
}

static void
tell_clash (OptionsReading * r, const PortClash * clash)
{
  const guint first_line = clash->first->line;
  const guint second_line = clash->second->line;
  g_autofree char *first = option_inputs_name (r, clash->first);
  g_autofree char *second = option_inputs_name (r, clash->second);
  g_autofree char *where = first_line > 0 ?
      g_strdup_printf (" at line %u", first_line) : g_strdup ("");

  values_line_fault (&r->values, second_line > 0 ? second_line : first_line,
      "%s takes UDP port %u%s, which %s%s has%s: give one of them another port",
      second, clash->port,
      clash->is_second_rtcp ? " for RTCP, behind its own" : "", first, where,
      clash->is_first_rtcp ? " for RTCP, behind its own" : "");
}

/* Those of the command line alone are left to their retries. */
static void
check_clashes (OptionsReading * r)
{
  g_autoptr (GArray) clashes = port_clashes_find (r->options->specs);

  for (guint i = 0; i < clashes->len; i++) {
    const PortClash *clash = &g_array_index (clashes, PortClash, i);

    if (clash->first->line > 0 || clash->second->line > 0)
      tell_clash (r, clash);
  }
}

static void
read_specs (OptionsReading * r)
{
  const Options *options = r->options;
  const gboolean has_ports = values_are_on_line (&r->values, "port")
      || values_find (&r->values, "port");
  g_autoptr (GError) error = NULL;
  guint n_faults, second_line;

  r->options->specs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) input_spec_unref);
  if (has_ports || (!r->inputs && !options->file))
    read_ports (r);
  read_arguments (r);
  n_faults = r->values.faults->len;
  read_cameras (r);
  if (!input_specs_check_names (options->specs, &second_line, &error))
    values_error (&r->values, second_line, error);
  check_clashes (r);
  if (options->specs->len == 0 && !r->inputs && !has_ports
      && r->values.faults->len == n_faults)
    values_line_fault (&r->values, 0, "there is no camera: add a"
        " [camera NAME] with uri=URI, or port=PORT to [bridge]");
}

/* Reads what all inputs have in common. */
static void
read_settings (OptionsReading * r)
{
  static const char *const codecs[] = { "auto", "h264", "h265", NULL };
  static const char *const scans[] = { "head", "full", NULL };
  const char *address = values_get_text (&r->values, "listen", NULL);
  g_autofree char *listen = values_name_option (&r->values, "listen");
  g_autofree char *port = values_name_option (&r->values, "port");
  InputSettings *settings = &r->options->inputs;

  *settings = (InputSettings) {
    .content.uuid = values_get_text (&r->values, "uuid", NULL),.content.scan =
        values_get_text (&r->values, "scan", "head"),.codec =
        values_get_text (&r->values, "codec", "auto"),.interface =
        values_get_text (&r->values, "interface", NULL),.latency_ms =
        values_get_number (&r->values, "latency", 0, MAX_LATENCY_MS,
        VALUES_NOT_GIVEN, " ms"),.max_streams =
        values_get_number (&r->values, "max-streams", 1, MAX_STREAMS,
        DEFAULT_STREAMS, "")
  };
  values_check_word (&r->values, "codec", settings->codec, codecs,
      "auto, h264 or h265");
  values_check_word (&r->values, "scan", settings->content.scan, scans,
      "head or full");
  if (address && *address == '\0')
    values_fault (&r->values, "listen",
        "needs an address of this computer, or a multicast" " group");
  else if (address && !r->options->ports)
    values_fault (&r->values, "listen",
        "%s is for %s: give the address in the URI of %s", address, port,
        r->options->file ? "the camera" : "--input");
  if (settings->interface && *settings->interface == '\0')
    values_fault (&r->values, "interface",
        "needs the name of a network interface");
  else if (settings->interface && !address && r->options->ports
      && r->options->specs->len == 1)
    values_fault (&r->values, "interface",
        "%s is for a multicast group: give one with %s", settings->interface,
        listen);
  if (settings->content.uuid && *settings->content.uuid == '\0')
    values_fault (&r->values, "uuid", "needs one or more UUIDs");
}

void
option_inputs_read (OptionsReading * r)
{
  read_specs (r);
  read_settings (r);
}
