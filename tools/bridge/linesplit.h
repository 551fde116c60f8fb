/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef LINE_SPLIT_H
#define LINE_SPLIT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/** Of a line, in bytes, without its end. A longer one is left out. */
#define LINE_SPLIT_MAX_SIZE (1024 * 1024)

#define TYPE_LINE_SPLIT (line_split_get_type ())
G_DECLARE_FINAL_TYPE (LineSplit, line_split, LINE, SPLIT, GstElement)

/**
 * LineSplit:
 *
 * Element that makes of JSON lines (application/x-ndjson), which come in any pieces, a
 * buffer of application/x-json for each line, as seiextract makes it of a payload: a
 * line that is no JSON object becomes {"raw":"..."}.
 *
 * * Lines end with LF or CR LF, the last one also with the stream. Blank lines, and a
 *   byte order mark of UTF-8 at the start, are passed over.
 * * Lines of more than LINE_SPLIT_MAX_SIZE are left out. The property "too-long" counts
 *   them; the first one is a warning on the bus.
 * * A line that GST_BUFFER_FLAG_DISCONT tears is left out.
 * * A line has the times and metas of the buffer in which it began; in a segment that is
 *   not in TIME it has no times.
 */

G_END_DECLS

#endif
