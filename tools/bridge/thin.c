/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "thin.h"

#include <string.h>

#define SECOND_NS (1000 * 1000 * G_GINT64_CONSTANT (1000))

/* What comes within this may come at once: a busy machine reads several frames together. */
#define BURST_NS (SECOND_NS / 10)

#define MIN_RATE 0.0001
#define MAX_RATE 1e6

gboolean
thin_parse_every (const char *text, ThinSettings * settings)
{
  guint64 every;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT, &every, NULL))
    return FALSE;
  settings->every = (guint) every;
  return TRUE;
}

gboolean
thin_parse_rate (const char *text, ThinSettings * settings)
{
  char *end;
  const gdouble rate = g_ascii_strtod (text, &end);

  /* it takes hexadecimal digits, too */
  if (strpbrk (text, "xX") || end == text || !g_str_equal (end, "/s")
      || !(rate >= MIN_RATE && rate <= MAX_RATE))
    return FALSE;
  settings->interval_ns = (guint64) (SECOND_NS / rate);
  return TRUE;
}

void
thin_init (Thin * self, const ThinSettings * settings)
{
  *self = (Thin) {
  .settings = *settings,.due_ns = G_MININT64};
}

/* A message that comes a little early is taken, so that frames whose times waver keep
 * the rate, and the next one is due so much later. */
static gboolean
is_due (Thin * self, gint64 time_ns)
{
  const gint64 interval_ns = (gint64) self->settings.interval_ns;
  const gint64 early_ns = self->due_ns == G_MININT64 ? 0 :
      self->due_ns - time_ns;

  const gint64 tolerance_ns = MAX (interval_ns / 2, BURST_NS - interval_ns);
  const gint64 jump_ns = interval_ns + MAX (interval_ns, SECOND_NS);

  if (early_ns > tolerance_ns && early_ns <= jump_ns)
    return FALSE;
  /* the first one, or behind a gap or a jump */
  if (self->due_ns == G_MININT64 || early_ns > jump_ns
      || early_ns < -interval_ns)
    self->due_ns = time_ns;
  self->due_ns += interval_ns;
  return TRUE;
}

gboolean
thin_takes (Thin * self, gint64 time_ns)
{
  const guint every = MAX (self->settings.every, 1);
  const gboolean is_next = self->n_before % every == 0;

  self->n_before = (self->n_before + 1) % every;
  return is_next && (self->settings.interval_ns == 0
      || time_ns == THIN_NO_TIME || is_due (self, time_ns));
}
