/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsontext.h"

#include <string.h>

#include "jsonoutput.h"
#include "jsonscan.h"

/* U+FFFD REPLACEMENT CHARACTER */
static const char replacement[] = "\xef\xbf\xbd";

static unsigned
hex_value (char c)
{
  if (c >= '0' && c <= '9')
    return (unsigned) (c - '0');
  return (unsigned) ((c | 0x20) - 'a') + 10;
}

/* The number in an escape \uXXXX that begins at text; UINT32_MAX if there is
 * none before end */
static uint32_t
read_escape_u (const char *text, const char *end)
{
  uint32_t code = 0;

  if (end - text < 6 || text[0] != '\\' || text[1] != 'u')
    return UINT32_MAX;
  for (unsigned i = 2; i < 6; i++)
    code = code << 4 | hex_value (text[i]);
  return code;
}

static size_t
write_utf8 (uint32_t code, char *utf8)
{
  if (code < 0x80) {
    utf8[0] = (char) code;
    return 1;
  }
  if (code < 0x800) {
    utf8[0] = (char) (0xc0 | code >> 6);
    utf8[1] = (char) (0x80 | (code & 0x3f));
    return 2;
  }
  if (code < 0x10000) {
    utf8[0] = (char) (0xe0 | code >> 12);
    utf8[1] = (char) (0x80 | (code >> 6 & 0x3f));
    utf8[2] = (char) (0x80 | (code & 0x3f));
    return 3;
  }
  utf8[0] = (char) (0xf0 | code >> 18);
  utf8[1] = (char) (0x80 | (code >> 12 & 0x3f));
  utf8[2] = (char) (0x80 | (code >> 6 & 0x3f));
  utf8[3] = (char) (0x80 | (code & 0x3f));
  return 4;
}

/* What a string says, piece by piece: either a run of characters that stand for
 * themselves or the one that an escape stands for */
typedef struct
{
  const char *next, *end;       /* of the text between the quotes */
  const char *piece;
  size_t size;
  char utf8[4];
} Unquoter;

static void
unquoter_init (Unquoter * unquoter, const char *string, size_t size)
{
  unquoter->next = string + 1;
  unquoter->end = string + (size < 2 ? 1 : size - 1);
}

static bool
unquoter_next (Unquoter * unquoter)
{
  const char *text = unquoter->next;
  const char *end = unquoter->end;

  if (text == end)
    return false;

  if (*text != '\\') {
    const char *escape = memchr (text, '\\', (size_t) (end - text));

    unquoter->piece = text;
    unquoter->next = escape ? escape : end;
    unquoter->size = (size_t) (unquoter->next - text);
    return true;
  }

  unquoter->piece = unquoter->utf8;
  uint32_t code = read_escape_u (text, end);
  if (code != UINT32_MAX) {
    unquoter->next = text + 6;
    if (code >= 0xd800 && code <= 0xdfff) {
      const uint32_t low = read_escape_u (text + 6, end);

      if (code <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        unquoter->next = text + 12;
      } else {
        code = 0xfffd;
      }
    }
    unquoter->size = write_utf8 (code, unquoter->utf8);
    return true;
  }

  static const char escapes[] = "bfnrt", meanings[] = "\b\f\n\r\t";
  const char c = end - text > 1 ? text[1] : '\\';
  const char *escape = memchr (escapes, c, sizeof (escapes) - 1);

  unquoter->utf8[0] = escape ? meanings[escape - escapes] : c;
  unquoter->size = 1;
  unquoter->next = end - text > 1 ? text + 2 : end;
  return true;
}

/* @string: valid, so it has no NUL but as an escape */
static bool
string_equals (const JsonTextValue * string, const char *name)
{
  const char *text = string->text + 1;
  const char *end = string->text + string->size - 1;

  while (text < end && *text != '\\')
    if (*text++ != *name++)
      return false;

  Unquoter unquoter = {.next = text,.end = end };
  size_t left = strlen (name);

  while (unquoter_next (&unquoter)) {
    if (unquoter.size > left
        || memcmp (name, unquoter.piece, unquoter.size) != 0)
      return false;
    name += unquoter.size;
    left -= unquoter.size;
  }
  return left == 0;
}

