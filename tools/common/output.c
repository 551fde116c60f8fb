/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "jsontext.h"

/* of text that is looked at at once */
#define BLOCK_SIZE 16

/* between attempts to write */
#define WAIT_MS 200
/* how long a line that was begun waits for room after a signal */
#define TORN_LINE_MS 2000

static const char *program = "metakafka";
static ToolOutput stdout_policy = TOOL_OUTPUT_NEVER_BLOCK;
static gboolean is_json;
static gint closed;
static gint n_warnings;
static GMutex lines;            /* a line is written by one thread at a time */
static guint64 n_lost;          /* under lines */
static gboolean torn[STDERR_FILENO + 1];        /* under lines */

void
tool_output_init (const char *name, ToolOutput policy)
{
  int fd;

  program = name;
  stdout_policy = policy;
  /* Started without stdout (>&-), the first socket or pipe of a library would
   * be it. Read-only, so that writing fails as to a stream that is closed. */
  do
    fd = open ("/dev/null", O_RDONLY);
  while (fd >= STDIN_FILENO && fd <= STDERR_FILENO);
  if (fd >= 0)
    close (fd);
}

void
tool_output_set_json (void)
{
  is_json = TRUE;
}

gboolean
tool_output_closed (void)
{
  struct pollfd p = {.fd = STDOUT_FILENO };

  /* that nobody reads a pipe is known without writing to it */
  if (poll (&p, 1, 0) > 0)
    g_atomic_int_set (&closed, TRUE);
  return g_atomic_int_get (&closed);
}

guint64
tool_output_lost (void)
{
  guint64 n;

  g_mutex_lock (&lines);
  n = n_lost;
  g_mutex_unlock (&lines);
  return n;
}

/* Until PIPE_BUF bytes can be written without blocking (POSIX, write()).
 * @in_line: a line was begun, and is to be finished also after a signal, if
 * somebody reads it
 * Returns 0, or an errno: EAGAIN, EINTR. */
static int
wait_for_room (int fd, ToolOutput policy, gboolean in_line)
{
  struct pollfd p = {
    .fd = fd,
    .events = POLLOUT
  };

  for (;;) {
    const gboolean is_last = tool_interrupted ();
    const int wait_ms = is_last && in_line ? TORN_LINE_MS : WAIT_MS;
    const int n = poll (&p, 1, policy == TOOL_OUTPUT_BLOCK ? wait_ms : 0);

    /* or POLLERR: the other end is closed, which write() will say */
    if (n > 0)
      return 0;
    if (n < 0 && errno != EINTR)
      return errno;
    if (policy == TOOL_OUTPUT_NEVER_BLOCK)
      return EAGAIN;
    if (is_last || (tool_interrupted () && !in_line))
      return EINTR;
  }
}

/* How much to write at once: whole lines, because what up to PIPE_BUF bytes are is
 * not mixed with what other programs write to the same pipe (POSIX, write()). */
static gsize
get_piece (const char *text, gsize size)
{
  gsize n = PIPE_BUF;

  if (size <= PIPE_BUF)
    return size;
  while (n > 0 && text[n - 1] != '\n')
    n--;
  return n > 0 ? n : PIPE_BUF;
}

/* Returns 0, or an errno. @written is how much was. */
static int
write_all (int fd, const char *text, gsize size, ToolOutput policy,
    gsize * written)
{
  *written = 0;
  while (*written < size) {
    const int error = wait_for_room (fd, policy,
        *written > 0 && text[*written - 1] != '\n');
    ssize_t n;

    if (error)
      return error;
    n = write (fd, text + *written, get_piece (text + *written,
            size - *written));
    if (n >= 0)
      *written += n;
    else if (errno != EINTR && (errno != EAGAIN
            || policy == TOOL_OUTPUT_NEVER_BLOCK))
      return errno;
  }
  return 0;
}

static guint64
count_lines (const char *text, gsize size)
{
  const char *end = text + size;
  guint64 n = 0;

  while ((text = memchr (text, '\n', end - text))) {
    text++;
    n++;
  }
  return n;
}

