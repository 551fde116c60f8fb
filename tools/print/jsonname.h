/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_NAME_H
#define JSON_NAME_H

#include <glib.h>

#include "jsontext.h"

G_BEGIN_DECLS

/** What a string says, or the text of another value, for what ends text with NUL. In place of
 * each U+0000 is a byte that UTF-8 does not have: two names are equal only if their strings are,
 * and for people it is U+FFFD.
 * Returns: (transfer full) */
char *json_name_dup (const JsonTextValue * value);

G_END_DECLS
#endif
