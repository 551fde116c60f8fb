/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "forgetful.h"

#include <string.h>

typedef struct
{
  GstAllocator parent;
  guint n_maps;
} Forgetful;

typedef GstAllocatorClass ForgetfulClass;

typedef struct
{
  GstMemory parent;
  gpointer bytes;
} ForgetfulMemory;

static GType forgetful_get_type (void);
G_DEFINE_TYPE (Forgetful, forgetful, GST_TYPE_ALLOCATOR);

static gpointer
forgetful_map (GstMemory * memory, gsize size, GstMapFlags flags)
{
  Forgetful *self = (Forgetful *) memory->allocator;

  if (self->n_maps == 0)
    return NULL;
  self->n_maps--;
  return ((ForgetfulMemory *) memory)->bytes;
}

static void
forgetful_unmap (GstMemory * memory)
{
}

static void
forgetful_free (GstAllocator * allocator, GstMemory * memory)
{
  g_free (((ForgetfulMemory *) memory)->bytes);
  g_free (memory);
}

static void
forgetful_class_init (ForgetfulClass * klass)
{
  klass->free = forgetful_free;
}

static void
forgetful_init (Forgetful * self)
{
  self->parent.mem_type = "forgetful";
  self->parent.mem_map = forgetful_map;
  self->parent.mem_unmap = forgetful_unmap;
}

GstAllocator *
forgetful_new (void)
{
  return gst_object_ref_sink (g_object_new (forgetful_get_type (), NULL));
}

void
forgetful_set_maps (GstAllocator * allocator, guint n)
{
  ((Forgetful *) allocator)->n_maps = n;
}

GstMemory *
forgetful_memory (GstAllocator * allocator, GstMemoryFlags flags,
    gconstpointer bytes, gsize size)
{
  ForgetfulMemory *memory = g_new0 (ForgetfulMemory, 1);

  gst_memory_init (&memory->parent, flags, allocator, NULL, size, 0, 0, size);
  memory->bytes = g_memdup2 (bytes, size);
  return &memory->parent;
}

GstBuffer *
forgetful_buffer (GstAllocator * allocator, guint n)
{
  static const guint8 zeros[16] = { 0 };
  GstBuffer *buffer = gst_buffer_new ();

  for (guint i = 0; i < n; i++)
    gst_buffer_append_memory (buffer,
        forgetful_memory (allocator, GST_MEMORY_FLAG_NO_SHARE, zeros,
            sizeof (zeros)));
  return buffer;
}
