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
 * * the request pad "metadata", for another stream that is to be joined with the
 *   video: each buffer is a payload, or, with application/x-ndjson, each line;
 * * the value of the property #seiinject:metadata, as often as #seiinject:mode
 *   says. It can be set in any state and from any thread; set in a pad probe on the
 *   sink pad, it goes into the very buffer that the probe is about.
 *
 * In this order, and each once: what the access unit has in it already, with the
 * same UUID and payload, is not written again. Every message is a NAL unit of its
 * own (user_data_unregistered, ITU-T H.264 and H.265 Annex D), before the first
 * slice and behind all that precedes it. What comes from the pad and the property
 * has the UUID #seiinject:uuid.
 *
 * The video comes in whole access units (alignment=au) or NAL by NAL
 * (alignment=nal), where messages are buffers of their own: put h264parse or
 * h265parse in front if it does not. It is neither changed nor copied, and its
 * buffers keep their flags, times and metas. An access unit without a slice, or
 * whose NAL unit lengths are wrong, passes as it is.
 *
 * A payload from the pad goes into the access unit whose time span it is in, by
 * running time; one that is older than all that is still to come, into the next.
 * Payloads without time, or in a segment that is not in time, go one into each
 * access unit. In a live pipeline there is no latency: every buffer leaves as soon
 * as it has come. Where neither the video nor the metadata is live, a frame waits
 * until what belongs into it must have come, so that joining two files gives the
 * same at every run; see #seiinject:wait-metadata. Put a queue before each sink
 * pad where both come from one demuxer.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! x264enc ! h264parse ! seiinject metadata='"{\"camera\":\"north\"}"' ! h264parse ! mp4mux ! filesink location=north.mp4
 * ]|
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! x264enc ! h264parse ! seiinject name=inj ! h264parse ! mp4mux ! filesink location=flight.mp4 filesrc location=flight.jsonl ! application/x-ndjson ! inj.metadata
 * ]|
 */

#include "gstseiinject.h"

#include <string.h>

#include "gst/sei/seibuffer.h"
#include "gst/sei/seijoinpad.h"
#include "gst/sei/seipayload.h"
#include "gst/sei/seiplacer.h"
#include "gst/sei/seiuuid.h"
#include "gstseienums.h"
#include "gstseistream.h"

GST_DEBUG_CATEGORY_STATIC (sei_inject_debug);
#define GST_CAT_DEFAULT sei_inject_debug

#define DEFAULT_MODE GST_SEI_INJECT_EVERY_FRAME
#define DEFAULT_WAIT_METADATA GST_SEI_INJECT_WAIT_AUTO
#define DEFAULT_MAX_PAYLOAD 65536

/* A frame that waits longer for metadata says so */
#define WAIT_WARNING (5 * G_USEC_PER_SEC)

enum
{
  PROP_METADATA = 1,
  PROP_METADATA_BINARY,
  PROP_METADATA_BYTES,
  PROP_MODE,
  PROP_UUID,
  PROP_WAIT_METADATA,
  PROP_MAX_PAYLOAD,
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
  guint64 late;
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

  SeiJoin *join;                /* what comes in at the pad "metadata" */

  /* streaming thread */
  GstSeiStream stream;
  SeiPlacer placer;
  gboolean is_live;
  gboolean knows_live;

