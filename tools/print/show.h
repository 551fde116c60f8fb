/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef SHOW_H
#define SHOW_H

#include <glib.h>

#include "format.h"
#include "stats.h"

G_BEGIN_DECLS

/**
 * Show:
 * @format: how records are shown
 * @filters: of Filter: all must hold of a record that is shown
 * @stats: (nullable): counts all records
 *
 * What becomes of a record.
 */
typedef struct {
  Format format;
  GPtrArray *filters;
  Stats *stats;
  /*< private >*/
  Record record;
} Show;

void show_init (Show * show);
void show_clear (Show * show);

/** Appends the line of a record, if it is to be shown.
 * Returns: whether it is */
gboolean show_append (Show * show, const rd_kafka_message_t * message,
    GString * lines);

G_END_DECLS
#endif
