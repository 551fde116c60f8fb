/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seibuffer.h"

#include <string.h>

gboolean
sei_buffer_map (GstBuffer * buffer, SeiBufferMap * map)
{
  const guint n = gst_buffer_n_memory (buffer);

  g_return_val_if_fail (n <= SEI_BUFFER_MAX_MEMORY, FALSE);

  for (map->n_infos = 0; map->n_infos < n; map->n_infos++) {
    GstMapInfo *info = &map->infos[map->n_infos];

    if (!gst_memory_map (gst_buffer_peek_memory (buffer, map->n_infos), info,
            GST_MAP_READ)) {
      sei_buffer_unmap (map);
      return FALSE;
    }
    map->spans[map->n_infos].data = info->data;
    map->spans[map->n_infos].size = info->size;
  }
  sei_bytes_init (&map->bytes, map->spans, n);

  return TRUE;
}

void
sei_buffer_unmap (SeiBufferMap * map)
{
  while (map->n_infos > 0) {
    GstMapInfo *info = &map->infos[--map->n_infos];

    gst_memory_unmap (info->memory, info);
  }
}

static GstMemory *
share (GstMemory * memory, gsize offset, gsize size)
{
  return GST_MEMORY_IS_NO_SHARE (memory) ?
      gst_memory_copy (memory, offset, size) :
      gst_memory_share (memory, offset, size);
}

/* Makes one of the two adjacent memories that are smallest together. Returns how
 * many there are now. */
static guint
join_smallest (GstMemory ** memories, guint n)
{
  gsize smallest = G_MAXSIZE;
  guint at = 0;

  for (guint i = 0; i + 1 < n; i++) {
    const gsize size = memories[i]->size + memories[i + 1]->size;

    if (size < smallest) {
      smallest = size;
      at = i;
    }
  }

  GstBuffer *pair = gst_buffer_new ();

  gst_buffer_append_memory (pair, memories[at]);
  gst_buffer_append_memory (pair, memories[at + 1]);
  memories[at] = gst_buffer_get_all_memory (pair);
  gst_buffer_unref (pair);
  memmove (&memories[at + 1], &memories[at + 2],
      (n - at - 2) * sizeof (*memories));

  return n - 1;
}

/* gst_buffer_insert_memory() would be shorter, but merges all memories of a
 * buffer that is full, and reads freed memory doing so: append instead. */
GstBuffer *
sei_buffer_insert (GstBuffer * buffer, gsize offset, GstMemory * memory)
{
  const guint n_before = gst_buffer_n_memory (buffer);
  GstMemory *memories[SEI_BUFFER_MAX_MEMORY + 2];
  guint n = 0;

  g_return_val_if_fail (n_before <= SEI_BUFFER_MAX_MEMORY, buffer);

  buffer = gst_buffer_make_writable (buffer);
  for (guint i = 0; i < n_before; i++) {
    GstMemory *part = gst_buffer_get_memory (buffer, i);
    const gsize size = part->size;

    if (memory != NULL && offset < size) {
      if (offset > 0) {
        GstMemory *rest = share (part, offset, size - offset);

        memories[n++] = share (part, 0, offset);
        gst_memory_unref (part);
        part = rest;
      }
      memories[n++] = g_steal_pointer (&memory);
    }
    memories[n++] = part;
    offset -= MIN (offset, size);
  }
  if (memory != NULL)
    memories[n++] = memory;

  gst_buffer_remove_all_memory (buffer);
  while (n > SEI_BUFFER_MAX_MEMORY)
    n = join_smallest (memories, n);
  for (guint i = 0; i < n; i++)
    gst_buffer_append_memory (buffer, memories[i]);

  return buffer;
}
