/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-klvtojson
 * @title: klvtojson
 * @short_description: Makes a JSON object of each KLV unit
 * @see_also: jsontoklv, klvparse, kafkasink
 *
 * Reads what drones say in KLV (SMPTE ST 336): the sets of MISB ST 0601, ST 0102, ST 0806
 * and ST 0903, and the older EG 0104. Each unit becomes one JSON object with the names and
 * units of the standards. What is in the buffers does not matter: units are split and
 * joined as klvparse does it, and what is no KLV becomes an object, too.
 *
 * Items that the standards' tables do not have are there by their tags, and a broken item
 * is told as an error beside the rest.
 *
 * Each buffer has the times of the one in which its unit began, and a
 * #GstReferenceTimestampMeta in `timestamp/x-unix` of the time that the unit says, which
 * kafkasink takes as the time of the record if it is at most a day ago, and at most ten minutes
 * ahead. There is no latency: each object leaves as soon as all of its unit has come in.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=flight.ts ! klvtsfilter ! tsdemux ! meta/x-klv ! klvtojson ! kafkasink topic=telemetry
 * ]|
 */

#include "gstklvelements.h"

#include <string.h>

#include "gstklvsplit.h"
#include "jsonflatten.h"
#include "klvjson.h"
#include "timedclock.h"
#include "timedenum.h"
#include "timedwarn.h"

GST_DEBUG_CATEGORY_STATIC (klv_to_json_debug);
#define GST_CAT_DEFAULT klv_to_json_debug

#define DEFAULT_RAW KLV_RAW_NONE
#define DEFAULT_STYLE KLV_NAMES

enum
{
  PROP_STREAM_ID = 1,
  PROP_RAW,
  PROP_STYLE,
  PROP_FLATTEN,
  PROP_STATS
};

typedef struct
{
  guint64 items;
  guint64 unknown_items;
  guint64 wrong_checksums;
  guint64 errors;
} Stats;

/* No more room is kept, or made in advance, or one large unit would take it for ever. */
#define MAX_ROOM (1 << 20)

/* Text, and the room for it */
typedef struct
{
  char *text;
  gsize size;
  gsize capacity;
} Text;

struct _GstKlvToJson
{
  GstKlvSplit parent;

  /* streaming thread */
  Text nested;                  /* with flatten: what is to be flattened */
  gsize room;                   /* for the next text that goes out */
  gboolean has_lines;           /* each object is a line */

  /* OBJECT_LOCK */
  char *stream_id;              /* GRefString */
  KlvRaw raw;
  KlvStyle style;
  gboolean flatten;
  Stats stats;
};

#define GST_TYPE_KLV_TO_JSON (gst_klv_to_json_get_type ())
G_DECLARE_FINAL_TYPE (GstKlvToJson, gst_klv_to_json, GST, KLV_TO_JSON,
    GstKlvSplit);

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("meta/x-klv"));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("application/x-json; application/x-ndjson"));

static const GEnumValue raws[] = {
  {KLV_RAW_NONE, "No member raw", "none"},
  {KLV_RAW_HEX, "Hexadecimal digits", "hex"},
  {KLV_RAW_BASE64, "Base64", "base64"},
  {0, NULL, NULL}
};

static const GEnumValue styles[] = {
  {KLV_NAMES, "Names of the standards in snake_case", "named"},
  {KLV_TAGS, "Tags, as decimal numbers, or keys", "tags"},
  {0, NULL, NULL}
};

TIMED_DEFINE_ENUM (GstKlvToJsonRaw, gst_klv_to_json_raw, raws);
TIMED_DEFINE_ENUM (GstKlvToJsonStyle, gst_klv_to_json_style, styles);

