/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SILENCE_H
#define SILENCE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/** So long an input gives no record before it is explained. */
#define SILENCE_SECONDS 5

/** Why an input gives no records. */
typedef struct
{
  const char *codec;            /* that of all streams; NULL: is found out */
  GstStructure *seen;           /* rtp-seen, as it came last */
  gint64 seen_us;
  guint64 n_records;
  gint64 since_us;              /* when the last record came */
  guint64 told;                 /* what the last explanation was made of */
  gint64 told_us;
} Silence;

/** @codec: --codec; stays */
void silence_init (Silence * silence, const char *codec, gint64 now_us);
void silence_clear (Silence * silence);

/** Takes what rtpseisrc posts: rtp-seen. */
void silence_take_seen (Silence * silence, const GstStructure * seen,
    gint64 now_us);

/** @n_records: how many there were so far
 * Returns: whether there is no record for long, and no explanation either */
gboolean silence_is_due (Silence * silence, guint64 n_records, gint64 now_us);

/** Explains it.
 * @where: the inputs, as the user knows them
 * @stats: @n_stats properties `stats` of seiextract
 * Returns: (transfer full) (nullable): NULL if the last explanation said the same */
char *silence_explain (Silence * silence, const char *const *where,
    GstStructure * const *stats, guint n_stats, gint64 now_us);

G_END_DECLS
#endif
