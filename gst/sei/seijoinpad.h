/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_JOIN_PAD_H
#define SEI_JOIN_PAD_H

#include "seijoin.h"

G_BEGIN_DECLS

#define SEI_JOIN_PAD_CAPS "application/x-json; meta/x-sei; " \
    "text/x-raw, format=(string)utf8; application/octet-stream; " \
    "application/x-ndjson"

#define SEI_TYPE_JOIN_PAD (sei_join_pad_get_type ())
G_DECLARE_FINAL_TYPE (SeiJoinPad, sei_join_pad, SEI, JOIN_PAD, GstPad)

/**
 * SeiJoinPad:
 *
 * A sink pad that puts payloads into a #SeiJoin: each buffer is one, or, with
 * application/x-ndjson, each line. Their time is the running time of the buffer,
 * if it has a PTS and the segment is in TIME. Lines of more than SEI_JOIN_MAX_BYTES
 * are refused. No event of it goes anywhere else.
 */

/** The template has SEI_JOIN_PAD_CAPS.
 * @join: (transfer none): must outlive the pad
 * Returns: (transfer floating): */
GstPad *sei_join_pad_new (GstPadTemplate * templ, const gchar * name,
    SeiJoin * join);

/** Whether what comes to this pad is live. The answer of the peer is kept for as
 * long as link and stream are the same. For any thread. */
gboolean sei_join_pad_is_live (SeiJoinPad * pad);

/** Whether what comes to a sink pad is live, as its peer says. */
gboolean sei_pad_is_live (GstPad * pad);

G_END_DECLS

#endif
