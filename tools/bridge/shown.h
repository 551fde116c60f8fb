/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SHOWN_H
#define SHOWN_H

#include <glib.h>

G_BEGIN_DECLS

/** Shortens a message so that its beginning tells it from others: without that which
 * klvtojson writes at the beginning of each unit, down to the time.
 * Returns: (transfer full): bytes, with a NUL behind them
 * @size: (inout) */
char *shown_dup (const char *message, gsize * size);

G_END_DECLS
#endif
