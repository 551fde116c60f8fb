/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "records.h"
#include "jsontext.h"

/* As text, for people; "0" if there is none. */
static char *
text_of (const JsonTextValue * value)
{
  gsize length;
  char *text;

  if (value->type != JSON_TEXT_STRING)
    return g_strndup (value->text, value->size);
  length = json_text_unquote (value, NULL, 0);
  text = g_malloc (length + 1);
  json_text_unquote (value, text, length);
  text[length] = '\0';
  return text;
}

void
bridge_record_init (BridgeRecord * record, const char *json, gsize size,
    guint64 bridge_ts_ns)
{
  static const char *const ours[] = { "bridge_ts_ns", "sender_ts_ns", NULL };
  g_autofree char *append = NULL;
  JsonTextValue value;

  *record = (BridgeRecord) {
    .has_seq = json_text_find (json, size, "seq", &value)
        && (value.type == JSON_TEXT_NUMBER || value.type == JSON_TEXT_STRING)
  };
  record->seq = record->has_seq ? text_of (&value) : g_strdup ("0");
  if (json_text_find (json, size, "ts_ns", &value))
    json_text_to_int64 (&value, &record->sender_ts_ns);
  append = g_strdup_printf ("\"bridge_ts_ns\":%" G_GUINT64_FORMAT
      ",\"sender_ts_ns\":%" G_GINT64_FORMAT, bridge_ts_ns,
      record->sender_ts_ns);
  record->value_size = json_text_edit (json, size, ours, append, NULL, 0);
  record->value = g_malloc (record->value_size);
  json_text_edit (json, size, ours, append, record->value, record->value_size);
}

void
bridge_record_clear (BridgeRecord * record)
{
  g_free (record->value);
  g_free (record->seq);
}
