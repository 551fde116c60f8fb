/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "records.h"

#include <string.h>

#include "common.h"
#include "jsondup.h"
#include "shown.h"
#include "timedclock.h"

#define SHOWN_CHARACTERS 120

/* Of one in RFC 3339, with its NUL */
#define TIME_SIZE sizeof ("1970-01-01T00:00:00.000Z")

/* What is appended but for the value of stream_id, with two numbers of up to 20
 * characters */
#define APPENDED_SIZE (sizeof (",\"stream_id\":,\"bridge_ts_ns\":" \
    ",\"sender_ts_ns\":,\"time\":\"\"}\n") + 2 * 20 + TIME_SIZE)

/* What we append to one payload, and what of that is known before. */
typedef struct
{
  const char *stream_id;        /* NULL: none */
  guint64 bridge_ts_ns;
  gint64 sender_ts_ns;
  char time[TIME_SIZE];         /* "": none */
} Additions;

/* The first characters of what came, fit for a terminal */
static char *
shorten (const char *text, gsize size)
{
  g_autofree char *message = shown_dup (text, &size);
  g_autofree char *valid = g_utf8_make_valid (message, size);
  const gboolean longer = g_utf8_strlen (valid, -1) > SHOWN_CHARACTERS;
  g_autofree char *start = g_utf8_substring (valid, 0,
      longer ? SHOWN_CHARACTERS : -1);
  g_autofree char *escaped = tool_escape (start, -1);

  return g_strconcat (escaped, longer ? "..." : "", NULL);
}

/* In place of that of kafkasink's property. @text: (transfer full) */
static void
add_key (GstBuffer * record, char *text, gsize size)
{
  GstCustomMeta *meta =
      gst_buffer_add_custom_meta (record, "GstKafkaRecordMeta");
  g_autoptr (GBytes) key = g_bytes_new_take (text, size);

  gst_structure_set (gst_custom_meta_get_structure (meta), "key", G_TYPE_BYTES,
      key, NULL);
}

/* Adds what the template makes of the whole record. Without anything, kafkasink would give
 * it no key, and its stream no order. */
static void
expand_key (Records * self, GstBuffer * record, const char *json, gsize size)
{
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE,
      sizeof (JsonTextMember));
  g_autoptr (GString) key = g_string_new (NULL);
  const JsonTextMember *members;

  kafka_template_list_members (self->settings.key, wanted);
  json_text_read_object (json, size, (JsonTextMember *) wanted->data,
      wanted->len);
  members = (const JsonTextMember *) wanted->data;
  kafka_template_expand (self->settings.key, &members, key);
  if (key->len == 0) {
    g_atomic_int_inc (&self->n_without_key);
  } else {
    const gsize length = key->len;

    add_key (record, g_string_free (g_steal_pointer (&key), FALSE), length);
  }
}

/* Writes it in RFC 3339. Beyond the year 9999 there is nothing to write. */
static void
write_time (char *text, gint64 ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (ms / 1000);

  if (time && ms >= 0)
    g_snprintf (text, TIME_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
        g_date_time_get_year (time), g_date_time_get_month (time),
        g_date_time_get_day_of_month (time), g_date_time_get_hour (time),
        g_date_time_get_minute (time), g_date_time_get_second (time),
        (int) (ms % 1000));
}

/* Returns: milliseconds since 1970 */
static gint64
get_time (const Records * self, GstPad * pad, GstBuffer * payload)
{
  g_autoptr (GstEvent) event = pad ?
      gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0) : NULL;
  const GstSegment *segment = NULL;
  gint64 ms;

  if (event)
    gst_event_parse_segment (event, &segment);
  ms = timed_capture_ms (payload, self->element, segment);
  return ms >= 0 ? ms : g_get_real_time () / 1000;
}

/* Whether it brings a time along that kafkasink does not take, and neither do we */
static gboolean
is_far_off (const Records * self, GstBuffer * payload)
{
  const gint64 ns = timed_capture_ns (payload, self->element, NULL);

  return ns != TIMED_NO_TIME && !timed_is_near_now (ns / (gint64) GST_MSECOND);
}

/* Whether it is of klvtojson, with a time that is the drone's, and finer than ours */
static gboolean
has_own_time (const char *json, gsize size)
{
  JsonTextMember members[] = { {.name = "type"}, {.name = "time"} };
  static const char klv[] = "\"klv\"";

  json_text_read_object (json, size, members, G_N_ELEMENTS (members));
  return members[0].found && members[0].value.size == strlen (klv)
      && memcmp (members[0].value.text, klv, strlen (klv)) == 0
      && members[1].found;
}

static gsize
write_stream_id (const char *stream_id, char *dst, gsize capacity)
{
  return json_text_quote (stream_id, strlen (stream_id), dst, capacity);
}

/* Writes our members behind an object. Returns its new size. */
static gsize
append (const Records * self, char *object, gsize size,
    const Additions * additions, gsize capacity)
{
  char *end = object + size - 1;        /* its brace */
  const char *comma = size > 2 ? "," : "";

  if (additions->stream_id) {
    end += g_snprintf (end, APPENDED_SIZE, "%s\"stream_id\":", comma);
    end += write_stream_id (additions->stream_id, end, object + capacity - end);
    comma = ",";
  }
  end += g_snprintf (end, APPENDED_SIZE, "%s\"bridge_ts_ns\":%" G_GUINT64_FORMAT
      ",\"sender_ts_ns\":%" G_GINT64_FORMAT, comma, additions->bridge_ts_ns,
      additions->sender_ts_ns);
  if (additions->time[0] != '\0')
    end += g_snprintf (end, APPENDED_SIZE, ",\"time\":\"%s\"", additions->time);
  *end++ = '}';
  if (self->settings.has_newline)
    *end++ = '\n';
  return end - object;
}

