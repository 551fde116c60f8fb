/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "silence.h"

/* How often there is an explanation at most */
#define PAUSE_US (10 * G_TIME_SPAN_SECOND)

void
silence_init (Silence * self, gint64 now_us)
{
  *self = (Silence) {
  .since_us = now_us,.told_us = now_us - PAUSE_US};
}

gboolean
silence_take_records (Silence * self, guint64 n_records, gint64 now_us)
{
  const gboolean was_told = self->told != 0;

  if (n_records == self->n_records)
    return FALSE;
  self->n_records = n_records;
  self->since_us = now_us;
  self->told = 0;
  return was_told;
}

gboolean
silence_is_due (const Silence * self, gint64 now_us)
{
  return now_us - self->told_us >= PAUSE_US
      && now_us - self->since_us + SILENCE_TOLERANCE_US
      >= SILENCE_SECONDS * G_TIME_SPAN_SECOND;
}

/* Appends whose silence it is, and the verb that is right for one, or for many. */
static void
append_where (GString * text, const char *const *where, const char *one,
    const char *many)
{
  const guint n = g_strv_length ((char **) where);

  if (n == 1)
    g_string_append_printf (text, "%s %s", where[0], one);
  else
    g_string_append_printf (text, "%u ports, %s to %s, %s", n, where[0],
        where[n - 1], many);
}

char *
silence_tell (Silence * self, const Explanation * explanation,
    const char *const *where, gint64 now_us)
{
  GString *sentence;

  if (explanation->kinds == self->told)
    return NULL;
  self->told = explanation->kinds;
  self->told_us = now_us;
  sentence = g_string_new (NULL);
  append_where (sentence, where, "has", "have");
  g_string_append_printf (sentence, " given no records for %" G_GINT64_FORMAT
      " s. %s %s",
      (now_us - self->since_us + SILENCE_TOLERANCE_US) / G_TIME_SPAN_SECOND,
      where[1] ? "They see" : "It sees", explanation->text->str);
  return g_string_free (sentence, FALSE);
}

char *
silence_tell_end (const char *const *where)
{
  GString *sentence = g_string_new (NULL);

  append_where (sentence, where, "gives", "give");
  g_string_append (sentence, " records");
  return g_string_free (sentence, FALSE);
}

void
explanation_init (Explanation * self)
{
  *self = (Explanation) {
  .text = g_string_new (NULL),.kinds = 1};
}

void
explanation_clear (Explanation * self)
{
  g_string_free (self->text, TRUE);
}

void
explanation_add (Explanation * self, const char *format, ...)
{
  va_list args;

  if (self->text->len > 0)
    g_string_append (self->text, "; ");
  va_start (args, format);
  g_string_append_vprintf (self->text, format, args);
  va_end (args);
}

gboolean
explanation_note (Explanation * self, guint64 n)
{
  self->kinds = self->kinds << 1 | (n > 0);
  return n > 0;
}
