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
 * of the video, including those behind broken messages, and messages of other types
 * if #seiextract:payload-types lists them, and hands them out in four ways:
 *
 * * the pad "src" has the video, with a #GstSeiMeta for each message of the access
 *   unit; in alignment nal the metas are on the buffer of the first slice. The
 *   bitstream is the truth: metas that came in are removed;
 * * the request pad "metadata" has each payload, without its UUID, as a buffer of
 *   its own with the times of the frame, in decode order, after the video has been
 *   pushed. A peer that takes any caps, or meta/x-sei among others, gets
 *   meta/x-sei, the bytes as they are. Any other one gets JSON objects, as
 *   application/x-json, or as the lines of application/x-ndjson, whichever its caps
 *   name first: a payload that is no JSON object becomes {"raw":"..."};
 * * the signal #seiextract::new-payload, for whoever is connected to it, and
 *   #seiextract::new-metadata, if #seiextract:signal-new-metadata is set;
 * * element messages on the bus, if #seiextract:post-messages is set. Their
 *   structure, `sei-metadata`, has `payload-type` (#guint), `uuid` (string), `payload`
 *   (#GBytes) and the frame's `timestamp`, `duration`, `stream-time` and
 *   `running-time` (#guint64, nanoseconds).
 *
 * A message in which an encoder writes the time of the frame (MISB ST 0604,
 * MISPmicrosectime) is no payload: the video and the payloads of its frame get a
 * #GstReferenceTimestampMeta in `timestamp/x-unix`, so that kafkasink knows when the
 * frame was captured.
 *
 * With #seiextract:extract-roi, objects in JSON messages are on the video as
 * GstVideoRegionOfInterestMetas, too, and go through a decoder to an element that draws
 * them.
 *
 * Either pad may stay unlinked; both may where a handler is connected to new-payload,
 * or where new-metadata or the messages are on.
 *
 * The video passes untouched, or, with #seiextract:remove, without the messages
 * that were read. It comes in whole access units (alignment=au) or NAL unit by NAL
 * unit (alignment=nal): put h264parse or h265parse in front if it does not. There
 * is no latency: every buffer leaves as soon as it has come in. An access unit that
 * has no message sends a GAP event to the pad "metadata", so that nothing downstream
 * waits for one. Both pads push from one thread: where both lead to sinks, put a
 * queue behind each.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! x264enc ! h264parse ! seiinject metadata='"{\"camera\":\"north\"}"' ! seiextract name=x ! queue ! avdec_h264 ! fakesink x.metadata ! queue ! application/x-json ! fakesink dump=true
 * ]|
 * |[
 * gst-launch-1.0 -m videotestsrc num-buffers=90 ! x265enc ! h265parse ! seiinject metadata=hello ! seiextract post-messages=true ! fakesink
 * ]|
 */

#include "gstseielements.h"

#include <string.h>

#include "accessunit.h"
#include "gstseiextractsettings.h"
#include "gstseiextractstats.h"
#include "gstseistream.h"
#include "seitime.h"
#include "seiuuid.h"
#include "timedoutput.h"
#include "timedpayloadpad.h"
#include "timedwarn.h"

GST_DEBUG_CATEGORY_STATIC (sei_extract_debug);
#define GST_CAT_DEFAULT sei_extract_debug

enum
{
  SIGNAL_NEW_METADATA,
  SIGNAL_NEW_PAYLOAD,
  N_SIGNALS
};

static guint prop_stats;        /* the id of the property */
static guint signals[N_SIGNALS];

/* Times and flag that a buffer of which nothing is left leaves to the next one */
typedef struct
{
  GstClockTime pts;
  GstClockTime dts;
  gboolean discont;
} Rest;

static const Rest no_rest = { GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE, FALSE };

struct _GstSeiExtract
{
  GstElement parent;

  TimedOutput output;

  /* streaming thread */
  GstSeiStream stream;
  AccessUnit unit;              /* in alignment nal */
  SeiList *messages;            /* read, and not handed out yet */
  GArray *payloads;             /* while they are handed out */
  SeiList *times;               /* of the access unit at hand */
  GByteArray *ignored;          /* UUIDs of the messages of the frame at hand */
  TimedRegions regions;         /* of the frame at hand */
  Rest rest;

  /* OBJECT_LOCK */
  GstSeiExtractSettings settings;
  GstSeiExtractStats stats;
};

#define GST_TYPE_SEI_EXTRACT (gst_sei_extract_get_type ())
G_DECLARE_FINAL_TYPE (GstSeiExtract, gst_sei_extract, GST, SEI_EXTRACT,
    GstElement);

/* Where a buffer is in its access unit. A whole access unit is its first slice. */
typedef enum
{
  BEFORE_SLICE,                 /* its messages wait for the first slice */
  FIRST_SLICE,                  /* all messages so far are handed out with it */
  BEHIND_SLICE                  /* its messages are handed out with it */
} Position;

/* A buffer on its way through: an access unit or, in alignment nal, a part of it */
typedef struct
{
  GstBuffer *buffer;
  GstSeiExtractSettings settings;       /* as they are when it comes */
  gboolean passes;              /* src is taken; else nothing is done to buffer */
  gboolean was_empty;           /* before anything was removed */
  Position position;
  guint n_earlier;              /* messages that wait from buffers before it */
} Frame;

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_SEI_STREAM_CAPS));

