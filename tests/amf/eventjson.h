/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef EVENT_JSON_H
#define EVENT_JSON_H

#include "jsontext.h"

/* How deep the JSON is, which is only true if it is JSON */
static inline size_t
get_depth (const char *json, size_t size)
{
  size_t depth = 0, deepest = 0;
  bool in_string = false;

  for (size_t i = 0; i < size; i++) {
    if (json[i] == '\\')
      i++;
    else if (json[i] == '"')
      in_string = !in_string;
    else if (!in_string && (json[i] == '{' || json[i] == '['))
      depth++;
    else if (!in_string && (json[i] == '}' || json[i] == ']'))
      depth--;
    deepest = depth > deepest ? depth : deepest;
  }
  return depth == 0 ? deepest : 0;
}

/* Whether it is an object. The values of an event may be as deep as what reads JSON here goes, and
 * are in an array in an object. */
static inline bool
is_event_json (const char *json, size_t size)
{
  return json_text_is_object (json, size)
      || get_depth (json, size) > JSON_TEXT_MAX_DEPTH;
}

#endif
