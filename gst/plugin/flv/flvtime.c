/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "flvtime.h"

/* 512 rounds, 70 years: as nanoseconds they are within what running times can be. */
#define MAX_MS (G_GINT64_CONSTANT (1) << 41)

gint64
flv_time_follow (FlvTime * time, guint32 timestamp_ms)
{
  if (time->has_tag)
    time->ms += (gint32) (timestamp_ms - (guint32) time->ms);
  /* What would be before 0 is more than half a round after it: servers begin with tags of time
   * 0, however late in the stream they go on. */
  if (!time->has_tag || time->ms < 0 || time->ms >= MAX_MS)
    time->ms = timestamp_ms;
  time->has_tag = TRUE;
  return time->ms;
}
