/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "uri.h"

static void
test_escape_makes_text_fit_for_a_terminal (void)
{
  static const struct
  {
    const char *text;
    gssize size;
    const char *escaped;
  } cases[] = {
    {"", -1, ""},
    {"", 0, ""},
    {"J\303\274rgen \360\237\230\200", -1, "J\303\274rgen \360\237\230\200"},
    {"a\033[31m\t\r\n", -1, "a\\u001b[31m\\u0009\\u000d\\u000a"},
    {"a\0b", 3, "a\\u0000b"},
    {"\177\302\200\302\237\302\240", -1, "\\u007f\\u0080\\u009f\302\240"},
    /* U+061C, U+200E, U+200F, U+2010 */
    {"\330\234\342\200\216\342\200\217\342\200\220", -1,
        "\\u061c\\u200e\\u200f\342\200\220"},
    /* U+2027, U+2028, U+2029, U+202A, U+202E, U+202F */
    {"\342\200\247\342\200\250\342\200\251\342\200\252\342\200\256\342\200\257",
        -1, "\342\200\247\\u2028\\u2029\\u202a\\u202e\342\200\257"},
    /* U+2065, U+2066, U+2069, U+206A */
    {"\342\201\245\342\201\246\342\201\251\342\201\252", -1,
        "\342\201\245\\u2066\\u2069\342\201\252"},
    /* a lone byte, a cut sequence, an overlong one, half a surrogate pair */
    {"\377", -1, "\357\277\275"},
    {"\342\202", -1, "\357\277\275\357\277\275"},
    {"\342\202\254", 2, "\357\277\275\357\277\275"},
    {"\300\200x", -1, "\357\277\275\357\277\275x"},
    {"\355\240\200", -1, "\357\277\275\357\277\275\357\277\275"},
    /* JSON stays the same, and what is escaped stays so */
    {"{\"a\":\"\\u001b\\n\"}", -1, "{\"a\":\"\\u001b\\n\"}"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *once = tool_escape (cases[i].text, cases[i].size);
    g_autofree char *twice = tool_escape (once, -1);

    g_assert_cmpstr (once, ==, cases[i].escaped);
    g_assert_cmpstr (twice, ==, once);
  }
}

/* Text is looked at in blocks: what is to be escaped may be anywhere in one. */
static void
test_escape_finds_what_is_anywhere (void)
{
  static const struct
  {
    const char *piece;
    const char *escaped;
  } cases[] = {
    {"\001", "\\u0001"},
    {"\037", "\\u001f"},
    {"\177", "\\u007f"},
    {"\200", "\357\277\275"},
    {"\377", "\357\277\275"},
    {"\303\274", "\303\274"},
    {"\342\200\256", "\\u202e"},
    {" ", " "},
    {"~", "~"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (guint before = 0; before < 40; before++) {
      for (guint after = 0; after < 40; after++) {
        g_autofree char *head = g_strnfill (before, 'h');
        g_autofree char *tail = g_strnfill (after, 't');
        g_autofree char *text = g_strconcat (head, cases[i].piece, tail, NULL);
        g_autofree char *expected = g_strconcat (head, cases[i].escaped, tail,
            NULL);
        g_autofree char *escaped = tool_escape (text, -1);
        /* of the very size: nothing behind it is read */
        g_autofree char *block = g_memdup2 (text, strlen (text));
        g_autoptr (GString) appended = g_string_new ("before");

        g_assert_cmpstr (escaped, ==, expected);
        tool_append_escaped (appended, block, strlen (text));
        g_assert_true (g_str_has_prefix (appended->str, "before"));
        g_assert_cmpstr (appended->str + strlen ("before"), ==, expected);
      }
    }
  }
}

static void
test_check_port (void)
{
  g_assert_true (tool_check_port (1) && tool_check_port (65535));
  g_assert_false (tool_check_port (0) || tool_check_port (-1)
      || tool_check_port (65536));
}

/* What follows replaces stdout, so each runs in a process of its own. */

/* Makes a pipe stdout. Returns the end to read from. */
static int
replace_stdout (ToolOutput policy)
{
  int fds[2];

  g_assert_no_errno (pipe (fds));
  g_assert_no_errno (dup2 (fds[1], STDOUT_FILENO));
  close (fds[1]);
  signal (SIGPIPE, SIG_IGN);
  tool_output_init ("test", policy);
  return fds[0];
}

/* Reads until there is no more for now. */
static char *
read_all (int fd)
{
  GString *text = g_string_new (NULL);
  char block[1024];
  ssize_t n;

  g_assert_no_errno (fcntl (fd, F_SETFL, O_NONBLOCK));
  while ((n = read (fd, block, sizeof (block))) > 0)
    g_string_append_len (text, block, n);
  return g_string_free (text, FALSE);
}

static void
child_full (void)
{
  const int fd = replace_stdout (TOOL_OUTPUT_NEVER_BLOCK);
  g_autofree char *line = g_strnfill (PIPE_BUF - 1, 'x');
  g_autofree char *text = NULL;
  gsize n_written = 0, size;

  while (tool_say ("%s", line))
    n_written++;
  g_assert_cmpint (errno, ==, EAGAIN);
  g_assert_false (tool_say ("lost"));
  g_assert_cmpuint (tool_output_lost (), ==, 2);
  g_assert_false (tool_output_closed ());

  text = read_all (fd);
  size = strlen (text);
  g_assert_cmpuint (size, ==, n_written * PIPE_BUF);
  g_assert_true (tool_say ("again"));
  g_free (text);
  text = read_all (fd);
  g_assert_cmpstr (text, ==, "again\n");
  _exit (0);
}

static void
child_torn (void)
{
  const int fd = replace_stdout (TOOL_OUTPUT_NEVER_BLOCK);
  g_autofree char *too_long = g_strnfill (1 << 22, 'x');
  g_autofree char *text = NULL;

  g_assert_false (tool_say ("%s", too_long));
  text = read_all (fd);
  g_assert_cmpuint (strlen (text), >, 0);
  g_assert_null (strchr (text, '\n'));
  g_assert_true (tool_say ("next"));
  g_free (text);
  text = read_all (fd);
  g_assert_cmpstr (text, ==, "\nnext\n");
  _exit (0);
}

/* Returns @n_lines lines of @size bytes. */
static char *
make_lines (guint n_lines, gsize size)
{
  GString *text = g_string_new (NULL);

  for (guint n = 0; n < n_lines; n++) {
    for (gsize i = 1; i < size; i++)
      g_string_append_c (text, 'a' + n % 26);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

/* Of many lines those that are written are whole, and what follows begins a line. */
static void
child_lines (void)
{
  static const gsize sizes[] = { 1, 2, 330, 1000, PIPE_BUF / 2, PIPE_BUF - 1,
    PIPE_BUF
  };
  const int fd = replace_stdout (TOOL_OUTPUT_NEVER_BLOCK);
  guint64 n_lost = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    const guint n_lines = (1 << 20) / sizes[i];
    g_autofree char *lines = make_lines (n_lines, sizes[i]);
    g_autofree char *text = NULL;
    gsize written;

    g_assert_false (tool_write (lines, strlen (lines), &written));
    g_assert_cmpint (errno, ==, EAGAIN);
    g_assert_cmpuint (written, >, 0);
    g_assert_cmpuint (written % sizes[i], ==, 0);
    n_lost += n_lines - written / sizes[i];
    g_assert_cmpuint (tool_output_lost (), ==, n_lost);
    text = read_all (fd);
    g_assert_cmpmem (text, strlen (text), lines, written);
    g_assert_true (tool_say ("next"));
    g_free (text);
    text = read_all (fd);
    g_assert_cmpstr (text, ==, "next\n");
  }
  _exit (0);
}

/* As many lines are in a write as stay whole; a line that is too long for one is in
 * several. */
static void
child_writes (void)
{
  g_autofree char *lines = make_lines (20, 1000);
  g_autofree char *too_long = make_lines (1, PIPE_BUF + 1);
  g_autofree char *text = g_strconcat (lines, too_long, lines, NULL);
  /* four lines; what is too long, and its end with the next ones */
  static const gsize sizes[] = { 4000, 4000, 4000, 4000, 4000, PIPE_BUF, 4001,
    4000, 4000, 4000, 4000
  };
  const gsize size = strlen (text);
  char block[1 << 16];
  const char *next = text;
  gsize written;
  int fds[2];

  /* each read gives what one write took (pipe(7)) */
  g_assert_no_errno (pipe2 (fds, O_DIRECT));
  g_assert_no_errno (dup2 (fds[1], STDOUT_FILENO));
  tool_output_init ("test", TOOL_OUTPUT_NEVER_BLOCK);
  g_assert_true (tool_write (text, size, &written));
  g_assert_cmpuint (written, ==, size);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_assert_cmpint (read (fds[0], block, sizeof (block)), ==, sizes[i]);
    g_assert_cmpmem (block, sizes[i], next, sizes[i]);
    next += sizes[i];
  }
  g_assert_true (next == text + size);
  _exit (0);
}

static void
child_closed (void)
{
  const int fd = replace_stdout (TOOL_OUTPUT_BLOCK);

  g_assert_false (tool_output_closed ());
  g_assert_true (tool_say ("first"));
  close (fd);
  g_assert_true (tool_output_closed ());
  g_assert_false (tool_say ("second"));
  g_assert_cmpint (errno, ==, EPIPE);
  _exit (0);
}

static void
child_not_open (void)
{
  int fd;

  close (STDIN_FILENO);
  close (STDOUT_FILENO);
  tool_output_init ("test", TOOL_OUTPUT_NEVER_BLOCK);
  fd = open ("/dev/null", O_RDWR);
  g_assert_cmpint (fd, >, STDERR_FILENO);
  g_assert_false (tool_say ("nobody"));
  g_assert_true (tool_output_closed ());
  _exit (0);
}

static gpointer
read_slowly (gpointer data)
{
  const int fd = GPOINTER_TO_INT (data);
  gsize sum = 0;
  char block[100];
  ssize_t n;

  while ((n = read (fd, block, sizeof (block))) > 0)
    sum += n;
  return GSIZE_TO_POINTER (sum);
}

static void
child_waits (void)
{
  const int fd = replace_stdout (TOOL_OUTPUT_BLOCK);
  g_autofree char *line = g_strnfill (1 << 20, 'x');
  GThread *reader = g_thread_new ("reader", read_slowly, GINT_TO_POINTER (fd));

  g_assert_true (tool_say ("%s", line));
  g_assert_true (tool_say ("%s", line));
  close (STDOUT_FILENO);
  g_assert_cmpuint (GPOINTER_TO_SIZE (g_thread_join (reader)), ==,
      2 * ((1 << 20) + 1));
  _exit (0);
}

static void
child_interrupted (void)
{
  const int fd = replace_stdout (TOOL_OUTPUT_BLOCK);
  g_autofree char *too_long = g_strnfill (1 << 22, 'x');
  g_autofree char *text = NULL;

  tool_catch_signals ();
  raise (SIGTERM);
  g_assert_true (tool_interrupted ());
  g_assert_true (tool_say ("there is room"));
  g_assert_false (tool_say ("%s", too_long));
  g_assert_cmpint (errno, ==, EINTR);
  text = read_all (fd);
  g_assert_true (g_str_has_prefix (text, "there is room\nxxx"));
  _exit (0);
}

static void
child_signals (void)
{
  signal (SIGHUP, SIG_IGN);
  tool_catch_signals ();
  raise (SIGHUP);
  g_assert_false (tool_interrupted ());
  /* what is sent to the program and to its group is one signal */
  raise (SIGINT);
  raise (SIGINT);
  g_assert_true (tool_interrupted ());
  /* still ignored */
  raise (SIGHUP);
  _exit (0);
}

static void
child_second_signal (void)
{
  tool_catch_signals ();
  raise (SIGINT);
  raise (SIGTERM);
  _exit (0);
}

static void
quit (gpointer loop)
{
  g_main_loop_quit (loop);
}

static void
child_loop (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  signal (SIGHUP, SIG_IGN);
  tool_on_signals (quit, loop);
  raise (SIGHUP);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  raise (SIGTERM);
  raise (SIGTERM);
  g_main_loop_run (loop);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  _exit (0);
}

/* The main loop does not run. */
static void
child_second_signal_for_loop (void)
{
  tool_on_signals (quit, NULL);
  raise (SIGINT);
  raise (SIGTERM);
  _exit (0);
}

static void
test_second_signal_ends_at_once (gconstpointer path)
{
  g_test_trap_subprocess (path, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_failed ();
}

static void
test_child (gconstpointer path)
{
  g_test_trap_subprocess (path, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* A child is a test that runs only when asked for. */
#define ADD_CHILD(name, func) \
  g_test_add_func ("/tools/child/subprocess/" name, func); \
  g_test_add_data_func ("/tools/" name, "/tools/child/subprocess/" name, \
      test_child)

static void
test_what_may_be_a_password_is_hidden (void)
{
  static const char *const texts[][2] = {
    {"'u:pw@h:1' is wrong", "'u:***@h:1' is wrong"},
    {"rtsp://u:pw@h/x", "rtsp://u:***@h/x"},
    {"rtsp:/u:p/w@h", "rtsp:***@h"},
    {"u:p@w:x@h \377:a@", "u:***@h \377:***@"},
    /* what is none */
    {"rtsp://u@h:554/x, [::1]:5000", "rtsp://u@h:554/x, [::1]:5000"},
    {"--input: give @FILE", "--input: give @FILE"},
    {"rtsp://u:${PW}@h", "rtsp://u:${PW}@h"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *hidden = tool_hide_passwords (texts[i][0]);

    g_assert_cmpstr (hidden, ==, texts[i][1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/escape", test_escape_makes_text_fit_for_a_terminal);
  g_test_add_func ("/tools/escape-anywhere",
      test_escape_finds_what_is_anywhere);
  g_test_add_func ("/tools/check", test_check_port);
  g_test_add_func ("/tools/hide", test_what_may_be_a_password_is_hidden);
  ADD_CHILD ("full-stdout-loses-lines", child_full);
  ADD_CHILD ("torn-line-stays-alone", child_torn);
  ADD_CHILD ("lines-are-lost-whole", child_lines);
  ADD_CHILD ("lines-share-writes", child_writes);
  ADD_CHILD ("closed-stdout-is-noticed", child_closed);
  ADD_CHILD ("missing-stdout-is-nobody-elses", child_not_open);
  ADD_CHILD ("blocking-output-waits", child_waits);
  ADD_CHILD ("blocking-output-is-interrupted", child_interrupted);
  ADD_CHILD ("one-signal-ends-cleanly", child_signals);
  ADD_CHILD ("one-signal-calls-in-the-loop", child_loop);
  g_test_add_func ("/tools/child/subprocess/second-signal",
      child_second_signal);
  g_test_add_data_func ("/tools/second-signal-ends-at-once",
      "/tools/child/subprocess/second-signal", test_second_signal_ends_at_once);
  g_test_add_func ("/tools/child/subprocess/second-signal-for-loop",
      child_second_signal_for_loop);
  g_test_add_data_func ("/tools/second-signal-needs-no-loop",
      "/tools/child/subprocess/second-signal-for-loop",
      test_second_signal_ends_at_once);
  return g_test_run ();
}
