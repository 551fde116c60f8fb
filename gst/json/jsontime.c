/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsontime.h"

#include <string.h>

#include "jsontext.h"

#define MAX_S INT64_C (100000000000)
#define MINUTE_S 60
#define HOUR_S (60 * MINUTE_S)
#define DAY_S (24 * HOUR_S)

/* 1970-01-01, counted from 0000-01-01 */
#define UNIX_DAYS 719528

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* --- Unix time ------------------------------------------------------------- */

static bool
is_number (const char *text, size_t size)
{
  /* the ends keep out white space, and all values but numbers */
  return (is_digit (text[0]) || text[0] == '-') && is_digit (text[size - 1])
      && json_text_is_value (text, size);
}

static bool
unix_to_ms (const char *text, size_t size, int64_t * ms)
{
  const JsonTextValue number = { JSON_TEXT_NUMBER, text, size };
  int64_t seconds;              /* in the unit that is tried */
  int exponent = 3;

  if (!json_text_scale_to_int64 (&number, 0, &seconds))
    return false;
  while (exponent > -6 && (seconds <= -MAX_S || seconds >= MAX_S)) {
    seconds /= 1000;
    exponent -= 3;
  }
  return json_text_scale_to_int64 (&number, exponent, ms);
}

/* --- RFC 3339 --------------------------------------------------------------- */

/* What was not as expected makes all that follows fail */
typedef struct
{
  const char *next, *end;
  bool failed;
} Reader;

/* Returns the character, if it is one of @set, else fails */
static char
read_one_of (Reader * reader, const char *set)
{
  if (reader->failed || reader->next == reader->end || *reader->next == '\0'
      || !strchr (set, *reader->next)) {
    reader->failed = true;
    return '\0';
  }
  return *reader->next++;
}

/* @n digits, and a number from @min to @max */
static int
read_number (Reader * reader, int n, int min, int max)
{
  int number = 0;

  for (int i = 0; i < n; i++)
    number = number * 10 + (read_one_of (reader, "0123456789") - '0');
  if (number < min || number > max)
    reader->failed = true;
  return number;
}

/* 5.6 time-secfrac, optional, of any length */
static int
read_fraction_ms (Reader * reader)
{
  int ms = 0, unit_ms = 100;

  if (reader->next == reader->end || *reader->next != '.')
    return 0;
  reader->next++;
  do {
    ms += (read_one_of (reader, "0123456789") - '0') * unit_ms;
    unit_ms /= 10;
  } while (!reader->failed && reader->next < reader->end
      && is_digit (*reader->next));
  return ms;
}

/* 5.6 time-offset */
static int
read_offset_s (Reader * reader)
{
  const char sign = read_one_of (reader, "Zz+-");
  int offset_s;

  if (sign != '+' && sign != '-')
    return 0;
  offset_s = read_number (reader, 2, 0, 23) * HOUR_S;
  read_one_of (reader, ":");
  offset_s += read_number (reader, 2, 0, 59) * MINUTE_S;
  return sign == '-' ? -offset_s : offset_s;
}

/* Appendix C */
static bool
is_leap_year (int year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* 5.6 full-date, as days since 1970 */
static int
read_days (Reader * reader)
{
  static const int ends[] =
      { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };
  const int year = read_number (reader, 4, 0, 9999);
  const int leap_day = is_leap_year (year);

  read_one_of (reader, "-");
  const int month = read_number (reader, 2, 1, 12);
  read_one_of (reader, "-");
  if (reader->failed)
    return 0;
  const int days_before = ends[month - 1] + (month > 2 ? leap_day : 0);
  const int length =
      ends[month] - ends[month - 1] + (month == 2 ? leap_day : 0);
  const int day = read_number (reader, 2, 1, length);

  /* year 0 is a leap year */
  return year * 365 + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400
      + days_before + day - 1 - UNIX_DAYS;
}

static bool
date_time_to_ms (const char *text, size_t size, int64_t * ms)
{
  Reader reader = { text, text + size, false };
  int64_t time_s = (int64_t) read_days (&reader) * DAY_S;

  read_one_of (&reader, "Tt ");
  time_s += read_number (&reader, 2, 0, 23) * HOUR_S;
  read_one_of (&reader, ":");
  time_s += read_number (&reader, 2, 0, 59) * MINUTE_S;
  read_one_of (&reader, ":");
  const int second = read_number (&reader, 2, 0, 60);
  const int fraction_ms = read_fraction_ms (&reader);
  time_s -= read_offset_s (&reader);

  /* 5.7: leap seconds end days of UTC. Unix time gives them that of the next */
  if (second == 60 && (time_s % DAY_S + DAY_S) % DAY_S != DAY_S - MINUTE_S)
    return false;
  if (reader.failed || reader.next != reader.end)
    return false;
  *ms = (time_s + second) * 1000 + fraction_ms;
  return true;
}

bool
json_time_to_ms (const char *text, size_t size, int64_t * ms)
{
  *ms = 0;
  if (size == 0)
    return false;
  return is_number (text, size) ? unix_to_ms (text, size, ms) :
      date_time_to_ms (text, size, ms);
}
