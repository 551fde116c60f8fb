/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_BUFFER_H
#define TIMED_BUFFER_H

#include <gst/gst.h>

#include "bytes.h"
#include "timedclock.h"

G_BEGIN_DECLS

/* GST_BUFFER_MEM_MAX, which GStreamer keeps to itself. gst_buffer_get_max_memory()
 * reports it, and timed_buffer_map() checks. */
#define TIMED_BUFFER_MAX_MEMORY 16

/**
 * TimedBufferMap:
 * @bytes: the bytes of the buffer
 *
 * A buffer mapped for reading memory by memory; gst_buffer_map() would merge them
 * into one. Lives on the stack of its user and must not move, because @bytes points
 * into it.
 */
typedef struct {
  Bytes bytes;
  /*< private >*/
  BytesSpan spans[TIMED_BUFFER_MAX_MEMORY];
  GstMapInfo infos[TIMED_BUFFER_MAX_MEMORY];
  guint n_infos;
} TimedBufferMap;

/** Maps the buffer for reading. Returns FALSE, with nothing mapped, if a memory
 * cannot be read. @buffer must outlive the map and keep its memories. */
gboolean timed_buffer_map (GstBuffer * buffer, TimedBufferMap * map);

void timed_buffer_unmap (TimedBufferMap * map);

/**
 * TimedEdit:
 * @offset: where the edit is
 * @size: bytes that are removed there; may be 0
 * @memory: (transfer full) (nullable): bytes that replace them
 */
typedef struct {
  gsize offset;
  gsize size;
  GstMemory *memory;
} TimedEdit;

/**
 * Changes bytes of a buffer without copying the others: a memory that an edit
 * divides becomes two that share it. Flags, times and metas stay. If the result has
 * more memories than a buffer can hold, the smallest adjacent ones are joined.
 *
 * @buffer: (transfer full): not mapped
 * @edits: (transfer full): @n_edits of them, in order, not overlapping, inside the
 *   buffer
 *
 * Returns: (transfer full) (nullable): the buffer, which is @buffer if that was
 *   writable; NULL, with @buffer freed, if a memory that has to be copied or joined
 *   cannot be read
 */
GstBuffer *timed_buffer_edit (GstBuffer * buffer, const TimedEdit * edits,
    guint n_edits);

/** Puts a memory into a buffer: timed_buffer_edit() with one edit.
 * @buffer: (transfer full):
 * @memory: (transfer full):
 * Returns: (transfer full) (nullable): as timed_buffer_edit() */
GstBuffer *timed_buffer_insert (GstBuffer * buffer, gsize offset,
    GstMemory * memory);

/** Makes an empty buffer that has the times of a frame, in whatever clock, and says
 * where the frame came from (timed_buffer_get_reception()).
 * Returns: (transfer full): */
GstBuffer *timed_buffer_copy_times (GstBuffer * frame);

/** No SEI type that is worth saying */
#define TIMED_NO_SEI_TYPE -1

/**
 * TimedPayload:
 * @bytes: (transfer none):
 * @sei_type: payloadType of the SEI message that it is from; TIMED_NO_SEI_TYPE if that is
 *   the usual one, 5 (user_data_unregistered), or if it is from none
 *
 * A payload of the metadata on a buffer.
 */
typedef struct {
  GBytes *bytes;
  gint64 sei_type;
} TimedPayload;

/** Returns: (transfer full) (element-type TimedPayload): an empty array, which will have
 *   a reference to the bytes of each element */
GArray *timed_payloads_new (void);

/** Appends a payload.
 * @payload: (transfer none): */
void timed_payloads_add (GArray * payloads, const TimedPayload * payload);

#define timed_payloads_get(payloads, i) (&g_array_index (payloads, TimedPayload, i))

/** Steps through the payloads of the metadata on a buffer, in order.
 * @state: (inout): NULL before the first call
 * @payload: (out): the next one, which belongs to the buffer
 * Returns: whether there is one */
gboolean timed_buffer_iterate_payloads (GstBuffer * buffer, gpointer * state,
    TimedPayload * payload);

/** Marks a writable buffer, which is to have the bytes of this payload, with its
 * sei_type, unless that is TIMED_NO_SEI_TYPE. */
void timed_buffer_set_sei_type (GstBuffer * buffer,
    const TimedPayload * payload);

/** Returns: what timed_buffer_set_sei_type() has marked the buffer with, or
 *   TIMED_NO_SEI_TYPE */
gint64 timed_buffer_get_sei_type (GstBuffer * buffer);

G_END_DECLS

#endif
