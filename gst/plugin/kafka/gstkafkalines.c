/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstkafkalines.h"
#include "timedlines.h"

typedef struct
{
  TimedLines *lines;
  GstKafkaTimes begun;          /* of where the line at hand began */
} Stream;

struct _GstKafkaLines
{
  GHashTable *streams;          /* by their names */
  Stream *selected;             /* one of them, or NULL */
  GstKafkaTimes pushed;         /* of what was pushed last */
  GQueue ended;                 /* those whose rest is still to be given */
};

void
gst_kafka_times_clear (GstKafkaTimes * times)
{
  g_clear_pointer (&times->key, g_bytes_unref);
}

static GstKafkaTimes
copy_times (const GstKafkaTimes * times)
{
  GstKafkaTimes copy = *times;

  if (copy.key)
    g_bytes_ref (copy.key);
  return copy;
}

static void
set_times (GstKafkaTimes * times, const GstKafkaTimes * from)
{
  GstKafkaTimes before = *times;

  *times = copy_times (from);
  gst_kafka_times_clear (&before);
}

static void
stream_free (Stream * stream)
{
  gst_kafka_times_clear (&stream->begun);
  timed_lines_free (stream->lines);
  g_free (stream);
}

GstKafkaLines *
gst_kafka_lines_new (void)
{
  GstKafkaLines *lines = g_new0 (GstKafkaLines, 1);

  lines->streams = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      NULL);
  g_queue_init (&lines->ended);
  return lines;
}

void
gst_kafka_lines_free (GstKafkaLines * lines)
{
  gst_kafka_lines_end_all (lines);
  g_queue_clear_full (&lines->ended, (GDestroyNotify) stream_free);
  g_hash_table_unref (lines->streams);
  gst_kafka_times_clear (&lines->pushed);
  g_free (lines);
}

static gboolean
end_stream (gpointer name, gpointer stream, gpointer lines)
{
  g_queue_push_tail (&((GstKafkaLines *) lines)->ended, stream);
  return TRUE;
}

void
gst_kafka_lines_end_all (GstKafkaLines * lines)
{
  lines->selected = NULL;
  g_hash_table_foreach_remove (lines->streams, end_stream, lines);
}

static gboolean
end_if_selected (gpointer name, gpointer stream, gpointer lines)
{
  return stream == ((GstKafkaLines *) lines)->selected
      && end_stream (name, stream, lines);
}

void
gst_kafka_lines_end (GstKafkaLines * lines)
{
  g_hash_table_foreach_remove (lines->streams, end_if_selected, lines);
  lines->selected = NULL;
}

void
gst_kafka_lines_select (GstKafkaLines * lines, const char *stream)
{
  lines->selected = stream ?
      g_hash_table_lookup (lines->streams, stream) : NULL;
  if (!stream || lines->selected)
    return;
  if (g_hash_table_size (lines->streams) == GST_KAFKA_LINES_MAX_STREAMS)
    gst_kafka_lines_end_all (lines);
  lines->selected = g_new0 (Stream, 1);
  lines->selected->lines = timed_lines_new ();
  g_hash_table_insert (lines->streams, g_strdup (stream), lines->selected);
}

gboolean
gst_kafka_lines_is_selected (GstKafkaLines * lines)
{
  return lines->selected != NULL;
}

void
gst_kafka_lines_push (GstKafkaLines * lines, const guint8 * data, gsize size,
    const GstKafkaTimes * times)
{
  timed_lines_push (lines->selected->lines, data, size);
  set_times (&lines->pushed, times);
}

static void
set_line (GstKafkaLine * line, const TimedLine * from,
    const GstKafkaTimes * times)
{
  line->bytes = from->bytes;
  line->size = from->size;
  line->times = copy_times (times);
}

gboolean
gst_kafka_lines_next (GstKafkaLines * lines, GstKafkaLine * line)
{
  Stream *stream;
  TimedLine found;

  while ((stream = g_queue_pop_head (&lines->ended))) {
    const gboolean rest = timed_lines_finish (stream->lines,
        GST_KAFKA_LINES_MAX_SIZE, &found);

    if (rest)
      set_line (line, &found, &stream->begun);
    stream_free (stream);
    if (rest)
      return TRUE;
  }
  stream = lines->selected;
  if (!stream)
    return FALSE;
  if (timed_lines_next (stream->lines, GST_KAFKA_LINES_MAX_SIZE, &found)) {
    set_line (line, &found,
        found.began_before ? &stream->begun : &lines->pushed);
    return TRUE;
  }
  if (!timed_lines_began_before (stream->lines))
    set_times (&stream->begun, &lines->pushed);
  return FALSE;
}

gboolean
gst_kafka_lines_reset (GstKafkaLines * lines)
{
  return timed_lines_reset (lines->selected->lines);
}
