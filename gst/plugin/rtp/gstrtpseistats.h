/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_RTP_SEI_STATS_H
#define GST_RTP_SEI_STATS_H

#include <gst/gst.h>

#include "rtpreceiver.h"

G_BEGIN_DECLS

/**
 * GstRtpSeiCounts:
 * @receiver: what was received
 * @dropped: datagrams that the system dropped
 * @buffer_size: of the receive buffer of each socket, bytes
 * @not_linked: buffers that had nowhere to go
 *
 * All that rtpseisrc counts, but what it counts for each stream.
 */
typedef struct {
  RtpReceiverCounts receiver;
  guint64 dropped;
  gsize buffer_size;
  guint64 not_linked;
} GstRtpSeiCounts;

/** Returns: (transfer full): the value of the property `stats`.
 * @receiver: (nullable): for the streams that are there now */
GstStructure *gst_rtp_sei_stats_new (const GstRtpSeiCounts * counts,
    RtpReceiver * receiver);

G_END_DECLS

#endif
