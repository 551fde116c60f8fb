/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Everything that GStreamer has a source and parsebin for:
 *
 *     udpsrc | srtsrc | souphttpsrc | filesrc | rtspsrc | rtmp2src ! parsebin
 *
 * parsebin takes containers apart and depayloads RTP. It stops before the parsers of
 * video, because h264parse and h265parse drop every SEI that comes before the first
 * sequence parameter set: all of it up to the next key frame where a stream is joined in
 * the middle. It stops before MPEG-TS and FLV as well, which are the content's affair: MPEG-TS
 * comes in RTP, too, and there is more in both than what demuxers make of it.
 */

#include "inputclass.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

/* Bytes of each UDP receive buffer, as rtpseisrc has them */
#define RECEIVE_BUFFER_SIZE (8 * 1024 * 1024)

#define RTSP_LATENCY_MS 200

/* souphttpsrc has 15; longer than an input may be silent */
#define HTTP_TIMEOUT_S 16

/* A caller that has sent nothing for so long may have been replaced by another. One that
 * sends a picture a second has not. */
#define CALLER_SILENT_US (2 * G_TIME_SPAN_SECOND)

/* Handlers of signals hold it, too. */
typedef struct
{
  const InputSpec *spec;
  GstBin *bin;                  /* NULL: it is closed */
  GstElement *element;          /* the source */
  Content *content;

  GMutex lock;
  guint64 n_bytes;
  gint64 data_us;               /* when the last of them came */
  guint8 first;                 /* byte */
  gboolean has_ended;           /* the source sent EOS */
  GList *containers;            /* demuxers there are: GstElementFactory */
} Stream;

/* --- what comes from the source --------------------------------------------- */

static void
count (Stream * self, GstBuffer * buffer)
{
  g_mutex_lock (&self->lock);
  if (self->n_bytes == 0)
    gst_buffer_extract (buffer, 0, &self->first, 1);
  self->n_bytes += gst_buffer_get_size (buffer);
  self->data_us = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
}

static gboolean
count_one (GstBuffer ** buffer, guint i, gpointer data)
{
  count (data, *buffer);
  return TRUE;
}

static GstPadProbeReturn
on_source_data (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Stream *self = data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    if (GST_PAD_PROBE_INFO_BUFFER (info))
      count (self, GST_PAD_PROBE_INFO_BUFFER (info));
  } else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    gst_buffer_list_foreach (GST_PAD_PROBE_INFO_BUFFER_LIST (info), count_one,
        self);
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS) {
    g_mutex_lock (&self->lock);
    self->has_ended = TRUE;
    g_mutex_unlock (&self->lock);
  }
  return GST_PAD_PROBE_OK;
}

/* --- what it contains -------------------------------------------------------- */

static void
stream_clear (gpointer data)
{
  Stream *self = data;

  gst_plugin_feature_list_free (self->containers);
  g_mutex_clear (&self->lock);
}

static void
release (gpointer data, GClosure * closure)
{
  g_atomic_rc_box_release_full (data, stream_clear);
}

/* The handler may still be at work, in a thread of a library, when the input is closed. */
static void
connect_signal (Stream * self, GstElement * element, const char *name,
    GCallback handler)
{
  g_signal_connect_data (element, name, handler,
      g_atomic_rc_box_acquire (self), release, G_CONNECT_DEFAULT);
}

static void
on_stream (GstElement * parsebin, GstPad * pad, gpointer data)
{
  Stream *self = data;

  content_add_pad (self->content, pad, NULL);
}

/* The source has something else to give, or it is closed, perhaps for long: a message that
 * nobody has taken yet holds parsebin. */
static void
on_stream_gone (GstElement * parsebin, GstPad * pad, gpointer data)
{
  Stream *self = data;

  if (self->bin && GST_STATE_TARGET (self->bin) > GST_STATE_READY)
    content_remove_pad (self->content, pad);
}

/* Whether there is something in it that is a stream of its own, which is not the content's
 * affair */
static gboolean
on_autoplug_continue (GstElement * parsebin, GstPad * pad, GstCaps * caps,
    gpointer data)
{
  Stream *self = data;
  GList *demuxers = gst_element_factory_list_filter (self->containers, caps,
      GST_PAD_SINK, FALSE);
  const Format *format = format_find (gst_caps_get_structure (caps, 0));
  const gboolean is_container = demuxers != NULL
      && !(format && format_has_streams (format));

  gst_plugin_feature_list_free (demuxers);
  return is_container;
}

/* rtmp2src drops what nobody has taken from it when the server says that a stream has ended:
 * so its thread does nothing else.
 * @sink: (transfer full):
 * Returns: (transfer full): what the source is linked to */
