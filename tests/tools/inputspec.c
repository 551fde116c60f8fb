/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the arguments of --input mean */

#include "inputspec.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static InputSpec *
parse_well (const char *text)
{
  g_autoptr (GError) error = NULL;
  InputSpec *spec = input_spec_parse (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (spec);
  return spec;
}

static void
assert_reads (const char *text, const char *name, InputKind kind,
    const char *uri, const char *host, const char *port, const char *shown)
{
  g_autoptr (InputSpec) spec = parse_well (text);

  g_assert_cmpstr (spec->name, ==, name);
  g_assert_cmpint (spec->kind, ==, kind);
  g_assert_cmpstr (spec->uri, ==, uri);
  g_assert_cmpstr (spec->host, ==, host);
  g_assert_cmpstr (spec->port, ==, port);
  g_assert_cmpstr (spec->shown, ==, shown ? shown : uri);
}

/* The sentence has each of the words. */
static void
assert_refuses (const char *text, const char *first, const char *second)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (input_spec_parse (text, &error));
  g_assert_error (error, INPUT_ERROR, INPUT_ERROR_BAD);
  if (!strstr (error->message, first) || !strstr (error->message, second))
    g_error ("%s: %s", text, error->message);
}

static void
assert_udp (const char *text, const char *uri, const char *host,
    const char *port)
{
  assert_reads (text, NULL, g_str_has_prefix (text, "rtp") ? INPUT_RTP :
      INPUT_UDP, uri, host, port, NULL);
}

static void
test_udp (void)
{
  assert_udp ("rtp://[::]:5000", "rtp://[::]:5000", NULL, "5000");
  assert_udp ("rtp://:5000", "rtp://[::]:5000", NULL, "5000");
  assert_udp ("rtp://:5000/", "rtp://[::]:5000", NULL, "5000");
  assert_udp ("rtp://0.0.0.0:5000", "rtp://0.0.0.0:5000", "0.0.0.0", "5000");
  assert_udp ("rtp://239.1.2.3:1", "rtp://239.1.2.3:1", "239.1.2.3", "1");
  assert_udp ("rtp://[ff02::7]:65535", "rtp://[ff02::7]:65535", "ff02::7",
      "65535");
  assert_udp ("rtp://[fe80::1%25eth0]:5", "rtp://[fe80::1%eth0]:5",
      "fe80::1%eth0", "5");
  assert_udp ("rtp://:5000-5009", "rtp://[::]:5000-5009", NULL, "5000-5009");
  assert_udp ("rtp://:5000-5000", "rtp://[::]:5000-5000", NULL, "5000-5000");
  assert_udp ("udp://:5000", "udp://[::]:5000", NULL, "5000");
  assert_udp ("udp://@239.1.2.3:5000", "udp://239.1.2.3:5000", "239.1.2.3",
      "5000");
  assert_udp ("udp://@:5000", "udp://[::]:5000", NULL, "5000");
  assert_reads ("UDP://h.example:007", NULL, INPUT_UDP, "udp://h.example:7",
      "h.example", "7", NULL);

  assert_refuses ("rtp://239.1.2.3", "needs a UDP port", "5000-5009");
  assert_refuses ("rtp://", "needs a UDP port", "rtp://:5000");
  assert_refuses ("udp://:0", "needs a UDP port", "1 to 65535: write");
  assert_refuses ("udp://:65536", "needs a UDP port", "udp://239.1.2.3:5000");
  assert_refuses ("rtp://:5009-5000", "needs a UDP port", "range");
  assert_refuses ("rtp://:5000-", "needs a UDP port", "range");
  assert_refuses ("rtp://:1-2-3", "needs a UDP port", "range");
  assert_refuses ("udp://:5000-5009", "needs a UDP port", "udp://:5000-5009");
  assert_refuses ("rtp://:http", "HOST:PORT", "brackets");
  assert_refuses ("rtp://::1:5000", "HOST:PORT", "rtp://[2001:db8::7]:5000");
  assert_refuses ("rtp://[::1:5000", "HOST:PORT", "brackets");
  assert_refuses ("rtp://[::1]5000", "HOST:PORT", "brackets");
  assert_refuses ("rtp://h.example:5000",
      "rtp://h.example:5000 needs an address",
      "no name: write rtp://192.0.2.7:5000, or rtp://:5000 for all");
  assert_refuses ("udp://10.0.0.1@239.1.2.3:5", "before the @", "leave it out");
  assert_refuses ("udp://:5000?ttl=1", "behind its port", "--interface");
  assert_refuses ("rtp://:5000/x", "behind its port", "leave it out");
}

