/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* RTP at UDP ports:
 *
 *     rtpseisrc ! seiextract
 *
 * with a seiextract for each codec, and a pad of its own for each stream of MPEG-TS or KLV.
 */

#include "inputclass.h"

#include <gio/gio.h>

#include "explain.h"
#include "inspect.h"
#include "rtpseen.h"

typedef struct
{
  GstElement *element;
  Content *content;
  Inspect *inspect;
  RtpSeen seen;
  GstStructure *stats;          /* at the last rtp_count(); NULL: there was none */
} Rtp;

/* --- streams that are no video -------------------------------------------------- */

/* A pad that was requested, and has one stream after another */
typedef struct
{
  Rtp *rtp;
  gboolean is_used;             /* has had a stream */
  guint32 seqnum;               /* of the stream's first event */
  gboolean has_begun;           /* the stream has, with a packet */
} Other;

/* There is always a pad that nobody uses. rtpseisrc keeps the packets of one more stream until
 * there is a pad for it. */
static void
request_pad (Rtp * self)
{
  gst_object_unref (gst_element_request_pad_simple (self->element, "rtp_%u"));
}

/* Its first packet says whose it is. What is known by nothing goes no further. */
static void
begin (Other * other, GstPad * pad, GstBuffer * packet)
{
  g_autofree char *name = inspect_name_buffer (packet);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  if (gst_structure_has_field (gst_caps_get_structure (caps, 0),
          "encoding-name"))
    content_add_pad (other->rtp->content, pad, name);
  if (!other->is_used)
    request_pad (other->rtp);
  other->is_used = other->has_begun = TRUE;
}

/* An event comes once more when the pad has been linked.
 * Returns: whether it begins another stream */
static gboolean
is_next (const Other * other, GstEvent * event)
{
  return GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START
      && gst_event_get_seqnum (event) != other->seqnum;
}

static GstPadProbeReturn
on_other (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Other *other = data;
  GstEvent *event;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    if (!other->has_begun)
      begin (other, pad, GST_PAD_PROBE_INFO_BUFFER (info));
    return gst_pad_is_linked (pad) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
  }
  event = GST_PAD_PROBE_INFO_EVENT (info);
  if (is_next (other, event)) {
    content_remove_pad (other->rtp->content, pad);
    other->seqnum = gst_event_get_seqnum (event);
    other->has_begun = FALSE;
  }
  return GST_PAD_PROBE_OK;
}

static void
watch_other (Rtp * self, GstPad * pad)
{
  Other *other = g_new0 (Other, 1);

  other->rtp = self;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_other, other, g_free);
}

static void
on_pad_added (GstElement * element, GstPad * pad, gpointer data)
{
  Rtp *self = data;

  if (GST_PAD_TEMPLATE_PRESENCE (GST_PAD_PAD_TEMPLATE (pad)) == GST_PAD_REQUEST)
    watch_other (self, pad);
  else
    content_add_pad (self->content, pad, NULL);
}

/* --- the source ------------------------------------------------------------------ */

/* Returns: (nullable): that of --interface, which is for those of all inputs that need
 * one. That of --port always gets it, and says whether it does. */
static const char *
get_interface (const InputSpec * spec, const InputSettings * settings)
{
  g_autoptr (GInetAddress) address = spec->host ?
      g_inet_address_new_from_string (spec->host) : NULL;
  const gboolean needs_one = address
      && (g_inet_address_get_is_multicast (address)
      || g_inet_address_get_is_link_local (address));

  return needs_one || !spec->uri ? settings->interface : NULL;
}

static gpointer
rtp_open (const InputSpec * spec, const InputSettings * settings,
    GstBin * bin, Content * content, GError ** error)
{
  GstElement *element = gst_parse_launch_full ("rtpseisrc", NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);
  Rtp *self;

  if (!element)
    return NULL;
  self = g_new0 (Rtp, 1);
  self->element = element;
  self->content = content;
  self->inspect = settings->content.inspect;
  rtp_seen_init (&self->seen, settings->codec);
  gst_bin_add (bin, element);
  g_object_set (element, "port", spec->port, "address", spec->host,
      "interface", get_interface (spec, settings), "max-streams",
      settings->max_streams, NULL);
  if (settings->latency_ms >= 0)
    g_object_set (element, "latency", settings->latency_ms, NULL);
  gst_util_set_object_arg (G_OBJECT (element), "codec", settings->codec);
  gst_util_set_object_arg (G_OBJECT (element), "scan", settings->content.scan);
  g_signal_connect (element, "pad-added", G_CALLBACK (on_pad_added), self);
  request_pad (self);
  return self;
}

static void
rtp_close (gpointer source)
{
  Rtp *self = source;

  rtp_seen_clear (&self->seen);
  g_clear_pointer (&self->stats, gst_structure_free);
  g_free (self);
}

