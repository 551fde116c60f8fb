/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "source.h"

#include <glib/gstdio.h>
#include <string.h>

#include "passes.h"

#define VIDEO_CAPS "video/x-h264; video/x-h265; video/x-raw"

struct _Source
{
  GstElement *pipeline;
  const SenderOptions *options;
  char *uri;
  gboolean is_live;
  SourceVideoFunc on_video;
  gpointer data;
  GstElement *bin;              /* of this pass */
  GstPad *target;               /* takes the video; set by the first pass */
  SenderCodec codec;            /* of the first pass */
  gint has_video;               /* of this pass */
  gint stopped;
  /* of the streaming thread of the pass */
  Passes passes;
  guint64 n_frames;
  gboolean is_first;            /* in this pass */
  gboolean has_ended;           /* EOS was sent */
};

char *
source_make_uri (const ToolUri * input, char **path, GError ** error)
{
  g_autofree char *text = tool_uri_expand (input);
  const gboolean is_file = g_strcmp0 (input->scheme, "file") == 0;
  GStatBuf info;

  *path = NULL;
  if (g_str_equal (text, "-"))
    return g_strdup ("fd://0");
  if (g_str_has_prefix (text, "/dev/video"))
    return g_strconcat ("v4l2://", text, NULL);
  if (!is_file && gst_uri_is_valid (text))
    return g_steal_pointer (&text);
  *path = is_file ? g_filename_from_uri (text, NULL, error) :
      g_canonicalize_filename (text, NULL);
  /* filesrc would open it twice, and wait for ever the second time */
  if (*path && g_stat (*path, &info) == 0 && S_ISFIFO (info.st_mode)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "it is a pipe, which"
        " goes to stdin, with --input -");
    return NULL;
  }
  return *path ? gst_filename_to_uri (*path, error) : NULL;
}

/* Whether a camera sends when it likes. HTTP and stdin may be that, too, but as a rule they
 * are files, and can wait. */
static gboolean
is_live_uri (const char *uri)
{
  static const char *const files[] = { "file", "http", "https", "fd" };
  g_autofree char *scheme = g_uri_parse_scheme (uri);

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (scheme && !g_ascii_strcasecmp (scheme, files[i]))
      return FALSE;
  return TRUE;
}

Source *
source_new (GstElement * pipeline, const SenderOptions * options,
    const char *uri, SourceVideoFunc on_video, gpointer data)
{
  Source *self = g_new0 (Source, 1);

  self->pipeline = pipeline;
  self->options = options;
  self->uri = g_strdup (uri);
  self->is_live = is_live_uri (uri);
  self->on_video = on_video;
  self->data = data;
  return self;
}

void
source_free (Source * self)
{
  gst_clear_object (&self->target);
  g_free (self->uri);
  g_free (self);
}

gboolean
source_is_live (const Source * self)
{
  return self->is_live;
}

void
source_stop (Source * self)
{
  g_atomic_int_set (&self->stopped, TRUE);
}

gboolean
source_has (Source * self, GstObject * object)
{
  return self->bin && (object == GST_OBJECT (self->bin)
      || gst_object_has_as_ancestor (object, GST_OBJECT (self->bin)));
}

static void
post (Source * self, const char *name)
{
  gst_element_post_message (self->pipeline,
      gst_message_new_application (GST_OBJECT (self->pipeline),
          gst_structure_new_empty (name)));
}

