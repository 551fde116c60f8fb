/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SECRETS_H
#define SECRETS_H

#include <glib.h>

G_BEGIN_DECLS

/* What stands in the environment for a part of a URI, and is never shown. */

/** Replaces each ${NAME} by the environment variable NAME, escaped as in a URI.
 * @option: the one that @text is of, for @error
 * Returns: (transfer full): the text, or NULL if there is no such variable */
char *secrets_expand (const char *option, const char *text, GError ** error);

/** Whether @text shows a secret to everybody who can list processes: a password before
 * the host, or a value of the query whose name says that it is one.
 * @what: (out): what it is, for a sentence */
gboolean secrets_are_shown (const char *text, const char **what);

/** Replaces each value that secrets_expand() has put in by its ${NAME}.
 * Returns: (transfer full): text that can be shown */
char *secrets_hide (const char *text);

G_END_DECLS
#endif
