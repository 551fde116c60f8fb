/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkapace.h"

/* Java's default: 10 kB/s carry five of them, which is what librdkafka has out on one
 * connection, within 10 s */
#define FIRST_BYTES 16384
#define MIN_BYTES 1024
#define CUT_FACTOR 8
/* so that brokers that have become slower are known to be after a while */
#define LATENCY_WEIGHT 64

void
kafka_pace_init (KafkaPace * pace, gsize max_bytes, gint64 timeout_us)
{
  pace->max_bytes = max_bytes;
  pace->batch_bytes = MIN (FIRST_BYTES, max_bytes);
  pace->fast_us = timeout_us / 20;
  pace->slow_us = timeout_us / 4;
  pace->latency_us = G_MAXINT64;
}

static void
shrink_to (KafkaPace * pace, gsize bytes)
{
  pace->batch_bytes = CLAMP (bytes, MIN (MIN_BYTES, pace->max_bytes),
      pace->batch_bytes);
}

void
kafka_pace_answered (KafkaPace * pace, gsize bytes, gint64 duration_us)
{
  gint64 work_us;

  if (duration_us < pace->latency_us)
    pace->latency_us = duration_us;
  else
    pace->latency_us += (duration_us - pace->latency_us) / LATENCY_WEIGHT;
  work_us = duration_us - pace->latency_us;
  if (work_us > pace->slow_us)
    shrink_to (pace, (double) bytes * pace->fast_us / work_us);
  else if (work_us < pace->fast_us && bytes > pace->batch_bytes / 2)
    pace->batch_bytes = MIN (2 * pace->batch_bytes, pace->max_bytes);
}

void
kafka_pace_cut (KafkaPace * pace)
{
  shrink_to (pace, pace->batch_bytes / CUT_FACTOR);
}

gboolean
kafka_pace_can_shrink (const KafkaPace * pace)
{
  return pace->batch_bytes > MIN (MIN_BYTES, pace->max_bytes);
}
