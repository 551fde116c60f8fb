/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "content.h"

#include <string.h>

#include "explain.h"
#include "format.h"
#include "thins.h"

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
  const ThinSettings *thin;
  ContentFilter filter;         /* NULL: everything goes on */
  gpointer filter_data;
  gint64 n_frames_gone;         /* of streams that were taken away; -1: none was a video */
};

/* Its probes and handlers hold it, too. */
typedef struct
{
  Content *content;
  GstPad *pad;                  /* where it comes from; names it, as long as it is there */
  gulong probe;                 /* at the pad */
  char *name;                   /* for users; NULL: it is not ours to speak of */
  char *type;                   /* media type */
  const Format *format;         /* NULL: it is passed over */
  GstElement *reader;           /* seiextract or klvtojson; NULL: it is neither */
  GstElement *elements[FORMAT_MAX_ELEMENTS];    /* none: it is passed over */
  guint n_elements;
  guint n_streams;              /* so far, of its own */
  gint has_buffers;             /* atomic */
  gint has_unknown;             /* atomic; something that the demuxer of FLV does not know */
  gboolean has_ended;
  Thins *thins;                 /* NULL: everything goes on */
} Stream;

static void
stream_clear (gpointer data)
{
  Stream *self = data;

  g_free (self->name);
  g_free (self->type);
  g_clear_pointer (&self->thins, thins_free);
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

static gboolean
is_of (const Stream * stream, FormatId id)
{
  return stream->format && stream->format->id == id;
}

static gboolean
has_streams (const Stream * stream)
{
  return stream->format && format_has_streams (stream->format);
}

static gboolean
is_video (const Stream * stream)
{
  return is_of (stream, FORMAT_H264) || is_of (stream, FORMAT_H265);
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
  self->n_frames_gone = -1;
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
content_set_filter (Content * self, const ThinSettings * thin,
    ContentFilter filter, gpointer data)
{
  self->thin = thin;
  self->filter = filter;
  self->filter_data = data;
}

/* It tells of the pads that it loses until it is freed, which a message that nobody has
 * taken yet may put off. */
static void
leave_demuxer (Stream * stream)
{
  g_signal_handlers_disconnect_by_data (stream->elements[stream->n_elements -
          1], stream);
}

void
content_free (Content * self)
{
  for (guint i = 0; i < self->streams->len; i++) {
    Stream *stream = self->streams->pdata[i];

    if (has_streams (stream))
      leave_demuxer (stream);
  }
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
on_pad (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Stream *stream = data;

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    /* that of records is behind its elements, and streams of its own have theirs */
    if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS
        && (has_streams (stream) || !is_read (stream)))
      end_stream (stream);
    return GST_PAD_PROBE_OK;
  }
  g_atomic_int_set (&stream->has_buffers, TRUE);
  /* Random bytes can look like a transport stream. */
  if (!has_streams (stream))
    g_atomic_int_inc (&stream->content->n_buffers);
  return is_read (stream) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static gulong
add_probe (Stream * stream, GstPad * pad, GstPadProbeType type,
    GstPadProbeCallback callback)
{
  return gst_pad_add_probe (pad, type, callback,
      g_atomic_rc_box_acquire (stream), stream_unref);
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
  GstElement *split = is_in_pieces (caps) ? append (stream, "nalsplit") : NULL;
  GstElement *filter;

  stream->reader = append (stream, "seiextract");
  set_up_extract (stream->reader, stream->content->settings);
  filter = append (stream, "capsfilter");
  gst_util_set_object_arg (G_OBJECT (filter), "caps", "application/x-json");
  gst_element_link_pads (stream->reader, "metadata", filter, "sink");
  if (split) {
    gst_element_link (split, stream->reader);
  } else {
    g_autoptr (GstPad) sink =
        gst_element_get_static_pad (stream->reader, "sink");

    gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_caps,
        NULL, NULL);
  }
}

/* Makes what its format names. Without the plugins for it, it is passed over. */
static void
read_others (Stream * stream)
{
  const Format *format = stream->format;

  if (!format_has_factories (format)) {
    stream->format = NULL;
    return;
  }
  for (guint i = 0; i < FORMAT_MAX_ELEMENTS && format->factories[i]; i++) {
    append (stream, format->factories[i]);
    if (i > 0)
      gst_element_link (stream->elements[i - 1], stream->elements[i]);
  }
  if (format->id == FORMAT_KLV)
    stream->reader = stream->elements[stream->n_elements - 1];
}

static void
on_own_pad (GstElement * demuxer, GstPad * pad, gpointer data)
{
  Stream *stream = data;
  g_autofree char *name = stream->name ?
      g_strdup_printf ("%s %u", stream->name, ++stream->n_streams) : NULL;

  content_add_pad (stream->content, pad, name);
}

static void
on_own_pad_gone (GstElement * demuxer, GstPad * pad, gpointer data)
{
  const Stream *stream = data;

  if (GST_STATE_TARGET (stream->content->bin) > GST_STATE_READY)
    content_remove_pad (stream->content, pad);
}

static void
release (gpointer data, GClosure * closure)
{
  stream_unref (data);
}

/* The events of FLV are a stream beside those of its demuxer. */
static void
take_events (Stream * stream)
{
  g_autoptr (GstPad) pad =
      gst_element_request_pad_simple (stream->elements[0], "metadata");

  content_add_pad (stream->content, pad, NULL);
}

static void
leave_events (Stream * stream)
{
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (stream->elements[0], "metadata");

  content_remove_pad (stream->content, pad);
  gst_element_release_request_pad (stream->elements[0], pad);
}

/* Hands the bytes on to the demuxer of FLV. To it a tag of a codec that it does not know is an
 * error, and what is behind that tag waits for the next call: all of it has to go through. */
static GstPadProbeReturn
on_flv (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Stream *stream = data;
  g_autoptr (GstPad) sink = gst_pad_get_peer (pad);
  GstFlowReturn ret = gst_pad_chain (sink, GST_PAD_PROBE_INFO_BUFFER (info));

  while (ret == GST_FLOW_ERROR) {
    g_atomic_int_set (&stream->has_unknown, TRUE);
    ret = gst_pad_chain (sink, gst_buffer_new ());
  }
  GST_PAD_PROBE_INFO_DATA (info) = NULL;
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = ret;
  return GST_PAD_PROBE_HANDLED;
}

/* To the demuxer the end of a stream of events alone, or of nothing, is an error, too. */
static void
take_flv (Stream * stream, GstElement * demuxer)
{
  g_autoptr (GstPad) src =
      gst_element_get_static_pad (stream->elements[0], "src");

  gst_element_set_bus (demuxer, NULL);
  add_probe (stream, src, GST_PAD_PROBE_TYPE_BUFFER, on_flv);
  take_events (stream);
}

static void
take_streams (Stream * stream)
{
  GstElement *demuxer = stream->elements[stream->n_elements - 1];

  g_signal_connect_data (demuxer, "pad-added", G_CALLBACK (on_own_pad),
      g_atomic_rc_box_acquire (stream), release, G_CONNECT_DEFAULT);
  g_signal_connect_data (demuxer, "pad-removed", G_CALLBACK (on_own_pad_gone),
      g_atomic_rc_box_acquire (stream), release, G_CONNECT_DEFAULT);
  /* What one sender sends is no error of all that come to the ports. */
  if (stream->content->is_rtp)
    gst_element_set_bus (demuxer, NULL);
  if (is_of (stream, FORMAT_FLV))
    take_flv (stream, demuxer);
}

/* Each stream by itself: what it has more of is not at the cost of another one. */
static GstPadProbeReturn
on_message (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Stream *stream = data;
  GstBuffer *message = GST_PAD_PROBE_INFO_BUFFER (info);
  const Content *self = stream->content;

  return self->filter (message, thins_get (stream->thins, message),
      self->filter_data) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
link_records (Stream * stream)
{
  GstElement *funnel = stream->content->funnel;
  GstElement *last = stream->elements[stream->n_elements - 1];
  g_autoptr (GstPad) end = gst_element_get_static_pad (last, "src");

  gst_element_link (last, funnel);
  /* parsebin may read a file before the bin has come to it */
  gst_element_sync_state_with_parent (funnel);
  add_probe (stream, end, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_end);
  if (!stream->content->filter)
    return;
  stream->thins = thins_new (stream->content->thin);
  add_probe (stream, end, GST_PAD_PROBE_TYPE_BUFFER, on_message);
}

/* Links the elements, from the last to the first, so that nothing comes too early. */
static void
link_stream (Stream * stream, GstPad * pad)
{
  g_autoptr (GstPad) sink =
      gst_element_get_static_pad (stream->elements[0], "sink");

  if (has_streams (stream))
    take_streams (stream);
  else
    link_records (stream);
  for (guint i = stream->n_elements; i > 0; i--)
    gst_element_sync_state_with_parent (stream->elements[i - 1]);
  gst_pad_link (pad, sink);
}

static void
watch (const Stream * stream)
{
  const Content *self = stream->content;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (is_video (stream) ?
      stream->reader : stream->elements[stream->n_elements - 1], "src");
  g_autoptr (GstElement) extract = gst_pad_get_parent_element (stream->pad);

  if (is_of (stream, FORMAT_SCRIPT))
    inspect_watch_events (self->settings->inspect, extract, self->name,
        stream->name);
  else
    inspect_watch (self->settings->inspect, pad, !is_video (stream),
        self->name, stream->name);
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
  stream->format = format_find (structure);
  if (is_video (stream))
    read_video (stream, structure);
  else if (stream->format)
    read_others (stream);
  return stream;
}

/* With the lock */
static char *
make_name (Content * self, const Stream * stream, const char *name)
{
  if (name || self->is_rtp || has_streams (stream))
    return g_strdup (name);
  return g_strdup_printf ("%u", ++self->n_streams);
}

void
content_add_pad (Content * self, GstPad * pad, const char *name)
{
  Stream *stream = new_stream (self, pad);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->streams, stream);
  stream->name = make_name (self, stream, name);
  self->n_open++;
  g_mutex_unlock (&self->lock);
  stream->probe = add_probe (stream, pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_BUFFER_LIST | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      on_pad);
  if (!is_read (stream))
    return;
  if (self->settings->inspect && !has_streams (stream))
    watch (stream);
  link_stream (stream, pad);
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

/* Returns: (transfer full) (nullable): the pad of the funnel that its records go to */
static GstPad *
get_place (const Stream * stream)
{
  g_autoptr (GstPad) end =
      gst_element_get_static_pad (stream->elements[stream->n_elements - 1],
      "src");

  return end ? gst_pad_get_peer (end) : NULL;
}

/* Returns: how many frames it has had; -1: it has none */
static gint64
count_frames (const Stream * stream)
{
  g_autoptr (GstStructure) stats = NULL;

  if (!is_video (stream))
    return -1;
  g_object_get (stream->reader, "stats", &stats, NULL);
  return explain_get (stats, "access-units");
}

/* @n: -1: there are none */
static void
add_frames (gint64 * n, const Stream * stream)
{
  const gint64 n_frames = stream->name ? count_frames (stream) : -1;

  if (n_frames >= 0)
    *n = MAX (*n, 0) + n_frames;
}

gint64
content_get_n_frames (Content * self)
{
  gint64 n;

  g_mutex_lock (&self->lock);
  n = self->n_frames_gone;
  for (guint i = 0; i < self->streams->len; i++)
    add_frames (&n, self->streams->pdata[i]);
  g_mutex_unlock (&self->lock);
  return n;
}

/* They are counted all the same. */
static void
keep_frames (Content * self, const Stream * stream)
{
  g_mutex_lock (&self->lock);
  add_frames (&self->n_frames_gone, stream);
  g_mutex_unlock (&self->lock);
}

/* What is still in the elements goes through before. */
static void
remove_elements (Stream * stream)
{
  Content *self = stream->content;
  g_autoptr (GstPad) sink =
      gst_element_get_static_pad (stream->elements[0], "sink");
  g_autoptr (GstPad) place = get_place (stream);

  if (is_of (stream, FORMAT_FLV))
    leave_events (stream);
  gst_pad_send_event (sink, gst_event_new_eos ());
  gst_pad_unlink (stream->pad, sink);
  keep_frames (self, stream);
  for (guint i = 0; i < stream->n_elements; i++) {
    gst_element_set_state (stream->elements[i], GST_STATE_NULL);
    /* its own streams have gone */
    if (has_streams (stream) && i + 1 == stream->n_elements)
      leave_demuxer (stream);
    gst_bin_remove (self->bin, stream->elements[i]);
  }
  if (place)
    gst_element_release_request_pad (self->funnel, place);
}

void
content_remove_pad (Content * self, GstPad * pad)
{
  Stream *stream = steal_stream (self, pad);

  if (!stream)
    return;
  gst_pad_remove_probe (pad, stream->probe);
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

/* Returns: (transfer full): the properties `stats` of what reads video, or KLV
 * @is_named: of streams that have a name, or of the others */
static GPtrArray *
get_stats (Content * self, gboolean of_video, gboolean is_named)
{
  GPtrArray *all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len; i++) {
    const Stream *stream = self->streams->pdata[i];
    GstStructure *stats;

    if (!stream->reader || is_video (stream) != of_video
        || (stream->name != NULL) != is_named)
      continue;
    g_object_get (stream->reader, "stats", &stats, NULL);
    g_ptr_array_add (all, stats);
  }
  g_mutex_unlock (&self->lock);
  return all;
}

GPtrArray *
content_get_stats (Content * self)
{
  return get_stats (self, TRUE, FALSE);
}

static char *
describe (const Stream * stream)
{
  if (is_read (stream))
    return g_strdup (stream->format->codec);
  return g_strconcat (stream->type, " (not read)", NULL);
}

/* See on_own_pad(). @name: (nullable): any */
static gboolean
is_in (const Stream * stream, const char *name)
{
  const gsize length = name ? strlen (name) : 0;

  return !name || (strncmp (stream->name, name, length) == 0
      && stream->name[length] == ' ');
}

void
content_inspect (Content * self, const char *name, gint64 n_lost)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len; i++) {
    const Stream *stream = self->streams->pdata[i];
    g_autofree char *codec = describe (stream);

    if (stream->name && !has_streams (stream) && is_in (stream, name))
      inspect_stream (self->settings->inspect, self->name, stream->name, codec,
          count_frames (stream), n_lost);
  }
  g_mutex_unlock (&self->lock);
}

