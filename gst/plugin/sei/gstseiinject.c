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
 * every link and container. The metadata comes from
 *
 * * every #GstSeiMeta on the buffer, wherever upstream it was attached: one that
 *   was on a raw frame before the encoder comes out on the same frame;
 * * every GstVideoSEIUserDataUnregisteredMeta on it, except the banners that
 *   encoders write;
 * * the request pad "metadata", which joins another stream with the video: each
 *   buffer is a payload, or, with application/x-ndjson, each line;
 * * the value of the property #seiinject:metadata, as often as #seiinject:mode
 *   says. It can be set in any state and from any thread; a value that a pad probe
 *   on the sink pad sets goes into the very buffer of that probe;
 * * every GstVideoRegionOfInterestMeta, as any detector attaches it, if
 *   #seiinject:inject-roi is set: all of a frame become one JSON object.
 *
 * With #seiinject:misp-time, the time at which it was captured is in each access unit, in
 * front of the other messages, as MISB ST 0604 has it.
 *
 * Messages are written in this order, each once; a message that the access unit
 * has already, with the same type, UUID and payload, is not written again. Each
 * becomes a NAL unit of its own, before the first slice and behind everything else
 * that precedes the slice. A #GstSeiMeta becomes a message of its payload type;
 * everything else is user_data_unregistered (ITU-T H.264 and H.265 Annex D), and
 * payloads from the pad and the property, and regions, get the UUID #seiinject:uuid.
 *
 * The video comes in whole access units (alignment=au) or NAL unit by NAL unit
 * (alignment=nal), where messages are buffers of their own: put h264parse or
 * h265parse in front if it does not. It is neither changed nor copied, and its
 * buffers keep their flags, times and metas. Only DISCONT moves, in alignment nal,
 * to the messages, because they come first. An access unit that has no slice, or
 * whose NAL unit lengths are wrong, passes as it is.
 *
 * A payload from the pad goes into the access unit whose time span contains its
 * running time; a payload that is older than every access unit still to come goes
 * into the next one. Payloads that have no time, or whose segment is not in time,
 * go one into each access unit; where their source is live, they get the time at which
 * they come. Where neither the video nor the metadata is live, a frame waits until all
 * metadata that belongs to it has come in, so that joining two files gives the same
 * result at every run; see #seiinject:wait-metadata. Where both come from one demuxer,
 * put a queue before each sink pad.
 *
 * Where both are live, as behind an analysis of the same video, a frame waits as long
 * as #seiinject:latency allows, which is 0 at first, and never longer. The element adds
 * it to the latency of the pipeline, and a queue before the pad "sink" must be able to
 * hold as much. Metadata that comes too late goes into the next frame, or is dropped
 * (#seiinject:late-metadata), and is counted.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! x264enc ! h264parse ! seiinject metadata='"{\"camera\":\"north\"}"' ! h264parse ! mp4mux ! filesink location=north.mp4
 * ]|
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! x264enc ! h264parse ! seiinject name=inj ! h264parse ! mp4mux ! filesink location=flight.mp4 filesrc location=flight.jsonl ! application/x-ndjson ! inj.metadata
 * ]|
 */

#include "gstseielements.h"

#include <string.h>

#include "gstseiinjectsettings.h"
#include "gstseiinjectstats.h"
#include "gstseistream.h"
#include "seiplacer.h"
#include "seitime.h"
#include "timedbuffer.h"
#include "timedjoiner.h"
#include "timedjoinpad.h"
#include "timedregions.h"
#include "timedwarn.h"

GST_DEBUG_CATEGORY_STATIC (sei_inject_debug);
#define GST_CAT_DEFAULT sei_inject_debug

static guint prop_stats;        /* the id of the property */

struct _GstSeiInject
{
  GstElement parent;

  TimedJoiner joiner;

  /* streaming thread */
  GstSeiStream stream;
  SeiPlacer placer;
  TimedRegions regions;         /* of the access unit at hand */
  guint injected_serial;        /* of the value that was injected last */

