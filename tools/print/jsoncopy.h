/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_COPY_H
#define JSON_COPY_H

#include <json-glib/json-glib.h>

#include "jsontext.h"

G_BEGIN_DECLS

/**
 * JsonCopy:
 *
 * JSON as the nodes of json-glib, for its JsonPath. A value that is neither object nor array
 * is an integer there, which says where its text is: no number is read and written again, so
 * whatever is found can be shown as it came.
 */
typedef struct _JsonCopy JsonCopy;

/** @json: for whose text json_text_is_value() holds, and which stays while the copy does */
JsonCopy *json_copy_new (const JsonTextValue * json);
void json_copy_free (JsonCopy * copy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JsonCopy, json_copy_free)

/** Returns: (transfer none) */
JsonNode *json_copy_get_root (JsonCopy * copy);

/** Finds the text that a node stands for.
 * @node: of this copy, or what json_path_match() has made of one
 * Returns: (transfer none) */
const JsonTextValue *json_copy_get_text (JsonCopy * copy, JsonNode * node);

G_END_DECLS
#endif
