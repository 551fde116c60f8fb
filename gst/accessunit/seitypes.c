/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seitypes.h"

#include <string.h>

#include "sei.h"

/* A set is a bit for each type, up to the largest that is in it. */

GBytes *
sei_types_parse (const gchar * text)
{
  g_autoptr (GByteArray) set = g_byte_array_new ();
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  if (!parts[0])
    return NULL;
  for (guint i = 0; parts[i]; i++) {
    guint64 type;

    if (!g_ascii_string_to_unsigned (g_strstrip (parts[i]), 10, 0,
            SEI_MAX_TYPE, &type, NULL))
      return NULL;

    const guint before = set->len;

    if (type / 8 >= before) {
      g_byte_array_set_size (set, type / 8 + 1);
      memset (set->data + before, 0, set->len - before);
    }
    set->data[type / 8] |= (guint8) (1 << type % 8);
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&set));
}

gboolean
sei_types_contain (GBytes * types, guint type)
{
  gsize size;
  const guint8 *set = g_bytes_get_data (types, &size);

  return type / 8 < size && (set[type / 8] >> type % 8 & 1);
}
