/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvmap.h"

#include <math.h>

static double
n_steps (const KlvItem * item)
{
  return (UINT64_C (1) << 8 * item->size) - (item->type == KLV_ULIN ? 1 : 2);
}

/* What the code 0 means */
static double
zero (const KlvItem * item)
{
  return item->type == KLV_ULIN ? item->min : (item->max + item->min) / 2;
}

double
klv_map_decode (const KlvItem * item, int64_t code)
{
  return code * (item->max - item->min) / n_steps (item) + zero (item);
}

bool
klv_map_is_special (const KlvItem * item, int64_t code)
{
  return item->type == KLV_ILIN
      && code == -(INT64_C (1) << (8 * item->size - 1));
}

bool
klv_map_encode (const KlvItem * item, double value, int64_t * code)
{
  if (!(value >= item->min && value <= item->max))
    return false;
  *code = llrint ((value - zero (item)) * n_steps (item)
      / (item->max - item->min));
  return true;
}
