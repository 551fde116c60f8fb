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
 * * the pad "src" has the video, with a #GstSeiMeta for each message of the access
 *   unit; in alignment nal on the buffer of its first slice. The bitstream is the
 *   truth: metas that came in are removed;
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
 * The video passes untouched, or, with #seiextract:remove, without the messages
 * that were read. It comes in whole access units (alignment=au) or NAL by NAL
 * (alignment=nal): put h264parse or h265parse in front if it does not. There is no
 * latency: every buffer leaves as soon as it has come. Where there is no message,
 * the pad "metadata" has a GAP event, so that nothing downstream waits for it. Both
 * pads push from one thread: where both lead to sinks, put a queue behind each.
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
#include "gst/sei/seimessages.h"
#include "gst/sei/seipayloadpad.h"
#include "gst/sei/seiunit.h"
#include "gst/sei/seiuuid.h"
#include "gstseienums.h"
#include "gstseistream.h"

GST_DEBUG_CATEGORY_STATIC (sei_extract_debug);
#define GST_CAT_DEFAULT sei_extract_debug

#define DEFAULT_SIGNAL_NEW_METADATA FALSE
#define DEFAULT_POST_MESSAGES FALSE
#define DEFAULT_REMOVE FALSE
#define DEFAULT_SCAN SEI_SCAN_HEAD

enum
{
  PROP_UUID = 1,
  PROP_SIGNAL_NEW_METADATA,
  PROP_POST_MESSAGES,
  PROP_REMOVE,
  PROP_SCAN,
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
  SeiUnit unit;                 /* in alignment nal */
  SeiList *pending;             /* its messages, until its first slice */
  GstBuffer *removed;           /* its first buffers, of which nothing is left */

