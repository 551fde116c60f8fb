/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FLV_TIME_H
#define FLV_TIME_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * FlvTime:
 * @ms: of the last tag
 *
 * The times of the tags of a stream, which have 32 bits of milliseconds and so begin anew after
 * 49.7 days. All of it is 0 before the first tag.
 */
typedef struct {
  gint64 ms;
  /*< private >*/
  gboolean has_tag;
} FlvTime;

/** Goes on to a tag. Tags need not be in order, as where audio and video are interleaved.
 * Returns: its time in milliseconds, with the rounds that 32 bits have made; 0 or more */
gint64 flv_time_follow (FlvTime * time, guint32 timestamp_ms);

G_END_DECLS

#endif
