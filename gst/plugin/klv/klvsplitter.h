/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_SPLITTER_H
#define KLV_SPLITTER_H

#include <gst/gst.h>

G_BEGIN_DECLS

/** A good max_size: bytes of the longest unit. */
#define KLV_SPLITTER_MAX_SIZE (1 << 20)

/**
 * KlvSplitter:
 *
 * Divides buffers into KLV units, whatever the buffers are: several units in one, a unit
 * over several, bytes in any pieces, metadata AU cells and fragments in them.
 *
 *     klv_splitter_push (splitter, buffer);
 *     while (klv_splitter_next (splitter, &part))
 *       use (&part);
 *
 * A buffer that begins with neither a unit nor a cell, has no universal label
 * (06 0E 2B 34) in it, and comes where no unit is pending, is no KLV: it comes out as it
 * is. In any other buffer, bytes that belong to no unit are dropped, up to the next label.
 *
 * A unit whose end has not come is pending, and the next buffer goes on with it, but where
 * its length is wrong, or its rest is lost, that would cost the good units that follow. So
 * the pending unit is given up, and looked through for units, when the next buffer
 *
 * * is marked DISCONT, or begins with a cell;
 * * begins with a universal label, unless the pending unit ends right where the buffer
 *   does, or another unit begins. A label that the pending unit may hold, such as that of
 *   an item of a universal set, goes on with it;
 * * has the end of the pending unit where no other unit begins, and a unit of the same key
 *   is in it: a set never holds one of its own kind.
 *
 * The last rule holds for units within a buffer, too. A unit that is fragmented over cells
 * is given up if a cell is missing. What is in a cell is framed by the length of the unit,
 * not by that of the cell, unless it is a fragment.
 */
typedef struct _KlvSplitter KlvSplitter;

typedef enum {
  KLV_PART_UNIT,                /* one unit, whole */
  KLV_PART_OTHER                /* a buffer that is no KLV */
} KlvPartKind;

/**
 * KlvPart:
 * @buffer: (transfer full): shares its memory with the buffer that was pushed, if all of it
 *   is in that
 *
 * What klv_splitter_next() gives. It has flags, times and metas of the buffer in which it
 * began; DISCONT is left to the first. What is found in a unit that was given up has those
 * of that unit.
 */
typedef struct {
  KlvPartKind kind;
  GstBuffer *buffer;
} KlvPart;

/**
 * KlvSplitterCounts:
 * @units: that were given
 * @dropped_bytes: bytes that belong to no unit
 * @errors: units that were given up, and runs of bytes that belong to none
 * @head_bytes: bytes of the heads of cells, which carry no more
 *
 * All bytes that were pushed are in one of @dropped_bytes, @head_bytes and the parts, once
 * klv_splitter_end() was called and no part is left.
 */
typedef struct {
  guint64 units;
  guint64 dropped_bytes;
  guint64 errors;
  guint64 head_bytes;
} KlvSplitterCounts;

/** @max_size: bytes of the longest unit, and of the longest access unit in fragments; no
 *   more than about twice as many are ever kept */
KlvSplitter *klv_splitter_new (gsize max_size);

void klv_splitter_free (KlvSplitter * self);

/** Forgets all bytes, and counts none of them: after a flush. */
void klv_splitter_clear (KlvSplitter * self);

/** Adds a buffer. What was pushed before must have been taken with klv_splitter_next().
 * @buffer: (transfer full):
 * Returns: whether it could be read */
gboolean klv_splitter_push (KlvSplitter * self, GstBuffer * buffer);

/** Gets the next part.
 * @part: (out): as it was if there is none
 * Returns: whether there was one */
gboolean klv_splitter_next (KlvSplitter * self, KlvPart * part);

/** Nothing goes on with a pending unit. klv_splitter_next() drops it, but may find units
 * in it. */
void klv_splitter_end (KlvSplitter * self);

/** Returns: (transfer none): counts since klv_splitter_new() */
const KlvSplitterCounts *klv_splitter_get_counts (const KlvSplitter * self);

G_END_DECLS

#endif
