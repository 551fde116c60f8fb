/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-flvmetaextract
 * @title: flvmetaextract
 * @short_description: Reads metadata from the script data of FLV
 * @see_also: flvmetainject, seiextract
 *
 * Reads the events in the tags of script data (AMF0, AMF3) of a stream of FLV, as RTMP carries
 * it too, and hands out each as a JSON object, in three ways:
 *
 * * the request pad "metadata" has it as a buffer of its own, with the time of its tag, after
 *   the bytes that it was in have been pushed: as application/x-json, or as a line of
 *   application/x-ndjson, whichever the caps of the peer name first;
 * * the signals #flvmetaextract::new-payload and, if #flvmetaextract:signal-new-metadata is
 *   set, #flvmetaextract::new-metadata;
 * * element messages on the bus, if #flvmetaextract:post-messages is set. Their structure,
 *   `flv-metadata`, has `event` (string), `payload` (#GBytes), `timestamp` and `running-time`
 *   (#guint64, nanoseconds).
 *
 * An event is an object with its name, the time of its tag and its arguments. Where an
 * event only carries a JSON object of somebody, as #flvmetainject writes it, it is that object,
 * byte for byte; see #flvmetaextract:unwrap.
 *
 * The stream itself passes untouched, in buffers of any size. It stands before flvdemux, and
 * behind rtmp2src, filesrc or whatever else gives FLV. There is no latency. Both pads push from
 * one thread: where both lead to sinks, put a queue behind each.
 *
 * Tags whose script data is broken are counted, and warned about; the stream goes on. What is no
 * FLV passes as well.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=flight.flv ! flvmetaextract name=x ! queue ! fakesink x.metadata ! queue ! application/x-ndjson ! fdsink
 * ]|
 */

#include "gstflvelements.h"

#include <string.h>

#include "flvscripts.h"
#include "timedbuffer.h"
#include "timedoutput.h"
#include "timedwarn.h"

GST_DEBUG_CATEGORY_STATIC (flv_meta_extract_debug);
#define GST_CAT_DEFAULT flv_meta_extract_debug

#define DEFAULT_EVENTS "*"
#define DEFAULT_SUPPRESS_DUPLICATES TRUE
#define DEFAULT_UNWRAP TRUE
#define DEFAULT_MAX_SIZE (1 << 20)

/* By how much times of tags may be off, in nanoseconds, before they count as times of something
 * else. A live stream is behind after a bad connection, but never ahead. */
#define MAX_AHEAD (2 * GST_SECOND)
#define MAX_BEHIND (10 * GST_SECOND)

enum
{
  PROP_EVENTS = 1,
  PROP_SUPPRESS_DUPLICATES,
  PROP_UNWRAP,
  PROP_MAX_SIZE,
  PROP_SIGNAL_NEW_METADATA,
  PROP_POST_MESSAGES,
  PROP_STATS
};

enum
{
  SIGNAL_NEW_METADATA,
  SIGNAL_NEW_PAYLOAD,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What the properties hold */
typedef struct
{
  FlvScriptsRules rules;
  gboolean signal_new_metadata;
  gboolean post_messages;
} Settings;

struct _GstFlvMetaExtract
{
  GstElement parent;

  GstPad *sinkpad;
  GstPad *srcpad;
  TimedOutput output;

  /* streaming thread */
  FlvScripts *scripts;
  Settings used;                /* for the buffer at hand */
  GArray *found;                /* in it */
  GstSegment segment;           /* of the stream */
  GstSegment times;             /* of payloads; undefined before the first tag */
  gboolean has_place;           /* it is known where in the pipeline they are */
  gboolean has_pts;             /* by times of buffers, and not by when they come */
  gint64 now;                   /* running time of the tags at hand, of a live source */
  gint is_live;                 /* for timed_pad_is_live() */

  /* OBJECT_LOCK */
  Settings settings;
  gboolean settings_changed;
  FlvScriptsStats stats;
};

#define GST_TYPE_FLV_META_EXTRACT (gst_flv_meta_extract_get_type ())
G_DECLARE_FINAL_TYPE (GstFlvMetaExtract, gst_flv_meta_extract, GST,
    FLV_META_EXTRACT, GstElement);

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-flv"));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-flv"));

static GstStaticPadTemplate metadata_template =
    GST_STATIC_PAD_TEMPLATE ("metadata", GST_PAD_SRC, GST_PAD_REQUEST,
    GST_STATIC_CAPS ("application/x-json; application/x-ndjson"));

