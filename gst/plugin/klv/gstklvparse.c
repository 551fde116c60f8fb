/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-klvparse
 * @title: klvparse
 * @short_description: Divides KLV into units, one for each buffer
 * @see_also: klvtojson, klvtsfilter
 *
 * Makes buffers of one KLV unit each (SMPTE ST 336: key, length, value) of buffers that
 * have several, or parts of one, as demuxers of MPEG-TS give them: theirs are PES packets,
 * whatever is in them. Takes metadata AU cells off (ISO/IEC 13818-1, 2.12.4), and joins
 * what is fragmented over several. rtpklvpay needs a unit in each buffer; without, the
 * other side gets nothing.
 *
 * A unit has the times, flags and metas of the buffer in which it began. Bytes that belong
 * to no unit are dropped, up to the next universal label (06 0E 2B 34), and counted in
 * #klvparse:stats. A length that is wrong costs its unit, not those behind it.
 *
 * There is no latency: each unit leaves as soon as all of it has come in. KLV is sparse and
 * may have no times at all, so this is no #GstBaseParse, which would make up times, and
 * wait for a next frame. GAP events pass.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 filesrc location=flight.ts ! tsdemux ! meta/x-klv ! klvparse ! rtpklvpay ! udpsink host=192.0.2.1 port=5006
 * ]|
 */

#include "gstklvelements.h"

#include <string.h>

#include "klvkey.h"
#include "klvsplitter.h"
#include "timedwarn.h"

GST_DEBUG_CATEGORY_STATIC (klv_parse_debug);
#define GST_CAT_DEFAULT klv_parse_debug

enum
{
  PROP_MAX_SIZE = 1,
  PROP_STATS
};

typedef struct
{
  guint64 units;
  guint64 dropped_bytes;
  guint64 errors;
} Stats;

struct _GstKlvParse
{
  GstElement parent;

  GstPad *sinkpad;
  GstPad *srcpad;

  /* streaming thread */
  KlvSplitter *splitter;        /* since PAUSED */
  Stats others;                 /* buffers that were no KLV */

  /* OBJECT_LOCK */
  guint max_size;
  Stats stats;
};

#define GST_TYPE_KLV_PARSE (gst_klv_parse_get_type ())
G_DECLARE_FINAL_TYPE (GstKlvParse, gst_klv_parse, GST, KLV_PARSE, GstElement);

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("meta/x-klv"));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("meta/x-klv, parsed=(boolean)true"));

G_DEFINE_TYPE (GstKlvParse, gst_klv_parse, GST_TYPE_ELEMENT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (klvparse, "klvparse", GST_RANK_NONE,
    GST_TYPE_KLV_PARSE, GST_DEBUG_CATEGORY_INIT (klv_parse_debug,
        "klvparse", 0, "KLV units"));

/* --- units --------------------------------------------------------------- */

static void
account (GstKlvParse * self)
{
  const KlvSplitterCounts *counts = klv_splitter_get_counts (self->splitter);
  const Stats now = {
    .units = counts->units,
    .dropped_bytes = counts->dropped_bytes + self->others.dropped_bytes,
    .errors = counts->errors + self->others.errors
  };

  GST_OBJECT_LOCK (self);
  const guint64 n_errors = now.errors - self->stats.errors;

  self->stats = now;
  GST_OBJECT_UNLOCK (self);

  TIMED_WARN (self, n_errors, now.errors, "units that are not whole, or bytes "
      "that belong to none (%" G_GUINT64_FORMAT " times so far, %"
      G_GUINT64_FORMAT " bytes)", now.errors, now.dropped_bytes);
}

static void
drop_other (GstKlvParse * self, GstBuffer * buffer)
{
  GST_LOG_OBJECT (self, "no KLV: %" GST_PTR_FORMAT, buffer);
  self->others.dropped_bytes += gst_buffer_get_size (buffer);
  self->others.errors++;
  gst_buffer_unref (buffer);
}

/* Pushes the units that are there. */
static GstFlowReturn
push_units (GstKlvParse * self)
{
  GstFlowReturn ret = GST_FLOW_OK;
  KlvPart part;

  while (ret == GST_FLOW_OK && klv_splitter_next (self->splitter, &part)) {
    if (part.kind == KLV_PART_UNIT)
      ret = gst_pad_push (self->srcpad, part.buffer);
    else
      drop_other (self, part.buffer);
  }
  if (ret != GST_FLOW_OK)
    klv_splitter_clear (self->splitter);
  account (self);

  return ret;
}

static GstFlowReturn
gst_klv_parse_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstKlvParse *self = GST_KLV_PARSE (parent);

  if (!klv_splitter_push (self->splitter, buffer)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ,
        ("A buffer of KLV could not be read by the CPU."), (NULL));
    return GST_FLOW_ERROR;
  }
  return push_units (self);
}