  /* OBJECT_LOCK */
  GstPad *metadata_pad;
  Value value;
  guint injected_serial;        /* of the value that was injected last */
  GstSeiInjectMode mode;
  GstSeiInjectWait wait_metadata;
  guint max_payload;
  gchar *uuid_text;
  gboolean uuid_valid;          /* or value.uuid is the one before it */
  Stats stats;
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

static GstStaticPadTemplate metadata_template =
GST_STATIC_PAD_TEMPLATE ("metadata", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS (SEI_JOIN_PAD_CAPS));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

G_DEFINE_TYPE (GstSeiInject, gst_sei_inject, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (seiinject, "seiinject", GST_RANK_NONE,
    GST_TYPE_SEI_INJECT, GST_DEBUG_CATEGORY_INIT (sei_inject_debug, "seiinject",
        0, "SEI injection"));

/* --- the pad "metadata" ------------------------------------------------- */

/* Returns: (transfer full) (nullable) */
static GstPad *
ref_metadata_pad (GstSeiInject * self)
{
  GST_OBJECT_LOCK (self);
  GstPad *pad = self->metadata_pad;

  if (pad != NULL)
    gst_object_ref (pad);
  GST_OBJECT_UNLOCK (self);

  return pad;
}

/* The limit is for payloads that do not fit anywhere; 0 is for none */
static gsize
max_payload_size (guint max_payload)
{
  return max_payload > 0 ? max_payload : G_MAXUINT;
}

static GstPad *
gst_sei_inject_request_new_pad (GstElement * element, GstPadTemplate * templ,
    const gchar * name, const GstCaps * caps)
{
  GstSeiInject *self = GST_SEI_INJECT (element);
  GstPad *taken = ref_metadata_pad (self);

  if (taken != NULL) {
    GST_WARNING_OBJECT (self, "there is but one pad \"metadata\"");
    gst_object_unref (taken);
    return NULL;
  }

  GstPad *pad = sei_join_pad_new (templ, "metadata", self->join);

  GST_OBJECT_LOCK (self);
  sei_join_pad_set_max_payload (SEI_JOIN_PAD (pad),
      max_payload_size (self->max_payload));
  self->metadata_pad = pad;
  GST_OBJECT_UNLOCK (self);
  gst_element_add_pad (element, pad);

  return pad;
}

static void
gst_sei_inject_release_pad (GstElement * element, GstPad * pad)
{
  GstSeiInject *self = GST_SEI_INJECT (element);

  GST_OBJECT_LOCK (self);
  self->metadata_pad = NULL;
  GST_OBJECT_UNLOCK (self);

  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
}

static gboolean
should_wait (GstSeiInject * self, GstPad * metadata_pad, GstSeiInjectWait wait)
{
  if (wait != GST_SEI_INJECT_WAIT_AUTO)
    return wait == GST_SEI_INJECT_WAIT_ALWAYS;

  if (!self->knows_live) {
    self->is_live = sei_pad_is_live (self->stream.sinkpad)
        || sei_pad_is_live (metadata_pad);
    self->knows_live = TRUE;
    GST_DEBUG_OBJECT (self, "%s", self->is_live ? "live: does not wait for "
        "metadata" : "not live: waits for metadata");
  }
  return !self->is_live;
}

/* @times: those of the access unit. In alignment nal its first NAL unit may have
 * a duration of 0. */
static void
get_frame (GstSeiInject * self, GstBuffer * times, SeiJoinFrame * frame)
{
  GstClockTime duration = GST_BUFFER_DURATION (times);

  if (!GST_CLOCK_TIME_IS_VALID (duration) || duration == 0)
    duration = self->stream.frame_duration;
  if (!GST_CLOCK_TIME_IS_VALID (duration) || duration == 0)
    duration = 1;

  frame->start =
      sei_join_running_time (&self->stream.segment, GST_BUFFER_PTS (times));
  frame->end = frame->start;
  if (frame->start != SEI_JOIN_NO_TIME)
    frame->end += (gint64) MIN (duration, G_MAXINT64 / 4);
  frame->oldest =
      sei_join_running_time (&self->stream.segment, GST_BUFFER_DTS (times));
  if (frame->oldest == SEI_JOIN_NO_TIME)
    frame->oldest = frame->start;
}

/* Returns FALSE if it was interrupted. */
static gboolean
wait_for_metadata (GstSeiInject * self, const SeiJoinFrame * frame)
{
  SeiJoinWait waited = sei_join_wait (self->join, frame, WAIT_WARNING);

  if (waited == SEI_JOIN_TIMEOUT) {
    GST_ELEMENT_WARNING (self, STREAM, FAILED,
        ("The video waits for metadata on the pad metadata of %s: put a queue "
            "before each of its sink pads, let the metadata have GAP events, or "
            "set wait-metadata=never.", GST_OBJECT_NAME (self)),
        ("nothing of running time %" GST_STIME_FORMAT " or later has come for "
            "5 s", GST_STIME_ARGS (frame->end)));
    waited = sei_join_wait (self->join, frame, -1);
  }
  return waited == SEI_JOIN_READY;
}

/* Appends what has come, and must have come, for this access unit. Returns FALSE if
 * it was interrupted. */
static gboolean
append_joined (GstSeiInject * self, GstBuffer * times, const guint8 * uuid,
    GstSeiInjectWait wait, SeiList * messages, Stats * stats)
{
  GstPad *metadata_pad = ref_metadata_pad (self);
  gboolean ready = TRUE;
  SeiJoinFrame frame;
  guint n_refused;

  if (metadata_pad == NULL)
    return TRUE;

  get_frame (self, times, &frame);
  if (should_wait (self, metadata_pad, wait))
    ready = wait_for_metadata (self, &frame);
  gst_object_unref (metadata_pad);
  if (ready) {
    sei_join_take (self->join, &frame, uuid, messages, &n_refused);
    stats->too_large += n_refused;
  }
  return ready;
}

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

/* Whether there may be anything for this buffer at all */
static gboolean
wants_buffer (GstSeiInject * self, GstBuffer * buffer)
{
  GST_OBJECT_LOCK (self);
  const gboolean wants =
      wants_value (self, buffer) || self->metadata_pad != NULL;
  GST_OBJECT_UNLOCK (self);

  return wants || sei_list_has_metas (buffer);
}

static void
account (GstSeiInject * self, const Stats * stats)
{
  GST_OBJECT_LOCK (self);
  const Stats before = self->stats;

  self->stats.frames += stats->frames;
  self->stats.injected += stats->injected;
  self->stats.present += stats->present;
  self->stats.no_slice += stats->no_slice;
  self->stats.broken += stats->broken;
  self->stats.too_large += stats->too_large;
  self->stats.late += stats->late;
  const Stats now = self->stats;

  GST_OBJECT_UNLOCK (self);

  GST_SEI_STREAM_WARN (self, before.no_slice, now.no_slice,
      "no slice in the access unit, so nothing injected (%" G_GUINT64_FORMAT
      " so far)", now.no_slice);
  GST_SEI_STREAM_WARN (self, before.broken, now.broken,
      "wrong NAL unit lengths, so nothing injected (%" G_GUINT64_FORMAT
      " so far)", now.broken);
  GST_SEI_STREAM_WARN (self, before.too_large, now.too_large,
      "message larger than max-payload or than length fields of %u bytes allow "
      "(%" G_GUINT64_FORMAT " so far)", self->stream.format.length_size,
      now.too_large);
  GST_SEI_STREAM_WARN (self, before.late, now.late,
      "meta behind the first slice of its access unit (%" G_GUINT64_FORMAT
      " so far)", now.late);
}

/* Collects what is to be injected and writes what is not there yet.
 * @memory: (out): NULL if there is nothing to write
 * Returns FALSE if it was interrupted. */
static gboolean
write_messages (GstSeiInject * self, GstBuffer * buffer, const SeiBytes * bytes,
    const SeiPlace * place, Stats * stats, GstMemory ** memory)
{
  SeiList *messages = sei_list_new ();
  SeiPlaceCounts counts = { 0 };
  guint8 uuid[SEI_UUID_SIZE];

  GST_OBJECT_LOCK (self);
  const GstSeiInjectWait wait = self->wait_metadata;
  const gsize max_payload = max_payload_size (self->max_payload);

  memcpy (uuid, self->value.uuid, SEI_UUID_SIZE);
  GST_OBJECT_UNLOCK (self);

  sei_list_append_list (messages, self->placer.metas);

  const gboolean ready = append_joined (self, self->stream.whole ? buffer :
      self->placer.unit.times, uuid, wait, messages, stats);

  if (ready) {
    GST_OBJECT_LOCK (self);
    if (wants_value (self, buffer)) {
      sei_list_append (messages, self->value.uuid, self->value.payload);
      self->injected_serial = self->value.serial;
    }
    GST_OBJECT_UNLOCK (self);
  }
  *memory = NULL;
  if (ready && messages->len > 0) {
    *memory = sei_placer_write (&self->placer, bytes, self->stream.format,
        place, messages, max_payload, &counts);
    stats->injected = counts.n_written;
    stats->present = counts.n_present;
    stats->too_large += counts.n_too_large;
  }
  g_array_unref (messages);

  return ready;
}

/* A buffer for messages of their own in front of a NAL unit: with its times, and
 * flagged as what is no slice is */
static GstBuffer *
new_message_buffer (GstMemory * memory, GstBuffer * before)
{
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer, memory);
  GST_BUFFER_PTS (buffer) = GST_BUFFER_PTS (before);
  GST_BUFFER_DTS (buffer) = GST_BUFFER_DTS (before);
  if (GST_BUFFER_DURATION_IS_VALID (before))
    GST_BUFFER_DURATION (buffer) = 0;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (GST_BUFFER_FLAG_IS_SET (before, GST_BUFFER_FLAG_DISCONT))
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);

