/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef STATS_H
#define STATS_H

#include <glib.h>

#include "record.h"

G_BEGIN_DECLS

/**
 * Stats:
 *
 * What came of each stream: how much, how fast, what is missing, and how old it was. A stream
 * is what has one `stream_id` and, if there is one, one `session`.
 */
typedef struct _Stats Stats;

Stats *stats_new (void);
void stats_free (Stats * stats);

/** Counts a record.
 * @is_shown: it passes the filters
 * @now_ms: milliseconds since 1970, to find its age */
void stats_add (Stats * stats, const Record * record, gboolean is_shown,
    gint64 now_ms);

/** Appends lines for people: one for each stream, and one for all.
 * @max_rows: lines at most of streams; what is left out is said
 * @elapsed_us: since the first record was waited for */
void stats_append_table (const Stats * stats, guint max_rows,
    gint64 elapsed_us, GString * text);

/** Appends a line with a JSON object. */
void stats_append_json (const Stats * stats, gint64 elapsed_us, GString * text);

G_END_DECLS
#endif
