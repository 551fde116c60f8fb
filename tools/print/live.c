/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "live.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common.h"

/* What a terminal surely has room for */
#define MAX_ROWS 18

/* ECMA-48: CUU, so many lines up; ED, and nothing from there on */
#define REDRAW "\033[%uA\033[J"

void
live_init (Live * live, const Show * show)
{
  const gint64 now = g_get_monotonic_time ();

  *live = (Live) {
    .show = show,.start_us = now,.next_us = now + G_TIME_SPAN_SECOND,
        /* records on the same terminal would be drawn over */
        .is_redrawn = show->stats && show->format.type != FORMAT_JSON
        && isatty (STDERR_FILENO) && !isatty (STDOUT_FILENO)
  };
}

static guint
get_terminal_width (void)
{
  struct winsize size;

  return ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ?
      size.ws_col : G_MAXUINT;
}

/* Cuts lines so that none goes on in the next row, where it would stay. The last column
 * is left free: not all terminals wait for another character there. */
static void
cut_lines (GString * text, guint width)
{
  guint column = 0;
  gsize size = 0;

  for (const char *c = text->str; *c; c = g_utf8_next_char (c)) {
    const gunichar character = g_utf8_get_char (c);
    const gsize n = g_utf8_next_char (c) - c;

    column += g_unichar_iszerowidth (character) ? 0 :
        g_unichar_iswide (character) ? 2 : 1;
    if (character == '\n')
      column = 0;
    if (column < width) {
      memmove (text->str + size, c, n);
      size += n;
    }
  }
  g_string_truncate (text, size);
}

static void
draw (Live * live, gboolean is_last)
{
  g_autoptr (GString) text = g_string_new (NULL);

  stats_append_table (live->show->stats, is_last ? G_MAXUINT : MAX_ROWS,
      g_get_monotonic_time () - live->start_us, text);
  if (!is_last)
    cut_lines (text, get_terminal_width ());
  /* what was said below the lines stays, and they do, too */
  if (live->n_lines > 0 && live->n_warnings == tool_warnings ()) {
    g_autofree char *redraw = g_strdup_printf (REDRAW, live->n_lines);

    g_string_prepend (text, redraw);
  }
  live->n_warnings = tool_warnings ();
  tool_write_error (text->str, text->len, is_last ? TOOL_OUTPUT_BLOCK :
      TOOL_OUTPUT_NEVER_BLOCK);
  live->n_lines = 0;
  for (gsize i = 0; i < text->len; i++)
    live->n_lines += text->str[i] == '\n';
}

void
live_update (Live * live)
{
  const gint64 now = g_get_monotonic_time ();

  if (!live->is_redrawn || now < live->next_us)
    return;
  draw (live, FALSE);
  live->next_us = now + G_TIME_SPAN_SECOND;
}

void
live_end (Live * live)
{
  g_autoptr (GString) text = NULL;

  if (!live->show->stats)
    return;
  if (live->show->format.type != FORMAT_JSON) {
    draw (live, TRUE);
    return;
  }
  text = g_string_new (NULL);
  stats_append_json (live->show->stats,
      g_get_monotonic_time () - live->start_us, text);
  tool_write_error (text->str, text->len, TOOL_OUTPUT_BLOCK);
}
