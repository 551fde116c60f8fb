/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef BATCH_H
#define BATCH_H

#include <glib.h>
#include <librdkafka/rdkafka.h>

#include "show.h"

G_BEGIN_DECLS

/* Records that wait together, and are written together: a write costs more than
 * making a line. */
typedef struct _Batch Batch;

/** @show: what becomes of them; stays while the batch does */
Batch *batch_new (Show * show);

/** Makes the line of a record, if it is to be shown, and takes over @message.
 * Returns: whether it is shown */
gboolean batch_add (Batch * batch, rd_kafka_message_t * message);

gboolean batch_is_empty (const Batch * batch);

/** Whether the lines are to be written before more is added: for their size, that of the records,
 * or the time that has passed. Not of a batch that is empty. */
gboolean batch_is_full (const Batch * batch);

/** Writes the lines, and is empty then. What is written completely counts as read; what
 * is not, Kafka has for the next reader of the group. A record that is not shown counts as
 * read with the one before it.
 * Returns: 0, or the errno of tool_write() */
int batch_write (Batch * batch);

G_END_DECLS
#endif
