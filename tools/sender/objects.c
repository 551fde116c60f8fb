/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "objects.h"

#include <string.h>

#include "jsondup.h"

char *
objects_make_session (const char *option)
{
  if (strcmp (option, "auto") != 0)
    return g_strdup (option);
  return g_strdup_printf ("%08x%08x", g_random_int (), g_random_int ());
}

/* ", "session": "...", or nothing */
static char *
make_member (const char *session, const char *before, const char *between)
{
  g_autofree char *text = session ?
      json_dup_quoted (session, strlen (session), NULL) : NULL;

  return text ? g_strconcat (before, "\"session\":", between, text, NULL) :
      g_strdup ("");
}

char *
objects_make (const char *stream_id, guint64 seq, guint64 ts_ns,
    const char *session)
{
  static const char *const labels[] = { "person", "car", "dog", "bicycle" };
  const guint hundredths = 50 + seq % 50;
  /* written as people write numbers: 0.6, not 0.60 and not 0.59999999999999998 */
  const guint digits = hundredths % 10 ? hundredths : hundredths / 10;
  g_autofree char *id = json_dup_quoted (stream_id, strlen (stream_id), NULL);
  g_autofree char *member = make_member (session, ", ", " ");

  return g_strdup_printf ("{\"stream_id\": %s, \"seq\": %" G_GUINT64_FORMAT
      ", \"ts_ns\": %" G_GUINT64_FORMAT ", \"objects\": [{\"id\": \"obj-%"
      G_GUINT64_FORMAT "\", \"label\": \"%s\", \"confidence\": 0.%u, \"bbox\": "
      "{\"x\": 0.%u, \"y\": 0.1, \"w\": 0.3, \"h\": 0.3}}], "
      "\"source\": \"seiinject\"%s}", id, seq, ts_ns, seq % 9999 + 1,
      labels[seq % 4], digits, (guint) (1 + seq % 5), member);
}

char *
objects_add_session (const char *object, gsize size, const char *session)
{
  g_autofree char *member = NULL;
  JsonTextValue value;
  gsize end = size - 1;         /* its brace */
  gboolean is_empty;

  if (json_text_find (object, size, "session", &value))
    return g_strndup (object, size);
  while (end > 1 && strchr (" \t\r\n", object[end - 1]))
    end--;
  is_empty = object[end - 1] == '{';
  member = make_member (session, is_empty ? "" : ",", "");
  return g_strdup_printf ("%.*s%s}", (int) end, object, member);
}
