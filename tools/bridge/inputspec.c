/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "inputspec.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "jsontext.h"

#define MAX_NAME 255

/* What SRT takes (SRTO_PASSPHRASE), in bytes */
#define MIN_PASSPHRASE 10
#define MAX_PASSPHRASE 79

static const struct
{
  const char *scheme;
  InputKind kind;
} schemes[] = {
  {"rtp", INPUT_RTP},
  {"udp", INPUT_UDP},
  {"srt", INPUT_SRT},
  {"rtsp", INPUT_RTSP},
  {"rtspu", INPUT_RTSP},
  {"rtspt", INPUT_RTSP},
  {"rtsph", INPUT_RTSP},
  {"rtsps", INPUT_RTSP},
  {"rtspsu", INPUT_RTSP},
  {"rtspst", INPUT_RTSP},
  {"rtspsh", INPUT_RTSP},
  {"rtmp", INPUT_RTMP},
  {"rtmps", INPUT_RTMP},
  {"http", INPUT_HTTP},
  {"https", INPUT_HTTP},
  {"file", INPUT_FILE}
};

#define KNOWN "rtp, udp, srt, rtsp, rtsps, rtmp, rtmps, http, https and"\
    " file"

static void
clear (gpointer data)
{
  InputSpec *self = data;

  g_free (self->name);
  g_free (self->uri);
  g_free (self->host);
  g_free (self->port);
  g_free (self->path);
  g_free (self->shown);
  g_free (self->said);
  g_clear_pointer (&self->written, tool_uri_free);
}

InputSpec *
input_spec_new (void)
{
  return g_atomic_rc_box_new0 (InputSpec);
}

InputSpec *
input_spec_ref (const InputSpec * self)
{
  return g_atomic_rc_box_acquire ((InputSpec *) self);
}

void
input_spec_unref (InputSpec * self)
{
  g_atomic_rc_box_release_full (self, clear);
}

const char *
input_spec_get_said (const InputSpec * self)
{
  return self->said ? self->said : self->shown;
}

gboolean
input_spec_equal (const InputSpec * a, const InputSpec * b)
{
  return g_strcmp0 (a->name, b->name) == 0 && g_strcmp0 (a->uri, b->uri) == 0
      && a->kind == b->kind && g_strcmp0 (a->host, b->host) == 0
      && g_strcmp0 (a->port, b->port) == 0
      && a->thin.every == b->thin.every
      && a->thin.interval_ns == b->thin.interval_ns;
}

static gboolean
G_GNUC_PRINTF (2, 3)
fail (GError ** error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error)
    *error = g_error_new_valist (INPUT_ERROR, INPUT_ERROR_BAD, format, args);
  va_end (args);
  return FALSE;
}

/* --- Each kind --------------------------------------------------------------- */

static int
read_port (const char *text)
{
  guint64 port;

  return text && g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port,
      NULL) ? (int) port : 0;
}

/* Returns: (transfer full) (nullable): the port, or the range where that @may_range */
static char *
read_ports (const char *text, gboolean may_range)
{
  g_auto (GStrv) ends = g_strsplit (text ? text : "", "-", 2);
  const int first = read_port (ends[0]);
  const int last = first && ends[1] ? read_port (ends[1]) : first;

  if (first == 0 || last < first || (ends[1] && !may_range))
    return NULL;
  return ends[1] ? g_strdup_printf ("%d-%d", first, last) :
      g_strdup_printf ("%d", first);
}

/* Returns: (transfer full) (nullable): the address, without brackets */
static char *
read_address (const char *host)
{
  const gsize size = strlen (host);
  g_autofree char *plain = *host == '[' ? g_strndup (host + 1, size - 2) :
      g_strdup (host);

  if (*plain == '\0' || g_str_equal (plain, "::"))
    return NULL;
  /* RFC 6874: the % in front of a zone */
  return g_uri_unescape_string (plain, NULL);
}

/* RTP and MPEG-TS over UDP. Players write udp://@239.1.2.3:5000, too, in which the one sender
 * to listen to can stand before the @. */