  return buffer;
}

static GstFlowReturn
push (GstSeiInject * self, GstBuffer * buffer, GstMemory * memory, gsize offset)
{
  if (memory != NULL && !self->stream.whole && offset == 0) {
    const GstFlowReturn ret = gst_pad_push (self->stream.srcpad,
        new_message_buffer (memory, buffer));

    if (ret != GST_FLOW_OK) {
      gst_buffer_unref (buffer);
      return ret;
    }
  } else if (memory != NULL) {
    buffer = sei_buffer_insert (buffer, offset, memory);
  }
  return gst_pad_push (self->stream.srcpad, buffer);
}

static GstFlowReturn
gst_sei_inject_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstSeiInject *self = GST_SEI_INJECT (parent);
  GstSeiStream *stream = &self->stream;
  GstMemory *memory = NULL;
  gboolean ready = TRUE;
  Stats stats = { 0 };
  SeiBufferMap map;
  SeiPlace place;

  if (!stream->negotiated) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }
  if (stream->whole && !wants_buffer (self, buffer)) {
    stats.frames = 1;
    account (self, &stats);
    return gst_pad_push (stream->srcpad, buffer);
  }
  if (!sei_buffer_map (buffer, &map)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ, ("Could not read the video."),
        ("failed to map %" GST_PTR_FORMAT, buffer));
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }

  sei_placer_next (&self->placer, buffer, &map.bytes, stream->format,
      stream->whole, &place);
  if (place.status == SEI_PLACE_HERE)
    ready = write_messages (self, buffer, &map.bytes, &place, &stats, &memory);
  sei_buffer_unmap (&map);

  stats.frames = place.begins;
  stats.no_slice = place.unplaced + (place.status == SEI_PLACE_NO_SLICE);
  stats.broken = place.status == SEI_PLACE_BROKEN;
  stats.late = place.n_late;
  account (self, &stats);
  if (!ready) {
    gst_buffer_unref (buffer);
    return GST_FLOW_FLUSHING;
  }
  return push (self, buffer, memory, place.point.offset);
}