static GstPadProbeReturn
on_frame (Source * self, GstPad * pad, GstPadProbeInfo * info)
{
  const gint64 limit = self->options->num_buffers;

  if (self->is_first && self->passes.n_passes == 1)
    post (self, SOURCE_FIRST_MESSAGE);
  if ((limit >= 0 && self->n_frames >= (guint64) limit)
      || g_atomic_int_get (&self->stopped)) {
    /* To the pad behind alone: what is in front may go on in vain, but without an
     * error. */
    if (!self->has_ended)
      gst_pad_send_event (self->target, gst_event_new_eos ());
    self->has_ended = TRUE;
    source_stop (self);
    return GST_PAD_PROBE_DROP;
  }
  if (self->is_first && self->passes.n_passes > 1)
    gst_pad_push_event (pad,
        gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
            gst_structure_new_empty (SOURCE_PASS_EVENT)));
  self->is_first = FALSE;
  self->n_frames++;
  if (!self->is_live)
    GST_PAD_PROBE_INFO_DATA (info) =
        passes_set_times (&self->passes, GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

/* One time line behind the pad, whatever the passes have. */
static GstPadProbeReturn
on_event (Source * self, GstPadProbeInfo * info)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstSegment segment;
  int fps_n, fps_d;
  GstCaps *caps;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      if (gst_structure_get_fraction (gst_caps_get_structure (caps, 0),
              "framerate", &fps_n, &fps_d))
        passes_set_rate (&self->passes, fps_n, fps_d);
      break;
    case GST_EVENT_SEGMENT:
      if (self->is_live)
        break;
      gst_event_copy_segment (event, &segment);
      passes_set_segment (&self->passes, &segment);
      passes_get_segment (&self->passes, &segment);
      GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_segment (&segment);
      gst_event_set_seqnum (GST_PAD_PROBE_INFO_EVENT (info),
          gst_event_get_seqnum (event));
      gst_event_unref (event);
      break;
    case GST_EVENT_EOS:
      if (!self->options->loop || g_atomic_int_get (&self->stopped)
          || self->is_first)
        break;
      post (self, SOURCE_AGAIN_MESSAGE);
      return GST_PAD_PROBE_DROP;
    default:
      break;
  }
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_pad (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  return info->type & GST_PAD_PROBE_TYPE_BUFFER ? on_frame (data, pad, info) :
      on_event (data, info);
}

/* What makes of the video what on_video() promises. */
static char *
describe (const Source * self, SenderCodec codec)
{
  const SenderOptions *options = self->options;
  g_autoptr (GString) text = g_string_new (NULL);

  /* Parameter sets before each key frame, where a file has them apart. */
  if (codec != SENDER_CODEC_ANY) {
    const char *name = codec == SENDER_CODEC_H265 ? "h265" : "h264";

    return g_strdup_printf ("%sparse config-interval=-1 ! capsfilter"
        " caps=video/x-%s,stream-format=byte-stream,alignment=au", name, name);
  }
  g_string_append (text, "videoconvert ! videoscale");
  if (options->has_fps)
    g_string_append (text, " ! videorate");
  g_string_append (text, " ! capsfilter caps=video/x-raw,format=I420");
  if (options->width)
    g_string_append_printf (text, ",width=%d,height=%d", options->width,
        options->height);
  if (options->has_fps)
    g_string_append_printf (text, ",framerate=%d/%d", options->fps_n,
        options->fps_d);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static SenderCodec
get_codec (const GstCaps * caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);

  return gst_structure_has_name (structure, "video/x-h264") ?
      SENDER_CODEC_H264 :
      gst_structure_has_name (structure, "video/x-h265") ?
      SENDER_CODEC_H265 : SENDER_CODEC_ANY;
}

