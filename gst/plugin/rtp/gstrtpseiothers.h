/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_RTP_SEI_OTHERS_H
#define GST_RTP_SEI_OTHERS_H

#include <gst/gst.h>

#include "gstrtpseioutputs.h"
#include "rtpreceiver.h"

G_BEGIN_DECLS

/**
 * GstRtpSeiOthers:
 *
 * The streams that are no video, and their pads. A stream gets the first pad that is
 * free, or whose stream is silent, as soon as it is known not to be video, or nothing is
 * known of it for long. Until then its packets wait, if they are not too many.
 * Whoever uses it has a lock.
 */
typedef struct _GstRtpSeiOthers GstRtpSeiOthers;

GstRtpSeiOthers *gst_rtp_sei_others_new (void);
void gst_rtp_sei_others_free (GstRtpSeiOthers * others);

void gst_rtp_sei_others_add_pad (GstRtpSeiOthers * others, GstPad * pad);

/** What comes for a stream of it afterwards has nowhere to go. */
void gst_rtp_sei_others_remove_pad (GstRtpSeiOthers * others, GstPad * pad);

gboolean gst_rtp_sei_others_has_pads (const GstRtpSeiOthers * others);

/** Takes the next packet of a stream.
 * @buffer: (transfer full): the packet
 * @now: when it came, in nanoseconds
 * @outputs: (element-type GstRtpSeiOutput): gets what is to be pushed
 * Returns: how many packets had nowhere to go. Those of a stream that may be video are
 *   none of them. */
guint gst_rtp_sei_others_push (GstRtpSeiOthers * others,
    RtpReception * stream, const RtpPacket * packet, GstBuffer * buffer,
    guint64 now, GArray * outputs);

/** The stream has ended, or is video: forgets it.
 * Returns: how many packets had nowhere to go until then */
guint gst_rtp_sei_others_end (GstRtpSeiOthers * others, RtpReception * stream);

G_END_DECLS

#endif
