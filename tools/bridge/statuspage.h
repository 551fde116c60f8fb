/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef STATUS_PAGE_H
#define STATUS_PAGE_H

#include "status.h"

G_BEGIN_DECLS

#define STATUS_PAGE_TYPE "text/html; charset=utf-8"

/** Returns: (transfer full): a page of HTML for people: how it stands with Kafka, and a row
 * for each camera, the bad ones first, with its records of the last ten minutes. It loads
 * nothing from elsewhere, has no script, and loads itself anew.
 * @now_us: monotonic */
char *status_page_make (const Status * status, gint64 now_us);

G_END_DECLS
#endif
