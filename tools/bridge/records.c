/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "common.h"
#include "jsondup.h"
#include "records.h"

#define SHOWN_CHARACTERS 120

/* What is appended, with two numbers of up to 20 characters */
#define APPENDED_SIZE (sizeof (",\"bridge_ts_ns\":,\"sender_ts_ns\":}") + 2 * 20)

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

/* In place of that of kafkasink's property */
static void
add_key (GstBuffer * record, const JsonTextValue * value)
{
  GstCustomMeta *meta =
      gst_buffer_add_custom_meta (record, "GstKafkaRecordMeta");
  gsize size;
  char *text = json_dup_unquoted (value, &size);
  g_autoptr (GBytes) key = g_bytes_new_take (text, size);

  gst_structure_set (gst_custom_meta_get_structure (meta), "key", G_TYPE_BYTES,
      key, NULL);
}

/* Appends our members to an object. Returns its new size. */
static gsize
append_times (char *object, gsize size, guint64 bridge_ts_ns,
    gint64 sender_ts_ns)
{
  const gsize end = size - 1;   /* its brace */

  return end + g_snprintf (object + end, APPENDED_SIZE,
      "%s\"bridge_ts_ns\":%" G_GUINT64_FORMAT ",\"sender_ts_ns\":%"
      G_GINT64_FORMAT "}", end > 1 ? "," : "", bridge_ts_ns, sender_ts_ns);
}

/* Returns the record. */
static GstBuffer *
make_record (Records * self, const char *json, gsize size)
{
  static const char *const ours[] = { "bridge_ts_ns", "sender_ts_ns", NULL };
  JsonTextMember members[] = { {.name = "seq"}, {.name = "ts_ns"} };
  const JsonTextMember *seq = &members[0], *ts_ns = &members[1];
  g_autoptr (GstClock) clock = gst_element_get_clock (self->kafka);
  char *record = g_malloc (size + APPENDED_SIZE);
  gsize length = json_text_edit (json, size, ours, members,
      G_N_ELEMENTS (members), record, size);
  gint64 sender_ts_ns = 0;
  gboolean has_seq;
  GstBuffer *buffer;

  if (ts_ns->found)
    json_text_to_int64 (&ts_ns->value, &sender_ts_ns);
  has_seq = seq->found && (seq->value.type == JSON_TEXT_NUMBER
      || seq->value.type == JSON_TEXT_STRING);
  if (self->is_verbose) {
    g_autofree char *text = shorten (json, size);
    g_autofree char *value = has_seq ? json_dup_unquoted (&seq->value, NULL)
        : g_strdup ("0");
    g_autofree char *shown = tool_escape (value, -1);

    tool_say ("[Bridge][EXTRACT] %s", text);
    tool_say ("[Bridge][KAFKA] sent seq=%s sender_ts_ns=%" G_GINT64_FORMAT,
        shown, sender_ts_ns);
  }
  length = append_times (record, length, clock ? gst_clock_get_time (clock) : 0,
      sender_ts_ns);
  buffer = gst_buffer_new_wrapped_full (0, record, size + APPENDED_SIZE, 0,
      length, record, g_free);
  if (has_seq && self->key_is_seq)
    add_key (buffer, &seq->value);
  return buffer;
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
    gboolean key_is_seq)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (kafka, "sink");

  self->kafka = kafka;
  self->is_verbose = is_verbose;
  self->key_is_seq = key_is_seq;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_payload, self, NULL);
}