static GstStaticPadTemplate metadata_template =
GST_STATIC_PAD_TEMPLATE ("metadata", GST_PAD_SRC, GST_PAD_REQUEST,
    GST_STATIC_CAPS (TIMED_PAYLOAD_PAD_CAPS));

G_DEFINE_TYPE (GstSeiExtract, gst_sei_extract, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (seiextract, "seiextract", GST_RANK_NONE,
    GST_TYPE_SEI_EXTRACT, GST_DEBUG_CATEGORY_INIT (sei_extract_debug,
        "seiextract", 0, "SEI extraction"));

/* --- reading ------------------------------------------------------------- */

static void
account (GstSeiExtract * self, guint n_units, guint n_messages, guint n_times,
    const SeiFindings * found)
{
  GST_OBJECT_LOCK (self);
  const guint64 broken = self->stats.broken + found->n_broken;

  self->stats.access_units += n_units;
  self->stats.messages += n_messages;
  self->stats.times += n_times;
  self->stats.ignored += found->n_ignored;
  self->stats.broken = broken;
  for (guint i = 0; i < self->ignored->len; i += SEI_UUID_SIZE)
    sei_tally_add (&self->stats.ignored_uuids, self->ignored->data + i);
  GST_OBJECT_UNLOCK (self);

  TIMED_WARN (self, found->n_broken, broken,
      "broken SEI (%" G_GUINT64_FORMAT " so far)", broken);
}

/* Hands out the messages of an access unit that has ended without a slice. */
static void
push_waiting (GstSeiExtract * self, GstBuffer * times)
{
  /* The times were of that access unit; the discontinuity is still one */
  self->rest.pts = GST_CLOCK_TIME_NONE;
  self->rest.dts = GST_CLOCK_TIME_NONE;

  g_autoptr (GArray) payloads = sei_list_take_payloads (self->messages);

  if (payloads)
    timed_output_push_payloads (&self->output, payloads, times);
}

static void
end_unit (GstSeiExtract * self)
{
  if (self->unit.times)
    push_waiting (self, self->unit.times);
  access_unit_clear (&self->unit);
}

static void
forget_unit (GstSeiExtract * self)
{
  access_unit_clear (&self->unit);
  g_array_set_size (self->messages, 0);
  self->rest = no_rest;
}

/* Finds out where the frame is. Returns whether it begins an access unit, which ends
 * the one before. */
static gboolean
find_position (GstSeiExtract * self, Frame * frame, const Bytes * bytes)
{
  const gboolean had_slice = self->unit.has_slice;
  g_autoptr (GstBuffer) times_before = NULL;

  frame->position = FIRST_SLICE;
  if (self->stream.whole)
    return TRUE;

  gst_buffer_replace (&times_before, self->unit.times);

  const gboolean begins = access_unit_next (&self->unit, frame->buffer, bytes,
      self->stream.format);

  if (begins && times_before)
    push_waiting (self, times_before);
  if (!self->unit.has_slice)
    frame->position = BEFORE_SLICE;
  else if (!begins && had_slice)
    frame->position = BEHIND_SLICE;

  return begins;
}

/* The buffer of the first slice may have metas of messages before it, too. */
static void
remove_video_metas (GstSeiExtract * self, Frame * frame)
{
  const SeiSelection *selection = &frame->settings.selection;

  frame->buffer = sei_list_remove_video_metas (self->messages,
      selection->uuids, frame->buffer);
  if (sei_selection_has_times (selection))
    frame->buffer = sei_list_remove_video_metas (self->times,
        selection->uuids, frame->buffer);
}

/* Makes payloads say the time that the video says, where they do not get it from a
 * buffer that passes. */
static void
mark_times (GstSeiExtract * self, Frame * frame)
{
  if (!self->stream.whole) {
    self->unit.times = sei_time_mark (self->times, self->unit.times);
  } else if (!frame->passes && self->times->len > 0) {
    g_autoptr (GstBuffer) video = frame->buffer;

    frame->buffer =
        sei_time_mark (self->times, timed_buffer_copy_times (video));
  }
}

/* Reads the messages in the frame, and removes them if the settings say so. */
static gboolean
read_frame (GstSeiExtract * self, Frame * frame)
{
  g_autoptr (GArray) edits = NULL;
  SeiFindings found = {.ignored = self->ignored,.times = self->times };
  TimedBufferMap map;

  if (!timed_buffer_map (frame->buffer, &map)) {
    gst_sei_stream_post_unreadable (&self->stream);
    return FALSE;
  }
  if (frame->passes && frame->settings.remove)
    edits = g_array_new (FALSE, FALSE, sizeof (TimedEdit));

  const gboolean begins = find_position (self, frame, &map.bytes);

  if (begins)
    g_array_set_size (self->times, 0);

  const guint n_times = self->times->len;

  frame->n_earlier = self->messages->len;
  g_byte_array_set_size (self->ignored, 0);
  sei_list_read (self->messages, &map.bytes, self->stream.format,
      &frame->settings.selection, &found, edits);
  timed_buffer_unmap (&map);
  account (self, begins, self->messages->len - frame->n_earlier,
      self->times->len - n_times, &found);
  mark_times (self, frame);

  if (edits && edits->len > 0)
    frame->buffer = timed_buffer_edit (frame->buffer,
        (TimedEdit *) edits->data, edits->len);
  if (edits)
    remove_video_metas (self, frame);
  if (!frame->buffer) {
    gst_sei_stream_post_unreadable (&self->stream);
    g_array_set_size (self->messages, frame->n_earlier);
  }
  return frame->buffer != NULL;
}

/* --- handing out --------------------------------------------------------- */

static GstBuffer *
get_times (GstSeiExtract * self, const Frame * frame)
{
  return self->stream.whole ? frame->buffer : self->unit.times;
}

static void
post_message (GstSeiExtract * self, const SeiItem * item, GstBuffer * buffer)
{
  const GstSegment *segment = &self->stream.segment;
  const GstClockTime pts = GST_BUFFER_PTS (buffer);
  guint64 stream_time = GST_CLOCK_TIME_NONE;
  guint64 running_time = GST_CLOCK_TIME_NONE;
  g_autofree gchar *uuid = sei_uuid_format (item->uuid);

  if (segment->format == GST_FORMAT_TIME) {
    stream_time = gst_segment_to_stream_time (segment, GST_FORMAT_TIME, pts);
    running_time = gst_segment_to_running_time (segment, GST_FORMAT_TIME, pts);
  }
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self),
          gst_structure_new ("sei-metadata",
              "payload-type", G_TYPE_UINT, item->type,
              "uuid", G_TYPE_STRING, uuid,
              "payload", G_TYPE_BYTES, item->payload,
              "timestamp", G_TYPE_UINT64, pts,
              "duration", G_TYPE_UINT64, GST_BUFFER_DURATION (buffer),
              "stream-time", G_TYPE_UINT64, stream_time,
              "running-time", G_TYPE_UINT64, running_time, NULL)));
}

