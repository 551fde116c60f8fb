/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "live.h"

#include <string.h>
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

static void
draw (Live * live, guint max_rows, ToolOutput policy)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (live->n_lines > 0)
    g_string_printf (text, REDRAW, live->n_lines);
  stats_append_table (live->show->stats, max_rows,
      g_get_monotonic_time () - live->start_us, text);
  tool_write_error (text->str, text->len, policy);
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
  draw (live, MAX_ROWS, TOOL_OUTPUT_NEVER_BLOCK);
  live->next_us = now + G_TIME_SPAN_SECOND;
}

void
live_end (Live * live)
{
  g_autoptr (GString) text = NULL;

  if (!live->show->stats)
    return;
  if (live->show->format.type != FORMAT_JSON) {
    draw (live, G_MAXUINT, TOOL_OUTPUT_BLOCK);
    return;
  }
  text = g_string_new (NULL);
  stats_append_json (live->show->stats,
      g_get_monotonic_time () - live->start_us, text);
  tool_write_error (text->str, text->len, TOOL_OUTPUT_BLOCK);
}
