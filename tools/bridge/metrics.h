/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef METRICS_H
#define METRICS_H

#include "status.h"

G_BEGIN_DECLS

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/** Returns: (transfer full): what Prometheus scrapes, in its text format 0.0.4. What is not
 * known has no sample. Seconds and bytes are the units.
 * @now_us: monotonic */
char *metrics_make (const Status * status, gint64 now_us);

G_END_DECLS
#endif
