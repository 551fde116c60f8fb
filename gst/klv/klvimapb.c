/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvimapb.h"

#include <math.h>
#include <string.h>

/* ST 1201 table 2: the highest bits say what it is; the others are free. Those of the
 * two that have 8 bits come before what they are a part of. */
static const struct
{
  uint8_t mask;
  uint8_t code;
  const char *name;
} specials[] = {
  {0xff, 0xe0, "below_minimum"},
  {0xff, 0xe1, "above_maximum"},
  {0xf8, 0xc8, "positive_infinity"},
  {0xf8, 0xe8, "negative_infinity"},
  {0xf8, 0xd0, "positive_quiet_nan"},
  {0xf8, 0xf0, "negative_quiet_nan"},
  {0xf8, 0xd8, "positive_signaling_nan"},
  {0xf8, 0xf8, "negative_signaling_nan"},
  {0xf8, 0xc0, "user_defined"},
  {0x80, 0x80, "reserved"}
};

#define N_SPECIALS (sizeof (specials) / sizeof (*specials))

/* ST 1201 7: the smallest exponent with max - min <= 2^exponent */
static int
range_exponent (double min, double max)
{
  int exponent;
  const double fraction = frexp (max - min, &exponent);

  return fraction == 0.5 ? exponent - 1 : exponent;
}

int
klv_imapb_resolution (double min, double max, size_t size)
{
  return range_exponent (min, max) - (8 * (int) size - 1);
}

/* ST 1201 7: what makes the code of 0 exact, where 0 is between the bounds */
static double
zero_offset (double min, double max, int resolution)
{
  if (min >= 0 || max <= 0)
    return 0;

  const double scaled = ldexp (min, -resolution);
  return scaled - floor (scaled);
}

const char *
klv_imapb_special (uint8_t first)
{
  for (size_t i = 0; i < N_SPECIALS; i++)
    if ((first & specials[i].mask) == specials[i].code)
      return specials[i].name;
  return NULL;
}

uint8_t
klv_imapb_special_code (const char *name, size_t size)
{
  for (size_t i = 0; i < N_SPECIALS; i++)
    if (strncmp (specials[i].name, name, size) == 0
        && specials[i].name[size] == '\0')
      /* 80 00 ... may be the upper bound */
      return specials[i].code == 0x80 ? 0x81 : specials[i].code;
  return 0;
}

bool
klv_imapb_decode (double min, double max, const uint8_t * bytes, size_t size,
    double *value)
{
  uint64_t code = 0;

  *value = NAN;
  if (size == 0 || size > 8)
    return false;
  for (size_t i = 0; i < size; i++)
    code = code << 8 | bytes[i];
  if (code > UINT64_C (1) << (8 * size - 1)) {
    const uint8_t kind = bytes[0] & 0xf8;

    *value = kind == 0xc8 ? INFINITY : kind == 0xe8 ? -INFINITY : NAN;
    return false;
  }

  const int resolution = klv_imapb_resolution (min, max, size);
  *value = ldexp ((double) code - zero_offset (min, max, resolution),
      resolution) + min;
  return true;
}

bool
klv_imapb_find_code (double min, double max, double value, uint8_t * bytes,
    size_t size)
{
  if (size == 0 || size > 8)
    return false;

  const int resolution = klv_imapb_resolution (min, max, size);
  const double number = floor (ldexp (value - min, -resolution)
      + zero_offset (min, max, resolution));
  if (!(number >= 0 && number <= ldexp (1, 8 * (int) size - 1)))
    return false;

  uint64_t code = (uint64_t) number;
  for (size_t i = size; i > 0; i--, code >>= 8)
    bytes[i - 1] = (uint8_t) code;
  return true;
}

bool
klv_imapb_encode (double min, double max, double value, uint8_t * bytes,
    size_t size)
{
  if (isfinite (value))
    return value >= min && value <= max
        && klv_imapb_find_code (min, max, value, bytes, size);
  if (size == 0 || size > 8)
    return false;
  memset (bytes, 0, size);
  if (isnan (value))
    bytes[0] = signbit (value) ? 0xf0 : 0xd0;
  else
    bytes[0] = value < 0 ? 0xe8 : 0xc8;
  return true;
}
