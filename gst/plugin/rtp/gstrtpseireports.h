/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_RTP_SEI_REPORTS_H
#define GST_RTP_SEI_REPORTS_H

#include "gstrtpseistats.h"

G_BEGIN_DECLS

/** How long a look at what comes takes. */
#define GST_RTP_SEI_REPORTS_SECONDS 5

/**
 * GstRtpSeiReports:
 *
 * What rtpseisrc has told of what it sees and loses, so that it tells only news. Zeros
 * are nothing. It is for the streaming thread.
 */
typedef struct {
  /*< private >*/
  gboolean has_seen;
  guint kinds;                  /* of what was seen last */
  gchar *losses;
  guint64 harmless;             /* packets that came twice or out of order */
  guint64 next;                 /* when losses may be told */
  gchar *failure;
} GstRtpSeiReports;

void gst_rtp_sei_reports_clear (GstRtpSeiReports * reports);

/** Returns: what of @seen is worth a new message when it changes */
guint gst_rtp_sei_reports_get_kinds (const RtpSeen * seen);

/** Posts `rtp-seen`, if there is something of another kind than before.
 * @seen: what came in GST_RTP_SEI_REPORTS_SECONDS */
void gst_rtp_sei_reports_post_seen (GstRtpSeiReports * reports,
    GstElement * element, const RtpSeen * seen);

/** Whether enough time has passed since losses were told. */
gboolean gst_rtp_sei_reports_may_tell_losses (const GstRtpSeiReports * reports,
    guint64 now);

/** Tells in warnings what was lost, if it is more than before. That packets come twice,
 * or in another order, costs nothing: it is told when there are twice as many. */
void gst_rtp_sei_reports_tell_losses (GstRtpSeiReports * reports,
    GstElement * element, const GstRtpSeiCounts * counts, guint64 now);

/** Tells in a warning that the system reports errors of a socket, if it is another than
 * before.
 * @failure: (transfer full) (nullable): NULL if there is none */
void gst_rtp_sei_reports_tell_failure (GstRtpSeiReports * reports,
    GstElement * element, gchar * failure);

G_END_DECLS

#endif
