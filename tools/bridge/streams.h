/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef STREAMS_H
#define STREAMS_H

#include <gst/gst.h>

#include "status.h"

G_BEGIN_DECLS

/* What each RTP stream of an input gives: many cameras can send to one port. Buffers say which
 * one they are of. */

typedef struct _Streams Streams;

Streams *streams_new (void);
void streams_free (Streams * streams);

/** Counts a message. For any thread.
 * @buffer: the record, or a message that was skipped; nothing is counted if it does not say
 *   which stream it is of */
void streams_count (Streams * streams, GstBuffer * buffer, gboolean is_record);

/** Takes a stream that is there now, of which nothing may have come.
 * @name: of inspect_name_rtp() */
void streams_take (Streams * streams, const char *name, gint64 n_frames,
    gint64 n_lost);

/** Forgets the streams that were not taken since the last call. */
void streams_forget (Streams * streams, gint64 now_us);

/** Adds those that are there to @status, if they are several.
 * @camera: the name of their input */
void streams_get_status (Streams * streams, Status * status,
    const char *camera, const char *uri);

G_END_DECLS
#endif