static gboolean
read_udp (InputSpec * self, const ToolUri * uri, GError ** error)
{
  const gboolean may_range = self->kind == INPUT_RTP;
  g_autofree char *rest = tool_uri_expand_rest (uri);

  if (tool_uri_has_user (uri))
    return fail (error, "%s has something before the @: leave it out; who sends"
        " is not selected", self->shown);
  if (strlen (rest) > 1 || (*rest && *rest != '/'))
    return fail (error, "%s has something behind its port: leave it out; the"
        " network interface of a multicast group is what %s says", self->shown,
        self->line > 0 ? "interface in [bridge]" : "--interface");
  self->port = read_ports (uri->port, may_range);
  if (!self->port)
    return fail (error, "%s needs a UDP port to listen at, 1 to 65535%s: write"
        " %s://:5000 for all addresses of this computer, or %s://239.1.2.3:5000"
        " for a multicast group", self->shown, may_range ?
        ", or a range such as 5000-5009" : "", uri->scheme, uri->scheme);
  self->host = read_address (uri->host);
  if (self->kind == INPUT_RTP && self->host
      && !g_hostname_is_ip_address (self->host))
    return fail (error,
        "%s needs an address of this computer, or of a multicast"
        " group, and no name: write rtp://192.0.2.7:%s, or rtp://:%s for all"
        " addresses", self->shown, self->port, self->port);
  self->is_listener = TRUE;
  g_free (self->uri);
  self->uri = g_strdup_printf (!self->host || strchr (self->host, ':') ?
      "%s://[%s]:%s" : "%s://%s:%s", uri->scheme, self->host ? self->host :
      "::", self->port);
  if (!tool_uri_has_variable (uri)) {
    g_free (self->shown);
    self->shown = g_strdup (self->uri);
  }
  return TRUE;
}

static gboolean
check_passphrase (const InputSpec * self, const ToolUri * uri, GError ** error)
{
  g_autofree char *text = tool_uri_get_parameter (uri, "passphrase");
  const gsize size = text ? strlen (text) : MIN_PASSPHRASE;

  return (size >= MIN_PASSPHRASE && size <= MAX_PASSPHRASE)
      || fail (error, "The passphrase of %s has %" G_GSIZE_FORMAT " bytes: SRT"
      " takes %d to %d, and the same at both ends", self->shown, size,
      MIN_PASSPHRASE, MAX_PASSPHRASE);
}

/* Behind what is there */
static void
add_listener (char **text)
{
  char *longer = g_strconcat (*text, strchr (*text, '?') ? "&" : "?",
      "mode=listener", NULL);

  g_free (*text);
  *text = longer;
}

static gboolean
read_srt (InputSpec * self, const ToolUri * uri, GError ** error)
{
  static const char *const modes[] = {
    "caller", "listener", "rendezvous", NULL
  };
  g_autofree char *mode = tool_uri_get_parameter (uri, "mode");

  if (tool_uri_has_user (uri))
    return fail (error, "%s has a user before the @, which SRT does not have:"
        " write it as streamid=... behind the ?", self->shown);
  if (read_port (uri->port) == 0)
    return fail (error, "%s needs a port, 1 to 65535: write srt://HOST:7000 to"
        " call HOST, or srt://:7000 to listen", self->shown);
  if (mode && !g_strv_contains (modes, mode))
    return fail (error, "The mode of %s is not known: give caller, listener or"
        " rendezvous", self->shown);
  if (*uri->host == '\0' && mode && !g_str_equal (mode, "listener"))
    return fail (error, "%s has mode=%s and no host to call: write"
        " srt://HOST:%s?mode=%s, or leave the mode out to listen", self->shown,
        mode, uri->port, mode);
  if (!check_passphrase (self, uri, error))
    return FALSE;
  if (*uri->host == '\0' && !mode) {
    add_listener (&self->uri);
    add_listener (&self->shown);
  }
  self->is_listener = mode ? g_str_equal (mode, "listener") :
      *uri->host == '\0';
  return TRUE;
}

static gboolean
read_server (InputSpec * self, const ToolUri * uri, GError ** error)
{
  if (*uri->host == '\0')
    return fail (error, "%s has no host: write %s://HOST/PATH", self->shown,
        uri->scheme);
  if (uri->port && read_port (uri->port) == 0)
    return fail (error, "The port of %s is not from 1 to 65535: correct it, or"
        " leave it out with its colon", self->shown);
  return TRUE;
}

/* What can be opened without waiting for somebody, and read to an end. One that is not there
 * may come. */
static gboolean
check_file (const InputSpec * self, GError ** error)
{
  GStatBuf info;

  if (g_stat (self->path, &info) != 0 || S_ISREG (info.st_mode))
    return TRUE;
  if (S_ISDIR (info.st_mode))
    return fail (error, "%s is a folder: give the files in it, each with %s of"
        " its own", self->shown, self->line > 0 ? "a [camera NAME]" :
        "an --input");
  if (S_ISCHR (info.st_mode) || S_ISBLK (info.st_mode))
    return fail (error, "%s is a device, and no file: let metakafka-sender"
        " --input, or another program, send its video to rtp://, udp:// or"
        " srt://", self->shown);
  return fail (error, "%s is a %s, and no file: let what writes into it write"
      " into a file, or send to udp:// or srt://", self->shown,
      S_ISFIFO (info.st_mode) ? "pipe" : "socket");
}

