/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_RTP_SEI_OUTPUTS_H
#define GST_RTP_SEI_OUTPUTS_H

#include <gst/gst.h>

#include "rtpcodec.h"

G_BEGIN_DECLS

/** The pads for video: h264, and h265. */
#define GST_RTP_SEI_OUTPUTS_N_VIDEOS 2

/**
 * GstRtpSeiOutput:
 * @pad: (transfer full) (nullable): where the buffer goes to; NULL: that of @codec
 * @codec: of the buffer
 * @buffer: (transfer full): what is to be pushed
 * @caps: (transfer full) (nullable): those of the stream that begins on @pad with it
 */
typedef struct {
  GstPad *pad;
  RtpCodec codec;
  GstBuffer *buffer;
  GstCaps *caps;
} GstRtpSeiOutput;

/**
 * GstRtpSeiOutputs:
 * @waiting: (element-type GstRtpSeiOutput): what is to be pushed
 *
 * The way out of rtpseisrc: the pads for video, and the buffers for all pads. It is for
 * the streaming thread.
 */
typedef struct {
  GArray *waiting;
  /*< private >*/
  GstElement *element;
  GstPadQueryFunction query;
  GstPad *pads[GST_RTP_SEI_OUTPUTS_N_VIDEOS];
  guint group_id;
} GstRtpSeiOutputs;

/** Adds the templates of all pads. */
void gst_rtp_sei_outputs_add_templates (GstElementClass * klass);

/** @element: (transfer none): must stay
 * @query: of all pads */
void gst_rtp_sei_outputs_init (GstRtpSeiOutputs * outputs,
    GstElement * element, GstPadQueryFunction query);

void gst_rtp_sei_outputs_clear (GstRtpSeiOutputs * outputs);

/** Makes a request pad, and adds it.
 * Returns: (transfer none) (nullable): NULL if there is one of that name */
GstPad *gst_rtp_sei_outputs_request (GstRtpSeiOutputs * outputs,
    GstPadTemplate * templ, const gchar * name);

/** Streams begin. */
void gst_rtp_sei_outputs_start (GstRtpSeiOutputs * outputs);

/** Pushes what waits. A pad that is not linked, or refuses a stream, stops nothing: a
 * warning tells of it once.
 * @n_not_linked: (out): how many buffers had nowhere to go
 * Returns: GST_FLOW_OK; GST_FLOW_EOS if nobody takes anything any more; or an error */
GstFlowReturn gst_rtp_sei_outputs_push (GstRtpSeiOutputs * outputs,
    guint * n_not_linked);

/** Ends all pads. If there is none for video, that of @codec appears for it.
 * @eos: (transfer full): */
void gst_rtp_sei_outputs_end (GstRtpSeiOutputs * outputs, RtpCodec codec,
    GstEvent * eos);

/** Drops what waits, and removes the pads for video. */
void gst_rtp_sei_outputs_stop (GstRtpSeiOutputs * outputs);

G_END_DECLS

#endif
