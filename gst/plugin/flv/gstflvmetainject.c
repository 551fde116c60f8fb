/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-flvmetainject
 * @title: flvmetainject
 * @short_description: Writes metadata into FLV as script data
 * @see_also: flvmetaextract, seiinject
 *
 * Puts JSON objects into a stream of FLV, each as a tag of script data in front of the tag of its
 * frame, with the time of that. It stands behind flvmux, and before filesink or rtmp2sink. The
 * objects come from
 *
 * * the request pad "metadata", which joins another stream with the video: each buffer is an
 *   object, or, with application/x-ndjson, each line;
 * * the property #flvmetainject:metadata, whose value goes into every frame.
 *
 * How an object gets its frame, and how long a frame waits for it, is as in seiinject; see
 * #flvmetainject:latency. The event that carries it is #flvmetainject:event, and
 * #flvmetainject:style says how: as a string, which flvmetaextract gives back byte for byte, or as
 * values that every reader of AMF sees.
 *
 * The tags of the stream pass untouched, one in each buffer. Use flvmux with streamable=true:
 * otherwise it writes sizes and places into the file's onMetaData that are wrong with more in it.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! x264enc ! h264parse ! flvmux streamable=true ! flvmetainject metadata='"{\"camera\":\"north\"}"' ! filesink location=north.flv
 * ]|
 */

#include "gstflvelements.h"

#include <string.h>

#include <gst/base/gstadapter.h>

#include "flvframetimes.h"
#include "flvonmetadata.h"
#include "flvtag.h"
#include "jsontext.h"
#include "scripttag.h"
#include "timedbuffer.h"
#include "timedenum.h"
#include "timedjoinersettings.h"
#include "timedwarn.h"

GST_DEBUG_CATEGORY_STATIC (flv_meta_inject_debug);
#define GST_CAT_DEFAULT flv_meta_inject_debug

#define DEFAULT_EVENT "onTextData"
#define DEFAULT_STYLE STYLE_TEXT
#define DEFAULT_MAX_SIZE 65536

/* The first bytes of a tag's body that say whether it is a frame */
#define LOOK_SIZE 8

/* How an event carries an object */
typedef enum
{
  STYLE_TEXT,
  STYLE_AMF
} Style;

enum
{
  PROP_METADATA = 1,
  PROP_EVENT,
  PROP_STYLE,
  PROP_MAX_SIZE,
  PROP_STATS,
  N_PROPS                       /* those of the joiner follow */
};

/* What the properties hold */
typedef struct
{
  GBytes *metadata;             /* NULL: none */
  gchar *event;
  Style style;
  guint max_size;
} Settings;

typedef struct
{
  guint64 tags;
  guint64 frames;
  guint64 injected;
  guint64 too_large;
  guint64 refused;
} Stats;

struct _GstFlvMetaInject
{
  GstElement parent;

  GstPad *sinkpad;
  GstPad *srcpad;
  TimedJoiner joiner;

  /* streaming thread */
  GstAdapter *adapter;          /* bytes of a tag that is not whole */
  FlvFrameTimes times;
  gboolean is_lost;             /* the stream is no FLV any more */
  gboolean warned_of_places;

  /* OBJECT_LOCK */
  Settings settings;
  TimedJoinerSettings join;
  Stats stats;
};

#define GST_TYPE_FLV_META_INJECT (gst_flv_meta_inject_get_type ())
G_DECLARE_FINAL_TYPE (GstFlvMetaInject, gst_flv_meta_inject, GST,
    FLV_META_INJECT, GstElement);

/* A tag on its way through */
typedef struct
{
  GstBuffer *buffer;
  FlvTag tag;
  gint32 composition_ms;        /* if it is a frame */
  Settings settings;            /* as they are when it comes */
  GArray *payloads;             /* for it */
  TimedJoinTaken taken;
  Stats stats;
} Frame;

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-flv"));

static GstStaticPadTemplate metadata_template =
    GST_STATIC_PAD_TEMPLATE ("metadata", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS ("application/x-json; application/x-ndjson"));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-flv"));

static const GEnumValue styles[] = {
  {STYLE_TEXT, "As a string", "text"},
  {STYLE_AMF, "As values of AMF", "amf"},
  {0, NULL, NULL}
};

TIMED_DEFINE_ENUM (GstFlvMetaInjectStyle, gst_flv_meta_inject_style, styles);