  /* OBJECT_LOCK */
  SeiPayloadPad *metadata_pad;
  GstFlowCombiner *combiner;
  gchar *uuid_text;
  gboolean uuid_valid;          /* or uuids are those before it */
  GBytes *uuids;                /* one behind the other; none: all but banners */
  gboolean signal_new_metadata;
  gboolean post_messages;
  gboolean remove;
  SeiScan scan;
  Stats stats;
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

static GstStaticPadTemplate metadata_template =
GST_STATIC_PAD_TEMPLATE ("metadata", GST_PAD_SRC, GST_PAD_REQUEST,
    GST_STATIC_CAPS (SEI_PAYLOAD_PAD_CAPS));

G_DEFINE_TYPE (GstSeiExtract, gst_sei_extract, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (seiextract, "seiextract", GST_RANK_NONE,
    GST_TYPE_SEI_EXTRACT, GST_DEBUG_CATEGORY_INIT (sei_extract_debug,
        "seiextract", 0, "SEI extraction"));

/* --- the pad "metadata" -------------------------------------------------- */

/* Returns: (transfer full) (nullable) */
static SeiPayloadPad *
ref_metadata_pad (GstSeiExtract * self)
{
  GST_OBJECT_LOCK (self);
  SeiPayloadPad *pad = self->metadata_pad;

  if (pad != NULL)
    gst_object_ref (pad);
  GST_OBJECT_UNLOCK (self);

  return pad;
}

/* What upstream is told, @ret being what the push on @pad gave */
static GstFlowReturn
combine_flows (GstSeiExtract * self, GstPad * pad, GstFlowReturn ret)
{
  GST_OBJECT_LOCK (self);
  /* A pad that was released meanwhile is flushing, which concerns nobody */
  if (pad == self->stream.srcpad || pad == GST_PAD_CAST (self->metadata_pad))
    ret = gst_flow_combiner_update_pad_flow (self->combiner, pad, ret);
  else
    ret = GST_FLOW_OK;
  GST_OBJECT_UNLOCK (self);

  return ret;
}

/* Pushes the payloads, or a GAP if there is none. @ret is what upstream would be
 * told without this. */
static GstFlowReturn
push_metadata (GstSeiExtract * self, SeiPayloadPad * pad, SeiList * messages,
    GstBuffer * times, GstFlowReturn ret)
{
  if (messages->len == 0)
    sei_payload_pad_push_gap (pad, times);

  for (guint i = 0; i < messages->len; i++) {
    const GstFlowReturn pushed = sei_payload_pad_push (pad,
        sei_list_get (messages, i)->payload, times);

    ret = combine_flows (self, GST_PAD (pad), pushed);
    if (pushed != GST_FLOW_OK)
      break;
  }
  return ret;
}

static GstPad *
gst_sei_extract_request_new_pad (GstElement * element, GstPadTemplate * templ,
    const gchar * name, const GstCaps * caps)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (element);
  SeiPayloadPad *taken = ref_metadata_pad (self);
  GstPad *pad;

  if (taken != NULL) {
    GST_WARNING_OBJECT (self, "there is but one pad \"metadata\"");
    gst_object_unref (taken);
    return NULL;
  }

  pad = sei_payload_pad_new (templ, "metadata", self->stream.sinkpad);
  gst_pad_set_iterate_internal_links_function (pad,
      gst_sei_stream_iterate_internal_links);
  /* Not to be used before it is active: its FLUSHING would end the stream */
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (element, pad);

  GST_OBJECT_LOCK (self);
  gst_flow_combiner_add_pad (self->combiner, pad);
  self->metadata_pad = SEI_PAYLOAD_PAD (pad);
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

  /* First of all: deactivating takes the segment from the pad, and a push that is
   * under way must not come to the peer without one */
  GstPad *peer = gst_pad_get_peer (pad);

  if (peer != NULL) {
    gst_pad_unlink (pad, peer);
    gst_object_unref (peer);
  }
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
}

/* --- reading ------------------------------------------------------------- */

typedef struct
{
  SeiSelection selection;
  gboolean signal_new_metadata;
  gboolean post_messages;
  gboolean remove;
} Settings;

static void
read_settings (GstSeiExtract * self, Settings * settings)
{
  GST_OBJECT_LOCK (self);
  settings->selection.uuids = g_bytes_ref (self->uuids);
  settings->selection.scan = self->scan;
  settings->signal_new_metadata = self->signal_new_metadata;
  settings->post_messages = self->post_messages;
  settings->remove = self->remove;
  GST_OBJECT_UNLOCK (self);
}

static void
account (GstSeiExtract * self, guint n_units, guint n_messages,
    const SeiReadCounts * counts)
{
  GST_OBJECT_LOCK (self);
  const guint64 broken_before = self->stats.broken;
  const guint64 broken = broken_before + counts->n_broken;

  self->stats.access_units += n_units;
  self->stats.messages += n_messages;
  self->stats.ignored += counts->n_ignored;
  self->stats.broken = broken;
  GST_OBJECT_UNLOCK (self);

  GST_SEI_STREAM_WARN (self, broken_before, broken,
      "broken SEI (%" G_GUINT64_FORMAT " so far)", broken);
}

/* What a buffer has to do with its access unit */
typedef struct
{
  gboolean begins;              /* it is the first */
  gboolean is_place;            /* what was read so far is handed out with it */
  gboolean is_behind;           /* the place was before */
} Part;

/* Reads the messages in *buffer, and takes them out if they are to be removed.
 * Returns: (transfer full) (nullable): NULL after an error */
static SeiList *
read_messages (GstSeiExtract * self, GstBuffer ** buffer,
    const Settings * settings, Part * part)
{
  const GstSeiStream *stream = &self->stream;
  const gboolean had_slice = self->unit.has_slice;
  GArray *edits = NULL;
  SeiReadCounts counts;
  SeiBufferMap map;

  if (!sei_buffer_map (*buffer, &map)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ, ("Could not read the video."),
        ("failed to map %" GST_PTR_FORMAT, *buffer));
    return NULL;
  }

  part->begins = stream->whole
      || sei_unit_next (&self->unit, *buffer, &map.bytes, stream->format);
  part->is_behind = !part->begins && had_slice;
  part->is_place = stream->whole || (!part->is_behind && self->unit.has_slice);

  if (settings->remove)
    edits = g_array_new (FALSE, FALSE, sizeof (SeiEdit));
  SeiList *messages = sei_list_read (&map.bytes, stream->format,
      &settings->selection, &counts, edits);

