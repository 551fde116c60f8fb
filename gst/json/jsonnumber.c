/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonnumber.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All powers of ten that a double holds exactly */
static const double powers[JSON_NUMBER_MAX_DECIMALS + 1] = {
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
  1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};

/* All integers up to it are doubles, or floats. */
#define EXACT 9007199254740992.0
#define EXACT_FLOAT 16777216.0

/* Significant digits that are read: far more than could ever make a difference but for
 * numbers that lie between two doubles. */
#define MAX_DIGITS 40

/* digits of an integer that JavaScript writes without an exponent */
#define MAX_PLAIN_DIGITS 21

double
json_number_power (unsigned decimals)
{
  return powers[decimals];
}

/* Writes two digits before @end. Returns: where they are */
static char *
write_pair (unsigned number, char *end)
{
  static const char pairs[] =
      "00010203040506070809"
      "10111213141516171819"
      "20212223242526272829"
      "30313233343536373839"
      "40414243444546474849"
      "50515253545556575859"
      "60616263646566676869"
      "70717273747576777879" "80818283848586878889" "90919293949596979899";

  end[-2] = pairs[2 * number];
  end[-1] = pairs[2 * number + 1];
  return end - 2;
}

/* Writes @scaled / 10^@decimals, from the last digit to the first. */
static size_t
write_scaled (int64_t scaled, unsigned decimals, char *dst)
{
  char text[JSON_NUMBER_MAX_SIZE];
  char *const end = text + sizeof (text);
  char *start = end;
  uint64_t left = scaled < 0 ? -(uint64_t) scaled : (uint64_t) scaled;

  for (; decimals > 0 && left % 10 == 0; left /= 10)
    decimals--;
  if (decimals > 0) {
    for (; decimals > 1; decimals -= 2, left /= 100)
      start = write_pair (left % 100, start);
    if (decimals > 0) {
      *--start = '0' + left % 10;
      left /= 10;
    }
    *--start = '.';
  }
  for (; left >= 10; left /= 100)
    start = write_pair (left % 100, start);
  if (left > 0 || start == end || *start == '.')
    *--start = '0' + left;
  if (scaled < 0)
    *--start = '-';
  memcpy (dst, start, end - start);
  return end - start;
}

size_t
json_number_write_fixed (double value, unsigned decimals, char *dst)
{
  return write_scaled (llrint (value * powers[decimals]), decimals, dst);
}

static bool
is_same (double a, double b, bool is_float)
{
  return is_float ? (float) a == (float) b : a == b;
}

/* The significant digits of a number, without the zeros at their end. printf() and the locale
 * may put what they like between them. */
static unsigned
get_digits (double value, unsigned n_digits, char *digits, int *exponent)
{
  char text[64];
  unsigned n = 0;

  snprintf (text, sizeof (text), "%.*e", (int) n_digits - 1, fabs (value));
  for (const char *c = text; *c != 'e'; c++)
    if (*c >= '0' && *c <= '9')
      digits[n++] = *c;
  while (n > 1 && digits[n - 1] == '0')
    n--;
  *exponent = atoi (strchr (text, 'e') + 1);
  return n;
}

/* Writes d.ddd * 10^@exponent: a fraction with an exponent where that is small; an integer with one
 * where it has more digits than JavaScript writes, and without a point. */
static size_t
write_digits (bool is_negative, const char *digits, unsigned n, int exponent,
    char *dst)
{
  const bool is_integer = exponent >= (int) n - 1;
  const bool is_plain = exponent > -6 && exponent < MAX_PLAIN_DIGITS;
  /* digits before the point */
  const int n_before = is_integer ? (int) n : is_plain ? exponent + 1 : 1;
  size_t size = 0;

  if (is_negative)
    dst[size++] = '-';
  if (n_before <= 0) {
    dst[size++] = '0';
    dst[size++] = '.';
    for (int i = n_before; i < 0; i++)
      dst[size++] = '0';
  }
  for (int i = 0; i < (int) n; i++) {
    if (i == n_before && i > 0)
      dst[size++] = '.';
    dst[size++] = digits[i];
  }
  for (int i = n; is_integer && is_plain && i <= exponent; i++)
    dst[size++] = '0';
  if (!is_plain)
    size += snprintf (dst + size, 8, "e%d", exponent - n_before + 1);
  return size;
}

size_t
json_number_write_shortest (double value, bool is_float, char *dst)
{
  size_t size = 0;

  /* division of two numbers that are exact is correctly rounded, and so the same as
   * what the text reads back as */
  if (value == 0 || (fabs (value) >= 1e-5
          && fabs (value) < (is_float ? EXACT_FLOAT : EXACT))) {
    for (unsigned k = 0; k <= JSON_NUMBER_MAX_DECIMALS; k++) {
      const double scaled = rint (value * powers[k]);

      if (fabs (scaled) >= EXACT)
        break;
      if (is_same (scaled / powers[k], value, is_float))
        return write_scaled ((int64_t) scaled, k, dst);
    }
  }
  /* any 15 digits come back, but of subnormal numbers */
  for (unsigned n_digits = is_float || fabs (value) < DBL_MIN ? 1 : 15;
      n_digits <= 17; n_digits++) {
    char digits[32];
    int exponent;
    const unsigned n = get_digits (value, n_digits, digits, &exponent);
    double back;

    size = write_digits (value < 0, digits, n, exponent, dst);
    if (json_number_read (dst, size, &back) && is_same (back, value, is_float))
      break;
  }
  return size;
}

bool
json_number_read (const char *text, size_t size, double *value)
{
  char digits[MAX_DIGITS + 16];
  unsigned n = 0;
  uint64_t mantissa = 0;
  int64_t exponent = 0;
  bool is_behind_point = false;
  size_t i = size > 0 && text[0] == '-';

  for (; i < size && text[i] != 'e' && text[i] != 'E'; i++) {
    if (text[i] == '.') {
      is_behind_point = true;
      continue;
    }
    exponent -= is_behind_point;
    if (n == 0 && text[i] == '0')
      continue;
    if (n < MAX_DIGITS) {
      digits[n++] = text[i];
      mantissa = mantissa * 10 + (text[i] - '0');
    } else {
      exponent++;
    }
  }
  if (i < size) {
    const bool is_negative = text[i + 1] == '-';
    int64_t given = 0;

    for (i++; i < size; i++)
      if (text[i] >= '0' && text[i] <= '9' && given < 100000)
        given = given * 10 + (text[i] - '0');
    exponent += is_negative ? -given : given;
  }

  if (n == 0) {
    *value = 0;
  } else if (n <= 15 && exponent >= -JSON_NUMBER_MAX_DECIMALS
      && exponent <= JSON_NUMBER_MAX_DECIMALS) {
    *value = exponent < 0 ? mantissa / powers[-exponent]
        : mantissa * powers[exponent];
  } else {
    /* without a point, so that the locale does not matter */
    snprintf (digits + n, sizeof (digits) - n, "e%d", (int) exponent);
    *value = strtod (digits, NULL);
  }
  if (text[0] == '-')
    *value = -*value;
  return isfinite (*value);
}
