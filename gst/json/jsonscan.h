/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include "jsonoutput.h"
#include "jsontext.h"

typedef enum {
  JSON_TOKEN_OPEN,              /* { or [ */
  JSON_TOKEN_CLOSE,             /* } or ] */
  JSON_TOKEN_COMMA,
  JSON_TOKEN_COLON,
  JSON_TOKEN_NAME,              /* of a member, with its quotes */
  JSON_TOKEN_SCALAR,            /* string, number, true, false, null */
  JSON_TOKEN_END,               /* the value is complete, nothing follows it */
  JSON_TOKEN_ERROR              /* no JSON, here or before */
} JsonToken;

/**
 * JsonScan:
 * @token: where the token just read begins
 * @token_size: its bytes
 * @type: of a JSON_TOKEN_OPEN or JSON_TOKEN_SCALAR, its type
 * @depth: objects and arrays open behind that token
 *
 * Reads a text token by token and checks all of RFC 8259 on the way: a reader that
 * gets to JSON_TOKEN_END has seen a JSON value.
 */
typedef struct {
  const char *token;
  size_t token_size;
  JsonTextType type;
  unsigned depth;
  /*< private >*/
  const char *next, *end;
  bool is_object[JSON_TEXT_MAX_DEPTH];  /* what is n + 1 deep */
  unsigned expected;
} JsonScan;

void json_scan_init (JsonScan * scan, const char *text, size_t size);

JsonToken json_scan_next (JsonScan * scan);

/** Steps to the next part of the object or array that was opened last: passes over the
 * comma before it and, in an object, its name and colon. json_scan_value() must follow.
 * @name: (out): of a member, with its quotes; not set in an array
 * Returns: false at the end, which is passed over, and where there is no JSON */
bool json_scan_part (JsonScan * scan, JsonTextValue * name);

/** Reads the value that comes next, with all that is in it, as if it were one token.
 * @output: gets it without white space between its tokens; may be NULL
 * Returns: whether it is one; if not, json_scan_next() returns JSON_TOKEN_ERROR */
bool json_scan_value (JsonScan * scan, JsonOutput * output);

/** Returns how many of the @size > 0 bytes make up the first character, or 0 if
 * they do not begin with valid UTF-8 (RFC 3629 section 4). */
size_t json_scan_utf8 (const char *bytes, size_t size);

/** Returns how many of the @size bytes are valid UTF-8 that needs no escape in a string, up to
 * the first that is not. */
size_t json_scan_unescaped (const char *bytes, size_t size);

#endif