/* Signals and posts the messages of the frame. */
static void
announce (GstSeiExtract * self, const Frame * frame)
{
  for (guint i = frame->n_earlier; i < self->messages->len; i++) {
    const SeiItem *item = sei_list_get (self->messages, i);

    g_signal_emit (self, signals[SIGNAL_NEW_PAYLOAD], 0, item->payload);
    if (frame->settings.signal_new_metadata) {
      gsize size;
      gconstpointer data = g_bytes_get_data (item->payload, &size);

      g_signal_emit (self, signals[SIGNAL_NEW_METADATA], 0, (guint) size, data);
    }
    if (frame->settings.post_messages)
      post_message (self, item, get_times (self, frame));
  }
}

/* Whether messages go elsewhere than to the pads */
static gboolean
is_heard (GstSeiExtract * self, const GstSeiExtractSettings * settings)
{
  return settings->signal_new_metadata || settings->post_messages
      || g_signal_has_handler_pending (self, signals[SIGNAL_NEW_PAYLOAD], 0,
      TRUE);
}

/* In alignment nal only the first buffer of an access unit has a PTS; if nothing is
 * left of that buffer, the next one gets its PTS. */
static void
leave_rest (GstSeiExtract * self, const Frame * frame)
{
  Rest *rest = &self->rest;

  if (!GST_CLOCK_TIME_IS_VALID (rest->pts))
    rest->pts = GST_BUFFER_PTS (frame->buffer);
  if (!GST_CLOCK_TIME_IS_VALID (rest->dts))
    rest->dts = GST_BUFFER_DTS (frame->buffer);
  rest->discont |= GST_BUFFER_FLAG_IS_SET (frame->buffer,
      GST_BUFFER_FLAG_DISCONT);
}

