/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-jsontoklv
 * @title: jsontoklv
 * @short_description: Makes a KLV unit of each JSON object
 * @see_also: klvtojson
 *
 * Writes KLV (SMPTE ST 336) as MISB ST 0601 has it, with the sets in it, or whatever
 * other standard an object names: the way back of #klvtojson. Each buffer has one object, or
 * any part of lines that are objects, and each object becomes one unit, which mpegtsmux and
 * rtpklvpay take. A unit has the times of the buffer in which its object ended.
 *
 * A unit of ST 0601 has what the standard demands, whether the object has it or not: its
 * time first, the version of the standard, and a checksum as the last item.
 *
 * A member that is none of the standard, or whose value the standard has no room for, is
 * left out; the others come. So is a buffer that is no JSON object, or of which no member is
 * left. Both are counted; the first is told by a warning message, the others by the log.
 * There is no latency: each unit leaves as soon as its object has come in.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=telemetry.json ! application/x-json ! jsontoklv ! mpegtsmux ! filesink location=telemetry.ts
 * ]|
 */

#include "gstklvelements.h"

#include <string.h>

#include <gst/base/gstbasetransform.h>

#include "klvsegment.h"
#include "klvwrite.h"
#include "timedlines.h"
#include "timedwarn.h"

GST_DEBUG_CATEGORY_STATIC (json_to_klv_debug);
#define GST_CAT_DEFAULT json_to_klv_debug

/* ST 0601.19 is the last one */
#define DEFAULT_VERSION 19

/* Bytes of the longest line, so that one without an end takes no memory */
#define MAX_LINE_SIZE (1 << 20)

enum
{
  PROP_VERSION = 1,
  PROP_STATS
};

typedef struct
{
  guint64 units;
  guint64 items;
  guint64 left_out;
  guint64 errors;
} Stats;

struct _GstJsonToKlv
{
  GstBaseTransform parent;

  /* streaming thread */
  GByteArray *unit;             /* room for one */
  gboolean has_lines;           /* else each buffer is an object */
  TimedLines *lines;
  GstBuffer *input;             /* the buffer at hand; NULL: there is none */
  GstMapInfo map;               /* of it */
  GstBuffer *times;             /* what the last one says of its bytes; it has none */
  gboolean has_told;            /* the application, of something that was left out */

  /* OBJECT_LOCK */
  guint version;
  Stats stats;
};

#define GST_TYPE_JSON_TO_KLV (gst_json_to_klv_get_type ())
G_DECLARE_FINAL_TYPE (GstJsonToKlv, gst_json_to_klv, GST, JSON_TO_KLV,
    GstBaseTransform);

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("application/x-json; application/x-ndjson"));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("meta/x-klv, parsed=(boolean)true"));

static GstStaticCaps unix_caps = GST_STATIC_CAPS ("timestamp/x-unix");

G_DEFINE_TYPE (GstJsonToKlv, gst_json_to_klv, GST_TYPE_BASE_TRANSFORM);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (jsontoklv, "jsontoklv", GST_RANK_NONE,
    GST_TYPE_JSON_TO_KLV, GST_DEBUG_CATEGORY_INIT (json_to_klv_debug,
        "jsontoklv", 0, "JSON to KLV"));

