/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seilist.h"

#include <string.h>

#include <gst/video/video-sei.h>

#include <gst/sei/sei.h>
#include "seiuuid.h"

static void
item_clear (gpointer data)
{
  SeiItem *item = data;

  g_bytes_unref (item->payload);
}

SeiList *
sei_list_new (void)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (SeiItem));

  g_array_set_clear_func (list, item_clear);
  return list;
}

void
sei_list_append (SeiList * list, const guint8 * uuid, GBytes * payload)
{
  SeiItem item = {.payload = g_bytes_ref (payload) };

  memcpy (item.uuid, uuid, SEI_UUID_SIZE);
  g_array_append_val (list, item);
}

void
sei_list_append_list (SeiList * list, SeiList * other)
{
  for (guint i = 0; i < other->len; i++) {
    const SeiItem *item = sei_list_get (other, i);

    sei_list_append (list, item->uuid, item->payload);
  }
}

gboolean
sei_list_has_metas (GstBuffer * buffer)
{
  return gst_buffer_get_meta (buffer, GST_SEI_META_API_TYPE) != NULL
      || gst_buffer_get_meta (buffer,
      GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE) != NULL;
}

void
sei_list_append_metas (SeiList * list, GstBuffer * buffer)
{
  GstSeiMeta *meta;
  GstMeta *video_meta;
  gpointer state = NULL;

  while ((meta = gst_sei_buffer_iterate_meta (buffer, &state)))
    sei_list_append (list, meta->uuid, meta->payload);

  state = NULL;
  while ((video_meta = gst_buffer_iterate_meta_filtered (buffer, &state,
              GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE))) {
    const GstVideoSEIUserDataUnregisteredMeta *sei =
        (GstVideoSEIUserDataUnregisteredMeta *) video_meta;

    if (!sei_uuid_is_banner (sei->uuid, sei->data, sei->size)) {
      GBytes *payload = g_bytes_new (sei->data, sei->size);

      sei_list_append (list, sei->uuid, payload);
      g_bytes_unref (payload);
    }
  }
}

GPtrArray *
sei_list_get_payloads (SeiList * list)
{
  GPtrArray *payloads =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add (payloads, g_bytes_ref (sei_list_get (list, i)->payload));
  return payloads;
}

static guint
item_hash (gconstpointer data)
{
  const SeiItem *item = data;

  return g_bytes_hash (item->payload);
}

static gboolean
item_equal (gconstpointer a, gconstpointer b)
{
  const SeiItem *x = a;
  const SeiItem *y = b;

  return memcmp (x->uuid, y->uuid, SEI_UUID_SIZE) == 0
      && g_bytes_equal (x->payload, y->payload);
}

/* By hash: a stream may have ten thousands of messages in an access unit */
SeiList *
sei_list_get_new (SeiList * list, SeiList * present, guint * n_present)
{
  GHashTable *in_stream = g_hash_table_new (item_hash, item_equal);
  GHashTable *seen = g_hash_table_new (item_hash, item_equal);
  SeiList *result = sei_list_new ();

  *n_present = 0;
  for (guint i = 0; i < present->len; i++)
    g_hash_table_add (in_stream, sei_list_get (present, i));

  for (guint i = 0; i < list->len; i++) {
    SeiItem *item = sei_list_get (list, i);

    if (!g_hash_table_add (seen, item))
      continue;
    if (g_hash_table_contains (in_stream, item))
      (*n_present)++;
    else
      sei_list_append (result, item->uuid, item->payload);
  }
  g_hash_table_unref (seen);
  g_hash_table_unref (in_stream);

  return result;
}

static gboolean
remove_sei_meta (GstBuffer * buffer, GstMeta ** meta, gpointer user_data)
{
  if ((*meta)->info->api == GST_SEI_META_API_TYPE)
    *meta = NULL;
  return TRUE;
}

GstBuffer *
sei_list_set_metas (SeiList * list, GstBuffer * buffer)
{
  const gboolean had_metas = gst_sei_buffer_get_meta (buffer) != NULL;

  if (!had_metas && list->len == 0)
    return buffer;

  buffer = gst_buffer_make_writable (buffer);
  if (had_metas)
    gst_buffer_foreach_meta (buffer, remove_sei_meta, NULL);
  for (guint i = 0; i < list->len; i++) {
    const SeiItem *item = sei_list_get (list, i);

    gst_sei_buffer_add_meta (buffer, item->uuid, item->payload);
  }
  return buffer;
}

static gboolean
remove_video_meta (GstBuffer * buffer, GstMeta ** meta, gpointer user_data)
{
  SeiList *list = user_data;

  if ((*meta)->info->api != GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE)
    return TRUE;

  const GstVideoSEIUserDataUnregisteredMeta *sei =
      (GstVideoSEIUserDataUnregisteredMeta *) * meta;

  for (guint i = 0; i < list->len; i++) {
    const SeiItem *item = sei_list_get (list, i);
    gsize size;
    gconstpointer data = g_bytes_get_data (item->payload, &size);

    if (memcmp (item->uuid, sei->uuid, SEI_UUID_SIZE) == 0 && size == sei->size
        && (size == 0 || memcmp (data, sei->data, size) == 0)) {
      *meta = NULL;
      break;
    }
  }
  return TRUE;
}

GstBuffer *
sei_list_remove_video_metas (SeiList * list, GstBuffer * buffer)
{
  if (list->len == 0 || gst_buffer_get_meta (buffer,
          GST_VIDEO_SEI_USER_DATA_UNREGISTERED_META_API_TYPE) == NULL)
    return buffer;

  buffer = gst_buffer_make_writable (buffer);
  gst_buffer_foreach_meta (buffer, remove_video_meta, list);
  return buffer;
}