G_DEFINE_TYPE (GstFlvMetaExtract, gst_flv_meta_extract, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (flvmetaextract, "flvmetaextract",
    GST_RANK_NONE, GST_TYPE_FLV_META_EXTRACT,
    GST_DEBUG_CATEGORY_INIT (flv_meta_extract_debug, "flvmetaextract", 0,
        "FLV script data extraction"));

/* --- times ---------------------------------------------------------------- */

/* Returns the running time at which a buffer of the stream is here, as well as can be known: as it
 * says, or, if none says so, when it comes. */
static gint64
get_running_time (GstFlvMetaExtract * self, GstBuffer * buffer)
{
  const gint64 time =
      timed_running_time (&self->segment, GST_BUFFER_PTS (buffer));

  if (time != TIMED_NO_TIME && !self->has_pts) {
    self->has_pts = TRUE;
    self->has_place = FALSE;
  }
  if (self->has_pts || !timed_pad_is_live (self->sinkpad, TRUE, &self->is_live))
    return time;
  return timed_element_running_time (GST_ELEMENT (self));
}

/* Says that a tag has this running time. A file has no such times, and begins at 0.
 * @tag_ns: its time */
static void
place_times (GstFlvMetaExtract * self, gint64 running_time, gint64 tag_ns)
{
  self->has_place = running_time != TIMED_NO_TIME;

  const gint64 offset = self->has_place ? running_time - tag_ns : 0;

  gst_segment_init (&self->times, GST_FORMAT_TIME);
  /* tags before this one are in it as well: they are not in order */
  self->times.start = self->times.time = self->times.position =
      MAX (-offset, 0);
  self->times.base = MAX (offset, 0);
  timed_output_set_segment (&self->output, &self->times);
}

static gboolean
is_off (GstFlvMetaExtract * self, gint64 running_time, gint64 tag_ns)
{
  const gint64 ahead = timed_running_time (&self->times, tag_ns) - running_time;

  return ahead > MAX_AHEAD || ahead < -MAX_BEHIND;
}

/* Times of tags have a beginning of their own, and another one where a publisher comes again, or
 * a server has gone on from what it sends first: what the stream says of a tag, or when it comes,
 * is where that is in the pipeline.
 * @running_time: of a tag; TIMED_NO_TIME: not known */
static void
follow_times (GstFlvMetaExtract * self, gint64 running_time, gint64 time_ms)
{
  const gint64 tag_ns = time_ms * GST_MSECOND;

  if (self->times.format == GST_FORMAT_UNDEFINED
      || (running_time != TIMED_NO_TIME && (!self->has_place
              || is_off (self, running_time, tag_ns))))
    place_times (self, running_time, tag_ns);
}

/* Does so for the tags in a buffer of the stream, which has the time of the first one. */
static void
begin_buffer (GstFlvMetaExtract * self, GstBuffer * buffer)
{
  const gint64 time = get_running_time (self, buffer);

  self->now = timed_pad_is_live (self->sinkpad, TRUE, &self->is_live) ?
      time : TIMED_NO_TIME;
  follow_times (self, time, flv_scripts_get_first_time (self->scripts));
}

/* Returns: (transfer full): an empty buffer with the time of a tag; none is before the pipeline
 *   has begun, where sinks would drop it */
static GstBuffer *
new_times (GstFlvMetaExtract * self, GstBuffer * buffer, gint64 time_ms)
{
  GstBuffer *times = timed_buffer_copy_times (buffer);

  GST_BUFFER_PTS (times) = MAX ((guint64) time_ms * GST_MSECOND,
      self->times.start);
  GST_BUFFER_DTS (times) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (times) = GST_CLOCK_TIME_NONE;
  return times;
}

/* --- reading --------------------------------------------------------------- */

/* One by one, so that it does not matter how many are in a buffer. */
static void
tell_faults (GstFlvMetaExtract * self, guint64 total)
{
  static const gchar *const reasons[] = {
    [AMF_CUT] = "it ends within a value",
    [AMF_TOO_DEEP] = "its values are more than 64 deep",
    [AMF_UNKNOWN] = "it has a value of an unknown type",
    [AMF_NO_NAME] = "it has no name",
    [AMF_TOO_LARGE] = "its references take too much room"
  };
  const GArray *faults = flv_scripts_get_faults (self->scripts);

  for (guint i = 0; i < faults->len; i++) {
    const FlvFault *fault = &g_array_index (faults, FlvFault, i);

    total++;
    TIMED_WARN (self, 1, total, "the tag of script data at %" G_GINT64_FORMAT
        " ms cannot be read: %s (%" G_GUINT64_FORMAT " so far)",
        fault->time_ms, reasons[fault->status], total);
  }
}

static void
account (GstFlvMetaExtract * self)
{
  const FlvScriptsStats now = *flv_scripts_get_stats (self->scripts);

  GST_OBJECT_LOCK (self);
  const FlvScriptsStats before = self->stats;

  self->stats = now;
  GST_OBJECT_UNLOCK (self);

  tell_faults (self, before.broken);
  for (guint64 n = before.too_large + 1; n <= now.too_large; n++)
    TIMED_WARN (self, 1, n, "a tag of script data is larger than max-size (%"
        G_GUINT64_FORMAT " so far)", n);
  if (now.lost_streams > before.lost_streams)
    GST_ELEMENT_WARNING (self, STREAM, DEMUX,
        ("The input of %s is no FLV, or not any more: it passes as it is, and its "
            "metadata is not read. Check what sends it.",
            GST_OBJECT_NAME (self)), (NULL));
}

/* Finds what is in the buffer.
 * @has_tag: (out): whether there is a tag in it
 * Returns: whether it can be read */
static gboolean
read_buffer (GstFlvMetaExtract * self, GstBuffer * buffer, gboolean * has_tag)
{
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
        ("A buffer of FLV could not be read by the CPU."), (NULL));
    return FALSE;
  }
  g_array_set_size (self->found, 0);
  *has_tag = flv_scripts_read (self->scripts, (BytesSpan) {
      map.data, map.size}
      , &self->used.rules, self->found);
  gst_buffer_unmap (buffer, &map);
  account (self);
  return TRUE;
}

