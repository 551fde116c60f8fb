/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "progress.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define INTERVAL_MS 500
/* ECMA-48 8.3.41: erase to the end of the line */
#define ERASE "\r\033[K"

typedef struct
{
  gint64 time_us;
  guint64 n_frames;
  guint64 n_bytes;
} Count;

static Metadata *counted;       /* NULL: no line */
static KlvStream *klv;          /* NULL: none is sent */
static guint timer;
static Count before;            /* at the last line */
static gboolean is_shown;

/* Never waits for a terminal that is stopped. */
static void
write_now (const char *text)
{
  struct pollfd p = {.fd = STDOUT_FILENO,.events = POLLOUT };

  if (poll (&p, 1, 0) == 1 && (p.revents & POLLOUT)
      && write (STDOUT_FILENO, text, strlen (text)) < 0)
    counted = NULL;
}

static gboolean
show (gpointer data)
{
  Count now = { g_get_monotonic_time () };
  g_autofree char *text = NULL;
  g_autofree char *packets = NULL;
  guint64 n_messages;
  double seconds;

  if (!counted)
    return G_SOURCE_CONTINUE;
  metadata_count (counted, &now.n_frames, &n_messages, &now.n_bytes);
  seconds = MAX (now.time_us - before.time_us, 1) / (double) G_USEC_PER_SEC;
  packets = klv ? g_strdup_printf (", %" G_GUINT64_FORMAT " KLV",
      klv_stream_count (klv)) : NULL;
  text = g_strdup_printf (ERASE "%" G_GUINT64_FORMAT " frames, %.1f fps, %.0f"
      " kbit/s, %" G_GUINT64_FORMAT " metadata%s", now.n_frames,
      (now.n_frames - before.n_frames) / seconds,
      (now.n_bytes - before.n_bytes) * 8 / seconds / 1000, n_messages,
      packets ? packets : "");
  before = now;
  is_shown = TRUE;
  write_now (text);
  return G_SOURCE_CONTINUE;
}

void
progress_start (Metadata * metadata, KlvStream * klv_stream)
{
  if (!isatty (STDOUT_FILENO))
    return;
  counted = metadata;
  klv = klv_stream;
  before = (Count) {
  g_get_monotonic_time ()};
  timer = g_timeout_add (INTERVAL_MS, show, NULL);
}

void
progress_clear (void)
{
  if (is_shown)
    write_now (ERASE);
  is_shown = FALSE;
}

void
progress_end (void)
{
  if (timer == 0)
    return;
  g_source_remove (timer);
  timer = 0;
  show (NULL);
  write_now ("\n");
  is_shown = FALSE;
  counted = NULL;
}
