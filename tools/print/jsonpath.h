/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSONPATH_H
#define JSONPATH_H

#include <glib.h>

#include "jsoncopy.h"

G_BEGIN_DECLS

/**
 * Jsonpath:
 *
 * A JSONPath of steps that are .NAME, ['NAME'], ..NAME, .*, [*] or [N], for json-glib's
 * JsonPath.
 */
typedef struct _Jsonpath Jsonpath;

/** @text: begins with $ */
Jsonpath *jsonpath_new (const char *text, GError ** error);
void jsonpath_free (Jsonpath * path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Jsonpath, jsonpath_free)

/** Calls @func with each value that is found, until it returns FALSE. */
void jsonpath_foreach (const Jsonpath * path, JsonCopy * copy,
    gboolean (*func) (const JsonTextValue * value, gpointer data),
    gpointer data);

G_END_DECLS
#endif
