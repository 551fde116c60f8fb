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
 * gst-launch-1.0 filesrc location=flight.ts ! klvtsfilter ! tsdemux ! meta/x-klv ! klvparse ! rtpklvpay ! udpsink host=192.0.2.1 port=5006
 * ]|
 */

#include "gstklvelements.h"
#include "gstklvsplit.h"

GST_DEBUG_CATEGORY_STATIC (klv_parse_debug);

enum
{
  PROP_STATS = 1
};

struct _GstKlvParse
{
  GstKlvSplit parent;
};

#define GST_TYPE_KLV_PARSE (gst_klv_parse_get_type ())
G_DECLARE_FINAL_TYPE (GstKlvParse, gst_klv_parse, GST, KLV_PARSE, GstKlvSplit);

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("meta/x-klv"));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("meta/x-klv, parsed=(boolean)true"));

G_DEFINE_TYPE (GstKlvParse, gst_klv_parse, GST_TYPE_KLV_SPLIT);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (klvparse, "klvparse", GST_RANK_NONE,
    GST_TYPE_KLV_PARSE, GST_DEBUG_CATEGORY_INIT (klv_parse_debug,
        "klvparse", 0, "KLV units"));

/* The caps as they are, with what the buffers are now. */
static GstCaps *
gst_klv_parse_get_caps (GstKlvSplit * split, GstCaps * caps)
{
  caps = gst_caps_copy (caps);
  gst_caps_set_simple (caps, "parsed", G_TYPE_BOOLEAN, TRUE, NULL);
  return caps;
}

static GstBuffer *
gst_klv_parse_handle_unit (GstKlvSplit * split, GstBuffer * unit)
{
  return unit;
}

static void
gst_klv_parse_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstKlvSplitStats stats;

  if (id != PROP_STATS) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  gst_klv_split_get_stats (GST_KLV_SPLIT (object), &stats);
  g_value_take_boxed (value, gst_structure_new ("klvparse-stats",
          "units", G_TYPE_UINT64, stats.units,
          "dropped-bytes", G_TYPE_UINT64, stats.dropped_bytes,
          "errors", G_TYPE_UINT64, stats.errors, NULL));
}

static void
gst_klv_parse_class_init (GstKlvParseClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->get_property = gst_klv_parse_get_property;
  GST_KLV_SPLIT_CLASS (klass)->category = klv_parse_debug;
  GST_KLV_SPLIT_CLASS (klass)->get_caps = gst_klv_parse_get_caps;
  GST_KLV_SPLIT_CLASS (klass)->handle_unit = gst_klv_parse_handle_unit;

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
}
