/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_FLATTEN_H
#define JSON_FLATTEN_H

#include <stddef.h>

/** Writes an object so that all its members are in one: the names of objects in objects
 * come before those of their members, joined by "_", and arrays are strings that hold their
 * JSON. So it fits into a table of a database.
 * @text: for which json_text_is_object() holds
 * @dst: gets at most @capacity bytes, without a terminating NUL; may be NULL if that is 0
 * Returns: bytes that the whole result takes */
size_t json_text_flatten (const char *text, size_t size, char *dst,
    size_t capacity);

#endif
