/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef REPORTS_H
#define REPORTS_H

#include <gst/gst.h>

#include "notice.h"

G_BEGIN_DECLS

/* What the bridge reports to the user: states of the delivery, losses, its end. */

typedef struct
{
  gboolean has_key;             /* --kafka-key was given */
  gboolean was_unreachable;
  Notice unreachable;           /* what is said of that */
  guint n_partitions;           /* that users were told of */
  gboolean is_keyless, is_far_off;      /* so are these */
} Reports;

/** A state of the delivery, as kafkasink posts it: once per change. */
void reports_state (Reports * reports, const GstStructure * state);

/** Returns: (transfer full): how the delivery goes, as part of a sentence */
char *reports_summarize (const Reports * reports, GstElement * kafka);

/** To be called every second or so. */
void reports_tick (Reports * reports);

/** Reports that there are records without anything that the key names, once.
 * @key: --kafka-key */
void reports_keyless (Reports * reports, guint n_records, const char *key);

/** Reports records whose own time is not that which they have: once when there are any,
 * and how many there were at the end. */
void reports_far_off (Reports * reports, guint n_records, gboolean is_end);

/** Reports how many messages every and rate left out, at the end, if they did. */
void reports_skipped (guint64 n_messages);

/** A #GSourceFunc: reports how many records wait for Kafka, and how long the
 * bridge waits for them. */
gboolean reports_waiting (gpointer kafka);

/** Reports what did not reach Kafka; the counts of @kafka are final once it is in
 * READY. What it has before it is there counts as given up.
 * @n_unreadable: records that it never saw
 * @status: why the bridge ends
 * Returns: what to exit with */
int reports_end (Reports * reports, GstElement * kafka, guint64 n_unreadable,
    int status);

/** Reports that --output has not taken all records yet, and for how long the bridge waits. */
void reports_waiting_output (const char *output, guint n_missing, guint seconds);

/** Reports what did not get into --output.
 * @n_missing: records
 * @seconds: for how long it was waited for
 * @status: why the bridge ends
 * Returns: what to exit with */
int reports_end_output (const char *output, guint n_missing, guint seconds,
    int status);

G_END_DECLS
#endif