  sei_buffer_unmap (&map);
  account (self, part->begins, messages->len, &counts);

  if (edits != NULL && edits->len > 0) {
    *buffer = sei_buffer_edit (*buffer, (SeiEdit *) edits->data, edits->len);
    *buffer = sei_list_remove_video_metas (messages, *buffer);
  }
  g_clear_pointer (&edits, g_array_unref);

  return messages;
}

static void
post_message (GstSeiExtract * self, const SeiItem * item, GstBuffer * buffer)
{
  const GstSegment *segment = &self->stream.segment;
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

/* --- handing out --------------------------------------------------------- */

/* In alignment nal only the first buffer of an access unit has a PTS; if nothing
 * is left of that, the next inherits. */
static GstBuffer *
inherit (GstSeiExtract * self, GstBuffer * buffer)
{
  GstBuffer *removed = self->removed;

  if (removed == NULL)
    return buffer;

  buffer = gst_buffer_make_writable (buffer);
  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    GST_BUFFER_PTS (buffer) = GST_BUFFER_PTS (removed);
  if (!GST_BUFFER_DTS_IS_VALID (buffer))
    GST_BUFFER_DTS (buffer) = GST_BUFFER_DTS (removed);
  if (GST_BUFFER_FLAG_IS_SET (removed, GST_BUFFER_FLAG_DISCONT))
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  gst_clear_buffer (&self->removed);

  return buffer;
}

/* Pushes the video, then the payloads. @times: of the access unit */
static GstFlowReturn
push_all (GstSeiExtract * self, GstBuffer * buffer, SeiList * messages,
    GstBuffer * times, gboolean gap)
{
  SeiPayloadPad *metadata_pad = ref_metadata_pad (self);

  times = metadata_pad != NULL ? sei_unit_copy_times (times) : NULL;
  buffer = sei_list_set_metas (messages, inherit (self, buffer));

  GstFlowReturn ret = combine_flows (self, self->stream.srcpad,
      gst_pad_push (self->stream.srcpad, buffer));

  if (metadata_pad != NULL) {
    if ((messages->len > 0 || gap)
        && (ret == GST_FLOW_OK || ret == GST_FLOW_NOT_LINKED))
      ret = push_metadata (self, metadata_pad, messages, times, ret);
    gst_buffer_unref (times);
    gst_object_unref (metadata_pad);
  }
  return ret;
}

/* Hands out what was read of an access unit that has ended without a slice.
 * @times: of it */
static void
push_pending (GstSeiExtract * self, GstBuffer * times)
{
  SeiPayloadPad *metadata_pad;

  gst_clear_buffer (&self->removed);
  if (self->pending->len == 0)
    return;
  if ((metadata_pad = ref_metadata_pad (self)) != NULL) {
    push_metadata (self, metadata_pad, self->pending, times, GST_FLOW_OK);
    gst_object_unref (metadata_pad);
  }
  g_array_set_size (self->pending, 0);
}

/* A buffer before the first slice of an access unit, in alignment nal */
static GstFlowReturn
push_early (GstSeiExtract * self, GstBuffer * buffer, SeiList * messages,
    gboolean was_empty)
{
  GstFlowReturn ret = GST_FLOW_OK;

  sei_list_append_list (self->pending, messages);
  g_array_set_size (messages, 0);
  if (gst_buffer_get_size (buffer) > 0 || was_empty)
    ret = push_all (self, buffer, messages, buffer, FALSE);
  else if (self->removed == NULL)
    self->removed = buffer;
  else
    gst_buffer_unref (buffer);

  return ret;
}

static GstFlowReturn
gst_sei_extract_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (parent);
  const gboolean was_empty = gst_buffer_get_size (buffer) == 0;
  GstBuffer *times_before = NULL;
  GstFlowReturn ret;
  Settings settings;
  SeiList *messages;
  Part part;

  if (!self->stream.negotiated) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }

  read_settings (self, &settings);
  gst_buffer_replace (&times_before, self->unit.times);
  messages = read_messages (self, &buffer, &settings, &part);
  g_bytes_unref (settings.selection.uuids);
  if (messages == NULL) {
    gst_clear_buffer (&times_before);
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  if (part.begins && times_before != NULL)
    push_pending (self, times_before);
  gst_clear_buffer (&times_before);

  announce (self, messages, self->stream.whole ? buffer : self->unit.times,
      &settings);
  if (part.is_place) {
    if (self->pending->len > 0) {
      sei_list_append_list (self->pending, messages);
      g_array_unref (messages);
      messages = g_steal_pointer (&self->pending);
      self->pending = sei_list_new ();
    }
    ret = push_all (self, buffer, messages,
        self->stream.whole ? buffer : self->unit.times, TRUE);
  } else if (part.is_behind) {
    ret = push_all (self, buffer, messages, self->unit.times, FALSE);
  } else {
    ret = push_early (self, buffer, messages, was_empty);
  }
  g_array_unref (messages);

  if (ret == GST_FLOW_NOT_LINKED
      && (settings.signal_new_metadata || settings.post_messages))
    ret = GST_FLOW_OK;
  return ret;
}

