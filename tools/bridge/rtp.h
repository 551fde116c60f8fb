/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef BRIDGE_STREAMS_H
#define BRIDGE_STREAMS_H

#include <gst/app/gstappsink.h>

G_BEGIN_DECLS

/**
 * BridgeStreams:
 *
 * From datagrams to metadata: finds the RTP streams (RFC 3550: one for each
 * SSRC) in what arrives at a UDP port, and gives each a chain of its own,
 *
 *     appsrc ! rtpjitterbuffer ! rtph264depay ! seiextract.metadata
 *
 * which end in one funnel. What is not RTP, or not H.264, is dropped and counted:
 * it can neither stop the bridge nor disturb another stream.
 */
typedef struct _BridgeStreams BridgeStreams;

/**
 * @pipeline: gets the chains; outlives the result
 * @udp: in @pipeline; a udpsrc
 * @receiver: in @pipeline, behind @udp; where the datagrams arrive
 * @funnel: in @pipeline; gets application/x-json, one buffer per SEI message
 */
BridgeStreams *bridge_streams_new (GstElement * pipeline, GstElement * udp,
    GstAppSink * receiver, GstElement * funnel);

/** Takes no more packets, and lets EOS follow those that were taken. */
void bridge_streams_end (BridgeStreams * streams);

/** After @pipeline is in NULL. */
void bridge_streams_free (BridgeStreams * streams);

/** Takes a warning or error that an element posted. Returns FALSE if it is not
 * from a stream's chain; else it is counted, and a chain with an error goes. */
gboolean bridge_streams_handle_message (BridgeStreams * streams,
    GstMessage * message);

/** Removes the chains of streams that have been silent for a minute. */
void bridge_streams_expire (BridgeStreams * streams);

/** What was lost since the start, and what the user can do about it; NULL if
 * nothing. After bridge_streams_end() and with @pipeline in NULL it is final. */
char *bridge_streams_describe_losses (BridgeStreams * streams);

G_END_DECLS
#endif
