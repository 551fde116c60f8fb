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
 * Puts a memory into a buffer without copying the bytes around it: a memory that
 * @offset divides becomes two that share it. Flags, times and metas stay. Where
 * that would be more memories than a buffer can have, the smallest adjacent ones
 * are joined.
 *
 * @buffer: (transfer full): not mapped
 * @offset: at most the size of @buffer
 * @memory: (transfer full): what goes there
 *
 * Returns: (transfer full): the buffer, which is @buffer if that was writable
 */
GstBuffer *sei_buffer_insert (GstBuffer * buffer, gsize offset,
    GstMemory * memory);

G_END_DECLS

#endif