static void
take_rest (GstSeiExtract * self, Frame * frame)
{
  const Rest rest = self->rest;

  if (!GST_CLOCK_TIME_IS_VALID (rest.pts)
      && !GST_CLOCK_TIME_IS_VALID (rest.dts) && !rest.discont)
    return;

  self->rest = no_rest;
  frame->buffer = gst_buffer_make_writable (frame->buffer);
  if (!frame->buffer)
    return;
  if (!GST_BUFFER_PTS_IS_VALID (frame->buffer))
    GST_BUFFER_PTS (frame->buffer) = rest.pts;
  if (!GST_BUFFER_DTS_IS_VALID (frame->buffer))
    GST_BUFFER_DTS (frame->buffer) = rest.dts;
  if (rest.discont)
    GST_BUFFER_FLAG_SET (frame->buffer, GST_BUFFER_FLAG_DISCONT);
}

/* Attaches the objects in the messages that are handed out with the frame. */
static void
attach_regions (GstSeiExtract * self, Frame * frame)
{
  TimedRegions *regions = &self->regions;
  const TimedPicture *picture = &self->stream.picture;
  guint n_dropped = 0;

  timed_regions_add_metas (regions, frame->buffer, picture);

  const guint n_before = regions->n;

  for (guint i = 0; i < self->messages->len; i++)
    frame->buffer = timed_regions_attach (regions, frame->buffer,
        sei_list_get (self->messages, i)->payload, picture, &n_dropped);

  GST_OBJECT_LOCK (self);
  const guint64 dropped = self->stats.regions_dropped + n_dropped;

  self->stats.regions += regions->n - n_before;
  self->stats.regions_dropped = dropped;
  GST_OBJECT_UNLOCK (self);
  timed_regions_reset (regions);

  gst_sei_stream_check_size (&self->stream, n_dropped);
  TIMED_WARN (self, n_dropped, dropped,
      "object or member of it left out, because it is malformed, or outside of the "
      "picture, or the size of that is not known, or there are more than %u (%"
      G_GUINT64_FORMAT " so far)", TIMED_REGIONS_MAX, dropped);
}

