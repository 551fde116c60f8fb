/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_PAYLOAD_PAD_H
#define SEI_PAYLOAD_PAD_H

#include "seilist.h"

G_BEGIN_DECLS

#define SEI_PAYLOAD_PAD_CAPS "application/x-json; meta/x-sei"

#define SEI_TYPE_PAYLOAD_PAD (sei_payload_pad_get_type ())
G_DECLARE_FINAL_TYPE (SeiPayloadPad, sei_payload_pad, SEI, PAYLOAD_PAD, GstPad)

/**
 * SeiPayloadPad:
 *
 * A source pad that has the payloads of the video on a sink pad of the same
 * element, as a stream of its own: sparse, with a GAP where a frame has none. It
 * may be added while data flows: before its first data it sends what must precede
 * that.
 *
 * A peer that takes application/x-json and neither meta/x-sei nor anything at all
 * gets JSON objects (sei_payload_to_json()); every other peer meta/x-sei, the
 * bytes as they are. All functions but sei_payload_pad_new() are for the
 * streaming thread.
 */

/** The template has SEI_PAYLOAD_PAD_CAPS.
 * Returns: (transfer floating): */
GstPad *sei_payload_pad_new (GstPadTemplate * templ, const gchar * name,
    GstPad * sinkpad);

/** Passes on what of the events on the sink pad concerns this stream, too. To be
 * called after the video has got it.
 * @event: (transfer none): */
void sei_payload_pad_handle_event (SeiPayloadPad * self, GstEvent * event);

/** Pushes one payload with the times of @times. */
GstFlowReturn sei_payload_pad_push (SeiPayloadPad * self, GBytes * payload,
    GstBuffer * times);

/** Says that there is nothing at the times of @times: at its PTS, or else DTS, or
 * else the time of the last gap, or where the segment starts. */
void sei_payload_pad_push_gap (SeiPayloadPad * self, GstBuffer * times);

G_END_DECLS

#endif