G_DEFINE_TYPE (GstFlvMetaInject, gst_flv_meta_inject, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (flvmetainject, "flvmetainject",
    GST_RANK_NONE, GST_TYPE_FLV_META_INJECT,
    GST_DEBUG_CATEGORY_INIT (flv_meta_inject_debug, "flvmetainject", 0,
        "FLV script data injection"));

/* --- script data ------------------------------------------------------------ */

static BytesSpan
span_of_bytes (GBytes * bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return (BytesSpan) {
  data, size};
}

/* Writes a tag, or finds out how large it is.
 * Returns: whether its event can say @object */
static gboolean
write_tag (const Frame * frame, BytesSpan object, BytesWriter * writer)
{
  const Settings *settings = &frame->settings;
  const BytesSpan event =
      { (const guint8 *) settings->event, strlen (settings->event) };
  gboolean ok = TRUE;

  writer->size = FLV_TAG_HEADER_SIZE;
  if (settings->style == STYLE_TEXT)
    script_event_write_text (writer, event, object);
  else
    ok = script_event_write_members (writer, event, object);

  const FlvTag tag = {
    .type = FLV_SCRIPT,
    .size = writer->size - FLV_TAG_HEADER_SIZE,
    .timestamp_ms = frame->tag.timestamp_ms
  };

  writer->size += FLV_TAG_TRAILER_SIZE;
  if (writer->size <= writer->capacity) {
    flv_tag_write_header (&tag, writer->dst);
    flv_tag_write_trailer (&tag,
        writer->dst + writer->size - FLV_TAG_TRAILER_SIZE);
  }
  return ok;
}

/* Returns: (transfer full): a buffer with the tag, in front of that of the frame */
static GstBuffer *
new_tag_buffer (const Frame * frame, BytesSpan object, gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  BytesWriter writer = {.dst = map.data,.capacity = map.size };

  write_tag (frame, object, &writer);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = GST_BUFFER_PTS (frame->buffer);
  GST_BUFFER_DTS (buffer) = GST_BUFFER_DTS (frame->buffer);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

/* Returns: (transfer full) (nullable): NULL: no event can carry the payload */
static GstBuffer *
make_tag (Frame * frame, GBytes * payload)
{
  BytesSpan object = span_of_bytes (payload);
  BytesWriter measured = { 0 };

  object.size = json_text_trim ((const char *) object.data, object.size);
  if (object.size > frame->settings.max_size) {
    frame->stats.too_large++;
    return NULL;
  }
  if (!json_text_is_object ((const char *) object.data, object.size)
      || !write_tag (frame, object, &measured)) {
    frame->stats.refused++;
    return NULL;
  }
  if (measured.size > FLV_TAG_MAX_SIZE) {
    frame->stats.too_large++;
    return NULL;
  }
  return new_tag_buffer (frame, object, measured.size);
}

/* --- frames ------------------------------------------------------------------ */

static void
account (GstFlvMetaInject * self, const Stats * added)
{
  GST_OBJECT_LOCK (self);
  self->stats.tags += added->tags;
  self->stats.frames += added->frames;
  self->stats.injected += added->injected;
  self->stats.too_large += added->too_large;
  self->stats.refused += added->refused;

  const Stats now = self->stats;
  GST_OBJECT_UNLOCK (self);

  TIMED_WARN (self, added->too_large, now.too_large,
      "an object is larger than max-size (%" G_GUINT64_FORMAT " so far)",
      now.too_large);
  TIMED_WARN (self, added->refused, now.refused,
      "a payload is no JSON object, or has a number or a name that AMF cannot say "
      "(%" G_GUINT64_FORMAT " so far)", now.refused);
}

/* Returns FALSE if waiting was interrupted. */
static gboolean
collect_payloads (GstFlvMetaInject * self, Frame * frame)
{
  const TimedPayload value = { frame->settings.metadata, TIMED_NO_SEI_TYPE };

  if (g_atomic_int_get (&self->joiner.is_used)) {
    const GstSegment *segment;
    g_autoptr (GstBuffer) times =
        flv_frame_times_copy (&self->times, frame->buffer, &segment);

    GST_OBJECT_LOCK (self);
    const TimedWait wait = self->join.wait;

    GST_OBJECT_UNLOCK (self);
    if (!timed_joiner_take (&self->joiner, segment, times,
            flv_frame_times_get_duration (&self->times), wait, frame->payloads,
            &frame->taken))
      return FALSE;
    frame->stats.too_large += frame->taken.n_refused;
  }
  if (value.bytes)
    timed_payloads_add (frame->payloads, &value);
  return TRUE;
}

static GstFlowReturn
push_payloads (GstFlvMetaInject * self, Frame * frame)
{
  GstFlowReturn ret = GST_FLOW_OK;

  for (guint i = 0; i < frame->payloads->len && ret == GST_FLOW_OK; i++) {
    GstBuffer *tag =
        make_tag (frame, timed_payloads_get (frame->payloads, i)->bytes);

    if (!tag)
      continue;
    frame->stats.injected++;
    ret = gst_pad_push (self->srcpad, tag);
  }
  return ret;
}

static GstFlowReturn
inject (GstFlvMetaInject * self, Frame * frame)
{
  GstFlowReturn ret = GST_FLOW_FLUSHING;

  frame->stats.frames = 1;
  GST_OBJECT_LOCK (self);
  frame->settings = self->settings;
  frame->settings.event =
      g_strdup (self->settings.event ? self->settings.event : "");
  if (frame->settings.metadata)
    g_bytes_ref (frame->settings.metadata);
  GST_OBJECT_UNLOCK (self);
  frame->payloads = timed_payloads_new ();
  flv_frame_times_follow (&self->times, frame->buffer,
      frame->tag.timestamp_ms, frame->composition_ms);

  if (collect_payloads (self, frame))
    ret = push_payloads (self, frame);
  timed_joiner_warn (&self->joiner, &frame->taken, GST_CAT_DEFAULT);

  g_array_unref (frame->payloads);
  g_free (frame->settings.event);
  g_clear_pointer (&frame->settings.metadata, g_bytes_unref);
  return ret;
}

/* --- tags --------------------------------------------------------------------- */

/* Whether something is written into this stream */
static gboolean
is_used (GstFlvMetaInject * self)
{
  GST_OBJECT_LOCK (self);
  const gboolean has_value = self->settings.metadata != NULL;

  GST_OBJECT_UNLOCK (self);
  return has_value || g_atomic_int_get (&self->joiner.is_used);
}

static void
check_metadata (GstFlvMetaInject * self, BytesSpan tag)
{
  gint64 duration_ms;

  if (!is_used (self) || !flv_on_metadata_is (tag))
    return;
  if (!self->warned_of_places && flv_on_metadata_has_places (tag)) {
    self->warned_of_places = TRUE;
    GST_ELEMENT_WARNING (self, STREAM, MUX,
        ("The onMetaData before %s says how large the file is and where its frames are, "
            "which is wrong with metadata in it: set streamable=true at flvmux.",
            GST_OBJECT_NAME (self)), (NULL));
  }
  duration_ms = flv_on_metadata_get_frame_duration (tag);
  if (duration_ms > 0)
    flv_frame_times_set_duration (&self->times, duration_ms);
}

/* Looks at what the body of a tag begins with, which E.4.1 leaves as it is where the rest is
 * encrypted. Returns: whether it is a frame. */
static gboolean
is_frame (GstFlvMetaInject * self, Frame * frame)
{
  GstMapInfo map;
  gboolean is = FALSE;

  if (!gst_buffer_map (frame->buffer, &map, GST_MAP_READ))
    return FALSE;

  const BytesSpan tag = { map.data, map.size };
  const BytesSpan body = { map.data + FLV_TAG_HEADER_SIZE,
    MIN (frame->tag.size, LOOK_SIZE)
  };

  if (frame->tag.type == FLV_SCRIPT)
    check_metadata (self, tag);
  else
    is = frame->tag.type == FLV_VIDEO
        && flv_video_is_frame (body, &frame->composition_ms);
  gst_buffer_unmap (frame->buffer, &map);
  return is;
}

/* @buffer: (transfer full): */
static GstFlowReturn
handle_tag (GstFlvMetaInject * self, const FlvTag * tag, GstBuffer * buffer)
{
  GstFlowReturn ret = GST_FLOW_OK;
  Frame frame = {.buffer = buffer,.tag = *tag,.stats.tags = 1 };

  if ((tag->type == FLV_VIDEO || tag->type == FLV_SCRIPT)
      && is_frame (self, &frame))
    ret = inject (self, &frame);
  account (self, &frame.stats);
  if (ret == GST_FLOW_OK)
    return gst_pad_push (self->srcpad, buffer);
  gst_buffer_unref (buffer);
  return ret;
}

/* Takes bytes that came in buffers out of the adapter.
 * Returns: (transfer full): with the times of the buffer that they began in */
static GstBuffer *
take_buffer (GstFlvMetaInject * self, gsize size)
{
  guint64 distance;
  const GstClockTime pts = gst_adapter_prev_pts (self->adapter, &distance);
  const GstClockTime dts = gst_adapter_prev_dts (self->adapter, NULL);
  GstBuffer *buffer = gst_adapter_take_buffer (self->adapter, size);

  if (distance == 0 && !GST_BUFFER_PTS_IS_VALID (buffer)
      && GST_CLOCK_TIME_IS_VALID (pts)) {
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_PTS (buffer) = pts;
    GST_BUFFER_DTS (buffer) = dts;
  }
  return buffer;
}

/* Everything that follows passes as it is. */
static void
lose_stream (GstFlvMetaInject * self)
{
  self->is_lost = TRUE;
  GST_ELEMENT_WARNING (self, STREAM, DEMUX,
      ("The input of %s is no FLV, or not any more: it passes as it is, without "
          "metadata. Check what is before it, such as flvmux.",
          GST_OBJECT_NAME (self)), (NULL));
}

/* Returns: bytes up to the next tag; 0: they are not there yet, or this is no FLV */
static gsize
look (GstFlvMetaInject * self, FlvTag * tag)
{
  guint8 header[FLV_TAG_HEADER_SIZE];
  gsize size;

  if (gst_adapter_available (self->adapter) < sizeof (header))
    return 0;
  gst_adapter_copy (self->adapter, header, 0, sizeof (header));
  size = flv_tag_look (header, tag);
  if (size == 0)
    lose_stream (self);
  return size <= gst_adapter_available (self->adapter) ? size : 0;
}

static GstFlowReturn
push_rest (GstFlvMetaInject * self)
{
  const gsize size = gst_adapter_available (self->adapter);

  return size > 0 ? gst_pad_push (self->srcpad, take_buffer (self, size)) :
      GST_FLOW_OK;
}

static GstFlowReturn
gst_flv_meta_inject_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstFlvMetaInject *self = GST_FLV_META_INJECT (parent);
  GstFlowReturn ret = GST_FLOW_OK;
  FlvTag tag;
  gsize size;

  gst_adapter_push (self->adapter, buffer);
  while (ret == GST_FLOW_OK && !self->is_lost && (size = look (self, &tag)) > 0)
    ret = handle_tag (self, &tag, take_buffer (self, size));
  if (ret == GST_FLOW_OK && self->is_lost)
    ret = push_rest (self);
  return ret;
}

/* --- events --------------------------------------------------------------------- */

static void
forget_stream (GstFlvMetaInject * self)
{
  gst_adapter_clear (self->adapter);
  self->is_lost = FALSE;
  flv_frame_times_init (&self->times);
}

static gboolean
gst_flv_meta_inject_sink_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  GstFlvMetaInject *self = GST_FLV_META_INJECT (parent);
  const GstSegment *segment;

  timed_joiner_note_event (&self->joiner, event);
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
    case GST_EVENT_EOS:
      push_rest (self);
      self->is_lost = FALSE;
      flv_frame_times_forget (&self->times);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_parse_segment (event, &segment);
      flv_frame_times_set_segment (&self->times, segment);
      break;
    case GST_EVENT_FLUSH_STOP:
      forget_stream (self);
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
gst_flv_meta_inject_src_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  timed_joiner_send_upstream (&GST_FLV_META_INJECT (parent)->joiner, event);
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
gst_flv_meta_inject_src_query (GstPad * pad, GstObject * parent,
    GstQuery * query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY)
    return timed_joiner_query_latency (&GST_FLV_META_INJECT (parent)->joiner,
        query);
  return gst_pad_query_default (pad, parent, query);
}