/* Makes of the buffer what src is to have. Returns FALSE if it cannot be written to. */
static gboolean
prepare_video (GstSeiExtract * self, Frame * frame)
{
  const gboolean waits = frame->position == BEFORE_SLICE;

  take_rest (self, frame);
  /* That of the encoder is better than one that was found out on the way */
  frame->buffer = sei_time_mark (self->times, frame->buffer);
  frame->buffer =
      sei_list_set_metas (waits ? NULL : self->messages, frame->buffer);
  if (frame->buffer && !waits && frame->settings.extract_roi
      && self->messages->len > 0)
    attach_regions (self, frame);
  if (!frame->buffer)
    gst_sei_stream_post_unreadable (&self->stream);
  return frame->buffer != NULL;
}

/* Pushes the frame, with the messages that are handed out with it. */
static GstFlowReturn
push_frame (GstSeiExtract * self, Frame * frame)
{
  const gboolean waits = frame->position == BEFORE_SLICE;

  if (frame->passes && waits && !frame->was_empty
      && gst_buffer_get_size (frame->buffer) == 0) {
    leave_rest (self, frame);
    return GST_FLOW_OK;
  }

  if (frame->passes && !prepare_video (self, frame)) {
    if (!waits)
      g_array_set_size (self->messages, 0);
    return GST_FLOW_ERROR;
  }

  GstBuffer *times = get_times (self, frame);

  /* In alignment nal the first buffers may have a duration of 0 */
  if (frame->position == FIRST_SLICE && times != frame->buffer
      && (!GST_BUFFER_DURATION_IS_VALID (times)
          || GST_BUFFER_DURATION (times) == 0))
    GST_BUFFER_DURATION (times) = GST_BUFFER_DURATION (frame->buffer);

  if (!waits)
    sei_list_move_payloads (self->messages, self->payloads);

  const GstFlowReturn ret = timed_output_push (&self->output,
      frame->passes ? g_steal_pointer (&frame->buffer) : NULL,
      self->payloads->len > 0 ? self->payloads : NULL, times,
      frame->position == FIRST_SLICE);

  g_array_set_size (self->payloads, 0);
  return ret;
}

static GstFlowReturn
gst_sei_extract_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (parent);
  GstFlowReturn ret = GST_FLOW_ERROR;
  Frame frame = {.buffer = buffer };

  if (!gst_sei_stream_check_negotiated (&self->stream)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }

  GST_OBJECT_LOCK (self);
  frame.settings = self->settings;
  g_bytes_ref (frame.settings.selection.uuids);
  g_bytes_ref (frame.settings.selection.types);
  GST_OBJECT_UNLOCK (self);
  frame.passes = timed_output_is_taken (&self->output);
  frame.was_empty = gst_buffer_get_size (buffer) == 0;
  if (read_frame (self, &frame)) {
    announce (self, &frame);
    ret = push_frame (self, &frame);
  }
  if (ret == GST_FLOW_NOT_LINKED && is_heard (self, &frame.settings))
    ret = GST_FLOW_OK;
  g_bytes_unref (frame.settings.selection.uuids);
  g_bytes_unref (frame.settings.selection.types);
  gst_clear_buffer (&frame.buffer);

  return ret;
}

/* --- events -------------------------------------------------------------- */

