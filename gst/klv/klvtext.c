/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvtext.h"

void
klv_text_put_hex (JsonOutput * text, BytesSpan bytes)
{
  static const char digits[] = "0123456789abcdef";
  char chunk[64];
  size_t n = 0;

  for (size_t i = 0; i < bytes.size; i++) {
    chunk[n++] = digits[bytes.data[i] >> 4];
    chunk[n++] = digits[bytes.data[i] & 15];
    if (n == sizeof (chunk) || i + 1 == bytes.size) {
      json_output_put (text, chunk, n);
      n = 0;
    }
  }
}

void
klv_text_put_quoted_hex (JsonOutput * text, BytesSpan bytes)
{
  json_output_put_char (text, '"');
  klv_text_put_hex (text, bytes);
  json_output_put_char (text, '"');
}

void
klv_text_put_quoted_string (JsonOutput * text, const char *string)
{
  json_output_put_char (text, '"');
  json_output_put_string (text, string);
  json_output_put_char (text, '"');
}

void
klv_text_put_quoted_base64 (JsonOutput * text, BytesSpan bytes)
{
  static const char digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  json_output_put_char (text, '"');
  for (size_t i = 0; i < bytes.size; i += 3) {
    const size_t n = bytes.size - i;
    const uint32_t bits = bytes.data[i] << 16
        | (n > 1 ? bytes.data[i + 1] << 8 : 0) | (n >
        2 ? bytes.data[i + 2] : 0);

    json_output_put_char (text, digits[bits >> 18]);
    json_output_put_char (text, digits[bits >> 12 & 63]);
    json_output_put_char (text, n > 1 ? digits[bits >> 6 & 63] : '=');
    json_output_put_char (text, n > 2 ? digits[bits & 63] : '=');
  }
  json_output_put_char (text, '"');
}

void
klv_text_put_uint (JsonOutput * text, uint64_t value)
{
  char digits[20];
  size_t i = sizeof (digits);

  do
    digits[--i] = '0' + value % 10;
  while ((value /= 10) > 0);
  json_output_put (text, digits + i, sizeof (digits) - i);
}

void
klv_text_put_int (JsonOutput * text, int64_t value)
{
  if (value < 0)
    json_output_put_char (text, '-');
  klv_text_put_uint (text, value < 0 ? -(uint64_t) value : (uint64_t) value);
}

void
klv_text_put_uuid (JsonOutput * text, const uint8_t * uuid)
{
  static const uint8_t groups[] = { 4, 2, 2, 2, 6 };

  for (size_t i = 0; i < sizeof (groups); uuid += groups[i++]) {
    if (i > 0)
      json_output_put_char (text, '-');
    klv_text_put_hex (text, (BytesSpan) {
        uuid, groups[i]}
    );
  }
}

/* Writes exactly @n digits, and what follows them. */
static void
put_digits (JsonOutput * text, unsigned value, unsigned n, char end)
{
  char digits[8];

  digits[n] = end;
  for (unsigned i = n; i > 0; i--, value /= 10)
    digits[i - 1] = '0' + value % 10;
  json_output_put (text, digits, n + 1);
}

void
klv_text_put_time (JsonOutput * text, uint64_t us)
{
  const unsigned second = us / 1000000 % 86400;

  /* Years of 365.2425 days that begin in March of the year 0, so that the leap day is the
   * last of its year */
  const unsigned days = us / 1000000 / 86400 + 719468;
  const unsigned era = days / 146097, of_era = days % 146097;
  const unsigned year =
      (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
  const unsigned month = (5 * of_year + 2) / 153;

  json_output_put_char (text, '"');
  put_digits (text, era * 400 + year + (month >= 10), 4, '-');
  put_digits (text, month < 10 ? month + 3 : month - 9, 2, '-');
  put_digits (text, of_year - (153 * month + 2) / 5 + 1, 2, 'T');
  put_digits (text, second / 3600, 2, ':');
  put_digits (text, second / 60 % 60, 2, ':');
  put_digits (text, second % 60, 2, '.');
  put_digits (text, us % 1000000, 6, 'Z');
  json_output_put_char (text, '"');
}
