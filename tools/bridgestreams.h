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
 * which end in one funnel. What is no RTP, or no H.264, is dropped
 * and counted: it can neither stop the bridge nor disturb another stream.
 */
typedef struct _BridgeStreams BridgeStreams;

/** What could not be used, since the start. */
typedef struct {
  guint64 no_rtp;               /* datagrams */
  guint64 unproven;             /* RTP packets of no stream: RFC 3550 A.1 */
  guint64 broken;               /* complaints of the elements in the chains */
} BridgeLosses;

/**
 * @pipeline: gets the chains; outlives the result
 * @receiver: in @pipeline; where the datagrams arrive
 * @funnel: in @pipeline; gets application/x-json, one buffer per SEI message
 */
BridgeStreams *bridge_streams_new (GstElement * pipeline,
    GstAppSink * receiver, GstElement * funnel);

/** From now on there is no new chain, and those there are get an EOS that is sent
 * to the pipeline. */
void bridge_streams_end (BridgeStreams * streams);

/** After @pipeline is in NULL. */
void bridge_streams_free (BridgeStreams * streams);

/** Takes a warning or error that an element posted. Returns FALSE if it is not
 * from a stream's chain; else it is counted, and a chain with an error goes. */
gboolean bridge_streams_handle_message (BridgeStreams * streams,
    GstMessage * message);

/** Removes the chains of streams that have been silent for a minute. */
void bridge_streams_expire (BridgeStreams * streams);

void bridge_streams_get_losses (BridgeStreams * streams,
    BridgeLosses * losses);

G_END_DECLS
#endif
