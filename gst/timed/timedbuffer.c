/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedbuffer.h"

#include <string.h>

#include <gst/sei/sei.h>

gboolean
timed_buffer_map (GstBuffer * buffer, TimedBufferMap * map)
{
  const guint n = gst_buffer_n_memory (buffer);

  g_return_val_if_fail (n <= TIMED_BUFFER_MAX_MEMORY, FALSE);

  for (map->n_infos = 0; map->n_infos < n; map->n_infos++) {
    GstMapInfo *info = &map->infos[map->n_infos];

    if (!gst_memory_map (gst_buffer_peek_memory (buffer, map->n_infos), info,
            GST_MAP_READ)) {
      timed_buffer_unmap (map);
      return FALSE;
    }
    map->spans[map->n_infos].data = info->data;
    map->spans[map->n_infos].size = info->size;
  }
  bytes_init (&map->bytes, map->spans, n);

  return TRUE;
}

void
timed_buffer_unmap (TimedBufferMap * map)
{
  while (map->n_infos > 0) {
    GstMapInfo *info = &map->infos[--map->n_infos];

    gst_memory_unmap (info->memory, info);
  }
}

/* Appends a part of a memory, as a view of the same bytes where that can be */
static void
append_part (GPtrArray * memories, GstMemory * memory, gsize offset, gsize size)
{
  if (size == memory->size)
    g_ptr_array_add (memories, gst_memory_ref (memory));
  else if (GST_MEMORY_IS_NO_SHARE (memory))
    g_ptr_array_add (memories, gst_memory_copy (memory, offset, size));
  else
    g_ptr_array_add (memories, gst_memory_share (memory, offset, size));
}

static GstMemory *
get_memory (GPtrArray * memories, guint i)
{
  return g_ptr_array_index (memories, i);
}

/* Makes one memory of @n from @at on. */
static void
join (GPtrArray * memories, guint at, guint n)
{
  gsize size = 0;

  for (guint i = 0; i < n; i++)
    size += get_memory (memories, at + i)->size;

  GstMemory *joined = gst_allocator_alloc (NULL, size, NULL);
  GstMapInfo to, from;
  gsize used = 0;

  gst_memory_map (joined, &to, GST_MAP_WRITE);
  for (guint i = 0; i < n; i++) {
    GstMemory *memory = get_memory (memories, at + i);

    if (gst_memory_map (memory, &from, GST_MAP_READ)) {
      memcpy (to.data + used, from.data, from.size);
      used += from.size;
      gst_memory_unmap (memory, &from);
    }
    gst_memory_unref (memory);
  }
  gst_memory_unmap (joined, &to);
  memories->pdata[at] = joined;
  if (n > 1)
    g_ptr_array_remove_range (memories, at + 1, n - 1);
}

/* Joins the two adjacent memories that are smallest together. */
static void
join_smallest (GPtrArray * memories)
{
  gsize smallest = G_MAXSIZE;
  guint at = 0;

  for (guint i = 0; i + 1 < memories->len; i++) {
    const gsize size =
        get_memory (memories, i)->size + get_memory (memories, i + 1)->size;

    if (size < smallest) {
      smallest = size;
      at = i;
    }
  }
  join (memories, at, 2);
}

/* gst_buffer_insert_memory() and the like would be shorter, but merge all
 * memories of a buffer that is full, and read freed memory doing so: append
 * instead. */
GstBuffer *
timed_buffer_edit (GstBuffer * buffer, const TimedEdit * edits, guint n_edits)
{
  const guint n_before = gst_buffer_n_memory (buffer);
  GPtrArray *memories = g_ptr_array_new ();
  gsize start = 0;              /* of the memory at hand, in the buffer */
  gsize done = 0;               /* bytes of the buffer that were dealt with */
  guint next = 0;               /* of the edits */

  buffer = gst_buffer_make_writable (buffer);
  for (guint i = 0; i < n_before; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    const gsize end = start + memory->size;

    while (next < n_edits && edits[next].offset < end) {
      const TimedEdit *edit = &edits[next++];

      if (edit->offset > done)
        append_part (memories, memory, done - start, edit->offset - done);
      if (edit->memory != NULL)
        g_ptr_array_add (memories, edit->memory);
      done = edit->offset + edit->size;
    }
    if (done < end) {
      append_part (memories, memory, done - start, end - done);
      done = end;
    }
    start = end;
  }
  for (; next < n_edits; next++) {
    if (edits[next].memory != NULL)
      g_ptr_array_add (memories, edits[next].memory);
  }

  gst_buffer_remove_all_memory (buffer);
  /* Joining two by two takes the longer the more there are */
  if (memories->len > 4 * TIMED_BUFFER_MAX_MEMORY)
    join (memories, 0, memories->len);
  while (memories->len > TIMED_BUFFER_MAX_MEMORY)
    join_smallest (memories);
  for (guint i = 0; i < memories->len; i++)
    gst_buffer_append_memory (buffer, get_memory (memories, i));
  g_ptr_array_unref (memories);

  return buffer;
}

GstBuffer *
timed_buffer_insert (GstBuffer * buffer, gsize offset, GstMemory * memory)
{
  const TimedEdit edit = {.offset = offset,.memory = memory };

  return timed_buffer_edit (buffer, &edit, 1);
}

GstBuffer *
timed_buffer_copy_times (GstBuffer * frame)
{
  GstBuffer *times = gst_buffer_new ();
  GstMeta *meta;
  gpointer state = NULL;

  GST_BUFFER_PTS (times) = GST_BUFFER_PTS (frame);
  GST_BUFFER_DTS (times) = GST_BUFFER_DTS (frame);
  GST_BUFFER_DURATION (times) = GST_BUFFER_DURATION (frame);

  while ((meta = gst_buffer_iterate_meta_filtered (frame, &state,
              GST_REFERENCE_TIMESTAMP_META_API_TYPE))) {
    const GstReferenceTimestampMeta *reference =
        (GstReferenceTimestampMeta *) meta;

    gst_buffer_add_reference_timestamp_meta (times, reference->reference,
        reference->timestamp, reference->duration);
  }
  return times;
}

gint64
timed_running_time (const GstSegment * segment, GstClockTime time)
{
  guint64 running_time;
  int sign;

  if (segment->format != GST_FORMAT_TIME || !GST_CLOCK_TIME_IS_VALID (time))
    return TIMED_NO_TIME;
  sign = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time,
      &running_time);
  return sign == 0 ? TIMED_NO_TIME : sign * (gint64) MIN (running_time,
      (guint64) TIMED_MAX_TIME);
}

GBytes *
timed_buffer_iterate_payloads (GstBuffer * buffer, gpointer * state)
{
  GstSeiMeta *meta = gst_sei_buffer_iterate_meta (buffer, state);

  return meta ? meta->payload : NULL;
}