static void
assert_listens (const char *text, gboolean is_listener)
{
  g_autoptr (InputSpec) spec = parse_well (text);

  g_assert_cmpint (spec->is_listener, ==, is_listener);
}

static void
test_srt (void)
{
  assert_reads ("srt://h:7000?latency=50", NULL, INPUT_SRT,
      "srt://h:7000?latency=50", NULL, NULL, NULL);
  assert_reads ("srt://:7000", NULL, INPUT_SRT, "srt://:7000?mode=listener",
      NULL, NULL, NULL);
  assert_reads ("srt://:7000?latency=50", NULL, INPUT_SRT,
      "srt://:7000?latency=50&mode=listener", NULL, NULL, NULL);
  assert_reads ("srt://:7000?mode=listener&pbkeylen=16", NULL, INPUT_SRT,
      "srt://:7000?mode=listener&pbkeylen=16", NULL, NULL, NULL);
  assert_reads ("srt://[::1]:7000?mode=rendezvous", NULL, INPUT_SRT,
      "srt://[::1]:7000?mode=rendezvous", NULL, NULL, NULL);
  assert_listens ("srt://:7000", TRUE);
  assert_listens ("srt://:7000?latency=50", TRUE);
  assert_listens ("srt://[::1]:7000?mode=%6cistener", TRUE);
  assert_listens ("srt://h:7000?streamid=mode=listener", FALSE);
  assert_listens ("srt://h:7000?mode=rendezvous", FALSE);
  assert_listens ("srt://h:7000", FALSE);
  assert_listens ("rtp://192.0.2.7:7000", TRUE);
  assert_listens ("udp://:7000", TRUE);
  assert_listens ("http://h/?mode=listener", FALSE);
  assert_refuses ("srt://h", "needs a port", "srt://:7000 to listen");
  assert_refuses ("srt://h:70000", "needs a port", "srt://HOST:7000");
  assert_refuses ("srt://:7000?mode=caller", "no host to call",
      "srt://HOST:7000?mode=caller");
  assert_refuses ("srt://h:7000?mode=push", "mode", "caller, listener or");
  assert_refuses ("srt://u@h:7000", "streamid=", "behind the ?");
}

static void
test_servers (void)
{
  static const char *const rtsp[] = {
    "rtsp", "rtsps", "rtspt", "rtspu", "rtsph", "rtspst", "rtspsu", "rtspsh"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rtsp); i++) {
    g_autofree char *uri = g_strconcat (rtsp[i], "://u@h/s?a=1#f", NULL);

    assert_reads (uri, NULL, INPUT_RTSP, uri, NULL, NULL, NULL);
  }
  assert_reads ("http://h", NULL, INPUT_HTTP, "http://h", NULL, NULL, NULL);
  assert_reads ("https://[::1]:8443/a=b/c.m3u8?x=y", NULL, INPUT_HTTP,
      "https://[::1]:8443/a=b/c.m3u8?x=y", NULL, NULL, NULL);
  assert_refuses ("rtsp:///stream", "no host", "rtsp://HOST/PATH");
  assert_refuses ("rtsp://h:0/", "port", "leave it out");
  assert_refuses ("rtsp://h:99999/", "port", "65535");
  assert_refuses ("rtsp://h/a b", "space", "%20");
  assert_refuses ("rtsp://h h/", "space", "%20");
  assert_refuses ("rtsp://h|x/", "HOST:PORT", "rtsp://192.0.2.7:5000");
  assert_refuses ("gopher://h/", "gopher://", "known are rtp, udp, srt, rtsp,"
      " rtsps, rtmp, rtmps, http, https and file, and paths of files");
  assert_refuses ("rtp:5000", "rtp: has no //", "./rtp:...");
  assert_refuses ("RTSP:h/x", "rtsp: has no //", "rtsp://...");
}