static bool
is_one_of (const JsonTextValue * string, const char *const *names)
{
  for (; names && *names; names++)
    if (string_equals (string, *names))
      return true;
  return false;
}

static void
forget_values (JsonTextMember * members, size_t n_members)
{
  for (size_t i = 0; i < n_members; i++)
    members[i].found = false;
}

static bool
open_object (JsonScan * scan)
{
  return json_scan_next (scan) == JSON_TOKEN_OPEN
      && scan->type == JSON_TEXT_OBJECT;
}

/* Reads the value of the member that the scan has stepped to.
 * @output: gets it, or NULL */
static void
read_value (JsonScan * scan, const JsonTextValue * name,
    JsonTextMember * members, size_t n_members, JsonOutput * output)
{
  if (!json_scan_value (scan, output))
    return;
  for (size_t i = 0; i < n_members; i++) {
    if (string_equals (name, members[i].name)) {
      members[i].found = true;
      members[i].value.type = scan->type;
      members[i].value.text = scan->token;
      members[i].value.size = scan->token_size;
    }
  }
}

bool
json_text_read_object (const char *text, size_t size,
    JsonTextMember * members, size_t n_members)
{
  JsonScan scan;
  JsonTextValue name;

  forget_values (members, n_members);
  json_scan_init (&scan, text, size);
  if (!open_object (&scan))
    return false;
  while (json_scan_part (&scan, &name))
    read_value (&scan, &name, members, n_members, NULL);
  if (json_scan_next (&scan) == JSON_TOKEN_END)
    return true;
  forget_values (members, n_members);
  return false;
}

bool
json_text_find (const char *text, size_t size, const char *name,
    JsonTextValue * value)
{
  JsonTextMember member = {.name = name };

  json_text_read_object (text, size, &member, 1);
  if (member.found)
    *value = member.value;
  return member.found;
}

size_t
json_text_compact (const char *text, size_t size, char *dst, size_t capacity)
{
  JsonOutput output = { dst, capacity, 0 };
  JsonScan scan;

  json_scan_init (&scan, text, size);
  return json_scan_value (&scan, &output)
      && json_scan_next (&scan) == JSON_TOKEN_END ? output.size : 0;
}

size_t
json_text_edit (const char *text, size_t size, const char *const *remove,
    JsonTextMember * members, size_t n_members, char *dst, size_t capacity)
{
  JsonOutput output = { dst, capacity, 0 };
  JsonScan scan;
  JsonTextValue name;

  forget_values (members, n_members);
  json_scan_init (&scan, text, size);
  if (!open_object (&scan))
    return 0;
  json_output_put_char (&output, '{');
  while (json_scan_part (&scan, &name)) {
    const bool is_kept = !is_one_of (&name, remove);

    if (is_kept) {
      if (output.size > 1)
        json_output_put_char (&output, ',');
      json_output_put (&output, name.text, name.size);
      json_output_put_char (&output, ':');
    }
    read_value (&scan, &name, members, n_members, is_kept ? &output : NULL);
  }
  if (scan.depth == 0)
    json_output_put_char (&output, '}');
  return output.size;
}

size_t
json_text_unquote (const JsonTextValue * string, char *dst, size_t capacity)
{
  JsonOutput output = { dst, capacity, 0 };
  Unquoter unquoter;

  unquoter_init (&unquoter, string->text, string->size);
  while (unquoter_next (&unquoter))
    json_output_put (&output, unquoter.piece, unquoter.size);
  return output.size;
}

