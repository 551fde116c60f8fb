/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-seiextract
 * @title: seiextract
 * @short_description: Reads metadata from SEI messages of H.264 and H.265 video
 * @see_also: seiinject, GstSeiMeta
 *
 * Reads every user_data_unregistered SEI message (ITU-T H.264 and H.265 Annex D)
 * of the video, also behind broken ones, and hands them out in four ways:
 *
 * * the pad "src" has the video, untouched, with a #GstSeiMeta for each message of
 *   the access unit. The bitstream is the truth: metas that came in are removed;
 * * the request pad "metadata" has each payload, without its UUID, as a buffer of
 *   its own with the times of the frame, in decode order, after the video has been
 *   pushed. A peer that takes application/x-json and neither meta/x-sei nor
 *   anything at all gets JSON objects: payloads that are none come as
 *   {"raw":"..."}. Every other peer gets meta/x-sei, the bytes as they are;
 * * the signal #seiextract::new-metadata, if #seiextract:signal-new-metadata is
 *   set;
 * * element messages on the bus, if #seiextract:post-messages is set. Their
 *   structure, `sei-metadata`, has `uuid` (string), `payload` (#GBytes) and the
 *   frame's `timestamp`, `duration`, `stream-time` and `running-time` (#guint64,
 *   nanoseconds).
 *
 * Either pad may stay unlinked, and both when signal or messages are on.
 *
 * The video must come in whole access units (alignment=au): put h264parse or
 * h265parse in front if it does not. There is no latency: every buffer leaves as
 * soon as it has come. Where there is no message, the pad "metadata" has a GAP
 * event, so that nothing downstream waits for it. Both pads push from one thread:
 * where both lead to sinks, put a queue behind each.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! x264enc ! h264parse ! seiinject metadata='"{\"camera\":\"north\"}"' ! seiextract name=x ! queue ! avdec_h264 ! fakesink x.metadata ! queue ! application/x-json ! fakesink dump=true
 * ]|
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=90 ! x265enc ! h265parse ! seiinject metadata=hello ! seiextract post-messages=true ! fakesink
 * ]|
 */

#include "gstseiextract.h"

#include <string.h>

#include <gst/base/gstflowcombiner.h>

#include "gst/sei/seibuffer.h"
#include "gst/sei/seijson.h"
#include "gst/sei/seimessages.h"
#include "gst/sei/seiuuid.h"
#include "gstseistream.h"

GST_DEBUG_CATEGORY_STATIC (sei_extract_debug);
#define GST_CAT_DEFAULT sei_extract_debug

#define DEFAULT_SIGNAL_NEW_METADATA FALSE
#define DEFAULT_POST_MESSAGES FALSE

enum
{
  PROP_UUID = 1,
  PROP_SIGNAL_NEW_METADATA,
  PROP_POST_MESSAGES,
  PROP_STATS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_NEW_METADATA,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  guint64 access_units;
  guint64 messages;
  guint64 ignored;
  guint64 broken;
} Stats;

struct _GstSeiExtract
{
  GstElement parent;

  /* streaming thread */
  GstSeiStream stream;
  GstSegment segment;
  gboolean stream_changed;      /* the metadata pad does not know yet */
  gboolean segment_changed;     /* likewise */
  gboolean metadata_json;       /* what its caps are */