G_DEFINE_TYPE (GstKlvToJson, gst_klv_to_json, GST_TYPE_KLV_SPLIT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (klvtojson, "klvtojson", GST_RANK_NONE,
    GST_TYPE_KLV_TO_JSON, GST_DEBUG_CATEGORY_INIT (klv_to_json_debug,
        "klvtojson", 0, "KLV to JSON"));

/* Of what there is, downstream's first choice; without a peer, or where that takes nothing
 * of it, JSON. */
static GstCaps *
gst_klv_to_json_get_caps (GstKlvSplit * split, GstCaps * caps)
{
  GstKlvToJson *self = GST_KLV_TO_JSON (split);
  GstCaps *ours = gst_static_pad_template_get_caps (&src_template);
  g_autoptr (GstPad) src = gst_element_get_static_pad (GST_ELEMENT (self),
      "src");
  g_autoptr (GstCaps) theirs = gst_pad_peer_query_caps (src, NULL);
  GstCaps *chosen =
      gst_caps_intersect_full (theirs, ours, GST_CAPS_INTERSECT_FIRST);

  if (gst_caps_is_empty (chosen) || gst_caps_is_any (theirs))
    gst_caps_replace (&chosen, ours);
  gst_caps_unref (ours);
  chosen = gst_caps_fixate (chosen);
  self->has_lines = gst_structure_has_name (gst_caps_get_structure (chosen, 0),
      "application/x-ndjson");
  return chosen;
}

/* Room for a line break is behind it. */
static void
make_room (Text * text, gsize capacity)
{
  g_free (text->text);
  text->text = g_malloc (capacity + 1);
  text->capacity = capacity;
}

/* Units of a stream are much alike, so an eighth more than a text takes is mostly enough for
 * the next one, which is written only once then. */
static void
learn_room (GstKlvToJson * self, gsize size)
{
  const gsize wanted = MIN (size + size / 8, MAX_ROOM);

  if (wanted > self->room)
    self->room = wanted;
  else
    self->room -= (self->room - wanted) / 16;
}

static void
write_nested (Text * text, BytesSpan unit, const KlvJsonSettings * settings,
    KlvJsonReport * report)
{
  text->size = klv_json_write (unit, settings, report, text->text,
      text->capacity);
  if (text->size > text->capacity) {
    make_room (text, text->size);
    klv_json_write (unit, settings, report, text->text, text->capacity);
  }
}

static void
write_flat (Text * text, const Text * nested)
{
  text->size = json_text_flatten (nested->text, nested->size, text->text,
      text->capacity);
  if (text->size > text->capacity) {
    make_room (text, text->size);
    json_text_flatten (nested->text, nested->size, text->text, text->capacity);
  }
}

static void
account (GstKlvToJson * self, const KlvJsonReport * report)
{
  GST_OBJECT_LOCK (self);
  self->stats.items += report->n_items;
  self->stats.unknown_items += report->n_unknown_items;
  self->stats.errors += report->n_errors;
  self->stats.wrong_checksums += report->has_wrong_checksum;

  const Stats now = self->stats;
  GST_OBJECT_UNLOCK (self);

  TIMED_WARN (self, report->n_errors, now.errors, "broken items, which the "
      "member errors shows (%" G_GUINT64_FORMAT " so far)", now.errors);
  TIMED_WARN (self, report->has_wrong_checksum, now.wrong_checksums,
      "wrong checksum (%" G_GUINT64_FORMAT " so far)", now.wrong_checksums);
}

static void
write_flattened (GstKlvToJson * self, Text * text, BytesSpan unit,
    const KlvJsonSettings * settings, KlvJsonReport * report)
{
  write_nested (&self->nested, unit, settings, report);
  write_flat (text, &self->nested);
  if (self->nested.capacity > MAX_ROOM)
    make_room (&self->nested, 0);
}

/* Returns: (transfer full): the text of the unit, without times */
static GstBuffer *
write_json (GstKlvToJson * self, BytesSpan unit, KlvJsonReport * report)
{
  GST_OBJECT_LOCK (self);
  char *stream_id =
      self->stream_id ? g_ref_string_acquire (self->stream_id) : NULL;
  const gboolean flatten = self->flatten;
  const KlvJsonSettings settings = {
    .stream_id.data = (const guint8 *) stream_id,
    .stream_id.size = stream_id ? g_ref_string_length (stream_id) : 0,
    .style = self->style,
    .raw = self->raw
  };
  GST_OBJECT_UNLOCK (self);

  Text text = { NULL, 0, 0 };

  make_room (&text, self->room);
  if (flatten)
    write_flattened (self, &text, unit, &settings, report);
  else
    write_nested (&text, unit, &settings, report);
  learn_room (self, text.size);
  /* JSON of ours has no line break in it */
  if (self->has_lines)
    text.text[text.size++] = '\n';
  g_clear_pointer (&stream_id, g_ref_string_release);
  return gst_buffer_new_wrapped_full (0, text.text, text.capacity + 1, 0,
      text.size, text.text, g_free);
}

static GstBuffer *
gst_klv_to_json_handle_unit (GstKlvSplit * split, GstBuffer * unit)
{
  GstKlvToJson *self = GST_KLV_TO_JSON (split);
  KlvJsonReport report;
  GstMapInfo map;

  if (!gst_buffer_map (unit, &map, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
        ("A unit of KLV could not be read by the CPU."), (NULL));
    gst_buffer_unref (unit);
    return NULL;
  }

  const BytesSpan bytes = { map.data, map.size };
  GstBuffer *buffer = write_json (self, bytes, &report);

  gst_buffer_unmap (unit, &map);
  gst_buffer_copy_into (buffer, unit, GST_BUFFER_COPY_METADATA, 0, -1);
  gst_buffer_unref (unit);
  if (report.has_time && report.time_us <= G_MAXINT64 / 1000)
    buffer = timed_set_capture_ns (buffer, report.time_us * 1000);
  account (self, &report);
  return buffer;
}

/* --- properties ---------------------------------------------------------- */

static void
set_stream_id (GstKlvToJson * self, const char *stream_id)
{
  g_clear_pointer (&self->stream_id, g_ref_string_release);
  if (stream_id)
    self->stream_id = g_ref_string_new (stream_id);
}

static void
gst_klv_to_json_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstKlvToJson *self = GST_KLV_TO_JSON (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_STREAM_ID:
      set_stream_id (self, g_value_get_string (value));
      break;
    case PROP_RAW:
      self->raw = g_value_get_enum (value);
      break;
    case PROP_STYLE:
      self->style = g_value_get_enum (value);
      break;
    case PROP_FLATTEN:
      self->flatten = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
create_stats (GstKlvToJson * self)
{
  GstKlvSplitStats split;

  gst_klv_split_get_stats (GST_KLV_SPLIT (self), &split);
  GST_OBJECT_LOCK (self);
  const Stats stats = self->stats;
  GST_OBJECT_UNLOCK (self);

  return gst_structure_new ("klvtojson-stats",
      "units", G_TYPE_UINT64, split.units,
      "items", G_TYPE_UINT64, stats.items,
      "unknown-items", G_TYPE_UINT64, stats.unknown_items,
      "wrong-checksums", G_TYPE_UINT64, stats.wrong_checksums,
      "errors", G_TYPE_UINT64, stats.errors + split.errors,
      "dropped-bytes", G_TYPE_UINT64, split.dropped_bytes, NULL);
}

static void
gst_klv_to_json_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstKlvToJson *self = GST_KLV_TO_JSON (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, create_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_STREAM_ID:
      g_value_set_string (value, self->stream_id);
      break;
    case PROP_RAW:
      g_value_set_enum (value, self->raw);
      break;
    case PROP_STYLE:
      g_value_set_enum (value, self->style);
      break;
    case PROP_FLATTEN:
      g_value_set_boolean (value, self->flatten);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

/* --- life cycle ---------------------------------------------------------- */

static void
gst_klv_to_json_reset (GstKlvSplit * split)
{
  GstKlvToJson *self = GST_KLV_TO_JSON (split);

  GST_OBJECT_LOCK (self);
  memset (&self->stats, 0, sizeof (self->stats));
  GST_OBJECT_UNLOCK (self);
}

static void
gst_klv_to_json_finalize (GObject * object)
{
  GstKlvToJson *self = GST_KLV_TO_JSON (object);

  g_free (self->nested.text);
  set_stream_id (self, NULL);

  G_OBJECT_CLASS (gst_klv_to_json_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass * object_class)
{
  /**
   * GstKlvToJson:stream-id:
   *
   * The first member of each object, `stream_id`: the camera that it is from. %NULL: there
   * is none.
   */
  g_object_class_install_property (object_class, PROP_STREAM_ID,
      g_param_spec_string ("stream-id", "Stream ID",
          "The first member of each object, stream_id (not set: none)", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
          | GST_PARAM_MUTABLE_PLAYING));

  /**
   * GstKlvToJson:raw:
   *
   * How a member `raw` shows the bytes of the unit.
   */
  g_object_class_install_property (object_class, PROP_RAW,
      g_param_spec_enum ("raw", "Raw",
          "How a member raw, the last one, shows all bytes of the unit",
          gst_klv_to_json_raw_get_type (), DEFAULT_RAW,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
          | GST_PARAM_MUTABLE_PLAYING));

  /**
   * GstKlvToJson:style:
   *
   * What the members are called that are items of a set.
   */
  g_object_class_install_property (object_class, PROP_STYLE,
      g_param_spec_enum ("style", "Style",
          "What members are called that are items of a set",
          gst_klv_to_json_style_get_type (), DEFAULT_STYLE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
          | GST_PARAM_MUTABLE_PLAYING));

  /**
   * GstKlvToJson:flatten:
   *
   * No objects in objects, but names joined by `_`, and arrays as strings that hold their
   * JSON: sinks of databases take neither.
   */
  g_object_class_install_property (object_class, PROP_FLATTEN,
      g_param_spec_boolean ("flatten", "Flatten",
          "Join the names of objects in objects with _, and make strings of arrays",
          FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
          | GST_PARAM_MUTABLE_PLAYING));

  /**
   * GstKlvToJson:stats:
   *
   * Counts since the element went to PAUSED, each a #guint64:
   *
   * * `units`: units that came out
   * * `items`: items in them, also of sets in sets
   * * `unknown-items`: those of which the tables know nothing
   * * `wrong-checksums`: units whose checksum is wrong
   * * `errors`: broken items, units that were given up, and runs of bytes that
   *   belong to none
   * * `dropped-bytes`: bytes that belong to no unit
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counts since PAUSED: units, items, unknown-items, wrong-checksums, errors "
          "and dropped-bytes", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
gst_klv_to_json_class_init (GstKlvToJsonClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstKlvSplitClass *split_class = GST_KLV_SPLIT_CLASS (klass);

  object_class->set_property = gst_klv_to_json_set_property;
  object_class->get_property = gst_klv_to_json_get_property;
  object_class->finalize = gst_klv_to_json_finalize;
  split_class->category = klv_to_json_debug;
  split_class->get_caps = gst_klv_to_json_get_caps;
  split_class->handle_unit = gst_klv_to_json_handle_unit;
  split_class->handle_other = gst_klv_to_json_handle_unit;
  split_class->reset = gst_klv_to_json_reset;
  install_properties (object_class);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "KLV to JSON",
      "Converter/Metadata", "Makes a JSON object of each KLV unit",
      "gst-metakafka");
}

static void
gst_klv_to_json_init (GstKlvToJson * self)
{
  self->raw = DEFAULT_RAW;
  self->style = DEFAULT_STYLE;
}
