/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsontext.h"

#include <string.h>

#include "jsonscan.h"

/* U+FFFD REPLACEMENT CHARACTER */
static const char replacement[] = "\xef\xbf\xbd";

/* Writes what fits and counts everything */
typedef struct
{
  char *dst;
  size_t capacity;
  size_t size;
  const char *run;              /* tokens that are not written yet, with nothing */
  size_t run_size;              /* between them */
} Output;

static void
put (Output * output, const char *text, size_t size)
{
  if (output->size < output->capacity && size > 0) {
    const size_t room = output->capacity - output->size;
    memcpy (output->dst + output->size, text, size < room ? size : room);
  }
  output->size += size;
}

static void
put_run (Output * output)
{
  put (output, output->run, output->run_size);
  output->run_size = 0;
}

static void
put_token (Output * output, const char *token, size_t size)
{
  if (output->run_size == 0 || token != output->run + output->run_size) {
    put_run (output);
    output->run = token;
  }
  output->run_size += size;
}

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

static bool
string_equals (const char *string, size_t size, const char *name)
{
  Unquoter unquoter;
  size_t left;

  /* most names are told apart here */
  if (string[1] != name[0] && string[1] != '\\' && name[0] != '\0')
    return false;
  left = strlen (name);
  unquoter_init (&unquoter, string, size);
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
is_one_of (const JsonScan * scan, const char *const *names)
{
  for (; names && *names; names++)
    if (string_equals (scan->token, scan->token_size, *names))
      return true;
  return false;
}

/* Passes over the colon and the value behind a name
 * @output: gets them, or NULL */
static bool
scan_member_value (JsonScan * scan, JsonTextValue * value, Output * output)
{
  const unsigned depth = scan->depth;
  JsonToken token = json_scan_next (scan);

  if (output && token == JSON_TOKEN_COLON)
    put_token (output, scan->token, scan->token_size);
  token = json_scan_next (scan);
  value->type = scan->type;
  value->text = scan->token;
  while (true) {
    if (token == JSON_TOKEN_ERROR)
      return false;
    if (output)
      put_token (output, scan->token, scan->token_size);
    if (scan->depth == depth)
      break;
    token = json_scan_next (scan);
  }
  value->size = (size_t) (scan->token + scan->token_size - value->text);
  return true;
}

/* Passes over the rest of the member of which the name was read
 * @output: gets the name, too */
static bool
scan_member (JsonScan * scan, JsonTextMember * members, size_t n_members,
    Output * output)
{
  const char *name = scan->token;
  const size_t size = scan->token_size;
  JsonTextValue value;

  if (output)
    put_token (output, name, size);
  if (!scan_member_value (scan, &value, output))
    return false;
  for (size_t i = 0; i < n_members; i++) {
    if (string_equals (name, size, members[i].name)) {
      members[i].found = true;
      members[i].value = value;
    }
  }
  return true;
}

static void
forget_values (JsonTextMember * members, size_t n_members)
{
  for (size_t i = 0; i < n_members; i++)
    members[i].found = false;
}

bool
json_text_read_object (const char *text, size_t size,
    JsonTextMember * members, size_t n_members)
{
  JsonScan scan;
  JsonToken token;

  forget_values (members, n_members);
  json_scan_init (&scan, text, size);
  token = json_scan_next (&scan);
  if (token == JSON_TOKEN_OPEN && scan.type == JSON_TEXT_OBJECT) {
    while ((token = json_scan_next (&scan)) != JSON_TOKEN_END
        && token != JSON_TOKEN_ERROR) {
      /* All of a member is passed over at once: a name is an outermost one */
      if (token == JSON_TOKEN_NAME
          && !scan_member (&scan, members, n_members, NULL))
        break;
    }
  }
  if (token == JSON_TOKEN_END)
    return true;
  forget_values (members, n_members);
  return false;
}

bool
json_text_is_object (const char *text, size_t size)
{
  return json_text_read_object (text, size, NULL, 0);
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
  Output output = {.dst = dst,.capacity = capacity };
  JsonScan scan;
  JsonToken token;

  json_scan_init (&scan, text, size);
  while ((token = json_scan_next (&scan)) != JSON_TOKEN_END
      && token != JSON_TOKEN_ERROR)
    put_token (&output, scan.token, scan.token_size);
  put_run (&output);
  return output.size;
}

size_t
json_text_edit (const char *text, size_t size, const char *const *remove,
    JsonTextMember * members, size_t n_members, char *dst, size_t capacity)
{
  Output output = {.dst = dst,.capacity = capacity };
  const char *comma = NULL;
  bool first = true;
  JsonScan scan;
  JsonToken token;

  forget_values (members, n_members);
  json_scan_init (&scan, text, size);
  while ((token = json_scan_next (&scan)) != JSON_TOKEN_END
      && token != JSON_TOKEN_ERROR) {
    if (token == JSON_TOKEN_COMMA) {
      /* written only between members that are kept */
      comma = scan.token;
    } else if (token == JSON_TOKEN_NAME) {
      const bool kept = !is_one_of (&scan, remove);

      if (kept && !first)
        put_token (&output, comma, 1);
      first = first && !kept;
      if (!scan_member (&scan, members, n_members, kept ? &output : NULL))
        break;
    } else {
      put_token (&output, scan.token, scan.token_size);
    }
  }
  put_run (&output);
  return output.size;
}

size_t
json_text_unquote (const JsonTextValue * string, char *dst, size_t capacity)
{
  Output output = {.dst = dst,.capacity = capacity };
  Unquoter unquoter;

  unquoter_init (&unquoter, string->text, string->size);
  while (unquoter_next (&unquoter))
    put (&output, unquoter.piece, unquoter.size);
  return output.size;
}

/* The escape of a character that RFC 8259 section 7 does not let stand for
 * itself */
static void
put_escape (Output * output, unsigned char c)
{
  static const char shorts[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
  static const char digits[] = "0123456789abcdef";
  const char *found = memchr (shorts, c, sizeof (shorts) - 1);

  if (found) {
    const char escape[2] = { '\\', letters[found - shorts] };
    put (output, escape, sizeof (escape));
  } else {
    const char escape[6] =
        { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] };
    put (output, escape, sizeof (escape));
  }
}

size_t
json_text_quote (const char *bytes, size_t size, char *dst, size_t capacity)
{
  Output output = {.dst = dst,.capacity = capacity };
  size_t i = 0;

  put (&output, "\"", 1);
  while (i < size) {
    size_t run = 0;

    while (run < size - i) {
      const unsigned char c = (unsigned char) bytes[i + run];
      if (c < 0x20 || c == '"' || c == '\\')
        break;
      const size_t n = c < 0x80 ? 1 :
          json_scan_utf8 (bytes + i + run, size - i - run);
      if (n == 0)
        break;
      run += n;
    }
    put (&output, bytes + i, run);
    i += run;
    if (i < size) {
      const unsigned char c = (unsigned char) bytes[i];

      if (c > 0 && c < 0x80)
        put_escape (&output, c);
      else
        put (&output, replacement, sizeof (replacement) - 1);
      i++;
    }
  }
  put (&output, "\"", 1);
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
