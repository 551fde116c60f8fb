/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedbuffer.h"

#include <string.h>

#include <gst/sei/sei.h>

#include "timedreception.h"

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

/* Those that a buffer will have, owned */
typedef struct
{
  GstMemory **memories;
  guint n;
  GstMemory *few[TIMED_BUFFER_MAX_MEMORY + 4];  /* where they are enough */
} Parts;

static void
parts_init (Parts * parts, guint max)
{
  parts->n = 0;
  parts->memories = max <= G_N_ELEMENTS (parts->few) ? parts->few :
      g_new (GstMemory *, max);
}

static void
parts_clear (Parts * parts)
{
  while (parts->n > 0)
    gst_memory_unref (parts->memories[--parts->n]);
  if (parts->memories != parts->few)
    g_free (parts->memories);
}

/* Appends a part of a memory, as a view of the same bytes where that can be. Returns
 * whether it could be read where it had to be. */
static gboolean
append_part (Parts * parts, GstMemory * memory, gsize offset, gsize size)
{
  GstMemory *part;

  if (size == memory->size)
    part = gst_memory_ref (memory);
  else if (GST_MEMORY_IS_NO_SHARE (memory))
    part = gst_memory_copy (memory, offset, size);
  else
    part = gst_memory_share (memory, offset, size);
  if (part)
    parts->memories[parts->n++] = part;
  return part != NULL;
}

/* Makes one memory of @n from @at on. Returns FALSE if one cannot be read. */
static gboolean
join (Parts * parts, guint at, guint n)
{
  GstMemory **memories = parts->memories + at;
  gsize size = 0, used = 0;

  for (guint i = 0; i < n; i++)
    size += memories[i]->size;

  guint8 *data = g_malloc (size);
  GstMemory *joined =
      gst_memory_new_wrapped (0, data, size, 0, size, data, g_free);
  GstMapInfo from;

  for (guint i = 0; i < n; i++) {
    if (!gst_memory_map (memories[i], &from, GST_MAP_READ)) {
      gst_memory_unref (joined);
      return FALSE;
    }
    memcpy (data + used, from.data, from.size);
    used += from.size;
    gst_memory_unmap (memories[i], &from);
  }
  for (guint i = 0; i < n; i++)
    gst_memory_unref (memories[i]);
  memories[0] = joined;
  memmove (memories + 1, memories + n,
      (parts->n - at - n) * sizeof (*memories));
  parts->n -= n - 1;
  return TRUE;
}

/* Joins the two adjacent memories that are smallest together. */
static gboolean
join_smallest (Parts * parts)
{
  gsize smallest = G_MAXSIZE;
  guint at = 0;

  for (guint i = 0; i + 1 < parts->n; i++) {
    const gsize size = parts->memories[i]->size + parts->memories[i + 1]->size;

    if (size < smallest) {
      smallest = size;
      at = i;
    }
  }
  return join (parts, at, 2);
}

/* Makes so few of the memories that a buffer can have them. */
static gboolean
join_too_many (Parts * parts)
{
  gboolean ok = TRUE;

  /* Joining two by two takes the longer the more there are */
  if (parts->n > 4 * TIMED_BUFFER_MAX_MEMORY)
    return join (parts, 0, parts->n);
  while (ok && parts->n > TIMED_BUFFER_MAX_MEMORY)
    ok = join_smallest (parts);
  return ok;
}

/* gst_buffer_insert_memory() and the like would be shorter, but merge all
 * memories of a buffer that is full, and read freed memory doing so: append
 * instead. */
GstBuffer *
timed_buffer_edit (GstBuffer * buffer, const TimedEdit * edits, guint n_edits)
{
  const guint n_before = gst_buffer_n_memory (buffer);
  gsize start = 0;              /* of the memory at hand, in the buffer */
  gsize done = 0;               /* bytes of the buffer that were dealt with */
  guint next = 0;               /* of the edits */
  gboolean ok = TRUE;
  Parts parts;

  /* An edit adds its own memory, and divides one */
  parts_init (&parts, n_before + 2 * n_edits);
  /* where others hold it, and memory that must be copied cannot be read: NULL */
  buffer = gst_buffer_make_writable (buffer);
  for (guint i = 0; buffer && i < n_before; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    const gsize end = start + memory->size;

    while (next < n_edits && edits[next].offset < end) {
      const TimedEdit *edit = &edits[next++];

      if (edit->offset > done)
        ok &= append_part (&parts, memory, done - start, edit->offset - done);
      if (edit->memory)
        parts.memories[parts.n++] = edit->memory;
      done = edit->offset + edit->size;
    }
    if (done < end) {
      ok &= append_part (&parts, memory, done - start, end - done);
      done = end;
    }
    start = end;
  }
  for (; next < n_edits; next++) {
    if (edits[next].memory)
      parts.memories[parts.n++] = edits[next].memory;
  }

  if (!buffer || !ok || !join_too_many (&parts)) {
    gst_clear_buffer (&buffer);
  } else {
    gst_buffer_remove_all_memory (buffer);
    for (guint i = 0; i < parts.n; i++)
      gst_buffer_append_memory (buffer, parts.memories[i]);
    parts.n = 0;
  }
  parts_clear (&parts);
  return buffer;
}

GstBuffer *
timed_buffer_insert (GstBuffer * buffer, gsize offset, GstMemory * memory)
{
  const TimedEdit edit = { offset, 0, memory };

  return timed_buffer_edit (buffer, &edit, 1);
}

GstBuffer *
timed_buffer_copy_times (GstBuffer * frame)
{
  const TimedReception *reception = timed_buffer_get_reception (frame);
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
  if (reception)
    timed_buffer_set_reception (times, reception);
  return times;
}

static void
clear_payload (gpointer data)
{
  g_bytes_unref (((TimedPayload *) data)->bytes);
}

GArray *
timed_payloads_new (void)
{
  GArray *payloads = g_array_new (FALSE, FALSE, sizeof (TimedPayload));

  g_array_set_clear_func (payloads, clear_payload);
  return payloads;
}

void
timed_payloads_add (GArray * payloads, const TimedPayload * payload)
{
  g_bytes_ref (payload->bytes);
  g_array_append_vals (payloads, payload, 1);
}

static gint64
get_sei_type (const GstSeiMeta * meta)
{
  return meta->payload_type != GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED ?
      (gint64) meta->payload_type : TIMED_NO_SEI_TYPE;
}

gboolean
timed_buffer_iterate_payloads (GstBuffer * buffer, gpointer * state,
    TimedPayload * payload)
{
  const GstSeiMeta *meta = gst_sei_buffer_iterate_meta (buffer, state);

  if (meta) {
    payload->bytes = meta->payload;
    payload->sei_type = get_sei_type (meta);
  }
  return meta != NULL;
}

void
timed_buffer_set_sei_type (GstBuffer * buffer, const TimedPayload * payload)
{
  if (payload->sei_type != TIMED_NO_SEI_TYPE)
    gst_sei_buffer_add_meta_full (buffer, (guint32) payload->sei_type, NULL,
        payload->bytes);
}

gint64
timed_buffer_get_sei_type (GstBuffer * buffer)
{
  const GstSeiMeta *meta = gst_sei_buffer_get_meta (buffer);

  return meta ? get_sei_type (meta) : TIMED_NO_SEI_TYPE;
}
