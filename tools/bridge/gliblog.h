/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GLIB_LOG_H
#define GLIB_LOG_H

#include <glib.h>

G_BEGIN_DECLS

/* What libraries say by GLib's log becomes lines of the program: a caller of --http, say, can
 * make libsoup warn at each request. Where G_DEBUG is set, somebody looks for where that comes
 * from, and all stays as GLib has it. */

/** From now on messages and what is worse are said by tool_warn(), each kind as #Notice does.
 * Once only; for the life of the program. */
void glib_log_take (void);

/** To be called every second or so, from any thread. */
void glib_log_tick (void);

G_END_DECLS
#endif
