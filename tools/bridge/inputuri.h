/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef INPUT_URI_H
#define INPUT_URI_H

#include <glib.h>

G_BEGIN_DECLS

/** What is wrong with an argument is wrong usage, as GLib's parser has it. */
#define INPUT_ERROR G_OPTION_ERROR
#define INPUT_ERROR_BAD G_OPTION_ERROR_BAD_VALUE

/**
 * InputUri:
 * @scheme: (nullable): in lower case; %NULL: the text is a path
 * @host: expanded, as written; of IPv6 with its brackets
 * @port: (nullable): expanded, as written
 *
 * A URI (RFC 3986) or a path as users write it, of which environment variables are a part:
 * ${NAME} stands for the value of NAME, and divides nothing. What is a delimiter where the
 * value stands is percent-encoded: a password may have any characters. In host and port the
 * value is taken as it is, and at the very beginning as if it had been written there: it may
 * be all of the URI, or a folder.
 *
 * A secret is the password of a user, and the value of a parameter whose name says so,
 * whether in the query or, as some cameras have it, in the path.
 */
typedef struct {
  char *scheme;
  char *host;
  char *port;
  /*< private >*/
  char *text;                   /* the variable that it begins with is expanded */
  char *first;                  /* and this was its name, or NULL */
  gsize first_size;             /* of its value */
  gsize user;                   /* where these begin */
  gsize at;                     /* the @, or as host_start */
  gsize host_start;
  gsize path;
  gsize query;
} InputUri;

/** Divides @text.
 * Returns: (transfer full) (nullable): NULL with @error set if a variable is not there, or
 *   if the text cannot be divided: a sentence that says what to do, and shows no secret */
InputUri *input_uri_new (const char *text, GError ** error);
void input_uri_free (InputUri * uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InputUri, input_uri_free)

/** Returns: (transfer full): all of it, with its secrets */
char *input_uri_expand (const InputUri * uri);

/** Returns: (transfer full): what is behind host and port, or "" */
char *input_uri_expand_rest (const InputUri * uri);

/** Whether there is something before an @. */
gboolean input_uri_has_user (const InputUri * uri);

/** Returns: (transfer full) (nullable): the value of a parameter of the query, decoded */
char *input_uri_get_parameter (const InputUri * uri, const char *name);

/** Returns: (transfer full): as users may see it: variables by their names, and *** for
 *   each secret that is no variable */
char *input_uri_show (const InputUri * uri);

/** Returns: whether a secret is written out, and not just named as a variable */
gboolean input_uri_shows_secret (const InputUri * uri);

/** Returns: whether a part of it came from a variable */
gboolean input_uri_has_variable (const InputUri * uri);

G_END_DECLS
#endif
