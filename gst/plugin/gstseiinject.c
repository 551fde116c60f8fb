/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-seiinject
 * @title: seiinject
 * @short_description: Writes metadata into H.264 and H.265 video as SEI messages
 * @see_also: seiextract, GstSeiMeta
 *
 * Puts metadata inside the video, so that it travels with its frame through
 * every link and container. What is to be injected comes from
 *
 * * every #GstSeiMeta on the buffer, wherever upstream it was attached: one that
 *   was on a raw frame before the encoder comes out on the same frame;
 * * every GstVideoSEIUserDataUnregisteredMeta on it, without those of the banners
 *   that encoders write;
 * * the value of the property #seiinject:metadata, under the UUID
 *   #seiinject:uuid, as often as #seiinject:mode says. It can be set in any state
 *   and from any thread; set in a pad probe on the sink pad, it goes into the very
 *   buffer that the probe is about.
 *
 * In this order, and each once: what the access unit has in it already, with the
 * same UUID and payload, is not written again. Every message is a NAL unit of its
 * own (user_data_unregistered, ITU-T H.264 and H.265 Annex D), before the first
 * slice and behind all that precedes it.
 *
 * The video must come in whole access units (alignment=au): put h264parse or
 * h265parse in front if it does not. It is neither changed nor copied, its
 * buffers keep their flags, times and metas, and there is no latency: every
 * buffer leaves as soon as it has come. An access unit without a slice, or whose
 * NAL unit lengths are wrong, passes as it is.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! x264enc ! h264parse ! seiinject metadata='"{\"camera\":\"north\"}"' ! h264parse ! mp4mux ! filesink location=north.mp4
 * ]|
 */

#include "gstseiinject.h"

#include <string.h>

#include "gst/sei/seibuffer.h"
#include "gst/sei/seimessages.h"
#include "gst/sei/seipayload.h"
#include "gst/sei/seiuuid.h"
#include "gstseistream.h"

GST_DEBUG_CATEGORY_STATIC (sei_inject_debug);
#define GST_CAT_DEFAULT sei_inject_debug

/**
 * GstSeiInjectMode:
 * @GST_SEI_INJECT_EVERY_FRAME: into every access unit
 * @GST_SEI_INJECT_KEYFRAME: into every access unit that is a key frame
 * @GST_SEI_INJECT_ONCE: into one access unit for each time the value is set
 *
 * How often the value of #seiinject:metadata is injected.
 */
typedef enum
{
  GST_SEI_INJECT_EVERY_FRAME,
  GST_SEI_INJECT_KEYFRAME,
  GST_SEI_INJECT_ONCE
} GstSeiInjectMode;

#define GST_TYPE_SEI_INJECT_MODE (gst_sei_inject_mode_get_type ())
static GType
gst_sei_inject_mode_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    {GST_SEI_INJECT_EVERY_FRAME, "Into every access unit", "every-frame"},
    {GST_SEI_INJECT_KEYFRAME, "Into every key frame", "keyframe"},
    {GST_SEI_INJECT_ONCE, "Once for each time the value is set", "once"},
    {0, NULL, NULL}
  };

  if (g_once_init_enter (&type)) {
    GType registered = g_enum_register_static ("GstSeiInjectMode", values);

    g_once_init_leave (&type, registered);
  }
  return type;
}

#define DEFAULT_MODE GST_SEI_INJECT_EVERY_FRAME

enum
{
  PROP_METADATA = 1,
  PROP_METADATA_BINARY,
  PROP_METADATA_BYTES,
  PROP_MODE,
  PROP_UUID,
  PROP_STATS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

typedef struct
{
  guint64 frames;
  guint64 injected;
  guint64 present;
  guint64 no_slice;
  guint64 broken;
  guint64 too_large;
} Stats;

/* What the properties say is to be injected */
typedef struct
{
  guint8 uuid[SEI_UUID_SIZE];
  GBytes *payload;              /* NULL: nothing */
  guint serial;                 /* counts the times it was set */
} Value;

struct _GstSeiInject
{
  GstElement parent;

  /* streaming thread */
  GstSeiStream stream;

