/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "kafkastats.h"

const char *
kafka_failure_to_string (KafkaFailure failure)
{
  static const char *const names[KAFKA_N_FAILURES] = {
    [KAFKA_FAILURE_TOO_LARGE] = "too-large",
    [KAFKA_FAILURE_TIMESTAMP] = "invalid-timestamp",
    [KAFKA_FAILURE_TIMED_OUT] = "timed-out",
    [KAFKA_FAILURE_REFUSED] = "refused"
  };

  return names[failure];
}

/* 0..7 have a bucket each; above, the highest bit picks the power of two and the
 * three bits below it the bucket within */
static guint
bucket_of (guint64 us)
{
  guint exponent;

  if (us < 8)
    return us;
  exponent = g_bit_storage (us) - 4;
  return MIN (8 * exponent + (us >> exponent), KAFKA_LATENCY_BUCKETS - 1);
}

static guint64
upper_bound_of (guint bucket)
{
  guint exponent;

  if (bucket < 16)
    return bucket;
  exponent = bucket / 8 - 1;
  return ((guint64) (bucket % 8 + 9) << exponent) - 1;
}

void
kafka_stats_add_latency (KafkaStats * stats, gint64 latency_us)
{
  const guint64 us = MAX (latency_us, 0);

  stats->latency[bucket_of (us)]++;
  stats->latency_max_us = MAX (stats->latency_max_us, us);
  stats->latency_sum_us += us;
}

guint64
kafka_stats_get_latency (const KafkaStats * stats, double percent)
{
  guint64 n = 0, seen = 0;

  if (percent >= 100)
    return stats->latency_max_us;
  for (guint i = 0; i < KAFKA_LATENCY_BUCKETS; i++)
    n += stats->latency[i];
  for (guint i = 0; i < KAFKA_LATENCY_BUCKETS; i++) {
    seen += stats->latency[i];
    if (seen > 0 && seen >= n * percent / 100)
      return MIN (upper_bound_of (i), stats->latency_max_us);
  }
  return 0;
}

guint64
kafka_stats_count_faster (const KafkaStats * stats, guint64 us)
{
  const guint end = us == G_MAXUINT64 ? KAFKA_LATENCY_BUCKETS : bucket_of (us);
  guint64 n = 0;

  for (guint i = 0; i < end; i++)
    n += stats->latency[i];
  return n;
}

guint64
kafka_stats_get_failed (const KafkaStats * stats)
{
  guint64 sum = 0;

  for (guint i = 0; i < KAFKA_N_FAILURES; i++)
    sum += stats->failed[i];
  return sum;
}
