/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seimessages.h"

#include <string.h>

#include "seiuuid.h"

/* Steps to the next SEI NAL unit. *in_tail: whether the slices are behind it */
static gboolean
next_sei (H26xNalIter * it, const Bytes * bytes, H26xFormat format,
    SeiScan scan, gboolean * in_tail, H26xNal * nal)
{
  while (h26x_nal_iter_peek (it, nal)) {
    if (nal->kind == H26X_NAL_SLICE && !*in_tail && scan == SEI_SCAN_HEAD
        && format.length_size == 0) {
      /* H.264 has no SEI behind the slices of a picture */
      if (format.codec == H26X_CODEC_H264)
        return FALSE;
      *in_tail = TRUE;
      if (bytes->size > SEI_SCAN_TAIL)
        h26x_nal_iter_skip_to (it, bytes->size - SEI_SCAN_TAIL);
      continue;
    }
    h26x_nal_iter_finish (it, nal);
    if (nal->kind == H26X_NAL_SEI || nal->kind == H26X_NAL_SEI_SUFFIX)
      return TRUE;
  }
  return FALSE;
}

gboolean
sei_selection_has (const SeiSelection * selection, const guint8 * uuid,
    GBytes * payload)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (payload, &size);

  if (selection->uuids == NULL)
    return TRUE;
  return g_bytes_get_size (selection->uuids) > 0 ?
      sei_uuid_is_in_list (uuid, selection->uuids) :
      !sei_uuid_is_banner (uuid, data, size);
}

/* Copies what follows the UUID. Behind the bytes is a NUL that does not count, for
 * those who take them for a string. */
static GBytes *
copy_payload (const SeiMessage * message)
{
  const gsize size = message->size - SEI_UUID_SIZE;
  guint8 *data = g_malloc (size + 1);

  sei_message_copy (message, SEI_UUID_SIZE, data, size);
  data[size] = '\0';

  return g_bytes_new_with_free_func (data, size, g_free, data);
}

/* What reading a SEI NAL unit found */
typedef struct
{
  guint n_messages;
  GArray *selected;             /* of SeiRange */
  H26xStatus error;
} Found;

static void
read_nal (SeiReader * reader, const SeiSelection * selection, SeiList * list,
    SeiReadCounts * counts, Found * found)
{
  SeiMessage message;

  for (; sei_reader_next (reader, &message); found->n_messages++) {
    guint8 uuid[SEI_UUID_SIZE];

    if (message.type != SEI_TYPE_USER_DATA_UNREGISTERED)
      continue;
    if (sei_message_copy (&message, 0, uuid, SEI_UUID_SIZE) < SEI_UUID_SIZE) {
      counts->n_broken++;
      continue;
    }

    GBytes *payload = copy_payload (&message);

    if (sei_selection_has (selection, uuid, payload)) {
      const SeiRange range = { message.start, message.end };

      sei_list_append (list, uuid, payload);
      g_array_append_val (found->selected, range);
    } else {
      counts->n_ignored++;
    }
    g_bytes_unref (payload);
  }
  found->error = reader->error;
  if (found->error != H26X_OK)
    counts->n_broken++;
}

/* Makes the edit that takes the selected messages out of a NAL unit: all of it if
 * nothing else is in it. */
static void
append_edit (GArray * edits, const Bytes * bytes, H26xFormat format,
    const H26xNal * nal, const Found * found)
{
  const SeiRange *cuts = (const SeiRange *) found->selected->data;
  const guint n_cuts = found->selected->len;
  TimedEdit edit = {.offset = nal->start };
  gsize written;

  if (found->error != H26X_OK || n_cuts < found->n_messages) {
    if (sei_write_without (format, bytes, nal, cuts, n_cuts, NULL, 0,
            &written) != H26X_OK)
      return;

    guint8 *data = g_malloc (written);

    sei_write_without (format, bytes, nal, cuts, n_cuts, data, written,
        &written);
    edit.memory =
        gst_memory_new_wrapped (0, data, written, 0, written, data, g_free);
    /* The start code stays */
    if (format.length_size == 0)
      edit.offset = nal->offset;
  }
  edit.size = nal->offset + nal->size - edit.offset;
  g_array_append_val (edits, edit);
}

SeiList *
sei_list_read (const Bytes * bytes, H26xFormat format,
    const SeiSelection * selection, SeiReadCounts * counts, GArray * edits)
{
  SeiList *list = sei_list_new ();
  SeiReadCounts own_counts;
  Found found = {.selected = NULL };
  gboolean in_tail = FALSE;
  H26xNalIter it;
  H26xNal nal;

  if (counts == NULL)
    counts = &own_counts;
  memset (counts, 0, sizeof (*counts));

  h26x_nal_iter_init (&it, bytes, format);
  while (next_sei (&it, bytes, format, selection->scan, &in_tail, &nal)) {
    SeiReader reader;

    if (found.selected == NULL)
      found.selected = g_array_new (FALSE, FALSE, sizeof (SeiRange));
    g_array_set_size (found.selected, 0);
    found.n_messages = 0;

    sei_reader_init (&reader, bytes, format, &nal);
    read_nal (&reader, selection, list, counts, &found);
    if (edits != NULL && found.selected->len > 0)
      append_edit (edits, bytes, format, &nal, &found);
  }
  if (it.error != H26X_OK)
    counts->n_broken++;
  g_clear_pointer (&found.selected, g_array_unref);

  return list;
}

static H26xStatus
write_item (const SeiItem * item, H26xFormat format,
    const H26xInsertPoint * point, guint8 * dst, gsize capacity,
    gsize * written)
{
  gsize size;
  const guint8 *payload = g_bytes_get_data (item->payload, &size);

  return sei_write_user_data (format, point, item->uuid, payload, size, dst,
      capacity, written);
}

GstMemory *
sei_list_write (SeiList * list, H26xFormat format,
    const H26xInsertPoint * point)
{
  gsize size = 0;
  gsize written;

  for (guint i = 0; i < list->len;) {
    const SeiItem *item = sei_list_get (list, i);

    if (write_item (item, format, point, NULL, 0, &written) == H26X_OK) {
      size += written;
      i++;
    } else {
      g_array_remove_index (list, i);
    }
  }
  if (list->len == 0)
    return NULL;

  guint8 *data = g_malloc (size);
  gsize used = 0;

  for (guint i = 0; i < list->len; i++) {
    write_item (sei_list_get (list, i), format, point,
        data + used, size - used, &written);
    used += written;
  }
  return gst_memory_new_wrapped (0, data, size, 0, size, data, g_free);
}