static gboolean
read_file (InputSpec * self, GError ** error)
{
  g_autofree char *host = NULL;

  /* which GLib would leave out, or take as a part of the name, as it is old or new */
  if (!strpbrk (self->uri, "?#"))
    self->path = g_filename_from_uri (self->uri, &host, NULL);
  if (!self->path || (host && g_ascii_strcasecmp (host, "localhost") != 0))
    return fail (error, "%s is not a file of this computer: write"
        " file:///FOLDER/FILE with %%20 for a space, %%23 for # and %%3F for ?, or"
        " the path alone", self->shown);
  return check_file (self, error);
}

static gboolean
read_path (InputSpec * self, GError ** error)
{
  self->path = g_canonicalize_filename (self->uri, NULL);
  g_free (self->uri);
  self->uri = g_filename_to_uri (self->path, NULL, NULL);
  if (!self->uri)
    return fail (error, "%s cannot be the name of a file: correct it",
        self->shown);
  return check_file (self, error);
}

/* --- One input ---------------------------------------------------------------- */

static gboolean
find_kind (InputSpec * self, const ToolUri * uri, GError ** error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (schemes[i].scheme, uri->scheme)) {
      self->kind = schemes[i].kind;
      return TRUE;
    }
  return fail (error, "%s:// is not known: known are " KNOWN ", and paths of"
      " files", uri->scheme);
}

/* rtp:5000 would be a file. */
static gboolean
check_slashes (const char *text, GError ** error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *scheme = colon ? g_ascii_strdown (text, colon - text) : NULL;

  for (gsize i = 0; colon && i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (schemes[i].scheme, scheme))
      return fail (error, "%s: has no // behind it: write %s://..., or ./%s:..."
          " for a file of that name", scheme, scheme, scheme);
  return TRUE;
}

static gboolean
read_uri (InputSpec * self, const ToolUri * uri, GError ** error)
{
  if (!uri->scheme) {
    self->kind = INPUT_FILE;
    return check_slashes (self->uri, error) && read_path (self, error);
  }
  if (!find_kind (self, uri, error))
    return FALSE;
  switch (self->kind) {
    case INPUT_RTP:
    case INPUT_UDP:
      return read_udp (self, uri, error);
    case INPUT_SRT:
      return read_srt (self, uri, error);
    case INPUT_RTMP:
      return tool_uri_check_rtmp (uri, error);
    case INPUT_RTSP:
    case INPUT_HTTP:
      return read_server (self, uri, error);
    case INPUT_FILE:
      return read_file (self, error);
  }
  return FALSE;
}

/* Letters and digits of any script, with their accents */
static gboolean
is_name (const char *text)
{
  if (*text == '\0' || strlen (text) > MAX_NAME)
    return FALSE;
  for (; *text; text = g_utf8_next_char (text)) {
    const gunichar c = g_utf8_get_char (text);

    if (!g_unichar_isalnum (c) && !g_unichar_ismark (c)
        && (c >= 0x80 || !strchr ("._-", (int) c)))
      return FALSE;
  }
  return TRUE;
}

/* Takes the NAME= from the front of @text.
 * Returns: (transfer full) (nullable): NULL: there is none */
static char *
take_name (const char **text)
{
  const char *const before = *text;
  const char *equals = before + strcspn (before, "=:/?");

  if (*equals != '=')
    return NULL;
  *text = equals + 1;
  return g_strndup (before, equals - before);
}

static gboolean
check_utf8 (const char *text, GError ** error)
{
  return g_utf8_validate (text, -1, NULL) || fail (error,
      "An input is not UTF-8: write it as UTF-8, and other bytes of a file's"
      " name as %%XX in a file:// URI");
}

/* Whether a path is a URI with a mistake in it, and a password that nobody is to see */
static gboolean
has_login (const char *text)
{
  const char *colon = strchr (text, ':');

  return *text != '.' && *text != '/' && colon && strchr (colon, '@');
}

/* @name: (nullable)
 * @may_be_seen: by everybody who can list processes
 * @line: of a configuration file; 0: of none */
static InputSpec *
parse (const char *name, const char *text, gboolean may_be_seen, guint line,
    GError ** error)
{
  g_autoptr (InputSpec) self = input_spec_new ();
  const ToolUri *uri;

  self->name = g_strdup (name);
  self->line = line;
  if (!(self->written = tool_uri_new (text, error)))
    return NULL;
  uri = self->written;
  if (!uri->scheme && has_login (text)) {
    fail (error, "An input has a login, and no SCHEME:// in front of it: write"
        " it as in rtsp://user:password@camera/path, or ./ in front of the path"
        " of a file that has : and @ in its name");
    return NULL;
  }
  self->uri = tool_uri_expand (uri);
  self->shown = tool_uri_show (uri);
  if (*self->uri == '\0') {
    fail (error, "An input has no URI: write [NAME=]URI, such as"
        " cam01=rtsp://192.0.2.7/stream");
    return NULL;
  }
  if (may_be_seen && !tool_uri_check_secrets (uri, "put the input into a file"
          " and give --input @FILE", error))
    return NULL;
  if (!read_uri (self, uri, error))
    return NULL;
  if (line > 0)
    self->said = g_strdup_printf ("%s (%s)", name, self->shown);
  return g_steal_pointer (&self);
}

