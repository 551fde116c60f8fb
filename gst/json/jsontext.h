/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* JSON as text. Nothing here changes how a number or a string is written,
 * which is why no parser that builds values could do it. Texts need no
 * terminating NUL. The functions that write work like snprintf(): they write
 * at most @capacity bytes to @dst (which may be NULL if that is 0), without a
 * terminating NUL, and return how many bytes the whole result takes. */

/** Deepest nesting accepted: the outermost object or array is 1 deep. */
#define JSON_TEXT_MAX_DEPTH 64

typedef enum {
  JSON_TEXT_OBJECT,
  JSON_TEXT_ARRAY,
  JSON_TEXT_STRING,
  JSON_TEXT_NUMBER,
  JSON_TEXT_TRUE,
  JSON_TEXT_FALSE,
  JSON_TEXT_NULL
} JsonTextType;

/**
 * JsonTextValue:
 * @type: what it is
 * @text: its first character, within the text it was found in
 * @size: bytes, the quotes of a string included
 */
typedef struct {
  JsonTextType type;
  const char *text;
  size_t size;
} JsonTextValue;

/**
 * JsonTextMember:
 * @name: UTF-8 with terminating NUL
 * @found: whether the outermost object has a member of that name
 * @value: the value of the last one, if there is one
 *
 * A member that is looked for. Names are compared with their escapes resolved.
 */
typedef struct {
  const char *name;
  bool found;
  JsonTextValue value;
} JsonTextMember;

/** Returns @size less the NULs and white space (RFC 8259 section 2) that the
 * text ends with: senders in C often count the terminating NUL. */
size_t json_text_trim (const char *text, size_t size);

/** Passes over the byte order mark of UTF-8 that the text may begin with, which is
 * no JSON, but which readers may ignore (RFC 8259 section 8.1).
 * @text, @size: (inout): as they were if there is none
 * Returns: whether there was one */
bool json_text_skip_mark (const char **text, size_t *size);

/** Whether the text is one JSON value and nothing else: RFC 8259 to the letter,
 * valid UTF-8 (RFC 3629), no byte order mark, at most JSON_TEXT_MAX_DEPTH deep.
 * White space around the value is allowed. */
bool json_text_is_value (const char *text, size_t size);

/** As json_text_is_value(), and the value is an object. */
bool json_text_is_object (const char *text, size_t size);

/** As json_text_is_object(), and looks for members on the way, all in one pass.
 * @members: (inout): @n_members that have a name; none is found in what is no object */
bool json_text_read_object (const char *text, size_t size,
    JsonTextMember * members, size_t n_members);

/** Finds a member of the outermost object, as json_text_read_object() does.
 * @name: UTF-8 with terminating NUL
 * Returns: whether the text is an object and has such a member */
bool json_text_find (const char *text, size_t size, const char *name,
    JsonTextValue * value);

/** Writes the text without white space between tokens.
 * Returns: 0 if json_text_is_value() does not hold, whatever is in @dst then; else
 * at most @size */
size_t json_text_compact (const char *text, size_t size, char *dst,
    size_t capacity);

/** Writes the object compactly, without some of its outermost members, and looks for
 * members on the way, in @text, also for those that are removed. The result takes at
 * most @size bytes and ends with its brace.
 * @text: for which json_text_is_object() holds
 * @remove: names, the last followed by NULL; or NULL
 * @members: (inout): @n_members that have a name */
size_t json_text_edit (const char *text, size_t size,
    const char *const *remove, JsonTextMember * members, size_t n_members,
    char *dst, size_t capacity);

/** Writes what a string says: without quotes, escapes resolved; half of a
 * surrogate pair becomes U+FFFD. */
size_t json_text_unquote (const JsonTextValue * string, char *dst,
    size_t capacity);

/** Writes any bytes as a JSON string with quotes: control characters below
 * U+0020, quote and backslash escaped, each byte that is not part of valid
 * UTF-8 as U+FFFD. A NUL becomes U+FFFD, too, because not every reader takes
 * \u0000: PostgreSQL refuses a jsonb that has it. */
size_t json_text_quote (const char *bytes, size_t size, char *dst,
    size_t capacity);

/** The integer that a value says: an integer, also in a string (optional minus
 * and digits, nothing else), or the integer part of a number (towards zero;
 * exact, also with an exponent). Returns false, and 0 in @result, for
 * everything else and for what int64_t does not hold. */
bool json_text_to_int64 (const JsonTextValue * value, int64_t * result);

/** The integer part of a number times 10^@exponent, as json_text_to_int64() has
 * it.
 * @number: a JSON_TEXT_NUMBER */
bool json_text_scale_to_int64 (const JsonTextValue * number, int exponent,
    int64_t * result);

#ifdef __cplusplus
}
#endif
#endif