/* @text: whole lines. Returns 0, or an errno. @written is how much of it was. */
static int
write_lines (int fd, const char *text, gsize size, ToolOutput policy,
    gsize * written)
{
  int error = 0;

  *written = 0;
  g_mutex_lock (&lines);
  /* if the last line was cut short, this one does not go on from there */
  if (torn[fd]) {
    error = write_all (fd, "\n", 1, policy, written);
    torn[fd] = error != 0;
  }
  if (!error)
    error = write_all (fd, text, size, policy, written);
  if (*written > 0)
    torn[fd] = text[*written - 1] != '\n';
  if (fd == STDOUT_FILENO) {
    if (error == EPIPE || error == EBADF)
      g_atomic_int_set (&closed, TRUE);
    else if (error)
      n_lost += count_lines (text + *written, size - *written);
  }
  g_mutex_unlock (&lines);
  return error;
}

/* Returns 0, or an errno. */
static int
write_line (int fd, const char *text, ToolOutput policy)
{
  g_autoptr (GString) line = g_string_sized_new (strlen (text) + 2);
  gsize written;

  tool_append_escaped (line, text, strlen (text));
  g_string_append_c (line, '\n');
  return write_lines (fd, line->str, line->len, policy, &written);
}

gboolean
tool_write (const char *text, gsize size, gsize * written)
{
  const int error =
      write_lines (STDOUT_FILENO, text, size, stdout_policy, written);

  errno = error;
  return error == 0;
}

/* Returns: (transfer full): the line */
static char *
make_json (const char *level, const char *text)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%FT%T");
  const gsize size = json_text_quote (text, strlen (text), NULL, 0);
  g_autofree char *quoted = g_malloc (size + 1);

  json_text_quote (text, strlen (text), quoted, size);
  quoted[size] = '\0';
  return
      g_strdup_printf ("{\"time\":\"%s.%03dZ\",\"level\":\"%s\",\"text\":%s}",
      time, g_date_time_get_microsecond (now) / 1000, level, quoted);
}

gboolean
tool_say (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;
  int error = EPIPE;

  if (!tool_output_closed ()) {
    g_autofree char *json = NULL;

    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    if (is_json)
      json = make_json ("info", text);
    error = write_line (STDOUT_FILENO, json ? json : text, stdout_policy);
  }
  errno = error;
  return error == 0;
}

void
tool_write_error (const char *text, gsize size, ToolOutput policy)
{
  gsize written;

  write_lines (STDERR_FILENO, text, size, policy, &written);
}

void
tool_warn (const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = is_json ? make_json ("warning", text) :
      g_strdup_printf ("%s: %s", program, text);
  write_line (STDERR_FILENO, line, TOOL_OUTPUT_NEVER_BLOCK);
  g_atomic_int_inc (&n_warnings);
}

void
tool_warn_take (char *line)
{
  if (line)
    tool_warn ("%s", line);
  g_free (line);
}

guint
tool_warnings (void)
{
  return g_atomic_int_get (&n_warnings);
}

static gboolean
is_control (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c <= 0x9f)
      || c == 0x061c || c == 0x200e || c == 0x200f
      || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Whether these bytes stay as they are. All are looked at, which compilers make a few
 * instructions of. */
static gboolean
is_plain (const char text[BLOCK_SIZE])
{
  guchar others = 0;

  for (guint i = 0; i < BLOCK_SIZE; i++)
    others |= (guchar) (text[i] - 0x20) >= 0x7f - 0x20;
  return others == 0;
}

void
tool_append_escaped (GString * text, const char *piece, gsize size)
{
  const char *end = piece + size;
  const char *plain = piece;    /* not appended yet: what stays as it is */

  while (piece < end) {
    gunichar c;

    while (end - piece >= BLOCK_SIZE && is_plain (piece))
      piece += BLOCK_SIZE;
    if (piece == end)
      break;
    if (*piece >= 0x20 && *piece < 0x7f) {
      piece++;
      continue;
    }
    /* a NUL is a character here, and not the end */
    c = *piece ? g_utf8_get_char_validated (piece, end - piece) : 0;
    if (g_unichar_validate (c) && !is_control (c)) {
      piece = g_utf8_next_char (piece);
      continue;
    }
    g_string_append_len (text, plain, piece - plain);
    if (g_unichar_validate (c)) {
      g_string_append_printf (text, "\\u%04x", c);
      piece = g_utf8_next_char (piece);
    } else {
      g_string_append (text, "\357\277\275");   /* U+FFFD */
      piece++;
    }
    plain = piece;
  }
  g_string_append_len (text, plain, end - plain);
}

char *
tool_escape (const char *text, gssize size)
{
  const gsize n = size < 0 ? strlen (text) : (gsize) size;
  GString *escaped = g_string_sized_new (n + 1);

  tool_append_escaped (escaped, text, n);
  return g_string_free (escaped, FALSE);
}
