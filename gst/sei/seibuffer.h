/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_BUFFER_H
#define SEI_BUFFER_H

#include <gst/gst.h>

#include "bytes.h"

G_BEGIN_DECLS

/* GST_BUFFER_MEM_MAX, which GStreamer keeps to itself; gst_buffer_get_max_memory()
 * tells, and sei_buffer_map() checks. */
#define SEI_BUFFER_MAX_MEMORY 16

/**
 * SeiBufferMap:
 * @bytes: what is in the buffer
 *
 * A buffer mapped for reading memory by memory, where gst_buffer_map() would
 * merge them into one. Lives on the stack of its user and must stay where it
 * is: @bytes points into it.
 */
typedef struct {
  SeiBytes bytes;
  /*< private >*/
  SeiSpan spans[SEI_BUFFER_MAX_MEMORY];
  GstMapInfo infos[SEI_BUFFER_MAX_MEMORY];
  guint n_infos;
} SeiBufferMap;

/** Maps the buffer for reading. Returns FALSE, with nothing mapped, if a memory
 * cannot be read. @buffer must outlive the map and keep its memories. */
gboolean sei_buffer_map (GstBuffer * buffer, SeiBufferMap * map);

void sei_buffer_unmap (SeiBufferMap * map);

/**
 * SeiEdit:
 * @offset: where
 * @size: bytes that are taken out there; may be 0
 * @memory: (transfer full) (nullable): what goes there instead
 */
typedef struct {
  gsize offset;
  gsize size;
  GstMemory *memory;
} SeiEdit;

/**
 * Changes the bytes of a buffer without copying those around: a memory that an
 * edit divides becomes two that share it. Flags, times and metas stay. Where that
 * would be more memories than a buffer can have, the smallest adjacent ones are
 * joined.
 *
 * @buffer: (transfer full): not mapped
 * @edits: (transfer full): @n_edits of them, in order, not overlapping, inside the
 *   buffer
 *
 * Returns: (transfer full): the buffer, which is @buffer if that was writable
 */
GstBuffer *sei_buffer_edit (GstBuffer * buffer, const SeiEdit * edits,
    guint n_edits);

/** Puts a memory into a buffer: sei_buffer_edit() with one edit.
 * @buffer: (transfer full):
 * @memory: (transfer full):
 * Returns: (transfer full): */
GstBuffer *sei_buffer_insert (GstBuffer * buffer, gsize offset,
    GstMemory * memory);

G_END_DECLS

#endif