/* Puts what is behind the decoder into the bin. Returns its end. */
static GstPad *
add_tail (Source * self, GstPad * pad, SenderCodec codec)
{
  g_autofree char *description = describe (self, codec);
  g_autoptr (GError) error = NULL;
  GstElement *tail = gst_parse_bin_from_description_full (description, TRUE,
      NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_autoptr (GstPad) in = NULL;
  g_autoptr (GstPad) out = NULL;
  GstPad *end;

  if (!tail) {
    GST_ELEMENT_ERROR (self->bin, CORE, MISSING_PLUGIN, ("%s", error->message),
        (NULL));
    return NULL;
  }
  in = gst_element_get_static_pad (tail, "sink");
  out = gst_element_get_static_pad (tail, "src");
  gst_bin_add (GST_BIN (self->bin), tail);
  end = gst_ghost_pad_new ("src", out);
  gst_pad_set_active (end, TRUE);
  gst_element_add_pad (self->bin, end);
  gst_pad_add_probe (end, GST_PAD_PROBE_TYPE_BUFFER |
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_pad, self, NULL);
  gst_element_sync_state_with_parent (tail);
  gst_pad_link (pad, in);
  return end;
}

/* Only the first video is sent. */
static void
on_pad_added (GstElement * decoder, GstPad * pad, gpointer data)
{
  Source *self = data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  SenderCodec codec;
  GstPad *end;

  if (!caps)
    caps = gst_pad_query_caps (pad, NULL);
  if (!g_atomic_int_compare_and_exchange (&self->has_video, FALSE, TRUE))
    return;
  codec = get_codec (caps);
  if (!self->target) {
    self->codec = codec;
    passes_init (&self->passes, codec != SENDER_CODEC_ANY);
    self->target = self->on_video (codec, self->data);
  }
  if (!self->target || codec != self->codec)
    return;
  passes_begin (&self->passes);
  end = add_tail (self, pad, codec);
  if (end)
    gst_pad_link (end, self->target);
}

static void
on_no_more_pads (GstElement * decoder, gpointer data)
{
  Source *self = data;

  if (!g_atomic_int_get (&self->has_video))
    GST_ELEMENT_ERROR (self->bin, STREAM, WRONG_TYPE, ("There is no video"),
        (NULL));
}

/* Whether to look into a stream that only the first video is taken of */
static gboolean
on_autoplug_continue (GstElement * decoder, GstPad * pad, GstCaps * caps,
    gpointer data)
{
  if (gst_structure_has_name (gst_caps_get_structure (caps, 0), "meta/x-klv"))
    post (data, SOURCE_KLV_MESSAGE);
  return TRUE;
}

static GstElement *
make_decoder (Source * self, GstElement * bin, GError ** error)
{
  const gboolean is_device = g_str_has_prefix (self->uri, "v4l2://");
  GstElement *decoder = gst_parse_launch_full (is_device ?
      "decodebin name=decoder" : "uridecodebin name=decoder", NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);
  g_autoptr (GstCaps) caps = gst_caps_from_string (VIDEO_CAPS);

  if (!decoder)
    return NULL;
  g_object_set (decoder, "caps", caps, "expose-all-streams", FALSE, NULL);
  gst_bin_add (GST_BIN (bin), decoder);
  if (is_device) {
    GstElement *camera =
        gst_parse_launch_full ("v4l2src", NULL, GST_PARSE_FLAG_FATAL_ERRORS,
        error);

    if (!camera)
      return NULL;
    g_object_set (camera, "device", self->uri + strlen ("v4l2://"), NULL);
    gst_bin_add (GST_BIN (bin), camera);
    gst_element_link (camera, decoder);
  } else {
    g_object_set (decoder, "uri", self->uri, NULL);
  }
  return decoder;
}

gboolean
source_start (Source * self, GError ** error)
{
  GstElement *bin = gst_bin_new (NULL);
  GstElement *decoder = make_decoder (self, bin, error);

  if (!decoder) {
    gst_object_unref (bin);
    return FALSE;
  }
  /* the pipeline does not wait for it, and a new one does not stop its clock */
  g_object_set (bin, "async-handling", TRUE, NULL);
  self->has_video = FALSE;
  self->is_first = TRUE;
  self->bin = bin;
  g_signal_connect (decoder, "pad-added", G_CALLBACK (on_pad_added), self);
  g_signal_connect (decoder, "no-more-pads", G_CALLBACK (on_no_more_pads),
      self);
  g_signal_connect (decoder, "autoplug-continue",
      G_CALLBACK (on_autoplug_continue), self);
  gst_bin_add (GST_BIN (self->pipeline), bin);
  return TRUE;
}

void
source_end (Source * self)
{
  /* From where it is: after an error on its way to PAUSED it is in READY, while the
   * pipeline, which does not wait for it, is in PAUSED. The pipeline would take it
   * to READY once more, fail at that, and never get to NULL. */
  source_stop (self);
  gst_element_set_state (self->bin, GST_STATE_NULL);
}

void
source_again (Source * self)
{
  GstElement *old = self->bin;
  g_autoptr (GstPad) end = gst_element_get_static_pad (old, "src");

  if (g_atomic_int_get (&self->stopped))
    return;
  gst_pad_unlink (end, self->target);
  gst_element_set_state (old, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), old);
  if (source_start (self, NULL))
    gst_element_sync_state_with_parent (self->bin);
}
