/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtp.h"

#include "silence.h"

static const char *const codecs[] = { "h264", "h265" };

#define N_CODECS G_N_ELEMENTS (codecs)

struct _RtpInput
{
  GstElement *source;
  GstElement *extracts[N_CODECS];
  GstElement *filters[N_CODECS];
  GstElement *funnel;
  Silence silence;
};

/* Only a codec that turns up leads to the funnel, which waits for EOS on each pad that
 * it has. */
static void
on_pad_added (GstElement * source, GstPad * pad, gpointer data)
{
  RtpInput *self = data;

  for (guint i = 0; i < N_CODECS; i++)
    if (g_str_equal (GST_PAD_NAME (pad), codecs[i])) {
      gst_element_link_pads (self->filters[i], "src", self->funnel, NULL);
      gst_element_link_pads (source, codecs[i], self->extracts[i], "sink");
    }
}

static void
set_options (RtpInput * self, const RtpOptions * options)
{
  g_object_set (self->source, "port", options->ports,
      "address", options->listen, "interface", options->interface,
      "latency", options->latency_ms, "max-streams", options->max_streams,
      NULL);
  gst_util_set_object_arg (G_OBJECT (self->source), "codec", options->codec);
  gst_util_set_object_arg (G_OBJECT (self->source), "scan", options->scan);
  for (guint i = 0; i < N_CODECS; i++) {
    g_object_set (self->extracts[i], "uuid", options->uuid, NULL);
    gst_util_set_object_arg (G_OBJECT (self->extracts[i]), "scan",
        options->scan);
  }
}

RtpInput *
rtp_input_new (const RtpOptions * options, GstElement * pipeline,
    GstElement * funnel, GError ** error)
{
  g_autofree RtpInput *self = g_new0 (RtpInput, 1);

  self->source = gst_parse_launch_full ("rtpseisrc", NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (self->source == NULL)
    return NULL;
  gst_bin_add (GST_BIN (pipeline), self->source);
  for (guint i = 0; i < N_CODECS; i++) {
    self->extracts[i] = gst_element_factory_make ("seiextract", codecs[i]);
    self->filters[i] = gst_element_factory_make ("capsfilter", NULL);
    gst_util_set_object_arg (G_OBJECT (self->filters[i]), "caps",
        "application/x-json");
    gst_bin_add_many (GST_BIN (pipeline), self->extracts[i],
        self->filters[i], NULL);
    gst_element_link_pads (self->extracts[i], "metadata", self->filters[i],
        "sink");
  }
  self->funnel = funnel;
  set_options (self, options);
  silence_init (&self->silence, options->codec, g_get_monotonic_time ());
  g_signal_connect (self->source, "pad-added", G_CALLBACK (on_pad_added), self);
  return g_steal_pointer (&self);
}

char *
rtp_input_describe (RtpInput * self)
{
  g_auto (GStrv) where = NULL;
  g_autofree char *text = NULL;

  g_object_get (self->source, "listening", &where, NULL);
  text = g_strjoinv (", ", where);
  return g_strconcat ("listening ", text, NULL);
}

const char *
rtp_input_get_options (RtpInput * self, GstObject * object)
{
  if (object == GST_OBJECT (self->source))
    return "--port, --listen and --interface";
  for (guint i = 0; i < N_CODECS; i++)
    if (object == GST_OBJECT (self->extracts[i]))
      return "--uuid";
  return NULL;
}

void
rtp_input_handle_message (RtpInput * self, GstMessage * message)
{
  const GstStructure *structure = gst_message_get_structure (message);

  if (GST_MESSAGE_SRC (message) == GST_OBJECT (self->source)
      && gst_structure_has_name (structure, "rtp-seen"))
    silence_take_seen (&self->silence, structure, g_get_monotonic_time ());
}

char *
rtp_input_explain (RtpInput * self, guint64 n_records)
{
  const gint64 now_us = g_get_monotonic_time ();
  GstStructure *stats[N_CODECS];
  g_auto (GStrv) where = NULL;
  char *text;

  if (!silence_is_due (&self->silence, n_records, now_us))
    return NULL;
  for (guint i = 0; i < N_CODECS; i++)
    g_object_get (self->extracts[i], "stats", &stats[i], NULL);
  g_object_get (self->source, "listening", &where, NULL);
  text = silence_explain (&self->silence, (const char *const *) where, stats,
      N_CODECS, now_us);
  for (guint i = 0; i < N_CODECS; i++)
    gst_structure_free (stats[i]);
  return text;
}

void
rtp_input_end (RtpInput * self)
{
  gst_element_send_event (self->source, gst_event_new_eos ());
}

void
rtp_input_free (RtpInput * self)
{
  silence_clear (&self->silence);
  g_free (self);
}
