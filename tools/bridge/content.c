/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "content.h"

#include "explain.h"

struct _Content
{
  GstBin *bin;
  GstElement *funnel;
  const ContentSettings *settings;
  const char *name;
  gboolean is_rtp;

  gint n_buffers;               /* atomic; runs over */
  GMutex lock;
  GPtrArray *streams;
  guint n_streams;              /* so far */
  guint n_open;
};

/* nalsplit, seiextract, capsfilter */
#define MAX_ELEMENTS 3

/* Its probes hold it, too. */
typedef struct
{
  Content *content;
  const GstPad *pad;            /* where it comes from; names it, as long as it is there */
  char *name;
  char *type;                   /* media type */
  GstElement *extract;          /* seiextract; NULL: it is no video of ours */
  GstElement *elements[MAX_ELEMENTS];   /* none: it is passed over */
  guint n_elements;
  gboolean has_ended;
} Stream;

static void
stream_clear (gpointer data)
{
  Stream *self = data;

  g_free (self->name);
  g_free (self->type);
}

static void
stream_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, stream_clear);
}

static gboolean
is_read (const Stream * stream)
{
  return stream->n_elements > 0;
}

static void
set_up_extract (GstElement * extract, const ContentSettings * settings)
{
  g_object_set (extract, "uuid", settings->uuid, NULL);
  gst_util_set_object_arg (G_OBJECT (extract), "scan", settings->scan);
}

gboolean
content_check (const ContentSettings * settings, GError ** error)
{
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  GstElement *extract = gst_parse_launch_full ("seiextract", NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);

  if (!extract)
    return FALSE;
  set_up_extract (extract, settings);
  gst_element_set_bus (extract, bus);
  if (gst_element_set_state (extract, GST_STATE_PAUSED)
      == GST_STATE_CHANGE_FAILURE)
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  gst_element_set_state (extract, GST_STATE_NULL);
  /* whose messages hold it */
  gst_element_set_bus (extract, NULL);
  gst_object_unref (extract);
  if (message)
    gst_message_parse_error (message, error, NULL);
  return !message;
}

Content *
content_new (GstBin * bin, const ContentSettings * settings, const char *name,
    gboolean is_rtp)
{
  Content *self = g_new0 (Content, 1);
  GstPad *pad;

  self->bin = bin;
  self->settings = settings;
  self->name = name;
  self->is_rtp = is_rtp;
  self->funnel = gst_element_factory_make ("funnel", NULL);
  gst_bin_add (bin, self->funnel);
  pad = gst_element_get_static_pad (self->funnel, "src");
  gst_element_add_pad (GST_ELEMENT (bin), gst_ghost_pad_new ("src", pad));
  gst_object_unref (pad);
  g_mutex_init (&self->lock);
  self->streams = g_ptr_array_new_with_free_func (stream_unref);
  return self;
}

