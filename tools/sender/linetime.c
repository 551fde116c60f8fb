/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "linetime.h"

#include "jsondup.h"
#include "jsontime.h"

/* The power of ten between the unit of @number and ns */
static int
get_exponent (const char *member, const JsonTextValue * number)
{
  static const struct
  {
    const char *suffix;
    int exponent;
  } units[] = { {"_ns", 0}, {"_us", 3}, {"_ms", 6} };
  g_autofree char *text = g_strndup (number->text, number->size);
  const double size = ABS (g_ascii_strtod (text, NULL));

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_has_suffix (member, units[i].suffix))
      return units[i].exponent;
  return size < 1e11 ? 9 : size < 1e14 ? 6 : size < 1e17 ? 3 : 0;
}

gboolean
line_time_find (const char *object, gsize size, const char *member,
    gint64 * time)
{
  g_autofree char *text = NULL;
  JsonTextValue value;
  gsize length;
  gint64 ms;

  if (!json_text_find (object, size, member, &value))
    return FALSE;
  if (value.type == JSON_TEXT_NUMBER)
    return json_text_scale_to_int64 (&value, get_exponent (member, &value),
        time);
  if (value.type != JSON_TEXT_STRING)
    return FALSE;
  text = json_dup_unquoted (&value, &length);
  if (!json_time_to_ms (text, length, &ms)
      || ABS (ms) > G_MAXINT64 / G_TIME_SPAN_SECOND)
    return FALSE;
  *time = ms * 1000000;
  return TRUE;
}
