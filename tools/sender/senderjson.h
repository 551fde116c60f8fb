/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SENDER_JSON_H
#define SENDER_JSON_H

#include <glib.h>

G_BEGIN_DECLS

/** The JSON object of a test frame: as a detector would describe it, but with
 * values that follow from @seq, so that a receiver can check them.
 * @stream_id: UTF-8; any characters
 * @seq: number of the frame, from 0
 * @ts_ns: PTS of the frame in nanoseconds */
char *sender_json (const char *stream_id, guint64 seq, guint64 ts_ns);

G_END_DECLS
#endif
