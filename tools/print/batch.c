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
};

static void
clear_entry (gpointer entry)
{
  rd_kafka_message_destroy (((Entry *) entry)->message);
}

Batch *
batch_new (Show * show)
{
  Batch *batch = g_new (Batch, 1);

  batch->show = show;
  batch->lines = g_string_new (NULL);
  batch->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (batch->entries, clear_entry);
  return batch;
}

gboolean
batch_add (Batch * batch, rd_kafka_message_t * message)
{
  const gboolean shown = show_append (batch->show, message, batch->lines);
  const Entry entry = { message, batch->lines->len };

  g_array_append_val (batch->entries, entry);
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
  return batch->lines->len >= FULL_SIZE || batch->entries->len >= MAX_RECORDS;
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
  return error;
}
