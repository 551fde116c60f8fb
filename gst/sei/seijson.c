/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seijson.h"

#include <string.h>

#include "jsontext.h"

GBytes *
sei_payload_to_json (GBytes * payload)
{
  static const gchar prefix[] = "{\"raw\":";
  const gsize prefix_size = sizeof (prefix) - 1;
  gsize size;
  const gchar *text = g_bytes_get_data (payload, &size);

  size = json_text_trim (text, size);
  if (json_text_is_object (text, size))
    return g_bytes_new_from_bytes (payload, 0, size);

  const gsize quoted = json_text_quote (text, size, NULL, 0);
  gchar *object = g_malloc (prefix_size + quoted + 1);

  memcpy (object, prefix, prefix_size);
  json_text_quote (text, size, object + prefix_size, quoted);
  object[prefix_size + quoted] = '}';

  return g_bytes_new_take (object, prefix_size + quoted + 1);
}
