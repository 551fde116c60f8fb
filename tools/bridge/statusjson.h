/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef STATUS_JSON_H
#define STATUS_JSON_H

#include "status.h"

G_BEGIN_DECLS

#define STATUS_JSON_TYPE "application/json"

/** Returns: (transfer full): all of @status as a JSON object. All numbers are whole; what is not
 * known is null.
 * @now_us: monotonic */
char *status_json_make (const Status * status, gint64 now_us);

G_END_DECLS
#endif
