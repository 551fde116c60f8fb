/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "flvscripts.h"

#include <string.h>

#include "flvtime.h"

/* Room for text that is kept from one event to the next */
#define MAX_KEPT_SIZE (1 << 20)

struct _FlvScripts
{
  FlvReader reader;
  AmfReader *amf;
  GByteArray *body;             /* of the tag at hand */
  gboolean is_in_tag;
  gboolean is_wanted;           /* the body */
  GByteArray *text;             /* room for JSON */
  GByteArray *metadata;         /* arguments of the last onMetaData; of no bytes at first */
  FlvTime time;
  gint64 first_ms;              /* of the first tag that was read last */
  GArray *faults;               /* of FlvFault */
  FlvScriptsStats stats;
};

FlvScripts *
flv_scripts_new (void)
{
  FlvScripts *scripts = g_new0 (FlvScripts, 1);

  scripts->amf = g_new (AmfReader, 1);
  scripts->body = g_byte_array_new ();
  scripts->text = g_byte_array_new ();
  scripts->metadata = g_byte_array_new ();
  scripts->faults = g_array_new (FALSE, FALSE, sizeof (FlvFault));
  flv_scripts_reset (scripts);
  return scripts;
}

void
flv_scripts_free (FlvScripts * scripts)
{
  g_free (scripts->amf);
  g_byte_array_unref (scripts->body);
  g_byte_array_unref (scripts->text);
  g_byte_array_unref (scripts->metadata);
  g_array_unref (scripts->faults);
  g_free (scripts);
}

void
flv_scripts_flush (FlvScripts * scripts)
{
  flv_reader_init (&scripts->reader);
  g_byte_array_set_size (scripts->body, 0);
  g_byte_array_set_size (scripts->metadata, 0);
  scripts->is_in_tag = FALSE;
  scripts->is_wanted = FALSE;
  scripts->time = (FlvTime) {
  0};
}

void
flv_scripts_reset (FlvScripts * scripts)
{
  flv_scripts_flush (scripts);
  scripts->stats = (FlvScriptsStats) {
  0};
}

/* --- an event ------------------------------------------------------------- */

static gboolean
is_called (BytesSpan name, const char *wanted)
{
  return name.size == strlen (wanted)
      && memcmp (name.data, wanted, name.size) == 0;
}

/* What is behind the name of an event */
static BytesSpan
get_arguments (BytesSpan body, BytesSpan name)
{
  const guint8 *end = name.data + name.size;

  return (BytesSpan) {
  end, body.data + body.size - end};
}

/* @setDataFrame is how a publisher tells a server to send the event that it names.
 * Returns: whether there is a name */
static gboolean
get_name (BytesSpan body, BytesSpan * name)
{
  BytesSpan named;

  if (!script_event_get_name (body, name))
    return FALSE;
  if (is_called (*name, "@setDataFrame")
      && script_event_get_name (get_arguments (body, *name), &named))
    *name = named;
  return TRUE;
}

static gboolean
is_wanted (GStrv events, BytesSpan name)
{
  for (guint i = 0; events && events[i]; i++)
    if (is_called (name, events[i])
        || (g_str_equal (events[i], "*")
            && !is_called (name, "|RtmpSampleAccess")))
      return TRUE;
  return FALSE;
}

/* Of the time at which a muxer wrote onMetaData, which makes two of them differ that say the
 * same, the characters become 0. */
static void
clear_creation_date (GByteArray * metadata)
{
  static const char name[] = "\0\fcreationdate\2";
  const gsize head = sizeof (name) - 1 + 2;

  for (gsize at = 0; at + head <= metadata->len; at++) {
    guint8 *text = metadata->data + at + head;

    if (memcmp (metadata->data + at, name, sizeof (name) - 1) == 0)
      memset (text, 0, MIN (metadata->len - at - head,
              (gsize) (text[-2] << 8 | text[-1])));
  }
}

/* Returns whether the body is the onMetaData that was there before, and remembers it. */
static gboolean
is_repeated (FlvScripts * scripts, BytesSpan body, BytesSpan name)
{
  const BytesSpan arguments = get_arguments (body, name);
  g_autoptr (GByteArray) metadata = NULL;
  gboolean is_equal;

  if (!is_called (name, "onMetaData"))
    return FALSE;
  metadata = g_byte_array_sized_new (arguments.size);
  g_byte_array_append (metadata, arguments.data, arguments.size);
  clear_creation_date (metadata);
  is_equal = metadata->len == scripts->metadata->len
      && memcmp (metadata->data, scripts->metadata->data, metadata->len) == 0;
  g_byte_array_unref (scripts->metadata);
  scripts->metadata = g_steal_pointer (&metadata);
  return is_equal;
}

/* Returns: how much the text may take */
static gsize
reserve_text (FlvScripts * scripts, BytesSpan body)
{
  const gsize size = script_event_get_max_size (body);

  if (scripts->text->len < size)
    g_byte_array_set_size (scripts->text, size);
  return size;
}