static gboolean
gst_sei_extract_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (parent);
  gboolean ok, is_other;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      ok = gst_sei_stream_handle_caps (&self->stream, event, &is_other);
      if (is_other)
        end_unit (self);
      return ok;
    case GST_EVENT_EOS:
      end_unit (self);
      break;
    case GST_EVENT_FLUSH_STOP:
      forget_unit (self);
      timed_output_reset (&self->output);
      break;
    default:
      break;
  }
  gst_sei_stream_note_event (&self->stream, event);

  return timed_output_push_event (&self->output, event);
}

/* --- the pad "metadata" -------------------------------------------------- */

static GstPad *
gst_sei_extract_request_new_pad (GstElement * element, GstPadTemplate * templ,
    const gchar * name, const GstCaps * caps)
{
  return timed_output_request_pad (&GST_SEI_EXTRACT (element)->output, templ);
}

static void
gst_sei_extract_release_pad (GstElement * element, GstPad * pad)
{
  timed_output_release_pad (&GST_SEI_EXTRACT (element)->output, pad);
}

/* --- properties ---------------------------------------------------------- */

static void
gst_sei_extract_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  gst_sei_extract_settings_set (&GST_SEI_EXTRACT (object)->settings, object, id,
      value, pspec);
}

static void
gst_sei_extract_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstSeiExtract *self = GST_SEI_EXTRACT (object);

  if (id != prop_stats) {
    gst_sei_extract_settings_get (&self->settings, object, id, value, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  g_value_take_boxed (value, gst_sei_extract_stats_create (&self->stats));
  GST_OBJECT_UNLOCK (self);
}

/* --- life cycle ---------------------------------------------------------- */

/* Forgets the stream before. */
static gboolean
start (GstSeiExtract * self)
{
  GST_OBJECT_LOCK (self);
  memset (&self->stats, 0, sizeof (self->stats));
  GST_OBJECT_UNLOCK (self);

  timed_output_reset (&self->output);
  gst_sei_stream_reset (&self->stream);
  forget_unit (self);

  return gst_sei_extract_settings_check (&self->settings, GST_ELEMENT (self));
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

  gst_sei_extract_settings_clear (&self->settings);
  timed_output_clear (&self->output);
  access_unit_clear (&self->unit);
  g_array_unref (self->messages);
  g_array_unref (self->payloads);
  g_array_unref (self->times);
  g_byte_array_unref (self->ignored);
  timed_regions_clear (&self->regions);

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

  prop_stats = gst_sei_extract_settings_install (object_class);
  gst_sei_extract_stats_install (object_class, prop_stats);

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

  /**
   * GstSeiExtract::new-payload:
   * @seiextract: the element
   * @payload: the payload, without its UUID
   *
   * Emitted for each message, before its access unit is pushed, from the
   * streaming thread. It has what language bindings can read, where they see no bytes
   * behind the pointer of #GstSeiExtract::new-metadata.
   */
  signals[SIGNAL_NEW_PAYLOAD] = g_signal_new ("new-payload",
      GST_TYPE_SEI_EXTRACT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_BYTES);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_add_static_pad_template (element_class, &metadata_template);
  gst_element_class_set_static_metadata (element_class, "SEI extractor",
      "Codec/Video/Metadata",
      "Reads metadata from SEI messages of H.264 and H.265 video",
      "gst-metakafka");
}

static void
gst_sei_extract_init (GstSeiExtract * self)
{
  gst_sei_stream_init (&self->stream, GST_ELEMENT (self), gst_sei_extract_chain,
      gst_sei_extract_sink_event);
  gst_sei_extract_settings_init (&self->settings);
  timed_output_init (&self->output, GST_ELEMENT (self), self->stream.sinkpad,
      self->stream.srcpad);
  self->messages = sei_list_new ();
  self->payloads = timed_payloads_new ();
  self->times = sei_list_new ();
  self->ignored = g_byte_array_new ();
  timed_regions_init (&self->regions);
}