static void
test_rtmp (void)
{
  assert_reads ("rtmp://h/live/drone", NULL, INPUT_RTMP, "rtmp://h/live/drone",
      NULL, NULL, NULL);
  assert_reads ("a=rtmps://u@[::1]:443/live/x/drone?t=1", "a", INPUT_RTMP,
      "rtmps://u@[::1]:443/live/x/drone?t=1", NULL, NULL, NULL);
  assert_refuses ("rtmp:///live/drone", "no host",
      "rtmp://HOST/APPLICATION/STREAM");
  assert_refuses ("rtmp://h:0/live/drone", "port that is not", "HOST:PORT/");
  assert_refuses ("rtmp://h:99999/live/drone", "port that is not",
      "1 to 65535");
  assert_refuses ("rtmp://h/live?x=a/b", "no stream", "STREAM");
  assert_refuses ("rtmp://h", "no application",
      "rtmp://HOST/APPLICATION/STREAM");
  assert_refuses ("rtmp://h/", "no application", "STREAM");
  assert_refuses ("rtmps://h/live", "no stream", "rtmps://HOST/");
  assert_refuses ("rtmp://h/live/", "no stream", "STREAM");
  assert_refuses ("rtmp://h//drone", "no application", "STREAM");
}

static void
assert_path (const char *text, const char *path)
{
  g_autoptr (InputSpec) spec = parse_well (text);

  g_assert_cmpstr (spec->path, ==, path);
}

static void
assert_file (const char *text, const char *name, const char *path,
    const char *shown)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *uri = g_filename_to_uri (absolute, NULL, NULL);

  assert_reads (text, name, INPUT_FILE, uri, NULL, NULL, shown);
  assert_path (text, absolute);
}

static void
test_files (void)
{
  g_setenv ("T_PATH", "a/b c", TRUE);
  assert_file ("/x/a b.ts", NULL, "/x/a b.ts", "/x/a b.ts");
  assert_file ("a.ts", NULL, "a.ts", "a.ts");
  assert_file ("../a:1?x#.ts", NULL, "../a:1?x#.ts", "../a:1?x#.ts");
  assert_file ("./rtp:5", NULL, "rtp:5", "./rtp:5");
  assert_file ("a=b.ts", "a", "b.ts", "b.ts");
  assert_file ("./a=b.ts", NULL, "a=b.ts", "./a=b.ts");
  assert_file ("/x/a=b.ts", NULL, "/x/a=b.ts", "/x/a=b.ts");
  assert_file ("a?=b.ts", NULL, "a?=b.ts", "a?=b.ts");
  assert_file ("/x/key=1_password=2", NULL, "/x/key=1_password=2",
      "/x/key=1_password=2");
  assert_reads ("file:///x/key=1", NULL, INPUT_FILE, "file:///x/key=1", NULL,
      NULL, NULL);
  assert_reads ("file:///x/a%20b.ts", NULL, INPUT_FILE, "file:///x/a%20b.ts",
      NULL, NULL, NULL);
  assert_reads ("c=file:/x", "c", INPUT_FILE, "file:/x", NULL, NULL, NULL);
  assert_reads ("file://localhost/x", NULL, INPUT_FILE, "file://localhost/x",
      NULL, NULL, NULL);
  assert_path ("file://localhost/x", "/x");
  assert_path ("file:///x%20%25%C3%BC%23", "/x %\303\274#");
  assert_path ("file:///${T_PATH}", "/a/b c");
  assert_refuses ("file://server/x", "not a file of this computer",
      "file:///FOLDER/FILE");
  assert_refuses ("file:///x%zz", "not a file", "%20");
  assert_refuses ("file:///x#y", "not a file", "%23");
  assert_refuses ("file:///x?y", "not a file", "%3F");
  assert_path ("file:///x%3Fy%23", "/x?y#");
  assert_refuses ("file:///a b", "space", "%20");
  assert_refuses ("", "no URI", "[NAME=]URI");
  assert_refuses ("cam=", "no URI", "cam01=rtsp://");
  assert_refuses ("a\377", "UTF-8", "%XX");
}