static void
release_text (FlvScripts * scripts)
{
  if (scripts->text->len <= MAX_KEPT_SIZE)
    return;
  g_byte_array_unref (scripts->text);
  scripts->text = g_byte_array_new ();
}

static void
count_fault (FlvScripts * scripts, AmfStatus status)
{
  const FlvFault fault = { status, scripts->time.ms };

  g_array_append_val (scripts->faults, fault);
  scripts->stats.broken++;
}

static void
append_event (FlvScripts * scripts, BytesSpan name, const ScriptEvent * event,
    gboolean unwrap, GArray * found)
{
  const gboolean is_object = unwrap && event->object.data;
  const FlvScript script = {
    .event = g_utf8_make_valid ((const gchar *) name.data, name.size),
    .payload = is_object ?
        g_bytes_new (event->object.data, event->object.size) :
        g_bytes_new (scripts->text->data, event->json_size),
    .time_ms = scripts->time.ms
  };

  g_array_append_val (found, script);
  scripts->stats.events++;
}

static void
read_event (FlvScripts * scripts, const FlvScriptsRules * rules, GArray * found)
{
  const BytesSpan body = { scripts->body->data, scripts->body->len };
  ScriptEvent event;
  BytesSpan name;

  if (!get_name (body, &name)) {
    count_fault (scripts, AMF_NO_NAME);
    return;
  }
  if (!is_wanted (rules->events, name)) {
    scripts->stats.ignored++;
    return;
  }
  const gsize size = reserve_text (scripts, body);
  const AmfStatus status = script_event_read (scripts->amf, body,
      scripts->reader.tag.timestamp_ms, &event, (char *) scripts->text->data,
      size);

  if (status != AMF_OK)
    count_fault (scripts, status);
  else if (rules->suppress_duplicates && !event.object.data
      && is_repeated (scripts, body, name))
    scripts->stats.duplicates++;
  else
    append_event (scripts, name, &event, rules->unwrap, found);
  release_text (scripts);
}

/* --- tags ------------------------------------------------------------------ */

static void
begin_tag (FlvScripts * scripts, const FlvScriptsRules * rules)
{
  const FlvTag *tag = &scripts->reader.tag;

  scripts->is_in_tag = TRUE;
  scripts->stats.tags++;
  flv_time_follow (&scripts->time, tag->timestamp_ms);
  scripts->is_wanted = tag->type == FLV_SCRIPT && !tag->is_encrypted;
  if (tag->type == FLV_SCRIPT && tag->is_encrypted)
    scripts->stats.ignored++;
  if (scripts->is_wanted && tag->size > rules->max_size) {
    scripts->stats.too_large++;
    scripts->is_wanted = FALSE;
  }
  g_byte_array_set_size (scripts->body, 0);
}

gboolean
flv_scripts_read (FlvScripts * scripts, BytesSpan data,
    const FlvScriptsRules * rules, GArray * found)
{
  FlvReader *reader = &scripts->reader;
  gboolean has_tag = FALSE;

  g_array_set_size (scripts->faults, 0);
  scripts->first_ms = scripts->time.ms;
  while (TRUE) {
    switch (flv_reader_next (reader, &data)) {
      case FLV_TAG:
        begin_tag (scripts, rules);
        if (!has_tag)
          scripts->first_ms = scripts->time.ms;
        has_tag = TRUE;
        break;
      case FLV_BODY:
        if (scripts->is_wanted)
          g_byte_array_append (scripts->body, reader->body.data,
              reader->body.size);
        break;
      case FLV_TAG_END:
        if (scripts->is_wanted)
          read_event (scripts, rules, found);
        scripts->is_in_tag = FALSE;
        break;
      case FLV_BROKEN:
        scripts->stats.lost_streams++;
        break;
      default:
        return has_tag;
    }
  }
}

void
flv_scripts_finish (FlvScripts * scripts)
{
  g_array_set_size (scripts->faults, 0);
  if (scripts->is_in_tag ? scripts->is_wanted
      : !flv_reader_is_between_tags (&scripts->reader))
    count_fault (scripts, AMF_CUT);
  flv_scripts_flush (scripts);
}

gint64
flv_scripts_get_first_time (const FlvScripts * scripts)
{
  return scripts->first_ms;
}

gint64
flv_scripts_get_time (const FlvScripts * scripts)
{
  return scripts->time.ms;
}

const GArray *
flv_scripts_get_faults (const FlvScripts * scripts)
{
  return scripts->faults;
}

const FlvScriptsStats *
flv_scripts_get_stats (const FlvScripts * scripts)
{
  return &scripts->stats;
}

static void
clear_script (FlvScript * script)
{
  g_free (script->event);
  g_bytes_unref (script->payload);
}

GArray *
flv_scripts_new_array (void)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (FlvScript));

  g_array_set_clear_func (array, (GDestroyNotify) clear_script);
  return array;
}
