/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_SEI_EXTRACT_STATS_H
#define GST_SEI_EXTRACT_STATS_H

#include <gst/gst.h>

#include "seitally.h"

G_BEGIN_DECLS

/**
 * GstSeiExtractStats:
 * @ignored_uuids: all but those of banners
 *
 * What seiextract counts, under the names that its property `stats` has.
 */
typedef struct {
  guint64 access_units;
  guint64 messages;
  guint64 times;
  guint64 ignored;
  guint64 broken;
  guint64 regions;
  guint64 regions_dropped;
  SeiTally ignored_uuids;
} GstSeiExtractStats;

/** Returns: (transfer full): the value of `stats` */
GstStructure *gst_sei_extract_stats_create (const GstSeiExtractStats * stats);

/** Installs the property `stats`. */
void gst_sei_extract_stats_install (GObjectClass * klass, guint id);

G_END_DECLS

#endif
