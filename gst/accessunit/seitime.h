/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_TIME_H
#define SEI_TIME_H

#include "misptime.h"
#include "seilist.h"

G_BEGIN_DECLS

/* The messages that say the time of a frame (MISB ST 0604), and the
 * GstReferenceTimestampMeta in timestamp/x-unix that says the same to elements. */

/** Makes a message of a time.
 * @item: (out): its payload is to be freed with g_bytes_unref()
 * @unix_ns: nanoseconds since 1970 */
void sei_time_init (SeiItem * item, H26xCodec codec, MispTimeUnit unit,
    guint64 unix_ns);

/** Whether a message in the list is meant to say a time, right or wrong. */
gboolean sei_time_is_in (SeiList * list);

/** Makes a buffer say the time that the first of these messages says, whatever it said
 * before. Copies the buffer only where there is something to change.
 * @times: as SeiFindings has them
 * @buffer: (transfer full) (nullable):
 * Returns: (transfer full) (nullable): NULL if @buffer is, or if others hold it and its
 *   memory cannot be copied */
GstBuffer *sei_time_mark (SeiList * times, GstBuffer * buffer);

G_END_DECLS

#endif
