/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonscan.h"

#include <string.h>

/* What the grammar allows next */
enum
{
  EXPECT_VALUE,
  EXPECT_VALUE_OR_CLOSE,        /* behind [ */
  EXPECT_NAME,
  EXPECT_NAME_OR_CLOSE,         /* behind { */
  EXPECT_COLON,
  EXPECT_COMMA_OR_CLOSE,
  EXPECT_END,
  EXPECT_NOTHING                /* behind an error */
};

static bool
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

static bool
is_hex_digit (char c)
{
  return is_digit (c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

size_t
json_scan_utf8 (const char *bytes, size_t size)
{
  const uint8_t *p = (const uint8_t *) bytes;
  uint8_t min = 0x80, max = 0xbf;       /* of the second byte */
  size_t n;

  if (p[0] < 0x80)
    return 1;
  /* 80 to BF do not begin a character, what begins with C0 or C1 is overlong */
  if (p[0] < 0xc2)
    return 0;
  if (p[0] < 0xe0) {
    n = 2;
  } else if (p[0] < 0xf0) {
    n = 3;
    if (p[0] == 0xe0)
      min = 0xa0;               /* less is overlong */
    else if (p[0] == 0xed)
      max = 0x9f;               /* more is a surrogate */
  } else if (p[0] < 0xf5) {
    n = 4;
    if (p[0] == 0xf0)
      min = 0x90;               /* less is overlong */
    else if (p[0] == 0xf4)
      max = 0x8f;               /* more is above U+10FFFF */
  } else {
    return 0;
  }

  if (n > size || p[1] < min || p[1] > max)
    return 0;
  for (size_t i = 2; i < n; i++)
    if ((p[i] & 0xc0) != 0x80)
      return 0;
  return n;
}

/* Whether one of eight bytes is 80 to FF, below 20, a quote or a backslash */
static bool
has_other (const char *text)
{
  const uint64_t ones = UINT64_C (0x0101010101010101);
  uint64_t word;

  memcpy (&word, text, sizeof (word));
  /* the high bit of the first such byte is set, and it is of no byte before */
  return ((word | (word - ones * 0x20) | ((word ^ ones * '"') - ones)
          | ((word ^ ones * '\\') - ones)) & ones * 0x80) != 0;
}

/* How many characters stand for themselves and take one byte each. Most strings are
 * short: eight at a time pay behind the first ones. */
static size_t
count_plain (const char *text, size_t size)
{
  size_t i = 0;

  while (i < size && (uint8_t) text[i] >= 0x20 && (uint8_t) text[i] < 0x80
      && text[i] != '"' && text[i] != '\\') {
    i++;
    if (i == 8)
      while (size - i >= 8 && !has_other (text + i))
        i += 8;
  }
  return i;
}

/* The functions below return the size of what text begins with, 0 if that is
 * no such thing. */

/* RFC 8259 section 7 */
static size_t
match_string (const char *text, size_t size)
{
  size_t i = 1;

  if (size == 0 || text[0] != '"')
    return 0;
  while (true) {
    i += count_plain (text + i, size - i);
    if (i == size)
      return 0;

    const uint8_t c = (uint8_t) text[i];

    if (c == '"')
      return i + 1;
    if (c == '\\') {
      if (size - i < 2)
        return 0;
      if (text[i + 1] == 'u') {
        if (size - i < 6)
          return 0;
        for (size_t k = i + 2; k < i + 6; k++)
          if (!is_hex_digit (text[k]))
            return 0;
        i += 6;
      } else {
        if (text[i + 1] == '\0' || !strchr ("\"\\/bfnrt", text[i + 1]))
          return 0;
        i += 2;
      }
    } else {
      const size_t n = c < 0x20 ? 0 : json_scan_utf8 (text + i, size - i);
      if (n == 0)
        return 0;
      i += n;
    }
  }
}

static size_t
count_digits (const char *text, size_t size)
{
  size_t n = 0;

  while (n < size && is_digit (text[n]))
    n++;
  return n;
}

/* RFC 8259 section 6 */
static size_t
match_number (const char *text, size_t size)
{
  size_t i = 0, n;

  if (i < size && text[i] == '-')
    i++;

  n = count_digits (text + i, size - i);
  if (n == 0 || (n > 1 && text[i] == '0'))
    return 0;
  i += n;

  if (i < size && text[i] == '.') {
    i++;
    n = count_digits (text + i, size - i);
    if (n == 0)
      return 0;
    i += n;
  }
  if (i < size && (text[i] == 'e' || text[i] == 'E')) {
    i++;
    if (i < size && (text[i] == '+' || text[i] == '-'))
      i++;
    n = count_digits (text + i, size - i);
    if (n == 0)
      return 0;
    i += n;
  }
  return i;
}

static size_t
match_literal (const char *text, size_t size, const char *literal)
{
  const size_t n = strlen (literal);

  return size >= n && memcmp (text, literal, n) == 0 ? n : 0;
}

static size_t
match_scalar (const char *text, size_t size, JsonTextType * type)
{
  switch (text[0]) {
    case '"':
      *type = JSON_TEXT_STRING;
      return match_string (text, size);
    case 't':
      *type = JSON_TEXT_TRUE;
      return match_literal (text, size, "true");
    case 'f':
      *type = JSON_TEXT_FALSE;
      return match_literal (text, size, "false");
    case 'n':
      *type = JSON_TEXT_NULL;
      return match_literal (text, size, "null");
    default:
      *type = JSON_TEXT_NUMBER;
      return match_number (text, size);
  }
}

void
json_scan_init (JsonScan * scan, const char *text, size_t size)
{
  memset (scan, 0, sizeof (*scan));
  scan->text = size > 0 ? text : "";    /* text may be NULL if size is 0 */
  scan->size = size;
  scan->expected = EXPECT_VALUE;
}

static bool
in_object (const JsonScan * scan)
{
  return scan->depth > 0 && scan->is_object[scan->depth - 1];
}

static JsonToken
fail (JsonScan * scan)
{
  scan->expected = EXPECT_NOTHING;
  scan->token_size = 0;
  return JSON_TOKEN_ERROR;
}

static JsonToken
take (JsonScan * scan, JsonToken token, size_t size, unsigned expected)
{
  scan->token_size = size;
  scan->offset += size;
  scan->expected = expected;
  return token;
}

/* The value that is n deep is complete; what may follow depends on n */
static unsigned
expected_behind_value (const JsonScan * scan)
{
  return scan->depth > 0 ? EXPECT_COMMA_OR_CLOSE : EXPECT_END;
}

static JsonToken
open_value (JsonScan * scan, JsonTextType type)
{
  if (scan->depth == JSON_TEXT_MAX_DEPTH)
    return fail (scan);

  const bool is_object = type == JSON_TEXT_OBJECT;

  scan->is_object[scan->depth++] = is_object;
  scan->type = type;
  return take (scan, JSON_TOKEN_OPEN, 1,
      is_object ? EXPECT_NAME_OR_CLOSE : EXPECT_VALUE_OR_CLOSE);
}

static JsonToken
close_value (JsonScan * scan)
{
  scan->depth--;
  return take (scan, JSON_TOKEN_CLOSE, 1, expected_behind_value (scan));
}

JsonToken
json_scan_next (JsonScan * scan)
{
  while (scan->offset < scan->size && is_space (scan->text[scan->offset]))
    scan->offset++;

  const char *text = scan->text + scan->offset;
  const size_t left = scan->size - scan->offset;
  size_t n;

  scan->token = text;
  if (left == 0)
    return scan->expected == EXPECT_END ?
        take (scan, JSON_TOKEN_END, 0, EXPECT_END) : fail (scan);

  switch (scan->expected) {
    case EXPECT_VALUE_OR_CLOSE:
      if (text[0] == ']')
        return close_value (scan);
      /* fall through */
    case EXPECT_VALUE:
      if (text[0] == '{')
        return open_value (scan, JSON_TEXT_OBJECT);
      if (text[0] == '[')
        return open_value (scan, JSON_TEXT_ARRAY);
      n = match_scalar (text, left, &scan->type);
      if (n == 0)
        return fail (scan);
      return take (scan, JSON_TOKEN_SCALAR, n, expected_behind_value (scan));

    case EXPECT_NAME_OR_CLOSE:
      if (text[0] == '}')
        return close_value (scan);
      /* fall through */
    case EXPECT_NAME:
      n = match_string (text, left);
      if (n == 0)
        return fail (scan);
      return take (scan, JSON_TOKEN_NAME, n, EXPECT_COLON);

    case EXPECT_COLON:
      if (text[0] != ':')
        return fail (scan);
      return take (scan, JSON_TOKEN_COLON, 1, EXPECT_VALUE);

    case EXPECT_COMMA_OR_CLOSE:
      if (text[0] == ',')
        return take (scan, JSON_TOKEN_COMMA, 1,
            in_object (scan) ? EXPECT_NAME : EXPECT_VALUE);
      if (text[0] == (in_object (scan) ? '}' : ']'))
        return close_value (scan);
      return fail (scan);

    default:
      return fail (scan);
  }
}

size_t
json_text_trim (const char *text, size_t size)
{
  while (size > 0 && (text[size - 1] == '\0' || is_space (text[size - 1])))
    size--;
  return size;
}

bool
json_text_skip_mark (const char **text, size_t *size)
{
  if (*size < 3 || memcmp (*text, "\xef\xbb\xbf", 3) != 0)
    return false;
  *text += 3;
  *size -= 3;
  return true;
}

bool
json_text_is_value (const char *text, size_t size)
{
  JsonScan scan;
  JsonToken token;

  json_scan_init (&scan, text, size);
  do
    token = json_scan_next (&scan);
  while (token != JSON_TOKEN_END && token != JSON_TOKEN_ERROR);
  return token == JSON_TOKEN_END;
}
