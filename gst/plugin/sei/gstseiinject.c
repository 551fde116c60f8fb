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
 * buffers keep their flags, times and metas, but that in alignment nal DISCONT goes
 * to the messages, which come first. An access unit without a slice, or
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

#include "timedbuffer.h"
#include "timedjoinpad.h"
#include "seiplacer.h"
#include "gstseiinjectprops.h"
#include "timedjoiner.h"
#include "gstseistream.h"

GST_DEBUG_CATEGORY_STATIC (sei_inject_debug);
#define GST_CAT_DEFAULT sei_inject_debug

static guint prop_stats;

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

struct _GstSeiInject
{
  GstElement parent;

  GstSeiInjectProps props;
  TimedJoiner joiner;

  /* streaming thread */
  GstSeiStream stream;
  SeiPlacer placer;
  guint injected_serial;        /* of the value that was injected last */

  Stats stats;                  /* OBJECT_LOCK */
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

static GstStaticPadTemplate metadata_template =
GST_STATIC_PAD_TEMPLATE ("metadata", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS (TIMED_JOIN_PAD_CAPS));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

G_DEFINE_TYPE (GstSeiInject, gst_sei_inject, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (seiinject, "seiinject", GST_RANK_NONE,
    GST_TYPE_SEI_INJECT, GST_DEBUG_CATEGORY_INIT (sei_inject_debug, "seiinject",
        0, "SEI injection"));

/* --- injecting ---------------------------------------------------------- */

static gboolean
is_key_frame (GstBuffer * buffer)
{
  return !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
}

/* Whether the value goes into this access unit */
static gboolean
wants_value (GstSeiInject * self, const GstSeiInjectSettings * settings,
    gboolean is_key)
{
  if (settings->payload == NULL)
    return FALSE;

  switch (settings->mode) {
    case GST_SEI_INJECT_KEYFRAME:
      return is_key;
    case GST_SEI_INJECT_ONCE:
      return self->injected_serial != settings->serial;
    default:
      return TRUE;
  }
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

/* Appends what has come in at the pad "metadata" for the access unit. Returns FALSE
 * if waiting for it was interrupted. */
static gboolean
append_joined (GstSeiInject * self, const GstSeiInjectSettings * settings,
    GstBuffer * buffer, guint * n_refused)
{
  g_autoptr (GPtrArray) payloads =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const gboolean ready = timed_joiner_take (&self->joiner,
      &self->stream.segment,
      self->stream.whole ? buffer : self->placer.unit.times,
      self->stream.frame_duration, settings->wait_metadata, payloads,
      n_refused);

  for (guint i = 0; i < payloads->len; i++)
    sei_list_append (self->placer.messages, g_bytes_get_data (settings->uuid,
            NULL), g_ptr_array_index (payloads, i));
  return ready;
}

/* Collects what is to be injected and writes what is not there yet.
 * @memory: (out): NULL if there is nothing to write
 * Returns FALSE if it was interrupted. */
static gboolean
write_messages (GstSeiInject * self, const GstSeiInjectSettings * settings,
    GstBuffer * buffer, const Bytes * bytes, const SeiPlace * place,
    Stats * stats, GstMemory ** memory)
{
  SeiList *messages = self->placer.messages;
  SeiPlaceCounts counts = { 0 };
  guint n_refused = 0;

  if (timed_joiner_is_used (&self->joiner)
      && !append_joined (self, settings, buffer, &n_refused))
    return FALSE;

  if (wants_value (self, settings, is_key_frame (buffer)
          || place->prefix_of_idr)) {
    sei_list_append (messages, g_bytes_get_data (settings->uuid, NULL),
        settings->payload);
    self->injected_serial = settings->serial;
  }
  if (messages->len > 0)
    *memory = sei_placer_write (&self->placer, bytes, self->stream.format,
        place, settings->max_payload, &counts);
  stats->injected = counts.n_written;
  stats->present = counts.n_present;
  stats->too_large = counts.n_too_large + n_refused;

  return TRUE;
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
    /* The discontinuity is before the message now */
    if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT)) {
      buffer = gst_buffer_make_writable (buffer);
      GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
    }
  } else if (memory != NULL) {
    buffer = timed_buffer_insert (buffer, offset, memory);
  }
  return gst_pad_push (self->stream.srcpad, buffer);
}

/* @buffer: (transfer full): */
static GstFlowReturn
inject (GstSeiInject * self, const GstSeiInjectSettings * settings,
    GstBuffer * buffer)
{
  const GstSeiStream *stream = &self->stream;
  GstMemory *memory = NULL;
  gboolean ready = TRUE;
  Stats stats = { 0 };
  TimedBufferMap map;
  SeiPlace place;

  if (!timed_buffer_map (buffer, &map)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ, ("Could not read the video."),
        ("failed to map %" GST_PTR_FORMAT, buffer));
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }

  sei_placer_next (&self->placer, buffer, &map.bytes, stream->format,
      stream->whole, &place);
  if (place.status == SEI_PLACE_HERE)
    ready = write_messages (self, settings, buffer, &map.bytes, &place, &stats,
        &memory);
  timed_buffer_unmap (&map);
  /* A whole access unit ends here, and nothing is to keep its payloads */
  if (stream->whole)
    sei_placer_reset (&self->placer);

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