/* --- handing out ------------------------------------------------------------ */

static void
post_message (GstFlvMetaExtract * self, const FlvScript * script)
{
  const GstClockTime time = script->time_ms * GST_MSECOND;
  const gint64 running_time = timed_running_time (&self->times, time);

  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self),
          gst_structure_new ("flv-metadata",
              "event", G_TYPE_STRING, script->event,
              "payload", G_TYPE_BYTES, script->payload,
              "timestamp", G_TYPE_UINT64, time,
              "running-time", G_TYPE_UINT64, MAX (running_time, 0), NULL)));
}

static void
announce (GstFlvMetaExtract * self, const FlvScript * script)
{
  follow_times (self, self->now, script->time_ms);
  g_signal_emit (self, signals[SIGNAL_NEW_PAYLOAD], 0, script->payload,
      script->event);
  if (self->used.signal_new_metadata) {
    gsize size;
    gconstpointer data = g_bytes_get_data (script->payload, &size);

    g_signal_emit (self, signals[SIGNAL_NEW_METADATA], 0, (guint) size, data);
  }
  if (self->used.post_messages)
    post_message (self, script);
}

static void
push_script (GstFlvMetaExtract * self, const FlvScript * script,
    GstBuffer * buffer)
{
  const TimedPayload payload = { script->payload, TIMED_NO_SEI_TYPE };
  g_autoptr (GArray) payloads = timed_payloads_new ();

  follow_times (self, self->now, script->time_ms);

  g_autoptr (GstBuffer) times = new_times (self, buffer, script->time_ms);

  timed_payloads_add (payloads, &payload);
  timed_output_push_payloads (&self->output, payloads, times);
}

/* @has_tag: whether the pad "metadata" gets a GAP if nothing was found */
static GstFlowReturn
push (GstFlvMetaExtract * self, GstBuffer * buffer, gboolean has_tag)
{
  const GArray *found = self->found;
  const gint64 time_ms = flv_scripts_get_time (self->scripts);
  const gboolean gap = has_tag && found->len == 0;
  g_autoptr (GstBuffer) times = NULL;

  if (gap)
    follow_times (self, self->now, time_ms);
  if (gap || found->len > 0)
    times = new_times (self, buffer, time_ms);

  const GstFlowReturn ret =
      timed_output_push (&self->output, buffer, NULL, times, gap);

  if (ret == GST_FLOW_OK || ret == GST_FLOW_NOT_LINKED)
    for (guint i = 0; i < found->len; i++)
      push_script (self, &g_array_index (found, FlvScript, i), times);
  return ret;
}