static GStrv
rtp_get_where (gpointer source)
{
  Rtp *self = source;
  GStrv where;

  g_object_get (self->element, "listening", &where, NULL);
  return where;
}

static char *
rtp_describe (gpointer source)
{
  g_auto (GStrv) where = rtp_get_where (source);
  g_autofree char *text = g_strjoinv (", ", where);

  return g_strconcat ("listening ", text, NULL);
}

static void
rtp_handle_message (gpointer source, GstMessage * message,
    const Silence * silence)
{
  Rtp *self = source;

  if (GST_MESSAGE_SRC (message) == GST_OBJECT (self->element)
      && gst_message_has_name (message, "rtp-seen"))
    rtp_seen_take (&self->seen, gst_message_get_structure (message), silence,
        g_get_monotonic_time ());
}

static gboolean
rtp_can_explain (gpointer source, const Silence * silence, gint64 now_us)
{
  Rtp *self = source;

  return rtp_seen_is_of_silence (&self->seen, silence, now_us);
}

static void
rtp_explain (gpointer source, Explanation * explanation, gboolean has_data)
{
  Rtp *self = source;
  g_autoptr (GPtrArray) stats = content_get_stats (self->content);
  const gboolean is_explained = rtp_seen_has_others (&self->seen)
      && content_explain (self->content, explanation);

  rtp_seen_explain (&self->seen, explanation, (GstStructure **) stats->pdata,
      stats->len, is_explained);
}

/* Returns: for users, as content.h has it */
static const char *
get_codec (const char *nick)
{
  static const char *const codecs[][2] = {
    {"h264", "H.264"}, {"h265", "H.265"}, {"klv", "KLV"}, {"mp2t", "MPEG-TS"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (g_str_equal (codecs[i][0], nick))
      return codecs[i][1];
  return nick;
}

static void
inspect_one (Rtp * self, const GstStructure * stream, const char *name)
{
  g_autofree char *stream_name =
      inspect_name_rtp (gst_structure_get_string (stream, "source"),
      explain_get (stream, "ssrc"));
  const char *codec = gst_structure_get_string (stream, "codec");
  const gboolean is_video = g_str_has_prefix (codec, "h26");

  inspect_stream (self->inspect, name, stream_name, get_codec (codec),
      is_video ? (gint64) explain_get (stream, "access-units") : -1,
      explain_get (stream, "lost"));
  content_inspect (self->content, stream_name, -1);
}

static void
rtp_inspect (gpointer source, const char *name)
{
  Rtp *self = source;
  g_autoptr (GstStructure) stats = NULL;
  const GValue *streams;

  g_object_get (self->element, "stats", &stats, NULL);
  streams = gst_structure_get_value (stats, "streams");
  for (guint i = 0; i < gst_value_array_get_size (streams); i++)
    inspect_one (self,
        gst_value_get_structure (gst_value_array_get_value (streams, i)), name);
}

static void
rtp_count (gpointer source, gint64 * n_frames, gint64 * n_lost)
{
  Rtp *self = source;

  g_clear_pointer (&self->stats, gst_structure_free);
  g_object_get (self->element, "stats", &self->stats, NULL);
  /* of MPEG-TS */
  *n_frames = MAX (content_get_n_frames (self->content), 0)
      + explain_get (self->stats, "access-units");
  *n_lost = explain_get (self->stats, "lost");
}

/* What is in MPEG-TS does not say whose it is. */
static void
list_one (const GstStructure * stream, Streams * streams)
{
  const char *codec = gst_structure_get_string (stream, "codec");
  const gboolean is_video = g_str_has_prefix (codec, "h26");
  g_autofree char *name = NULL;

  if (!is_video && !g_str_equal (codec, "klv"))
    return;
  name = inspect_name_rtp (gst_structure_get_string (stream, "source"),
      explain_get (stream, "ssrc"));
  streams_take (streams, name, is_video ?
      (gint64) explain_get (stream, "access-units") : -1,
      explain_get (stream, "lost"));
}

static void
rtp_list_streams (gpointer source, Streams * streams)
{
  Rtp *self = source;
  const GValue *all = gst_structure_get_value (self->stats, "streams");

  for (guint i = 0; i < gst_value_array_get_size (all); i++)
    list_one (gst_value_get_structure (gst_value_array_get_value (all, i)),
        streams);
}

static const char *
rtp_get_options (gpointer source, GstObject * object)
{
  Rtp *self = source;

  return object == GST_OBJECT (self->element) ?
      "--port, --listen and --interface" : NULL;
}

const InputClass rtp_class = {
  .open = rtp_open,
  .close = rtp_close,
  .describe = rtp_describe,
  .get_where = rtp_get_where,
  .handle_message = rtp_handle_message,
  .can_explain = rtp_can_explain,
  .explain = rtp_explain,
  .count = rtp_count,
  .list_streams = rtp_list_streams,
  .inspect = rtp_inspect,
  .get_options = rtp_get_options,
};