  /* OBJECT_LOCK */
  GstSeiInjectSettings settings;
  GstSeiInjectStats stats;
};

#define GST_TYPE_SEI_INJECT (gst_sei_inject_get_type ())
G_DECLARE_FINAL_TYPE (GstSeiInject, gst_sei_inject, GST, SEI_INJECT,
    GstElement);

/* A buffer on its way through: an access unit or, in alignment nal, a part of it */
typedef struct
{
  GstBuffer *buffer;
  GstSeiInjectSettings settings;        /* as they are when it comes */
  SeiPlace place;
  GstMemory *memory;            /* the messages to inject, or NULL */
  TimedJoinTaken taken;
  GstSeiInjectStats stats;
} Frame;

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

/* Whether the value goes into this access unit */
static gboolean
wants_value (GstSeiInject * self, const Frame * frame)
{
  if (!frame->settings.payload)
    return FALSE;

  switch (frame->settings.mode) {
    case GST_SEI_INJECT_KEYFRAME:
      return frame->place.prefix_of_idr
          || !GST_BUFFER_FLAG_IS_SET (frame->buffer,
          GST_BUFFER_FLAG_DELTA_UNIT);
    case GST_SEI_INJECT_ONCE:
      return self->injected_serial != frame->settings.serial;
    default:
      return TRUE;
  }
}

static void
account (GstSeiInject * self, const GstSeiInjectStats * stats)
{
  GST_OBJECT_LOCK (self);
  gst_sei_inject_stats_add (&self->stats, stats);
  const GstSeiInjectStats now = self->stats;

  GST_OBJECT_UNLOCK (self);

  TIMED_WARN (self, stats->no_slice, now.no_slice,
      "no slice in the access unit, so nothing injected (%" G_GUINT64_FORMAT
      " so far)", now.no_slice);
  TIMED_WARN (self, stats->broken, now.broken,
      "wrong NAL unit lengths, so nothing injected (%" G_GUINT64_FORMAT
      " so far)", now.broken);
  TIMED_WARN (self, stats->too_large, now.too_large,
      "message larger than max-payload or than length fields of %u bytes allow "
      "(%" G_GUINT64_FORMAT " so far)", self->stream.format.length_size,
      now.too_large);
  TIMED_WARN (self, stats->late, now.late,
      "meta behind the first slice of its access unit (%" G_GUINT64_FORMAT
      " so far)", now.late);
  TIMED_WARN (self, stats->regions_dropped, now.regions_dropped,
      "region of interest left out, because it is outside of the picture, or the size "
      "of that is not known, or the message would be too large (%"
      G_GUINT64_FORMAT " so far)", now.regions_dropped);
}

/* Collects the regions of interest on the buffer, for the place of its access unit. */
static void
collect_regions (GstSeiInject * self, Frame * frame)
{
  TimedRegions *regions = &self->regions;
  const guint n_before = regions->n;

  if (frame->place.begins && timed_regions_reset (regions))
    frame->place.unplaced = TRUE;
  if (!frame->settings.inject_roi)
    return;

  const guint n_dropped = timed_regions_add_metas (regions, frame->buffer,
      &self->stream.picture);

  frame->stats.regions_dropped = n_dropped;
  gst_sei_stream_check_size (&self->stream, n_dropped);
  if (regions->taken)
    frame->stats.late = regions->n - n_before;
}

/* Appends the message of the regions to the others, if it may be written. */
static void
append_regions (GstSeiInject * self, Frame * frame)
{
  const GstSeiInjectSettings *settings = &frame->settings;
  g_autoptr (GBytes) json = timed_regions_take (&self->regions);
  gsize size, written;

  if (!json)
    return;

  const guint8 *data = g_bytes_get_data (json, &size);

  if ((settings->max_payload == 0 || size <= settings->max_payload)
      && sei_write_message (self->stream.format, &frame->place.point,
          SEI_TYPE_USER_DATA_UNREGISTERED, settings->uuid, data, size, NULL, 0,
          &written) == H26X_OK) {
    sei_list_append (self->placer.messages, settings->uuid, json);
    frame->stats.regions = self->regions.n;
  } else {
    frame->stats.too_large++;
    frame->stats.regions_dropped += self->regions.n;
  }
}