  /* OBJECT_LOCK */
  Value value;
  guint injected_serial;        /* of the value that was injected last */
  GstSeiInjectMode mode;
  gchar *uuid_text;
  gboolean uuid_valid;          /* or value.uuid is the one before it */
  Stats stats;
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

G_DEFINE_TYPE (GstSeiInject, gst_sei_inject, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (seiinject, "seiinject", GST_RANK_NONE,
    GST_TYPE_SEI_INJECT, GST_DEBUG_CATEGORY_INIT (sei_inject_debug, "seiinject",
        0, "SEI injection"));

/* --- injecting ---------------------------------------------------------- */

/* Whether the value goes into this access unit. OBJECT_LOCK is held. */
static gboolean
wants_value (GstSeiInject * self, GstBuffer * buffer)
{
  if (self->value.payload == NULL)
    return FALSE;

  switch (self->mode) {
    case GST_SEI_INJECT_KEYFRAME:
      return !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    case GST_SEI_INJECT_ONCE:
      return self->injected_serial != self->value.serial;
    default:
      return TRUE;
  }
}

/* Writes those of @messages that the access unit does not have yet. */
static GstMemory *
write_new (GstSeiInject * self, const SeiBytes * bytes,
    const SeiInsertPoint * point, SeiList * messages, Stats * stats)
{
  SeiList *present = sei_list_read (bytes, self->stream.format, NULL, NULL);
  guint n_present;
  SeiList *list = sei_list_get_new (messages, present, &n_present);
  const guint n_new = list->len;
  GstMemory *memory = sei_list_write (list, self->stream.format, point);

  stats->present = n_present;
  stats->injected = list->len;
  stats->too_large = n_new - list->len;
  g_array_unref (list);
  g_array_unref (present);

  return memory;
}

/* Writes what it can of @messages into @buffer and counts in @stats.
 * Returns: (transfer full) (nullable): the buffer; NULL after an error */
static GstBuffer *
inject (GstSeiInject * self, GstBuffer * buffer, SeiList * messages,
    Stats * stats)
{
  SeiBufferMap map;
  SeiInsertPoint point;
  GstMemory *memory = NULL;

  if (!sei_buffer_map (buffer, &map)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ, ("Could not read the video."),
        ("failed to map %" GST_PTR_FORMAT, buffer));
    gst_buffer_unref (buffer);
    return NULL;
  }

  switch (sei_find_insert_point (&map.bytes, self->stream.format, &point)) {
    case SEI_OK:
      memory = write_new (self, &map.bytes, &point, messages, stats);
      break;
    case SEI_NO_SLICE:
      stats->no_slice = 1;
      break;
    default:
      stats->broken = 1;
      break;
  }
  sei_buffer_unmap (&map);

  return memory != NULL ?
      sei_buffer_insert (buffer, point.offset, memory) : buffer;
}

/* Adds @stats to what was counted so far. If @value is given and there was a
 * slice for it to go before, it has been injected. */
static void
account (GstSeiInject * self, const Stats * stats, const Value * value)
{
  GST_OBJECT_LOCK (self);
  const Stats before = self->stats;

  self->stats.injected += stats->injected;
  self->stats.present += stats->present;
  self->stats.no_slice += stats->no_slice;
  self->stats.broken += stats->broken;
  self->stats.too_large += stats->too_large;
  if (value->payload != NULL && stats->no_slice == 0 && stats->broken == 0)
    self->injected_serial = value->serial;
  const Stats now = self->stats;

  GST_OBJECT_UNLOCK (self);

  GST_SEI_STREAM_WARN (self, before.no_slice, now.no_slice,
      "no slice in the access unit, so nothing injected (%" G_GUINT64_FORMAT
      " so far)", now.no_slice);
  GST_SEI_STREAM_WARN (self, before.broken, now.broken,
      "wrong NAL unit lengths, so nothing injected (%" G_GUINT64_FORMAT
      " so far)", now.broken);
  GST_SEI_STREAM_WARN (self, before.too_large, now.too_large,
      "message too large for length fields of %u bytes (%" G_GUINT64_FORMAT
      " so far)", self->stream.format.length_size, now.too_large);
}

static GstFlowReturn
gst_sei_inject_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstSeiInject *self = GST_SEI_INJECT (parent);
  Value value = {.payload = NULL };

  if (!self->stream.negotiated) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }

  GST_OBJECT_LOCK (self);
  self->stats.frames++;
  if (wants_value (self, buffer)) {
    value = self->value;
    g_bytes_ref (value.payload);
  }
  GST_OBJECT_UNLOCK (self);