/* --- the pad "metadata" ------------------------------------------------------------ */

static GstPad *
gst_flv_meta_inject_request_new_pad (GstElement * element,
    GstPadTemplate * templ, const gchar * name, const GstCaps * caps)
{
  return timed_joiner_request_pad (&GST_FLV_META_INJECT (element)->joiner,
      templ);
}

static void
gst_flv_meta_inject_release_pad (GstElement * element, GstPad * pad)
{
  timed_request_pad_remove (&GST_FLV_META_INJECT (element)->joiner.pad, pad);
}

/* --- properties ---------------------------------------------------------------------- */

/* @text: (nullable):
 * Returns: (transfer full) (nullable): */
static GBytes *
bytes_of_text (const gchar * text)
{
  return text && *text ? g_bytes_new (text, strlen (text)) : NULL;
}

static void
apply_join (GstFlvMetaInject * self)
{
  GST_OBJECT_LOCK (self);
  const TimedJoinerSettings join = self->join;

  GST_OBJECT_UNLOCK (self);
  timed_joiner_apply (&self->joiner, &join);
}

static void
gst_flv_meta_inject_set_property (GObject * object, guint id,
    const GValue * value, GParamSpec * pspec)
{
  GstFlvMetaInject *self = GST_FLV_META_INJECT (object);
  Settings *settings = &self->settings;
  gboolean joins = FALSE;

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_METADATA:
      g_clear_pointer (&settings->metadata, g_bytes_unref);
      settings->metadata = bytes_of_text (g_value_get_string (value));
      break;
    case PROP_EVENT:
      g_free (settings->event);
      settings->event = g_value_dup_string (value);
      break;
    case PROP_STYLE:
      settings->style = g_value_get_enum (value);
      break;
    case PROP_MAX_SIZE:
      settings->max_size = g_value_get_uint (value);
      break;
    default:
      joins = timed_joiner_settings_set (&self->join, id - N_PROPS, value);
      break;
  }
  GST_OBJECT_UNLOCK (self);
  if (joins)
    apply_join (self);
}