static void
use_settings (GstFlvMetaExtract * self)
{
  GST_OBJECT_LOCK (self);
  if (self->settings_changed) {
    g_strfreev (self->used.rules.events);
    self->used = self->settings;
    self->used.rules.events = g_strdupv (self->settings.rules.events);
    self->settings_changed = FALSE;
  }
  GST_OBJECT_UNLOCK (self);
}

/* Whether events go elsewhere than to the pads */
static gboolean
is_heard (GstFlvMetaExtract * self)
{
  return self->used.signal_new_metadata || self->used.post_messages
      || g_signal_has_handler_pending (self, signals[SIGNAL_NEW_PAYLOAD], 0,
      TRUE);
}

static GstFlowReturn
gst_flv_meta_extract_chain (GstPad * pad, GstObject * parent,
    GstBuffer * buffer)
{
  GstFlvMetaExtract *self = GST_FLV_META_EXTRACT (parent);
  gboolean has_tag;

  use_settings (self);
  if (!read_buffer (self, buffer, &has_tag)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  if (has_tag || self->found->len > 0)
    begin_buffer (self, buffer);
  for (guint i = 0; i < self->found->len; i++)
    announce (self, &g_array_index (self->found, FlvScript, i));

  const GstFlowReturn ret = push (self, buffer, has_tag);

  return ret == GST_FLOW_NOT_LINKED && is_heard (self) ? GST_FLOW_OK : ret;
}

/* --- events ---------------------------------------------------------------- */

/* What comes next has times of its own. */
static void
forget_times (GstFlvMetaExtract * self)
{
  gst_segment_init (&self->times, GST_FORMAT_UNDEFINED);
  self->has_pts = FALSE;
}

static void
forget_stream (GstFlvMetaExtract * self)
{
  flv_scripts_flush (self->scripts);
  forget_times (self);
  timed_pad_forget_live (&self->is_live);
  timed_output_reset (&self->output);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
}

static gboolean
gst_flv_meta_extract_sink_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  GstFlvMetaExtract *self = GST_FLV_META_EXTRACT (parent);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
    case GST_EVENT_EOS:
      flv_scripts_finish (self->scripts);
      account (self);
      forget_times (self);
      timed_pad_forget_live (&self->is_live);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->segment);
      forget_times (self);
      break;
    case GST_EVENT_FLUSH_STOP:
      forget_stream (self);
      break;
    default:
      break;
  }
  return timed_output_push_event (&self->output, event);
}

/* --- the pad "metadata" ----------------------------------------------------- */

static GstPad *
gst_flv_meta_extract_request_new_pad (GstElement * element,
    GstPadTemplate * templ, const gchar * name, const GstCaps * caps)
{
  return timed_output_request_pad (&GST_FLV_META_EXTRACT (element)->output,
      templ);
}

static void
gst_flv_meta_extract_release_pad (GstElement * element, GstPad * pad)
{
  timed_output_release_pad (&GST_FLV_META_EXTRACT (element)->output, pad);
}

/* --- properties -------------------------------------------------------------- */

/* Returns: (transfer full): the names in a list with commas between */
static GStrv
parse_events (const gchar * text)
{
  GStrv events = g_strsplit (text ? text : "", ",", -1);

  for (guint i = 0; events[i]; i++)
    g_strstrip (events[i]);
  return events;
}

static void
gst_flv_meta_extract_set_property (GObject * object, guint id,
    const GValue * value, GParamSpec * pspec)
{
  Settings *settings = &GST_FLV_META_EXTRACT (object)->settings;

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_EVENTS:
      g_strfreev (settings->rules.events);
      settings->rules.events = parse_events (g_value_get_string (value));
      break;
    case PROP_SUPPRESS_DUPLICATES:
      settings->rules.suppress_duplicates = g_value_get_boolean (value);
      break;
    case PROP_UNWRAP:
      settings->rules.unwrap = g_value_get_boolean (value);
      break;
    case PROP_MAX_SIZE:
      settings->rules.max_size = g_value_get_uint (value);
      break;
    case PROP_SIGNAL_NEW_METADATA:
      settings->signal_new_metadata = g_value_get_boolean (value);
      break;
    case PROP_POST_MESSAGES:
      settings->post_messages = g_value_get_boolean (value);
      break;
    default:
      break;
  }
  GST_FLV_META_EXTRACT (object)->settings_changed = TRUE;
  GST_OBJECT_UNLOCK (object);
}

