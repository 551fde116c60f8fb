/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seimessages.h"

#include <string.h>

#include "seiuuid.h"

void
sei_message_iter_init (SeiMessageIter * it, const SeiBytes * bytes,
    SeiFormat format)
{
  it->n_broken = 0;
  it->bytes = bytes;
  it->format = format;
  it->in_sei = FALSE;
  sei_nal_iter_init (&it->nals, bytes, format);
}

/* Steps to the next SEI NAL unit */
static gboolean
next_sei (SeiMessageIter * it)
{
  /* In H.265 suffix SEI follow the slices; length fields make them cheap */
  const gboolean stop_at_slice = it->format.codec == SEI_CODEC_H264
      && it->format.length_size == 0;
  SeiNal nal;

  while (sei_nal_iter_peek (&it->nals, &nal)) {
    if (nal.kind == SEI_NAL_SLICE && stop_at_slice)
      return FALSE;
    sei_nal_iter_finish (&it->nals, &nal);
    if (nal.kind == SEI_NAL_SEI || nal.kind == SEI_NAL_SEI_SUFFIX) {
      sei_reader_init (&it->reader, it->bytes, it->format, &nal);
      return TRUE;
    }
  }
  if (it->nals.error != SEI_OK)
    it->n_broken++;

  return FALSE;
}

gboolean
sei_message_iter_next (SeiMessageIter * it, SeiMessage * message)
{
  while (it->in_sei || (it->in_sei = next_sei (it))) {
    while (sei_reader_next (&it->reader, message)) {
      if (message->type != SEI_TYPE_USER_DATA_UNREGISTERED)
        continue;
      if (message->size >= SEI_UUID_SIZE)
        return TRUE;
      it->n_broken++;
    }
    if (it->reader.error != SEI_OK)
      it->n_broken++;
    it->in_sei = FALSE;
  }
  return FALSE;
}

void
sei_message_copy_uuid (const SeiMessage * message, guint8 * uuid)
{
  sei_message_copy (message, 0, uuid, SEI_UUID_SIZE);
}

GBytes *
sei_message_copy_payload (const SeiMessage * message)
{
  const gsize size = message->size - SEI_UUID_SIZE;
  guint8 *data = g_malloc (size + 1);

  sei_message_copy (message, SEI_UUID_SIZE, data, size);
  data[size] = '\0';

  return g_bytes_new_with_free_func (data, size, g_free, data);
}

static gboolean
is_selected (const guint8 * uuid, GBytes * uuids)
{
  if (uuids == NULL)
    return TRUE;
  return g_bytes_get_size (uuids) > 0 ?
      sei_uuid_is_in_list (uuid, uuids) : !sei_uuid_is_banner (uuid);
}

SeiList *
sei_list_read (const SeiBytes * bytes, SeiFormat format, GBytes * uuids,
    SeiReadCounts * counts)
{
  SeiList *list = sei_list_new ();
  SeiMessageIter it;
  SeiMessage message;
  guint n_ignored = 0;

  sei_message_iter_init (&it, bytes, format);
  while (sei_message_iter_next (&it, &message)) {
    guint8 uuid[SEI_UUID_SIZE];

    sei_message_copy_uuid (&message, uuid);
    if (is_selected (uuid, uuids)) {
      GBytes *payload = sei_message_copy_payload (&message);

      sei_list_append (list, uuid, payload);
      g_bytes_unref (payload);
    } else {
      n_ignored++;
    }
  }
  if (counts != NULL) {
    counts->n_ignored = n_ignored;
    counts->n_broken = it.n_broken;
  }
  return list;
}

static SeiStatus
write_item (const SeiItem * item, SeiFormat format,
    const SeiInsertPoint * point, guint8 * dst, gsize capacity, gsize * written)
{
  gsize size;
  const guint8 *payload = g_bytes_get_data (item->payload, &size);

  return sei_write_user_data (format, point, item->uuid, payload, size, dst,
      capacity, written);
}

GstMemory *
sei_list_write (SeiList * list, SeiFormat format, const SeiInsertPoint * point)
{
  gsize size = 0;
  gsize written;

  for (guint i = 0; i < list->len;) {
    const SeiItem *item = sei_list_get (list, i);

    if (write_item (item, format, point, NULL, 0, &written) == SEI_OK) {
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
