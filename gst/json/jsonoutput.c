/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonoutput.h"

#include "jsontext.h"

static size_t
get_room (const JsonOutput * output)
{
  return output->size < output->capacity ? output->capacity - output->size : 0;
}

void
json_output_put_cut (JsonOutput * output, const char *text, size_t size)
{
  const size_t room = get_room (output);

  if (room > 0)
    memcpy (output->dst + output->size, text, size < room ? size : room);
}

void
json_output_put_quoted (JsonOutput * output, const char *bytes, size_t size)
{
  const size_t room = get_room (output);

  output->size += json_text_quote (bytes, size,
      room > 0 ? output->dst + output->size : NULL, room);
}

void
json_output_put_hex (JsonOutput * output, BytesSpan bytes)
{
  static const char digits[] = "0123456789abcdef";
  char chunk[64];
  size_t n = 0;

  for (size_t i = 0; i < bytes.size; i++) {
    chunk[n++] = digits[bytes.data[i] >> 4];
    chunk[n++] = digits[bytes.data[i] & 15];
    if (n == sizeof (chunk) || i + 1 == bytes.size) {
      json_output_put (output, chunk, n);
      n = 0;
    }
  }
}

void
json_output_put_quoted_hex (JsonOutput * output, BytesSpan bytes)
{
  json_output_put_char (output, '"');
  json_output_put_hex (output, bytes);
  json_output_put_char (output, '"');
}

void
json_output_put_quoted_string (JsonOutput * output, const char *string)
{
  json_output_put_char (output, '"');
  json_output_put_string (output, string);
  json_output_put_char (output, '"');
}

void
json_output_put_quoted_base64 (JsonOutput * output, BytesSpan bytes)
{
  static const char digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  json_output_put_char (output, '"');
  for (size_t i = 0; i < bytes.size; i += 3) {
    const size_t n = bytes.size - i;
    const uint32_t bits = bytes.data[i] << 16
        | (n > 1 ? bytes.data[i + 1] << 8 : 0) | (n >
        2 ? bytes.data[i + 2] : 0);

    json_output_put_char (output, digits[bits >> 18]);
    json_output_put_char (output, digits[bits >> 12 & 63]);
    json_output_put_char (output, n > 1 ? digits[bits >> 6 & 63] : '=');
    json_output_put_char (output, n > 2 ? digits[bits & 63] : '=');
  }
  json_output_put_char (output, '"');
}

void
json_output_put_uint (JsonOutput * output, uint64_t value)
{
  char digits[20];
  size_t i = sizeof (digits);

  do
    digits[--i] = '0' + value % 10;
  while ((value /= 10) > 0);
  json_output_put (output, digits + i, sizeof (digits) - i);
}

void
json_output_put_int (JsonOutput * output, int64_t value)
{
  if (value < 0)
    json_output_put_char (output, '-');
  json_output_put_uint (output,
      value < 0 ? -(uint64_t) value : (uint64_t) value);
}

void
json_output_put_uuid (JsonOutput * output, const uint8_t * uuid)
{
  static const uint8_t groups[] = { 4, 2, 2, 2, 6 };

  for (size_t i = 0; i < sizeof (groups); uuid += groups[i++]) {
    if (i > 0)
      json_output_put_char (output, '-');
    json_output_put_hex (output, (BytesSpan) {
        uuid, groups[i]}
    );
  }
}

/* Writes exactly @n digits, and what follows them. */
static void
put_digits (JsonOutput * output, unsigned value, unsigned n, char end)
{
  char digits[8];

  digits[n] = end;
  for (unsigned i = n; i > 0; i--, value /= 10)
    digits[i - 1] = '0' + value % 10;
  json_output_put (output, digits, n + 1);
}

void
json_output_put_time (JsonOutput * output, int64_t us, unsigned decimals)
{
  /* Years of 365.2425 days that begin in March of the year -400, so that the leap day is the
   * last of its year, and nothing is below zero */
  const uint64_t since = us + INT64_C (1000000) * 86400 * (719468 + 146097);
  const unsigned second = since / 1000000 % 86400;
  const unsigned days = since / 1000000 / 86400;
  const unsigned era = days / 146097, of_era = days % 146097;
  const unsigned year =
      (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
  const unsigned month = (5 * of_year + 2) / 153;
  const unsigned fraction = since % 1000000;

  json_output_put_char (output, '"');
  put_digits (output, era * 400 + year + (month >= 10) - 400, 4, '-');
  put_digits (output, month < 10 ? month + 3 : month - 9, 2, '-');
  put_digits (output, of_year - (153 * month + 2) / 5 + 1, 2, 'T');
  put_digits (output, second / 3600, 2, ':');
  put_digits (output, second / 60 % 60, 2, ':');
  put_digits (output, second % 60, 2, '.');
  put_digits (output, decimals == 3 ? fraction / 1000 : fraction, decimals,
      'Z');
  json_output_put_char (output, '"');
}
