/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseiinjectstats.h"

void
gst_sei_inject_stats_add (GstSeiInjectStats * stats,
    const GstSeiInjectStats * added)
{
  stats->frames += added->frames;
  stats->injected += added->injected;
  stats->present += added->present;
  stats->repeated += added->repeated;
  stats->no_slice += added->no_slice;
  stats->broken += added->broken;
  stats->too_large += added->too_large;
  stats->late += added->late;
  stats->regions += added->regions;
  stats->regions_dropped += added->regions_dropped;
}

GstStructure *
gst_sei_inject_stats_create (const GstSeiInjectStats * stats,
    const TimedJoinStats * joined)
{
  return gst_structure_new ("seiinject-stats",
      "frames", G_TYPE_UINT64, stats->frames,
      "injected", G_TYPE_UINT64, stats->injected,
      "present", G_TYPE_UINT64, stats->present,
      "repeated", G_TYPE_UINT64, stats->repeated,
      "no-slice", G_TYPE_UINT64, stats->no_slice,
      "broken", G_TYPE_UINT64, stats->broken,
      "too-large", G_TYPE_UINT64, stats->too_large,
      "late", G_TYPE_UINT64, stats->late,
      "received", G_TYPE_UINT64, joined->received,
      "dropped", G_TYPE_UINT64, joined->dropped,
      "missed", G_TYPE_UINT64, joined->missed,
      "unused", G_TYPE_UINT64, joined->unused,
      "regions", G_TYPE_UINT64, stats->regions,
      "regions-dropped", G_TYPE_UINT64, stats->regions_dropped, NULL);
}

void
gst_sei_inject_stats_install (GObjectClass * klass, guint id)
{
  /**
   * GstSeiInject:stats:
   *
   * Counts since the element went to PAUSED, each a #guint64:
   *
   * * `frames`: access units that came in
   * * `injected`: messages written
   * * `present`: messages that the access unit had already
   * * `repeated`: messages that were given more than once for an access unit, and are
   *   written once
   * * `no-slice`: access units that messages were meant for and that have no slice
   * * `broken`: access units that messages were meant for and whose NAL unit lengths
   *   are wrong
   * * `too-large`: messages above #GstSeiInject:max-payload or too large for the
   *   length field of a NAL unit
   * * `late`: metas behind the first slice of their access unit (alignment nal)
   * * `received`: payloads that came in at the pad "metadata"
   * * `dropped`: payloads from a live source that were left out, because they had waited
   *   for the video for too long, or were more than #GstSeiInject:max-per-frame or than
   *   the pad holds
   * * `missed`: payloads that came in after their access unit had left
   * * `unused`: payloads left over when the video ended, or before a flush
   * * `regions`: regions of interest that are in messages (#GstSeiInject:inject-roi)
   * * `regions-dropped`: regions that were left out, because nothing of them is in the
   *   picture, or its size is not known, or their message is `too-large`
   */
  g_object_class_install_property (klass, id,
      g_param_spec_boxed ("stats", "Statistics",
          "Counts since PAUSED: access units (frames); messages injected, present "
          "already, repeated, too-large or late; access units that have no-slice or broken NAL "
          "unit lengths, and passed without their messages; payloads received on the "
          "pad metadata, dropped, missed or unused; regions of interest injected, or "
          "left out (regions-dropped)",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}
