/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/app/gstappsrc.h>

#include "rtpchain.h"

/* enough for a burst of key frames while a chain waits for a processor */
#define MAX_QUEUED_BYTES (16 * 1024 * 1024)

/* marks the bin of a chain, also after it has gone */
#define CHAIN_QUARK (g_quark_from_static_string ("bridge-rtp-chain"))

struct _RtpChain
{
  GstElement *pipeline;
  GstElement *funnel;
  GstAppSrc *source;
  guint64 n_packets;            /* given to the source */
  GstElement *bin;              /* atomic; NULL until it is built */
  GstPad *funnel_pad;
};

/* No parser: the access units are complete as they leave the depayloader, and
 * h264parse would drop the SEI of all that comes before the first SPS. */
static GstElement *
make_bin (GError ** error)
{
  return gst_parse_bin_from_description_full ("rtpjitterbuffer name=jitter"
      " latency=200 ! rtph264depay !"
      " video/x-h264,stream-format=byte-stream,alignment=au !"
      " seiextract name=extract  extract.metadata ! capsfilter name=json"
      " caps=application/x-json", FALSE, NULL, GST_PARSE_FLAG_FATAL_ERRORS,
      error);
}

gboolean
rtp_chain_check (GError ** error)
{
  GstElement *bin = make_bin (error);

  if (bin)
    gst_object_unref (gst_object_ref_sink (bin));
  return bin != NULL;
}

RtpChain *
rtp_chain_new (GstElement * pipeline, GstElement * funnel)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("application/x-rtp,"
      " media=video, clock-rate=90000, encoding-name=H264");
  RtpChain *self = g_new0 (RtpChain, 1);

  self->pipeline = pipeline;
  self->funnel = funnel;
  self->source = GST_APP_SRC (gst_object_ref_sink (gst_element_factory_make
          ("appsrc", NULL)));
  g_object_set (self->source, "caps", caps, "is-live", TRUE,
      "format", GST_FORMAT_TIME, NULL);
  return self;
}

void
rtp_chain_free (RtpChain * self)
{
  gst_object_unref (self->source);
  gst_clear_object (&self->bin);
  gst_clear_object (&self->funnel_pad);
  g_free (self);
}

void
rtp_chain_build (RtpChain * self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) jitter = NULL, json = NULL;
  g_autoptr (GstPad) pad = NULL;
  GstElement *bin;
  GstPad *ghost;

  bin = make_bin (&error);
  if (!bin) {
    g_warning ("%s", error->message);
    return;
  }
  g_object_set_qdata (G_OBJECT (bin), CHAIN_QUARK, GUINT_TO_POINTER (TRUE));
  jitter = gst_bin_get_by_name (GST_BIN (bin), "jitter");
  gst_bin_add (GST_BIN (bin), GST_ELEMENT (self->source));
  gst_element_link (GST_ELEMENT (self->source), jitter);
  json = gst_bin_get_by_name (GST_BIN (bin), "json");
  pad = gst_element_get_static_pad (json, "src");
  ghost = gst_ghost_pad_new ("src", pad);
  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (bin, ghost);
  g_atomic_pointer_set (&self->bin, gst_object_ref (bin));

  self->funnel_pad = gst_element_request_pad_simple (self->funnel, "sink_%u");
  gst_bin_add (GST_BIN (self->pipeline), bin);
  gst_pad_link (ghost, self->funnel_pad);
  gst_element_sync_state_with_parent (bin);
}

void
rtp_chain_remove (RtpChain * self)
{
  if (!self->bin)
    return;
  gst_element_set_locked_state (self->bin, TRUE);
  gst_element_set_state (self->bin, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), self->bin);
  gst_element_release_request_pad (self->funnel, self->funnel_pad);
}

gboolean
rtp_chain_push (RtpChain * self, GstBuffer * packet)
{
  if (gst_app_src_get_current_level_bytes (self->source)
      + gst_buffer_get_size (packet) > MAX_QUEUED_BYTES) {
    gst_buffer_unref (packet);
    return FALSE;
  }
  self->n_packets++;
  /* that fails after an error, of which a message is on its way */
  gst_app_src_push_buffer (self->source, packet);
  return TRUE;
}

void
rtp_chain_end (RtpChain * self)
{
  gst_app_src_end_of_stream (self->source);
}

gboolean
rtp_chain_is_part (GstObject * object)
{
  while (object && !g_object_get_qdata (G_OBJECT (object), CHAIN_QUARK))
    object = GST_OBJECT_PARENT (object);
  return object != NULL;
}

gboolean
rtp_chain_has (RtpChain * self, GstObject * object)
{
  const GstElement *bin = g_atomic_pointer_get (&self->bin);

  return bin && gst_object_has_as_ancestor (object, GST_OBJECT (bin));
}

void
rtp_chain_count (RtpChain * self, guint64 * missing, guint64 * held)
{
  GstElement *bin = g_atomic_pointer_get (&self->bin);
  g_autoptr (GstElement) jitter = NULL;
  g_autoptr (GstStructure) stats = NULL;
  guint64 pushed, late, duplicates;

  *missing = 0;
  *held = self->n_packets;
  if (!bin)
    return;
  jitter = gst_bin_get_by_name (GST_BIN (bin), "jitter");
  g_object_get (jitter, "stats", &stats, NULL);
  gst_structure_get (stats, "num-pushed", G_TYPE_UINT64, &pushed,
      "num-lost", G_TYPE_UINT64, missing, "num-late", G_TYPE_UINT64, &late,
      "num-duplicates", G_TYPE_UINT64, &duplicates, NULL);
  *held -= pushed + late + duplicates;
}
