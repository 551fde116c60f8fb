/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef HTTP_H
#define HTTP_H

#include <gio/gio.h>

#include "status.h"

G_BEGIN_DECLS

/* Says what the bridge does to those who ask over HTTP: /metrics, /healthz, / and /status.json.
 * A thread of its own answers, out of the last Status that it was given, so nobody who asks, or
 * reads slowly, is waited for. */

typedef struct _Http Http;

/** Returns: whether this build can do so */
gboolean http_is_built (void);

/** Begins to listen.
 * Returns: (transfer full) (nullable): %NULL with @error set: a sentence that says what to
 *   do */
Http *http_new (GSocketAddress * address, GError ** error);

/** Returns: (transfer none): where it is: http://127.0.0.1:9464/ */
const char *http_get_uri (Http * http);

/** Takes what is shown from now on. For one thread.
 * @status: (transfer full) */
void http_take_status (Http * http, Status * status);

/** Ends it, without waiting for who reads. */
void http_free (Http * http);

G_END_DECLS
#endif
