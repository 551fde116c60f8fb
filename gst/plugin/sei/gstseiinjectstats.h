/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_SEI_INJECT_STATS_H
#define GST_SEI_INJECT_STATS_H

#include <gst/gst.h>

#include "timedjoin.h"

G_BEGIN_DECLS

/**
 * GstSeiInjectStats:
 *
 * What seiinject counts, under the names that its property `stats` has. The counts of
 * the pad "metadata" are those of TimedJoinStats.
 */
typedef struct {
  guint64 frames;
  guint64 injected;
  guint64 present;
  guint64 repeated;
  guint64 no_slice;
  guint64 broken;
  guint64 too_large;
  guint64 late;
  guint64 regions;
  guint64 regions_dropped;
} GstSeiInjectStats;

/** Adds what was counted for one buffer. */
void gst_sei_inject_stats_add (GstSeiInjectStats * stats,
    const GstSeiInjectStats * added);

/** Returns: (transfer full): the value of `stats` */
GstStructure *gst_sei_inject_stats_create (const GstSeiInjectStats * stats,
    const TimedJoinStats * joined);

/** Installs the property `stats`. */
void gst_sei_inject_stats_install (GObjectClass * klass, guint id);

G_END_DECLS

#endif
