/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common.h"

static const char *program = "metakafka";
static ToolOutput stdout_policy = TOOL_OUTPUT_NEVER_BLOCK;
static gint closed;
static GMutex lines;            /* a line is written by one thread at a time */

void
tool_output_init (const char *name, ToolOutput policy)
{
  program = name;
  stdout_policy = policy;
}

gboolean
tool_output_closed (void)
{
  return g_atomic_int_get (&closed);
}

/* Whether PIPE_BUF bytes can be written without blocking (POSIX, pipe(7)). */
static gboolean
wait_for_room (int fd, ToolOutput policy)
{
  struct pollfd p = {.fd = fd,.events = POLLOUT };
  int n;

  do {
    n = poll (&p, 1, policy == TOOL_OUTPUT_BLOCK ? 200 : 0);
    if (n < 0 && errno != EINTR)
      return FALSE;
  } while (n <= 0 && policy == TOOL_OUTPUT_BLOCK && !tool_interrupted ());
  /* POLLERR: the other end is closed, which write() will tell */
  return n > 0;
}

/* Returns FALSE if nobody will ever read this. */
static gboolean
write_line (int fd, const char *text, gsize size, ToolOutput policy)
{
  while (size > 0) {
    ssize_t n;

    if (!wait_for_room (fd, policy))
      return TRUE;
    n = write (fd, text, MIN (size, PIPE_BUF));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    text += n;
    size -= n;
  }
  return TRUE;
}

static void
say (int fd, const char *text, gsize size, ToolOutput policy)
{
  g_mutex_lock (&lines);
  if (!write_line (fd, text, size, policy) && fd == STDOUT_FILENO)
    g_atomic_int_set (&closed, TRUE);
  g_mutex_unlock (&lines);
}

void
tool_say (const char *format, ...)
{
  g_autoptr (GString) line = g_string_new (NULL);
  va_list args;

  if (tool_output_closed ())
    return;
  va_start (args, format);
  g_string_vprintf (line, format, args);
  va_end (args);
  g_string_append_c (line, '\n');
  say (STDOUT_FILENO, line->str, line->len, stdout_policy);
}

void
tool_warn (const char *format, ...)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *escaped = NULL;
  va_list args;

  va_start (args, format);
  g_string_vprintf (line, format, args);
  va_end (args);
  escaped = tool_escape (line->str, line->len);
  g_string_printf (line, "%s: %s\n", program, escaped);
  say (STDERR_FILENO, line->str, line->len, TOOL_OUTPUT_NEVER_BLOCK);
}

static gboolean
is_control (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c <= 0x9f)
      || c == 0x061c || c == 0x200e || c == 0x200f
      || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *
tool_escape (const char *text, gssize size)
{
  g_autofree char *valid = g_utf8_make_valid (text, size);
  GString *escaped = g_string_new (NULL);

  for (const char *c = valid; *c; c = g_utf8_next_char (c)) {
    const gunichar u = g_utf8_get_char (c);

    if (is_control (u))
      g_string_append_printf (escaped, "\\u%04x", u);
    else
      g_string_append_unichar (escaped, u);
  }
  return g_string_free (escaped, FALSE);
}
