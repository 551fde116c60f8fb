/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvdigits.h"

#include <string.h>

#define UUID_DIGITS 32

/* None has an escape, so the quotes are all that is to be taken off. */
static BytesSpan
get_digits (const JsonTextValue * value)
{
  const BytesSpan digits = { (const uint8_t *) value->text + 1,
    value->type == JSON_TEXT_STRING ? value->size - 2 : 0
  };

  return digits;
}

static int
hex_value (uint8_t c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
put_hex (BytesWriter * writer, BytesSpan digits)
{
  if (digits.size % 2 != 0)
    return false;
  for (size_t i = 0; i < digits.size; i += 2) {
    const int high = hex_value (digits.data[i]);
    const int low = hex_value (digits.data[i + 1]);

    if (high < 0 || low < 0)
      return false;
    bytes_put_uint (writer, high << 4 | low, 1);
  }
  return true;
}

bool
klv_put_hex (BytesWriter * writer, const JsonTextValue * value)
{
  return value->type == JSON_TEXT_STRING
      && put_hex (writer, get_digits (value));
}

static int
base64_value (uint8_t c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* JSON may have a backslash in front of a slash. */
static bool
is_escape (BytesSpan digits, size_t i)
{
  return digits.data[i] == '\\' && i + 1 < digits.size
      && digits.data[i + 1] == '/';
}

bool
klv_put_base64 (BytesWriter * writer, const JsonTextValue * value)
{
  BytesSpan digits = get_digits (value);
  unsigned n_padding = 0;
  uint32_t bits = 0;
  size_t n = 0;

  for (; n_padding < 2 && digits.size > 0
      && digits.data[digits.size - 1] == '='; n_padding++)
    digits.size--;
  for (size_t i = 0; i < digits.size; i++) {
    const int digit = base64_value (digits.data[i]);

    if (is_escape (digits, i))
      continue;
    if (digit < 0)
      return false;
    bits = bits << 6 | digit;
    /* each digit but the first of four completes a byte */
    if (n % 4 > 0)
      bytes_put_uint (writer, bits >> (6 - 2 * (n % 4)) & 0xff, 1);
    n++;
  }
  return value->type == JSON_TEXT_STRING && (n + n_padding) % 4 == 0;
}

bool
klv_put_uuid (BytesWriter * writer, const JsonTextValue * value)
{
  const BytesSpan text = get_digits (value);
  uint8_t digits[UUID_DIGITS];
  size_t n = 0;

  for (size_t i = 0; i < text.size; i++) {
    if (text.data[i] == '-')
      continue;
    if (n == UUID_DIGITS)
      return false;
    digits[n++] = text.data[i];
  }
  const BytesSpan all = { digits, n };
  return n == UUID_DIGITS && put_hex (writer, all);
}
