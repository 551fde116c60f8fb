/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_MESSAGES_H
#define SEI_MESSAGES_H

#include "timedbuffer.h"
#include "seilist.h"

G_BEGIN_DECLS

/* The user_data_unregistered messages in a bitstream: reading, cutting out and
 * writing them. */

/** Bytes at the end of a byte stream's access unit that SEI_SCAN_HEAD reads. */
#define SEI_SCAN_TAIL 16384

/**
 * SeiScan:
 * @SEI_SCAN_HEAD: what is before the first slice and, in H.265, the SEI_SCAN_TAIL
 *   bytes at the end, where suffix SEI are
 * @SEI_SCAN_FULL: all of it
 *
 * Where messages are looked for in a byte stream. With length fields it is all of
 * it, because that costs nothing.
 */
typedef enum {
  SEI_SCAN_HEAD,
  SEI_SCAN_FULL
} SeiScan;

/**
 * SeiSelection:
 * @scan: where to look
 * @uuids: (nullable): messages whose UUID is in this list (sei_uuid_parse_list());
 *   if it is empty, all but the banners of encoders; if it is NULL, all
 */
typedef struct {
  SeiScan scan;
  GBytes *uuids;
} SeiSelection;

/** Whether @selection has the message. */
gboolean sei_selection_has (const SeiSelection * selection,
    const guint8 * uuid, GBytes * payload);

/**
 * SeiReadCounts:
 * @n_ignored: messages that were not selected
 * @n_broken: messages, SEI NAL units and length fields that contradict the syntax
 */
typedef struct {
  guint n_ignored;
  guint n_broken;
} SeiReadCounts;

/** Reads messages, also behind broken ones.
 * @counts: (out) (optional):
 * @edits: (optional) (element-type TimedEdit): the edits are appended that take
 *   these messages out; other messages, and what is broken, stay
 * Returns: (transfer full): */
SeiList *sei_list_read (const Bytes * bytes, H26xFormat format,
    const SeiSelection * selection, SeiReadCounts * counts, GArray * edits);

/** Writes each message as a NAL unit of its own, one behind the other. Those
 * that do not fit the length field are removed from the list. Returns NULL if
 * none is left. */
GstMemory *sei_list_write (SeiList * list, H26xFormat format,
    const H26xInsertPoint * point);

G_END_DECLS

#endif
