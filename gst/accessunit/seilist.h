/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_LIST_H
#define SEI_LIST_H

#include <gst/gst.h>

#include "sei.h"

G_BEGIN_DECLS

/**
 * SeiItem:
 * @uuid: the UUID that names the payload's format
 * @payload: the bytes behind it
 *
 * A user_data_unregistered message, apart from any bitstream.
 */
typedef struct {
  guint8 uuid[SEI_UUID_SIZE];
  GBytes *payload;
} SeiItem;

/**
 * SeiList:
 * @len: number of messages
 *
 * The messages of one access unit: a #GArray of #SeiItem.
 */
typedef GArray SeiList;

#define sei_list_get(list, i) (&g_array_index (list, SeiItem, i))

/** Returns: (transfer full): to be freed with g_array_unref() */
SeiList *sei_list_new (void);

/** Appends a message; takes a reference to @payload. */
void sei_list_append (SeiList * list, const guint8 * uuid, GBytes * payload);

/** Whether sei_list_append_metas() would find anything. */
gboolean sei_list_has_metas (GstBuffer * buffer);

/** Appends copies of all in @other. */
void sei_list_append_list (SeiList * list, SeiList * other);

/** Appends every GstSeiMeta, and every GstVideoSEIUserDataUnregisteredMeta but
 * the banners of encoders. */
void sei_list_append_metas (SeiList * list, GstBuffer * buffer);

/** Returns: (transfer full) (element-type GBytes): the payloads alone */
GPtrArray *sei_list_get_payloads (SeiList * list);

/** Returns: (transfer full): the messages that are not in @present, each once, in
 *   order
 * @n_present: (out): how many are in @present */
SeiList *sei_list_get_new (SeiList * list, SeiList * present,
    guint * n_present);

/** Makes the GstSeiMetas of a buffer those of the list. Those it had are
 * removed. A copy is made only where there is something to change.
 * @buffer: (transfer full):
 * Returns: (transfer full): */
GstBuffer *sei_list_set_metas (SeiList * list, GstBuffer * buffer);

/** Removes every GstVideoSEIUserDataUnregisteredMeta of a message in the list.
 * @buffer: (transfer full):
 * Returns: (transfer full): */
GstBuffer *sei_list_remove_video_metas (SeiList * list, GstBuffer * buffer);

G_END_DECLS

#endif
