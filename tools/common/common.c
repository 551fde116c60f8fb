/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "uri.h"

static const int end_signals[] = { SIGINT, SIGTERM, SIGHUP };

/* timeout(1) sends a signal to the program and to its group, one right after the
 * other: that is one signal. */
#define SAME_SIGNAL_US (100 * G_TIME_SPAN_MILLISECOND)

static gboolean hangup_reloads; /* SIGHUP is none of them */
static volatile sig_atomic_t interrupted;       /* the first signal's number */
static volatile gint64 interrupted_us;  /* written before its handler changes */

static void
print_raw (const char *text)
{
  fputs (text, stdout);
  fflush (stdout);
}

static void
print_error_raw (const char *text)
{
  fputs (text, stderr);
}

int
tool_usage (const char *format, ...)
{
  g_autofree char *written = NULL;
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  written = g_strdup_vprintf (format, args);
  va_end (args);
  text = tool_hide_passwords (written);
  tool_warn ("%s; --help shows all options", text);
  return TOOL_USAGE;
}

gboolean
tool_start (int *argc, char ***argv, const char *name, const char *summary,
    const GOptionEntry * entries, GOptionGroup * group, ToolOutput output,
    int *status)
{
  gboolean version = FALSE;
  const GOptionEntry common_entries[] = {
    {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Show the version", NULL},
    {NULL}
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  /* UTF-8 in and out, whatever the locale is */
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  g_set_print_handler (print_raw);
  g_set_printerr_handler (print_error_raw);
  g_set_prgname (name);
  tool_output_init (name, output);

  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, common_entries, NULL);
  if (group)
    g_option_context_add_group (context, group);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    *status = tool_usage ("%s", error->message);
    return FALSE;
  }
  if (version) {
    tool_say ("%s %s", name, METAKAFKA_VERSION);
    *status = TOOL_DONE;
    return FALSE;
  }
  if (*argc > 1) {
    *status = tool_usage ("'%s' is not an option", (*argv)[1]);
    return FALSE;
  }
  return TRUE;
}

gboolean
tool_check_port (int port)
{
  return port >= 1 && port <= 65535;
}

/* Under nohup SIGHUP stays ignored, and may have a meaning of its own. SIGINT is ignored, too, in what a shell script
 * starts in the background, but whoever sends it there wants it to be obeyed. */
static gboolean
is_ignored (int number)
{
  struct sigaction action;

  if (number == SIGHUP && hangup_reloads)
    return TRUE;
  return number == SIGHUP && sigaction (number, NULL, &action) == 0
      && action.sa_handler == SIG_IGN;
}

static void
set_handler (void (*handler) (int number))
{
  for (gsize i = 0; i < G_N_ELEMENTS (end_signals); i++)
    if (!is_ignored (end_signals[i]))
      signal (end_signals[i], handler);
}

static void
on_signal_at_once (int number)
{
  if (number != interrupted
      || g_get_monotonic_time () - interrupted_us > SAME_SIGNAL_US)
    _exit (128 + number);
}

static void
on_signal_first (int number)
{
  interrupted_us = g_get_monotonic_time ();
  interrupted = number;
  set_handler (on_signal_at_once);
}

void
tool_catch_signals (void)
{
  set_handler (on_signal_first);
}

gboolean
tool_interrupted (void)
{
  return interrupted != 0;
}

static void (*reload_func) (gpointer data);

static gboolean
on_hangup (gpointer data)
{
  reload_func (data);
  return G_SOURCE_CONTINUE;
}

void
tool_on_reload (void (*func) (gpointer data), gpointer data)
{
  hangup_reloads = TRUE;
  reload_func = func;
  g_unix_signal_add (SIGHUP, on_hangup, data);
}

static void (*signal_func) (gpointer data);
static gpointer signal_data;
static int signal_fds[2];

/* The main loop may be busy, even for ever: another signal does not need it. */
static void
on_signal_for_loop (int number)
{
  const int before = errno;

  on_signal_first (number);
  if (write (signal_fds[1], "", 1) < 0)
    _exit (128 + number);
  errno = before;
}

static gboolean
on_signal_in_loop (int fd, GIOCondition condition, gpointer data)
{
  signal_func (signal_data);
  return G_SOURCE_REMOVE;
}

void
tool_on_signals (void (*func) (gpointer data), gpointer data)
{
  /* without descriptors, which nothing works without, they end it by themselves */
  if (!g_unix_open_pipe (signal_fds, FD_CLOEXEC, NULL))
    return;
  signal_func = func;
  signal_data = data;
  g_unix_fd_add (signal_fds[0], G_IO_IN, on_signal_in_loop, NULL);
  set_handler (on_signal_for_loop);
}
