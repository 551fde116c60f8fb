/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SEI_TYPES_H
#define SEI_TYPES_H

#include <glib.h>

#include "sei.h"

G_BEGIN_DECLS

/** What sei_types_parse() takes, as the beginning of an error sentence. */
#define SEI_TYPES_FORM "Payload types are numbers from 0 to " \
    G_STRINGIFY (SEI_MAX_TYPE) " with commas between, such as 5,100,240"

/** Reads a list of payload types: decimal numbers up to SEI_MAX_TYPE with commas
 * between, and blanks around them as one likes.
 * Returns: (transfer full) (nullable): the set of these types; NULL if one is no such
 *   number, or if there is none */
GBytes *sei_types_parse (const gchar * text);

/** Whether @type is in the set. */
gboolean sei_types_contain (GBytes * types, guint type);

G_END_DECLS

#endif