static void
append_payload (SeiList * messages, const TimedPayload * payload,
    const guint8 * uuid)
{
  const guint type = payload->sei_type != TIMED_NO_SEI_TYPE ?
      (guint) payload->sei_type : SEI_TYPE_USER_DATA_UNREGISTERED;

  sei_list_append_full (messages, type, uuid, payload->bytes);
}

static GstBuffer *
get_times (GstSeiInject * self, const Frame * frame)
{
  return self->stream.whole ? frame->buffer : self->placer.unit.times;
}

/* Appends payloads from the pad "metadata", the value and regions to the messages of the
 * metas. Returns FALSE if waiting was interrupted. */
static gboolean
collect_messages (GstSeiInject * self, Frame * frame)
{
  const GstSeiInjectSettings *settings = &frame->settings;
  SeiList *messages = self->placer.messages;

  if (g_atomic_int_get (&self->joiner.is_used)) {
    g_autoptr (GArray) payloads = timed_payloads_new ();

    if (!timed_joiner_take (&self->joiner, &self->stream.segment,
            get_times (self, frame), self->stream.frame_duration,
            settings->joiner.wait, payloads, &frame->taken))
      return FALSE;
    frame->stats.too_large = frame->taken.n_refused;
    for (guint i = 0; i < payloads->len; i++)
      append_payload (messages, timed_payloads_get (payloads, i),
          settings->uuid);
  }
  if (wants_value (self, frame)) {
    sei_list_append (messages, settings->uuid, settings->payload);
    self->injected_serial = settings->serial;
  }
  append_regions (self, frame);
  return TRUE;
}

/* When the frame was captured, as well as can be known: just now, if nothing says it. */
static gint64
get_capture_ns (GstSeiInject * self, GstBuffer * times)
{
  const gboolean is_live = timed_joiner_is_live (&self->joiner);
  const gint64 ns = timed_capture_ns (times, GST_ELEMENT (self),
      is_live ? &self->stream.segment : NULL);

  return ns >= 0 ? ns : g_get_real_time () * GST_USECOND;
}

/* Writes what was collected, and the time, for the place of the frame.
 * Returns: (nullable): NULL if there is nothing to write */
static GstMemory *
write_messages (GstSeiInject * self, const Frame * frame, const Bytes * bytes,
    SeiPlaceCounts * counts)
{
  const H26xFormat format = self->stream.format;
  const GstSeiInjectSettings *settings = &frame->settings;
  GstMemory *memory;
  SeiItem time;

  if (settings->misp_time == GST_SEI_INJECT_MISP_TIME_NONE)
    return self->placer.messages->len == 0 ? NULL :
        sei_placer_write (&self->placer, bytes, format, &frame->place, NULL,
        settings->max_payload, counts);

  sei_time_init (&time, format.codec,
      settings->misp_time == GST_SEI_INJECT_MISP_TIME_NANO ?
      MISP_TIME_NANOSECONDS : MISP_TIME_MICROSECONDS,
      get_capture_ns (self, get_times (self, frame)));
  memory = sei_placer_write (&self->placer, bytes, format, &frame->place,
      &time, settings->max_payload, counts);
  g_bytes_unref (time.payload);
  return memory;
}

/* Finds the place for messages in the frame, and writes those that it does not
 * have. */