/* Of [NAME=]URI */
static InputSpec *
parse_argument (const char *text, gboolean may_be_seen, GError ** error)
{
  g_autofree char *name = NULL;

  if (!check_utf8 (text, error))
    return NULL;
  name = take_name (&text);
  if (name && !is_name (name)) {
    fail (error, "The name '%s' of an input has to be 1 to %d bytes of letters,"
        " digits, . _ and -: correct it, or write ./ in front of the path of a"
        " file that has a = in its name", name, MAX_NAME);
    return NULL;
  }
  return parse (name, text, may_be_seen, 0, error);
}

InputSpec *
input_spec_parse_camera (const char *name, const char *uri, guint line,
    GError ** error)
{
  const char *rest = uri;
  g_autofree char *other_name = take_name (&rest);

  if (!is_name (name)) {
    fail (error, "The name '%s' of a camera has to be 1 to %d bytes of letters,"
        " digits, . _ and -: correct it", name, MAX_NAME);
  } else if (other_name) {
    fail (error,
        "uri has a name of its own, '%s': leave it to [camera NAME], or"
        " write ./ in front of the path of a file that has a = in its name",
        other_name);
  } else if (*uri == '"' || *uri == '\'' || *uri == '@') {
    fail (error, "uri begins with %c: write a URI or a path alone, without"
        " quotes, and ./ in front of a path that begins so", *uri);
  } else if (strstr (uri, " #") || strstr (uri, "\t#")) {
    fail (error, "uri ends with a comment: give that a line of its own, and"
        " write %%20%%23 in a file:// URI for a path that has it");
  } else {
    return parse (name, uri, FALSE, line, error);
  }
  return NULL;
}

InputSpec *
input_spec_parse (const char *text, GError ** error)
{
  return parse_argument (text, TRUE, error);
}

/* --- All of them --------------------------------------------------------------- */

/* Cuts a comment off: a # with nothing but white space in front of it, or white space just
 * there. In a URI that would be no white space. */
static char *
strip_line (char *line)
{
  for (char *mark = line; (mark = strchr (mark, '#')) != NULL; mark++)
    if (mark == line || g_ascii_isspace (mark[-1])) {
      *mark = '\0';
      break;
    }
  return g_strstrip (line);
}

static gboolean
load_file (const char *path, GPtrArray * specs, GError ** error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) why = NULL;
  const char *rest;
  gsize size;
  const guint n_before = specs->len;

  if (*path == '\0')
    return fail (error, "--input @ needs the name of a file behind the @: it"
        " has one [NAME=]URI on each line");
  if (!g_file_get_contents (path, &text, &size, &why))
    return fail (error, "--input @%s: Could not read the inputs: %s. Check the"
        " file's name and permissions, and write ./ in front of the path of a"
        " file that begins with @", path, why->message);
  rest = text;
  json_text_skip_mark (&rest, &size);
  lines = g_strsplit (rest, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    const char *line = strip_line (lines[i]);
    InputSpec *spec;

    if (*line == '\0')
      continue;
    spec = parse_argument (line, FALSE, error);
    if (!spec) {
      g_prefix_error (error, "%s:%u: ", path, i + 1);
      return FALSE;
    }
    g_ptr_array_add (specs, spec);
  }
  return specs->len > n_before || fail (error, "%s has no input: write one"
      " [NAME=]URI on each line", path);
}

gboolean
input_specs_load (const char *argument, GPtrArray * specs, GError ** error)
{
  InputSpec *spec;

  if (*argument == '@')
    return load_file (argument + 1, specs, error);
  spec = parse_argument (argument, TRUE, error);
  if (!spec) {
    g_prefix_error (error, "--input: ");
    return FALSE;
  }
  g_ptr_array_add (specs, spec);
  return TRUE;
}

gboolean
input_specs_check_names (const GPtrArray * specs, guint * line, GError ** error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < specs->len; i++) {
    const InputSpec *spec = specs->pdata[i];

    *line = spec->line;
    if (spec->name && !g_hash_table_add (names, spec->name))
      return fail (error, "Two inputs have the name '%s': give each one of its"
          " own, because it becomes the stream_id of its records", spec->name);
  }
  return TRUE;
}
