/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <gst/gst.h>

#include "silence.h"

G_BEGIN_DECLS

/* What video explains of an input without records, whatever the way it came. */

/** A field of @structure that is a guint or a guint64; 0 if there is none */
guint64 explain_get (const GstStructure * structure, const char *name);

/** Adds the SEI that give no records: of UUIDs that --uuid does not select, and broken.
 * @stats: @n_stats properties `stats` of seiextract
 * Returns: whether there are any */
gboolean explain_ignored_sei (Explanation * explanation,
    GstStructure * const *stats, guint n_stats);

/** Adds that there is video without SEI.
 * @has_encoders: whether there are banners of encoders, or times of frames
 * @codec: (nullable): that of --codec, which could be wrong */
void explain_no_sei (Explanation * explanation, gboolean has_h264,
    gboolean has_h265, gboolean has_encoders, const char *codec);

G_END_DECLS
#endif