/* --- events ------------------------------------------------------------- */

/* Forgets the access unit at hand. */
static void
end_stream (GstSeiInject * self)
{
  const Stats stats = {.no_slice = sei_placer_reset (&self->placer) };

  account (self, &stats);
}

static gboolean
gst_sei_inject_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstSeiInject *self = GST_SEI_INJECT (parent);

  gst_sei_stream_note_event (&self->stream, event);
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      end_stream (self);
      return gst_sei_stream_handle_caps (&self->stream, event);
    case GST_EVENT_STREAM_START:
      self->knows_live = FALSE;
      sei_join_set_video_eos (self->join, FALSE);
      break;
    case GST_EVENT_FLUSH_START:
      sei_join_set_interrupted (self->join, TRUE);
      break;
    case GST_EVENT_FLUSH_STOP:
      end_stream (self);
      sei_join_set_interrupted (self->join, FALSE);
      sei_join_set_video_eos (self->join, FALSE);
      break;
    case GST_EVENT_EOS:
      end_stream (self);
      sei_join_set_video_eos (self->join, TRUE);
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* What is joined with the video is sought with it. */
static gboolean
gst_sei_inject_src_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstPad *metadata_pad = ref_metadata_pad (GST_SEI_INJECT (parent));

  if (metadata_pad != NULL) {
    if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK)
      gst_pad_push_event (metadata_pad, gst_event_ref (event));
    gst_object_unref (metadata_pad);
  }
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

