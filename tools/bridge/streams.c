/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "streams.h"

#include "inspect.h"
#include "silence.h"
#include "timedreception.h"

/* Without a message for so long, a stream that there is gives nothing. */
#define SILENT_US (SILENCE_SECONDS * G_TIME_SPAN_SECOND + SILENCE_TOLERANCE_US)

typedef struct
{
  char *name;
  gint64 since_us;              /* when the last message came, or it began */
  gint64 record_us;             /* -1: there was none */
  guint64 n_messages, n_records, n_skipped;
  gint64 n_frames, n_lost;
  History history;
  gboolean is_there;            /* was taken since streams_forget() */
  gboolean is_shown;            /* and before that */
} Stream;

struct _Streams
{
  GMutex lock;
  GPtrArray *all;               /* of Stream, in the order of their beginning */
  GHashTable *by_name;
  GHashTable *by_reception;     /* TimedReception to Stream, which may have several */
};

static void
stream_free (gpointer data)
{
  Stream *self = data;

  g_free (self->name);
  g_free (self);
}

Streams *
streams_new (void)
{
  Streams *self = g_new0 (Streams, 1);

  g_mutex_init (&self->lock);
  self->all = g_ptr_array_new_with_free_func (stream_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_reception = g_hash_table_new_full (timed_reception_hash,
      timed_reception_equal, g_free, NULL);
  return self;
}

void
streams_free (Streams * self)
{
  g_hash_table_unref (self->by_reception);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->all);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* With the lock. @name: (transfer full) */
static Stream *
get_named (Streams * self, char *name)
{
  Stream *stream = g_hash_table_lookup (self->by_name, name);

  if (stream) {
    g_free (name);
    return stream;
  }
  stream = g_new0 (Stream, 1);
  stream->name = name;
  stream->since_us = g_get_monotonic_time ();
  stream->record_us = stream->n_frames = stream->n_lost = -1;
  history_init (&stream->history, stream->since_us);
  g_ptr_array_add (self->all, stream);
  g_hash_table_insert (self->by_name, name, stream);
  return stream;
}

/* With the lock */
static Stream *
get_stream (Streams * self, GstBuffer * buffer,
    const TimedReception * reception)
{
  Stream *stream = g_hash_table_lookup (self->by_reception, reception);

  if (stream)
    return stream;
  stream = get_named (self, inspect_name_buffer (buffer));
  g_hash_table_insert (self->by_reception, g_memdup2 (reception,
          sizeof (*reception)), stream);
  return stream;
}

void
streams_count (Streams * self, GstBuffer * buffer, gboolean is_record)
{
  const TimedReception *reception = timed_buffer_get_reception (buffer);
  const gint64 now_us = g_get_monotonic_time ();
  Stream *stream;

  if (!reception)
    return;
  g_mutex_lock (&self->lock);
  stream = get_stream (self, buffer, reception);
  stream->n_messages++;
  stream->since_us = now_us;
  if (is_record) {
    stream->n_records++;
    stream->record_us = now_us;
    history_add (&stream->history, 1, now_us);
  } else {
    stream->n_skipped++;
  }
  g_mutex_unlock (&self->lock);
}

void
streams_take (Streams * self, const char *name, gint64 n_frames, gint64 n_lost)
{
  Stream *stream;

  g_mutex_lock (&self->lock);
  stream = get_named (self, g_strdup (name));
  stream->n_frames = n_frames;
  stream->n_lost = n_lost;
  stream->is_there = TRUE;
  g_mutex_unlock (&self->lock);
}

static gboolean
is_of (gpointer reception, gpointer stream, gpointer data)
{
  return stream == data;
}

void
streams_forget (Streams * self, gint64 now_us)
{
  g_mutex_lock (&self->lock);
  for (guint i = self->all->len; i > 0; i--) {
    Stream *stream = self->all->pdata[i - 1];

    stream->is_shown = stream->is_there;
    stream->is_there = FALSE;
    /* its first message may be quicker than who takes it */
    if (stream->is_shown || now_us - stream->since_us < SILENT_US)
      continue;
    g_hash_table_foreach_remove (self->by_reception, is_of, stream);
    g_hash_table_remove (self->by_name, stream->name);
    g_ptr_array_remove_index (self->all, i - 1);
  }
  g_mutex_unlock (&self->lock);
}

static StatusState
get_state (const Stream * stream, gint64 now_us)
{
  if (now_us - stream->since_us >= SILENT_US)
    return STATUS_SILENT;
  return stream->n_messages > 0 ? STATUS_UP : STATUS_STARTING;
}

static void
add_stream (Stream * stream, Status * status, const char *camera,
    const char *uri)
{
  StatusCamera *row = status_add_stream (status, camera, stream->name, uri);

  row->state = get_state (stream, status->taken_us);
  if (row->state == STATUS_SILENT)
    row->trouble = g_strdup ("gives no records");
  row->n_frames = stream->n_frames;
  row->n_lost = stream->n_lost;
  row->n_messages = stream->n_messages;
  row->n_records = stream->n_records;
  row->n_skipped = stream->n_skipped;
  row->record_us = stream->record_us;
  row->n_history = history_read (&stream->history, status->taken_us,
      row->history);
}

void
streams_get_status (Streams * self, Status * status, const char *camera,
    const char *uri)
{
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->all->len; i++)
    n += ((Stream *) self->all->pdata[i])->is_shown;
  for (guint i = 0; i < self->all->len && n > 1; i++)
    if (((Stream *) self->all->pdata[i])->is_shown)
      add_stream (self->all->pdata[i], status, camera, uri);
  g_mutex_unlock (&self->lock);
}