/* Forgets the access unit at hand, after handing out what was read of it. */
static void
end_stream (GstSeiExtract * self)
{
  if (self->unit.times != NULL)
    push_pending (self, self->unit.times);
  sei_unit_clear (&self->unit);
}

static gboolean
gst_sei_extract_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (parent);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      end_stream (self);
      return gst_sei_stream_handle_caps (&self->stream, event);
    case GST_EVENT_EOS:
      end_stream (self);
      break;
    case GST_EVENT_FLUSH_STOP:
      g_array_set_size (self->pending, 0);
      end_stream (self);
      GST_OBJECT_LOCK (self);
      gst_flow_combiner_reset (self->combiner);
      GST_OBJECT_UNLOCK (self);
      break;
    default:
      break;
  }
  gst_sei_stream_note_event (&self->stream, event);

  SeiPayloadPad *metadata_pad = ref_metadata_pad (self);

  if (metadata_pad == NULL)
    return gst_pad_event_default (pad, parent, event);

  /* What becomes of the event on one pad is all the same to the other */
  gst_pad_event_default (pad, parent, gst_event_ref (event));
  sei_payload_pad_handle_event (metadata_pad, event);
  gst_object_unref (metadata_pad);
  gst_event_unref (event);

  return TRUE;
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
    case PROP_REMOVE:
      GST_OBJECT_LOCK (self);
      self->remove = g_value_get_boolean (value);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_SCAN:
      GST_OBJECT_LOCK (self);
      self->scan = g_value_get_enum (value);
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
    case PROP_REMOVE:
      GST_OBJECT_LOCK (self);
      g_value_set_boolean (value, self->remove);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_SCAN:
      GST_OBJECT_LOCK (self);
      g_value_set_enum (value, self->scan);
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
  sei_unit_clear (&self->unit);
  g_array_set_size (self->pending, 0);
  gst_clear_buffer (&self->removed);
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
  sei_unit_clear (&self->unit);
  g_array_unref (self->pending);
  gst_clear_buffer (&self->removed);

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
   * GstSeiExtract:remove:
   *
   * Whether the messages that are read are cut out of the video: exactly those that
   * #GstSeiExtract:uuid selects, and their
   * GstVideoSEIUserDataUnregisteredMetas. Other messages stay, as they are, also of
   * the same NAL unit.
   */
  properties[PROP_REMOVE] = g_param_spec_boolean ("remove", "Remove",
      "Cut the messages that are read out of the video", DEFAULT_REMOVE,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiExtract:scan:
   *
   * How much of an access unit in a byte stream is searched for messages. Valid
   * streams have them before the first slice or, in H.265, behind the last. With
   * length fields it is always all, which costs nothing.
   */
  properties[PROP_SCAN] = g_param_spec_enum ("scan", "Scan",
      "Where messages are looked for in a byte stream",
      GST_TYPE_SEI_EXTRACT_SCAN, DEFAULT_SCAN,
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

  gst_type_mark_as_plugin_api (GST_TYPE_SEI_EXTRACT_SCAN, 0);

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
  self->remove = DEFAULT_REMOVE;
  self->scan = DEFAULT_SCAN;
  self->pending = sei_list_new ();
  set_uuid (self, NULL);
}