static GstPad *
add_queue (Stream * self, GstPad * sink)
{
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  g_autoptr (GstPad) src = gst_element_get_static_pad (queue, "src");

  gst_bin_add (self->bin, queue);
  gst_pad_link (src, sink);
  gst_element_sync_state_with_parent (queue);
  gst_object_unref (sink);
  return gst_element_get_static_pad (queue, "sink");
}

static void
add_source_pad (Stream * self, GstPad * pad)
{
  GstElement *parsebin = gst_element_factory_make ("parsebin", NULL);
  GstPad *sink;

  connect_signal (self, parsebin, "pad-added", G_CALLBACK (on_stream));
  connect_signal (self, parsebin, "pad-removed", G_CALLBACK (on_stream_gone));
  connect_signal (self, parsebin, "autoplug-continue",
      G_CALLBACK (on_autoplug_continue));
  gst_bin_add (self->bin, parsebin);
  sink = gst_element_get_static_pad (parsebin, "sink");
  gst_element_sync_state_with_parent (parsebin);
  if (self->spec->kind == INPUT_RTMP)
    sink = add_queue (self, sink);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_BUFFER_LIST | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      on_source_data, self, NULL);
  gst_pad_link (pad, sink);
  gst_object_unref (sink);
}

static void
on_source_pad (GstElement * element, GstPad * pad, gpointer data)
{
  add_source_pad (data, pad);
}

/* --- the sources ------------------------------------------------------------- */

/* What stands before @ in the authority, if anything does, as two properties */
static void
set_login (GstElement * element, const char *text)
{
  g_autoptr (GstUri) uri = gst_uri_from_string (text);
  const char *login = uri ? gst_uri_get_userinfo (uri) : NULL;
  g_auto (GStrv) parts = login ? g_strsplit (login, ":", 2) : NULL;

  if (!login)
    return;
  g_object_set (element, "user-id", parts[0], "user-pw",
      parts[0] && parts[1] ? parts[1] : "", NULL);
}

static void
set_up_udp (GstElement * element, const InputSpec * spec,
    const InputSettings * settings)
{
  g_autoptr (GInetAddress) address = spec->host ?
      g_inet_address_new_from_string (spec->host) : NULL;

  /* two programs at one port would take each other's datagrams away */
  g_object_set (element, "reuse", address
      && g_inet_address_get_is_multicast (address), NULL);
  g_object_set (element, "address", spec->host ? spec->host : "::",
      "port", atoi (spec->port), "buffer-size", RECEIVE_BUFFER_SIZE,
      "multicast-iface", settings->interface, NULL);
}

static void
set_up_srt (GstElement * element, const InputSpec * spec,
    const InputSettings * settings)
{
  /* a connection that breaks is opened anew, and what comes then read from its start */
  g_object_set (element, "uri", spec->uri, "auto-reconnect", FALSE,
      "poll-timeout", 100, NULL);
}

/* What has another timeout than others shares no session with them, and so no login. */
static void
set_up_http (GstElement * element, const InputSpec * spec,
    const InputSettings * settings)
{
  g_object_set (element, "timeout", HTTP_TIMEOUT_S, NULL);
  g_object_set (element, "location", spec->uri, NULL);
  set_login (element, spec->uri);
}

static void
set_up_file (GstElement * element, const InputSpec * spec,
    const InputSettings * settings)
{
  g_object_set (element, "location", spec->path, NULL);
}

static void
set_up_rtsp (GstElement * element, const InputSpec * spec,
    const InputSettings * settings)
{
  g_object_set (element, "location", spec->uri,
      "latency", settings->latency_ms < 0 ? RTSP_LATENCY_MS :
      settings->latency_ms, "add-reference-timestamp-meta", TRUE, NULL);
}

static void
set_up_rtmp (GstElement * element, const InputSpec * spec,
    const InputSettings * settings)
{
  g_object_set (element, "location", spec->uri, NULL);
}

static const struct
{
  InputKind kind;
  const char *factory;
  void (*set_up) (GstElement * element, const InputSpec * spec,
      const InputSettings * settings);
} sources[] = {
  {INPUT_UDP, "udpsrc", set_up_udp},
  {INPUT_SRT, "srtsrc", set_up_srt},
  {INPUT_HTTP, "souphttpsrc", set_up_http},
  {INPUT_FILE, "filesrc", set_up_file},
  {INPUT_RTSP, "rtspsrc", set_up_rtsp},
  {INPUT_RTMP, "rtmp2src", set_up_rtmp},
};

