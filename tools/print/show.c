/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "show.h"

#include "filter.h"

static void
free_filter (gpointer filter)
{
  filter_free (filter);
}

void
show_init (Show * show)
{
  *show = (Show) {
    .filters = g_ptr_array_new_with_free_func (free_filter)
  };
  record_init (&show->record);
}

void
show_clear (Show * show)
{
  g_clear_pointer (&show->format.fields, fields_free);
  g_clear_pointer (&show->stats, stats_free);
  g_ptr_array_unref (show->filters);
  record_clear (&show->record);
}

static gboolean
is_shown (Show * show)
{
  for (guint i = 0; i < show->filters->len; i++)
    if (!filter_holds (show->filters->pdata[i], &show->record))
      return FALSE;
  return TRUE;
}

gboolean
show_append (Show * show, const rd_kafka_message_t * message, GString * lines)
{
  gboolean shown;

  record_read (&show->record, message);
  shown = is_shown (show);
  if (shown)
    format_append (&show->format, &show->record, lines);
  if (show->stats)
    stats_add (show->stats, &show->record, shown,
        g_get_real_time () / G_TIME_SPAN_MILLISECOND);
  return shown;
}