static GstCaps *
gst_json_to_klv_transform_caps (GstBaseTransform * trans,
    GstPadDirection direction, GstCaps * caps, GstCaps * filter)
{
  GstCaps *other = gst_static_pad_template_get_caps (direction == GST_PAD_SINK
      ? &src_template : &sink_template);

  if (filter) {
    GstCaps *all = other;

    other = gst_caps_intersect_full (filter, all, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref (all);
  }
  return other;
}

/* --- an object ----------------------------------------------------------- */

/* Returns: microseconds since 1970: when the buffer was captured, or now */
static guint64
get_time_us (GstBuffer * buffer)
{
  g_autoptr (GstCaps) caps = gst_static_caps_get (&unix_caps);
  const GstReferenceTimestampMeta *meta =
      gst_buffer_get_reference_timestamp_meta (buffer, caps);

  return meta ? meta->timestamp / 1000 : (guint64) g_get_real_time ();
}

static guint
get_version (GstJsonToKlv * self)
{
  GST_OBJECT_LOCK (self);
  const guint version = self->version;
  GST_OBJECT_UNLOCK (self);

  return version;
}

/* Writes the unit to self->unit. Returns: its size; 0: there is none */
static gsize
write_unit (GstJsonToKlv * self, const char *json, gsize json_size,
    KlvWriteReport * report)
{
  const KlvWriteSettings settings = {
    .version = get_version (self),
    .time_us = get_time_us (self->times)
  };
  GByteArray *unit = self->unit;
  const gsize size =
      klv_write (json, json_size, &settings, report, unit->data, unit->len);

  if (size > unit->len) {
    g_byte_array_set_size (unit, size);
    klv_write (json, json_size, &settings, report, unit->data, unit->len);
  }
  return size;
}

/* Tells the application once what nobody would see otherwise: the stream goes on. */
static void
tell (GstJsonToKlv * self, const KlvWriteReport * report)
{
  g_autofree gchar *what = NULL;

  if (self->has_told || (!report->reason && report->n_left_out == 0))
    return;
  self->has_told = TRUE;
  if (!report->reason)
    what =
        g_strdup_printf
        ("A KLV unit lacks %zu of the members of its JSON object:" " %s.",
        report->n_left_out, report->left_out);
  else if (report->n_left_out == 0)
    what = g_strdup_printf ("No KLV unit can be made of the input, because %s.",
        report->reason);
  else
    what =
        g_strdup_printf ("No KLV unit can be made of a JSON object, because %s:"
        " %s.", report->reason, report->left_out);
  GST_ELEMENT_WARNING (self, STREAM, FORMAT,
      ("%s Names and values have to be those of klvtojson with style=named and"
          " flatten=false.", what),
      ("a buffer of application/x-json is one object, and so is a line of"
          " application/x-ndjson; only the first fault is told, stats counts all,"
          " and GST_DEBUG=jsontoklv:2 shows more"));
}

/* Counts what became of an object, and reports what is wrong. */
static void
account (GstJsonToKlv * self, const KlvWriteReport * report)
{
  const guint failed = report->reason ? 1 : 0;

  GST_OBJECT_LOCK (self);
  self->stats.units += !failed;
  self->stats.items += report->n_items;
  self->stats.left_out += report->n_left_out;
  self->stats.errors += failed;

  const Stats now = self->stats;
  GST_OBJECT_UNLOCK (self);

  TIMED_WARN (self, failed, now.errors,
      "no unit can be made of the input, because %s (%" G_GUINT64_FORMAT
      " so far)", report->reason, now.errors);
  TIMED_WARN (self, report->n_left_out, now.left_out,
      "left out: %s (%" G_GUINT64_FORMAT
      " members so far); klvtojson's documentation has all "
      "names, and what their values can be", report->left_out, now.left_out);
  tell (self, report);
}

/* Returns: (transfer full) (nullable): the unit of an object; NULL: there is none */
static GstBuffer *
make_unit (GstJsonToKlv * self, const char *json, gsize size)
{
  KlvWriteReport report;
  GstBuffer *unit;

  size = write_unit (self, json, size, &report);
  account (self, &report);
  if (size == 0)
    return NULL;
  unit = gst_buffer_new_memdup (self->unit->data, size);
  gst_buffer_copy_into (unit, self->times, GST_BUFFER_COPY_METADATA, 0, -1);
  GST_BUFFER_FLAG_UNSET (self->times, GST_BUFFER_FLAG_DISCONT);
  return unit;
}

/* As make_unit(). @line: is cleared */
static GstBuffer *
make_unit_of_line (GstJsonToKlv * self, TimedLine * line)
{
  static const KlvWriteReport too_long = {
    .reason = "it is a line of more than 1 MiB"
  };
  GstBuffer *unit = NULL;

  if (line->bytes)
    unit = make_unit (self, g_bytes_get_data (line->bytes, NULL), line->size);
  else
    account (self, &too_long);
  g_clear_pointer (&line->bytes, g_bytes_unref);
  return unit;
}

/* --- buffers ------------------------------------------------------------- */

/* @buffer: (transfer full):
 * Returns: whether it could be read */
static gboolean
take_input (GstJsonToKlv * self, GstBuffer * buffer)
{
  if (!gst_buffer_map (buffer, &self->map, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
        ("A buffer of JSON could not be read by the CPU."), (NULL));
    gst_buffer_unref (buffer);
    return FALSE;
  }
  self->input = buffer;
  gst_clear_buffer (&self->times);
  self->times = gst_buffer_new ();
  gst_buffer_copy_into (self->times, buffer, GST_BUFFER_COPY_METADATA, 0, -1);
  if (self->has_lines)
    timed_lines_push (self->lines, self->map.data, self->map.size);
  return TRUE;
}

static void
release_input (GstJsonToKlv * self)
{
  if (!self->input)
    return;
  gst_buffer_unmap (self->input, &self->map);
  gst_clear_buffer (&self->input);
}

/* Forgets the lines that have not ended. */
static void
forget (GstJsonToKlv * self)
{
  timed_lines_reset (self->lines);
  release_input (self);
  gst_clear_buffer (&self->times);
}

static GstFlowReturn
gst_json_to_klv_generate_output (GstBaseTransform * trans, GstBuffer ** output)
{
  GstJsonToKlv *self = GST_JSON_TO_KLV (trans);
  GstBuffer *buffer = g_steal_pointer (&trans->queued_buf);
  TimedLine line;

  *output = NULL;
  if (buffer && !take_input (self, buffer))
    return GST_FLOW_ERROR;
  if (self->input && !self->has_lines) {
    *output = make_unit (self, (const char *) self->map.data, self->map.size);
    release_input (self);
  }
  while (self->input && !*output) {
    if (timed_lines_next (self->lines, MAX_LINE_SIZE, &line))
      *output = make_unit_of_line (self, &line);
    else
      release_input (self);
  }
  return GST_FLOW_OK;
}

/* The last line may have no end. */
static void
finish (GstJsonToKlv * self)
{
  TimedLine line;
  GstBuffer *unit = NULL;

  if (self->has_lines && timed_lines_finish (self->lines, MAX_LINE_SIZE, &line))
    unit = make_unit_of_line (self, &line);
  if (unit)
    gst_pad_push (GST_BASE_TRANSFORM_SRC_PAD (self), unit);
}

static gboolean
gst_json_to_klv_set_caps (GstBaseTransform * trans, GstCaps * caps,
    GstCaps * out_caps)
{
  GstJsonToKlv *self = GST_JSON_TO_KLV (trans);

  finish (self);
  self->has_lines = gst_structure_has_name (gst_caps_get_structure (caps, 0),
      "application/x-ndjson");
  return TRUE;
}

static gboolean
gst_json_to_klv_sink_event (GstBaseTransform * trans, GstEvent * event)
{
  GstJsonToKlv *self = GST_JSON_TO_KLV (trans);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
    case GST_EVENT_EOS:
      finish (self);
      break;
    case GST_EVENT_SEGMENT:
      finish (self);
      event = klv_segment_of_time (event);
      break;
    case GST_EVENT_FLUSH_STOP:
      forget (self);
      break;
    default:
      break;
  }
  return GST_BASE_TRANSFORM_CLASS (gst_json_to_klv_parent_class)->sink_event
      (trans, event);
}

