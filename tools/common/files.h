/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FILES_H
#define FILES_H

#include <glib.h>

G_BEGIN_DECLS

/** Whether both are one regular file, by whatever names and links: who writes to the one
 * destroys what the other has. "-" is no name here: /dev/stdin and /dev/stdout are. */
gboolean tool_is_same_file (const char *path, const char *other);

G_END_DECLS
#endif
