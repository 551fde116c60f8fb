/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ages.h"

#include <math.h>

/* Below 64 each age has a count of its own; of greater ones that have as many bits, 32 ranges
 * of one size have one each. */
#define N_BITS 5
#define N_RANGES (1 << N_BITS)
#define N_COUNTS ((64 - N_BITS) * N_RANGES)

struct _Ages
{
  guint64 n;
  gint64 max_ms;
  guint64 counts[N_COUNTS];
};

Ages *
ages_new (void)
{
  return g_new0 (Ages, 1);
}

void
ages_free (Ages * ages)
{
  g_free (ages);
}

static guint
get_index (guint64 age_ms)
{
  const guint n_bits = age_ms > 0 ? 64 - __builtin_clzll (age_ms) : 0;
  const guint shift = n_bits > N_BITS + 1 ? n_bits - N_BITS - 1 : 0;

  return shift * N_RANGES + (guint) (age_ms >> shift);
}

/* The greatest age that has this index */
static gint64
get_greatest (guint index)
{
  const guint shift = index < 2 * N_RANGES ? 0 : index / N_RANGES - 1;
  const guint64 range = index - shift * N_RANGES;

  return (gint64) (((range + 1) << shift) - 1);
}

void
ages_add (Ages * ages, gint64 age_ms)
{
  age_ms = MAX (age_ms, 0);
  ages->counts[get_index (age_ms)]++;
  ages->max_ms = MAX (ages->max_ms, age_ms);
  ages->n++;
}

gint64
ages_get (const Ages * ages, double quantile)
{
  guint64 wanted = ceil (quantile * ages->n);
  guint64 n = 0;

  if (ages->n == 0)
    return -1;
  wanted = CLAMP (wanted, 1, ages->n);
  for (guint i = 0; i < N_COUNTS; i++) {
    n += ages->counts[i];
    if (n >= wanted)
      return MIN (get_greatest (i), ages->max_ms);
  }
  return ages->max_ms;
}