  /* OBJECT_LOCK */
  GstPad *metadata_pad;
  GstFlowCombiner *combiner;
  gchar *uuid_text;
  gboolean uuid_valid;          /* or uuids are those before it */
  GBytes *uuids;                /* one behind the other; none: all but banners */
  gboolean signal_new_metadata;
  gboolean post_messages;
  Stats stats;
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

static GstStaticPadTemplate metadata_template =
    GST_STATIC_PAD_TEMPLATE ("metadata", GST_PAD_SRC, GST_PAD_REQUEST,
    GST_STATIC_CAPS ("application/x-json; meta/x-sei"));

G_DEFINE_TYPE (GstSeiExtract, gst_sei_extract, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (seiextract, "seiextract", GST_RANK_NONE,
    GST_TYPE_SEI_EXTRACT, GST_DEBUG_CATEGORY_INIT (sei_extract_debug,
        "seiextract", 0, "SEI extraction"));

/* --- the pad "metadata" -------------------------------------------------- */

/* Returns: (transfer full) (nullable) */
static GstPad *
ref_metadata_pad (GstSeiExtract * self)
{
  GST_OBJECT_LOCK (self);
  GstPad *pad = self->metadata_pad;

  if (pad != NULL)
    gst_object_ref (pad);
  GST_OBJECT_UNLOCK (self);

  return pad;
}

static gboolean
has_sticky_event (GstPad * pad, GstEventType type)
{
  GstEvent *event = gst_pad_get_sticky_event (pad, type, 0);

  if (event == NULL)
    return FALSE;
  gst_event_unref (event);
  return TRUE;
}

static void
push_stream_start (GstSeiExtract * self, GstPad * pad)
{
  gchar *id = gst_pad_create_stream_id (pad, GST_ELEMENT (self), "metadata");
  GstEvent *upstream =
      gst_pad_get_sticky_event (self->stream.sinkpad, GST_EVENT_STREAM_START,
      0);
  GstEvent *event = gst_event_new_stream_start (id);
  guint group_id;

  if (upstream == NULL || !gst_event_parse_group_id (upstream, &group_id))
    group_id = gst_util_group_id_next ();
  gst_event_set_group_id (event, group_id);
  gst_event_set_stream_flags (event, GST_STREAM_FLAG_SPARSE);
  gst_pad_push_event (pad, event);

  g_clear_pointer (&upstream, gst_event_unref);
  g_free (id);
}

/* A peer that takes anything, such as a sink without opinion, or that takes the
 * bytes as they are, gets them as they are. */
static gboolean
peer_wants_json (GstPad * pad)
{
  GstCaps *caps = gst_pad_peer_query_caps (pad, NULL);
  gboolean json = FALSE;
  gboolean sei = gst_caps_is_any (caps);

  for (guint i = 0; !sei && i < gst_caps_get_size (caps); i++) {
    const GstStructure *structure = gst_caps_get_structure (caps, i);

    json |= gst_structure_has_name (structure, "application/x-json");
    sei = gst_structure_has_name (structure, "meta/x-sei");
  }
  gst_caps_unref (caps);

  return json && !sei;
}

static void
push_caps (GstSeiExtract * self, GstPad * pad)
{
  self->metadata_json = peer_wants_json (pad);

  GstCaps *caps = gst_caps_new_empty_simple (self->metadata_json ?
      "application/x-json" : "meta/x-sei");
  GstCaps *current = gst_pad_get_current_caps (pad);

  if (current == NULL || !gst_caps_is_equal (current, caps))
    gst_pad_push_event (pad, gst_event_new_caps (caps));

  gst_clear_caps (&current);
  gst_caps_unref (caps);
}

/* Sends the events that must precede data. A pad that was requested while data
 * flows has none of them; one that was flushed has no segment. */
static void
prepare_metadata (GstSeiExtract * self, GstPad * pad)
{
  if (self->stream_changed || !has_sticky_event (pad, GST_EVENT_STREAM_START)) {
    push_stream_start (self, pad);
    self->stream_changed = FALSE;
  }
  if (gst_pad_check_reconfigure (pad) || !gst_pad_has_current_caps (pad))
    push_caps (self, pad);
  if (self->segment_changed || !has_sticky_event (pad, GST_EVENT_SEGMENT)) {
    GstEvent *segment =
        gst_pad_get_sticky_event (self->stream.sinkpad, GST_EVENT_SEGMENT, 0);

    if (segment != NULL)
      gst_pad_push_event (pad, segment);
    self->segment_changed = FALSE;
  }
}

/* What upstream is told, @ret being what the push on @pad gave */
static GstFlowReturn
combine_flows (GstSeiExtract * self, GstPad * pad, GstFlowReturn ret)
{
  GST_OBJECT_LOCK (self);
  /* A pad that was released meanwhile is flushing, which concerns nobody */
  if (pad == self->stream.srcpad || pad == self->metadata_pad)
    ret = gst_flow_combiner_update_pad_flow (self->combiner, pad, ret);
  else
    ret = GST_FLOW_OK;
  GST_OBJECT_UNLOCK (self);

  return ret;
}

/* Makes an empty buffer that has the times of @frame, in whatever clock. */
static GstBuffer *
copy_times (GstBuffer * frame)
{
  GstBuffer *times = gst_buffer_new ();
  GstMeta *meta;
  gpointer state = NULL;

  GST_BUFFER_PTS (times) = GST_BUFFER_PTS (frame);
  GST_BUFFER_DTS (times) = GST_BUFFER_DTS (frame);
  GST_BUFFER_DURATION (times) = GST_BUFFER_DURATION (frame);

  while ((meta = gst_buffer_iterate_meta_filtered (frame, &state,
              GST_REFERENCE_TIMESTAMP_META_API_TYPE))) {
    const GstReferenceTimestampMeta *reference =
        (GstReferenceTimestampMeta *) meta;

    gst_buffer_add_reference_timestamp_meta (times, reference->reference,
        reference->timestamp, reference->duration);
  }
  return times;
}

static GstFlowReturn
push_payload (GstSeiExtract * self, GstPad * pad, GBytes * payload,
    GstBuffer * times)
{
  GBytes *bytes = self->metadata_json ?
      sei_payload_to_json (payload) : g_bytes_ref (payload);
  GstBuffer *buffer = gst_buffer_copy (times);
  gsize size;
  gpointer data = (gpointer) g_bytes_get_data (bytes, &size);

  if (size > 0) {
    gst_buffer_append_memory (buffer,
        gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, data, size, 0, size,
            g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref));
  }
  g_bytes_unref (bytes);

  return gst_pad_push (pad, buffer);
}

/* Pushes the payloads, or a GAP if there is none. @ret is what upstream would be
 * told without this. */
static GstFlowReturn
push_metadata (GstSeiExtract * self, GstPad * pad, SeiList * messages,
    GstBuffer * times, GstFlowReturn ret)
{
  prepare_metadata (self, pad);

  if (messages->len == 0 && GST_BUFFER_PTS_IS_VALID (times)) {
    gst_pad_push_event (pad, gst_event_new_gap (GST_BUFFER_PTS (times),
            GST_BUFFER_DURATION (times)));
  }
  for (guint i = 0; i < messages->len; i++) {
    const SeiItem *item = sei_list_get (messages, i);
    const GstFlowReturn pushed = push_payload (self, pad, item->payload, times);

    ret = combine_flows (self, pad, pushed);
    if (pushed != GST_FLOW_OK)
      break;
  }
  return ret;
}

/* Both are about this branch alone: the video goes on as it is. */
static gboolean
gst_sei_extract_metadata_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE
      || GST_EVENT_TYPE (event) == GST_EVENT_QOS) {
    gst_event_unref (event);
    return TRUE;
  }
  return gst_pad_event_default (pad, parent, event);
}

