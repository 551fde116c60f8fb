/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstrtpseioutputs.h"

typedef enum
{
  VIDEO_H264,
  VIDEO_H265
} Video;

#define SEI_CAPS(media) media ", stream-format=byte-stream, alignment=au"

static GstStaticPadTemplate video_templates[GST_RTP_SEI_OUTPUTS_N_VIDEOS] = {
  GST_STATIC_PAD_TEMPLATE ("h264", GST_PAD_SRC, GST_PAD_SOMETIMES,
      GST_STATIC_CAPS (SEI_CAPS ("video/x-h264"))),
  GST_STATIC_PAD_TEMPLATE ("h265", GST_PAD_SRC, GST_PAD_SOMETIMES,
      GST_STATIC_CAPS (SEI_CAPS ("video/x-h265"))),
};

static GstStaticPadTemplate rtp_template = GST_STATIC_PAD_TEMPLATE ("rtp_%u",
    GST_PAD_SRC, GST_PAD_REQUEST, GST_STATIC_CAPS ("application/x-rtp"));

void
gst_rtp_sei_outputs_add_templates (GstElementClass * klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (video_templates); i++)
    gst_element_class_add_static_pad_template (klass, &video_templates[i]);
  gst_element_class_add_static_pad_template (klass, &rtp_template);
}

static void
clear_output (gpointer data)
{
  GstRtpSeiOutput *output = data;

  gst_clear_buffer (&output->buffer);
  gst_clear_caps (&output->caps);
  gst_clear_object (&output->pad);
}

void
gst_rtp_sei_outputs_init (GstRtpSeiOutputs * self, GstElement * element,
    GstPadQueryFunction query)
{
  self->element = element;
  self->query = query;
  self->waiting = g_array_new (FALSE, FALSE, sizeof (GstRtpSeiOutput));
  g_array_set_clear_func (self->waiting, clear_output);
}

void
gst_rtp_sei_outputs_clear (GstRtpSeiOutputs * self)
{
  g_array_unref (self->waiting);
}

void
gst_rtp_sei_outputs_start (GstRtpSeiOutputs * self)
{
  self->group_id = gst_util_group_id_next ();
}

/* --- pads ------------------------------------------------------------------------ */

static void
begin_stream (GstRtpSeiOutputs * self, GstPad * pad, GstCaps * caps)
{
  g_autofree gchar *name = gst_pad_get_name (pad);
  g_autofree gchar *id = gst_pad_create_stream_id (pad, self->element, name);
  GstEvent *start = gst_event_new_stream_start (id);
  GstSegment segment;

  gst_event_set_group_id (start, self->group_id);
  gst_event_set_stream_flags (start, GST_STREAM_FLAG_SPARSE);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, start);
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
}

static GstPad *
make_pad (GstRtpSeiOutputs * self, GstPadTemplate * templ, const gchar * name)
{
  GstPad *pad = gst_pad_new_from_template (templ, name);

  gst_pad_set_query_function (pad, self->query);
  gst_pad_use_fixed_caps (pad);
  gst_pad_set_active (pad, TRUE);
  return pad;
}

GstPad *
gst_rtp_sei_outputs_request (GstRtpSeiOutputs * self, GstPadTemplate * templ,
    const gchar * name)
{
  GstPad *pad = make_pad (self, templ, name);

  return gst_element_add_pad (self->element, pad) ? pad : NULL;
}

static Video
get_video (RtpCodec codec)
{
  return codec == RTP_CODEC_H265 ? VIDEO_H265 : VIDEO_H264;
}

static GstPad *
ensure_pad (GstRtpSeiOutputs * self, Video video)
{
  if (self->pads[video] == NULL) {
    const gchar *name = video_templates[video].name_template;
    GstPadTemplate *templ =
        gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS
        (self->element), name);
    g_autoptr (GstCaps) caps = gst_pad_template_get_caps (templ);
    GstPad *pad = make_pad (self, templ, name);

    begin_stream (self, pad, caps);
    self->pads[video] = pad;
    gst_element_add_pad (self->element, pad);
  }
  return self->pads[video];
}

/* --- buffers --------------------------------------------------------------------- */

/* Once for each pad */
static void
tell_not_linked (GstRtpSeiOutputs * self, GstPad * pad)
{
  if (gst_pad_get_element_private (pad) != NULL)
    return;
  gst_pad_set_element_private (pad, self);
  GST_ELEMENT_WARNING (self->element, CORE, PAD,
      ("Streams that came go nowhere: link the pad \"%s\"",
          GST_PAD_NAME (pad)), ("pad %s:%s is not linked",
          GST_DEBUG_PAD_NAME (pad)));
}

