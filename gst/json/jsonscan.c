/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "jsonscan.h"

#include <string.h>

/* Of a long string, what is looked at in one go: an extension of C that GCC and Clang have */
typedef int8_t Block __attribute__((vector_size (16)));

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
is_ascii (char c)
{
  return (uint8_t) c < 0x80;
}

/* Stands for itself in a string, and takes one byte */
static bool
is_plain (char c)
{
  return is_ascii (c) && c >= 0x20 && c != '"' && c != '\\';
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

/* Eight bytes as a number, the first of them its lowest */
static inline uint64_t
read_word (const char *text)
{
  const uint8_t *p = (const uint8_t *) text;

  return p[0] | (uint64_t) p[1] << 8 | (uint64_t) p[2] << 16
      | (uint64_t) p[3] << 24 | (uint64_t) p[4] << 32 | (uint64_t) p[5] << 40
      | (uint64_t) p[6] << 48 | (uint64_t) p[7] << 56;
}

/* Looks among eight bytes for those that are not is_plain(). The lowest bit that is set in the
 * result is the high bit of the first one, as bytes before it borrow nothing. */
static inline uint64_t
find_others (const char *text)
{
  const uint64_t ones = UINT64_C (0x0101010101010101);
  const uint64_t word = read_word (text);

  return (word | (word - ones * 0x20) | ((word ^ ones * '"') - ones)
      | ((word ^ ones * '\\') - ones)) & ones * 0x80;
}

/* The bytes before the first one of those that find_others() has found */
static inline unsigned
count_before (uint64_t others)
{
  return (unsigned) __builtin_ctzll (others) / 8;
}

/* The functions below pass over what begins at text, and return its end, or NULL if that is no
 * such thing. */

static inline const char *
pass_space (const char *text, const char *end)
{
  while (text < end && is_space (*text))
    text++;
  return text;
}

/* Whether all of the next bytes are is_plain(), as many as a Block has. As signed numbers, those
 * that are not ASCII are below the space, too. */
static inline bool
is_plain_block (const char *text)
{
  uint64_t found[2];
  Block block;

  memcpy (&block, text, sizeof (block));
  block = (block < 0x20) | (block == '"') | (block == '\\');
  memcpy (found, &block, sizeof (found));
  return (found[0] | found[1]) == 0;
}

static const char *
pass_plain (const char *text, const char *end)
{
  while (end - text >= (ptrdiff_t) sizeof (Block) && is_plain_block (text))
    text += sizeof (Block);
  for (; end - text >= 8; text += 8) {
    const uint64_t others = find_others (text);

    if (others != 0)
      return text + count_before (others);
  }
  while (text < end && is_plain (*text))
    text++;
  return text;
}

/* Characters that stand for themselves, and are valid UTF-8 */
static inline const char *
pass_unescaped (const char *text, const char *end)
{
  text = pass_plain (text, end);
  while (text < end && !is_ascii (*text)) {
    const size_t n = json_scan_utf8 (text, (size_t) (end - text));

    if (n == 0)
      break;
    text += n;
    if (text < end && is_plain (*text))
      text = pass_plain (text, end);
  }
  return text;
}

size_t
json_scan_unescaped (const char *bytes, size_t size)
{
  return (size_t) (pass_unescaped (bytes, bytes + size) - bytes);
}

/* Behind the backslash */
static const char *
pass_escape (const char *text, const char *end)
{
  if (text == end)
    return NULL;
  if (*text != 'u')
    return *text != '\0' && strchr ("\"\\/bfnrt", *text) ? text + 1 : NULL;
  if (end - text < 5)
    return NULL;
  for (unsigned i = 1; i < 5; i++)
    if (!is_hex_digit (text[i]))
      return NULL;
  return text + 5;
}

/* Behind the first quote */
static const char *
pass_characters (const char *text, const char *end)
{
  while (text) {
    text = pass_unescaped (text, end);
    if (text == end)
      return NULL;
    if (*text == '"')
      return text + 1;
    text = *text == '\\' ? pass_escape (text + 1, end) : NULL;
  }
  return NULL;
}

/* RFC 8259 section 7. Most strings, and nearly all names, are short: inline. */
static inline const char *
pass_string (const char *text, const char *end)
{
  if (*text++ != '"')
    return NULL;
  if (end - text >= 8) {
    const uint64_t others = find_others (text);

    if (others == 0) {
      text += 8;
    } else {
      text += count_before (others);
      if (*text == '"')
        return text + 1;
    }
  }
  return pass_characters (text, end);
}

static const char *
pass_digits (const char *text, const char *end)
{
  if (text == end || !is_digit (*text))
    return NULL;
  while (text < end && is_digit (*text))
    text++;
  return text;
}

/* RFC 8259 section 6 */
static const char *
pass_number (const char *text, const char *end)
{
  if (*text == '-')
    text++;

  const char *digits = text;

  text = pass_digits (text, end);
  if (!text || (text - digits > 1 && *digits == '0'))
    return NULL;
  if (text < end && *text == '.') {
    text = pass_digits (text + 1, end);
    if (!text)
      return NULL;
  }
  if (text < end && (*text == 'e' || *text == 'E')) {
    text++;
    if (text < end && (*text == '+' || *text == '-'))
      text++;
    text = pass_digits (text, end);
  }
  return text;
}

static const char *
pass_literal (const char *text, const char *end, const char *literal)
{
  const size_t n = strlen (literal);

  return (size_t) (end - text) >= n
      && memcmp (text, literal, n) == 0 ? text + n : NULL;
}

static const char *
pass_scalar (const char *text, const char *end)
{
  switch (*text) {
    case '"':
      return pass_string (text, end);
    case 't':
      return pass_literal (text, end, "true");
    case 'f':
      return pass_literal (text, end, "false");
    case 'n':
      return pass_literal (text, end, "null");
    default:
      return pass_number (text, end);
  }
}

/* Of the value that begins with it */
static JsonTextType
get_type (char first)
{
  switch (first) {
    case '{':
      return JSON_TEXT_OBJECT;
    case '[':
      return JSON_TEXT_ARRAY;
    case '"':
      return JSON_TEXT_STRING;
    case 't':
      return JSON_TEXT_TRUE;
    case 'f':
      return JSON_TEXT_FALSE;
    case 'n':
      return JSON_TEXT_NULL;
    default:
      return JSON_TEXT_NUMBER;
  }
}

/* A value that is written, without its white space, while it is read */
typedef struct
{
  JsonOutput *output;
  const char *run;              /* what is not written yet begins here */
} Copy;

static void
put_run (const Copy * copy, const char *end)
{
  json_output_put (copy->output, copy->run, (size_t) (end - copy->run));
}

/* The white space between two tokens */
static inline const char *
pass_gap (const char *text, const char *end, Copy * copy)
{
  if (text < end && is_space (*text)) {
    if (copy)
      put_run (copy, text);
    text = pass_space (text + 1, end);
    if (copy)
      copy->run = text;
  }
  return text;
}

static inline const char *
pass_colon (const char *text, const char *end, Copy * copy)
{
  text = pass_gap (text, end, copy);
  return text < end && *text == ':' ? pass_gap (text + 1, end, copy) : NULL;
}

/* With its colon */
static inline const char *
pass_name (const char *text, const char *end, Copy * copy)
{
  text = text < end ? pass_string (text, end) : NULL;
  return text ? pass_colon (text, end, copy) : NULL;
}

void
json_scan_init (JsonScan * scan, const char *text, size_t size)
{
  memset (scan, 0, sizeof (*scan));
  scan->next = size > 0 ? text : "";    /* text may be NULL if size is 0 */
  scan->end = scan->next + size;
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
take (JsonScan * scan, JsonToken token, const char *end, unsigned expected)
{
  scan->token_size = (size_t) (end - scan->token);
  scan->next = end;
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
  return take (scan, JSON_TOKEN_OPEN, scan->token + 1,
      is_object ? EXPECT_NAME_OR_CLOSE : EXPECT_VALUE_OR_CLOSE);
}

static JsonToken
close_value (JsonScan * scan)
{
  scan->depth--;
  return take (scan, JSON_TOKEN_CLOSE, scan->token + 1,
      expected_behind_value (scan));
}

JsonToken
json_scan_next (JsonScan * scan)
{
  const char *text = pass_space (scan->next, scan->end);
  const char *end;

  scan->token = text;
  if (text == scan->end)
    return scan->expected == EXPECT_END ?
        take (scan, JSON_TOKEN_END, text, EXPECT_END) : fail (scan);

  switch (scan->expected) {
    case EXPECT_VALUE_OR_CLOSE:
      if (*text == ']')
        return close_value (scan);
      /* fall through */
    case EXPECT_VALUE:
      if (*text == '{')
        return open_value (scan, JSON_TEXT_OBJECT);
      if (*text == '[')
        return open_value (scan, JSON_TEXT_ARRAY);
      scan->type = get_type (*text);
      end = pass_scalar (text, scan->end);
      if (!end)
        return fail (scan);
      return take (scan, JSON_TOKEN_SCALAR, end, expected_behind_value (scan));

    case EXPECT_NAME_OR_CLOSE:
      if (*text == '}')
        return close_value (scan);
      /* fall through */
    case EXPECT_NAME:
      end = pass_string (text, scan->end);
      if (!end)
        return fail (scan);
      return take (scan, JSON_TOKEN_NAME, end, EXPECT_COLON);

    case EXPECT_COLON:
      if (*text != ':')
        return fail (scan);
      return take (scan, JSON_TOKEN_COLON, text + 1, EXPECT_VALUE);

    case EXPECT_COMMA_OR_CLOSE:
      if (*text == ',')
        return take (scan, JSON_TOKEN_COMMA, text + 1,
            in_object (scan) ? EXPECT_NAME : EXPECT_VALUE);
      if (*text == (in_object (scan) ? '}' : ']'))
        return close_value (scan);
      return fail (scan);

    default:
      return fail (scan);
  }
}

static const char *
read_name (const char *text, const char *end, JsonTextValue * name)
{
  name->type = JSON_TEXT_STRING;
  name->text = text;
  text = text < end ? pass_string (text, end) : NULL;
  if (!text)
    return NULL;
  name->size = (size_t) (text - name->text);
  return pass_colon (text, end, NULL);
}

bool
json_scan_part (JsonScan * scan, JsonTextValue * name)
{
  const char *text = pass_space (scan->next, scan->end);
  const bool is_first = scan->expected == EXPECT_NAME_OR_CLOSE
      || scan->expected == EXPECT_VALUE_OR_CLOSE;

  scan->token = text;
  if (text == scan->end || !(is_first
          || scan->expected == EXPECT_COMMA_OR_CLOSE)) {
    fail (scan);
    return false;
  }
  if (*text == (in_object (scan) ? '}' : ']')) {
    close_value (scan);
    return false;
  }
  if (!is_first)
    text = *text == ',' ? pass_space (text + 1, scan->end) : NULL;
  if (text && in_object (scan))
    text = read_name (text, scan->end, name);
  if (!text) {
    fail (scan);
    return false;
  }
  scan->next = text;
  scan->expected = EXPECT_VALUE;
  return true;
}

/* A value with all that is in it: nobody asks for its tokens, so what is read stays in
 * registers */
static const char *
pass_value (JsonScan * scan, const char *text, Copy * copy)
{
  const char *const end = scan->end;
  const unsigned outside = scan->depth;
  unsigned depth = outside;
  bool is_object = false;

  while (text && text < end) {
    if (*text == '{' || *text == '[') {
      if (depth == JSON_TEXT_MAX_DEPTH)
        return NULL;
      is_object = *text == '{';
      scan->is_object[depth++] = is_object;
      text = pass_gap (text + 1, end, copy);
      if (text == end || *text != (is_object ? '}' : ']')) {
        if (is_object)
          text = pass_name (text, end, copy);
        continue;
      }
    } else {
      text = pass_scalar (text, end);
      if (!text || depth == outside)
        return text;
      text = pass_gap (text, end, copy);
    }
    while (text < end && *text == (is_object ? '}' : ']')) {
      text++;
      if (--depth == outside)
        return text;
      is_object = scan->is_object[depth - 1];
      text = pass_gap (text, end, copy);
    }
    if (text == end || *text != ',')
      return NULL;
    text = pass_gap (text + 1, end, copy);
    if (is_object)
      text = pass_name (text, end, copy);
  }
  return NULL;
}

bool
json_scan_value (JsonScan * scan, JsonOutput * output)
{
  const char *text = pass_space (scan->next, scan->end);
  Copy copy = { output, text };
  const char *end = scan->expected == EXPECT_VALUE ?
      pass_value (scan, text, output ? &copy : NULL) : NULL;

  scan->token = text;
  if (!end) {
    fail (scan);
    return false;
  }
  if (output)
    put_run (&copy, end);
  scan->type = get_type (*text);
  take (scan, JSON_TOKEN_SCALAR, end, expected_behind_value (scan));
  return true;
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

static bool
is_value (JsonScan * scan)
{
  return json_scan_value (scan, NULL)
      && json_scan_next (scan) == JSON_TOKEN_END;
}

bool
json_text_is_value (const char *text, size_t size)
{
  JsonScan scan;

  json_scan_init (&scan, text, size);
  return is_value (&scan);
}

bool
json_text_is_object (const char *text, size_t size)
{
  JsonScan scan;

  json_scan_init (&scan, text, size);
  scan.next = pass_space (scan.next, scan.end);
  return scan.next < scan.end && *scan.next == '{' && is_value (&scan);
}
