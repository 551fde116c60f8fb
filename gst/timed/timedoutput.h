/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_OUTPUT_H
#define TIMED_OUTPUT_H

#include <gst/base/gstflowcombiner.h>

#include "timedpads.h"

G_BEGIN_DECLS

/**
 * TimedOutput:
 *
 * The output of an element that reads metadata out of a stream: the stream on the
 * pad "src", payloads on the request pad "metadata", and what both report upstream.
 */
typedef struct {
  /*< private >*/
  GstPad *sinkpad;
  GstPad *srcpad;
  TimedRequestPad metadata_pad;
  GstSegment segment;           /* of payloads; undefined: that of the stream */
  GstFlowCombiner *combiner;    /* OBJECT_LOCK of the element */
} TimedOutput;

/** @element, @sinkpad, @srcpad: (transfer none): they must outlive @output */
void timed_output_init (TimedOutput * output, GstElement * element,
    GstPad * sinkpad, GstPad * srcpad);

void timed_output_clear (TimedOutput * output);

/** Forgets how earlier pushes ended, and in which segment payloads are. */
void timed_output_reset (TimedOutput * output);

/** GstElementClass.request_new_pad() and release_pad() */
GstPad *timed_output_request_pad (TimedOutput * output,
    GstPadTemplate * templ);
void timed_output_release_pad (TimedOutput * output, GstPad * pad);

/** Says in which segment the times of payloads are, where the stream has no times of its
 * own, or others. For the streaming thread.
 * @segment: in TIME */
void timed_output_set_segment (TimedOutput * output,
    const GstSegment * segment);

/** Whether anyone gets what is pushed on the pad "src": a peer, or a probe. */
gboolean timed_output_is_taken (TimedOutput * output);

/** Pushes a buffer of the stream, and behind it payloads of metadata.
 * @buffer: (transfer full) (nullable): NULL if it is not made, because the pad "src" is
 *   not taken: to upstream, it was pushed all the same
 * @payloads: (nullable) (element-type TimedPayload): NULL if there are none
 * @times: has the times of the payloads; it may be @buffer
 * @gap: whether the pad "metadata" gets a GAP event if there are no payloads */
GstFlowReturn timed_output_push (TimedOutput * output, GstBuffer * buffer,
    GArray * payloads, GstBuffer * times, gboolean gap);

/** Pushes payloads whose part of the stream was pushed before.
 * @payloads: (element-type TimedPayload):
 * @times: an empty buffer with their times */
void timed_output_push_payloads (TimedOutput * output, GArray * payloads,
    GstBuffer * times);

/** Passes on an event of the pad "sink". Returns whether it was handled.
 * @event: (transfer full): */
gboolean timed_output_push_event (TimedOutput * output, GstEvent * event);

G_END_DECLS

#endif
