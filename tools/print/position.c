/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "position.h"

#include <string.h>

#include "jsontime.h"

/* *INDENT-OFF*: indent puts blanks into the name, and moves what follows */
G_DEFINE_QUARK (metakafka-position-error, position_error)
/* *INDENT-ON* */

/* Digits and nothing else. Eighteen fit. */
static gboolean
read_number (const char *text, gsize size, gint64 * number)
{
  if (size == 0 || size > 18 || strspn (text, "0123456789") < size)
    return FALSE;
  *number = g_ascii_strtoll (text, NULL, 10);
  return TRUE;
}

/* 10m, with any of these units */
static gboolean
read_age_ms (const char *text, gint64 * age_ms)
{
  static const struct
  {
    char unit;
    gint64 ms;
  } units[] = {
    {'s', 1000}, {'m', 60 * 1000}, {'h', 3600 * 1000}, {'d', 24 * 3600 * 1000}
  };
  const gsize size = strlen (text);
  gint64 n;

  /* nine digits of days fit */
  if (size < 2 || size > 10 || !read_number (text, size - 1, &n))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    if (text[size - 1] == units[i].unit) {
      *age_ms = n * units[i].ms;
      return TRUE;
    }
  }
  return FALSE;
}

/* What is behind the @ */
static gboolean
read_time_ms (const char *text, gint64 now_ms, gint64 * ms)
{
  gint64 age_ms;
  int64_t read_ms;

  if (*text == '-') {
    if (!read_age_ms (text + 1, &age_ms))
      return FALSE;
    *ms = MAX (now_ms - age_ms, 0);
    return TRUE;
  }
  if (!json_time_to_ms (text, strlen (text), &read_ms) || read_ms < 0)
    return FALSE;
  *ms = read_ms;
  return TRUE;
}

static gboolean
parse (const char *text, gint64 now_ms, Position * position)
{
  if (strcmp (text, "beginning") == 0) {
    position->type = POSITION_BEGINNING;
    return TRUE;
  }
  if (strcmp (text, "end") == 0) {
    position->type = POSITION_END;
    return TRUE;
  }
  if (*text == '@') {
    position->type = POSITION_TIME;
    return read_time_ms (text + 1, now_ms, &position->value);
  }
  position->type = *text == '-' ? POSITION_LAST : POSITION_OFFSET;
  if (*text == '-')
    text++;
  return read_number (text, strlen (text), &position->value);
}

gboolean
position_parse (const char *text, gint64 now_ms, Position * position,
    GError ** error)
{
  position->value = 0;
  if (parse (text, now_ms, position))
    return TRUE;
  g_set_error (error, POSITION_ERROR, 0, "'%s' is no place to begin: write"
      " beginning, end, N for an offset, -N for the last N offsets of each"
      " partition, @TIME of RFC 3339 or in Unix seconds, or @-10m for what is"
      " not older (s, m, h, d)", text);
  return FALSE;
}

gint64
position_get_offset (const Position * position, gint64 low, gint64 high,
    gint64 of_time)
{
  switch (position->type) {
    case POSITION_BEGINNING:
      return low;
    case POSITION_OFFSET:
      return CLAMP (position->value, low, high);
    case POSITION_LAST:
      return high - MIN (position->value, high - low);
    case POSITION_TIME:
      return of_time < 0 ? high : CLAMP (of_time, low, high);
    default:
      return high;
  }
}
