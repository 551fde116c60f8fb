/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "batch.h"

#include <errno.h>

#include "common.h"

/* what a pipe holds on Linux */
#define FULL_SIZE (64 * 1024)

/* Those that are not shown take memory, too. */
#define MAX_RECORDS 8192
#define MAX_SIZE (1024 * 1024)  /* of their values */

/* A filter may take long, and what is shown must not wait for what is not. */
#define MAX_US (100 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  rd_kafka_message_t *message;
  gsize end;                    /* of its line; of a record without one, that of the line before */
} Entry;

struct _Batch
{
  Show *show;
  GString *lines;
  GArray *entries;
  gsize size;                   /* of the records' values */
  gint64 begin_us;              /* monotonic: of the first record */
};

static void
clear_entry (gpointer entry)
{
  rd_kafka_message_destroy (((Entry *) entry)->message);
}

Batch *
batch_new (Show * show)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->show = show;
  batch->lines = g_string_new (NULL);
  batch->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (batch->entries, clear_entry);
  return batch;
}

gboolean
batch_add (Batch * batch, rd_kafka_message_t * message)
{
  Entry entry = { message, 0 };
  gboolean shown;

  if (batch_is_empty (batch))
    batch->begin_us = g_get_monotonic_time ();
  shown = show_append (batch->show, message, batch->lines);
  entry.end = batch->lines->len;
  g_array_append_val (batch->entries, entry);
  batch->size += message->len;
  return shown;
}

gboolean
batch_is_empty (const Batch * batch)
{
  return batch->entries->len == 0;
}

gboolean
batch_is_full (const Batch * batch)
{
  return batch->lines->len >= FULL_SIZE || batch->entries->len >= MAX_RECORDS
      || batch->size >= MAX_SIZE
      || g_get_monotonic_time () - batch->begin_us >= MAX_US;
}

/* As read count the records whose lines are in the first @size bytes. */
static void
store_offsets (const Batch * batch, gsize size)
{
  const rd_kafka_message_t *last = NULL;

  for (guint i = 0; i < batch->entries->len; i++) {
    const Entry *entry = &g_array_index (batch->entries, Entry, i);

    if (entry->end > size)
      break;
    if (last && last->partition != entry->message->partition)
      rd_kafka_offset_store (last->rkt, last->partition, last->offset);
    last = entry->message;
  }
  if (last)
    rd_kafka_offset_store (last->rkt, last->partition, last->offset);
}

int
batch_write (Batch * batch)
{
  gsize written = 0;
  int error = 0;

  if (batch->lines->len > 0 && !tool_write (batch->lines->str,
          batch->lines->len, &written))
    error = errno;
  store_offsets (batch, written);
  g_string_truncate (batch->lines, 0);
  g_array_set_size (batch->entries, 0);
  batch->size = 0;
  return error;
}
