/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef COLOUR_H
#define COLOUR_H

#include <glib.h>

G_BEGIN_DECLS

/* Colours of a terminal (ECMA-48 SGR) */
#define COLOUR_FAINT "\033[2m"
#define COLOUR_GREEN "\033[32m"
#define COLOUR_YELLOW "\033[33m"
#define COLOUR_BLUE "\033[34m"
#define COLOUR_CYAN "\033[36m"
#define COLOUR_NONE "\033[0m"

/** Whether stdout is a terminal that has colours, and the user has not refused them:
 * https://no-color.org. */
gboolean colour_is_wanted (void);

/** Appends JSON with names, strings and other values in colours, and with
 * tool_append_escaped().
 * @json: for which json_text_is_value() holds */
void colour_append_json (GString * text, const char *json, gsize size);

G_END_DECLS
#endif
