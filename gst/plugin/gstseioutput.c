/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseioutput.h"

#include "gst/sei/seiunit.h"

/* --- the pad "metadata" -------------------------------------------------- */

/* Returns: (transfer full) (nullable) */
static SeiPayloadPad *
ref_metadata_pad (GstSeiOutput * output)
{
  GstElement *element = output->stream->element;

  GST_OBJECT_LOCK (element);
  SeiPayloadPad *pad = output->metadata_pad;

  if (pad != NULL)
    gst_object_ref (pad);
  GST_OBJECT_UNLOCK (element);

  return pad;
}

GstPad *
gst_sei_output_request_pad (GstSeiOutput * output, GstPadTemplate * templ)
{
  GstElement *element = output->stream->element;
  SeiPayloadPad *taken = ref_metadata_pad (output);
  GstPad *pad;

  if (taken != NULL) {
    GST_WARNING_OBJECT (element, "there is but one pad \"metadata\"");
    gst_object_unref (taken);
    return NULL;
  }

  pad = sei_payload_pad_new (templ, "metadata", output->stream->sinkpad);
  gst_pad_set_iterate_internal_links_function (pad,
      gst_sei_stream_iterate_internal_links);
  /* Not to be used before it is active: its FLUSHING would end the stream */
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (element, pad);

  GST_OBJECT_LOCK (element);
  gst_flow_combiner_add_pad (output->combiner, pad);
  output->metadata_pad = SEI_PAYLOAD_PAD (pad);
  GST_OBJECT_UNLOCK (element);

  return pad;
}

void
gst_sei_output_release_pad (GstSeiOutput * output, GstPad * pad)
{
  GstElement *element = output->stream->element;

  GST_OBJECT_LOCK (element);
  gst_flow_combiner_remove_pad (output->combiner, pad);
  output->metadata_pad = NULL;
  GST_OBJECT_UNLOCK (element);

  /* First of all: deactivating takes the segment from the pad, and a push that is
   * under way must not come to the peer without one */
  GstPad *peer = gst_pad_get_peer (pad);

  if (peer != NULL) {
    gst_pad_unlink (pad, peer);
    gst_object_unref (peer);
  }
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
}

/* --- pushing ------------------------------------------------------------- */

/* What upstream is told, @ret being what the push on @pad gave */
static GstFlowReturn
combine_flows (GstSeiOutput * output, GstPad * pad, GstFlowReturn ret)
{
  const GstSeiStream *stream = output->stream;

  GST_OBJECT_LOCK (stream->element);
  /* A pad that was released meanwhile is flushing, which concerns nobody */
  if (pad == stream->srcpad || pad == GST_PAD_CAST (output->metadata_pad))
    ret = gst_flow_combiner_update_pad_flow (output->combiner, pad, ret);
  else
    ret = GST_FLOW_OK;
  GST_OBJECT_UNLOCK (stream->element);

  return ret;
}

/* @ret is what upstream would be told without this. */
static GstFlowReturn
push_payloads (GstSeiOutput * output, SeiPayloadPad * pad, SeiList * messages,
    GstBuffer * times, GstFlowReturn ret)
{
  for (guint i = 0; i < messages->len; i++) {
    const GstFlowReturn pushed = sei_payload_pad_push (pad,
        sei_list_get (messages, i)->payload, times);

    ret = combine_flows (output, GST_PAD (pad), pushed);
    if (pushed != GST_FLOW_OK)
      break;
  }
  return ret;
}

GstFlowReturn
gst_sei_output_push (GstSeiOutput * output, GstBuffer * buffer,
    SeiList * messages, GstBuffer * times, gboolean gap)
{
  GstPad *srcpad = output->stream->srcpad;
  SeiPayloadPad *metadata_pad = ref_metadata_pad (output);

  /* They may be those of the buffer that is pushed away */
  times = metadata_pad != NULL ? sei_unit_copy_times (times) : NULL;

  GstFlowReturn ret = combine_flows (output, srcpad,
      gst_pad_push (srcpad, buffer));

  if (metadata_pad == NULL)
    return ret;

  if (ret == GST_FLOW_OK || ret == GST_FLOW_NOT_LINKED) {
    if (messages->len == 0 && gap)
      sei_payload_pad_push_gap (metadata_pad, times);
    ret = push_payloads (output, metadata_pad, messages, times, ret);
  }
  gst_buffer_unref (times);
  gst_object_unref (metadata_pad);

  return ret;
}

void
gst_sei_output_push_payloads (GstSeiOutput * output, SeiList * messages,
    GstBuffer * times)
{
  SeiPayloadPad *metadata_pad = ref_metadata_pad (output);

  if (metadata_pad == NULL)
    return;
  push_payloads (output, metadata_pad, messages, times, GST_FLOW_OK);
  gst_object_unref (metadata_pad);
}

gboolean
gst_sei_output_push_event (GstSeiOutput * output, GstEvent * event)
{
  GstSeiStream *stream = output->stream;
  SeiPayloadPad *metadata_pad = ref_metadata_pad (output);

  if (metadata_pad == NULL)
    return gst_pad_event_default (stream->sinkpad,
        GST_OBJECT (stream->element), event);

  /* What becomes of the event on one pad is all the same to the other */
  gst_pad_event_default (stream->sinkpad, GST_OBJECT (stream->element),
      gst_event_ref (event));
  sei_payload_pad_handle_event (metadata_pad, event);
  gst_object_unref (metadata_pad);
  gst_event_unref (event);

  return TRUE;
}

/* --- life cycle ---------------------------------------------------------- */

void
gst_sei_output_reset (GstSeiOutput * output)
{
  GST_OBJECT_LOCK (output->stream->element);
  gst_flow_combiner_reset (output->combiner);
  GST_OBJECT_UNLOCK (output->stream->element);
}

void
gst_sei_output_init (GstSeiOutput * output, GstSeiStream * stream)
{
  output->stream = stream;
  output->combiner = gst_flow_combiner_new ();
  gst_flow_combiner_add_pad (output->combiner, stream->srcpad);
}

void
gst_sei_output_clear (GstSeiOutput * output)
{
  g_clear_pointer (&output->combiner, gst_flow_combiner_unref);
}
