/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_SEEN_H
#define RTP_SEEN_H

#include <gst/gst.h>

#include "silence.h"

G_BEGIN_DECLS

/** What an RTP input sees, as rtpseisrc posts it: rtp-seen. */
typedef struct
{
  const char *codec;            /* that of all streams; NULL: is found out */
  GstStructure *seen;           /* as it came last */
  gint64 seen_us;
  gboolean has_begun;           /* packets of streams have come */
} RtpSeen;

/** @codec: --codec; stays */
void rtp_seen_init (RtpSeen * seen, const char *codec);
void rtp_seen_clear (RtpSeen * seen);

/** Takes what rtpseisrc posts. */
void rtp_seen_take (RtpSeen * seen, const GstStructure * structure,
    const Silence * silence, gint64 now_us);

/** Returns: whether what was seen last came without records. It stands for all that
 * came since then, because each change is reported. */
gboolean rtp_seen_is_of_silence (const RtpSeen * seen,
    const Silence * silence, gint64 now_us);

/** Returns: whether there are streams that are no video, and may have records: MPEG-TS, KLV */
gboolean rtp_seen_has_others (const RtpSeen * seen);

/** Adds what is seen.
 * @stats: @n_stats properties `stats` of seiextract
 * @is_explained: whether @explanation has what those that are no video have in them */
void rtp_seen_explain (const RtpSeen * seen, Explanation * explanation,
    GstStructure * const *stats, guint n_stats, gboolean is_explained);

G_END_DECLS
#endif