/* What stands behind the backslash for a character, or 0 if it has no short escape */
static char
get_letter (unsigned char c)
{
  switch (c) {
    case '"':
    case '\\':
      return (char) c;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

/* The escape of a character that RFC 8259 section 7 does not let stand for
 * itself */
static void
put_escape (JsonOutput * output, unsigned char c)
{
  static const char digits[] = "0123456789abcdef";
  const char letter = get_letter (c);

  if (letter) {
    json_output_put_char (output, '\\');
    json_output_put_char (output, letter);
  } else {
    const char escape[6] =
        { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] };

    json_output_put (output, escape, sizeof (escape));
  }
}

size_t
json_text_quote (const char *bytes, size_t size, char *dst, size_t capacity)
{
  JsonOutput output = { dst, capacity, 0 };
  size_t i = 0;

  json_output_put_char (&output, '"');
  while (i < size) {
    const size_t run = json_scan_unescaped (bytes + i, size - i);

    json_output_put (&output, bytes + i, run);
    i += run;
    if (i < size) {
      const unsigned char c = (unsigned char) bytes[i];

      if (c > 0 && c < 0x80)
        put_escape (&output, c);
      else
        json_output_put (&output, replacement, sizeof (replacement) - 1);
      i++;
    }
  }
  json_output_put_char (&output, '"');
  return output.size;
}

/* Collects digits. Below zero, as that is where int64_t holds one more. */
typedef struct
{
  int64_t minus;
  bool overflow;
} Integer;

static void
push_digit (Integer * integer, unsigned digit)
{
  if (integer->minus < (INT64_MIN + (int64_t) digit) / 10)
    integer->overflow = true;
  else
    integer->minus = integer->minus * 10 - (int64_t) digit;
}

static bool
integer_value (const Integer * integer, bool negative, int64_t * result)
{
  if (integer->overflow || (!negative && integer->minus == INT64_MIN))
    return false;
  *result = negative ? integer->minus : -integer->minus;
  return true;
}

/* "-?[0-9]+" */
static bool
string_to_int64 (const JsonTextValue * value, int64_t * result)
{
  Integer integer = { 0, false };
  bool negative = false;
  size_t position = 0, n_digits = 0;
  Unquoter unquoter;

  unquoter_init (&unquoter, value->text, value->size);
  while (unquoter_next (&unquoter)) {
    for (size_t i = 0; i < unquoter.size; i++, position++) {
      const char c = unquoter.piece[i];

      if (c == '-' && position == 0) {
        negative = true;
      } else if (c >= '0' && c <= '9') {
        push_digit (&integer, (unsigned) (c - '0'));
        n_digits++;
      } else {
        return false;
      }
    }
  }
  return n_digits > 0 && integer_value (&integer, negative, result);
}

/* The exponent that [text, end) says after the e, not exact where it is far
 * beyond the number of digits that fit in memory */
static int64_t
read_exponent (const char *text, const char *end)
{
  const bool negative = text < end && *text == '-';
  int64_t exponent = 0;

  for (; text < end; text++)
    if (*text >= '0' && *text <= '9' && exponent < INT64_MAX / 100)
      exponent = exponent * 10 + (*text - '0');
  return negative ? -exponent : exponent;
}

/* Moves the point of the decimal text by the exponents and takes the digits
 * before it: floating point would not be exact */
bool
json_text_scale_to_int64 (const JsonTextValue * number, int exponent,
    int64_t * result)
{
  const char *text = number->text;
  const char *end = text + number->size;
  const bool negative = text < end && *text == '-';
  const char *digits = text + (negative ? 1 : 0);
  const char *mantissa_end = digits;
  const char *point = NULL;

  for (; mantissa_end < end && (*mantissa_end | 0x20) != 'e'; mantissa_end++)
    if (*mantissa_end == '.')
      point = mantissa_end;

  /* How many digits are before the point once it has moved; those that the text
   * does not have are zeros */
  int64_t wanted = (point ? point : mantissa_end) - digits + exponent;
  if (mantissa_end < end)
    wanted += read_exponent (mantissa_end + 1, end);

  *result = 0;
  Integer integer = { 0, false };
  for (const char *p = digits; p < mantissa_end && wanted > 0; p++) {
    if (p == point)
      continue;
    push_digit (&integer, (unsigned) (*p - '0'));
    wanted--;
  }
  if (integer.minus != 0)
    for (; wanted > 0 && !integer.overflow; wanted--)
      push_digit (&integer, 0);
  return integer_value (&integer, negative, result);
}

bool
json_text_to_int64 (const JsonTextValue * value, int64_t * result)
{
  *result = 0;
  switch (value->type) {
    case JSON_TEXT_STRING:
      return string_to_int64 (value, result);
    case JSON_TEXT_NUMBER:
      return json_text_scale_to_int64 (value, 0, result);
    default:
      return false;
  }
}
