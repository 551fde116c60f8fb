/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_MESSAGES_H
#define SEI_MESSAGES_H

#include "seilist.h"

G_BEGIN_DECLS

/**
 * SeiMessageIter:
 * @n_broken: messages, SEI NAL units and length fields so far that contradict
 *   the syntax
 *
 * Walks the user_data_unregistered messages of an access unit in order, also
 * behind broken ones:
 *
 *     sei_message_iter_init (&it, &map.bytes, format);
 *     while (sei_message_iter_next (&it, &message))
 *       use (&message);
 *
 * Each has SEI_UUID_SIZE bytes at least. In a byte stream of H.264, where SEI
 * precede the slices, it ends at the first of them.
 */
typedef struct {
  guint n_broken;
  /*< private >*/
  const SeiBytes *bytes;
  SeiFormat format;
  SeiNalIter nals;
  SeiReader reader;
  gboolean in_sei;
} SeiMessageIter;

void sei_message_iter_init (SeiMessageIter * it, const SeiBytes * bytes,
    SeiFormat format);

gboolean sei_message_iter_next (SeiMessageIter * it, SeiMessage * message);

/** Copies the UUID of a message that sei_message_iter_next() gave to @uuid. */
void sei_message_copy_uuid (const SeiMessage * message, guint8 * uuid);

/** Copies what follows the UUID. Behind the bytes is a NUL that does not count,
 * for those who take them for a string. */
GBytes *sei_message_copy_payload (const SeiMessage * message);

/**
 * SeiReadCounts:
 * @n_ignored: messages that were not selected
 * @n_broken: as in SeiMessageIter
 */
typedef struct {
  guint n_ignored;
  guint n_broken;
} SeiReadCounts;

/** Reads messages.
 * @uuids: (nullable): those whose UUID is in this list (sei_uuid_parse_list()); if
 *   it is empty, all but the banners of encoders; if it is NULL, all
 * @counts: (out) (optional):
 * Returns: (transfer full): */
SeiList *sei_list_read (const SeiBytes * bytes, SeiFormat format,
    GBytes * uuids, SeiReadCounts * counts);

/** Writes each message as a NAL unit of its own, one behind the other. Those
 * that do not fit the length field are removed from the list. Returns NULL if
 * none is left. */
GstMemory *sei_list_write (SeiList * list, SeiFormat format,
    const SeiInsertPoint * point);

G_END_DECLS

#endif
