/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseiextractstats.h"

#include "seiuuid.h"

/* Adds what was ignored because of its UUID. */
static void
add_ignored (GstStructure * structure, const GstSeiExtractStats * stats)
{
  SeiTallyEntry most[SEI_TALLY_MOST];
  const guint n = sei_tally_get_most (&stats->ignored_uuids, most);
  const guint64 total = stats->ignored_uuids.total;
  guint64 others = total;
  GValue uuids = G_VALUE_INIT;

  g_value_init (&uuids, GST_TYPE_ARRAY);
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *uuid = sei_uuid_format (most[i].uuid);
    GValue value = G_VALUE_INIT;

    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, gst_structure_new ("ignored-uuid",
            "uuid", G_TYPE_STRING, uuid,
            "count", G_TYPE_UINT64, most[i].count, NULL));
    gst_value_array_append_and_take_value (&uuids, &value);
    others -= most[i].count;
  }
  gst_structure_take_value (structure, "ignored-uuids", &uuids);
  gst_structure_set (structure, "ignored-others", G_TYPE_UINT64, others,
      "ignored-banners", G_TYPE_UINT64, stats->ignored - total, NULL);
}

GstStructure *
gst_sei_extract_stats_create (const GstSeiExtractStats * stats)
{
  GstStructure *structure = gst_structure_new ("seiextract-stats",
      "access-units", G_TYPE_UINT64, stats->access_units,
      "messages", G_TYPE_UINT64, stats->messages,
      "times", G_TYPE_UINT64, stats->times,
      "ignored", G_TYPE_UINT64, stats->ignored,
      "broken", G_TYPE_UINT64, stats->broken,
      "regions", G_TYPE_UINT64, stats->regions,
      "regions-dropped", G_TYPE_UINT64, stats->regions_dropped, NULL);

  add_ignored (structure, stats);
  return structure;
}

void
gst_sei_extract_stats_install (GObjectClass * klass, guint id)
{
  /**
   * GstSeiExtract:stats:
   *
   * Counts since the element went to PAUSED, each a #guint64, and UUIDs:
   *
   * * `access-units`: access units that came in
   * * `messages`: messages read
   * * `times`: messages that say the time of their frame
   * * `ignored`: messages not read because of their UUID
   * * `broken`: messages, SEI NAL units and NAL unit lengths that could not be
   *   read because they contradict the syntax
   * * `regions`: objects that were attached (#GstSeiExtract:extract-roi)
   * * `regions-dropped`: objects, and members of objects, that were left out, because
   *   they are malformed, or nothing of them is in the picture, or its size is not
   *   known, or there are too many
   * * `ignored-uuids`: the UUIDs of ignored messages, a #GST_TYPE_ARRAY of at most 16
   *   structures, the most frequent first, each with `uuid` (string) and `count`
   *   (#guint64). The counts are exact as long as there are no more than 128 different
   *   UUIDs, and never too large
   * * `ignored-others`: ignored messages that these counts do not have
   * * `ignored-banners`: ignored messages in which x264 and x265 write their names and
   *   settings; their UUIDs are not among `ignored-uuids`
   */
  g_object_class_install_property (klass, id,
      g_param_spec_boxed ("stats", "Statistics",
          "Counts since PAUSED: access-units; messages read, ignored because of "
          "their UUID, or broken; times of frames; objects attached as regions of "
          "interest, or left out (regions-dropped); which UUIDs were ignored, how "
          "often each",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}