static GstElement *
make_source (const InputSpec * spec, const InputSettings * settings,
    GError ** error)
{
  GstElement *element = gst_parse_launch_full ("parsebin", NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);
  guint i = 0;

  if (!element)
    return NULL;
  gst_object_unref (element);
  while (sources[i].kind != spec->kind)
    i++;
  element = gst_parse_launch_full (sources[i].factory, NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (element)
    sources[i].set_up (element, spec, settings);
  return element;
}

/* libsrt would take a second caller, and lose what it sends, since srtsrc reads the first.
 * A caller that starts anew comes before libsrt notices, after 5 s, that it had gone: then
 * the input is opened again, and takes it when it calls again. In a thread of libsrt. */
static gboolean
on_caller (GstElement * element, GObject * address, const char *stream_id,
    gpointer data)
{
  Stream *self = data;
  gboolean has_caller, is_silent;

  g_mutex_lock (&self->lock);
  has_caller = self->n_bytes > 0;
  is_silent = g_get_monotonic_time () - self->data_us > CALLER_SILENT_US;
  g_mutex_unlock (&self->lock);
  if (has_caller && is_silent)
    gst_element_post_message (element,
        gst_message_new_element (GST_OBJECT (element),
            gst_structure_new_empty (INPUT_REPLACED_MESSAGE)));
  return !has_caller;
}

static void
watch_callers (Stream * self)
{
  g_object_set (self->element, "authentication", TRUE, NULL);
  connect_signal (self, self->element, "caller-connecting",
      G_CALLBACK (on_caller));
}

/* --- the interface ------------------------------------------------------------ */

static gpointer
stream_open (const InputSpec * spec, const InputSettings * settings,
    GstBin * bin, Content * content, GError ** error)
{
  GstElement *element = make_source (spec, settings, error);
  GstPad *pad;
  Stream *self;

  if (!element)
    return NULL;
  self = g_atomic_rc_box_new0 (Stream);
  self->spec = spec;
  self->bin = bin;
  self->element = element;
  self->content = content;
  self->containers = gst_element_factory_list_get_elements
      (GST_ELEMENT_FACTORY_TYPE_DEMUXER | GST_ELEMENT_FACTORY_TYPE_DEPAYLOADER,
      GST_RANK_MARGINAL);
  g_mutex_init (&self->lock);
  gst_bin_add (bin, element);
  if (spec->kind == INPUT_SRT && spec->is_listener)
    watch_callers (self);
  pad = gst_element_get_static_pad (element, "src");
  if (pad)
    add_source_pad (self, pad);
  else
    connect_signal (self, element, "pad-added", G_CALLBACK (on_source_pad));
  g_clear_pointer (&pad, gst_object_unref);
  return self;
}

static void
stream_close (gpointer source)
{
  Stream *self = source;

  self->bin = NULL;
  release (self, NULL);
}

static char *
stream_describe (gpointer source)
{
  Stream *self = source;

  return g_strconcat ("reading ", self->spec->shown, NULL);
}

static guint64
stream_get_n_bytes (gpointer source)
{
  Stream *self = source;
  guint64 n;

  g_mutex_lock (&self->lock);
  n = self->n_bytes;
  g_mutex_unlock (&self->lock);
  return n;
}

/* In pull mode there is no EOS from the source, and the demuxer knows. */
static gboolean
stream_has_ended (gpointer source)
{
  Stream *self = source;
  GstPad *pad = gst_element_get_static_pad (self->element, "src");
  gboolean has_ended = pad && GST_PAD_MODE (pad) == GST_PAD_MODE_PULL;

  g_clear_pointer (&pad, gst_object_unref);
  g_mutex_lock (&self->lock);
  has_ended |= self->has_ended;
  g_mutex_unlock (&self->lock);
  return has_ended;
}

/* Notes if it has a thread that is at work. */
static void
note_thread (const GValue * value, gpointer data)
{
  GstElement *element = g_value_get_object (value);
  gboolean *is_at_work = data;

  GST_OBJECT_LOCK (element);
  for (GList * item = element->pads; item; item = item->next) {
    GstPad *pad = item->data;

    GST_OBJECT_LOCK (pad);
    *is_at_work |= GST_PAD_TASK (pad)
        && gst_task_get_state (GST_PAD_TASK (pad)) == GST_TASK_STARTED;
    GST_OBJECT_UNLOCK (pad);
  }
  GST_OBJECT_UNLOCK (element);
}

/* The error of a demuxer is lost if it comes while parsebin still plugs it. In pull mode
 * the threads of pads are all there are. */
static gboolean
stream_is_dead (gpointer source)
{
  Stream *self = source;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->element, "src");
  GstIterator *all;
  gboolean is_at_work = FALSE;

  if (!pad || GST_PAD_MODE (pad) != GST_PAD_MODE_PULL)
    return FALSE;
  all = gst_bin_iterate_recurse (self->bin);
  while (gst_iterator_foreach (all, note_thread, &is_at_work)
      == GST_ITERATOR_RESYNC)
    gst_iterator_resync (all);
  gst_iterator_free (all);
  return !is_at_work;
}

