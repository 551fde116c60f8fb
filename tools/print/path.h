/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef PATH_H
#define PATH_H

#include <glib.h>

#include "record.h"

G_BEGIN_DECLS

#define PATH_ERROR (path_error_quark ())
GQuark path_error_quark (void);

/**
 * Path:
 *
 * Where in a record something is. Names with dots between, such as objects.label, lead from
 * member to member, and from an array to all of its elements; blanks around a name are not
 * part of it. What begins with $ is a JSONPath.
 */
typedef struct _Path Path;

/** @error: says what is wrong with @text, and what to write */
Path *path_new (const char *text, GError ** error);
void path_free (Path * path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Path, path_free)

/** Returns: (transfer none) (nullable): the names, the last followed by NULL; NULL of a
 * JSONPath */
char **path_get_names (const Path * path);

/** Returns: whether to go on */
typedef gboolean (*PathFunc) (const JsonTextValue * value, gpointer data);

/** Calls @func with each value that is there, in order. A record that is not JSON has
 * none. */
void path_foreach (const Path * path, Record * record, PathFunc func,
    gpointer data);

/** Returns how much of @text is one path with blanks around it, up to the first of the characters @ends that is
 * not within brackets. */
gsize path_measure (const char *text, const char *ends);

G_END_DECLS
#endif