/* What would have to be waited for, or has no end */
static void
test_no_files (void)
{
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autofree char *uri = g_filename_to_uri (link, NULL, NULL);

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (symlink (pipe, link), ==, 0);
  assert_refuses (pipe, "pipe is a pipe, and no file: let what writes into it",
      "udp:// or srt://");
  assert_refuses (uri, "link is a pipe, and no file", "write into a file");
  assert_refuses (folder, "is a folder: give the files in it", "--input");
  assert_refuses ("/dev/null", "/dev/null is a device, and no file",
      "let metakafka-sender --input");
  g_remove (link);
  g_remove (pipe);
  g_rmdir (folder);
}

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (255, 'a');
  g_autofree char *good = g_strconcat (longest, "=rtp://:5", NULL);
  g_autofree char *bad = g_strconcat ("a", good, NULL);

  assert_reads ("Cam-0.1_b=rtp://:5", "Cam-0.1_b", INPUT_RTP, "rtp://[::]:5",
      NULL, "5", NULL);
  assert_reads ("T\303\274r=rtp://:5", "T\303\274r", INPUT_RTP, "rtp://[::]:5",
      NULL, "5", NULL);
  /* a u, and the dots over it */
  assert_reads ("Tu\314\210r=rtp://:5", "Tu\314\210r", INPUT_RTP,
      "rtp://[::]:5", NULL, "5", NULL);
  assert_reads (good, longest, INPUT_RTP, "rtp://[::]:5", NULL, "5", NULL);
  assert_refuses (bad, "name", "1 to 255 bytes");
  assert_refuses ("=rtp://:5", "name ''", "letters, digits, . _ and -");
  assert_refuses ("a b=rtp://:5", "name 'a b'", "./ in front");
  assert_refuses ("a\"=rtp://:5", "name 'a\"'", "./ in front");
  assert_refuses ("a\342\200\250=rtp://:5", "name", "letters");
}

static void
set_variables (void)
{
  g_setenv ("T_PASSWORD", "p@s/s:w%r#d?&$x \303\274", TRUE);
  g_setenv ("T_HOST", "192.0.2.7", TRUE);
  g_setenv ("T_PORT", "5000", TRUE);
  g_setenv ("T_PATH", "a/b c", TRUE);
  g_setenv ("T_LOGIN", "me:p@s", TRUE);
  g_setenv ("T_URI", "rtsp://me:p@h/s?token=t&a=${T_HOST}", TRUE);
  g_setenv ("T_BASE", "rtsp://me:p%40@h:1/cams", TRUE);
  g_setenv ("T_BAD", "x y@z", TRUE);
  g_setenv ("T_EMPTY", "", TRUE);
  g_unsetenv ("T_NONE");
}

#define ENCODED "p%40s%2Fs%3Aw%25r%23d%3F%26%24x%20%C3%BC"

static void
test_variables (void)
{
  set_variables ();
  assert_reads ("rtsp://me:${T_PASSWORD}@h/s", NULL, INPUT_RTSP,
      "rtsp://me:" ENCODED "@h/s", NULL, NULL, "rtsp://me:${T_PASSWORD}@h/s");
  assert_reads ("rtsp://${T_LOGIN}@${T_HOST}:${T_PORT}/${T_PATH}?a=${T_PATH}",
      NULL, INPUT_RTSP, "rtsp://me:p%40s@192.0.2.7:5000/a/b%20c?a=a/b%20c",
      NULL, NULL,
      "rtsp://${T_LOGIN}@${T_HOST}:${T_PORT}/${T_PATH}?a=${T_PATH}");
  assert_reads ("srt://h:1?passphrase=${T_PASSWORD}&a=b", NULL, INPUT_SRT,
      "srt://h:1?passphrase=p@s/s:w%25r%23d%3F%26%24x%20%C3%BC&a=b", NULL, NULL,
      "srt://h:1?passphrase=${T_PASSWORD}&a=b");
  assert_reads ("rtp://${T_HOST}:${T_PORT}", NULL, INPUT_RTP,
      "rtp://192.0.2.7:5000", "192.0.2.7", "5000", "rtp://${T_HOST}:${T_PORT}");
  /* all of it, and its beginning; what is in a value is no variable */
  assert_reads ("cam=${T_URI}", "cam", INPUT_RTSP,
      "rtsp://me:p@h/s?token=t&a=${T_HOST}", NULL, NULL, "${T_URI}");
  assert_reads ("${T_BASE}/1?password=${T_PORT}", NULL, INPUT_RTSP,
      "rtsp://me:p%40@h:1/cams/1?password=5000", NULL, NULL,
      "${T_BASE}/1?password=${T_PORT}");
  assert_file ("${T_PATH}/x.ts", NULL, "a/b c/x.ts", "${T_PATH}/x.ts");
  assert_file ("/d/${T_PATH}.ts", NULL, "/d/a/b c.ts", "/d/${T_PATH}.ts");
  assert_reads ("file:///${T_PATH}", NULL, INPUT_FILE, "file:///a/b%20c", NULL,
      NULL, "file:///${T_PATH}");
  /* no variables */
  assert_reads ("http://h/$a{b}$", NULL, INPUT_HTTP, "http://h/$a{b}$", NULL,
      NULL, NULL);

  assert_refuses ("rtsp://h/${T_NONE}", "no environment variable T_NONE:",
      "set it");
  assert_refuses ("rtsp://h/${T_NONE", "${ has no name", "${NAME}");
  assert_refuses ("rtsp://h/${}", "${ has no name", "${NAME}");
  assert_refuses ("rtsp://${T_BAD}/", "HOST:PORT", "rtsp://");
  assert_refuses ("${T_EMPTY}", "no URI", "[NAME=]URI");
}