/* @seq: (nullable): the member */
static void
show (const char *json, gsize size, const JsonTextValue * seq,
    gint64 sender_ts_ns)
{
  g_autofree char *text = shorten (json, size);
  g_autofree char *value = seq ? json_dup_unquoted (seq, NULL)
      : g_strdup ("0");
  g_autofree char *shown = tool_escape (value, -1);

  tool_say ("[Bridge][EXTRACT] %s", text);
  tool_say ("[Bridge][KAFKA] sent seq=%s sender_ts_ns=%" G_GINT64_FORMAT,
      shown, sender_ts_ns);
}

/* @additions: but for what the payload itself says
 * Returns: (transfer full) */
static GstBuffer *
write_record (Records * self, const char *json, gsize size,
    Additions * additions)
{
  static const char *const ours[] = {
    "time", "bridge_ts_ns", "sender_ts_ns", NULL
  };
  JsonTextMember members[] = {
    {.name = "seq"}, {.name = "ts_ns"}, {.name = "stream_id"}
  };
  const JsonTextMember *seq = &members[0], *ts_ns = &members[1],
      *stream_id = &members[2];
  const gsize capacity = size + APPENDED_SIZE + (additions->stream_id ?
      write_stream_id (additions->stream_id, NULL, 0) : 0);
  char *record = g_malloc (capacity);
  gsize length = json_text_edit (json, size, additions->time[0] != '\0' ? ours :
      ours + 1, members, G_N_ELEMENTS (members), record, size);
  gboolean has_seq;
  GstBuffer *buffer;

  if (ts_ns->found)
    json_text_to_int64 (&ts_ns->value, &additions->sender_ts_ns);
  if (stream_id->found)
    additions->stream_id = NULL;
  has_seq = seq->found && (seq->value.type == JSON_TEXT_NUMBER
      || seq->value.type == JSON_TEXT_STRING);
  if (self->settings.is_verbose)
    show (json, size, has_seq ? &seq->value : NULL, additions->sender_ts_ns);
  length = append (self, record, length, additions, capacity);
  buffer = gst_buffer_new_wrapped_full (0, record, capacity, 0, length, record,
      g_free);
  if (has_seq && self->settings.key_is_seq) {
    gsize key_size;
    char *key = json_dup_unquoted (&seq->value, &key_size);

    add_key (buffer, key, key_size);
  } else if (self->settings.key) {
    expand_key (self, buffer, record, length);
  }
  return buffer;
}

void
records_init (Records * self, const RecordsSettings * settings,
    GstElement * element)
{
  *self = (Records) {
  .settings = *settings,.element = element};
}

/* A file gives records before the pipeline has chosen a clock, and it will be this one.
 * Returns: (transfer full) */
static GstClock *
get_clock (const Records * self)
{
  GstClock *clock = gst_element_get_clock (self->element);

  return clock ? clock : gst_system_clock_obtain ();
}

GstBuffer *
records_make (Records * self, const char *stream_id, GstPad * pad,
    GstBuffer * payload)
{
  g_autoptr (GstBuffer) in = payload;
  g_autoptr (GstClock) clock = get_clock (self);
  Additions additions = {.stream_id = stream_id };
  gint64 ms = 0;
  GstBuffer *record;
  GstMapInfo map;

  g_atomic_int_inc (&self->n_made);
  if (!gst_buffer_map (in, &map, GST_MAP_READ)) {
    g_atomic_int_inc (&self->n_unreadable);
    return NULL;
  }
  additions.bridge_ts_ns = gst_clock_get_time (clock);
  if (self->settings.needs_time && is_far_off (self, in))
    g_atomic_int_inc (&self->n_far_off);
  if (self->settings.has_time) {
    ms = get_time (self, pad, in);
    if (!has_own_time ((const char *) map.data, map.size))
      write_time (additions.time, ms);
  }
  record = write_record (self, (const char *) map.data, map.size, &additions);
  gst_buffer_unmap (in, &map);
  gst_buffer_copy_into (record, in, GST_BUFFER_COPY_METADATA, 0, -1);
  if (self->settings.has_time)
    timed_set_capture_ms (record, ms);
  return record;
}

guint
records_get_n_made (Records * self)
{
  return g_atomic_int_get (&self->n_made);
}

guint
records_get_n_unreadable (Records * self)
{
  return g_atomic_int_get (&self->n_unreadable);
}

guint
records_get_n_without_key (Records * self)
{
  return g_atomic_int_get (&self->n_without_key);
}

guint
records_get_n_far_off (Records * self)
{
  return g_atomic_int_get (&self->n_far_off);
}

void
records_skip (Records * self)
{
  g_atomic_int_inc (&self->n_skipped);
}

guint
records_get_n_skipped (Records * self)
{
  return g_atomic_int_get (&self->n_skipped);
}
