/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "notice.h"

#define AT_ONCE 6
#define FORGET_US (3600 * G_TIME_SPAN_SECOND)
#define LASTING_US (300 * G_TIME_SPAN_SECOND)

static gboolean
has_room (Notice * self, gint64 now_us)
{
  while (self->n_said > 0 && now_us >= self->forget_us) {
    self->n_said--;
    self->forget_us += FORGET_US;
  }
  return self->n_said < AT_ONCE;
}

/* Returns: (transfer full): the line */
static char *
say (Notice * self, const char *text, gint64 now_us)
{
  const guint n_kept = self->n_kept;

  if (self->n_said == 0)
    self->forget_us = now_us + FORGET_US;
  self->n_said = MIN (self->n_said + 1, AT_ONCE);
  self->is_said = TRUE;
  self->n_kept = 0;
  return n_kept > 0 && !self->adds_up ?
      g_strdup_printf ("%s (and %u times since the line before)", text,
      n_kept) : g_strdup (text);
}

char *
notice_say (Notice * self, const char *text, gint64 now_us)
{
  if (has_room (self, now_us)) {
    g_clear_pointer (&self->kept, g_free);
    return say (self, text, now_us);
  }
  if (!self->kept)
    self->kept_us = now_us;
  g_free (self->kept);
  self->kept = g_strdup (text);
  self->n_kept++;
  return NULL;
}

gboolean
notice_end (Notice * self)
{
  const gboolean is_said = self->is_said;

  g_clear_pointer (&self->kept, g_free);
  self->is_said = FALSE;
  return is_said;
}

/* Says what is kept, which is one of those that were counted. */
static char *
say_kept (Notice * self, gint64 now_us)
{
  g_autofree char *text = g_steal_pointer (&self->kept);

  self->n_kept--;
  return say (self, text, now_us);
}

char *
notice_tick (Notice * self, gint64 now_us)
{
  if (self->kept && (has_room (self, now_us) || (!self->adds_up
              && now_us - self->kept_us >= LASTING_US)))
    return say_kept (self, now_us);
  return NULL;
}

char *
notice_flush (Notice * self)
{
  return self->kept ? say_kept (self, 0) : NULL;
}

void
notice_clear (Notice * self)
{
  g_clear_pointer (&self->kept, g_free);
}