static GstFlowReturn
gst_sei_inject_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  static const Stats one_frame = {.frames = 1 };
  GstSeiInject *self = GST_SEI_INJECT (parent);
  GstSeiInjectSettings settings;
  GstFlowReturn ret;

  if (!gst_sei_stream_check_negotiated (&self->stream)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }

  gst_sei_inject_props_read (&self->props, &settings);
  if (self->stream.whole
      && !wants_value (self, &settings, is_key_frame (buffer))
      && !timed_joiner_is_used (&self->joiner)
      && !sei_list_has_metas (buffer)) {
    account (self, &one_frame);
    ret = gst_pad_push (self->stream.srcpad, buffer);
  } else {
    ret = inject (self, &settings, buffer);
  }
  gst_sei_inject_settings_clear (&settings);

  return ret;
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
  gboolean ok, is_other;

  gst_sei_stream_note_event (&self->stream, event);
  timed_joiner_note_event (&self->joiner, event);
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      ok = gst_sei_stream_handle_caps (&self->stream, event, &is_other);
      if (is_other)
        end_stream (self);
      return ok;
    case GST_EVENT_FLUSH_STOP:
    case GST_EVENT_EOS:
      end_stream (self);
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
gst_sei_inject_src_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  timed_joiner_send_upstream (&GST_SEI_INJECT (parent)->joiner, event);
  return gst_pad_event_default (pad, parent, event);
}

/* --- the pad "metadata" -------------------------------------------------- */

/* Who links without a name has whatever comes first, such as a demuxer with a text
 * track, and means the video. */
static GstPad *
gst_sei_inject_request_new_pad (GstElement * element, GstPadTemplate * templ,
    const gchar * name, const GstCaps * caps)
{
  if (name == NULL) {
    GST_INFO_OBJECT (element, "the pad \"metadata\" is given by name only");
    return NULL;
  }
  return timed_joiner_request_pad (&GST_SEI_INJECT (element)->joiner, templ);
}

static void
gst_sei_inject_release_pad (GstElement * element, GstPad * pad)
{
  timed_joiner_release_pad (&GST_SEI_INJECT (element)->joiner, pad);
}

/* --- properties --------------------------------------------------------- */

static GstStructure *
create_stats (GstSeiInject * self)
{
  TimedJoinStats joined;

  timed_joiner_get_stats (&self->joiner, &joined);
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
gst_sei_inject_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * param)
{
  gst_sei_inject_props_set (&GST_SEI_INJECT (object)->props, value, param);
}

static void
gst_sei_inject_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * param)
{
  GstSeiInject *self = GST_SEI_INJECT (object);

  if (id == prop_stats)
    g_value_take_boxed (value, create_stats (self));
  else
    gst_sei_inject_props_get (&self->props, value, param);
}

/* --- life cycle --------------------------------------------------------- */

/* Forgets the stream before. */
static gboolean
start (GstSeiInject * self)
{
  GstSeiInjectSettings settings;

  GST_OBJECT_LOCK (self);
  memset (&self->stats, 0, sizeof (self->stats));
  GST_OBJECT_UNLOCK (self);

  gst_sei_inject_props_read (&self->props, &settings);
  self->injected_serial = settings.serial - 1;
  gst_sei_inject_settings_clear (&settings);

  gst_sei_stream_reset (&self->stream);
  sei_placer_reset (&self->placer);
  timed_joiner_reset (&self->joiner);

  return gst_sei_uuids_check (&self->props.uuid, GST_ELEMENT (self));
}

static GstStateChangeReturn
gst_sei_inject_change_state (GstElement * element, GstStateChange transition)
{
  GstSeiInject *self = GST_SEI_INJECT (element);

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  /* Or the pads could not be deactivated while a frame waits */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    timed_joiner_interrupt (&self->joiner);

  return GST_ELEMENT_CLASS (gst_sei_inject_parent_class)->change_state (element,
      transition);
}

static void
gst_sei_inject_finalize (GObject * object)
{
  GstSeiInject *self = GST_SEI_INJECT (object);

  gst_sei_inject_props_clear (&self->props);
  sei_placer_clear (&self->placer);
  timed_joiner_clear (&self->joiner);

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

  prop_stats = gst_sei_inject_props_install (object_class);

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
   * * `unused`: payloads left when the video ended, or before a flush
   */
  g_object_class_install_property (object_class, prop_stats,
      g_param_spec_boxed ("stats", "Statistics",
          "Counted since PAUSED: access units (frames); messages injected, present "
          "already, too-large or late; access units with no-slice or broken NAL unit "
          "lengths, which passed without their messages; payloads received on the "
          "pad metadata, dropped or unused",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

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
  gst_sei_inject_props_init (&self->props, G_OBJECT (self));
  timed_joiner_init (&self->joiner, GST_ELEMENT (self), self->stream.sinkpad);
  sei_placer_init (&self->placer);
}