/* --- properties ---------------------------------------------------------- */

static void
gst_json_to_klv_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstJsonToKlv *self = GST_JSON_TO_KLV (object);

  if (id != PROP_VERSION) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  self->version = g_value_get_uint (value);
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
create_stats (GstJsonToKlv * self)
{
  GST_OBJECT_LOCK (self);
  const Stats stats = self->stats;
  GST_OBJECT_UNLOCK (self);

  return gst_structure_new ("jsontoklv-stats",
      "units", G_TYPE_UINT64, stats.units,
      "items", G_TYPE_UINT64, stats.items,
      "left-out", G_TYPE_UINT64, stats.left_out,
      "errors", G_TYPE_UINT64, stats.errors, NULL);
}

static void
gst_json_to_klv_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstJsonToKlv *self = GST_JSON_TO_KLV (object);

  switch (id) {
    case PROP_VERSION:
      g_value_set_uint (value, get_version (self));
      break;
    case PROP_STATS:
      g_value_take_boxed (value, create_stats (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

/* --- life cycle ---------------------------------------------------------- */

static gboolean
gst_json_to_klv_start (GstBaseTransform * trans)
{
  GstJsonToKlv *self = GST_JSON_TO_KLV (trans);

  GST_OBJECT_LOCK (self);
  memset (&self->stats, 0, sizeof (self->stats));
  GST_OBJECT_UNLOCK (self);
  self->has_told = FALSE;
  return TRUE;
}

static gboolean
gst_json_to_klv_stop (GstBaseTransform * trans)
{
  forget (GST_JSON_TO_KLV (trans));
  return TRUE;
}

static void
gst_json_to_klv_finalize (GObject * object)
{
  GstJsonToKlv *self = GST_JSON_TO_KLV (object);

  g_byte_array_unref (self->unit);
  timed_lines_free (self->lines);

  G_OBJECT_CLASS (gst_json_to_klv_parent_class)->finalize (object);
}

static void
gst_json_to_klv_class_init (GstJsonToKlvClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  object_class->set_property = gst_json_to_klv_set_property;
  object_class->get_property = gst_json_to_klv_get_property;
  object_class->finalize = gst_json_to_klv_finalize;
  trans_class->transform_caps = gst_json_to_klv_transform_caps;
  trans_class->set_caps = gst_json_to_klv_set_caps;
  trans_class->generate_output = gst_json_to_klv_generate_output;
  trans_class->sink_event = gst_json_to_klv_sink_event;
  trans_class->start = gst_json_to_klv_start;
  trans_class->stop = gst_json_to_klv_stop;

  /**
   * GstJsonToKlv:version:
   *
   * Item 65 of a unit of ST 0601, if its object has no `uas_datalink_ls_version_number`:
   * the number behind the point of the standard's own number.
   */
  g_object_class_install_property (object_class, PROP_VERSION,
      g_param_spec_uint ("version", "Version",
          "Version of ST 0601 that units say they are of, if their object has no "
          "uas_datalink_ls_version_number", 0, 255, DEFAULT_VERSION,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
          | GST_PARAM_MUTABLE_PLAYING));

  /**
   * GstJsonToKlv:stats:
   *
   * Counts since the element went to PAUSED, each a #guint64:
   *
   * * `units`: units that came out
   * * `items`: items in them, also of sets in sets
   * * `left-out`: members that no item was made of
   * * `errors`: objects, or what should be one, that no unit was made of
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counts since PAUSED: units, items, left-out and errors",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "JSON to KLV",
      "Converter/Metadata", "Makes a KLV unit of each JSON object",
      "gst-metakafka");
}

static void
gst_json_to_klv_init (GstJsonToKlv * self)
{
  self->version = DEFAULT_VERSION;
  self->unit = g_byte_array_new ();
  self->lines = timed_lines_new ();
  /* the base class takes an element without transform() for one that changes nothing */
  gst_base_transform_set_passthrough (GST_BASE_TRANSFORM (self), FALSE);
}
