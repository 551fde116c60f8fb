/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef THIN_H
#define THIN_H

#include <glib.h>

G_BEGIN_DECLS

/* Which of a camera's messages become records, where not all are to. */

/** Of a message that has no time */
#define THIN_NO_TIME G_MININT64

/** All zero: every one */
typedef struct
{
  guint every;                  /* one of so many; 0: all */
  guint64 interval_ns;          /* at least so long apart, on average; 0: any */
} ThinSettings;

typedef struct
{
  ThinSettings settings;
  /*< private > */
  guint n_before;               /* since the last one of every */
  gint64 due_ns;                /* G_MININT64: the next one, whenever it comes */
} Thin;

/** Reads a number from 1 on.
 * Returns: whether it is one */
gboolean thin_parse_every (const char *text, ThinSettings * settings);

/** Reads a rate, as in "10/s" or "0.5/s".
 * Returns: whether it is one, from 0.0001 to 1000000 a second */
gboolean thin_parse_rate (const char *text, ThinSettings * settings);

void thin_init (Thin * thin, const ThinSettings * settings);

/** @time_ns: of a message, by any clock; where that jumps, it is begun with anew. Of
 *   THIN_NO_TIME there is no rate
 * Returns: whether the message becomes a record */
gboolean thin_takes (Thin * thin, gint64 time_ns);

G_END_DECLS
#endif
