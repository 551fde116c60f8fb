/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_RTP_SEI_SETTINGS_H
#define GST_RTP_SEI_SETTINGS_H

#include <gst/gst.h>

#include "rtpreceiver.h"

G_BEGIN_DECLS

/**
 * GstRtpSeiSettings:
 *
 * The properties of rtpseisrc that users set. Whoever uses it holds OBJECT_LOCK.
 */
typedef struct {
  gchar *address;               /* NULL: IPv6 and IPv4 */
  gchar *interface;             /* NULL: the system chooses */
  gchar *ports;
  RtpCodec codec;
  guint latency_ms;
  gboolean is_full;
  guint max_streams;
} GstRtpSeiSettings;

void gst_rtp_sei_settings_init (GstRtpSeiSettings * settings);
void gst_rtp_sei_settings_clear (GstRtpSeiSettings * settings);

/** @copy: (out): to be cleared */
void gst_rtp_sei_settings_copy (const GstRtpSeiSettings * settings,
    GstRtpSeiSettings * copy);

/** What streams are received with. */
void gst_rtp_sei_settings_get_config (const GstRtpSeiSettings * settings,
    RtpReceiverConfig * config);

/** Both take OBJECT_LOCK. */
void gst_rtp_sei_settings_set_property (GstRtpSeiSettings * settings,
    GObject * object, guint id, const GValue * value, GParamSpec * pspec);
void gst_rtp_sei_settings_get_property (GstRtpSeiSettings * settings,
    GObject * object, guint id, GValue * value, GParamSpec * pspec);

/** Returns: an id that is not used yet */
guint gst_rtp_sei_settings_install (GObjectClass * klass);

G_END_DECLS

#endif