/* What has a size has an end. A playlist has a size as well, and its end is marked in it. */
static gboolean
stream_is_finite (gpointer source)
{
  Stream *self = source;
  gint64 size;

  if (self->spec->kind == INPUT_FILE)
    return TRUE;
  return self->spec->kind == INPUT_HTTP
      && gst_element_query_duration (self->element, GST_FORMAT_BYTES, &size)
      && size >= 0;
}

/* RTP in UDP begins with version 2 (RFC 3550, 5.1), and MPEG-TS with 0x47. */
static gboolean
looks_like_rtp (Stream * self)
{
  guint8 first;

  g_mutex_lock (&self->lock);
  first = self->first;
  g_mutex_unlock (&self->lock);
  return self->spec->kind == INPUT_UDP && first >> 6 == 2;
}

static const char *
stream_get_mistake (gpointer source)
{
  return looks_like_rtp (source) ? "RTP: give rtp:// in place of udp://" : NULL;
}

static void
stream_explain (gpointer source, Explanation * explanation, gboolean has_data)
{
  Stream *self = source;
  const gboolean is_network = self->spec->kind != INPUT_FILE;
  const char *mistake = stream_get_mistake (self);
  const gboolean has_begun = stream_get_n_bytes (self) > 0;

  if (explanation_note (explanation, !has_data && is_network && has_begun))
    explanation_add (explanation, "no data any more: check that what sent them"
        " still runs, and the network");
  else if (explanation_note (explanation, !has_data && is_network))
    explanation_add (explanation, "no data: check the address that the camera"
        " sends to or answers at,%s and the firewall",
        self->spec->kind == INPUT_SRT ? " the passphrase," : "");
  else if (content_explain (self->content, explanation))
    return;
  else if (explanation_note (explanation, mistake != NULL))
    explanation_add (explanation, "%s", mistake);
  else
    explanation_add (explanation, "a format that it does not know: check what"
        " the camera sends");
}

/* Returns: whether the statistics of srtsrc, or of one of its callers, know how many
 * packets are missing, which are added to @n_lost */
static gboolean
add_lost_srt (const GstStructure * stats, gint64 * n_lost)
{
  gint n;

  if (!gst_structure_get_int (stats, "packets-received-lost", &n))
    return FALSE;
  *n_lost = MAX (*n_lost, 0) + n;
  return TRUE;
}

/* The callers of a listener are in a GValueArray. */
static void
add_lost_callers (const GstStructure * stats, gint64 * n_lost)
{
  const GValue *value = gst_structure_get_value (stats, "callers");
  const GValueArray *callers = NULL;

  if (value && g_str_equal (G_VALUE_TYPE_NAME (value), "GValueArray"))
    callers = g_value_get_boxed (value);
  for (guint i = 0; callers && i < callers->n_values; i++)
    add_lost_srt (g_value_get_boxed (&callers->values[i]), n_lost);
}

/* Adds the packets that a jitter buffer of rtspsrc missed, or srtsrc. */
static void
add_lost (const GValue * value, gpointer data)
{
  GObject *element = g_value_get_object (value);
  gint64 *n_lost = data;
  g_autoptr (GstStructure) stats = NULL;
  guint64 n;

  if (!g_object_class_find_property (G_OBJECT_GET_CLASS (element), "stats"))
    return;
  g_object_get (element, "stats", &stats, NULL);
  if (!stats)
    return;
  if (gst_structure_get_uint64 (stats, "num-lost", &n))
    *n_lost = MAX (*n_lost, 0) + n;
  else if (!add_lost_srt (stats, n_lost))
    add_lost_callers (stats, n_lost);
}

/* Returns: how many packets are missing; -1: nobody can know */
static gint64
count_lost (Stream * self)
{
  GstIterator *all = gst_bin_iterate_recurse (self->bin);
  gint64 n_lost = -1;

  while (gst_iterator_foreach (all, add_lost, &n_lost) == GST_ITERATOR_RESYNC) {
    gst_iterator_resync (all);
    n_lost = -1;
  }
  gst_iterator_free (all);
  return n_lost;
}

static void
stream_count (gpointer source, gint64 * n_frames, gint64 * n_lost)
{
  Stream *self = source;

  *n_frames = content_get_n_frames (self->content);
  *n_lost = count_lost (self);
}

static void
stream_inspect (gpointer source, const char *name)
{
  Stream *self = source;

  content_inspect (self->content, NULL, count_lost (self));
}

const InputClass stream_class = {
  .open = stream_open,
  .close = stream_close,
  .describe = stream_describe,
  .get_n_bytes = stream_get_n_bytes,
  .has_ended = stream_has_ended,
  .is_dead = stream_is_dead,
  .is_finite = stream_is_finite,
  .explain = stream_explain,
  .get_mistake = stream_get_mistake,
  .count = stream_count,
  .inspect = stream_inspect,
};
