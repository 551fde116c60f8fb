/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkapace.h"

/* Java's default: 10 kB/s carry five of them, which is what librdkafka has out on one
 * connection, within 10 s. Answers that are slow for another reason, such as many
 * partitions at one connection, make no batch smaller than that. */
#define FIRST_BYTES 16384
#define MIN_BYTES 1024
#define CUT_FACTOR 8

static gsize
get_min (const KafkaPace * pace)
{
  return MIN (MIN_BYTES, pace->max_bytes);
}

void
kafka_pace_init (KafkaPace * pace, gsize max_bytes, gint64 timeout_us)
{
  pace->max_bytes = max_bytes;
  pace->batch_bytes = MIN (FIRST_BYTES, max_bytes);
  pace->timeout_us = timeout_us;
}

void
kafka_pace_answered (KafkaPace * pace, gsize bytes, gint64 duration_us)
{
  const gsize now = pace->batch_bytes;
  const gboolean full = bytes > now / 2;

  if (duration_us > pace->timeout_us / 2)
    pace->batch_bytes = MAX (now / 2, MIN (FIRST_BYTES, now));
  else if (full && duration_us < pace->timeout_us / 8)
    pace->batch_bytes = MIN (2 * now, pace->max_bytes);
  else if (full && duration_us < pace->timeout_us * 3 / 8)
    pace->batch_bytes = MIN (now + now / 4, pace->max_bytes);
}

void
kafka_pace_cut (KafkaPace * pace)
{
  pace->batch_bytes = MAX (pace->batch_bytes / CUT_FACTOR, get_min (pace));
}

gboolean
kafka_pace_can_shrink (const KafkaPace * pace)
{
  return pace->batch_bytes > get_min (pace);
}

gboolean
kafka_pace_is_well (const KafkaPace * pace)
{
  return pace->batch_bytes >= MIN (FIRST_BYTES, pace->max_bytes);
}