static GstFlowReturn
fill_frame (GstSeiInject * self, Frame * frame)
{
  const GstSeiStream *stream = &self->stream;
  SeiPlace *place = &frame->place;
  SeiPlaceCounts counts = { 0 };
  gboolean ready = TRUE;
  TimedBufferMap map;

  if (!timed_buffer_map (frame->buffer, &map)) {
    gst_sei_stream_post_unreadable (stream);
    return GST_FLOW_ERROR;
  }

  sei_placer_next (&self->placer, frame->buffer, &map.bytes, stream->format,
      stream->whole, place);
  collect_regions (self, frame);
  if (place->status == SEI_PLACE_HERE) {
    ready = collect_messages (self, frame);
    if (ready)
      frame->memory = write_messages (self, frame, &map.bytes, &counts);
  }
  timed_buffer_unmap (&map);
  /* A whole access unit ends here, and its payloads are not kept any longer */
  if (stream->whole) {
    sei_placer_reset (&self->placer);
    timed_regions_reset (&self->regions);
  }

  frame->stats.frames = place->begins;
  frame->stats.injected = counts.n_written;
  frame->stats.present = counts.n_present;
  frame->stats.repeated = counts.n_repeated;
  frame->stats.no_slice =
      place->unplaced + (place->status == SEI_PLACE_NO_SLICE);
  frame->stats.broken = place->status == SEI_PLACE_BROKEN;
  frame->stats.too_large += counts.n_too_large;
  frame->stats.late += place->n_late;

  return ready ? GST_FLOW_OK : GST_FLOW_FLUSHING;
}

/* A buffer for messages in front of a NAL unit: it has the times of the NAL unit and
 * the flags of a buffer that is no slice. */
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
push_frame (GstSeiInject * self, const Frame * frame)
{
  const gsize offset = frame->place.point.offset;
  GstBuffer *buffer = frame->buffer;

  if (frame->memory && !self->stream.whole && offset == 0) {
    const GstFlowReturn ret = gst_pad_push (self->stream.srcpad,
        new_message_buffer (frame->memory, buffer));

    if (ret != GST_FLOW_OK) {
      gst_buffer_unref (buffer);
      return ret;
    }
    /* The discontinuity is before the message now */
    if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT)) {
      buffer = gst_buffer_make_writable (buffer);
      if (buffer)
        GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
    }
  } else if (frame->memory) {
    buffer = timed_buffer_insert (buffer, offset, frame->memory);
  }
  if (!buffer) {
    gst_sei_stream_post_unreadable (&self->stream);
    return GST_FLOW_ERROR;
  }
  return gst_pad_push (self->stream.srcpad, buffer);
}

static GstFlowReturn
gst_sei_inject_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstSeiInject *self = GST_SEI_INJECT (parent);
  g_autoptr (GBytes) payload = NULL;
  GstFlowReturn ret = GST_FLOW_OK;
  Frame frame = {.buffer = buffer };

  if (!gst_sei_stream_check_negotiated (&self->stream)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }

  GST_OBJECT_LOCK (self);
  frame.settings = self->settings;
  if (frame.settings.payload)
    payload = g_bytes_ref (frame.settings.payload);
  GST_OBJECT_UNLOCK (self);

  if (!self->stream.whole || wants_value (self, &frame)
      || g_atomic_int_get (&self->joiner.is_used)
      || frame.settings.misp_time != GST_SEI_INJECT_MISP_TIME_NONE
      || sei_list_has_metas (buffer)
      || (frame.settings.inject_roi && timed_regions_has_metas (buffer)))
    ret = fill_frame (self, &frame);
  else
    frame.stats.frames = 1;
  account (self, &frame.stats);
  timed_joiner_warn (&self->joiner, &frame.taken, GST_CAT_DEFAULT);

  if (ret == GST_FLOW_OK)
    return push_frame (self, &frame);
  gst_buffer_unref (buffer);
  return ret;
}

/* --- events ------------------------------------------------------------- */

