/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A scan of plain steps: a token and a byte at a time */
typedef struct
{
  const char *token;
  size_t token_size;
  JsonTextType type;
  unsigned depth;
  const char *text;
  size_t size;
  size_t offset;
  bool is_object[JSON_TEXT_MAX_DEPTH];
  unsigned expected;
} PlainScan;

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

/* The functions below return the size of what text begins with, 0 if that is
 * no such thing. */

/* RFC 8259 section 7 */
static size_t
match_string (const char *text, size_t size)
{
  size_t i = 1;

  if (size == 0 || text[0] != '"')
    return 0;
  while (i < size) {
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
  return 0;
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

static void
plain_scan_init (PlainScan * scan, const char *text, size_t size)
{
  memset (scan, 0, sizeof (*scan));
  scan->text = size > 0 ? text : "";    /* text may be NULL if size is 0 */
  scan->size = size;
  scan->expected = EXPECT_VALUE;
}

static bool
in_object (const PlainScan * scan)
{
  return scan->depth > 0 && scan->is_object[scan->depth - 1];
}

static JsonToken
fail (PlainScan * scan)
{
  scan->expected = EXPECT_NOTHING;
  scan->token_size = 0;
  return JSON_TOKEN_ERROR;
}

static JsonToken
take (PlainScan * scan, JsonToken token, size_t size, unsigned expected)
{
  scan->token_size = size;
  scan->offset += size;
  scan->expected = expected;
  return token;
}

/* The value that is n deep is complete; what may follow depends on n */
static unsigned
expected_behind_value (const PlainScan * scan)
{
  return scan->depth > 0 ? EXPECT_COMMA_OR_CLOSE : EXPECT_END;
}

static JsonToken
open_value (PlainScan * scan, JsonTextType type)
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
close_value (PlainScan * scan)
{
  scan->depth--;
  return take (scan, JSON_TOKEN_CLOSE, 1, expected_behind_value (scan));
}

static JsonToken
plain_scan_next (PlainScan * scan)
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


/* The texts of tokens without what is between them */
typedef struct
{
  char *text;
  size_t size;
} Written;

static void
put (Written * written, const PlainScan * scan)
{
  memcpy (written->text + written->size, scan->token, scan->token_size);
  written->size += scan->token_size;
}

static bool
says (const JsonTextValue * string, const char *name)
{
  char *text = malloc (string->size);
  const size_t size = json_text_unquote (string, text, string->size);
  const bool is_same = size == strlen (name) && memcmp (text, name, size) == 0;

  free (text);
  return is_same;
}

static bool
is_one_of (const JsonTextValue * string, const char *const *names)
{
  for (; *names; names++)
    if (says (string, *names))
      return true;
  return false;
}

/* Reads the value that begins with the token just read. */
static bool
read_value (PlainScan * scan, JsonToken token, unsigned outside,
    JsonTextValue * value, Written * written)
{
  value->type = scan->type;
  value->text = scan->token;
  for (; token != JSON_TOKEN_ERROR; token = plain_scan_next (scan)) {
    if (written)
      put (written, scan);
    if (scan->depth == outside) {
      value->size = (size_t) (scan->token + scan->token_size - value->text);
      return true;
    }
  }
  return false;
}

/* Reads an object, and writes it without some of its members.
 * Returns: whether it is one, and nothing else */
static bool
read_object (const char *text, size_t size, const char *const *removed,
    JsonTextMember * members, size_t n_members, Written * written)
{
  PlainScan scan;
  JsonToken token;
  bool is_first = true;

  plain_scan_init (&scan, text, size);
  if (plain_scan_next (&scan) != JSON_TOKEN_OPEN || !in_object (&scan))
    return false;
  put (written, &scan);
  while ((token = plain_scan_next (&scan)) < JSON_TOKEN_END) {
    if (token == JSON_TOKEN_NAME) {
      const JsonTextValue name = {
        JSON_TEXT_STRING, scan.token, scan.token_size
      };
      const bool is_kept = !is_one_of (&name, removed);
      JsonTextValue value;

      if (is_kept && !is_first)
        written->text[written->size++] = ',';
      is_first = is_first && !is_kept;
      if (is_kept)
        put (written, &scan);
      if (plain_scan_next (&scan) == JSON_TOKEN_COLON && is_kept)
        put (written, &scan);
      if (!read_value (&scan, plain_scan_next (&scan), 1, &value,
              is_kept ? written : NULL))
        return false;
      for (size_t i = 0; i < n_members; i++) {
        if (says (&name, members[i].name)) {
          members[i].found = true;
          members[i].value = value;
        }
      }
    } else if (token != JSON_TOKEN_COMMA) {
      put (written, &scan);
    }
  }
  return token == JSON_TOKEN_END;
}

static bool
is_same_value (const JsonTextValue * a, const JsonTextValue * b)
{
  return a->type == b->type && a->text == b->text && a->size == b->size;
}

static bool
is_same_written (const Written * a, const Written * b)
{
  return a->size == b->size && memcmp (a->text, b->text, a->size) == 0;
}

/* Token by token, also where it ends in an error
 * @written: gets the tokens
 * Returns: the last token, or JSON_TOKEN_ERROR + 1 if they differ */
static int
compare_tokens (const char *text, size_t size, Written * written)
{
  JsonScan scan;
  PlainScan plain;
  JsonToken token;

  json_scan_init (&scan, text, size);
  plain_scan_init (&plain, text, size);
  do {
    token = plain_scan_next (&plain);
    /* nothing is nowhere */
    if (json_scan_next (&scan) != token
        || (size > 0 && scan.token != plain.token)
        || scan.token_size != plain.token_size || scan.depth != plain.depth)
      return JSON_TOKEN_ERROR + 1;
    if ((token == JSON_TOKEN_OPEN || token == JSON_TOKEN_SCALAR)
        && scan.type != plain.type)
      return JSON_TOKEN_ERROR + 1;
    put (written, &plain);
  } while (token < JSON_TOKEN_END);
  return token;
}

/* @text: a value */
static bool
compare_parts (const char *text, size_t size)
{
  const JsonTextValue whole = { JSON_TEXT_OBJECT, text, size };
  JsonTextValue name, value;
  JsonParts parts;
  PlainScan scan;
  JsonToken token;

  json_parts_init (&parts, &whole);
  plain_scan_init (&scan, text, size);
  plain_scan_next (&scan);
  while ((token = plain_scan_next (&scan)) < JSON_TOKEN_END) {
    JsonTextValue plain_name = { JSON_TEXT_STRING, NULL, 0 }, plain_value;

    if (token == JSON_TOKEN_COMMA || token == JSON_TOKEN_CLOSE)
      continue;
    if (token == JSON_TOKEN_NAME) {
      plain_name.text = scan.token;
      plain_name.size = scan.token_size;
      plain_scan_next (&scan);
      token = plain_scan_next (&scan);
    }
    name = (JsonTextValue) {
    JSON_TEXT_STRING, NULL, 0};
    if (!read_value (&scan, token, 1, &plain_value, NULL)
        || !json_parts_next (&parts, &name, &value)
        || !is_same_value (&name, &plain_name)
        || !is_same_value (&value, &plain_value))
      return false;
  }
  return !json_parts_next (&parts, &name, &value);
}

#define N_MEMBERS 5

static bool
compare_object (const char *text, size_t size, Written * written,
    Written * plain)
{
  static const char *const names[N_MEMBERS] =
      { "a", "seq", "", "\xc3\xa9", "stream_id" };
  static const char *const removed[] = { "seq", "", NULL };
  JsonTextMember found[N_MEMBERS], plain_found[N_MEMBERS];

  for (unsigned i = 0; i < N_MEMBERS; i++)
    found[i] = plain_found[i] = (JsonTextMember) {
    .name = names[i]};
  plain->size = 0;

  const bool is_object = read_object (text, size, removed, plain_found,
      N_MEMBERS, plain);

  if (json_text_is_object (text, size) != is_object
      || json_text_read_object (text, size, found, N_MEMBERS) != is_object)
    return false;
  for (unsigned i = 0; i < N_MEMBERS; i++) {
    if (found[i].found != (is_object && plain_found[i].found)
        || (found[i].found && !is_same_value (&found[i].value,
                &plain_found[i].value)))
      return false;
  }
  /* against the contract if it is no object, but never out of the memory */
  written->size = json_text_edit (text, size, removed, found, N_MEMBERS,
      written->text, size);
  return !is_object || is_same_written (written, plain);
}

static size_t
quote_byte (uint8_t byte, char *dst)
{
  static const char shorts[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
  const char *found = byte > 0 ? strchr (shorts, byte) : NULL;

  if (byte == 0 || byte >= 0x80)
    return (size_t) sprintf (dst, "\xef\xbf\xbd");
  return (size_t) (found ? sprintf (dst, "\\%c", letters[found - shorts]) :
      sprintf (dst, byte < 0x20 ? "\\u%04x" : "%c", byte));
}

/* Any bytes, written as a string */
static bool
compare_quoted (const char *text, size_t size)
{
  const size_t max = 6 * size + 3;      /* sprintf() adds a NUL */
  Written written = { malloc (max), 0 }, plain = { malloc (max), 0 };

  written.size = json_text_quote (text, size, written.text, max);
  plain.text[plain.size++] = '"';
  for (size_t i = 0, n; i < size; i += n) {
    n = (uint8_t) text[i] < 0x80 ? 0 : json_scan_utf8 (text + i, size - i);
    if (n > 0) {
      memcpy (plain.text + plain.size, text + i, n);
      plain.size += n;
    } else {
      plain.size += quote_byte ((uint8_t) text[i], plain.text + plain.size);
      n = 1;
    }
  }
  plain.text[plain.size++] = '"';

  const bool is_same = is_same_written (&written, &plain);

  free (written.text);
  free (plain.text);
  return is_same;
}

bool
plain_agrees (const char *text, size_t size)
{
  Written written = { malloc (size), 0 }, plain = { malloc (size), 0 };
  const int last = compare_tokens (text, size, &plain);
  const bool is_value = last == JSON_TOKEN_END;
  bool agrees = last <= JSON_TOKEN_ERROR
      && json_text_is_value (text, size) == is_value;

  written.size = json_text_compact (text, size, written.text, size);
  if (is_value)
    agrees = agrees && is_same_written (&written, &plain)
        && compare_parts (text, size);
  agrees = agrees && compare_object (text, size, &written, &plain)
      && compare_quoted (text, size);
  free (written.text);
  free (plain.text);
  return agrees;
}
