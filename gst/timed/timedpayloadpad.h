/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_PAYLOAD_PAD_H
#define TIMED_PAYLOAD_PAD_H

#include <gst/gst.h>

G_BEGIN_DECLS

#define TIMED_PAYLOAD_PAD_CAPS \
    "application/x-json; application/x-ndjson; meta/x-sei"

#define TIMED_TYPE_PAYLOAD_PAD (timed_payload_pad_get_type ())
G_DECLARE_FINAL_TYPE (TimedPayloadPad, timed_payload_pad, TIMED, PAYLOAD_PAD, GstPad)

/**
 * TimedPayloadPad:
 *
 * A source pad that has the payloads of the video on a sink pad of the same
 * element, as a stream of its own: sparse, with a GAP for a frame that has none. It
 * may be added while data flows: before its first data it sends the events that must
 * precede data.
 *
 * A peer that takes any caps, or meta/x-sei among others, gets meta/x-sei, the bytes
 * as they are, if the template has that. Any other one gets what its caps name first: application/x-json, which
 * are JSON objects (timed_payload_to_json()), or application/x-ndjson, where each of
 * them is a line, with LF behind it, and with a space for each CR and LF in it. All
 * functions but timed_payload_pad_new() are for the streaming thread.
 */

/** @templ: has TIMED_PAYLOAD_PAD_CAPS, and the name of the pad; or only the JSON of them, where all
 *   payloads are JSON objects, which pass as they are
 * @sinkpad: (transfer none): must outlive the pad
 * Returns: (transfer floating): */
GstPad *timed_payload_pad_new (GstPadTemplate * templ, GstPad * sinkpad);

/** Passes on an event on the sink pad if it concerns this stream, too. The video
 * gets it first.
 * @event: (transfer none): */
void timed_payload_pad_handle_event (TimedPayloadPad * self, GstEvent * event);

/** Says in which segment the times of payloads are, from the next one on, if not in that of
 * the sink pad.
 * @segment: in TIME */
void timed_payload_pad_set_segment (TimedPayloadPad * self,
    const GstSegment * segment);

/** Pushes one payload with the times of @times. */
GstFlowReturn timed_payload_pad_push (TimedPayloadPad * self, GBytes * payload,
    GstBuffer * times);

/** Pushes a GAP event at the PTS of @times, or else its DTS, or else the time of the
 * last gap, or else where the segment starts. */
void timed_payload_pad_push_gap (TimedPayloadPad * self, GstBuffer * times);

/** Makes a JSON object of any payload: a payload that is an object loses the byte
 * order mark in front of it, and the NULs and white space at its end; every other
 * one becomes {"raw":"..."}.
 * @payload: (transfer none):
 * Returns: (transfer full): shares the bytes of @payload if it is an object */
GBytes *timed_payload_to_json (GBytes * payload);

G_END_DECLS

#endif