/* What there is, of what is ours to speak of */
typedef struct
{
  gboolean has[N_FORMATS];
  gboolean has_klv_buffers;
  guint64 n_unreadable;         /* tags of script data */
  GString *others;              /* what is passed over, with commas between */
} Found;

static void
note_other (Found * found, const char *text)
{
  if (!strstr (found->others->str, text))
    g_string_append_printf (found->others, "%s%s",
        found->others->len > 0 ? ", " : "", text);
}

/* Returns: how many tags of script data gave no record, though they were to */
static guint64
count_unreadable (const Stream * stream)
{
  g_autoptr (GstStructure) stats = NULL;

  g_object_get (stream->elements[0], "stats", &stats, NULL);
  return explain_get (stats, "broken") + explain_get (stats, "too-large");
}

static void
note_stream (Found * found, const Stream * stream)
{
  const gboolean has_buffers = g_atomic_int_get (&stream->has_buffers);

  if (!is_read (stream)) {
    note_other (found, stream->type);
    return;
  }
  if (is_of (stream, FORMAT_FLV))
    found->n_unreadable += count_unreadable (stream);
  if (g_atomic_int_get (&stream->has_unknown))
    note_other (found, "FLV with a codec that is not known");
  /* FLV always has a place for script data */
  if (is_of (stream, FORMAT_SCRIPT) && !has_buffers)
    return;
  /* a transport stream has no name */
  found->has[stream->format->id] |= stream->name || has_streams (stream);
  found->has_klv_buffers |= is_of (stream, FORMAT_KLV) && stream->name
      && has_buffers;
}

