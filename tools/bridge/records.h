/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RECORDS_H
#define RECORDS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Makes the records: of each JSON object that arrives at kafkasink the value, with
 * bridge_ts_ns and sender_ts_ns at its end, and the key. */

typedef struct
{
  GstElement *kafka;
  gboolean is_verbose;          /* shows each one */
  gboolean key_is_seq;          /* the member seq, where there is one */

  /* streaming thread, with the sink pad's stream lock */
  guint64 n_unreadable;
} Records;

/** Begins to make the records of @kafka, which outlives @records. */
void records_start (Records * records, GstElement * kafka,
    gboolean is_verbose, gboolean key_is_seq);

G_END_DECLS
#endif