static GstPad *
gst_sei_extract_request_new_pad (GstElement * element, GstPadTemplate * templ,
    const gchar * name, const GstCaps * caps)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (element);
  GstPad *pad = ref_metadata_pad (self);

  if (pad != NULL) {
    GST_WARNING_OBJECT (self, "there is but one pad \"metadata\"");
    gst_object_unref (pad);
    return NULL;
  }

  pad = gst_pad_new_from_template (templ, "metadata");
  gst_pad_set_event_function (pad, gst_sei_extract_metadata_event);
  gst_pad_set_iterate_internal_links_function (pad,
      gst_sei_stream_iterate_internal_links);

  /* Not to be used before it is active: its FLUSHING would end the stream */
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (element, pad);

  GST_OBJECT_LOCK (self);
  gst_flow_combiner_add_pad (self->combiner, pad);
  self->metadata_pad = pad;
  GST_OBJECT_UNLOCK (self);

  return pad;
}

static void
gst_sei_extract_release_pad (GstElement * element, GstPad * pad)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (element);

  GST_OBJECT_LOCK (self);
  gst_flow_combiner_remove_pad (self->combiner, pad);
  self->metadata_pad = NULL;
  GST_OBJECT_UNLOCK (self);

  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
}

/* --- reading ------------------------------------------------------------- */

typedef struct
{
  GBytes *uuids;
  gboolean signal_new_metadata;
  gboolean post_messages;
} Settings;

static void
account (GstSeiExtract * self, const Stats * stats)
{
  GST_OBJECT_LOCK (self);
  const Stats before = self->stats;

  self->stats.access_units += stats->access_units;
  self->stats.messages += stats->messages;
  self->stats.ignored += stats->ignored;
  self->stats.broken += stats->broken;
  const Stats now = self->stats;

  GST_OBJECT_UNLOCK (self);

  GST_SEI_STREAM_WARN (self, before.broken, now.broken,
      "broken SEI (%" G_GUINT64_FORMAT " so far)", now.broken);
}

/* An empty list selects all but what encoders say about themselves */
static gboolean
is_selected (const guint8 * uuid, GBytes * uuids)
{
  return g_bytes_get_size (uuids) > 0 ?
      sei_uuid_is_in_list (uuid, uuids) : !sei_uuid_is_banner (uuid);
}