static void
find (Content * self, Found * found)
{
  *found = (Found) {
  .others = g_string_new (NULL)};
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len; i++)
    note_stream (found, self->streams->pdata[i]);
  g_mutex_unlock (&self->lock);
}

static guint64
sum (GPtrArray * stats, const char *name)
{
  guint64 n = 0;

  for (guint i = 0; i < stats->len; i++)
    n += explain_get (stats->pdata[i], name);
  return n;
}

static void
explain_video (Content * self, Explanation * explanation, const Found * found)
{
  const char *codec = found->has[FORMAT_H264] ? "H.264" : "H.265";
  g_autoptr (GPtrArray) stats = get_stats (self, TRUE, TRUE);

  if (explanation_note (explanation, sum (stats, "access-units") == 0))
    explanation_add (explanation, "%s of which no frame is complete: check"
        " the camera, and the network", codec);
  else if (explain_ignored_sei (explanation, (GstStructure **) stats->pdata,
          stats->len))
    return;
  else if (explanation_note (explanation, sum (stats, "messages") > 0))
    explanation_add (explanation, "%s whose SEI have ended: check what"
        " writes them", codec);
  else {
    explain_no_sei (explanation, found->has[FORMAT_H264],
        found->has[FORMAT_H265],
        sum (stats, "ignored-banners") + sum (stats, "times") > 0, NULL);
    if (found->has[FORMAT_MPEG_TS] && !found->has[FORMAT_KLV])
      explanation_add (explanation, "no KLV");
    if (found->has[FORMAT_FLV] && !found->has[FORMAT_SCRIPT]
        && found->n_unreadable == 0)
      explanation_add (explanation, "no script data");
  }
}

