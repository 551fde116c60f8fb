/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_DUP_H
#define JSON_DUP_H

#include <glib.h>

#include "jsontext.h"

G_BEGIN_DECLS

/* The functions of jsontext.h that write, into memory of their own. Each returns
 * the result with a terminating NUL that @length (out) (optional) does not count;
 * it is to be freed with g_free(). */

/** As json_text_quote(). */
char *json_dup_quoted (const char *bytes, gsize size, gsize * length);

/** As json_text_unquote(); of a value that is no string, its text. */
char *json_dup_unquoted (const JsonTextValue * value, gsize * length);

G_END_DECLS
#endif
