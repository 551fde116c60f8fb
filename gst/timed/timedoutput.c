/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedoutput.h"

#include "timedbuffer.h"
#include "timedpayloadpad.h"

/* --- the pad "metadata" -------------------------------------------------- */

GstPad *
timed_output_request_pad (TimedOutput * output, GstPadTemplate * templ)
{
  GstPad *pad = timed_payload_pad_new (templ, output->sinkpad);

  gst_pad_set_iterate_internal_links_function (pad,
      timed_pad_iterate_internal_links);
  /* Before it is used: the FLUSHING of an inactive pad would end the stream */
  gst_pad_set_active (pad, TRUE);
  if (!timed_request_pad_add (&output->metadata_pad, pad))
    return NULL;
  GST_OBJECT_LOCK (output->metadata_pad.element);
  gst_flow_combiner_add_pad (output->combiner, pad);
  GST_OBJECT_UNLOCK (output->metadata_pad.element);
  return pad;
}

void
timed_output_release_pad (TimedOutput * output, GstPad * pad)
{
  timed_request_pad_remove (&output->metadata_pad, pad);
  GST_OBJECT_LOCK (output->metadata_pad.element);
  gst_flow_combiner_remove_pad (output->combiner, pad);
  GST_OBJECT_UNLOCK (output->metadata_pad.element);
}

/* --- pushing ------------------------------------------------------------- */

/* Returns what to report upstream when a push on @pad has returned @ret. */
static GstFlowReturn
combine_flows (TimedOutput * output, GstPad * pad, GstFlowReturn ret)
{
  GstElement *element = output->metadata_pad.element;

  GST_OBJECT_LOCK (element);
  /* A pad that was released meanwhile is flushing, and that is not to be reported */
  if (pad == output->srcpad || pad == output->metadata_pad.pad)
    ret = gst_flow_combiner_update_pad_flow (output->combiner, pad, ret);
  else
    ret = GST_FLOW_OK;
  GST_OBJECT_UNLOCK (element);

  return ret;
}

void
timed_output_set_segment (TimedOutput * output, const GstSegment * segment)
{
  output->segment = *segment;
}

/* Returns: (transfer full) (nullable): the pad "metadata" */
static GstPad *
ref_metadata_pad (TimedOutput * output)
{
  GstPad *pad = timed_request_pad_ref (&output->metadata_pad);

  if (pad && output->segment.format != GST_FORMAT_UNDEFINED)
    timed_payload_pad_set_segment (TIMED_PAYLOAD_PAD (pad), &output->segment);
  return pad;
}

gboolean
timed_output_is_taken (TimedOutput * output)
{
  GstPad *pad = output->srcpad;

  GST_OBJECT_LOCK (pad);
  /* A probe that blocks may wait for a link */
  const gboolean taken = GST_PAD_PEER (pad) || pad->num_probes > 0;
  GST_OBJECT_UNLOCK (pad);

  return taken;
}

/* As gst_pad_push() where nobody gets the buffer. It is not pushed: a peer that has come
 * meanwhile would get one that is not as it should be. */
static GstFlowReturn
push_nothing (GstPad * pad)
{
  GST_OBJECT_LOCK (pad);
  const GstFlowReturn ret = GST_PAD_IS_FLUSHING (pad) ? GST_FLOW_FLUSHING :
      GST_PAD_IS_EOS (pad) ? GST_FLOW_EOS : GST_FLOW_NOT_LINKED;
  GST_OBJECT_UNLOCK (pad);

  return ret;
}

/* Pushes one payload with the times of @times. */
static GstFlowReturn
push_payload (GstPad * pad, const TimedPayload * payload, GstBuffer * times)
{
  TimedPayloadPad *payload_pad = TIMED_PAYLOAD_PAD (pad);

  if (payload->sei_type == TIMED_NO_SEI_TYPE)
    return timed_payload_pad_push (payload_pad, payload->bytes, times);

  g_autoptr (GstBuffer) marked = gst_buffer_copy (times);

  timed_buffer_set_sei_type (marked, payload);
  return timed_payload_pad_push (payload_pad, payload->bytes, marked);
}

/* @ret: what to report upstream if there are no payloads */
static GstFlowReturn
push_payloads (TimedOutput * output, GstPad * pad, GArray * payloads,
    GstBuffer * times, GstFlowReturn ret)
{
  for (guint i = 0; i < payloads->len; i++) {
    const GstFlowReturn pushed = push_payload (pad,
        timed_payloads_get (payloads, i), times);

    ret = combine_flows (output, pad, pushed);
    if (pushed != GST_FLOW_OK)
      break;
  }
  return ret;
}

GstFlowReturn
timed_output_push (TimedOutput * output, GstBuffer * buffer, GArray * payloads,
    GstBuffer * times, gboolean gap)
{
  g_autoptr (GstPad) pad = ref_metadata_pad (output);
  /* before the buffer is pushed away */
  g_autoptr (GstBuffer) own_times =
      pad && (payloads || gap) ? timed_buffer_copy_times (times) : NULL;
  const GstFlowReturn ret = combine_flows (output, output->srcpad,
      buffer ? gst_pad_push (output->srcpad, buffer) :
      push_nothing (output->srcpad));

  if (!own_times || (ret != GST_FLOW_OK && ret != GST_FLOW_NOT_LINKED))
    return ret;
  if (payloads)
    return push_payloads (output, pad, payloads, own_times, ret);
  timed_payload_pad_push_gap (TIMED_PAYLOAD_PAD (pad), own_times);
  return ret;
}

void
timed_output_push_payloads (TimedOutput * output, GArray * payloads,
    GstBuffer * times)
{
  g_autoptr (GstPad) pad = ref_metadata_pad (output);
  g_autoptr (GstBuffer) own_times = gst_buffer_ref (times);

  if (pad)
    push_payloads (output, pad, payloads, own_times, GST_FLOW_OK);
}

gboolean
timed_output_push_event (TimedOutput * output, GstEvent * event)
{
  GstObject *parent = GST_OBJECT (output->metadata_pad.element);
  g_autoptr (GstPad) pad = timed_request_pad_ref (&output->metadata_pad);

  if (!pad)
    return gst_pad_event_default (output->sinkpad, parent, event);

  /* Whether one pad handles the event does not matter to the other */
  gst_pad_event_default (output->sinkpad, parent, gst_event_ref (event));
  timed_payload_pad_handle_event (TIMED_PAYLOAD_PAD (pad), event);
  gst_event_unref (event);
  return TRUE;
}

/* --- life cycle ---------------------------------------------------------- */

void
timed_output_reset (TimedOutput * output)
{
  gst_segment_init (&output->segment, GST_FORMAT_UNDEFINED);
  GST_OBJECT_LOCK (output->metadata_pad.element);
  gst_flow_combiner_reset (output->combiner);
  GST_OBJECT_UNLOCK (output->metadata_pad.element);
}

void
timed_output_init (TimedOutput * output, GstElement * element,
    GstPad * sinkpad, GstPad * srcpad)
{
  output->metadata_pad.element = element;
  output->sinkpad = sinkpad;
  output->srcpad = srcpad;
  gst_segment_init (&output->segment, GST_FORMAT_UNDEFINED);
  output->combiner = gst_flow_combiner_new ();
  gst_flow_combiner_add_pad (output->combiner, srcpad);
}

void
timed_output_clear (TimedOutput * output)
{
  g_clear_pointer (&output->combiner, gst_flow_combiner_unref);
}
