/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FORGETFUL_H
#define FORGETFUL_H

#include <gst/gst.h>

/* Memory that must not be shared, and that can be read only a number of times. */

/* Returns: (transfer full) */
GstAllocator *forgetful_new (void);

/* How often all of its memories together can be read from now on */
void forgetful_set_maps (GstAllocator * allocator, guint n);

/* Returns: (transfer full): a copy of the bytes */
GstMemory *forgetful_memory (GstAllocator * allocator, gconstpointer bytes,
    gsize size);

/* Returns: (transfer full): @n memories of 16 zeros */
GstBuffer *forgetful_buffer (GstAllocator * allocator, guint n);

#endif
