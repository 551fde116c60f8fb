/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef URI_H
#define URI_H

#include <glib.h>

G_BEGIN_DECLS

/* URIs and paths as users write them, and the secrets in them. */

/** What is wrong with an argument is wrong usage, as GLib's parser has it. */
#define TOOL_URI_ERROR G_OPTION_ERROR
#define TOOL_URI_ERROR_BAD G_OPTION_ERROR_BAD_VALUE

/**
 * ToolUri:
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
} ToolUri;

/** Divides @text.
 * Returns: (transfer full) (nullable): NULL with @error set if a variable is not there, or
 *   if the text cannot be divided: a sentence that says what to do, and shows no secret */
ToolUri *tool_uri_new (const char *text, GError ** error);
void tool_uri_free (ToolUri * uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToolUri, tool_uri_free)

/** Returns: (transfer full): all of it, with its secrets */
char *tool_uri_expand (const ToolUri * uri);

/** Returns: (transfer full): what is behind host and port, or "" */
char *tool_uri_expand_rest (const ToolUri * uri);

/** Whether there is something before an @. */
gboolean tool_uri_has_user (const ToolUri * uri);

/** Checks that it names a stream of a server of RTMP: rtmp2src and rtmp2sink would make up
 * what is missing.
 * Returns: FALSE with @error set: a sentence that begins with tool_uri_show() */
gboolean tool_uri_check_rtmp (const ToolUri * uri, GError ** error);

/** Returns: (transfer full) (nullable): the value of a parameter of the query, decoded */
char *tool_uri_get_parameter (const ToolUri * uri, const char *name);

/** Returns: (transfer full): as users may see it: variables by their names, and *** for
 *   each secret that is no variable */
char *tool_uri_show (const ToolUri * uri);

/** Hides the secrets of @uri in what others say of it.
 * Returns: (transfer full): @text with what tool_uri_show() has in place of @uri and of each
 *   of its secrets, as they are in the URI or decoded */
char *tool_uri_hide (const ToolUri * uri, const char *text);

/** Checks that a secret is not written out, but named as a variable: everybody can read the
 * command line.
 * @instead: (nullable): what else its user can do, behind ", or "
 * Returns: FALSE with @error set: a sentence that begins with tool_uri_show() */
gboolean tool_uri_check_secrets (const ToolUri * uri, const char *instead,
    GError ** error);

/** Hides what may be passwords in any text, such as that of a mistyped option, in which it is not
 * known what is a URI: what a word has between : and @, unless that is a variable.
 * Returns: (transfer full) */
char *tool_hide_passwords (const char *text);

/** Returns: whether a part of it came from a variable */
gboolean tool_uri_has_variable (const ToolUri * uri);

G_END_DECLS
#endif