void
content_free (Content * self)
{
  g_ptr_array_unref (self->streams);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
end_stream (Stream * stream)
{
  Content *self = stream->content;
  gboolean is_last;

  g_mutex_lock (&self->lock);
  is_last = !stream->has_ended && --self->n_open == 0;
  stream->has_ended = TRUE;
  g_mutex_unlock (&self->lock);
  if (is_last)
    gst_element_post_message (GST_ELEMENT (self->bin),
        gst_message_new_element (GST_OBJECT (self->bin),
            gst_structure_new_empty ("content-ended")));
}

static GstPadProbeReturn
on_end (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  end_stream (data);
  return GST_PAD_PROBE_REMOVE;
}

static GstPadProbeReturn
on_data (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  const Stream *stream = data;

  g_atomic_int_inc (&stream->content->n_buffers);
  return is_read (stream) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
add_probe (Stream * stream, GstPad * pad, GstPadProbeType type,
    GstPadProbeCallback callback)
{
  gst_pad_add_probe (pad, type, callback, g_atomic_rc_box_acquire (stream),
      stream_unref);
}

/* seiextract needs to know the alignment, which demuxers leave out. Those of MP4, Matroska
 * and FLV have an access unit in each buffer (ISO/IEC 14496-15). */
static GstPadProbeReturn
on_caps (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps, *aligned;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  if (gst_structure_has_field (gst_caps_get_structure (caps, 0), "alignment"))
    return GST_PAD_PROBE_OK;
  aligned = gst_caps_copy (caps);
  gst_caps_set_simple (aligned, "alignment", G_TYPE_STRING, "au", NULL);
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_caps (aligned);
  gst_caps_unref (aligned);
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

/* Returns: (transfer none): the element, in the bin, behind the last of the stream */
static GstElement *
append (Stream * stream, const char *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  gst_bin_add (stream->content->bin, element);
  stream->elements[stream->n_elements++] = element;
  return element;
}

/* Whether its buffers are neither access units nor NAL units, as MPEG-TS and files of
 * video alone have it */
static gboolean
is_in_pieces (const GstStructure * caps)
{
  return g_strcmp0 (gst_structure_get_string (caps, "stream-format"),
      "byte-stream") == 0 && !gst_structure_has_field (caps, "alignment");
}

/* Makes seiextract and what it needs. */
static void
read_video (Stream * stream, const GstStructure * caps)
{
  const gboolean in_pieces = is_in_pieces (caps);
  GstElement *split = in_pieces ? append (stream, "nalsplit") : NULL;
  GstElement *filter;

  stream->extract = append (stream, "seiextract");
  set_up_extract (stream->extract, stream->content->settings);
  filter = append (stream, "capsfilter");
  gst_util_set_object_arg (G_OBJECT (filter), "caps", "application/x-json");
  gst_element_link_pads (stream->extract, "metadata", filter, "sink");
  if (split) {
    gst_element_link (split, stream->extract);
  } else {
    g_autoptr (GstPad) sink =
        gst_element_get_static_pad (stream->extract, "sink");

    gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_caps,
        NULL, NULL);
  }
}

/* Links the elements, from the last to the first, so that nothing comes too early. */
static void
link_stream (Stream * stream, GstPad * pad)
{
  GstElement *funnel = stream->content->funnel;
  GstElement *last = stream->elements[stream->n_elements - 1];
  g_autoptr (GstPad) sink =
      gst_element_get_static_pad (stream->elements[0], "sink");
  g_autoptr (GstPad) end = gst_element_get_static_pad (last, "src");

  gst_element_link (last, funnel);
  /* parsebin may read a file before the bin has come to it */
  gst_element_sync_state_with_parent (funnel);
  add_probe (stream, end, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_end);
  for (guint i = stream->n_elements; i > 0; i--)
    gst_element_sync_state_with_parent (stream->elements[i - 1]);
  gst_pad_link (pad, sink);
}

static void
watch (const Stream * stream)
{
  const Content *self = stream->content;
  const char *name = self->is_rtp ? NULL : stream->name;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (stream->extract ?
      stream->extract : stream->elements[stream->n_elements - 1], "src");

  inspect_watch (self->settings->inspect, pad, !stream->extract, self->name,
      name);
}

static Stream *
new_stream (Content * self, GstPad * pad)
{
  Stream *stream = g_atomic_rc_box_new0 (Stream);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const GstStructure *structure;

  if (!caps)
    caps = gst_pad_query_caps (pad, NULL);
  structure = gst_caps_get_structure (caps, 0);
  stream->content = self;
  stream->pad = pad;
  stream->type = g_strdup (gst_structure_get_name (structure));
  if (g_str_equal (stream->type, "video/x-h264")
      || g_str_equal (stream->type, "video/x-h265"))
    read_video (stream, structure);
  else if (g_str_equal (stream->type, "application/x-ndjson"))
    append (stream, "linesplit");
  return stream;
}

void
content_add_pad (Content * self, GstPad * pad)
{
  Stream *stream = new_stream (self, pad);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->streams, stream);
  stream->name = g_strdup_printf ("%u", ++self->n_streams);
  self->n_open++;
  g_mutex_unlock (&self->lock);
  add_probe (stream, pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_data);
  if (is_read (stream)) {
    if (self->settings->inspect)
      watch (stream);
    link_stream (stream, pad);
  } else {
    add_probe (stream, pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_end);
  }
}

/* Returns: (transfer full) (nullable): the stream, which is none of the content's now */
static Stream *
steal_stream (Content * self, const GstPad * pad)
{
  Stream *stream = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len && !stream; i++)
    if (((Stream *) self->streams->pdata[i])->pad == pad)
      stream = g_ptr_array_steal_index (self->streams, i);
  g_mutex_unlock (&self->lock);
  return stream;
}

