/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_JOIN_PAD_H
#define TIMED_JOIN_PAD_H

#include "timedjoin.h"

G_BEGIN_DECLS

#define TIMED_JOIN_PAD_CAPS "application/x-json; meta/x-sei; " \
    "text/x-raw, format=(string)utf8; application/octet-stream; " \
    "application/x-ndjson"

#define TIMED_TYPE_JOIN_PAD (timed_join_pad_get_type ())
G_DECLARE_FINAL_TYPE (TimedJoinPad, timed_join_pad, TIMED, JOIN_PAD, GstPad)

/**
 * TimedJoinPad:
 *
 * A sink pad that puts payloads into a #TimedJoin: each buffer is a payload, or each
 * line with application/x-ndjson. The time of a payload is the running time of its
 * buffer, if that has a PTS and the segment is in TIME; a payload without time from a
 * source that is live has the running time at which it came. Lines of more than
 * TIMED_JOIN_MAX_BYTES are refused. Its events end here.
 */

/** The template has TIMED_JOIN_PAD_CAPS.
 * @join: (transfer none): must outlive the pad
 * Returns: (transfer floating): */
GstPad *timed_join_pad_new (GstPadTemplate * templ, const gchar * name,
    TimedJoin * join);

/** Whether what comes to this pad is live. The answer of the peer is kept for as
 * long as link and stream are the same. For any thread. */
gboolean timed_join_pad_is_live (TimedJoinPad * pad);

G_END_DECLS

#endif
