/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef __GST_SEI_OUTPUT_H__
#define __GST_SEI_OUTPUT_H__

#include <gst/base/gstflowcombiner.h>

#include "gst/sei/seipayloadpad.h"
#include "gstseistream.h"

G_BEGIN_DECLS

/**
 * GstSeiOutput:
 *
 * What leaves seiextract: the video on the pad "src", payloads on the request pad
 * "metadata", and what upstream is told of both.
 */
typedef struct
{
  /*< private > */
  GstSeiStream *stream;
  /* OBJECT_LOCK of the element */
  SeiPayloadPad *metadata_pad;
  GstFlowCombiner *combiner;
} GstSeiOutput;

/** @stream: (transfer none): the video; it is to be initialized first and must
 *   live longer */
void gst_sei_output_init (GstSeiOutput * output, GstSeiStream * stream);

void gst_sei_output_clear (GstSeiOutput * output);

/** Forgets how earlier pushes ended. */
void gst_sei_output_reset (GstSeiOutput * output);

/** GstElementClass.request_new_pad() and release_pad() */
GstPad *gst_sei_output_request_pad (GstSeiOutput * output,
    GstPadTemplate * templ);
void gst_sei_output_release_pad (GstSeiOutput * output, GstPad * pad);

/** Pushes video, and the payloads behind it.
 * @buffer: (transfer full):
 * @times: those of the access unit
 * @gap: whether the pad "metadata" is to be told that there is nothing, if there
 *   is nothing */
GstFlowReturn gst_sei_output_push (GstSeiOutput * output, GstBuffer * buffer,
    SeiList * messages, GstBuffer * times, gboolean gap);

/** Pushes payloads of an access unit whose video is gone already. */
void gst_sei_output_push_payloads (GstSeiOutput * output, SeiList * messages,
    GstBuffer * times);

/** Passes an event of the pad "sink" on. Returns whether it was taken.
 * @event: (transfer full): */
gboolean gst_sei_output_push_event (GstSeiOutput * output, GstEvent * event);

G_END_DECLS

#endif