/* --- events -------------------------------------------------------------- */

/* Passes the caps on, with what the buffers are now. */
static gboolean
push_caps (GstKlvParse * self, GstEvent * event)
{
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  caps = gst_caps_copy (caps);
  gst_caps_set_simple (caps, "parsed", G_TYPE_BOOLEAN, TRUE, NULL);
  gst_event_unref (event);
  event = gst_event_new_caps (caps);
  gst_caps_unref (caps);

  return gst_pad_push_event (self->srcpad, event);
}

static gboolean
gst_klv_parse_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstKlvParse *self = GST_KLV_PARSE (parent);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      return push_caps (self, event);
    case GST_EVENT_STREAM_START:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_EOS:
      /* What comes behind is another stream, or none */
      klv_splitter_end (self->splitter);
      push_units (self);
      break;
    case GST_EVENT_FLUSH_STOP:
      klv_splitter_clear (self->splitter);
      break;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* --- properties ---------------------------------------------------------- */

static void
gst_klv_parse_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstKlvParse *self = GST_KLV_PARSE (object);

  if (id != PROP_MAX_SIZE) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  self->max_size = g_value_get_uint (value);
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
create_stats (const Stats * stats)
{
  return gst_structure_new ("klvparse-stats",
      "units", G_TYPE_UINT64, stats->units,
      "dropped-bytes", G_TYPE_UINT64, stats->dropped_bytes,
      "errors", G_TYPE_UINT64, stats->errors, NULL);
}

static void
gst_klv_parse_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstKlvParse *self = GST_KLV_PARSE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_MAX_SIZE:
      g_value_set_uint (value, self->max_size);
      break;
    case PROP_STATS:
      g_value_take_boxed (value, create_stats (&self->stats));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

/* --- life cycle ---------------------------------------------------------- */

/* Forgets the stream before. */
static void
start (GstKlvParse * self)
{
  GST_OBJECT_LOCK (self);
  const guint max_size = self->max_size;

  memset (&self->stats, 0, sizeof (self->stats));
  GST_OBJECT_UNLOCK (self);

  memset (&self->others, 0, sizeof (self->others));
  g_clear_pointer (&self->splitter, klv_splitter_free);
  self->splitter = klv_splitter_new (max_size);
}

static GstStateChangeReturn
gst_klv_parse_change_state (GstElement * element, GstStateChange transition)
{
  GstKlvParse *self = GST_KLV_PARSE (element);

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    start (self);

  const GstStateChangeReturn ret =
      GST_ELEMENT_CLASS (gst_klv_parse_parent_class)->change_state (element,
      transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    klv_splitter_clear (self->splitter);
  return ret;
}

static void
gst_klv_parse_finalize (GObject * object)
{
  GstKlvParse *self = GST_KLV_PARSE (object);

  g_clear_pointer (&self->splitter, klv_splitter_free);

  G_OBJECT_CLASS (gst_klv_parse_parent_class)->finalize (object);
}

static void
gst_klv_parse_class_init (GstKlvParseClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_klv_parse_set_property;
  object_class->get_property = gst_klv_parse_get_property;
  object_class->finalize = gst_klv_parse_finalize;
  element_class->change_state = gst_klv_parse_change_state;

  /**
   * GstKlvParse:max-size:
   *
   * Bytes of the longest unit, with key and length. One that says it is longer is
   * dropped, so that a length that is wrong takes no memory.
   */
  g_object_class_install_property (object_class, PROP_MAX_SIZE,
      g_param_spec_uint ("max-size", "Maximum size",
          "Bytes of the longest unit; one that says it is longer is dropped",
          KLV_KEY_SIZE + 1, G_MAXINT, KLV_SPLITTER_MAX_SIZE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
          | GST_PARAM_MUTABLE_READY));

  /**
   * GstKlvParse:stats:
   *
   * Counts since the element went to PAUSED, each a #guint64:
   *
   * * `units`: units that came out
   * * `dropped-bytes`: bytes that belong to no unit
   * * `errors`: units that were given up, and runs of bytes that belong to none
   */
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Counts since PAUSED: units that came out; bytes that belong to no unit "
          "(dropped-bytes), and how often that was so (errors)",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "KLV parser",
      "Codec/Parser/Metadata", "Divides KLV into units, one for each buffer",
      "gst-metakafka");
}

static void
gst_klv_parse_init (GstKlvParse * self)
{
  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, gst_klv_parse_chain);
  gst_pad_set_event_function (self->sinkpad, gst_klv_parse_sink_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
  self->max_size = KLV_SPLITTER_MAX_SIZE;
}