  if (value.payload != NULL || sei_list_has_metas (buffer)) {
    SeiList *messages = sei_list_new ();
    Stats stats = { 0 };

    sei_list_append_metas (messages, buffer);
    if (value.payload != NULL)
      sei_list_append (messages, value.uuid, value.payload);
    buffer = inject (self, buffer, messages, &stats);
    account (self, &stats, &value);
    g_array_unref (messages);
    g_clear_pointer (&value.payload, g_bytes_unref);
  }

  return buffer != NULL ? gst_pad_push (self->stream.srcpad,
      buffer) : GST_FLOW_ERROR;
}

static gboolean
gst_sei_inject_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstSeiInject *self = GST_SEI_INJECT (parent);

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    return gst_sei_stream_handle_caps (&self->stream, event);

  return gst_pad_event_default (pad, parent, event);
}

/* --- properties --------------------------------------------------------- */

/* Takes @payload, which may be NULL. */
static void
set_payload (GstSeiInject * self, GBytes * payload)
{
  GST_OBJECT_LOCK (self);
  GBytes *old = self->value.payload;

  self->value.payload = payload;
  self->value.serial++;
  GST_OBJECT_UNLOCK (self);

  g_clear_pointer (&old, g_bytes_unref);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_METADATA]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_METADATA_BINARY]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_METADATA_BYTES]);
}

static GBytes *
ref_payload (GstSeiInject * self)
{
  GST_OBJECT_LOCK (self);
  GBytes *payload = self->value.payload;

  if (payload != NULL)
    g_bytes_ref (payload);
  GST_OBJECT_UNLOCK (self);

  return payload;
}

