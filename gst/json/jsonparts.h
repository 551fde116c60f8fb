/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_PARTS_H
#define JSON_PARTS_H

#include "jsonscan.h"

/**
 * JsonParts:
 *
 * Walks through the members of an object, or through the elements of an array.
 */
typedef struct {
  /*< private >*/
  JsonScan scan;
} JsonParts;

/** @value: within a text for which json_text_is_value() holds; what is no object and no array
 * has no parts */
void json_parts_init (JsonParts * parts, const JsonTextValue * value);

/** Reads the next member or element.
 * @name: (out): the name of the member, a string with its quotes; not set in an array
 * Returns: false at the end */
bool json_parts_next (JsonParts * parts, JsonTextValue * name,
    JsonTextValue * value);

#endif