/* What is still in the elements goes through before. */
static void
remove_elements (Stream * stream)
{
  Content *self = stream->content;
  g_autoptr (GstPad) sink =
      gst_element_get_static_pad (stream->elements[0], "sink");
  g_autoptr (GstPad) end =
      gst_element_get_static_pad (stream->elements[stream->n_elements - 1],
      "src");
  g_autoptr (GstPad) place = gst_pad_get_peer (end);

  gst_pad_send_event (sink, gst_event_new_eos ());
  for (guint i = 0; i < stream->n_elements; i++) {
    gst_element_set_state (stream->elements[i], GST_STATE_NULL);
    gst_bin_remove (self->bin, stream->elements[i]);
  }
  gst_element_release_request_pad (self->funnel, place);
}

void
content_remove_pad (Content * self, GstPad * pad)
{
  Stream *stream = steal_stream (self, pad);

  if (!stream)
    return;
  if (is_read (stream))
    remove_elements (stream);
  end_stream (stream);
  stream_unref (stream);
}

guint
content_get_n_buffers (Content * self)
{
  return g_atomic_int_get (&self->n_buffers);
}

GPtrArray *
content_get_stats (Content * self)
{
  GPtrArray *all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len; i++) {
    const Stream *stream = self->streams->pdata[i];
    GstStructure *stats;

    if (!stream->extract)
      continue;
    g_object_get (stream->extract, "stats", &stats, NULL);
    g_ptr_array_add (all, stats);
  }
  g_mutex_unlock (&self->lock);
  return all;
}

static char *
describe (const Stream * stream)
{
  if (g_str_equal (stream->type, "video/x-h264"))
    return g_strdup ("H.264");
  if (g_str_equal (stream->type, "video/x-h265"))
    return g_strdup ("H.265");
  if (is_read (stream))
    return g_strdup ("JSON lines");
  return g_strconcat (stream->type, " (not read)", NULL);
}

void
content_inspect (Content * self, gint64 n_lost)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len; i++) {
    const Stream *stream = self->streams->pdata[i];
    g_autofree char *codec = describe (stream);
    g_autoptr (GstStructure) stats = NULL;

    if (stream->extract)
      g_object_get (stream->extract, "stats", &stats, NULL);
    inspect_stream (self->settings->inspect, self->name, stream->name, codec,
        stats ? (gint64) explain_get (stats, "access-units") : -1, n_lost);
  }
  g_mutex_unlock (&self->lock);
}

/* What there is, by media type. Returns a list for users; NULL if there is nothing. */
static char *
list_types (Content * self, gboolean are_read, gboolean * has_h264,
    gboolean * has_h265)
{
  GString *list = g_string_new (NULL);

  *has_h264 = *has_h265 = FALSE;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len; i++) {
    const Stream *stream = self->streams->pdata[i];

    *has_h264 |= g_str_equal (stream->type, "video/x-h264");
    *has_h265 |= g_str_equal (stream->type, "video/x-h265");
    if (is_read (stream) == are_read && !strstr (list->str, stream->type))
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "",
          stream->type);
  }
  g_mutex_unlock (&self->lock);
  return g_string_free (list, list->len == 0);
}

static guint64
sum (GPtrArray * stats, const char *name)
{
  guint64 n = 0;

  for (guint i = 0; i < stats->len; i++)
    n += explain_get (stats->pdata[i], name);
  return n;
}

gboolean
content_explain (Content * self, Explanation * explanation)
{
  g_autoptr (GPtrArray) stats = content_get_stats (self);
  GstStructure **structures = (GstStructure **) stats->pdata;
  gboolean has_h264, has_h265;
  g_autofree char *others = list_types (self, FALSE, &has_h264, &has_h265);
  g_autofree char *read = list_types (self, TRUE, &has_h264, &has_h265);

  explanation_note (explanation, has_h264);
  explanation_note (explanation, has_h265);
  explanation_note (explanation, others != NULL);
  if (has_h264 || has_h265) {
    if (explanation_note (explanation, sum (stats, "access-units") == 0))
      explanation_add (explanation, "%s of which no frame is complete: check"
          " the camera, and the network", has_h264 ? "H.264" : "H.265");
    else if (explain_ignored_sei (explanation, structures, stats->len))
      return TRUE;
    else if (explanation_note (explanation, sum (stats, "messages") == 0))
      explain_no_sei (explanation, has_h264, has_h265,
          sum (stats, "ignored-banners") > 0, NULL);
    else
      explanation_add (explanation, "%s whose SEI have ended: check what"
          " writes them", has_h264 ? "H.264" : "H.265");
  } else if (read) {
    explanation_add (explanation, "JSON lines that have ended: check what"
        " writes them");
  } else if (others) {
    explanation_add (explanation, "no video of H.264 or H.265, but %s: let the"
        " camera send H.264 or H.265", others);
  }
  return read || others;
}