/* The demuxer of MPEG-TS keeps what it knows no time for, and has a pad for what is never sent. */
static void
explain_klv (Content * self, Explanation * explanation, gboolean has_buffers)
{
  g_autoptr (GPtrArray) stats = get_stats (self, FALSE, TRUE);

  if (explanation_note (explanation, !has_buffers))
    explanation_add (explanation, "KLV of which nothing comes: check that what"
        " writes it sends some, with times (PTS) if there is no video beside it");
  else if (explanation_note (explanation, sum (stats, "units") == 0))
    explanation_add (explanation, "KLV of which no unit is complete: check"
        " what writes it, and the network");
  else
    explanation_add (explanation, "KLV that has ended: check what writes it");
}

gboolean
content_explain (Content * self, Explanation * explanation)
{
  Found found;
  gboolean has_others, is_read;

  find (self, &found);
  has_others = found.others->len > 0;
  explanation_note (explanation, found.has[FORMAT_H264]);
  explanation_note (explanation, found.has[FORMAT_H265]);
  explanation_note (explanation, found.has[FORMAT_KLV]);
  explanation_note (explanation, found.has[FORMAT_SCRIPT]);
  explanation_note (explanation, has_others);
  explanation_note (explanation, found.n_unreadable > 0);
  is_read = found.has[FORMAT_H264] || found.has[FORMAT_H265]
      || found.has[FORMAT_KLV] || found.has[FORMAT_LINES]
      || found.has[FORMAT_SCRIPT];
  if (found.has[FORMAT_H264] || found.has[FORMAT_H265])
    explain_video (self, explanation, &found);
  if (found.has[FORMAT_KLV])
    explain_klv (self, explanation, found.has_klv_buffers);
  else if (found.has[FORMAT_SCRIPT] && found.n_unreadable == 0)
    explanation_add (explanation, "script data that has ended: check what"
        " writes it, and whether a server on the way passes it on (nginx-rtmp:"
        " onMetaData alone, with 'meta copy;')");
  if (found.n_unreadable > 0)
    explanation_add (explanation, "script data that is broken or larger than"
        " 1 MiB (%" G_GUINT64_FORMAT " times): check what writes it, or changes"
        " it on the way", found.n_unreadable);
  if (found.has[FORMAT_LINES])
    explanation_add (explanation, "JSON lines that have ended: check what"
        " writes them");
  if (!is_read && has_others)
    explanation_add (explanation, "no video of H.264 or H.265 and no %s, but"
        " %s: let the camera send one of these",
        found.has[FORMAT_FLV] ? "script data" : "KLV", found.others->str);
  else if (!is_read && found.has[FORMAT_FLV] && found.n_unreadable == 0)
    explanation_add (explanation,
        "FLV with nothing in it: check what writes it");
  g_string_free (found.others, TRUE);
  return is_read || has_others || found.has[FORMAT_FLV];
}
