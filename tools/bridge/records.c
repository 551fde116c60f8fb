/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "common.h"
#include "jsondup.h"
#include "records.h"

#define SHOWN_CHARACTERS 120

/* The first characters of what came, fit for a terminal. */
static char *
shorten (const char *text, gsize size)
{
  g_autofree char *valid = g_utf8_make_valid (text, size);
  const gboolean longer = g_utf8_strlen (valid, -1) > SHOWN_CHARACTERS;
  g_autofree char *start = g_utf8_substring (valid, 0,
      longer ? SHOWN_CHARACTERS : -1);
  g_autofree char *escaped = tool_escape (start, -1);

  return g_strconcat (escaped, longer ? "..." : "", NULL);
}

/* What is set here goes for this very buffer. */
static void
set_key (Records * self, gboolean is_seq)
{
  if (!self->sets_key || is_seq == self->key_is_seq)
    return;
  self->key_is_seq = is_seq;
  g_object_set (self->kafka, "key", is_seq ? "{seq}" : "0", NULL);
}

/* Returns the value of the record. */
static GstBuffer *
make_record (Records * self, const char *json, gsize size)
{
  static const char *const ours[] = { "bridge_ts_ns", "sender_ts_ns", NULL };
  g_autoptr (GstClock) clock = gst_element_get_clock (self->kafka);
  g_autofree char *append = NULL;
  gint64 sender_ts_ns = 0;
  JsonTextValue value;
  gboolean has_seq;
  gsize length;
  char *record;

  if (json_text_find (json, size, "ts_ns", &value))
    json_text_to_int64 (&value, &sender_ts_ns);
  has_seq = json_text_find (json, size, "seq", &value)
      && (value.type == JSON_TEXT_NUMBER || value.type == JSON_TEXT_STRING);
  set_key (self, has_seq);
  if (self->is_verbose) {
    g_autofree char *text = shorten (json, size);
    g_autofree char *seq = has_seq ? json_dup_unquoted (&value, NULL)
        : g_strdup ("0");
    g_autofree char *shown = tool_escape (seq, -1);

    tool_say ("[Bridge][EXTRACT] %s", text);
    tool_say ("[Bridge][KAFKA] sent seq=%s sender_ts_ns=%" G_GINT64_FORMAT,
        shown, sender_ts_ns);
  }
  append = g_strdup_printf ("\"bridge_ts_ns\":%" G_GUINT64_FORMAT
      ",\"sender_ts_ns\":%" G_GINT64_FORMAT,
      clock ? gst_clock_get_time (clock) : 0, sender_ts_ns);
  record = json_dup_edited (json, size, ours, append, &length);
  return gst_buffer_new_wrapped (record, length);
}

static GstPadProbeReturn
on_payload (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Records *self = data;
  g_autoptr (GstBuffer) in = NULL;
  GstBuffer *out;
  GstMapInfo map;

  if (!gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ)) {
    self->n_unreadable++;
    return GST_PAD_PROBE_DROP;
  }
  in = GST_PAD_PROBE_INFO_BUFFER (info);
  out = make_record (self, (const char *) map.data, map.size);
  gst_buffer_unmap (in, &map);
  gst_buffer_copy_into (out, in, GST_BUFFER_COPY_METADATA, 0, -1);
  GST_PAD_PROBE_INFO_DATA (info) = out;
  return GST_PAD_PROBE_OK;
}

void
records_start (Records * self, GstElement * kafka, gboolean is_verbose,
    gboolean sets_key)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (kafka, "sink");

  self->kafka = kafka;
  self->is_verbose = is_verbose;
  self->sets_key = sets_key;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_payload, self, NULL);
}