static void
test_secrets_in_sight (void)
{
  static const char *const secrets[] = {
    "rtsp://me:hunter2@h/", "rtsp://me:hunter2${T_PORT}@h/",
    "rtsp://:hunter2@h/", "rtsp://me:hun@ter2@h/",
    "srt://h:1?passphrase=hunter2hunter2", "http://h/?a=1&Token=hunter2",
    "http://h/?api_key=hunter2&a=1", "http://h/?key=hunter2;a=1",
    "http://h/?X-Amz-Signature=hunter2#f", "http://h/?sig=hunter2",
    "http://h/?auth=hunter2", "http://h/?client_secret=hunter2",
    "http://h/?user=me&pwd=hunter2", "http://h/?auth_token_id=hunter2",
    "http://h/?access_token=hunter2", "http://h/?user=a;password=hunter2",
    "http://h/?Authorization=hunter2", "http://h/?pass=hunter2=",
    "rtsp://h/user=me_password=hunter_2_channel=1.sdp",
    "rtsp://h/user=me&password=hunter2&channel=1"
  };

  set_variables ();
  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (input_spec_parse (secrets[i], &error));
    g_assert_nonnull (strstr (error->message, "shows a secret to everybody who"
            " can list processes"));
    g_assert_nonnull (strstr (error->message, "***"));
    g_assert_null (strstr (error->message, "hunter"));
  }
  /* it is not known where it is */
  assert_refuses ("rtsp://me:a/b@h/", "The user or the password of the rtsp://"
      " URI has a /", "${NAME}");
  /* and these are none */
  for (gsize i = 0; i < 3; i++) {
    static const char *const open[] = {
      "rtsp://me:@h/?password=", "http://h/?monkeys=1&passthrough=2",
      "srt://h:1?pbkeylen=16&streamid=a"
    };

    assert_reads (open[i], NULL, i == 0 ? INPUT_RTSP : i == 1 ? INPUT_HTTP :
        INPUT_SRT, open[i], NULL, NULL, NULL);
  }
}

static void
assert_hides (const char *uri, const char *text, const char *expected)
{
  g_autoptr (ToolUri) parsed = tool_uri_new (uri, NULL);
  g_autofree char *hidden = tool_uri_hide (parsed, text);

  g_assert_cmpstr (hidden, ==, expected);
}

/* What others say of a URI has it whole, or in parts, and may have decoded them. */
static void
test_secrets_are_hidden_in_sentences (void)
{
  set_variables ();
  assert_hides ("http://me:${T_PASSWORD}@h/?key=a", "http://me:" ENCODED
      "@h/?key=a has no " ENCODED ", p@s/s:w%r#d?&$x \303\274 or a at all.",
      "http://me:${T_PASSWORD}@h/?key=*** has no ${T_PASSWORD},"
      " ${T_PASSWORD} or *** at all.");
  assert_hides ("${T_URI}", "rtsp://me:p@h/s?token=t&a=${T_HOST}: no p here",
      "${T_URI}: no *** here");
  assert_hides ("/x/key=1", "/x/key=1 is not there", "/x/key=1 is not there");
  assert_hides ("http://:@h/?key=", "There is nothing", "There is nothing");
}