/* Returns: (transfer full) (nullable): the messages that @uuids selects, or NULL
 *   after an error */
static SeiList *
read_messages (GstSeiExtract * self, GstBuffer * buffer, GBytes * uuids)
{
  SeiBufferMap map;
  SeiMessageIter it;
  SeiMessage message;
  Stats stats = {.access_units = 1 };

  if (!sei_buffer_map (buffer, &map)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ, ("Could not read the video."),
        ("failed to map %" GST_PTR_FORMAT, buffer));
    return NULL;
  }

  SeiList *messages = sei_list_new ();

  sei_message_iter_init (&it, &map.bytes, self->stream.format);
  while (sei_message_iter_next (&it, &message)) {
    guint8 uuid[SEI_UUID_SIZE];

    sei_message_copy_uuid (&message, uuid);
    if (is_selected (uuid, uuids)) {
      GBytes *payload = sei_message_copy_payload (&message);

      sei_list_append (messages, uuid, payload);
      g_bytes_unref (payload);
    } else {
      stats.ignored++;
    }
  }
  sei_buffer_unmap (&map);

  stats.messages = messages->len;
  stats.broken = it.n_broken;
  account (self, &stats);

  return messages;
}

static void
post_message (GstSeiExtract * self, const SeiItem * item, GstBuffer * buffer)
{
  const GstSegment *segment = &self->segment;
  const GstClockTime pts = GST_BUFFER_PTS (buffer);
  guint64 stream_time = GST_CLOCK_TIME_NONE;
  guint64 running_time = GST_CLOCK_TIME_NONE;
  gchar *uuid = sei_uuid_format (item->uuid);

  if (segment->format == GST_FORMAT_TIME) {
    stream_time = gst_segment_to_stream_time (segment, GST_FORMAT_TIME, pts);
    running_time = gst_segment_to_running_time (segment, GST_FORMAT_TIME, pts);
  }
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self),
          gst_structure_new ("sei-metadata",
              "uuid", G_TYPE_STRING, uuid,
              "payload", G_TYPE_BYTES, item->payload,
              "timestamp", G_TYPE_UINT64, pts,
              "duration", G_TYPE_UINT64, GST_BUFFER_DURATION (buffer),
              "stream-time", G_TYPE_UINT64, stream_time,
              "running-time", G_TYPE_UINT64, running_time, NULL)));
  g_free (uuid);
}

/* Tells the application. */
static void
announce (GstSeiExtract * self, SeiList * messages, GstBuffer * buffer,
    const Settings * settings)
{
  for (guint i = 0; i < messages->len; i++) {
    const SeiItem *item = sei_list_get (messages, i);

    if (settings->signal_new_metadata) {
      gsize size;
      gconstpointer data = g_bytes_get_data (item->payload, &size);

      g_signal_emit (self, signals[SIGNAL_NEW_METADATA], 0, (guint) size, data);
    }
    if (settings->post_messages)
      post_message (self, item, buffer);
  }
}

static GstFlowReturn
gst_sei_extract_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (parent);
  Settings settings;

  if (!self->stream.negotiated) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }

  GST_OBJECT_LOCK (self);
  settings.uuids = g_bytes_ref (self->uuids);
  settings.signal_new_metadata = self->signal_new_metadata;
  settings.post_messages = self->post_messages;
  GST_OBJECT_UNLOCK (self);

  SeiList *messages = read_messages (self, buffer, settings.uuids);

  g_bytes_unref (settings.uuids);
  if (messages == NULL) {
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }

  GstPad *metadata_pad = ref_metadata_pad (self);
  GstBuffer *times = metadata_pad != NULL ? copy_times (buffer) : NULL;

  announce (self, messages, buffer, &settings);
  buffer = sei_list_set_metas (messages, buffer);

  GstFlowReturn ret = combine_flows (self, self->stream.srcpad,
      gst_pad_push (self->stream.srcpad, buffer));

  if (metadata_pad != NULL) {
    if (ret == GST_FLOW_OK || ret == GST_FLOW_NOT_LINKED)
      ret = push_metadata (self, metadata_pad, messages, times, ret);
    gst_buffer_unref (times);
    gst_object_unref (metadata_pad);
  }
  g_array_unref (messages);

  if (ret == GST_FLOW_NOT_LINKED
      && (settings.signal_new_metadata || settings.post_messages))
    ret = GST_FLOW_OK;
  return ret;
}

