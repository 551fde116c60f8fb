/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_CHAIN_H
#define RTP_CHAIN_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * RtpChain:
 *
 * From the RTP packets of one stream to its metadata; what knows the codec:
 *
 *     appsrc ! rtpjitterbuffer ! rtph264depay ! seiextract.metadata
 *
 * It takes packets as soon as it is there; building and removing it takes longer,
 * and is for a thread that no packet waits for.
 */
typedef struct _RtpChain RtpChain;

/** Whether there are all elements that a chain needs. */
gboolean rtp_chain_check (GError ** error);

RtpChain *rtp_chain_new (GstElement * pipeline, GstElement * funnel);
void rtp_chain_free (RtpChain * chain);

/** To be called once each, by one thread. */
void rtp_chain_build (RtpChain * chain);
void rtp_chain_remove (RtpChain * chain);

/** Returns FALSE if too much waits already.
 * @packet: (transfer full) */
gboolean rtp_chain_push (RtpChain * chain, GstBuffer * packet);

/** EOS follows the packets. */
void rtp_chain_end (RtpChain * chain);

/** Whether @object is in a chain, or was. */
gboolean rtp_chain_is_part (GstObject * object);

/** Whether @object is in this chain. */
gboolean rtp_chain_has (RtpChain * chain, GstObject * object);

/** Not together with rtp_chain_push().
 * @missing: (out): packets that never came, by their sequence numbers
 * @held: (out): packets that were taken and have not been passed on */
void rtp_chain_count (RtpChain * chain, guint64 * missing, guint64 * held);

G_END_DECLS
#endif