/* Returns: (transfer full): the path of a file that has this text */
static char *
write_file (const char *text)
{
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
  char *path = g_build_filename (folder, "inputs.txt", NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
remove_file (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_remove (path);
  g_rmdir (folder);
}

static GPtrArray *
specs_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) input_spec_unref);
}

static void
test_argument_and_file (void)
{
  g_autofree char *path = write_file ("# cameras\r\n\n"
      "  north=rtsp://me:hunter2@h/s?token=x&a=1  \r\n"
      "\tsrt://h:1?passphrase=hunter2hunter2\n" "rtp://:5");
  g_autofree char *argument = g_strconcat ("@", path, NULL);
  g_autoptr (GPtrArray) specs = specs_new ();
  g_autoptr (GError) error = NULL;
  const InputSpec *spec;

  g_assert_true (input_specs_load ("a=rtp://:7", specs, &error));
  g_assert_true (input_specs_load (argument, specs, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (specs->len, ==, 4);
  spec = specs->pdata[1];
  g_assert_cmpstr (spec->name, ==, "north");
  g_assert_cmpstr (spec->uri, ==, "rtsp://me:hunter2@h/s?token=x&a=1");
  g_assert_cmpstr (spec->shown, ==, "rtsp://me:***@h/s?token=***&a=1");
  spec = specs->pdata[2];
  g_assert_cmpstr (spec->shown, ==, "srt://h:1?passphrase=***");
  spec = specs->pdata[3];
  g_assert_null (spec->name);
  g_assert_cmpstr (spec->uri, ==, "rtp://[::]:5");
  remove_file (path);
}

/* Editors of Windows put a mark at the start. */
static void
test_comments_and_byte_order_mark (void)
{
  static const char *const texts[] = {
    "\357\273\277a=/x.ts", "\357\273\277# cameras\na=/x.ts", "a=/x.ts  # gate",
    "a=/x.ts\t#", " \t# b=/y.ts # c\r\n a=/x.ts #1#\r\n"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *path = write_file (texts[i]);
    g_autofree char *argument = g_strconcat ("@", path, NULL);
    g_autoptr (GPtrArray) specs = specs_new ();
    g_autoptr (GError) error = NULL;
    const InputSpec *spec;

    g_assert_true (input_specs_load (argument, specs, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (specs->len, ==, 1);
    spec = specs->pdata[0];
    g_assert_cmpstr (spec->name, ==, "a");
    g_assert_cmpstr (spec->path, ==, "/x.ts");
    remove_file (path);
  }
}

/* Of a line in a file */
static void
assert_shows (const char *text, const char *shown)
{
  g_autofree char *path = write_file (text);
  g_autofree char *argument = g_strconcat ("@", path, NULL);
  g_autoptr (GPtrArray) specs = specs_new ();
  g_autoptr (GError) error = NULL;
  const InputSpec *spec;

  g_assert_true (input_specs_load (argument, specs, &error));
  g_assert_no_error (error);
  spec = specs->pdata[0];
  g_assert_cmpstr (spec->uri, ==, text);
  g_assert_cmpstr (spec->shown, ==, shown);
  remove_file (path);
}

static void
test_secrets_alone_are_hidden (void)
{
  assert_shows ("rtsp://h/user=me_password=a_b/2_channel=1.sdp",
      "rtsp://h/user=me_password=***/2_channel=1.sdp");
  assert_shows ("rtsp://h/user=me_password=a_b_channel=1_stream=0.sdp?x=y",
      "rtsp://h/user=me_password=***_channel=1_stream=0.sdp?x=y");
  assert_shows ("rtsp://h/user=me&password=a&channel=1?x=y",
      "rtsp://h/user=me&password=***&channel=1?x=y");
  assert_shows ("http://me:a:b@h/x?token=key=1&a=b;key=2#f",
      "http://me:***@h/x?token=***&a=b;key=***#f");
}

/* @text: of a file; or an argument, if @is_argument
 * @begin: of the sentence, behind the file's name */
static void
assert_load_fails (const char *text, gboolean is_argument, const char *begin,
    const char *word)
{
  g_autofree char *path = is_argument ? NULL : write_file (text);
  g_autofree char *argument = path ? g_strconcat ("@", path, NULL) :
      g_strdup (text);
  g_autofree char *expected = g_strconcat (path ? path : "", begin, NULL);
  g_autoptr (GPtrArray) specs = specs_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (input_specs_load (argument, specs, &error));
  g_assert_error (error, INPUT_ERROR, INPUT_ERROR_BAD);
  if (!g_str_has_prefix (error->message, expected)
      || !strstr (error->message, word) || strstr (error->message, "hunter"))
    g_error ("%s", error->message);
  if (path)
    remove_file (path);
}

static void
test_errors_name_the_place (void)
{
  assert_load_fails ("rtp://", TRUE, "--input: rtp:// needs", "port");
  assert_load_fails ("@", TRUE, "--input @ needs the name", "[NAME=]URI");
  assert_load_fails ("@/nonesuch", TRUE, "--input @/nonesuch: Could not read",
      "permissions");
  assert_load_fails ("# a\n\nrtp://:1\nx=rtp://\n", FALSE, ":4: rtp:// needs",
      "port");
  assert_load_fails ("x y=rtp://:1", FALSE, ":1: The name 'x y'", "letters");
  assert_load_fails ("# nothing\n\n", FALSE, " has no input", "each line");
  assert_load_fails ("srt://h:1?passphrase=hunter2", FALSE,
      ":1: The passphrase of srt://h:1?passphrase=*** has 7 bytes", "10 to 79");
  assert_load_fails ("srt://h:1?passphrase=%41%41%41%41", FALSE,
      ":1: The passphrase of srt://h:1?passphrase=*** has 4 bytes", "10 to 79");
  assert_load_fails ("rtsp://me:hunter2@h:0/", FALSE,
      ":1: The port of rtsp://me:***@h:0/", "65535");
  assert_load_fails ("rtsp://me:hunter/2@h/", FALSE, ":1: The user or the"
      " password", "%2F");
  assert_load_fails ("x\377", FALSE, ":1: An input is not UTF-8", "%XX");
}

static void
test_names_are_given_once (void)
{
  static const char *const arguments[] = { "rtp://:1", "a=rtp://:2",
    "b=rtp://:3", "rtp://:4"
  };
  g_autoptr (GPtrArray) specs = specs_new ();
  g_autoptr (GError) error = NULL;
  guint line = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (arguments); i++)
    g_assert_true (input_specs_load (arguments[i], specs, NULL));
  g_assert_true (input_specs_check_names (specs, &line, &error));
  g_assert_no_error (error);
  g_assert_true (input_specs_load ("a=x.ts", specs, NULL));
  g_assert_false (input_specs_check_names (specs, &line, &error));
  g_assert_error (error, INPUT_ERROR, INPUT_ERROR_BAD);
  g_assert_nonnull (strstr (error->message, "the name 'a': give each one"));
  g_assert_cmpuint (line, ==, 0);
  /* and one of a configuration file */
  g_clear_error (&error);
  g_ptr_array_set_size (specs, (gint) G_N_ELEMENTS (arguments));
  g_ptr_array_add (specs, input_spec_parse_camera ("b", "y.ts", 7, NULL));
  g_assert_false (input_specs_check_names (specs, &line, &error));
  g_assert_cmpuint (line, ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inputspec/udp", test_udp);
  g_test_add_func ("/inputspec/srt", test_srt);
  g_test_add_func ("/inputspec/servers", test_servers);
  g_test_add_func ("/inputspec/rtmp", test_rtmp);
  g_test_add_func ("/inputspec/files", test_files);
  g_test_add_func ("/inputspec/no-files", test_no_files);
  g_test_add_func ("/inputspec/names", test_names);
  g_test_add_func ("/inputspec/variables", test_variables);
  g_test_add_func ("/inputspec/secrets-in-sight", test_secrets_in_sight);
  g_test_add_func ("/inputspec/secrets-alone-are-hidden",
      test_secrets_alone_are_hidden);
  g_test_add_func ("/inputspec/secrets-are-hidden-in-sentences",
      test_secrets_are_hidden_in_sentences);
  g_test_add_func ("/inputspec/argument-and-file", test_argument_and_file);
  g_test_add_func ("/inputspec/comments-and-byte-order-mark",
      test_comments_and_byte_order_mark);
  g_test_add_func ("/inputspec/errors-name-the-place",
      test_errors_name_the_place);
  g_test_add_func ("/inputspec/names-are-given-once",
      test_names_are_given_once);
  return g_test_run ();
}
