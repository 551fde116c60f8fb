/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seipayload.h"

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

void
sei_payload_append_to_buffer (GBytes * payload, GstBuffer * buffer)
{
  gsize size;
  gpointer data = (gpointer) g_bytes_get_data (payload, &size);

  if (size == 0)
    return;
  gst_buffer_append_memory (buffer,
      gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, data, size, 0, size,
          g_bytes_ref (payload), (GDestroyNotify) g_bytes_unref));
}

GBytes *
sei_payload_from_value (const GValue * value)
{
  GBytes *payload = NULL;

  if (G_VALUE_HOLDS_STRING (value)) {
    const gchar *text = g_value_get_string (value);

    if (text != NULL)
      payload = g_bytes_new (text, strlen (text));
  } else if (G_VALUE_HOLDS (value, G_TYPE_BYTE_ARRAY)) {
    const GByteArray *array = g_value_get_boxed (value);

    if (array != NULL)
      payload = g_bytes_new (array->data, array->len);
  } else {
    payload = g_value_dup_boxed (value);
  }

  if (payload != NULL && g_bytes_get_size (payload) == 0)
    g_clear_pointer (&payload, g_bytes_unref);
  return payload;
}

void
sei_payload_to_value (GBytes * payload, GValue * value)
{
  gsize size;
  gconstpointer data;

  if (payload == NULL)
    return;

  data = g_bytes_get_data (payload, &size);
  if (G_VALUE_HOLDS_STRING (value)) {
    if (g_utf8_validate (data, size, NULL))
      g_value_take_string (value, g_strndup (data, size));
  } else if (G_VALUE_HOLDS (value, G_TYPE_BYTE_ARRAY)) {
    g_value_take_boxed (value,
        g_byte_array_append (g_byte_array_new (), data, size));
  } else {
    g_value_set_boxed (value, payload);
  }
}