static GstStructure *
create_stats (GstFlvMetaInject * self)
{
  TimedJoinStats joined;

  GST_OBJECT_LOCK (self);
  const Stats stats = self->stats;

  GST_OBJECT_UNLOCK (self);
  timed_join_get_stats (self->joiner.join, &joined);
  return gst_structure_new ("flvmetainject-stats",
      "tags", G_TYPE_UINT64, stats.tags,
      "frames", G_TYPE_UINT64, stats.frames,
      "injected", G_TYPE_UINT64, stats.injected,
      "too-large", G_TYPE_UINT64, stats.too_large,
      "refused", G_TYPE_UINT64, stats.refused,
      "received", G_TYPE_UINT64, joined.received,
      "dropped", G_TYPE_UINT64, joined.dropped,
      "missed", G_TYPE_UINT64, joined.missed,
      "unused", G_TYPE_UINT64, joined.unused, NULL);
}

static gchar *
dup_text (GBytes * bytes)
{
  return bytes ? g_strndup (g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes)) : NULL;
}

static void
gst_flv_meta_inject_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstFlvMetaInject *self = GST_FLV_META_INJECT (object);
  const Settings *settings = &self->settings;

  if (id == PROP_STATS) {
    g_value_take_boxed (value, create_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_METADATA:
      g_value_take_string (value, dup_text (settings->metadata));
      break;
    case PROP_EVENT:
      g_value_set_string (value, settings->event);
      break;
    case PROP_STYLE:
      g_value_set_enum (value, settings->style);
      break;
    case PROP_MAX_SIZE:
      g_value_set_uint (value, settings->max_size);
      break;
    default:
      timed_joiner_settings_get (&self->join, id - N_PROPS, value);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

/* --- life cycle --------------------------------------------------------------------------- */

static void
start (GstFlvMetaInject * self)
{
  GST_OBJECT_LOCK (self);
  self->stats = (Stats) {
  0};
  GST_OBJECT_UNLOCK (self);
  self->warned_of_places = FALSE;
  forget_stream (self);
  timed_joiner_reset (&self->joiner);
}

static GstStateChangeReturn
gst_flv_meta_inject_change_state (GstElement * element,
    GstStateChange transition)
{
  GstFlvMetaInject *self = GST_FLV_META_INJECT (element);

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    start (self);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    timed_joiner_change_clock (&self->joiner);
  /* Pads cannot be deactivated while a frame waits */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    timed_join_set_interrupted (self->joiner.join, TRUE);

  return GST_ELEMENT_CLASS (gst_flv_meta_inject_parent_class)->change_state
      (element, transition);
}

static void
gst_flv_meta_inject_finalize (GObject * object)
{
  GstFlvMetaInject *self = GST_FLV_META_INJECT (object);

  g_clear_pointer (&self->settings.metadata, g_bytes_unref);
  g_free (self->settings.event);
  timed_joiner_clear (&self->joiner);
  g_object_unref (self->adapter);

  G_OBJECT_CLASS (gst_flv_meta_inject_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass * object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_PLAYING;

  /**
   * GstFlvMetaInject:metadata:
   *
   * A JSON object that goes into every frame. %NULL and the empty string inject nothing.
   */
  g_object_class_install_property (object_class, PROP_METADATA,
      g_param_spec_string ("metadata", "Metadata",
          "JSON object that goes into every frame; NULL or an empty text injects "
          "nothing", NULL, flags));

  /**
   * GstFlvMetaInject:event:
   *
   * The name of the events. Servers pass some and drop others: nginx-rtmp passes onMetaData
   * alone, and with `meta copy` only.
   */
  g_object_class_install_property (object_class, PROP_EVENT,
      g_param_spec_string ("event", "Event",
          "Name of the events that carry the objects", DEFAULT_EVENT, flags));

  /**
   * GstFlvMetaInject:style:
   *
   * How an event carries an object: as a string in the member `text`, or `metakafka` of
   * onMetaData, or with its members as values of AMF0, whose numbers are doubles.
   */
  g_object_class_install_property (object_class, PROP_STYLE,
      g_param_spec_enum ("style", "Style", "How an event carries an object",
          gst_flv_meta_inject_style_get_type (), DEFAULT_STYLE, flags));

  /**
   * GstFlvMetaInject:max-size:
   *
   * Bytes of the largest object that is injected. Servers have bounds of their own.
   */
  g_object_class_install_property (object_class, PROP_MAX_SIZE,
      g_param_spec_uint ("max-size", "Maximum size",
          "Bytes of the largest object that is injected", 1, FLV_TAG_MAX_SIZE,
          DEFAULT_MAX_SIZE, flags));

  /**
   * GstFlvMetaInject:stats:
   *
   * Counts since the element went to PAUSED, each a #guint64:
   *
   * * `tags`: tags of FLV that came in
   * * `frames`: those among them that are frames
   * * `injected`: objects that were written
   * * `too-large`: objects above #GstFlvMetaInject:max-size
   * * `refused`: payloads that are no JSON object, or that AMF cannot say
   * * `received`, `dropped`, `missed`, `unused`: payloads at the pad "metadata", as in
   *   seiinject
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counts of tags and objects since PAUSED", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  timed_joiner_settings_install (object_class, N_PROPS);
}

static void
gst_flv_meta_inject_class_init (GstFlvMetaInjectClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_flv_meta_inject_set_property;
  object_class->get_property = gst_flv_meta_inject_get_property;
  object_class->finalize = gst_flv_meta_inject_finalize;
  element_class->request_new_pad = gst_flv_meta_inject_request_new_pad;
  element_class->release_pad = gst_flv_meta_inject_release_pad;
  element_class->change_state = gst_flv_meta_inject_change_state;
  install_properties (object_class);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &metadata_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class,
      "FLV script data injector", "Metadata",
      "Writes metadata into FLV as script data", "gst-metakafka");
}

static GstPad *
add_pad (GstFlvMetaInject * self, GstStaticPadTemplate * templ)
{
  GstPad *pad = gst_pad_new_from_static_template (templ, templ->name_template);

  GST_PAD_SET_PROXY_CAPS (pad);
  gst_pad_set_iterate_internal_links_function (pad,
      timed_pad_iterate_internal_links);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

static void
gst_flv_meta_inject_init (GstFlvMetaInject * self)
{
  self->sinkpad = add_pad (self, &sink_template);
  gst_pad_set_chain_function (self->sinkpad, gst_flv_meta_inject_chain);
  gst_pad_set_event_function (self->sinkpad, gst_flv_meta_inject_sink_event);
  self->srcpad = add_pad (self, &src_template);
  gst_pad_set_event_function (self->srcpad, gst_flv_meta_inject_src_event);
  gst_pad_set_query_function (self->srcpad, gst_flv_meta_inject_src_query);

  timed_joiner_init (&self->joiner, GST_ELEMENT (self), self->sinkpad);
  self->adapter = gst_adapter_new ();
  flv_frame_times_init (&self->times);
  self->settings = (Settings) {
  .event = g_strdup (DEFAULT_EVENT),.style = DEFAULT_STYLE,.max_size =
        DEFAULT_MAX_SIZE};
  timed_joiner_settings_init (&self->join);
  apply_join (self);
}