/* Forgets the access unit at hand. */
static void
end_stream (GstSeiInject * self)
{
  const gboolean had_messages = sei_placer_reset (&self->placer);
  const gboolean had_regions = timed_regions_reset (&self->regions);
  const GstSeiInjectStats stats = {.no_slice = had_messages || had_regions };

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

static gboolean
gst_sei_inject_src_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY)
    return timed_joiner_query_latency (&GST_SEI_INJECT (parent)->joiner, query);
  return gst_sei_stream_query (pad, parent, query);
}

/* --- the pad "metadata" -------------------------------------------------- */

/* A link without a name, as behind a demuxer with a text track, is meant for the
 * video. */
static GstPad *
gst_sei_inject_request_new_pad (GstElement * element, GstPadTemplate * templ,
    const gchar * name, const GstCaps * caps)
{
  if (!name) {
    GST_INFO_OBJECT (element, "the pad \"metadata\" is given by name only");
    return NULL;
  }
  return timed_joiner_request_pad (&GST_SEI_INJECT (element)->joiner, templ);
}

static void
gst_sei_inject_release_pad (GstElement * element, GstPad * pad)
{
  timed_request_pad_remove (&GST_SEI_INJECT (element)->joiner.pad, pad);
}

/* --- properties --------------------------------------------------------- */

/* Tells the joiner of what was set. */
static void
apply_settings (GstSeiInject * self)
{
  GST_OBJECT_LOCK (self);
  const TimedJoinerSettings settings = self->settings.joiner;

  GST_OBJECT_UNLOCK (self);
  timed_joiner_apply (&self->joiner, &settings);
}

static void
gst_sei_inject_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstSeiInject *self = GST_SEI_INJECT (object);

  if (gst_sei_inject_settings_set (&self->settings, object, id, value, pspec))
    apply_settings (self);
}

static void
gst_sei_inject_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstSeiInject *self = GST_SEI_INJECT (object);
  TimedJoinStats joined;

  if (id != prop_stats) {
    gst_sei_inject_settings_get (&self->settings, object, id, value, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  timed_join_get_stats (self->joiner.join, &joined);
  GstStructure *stats = gst_sei_inject_stats_create (&self->stats, &joined);

  GST_OBJECT_UNLOCK (self);
  g_value_take_boxed (value, stats);
}

/* --- life cycle --------------------------------------------------------- */

/* Forgets the stream before. */
static gboolean
start (GstSeiInject * self)
{
  GST_OBJECT_LOCK (self);
  memset (&self->stats, 0, sizeof (self->stats));
  self->injected_serial = self->settings.serial - 1;
  GST_OBJECT_UNLOCK (self);

  gst_sei_stream_reset (&self->stream);
  sei_placer_reset (&self->placer);
  timed_regions_reset (&self->regions);
  timed_joiner_reset (&self->joiner);

  return gst_sei_inject_settings_check (&self->settings, GST_ELEMENT (self));
}

static GstStateChangeReturn
gst_sei_inject_change_state (GstElement * element, GstStateChange transition)
{
  GstSeiInject *self = GST_SEI_INJECT (element);

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    timed_joiner_change_clock (&self->joiner);
  /* Pads cannot be deactivated while a frame waits */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    timed_join_set_interrupted (self->joiner.join, TRUE);

  return GST_ELEMENT_CLASS (gst_sei_inject_parent_class)->change_state (element,
      transition);
}

static void
gst_sei_inject_finalize (GObject * object)
{
  GstSeiInject *self = GST_SEI_INJECT (object);

  gst_sei_inject_settings_clear (&self->settings);
  sei_placer_clear (&self->placer);
  timed_regions_clear (&self->regions);
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

  prop_stats = gst_sei_inject_settings_install (object_class);
  gst_sei_inject_stats_install (object_class, prop_stats);

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
  gst_pad_set_query_function (self->stream.srcpad, gst_sei_inject_src_query);
  gst_sei_inject_settings_init (&self->settings);
  timed_joiner_init (&self->joiner, GST_ELEMENT (self), self->stream.sinkpad);
  sei_placer_init (&self->placer);
  timed_regions_init (&self->regions);
  apply_settings (self);
}