/* Tells, with the first packet of a stream, that it is not for this pad's peer. */
static void
tell_refused (GstRtpSeiOutputs * self, const GstRtpSeiOutput * output)
{
  GstPad *pad = output->pad;

  if (output->caps != NULL)
    GST_ELEMENT_WARNING (self->element, CORE, NEGOTIATION,
        ("What the pad \"%s\" is linked to does not take the stream that came:"
            " link it to something that does", GST_PAD_NAME (pad)),
        ("%s:%s, %" GST_PTR_FORMAT, GST_DEBUG_PAD_NAME (pad), output->caps));
}

/* Whether nobody takes anything any more */
static gboolean
is_all_over (GstRtpSeiOutputs * self)
{
  gboolean is_over = TRUE;

  GST_OBJECT_LOCK (self->element);
  for (GList * l = self->element->srcpads; l != NULL; l = l->next)
    is_over = is_over && gst_pad_get_last_flow_return (l->data) != GST_FLOW_OK;
  GST_OBJECT_UNLOCK (self->element);
  return is_over;
}

static GstFlowReturn
push (GstRtpSeiOutputs * self, GstRtpSeiOutput * output, guint * n_not_linked)
{
  const gboolean is_video = output->pad == NULL;
  GstPad *pad = is_video ?
      ensure_pad (self, get_video (output->codec)) : output->pad;
  GstFlowReturn flow;

  if (output->caps != NULL)
    begin_stream (self, pad, output->caps);
  flow = gst_pad_push (pad, g_steal_pointer (&output->buffer));

  if (flow == GST_FLOW_NOT_LINKED)
    tell_not_linked (self, pad);
  else if (flow == GST_FLOW_NOT_NEGOTIATED && !is_video)
    tell_refused (self, output);
  else if (flow == GST_FLOW_EOS)
    return is_all_over (self) ? GST_FLOW_EOS : GST_FLOW_OK;
  /* The pad has been released, or its peer flushes or is stopped: the others go on.
   * Where the element stops, its next step sees that. */
  else if (flow == GST_FLOW_FLUSHING)
    return GST_FLOW_OK;
  else
    return flow;
  (*n_not_linked)++;
  return GST_FLOW_OK;
}

GstFlowReturn
gst_rtp_sei_outputs_push (GstRtpSeiOutputs * self, guint * n_not_linked)
{
  GstFlowReturn flow = GST_FLOW_OK;

  *n_not_linked = 0;
  for (guint i = 0; i < self->waiting->len && flow == GST_FLOW_OK; i++)
    flow = push (self, &g_array_index (self->waiting, GstRtpSeiOutput, i),
        n_not_linked);
  g_array_set_size (self->waiting, 0);
  return flow;
}

/* --- the end --------------------------------------------------------------------- */

typedef struct
{
  GstRtpSeiOutputs *outputs;
  GstEvent *event;
} Ending;

static gboolean
end_pad (GstElement * element, GstPad * pad, gpointer user_data)
{
  const Ending *ending = user_data;
  g_autoptr (GstEvent) start =
      gst_pad_get_sticky_event (pad, GST_EVENT_STREAM_START, 0);

  /* A request pad that has had no stream */
  if (start == NULL) {
    g_autoptr (GstCaps) caps = gst_pad_get_pad_template_caps (pad);

    begin_stream (ending->outputs, pad, caps);
  }
  gst_pad_push_event (pad, gst_event_ref (ending->event));
  return TRUE;
}

void
gst_rtp_sei_outputs_end (GstRtpSeiOutputs * self, RtpCodec codec,
    GstEvent * eos)
{
  Ending ending = { self, eos };

  if (self->pads[VIDEO_H264] == NULL && self->pads[VIDEO_H265] == NULL)
    ensure_pad (self, get_video (codec));
  gst_element_foreach_src_pad (self->element, end_pad, &ending);
  gst_event_unref (eos);
}

void
gst_rtp_sei_outputs_stop (GstRtpSeiOutputs * self)
{
  g_array_set_size (self->waiting, 0);
  for (guint i = 0; i < G_N_ELEMENTS (self->pads); i++)
    if (self->pads[i] != NULL)
      gst_element_remove_pad (self->element, g_steal_pointer (&self->pads[i]));
}