static GstStructure *
create_stats (GstFlvMetaExtract * self)
{
  GST_OBJECT_LOCK (self);
  const FlvScriptsStats stats = self->stats;

  GST_OBJECT_UNLOCK (self);
  return gst_structure_new ("flvmetaextract-stats",
      "tags", G_TYPE_UINT64, stats.tags,
      "events", G_TYPE_UINT64, stats.events,
      "ignored", G_TYPE_UINT64, stats.ignored,
      "duplicates", G_TYPE_UINT64, stats.duplicates,
      "broken", G_TYPE_UINT64, stats.broken,
      "too-large", G_TYPE_UINT64, stats.too_large,
      "lost-streams", G_TYPE_UINT64, stats.lost_streams, NULL);
}

static void
gst_flv_meta_extract_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstFlvMetaExtract *self = GST_FLV_META_EXTRACT (object);
  const Settings *settings = &self->settings;

  if (id == PROP_STATS) {
    g_value_take_boxed (value, create_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_EVENTS:
      g_value_take_string (value, g_strjoinv (",", settings->rules.events));
      break;
    case PROP_SUPPRESS_DUPLICATES:
      g_value_set_boolean (value, settings->rules.suppress_duplicates);
      break;
    case PROP_UNWRAP:
      g_value_set_boolean (value, settings->rules.unwrap);
      break;
    case PROP_MAX_SIZE:
      g_value_set_uint (value, settings->rules.max_size);
      break;
    case PROP_SIGNAL_NEW_METADATA:
      g_value_set_boolean (value, settings->signal_new_metadata);
      break;
    case PROP_POST_MESSAGES:
      g_value_set_boolean (value, settings->post_messages);
      break;
    default:
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

/* --- life cycle --------------------------------------------------------------- */

static GstStateChangeReturn
gst_flv_meta_extract_change_state (GstElement * element,
    GstStateChange transition)
{
  GstFlvMetaExtract *self = GST_FLV_META_EXTRACT (element);

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    flv_scripts_reset (self->scripts);
    forget_stream (self);
    GST_OBJECT_LOCK (self);
    self->stats = *flv_scripts_get_stats (self->scripts);
    GST_OBJECT_UNLOCK (self);
  }
  return
      GST_ELEMENT_CLASS (gst_flv_meta_extract_parent_class)->change_state
      (element, transition);
}

static void
gst_flv_meta_extract_finalize (GObject * object)
{
  GstFlvMetaExtract *self = GST_FLV_META_EXTRACT (object);

  g_strfreev (self->settings.rules.events);
  g_strfreev (self->used.rules.events);
  g_array_unref (self->found);
  timed_output_clear (&self->output);
  flv_scripts_free (self->scripts);

  G_OBJECT_CLASS (gst_flv_meta_extract_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass * object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_PLAYING;

  /**
   * GstFlvMetaExtract:events:
   *
   * The names of the events that are read, with commas between. `*` is all but
   * `|RtmpSampleAccess`, with which servers say what players may copy.
   */
  g_object_class_install_property (object_class, PROP_EVENTS,
      g_param_spec_string ("events", "Events",
          "Read events of these names, with commas between; * is all but "
          "|RtmpSampleAccess", DEFAULT_EVENTS, flags));

  /**
   * GstFlvMetaExtract:suppress-duplicates:
   *
   * Whether an onMetaData is left out that says the same as the one before: muxers write it
   * anew whenever a tag comes, of whatever value. One that carries an object is never left
   * out.
   */
  g_object_class_install_property (object_class, PROP_SUPPRESS_DUPLICATES,
      g_param_spec_boolean ("suppress-duplicates", "Suppress duplicates",
          "Leave out an onMetaData that is the same as the one before",
          DEFAULT_SUPPRESS_DUPLICATES, flags));

  /**
   * GstFlvMetaExtract:unwrap:
   *
   * Whether an event becomes the JSON object that it carries, byte for byte, if its only
   * argument is an object in which `text` or `metakafka` is a string of one JSON object.
   */
  g_object_class_install_property (object_class, PROP_UNWRAP,
      g_param_spec_boolean ("unwrap", "Unwrap",
          "Hand out a JSON object in the string text or metakafka of an event in "
          "place of the event", DEFAULT_UNWRAP, flags));

  /**
   * GstFlvMetaExtract:max-size:
   *
   * Bytes of script data in the largest tag that is read. Larger ones pass, and are counted.
   */
  g_object_class_install_property (object_class, PROP_MAX_SIZE,
      g_param_spec_uint ("max-size", "Maximum size",
          "Bytes of the largest tag of script data that is read", 1,
          FLV_TAG_MAX_SIZE, DEFAULT_MAX_SIZE, flags));

  /**
   * GstFlvMetaExtract:signal-new-metadata:
   *
   * Whether #GstFlvMetaExtract::new-metadata is emitted for each event.
   */
  g_object_class_install_property (object_class, PROP_SIGNAL_NEW_METADATA,
      g_param_spec_boolean ("signal-new-metadata", "Signal new metadata",
          "Emit new-metadata for each event", FALSE, flags));

  /**
   * GstFlvMetaExtract:post-messages:
   *
   * Whether an element message `flv-metadata` is posted on the bus for each event.
   */
  g_object_class_install_property (object_class, PROP_POST_MESSAGES,
      g_param_spec_boolean ("post-messages", "Post messages",
          "Post an element message \"flv-metadata\" on the bus for each event",
          FALSE, flags));

  /**
   * GstFlvMetaExtract:stats:
   *
   * Counts since the element went to PAUSED, each a #guint64:
   *
   * * `tags`: tags of all types
   * * `events`: events that were handed out
   * * `ignored`: events that #GstFlvMetaExtract:events does not have, and encrypted ones
   * * `duplicates`: those that #GstFlvMetaExtract:suppress-duplicates has left out
   * * `broken`: tags of script data that cannot be read
   * * `too-large`: those that are larger than #GstFlvMetaExtract:max-size
   * * `lost-streams`: how often the input was no FLV any more
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counts of tags and events since PAUSED", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
install_signals (GObjectClass * object_class)
{
  const GType type = G_OBJECT_CLASS_TYPE (object_class);

  /**
   * GstFlvMetaExtract::new-metadata:
   * @flvmetaextract: the element
   * @size: bytes of the object
   * @data: the object, valid during the call
   *
   * Emitted for each event, before the bytes that it was in are pushed, from the streaming
   * thread, if #GstFlvMetaExtract:signal-new-metadata is set.
   */
  signals[SIGNAL_NEW_METADATA] = g_signal_new ("new-metadata", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT,
      G_TYPE_POINTER);

  /**
   * GstFlvMetaExtract::new-payload:
   * @flvmetaextract: the element
   * @payload: the object
   * @event: the name of the event
   *
   * The same, as language bindings can read it.
   */
  signals[SIGNAL_NEW_PAYLOAD] = g_signal_new ("new-payload", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_BYTES,
      G_TYPE_STRING);
}

static void
gst_flv_meta_extract_class_init (GstFlvMetaExtractClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_flv_meta_extract_set_property;
  object_class->get_property = gst_flv_meta_extract_get_property;
  object_class->finalize = gst_flv_meta_extract_finalize;
  element_class->request_new_pad = gst_flv_meta_extract_request_new_pad;
  element_class->release_pad = gst_flv_meta_extract_release_pad;
  element_class->change_state = gst_flv_meta_extract_change_state;
  install_properties (object_class);
  install_signals (object_class);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_add_static_pad_template (element_class, &metadata_template);
  gst_element_class_set_static_metadata (element_class,
      "FLV script data extractor", "Metadata",
      "Reads metadata from the script data of FLV", "gst-metakafka");
}

static GstPad *
add_pad (GstFlvMetaExtract * self, GstStaticPadTemplate * templ)
{
  GstPad *pad = gst_pad_new_from_static_template (templ, templ->name_template);

  GST_PAD_SET_PROXY_CAPS (pad);
  gst_pad_set_iterate_internal_links_function (pad,
      timed_pad_iterate_internal_links);
  return pad;
}

static void
gst_flv_meta_extract_init (GstFlvMetaExtract * self)
{
  self->sinkpad = add_pad (self, &sink_template);
  gst_pad_set_chain_function (self->sinkpad, gst_flv_meta_extract_chain);
  gst_pad_set_event_function (self->sinkpad, gst_flv_meta_extract_sink_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  self->srcpad = add_pad (self, &src_template);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);

  timed_output_init (&self->output, GST_ELEMENT (self), self->sinkpad,
      self->srcpad);
  self->scripts = flv_scripts_new ();
  self->found = flv_scripts_new_array ();
  self->settings_changed = TRUE;
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  gst_segment_init (&self->times, GST_FORMAT_UNDEFINED);
  self->settings = (Settings) {
    .rules = {
      .events = parse_events (DEFAULT_EVENTS),
      .suppress_duplicates = DEFAULT_SUPPRESS_DUPLICATES,
      .unwrap = DEFAULT_UNWRAP,
      .max_size = DEFAULT_MAX_SIZE
    }
  };
}
