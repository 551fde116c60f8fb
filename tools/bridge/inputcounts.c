/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "inputcounts.h"

/* --- of a source ----------------------------------------------------------------- */

static void
tally_take (InputTally * tally, gint64 n)
{
  tally->now = MAX (tally->now, n);
}

static gint64
tally_get (const InputTally * tally)
{
  if (tally->before < 0 || tally->now < 0)
    return MAX (tally->before, tally->now);
  return tally->before + tally->now;
}

static void
tally_end (InputTally * tally)
{
  tally->before = tally_get (tally);
  tally->now = -1;
}

void
input_counts_ask (InputCounts * self, const InputClass * class,
    gpointer source, gint64 now_us)
{
  gint64 n_frames = -1, n_lost = -1;

  class->count (source, &n_frames, &n_lost);
  tally_take (&self->frames, n_frames);
  tally_take (&self->lost, n_lost);
  if (self->streams) {
    class->list_streams (source, self->streams);
    streams_forget (self->streams, now_us);
  }
}

void
input_counts_end_attempt (InputCounts * self)
{
  tally_end (&self->frames);
  tally_end (&self->lost);
}

/* --- of messages ----------------------------------------------------------------- */

static void
count_stream (InputCounts * self, GstBuffer * buffer, gboolean is_record)
{
  if (self->streams)
    streams_count (self->streams, buffer, is_record);
}

void
input_counts_message (InputCounts * self)
{
  g_atomic_int_inc (&self->n_messages);
}

void
input_counts_record (InputCounts * self, GstBuffer * record)
{
  g_atomic_int_inc (&self->n_records);
  count_stream (self, record, TRUE);
}

void
input_counts_skip (InputCounts * self, GstBuffer * message)
{
  g_atomic_int_inc (&self->n_messages);
  g_atomic_int_inc (&self->n_skipped);
  count_stream (self, message, FALSE);
}

gint
input_counts_get_messages (const InputCounts * self)
{
  return g_atomic_int_get (&self->n_messages);
}

/* Makes @all of @n, which runs over.
 * Returns: how many there are more */
static guint
extend (guint64 * all, gint * n)
{
  const guint n_more = (guint) g_atomic_int_get (n) - (guint) * all;

  *all += n_more;
  return n_more;
}

void
input_counts_look (InputCounts * self, gint64 now_us)
{
  const guint n_more = extend (&self->n_all_records, &self->n_records);

  history_add (&self->history, n_more, now_us);
  if (n_more > 0)
    self->record_us = now_us;
  extend (&self->n_all_messages, &self->n_messages);
  extend (&self->n_all_skipped, &self->n_skipped);
}

/* --- both ------------------------------------------------------------------------ */

void
input_counts_init (InputCounts * self, gboolean has_streams, gint64 now_us)
{
  *self = (InputCounts) {
  .frames = { -1, -1 },.lost = { -1, -1 },.record_us = -1};
  if (has_streams)
    self->streams = streams_new ();
  history_init (&self->history, now_us);
}

void
input_counts_clear (InputCounts * self)
{
  g_clear_pointer (&self->streams, streams_free);
}

void
input_counts_get_status (InputCounts * self, Status * status,
    StatusCamera * camera)
{
  camera->n_frames = tally_get (&self->frames);
  camera->n_lost = tally_get (&self->lost);
  camera->n_messages = self->n_all_messages;
  camera->n_records = self->n_all_records;
  camera->n_skipped = self->n_all_skipped;
  camera->record_us = self->record_us;
  camera->n_history = history_read (&self->history, status->taken_us,
      camera->history);
  if (self->streams)
    streams_get_status (self->streams, status, camera->name, camera->uri);
}