static void
set_max_payload (GstSeiInject * self, guint max_payload)
{
  GST_OBJECT_LOCK (self);
  self->max_payload = max_payload;
  if (self->metadata_pad != NULL)
    sei_join_pad_set_max_payload (SEI_JOIN_PAD (self->metadata_pad),
        max_payload_size (max_payload));
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
create_stats (GstSeiInject * self)
{
  SeiJoinStats joined;

  sei_join_get_stats (self->join, &joined);
  GST_OBJECT_LOCK (self);
  const Stats stats = self->stats;

  GST_OBJECT_UNLOCK (self);

  return gst_structure_new ("seiinject-stats",
      "frames", G_TYPE_UINT64, stats.frames,
      "injected", G_TYPE_UINT64, stats.injected,
      "present", G_TYPE_UINT64, stats.present,
      "no-slice", G_TYPE_UINT64, stats.no_slice,
      "broken", G_TYPE_UINT64, stats.broken,
      "too-large", G_TYPE_UINT64, stats.too_large,
      "late", G_TYPE_UINT64, stats.late,
      "received", G_TYPE_UINT64, joined.received,
      "dropped", G_TYPE_UINT64, joined.dropped,
      "unused", G_TYPE_UINT64, joined.unused, NULL);
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
    case PROP_WAIT_METADATA:
      GST_OBJECT_LOCK (self);
      self->wait_metadata = g_value_get_enum (value);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_MAX_PAYLOAD:
      set_max_payload (self, g_value_get_uint (value));
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
    case PROP_WAIT_METADATA:
      GST_OBJECT_LOCK (self);
      g_value_set_enum (value, self->wait_metadata);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_MAX_PAYLOAD:
      GST_OBJECT_LOCK (self);
      g_value_set_uint (value, self->max_payload);
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
  sei_placer_reset (&self->placer);
  sei_join_reset (self->join);
  self->knows_live = FALSE;
  if (bad_uuid == NULL)
    return TRUE;

  gst_sei_stream_post_uuid_error (GST_ELEMENT (self), bad_uuid);
  g_free (bad_uuid);
  return FALSE;
}

static GstStateChangeReturn
gst_sei_inject_change_state (GstElement * element, GstStateChange transition)
{
  GstSeiInject *self = GST_SEI_INJECT (element);

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  /* Or the pads could not be deactivated while a frame waits */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    sei_join_set_interrupted (self->join, TRUE);

  return GST_ELEMENT_CLASS (gst_sei_inject_parent_class)->change_state (element,
      transition);
}

static void
gst_sei_inject_finalize (GObject * object)
{
  GstSeiInject *self = GST_SEI_INJECT (object);

  g_clear_pointer (&self->value.payload, g_bytes_unref);
  g_free (self->uuid_text);
  sei_placer_clear (&self->placer);
  sei_join_free (self->join);

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
  element_class->request_new_pad = gst_sei_inject_request_new_pad;
  element_class->release_pad = gst_sei_inject_release_pad;
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
   * and what comes in at the pad "metadata" are injected always.
   */
  properties[PROP_MODE] = g_param_spec_enum ("mode", "Mode",
      "How often the value of metadata is injected",
      GST_TYPE_SEI_INJECT_MODE, DEFAULT_MODE,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiInject:uuid:
   *
   * The UUID under which the value of #GstSeiInject:metadata and what comes in at
   * the pad "metadata" are injected. With anything that is none the element does
   * not start; while it runs, it keeps the UUID it had.
   */
  properties[PROP_UUID] = g_param_spec_string ("uuid", "UUID",
      "UUID of the value and of the pad metadata: 32 hexadecimal digits, with or without "
      "dashes, or exactly 16 ASCII characters", SEI_UUID_DEFAULT,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiInject:wait-metadata:
   *
   * Whether a frame waits until the metadata that belongs into it must have come
   * in at the pad "metadata": when some of a later time, a GAP event or EOS has, or
   * some without time. Or when so much is ahead of the video that the pad takes no
   * more.
   */
  properties[PROP_WAIT_METADATA] = g_param_spec_enum ("wait-metadata",
      "Wait for metadata",
      "Whether a frame waits for the metadata that belongs into it",
      GST_TYPE_SEI_INJECT_WAIT, DEFAULT_WAIT_METADATA,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstSeiInject:max-payload:
   *
   * The largest payload that is injected. The frame of a larger one passes without
   * it, and it is counted as `too-large`. Decoders and players read SEI messages of
   * any size, but many cannot bear one that is larger than their buffers.
   */
  properties[PROP_MAX_PAYLOAD] = g_param_spec_uint ("max-payload",
      "Maximum payload", "Largest payload in bytes that is injected, 0 for any",
      0, G_MAXUINT, DEFAULT_MAX_PAYLOAD,
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
   * * `too-large`: messages above #GstSeiInject:max-payload or too large for the
   *   length field of a NAL unit
   * * `late`: metas behind the first slice of their access unit (alignment nal)
   * * `received`: payloads taken in at the pad "metadata"
   * * `dropped`: payloads not taken in there because too many were ahead of the
   *   video, in a live pipeline
   * * `unused`: payloads left when the video ended
   */
  properties[PROP_STATS] = g_param_spec_boxed ("stats", "Statistics",
      "Counted since PAUSED: access units (frames); messages injected, present "
      "already, too-large or late; access units with no-slice or broken NAL unit "
      "lengths, which passed without their messages; payloads received on the "
      "pad metadata, dropped or unused",
      GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
  gst_type_mark_as_plugin_api (GST_TYPE_SEI_INJECT_MODE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_SEI_INJECT_WAIT, 0);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &metadata_template);
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
  gst_pad_set_event_function (self->stream.srcpad, gst_sei_inject_src_event);
  sei_placer_init (&self->placer);
  self->join = sei_join_new ();
  self->mode = DEFAULT_MODE;
  self->wait_metadata = DEFAULT_WAIT_METADATA;
  self->max_payload = DEFAULT_MAX_PAYLOAD;
  set_uuid (self, NULL);
}
