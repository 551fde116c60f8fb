/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef POSITION_H
#define POSITION_H

#include <glib.h>

G_BEGIN_DECLS

/* Where in a partition reading begins */

#define POSITION_ERROR (position_error_quark ())
GQuark position_error_quark (void);

typedef enum {
  POSITION_BEGINNING,
  POSITION_END,
  POSITION_OFFSET,              /* at @value */
  POSITION_LAST,                /* so many offsets before the end */
  POSITION_TIME                 /* at the first record of @value ms since 1970, or later */
} PositionType;

typedef struct {
  PositionType type;
  gint64 value;
} Position;

/** Reads beginning, end, N, -N, @TIME or @-AGE.
 * @now_ms: milliseconds since 1970
 * @error: says what to write */
gboolean position_parse (const char *text, gint64 now_ms, Position * position,
    GError ** error);

/** Finds the offset.
 * @low: the partition's first offset
 * @high: the one behind its last
 * @of_time: of POSITION_TIME: what the broker found, -1 for nothing; else ignored
 * Returns: an offset from @low to @high */
gint64 position_get_offset (const Position * position, gint64 low, gint64 high,
    gint64 of_time);

G_END_DECLS
#endif
