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

/* Returns: (transfer full) (nullable) (element-type TimedPayload): NULL if the buffer
 * has no metadata */
static GArray *
get_payloads (GstBuffer * buffer)
{
  GArray *payloads = NULL;
  gpointer state = NULL;
  TimedPayload payload;

  while (timed_buffer_iterate_payloads (buffer, &state, &payload)) {
    if (!payloads)
      payloads = timed_payloads_new ();
    timed_payloads_add (payloads, &payload);
  }
  return payloads;
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
timed_output_push (TimedOutput * output, GstBuffer * buffer, GstBuffer * times,
    gboolean gap)
{
  g_autoptr (GstPad) pad = timed_request_pad_ref (&output->metadata_pad);
  /* Both before the buffer is pushed away */
  g_autoptr (GArray) payloads = pad ? get_payloads (buffer) : NULL;
  g_autoptr (GstBuffer) own_times =
      payloads || (pad && gap) ? timed_buffer_copy_times (times) : NULL;
  const GstFlowReturn ret = combine_flows (output, output->srcpad,
      gst_pad_push (output->srcpad, buffer));

  if (!own_times || (ret != GST_FLOW_OK && ret != GST_FLOW_NOT_LINKED))
    return ret;
  if (payloads)
    return push_payloads (output, pad, payloads, own_times, ret);
  timed_payload_pad_push_gap (TIMED_PAYLOAD_PAD (pad), own_times);
  return ret;
}

void
timed_output_push_payloads (TimedOutput * output, GstBuffer * buffer)
{
  g_autoptr (GstPad) pad = timed_request_pad_ref (&output->metadata_pad);
  g_autoptr (GArray) payloads = pad ? get_payloads (buffer) : NULL;
  g_autoptr (GstBuffer) times = timed_buffer_copy_times (buffer);

  if (payloads)
    push_payloads (output, pad, payloads, times, GST_FLOW_OK);
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
  output->combiner = gst_flow_combiner_new ();
  gst_flow_combiner_add_pad (output->combiner, srcpad);
}

void
timed_output_clear (TimedOutput * output)
{
  g_clear_pointer (&output->combiner, gst_flow_combiner_unref);
}
