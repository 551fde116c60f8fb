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
  GstFlowCombiner *combiner;    /* OBJECT_LOCK of the element */
} TimedOutput;

/** @element, @sinkpad, @srcpad: (transfer none): they must outlive @output */
void timed_output_init (TimedOutput * output, GstElement * element,
    GstPad * sinkpad, GstPad * srcpad);

void timed_output_clear (TimedOutput * output);

/** Forgets how earlier pushes ended. */
void timed_output_reset (TimedOutput * output);

/** GstElementClass.request_new_pad() and release_pad() */
GstPad *timed_output_request_pad (TimedOutput * output,
    GstPadTemplate * templ);
void timed_output_release_pad (TimedOutput * output, GstPad * pad);

/** Pushes a buffer of the stream, and behind it the payloads of the metadata on it
 * (timed_buffer_iterate_payloads()).
 * @buffer: (transfer full):
 * @times: has the times of the payloads; it may be @buffer
 * @gap: whether the pad "metadata" gets a GAP event if there are no payloads */
GstFlowReturn timed_output_push (TimedOutput * output, GstBuffer * buffer,
    GstBuffer * times, gboolean gap);

/** Pushes the payloads of the metadata on @buffer, with its times, but not @buffer
 * itself: for payloads whose part of the stream was pushed before.
 * @buffer: (transfer none): */
void timed_output_push_payloads (TimedOutput * output, GstBuffer * buffer);

/** Passes on an event of the pad "sink". Returns whether it was handled.
 * @event: (transfer full): */
gboolean timed_output_push_event (TimedOutput * output, GstEvent * event);

G_END_DECLS

#endif