static gboolean
gst_sei_extract_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (parent);
  GstEvent *for_metadata = NULL;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      return gst_sei_stream_handle_caps (&self->stream, event);
    case GST_EVENT_STREAM_START:
      self->stream_changed = TRUE;
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->segment);
      self->segment_changed = TRUE;
      break;
    case GST_EVENT_FLUSH_STOP:
      GST_OBJECT_LOCK (self);
      gst_flow_combiner_reset (self->combiner);
      GST_OBJECT_UNLOCK (self);
      /* FALLTHROUGH */
    case GST_EVENT_FLUSH_START:
    case GST_EVENT_SEGMENT_DONE:
    case GST_EVENT_GAP:
    case GST_EVENT_EOS:
      for_metadata = gst_event_ref (event);
      break;
    default:
      /* Tags and the like are about the video */
      break;
  }

  gboolean ret = gst_pad_event_default (pad, parent, event);

  if (for_metadata != NULL) {
    GstPad *metadata_pad = ref_metadata_pad (self);

    if (metadata_pad != NULL) {
      if (GST_EVENT_IS_SERIALIZED (for_metadata)
          && GST_EVENT_TYPE (for_metadata) != GST_EVENT_FLUSH_STOP)
        prepare_metadata (self, metadata_pad);
      ret |= gst_pad_push_event (metadata_pad, gst_event_ref (for_metadata));
      gst_object_unref (metadata_pad);
    }
    gst_event_unref (for_metadata);
  }
  return ret;
}

/* --- properties ---------------------------------------------------------- */

