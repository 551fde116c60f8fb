/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "recordfile.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* fdsink goes to the start of a file, which has more writers: those before and after it, and
 * stderr. Each of them goes on at the end now.
 * Returns: whether there is one */
static gboolean
take_stdout (RecordFile * self)
{
  const int flags = fcntl (STDOUT_FILENO, F_GETFL);

  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
    return FALSE;
  self->fd = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  dup2 (STDERR_FILENO, STDOUT_FILENO);
  if (lseek (self->fd, 0, SEEK_CUR) >= 0
      && fcntl (self->fd, F_SETFL, flags | O_APPEND) == 0)
    self->flags = flags;
  return self->fd >= 0;
}

/* Whether the file ends in the middle of a line. What cannot be read is taken as it is. */
static gboolean
is_torn (const RecordFile * self)
{
  char last = '\n';
  off_t size;
  int fd;

  if (!g_file_test (self->name, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  fd = open (self->name, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  size = lseek (fd, 0, SEEK_END);
  if (size > 0 && pread (fd, &last, 1, size - 1) != 1)
    last = '\n';
  close (fd);
  return last != '\n';
}

/* Returns: 0, or an errno */
static int
open_file (RecordFile * self)
{
  do
    self->fd = open (self->name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
        0666);
  while (self->fd < 0 && errno == EINTR);
  if (self->fd < 0)
    return errno;
  if (is_torn (self) && write (self->fd, "\n", 1) != 1)
    return errno;
  return 0;
}

gboolean
record_file_open (RecordFile * self, const char *name, GError ** error)
{
  int failed;

  *self = (RecordFile) {
  .name = name,.fd = -1,.flags = -1};
  if (g_str_equal (name, "-")) {
    if (take_stdout (self))
      return TRUE;
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "--output - has no"
        " stdout that it can write to: start with one, or give a file");
    return FALSE;
  }
  failed = open_file (self);
  if (!failed)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (failed),
      "--output %s cannot be opened (%s): check the path, and who may write"
      " there", name, g_strerror (failed));
  return FALSE;
}

void
record_file_close (RecordFile * self)
{
  if (self->fd < 0)
    return;
  if (self->flags >= 0) {
    lseek (self->fd, 0, SEEK_END);
    fcntl (self->fd, F_SETFL, self->flags);
  }
  close (self->fd);
  self->fd = -1;
}

GstElement *
record_file_make_sink (RecordFile * self, GError ** error)
{
  GstElement *sink = gst_parse_launch_full ("fdsink sync=false async=false",
      NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);

  if (sink)
    g_object_set (sink, "fd", self->fd, NULL);
  return sink;
}

/* Whether it is a pipe or socket whose other end is closed */
static gboolean
has_no_reader (const RecordFile * self)
{
  struct pollfd p = {.fd = self->fd };

  return poll (&p, 1, 0) > 0 && (p.revents & (POLLERR | POLLHUP));
}

char *
record_file_explain (RecordFile * self, const GError * error, const char *debug)
{
  /* fdsink's debug text ends with that of errno */
  const char *reason = debug ? g_strrstr (debug, ": ") : NULL;

  if (has_no_reader (self))
    return g_strdup_printf ("--output %s is read by nobody any more: let its"
        " reader go on for longer, and start both again", self->name);
  if (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NO_SPACE_LEFT))
    return g_strdup_printf ("--output %s has no space left: make room there, or"
        " give a file on another disk", self->name);
  return g_strdup_printf ("--output %s cannot be written (%s): check its disk,"
      " and who may write there", self->name,
      reason ? reason + strlen (": ") : error->message);
}