static void
set_uuid (GstSeiInject * self, const gchar * text)
{
  if (text == NULL || *text == '\0')
    text = SEI_UUID_DEFAULT;

  GST_OBJECT_LOCK (self);
  self->uuid_valid = sei_uuid_parse (text, self->value.uuid);
  g_free (self->uuid_text);
  self->uuid_text = g_strdup (text);
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
create_stats (GstSeiInject * self)
{
  GST_OBJECT_LOCK (self);
  const Stats stats = self->stats;

  GST_OBJECT_UNLOCK (self);

  return gst_structure_new ("seiinject-stats",
      "frames", G_TYPE_UINT64, stats.frames,
      "injected", G_TYPE_UINT64, stats.injected,
      "present", G_TYPE_UINT64, stats.present,
      "no-slice", G_TYPE_UINT64, stats.no_slice,
      "broken", G_TYPE_UINT64, stats.broken,
      "too-large", G_TYPE_UINT64, stats.too_large, NULL);
}

static void
gst_sei_inject_set_property (GObject * object, guint prop_id,
    const GValue * value, GParamSpec * pspec)
{
  GstSeiInject *self = GST_SEI_INJECT (object);

  switch (prop_id) {
    case PROP_METADATA:
    case PROP_METADATA_BINARY:
    case PROP_METADATA_BYTES:
      set_payload (self, sei_payload_from_value (value));
      break;
    case PROP_MODE:
      GST_OBJECT_LOCK (self);
      self->mode = g_value_get_enum (value);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_UUID:
      set_uuid (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
  }
}

static void
gst_sei_inject_get_property (GObject * object, guint prop_id, GValue * value,
    GParamSpec * pspec)
{
  GstSeiInject *self = GST_SEI_INJECT (object);
  GBytes *payload;

  switch (prop_id) {
    case PROP_METADATA:
    case PROP_METADATA_BINARY:
    case PROP_METADATA_BYTES:
      payload = ref_payload (self);
      sei_payload_to_value (payload, value);
      g_clear_pointer (&payload, g_bytes_unref);
      break;
    case PROP_MODE:
      GST_OBJECT_LOCK (self);
      g_value_set_enum (value, self->mode);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_UUID:
      GST_OBJECT_LOCK (self);
      g_value_set_string (value, self->uuid_text);
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

/* --- life cycle --------------------------------------------------------- */

/* Forgets the stream before. */
static gboolean
start (GstSeiInject * self)
{
  gchar *bad_uuid;

  GST_OBJECT_LOCK (self);
  bad_uuid = self->uuid_valid ? NULL : g_strdup (self->uuid_text);
  memset (&self->stats, 0, sizeof (self->stats));
  self->injected_serial = self->value.serial - 1;
  GST_OBJECT_UNLOCK (self);

  gst_sei_stream_reset (&self->stream);
  if (bad_uuid == NULL)
    return TRUE;

  gst_sei_stream_post_uuid_error (GST_ELEMENT (self), bad_uuid);
  g_free (bad_uuid);
  return FALSE;
}

static GstStateChangeReturn
gst_sei_inject_change_state (GstElement * element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED
      && !start (GST_SEI_INJECT (element)))
    return GST_STATE_CHANGE_FAILURE;

  return GST_ELEMENT_CLASS (gst_sei_inject_parent_class)->change_state (element,
      transition);
}

static void
gst_sei_inject_finalize (GObject * object)
{
  GstSeiInject *self = GST_SEI_INJECT (object);

  g_clear_pointer (&self->value.payload, g_bytes_unref);
  g_free (self->uuid_text);

  G_OBJECT_CLASS (gst_sei_inject_parent_class)->finalize (object);
}

static void
gst_sei_inject_class_init (GstSeiInjectClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_sei_inject_set_property;
  object_class->get_property = gst_sei_inject_get_property;
  object_class->finalize = gst_sei_inject_finalize;
  element_class->change_state = gst_sei_inject_change_state;

  /**
   * GstSeiInject:metadata:
   *
   * The payload to inject, as text: its bytes without a terminating NUL. %NULL
   * and the empty string inject nothing. Reads as %NULL if the payload was set
   * through one of the other two properties and is no text.
   */
  properties[PROP_METADATA] = g_param_spec_string ("metadata", "Metadata",
      "Payload to inject, as text (without a terminating NUL); NULL or empty "
      "injects nothing", NULL,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiInject:metadata-binary:
   *
   * The same value as #GstSeiInject:metadata, as any bytes.
   */
  properties[PROP_METADATA_BINARY] = g_param_spec_boxed ("metadata-binary",
      "Metadata, binary", "The value of metadata, as a GByteArray of any bytes",
      G_TYPE_BYTE_ARRAY,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiInject:metadata-bytes:
   *
   * The same value as #GstSeiInject:metadata, as any bytes, and without copying
   * them. Of the two properties for bytes, this is the one that language bindings
   * can set.
   */
  properties[PROP_METADATA_BYTES] = g_param_spec_boxed ("metadata-bytes",
      "Metadata, bytes", "The value of metadata, as GBytes of any bytes",
      G_TYPE_BYTES,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiInject:mode:
   *
   * How often the value of #GstSeiInject:metadata is injected. Metas on buffers
   * are injected always.
   */
  properties[PROP_MODE] = g_param_spec_enum ("mode", "Mode",
      "How often the value of metadata is injected",
      GST_TYPE_SEI_INJECT_MODE, DEFAULT_MODE,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiInject:uuid:
   *
   * The UUID under which the value of #GstSeiInject:metadata is injected. With
   * anything that is none the element does not start; while it runs, it keeps
   * the UUID it had.
   */
  properties[PROP_UUID] = g_param_spec_string ("uuid", "UUID",
      "UUID of the value of metadata: 32 hexadecimal digits, with or without "
      "dashes, or exactly 16 ASCII characters", SEI_UUID_DEFAULT,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiInject:stats:
   *
   * What was counted since the element went to PAUSED, each a #guint64:
   *
   * * `frames`: access units that came in
   * * `injected`: messages written
   * * `present`: messages not written because the access unit had them already
   * * `no-slice`: access units without a slice that messages were meant for
   * * `broken`: access units with wrong NAL unit lengths that messages were meant
   *   for
   * * `too-large`: messages that did not fit the length field of a NAL unit
   */
  properties[PROP_STATS] = g_param_spec_boxed ("stats", "Statistics",
      "Counted since PAUSED: access units (frames); messages injected, present "
      "already, too-large for a length field; access units with no-slice or "
      "broken NAL unit lengths, which passed without their messages",
      GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
  gst_type_mark_as_plugin_api (GST_TYPE_SEI_INJECT_MODE, 0);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "SEI injector",
      "Codec/Video/Metadata",
      "Writes metadata into H.264 and H.265 video as user_data_unregistered SEI "
      "messages", "gst-metakafka");
}

static void
gst_sei_inject_init (GstSeiInject * self)
{
  gst_sei_stream_init (&self->stream, GST_ELEMENT (self), gst_sei_inject_chain,
      gst_sei_inject_sink_event);
  self->mode = DEFAULT_MODE;
  set_uuid (self, NULL);
}