static void
set_uuid (GstSeiExtract * self, const gchar * text)
{
  GBytes *uuids = sei_uuid_parse_list (text != NULL ? text : "");

  GST_OBJECT_LOCK (self);
  g_free (self->uuid_text);
  self->uuid_text = g_strdup (text != NULL ? text : "");
  self->uuid_valid = uuids != NULL;
  if (uuids != NULL) {
    g_clear_pointer (&self->uuids, g_bytes_unref);
    self->uuids = uuids;
  }
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
create_stats (GstSeiExtract * self)
{
  GST_OBJECT_LOCK (self);
  const Stats stats = self->stats;

  GST_OBJECT_UNLOCK (self);

  return gst_structure_new ("seiextract-stats",
      "access-units", G_TYPE_UINT64, stats.access_units,
      "messages", G_TYPE_UINT64, stats.messages,
      "ignored", G_TYPE_UINT64, stats.ignored,
      "broken", G_TYPE_UINT64, stats.broken, NULL);
}

static void
gst_sei_extract_set_property (GObject * object, guint prop_id,
    const GValue * value, GParamSpec * pspec)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (object);

  switch (prop_id) {
    case PROP_UUID:
      set_uuid (self, g_value_get_string (value));
      break;
    case PROP_SIGNAL_NEW_METADATA:
      GST_OBJECT_LOCK (self);
      self->signal_new_metadata = g_value_get_boolean (value);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_POST_MESSAGES:
      GST_OBJECT_LOCK (self);
      self->post_messages = g_value_get_boolean (value);
      GST_OBJECT_UNLOCK (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
}

static void
gst_sei_extract_get_property (GObject * object, guint prop_id, GValue * value,
    GParamSpec * pspec)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (object);

  switch (prop_id) {
    case PROP_UUID:
      GST_OBJECT_LOCK (self);
      g_value_set_string (value, self->uuid_text);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_SIGNAL_NEW_METADATA:
      GST_OBJECT_LOCK (self);
      g_value_set_boolean (value, self->signal_new_metadata);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_POST_MESSAGES:
      GST_OBJECT_LOCK (self);
      g_value_set_boolean (value, self->post_messages);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_STATS:
      g_value_take_boxed (value, create_stats (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
}

/* --- life cycle ---------------------------------------------------------- */

/* Forgets the stream before. */
static gboolean
start (GstSeiExtract * self)
{
  gchar *bad_uuid;

  GST_OBJECT_LOCK (self);
  bad_uuid = self->uuid_valid ? NULL : g_strdup (self->uuid_text);
  memset (&self->stats, 0, sizeof (self->stats));
  gst_flow_combiner_reset (self->combiner);
  GST_OBJECT_UNLOCK (self);

  gst_sei_stream_reset (&self->stream);
  self->stream_changed = FALSE;
  self->segment_changed = FALSE;
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  if (bad_uuid == NULL)
    return TRUE;

  gst_sei_stream_post_uuid_error (GST_ELEMENT (self), bad_uuid);
  g_free (bad_uuid);
  return FALSE;
}

static GstStateChangeReturn
gst_sei_extract_change_state (GstElement * element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED
      && !start (GST_SEI_EXTRACT (element)))
    return GST_STATE_CHANGE_FAILURE;

  return GST_ELEMENT_CLASS (gst_sei_extract_parent_class)->change_state
      (element, transition);
}

static void
gst_sei_extract_finalize (GObject * object)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (object);

  gst_flow_combiner_unref (self->combiner);
  g_free (self->uuid_text);
  g_bytes_unref (self->uuids);

  G_OBJECT_CLASS (gst_sei_extract_parent_class)->finalize (object);
}

static void
gst_sei_extract_class_init (GstSeiExtractClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_sei_extract_set_property;
  object_class->get_property = gst_sei_extract_get_property;
  object_class->finalize = gst_sei_extract_finalize;
  element_class->request_new_pad = gst_sei_extract_request_new_pad;
  element_class->release_pad = gst_sei_extract_release_pad;
  element_class->change_state = gst_sei_extract_change_state;

  /**
   * GstSeiExtract:uuid:
   *
   * The UUIDs of the messages that are read, with commas between. Empty: all, but
   * not those under which x264 and x265 write their names and settings. With
   * anything that is none the element does not start; while it runs, it keeps the
   * UUIDs it had.
   */
  properties[PROP_UUID] = g_param_spec_string ("uuid", "UUID",
      "Read only messages of these UUIDs, with commas between, each 32 "
      "hexadecimal digits, with or without dashes, or exactly 16 ASCII "
      "characters; empty reads all but the banners of encoders (x264, x265)",
      "",
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiExtract:signal-new-metadata:
   *
   * Whether #GstSeiExtract::new-metadata is emitted for each message.
   */
  properties[PROP_SIGNAL_NEW_METADATA] =
      g_param_spec_boolean ("signal-new-metadata", "Signal new metadata",
      "Emit new-metadata for each message", DEFAULT_SIGNAL_NEW_METADATA,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiExtract:post-messages:
   *
   * Whether an element message `sei-metadata` is posted on the bus for each
   * message.
   */
  properties[PROP_POST_MESSAGES] = g_param_spec_boolean ("post-messages",
      "Post messages",
      "Post an element message \"sei-metadata\" on the bus for each message",
      DEFAULT_POST_MESSAGES,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiExtract:stats:
   *
   * What was counted since the element went to PAUSED, each a #guint64:
   *
   * * `access-units`: access units that came in
   * * `messages`: messages read
   * * `ignored`: messages not read because of their UUID
   * * `broken`: messages, SEI NAL units and NAL unit lengths that could not be
   *   read because they contradict the syntax
   */
  properties[PROP_STATS] = g_param_spec_boxed ("stats", "Statistics",
      "Counted since PAUSED: access-units; messages read, ignored because of "
      "their UUID, or broken", GST_TYPE_STRUCTURE,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * GstSeiExtract::new-metadata:
   * @seiextract: the element
   * @size: bytes of the payload
   * @data: the payload, without its UUID, valid during the call; a NUL follows
   *   that @size does not count
   *
   * Emitted for each message, before its access unit is pushed, from the
   * streaming thread, if #GstSeiExtract:signal-new-metadata is set.
   */
  signals[SIGNAL_NEW_METADATA] = g_signal_new ("new-metadata",
      GST_TYPE_SEI_EXTRACT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_POINTER);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_add_static_pad_template (element_class, &metadata_template);
  gst_element_class_set_static_metadata (element_class, "SEI extractor",
      "Codec/Video/Metadata",
      "Reads metadata from user_data_unregistered SEI messages of H.264 and "
      "H.265 video", "gst-metakafka");
}

static void
gst_sei_extract_init (GstSeiExtract * self)
{
  gst_sei_stream_init (&self->stream, GST_ELEMENT (self), gst_sei_extract_chain,
      gst_sei_extract_sink_event);
  self->combiner = gst_flow_combiner_new ();
  gst_flow_combiner_add_pad (self->combiner, self->stream.srcpad);
  self->signal_new_metadata = DEFAULT_SIGNAL_NEW_METADATA;
  self->post_messages = DEFAULT_POST_MESSAGES;
  set_uuid (self, NULL);
}
