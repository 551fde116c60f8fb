/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FORGETFUL_H
#define FORGETFUL_H

#include <gst/gst.h>

/* Memory that can be read only a number of times. */

/* Returns: (transfer full) */
GstAllocator *forgetful_new (void);

/* How often all of its memories together can be read from now on */
void forgetful_set_maps (GstAllocator * allocator, guint n);

/* @flags: GST_MEMORY_FLAG_NO_SHARE, or 0; a buffer that has memory of the former cannot
 * be made writable where others hold it
 * Returns: (transfer full): a copy of the bytes */
GstMemory *forgetful_memory (GstAllocator * allocator, GstMemoryFlags flags,
    gconstpointer bytes, gsize size);

/* Returns: (transfer full): @n memories of 16 zeros that must not be shared */
GstBuffer *forgetful_buffer (GstAllocator * allocator, guint n);

#endif
