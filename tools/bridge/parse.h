/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef PARSE_H
#define PARSE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/** Tells GStreamer, in this process, of the elements nalsplit and linesplit, and how to
 * know JSON lines and KLV: typefind, and so parsebin, finds application/x-ndjson in what begins
 * with a line that is a complete JSON object, or in one long line that is so far the
 * beginning of one. It finds meta/x-klv in what begins with a label of SMPTE, and is no
 * MXF. It is the bytes that count, not the name of a file. A JSON document
 * of several lines is none, for its first line is no object. What is in the segments of
 * a playlist comes to it whole. To be called once, after gst_init().
 *
 * Returns: FALSE if GStreamer refuses, which it has logged */
gboolean bridge_parse_register (void);

G_END_DECLS

#endif
