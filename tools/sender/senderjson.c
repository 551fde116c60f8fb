/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "jsontext.h"
#include "senderjson.h"

static char *
quote (const char *text)
{
  const gsize length = strlen (text);
  const gsize size = json_text_quote (text, length, NULL, 0);
  char *quoted = g_malloc (size + 1);

  json_text_quote (text, length, quoted, size);
  quoted[size] = '\0';
  return quoted;
}

char *
sender_json (const char *stream_id, guint64 seq, guint64 ts_ns)
{
  static const char *const labels[] = { "person", "car", "dog", "bicycle" };
  const guint hundredths = 50 + seq % 50;
  g_autofree char *id = quote (stream_id);
  char confidence[8];

  /* written as people write numbers: 0.6, not 0.60 and not 0.59999999999999998 */
  if (hundredths % 10 == 0)
    g_snprintf (confidence, sizeof (confidence), "0.%u", hundredths / 10);
  else
    g_snprintf (confidence, sizeof (confidence), "0.%u", hundredths);
  return g_strdup_printf ("{\"stream_id\": %s, \"seq\": %" G_GUINT64_FORMAT
      ", \"ts_ns\": %" G_GUINT64_FORMAT ", \"objects\": [{\"id\": \"obj-%"
      G_GUINT64_FORMAT "\", \"label\": \"%s\", \"confidence\": %s, \"bbox\": "
      "{\"x\": 0.%u, \"y\": 0.1, \"w\": 0.3, \"h\": 0.3}}], "
      "\"source\": \"seiinject\"}", id, seq, ts_ns, seq % 9999 + 1,
      labels[seq % 4], confidence, (guint) (1 + seq % 5));
}
