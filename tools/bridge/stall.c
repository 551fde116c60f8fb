/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stall.h"

/* A reader may be busy itself for a moment. */
#define PATIENCE_S 5

guint
stall_look (Stall * self, gboolean is_busy, guint64 n_written, gint64 now_us)
{
  guint seconds;

  if (!is_busy || n_written != self->n_written || self->since_us == 0)
    self->since_us = now_us;
  self->n_written = n_written;
  seconds = (now_us - self->since_us) / G_TIME_SPAN_SECOND;
  return seconds < PATIENCE_S ? 0 : seconds;
}
